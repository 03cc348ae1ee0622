"""A ball on a ring over a hollow: where its liquid runs down into it, and where it does not."""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.geometry.roots import find_root
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

BALL = 150.0  # radius, µm


def solved(mask, *steps, opening, depth=60.0, gravity=0.0, sidewall=90.0, **more):
    """Run of a land under a mask with a hollow in it, and the steps that follow."""
    angles = {"Cu": "30 deg", "FR4": "140 deg", "solder resist": f"{mask} deg"}
    pad = {"radius": "200 um", "thickness": "30 um", "material": "Cu"}
    coat = {
        "do": "coat",
        "layer": "mask",
        "material": "solder resist",
        "thickness": f"{depth} um",
        "opening": {"radius": f"{opening} um", "sidewall": f"{sidewall} deg", **more},
    }
    data = {
        "case": {"name": "hollow", "pitch": "0.8 mm"},
        "environment": {"gravity": gravity},
        "wetting": angles,
        "step": [{"do": "substrate", "pad": pad, "base": {"material": "FR4"}}, coat, *steps],
    }
    return run(Case.from_dict(data))


def said_of(done, condition):
    """Verdict and reason of a condition."""
    found = next(c for c in done.result["conditions"] if c["id"] == condition)
    return found["verdict"], found["reason"] or ""


def judged(mask, *steps, **told):
    """Reason of a refusal or None, its words, and what `no-closed-void` says."""
    done = solved(mask, *steps, **told)
    said = said_of(done, "no-closed-void")
    refused = done.refused
    if refused is None:
        return None, "", said
    return refused.reason, refused.detail, said


PUT = {"do": "deposit", "solder": "SAC305", "ball": {"diameter": f"{2 * BALL} um"}}
MELT = {"do": "reflow", "name": "attach", "peak": "245 degC"}
MOUNT = {
    "do": "mount",
    "name": "joint",
    "pad": {"radius": "150 um", "material": "Cu"},
    "base": {"material": "FR4"},
    "load": "0 N",
    "peak": "245 degC",
}


def cap(angle):
    """Volume of a cap of a sphere of radius 1 that meets its plane at an angle, by π/3."""
    c = math.cos(angle)
    return 2.0 - 3.0 * c + c**3


def sphere(young, opening):
    """Radius of the weightless liquid over an opening, above it and below: both are spheres'."""

    def excess(radius):
        return radius**3 * (cap(young) + cap(math.asin(opening / radius))) - 4.0 * BALL**3

    return find_root(excess, max(opening, 0.9 * BALL), 2.0 * BALL)


def widest(young):
    """Widest opening with an upright wall that liquid stays over: a = −R cosθ."""
    return find_root(lambda a: a + sphere(young, a) * math.cos(young), 0.1 * BALL, 0.75 * BALL)


@pytest.mark.parametrize("mask", [105.0, 120.0, 130.0])
@pytest.mark.parametrize("part", [0.999, 1.001])
def test_an_upright_wall_is_entered_above_its_pressure(mask, part):
    """2σ/R against −2σ cosθ/a; 0.1 % to either side, the sampling is far better than that."""
    limit = widest(math.radians(mask))
    reason, detail, (verdict, why) = judged(mask, PUT, MELT, opening=part * limit)
    if part < 1.0:
        assert reason == "gas_shut_in"
        assert "its inner line rests on the ring" in detail
        assert detail.startswith(
            "SAC305 closes the hole in mask over pad, and gas is trapped below"
        )
        assert "a smaller one, or a wider or shallower hole" in detail
        assert detail.endswith("or fill the hole in mask with paste first")
        assert verdict == "fails"
        assert "traps gas over a hollow, at attach (step 3)" in why
    else:
        assert reason is None
        assert verdict == "not judged"
        assert "whether the gas gets out is not followed" in why


def test_the_gas_is_the_hole_less_the_sagging_liquid():
    opening = 40.0
    radius = sphere(math.radians(120.0), opening)
    sag = math.pi / 3 * radius**3 * cap(math.asin(opening / radius))
    _, detail, _ = judged(120.0, PUT, MELT, opening=opening)
    gas = (math.pi * opening**2 * 60.0 - sag) * 1e-6  # nl
    said = float(detail.split(", with ")[1].split(" nl of gas")[0])
    assert said == pytest.approx(gas, rel=5e-3)  # three digits are told


@pytest.mark.parametrize(("sidewall", "falls"), [(46.0, True), (48.5, False)])
def test_down_a_leaning_wall_it_rests_where_it_is_narrow_enough(sidewall, falls):
    """140° on a wall that rises at 40° + φ: the meniscus of slope φ is R sinφ wide.

    At 47° that is the 20 µm of the opening's foot, as R is between the ball's and 10 % more.
    """
    reason, detail, _ = judged(140.0, PUT, MELT, opening=20.0, depth=60.0, sidewall=sidewall)
    assert reason == (None if falls else "gas_shut_in")
    assert falls or "rests on mask wall at z = " in detail


def test_a_wetted_wall_lets_it_down():
    reason, _, (verdict, _) = judged(80.0, PUT, MELT, opening=30.0)
    assert (reason, verdict) == (None, "not judged")


