"""What went wrong, in words on stderr, and the exit code that belongs to it."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path
from typing import Final

from bumpform.cli.terminal.printing import complain
from bumpform.errors import BumpformError, CaseError, MachineError, ProcessError, WorkersError

__all__ = ["EXIT_CODES", "tell_failure"]

#: For the help of the commands; the README says the same.
EXIT_CODES: Final = (
    "Exit codes: 0 done; 1 bumpform itself failed; 2 the input is wrong; 3 no admissible "
    "equilibrium; 4 a study finished with failed or refused rows; 5 the machine lacks something "
    "(a compiler, a library, room on the disk, a permission); 130 Ctrl-C; of several cases, the "
    "highest."
)

_CHOOSE: Final = "choose another place with --out"
_FREE: Final = f"free some room, or {_CHOOSE}"
#: What the system refuses whatever path it is asked for, and the remedy; the rest is a wrong path.
_REMEDIES: Final = {
    errno.ENOSPC: _FREE,
    errno.EDQUOT: _FREE,
    errno.EFBIG: f"raise the limit on the size of files, or {_CHOOSE}",
    errno.EACCES: f"make it writable, or {_CHOOSE}",
    errno.EPERM: f"make it writable, or {_CHOOSE}",
    errno.EROFS: _CHOOSE,
    errno.EIO: f"check the disk, or {_CHOOSE}",
    errno.ESTALE: f"check the disk, or {_CHOOSE}",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
    errno.ENFILE: "raise the limit on open files",
    errno.ENOMEM: "free some memory",
}

#: What is there in the place of a folder for results, by what the system says of it.
_NO_FOLDERS: Final = {
    errno.EEXIST: "is a file",
    errno.ENOTDIR: "lies in a file",
}


def tell_failure(error: Exception, text: str) -> int:
    """Say what went wrong with an input; return the exit code.

    Parameters
    ----------
    error : Exception
    text : str
        The input, as the user named it.
    """
    if isinstance(error, CaseError):
        complain(_with_lines(error, text))
        return 2
    if isinstance(error, BumpformError):
        complain(f"{text}: {error}")
        if isinstance(error, ProcessError | WorkersError):
            return 2
        return 5 if isinstance(error, MachineError) else 3
    if isinstance(error, OSError):
        what = f"{text}: {error.filename or 'results'}: {error.strerror or error}"
        remedy = _REMEDIES.get(error.errno or 0)
        if error.filename and error.errno in _NO_FOLDERS:
            there = _NO_FOLDERS[error.errno]
            what = f"{text}: {error.filename} {there}; results need a folder: {_CHOOSE}"
        complain(f"{what}: {remedy}" if remedy else what)
        return 5 if remedy else 2
    if isinstance(error, ImportError) and (error.name or "").partition(".")[0] != "bumpform":
        complain(f"{text}: {error}: install bumpform again, with its dependencies")
        return 5
    if isinstance(error, MemoryError):
        complain(f"{text}: there is not enough memory: free some, or use a coarser mesh")
        return 5
    trace = "".join(traceback.format_exception(error))
    complain(f"{text}: bumpform itself failed. Please report this:\n{trace}")
    return 1


def _with_lines(error: CaseError, text: str) -> str:
    """The problems of an input, each with its line where the input is a file."""
    from bumpform.case.lines import lines_of

    head, *problems = str(error if error.source else CaseError(error.problems, text)).split("\n")
    lines = lines_of(error.problems, Path(text))
    told = (
        words if line is None else f"  line {line}: {words.strip()}"
        for line, words in zip(lines, problems, strict=True)
    )
    return "\n".join((head, *told))
