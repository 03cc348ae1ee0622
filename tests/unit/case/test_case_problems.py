"""Problems of case files: where, and what would be right, all at once in plain words."""

import tomllib

import pytest

from bumpform.case.bundled import bundled_cases, bundled_studies
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.errors import CaseError
from bumpform.study.plan.file import load_study
from case_data import BARRIER, COAT, FIRST, HIGH, LOW, SECOND, SUBSTRATE, changed, file_data, write


def problems_of(data):
    """Path and message of every problem, as lines."""
    with pytest.raises(CaseError) as caught:
        Case.from_dict(data, "x.toml")
    return [str(problem) for problem in caught.value.problems]


# ---------------------------------------------------------------- steps, sections


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            [SUBSTRATE, changed(COAT, thickness="30")],
            'coat.dielectric.thickness = "30": a unit is missing. Write for example "30 um".',
        ),
        ([SUBSTRATE, changed(COAT, thickness="0 um")], "must be above 0."),
        ([SUBSTRATE, changed(COAT, thickness=30)], "a bare number is in m"),
        ([SUBSTRATE, changed(COAT, thickness=True)], "= true: a length is needed"),
        ([SUBSTRATE, changed(COAT, thickness=[1])], "= [1]: a length is needed"),
        ([SUBSTRATE, changed(COAT, opening="60 um")], 'opening = "60 um": a table is needed'),
        (
            [SUBSTRATE, changed(COAT, opening={"radius": 6e-5, "sidewall": "20 deg"})],
            "must be at least 30°.",
        ),
        (
            [SUBSTRATE, changed(COAT, opening={"radius": 1e-5, "sidewall": "150 deg"})],
            "the opening closes below the layer's top",
        ),
        ([SUBSTRATE, changed(COAT, openin={})], "Did you mean coat.dielectric.opening?"),
        ([SUBSTRATE, changed(COAT, material="polymide")], 'Did you mean "polyimide"?'),
        ([SUBSTRATE, changed(COAT, material=3)], "= 3: a text is needed."),
        ([SUBSTRATE, COAT, COAT], "another layer has this name"),
        ([SUBSTRATE, changed(HIGH, solder="Cu")], "a solder is needed; this is a metal."),
        ([SUBSTRATE, changed(HIGH, ball={"diameter": 1e-5})], "came volume and ball"),
        ([SUBSTRATE, {"do": "deposit", "solder": "Sn"}], "came none"),
        (
            [SUBSTRATE, COAT, {"do": "deposit", "solder": "Sn", "fill": {"layer": "dielectrc"}}],
            'Did you mean "dielectric"?',
        ),
        (
            [
                SUBSTRATE,
                {k: v for k, v in COAT.items() if k != "opening"},
                {"do": "deposit", "solder": "Sn", "fill": {"layer": "dielectric"}},
            ],
            "this layer has no opening to fill",
        ),
        (
            [SUBSTRATE, {"do": "deposit", "solder": "Sn", "column": {"radius": 1e-5}}],
            'deposit.Sn.column.height: is missing. Write for example height = "30 um".',
        ),
        (
            [SUBSTRATE, {k: v for k, v in COAT.items() if k != "material"}],
            'coat.dielectric.material: is missing. Write for example material = "polyimide".',
        ),
        (
            [SUBSTRATE, {"do": "deposit", "volume": 1e-13}],
            'deposit.solder: is missing. Write for example solder = "Sn63Pb37".',
        ),
        ([SUBSTRATE, HIGH, changed(FIRST, peak="-300 degC")], "must be above 0 K."),
        ([SUBSTRATE, HIGH, {"do": "reflow"}], "exactly one of peak and profile"),
        ([SUBSTRATE, HIGH, {"do": "reflow", "profile": []}], "at least one point"),
        (
            [SUBSTRATE, HIGH, {"do": "reflow", "profile": [[1, 600], [1, 700]]}],
            "profile = [[1, 600], [1, 700]]: the times must increase.",
        ),
        ([SUBSTRATE, HIGH, {"do": "reflow", "profile": [[1, 600, 3]]}], "2 entries are needed"),
        ([SUBSTRATE, HIGH, changed(FIRST, peak="310 degC")], "solidus is 308 °C, its liquidus"),
        ([SUBSTRATE, HIGH, FIRST, LOW, changed(SECOND, name="First  reflow")], "another stage"),
        ([SUBSTRATE, HIGH, changed(FIRST, name="barrier")], "this name is taken"),
        ([SUBSTRATE, HIGH, changed(FIRST, name="a/b")], "a name is needed"),
        ([SUBSTRATE, FIRST], "reflow.first reflow: nothing to melt has been put on the stack"),
        ([SUBSTRATE, BARRIER], "barrier.Ni: it grows on frozen solder; none is before it."),
        (
            [
                SUBSTRATE,
                {"do": "plate", "material": "Cu", "radius": 3e-5, "thickness": 1e-5},
                BARRIER,
            ],
            'reflow it first. Metal on a plated post is another do = "plate".',
        ),
        (
            [SUBSTRATE, {"do": "core", "material": "epoxy", "diameter": "0.3 mm"}, BARRIER],
            "barrier.Ni: it grows on frozen solder, and before it is a core alone. A plated core",
        ),
        (
            [SUBSTRATE, COAT, {"do": "etch", "layer": "pad", "by": "1 um"}],
            'etch.pad.layer = "pad": it is of the substrate, which stays as it is.',
        ),
        ([SUBSTRATE, HIGH, BARRIER], "it grows on frozen solder; none is before it."),
        (
            [SUBSTRATE, HIGH, FIRST, changed(BARRIER, growth="planr")],
            'barrier.Ni.growth = "planr": must be "conformal" or "planar".',
        ),
        (
            [SUBSTRATE, HIGH, FIRST, changed(BARRIER, finish=[{"material": "Pd"}, {}])],
            "barrier.Ni.finish = [{ … }, { … }]: a table is needed, { key = value, ... }.",
        ),
        (
            [SUBSTRATE, {"do": "note", "text": "x" * 501}],
            "is 501 characters long; 500 may be.",
        ),
        ([COAT], 'the first step must be do = "substrate".'),
        ([SUBSTRATE, SUBSTRATE], "a process has one substrate"),
        ([SUBSTRATE, {"do": "refow"}], 'step.1.do = "refow": unknown kind of step. Did you mean'),
        ([SUBSTRATE, {"layer": "x"}], "step.1: do is missing: which step is it?"),
        ([SUBSTRATE, 3], "step.1 = 3: a table is needed"),
        ([], "there is no step."),
        (
            [changed(SUBSTRATE, pad={**SUBSTRATE["pad"], "proud": "6 um"})],
            'pad.proud = "6 um": is more than the pad\'s thickness',
        ),
    ],
)
def test_a_wrong_step_says_where_and_what_would_be_right(steps, message):
    lines = problems_of(file_data(steps))
    assert any(message in line for line in lines), lines
    assert len(lines) == 1, lines


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"pitch": "1 mm"}, "substrate.pitch: unknown key. It is a key of [case]."),
        ({"wetting": {}}, "substrate.wetting: unknown key. It is a table of its own: [wetting]."),
        ({"pad": {"diameter": 1e-4}}, "Write substrate.pad.radius, half of it."),
        ({"pad": {"base": {}}}, "substrate.pad.base: unknown key. It is a key of substrate."),
        ({"proud": 0.0}, "substrate.proud: unknown key. It is a key of substrate.pad."),
        ({"remelts": True}, "substrate.remelts: unknown key. Known here: do, pad, base."),
    ],
)
def test_a_key_that_stands_elsewhere_is_told_where_it_belongs(step, message):
    """The nearest name of its own table is no remedy; `remelts` is at home in other steps, too."""
    pad = {**SUBSTRATE["pad"], **step.get("pad", {})}
    lines = problems_of(file_data([changed(SUBSTRATE, **{**step, "pad": pad}), COAT]))
    assert [line for line in lines if line.endswith(message)], lines


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"enviroment": {}}, "enviroment: unknown key. Did you mean environment?"),
        ({"pitch": "1 mm"}, "pitch: unknown key. It is a key of [case]."),
        ({"coat": {}}, 'coat: unknown key. It is a step: [[step]] with do = "coat".'),
        ({"case": {"step": []}}, "case.step: unknown key. It is a table of its own: [[step]]."),
        (
            {"case": {"requirements": {}}},
            "case.requirements: unknown key. It is a table of its own: [requirements].",
        ),
        ({"case": {"gravity": 0}}, "case.gravity: unknown key. It is a key of [environment]."),
        ({"case": 3}, "case = 3: a table [case] is needed."),
        ({"case": {"name": "../x"}}, 'case.name = "../x": a name is needed'),
        ({"case": {"name": "x", "title": 3}}, "case.title = 3: a text is needed."),
        ({"case": {"name": "x", "picth": 3}}, "Did you mean case.pitch?"),
        ({"environment": {"orientation": "left"}}, 'must be "up" or "down".'),
        ({"wetting": {"Cu": "0 deg"}}, 'wetting.Cu = "0 deg": must be above 0.'),
        ({"wetting": {"Cu": "180 deg"}}, "must be below 180°."),
        ({"wetting": {"Sn on polymide": 1.0}}, '"polymide" is an unknown material.'),
        (  # by an alias, an angle would be said twice, and one of the two used unsaid
            {"wetting": {"Cu": 0.5, "copper": 1.0}},
            'wetting.copper: is the same as "Cu": leave one out.',
        ),
        (
            {"wetting": {"SnAg1.8 on Ni": 0.5, "Sn98.2Ag1.8 on nickel": 0.5}},
            'wetting.Sn98.2Ag1.8 on nickel: is the same as "SnAg1.8 on Ni": leave one out.',
        ),
        (
            {"wetting": {"Sn63+SAC305 on Cu": 0.5, "SAC305+Sn63Pb37 on Cu": 0.5}},
            'is the same as "Sn63+SAC305 on Cu": leave one out.',
        ),
        (
            {"materials": {"Sn63": {"density": 8000.0}, "Sn63Pb37": {"density": 8000.0}}},
            'materials.Sn63Pb37: is the same as "Sn63": leave one out.',
        ),
        ({"wetting": [1]}, "wetting = [1]: a table is needed"),
        ({"materials": {"Sn": {"density": "7"}}}, "materials.Sn.density"),
        ({"materials": {"Sn": {"densty": 7}}}, "Did you mean materials.Sn.density?"),
        ({"materials": {"X": {"noble": True}}}, "materials.X: a new material needs kind"),
        (
            {"materials": {"X": {"kind": "solder"}}},
            "missing solidus, liquidus, density, surface_tension, composition",
        ),
        ({"materials": {"SAC305": {"solidus": "230 degC"}}}, "the solidus is above the liquidus"),
        ({"conditions": {"tolerance": 0}}, "must be above 0."),
        ({"conditions": {"tolerance": "120 %"}}, "must be at most 1."),
        ({"mesh": {"recipe": ["x"]}}, "mesh.recipe"),
        ({"step": {"do": "clean"}}, "[[step]], with two brackets"),
    ],
)
def test_a_wrong_section_says_where_and_what_would_be_right(sections, message):
    lines = problems_of({**file_data(), **sections})
    assert any(message in line for line in lines), lines


