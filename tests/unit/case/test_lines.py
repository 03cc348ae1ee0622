"""Problems are told with the line of their file, and with none that is not theirs."""

from __future__ import annotations

import pytest

from bump_process import DEPOSIT, HEAD, REFLOW, step
from bumpform.case.bundled import bundled_cases
from bumpform.case.checks.problems import raise_if
from bumpform.case.file import load_case
from bumpform.case.lines import lines_of, places
from bumpform.errors import CaseError, Problem
from bumpform.process.dry import dry_problems

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


INLINE = """\
case = { name = "a" }
wetting = { "Cu" = "25 deg", "Sn63Pb37 on Au" = "400 deg" }
step = [  # [[step]] = "{"
  { do = "substrate", base = { material = "SiO2" }, pad = { radius = "60 um",
      thickness = "5 um", material = "Cu" } },
  { do = "deposit", solder = "Sn63Pb37", volume = "0.40 kg" },
  {
    do = "coat", layer = "resist", material = "resist",
    opening = { radius = "-1 um" },
  },
  { do = "reflow", name = "first", profile = [["0 s", "25 degC"],
      ["60 s", "hot"]] },
]
"""


def test_steps_in_a_list_have_a_line_for_every_key_and_entry():
    """As TOML has them, and with line ends in their tables, which its next version allows."""
    found = places(INLINE)
    assert found["case", "name"] == 1
    assert [found["step", str(i)] for i in range(4)] == [4, 6, 7, 11]
    assert found["step", "0", "pad", "thickness"] == 5
    assert found["step", "2", "opening", "radius"] == 9
    assert found["step", "3", "profile", "1", "1"] == 12


def test_tables_below_a_step_are_of_the_last_one():
    text = '[[step]]\ndo = "clean"\n[[step]]\ndo = "coat"\n[step.opening]\nradius = "1 um"\n'
    assert places(text)["step", "1", "opening", "radius"] == 6


def test_every_fault_of_steps_in_a_list_is_told_at_its_own_line(tmp_path):
    path = tmp_path / "a.toml"
    lines = [
        'case = { name = "a" }',
        "step = [",
        '  { do = "substrate", pad = { radius = "60 um", material = "Cu" }, base = {} },',
        '  { do = "deposit", solder = "Sn63Pb37", volume = "0.40 kg" },',
        '  { do = "coat", layer = "resist", material = "resist", opening = { radius = "-1 um" } },',
        '  { do = "reflow", profile = [["0 s", "25 degC"],',
        '      ["60 s", "hot"]] },',
        "]",
    ]
    path.write_text("\n".join(lines), "utf-8")
    found = told(path)
    assert found["substrate.pad.thickness"] == found["substrate.base.material"] == 3
    assert found["deposit.Sn63Pb37.volume"] == 4
    assert found["coat.resist.opening.radius"] == found["coat.resist.thickness"] == 5
    assert [line for where, line in found.items() if "profile" in where] == [7]


