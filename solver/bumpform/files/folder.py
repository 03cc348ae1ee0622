"""Whose a folder is: a run's from its first file to its last, and never of two runs at once.

Where ``result.json`` is, the run is whole, and what it lists is all that belongs to it. While
files are being written, and ever after where that came to no end, `INCOMPLETE` says so.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from bumpform.errors import CaseError, Problem
from bumpform.files.whole import removed_on_stop, write_text

__all__ = ["claimed", "holds_run", "refuse_others", "refuse_study", "shared", "sums", "tried"]

INCOMPLETE: Final = "INCOMPLETE"
_TEXT: Final = (
    "The run that wrote this folder has not finished, or was interrupted: files are missing.\n"
    "Run it again.\n"
)
_LOCK: Final = ".bumpform.lock"
_ADVICE: Final = "Choose another folder with --out."

#: Names of a run's files: of one that never got to list them, and of what was added later.
NAMES: Final = (
    "meridian_*.csv",
    "stack_*.msh",
    "stack_*.vtu",
    "stack_*.inp",
    "stages.png",
    "stages.svg",
    "landscape_*.png",
    "landscape_*.svg",
    "melt_*.json",
    "melt_*.csv",
    "melt_*.png",
    "melt_*.gif",
    "melt_*.mp4",
    "melt_*.pvd",
    "melt_*.vtu",
    "report.html",
    "case.toml",
    "log.txt",
)


#: Answers about a case, which stay beside its run: each a JSON file and pictures of its name.
#: A design stays beside any: it has written the next case itself.
ANSWERS: Final = ("sensitivity", "margins", "yield")


@contextmanager
def claimed(folder: Path, sha256: str) -> Iterator[None]:
    """Hold a folder while a run is written into it; what another run left there is removed.

    That are the files which its ``result.json`` lists, and those with the names of a run's; where
    no run was, melts; and answers about another case. Whatever else lies there stays as it is.

    Parameters
    ----------
    folder : Path
        Made if need be.
    sha256 : str
        Of the run's case.

    Raises
    ------
    CaseError
        If another run is being written there at this moment, or a study has the folder, or its
        ``result.json`` is none of bumpform's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        refuse_study(folder)
        left = [*_left(folder), *_answers_of_others(folder, sha256)]
        write_text(folder / INCOMPLETE, _TEXT)
        for path in left:
            path.unlink(missing_ok=True)
        yield
        (folder / INCOMPLETE).unlink(missing_ok=True)


@contextmanager
def shared(folder: Path, case: Mapping[str, Any]) -> Iterator[None]:
    """Hold a folder while melts of a case are written into it, beside its run if that is there.

    Melts of another case that lie there are removed.

    Parameters
    ----------
    folder : Path
        Made if need be.
    case : mapping
        Of the melts, as in their files: with "sha256".

    Raises
    ------
    CaseError
        Of ``refuse_others``, or if a run is being written there at this moment.
    """
    refuse_others(folder, case)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        refuse_others(folder, case)
        for sha256, paths in _melts(folder):
            if sha256 != case["sha256"]:
                for path in paths:
                    path.unlink()
        yield


def refuse_others(folder: Path, case: Mapping[str, Any]) -> None:
    """Raise CaseError where no melt of a case may be added to a folder.

    That is: a study's, one whose run is of another case, has followed its melts itself (what it
    lists of them would be another's then), or came to no end.
    """
    refuse_study(folder)
    if (folder / INCOMPLETE).exists():
        message = f"the run in this folder has not finished, or was interrupted. {_ADVICE}"
        raise CaseError([Problem(str(folder / INCOMPLETE), message)], str(folder))
    path = folder / "result.json"
    if not path.exists():
        return
    result = _read(path)
    if result["case"]["sha256"] != case["sha256"]:
        message = f"is the run of another case, or of this one as it was before. {_ADVICE}"
        raise CaseError([Problem(str(path), message)], str(folder))
    if any(name.startswith("melt_") for name in result.get("files", ())):
        message = f"is of a run that has followed its melts itself. {_ADVICE}"
        raise CaseError([Problem(str(path), message)], str(folder))


