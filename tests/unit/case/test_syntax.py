"""A file that is no TOML: on which line, at which key, which rule, and what to write."""

from __future__ import annotations

import tomllib

import pytest

from bumpform.case.bundled import bundled_cases
from bumpform.case.syntax import syntax_problems

WRONG = {
    "a key twice": (
        '[[step]]\nmass = "3 mg"\nload = 1\nmass = "4 mg"',
        "line 4: mass: is not valid TOML: it is written twice, first on line 2: leave one out.",
    ),
    "a quoted key twice": (
        '[wetting]\n"Cu" = 1\n"Cu" = 2',
        'line 3: "Cu": is not valid TOML: it is written twice, first on line 2: leave one out.',
    ),
    "a key twice in one table": (
        "pad = { radius = 1, radius = 2 }",
        "line 1: radius: is not valid TOML: it is written twice in one table: leave one out.",
    ),
    "a key and a table of that name": (
        "opening.radius = 1\nopening = 2",
        "line 2: opening: is not valid TOML: it is written twice, first on line 1: leave one out.",
    ),
    "a section twice": (
        '[case]\nname = "a"\n[case]\npitch = 1',
        "line 3: is not valid TOML: [case] is written twice, first on line 1: put all its keys "
        "under one.",
    ),
    "a step in one bracket": (
        '[[step]]\ndo = "clean"\n[step]\ndo = "flux"',
        "line 3: is not valid TOML: [[step]] on line 1 and [step] cannot both be: write [[step]] "
        "each time.",
    ),
    "a text not closed": (
        '[case]\nname = "abc\ntitle = "x"',
        "line 2: name: is not valid TOML: the text is not closed: end it with the quotes with "
        "which it begins.",
    ),
    "a long text not closed": (
        'title = """abc\n\n',
        "line 1: title: is not valid TOML: the text is not closed: end it with the quotes with "
        "which it begins.",
    ),
    "no equals sign": (
        'name "abc"',
        'line 1: is not valid TOML: = is needed between a key and its value: write name = "abc".',
    ),
    "a key with blanks": (
        'Sn on Cu = "25 deg"',
        "line 1: is not valid TOML: a key with blanks stands in quotes: write "
        '"Sn on Cu" = "25 deg".',
    ),
    "no comma": (
        'pad = { radius = "1 um" material = "Cu" }',
        "line 1: radius: is not valid TOML: a comma is needed between two entries of a table: "
        'write one before material = "Cu".',
    ),
    "a comma too many": (
        "x = { a = 1, }",
        "line 1: a: is not valid TOML: no comma stands before the } of a table: leave it out.",
    ),
    "a table over several lines": (
        "x = { a = 1,\n  b = 2 }",
        "line 1: a: is not valid TOML: a table { ... } stands on one line: end it there with }.",
    ),
    "a table not closed": (
        'x = { a = "1 um"\ny = 2',
        "line 1: a: is not valid TOML: a table { ... } stands on one line: end it there with }.",
    ),
    "a list without comma": (
        "x = [1 2]",
        "line 1: x: is not valid TOML: a comma is needed between two entries of a list: write one "
        "before 2.",
    ),
    "a list not closed": (
        "x = [1,\n  2\ny = 3",
        "line 3: is not valid TOML: the list that begins on line 1 is not closed: end it with ].",
    ),
    "a bare word": (
        "material = Cu",
        'line 1: material: is not valid TOML: a text stands in quotes: write material = "Cu".',
    ),
    "curly quotes": (
        "material = \u201cCu\u201d",
        'line 1: material: is not valid TOML: a text stands in quotes: write material = "Cu".',
    ),
    "a bare quantity": (
        "mass = 3 mg",
        "line 1: mass: is not valid TOML: a text or a quantity stands in quotes: write mass = "
        '"3 mg".',
    ),
    "a bare quantity in a table": (
        "pad = { radius = 60 um, thickness = 5 um }",
        'line 1: radius: is not valid TOML: a quantity stands in quotes: write radius = "60 um".',
    ),
    "a decimal comma": (
        "pitch = 0,8 mm",
        "line 1: pitch: is not valid TOML: a text or a quantity stands in quotes: write pitch = "
        '"0.8 mm".',
    ),
    "no value": (
        "x =\ny = 1",
        "line 1: x: is not valid TOML: a value is missing: write one after x =.",
    ),
    "a capital": ("x = True", "line 1: x: is not valid TOML: write x = true."),
    "two keys on a line": (
        'do = "coat" layer = "a"',
        "line 1: do: is not valid TOML: a key has a line of its own: begin a new one before layer.",
    ),
    "too much": (
        'x = "a" "b"',
        "line 1: x: is not valid TOML: nothing may follow here but a comment: leave out "
        '"b", or put # before it.',
    ),
    "brackets": (
        "[[step]\nx = 1",
        "line 1: is not valid TOML: the brackets are not closed: write [[step]].",
    ),
    "no bracket": (
        "case]",
        "line 1: is not valid TOML: a section stands in brackets: write [case].",
    ),
    "a backslash": (
        r'x = "a\q"',
        r"line 1: x: is not valid TOML: a backslash in a text is written twice: \\.",
    ),
    "a point": (
        "x = .5",
        "line 1: x: is not valid TOML: a number has digits on both sides of its point: write 0.5.",
    ),
    "a stray brace": (
        "}",
        "line 1: is not valid TOML: a line is a [section], a key = value, or a comment after #.",
    ),
    "another letter": (
        "µ = 3",
        'line 1: is not valid TOML: such a key stands in quotes: write "µ" = 3.',
    ),
    "a sign that cannot be seen": (
        'x = "a\x01b"',
        "line 1: x: is not valid TOML: column 7 has a character that cannot be shown: leave it "
        "out.",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_mistake_says_line_key_rule_and_remedy(kind):
    text, sentence = WRONG[kind]
    assert [str(problem) for problem in syntax_problems(text)] == [sentence]


def test_mistakes_within_lines_come_all_at_once():
    text = '[case]\nname = a\npitch = "1 mm"\npitch = 2\nx = "a" b\n[[step]\ndo = c\n'
    assert [str(p).partition(": ")[0] for p in syntax_problems(text)] == [
        "line 2",
        "line 4",
        "line 5",
        "line 6",
    ]


@pytest.mark.parametrize("kind", ["bga_joint", "photoimaged_opening"])
def test_a_file_with_one_letter_less_has_one_mistake_at_most_on_that_line(kind):
    """And what is told of it is told of no other line before it."""
    text = bundled_cases()[kind].read_text("utf-8")
    for at in range(0, len(text), 7):
        less = text[:at] + text[at + 1 :]
        try:
            tomllib.loads(less)
        except tomllib.TOMLDecodeError:
            told = [str(problem) for problem in syntax_problems(less)]
            assert told, less[max(0, at - 40) : at + 40]
            assert int(told[0].split()[1].rstrip(":")) >= text[:at].count("\n"), told
        else:
            assert syntax_problems(less) == []
