"""What setuptools does beyond copying files: it compiles the solver into the package.

``pyproject.toml`` names these commands and what they need. Where the solver cannot be compiled (no
compiler, no FFCx) the package is built without it, and compiles it at first use.
"""

from __future__ import annotations

import sys
from pathlib import Path

from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

__all__ = ["BuildPackage", "BuildWheel"]


class BuildPackage(build_py):
    """The package's files, and the compiled solver among them.

    A checkout that is installed to be edited has its library in the user's cache instead: another
    one is made there whenever a file of C has changed.
    """

    library: Path | None = None

    def run(self) -> None:
        """Copy, then compile."""
        super().run()
        sys.path.insert(0, str(Path(__file__).parents[2]))  # nothing is installed yet
        try:
            from bumpform.errors import MachineError
            from bumpform.kernel import native

            try:
                if self.editable_mode:
                    native.made()
                else:
                    folder = Path(self.build_lib, "bumpform", "kernel")
                    for former in folder.glob("bumpform_*.so"):  # setuptools keeps its build/
                        former.unlink()
                    self.library = native.compile_into(folder)
            except MachineError as error:
                self.warn(f"left to the first use of bumpform: {error}")
        except ImportError as error:  # built without isolation: nothing has been fetched
            self.warn(f"the solver is left to the first use of bumpform: {error}")
        finally:
            del sys.path[0]

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Every file that it makes."""
        made = super().get_outputs(include_bytecode)
        return made if self.library is None else [*made, str(self.library)]


class BuildWheel(bdist_wheel):
    """A wheel for this Python and platform where it holds the solver, for any where it does not."""

    def run(self) -> None:
        """Compile, then pack."""
        self.run_command("build_py")
        if self.get_finalized_command("build_py").library is not None:
            self.root_is_pure = False
            self.distribution.has_ext_modules = lambda: True
        super().run()
