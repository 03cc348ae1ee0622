"""Ordinary joints as bundled: attached balls, a pillar's cap, drawn and hanging joints.

Problem    the bundled cases without a route, and the stacked masks as claimed
Reference  shooting from the axis, and from line to line
Expect     1e-9 relative, the product's promise; values of the literature to their last digit
"""

from __future__ import annotations

import math

import pytest
from scipy.integrate import quad

from bumpform.case.bundled import bundled_cases
from bumpform.case.file import load_case
from shooting import point, shoot
from shooting_two import Line, shoot_two
from two_lines import EARTH, TOLERANCE, UM, done, liquid_of

pytestmark = pytest.mark.dolfinx


def attached(name, stage_name, edge, moment):
    """A bump that an edge holds, against shooting; ∫½r²dz of the solid up to it."""
    found = done(name)
    [stage] = [s for s in found.result["stages"] if s["name"] == stage_name]
    volume, tension, b = liquid_of(stage, EARTH)
    shot = shoot(point(*edge, moment), volume, capillarity=b)
    [line] = stage["surface"]["contact_lines"]
    assert line["state"] == "pinned"
    assert (line["r_m"], line["z_m"]) == pytest.approx(edge, rel=1e-12)
    metrics = found.metrics[stage_name]
    assert metrics["ball_height_m"] == pytest.approx(shot.apex_z, rel=TOLERANCE)
    assert metrics["ball_diameter_m"] == pytest.approx(2.0 * shot.max_r, rel=TOLERANCE)
    assert stage["surface"]["pressure_Pa"] == pytest.approx(shot.pressure * tension, rel=TOLERANCE)
    return volume


def test_the_attached_ball():
    """Over the land, inside of the resist, up to its edge."""
    edge = (300 * UM, 20 * UM)
    volume = attached("bga_ball", "ball attach", edge, 0.5 * edge[0] ** 2 * edge[1])
    assert volume == pytest.approx(math.pi / 6 * (760 * UM) ** 3, rel=1e-12)


def test_the_ball_on_the_wafer():
    """The dish of the UBM: seed and copper, 5.3 µm, over a cone of 60° and round its rim."""
    film, step, foot = 5.3, 7.0, 90.0
    rim, slope = foot + step / math.tan(math.radians(60)), math.tan(math.radians(60))
    start = rim - film * math.sin(math.radians(60))
    floor = foot - film * math.tan(math.radians(30))

    def depth(r):
        if r < floor:
            return step
        if r < start:
            return step - (r - floor) * slope
        return film - math.sqrt(max(film**2 - (rim - r) ** 2, 0.0)) if r < rim else 0.0

    room = sum(
        quad(lambda r: r * depth(r), a, b, epsabs=0, epsrel=1e-13)[0]
        for a, b in ((0, floor), (floor, start), (start, rim))
    )
    volume = attached("wlcsp", "ball drop", (120 * UM, 12.3 * UM), room * UM**3)
    assert volume == pytest.approx(math.pi / 6 * (250 * UM) ** 3, rel=1e-12)


def test_the_pillars_cap():
    edge = (35 * UM, 48.5 * UM)
    # the nickel is level: its height is the edge's
    volume = attached("copper_pillar", "cap reflow", edge, 0.0)
    assert volume == pytest.approx(math.pi * 35**2 * 22 * UM**3, rel=1e-12)


def test_the_ball_fused_in_stacked_masks():
    """Metal of both pastes: the second fills what the first body leaves of its opening, too."""
    volume = attached("stacked_masks_as_claimed", "third reflow", (50 * UM, 4 * UM), 0.0)
    first, second = math.pi * 50**2 * 42, math.pi * 80**2 * 40
    body = 0.55 * first
    metal = body + 0.5 * (first - body + second)
    assert volume == pytest.approx(metal * UM**3, rel=1e-9)


def test_the_drawn_joint():
    """−897.641 µN, 516.52 Pa, 61.34° and 60.20°; waist 0.762 mm wide."""
    found = done("drawn_joint")
    surface = found.result["stages"][-1]["surface"]
    assert found.metrics["joint"]["joint_force_N"] == pytest.approx(-897.641e-6, abs=5e-10)
    assert surface["pressure_Pa"] == pytest.approx(516.52, abs=5e-3)
    angles = [line["angle_deg"] for line in surface["contact_lines"]]
    assert angles == pytest.approx([61.34, 60.20], abs=5e-3)


