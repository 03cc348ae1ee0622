"""The index of a journal: where the line of each row is, so that they need not be read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Index"]

_MAGIC: Final = b"bumpform rows 1\n"
#: A line: its row's number, what came of it, and its place in the journal.
_LINE: Final = np.dtype([("number", "<i8"), ("kind", "<i4"), ("_", "<i4"), ("place", "<i8")])
_HEAD: Final = len(_MAGIC) + 64

type Numbers = NDArray[np.int64]


class Index:
    """A file of a line of the same length for every line of a journal.

    Nothing is lost with it, so that what goes wrong with it is of no consequence: it is then
    without its last lines, or is not there.

    Parameters
    ----------
    path : Path
    study : str
        Hash of the study, in hex: an index of another one is empty.

    Attributes
    ----------
    lines : int
        How many there are.
    """

    def __init__(self, path: Path, study: str) -> None:
        self._path = path
        self._head = _MAGIC + study.encode()
        self._pending: list[tuple[int, int, int, int]] = []
        self.lines = 0
        self._file: int | None = None

    def open(self) -> None:
        """Open the file, which is made if need be."""
        with contextlib.suppress(OSError):
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def read(self, rows: int, size: int) -> tuple[Numbers, Numbers, Numbers]:
        """Numbers, kinds and places of the lines; none where they cannot be those of a journal.

        Parameters
        ----------
        rows : int
            Of the study.
        size : int
            Of the journal.
        """
        data = self._path.read_bytes() if self._file is not None else b""
        count = (len(data) - _HEAD) // _LINE.itemsize
        if count <= 0 or not data.startswith(self._head):
            return self._none()
        lines = np.frombuffer(data, _LINE, count, _HEAD)
        lines = lines[: int(np.searchsorted(lines["place"], size))]
        numbers, places = lines["number"].astype(np.int64), lines["place"].astype(np.int64)
        right = (numbers >= 0) & (numbers < rows) & (lines["kind"] >= 0) & (lines["kind"] < 3)
        if not (len(lines) and places[0] == 0 and right.all() and (np.diff(places) > 0).all()):
            return self._none()
        self.lines = len(lines)
        return numbers, lines["kind"].astype(np.int64), places

    def clear(self) -> None:
        """Forget all lines."""
        self.lines = 0
        self._pending.clear()
        self._write(self._head, 0)

    def append(self, lines: Iterable[tuple[int, int, int]]) -> None:
        """Add lines: number, kind, place."""
        for line in lines:
            self.add(*line)
        self.flush()

    def add(self, number: int, kind: int, place: int) -> None:
        """Note a line, which `flush` writes."""
        self._pending.append((number, kind, 0, place))

    def flush(self) -> None:
        """Write the lines that have been noted, after those that are there."""
        data = np.array(self._pending, _LINE).tobytes()
        self._write(data, _HEAD + self.lines * _LINE.itemsize)
        self.lines += len(self._pending)
        self._pending.clear()

    def _write(self, data: bytes, place: int) -> None:
        if self._file is None:
            return
        try:
            os.ftruncate(self._file, place)
            while data:
                written = os.pwrite(self._file, data, place)
                data, place = data[written:], place + written
        except OSError:  # the disk is full, for instance
            self.close()
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _none(self) -> tuple[Numbers, Numbers, Numbers]:
        self.lines = 0
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
