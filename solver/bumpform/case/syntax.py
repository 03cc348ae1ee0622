"""What is wrong with a text that is no TOML: on which line, at which key, and what to write."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Final, NamedTuple

from bumpform.errors import Problem

__all__ = ["syntax_problems"]

#: Most mistakes that are told of one text.
MOST: Final = 20

_KEY: Final = re.compile(r"""([A-Za-z0-9_.-]+|"[^"]*"|'[^']*')\s*=""")
#: Quotes that are none in TOML, and those that are.
_QUOTES: Final = "\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
_HEADER: Final = re.compile(r"\s*\[")
_TWICE: Final = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine")


class _Place(NamedTuple):
    """Where a reader of TOML stopped.

    Attributes
    ----------
    lines : list of str
    number : int
        Of the line, from 1.
    before, rest : str
        The line up to there, and from there on.
    key : str
        The last one before it, as it is spelt; empty where there is none.
    """

    lines: list[str]
    number: int
    before: str
    rest: str
    key: str


def syntax_problems(text: str) -> list[Problem]:
    r"""Every mistake in the spelling of a TOML text; none where it is TOML.

    A key with a mistake is left out, so that those after it are told too; a header, and what may
    reach over several lines, is the last that is told.

    Examples
    --------
    >>> print(*syntax_problems('name = a\ntitle = "b"\ntitle = "c"'), sep="\n")
    line 1: name: is not valid TOML: a text stands in quotes: write name = "a".
    line 3: title: is not valid TOML: it is written twice, first on line 2: leave one out.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    problems: list[Problem] = []
    while len(problems) < MOST:
        try:
            tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as error:
            opened = _still_open(lines)
            number, rule = _told(str(error), lines, opened)
            problems.append(Problem("", f"line {number}: {rule}."))
            line = lines[number - 1]
            over = opened is not None and opened[0] != number
            if not line.strip() or over or _HEADER.match(line) or _reaches_on(line):
                break
            lines[number - 1] = ""
        except (RecursionError, ValueError):  # what a mistake before it has hidden
            break
        else:
            break
    return problems


def _told(message: str, lines: list[str], opened: tuple[int, str] | None) -> tuple[int, str]:
    """Line of a mistake, and what is wrong there."""
    words, _, where = message.rpartition(" (at ")
    found = re.match(r"line (\d+), column (\d+)", where)
    if found is None and opened is not None:
        number, column = opened[0], len(lines[opened[0] - 1])
    elif found is None:
        number = max((n for n, line in enumerate(lines, 1) if line.strip()), default=1)
        column = len(lines[number - 1])
    else:
        number, column = int(found[1]), int(found[2]) - 1
    line = lines[number - 1]
    before, rest = line[:column], line[column:].strip()
    keys = _KEY.findall(before)
    place = _Place(lines, number, before, rest, keys[-1] if keys else "")
    rule = next((say(place) for start, say in _RULES if words.startswith(start)), None)
    if rule is None:
        rule = f"{words[:1].lower()}{words[1:]} at column {column + 1}"
    return number, f"{place.key}: is not valid TOML: {rule}" if place.key else (
        f"is not valid TOML: {rule}"
    )


def _still_open(lines: list[str]) -> tuple[int, str] | None:
    """Line and sign of the last bracket, brace or quote that the text opens and does not close."""
    stack: list[tuple[int, str]] = []
    inside = ""
    for number, line in enumerate(lines, 1):
        at = 0
        header = not stack and not inside and _HEADER.match(line)
        while at < len(line) and not header:
            sign = line[at : at + 3] if line[at : at + 3] in ('"""', "'''") else line[at]
            if inside:
                at += 1 if line[at] == "\\" and inside[0] == '"' else 0
                if line.startswith(inside, at):
                    at += len(inside) - 1
                    inside = ""
                    stack.pop()
            elif sign == "#":
                break
            elif sign in ('"', "'", '"""', "'''"):
                inside = sign
                stack.append((number, sign))
                at += len(sign) - 1
            elif sign in "[{":
                stack.append((number, sign))
            elif sign in "]}" and stack:
                stack.pop()
            at += 1
        if inside in ('"', "'"):  # such a text ends with its line
            inside = ""
            return stack[-1]
    return stack[-1] if stack else None


def _reaches_on(line: str) -> bool:
    """Whether a line may be the begin or the end of something of several lines."""
    bare = re.sub(r'"[^"]*"|\'[^\']*\'', "", line).split("#")[0]
    balanced = all(bare.count(a) == bare.count(b) for a, b in ("[]", "{}"))
    return not balanced or '"""' in line or "'''" in line


def _first(place: _Place) -> str:
    """Where in its table a key has been written before."""
    key = place.key
    if _KEY.findall(place.before)[:-1].count(key):
        return " in one table"
    for number in range(place.number - 1, 0, -1):
        line = place.lines[number - 1]
        if _HEADER.match(line):
            break
        found = _KEY.match(line.strip())
        if found and (f"{found[1]}.".startswith(f"{key}.") or f"{key}.".startswith(f"{found[1]}.")):
            return f", first on line {number}"
    return ""


