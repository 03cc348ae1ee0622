"""The compiled part of the solver: FFCx's code of the weak forms, and the files of C beside.

``kernel.h`` says what they offer; C and cffi both read it. The C compiler makes one library of all.
That is done when the package is built (`build`), and the library is installed beside this file.
Where it could not be, as in a checkout that is edited, it is made at first use and kept in the
user's cache (``$XDG_CACHE_HOME/bumpform``, ~/.cache/bumpform). FFCx, basix and UFL are imported
only to make it.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sysconfig
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stdout
from functools import lru_cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bumpform.errors import MachineError

#: Standard C: no reordering of sums, so that every machine comes to the same digits. Nothing that a
#: compiler warns of.
ARGUMENTS = [
    "-std=c17",
    "-O3",
    "-g0",
    "-ffp-contract=off",
    "-fvisibility=hidden",
    "-Wall",
    "-Wextra",
    "-Werror",
]
#: The files of C, in the order in which they build on each other.
SOURCES = (
    "edge.c",
    "sight.c",
    "crossing.c",
    "elements.c",
    "stability.c",
    "newton.c",
    "solve.c",
    "guess.c",
    "landscape.c",
)
#: What C and cffi read of them, and what they share beside.
HEADER, SHARED = "kernel.h", ("internal.h", "newton.h")


@lru_cache(maxsize=1)
def library() -> tuple[Any, Any]:
    """The interface to memory (cffi's), and the functions of the files of C.

    Raises
    ------
    MachineError
        Where the library has to be compiled and cannot be, or cannot be loaded.
    """
    path = made()
    spec = spec_from_file_location(path.name.split(".")[0], path)
    assert spec is not None and spec.loader is not None
    try:
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    except ImportError as error:
        raise MachineError(
            f"the compiled solver cannot be loaded ({error}): remove it, or set XDG_CACHE_HOME to "
            "a folder from which programs may be run"
        ) from error
    return module.ffi, module.lib


def made() -> Path:
    """The library's file, compiled into the cache where it is not there yet.

    Raises
    ------
    MachineError
    """
    name, parts = _identity()
    file = name + EXTENSION_SUFFIXES[0]
    if os.path.exists(beside := Path(__file__).with_name(file)):
        return beside
    if not os.path.exists(kept := cache() / file):  # nor where it cannot be looked for
        _compile(name, parts, kept)
    return kept


def compile_into(folder: Path) -> Path:
    """The library's file, compiled into a folder: that of an installation.

    Raises
    ------
    MachineError
    """
    name, parts = _identity()
    path = folder / (name + EXTENSION_SUFFIXES[0])
    _compile(name, parts, path)
    return path


def _identity() -> tuple[str, dict[str, str]]:
    """Name of the library, which is another where any of its files is, and those files."""
    folder = files("bumpform.kernel")
    parts = {
        name: folder.joinpath(name).read_text(encoding="utf-8")
        for name in ("weak_forms.py", HEADER, *SHARED, *SOURCES)
    }
    # machines that share a home may have different C libraries
    libc = "CS_GNU_LIBC_VERSION"
    machine = (sysconfig.get_config_var("CFLAGS"), libc in os.confstr_names and os.confstr(libc))
    what = repr((parts, ARGUMENTS, machine))
    return f"bumpform_{hashlib.sha256(what.encode()).hexdigest()[:16]}", parts


_FLOAT = np.dtype(float)


def doubles(values: NDArray[np.float64]) -> Any:
    """Numbers as the library takes them: no copy, but of what does not lie in one row."""
    ffi, _ = library()
    try:
        if values.dtype is _FLOAT:
            return ffi.from_buffer("double[]", values)
    except ValueError:  # not in one row
        pass
    return ffi.from_buffer("double[]", np.ascontiguousarray(values, dtype=float))


def cache() -> Path:
    """Folder of compiled libraries.

    Raises
    ------
    MachineError
        Where there is neither ``XDG_CACHE_HOME`` nor a home.
    """
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bumpform"
    except RuntimeError as error:
        raise MachineError(
            "there is nowhere to keep the compiled solver (this user has no home folder): set "
            "XDG_CACHE_HOME to a folder that can be written"
        ) from error


def _builder(name: str, parts: Mapping[str, str], folder: Path) -> Any:
    """The library as cffi compiles it, its files (by their names) put into a folder."""
    # these take longer to import than a case to solve: only here, once
    from bumpform.kernel.form_compiler import cffi, ffcx
    from bumpform.kernel.weak_forms import code

    declared, defined = code()
    gc.collect()  # forms hold each other: basix complains of elements that are left at exit
    texts = {**parts, "forms.h": declared, "forms.c": defined}
    for file in (HEADER, *SHARED, *SOURCES, "forms.h", "forms.c"):
        (folder / file).write_text(texts[file], encoding="utf-8")
    found = cffi.FFI()
    found.cdef(parts[HEADER])
    found.set_source(
        name,
        f'#include "{HEADER}"',
        sources=[str(folder / file) for file in (*SOURCES, "forms.c")],
        include_dirs=[str(folder), ffcx.codegeneration.get_include_path()],
        extra_compile_args=ARGUMENTS,
    )
    return found


def _compile(name: str, parts: Mapping[str, str], path: Path) -> None:
    """Compile aside, then rename: others may do the same at this moment."""
    from bumpform.kernel.form_compiler import cffi

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            with open(os.devnull, "w") as quiet, redirect_stdout(quiet):
                done = _builder(name, parts, Path(folder)).compile(tmpdir=folder)
            os.replace(done, path)
    except OSError as error:
        raise MachineError(
            f"the compiled solver cannot be written to {path.parent} ({error.strerror}): "
            "set XDG_CACHE_HOME to a folder that can be written"
        ) from error
    except cffi.VerificationError as error:
        raise MachineError(
            f"the solver cannot be compiled ({error}): it needs a C compiler and Python's headers "
            "(Debian, Ubuntu: apt-get install gcc libc6-dev python3-dev)"
        ) from error


if __name__ == "__main__":  # for a fresh machine
    made()
