"""Joints molten again: second side, hotter reflows, what melts beside them.

Reference  shooting from line to line (``shooting_two``), and of sessile and hanging drops
Expect     1e-9 relative, the product's promise
"""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.runner import run
from joints import UM
from judged_cases import place, sections
from packages import LAND, agrees, bump, package, shot_of
from shooting import point
from shooting_two import Line, shoot_two
from two_lines import TOLERANCE, liquid_of

pytestmark = pytest.mark.dolfinx

PASTE = {"solder": "SAC305", "volume": 5e-12}
AGAIN = {"do": "reflow", "name": "again", "peak": "245 degC"}
PLATED = {"do": "plate", "layer": "UBM", "material": "Cu", "radius": 160 * UM, "thickness": 60 * UM}
DEEP = {"do": "coat", "layer": "over", "material": "solder resist", "thickness": 60 * UM}
DEEP |= {"opening": {"radius": LAND}}
BESIDE = {"material": "solder resist", "thickness": 25 * UM, "opening": {"radius": 155 * UM}}


@pytest.mark.slow
@pytest.mark.parametrize("held", [{"load": 2e-4}, {"mass": "20 mg"}, {"standoff": 300 * UM}])
@pytest.mark.parametrize("solder", [None, PASTE])
def test_a_joint_molten_again_is_what_it_was(held, solder):
    """Nothing has changed: the same to the error estimates, and to shooting."""
    given = {} if solder is None else {"solder": solder}
    ran = package(steps=bump(volume=20e-12), **held, **given, after=[AGAIN])
    assert ran.refused is None
    first, second = ran.metrics["joint"], ran.metrics["again"]
    for name, value in second.items():
        if isinstance(value, float) and value:
            assert value == pytest.approx(first[name], rel=1e-8, abs=1e-15), name
    assert ran.result["stages"][-1]["kind"] == "reflow"
    agrees(
        ran.result["stages"][-1],
        second,
        shot_of(ran.result["stages"][-1], 9.81, second["standoff_m"]),
    )


def test_a_second_side_reflow_hangs_the_package():
    """Turned over, the package's mass pulls where it pressed; a load stays what it is."""
    weight = 20e-6 * 9.81
    turned = AGAIN | {"orientation": "down"}
    ran = package(steps=bump(volume=33e-12), mass="20 mg", after=[turned])
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["again"]
    assert metrics["joint_force_N"] == pytest.approx(-weight, rel=TOLERANCE)
    agrees(stage, metrics, shot_of(stage, -9.81, metrics["standoff_m"], load=-weight))
    pressed = package(steps=bump(volume=33e-12), load=2e-4, after=[turned]).metrics["again"]
    assert pressed["joint_force_N"] == pytest.approx(2e-4, rel=TOLERANCE)
    mounted = package(
        steps=bump(volume=33e-12), mass="20 mg", orientation="down", after=[AGAIN]
    ).metrics
    assert mounted["joint"]["standoff_m"] == pytest.approx(metrics["standoff_m"], rel=1e-8)
    assert mounted["again"]["joint_force_N"] == pytest.approx(weight, rel=TOLERANCE)


def test_too_heavy_for_the_second_side():
    ran = package(steps=bump(volume=33e-12), mass="80 mg", after=[AGAIN | {"orientation": "down"}])
    assert ran.result["stages"][-1]["name"] == "again"
    assert "comes off under a pull" in ran.refused.detail
    told = [c["verdict"] for c in ran.result["conditions"] if c["id"] == "joint-closed"]
    assert told == ["holds", "fails"]


def test_more_melts_in_a_hotter_reflow():
    """A bump of the package, or the ball, stays solid when mounted, and joins the liquid later."""
    high = {"solder": "Pb95Sn5", "volume": 2e-12}
    ran = package(
        steps=bump(volume=20e-12), solder=high, load=2e-4, after=[AGAIN | {"peak": "350 degC"}]
    )
    assert ran.result["stages"][-2]["molten"] == ["SAC305"]
    assert ran.result["stages"][-1]["molten"] == ["SAC305", "Pb95Sn5"]
    stage, metrics = ran.result["stages"][-1], ran.metrics["again"]
    agrees(stage, metrics, shot_of(stage, 9.81, metrics["standoff_m"], load=2e-4))