def _twice(place: _Place) -> str:
    name = (place.before + place.rest).split("#")[0].strip()
    if not _HEADER.match(name):
        return f"it is written twice{_first(place)}: leave one out"
    bare = name.strip("[] ")
    for number, line in enumerate(place.lines[: place.number - 1], 1):
        other = line.split("#")[0].strip()
        if _HEADER.match(line) and other.strip("[] ") == bare:
            if other.startswith("[[") != name.startswith("[["):
                both = f"{other} on line {number} and {name} cannot both be"
                return f"{both}: write [[{bare}]] each time"
            return f"{name} is written twice, first on line {number}: put all its keys under one"
    return f"{name} is there already, as a key: leave one out"


def _after_a_key(place: _Place) -> str:
    line = (place.before + place.rest).strip()
    word = place.before.strip()
    if line.endswith("]") and "=" not in line and "[" not in line:
        return f"a section stands in brackets: write [{line.strip('] ')}]"
    name, equals, value = line.partition("=")
    if equals and " " in name.strip():
        name = name.strip().replace('"', "")
        return f'a key with blanks stands in quotes: write "{name}" = {value.strip()}'
    return f"= is needed between a key and its value: write {word} = {_quoted(place.rest)}"


def _after_a_value(place: _Place) -> str:
    value = place.before.rpartition("=")[2].strip()
    if found := _KEY.match(place.rest):
        return f"a key has a line of its own: begin a new one before {found[1]}"
    if place.key and value[:1] not in ('"', "'", "[", "{") and value:
        if place.rest == ".":
            return f"a number has digits on both sides of its point: write {value}.0"
        whole = f"{value}{place.before[len(place.before.rstrip()) :]}{place.rest}"
        return f"a text or a quantity stands in quotes: write {place.key} = {_quoted(whole)}"
    return f"nothing may follow here but a comment: leave out {place.rest}, or put # before it"


def _value(place: _Place) -> str:
    word = re.split(r"[,}\]#]", place.rest)[0].strip()
    if not word:
        return (
            f"a value is missing: write one after {place.key} ="
            if place.key
            else ("a value is missing")
        )
    if word in ("True", "False"):
        return f"write {place.key} = {word.lower()}"
    if re.fullmatch(r"[-+]?\.\d+", word):
        return f"a number has digits on both sides of its point: write {word.replace('.', '0.')}"
    given = f"{place.key} = " if place.key else ""
    return f"a text stands in quotes: write {given}{_quoted(word)}"


def _text(place: _Place) -> str:
    if place.rest and not place.rest[0].isprintable():
        return f"column {len(place.before) + 1} has a character that cannot be shown: leave it out"
    return "the text is not closed: end it with the quotes with which it begins"


def _table(place: _Place) -> str:
    number = re.search(r"=\s*([-+\d.,]+)\s*$", place.before)
    word = re.split(r"[,}\]#]", place.rest)[0].strip()
    if number and re.match(r"[A-Za-zµ°%]", place.rest) and "=" not in word:
        return f"a quantity stands in quotes: write {place.key} = {_quoted(f'{number[1]} {word}')}"
    if not place.rest or place.rest.startswith("#"):
        return "a table { ... } stands on one line: end it there with }"
    if place.rest.startswith("}"):
        return "no comma stands before the } of a table: leave it out"
    return f"a comma is needed between two entries of a table: write one before {word}"


def _list(place: _Place) -> str:
    opened = _still_open(place.lines[: place.number])
    if opened is not None and (not place.rest or _KEY.match(place.rest)):
        return f"the list that begins on line {opened[0]} is not closed: end it with ]"
    word = re.split(r"[,\]#]", place.rest)[0].strip()
    return f"a comma is needed between two entries of a list: write one before {word}"


def _invalid(place: _Place) -> str:
    opened = _still_open(place.lines)
    listed = not place.rest and opened is not None and opened[1] == "["
    return _list(place) if listed else _value(place)


def _key_part(place: _Place) -> str:
    return _table(place) if "{" in place.before else "a name is needed, of A-Z a-z 0-9 _ -"


def _statement(place: _Place) -> str:
    name, equals, value = (place.before + place.rest).partition("=")
    if equals and name.strip():
        return f'such a key stands in quotes: write "{name.strip()}" = {value.strip()}'
    return "a line is a [section], a key = value, or a comment after #"


def _backslash(place: _Place) -> str:
    return r"a backslash in a text is written twice: \\"


def _header(place: _Place) -> str:
    name = place.before.split("#")[0].strip().strip("[] ")
    twice = place.before.lstrip().startswith("[[")
    return f"the brackets are not closed: write {f'[[{name}]]' if twice else f'[{name}]'}"


def _quoted(text: str) -> str:
    bare = re.sub(r"(\d),(\d)", r"\1.\2", text.strip().strip(_QUOTES).replace('"', ""))
    return f'"{bare}"'


#: By how the reader's own words begin: what is said instead.
_RULES: Final[tuple[tuple[str, Callable[[_Place], str]], ...]] = (
    *((start, _twice) for start in _TWICE),
    ("Duplicate", _twice),
    ("Expected '='", _after_a_key),
    ("Expected newline", _after_a_value),
    ("Expected ']", _header),
    ('Expected "', _text),
    ("Invalid value", _invalid),
    ("Invalid initial", _key_part),
    ("Invalid statement", _statement),
    ("Illegal character", _text),
    ("Unterminated", _text),
    ("Unclosed inline", _table),
    ("Unclosed array", _list),
    ("Unescaped", _backslash),
    ("Invalid hex", _backslash),
    ("Escaped", _backslash),
)
