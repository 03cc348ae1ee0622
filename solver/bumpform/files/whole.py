"""Files that are there as a whole or not at all: written aside, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["discard_unfinished", "removed_on_stop", "write_bytes", "write_text", "written_aside"]

#: Files that are not to outlive this moment: those that are being written aside, locks.
_unfinished: set[str] = set()


def write_bytes(path: str | Path, data: bytes) -> Path:
    """Write a file aside, in its own folder, and rename it; a failure leaves the old one.

    Missing folders are made.

    Returns
    -------
    Path
        The file.
    """
    with written_aside(path) as aside:
        aside.write_bytes(data)
    return Path(path)


@contextmanager
def written_aside(path: str | Path) -> Iterator[Path]:
    """Empty file in the same folder, which takes the path's place when the context ends well.

    Missing folders are made.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    with removed_on_stop(aside):  # before it is there: a stop may come at any moment
        try:
            aside.touch(mode=0o600, exist_ok=False)
            yield aside
            aside.chmod(0o666 & ~_umask())
            os.replace(aside, path)
        except BaseException as error:
            aside.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno and error.filename is None:
                error.filename = str(path)  # of a full disk
            raise


@contextmanager
def removed_on_stop(path: Path) -> Iterator[None]:
    """While the context lasts, a process that ends on the spot takes the file with it."""
    _unfinished.add(str(path))
    try:
        yield
    finally:
        _unfinished.discard(str(path))


def discard_unfinished() -> None:
    """Remove what is being written, and locks, for a process that ends on the spot."""
    for aside in _unfinished:
        Path(aside).unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> Path:
    """Write UTF-8 text as `write_bytes` does, line ends as they are."""
    return write_bytes(path, text.encode())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