def test_all_problems_of_a_file_come_at_once():
    steps = [SUBSTRATE, changed(COAT, thickness="30", material="x1"), HIGH, FIRST, {"do": "refow"}]
    lines = problems_of(file_data(steps, wetting={"Cu": "200 deg"}, mehs={}))
    assert len(lines) == 5


#: A new solder of which much is wrong or missing, and all that is to be told of it.
WRONG_SOLDER = {
    "composition": {"Sn": 0.9, "Xyz": 0.2},
    "solidus": "240 degC",
    "liquidus": "220 degC",
    "density": "7000",
}
WRONGS = (
    'materials.X.composition: "Xyz" is not a chemical symbol. It adds up to 1.1; it must',
    'materials.X.density = "7000": a unit is missing.',
    'materials.X.density_solid: is needed for amounts = "solid"',
    "materials.X: a new material needs kind, a solder more: missing kind, surface_tension.",
    "materials.X: the solidus is above the liquidus.",
)


def test_all_problems_of_a_new_material_come_at_once():
    """None waits for another to be put right, and what is wrong is not said to be missing."""
    steps = [SUBSTRATE, {**HIGH, "solder": "X"}, FIRST]
    data = file_data(steps, materials={"X": WRONG_SOLDER})
    data["case"] = {**data["case"], "amounts": "solid"}
    lines = problems_of(data)
    assert [any(wrong in line for line in lines) for wrong in WRONGS] == [True] * 5, lines
    assert len(lines) == 5


