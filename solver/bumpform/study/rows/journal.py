"""The journal of a study: finished rows, each of them once, whatever ends the command.

A row is first a line of `rows.jsonl`, in the order in which they come: a file that only grows, by
whole lines that are on the disk before the next ones are asked for; what a killed run has left of
a line is cut off. Some thousands of lines become a Parquet file in `rows`, a seventh of their size,
from which rows are told and read again a hundred times as fast; then the lines are let go. A row
that failed may come again, later; that one counts. The lock on the lines goes with the process.

A folder belongs to one study of one version: `study.json` says which. Where the study of that name
has changed, the files of what it was stay, and rows of which it still has the case come back: a
row is known by the sha256 of its case.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bumpform import __version__
from bumpform.errors import CaseError, Problem
from bumpform.files.folder import holds_run
from bumpform.files.whole import write_text
from bumpform.study.plan.columns import known_columns
from bumpform.study.plan.study import Numbers, Study
from bumpform.study.rows.code import code_sha256
from bumpform.study.rows.former import taken_over
from bumpform.study.rows.kept import Kept
from bumpform.study.rows.row import CONVERGED, FAILED, NO_EQUILIBRIUM, Row
from bumpform.study.rows.sheet import joint_schema, sheet_of

__all__ = ["Journal"]

#: What study.json says once rows of what the study was before have been taken over.
_TAKEN: Final = "former_taken"
SCHEMA: Final = "bumpform/study-1"
#: Lines that become a Parquet file: half a second of work, and 30 MB of memory.
SEALED: Final = 4000
#: Rows that are read at a time: the memory that a table takes goes with them.
CHUNK: Final = 8_000
#: Places of rows that are not there; those of lines are below it, by where they begin.
_MISSING: Final = -1
_LINE: Final = -2
#: How lines begin, but for those with braces among their words: reading all of them takes long.
_START: Final = re.compile(rb'\{"number":(\d+),"point":\{[^{}]*\},"outcome":"(\w+)",')
_OUTCOMES: Final = (CONVERGED, NO_EQUILIBRIUM, FAILED)
_FAILED: Final = _OUTCOMES.index(FAILED)


class Journal:
    """Rows of a study in its folder; a context, which holds the folder's lock.

    Parameters
    ----------
    study : Study
    folder : Path
        Made if need be.

    Raises
    ------
    CaseError
        If the folder is in use, or of a run, another study or version, or its rows are damaged.
    """

    def __init__(self, study: Study, folder: Path) -> None:
        self.study = study
        self.folder = folder
        self._rows = len(study)
        self._places = np.full(self._rows, _MISSING, dtype=np.int64)  # by number
        self._kinds = np.full(self._rows, _MISSING, dtype=np.int8)  # places in _OUTCOMES
        self._counts = [0] * len(_OUTCOMES)
        if name := holds_run(folder):
            message = "this folder holds a run: no study is written into it. Choose another --out."
            raise self._refused(name, message)
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "rows.jsonl"
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            self._lock()
            for unfinished in (*folder.glob(".*.part"), *folder.glob("rows/.*.part")):
                unfinished.unlink(missing_ok=True)  # of a run that was killed
            self._end = os.fstat(self._file).st_size
            self._lines = 0
            self._kept = Kept(folder / "rows")
            self._claim()
            self._read()
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def __len__(self) -> int:
        return sum(self._counts)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are there, by outcome."""
        return dict(zip(_OUTCOMES, self._counts, strict=True))

    def share(self, part: tuple[int, int] | None) -> int:
        """How many rows the k-th of n parts has; all without."""
        return len(_range(len(self.study), part))

    def missing(self, part: tuple[int, int] | None = None) -> Iterator[int]:
        """Numbers of the rows that are not there, while others are being added.

        In the order in which they should be computed; of the k-th of n parts only its own.
        """
        own = _range(len(self.study), part)
        numbers = itertools.islice(self.study.sequence(), own.start, own.stop)
        return (number for number in numbers if self._places[number] == _MISSING)

    def take(self, other: Journal) -> None:
        """Add the rows of another journal of the same study that are missing here."""
        other.seal()
        for file in other._kept.files(self.study.sha256):
            table = other._kept.read(file)
            places = self._places[np.asarray(table["number"])]
            self._keep(table.filter(pa.array(places == _MISSING)))

    def take_former(self) -> None:
        """Take rows over from what the study was before: those of the same cases, once."""
        if self._told.get(_TAKEN):
            return
        former = self._kept.others(self.study.sha256)
        for table in taken_over(self.study, self._kept, former, self.missing):
            self._keep(table)
        if former:
            self._tell({**self._told, _TAKEN: True})

    def forget_failed(self) -> None:
        """Take rows that failed as missing; on the disk they stay until they come again."""
        self._places[self._kinds == _FAILED] = _MISSING
        self._kinds[self._kinds == _FAILED] = _MISSING
        self._counts[_FAILED] = 0

    def append(self, rows: Iterable[Row]) -> None:
        """Add rows; they are on the disk when this returns.

        Raises
        ------
        OSError
            If they cannot be written; the journal is as before.
        """
        places, lines = [], []
        end = self._end
        for row in rows:
            line = row.text.encode()
            places.append((row, end))
            lines.append(line)
            end += len(line)
        try:
            self._write(b"".join(lines))
        except OSError as error:
            os.ftruncate(self._file, self._end)
            raise OSError(error.errno, error.strerror, str(self._path)) from error
        self._end = end
        for row, place in places:
            self._note(row.number, row.outcome, _LINE - place)
        self._lines += len(lines)
        if self._lines >= SEALED:
            self.seal()

    def seal(self) -> None:
        """Put the rows that are lines into a Parquet file.

        Raises
        ------
        OSError
            If it cannot be written; the journal is as before.
        """
        numbers = np.flatnonzero(self._places <= _LINE)
        if len(numbers):
            axes = {axis.path: self.study.column(axis) for axis in self.study.varied}
            self._keep(sheet_of(self._told_by(numbers), axes))
        os.ftruncate(self._file, 0)
        self._end = self._lines = 0

    def schema(self) -> pa.Schema:
        """All columns that the sealed rows have, those of different rows together."""
        schemas = self._kept.schemas(self.study.sha256)
        schema = joint_schema(schemas, known_columns(self.study.case))
        for axis in self.study.varied:
            name = self.study.column(axis)
            if axis.dimension and name in schema.names:
                place = schema.get_field_index(name)
                schema = schema.set(place, schema.field(place).with_type(pa.float64()))
        return schema

    def sheets(self, schema: pa.Schema | None = None) -> Iterator[pa.Table]:
        """Rows that are sealed, by number, some at a time; the columns of a schema, or all."""
        schema = schema or self.schema()
        for first in range(0, self._rows, CHUNK):
            places = self._places[first : first + CHUNK]
            places = places[places >= 0]
            if len(places):
                yield self._kept.rows(places, schema)

    def _told_by(self, numbers: Numbers) -> Iterator[dict[str, Any]]:
        """What the lines of some rows tell."""
        with self._path.open("rb") as file:
            for number in numbers:
                file.seek(int(_LINE - self._places[number]))
                yield json.loads(file.readline())

    def _keep(self, table: pa.Table) -> None:
        """Put rows into a Parquet file, and note them."""
        if len(table):
            self._found(self._kept.add(table, self.study.sha256), table)

    def _found(self, file: int, table: pa.Table) -> None:
        """Note the rows of a file."""
        numbers = np.asarray(table["number"])
        kinds = np.asarray(pc.index_in(table["outcome"], pa.array(_OUTCOMES)))
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < self._rows:
            message = "has rows of another study. Remove the file: its rows are computed again."
            raise self._refused(f"rows, file {file + 1}", message)
        self._places[numbers] = self._kept.places(file, np.arange(len(numbers)))
        self._kinds[numbers] = kinds
        there = self._kinds[self._kinds != _MISSING]
        self._counts = [int(n) for n in np.bincount(there, minlength=len(_OUTCOMES))]

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file, data) :]
        os.fsync(self._file)

    def _note(self, number: int, outcome: str, place: int) -> None:
        before, now = int(self._kinds[number]), _OUTCOMES.index(outcome)
        if before != _MISSING:
            self._counts[before] -= 1
        self._counts[now] += 1
        self._kinds[number] = now
        self._places[number] = place

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = "a study is being run in this folder. Wait for it, or choose another --out."
            raise self._refused("", message) from None
        except OSError as error:  # some network file systems
            if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
            message = "files cannot be locked here. Choose another file system with --out."
            raise self._refused("", message) from None

    def _claim(self) -> None:
        """Write whose folder this is, or refuse one that is another's."""
        path = self.folder / "study.json"
        ours = {
            "schema": SCHEMA,
            "bumpform": __version__,
            "code_sha256": code_sha256(),
            "name": self.study.name,
            "title": self.study.title,
            "sha256": self.study.sha256,
            "rows": len(self.study),
            "columns": {axis.path: self.study.column(axis) for axis in self.study.varied},
            "axes": [axis.to_dict() for axis in self.study.varied],
            "case": self.study.case.to_dict(),
        }
        advice = "Choose another folder with --out, or remove this one."
        if not path.exists() and not self._end and not len(self._kept):
            self._tell(ours)
            return
        try:
            theirs = json.loads(path.read_bytes())
            known = {key: theirs[key] for key in ("schema", "bumpform", "sha256", "columns")}
            known["code_sha256"] = theirs.get("code_sha256")
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            message = (
                "is missing or damaged, so it is not known which study these rows belong to. "
                f"{advice}"
            )
            raise self._refused("study.json", message) from None
        if (known["schema"], known["bumpform"]) != (SCHEMA, __version__):
            message = (
                f"the rows were computed by bumpform {known['bumpform']}, this is {__version__}: "
            )
            raise self._refused("study.json", f"{message}versions are not mixed. {advice}")
        if known["code_sha256"] != ours["code_sha256"]:
            message = (
                f"the rows were computed by a bumpform {__version__} with other code or materials: "
            )
            raise self._refused("study.json", f"{message}the two are not mixed. {advice}")
        if known["sha256"] == ours["sha256"]:
            self._told = theirs
            return
        if theirs.get("name") != self.study.name:
            message = f"this folder has rows of another study, {theirs.get('name')}. {advice}"
            raise self._refused("study.json", message)
        self._seal_former(known["sha256"], known["columns"])
        self._tell(ours)

    def _tell(self, told: dict[str, Any]) -> None:
        """Write whose folder this is."""
        self._told = told
        text = json.dumps(told, indent=1, ensure_ascii=False)
        write_text(self.folder / "study.json", f"{text}\n")

    def _seal_former(self, sha256: str, columns: Mapping[str, str]) -> None:
        """Put the lines of the study as it was into a file; its rows come back by their cases."""
        rows = []
        with self._path.open("rb") as file:
            for line in file:
                if line.endswith(b"}\n") and b"\0" not in line:
                    rows.append(json.loads(line))
        if rows:
            self._kept.add(sheet_of(rows, columns), sha256)
        os.ftruncate(self._file, 0)
        self._end = 0

    def _read(self) -> None:
        """Note the rows that are there; cut off what is no whole line at the end."""
        for file in self._kept.files(self.study.sha256):
            self._found(file, self._kept.read(file, ("number", "outcome")))
        sealed = self._places != _MISSING
        place = 0
        broken: tuple[int, int] | None = None  # place and number of the first such line
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if (found := self._parse(line)) is None:
                    broken = broken or (place, number)
                elif broken or (self._there(found[0]) and not sealed[found[0]]):
                    message = f"line {broken[1] if broken else number} is no row of this study, or "
                    message += "a row that an earlier line has. Remove the line."
                    raise self._refused("rows.jsonl", message)
                elif not self._there(found[0]):  # else the kill came between a file and its lines
                    self._note(*found, _LINE - place)
                    sealed[found[0]] = False
                self._lines += 1
                place += len(line)
        if broken:
            os.ftruncate(self._file, broken[0])
            self._end = broken[0]

    def _there(self, number: int) -> bool:
        """Whether a row is there that may not come again."""
        return bool(self._places[number] != _MISSING and self._kinds[number] != _FAILED)

    def _parse(self, line: bytes) -> tuple[int, str] | None:
        """Number and outcome of a line; None if it is no whole row."""
        if (start := _START.match(line)) and line.endswith(b"}\n") and b"\0" not in line:
            number, outcome = int(start[1]), start[2].decode()
            return (number, outcome) if self._fits(number, outcome) else None
        try:
            row = json.loads(line) if line.endswith(b"\n") else {}
            number, outcome = row["number"], row["outcome"]
        except (ValueError, KeyError, TypeError):
            return None
        return (number, outcome) if self._fits(number, outcome) else None

    def _fits(self, number: Any, outcome: Any) -> bool:
        return isinstance(number, int) and 0 <= number < self._rows and outcome in _OUTCOMES

    def _refused(self, path: str, message: str) -> CaseError:
        return CaseError([Problem(path, message)], str(self.folder))


def _range(rows: int, part: tuple[int, int] | None) -> range:
    """Places of a part's rows in the order in which they are computed."""
    k, n = part or (1, 1)
    return range((k - 1) * rows // n, k * rows // n)
