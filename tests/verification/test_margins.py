"""Margins against bisection by `run`, and against a closed form.

Exact     a pitch breaks neighbours-clear at the largest diameter of the balls
Identity  bisecting on the verdict alone, from another bracket, ends at the same value and condition
"""

import math

import pytest
from scipy.optimize import brentq

import bumpform
from bumpform.answers.basis.inputs import inputs_of
from case_data import CAP

pytestmark = pytest.mark.dolfinx

CASES = [
    ("photoimaged_opening", "barrier.Ni.thickness"),
    ("photoimaged_opening", "deposit.Sn63Pb37.volume"),
    ("laminated_abraded", "barrier.thickness"),
    ("plated_column", "coat.polyimide.thickness"),
    ("stacked_masks", "case.pitch"),
    ("core_and_cap", "deposit.Sn63Pb37.volume"),
]


def verdict(case, path, value):
    """Ids that fail at a value of an input, or why there is no such product."""
    try:
        done = bumpform.run(case.with_values({path: value}))
    except bumpform.errors.BumpformError:
        return {"refused"}
    if done.refused or done.stopped:
        return {"refused"}
    return {c["id"] for c in done.result["conditions"] if c["holds"] is False}


def bisected(case, path, good, bad):
    """Where the verdict stops being the case's own, to 1e-10; and the verdict beyond."""
    own = verdict(case, path, good)
    while abs(bad - good) > 1e-10 * abs(bad):
        middle = 0.5 * (good + bad)
        if verdict(case, path, middle) <= own:
            good = middle
        else:
            bad = middle
    return bad, verdict(case, path, bad) - own


@pytest.mark.slow
@pytest.mark.parametrize(("name", "path"), CASES)
def test_limits_are_those_of_bisection(name, path):
    case = bumpform.load_case(name)
    [margin] = bumpform.margins(case, paths=[path]).inputs
    assert margin.low or margin.high
    for limit in (margin.low, margin.high):
        if limit is None:
            continue
        value = margin.input.value
        wide = value + 1.001 * (limit.value - value)  # the same bracket's end, from elsewhere
        edge, broken = bisected(case, path, value, wide)
        assert limit.value == pytest.approx(edge, rel=1.2e-9)
        assert limit.breaks.partition(":")[0] in broken


@pytest.mark.slow
def test_a_pitch_goes_down_to_the_balls_own_diameter():
    case = bumpform.load_case("plated_column")
    [margin] = bumpform.margins(case, paths=["case.pitch"]).inputs
    diameter = bumpform.run(case).metrics["reflow"]["ball_diameter_m"]
    assert margin.low.value == pytest.approx(diameter, rel=2e-9)
    assert (margin.low.breaks, margin.high) == ("neighbours-clear", None)


@pytest.mark.slow
def test_a_requirement_is_a_condition_like_any_other():
    """Two limits of one metric: each is named by its sentence, and breaks where it is met."""
    metric = "reflow.ball_height_m"
    case = bumpform.load_case("plated_column").with_values(
        {f"requirements.{metric}.min": "87 um", f"requirements.{metric}.max": "88 um"}
    )
    [margin] = bumpform.margins(case, paths=["coat.polyimide.thickness"]).inputs
    for limit, height in ((margin.low, 87e-6), (margin.high, 88e-6)):
        assert limit.breaks == f"requirement {metric}" and metric in limit.detail
        done = bumpform.run(case.with_values({"coat.polyimide.thickness": limit.value}))
        assert done.metrics["reflow"]["ball_height_m"] == pytest.approx(height, rel=3e-9)