@pytest.mark.parametrize("orientation", ["up", "down"])
def test_a_ball_that_touched_its_land_in_a_point_melts_into_the_joint(orientation):
    """Nothing has frozen there: the liquid spreads on the land from a point, and is then as if all
    had melted when the package was mounted."""
    data = sections("hybrid_joint")
    ball = {"solder": "SAC305", "ball": {"diameter": "0.4 mm"}}
    data["step"][place(data, "deposit")] = {"do": "deposit", **ball}
    at = place(data, "mount")
    paste = {"solder": "Sn42Bi58", "ball": {"diameter": "0.4 mm"}, "attached": "180 degC"}
    data["step"][at] |= {"solder": paste, "mass": "5 mg"}
    again = run(
        Case.from_dict(data | {"step": [*data["step"], AGAIN | {"orientation": orientation}]})
    )
    assert again.result["stages"][0]["molten"] == ["Sn42Bi58"]
    data["step"][at] |= {"peak": "245 degC", "orientation": orientation}
    once = run(Case.from_dict(data))
    assert again.refused is None and once.refused is None
    found, expected = again.metrics["again"], once.metrics["assembly"]
    for name in ("standoff_m", "joint_force_N", "ball_diameter_m"):
        assert found[name] == pytest.approx(expected[name], rel=1e-8), name


def test_an_open_joint_stays_open_or_joins_when_the_package_comes_down():
    """Held at its standoff nothing changes; what a load presses joins at once."""
    made = {"steps": bump(volume=20e-12), "solder": PASTE, "after": [AGAIN]}
    ran = package(**made, standoff=600 * UM, lifted=True)
    first, second = ran.metrics["joint"], ran.metrics["again"]
    assert second["open_gap_m"] == pytest.approx(first["open_gap_m"], rel=1e-8)


def beside_a_core(*after, ring=("160 um", "60 um"), resist=None):
    """Eutectic in a ring round a ball's foot, and a joint of SAC305 on the ball's top."""
    land = {"radius": LAND, "thickness": "5 um", "material": "Cu"}
    radius, thickness = ring
    print_ = {"radius": radius, "thickness": thickness, "metal_fraction": 0.5}
    over = {"radius": "60 um", "material": "Cu", "thickness": "10 um"}
    joint = {"do": "mount", "name": "joint", "pad": over, "base": {"material": "SiO2"}}
    joint |= {"load": "2 mN", "peak": "245 degC"}
    if resist is not None:
        opening = {"radius": "160 um"}
        joint["resist"] = {"material": "solder resist", "thickness": resist, "opening": opening}
    angles = {"Cu": "25 deg", "SiO2": "150 deg", "Ni": "70 deg", "solder resist": "150 deg"}
    steps = [
        {"do": "substrate", "pad": land, "base": {"material": "SiO2"}},
        {"do": "core", "material": "Ni", "diameter": 2.0 * LAND},
        {"do": "deposit", "solder": "Sn63Pb37", "stencil": print_},
        {"do": "reflow", "name": "ring", "peak": "215 degC"},
        {"do": "deposit", "solder": "SAC305", "ball": {"diameter": "40 um"}},
        joint,
        *after,
    ]
    return run(Case.from_dict({"case": {"name": "beside"}, "wetting": angles, "step": steps}))


