"""Joints as people make them: drawn, hanging, without load, set down at once.

Reference  shooting from line to line (``shooting_two``)
Expect     1e-9 relative, the product's promise; the largest pull's height 1e-7, since a minimum is
           found by its values to the root of their error
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.runner import run
from joints import UM, drawn_column, force_told, hanging, mounted, wide_upper_pad
from shooting import plane, point
from shooting_two import Line, shoot_two
from two_lines import TOLERANCE, liquid_of

pytestmark = pytest.mark.dolfinx

PEOPLE = Path(__file__).parent.parent / "people"
COLUMN, HANGING = 500 * UM, 300 * UM


def line_of(contact):
    """A contact line of result.json for shooting: on its edge, or sliding from where it is."""
    if contact["state"] == "pinned":
        return Line(point(contact["r_m"], contact["z_m"]), 0.0)
    low, high = contact["admissible_deg"]
    assert low == high
    return Line(plane(contact["z_m"]), contact["r_m"], math.radians(low))


def shot_of(stage, gravity, load=None):
    """The shot joint with the lines of a stage, from its height on."""
    volume, tension, b = liquid_of(stage, gravity)
    lower, upper = stage["surface"]["contact_lines"]
    loaded = None if load is None else load / tension
    return shoot_two(
        line_of(lower), line_of(upper), volume, capillarity=b, top=True, load=loaded
    ), tension


def agrees(stage, metrics, shot, tension):
    """Every number to 1e-9 of its size, or of the drop's."""
    surface, size = stage["surface"], stage["surface"]["contact_lines"][0]["r_m"]
    lower, upper = surface["contact_lines"]
    for got, exact, scale in (
        (metrics["standoff_m"], shot.z[1], size),
        (metrics["joint_force_N"], shot.force * tension, tension * size),
        (metrics["ball_diameter_m"], 2.0 * shot.max_r, size),
        (surface["pressure_Pa"], shot.pressure * tension, tension / size),
        (lower["r_m"], shot.r[0], size),
        (upper["r_m"], shot.r[1], size),
        (lower["angle_deg"], math.degrees(shot.theta[0]), 57.3),
        (upper["angle_deg"], math.degrees(shot.theta[1]), 57.3),
    ):
        assert abs(got - exact) <= TOLERANCE * max(abs(exact), scale), (got, exact)


# drawn by a fixture


@pytest.mark.slow
@pytest.mark.parametrize("standoff", [450, 600, 680, 690, 700, 800, 1000, 1200, 1300])
def test_a_joint_is_drawn_as_far_as_it_goes(standoff):
    """Free it is 690 µm high: pressed, and drawn to nearly twice that, past its largest pull."""
    ran = run(drawn_column(standoff * UM))
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    shot, tension = shot_of(stage, 9.8)
    agrees(stage, metrics, shot, tension)
    assert metrics["held_by"] == "fixture"


def test_the_drawn_column():
    """−897.641 µN, 516.52 Pa at the lower pad, waist 381.07 µm, 61.34° and 60.20°: as printed."""
    ran = run(drawn_column(800 * UM))
    surface = ran.result["stages"][-1]["surface"]
    assert ran.metrics["joint"]["joint_force_N"] == pytest.approx(-897.641e-6, abs=5e-10)
    assert surface["pressure_Pa"] == pytest.approx(516.52, abs=5e-3)
    angles = [c["angle_deg"] for c in surface["contact_lines"]]
    assert angles == pytest.approx([61.34, 60.20], abs=5e-3)
    meridian = ran.snapshots[-1].meridians[0]
    t = np.linspace(0.0, meridian.breaks[-1], 2001)
    assert meridian.point(t)[:, 0].min() == pytest.approx(381.07e-6, abs=5e-9)


@pytest.mark.parametrize("standoff", [1500, 3000, 20000])
def test_a_joint_that_parts_is_told_with_the_gap(standoff):
    ran = run(drawn_column(standoff * UM))
    assert ran.refused.reason == "no_joint"
    assert "parts at a standoff of about 1.3" in ran.refused.detail
    assert "are missing" in ran.refused.detail