def test_a_table_by_the_name_of_a_step_has_its_own_line(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(f"coat = {{}}\n{FILE}", "utf-8")
    assert told(path)["coat"] == 1


def test_scatter_that_is_wrong_together_is_told_as_written_at_its_line(tmp_path):
    """Its numbers are read before its keys are compared; what is told is the file's."""
    path = tmp_path / "a.toml"
    scatter = '"coat.resist.thickness" = { std = "1 um", half_width = "2 um" }'
    own = '[tolerances."coat.resist.opening.radius"]\nstd = "1 um"\nlow = "70 um"\nhigh = "65 um"'
    text = FILE.replace("-1 um", "60 um").replace('layer = "r', 'thickness = "9 um"\nlayer = "r')
    path.write_text(f"[tolerances]\n{scatter}\n{own}\n{text}", "utf-8")
    with pytest.raises(CaseError) as caught:
        load_case(path)
    problems = caught.value.problems
    by = {p.path: (p.came, n) for p, n in zip(problems, lines_of(problems, path), strict=True)}
    assert by["tolerances.coat.resist.thickness.half_width"] == ('"2 um"', 2)
    assert by["tolerances.coat.resist.opening.radius.low"] == ('"70 um"', 5)


KEYS = {
    "load": ('load = "1 mN"\nmass = "1 mg"', "exactly one of load, mass and standoff", 2),
    "lifted": ('mass = "1 mg"\nlifted = true', "is held at its standoff", 2),
    "peak too low": ('peak = "200 degC"\nload = 0', "nothing melts at 200", 1),
    "peak": ('load = 0\npeak = "218 degC"', "neither solid nor molten", 2),
    "pillar": (
        'load = 0\nresist = { material = "solder resist", thickness = "20 um", opening = '
        '{ radius = "90 um" } }\npillar = { radius = "95 um", height = "30 um", material = "Cu" }',
        "the pillar's radius",
        3,
    ),
    "resist": (
        'load = 0\nresist = { material = "solder resist", thickness = "20 um", opening = '
        '{ radius = "400 um" } }',
        "the opening's radius 400 µm does not lie inside",
        2,
    ),
}
MOUNT = """\
[case]
name = "a"
pitch = "500 um"
[wetting]
"Cu" = "25 deg"
"FR4" = "140 deg"
"solder resist" = "140 deg"
[[step]]
do = "substrate"
pad = { radius = "100 um", thickness = "20 um", material = "Cu" }
base = { material = "FR4" }
[[step]]
do = "deposit"
solder = "SAC305"
volume = "5 nl"
[[step]]
do = "mount"
pad = { radius = "100 um", material = "Cu" }
base = { material = "FR4" }
"""


@pytest.mark.parametrize("kind", KEYS)
def test_a_rule_of_a_step_is_told_at_the_key_that_breaks_it(tmp_path, kind):
    keys, rule, line = KEYS[kind]
    text = MOUNT + keys + ("" if "peak" in keys else '\npeak = "245 degC"') + "\n"
    path = tmp_path / "a.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(CaseError) as caught:
        raise_if(dry_problems(load_case(path)))
    problems = caught.value.problems
    assert len(problems) == 1
    assert rule in problems[0].message
    assert lines_of(problems, path) == [MOUNT.count("\n") + line]


@pytest.mark.parametrize(
    ("step", "key"),
    [
        ('do = "reflow"\nname = "hot"\npeak = "700 degC"', "peak"),
        ('do = "cure"\ntemperature = "0.7 kK"', "temperature"),
        (
            'do = "reflow"\nname = "hot"\nprofile = [["0 s", "25 degC"], ["9 s", "700 degC"]]',
            "profile",
        ),
    ],
)
def test_a_solid_that_would_melt_is_told_at_the_line_of_the_heat(tmp_path, step, key):
    """However the file spells the temperature."""
    text = bundled_cases()["photoimaged_opening"].read_text("utf-8")
    text = text.replace('material = "Ni"', 'material = "Sn63Pb37"') + f"\n[[step]]\n{step}\n"
    path = tmp_path / "a.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(CaseError) as caught:
        load_case(path)
    problems = [p for p in caught.value.problems if "barrier (Sn63Pb37) would melt" in p.message]
    rows = [text.splitlines()[(n or 0) - 1] for n in lines_of(problems, path)]
    assert rows[-1].startswith(f"{key} = ")


def test_a_bump_half_molten_by_a_later_reflow_is_told_at_its_peak(tmp_path):
    """With the peaks that leave it solid: what lies under a barrier is hardly meant to melt."""
    text = bundled_cases()["photoimaged_opening"].read_text("utf-8")
    text = text.replace('peak = "220 degC"', 'peak = "308 degC"')
    path = tmp_path / "a.toml"
    path.write_text(text, "utf-8")
    problems = dry_problems(load_case(path))
    assert [p.message for p in problems] == [
        "Pb95Sn5 is neither solid nor molten at 308 °C: its solidus is 308 °C, its liquidus "
        "312 °C. Choose a peak above 312 °C to melt it. Between 183 °C and 308 °C it stays solid "
        "while Sn63Pb37 melts."
    ]
    (line,) = lines_of(problems, path)
    assert line is not None
    assert text.splitlines()[line - 1].startswith('peak = "308 degC"')


@pytest.mark.parametrize(
    ("heat", "row"),
    [
        ('do = "reflow"\nname = "again"\npeak = "200 degC"', 'peak = "200 degC"'),
        ('do = "cure"\ntemperature = "200 degC"', 'temperature = "200 degC"'),
    ],
)
def test_a_mixture_of_unknown_range_is_told_at_the_heat_that_asks_for_it(tmp_path, heat, row):
    """The file has no table of it: what it is to say stands in the message."""
    text = HEAD + DEPOSIT + DEPOSIT.replace("Pb95Sn5", "Sn63Pb37") + REFLOW + step(heat)
    path = tmp_path / "a.toml"
    path.write_text(text, "utf-8")
    (problem,) = problems = dry_problems(load_case(path))
    assert problem.message.endswith(
        'Give [materials."Pb95Sn5+Sn63Pb37"] with solidus and liquidus.'
    )
    (line,) = lines_of(problems, path)
    assert line is not None
    assert text.splitlines()[line - 1] == row
    path.write_text(
        f'{text}[materials."Pb95Sn5+Sn63Pb37"]\nsolidus = "210 degC"\nliquidus = "250 degC"\n',
        "utf-8",
    )
    assert not any("fused" in p.message for p in dry_problems(load_case(path)))  # nothing melts


def test_a_limit_has_the_line_of_its_requirement(tmp_path):
    """Whose name has dots, as that of another begins."""
    path = tmp_path / "a.toml"
    limits = '"a.ball_height_m" = {}\n"a.ball_height_m.x" = 1\n"b.ball_height_m" = {}\n'
    path.write_text(f"[requirements]\n{limits}", "utf-8")
    for name, line in (("a.ball_height_m.min", 2), ("b.ball_height_m", 4)):
        problem = Problem(f"requirements.{name}", "is wrong")
        assert lines_of([problem], path) == [line]