def test_a_solder_that_may_melt_anywhere_lacks_its_temperatures_not_the_peak():
    """The peak is there; of the solder all that is missing is told, its solid's density too."""
    steps = [SUBSTRATE, {**HIGH, "solder": "X"}, FIRST]
    data = file_data(steps, materials={"X": {"kind": "solder"}})
    data["case"] = {**data["case"], "amounts": "solid"}
    weighed, missing = problems_of(data)
    assert "materials.X.density_solid" in weighed
    assert "missing solidus, liquidus, density, surface_tension, composition." in missing


def test_a_mushy_peak_is_left_to_the_process_once_a_solder_has_melted():
    """It may have fused with another by then, and no longer have its own solidus."""
    again = {"do": "reflow", "name": "again", "peak": "310 degC"}
    Case.from_dict(file_data([SUBSTRATE, HIGH, FIRST, LOW, again]))


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [", "is not valid TOML"),
        (
            "[case]\nname = x",
            'line 2: name: is not valid TOML: a text stands in quotes: write name = "x".',
        ),
        ("a = 1\na = 2", "is not valid TOML"),
        ("", "there is no step."),
        ("x = " + "[" * 4900, "is nested too deeply"),
    ],
)
def test_a_file_that_is_no_case(tmp_path, text, message):
    with pytest.raises(CaseError) as caught:
        load_case(write(tmp_path, text))
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path))


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(CaseError, match="UTF-8"):
        load_case(path)