@pytest.mark.slow
def test_the_last_way_to_a_limit_of_the_schema_is_gone_too():
    """Doubled steps from 30° end at 106.8°; from 111.6° on the cap, which slides, is too high.

    Without gravity, a cap of volume V and angle θ is h = a tan(θ/2) high, V = πh(3a² + h²)/6.
    """
    case = bumpform.Case.from_dict(
        {
            "case": {"name": "cap"},
            "environment": {"gravity": 0.0},
            "wetting": {"Cu": "30 deg", "FR4": "140 deg"},
            "step": [
                {"do": "substrate", "pad": {"radius": "150 um", "thickness": "20 um",
                 "material": "Cu"}, "base": {"material": "FR4"}},
                {"do": "deposit", "solder": "SAC305", "volume": "10 nl"},
                {"do": "reflow", "name": "b", "peak": "245 degC"},
            ],
            "requirements": {"b.ball_height_m": {"max": "200 um"}},
        }
    )  # fmt: skip
    [margin] = bumpform.margins(case, paths=["wetting.Cu"]).inputs

    def height(angle):
        part = math.tan(0.5 * angle)  # h / a
        return part * (6.0 * 10e-12 / (math.pi * part * (3.0 + part**2))) ** (1.0 / 3.0)

    exact = brentq(lambda angle: height(angle) - 200e-6, 1.0, 3.0, xtol=1e-14)
    slope = (height(exact + 1e-5) - height(exact - 1e-5)) / 2e-5
    widened = 1e-9 * 200e-6 / slope  # a limit of a condition is, by 1e-9 of it
    assert margin.high.value == pytest.approx(exact + widened, rel=1.2e-9)
    assert margin.high.breaks == "requirement b.ball_height_m"


def test_values_of_the_library_have_margins_too():
    """Solder that wets the base less than 75° leaves the pad for it, which the case does not."""
    metric = "r.ball_height_m"
    case = bumpform.Case.from_dict({**CAP, "requirements": {metric: {"min": "50 um"}}})
    path = "wetting.Pb95Sn5 on SiO2"
    listed = {margin.input.path: margin for margin in bumpform.margins(case).inputs}
    assert set(listed) == {item.path for item in inputs_of(case)} and path in listed
    low = listed[path].low
    assert low.breaks == f"requirement {metric}" and listed[path].high is None
    done = bumpform.run(case.with_values({path: low.value}))
    assert done.metrics["r"]["ball_height_m"] == pytest.approx(50e-6, rel=3e-9)
    asked = bumpform.margins(case, paths=["materials.Pb95Sn5.surface_tension"])
    assert [m.low or m.high for m in asked.inputs] == [None]  # nothing without gravity


@pytest.mark.slow
def test_what_breaks_is_what_breaks_just_beyond():
    """A pad as wide as the pitch is no case; that neighbours meet is told by a sliver before."""
    case = bumpform.load_case("photoimaged_opening")
    [margin] = bumpform.margins(case, paths=["substrate.pad.radius"]).inputs
    assert margin.high.value == pytest.approx(125e-6, rel=1e-8)
    assert margin.high.breaks == "refused: input" and "125 µm reaches" in margin.high.detail


@pytest.mark.slow
def test_a_step_that_cannot_be_done_is_told_from_a_case_that_is_none():
    """That nothing melts is known before a surface is; that a plane is above a dome, is not."""
    case = bumpform.load_case("photoimaged_opening")
    [margin] = bumpform.margins(case, paths=["second reflow.peak"]).inputs
    assert margin.low.breaks == "refused: input"
    with pytest.raises(bumpform.errors.CaseError, match="nothing melts"):
        bumpform.run(case.with_values({"second reflow.peak": margin.low.value - 0.1}))
    abraded = [*CAP["step"], {"do": "abrade", "to": "20 um"}]
    case = bumpform.Case.from_dict({**CAP, "step": abraded})
    [margin] = bumpform.margins(case, paths=["abrade.to"]).inputs
    assert margin.high.breaks == "refused: stopped"
    top = bumpform.run(case).stages[-1].outcome.equilibrium.values["top_z_m"]
    assert margin.high.value == pytest.approx(top, rel=1e-6)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("conditions.tolerance", "is a criterion, not an input"),
        ("environment.gravity", None),
        ("substrate.pad.proud", "the case gives no value there|because nothing is there"),
        ("wetting.Pb95Sn5 on Xx", "give it"),
        ("substrate.pad", "is not one number.*Did you mean substrate.pad.radius"),
        ("substrate.pad.material", "is not a number, as an input is"),
    ],
)
def test_what_is_no_input_is_told_with_its_reason(path, told):
    case = bumpform.Case.from_dict(CAP)
    if told is None:
        assert bumpform.margins(case, paths=[path]).inputs[0].input.value == 0.0
        return
    with pytest.raises(bumpform.errors.CaseError, match=told) as error:
        bumpform.margins(case, paths=[path, "case.name"])
    assert len(error.value.problems) == 2
