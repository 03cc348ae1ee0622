"""Joints whose liquid leaves one body for the other, or parts, on its way to rest.

Problem    masks and pads that repel the liquid; a pad that it spreads on; a wetted disc's side
Reference  shooting from line to line (``shooting_two``)
Expect     1e-9 relative, the product's promise
"""

from __future__ import annotations

import math
import re

import pytest

from bumpform.case.case import Case
from bumpform.runner import run
from joints import UM
from shooting import Sphere, plane, point, shoot
from shooting_two import Line, shoot_two
from two_lines import TOLERANCE, liquid_of

pytestmark = pytest.mark.dolfinx

PAD = {"material": "Cu"}


def detail_of(ran):
    return ran.refused.detail


def is_shot(ran, load, *lines):
    """A carried joint's height and lower line, by shooting between two lines; the shot joint."""
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    volume, tension, b = liquid_of(stage, 9.81)
    shot = shoot_two(*lines, volume, capillarity=b, top=True, load=load / tension)
    assert metrics["standoff_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)
    lower, _ = stage["surface"]["contact_lines"]
    assert lower["r_m"] == pytest.approx(shot.r[0], rel=TOLERANCE)
    return shot


@pytest.mark.slow
@pytest.mark.parametrize("amount", [0.5, 0.7, 0.9, 1.2])
@pytest.mark.parametrize("load", [5e-6, 20e-6, 60e-6])
def test_a_package_comes_down_again_on_liquid_that_has_gone_over_to_it(amount, load):
    """On a mask that repels it a ball leaves for the pad, and is pressed on the mask lower down."""
    steps = [
        {
            "do": "substrate",
            "pad": {**PAD, "radius": 100 * UM, "thickness": 2 * UM},
            "base": {"material": "SiO2"},
        },
        {"do": "coat", "layer": "mask", "material": "solder resist", "thickness": 39.4 * UM},
        {"do": "deposit", "solder": "SAC105", "volume": f"{amount} nl"},
        {
            "do": "mount",
            "name": "joint",
            "pad": {**PAD, "radius": 100 * UM},
            "base": {"material": "Si"},
            "load": load,
            "peak": "240 degC",
        },
    ]
    ran = run(Case.from_dict({"case": {"name": "over"}, "step": steps}))
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    assert [lower["state"], upper["feature"]] == ["free", "package pad / package base"]
    assert metrics["held_by"] == "liquid"
    shot = is_shot(
        ran,
        load,
        Line(plane(39.4 * UM, 0.0), lower["r_m"], math.radians(lower["admissible_deg"][0])),
        Line(point(100 * UM, metrics["standoff_m"]), 0.0),
    )
    assert upper["angle_deg"] == pytest.approx(math.degrees(shot.theta[1]), rel=TOLERANCE)


def over_a_wide_pad(**mount):
    """A ball on a mask that repels it, under a pad that it spreads on far beyond the ball."""
    wet = {"Cu": "24 deg", "solder resist": "154 deg", "SiO2": "140 deg", "Si": "164 deg"}
    pad = {**PAD, "radius": 200 * UM}
    steps = [
        {"do": "substrate", "pad": pad | {"thickness": 2 * UM}, "base": {"material": "SiO2"}},
        {"do": "coat", "layer": "mask", "material": "solder resist", "thickness": 42.8 * UM},
        {"do": "deposit", "solder": "SAC305", "volume": "7.28 nl"},
        {"do": "mount", "name": "joint", "pad": pad, "base": {"material": "Si"}, **mount}
        | {"peak": "240 degC"},
    ]
    head = {"name": "over", "amounts": "liquid", "freezing": "none"}
    return run(Case.from_dict({"case": head, "wetting": wet, "step": steps}))


@pytest.mark.slow
@pytest.mark.parametrize("load", [20e-6, 0.2e-3, 1e-3])
def test_a_joint_that_goes_over_to_the_package_begins_again_where_that_meets_the_stack(load):
    """Its line on the mask has no rest down to there: it hangs from the pad alone on the way."""
    ran = over_a_wide_pad(load=load)
    assert ran.refused is None, detail_of(ran)
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    assert [lower["feature"], upper["feature"]] == ["mask top", "package pad / package base"]
    is_shot(
        ran,
        load,
        Line(plane(42.8 * UM, 0.0), lower["r_m"], math.radians(154.0)),
        Line(point(200 * UM, metrics["standoff_m"]), 0.0),
    )
    path = ran.history[-1].state.stage.equilibrium.path
    assert [m.why for m in path if m.event == "closes"] == ["the liquid goes over to the package"]


def test_a_package_that_liquid_has_gone_over_to_stays_above_the_stack():
    """Drawn up by the pad it hangs as a cap, and reaches down no further than that."""
    ran = over_a_wide_pad(standoff=200 * UM)
    assert ran.refused.reason == "no_joint"
    said = re.search(
        r"goes over to the package at a standoff of .* meet the stack again at ([\d.]+) µm only: "
        r"the package stays at 200 µm",
        detail_of(ran),
    )
    volume, _, b = liquid_of(ran.result["stages"][-1], 9.81)
    cap = shoot(point(200 * UM), volume, capillarity=-b)
    assert float(said[1]) * UM == pytest.approx(42.8 * UM + cap.apex_z, rel=1e-5)  # digits said


@pytest.mark.parametrize("load", [0.6e-3, 0.62e-3])
def test_liquid_that_lets_go_of_a_package_as_it_spreads_meets_it_again(load):
    """Pressed by a package that it does not wet, it runs over the pad's edge, and is lower then."""
    wet = {"Cu": "52 deg", "Ni": "166 deg", "SiO2": "76 deg"}
    base, side = {"material": "SiO2"}, 10.8 * UM
    steps = [
        {
            "do": "substrate",
            "pad": {**PAD, "radius": 546 * UM, "thickness": side, "proud": side},
            "base": base,
        },
        {"do": "deposit", "solder": "Sn42Bi58", "ball": {"diameter": 1170 * UM}},
        {
            "do": "mount",
            "name": "joint",
            "pad": {"radius": 549 * UM, "material": "Ni"},
            "base": base,
            "load": load,
            "peak": "143 degC",
        },
    ]
    head = {"name": "let go", "amounts": "liquid", "freezing": "none"}
    ran = run(Case.from_dict({"case": head, "wetting": wet, "step": steps}))
    assert ran.refused is None, detail_of(ran)
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    assert [lower["feature"], upper["feature"]] == ["base", "package pad"]
    is_shot(
        ran,
        load,
        Line(plane(-side, -0.5 * (546 * UM) ** 2 * side), lower["r_m"], math.radians(76.0)),
        Line(plane(metrics["standoff_m"]), upper["r_m"], math.radians(166.0)),
    )


def under_a_wetted_pad(load):
    """A little ball on glass that repels it, under a gold pad far wider than what it meets."""
    wet = {"Au": "17.8 deg", "SiO2": "147.6 deg", "Si": "136.7 deg"}
    pad = {"material": "Au", "radius": 75.2 * UM}
    steps = [
        {"do": "substrate", "pad": pad | {"thickness": 2 * UM}, "base": {"material": "SiO2"}},
        {"do": "coat", "layer": "glass", "material": "SiO2", "thickness": 67.3 * UM},
        {"do": "deposit", "solder": "Sn63Pb37", "volume": "0.146 nl"},
        {"do": "mount", "name": "joint", "pad": pad, "base": {"material": "Si"}}
        | {"load": load, "peak": "215 degC"},
    ]
    head = {"name": "let go", "amounts": "liquid", "freezing": "none"}
    return run(Case.from_dict({"case": head, "wetting": wet, "step": steps}))


@pytest.mark.parametrize("load", [-20e-6, -1e-6, 20e-6, 47.8e-6])
def test_liquid_whose_lower_line_is_its_neck_goes_over_to_the_package(load):
    """No surface is held with that line further in: it is the neck that parts, not lost.

    A pull smaller than that with which the joint begins does not keep the package from coming down.
    """
    ran = under_a_wetted_pad(load)
    assert ran.refused is None, detail_of(ran)
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    assert lower["feature"] == "glass top"
    if upper["state"] == "pinned":
        top = Line(point(75.2 * UM, metrics["standoff_m"]), 0.0)
    else:
        top = Line(plane(metrics["standoff_m"]), upper["r_m"], math.radians(17.8))
    is_shot(ran, load, Line(plane(67.3 * UM), lower["r_m"], math.radians(147.6)), top)
    path = ran.history[-1].state.stage.equilibrium.path
    assert [m.why for m in path if m.event == "closes"] == ["the liquid goes over to the package"]


def test_a_package_that_is_drawn_up_takes_such_liquid_with_it():
    ran = under_a_wetted_pad(-100e-6)
    assert ran.refused.reason == "no_joint"
    assert "parts there again: it does not draw the package down" in detail_of(ran)


@pytest.mark.parametrize("load", [-120e-6, -60e-6, -5e-6])
def test_liquids_that_meet_under_a_pull_are_drawn_in_from_where_they_end(load):
    """A melted ball round a core, and a package's own solder: no surface spans between their lines.

    It was refused as one that parts there again; under a load of no pull it joins, and is the same.
    """
    core, pad, peak = 79 * UM, PAD | {"radius": 280 * UM}, {"peak": "220 degC"}
    steps = [
        {
            "do": "substrate",
            "pad": {"material": "Ni", "radius": 280 * UM, "thickness": 5 * UM},
            "base": {"material": "SiO2"},
        },
        {"do": "core", "material": "Cu", "diameter": 2.0 * core},
        {"do": "deposit", "solder": "Sn63Pb37", "ball": {"diameter": 463 * UM}},
        {"do": "mount", "name": "joint", "pad": pad, "base": {"material": "FR4"}, "load": load}
        | {"solder": {"solder": "Sn63Pb37", "volume": "11 nl"}, "lifted": False}
        | peak,
    ]
    wet = {"Cu": "40 deg", "Ni": "30 deg", "SiO2": "130 deg"}
    ran = run(Case.from_dict({"case": {"name": "drawn"}, "wetting": wet, "step": steps}))
    assert ran.refused is None, detail_of(ran)
    lower, upper = ran.result["stages"][-1]["surface"]["contact_lines"]
    assert (lower["state"], upper["state"]) == ("free", "pinned")
    polar = math.acos(lower["z_m"] / core - 1.0)
    foot = Line(Sphere(core, core), polar, math.radians(40.0))
    is_shot(ran, load, foot, Line(point(280 * UM, ran.metrics["joint"]["standoff_m"]), 0.0))


def test_a_joint_that_would_part_says_where():
    """Liquid that runs down a wetted disc's side leaves its top: two bodies, not one."""
    steps = [
        {
            "do": "substrate",
            "pad": {"material": "Au", "radius": 100 * UM, "thickness": 10 * UM},
            "base": {"material": "SiO2"},
        },
        {"do": "coat", "layer": "mask", "material": "epoxy", "thickness": 8 * UM},
        {"do": "plate", "material": "Co", "radius": 150 * UM, "thickness": 100 * UM},
        {"do": "deposit", "solder": "SAC105", "volume": "1.376 nl"},
        {
            "do": "mount",
            "name": "joint",
            "pad": {**PAD, "radius": 100 * UM},
            "base": {"material": "polyimide"},
            "standoff": 126 * UM,
            "peak": "240 degC",
        },
    ]
    case = {"case": {"name": "disc"}, "wetting": {"Co": "10 deg"}, "step": steps}
    ran = run(Case.from_dict(case))
    assert ran.refused.reason == "penetration"
    assert "at the Co side that the liquid covers" in detail_of(ran)
    assert "part there into two bodies" in detail_of(ran)