# the largest pull


def largest_by_shooting(stage, gravity, radius, low, high):
    """Largest pull over all heights, N, and its height, between pads of one radius."""
    volume, tension, b = liquid_of(stage, gravity)
    lower = Line(point(radius, 0.0), 0.0)

    def force(height):
        upper = Line(point(radius, height), 0.0)
        return shoot_two(lower, upper, volume, capillarity=b, top=True).force * tension

    best = minimize_scalar(force, bounds=(low, high), method="bounded", options={"xatol": 1e-11})
    return -float(best.fun), float(best.x)


@pytest.mark.slow
@pytest.mark.parametrize("standoff", [600, 800, 1200])
def test_largest_pull_of_the_drawn_column(standoff):
    """From below it, next to it and from beyond: the same."""
    ran = run(drawn_column(standoff * UM))
    pull, height = largest_by_shooting(ran.result["stages"][-1], 9.8, COLUMN, 5e-4, 9e-4)
    metrics = ran.metrics["joint"]
    assert metrics["largest_pull_N"] == pytest.approx(pull, rel=TOLERANCE)
    assert metrics["standoff_at_largest_pull_m"] == pytest.approx(height, rel=1e-6)


@pytest.mark.slow
def test_the_hanging_package_comes_off_at_446_7_micronewtons():
    """Near 0.82 mm; a mass below that hangs, one above falls, and is told the largest."""
    ran = run(hanging(mass="15 mg"))
    pull, height = largest_by_shooting(ran.result["stages"][-1], -9.81, HANGING, 7e-4, 9.5e-4)
    metrics = ran.metrics["joint"]
    assert metrics["largest_pull_N"] == pytest.approx(pull, rel=TOLERANCE)
    assert metrics["standoff_at_largest_pull_m"] == pytest.approx(height, rel=1e-6)
    assert pull == pytest.approx(446.75e-6, abs=0.05e-6)
    assert run(hanging(mass=pull / 9.81 * (1 - 1e-6))).refused is None
    fallen = run(hanging(mass=pull / 9.81 * (1 + 1e-6)))
    assert fallen.refused.reason == "no_equilibrium"
    assert force_told(fallen) == pytest.approx(pull, rel=1e-8)


@pytest.mark.slow
def test_largest_pull_beyond_edges_that_lines_come_to():
    """Lines slide off the base, come to edges and leave them on the way: the fold by shooting."""
    metrics = run(wide_upper_pad(-2e-4)).metrics["joint"]
    stage = run(wide_upper_pad(-2.9e-4)).result["stages"][-1]
    volume, tension, b = liquid_of(stage, 9.81)
    lower = Line(point(76 * UM), 0.0)

    def force(height):
        upper = Line(plane(height), 80 * UM, math.radians(53))
        return shoot_two(lower, upper, volume, capillarity=b, top=True).force * tension

    best = minimize_scalar(
        force, bounds=(3.4e-5, 4.2e-5), method="bounded", options={"xatol": 1e-12}
    )
    assert metrics["largest_pull_N"] == pytest.approx(-float(best.fun), rel=TOLERANCE)
    assert metrics["standoff_at_largest_pull_m"] == pytest.approx(float(best.x), rel=1e-6)


def test_a_joint_held_where_it_would_come_off_has_the_same_largest_pull():
    """There the matrix of Newton's step is singular; a fixture's height does not move the fold."""
    case = load_case("drawn_joint").with_values({"wetting.Cu": "3.95689 deg",
                                                 "wetting.FR4": "123.882 deg",
                                                 "mount.joint.peak": "277.047 degC"})  # fmt: skip
    near, apart = (
        run(case.with_values({"mount.joint.standoff": value})).metrics["joint"]
        for value in (7.872e-4, 8e-4)
    )
    for name in ("largest_pull_N", "standoff_at_largest_pull_m"):
        assert near[name] == pytest.approx(apart[name], rel=TOLERANCE if "pull_N" in name else 1e-6)


