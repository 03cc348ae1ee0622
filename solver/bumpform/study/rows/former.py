"""Rows of what a study was before, found by the hashes of their cases."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

__all__ = ["Cases", "case_of", "lines_of"]

#: The hash of a line's case.
_CASE: Final = re.compile(rb'"case_sha256":"([0-9a-f]{64})"')


def case_of(line: bytes) -> bytes:
    """Hash of a line's case; empty where it is no whole row, or of no case."""
    found = _CASE.search(line) if line.endswith(b"}\n") else None
    return bytes.fromhex(found[1].decode()) if found else b""


def lines_of(path: Path) -> Iterator[bytes]:
    """Lines of a file, as they are; none where there is no file."""
    if path.exists():
        with path.open("rb") as file:
            yield from file


class Cases:
    """The lines of a file by the hashes of their cases: 16 bytes of memory for each."""

    def __init__(self, path: Path) -> None:
        keys, places, place = bytearray(), array("q"), 0
        for line in lines_of(path):
            if sha256 := case_of(line):
                keys += sha256[:8]
                places.append(place)
            place += len(line)
        found = np.frombuffer(bytes(keys), dtype=">u8").astype(np.uint64)
        order = np.argsort(found, kind="stable")
        self._path = path
        self._keys, self._places = found[order], np.array(places, dtype=np.int64)[order]

    def __len__(self) -> int:
        return len(self._keys)

    def lines(self, sha256: bytes) -> Iterator[bytes]:
        """The first line of a case, if there is one."""
        key = np.uint64(int.from_bytes(sha256[:8]))
        first, last = (int(np.searchsorted(self._keys, key, side)) for side in ("left", "right"))
        if first == last:
            return
        with self._path.open("rb") as file:
            for place in self._places[first:last]:
                file.seek(int(place))
                if case_of(line := file.readline()) == sha256:
                    yield line
                    return
