"""On which line of its file a problem stands: readers of TOML keep no places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from bumpform.case.checks.addresses import locate, step_labels
from bumpform.case.checks.problems import spell
from bumpform.case.file import read_toml
from bumpform.errors import CaseError, Problem

__all__ = ["lines_of", "places"]

#: Most keys from the top of a file to a value that a case has.
DEEPEST: Final = 8

_PART: Final = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|$)""")
_HEADER: Final = re.compile(r"[ \t]*(\[\[?)([^\n]*?)\]\]?[ \t]*(?:#[^\n]*)?$", re.MULTILINE)
#: Texts of several lines and of one, comments, the signs of TOML, and what is between all these.
_TOKEN: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|'
    r"'''.*?'''|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'[^'\n]*'|#[^\n]*|[\[\]{},=\n]|[^\[\]{},=\n#\"']+",
    re.DOTALL,
)

type Keys = tuple[str, ...]


class _Opened(NamedTuple):
    """A table or a list inside of a value: its keys, and how many a list's entry is; no table's."""

    keys: Keys
    entry: int | None

    @property
    def within(self) -> Keys:
        """Keys of the entry that is being read; of the table."""
        return self.keys if self.entry is None else (*self.keys, str(self.entry))


def places(text: str) -> dict[Keys, int]:
    r"""Line, from 1, of every table, key and entry of a list of a TOML text; steps by their count.

    Examples
    --------
    >>> places('[case]\nname = "a"\n[[step]]\ndo = "clean"')
    {('case',): 1, ('case', 'name'): 2, ('step', '0'): 3, ('step', '0', 'do'): 4}
    >>> places('step = [\n{ do = "clean" }]')
    {('step',): 1, ('step', '0'): 2, ('step', '0', 'do'): 2}
    """
    found: dict[Keys, int] = {}
    counts: dict[Keys, int] = {}
    opened: list[_Opened] = []
    table: Keys = ()
    keys: Keys | None = None  # of the value that is being read
    name, number, at = "", 1, 0
    while token := _TOKEN.match(text, at):
        sign, line, at = token[0], number, token.end()
        number += sign.count("\n")
        if sign == "[" and not opened and keys is None:
            if header := _HEADER.match(text, token.start()):
                table, at = _table(header, counts), header.end()
                found.setdefault(table, line)
            continue
        listed = bool(opened) and opened[-1].entry is not None
        if listed and sign not in ("]", ",", "\n") and sign[0] != "#" and sign.strip():
            keys = opened[-1].within
            found.setdefault(keys, line)
        if sign in ("[", "{"):
            opened.append(_Opened(keys or (), 0 if sign == "[" else None))
            keys, name = None, ""
        elif sign in ("]", "}") and opened:
            opened.pop()
        elif sign == "," and listed:
            opened[-1] = _Opened(opened[-1].keys, (opened[-1].entry or 0) + 1)
        elif sign == "," or (sign == "\n" and not opened):
            keys, name = None, ""
        elif sign == "=" and keys is None:
            keys = (*(opened[-1].within if opened else table), *_keys(name))
            found.setdefault(keys, line)
        elif sign[0] != "#" and sign != "\n":
            name += sign
    return found


def _table(header: re.Match[str], counts: dict[Keys, int]) -> Keys:
    """Keys of a header's table; below a list of tables, of its last one."""
    *above, last = _keys(header[2]) or ("",)
    table: Keys = ()
    for key in above:
        table = (*table, key)
        table = (*table, str(counts[table])) if table in counts else table
    table = (*table, last)
    if header[1] == "[[":
        counts[table] = counts.get(table, -1) + 1
    return (*table, str(counts[table])) if table in counts else table


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
    if not name and (section,) in lines:  # of the file, though a step may have that address
        return lines[section,]
    quoted = [k for k in lines if k[:1] == (section,) and f"{name}.".startswith(f"{k[-1]}.")]
    if quoted:  # a key that has dots of its own, or what is in its table
        named = max(quoted, key=lambda k: len(k[-1]))
        keys = (*named, *filter(None, name[len(named[-1]) :].split(".")))
    else:
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