def test_what_melts_beside_a_joint_that_stays_solid():
    """The joint holds the package where it is; the ring is what it was before the mount."""
    cooler = AGAIN | {"name": "cooler", "peak": "215 degC"}
    ran = beside_a_core(cooler, AGAIN)
    assert (ran.refused, ran.stopped) == (None, None)
    ring, _, beside, again = ran.result["stages"]
    assert beside["molten"] == ["Sn63Pb37"]
    for one, other in zip(
        ring["surface"]["contact_lines"], beside["surface"]["contact_lines"], strict=True
    ):
        assert other["r_m"] == pytest.approx(one["r_m"], rel=1e-8)
        assert other["z_m"] == pytest.approx(one["z_m"], rel=1e-8, abs=1e-15)
        assert other["angle_deg"] == pytest.approx(one["angle_deg"], rel=1e-8)
    assert beside["liquid"]["mass_kg"] == pytest.approx(ring["liquid"]["mass_kg"], rel=1e-12)
    names = {region.name for region in ran.history[-2].state.stack.regions}
    assert {"package pad", "SAC305", "Sn63Pb37"} <= names
    assert again["molten"] == ["SAC305"]
    assert ran.metrics["again"]["standoff_m"] == ran.metrics["joint"]["standoff_m"]


def test_a_ring_that_touches_the_package_beside_the_joint():
    ran = beside_a_core(ring=("320 um", "200 um"), resist="60 um")
    assert ran.refused.reason == "penetration"
    assert "Sn63Pb37: beside the joint, liquid would touch the package at" in ran.refused.detail
    assert "z = 240 µm" in ran.refused.detail


@pytest.mark.parametrize("held", [{"load": 2e-4}, {"standoff": 600 * UM, "lifted": True}])
def test_solid_amounts_that_shrink_in_joints_molten_again(held):
    """Mass is that of the metal put down in every stage; what froze has its contents' volume."""
    lower, upper = 20e-12, 6e-12
    turned = AGAIN | {"name": "turned", "orientation": "down"}
    ran = package(
        steps=bump("Sn63Pb37", volume=lower),
        solder={"solder": "Sn63Pb37", "volume": upper},
        after=[AGAIN, turned],
        case={"amounts": "solid", "freezing": "shrinks"},
        **held,
    )
    assert (ran.refused, ran.stopped) == (None, None)
    first, *mounted = (
        math.fsum(one["liquid"]["mass_kg"] for one in (stage, *stage.get("bodies", ())))
        for stage in ran.result["stages"]
    )
    for mass in mounted:
        assert mass == pytest.approx(first * (lower + upper) / lower, rel=1e-12)
    one, other = ran.metrics["joint"], ran.metrics["again"]
    for name in ("standoff_m", "joint_force_N", "open_gap_m", "frozen_standoff_m"):
        assert (name in one) is (name in other)
        if name in one:
            assert other[name] == pytest.approx(one[name], rel=1e-8)
    state = ran.history[-1].state
    solder = [region for region in state.stack.regions if region.kind == "solder"]
    assert len(solder) == (2 if "lifted" in held else 1)
    for region in solder:
        assert region.volume == pytest.approx(state.contents[region.name].volume, rel=1e-8)
    liquid = math.fsum(
        one["liquid"]["volume_m3"]
        for one in (ran.result["stages"][-1], *ran.result["stages"][-1].get("bodies", ()))
    )
    frozen = math.fsum(region.volume for region in solder)
    assert frozen == pytest.approx(lower + upper, rel=1e-8)  # it is told at 25 °C, as put down
    assert frozen < 0.97 * liquid  # no longer molten


