"""Problems are told with the line of their file, and with none that is not theirs."""

from __future__ import annotations

import pytest

from bumpform.case.file import load_case
from bumpform.case.lines import lines_of, places
from bumpform.errors import CaseError

FILE = """\
[case]
name = "a"                 # [not] = a header

[wetting]
"Cu" = "25 deg"
"Sn63Pb37 on Au" = "400 deg"
[[step]]
do = "substrate"
pad = { radius = "60 um", thickness = "5 um", material = "Cu" }
base = { material = "SiO2" }
[[step]]
do = "deposit"
solder = "Sn63Pb37"
volume = "0.40 kg"
[[step]]
do = "coat"
layer = "resist"
material = "resist"
opening.radius = "-1 um"
[[step]]
do = "reflow"
profile = [
  ["0 s", "25 degC"],  # a = "["
  ["60 s", "hot"],
]
name = "first"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(FILE, "utf-8")
    return path


def told(file, sets=()):
    with pytest.raises(CaseError) as caught:
        load_case(file, sets)
    problems = caught.value.problems
    return {p.path: n for p, n in zip(problems, lines_of(problems, file), strict=True)}


def test_every_place_has_its_line():
    found = places(FILE)
    assert found["wetting", "Sn63Pb37 on Au"] == 6
    assert found["step", "0", "pad"] == 9
    assert found["step", "2", "opening", "radius"] == 19
    assert found["step", "3", "name"] == 26  # after a list of several lines


def test_values_missing_keys_and_steps_are_found(file):
    lines = told(file)
    assert lines["deposit.Sn63Pb37.volume"] == 14
    assert lines["coat.resist.opening.radius"] == 19
    assert lines["coat.resist.thickness"] == 15  # it is missing: the step's line
    assert 6 in lines.values()


def test_a_value_that_came_with_set_has_no_line_of_the_file(file):
    lines = told(file, ["deposit.Sn63Pb37.volume=0.30 kg"])
    assert lines["deposit.Sn63Pb37.volume"] is None


def test_texts_of_several_lines_hide_what_looks_like_keys():
    text = '[case]\ntitle = """\n[wetting]\nCu = 1\n"""\nname = "a"'
    assert places(text) == {("case",): 1, ("case", "title"): 2, ("case", "name"): 6}


def test_what_cannot_be_read_has_no_lines(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xff")
    for name in ("a.toml", "none.toml"):
        error = CaseError([("case.name", "is wrong.")])
        assert lines_of(error.problems, tmp_path / name) == [None]


def test_a_quoted_key_with_dots_has_its_own_line(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('[requirements]\n"a.x_m" = { min = 1 }\n"b.y_m" = 3\n', "utf-8")
    error = CaseError([("requirements.b.y_m", "no limits."), ("requirements.a.x_m.min", "wrong.")])
    assert lines_of(error.problems, path) == [3, 2]


def test_an_unknown_key_has_its_own_line(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('[[step]]\ndo = "coat"\nlayer = "resist"\nthicknes = "30 um"\n', "utf-8")
    error = CaseError([("coat.resist.thicknes", "unknown key."), ("coat.resist", "is wrong.")])
    assert lines_of(error.problems, path) == [4, 1]
