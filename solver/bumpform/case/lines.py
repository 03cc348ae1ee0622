"""On which line of its file a problem stands: readers of TOML keep no places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bumpform.case.checks.addresses import locate, step_labels
from bumpform.case.checks.problems import spell
from bumpform.case.file import read_toml
from bumpform.errors import CaseError, Problem

__all__ = ["lines_of", "places"]

#: Most keys from the top of a file to a value that a case has.
DEEPEST: Final = 8

_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|$)""")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')

type Keys = tuple[str, ...]


def places(text: str) -> dict[Keys, int]:
    r"""Line, from 1, of every table and key of a TOML text; steps by their count.

    Examples
    --------
    >>> places('[case]\nname = "a"\n[[step]]\ndo = "clean"')
    {('case',): 1, ('case', 'name'): 2, ('step', '0'): 3, ('step', '0', 'do'): 4}
    """
    found: dict[Keys, int] = {}
    counts: dict[Keys, int] = {}
    table: Keys = ()
    depth, inside = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if inside:  # of a text of several lines
            inside = "" if inside in line else inside
            continue
        bare = _STRING.sub('""', re.sub(r'"""|\'\'\'', "\0", line)).split("#")[0]
        if depth == 0 and (header := re.match(r"\s*(\[\[?)(.*?)\]\]?\s*(?:#.*)?$", line)):
            table = _keys(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            found.setdefault(table, number)
            continue
        if depth == 0 and "=" in bare:
            found.setdefault((*table, *_keys(_before_equals(line))), number)
        if bare.count("\0") % 2:
            inside = '"""' if '"""' in line else "'''"
        depth = max(0, depth + sum(map(bare.count, "[{")) - sum(map(bare.count, "]}")))
    return found


def _before_equals(line: str) -> str:
    quoted = _STRING.sub(lambda found: found[0].replace("=", "\0"), line)
    return quoted.partition("=")[0].replace("\0", "=")


def _keys(text: str) -> Keys:
    keys: list[str] = []
    at = 0
    while at < len(text) and (part := _PART.match(text, at)):
        keys.append(next(filter(None, part.groups()[:3]), ""))
        at = part.end()
    return tuple(keys)


def lines_of(problems: Iterable[Problem], file: Path) -> list[int | None]:
    """Line of a case file that each problem is about.

    None where the file has no such place, or another value there: one that came from elsewhere.
    """
    try:
        data = read_toml(file, str(file))
    except CaseError:
        return [None for _ in problems]
    lines = places(file.read_text("utf-8-sig"))
    return [_line(problem, data, lines) for problem in problems]


def _line(problem: Problem, data: Mapping[str, Any], lines: Mapping[Keys, int]) -> int | None:
    section, _, name = problem.path.partition(".")
    quoted = [k for k in lines if k[:1] == (section,) and f"{name}.".startswith(f"{k[-1]}.")]
    if quoted:  # a key that has dots of its own, or what is in its table
        return lines[max(quoted, key=lambda k: len(k[-1]))]
    keys = (*_place(data, problem.path), *filter(None, problem.key.split(".")))
    value = _value(data, keys)
    if value is not None and problem.came and spell(value) != problem.came:
        return None
    for count in range(min(len(keys), DEEPEST), 0, -1):
        if keys[:count] in lines:
            return lines[keys[:count]]
    return None


def _place(data: Mapping[str, Any], path: str) -> Keys:
    """Keys of what a problem's path names: a value, or at least its step or section."""
    try:
        return tuple(locate(data, path))
    except CaseError:
        pass
    steps = data.get("step")
    labels = step_labels(steps if isinstance(steps, list) else [])
    named = re.match(r"step\.(\d+)", path)
    if named and int(named[1]) < len(labels):
        return "step", named[1]
    given = step_labels(_named(steps if isinstance(steps, list) else []))
    fits = [
        (len(label), i)
        for spelt in (labels, given)
        for i, label in enumerate(spelt)
        if f"{path}.".startswith(f"{label}.")
    ]
    if fits:
        length, step = max(fits)
        return "step", str(step), *filter(None, path[length + 1 :].split("."))
    return tuple(path.split("."))


def _named(steps: Sequence[object]) -> list[object]:
    """Steps of a file, with the name that one has which gives none."""
    reflows = [s for s in steps if isinstance(s, Mapping) and s.get("do") == "reflow"]
    named: list[object] = []
    for step in steps:
        given = step
        if isinstance(step, Mapping) and "name" not in step:
            if step.get("do") == "mount":
                given = {**step, "name": "mount"}
            elif step.get("do") == "reflow":
                count = next(i for i, one in enumerate(reflows, 1) if one is step)
                given = {**step, "name": "reflow" if len(reflows) == 1 else f"reflow {count}"}
        named.append(given)
    return named


def _value(data: object, keys: Sequence[str]) -> object:
    for key in keys:
        if isinstance(data, Mapping) and key in data:
            data = data[key]
        elif isinstance(data, list) and key.isdigit() and int(key) < len(data):
            data = data[int(key)]
        else:
            return None
    return data