@pytest.mark.parametrize("name", ["nowhere.toml", "photoimagd_opening", "a\0b", "x" * 5000])
def test_no_such_file(name):
    with pytest.raises(CaseError, match="no such file"):
        load_case(name)


@pytest.mark.parametrize(
    ("load", "name", "message"),
    [
        (load_case, "opening_volume", "is a study, not a case: `bumpform study` runs it"),
        (load_study, "photoimaged_opening", "is a case, not a study: `bumpform run` runs it"),
    ],
)
def test_a_study_and_a_case_are_told_apart(tmp_path, load, name, message):
    """By their names, and by what a file of either holds."""
    with pytest.raises(CaseError, match=message):
        load(name)
    copy = tmp_path / "copy.toml"
    path = {**bundled_cases(), **bundled_studies()}[name]
    copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(CaseError, match=message):
        load(copy)


def test_a_folder_is_no_case(tmp_path):
    with pytest.raises(CaseError, match="is a folder"):
        load_case(tmp_path)


def test_an_integer_of_too_many_digits_is_told(tmp_path):
    """Python refuses to read it; the file is at fault, not the program."""
    path = write(tmp_path, "[case]\npitch = " + "9" * 4500 + "\n")
    with pytest.raises(CaseError, match="an integer has too many digits"):
        load_case(path)
    with pytest.raises(CaseError, match=r"case\.pitch"):
        load_case("plated_column", sets=["case.pitch=" + "9" * 4500])


def test_what_is_wrong_is_not_told_again_as_missing():
    """A limit with a wrong unit, a material with a wrong value: one problem each, not two."""
    data = tomllib.loads(bundled_cases()["photoimaged_opening"].read_text("utf-8"))
    data["requirements"] = {"second reflow.ball_height_m": {"max": "0.25 mN"}}
    data["materials"] = {"X": {"kind": "metal", "density": "7"}}
    with pytest.raises(CaseError) as caught:
        Case.from_dict(data)
    assert [problem.path for problem in caught.value.problems] == [
        "requirements.second reflow.ball_height_m.max",
        "materials.X.density",
    ]


def test_only_stages_of_the_case_are_named():
    data = tomllib.loads(bundled_cases()["bga_ball"].read_text("utf-8"))
    data["requirements"] = {"atach.ball_height_m": {"max": "1 mm"}}
    with pytest.raises(CaseError, match=r"with a stage of this case: ball attach\."):
        Case.from_dict(data)


def test_a_mushy_peak_says_how_the_solder_stays_solid_only_where_another_melts():
    """Pb95Sn5 melts from 308 to 312 °C; below that, nothing else melts unless it is there."""
    alone = [SUBSTRATE, HIGH, changed(FIRST, peak="310 degC")]
    with_other = [SUBSTRATE, LOW, HIGH, changed(FIRST, peak="310 degC")]
    (told,) = problems_of(file_data(alone))
    assert told.endswith("Choose a peak above 312 °C to melt it.")
    (told,) = problems_of(file_data(with_other))
    assert told.endswith(
        "Choose a peak above 312 °C to melt it. Between 183 °C and 308 °C it stays solid while "
        "Sn63Pb37 melts."
    )


@pytest.mark.parametrize(
    ("keys", "came"),
    [
        ({"radius": 1e-5}, "radius"),
        ({"radius": 1e-5, "fill": {"layer": "dielectric", "height": 1e-5}}, "radius and fill"),
        ({}, "none"),
    ],
)
def test_a_plate_says_what_came(keys, came):
    plate = {"do": "plate", "material": "Ni", **keys}
    (told,) = problems_of(file_data([SUBSTRATE, COAT, plate]))
    assert told.endswith(f"either radius and thickness or fill is needed; came {came}.")


@pytest.mark.parametrize(
    ("step", "came"),
    [
        (changed(FIRST, profile=[[0, 300], [1, 700]]), "peak and profile is needed; came peak and"),
        ({"do": "abrade"}, "to and below_top is needed; came none"),
        (
            {"do": "abrade", "to": 1e-5, "below_top": {"layer": "dielectric", "by": 1e-6}},
            "to and below_top is needed; came to and below_top",
        ),
    ],
)
def test_one_of_two_says_what_came(step, came):
    (told,) = problems_of(file_data([SUBSTRATE, COAT, HIGH, step]))
    assert f"exactly one of {came}" in told
