"""The compiled part of the solver: FFCx's code of the weak forms, ``elements.c``, ``newton.c``.

The C compiler makes one library of both at first use, which is kept in the user's cache
(``$XDG_CACHE_HOME/bumpform``, ~/.cache/bumpform). FFCx and dolfinx are imported only then.
"""

from __future__ import annotations

import hashlib
import os
import sysconfig
import tempfile
from contextlib import redirect_stdout
from functools import lru_cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from bumpform.errors import BumpformError

#: Standard C: no reordering of sums, so that every machine comes to the same digits.
ARGUMENTS = ["-std=c17", "-O2", "-g0", "-ffp-contract=off"]
#: The functions of ``elements.c`` and ``newton.c``.
FUNCTIONS = """
extern const double places[...];
void gradients(int elements, int copies, const double *x, double bond, const double *pressure,
               double *gradient, double *volume);
void integrals(int elements, int copies, const double *x, double *sums);
void highest(const double *monomials, int elements, const double *x, int k, double level,
             double *point);
void second_variation(int elements, const double *x, double bond, double pressure,
                      double *stiffness, double *inverse, double *mass);
int newton(const double *slope, const double *xi, int elements, int copies, int closed, int ends,
           const double *unknowns, double coupling, const double *x, double bond,
           const double *pressure, const double *excess, double *gradient, double *volume,
           double *normal, double *right, double *change, double *sizes, double *matrix);
"""


@lru_cache(maxsize=1)
def library() -> tuple[Any, Any]:
    """The interface to memory (cffi's), and the functions of ``elements.c`` and ``newton.c``.

    Raises
    ------
    BumpformError
        Where the library has to be compiled and cannot be.
    """
    folder = files("bumpform.surface")
    forms, *parts = (
        folder.joinpath(name).read_text(encoding="utf-8")
        for name in ("weak_forms.py", "elements.c", "newton.c")
    )
    # machines that share a home may have different C libraries
    libc = "CS_GNU_LIBC_VERSION"
    machine = (sysconfig.get_config_var("CFLAGS"), libc in os.confstr_names and os.confstr(libc))
    what = repr((forms, parts, FUNCTIONS, ARGUMENTS, machine))
    name = f"bumpform_{hashlib.sha256(what.encode()).hexdigest()[:16]}"
    path = cache() / (name + EXTENSION_SUFFIXES[0])
    if not path.exists():
        _compile(name, "".join(parts), path)
    spec = spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ffi, module.lib


def cache() -> Path:
    """Folder of compiled libraries.

    Raises
    ------
    BumpformError
        Where there is neither ``XDG_CACHE_HOME`` nor a home.
    """
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bumpform"
    except RuntimeError as error:
        raise BumpformError(
            "the compiled solver has no place to be kept (this user has no home): set "
            "XDG_CACHE_HOME to a folder that can be written"
        ) from error


def _compile(name: str, ours: str, path: Path) -> None:
    """Compile aside, then rename: others may do the same at this moment."""
    # these bring dolfinx, which takes longer than a case: only here, once
    from bumpform.surface.backend import cffi, ffcx
    from bumpform.surface.weak_forms import code

    builder = cffi.FFI()
    builder.cdef(FUNCTIONS)
    builder.set_source(
        name,
        code() + ours,
        include_dirs=[ffcx.codegeneration.get_include_path()],
        extra_compile_args=ARGUMENTS,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            with open(os.devnull, "w") as quiet, redirect_stdout(quiet):
                made = builder.compile(tmpdir=folder)
            os.replace(made, path)
    except OSError as error:
        raise BumpformError(
            f"the compiled solver cannot be kept in {path.parent} ({error.strerror}): "
            "set XDG_CACHE_HOME to a folder that can be written"
        ) from error
    except cffi.VerificationError as error:
        raise BumpformError(
            f"the solver cannot be compiled ({error}): it needs a C compiler and Python's headers "
            "(Debian, Ubuntu: apt-get install gcc libc6-dev python3-dev)"
        ) from error


if __name__ == "__main__":  # for an image, or a fresh machine
    library()
