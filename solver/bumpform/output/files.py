"""Files that are there as a whole or not at all: written aside, then renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["discard_unfinished", "write_bytes", "write_text"]

#: Files that are being written aside at this moment.
_unfinished: set[str] = set()


def write_bytes(path: str | Path, data: bytes) -> Path:
    """Write a file aside, in its own folder, and rename it; a failure leaves the old one.

    Missing folders are made.

    Returns
    -------
    Path
        The file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    _unfinished.add(aside)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_umask())
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    finally:
        _unfinished.discard(aside)
    return path


def discard_unfinished() -> None:
    """Remove what is being written, for a process that ends on the spot."""
    for aside in _unfinished:
        Path(aside).unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> Path:
    """Write UTF-8 text as `write_bytes` does, line ends as they are."""
    return write_bytes(path, text.encode())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
