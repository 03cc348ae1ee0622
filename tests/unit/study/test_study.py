"""Study files: what their axes come to, and all that is wrong with one at once."""

from __future__ import annotations

import itertools
import math
import pickle

import pytest

import bumpform
from bumpform.case.bundled import bundled_cases, bundled_studies
from bumpform.case.file import case_sha256
from bumpform.errors import CaseError
from bumpform.metrics.metric import FROZEN, names_of, stage_names
from bumpform.result.readable import scalars
from bumpform.study.plan.axis import Span

STUDY = """
[study]
name = "NAME"
case = "photoimaged_opening"
[set]
"environment.gravity" = 0
[axes]
"deposit.Pb95Sn5.volume" = { from = "0.30 nl", to = "0.45 nl", count = 16 }
"coat.dielectric.thickness" = ["25 um", 3e-5]
"barrier.finish.material" = ["Au", "Pd", "Pt"]
"""
SET = '"environment.gravity" = 0'


@pytest.fixture
def load(tmp_path):
    """Load `STUDY`, or another text."""

    def call(text=STUDY):
        path = tmp_path / "x.toml"
        path.write_text(text, "utf-8")
        return bumpform.load_study(path)

    return call


@pytest.fixture
def problems(load):
    """Every problem of a study, as lines."""

    def call(text):
        with pytest.raises(CaseError) as caught:
            load(text)
        return [str(problem) for problem in caught.value.problems]

    return call


def with_axes(lines):
    return STUDY[: STUDY.index("[axes]")] + "[axes]\n" + lines


# ---------------------------------------------------------------- what a study is


def test_rows_are_all_combinations_and_the_last_axis_varies_fastest(load):
    study = load()
    assert len(study) == 16 * 2 * 3
    points = [study.point(number) for number in range(len(study))]
    assert points[:4] == [
        (0.30e-12, 25e-6, "Au"), (0.30e-12, 25e-6, "Pd"), (0.30e-12, 25e-6, "Pt"),
        (0.30e-12, 30e-6, "Au"),
    ]  # fmt: skip
    assert points[-1] == (0.45e-12, 30e-6, "Pt")
    assert len(set(points)) == len(points)


def test_rows_are_computed_in_the_order_that_shares_most_first_steps(load):
    """Whatever the order of the axes: the pitch is seen by all steps, the second deposit by few."""
    axes = (
        '"deposit.Sn63Pb37.volume" = ["0.5 nl", "0.6 nl"]\n'
        '"case.pitch" = ["240 um", "250 um", "260 um"]\n'
        '"deposit.Pb95Sn5.volume" = ["0.35 nl", "0.36 nl"]'
    )
    study = load(with_axes(axes))
    numbers = list(study.sequence())
    assert sorted(numbers) == list(range(12))
    points = [study.point(number) for number in numbers]
    assert points == sorted(points, key=lambda point: (point[1], point[2], point[0]))
    assert list(load().sequence()) != list(range(len(load())))  # the coat comes before the deposit


def test_the_case_of_a_row_has_the_fixed_values_and_those_of_the_row(load):
    study = load()
    assert study.at(9) == bumpform.load_case(
        "photoimaged_opening",
        [
            "environment.gravity=0",
            "deposit.Pb95Sn5.volume=0.31 nl",
            "coat.thickness=30 um",
            "barrier.finish.material=Au",
        ],
    )


@pytest.mark.parametrize(
    "axes",
    [
        '"deposit.Pb95Sn5.volume" = ["0.36 nl", "0.42 nl"]\n"case.pitch" = ["250 um", 3e-4]',
        '"coat.dielectric.opening.radius" = ["55 um", "60 um"]',
        '"first reflow.peak" = ["350 degC", "360 degC"]\n"barrier.thickness" = [3e-6, 4e-6]',
        '"deposit.Pb95Sn5.solder" = ["Pb95Sn5", "Pb90Sn10"]',
        '"wetting.Pb95Sn5 on polyimide" = ["120 deg", "125 deg"]',
    ],
)
def test_a_row_is_the_case_with_its_values_set(load, axes):
    """Also where only sizes vary, and only the steps that have them are read again."""
    study = load(with_axes(axes))
    for number in range(len(study)):
        values = zip((axis.path for axis in study.varied), study.point(number), strict=True)
        own = study.case.with_values(dict(values))
        assert (study.at(number), case_sha256(study.at(number))) == (own, case_sha256(own))


def test_a_row_that_is_no_case_is_told_as_that_case_is(load):
    """A pad that stands proud needs its thickness: a rule of one step, of two of its sizes."""
    study = load('[study]\ncase = "core_and_cap"\n[axes]\n"mount.pad.proud" = ["0 um", "5 um"]')
    with pytest.raises(CaseError, match="needs its thickness") as row:
        study.at(1)
    with pytest.raises(CaseError) as own:
        study.case.with_values({"mount.pad.proud": 5e-6})
    assert row.value.problems == own.value.problems


