"""The Parquet files of a journal: finished rows as columns, some thousands in each.

A file is there as a whole or not at all, and is never changed. It says of which study its numbers
are: those of what the study was before stay, and their rows are known by the hashes of their
cases.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from bumpform.errors import CaseError, Problem
from bumpform.files.whole import written_aside
from bumpform.study.rows.sheet import conform

__all__ = ["Kept"]

#: What a file's schema says.
_STUDY: Final = b"study_sha256"
#: Files that stay decoded: neighbouring rows may lie in one of a few.
_DECODED: Final = 3
#: A row's place: its file and its line there, in one number.
_BITS: Final = 32

type Numbers = NDArray[np.int64]


class Kept:
    """The files of a folder, in the order in which they were made.

    Parameters
    ----------
    folder : Path
        Made when there is something to keep.

    Raises
    ------
    CaseError
        If one of them is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths = sorted(folder.glob("[0-9]*.parquet"))
        self._schemas: dict[bytes, pa.Schema] = {}  # most files have the same
        self._said = [self._opened(path) for path in self._paths]
        self._decoded: dict[tuple[int, tuple[str, ...] | None], pa.Table] = {}

    def __len__(self) -> int:
        return len(self._paths)

    def files(self, study: str) -> list[int]:
        """Files of a study, by its hash."""
        return [i for i, (of, _) in enumerate(self._said) if of == study]

    def others(self, study: str) -> list[int]:
        """Files of what the study was before."""
        return [i for i, (of, _) in enumerate(self._said) if of != study]

    def schemas(self, study: str) -> list[pa.Schema]:
        """The columns of a study's files, those of each kind once."""
        kinds = dict.fromkeys(key for of, key in self._said if of == study)
        return [self._schemas[key] for key in kinds]

    def read(self, file: int, names: Sequence[str] | None = None) -> pa.Table:
        """Columns of a file, as many of the names as it has; all without."""
        key = (file, None if names is None else tuple(names))
        if key not in self._decoded:
            while len(self._decoded) >= _DECODED:
                del self._decoded[next(iter(self._decoded))]
            _, schema = self._said[file]
            there = None
            if names is not None:
                known = set(self._schemas[schema].names)
                there = [name for name in names if name in known]
            self._decoded[key] = parquet.read_table(
                self._paths[file], columns=there, use_threads=False, pre_buffer=False
            )
        return self._decoded[key]

    def rows(self, places: Numbers, schema: pa.Schema) -> pa.Table:
        """Rows by their places, with the columns of a schema."""
        files, lines = places >> _BITS, places & ((1 << _BITS) - 1)
        pieces, order = [], []
        for file in map(int, np.unique(files)):
            own = np.flatnonzero(files == file)
            found = self.read(file, schema.names)
            first, count = int(lines[own[0]]), len(own)
            if (np.diff(lines[own]) == 1).all():
                pieces.append(conform(found.slice(first, count), schema))
            else:
                pieces.append(conform(found.take(lines[own]), schema))
            order.append(own)
        table, now = pa.concat_tables(pieces), np.concatenate(order)
        return table if (np.diff(now) == 1).all() else table.take(np.argsort(now))

    @staticmethod
    def places(file: int, lines: Numbers) -> Numbers:
        """Places of lines of a file."""
        return (np.int64(file) << _BITS) | lines

    def add(self, table: pa.Table, study: str) -> int:
        """Write a file, which is on the disk when this returns; its place among them."""
        last = int(self._paths[-1].stem) if self._paths else 0
        path = self._folder / f"{last + 1:06}.parquet"
        told: Mapping[bytes, bytes] = {_STUDY: study.encode()}
        with written_aside(path) as aside:
            parquet.write_table(table.replace_schema_metadata(told), aside, compression="zstd")
            _synced(aside)
        _synced(self._folder)
        self._paths.append(path)
        self._said.append(self._opened(path))
        return len(self._paths) - 1

    def _opened(self, path: Path) -> tuple[str, bytes]:
        """Of which study a file is, and which columns it has."""
        try:
            schema = parquet.read_schema(path)
            of = schema.metadata[_STUDY].decode()
        except (OSError, pa.ArrowException, KeyError, TypeError):
            message = "holds no rows, or is damaged. Remove it: its rows are computed again."
            name = f"{path.parent.name}/{path.name}"
            raise CaseError([Problem(name, message)], str(path.parent.parent)) from None
        key = schema.remove_metadata().serialize().to_pybytes()
        self._schemas.setdefault(key, schema)
        return of, key


def _synced(path: Path) -> None:
    """Have a file, or a folder's names, on the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