def tried(folder: Path) -> None:
    """Raise OSError where a folder cannot be made, or nothing be written in it; leave it as it was.

    Before long work whose result would be lost.
    """
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    finally:
        with suppress(OSError):  # another has written there by now
            for path in new:
                path.rmdir()


def refuse_study(folder: Path) -> None:
    """Raise CaseError where a study has a folder."""
    for name in ("study.json", "rows.jsonl"):
        if (folder / name).exists():
            message = f"this folder holds a study: no run is written into it. {_ADVICE}"
            raise CaseError([Problem(str(folder / name), message)], str(folder))


def holds_run(folder: Path) -> str:
    """Name of the file that says that a folder is a run's; empty where none does."""
    for name in ("result.json", INCOMPLETE):
        if (folder / name).exists():
            return name
    return ""


def sums(paths: Iterable[Path]) -> dict[str, str]:
    """Names of files with the sha256 of what they hold, in hex, by name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths, key=lambda path: path.name)
    }


def _left(folder: Path) -> list[Path]:
    """What another run left in a folder, its result first: without it, the rest is no run."""
    result = folder / "result.json"
    if not (result.exists() or (folder / INCOMPLETE).exists()):
        return [path for _, paths in _melts(folder) for path in paths]
    paths = {path for name in NAMES for path in folder.glob(name)}
    paths |= set(folder.glob(".*.part"))  # of a run that was killed
    if result.exists():
        listed = _read(result).get("files")
        for name in listed if isinstance(listed, dict) else ():
            if Path(name).name == name:  # never anything outside
                paths.add(folder / name)
    return [result, *sorted(path for path in paths if path.is_file())]


def _melts(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Melts that lie in a folder: the sha256 of each one's case, and its files, the JSON first."""
    return _of_cases(sorted(folder.glob("melt_*.json")), "bumpform/melt-")


def _answers_of_others(folder: Path, sha256: str) -> Iterator[Path]:
    """Files of answers that lie in a folder and are about another case than that of a sha256."""
    for name in ANSWERS:
        for about, paths in _of_cases([folder / f"{name}.json"], f"bumpform/{name}-"):
            if about != sha256:
                yield from paths


def _of_cases(told: Iterable[Path], schema: str) -> Iterator[tuple[str, list[Path]]]:
    """JSON files of a schema: the sha256 of each one's case, and it with all others of its name."""
    for path in told:
        found = _written(path, schema)
        if found is not None:
            others = sorted(path.parent.glob(f"{path.stem}.*"))
            yield found["case"]["sha256"], [path, *(other for other in others if other != path)]


def _read(path: Path) -> dict[str, Any]:
    """The result of another run; CaseError if it is none."""
    found = _written(path, "bumpform/result-")
    if found is None:
        message = f"was not written by bumpform, and is left as it is. {_ADVICE}"
        raise CaseError([Problem(str(path), message)], str(path.parent))
    return found


def _written(path: Path, schema: str) -> dict[str, Any] | None:
    """What a JSON file holds; None where it is of no such schema."""
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    if isinstance(found, dict) and str(found.get("schema")).startswith(schema):
        return found
    return None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: it ends with the process, its file when it is let go."""
    path = folder / _LOCK
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            same = _is_at(path, file)
        except BlockingIOError:
            os.close(file)
            message = f"a run is being written into this folder. Wait for it. {_ADVICE}"
            raise CaseError([Problem(str(folder), message)], str(folder)) from None
        except OSError as error:
            os.close(file)
            if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
            message = "files cannot be locked here. Choose another file system with --out."
            raise CaseError([Problem(str(folder), message)], str(folder)) from None
        if same:
            break
        os.close(file)  # of a run that has just let it go: its file is gone
    try:
        with removed_on_stop(path):
            yield
    finally:
        path.unlink(missing_ok=True)
        os.close(file)


def _is_at(path: Path, file: int) -> bool:
    """Whether an open file is still the one at a path."""
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except FileNotFoundError:
        return False