def test_the_hanging_package():
    """Its weight draws the joint to 557.7 µm; it comes off at 446.8 µN, near 0.82 mm."""
    found = done("hanging_package")
    metrics = found.metrics["hanging"]
    volume, tension, b = liquid_of(found.result["stages"][-1], -EARTH)
    radius, weight = 300 * UM, 14.985e-6 * EARTH

    lower, upper = Line(point(radius), 0.0), Line(point(radius, 500 * UM), 0.0)
    shot = shoot_two(lower, upper, volume, capillarity=b, top=True, load=-weight / tension)
    assert metrics["standoff_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)
    assert metrics["standoff_m"] == pytest.approx(557.7 * UM, abs=0.05 * UM)
    assert metrics["largest_pull_N"] == pytest.approx(446.75e-6, abs=0.05e-6)
    assert metrics["standoff_at_largest_pull_m"] == pytest.approx(0.82e-3, abs=0.005e-3)


@pytest.mark.slow
def test_the_joint_of_ball_and_paste_before_and_after_it_is_turned_over():
    """Its metal is the ball's and half of what is printed; its weight presses, then pulls."""
    found = done("second_side")
    weight = 8e-6 * EARTH
    printed = math.pi * 190**2 * 100  # the stencil lies on the proud land
    metal = math.pi / 6 * 450**3 + 0.9 * 0.5 * printed
    plug = math.pi * (200 * UM) ** 2 * 20 * UM  # what fills the package's opening
    # inside of the lower land's side, 35 µm; under the package's land, 20 µm of its resist
    lower = Line(point(200 * UM, -35 * UM, -0.5 * (200 * UM) ** 2 * 35 * UM), 0.0)
    for stage, gravity in zip(found.result["stages"], (EARTH, -EARTH), strict=True):
        volume, tension, b = liquid_of(stage, gravity)
        assert volume == pytest.approx(metal * UM**3, rel=1e-12)
        metrics = found.metrics[stage["name"]]
        upper = Line(point(200 * UM, 260 * UM), 0.0)
        load = math.copysign(weight, gravity) / tension + b * plug  # the plug is carried, too
        shot = shoot_two(lower, upper, volume - plug, capillarity=b, top=True, load=load)
        assert metrics["held_by"] == "liquid"
        assert metrics["standoff_m"] == pytest.approx(shot.z[1] + 20 * UM, rel=TOLERANCE)
        assert stage["surface"]["pressure_Pa"] == pytest.approx(
            shot.pressure * tension, rel=TOLERANCE
        )
    alone = done("bga_joint").metrics["assembly"]
    assert alone["standoff_m"] == found.metrics["assembly"]["standoff_m"]
    assert alone["joint_force_N"] == pytest.approx(weight, rel=TOLERANCE)
    assert found.metrics["second side"]["joint_force_N"] == pytest.approx(-weight, rel=TOLERANCE)
    assert found.metrics["second side"]["standoff_m"] > alone["standoff_m"]


def test_the_pillow_is_open_by_what_is_told():
    """By the gap that is left to the largest that joins, which is that of the joint that closes."""
    found = done("head_in_pillow")
    [closed] = [c for c in found.result["conditions"] if c["id"] == "joint-closed"]
    gap = found.metrics["assembly"]["largest_joining_gap_m"]
    assert closed["verdict"] == "fails"
    assert closed["value"] == pytest.approx(480 * UM - gap, rel=1e-9)
    alone = done("bga_joint").metrics["assembly"]["largest_joining_gap_m"]
    assert gap == pytest.approx(alone, rel=1e-9)


@pytest.mark.parametrize("name", [n for n in bundled_cases() if load_case(n).route is None])
def test_an_ordinary_joint_is_taken_for_no_route(name):
    assert {c["route"] for c in done(name).result["conditions"]} <= {"general", "requirement"}
    assert not any("[case] route" in note for note in done(name).notes)