# what hangs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("held", "load", "standoff"),
    [
        ({"load": "0.147 mN"}, 1.47e-4, 491.9),
        ({"mass": 1.47e-4 / 9.81}, -1.47e-4, 557.7),
        ({"mass": "40 mg"}, -40e-6 * 9.81, None),
        ({"mass": 0.0}, 0.0, None),
    ],
)
def test_a_mass_turns_with_the_orientation_and_a_load_does_not(held, load, standoff):
    ran = run(hanging(**held))
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    shot, tension = shot_of(stage, -9.81, load)
    agrees(stage, metrics, shot, tension)
    if standoff is not None:
        assert metrics["standoff_m"] == pytest.approx(standoff * UM, abs=0.05 * UM)


# from pulls through none to pressing


@pytest.mark.slow
@pytest.mark.parametrize(
    "load", [-2.9e-4, -2.5e-4, -2e-4, -1e-4, -5e-5, 0.0, 5e-5, 2e-4, 1e-3, 5e-3]
)
def test_a_thin_wide_joint_under_any_load(load):
    """The force bends sharply where a line comes to an edge: its balance is found all the same."""
    ran = run(wide_upper_pad(load))
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    shot, tension = shot_of(stage, 9.81, load)
    agrees(stage, metrics, shot, tension)
    assert metrics["joint_stiffness_N_m"] > 0.0


def test_the_joint_without_load():
    """18.33224 µm, lower line at 103.0092 µm, dF/dh = −291 N/m: as printed."""
    ran = run(wide_upper_pad(0.0))
    metrics = ran.metrics["joint"]
    assert metrics["standoff_m"] == pytest.approx(18.33224 * UM, abs=5e-12)
    assert metrics["joint_stiffness_N_m"] == pytest.approx(291, abs=0.5)
    lower = ran.result["stages"][-1]["surface"]["contact_lines"][0]
    assert lower["r_m"] == pytest.approx(103.0092 * UM, abs=5e-11)


@pytest.mark.slow
@pytest.mark.parametrize("load", [-3e-4, -1e-3])
def test_a_pull_that_nothing_holds_is_told_the_largest(load):
    """Over all heights, not of the branch on which the package happened to be."""
    ran = run(wide_upper_pad(load))
    largest = run(wide_upper_pad(-2e-4)).metrics["joint"]["largest_pull_N"]
    assert ran.refused.reason == "no_equilibrium"
    assert force_told(ran) == pytest.approx(largest, rel=1e-8)


# lands that stand proud


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [9.81, -9.81, 400.0])
@pytest.mark.parametrize("upper_pad", [150 * UM, 80 * UM])
@pytest.mark.parametrize("load", [3e-4, 0.0])
def test_liquid_that_wets_the_sides_of_proud_pads(load, upper_pad, gravity):
    """Both pads stand in the liquid: they take its room, and the upper one is buoyed up by it."""
    radius, below, above = 150 * UM, 35 * UM, 30 * UM
    pad = {"material": "Cu", "thickness": "35 um"}
    ran = run(
        Case.from_dict(
            {
                "case": {"name": "proud"},
                "environment": {"gravity": gravity},
                "wetting": {"Cu": "25 deg", "FR4": "130 deg"},
                "step": [
                    {
                        "do": "substrate",
                        "pad": {**pad, "radius": radius, "proud": below},
                        "base": {"material": "FR4"},
                    },
                    {"do": "deposit", "solder": "Sn63Pb37", "volume": "30 nl"},
                    {
                        "do": "mount",
                        "name": "joint",
                        "pad": {**pad, "radius": upper_pad, "proud": above},
                        "base": {"material": "FR4", "thickness": "0.2 mm"},
                        "load": load,
                        "peak": "215 degC",
                    },
                ],
            }
        )
    )
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    assert [lower["feature"], upper["feature"]] == ["base", "package base"]
    volume, tension, b = liquid_of(stage, gravity)
    taken = math.pi * upper_pad**2 * above
    shot = shoot_two(
        Line(plane(-below, -0.5 * radius**2 * below), lower["r_m"], math.radians(130)),
        Line(plane(metrics["standoff_m"] + above), upper["r_m"], math.radians(130)),
        volume + taken,
        capillarity=b,
        top=True,
        load=load / tension - b * taken,
    )
    assert metrics["standoff_m"] == pytest.approx(shot.z[1] - above, rel=TOLERANCE)
    pressure = shot.pressure * tension
    assert stage["surface"]["pressure_Pa"] == pytest.approx(pressure, rel=TOLERANCE)
    assert lower["r_m"] == pytest.approx(shot.r[0], rel=TOLERANCE)
    assert upper["r_m"] == pytest.approx(shot.r[1], rel=TOLERANCE)


