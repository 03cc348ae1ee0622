"""The journal of a study: finished rows, one line each, in the order in which they came.

A folder belongs to one study of one version: `study.json` says which. Where the study of that name
has changed, its rows are put into `former.jsonl`, and those whose case it still has come back: a
row is known by the sha256 of its case. `rows.jsonl` only grows, by
whole lines that are on the disk before the next ones are asked for; what a killed run has left of
a line is cut off, and every other row is kept. A row that failed may come again, further down; that
one counts. The lock on the file goes with the process.

Beside it, `rows.index` says where each line is, so that a million rows are resumed in a second; it
only saves reading them: what it does not say, or says wrongly, is read.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from bumpform import __version__
from bumpform.case.file import case_sha256
from bumpform.errors import CaseError, Problem
from bumpform.files.folder import holds_run
from bumpform.files.whole import write_text, written_aside
from bumpform.study.plan.study import Study
from bumpform.study.rows.code import code_sha256
from bumpform.study.rows.former import Cases, case_of, lines_of
from bumpform.study.rows.index import Index
from bumpform.study.rows.row import CONVERGED, FAILED, NO_EQUILIBRIUM, Row, renumbered

__all__ = ["Journal"]

#: Rows of what the study was before.
FORMER: Final = "former.jsonl"
#: What study.json says once they have been taken over.
_TAKEN: Final = "former_taken"
SCHEMA: Final = "bumpform/study-1"
_MISSING: Final = -1
#: How lines begin, but for those with braces among their words: reading all of them takes long.
_START: Final = re.compile(rb'\{"number":(\d+),"point":\{[^{}]*\},"outcome":"(\w+)",')
#: Rows of the index that are looked at before it is believed.
SAMPLES: Final = 100
#: Lines that are taken over at a time.
_LINES: Final = 1000
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
        self._places = np.full(self._rows, _MISSING, dtype=np.int64)  # of the lines, by number
        self._kinds = np.full(self._rows, _MISSING, dtype=np.int8)  # places in _OUTCOMES
        self._counts = [0] * len(_OUTCOMES)
        if name := holds_run(folder):
            message = "this folder holds a run, with which no study is mixed. Choose another --out."
            raise self._refused(name, message)
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "rows.jsonl"
        self._index = Index(folder / "rows.index", study.sha256)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            self._lock()
            for unfinished in folder.glob(".*.part"):  # of a run that was killed
                unfinished.unlink(missing_ok=True)
            self._end = os.fstat(self._file).st_size
            self._index.open()
            self._claim()
            self._read()
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._index.close()
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

    def take(self, lines: Iterable[bytes]) -> None:
        """Add rows by their lines: those that are whole, and missing here."""
        for batch in itertools.batched(lines, _LINES):
            rows: dict[int, Row] = {}
            for line in batch:
                found = self._parse(line)
                if found is not None and self._places[found[0]] == _MISSING:
                    rows[found[0]] = Row(*found, line.decode())
            self.append(rows.values())

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
            self._note(row.number, row.outcome, place)
        self._index.append((r.number, _OUTCOMES.index(r.outcome), place) for r, place in places)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows that are there, by number."""
        return map(json.loads, self.lines())

    def lines(self) -> Iterator[bytes]:
        """Lines of the rows that are there, by number."""
        with self._path.open("rb") as file:
            for place in map(int, self._places):
                if place != _MISSING:
                    file.seek(place)
                    yield file.readline()

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
            "axes": [axis.to_dict() for axis in self.study.varied],
            "case": self.study.case.to_dict(),
        }
        advice = "Choose another folder with --out, or remove this one."
        if not path.exists() and not self._end:
            self._tell(ours)
            return
        try:
            theirs = json.loads(path.read_bytes())
            known = {key: theirs[key] for key in ("schema", "bumpform", "sha256")}
            known["code_sha256"] = theirs.get("code_sha256")
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            message = f"is missing or damaged, so that nobody knows whose rows these are. {advice}"
            raise self._refused("study.json", message) from None
        if (known["schema"], known["bumpform"]) != (SCHEMA, __version__):
            message = f"the rows are of bumpform {known['bumpform']}, this is {__version__}: "
            raise self._refused("study.json", f"{message}versions are not mixed. {advice}")
        if known["code_sha256"] != ours["code_sha256"]:
            message = f"the rows are of a bumpform {__version__} with other code or materials: "
            raise self._refused("study.json", f"{message}the two are not mixed. {advice}")
        if known["sha256"] == ours["sha256"]:
            self._told = theirs
            return
        if theirs.get("name") != self.study.name:
            message = f"this folder has rows of another study, {theirs.get('name')}. {advice}"
            raise self._refused("study.json", message)
        self._set_aside()
        self._tell(ours)

    def _tell(self, told: dict[str, Any]) -> None:
        """Write whose folder this is."""
        self._told = told
        text = json.dumps(told, indent=1, ensure_ascii=False)
        write_text(self.folder / "study.json", f"{text}\n")

    def _set_aside(self) -> None:
        """Put the rows of the study as it was beside; those that are still asked for come back."""
        former = self.folder / FORMER
        known = Cases(former)
        with (
            written_aside(former) as aside,
            aside.open("wb") as file,
            self._path.open("rb") as rows,
        ):
            for line in lines_of(former):
                file.write(line)
            for line in rows:
                sha256 = case_of(line)
                if sha256 and not any(known.lines(sha256)):
                    file.write(line)
            file.flush()
            os.fsync(file.fileno())
        os.ftruncate(self._file, 0)
        self._end = 0
        self._index.clear()

    def take_former(self) -> None:
        """Take rows over from what the study was before: those of the same cases, once."""
        if self._told.get(_TAKEN):
            return
        known = Cases(self.folder / FORMER)
        for numbers in itertools.batched(self.missing() if len(known) else (), _LINES):
            rows = []
            for number in numbers:
                try:
                    sha256 = bytes.fromhex(case_sha256(self.study.at(number)))
                except CaseError:
                    continue  # which is soon told again
                rows += [
                    renumbered(self.study, number, json.loads(line)) for line in known.lines(sha256)
                ]
            self.append(rows)
        if len(known):
            self._tell({**self._told, _TAKEN: True})

    def _read(self) -> None:
        """Note the rows that are there; cut off what is no whole line at the end."""
        place = self._take_index()
        if place == 0:
            self._index.clear()
        number = len(self)
        broken: tuple[int, int] | None = None  # place and number of the first such line
        with self._path.open("rb") as file:
            file.seek(place)
            for number, line in enumerate(file, self._index.lines + 1):
                if (found := self._parse(line)) is None:
                    broken = broken or (place, number)
                elif broken or self._there(found[0]):
                    message = f"line {broken[1] if broken else number} is no row of this study, or "
                    message += "a row that is there before. Remove the line."
                    raise self._refused("rows.jsonl", message)
                else:
                    self._note(*found, place)
                    self._index.add(found[0], _OUTCOMES.index(found[1]), place)
                place += len(line)
        if broken:
            os.ftruncate(self._file, broken[0])
            self._end = broken[0]
        self._index.flush()

    def _take_index(self) -> int:
        """Note the rows of the index; where those end that it knows, 0 where it is not right."""
        numbers, kinds, places = self._index.read(self._rows, self._end)
        if not len(numbers):
            return 0
        with self._path.open("rb") as file:
            for k in np.unique(np.linspace(0, len(numbers) - 1, SAMPLES).astype(int)):
                file.seek(max(0, int(places[k]) - 1))
                before = file.read(1) if places[k] else b"\n"
                line = file.readline()
                if before != b"\n" or self._parse(line) != (numbers[k], _OUTCOMES[kinds[k]]):
                    return 0
        self._places[numbers] = places  # of a row that is there twice the last
        self._kinds[numbers] = kinds
        there = self._kinds[self._kinds != _MISSING]
        self._counts = [int(n) for n in np.bincount(there, minlength=len(_OUTCOMES))]
        return int(places[-1]) + len(line)

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