def test_a_path_holds_where_another_axis_renames_its_step(load):
    """`deposit.Pb95Sn5` is the first deposit, whatever solder the row puts there."""
    axes = '"deposit.Pb95Sn5.solder" = ["Pb95Sn5", "Sn"]\n"deposit.Pb95Sn5.volume" = ["0.3 nl"]'
    case = load(with_axes(axes)).at(1)
    assert (case.steps[2].solder, case.steps[2].volume) == ("Sn", 0.3e-12)


def test_a_span_has_the_floats_that_a_list_would_have():
    """0.11 nl, not 0.11000000000000001 nl: equal cases have equal hashes."""
    found = list(Span(0.10e-12, 0.20e-12, 11))
    assert found == [float(f"{number}e-14") for number in range(10, 21)]


def test_a_logarithmic_span_has_equal_ratios_and_exact_ends():
    found = list(Span(0.3, 0.7, 9, "log"))
    assert (found[0], found[-1]) == (0.3, 0.7)
    ratios = [b / a for a, b in itertools.pairwise(found)]
    assert ratios == pytest.approx([math.exp(math.log(0.7 / 0.3) / 8)] * 8, rel=1e-14)


def test_conditions_states_and_seconds_are_columns(load):
    columns = ("condition.dome-protrudes", "first reflow.outer.state", "seconds", "conditions")
    text = STUDY.replace('"NAME"', '"other"\ncolumns = ' + str(list(columns)).replace("'", '"'))
    assert load(text).columns == columns


def test_columns_and_names_do_not_change_what_is_computed(load):
    """So that they may be changed afterwards; anything else makes another study."""
    study = load()
    same = STUDY.replace('"NAME"', '"other"\ncolumns = ["barrier.juncture.r_m"]')
    assert load(same).sha256 == study.sha256
    assert load(STUDY.replace("0.45 nl", "0.46 nl")).sha256 != study.sha256
    assert load(STUDY.replace(SET, '"environment.gravity" = 1')).sha256 != study.sha256


def test_a_million_rows_weigh_no_more_than_ten(load):
    axes = (
        '"coat.thickness" = { from = "20 um", to = "30 um", count = 1000 }\n'
        '"case.pitch" = { from = "200 um", to = "300 um", count = 1000 }'
    )
    study = load(with_axes(axes))
    assert len(study) == 1_000_000
    assert len(pickle.dumps(study)) < 5_000
    assert study.point(999_999) == (30e-6, 300e-6)


def test_a_case_file_is_looked_for_beside_the_study(load, tmp_path, monkeypatch):
    text = bundled_cases()["plated_column"].read_text("utf-8")
    (tmp_path / "mine.toml").write_text(text.replace('"plated_column"', '"mine"', 1), "utf-8")
    monkeypatch.chdir("/")
    axes = '[study]\ncase = "mine.toml"\n[axes]\n"case.pitch" = ["200 um"]'
    assert load(axes).case.name == "mine"


@pytest.mark.parametrize("name", bundled_studies())
def test_bundled_studies_load_by_name(name):
    assert bumpform.load_study(name).name == name


@pytest.mark.slow
def test_the_names_of_metrics_are_those_of_the_runs():
    """What `columns` may have; some are of joints that float, or are pulled."""
    stages, barrier = set(), set()
    for case in bundled_cases():
        for group, metrics in bumpform.run(bumpform.load_case(case)).metrics.items():
            names = {name for name, _ in scalars(metrics)}
            (barrier if group == "barrier" else stages).update(names)
    pulled = {"joint_stiffness_N_m", "largest_pull_N", "standoff_at_largest_pull_m"}
    assert stages | pulled == {name for name in stage_names() if not name.startswith(FROZEN)}
    assert barrier == set(names_of("barrier"))


# ---------------------------------------------------------------- what is wrong with one