# what is touched on the way


OPEN, THICK = 340 * UM, 84 * UM


def under_a_wide_resist(standoff, base):
    """Hanging liquid that comes to the wall of a resist; ``base``: angle on its base."""
    resist = {"material": "solder resist", "thickness": THICK, "opening": {"radius": OPEN}}
    wet = {"Cu": "39 deg", "Ni": "47 deg", "solder resist": "143 deg"}
    return run(
        mounted(
            {"volume": "74 nl"},
            {
                "pad": {"radius": 239 * UM, "material": "Ni"},
                "resist": resist,
                "standoff": standoff * UM,
            },
            pad=390 * UM,
            gravity=-9.81,
            peak="220 degC",
            wetting=wet | {"FR4": f"{base} deg"},
        )
    )


@pytest.mark.slow
@pytest.mark.parametrize("standoff", [188, 190, 193, 195])
@pytest.mark.parametrize("base", [120, 126])
def test_liquid_that_comes_to_a_wide_resist_goes_on_from_its_edge(base, standoff):
    """From the package's base its surface would enter the resist: it touches that instead."""
    opening, thickness = OPEN, THICK
    ran = under_a_wide_resist(standoff, base)
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    assert upper["feature"] == "package resist top edge"
    volume, tension, b = liquid_of(stage, -9.81)
    recess = math.pi * opening**2 * thickness
    top = Line(point(opening, standoff * UM - thickness), 0.0)
    shot = shoot_two(line_of(lower), top, volume - recess, capillarity=b, top=True)
    force = (shot.force - b * recess) * tension
    assert metrics["joint_force_N"] == pytest.approx(force, rel=TOLERANCE)
    assert lower["r_m"] == pytest.approx(shot.r[0], rel=TOLERANCE)


@pytest.mark.parametrize("base", [128, 138])
def test_a_wide_resist_whose_corner_stays_empty_is_not_covered(base):
    """From 127° + 143° on the liquid does not fill the corner of base and resist."""
    refused = under_a_wide_resist(190, base).refused
    assert refused.reason == "unfilled_corner"
    assert "package base and package resist wall" in refused.detail


# with and without a reflow before


AMOUNTS = {
    "cap": {"volume": "231.667 nl"},
    "column": {"column": {"radius": "300 um", "height": "800 um"}},
    "stencil": {"stencil": {"radius": "400 um", "thickness": "900 um", "metal_fraction": 0.5}},
}


@pytest.mark.slow
@pytest.mark.parametrize("held", [{"load": "0.147 mN"}, {"mass": "50 mg"}, {"standoff": "0.6 mm"}])
@pytest.mark.parametrize("mask", [None, (25 * UM, 280 * UM)])
@pytest.mark.parametrize("amount", AMOUNTS)
def test_mounting_at_once_is_mounting_after_a_reflow(amount, mask, held):
    """The liquid takes the same shape under the package: equal to the error estimates."""
    mount = {"pad": {"radius": "12.5 mil", "material": "Ni"}, **held}
    once, twice = (
        run(mounted(AMOUNTS[amount], mount, pad="12.5 mil", mask=mask, reflow=reflow))
        for reflow in (False, True)
    )
    assert once.refused is None
    assert twice.refused is None
    numbers = [run.metrics["joint"] | {"held_by": 0.0} for run in (once, twice)]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-9)
    assert once.metrics["joint"]["held_by"] == twice.metrics["joint"]["held_by"]