@pytest.mark.parametrize(
    ("steps", "given", "filled"),
    [
        # 114° on the edge of plated metal, which holds up to 115°
        ((PLATED, *bump(volume=12e-12)), {}, 157 * UM),
        # a film of 42 µm between an opening 60 µm deep and a proud pad
        ((DEEP, *bump(volume=7.24e-12)), {"proud": 20 * UM, "resist": BESIDE}, 100 * UM),
    ],
)
def test_what_melts_again_lifts_the_package_before_it_runs_out(steps, given, filled):
    """Melting is freezing's way back: the lines stay where they froze, the package floats up.

    Filled up under a package that is held where it froze, the liquid runs over an edge that would
    hold it, and the package comes to rest lower, at ``filled``.
    """
    ran = package(
        steps=steps,
        load=0.0,
        repels="110 deg",
        after=[AGAIN, AGAIN | {"name": "third"}],
        case={"amounts": "liquid", "freezing": "shrinks"},
        **given,
    )
    first = ran.metrics["joint"]
    assert first["standoff_m"] > filled + 2 * UM
    assert first["frozen_standoff_m"] < first["standoff_m"] - 2 * UM
    for stage in ("again", "third"):
        for name in ("standoff_m", "ball_diameter_m", "frozen_standoff_m"):
            assert ran.metrics[stage][name] == pytest.approx(first[name], rel=1e-8), stage


def test_an_open_joint_is_at_the_standoff_that_the_fixture_takes_it_to():
    """The package comes down on a tall mask first, where the bump does not reach it."""
    collar = {"material": "polyimide", "thickness": 300 * UM, "opening": {"radius": 3 * LAND}}
    tall = {"do": "coat", "layer": "collar", **collar}
    ran = package(steps=(*bump(volume=4e-12), tall), standoff=400 * UM)
    metrics, apex = ran.metrics["joint"], ran.result["stages"][0]["surface"]["apex_z_m"]
    assert metrics["held_by"] == "fixture"
    assert metrics["standoff_m"] == 400 * UM
    assert metrics["open_gap_m"] == pytest.approx(400 * UM - apex, rel=TOLERANCE)


# liquid that runs into a joint from further out


def test_a_ring_that_runs_down_a_post_into_a_joint_is_part_of_it():
    """Turned over, the ring at a post's foot slides to the post's end, where the joint is.

    Between the foot and the package no surface holds both; further down the post one does, and
    draws back to the rim of its end: a bridge between two rims, of both liquids.
    """
    post, wide, high, standoff = 17 * UM, 30 * UM, 48 * UM, 73 * UM
    amounts = 1.6e-15, 3.6e-14
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": 36 * UM, "thickness": 11 * UM, "material": "Al", "proud": 0.0},
            "base": {"material": "FR4"},
        },
        {
            "do": "coat",
            "layer": "mask",
            "material": "polyimide",
            "thickness": 20 * UM,
            "opening": {"radius": 22 * UM},
        },
        {"do": "plate", "material": "Cu", "radius": post, "thickness": high},
        {"do": "deposit", "solder": "Pb95Sn5", "volume": amounts[0]},
        {"do": "reflow", "name": "ring", "peak": "350 degC"},
        {
            "do": "mount",
            "name": "joint",
            "pad": {"radius": wide, "material": "Cu"},
            "base": {"material": "FR4"},
            "solder": {"solder": "Pb95Sn5", "volume": amounts[1]},
            "standoff": standoff,
            "peak": "350 degC",
        },
        {"do": "reflow", "name": "after", "peak": "350 degC", "orientation": "down"},
    ]
    wet = {"Cu": "30 deg", "Al": "140 deg", "FR4": "140 deg", "polyimide": "135 deg"}
    head = {"name": "post", "amounts": "liquid", "freezing": "none"}
    ran = run(Case.from_dict({"case": head, "wetting": wet, "step": steps}))
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["after"]
    lower, upper = stage["surface"]["contact_lines"]
    assert (lower["state"], upper["state"]) == ("pinned", "pinned")
    volume, tension, b = liquid_of(stage, -9.81)
    assert volume == pytest.approx(sum(amounts))
    shot = shoot_two(
        Line(point(post, high), 0.0),
        Line(point(wide, standoff), 0.0),
        volume,
        capillarity=b,
        top=True,
    )
    assert metrics["joint_force_N"] == pytest.approx(shot.force * tension, rel=TOLERANCE)
    for line, theta in zip((lower, upper), shot.theta, strict=True):
        assert line["angle_deg"] == pytest.approx(math.degrees(theta), rel=TOLERANCE)
