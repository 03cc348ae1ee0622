"""The journal of a study: finished rows, one line each, in the order in which they came.

A folder belongs to one study of one version: `study.json` says which. `rows.jsonl` only grows, by
whole lines that are on the disk before the next ones are asked for; what a killed run has left of
a line is cut off, and every other row is kept. The lock on it goes with the process.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

from bumpform import __version__
from bumpform.errors import CaseError, Problem
from bumpform.output.files import write_text
from bumpform.output.folder import holds_run
from bumpform.study.row import CONVERGED, FAILED, NO_EQUILIBRIUM, Row
from bumpform.study.study import Study

__all__ = ["Journal"]

SCHEMA: Final = "bumpform/study-1"
_MISSING: Final = -1
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

    def missing(self) -> Iterator[int]:
        """Numbers of the rows that are not there, while others are being added."""
        return (number for number, place in enumerate(self._places) if place == _MISSING)

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
        with self._path.open("rb") as file:
            for place in self._places:
                if place != _MISSING:
                    file.seek(place)
                    yield json.loads(file.readline())

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file, data) :]
        os.fsync(self._file)

    def _note(self, number: int, outcome: str, place: int) -> None:
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
            "name": self.study.name,
            "title": self.study.title,
            "sha256": self.study.sha256,
            "rows": len(self.study),
            "axes": [axis.to_dict() for axis in self.study.axes],
            "case": self.study.case.to_dict(),
        }
        advice = "Choose another folder with --out, or remove this one."
        if not path.exists() and not self._end:
            write_text(path, json.dumps(ours, indent=1, ensure_ascii=False) + "\n")
            return
        try:
            theirs = json.loads(path.read_bytes())
            known = {key: theirs[key] for key in ("schema", "bumpform", "sha256")}
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            message = f"is missing or damaged, so that nobody knows whose rows these are. {advice}"
            raise self._refused("study.json", message) from None
        if known["sha256"] != ours["sha256"]:
            message = "this folder has rows of another study: its case, [set] or axes were others. "
            raise self._refused("study.json", message + advice)
        if known != {key: ours[key] for key in known}:
            message = f"the rows are of bumpform {known['bumpform']}, this is {__version__}: "
            raise self._refused("study.json", f"{message}versions are not mixed. {advice}")

    def _read(self) -> None:
        """Note the rows that are there; cut off what is no whole line at the end."""
        place, number = 0, 0
        broken: tuple[int, int] | None = None  # place and number of the first such line
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if (found := self._parse(line)) is None:
                    broken = broken or (place, number)
                elif broken or self._places[found[0]] != _MISSING:
                    message = f"line {broken[1] if broken else number} is no row of this study, or "
                    message += "a row that is there before. Remove the line."
                    raise self._refused("rows.jsonl", message)
                else:
                    self._note(*found, place)
                place += len(line)
        if broken:
            os.ftruncate(self._file, broken[0])
            self._end = broken[0]

    def _parse(self, line: bytes) -> tuple[int, str] | None:
        """Number and outcome of a line; None if it is no whole row."""
        try:
            row = json.loads(line) if line.endswith(b"\n") else {}
            number, outcome = row["number"], row["outcome"]
        except (ValueError, KeyError, TypeError):
            return None
        fits = isinstance(number, int) and 0 <= number < len(self.study) and outcome in _OUTCOMES
        return (number, outcome) if fits else None

    def _refused(self, path: str, message: str) -> CaseError:
        return CaseError([Problem(path, message)], str(self.folder))
