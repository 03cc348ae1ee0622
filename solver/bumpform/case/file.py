"""Case files: reading them with all their problems, writing a case back, its hash."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bumpform.case.bundled import bundled_cases, bundled_studies, nearest
from bumpform.case.case import Case
from bumpform.case.checks.addresses import LONGEST_LINE, parse_set, set_values
from bumpform.case.syntax import syntax_problems
from bumpform.case.toml import case_to_toml
from bumpform.errors import CaseError, Problem

__all__ = [
    "LARGEST_FILE",
    "LONGEST_LINE",
    "as_case",
    "case_sha256",
    "case_to_toml",
    "find_case",
    "find_file",
    "load_case",
    "other_kind",
    "read_toml",
]

#: Size of the largest case file that is read, bytes: the largest bundled one has 3 kB.
LARGEST_FILE: Final = 100_000


def load_case(case: str | Path, sets: Sequence[str] = ()) -> Case:
    """Read a case file or a bundled case.

    Parameters
    ----------
    case : str or Path
        A file, or the name of a bundled case.
    sets : sequence of str
        ``PATH=VALUE`` each, applied before the case is judged; `bumpform.case.checks.addresses`
        says how a path is spelt. Paths are those of the file, whatever the others rename.

    Raises
    ------
    CaseError
        With every problem of the file and of `sets`.
    """
    path, source = find_case(case), str(case)
    data = read_toml(path, source)
    if "study" in data and "step" not in data:
        raise CaseError([Problem("", other_kind("case"))], source)
    if isinstance(data.setdefault("case", {}), dict):
        data["case"].setdefault("name", path.stem)
    problems: list[Problem] = []
    values: list[tuple[str, object]] = []
    for text in sets:
        try:
            values.append(parse_set(text))
        except CaseError as error:
            problems += error.problems
    problems += set_values(data, values)
    try:
        loaded = Case.from_dict(data, source)
    except CaseError as error:
        problems += error.problems
    if problems:
        raise CaseError(problems, source)
    return loaded


def as_case(case: Case | str | Path) -> Case:
    """A case as it is, or read from a file or under the name of a bundled one.

    Raises
    ------
    CaseError
    """
    return case if isinstance(case, Case) else load_case(case)


def find_case(case: str | Path) -> Path:
    """Path of a case file, or of the bundled case of that name.

    Raises
    ------
    CaseError
        If there is neither.
    """
    return find_file(case, bundled_cases(), "case")


def find_file(name: str | Path, bundled: Mapping[str, Path], kind: str) -> Path:
    """Path of a file, or of what is bundled under that name.

    Parameters
    ----------
    name : str or Path
    bundled : mapping of name to Path
    kind : str
        What a person calls it: "case", "study".

    Raises
    ------
    CaseError
        If there is neither.
    """
    try:
        if Path(name).is_file():
            return Path(name)
        is_folder = Path(name).is_dir()
    except (OSError, ValueError):  # a text that cannot be a path
        is_folder = False
    if str(name) in bundled:
        return bundled[str(name)]
    if is_folder:
        raise CaseError([Problem("", "is a folder; give a .toml file in it.")], str(name))
    others = bundled_studies() if kind == "case" else bundled_cases()
    if str(name) in others:
        raise CaseError([Problem("", other_kind(kind))], str(name))
    hint = nearest(name, bundled)
    message = f"there is no such file, and no bundled {kind} of this name. {hint}".strip()
    raise CaseError([Problem("", message)], str(name))


def other_kind(wanted: str) -> str:
    """Message for a study where a case is wanted, or the other way round."""
    if wanted == "case":
        return "is a study, not a case: `bumpform study` runs it."
    return (
        "is a case, not a study: `bumpform run` runs it; a study names a case and what varies, in "
        "[study] and [axes]."
    )


def read_toml(path: Path, source: str) -> dict[str, Any]:
    """Tables of a case file or a study file, within the limits of what is read.

    Raises
    ------
    CaseError
        If the file cannot be read, is too large, or is not TOML: every mistake in it.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            message = f"is larger than {LARGEST_FILE // 1000} kB, the limit for such a file."
            raise CaseError([Problem("", message)], source)
        text = content.decode("utf-8-sig")
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > LONGEST_LINE:
                message = f"line {number} is longer than {LONGEST_LINE} characters: break it."
                raise CaseError([Problem("", message)], source)
        return tomllib.loads(text)
    except OSError as error:
        raise CaseError([Problem("", f"cannot be read: {error.strerror}.")], source) from error
    except UnicodeDecodeError as error:
        raise CaseError([Problem("", "is not a text file in UTF-8.")], source) from error
    except tomllib.TOMLDecodeError as error:
        raise CaseError(syntax_problems(text), source) from error
    except RecursionError as error:
        raise CaseError([Problem("", "is nested too deeply.")], source) from error
    except ValueError as error:  # Python's own limit on the digits of an integer
        message = "is not valid TOML: an integer has too many digits."
        raise CaseError([Problem("", message)], source) from error


def case_sha256(case: Case) -> str:
    """Hash of everything a case says, in hex: equal for equal cases, on every machine."""
    text = json.dumps(case.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
