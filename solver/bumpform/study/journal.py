"""The journal of a study: finished rows, one line each, in the order in which they came.

A folder belongs to one study of one version: `study.json` says which. Where the study of that name
has changed, its rows are put into `former.jsonl`, and those whose case it still has come back: a
row is known by the sha256 of its case. `rows.jsonl` only grows, by
whole lines that are on the disk before the next ones are asked for; what a killed run has left of
a line is cut off, and every other row is kept. A row that failed may come again, further down; that
one counts. The lock on the file goes with the process.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import json
import os
import re
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

from bumpform import __version__
from bumpform.case.file import case_sha256
from bumpform.errors import CaseError, Problem
from bumpform.output.files import write_text, written_aside
from bumpform.output.folder import holds_run
from bumpform.study.code import code_sha256
from bumpform.study.row import CONVERGED, FAILED, NO_EQUILIBRIUM, Row, renumbered
from bumpform.study.study import Study

__all__ = ["Journal"]

#: Rows of what the study was before.
FORMER: Final = "former.jsonl"
SCHEMA: Final = "bumpform/study-1"
_MISSING: Final = -1
#: How lines begin, but for those with braces among their words: reading all of them takes long.
_START: Final = re.compile(rb'\{"number":(\d+),"point":\{[^{}]*\},"outcome":"(\w+)",')
#: Lines that are taken over at a time.
_LINES: Final = 1000
_OUTCOMES: Final = (CONVERGED, NO_EQUILIBRIUM, FAILED)


class Journal:
    """Rows of a study in its folder; a context, which holds the folder's lock.

    Parameters
    ----------
    study : Study
    folder : Path
        Made if need be.

    Attributes
    ----------
    counts : dict of outcome to int
        Of the rows that are there.

    Raises
    ------
    CaseError
        If the folder is in use, or of a run, another study or version, or its rows are damaged.
    """

    def __init__(self, study: Study, folder: Path) -> None:
        self.study = study
        self.folder = folder
        self.counts = dict.fromkeys(_OUTCOMES, 0)
        self._failed: set[int] = set()
        self._rows = len(study)
        self._places = array("q", [_MISSING]) * len(study)  # of the lines, by number
        if name := holds_run(folder):
            message = "this folder holds a run, with which no study is mixed. Choose another --out."
            raise self._refused(name, message)
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "rows.jsonl"
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            self._lock()
            for unfinished in folder.glob(".*.part"):  # of a run that was killed
                unfinished.unlink(missing_ok=True)
            self._end = os.fstat(self._file).st_size
            self._claim()
            self._read()
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def __len__(self) -> int:
        return sum(self.counts.values())

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
        for number in self._failed:
            self._places[number] = _MISSING
        self.counts[FAILED] -= len(self._failed)
        self._failed.clear()

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

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows that are there, by number."""
        return map(json.loads, self.lines())

    def lines(self) -> Iterator[bytes]:
        """Lines of the rows that are there, by number."""
        with self._path.open("rb") as file:
            for place in self._places:
                if place != _MISSING:
                    file.seek(place)
                    yield file.readline()

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file, data) :]
        os.fsync(self._file)

    def _note(self, number: int, outcome: str, place: int) -> None:
        if number in self._failed:
            self._failed.remove(number)
            self.counts[FAILED] -= 1
        if outcome == FAILED:
            self._failed.add(number)
        self._places[number] = place
        self.counts[outcome] += 1

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
            write_text(path, json.dumps(ours, indent=1, ensure_ascii=False) + "\n")
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
            return
        if theirs.get("name") != self.study.name:
            message = f"this folder has rows of another study, {theirs.get('name')}. {advice}"
            raise self._refused("study.json", message)
        self._set_aside()
        write_text(path, json.dumps(ours, indent=1, ensure_ascii=False) + "\n")

    def _set_aside(self) -> None:
        """Put the rows of the study as it was beside; those that are still asked for come back."""
        former = self.folder / FORMER
        known = _cases(former)
        with (
            written_aside(former) as aside,
            aside.open("wb") as file,
            self._path.open("rb") as rows,
        ):
            for line in _lines_of(former):
                file.write(line)
            for line in rows:
                sha256 = _case_of(line)
                if sha256 and sha256 not in known:
                    file.write(line)
            file.flush()
            os.fsync(file.fileno())
        os.ftruncate(self._file, 0)
        self._end = 0

    def take_former(self) -> None:
        """Take rows over from what the study was before: those of the same cases."""
        former = self.folder / FORMER
        places = _cases(former)
        if not places:
            return
        with former.open("rb") as file:
            for numbers in itertools.batched(self.missing(), _LINES):
                rows = []
                for number in numbers:
                    try:
                        place = places.get(case_sha256(self.study.at(number)))
                    except CaseError:
                        continue  # which is soon told again
                    if place is not None:
                        file.seek(place)
                        rows.append(renumbered(self.study, number, json.loads(file.readline())))
                self.append(rows)

    def _read(self) -> None:
        """Note the rows that are there; cut off what is no whole line at the end."""
        place, number = 0, 0
        broken: tuple[int, int] | None = None  # place and number of the first such line
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if (found := self._parse(line)) is None:
                    broken = broken or (place, number)
                elif broken or self._there(found[0]):
                    message = f"line {broken[1] if broken else number} is no row of this study, or "
                    message += "a row that is there before. Remove the line."
                    raise self._refused("rows.jsonl", message)
                else:
                    self._note(*found, place)
                place += len(line)
        if broken:
            os.ftruncate(self._file, broken[0])
            self._end = broken[0]

    def _there(self, number: int) -> bool:
        """Whether a row is there that may not come again."""
        return self._places[number] != _MISSING and number not in self._failed

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


def _case_of(line: bytes) -> str:
    """Hash of a line's case; empty where it is no whole row, or of no case."""
    try:
        return str(json.loads(line).get("case_sha256", "")) if line.endswith(b"\n") else ""
    except (ValueError, AttributeError):
        return ""


def _lines_of(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as file:
            yield from file


def _cases(path: Path) -> dict[str, int]:
    """Places of the lines of a file by the hashes of their cases."""
    places: dict[str, int] = {}
    place = 0
    for line in _lines_of(path):
        if sha256 := _case_of(line):
            places.setdefault(sha256, place)
        place += len(line)
    return places
