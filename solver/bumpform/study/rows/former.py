"""Rows of what a study was before, found by the hashes of their cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bumpform.case.variation import Hashes
from bumpform.errors import CaseError
from bumpform.study.plan.study import Numbers, Study
from bumpform.study.rows.kept import Kept
from bumpform.study.rows.sheet import column_field, kind_of

__all__ = ["taken_over"]

type Keys = NDArray[np.uint64]


def taken_over(
    study: Study, kept: Kept, former: Sequence[int], missing: Callable[[], Iterator[int]]
) -> Iterator[pa.Table]:
    """Rows of a study's missing cases, from files of what it was before.

    Parameters
    ----------
    study : Study
    kept : Kept
    former : sequence of int
        Files of other studies.
    missing : function
        Numbers of the rows to look for.
    """
    if not former:
        return
    cases = _Cases(kept, former)
    found: dict[int, list[tuple[int, int, str]]] = {file: [] for file in former}
    hashes = Hashes()
    for number in missing():
        try:
            sha256 = hashes.of(study.at(number))
        except CaseError:
            continue  # which is soon told again
        if (place := cases.place(sha256)) is not None:
            found[place[0]].append((place[1], number, sha256))
    for file, rows in found.items():
        if rows:
            yield _renumbered(study, kept.read(file), rows)


def _renumbered(study: Study, table: pa.Table, rows: Sequence[tuple[int, int, str]]) -> pa.Table:
    """Lines of a file as rows of a study, by (line, number, hash): those of this very hash."""
    lines, numbers, hashes = zip(*rows, strict=True)
    taken = table.take(list(lines))
    same = [a == b for a, b in zip(taken["case_sha256"].to_pylist(), hashes, strict=True)]
    taken = taken.filter(pa.array(same))
    kept = [number for number, is_same in zip(numbers, same, strict=True) if is_same]
    for name in [f.name for f in table.schema if kind_of(f) == "point"]:
        taken = taken.drop_columns(name)
    place = taken.schema.get_field_index("number")
    taken = taken.set_column(place, taken.schema.field(place), pa.array(kept, pa.int64()))
    points = zip(*map(study.point, kept), strict=True)
    for axis, values in zip(study.varied, points, strict=True):
        column = pa.array(values, pa.float64() if axis.dimension else None)
        taken = taken.append_column(column_field(study.column(axis), column.type, "point"), column)
    return taken


class _Cases:
    """Places of rows by the hashes of their cases: 16 bytes of memory for each."""

    def __init__(self, kept: Kept, files: Sequence[int]) -> None:
        keys: list[Keys] = []
        places: list[Numbers] = []
        for file in files:
            hashes = kept.read(file, ("case_sha256",))["case_sha256"].to_pylist()
            there = [line for line, sha256 in enumerate(hashes) if sha256]
            keys.append(np.array([_key(hashes[line]) for line in there], dtype=np.uint64))
            places.append(kept.places(file, np.array(there, dtype=np.int64)))
        found = np.concatenate(keys)
        order = np.argsort(found, kind="stable")
        self._keys, self._places = found[order], np.concatenate(places)[order]

    def place(self, sha256: str) -> tuple[int, int] | None:
        """File and line of the first row of a case."""
        key = np.uint64(_key(sha256))
        first = int(np.searchsorted(self._keys, key))
        if first == len(self._keys) or self._keys[first] != key:
            return None
        place = int(self._places[first])
        return place >> 32, place & 0xFFFFFFFF


def _key(sha256: str) -> int:
    return int(sha256[:16], 16)