@pytest.mark.parametrize("depth", [20.0, 26.0])
def test_a_ball_that_reaches_the_floor_shuts_in_nothing_under_it(depth):
    """80 µm wide: its lowest point is R − √(R² − a²) = 23.1 µm under the rim."""
    reason, _, (verdict, _) = judged(140.0, PUT, MELT, opening=80.0, depth=depth)
    assert (reason, verdict) == ((None, "holds") if depth < 23.0 else ("gas_shut_in", "fails"))


def test_with_its_weight_it_stays_over_a_narrow_opening():
    for opening in (20.0, 80.0):
        assert judged(140.0, PUT, MELT, opening=opening, gravity=9.80665)[0] == "gas_shut_in"


def test_a_ball_that_first_melts_at_mounting():
    assert judged(140.0, PUT, MOUNT, opening=20.0)[0] == "gas_shut_in"


def test_its_neighbours_are_not_judged_because_it_was_refused():
    """Not because nothing has melted."""
    done = solved(140.0, PUT, MELT, opening=20.0)
    assert said_of(done, "neighbours-clear") == ("not judged", "attach was refused")


BROUGHT = {"solder": {"solder": "SAC305", "ball": {"diameter": f"{2 * BALL} um"}}}


@pytest.mark.parametrize(
    ("mask", "opening", "depth", "reason", "verdict"),
    [
        (140.0, 20.0, 60.0, "gas_shut_in", "fails"),
        (110.0, 90.0, 60.0, None, "not judged"),
        (140.0, 120.0, 20.0, None, "holds"),
    ],
)
def test_a_package_s_ball_that_meets_the_mask_first(mask, opening, depth, reason, verdict):
    """6.4 kPa of pressure: above −2σ cosθ/a = 4.0 kPa at 110° and 90 µm, below 40 kPa at 20 µm.

    The last one meets the pad before the mask.
    """
    found = judged(mask, {**MOUNT, **BROUGHT}, opening=opening, depth=depth)
    assert (found[0], found[2][0]) == (reason, verdict)


def test_a_ball_on_the_rim_of_the_package_s_own_resist():
    resist = {"material": "solder resist", "thickness": "60 um", "opening": {"radius": "20 um"}}
    found = judged(140.0, {**MOUNT, **BROUGHT, "resist": resist}, opening=190.0)
    assert found[0] == "gas_shut_in"


def test_a_bump_that_meets_the_package_s_resist_first():
    resist = {"material": "solder resist", "thickness": "60 um", "opening": {"radius": "20 um"}}
    steps = [PUT, MELT, {**MOUNT, "resist": resist}]
    assert judged(140.0, *steps, opening=190.0)[0] == "gas_shut_in"


def test_liquid_that_would_all_sag_below_its_ring_does_not_stay_on_it():
    """Pressed down so far round a core, more would hang in the opening than there is."""
    core = {"do": "core", "material": "FR4", "diameter": "85.5 um"}
    ball = {"do": "deposit", "solder": "SAC105", "ball": {"diameter": "113.4 um"}}
    hole = {"opening": 107.36, "sidewall": 112.52, "depth": 130.7}
    refused, words, _ = judged(101.25, core, ball, MELT, **hole, gravity=1750.0)
    assert refused != "gas_shut_in", words


def test_a_ball_of_the_package_that_stays_solid_shuts_in_gas_at_the_mount():
    """It closes the opening of the package's resist: what lies under it cannot be said to fill."""
    ball = {"do": "deposit", "solder": "Sn42Bi58", "volume": "2 nl"}
    resist = {"material": "solder resist", "thickness": "60 um", "opening": {"radius": "100 um"}}
    solder = {"solder": "SAC305", "ball": {"diameter": f"{2 * BALL} um"}}
    mount = {**MOUNT, "resist": resist, "solder": solder, "peak": "160 degC"}
    reason, _, (verdict, why) = judged(120.0, ball, mount, opening=180.0, depth=10.0)
    assert reason is None
    assert verdict == "fails"
    assert "enclosed on the package, by what does not melt there, at joint (step 3)" in why
    sunk = BALL - math.sqrt(BALL**2 - 100.0**2)
    gas = math.pi * (100.0**2 * 60.0 - sunk**2 * (BALL - sunk / 3.0)) * 1e-6  # nl
    assert float(why.split(" nl are")[0]) == pytest.approx(gas, rel=5e-3)  # three digits are told


def test_a_void_is_told_with_its_step_and_its_own_room():
    """A small ball on the rim of a hollow, coated round, and a large one on the coat's opening."""
    small = {**PUT, "ball": {"diameter": "100 um"}}
    coat = {"do": "coat", "layer": "over", "material": "solder resist", "thickness": "120 um",
            "opening": {"radius": "90 um"}}  # fmt: skip
    told = [n for n in solved(140, small, coat, PUT, opening=40).notes if "void" in n]

    def sunk(radius, rim):  # below the rim's plane
        deep = radius - math.sqrt(radius**2 - rim**2)
        return math.pi * deep**2 * (3.0 * radius - deep) / 3.0

    first = math.pi * 40**2 * 60 - sunk(50, 40)
    above = 4.0 / 3.0 * math.pi * 50**3 - sunk(50, 40)  # of the small ball, in the second hollow
    second = math.pi * 90**2 * 120 - sunk(BALL, 90) - above
    assert told == [
        f"deposit SAC305: it closes a void of {1e-6 * room:.4g} nl" for room in (first, second)
    ]