AXIS_PROBLEMS = {
    '"deposit.Pb95Sn5.vlume" = ["1 nl"]': "Did you mean deposit.Pb95Sn5.volume",
    '"deposit.volume" = ["1 nl"]': "axes.deposit.volume: fits several steps. Write",
    '"coat.thickness" = ["25 deg"]': 'axes.coat.thickness = "25 deg": "deg" is a unit of angle',
    '"coat.thickness" = ["25"]': "a unit is missing",
    '"coat.thickness" = [5]': "a bare number is in m",
    '"coat.thickness" = ["25 um", 25e-6]': "= 2.5e-05: is given twice",
    '"coat.thickness" = []': 'no value is given. Write for example ["30 um"]',
    '"coat.thickness" = "25 um"': "a list is needed, [ ... ], or { from = ",
    'coat.thickness = ["25 um"]': "a path with points stands in quotes",
    '"coat.thickness" = { from = "1 um", to = "1 um", count = 3 }': "must differ from the first",
    '"coat.thickness" = { from = "1 um", to = "2 kg", count = 3 }': '.to = "2 kg": "kg" is a unit',
    '"coat.thickness" = { from = "1 um", to = "2 um", cout = 3, count = 3 }': "thickness.count?",
    '"coat.thickness" = { from = "1 um", to = "2 um" }': "count: is missing. Write for",
    '"coat.thickness" = { from = "1 um", to = "2 um", count = 1 }': "count = 1: must be at least 2",
    '"coat.thickness" = { from = "1 um", to = "2 um", count = "5" }': "a whole number is needed",
    '"coat.thickness" = { from = "1 um", to = "2 um", count = 5, spacing = "cubic" }': '"log"',
    '"environment.gravity" = { from = 0, to = 9, count = 5, spacing = "log" }': "both ends must be",
    '"barrier.material" = ["Nickle"]': 'axes.barrier.material = "Nickle": unknown material',
    '"barrier.material" = { from = 1, to = 2, count = 3 }': "only a quantity runs from one value",
    '"wetting.Cu" = ["200 deg"]': "must be below 180°",
    '"case.pitch" = ["1 mm"]\n"case.\'pitch\'" = ["2 mm"]': "is the same value as case.pitch",
    '"case.pitch" = { from = "1 mm", to = "2 mm", count = 10000001 }': "must be at most 10000000",
}  # fmt: skip


@pytest.mark.parametrize("axis", AXIS_PROBLEMS)
def test_a_wrong_axis_is_told(problems, axis):
    [problem] = problems(with_axes(axis))
    assert problem.startswith("axes.")
    assert AXIS_PROBLEMS[axis] in problem


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "NAME"', 'nme = "NAME"', "study.nme: unknown key. Did you mean study.name?"),
        ('name = "NAME"', 'name = "a/b"', 'study.name = "a/b": a name is needed'),
        ('case = "photoimaged_opening"', "", "study.case: is missing. Write for example case ="),
        ('"photoimaged_opening"', '"photoimagd_opening"', "Did you mean photoimaged_opening?"),
        ("[axes]", "[axis]", "axis: unknown key. Did you mean axes?"),
        (SET, '"environment.gravty" = 0', "set.environment.gravty: unknown key. Did you mean"),
        (
            SET,
            '"coat.thickness" = "40 um"',
            "set.coat.thickness: is the same value as coat.dielectric.thickness, of which every",
        ),
        (
            'name = "NAME"',
            'columns = ["first reflow.protusion_m"]',
            "Did you mean first reflow.prot",
        ),
        (
            'name = "NAME"',
            'columns = ["third reflow.protrusion_m"]',
            "no such column. Did you mean",
        ),
        (
            'name = "NAME"',
            'columns = ["condition.dome-protudes"]',
            "Did you mean condition.dome-protrudes?",
        ),
        ("[study]", "[study", "is not valid TOML"),
    ],
)
def test_a_wrong_file_is_told(problems, old, new, message):
    assert any(message in problem for problem in problems(STUDY.replace(old, new, 1)))


def test_all_problems_are_told_at_once(problems):
    text = STUDY.replace("0.45 nl", "0.45 kg").replace("3e-5", '"3"').replace('"Pd"', '"Pdd"')
    found = problems(text.replace(SET, '"case.pich" = 1'))
    assert [problem.split(" = ")[0].split(": ")[0] for problem in found] == [
        "set.case.pich",
        "axes.deposit.Pb95Sn5.volume.to",
        "axes.coat.dielectric.thickness",
        "axes.barrier.finish.material",
    ]


def test_problems_of_the_case_file_are_told_with_its_name(problems, tmp_path):
    text = bundled_cases()["photoimaged_opening"].read_text("utf-8")
    (tmp_path / "mine.toml").write_text(text.replace("[environment]", "[enviroment]", 1), "utf-8")
    [problem] = problems('[study]\ncase = "mine.toml"\n[axes]\n"case.pitch" = ["200 um"]')
    assert problem.startswith("mine.toml: enviroment: unknown key.")


def test_axes_of_which_no_end_is_a_case_are_told_before_anything_runs(problems):
    """310 °C is between the solder's solidus and liquidus: no row would be a case."""
    [problem] = problems(with_axes('"first reflow.peak" = ["309 degC", "310 degC"]'))
    assert problem.startswith("axes: reflow.first reflow.peak: Pb95Sn5 is neither solid nor molten")


def test_too_many_rows_are_told(problems):
    axes = [
        f'"{path}" = {{ from = "200 um", to = "300 um", count = 10000 }}'
        for path in ("case.pitch", "coat.thickness")
    ]
    [problem] = problems(with_axes("\n".join(axes)))
    assert problem == "axes: there are 100000000 rows; 10000000 are the limit."


def test_no_file_and_no_bundled_study_is_met_with_the_nearest():
    with pytest.raises(CaseError, match=r"Did you mean opening_volume\?"):
        bumpform.load_study("opening_volum.toml")
