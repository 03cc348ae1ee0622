"""Mounted joints, from the case file to the standoff, agree with shooting.

Problem    whole cases with a package on the bump: loaded, pulled, held by a fixture, standing on a
           copper ball or on a core of solder that is solid or molten
Reference  shooting from line to line (``shooting_two``), round the shot core where there is one
Expect     1e-9 relative, the product's promise
"""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.runner import run
from shooting import Sphere, plane, point, shoot
from shooting_two import Line, shoot_two
from two_lines import (
    BALL_MOMENT,
    BALL_PAD,
    BALL_RADIUS,
    EARTH,
    TOLERANCE,
    UM,
    done,
    liquid_of,
)

pytestmark = pytest.mark.dolfinx

SMALL_PAD, SMALL_RESIST = 100 * UM, 20 * UM


def young(line):
    """Young's angle of a line that slides, rad: of the material library, or of the case."""
    low, high = line["admissible_deg"]
    assert low == high
    return math.radians(low)


def check(stage, metrics, shot, size):
    """A mounted stage of result.json against shooting: 1e-9."""
    surface, tension = stage["surface"], stage["liquid"]["surface_tension_N_m"]
    lower, upper = surface["contact_lines"]
    for name, got, exact, scale in (
        ("standoff", metrics["standoff_m"], shot.z[1], size),
        ("force", metrics["joint_force_N"], shot.force * tension, tension * size),
        ("diameter", metrics["ball_diameter_m"], 2 * shot.max_r, size),
        ("pressure", surface["pressure_Pa"], shot.pressure * tension, tension / size),
        ("area", surface["area_m2"], shot.area, size**2),
        ("lower r", lower["r_m"], shot.r[0], size),
        ("upper r", upper["r_m"], shot.r[1], size),
        ("lower z", lower["z_m"], shot.z[0], size),
        ("upper z", upper["z_m"], shot.z[1], size),
    ):
        off = abs(got - exact) / max(abs(exact), scale)
        assert off <= TOLERANCE, (name, got, exact)


def small(mount, gravity=EARTH, volume=5e-12):
    """Bump in a resist's opening, melted once, and a package on it."""
    made = Case.from_dict(
        {
            "case": {"name": "small", "pitch": "500 um"},
            "environment": {"gravity": gravity},
            "wetting": {"Cu": "25 deg", "solder resist": "140 deg", "FR4": "150 deg"},
            "step": [
                {
                    "do": "substrate",
                    "pad": {"radius": 130 * UM, "thickness": 20 * UM, "material": "Cu"},
                    "base": {"material": "FR4"},
                },
                {
                    "do": "coat",
                    "layer": "resist",
                    "material": "solder resist",
                    "thickness": SMALL_RESIST,
                    "opening": {"radius": SMALL_PAD},
                },
                {"do": "deposit", "solder": "Sn63Pb37", "volume": volume},
                {"do": "reflow", "name": "bump", "peak": "220 degC"},
                {
                    "do": "mount",
                    "name": "mounting",
                    "pad": {"radius": 110 * UM, "material": "Cu"},
                    "base": {"material": "FR4"},
                    "peak": "230 degC",
                    **mount,
                },
            ],
        }
    )
    return run(made)


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [EARTH, 0.0, -EARTH, 400.0, -400.0])
@pytest.mark.parametrize(
    "mount",
    [
        {"load": 5e-5},
        {"load": 0.0},
        {"load": -8e-5},
        {"standoff": 120 * UM},
        {"standoff": 155 * UM},
    ],
    ids=str,
)
def test_small_joint(mount, gravity):
    """A joint between the resist's edge and the package's pad, loaded, pulled or held by a fixture.

    Both lines are on known edges; the wall of the opening adds its ½r²t to the volume.
    """
    ran = small(mount, gravity)
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["mounting"]
    assert [q["state"] for q in stage["surface"]["contact_lines"]] == ["pinned", "pinned"]
    volume, tension, b = liquid_of(stage, gravity)
    lower = Line(point(SMALL_PAD, SMALL_RESIST, 0.5 * SMALL_PAD**2 * SMALL_RESIST), 0.0)
    upper = Line(point(110 * UM, mount.get("standoff", 140 * UM)), 0.0)
    load = mount["load"] / tension if "load" in mount else None
    shot = shoot_two(lower, upper, volume, capillarity=b, top=True, load=load)
    check(stage, metrics, shot, SMALL_PAD)
    assert metrics["held_by"] == ("liquid" if "load" in mount else "fixture")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sets", "load", "held_by"),
    [
        ((), 5e-4, "core"),
        (("mounting.load=0 mN",), 0.0, "core"),
        (("mounting.load=-0.3 mN",), -3e-4, "liquid"),
        (("mounting.load=-0.2 mN",), -2e-4, "liquid"),
        (("environment.gravity=-9.81 m/s^2",), 5e-4, "core"),
        (("mounting.peak=300 degC",), 5e-4, "core"),
        (("deposit.Sn63Pb37.stencil.metal_fraction=0.3",), 5e-4, "core"),
        (
            ("deposit.Sn63Pb37.stencil.thickness=450 um", "mounting.load=0.05 mN"),
            5e-5,
            "liquid",
        ),
    ],
    ids=str,
)
def test_joint_round_a_copper_ball(sets, load, held_by):
    """Both lines on the pads' edges, a ball in the liquid; on it, or floating above it.

    On the ball the gap is its diameter, whatever the load, and the ball carries what the liquid
    does not; floating, the liquid's force is the load.
    """
    ran = done("core_metal_ball", *sets)
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["mounting"]
    gravity = -EARTH if "environment.gravity=-9.81 m/s^2" in sets else EARTH
    volume, tension, b = liquid_of(stage, gravity)
    floats = held_by == "liquid"
    lower = Line(point(BALL_PAD, 0.0, BALL_MOMENT), 0.0)
    upper = Line(point(BALL_PAD, 2 * BALL_RADIUS), 0.0)
    shot = shoot_two(
        lower, upper, volume, capillarity=b, top=True, load=load / tension if floats else None
    )
    check(stage, metrics, shot, BALL_PAD)
    assert metrics["held_by"] == held_by
    if not floats:
        assert metrics["core_force_N"] == pytest.approx(load - shot.force * tension, rel=TOLERANCE)


RESIST, OPENING, CAP_PAD = 25 * UM, 120 * UM, 180 * UM


def cap_core(ran, gravity):
    """The high-lead core of core_and_cap by shooting, pinned on the resist's edge."""
    volume, _, b = liquid_of(ran.result["stages"][0], gravity)
    hold = point(OPENING, RESIST, 0.5 * OPENING**2 * RESIST)
    shot = shoot(hold, volume, capillarity=b)
    return shot, hold.moment - volume / (2 * math.pi)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sets", "load", "held_by"),
    [
        ((), 5e-4, "core"),
        (("mounting.peak=200 degC",), 5e-4, "core"),
        (("mounting.load=2 mN",), 2e-3, "core"),
        (("deposit.Sn63Pb37.volume=30 nl",), 5e-4, "core"),
        (("mounting.load=0 mN",), 0.0, "liquid"),
        (("deposit.Sn63Pb37.volume=30 nl", "mounting.load=0.01 mN"), 1e-5, "liquid"),
        (("environment.gravity=-9.81 m/s^2",), 5e-4, "core"),
    ],
    ids=str,
)
def test_joint_round_a_core_of_solder(sets, load, held_by):
    """The core of the first reflow, by shooting, holds the package of the last one, or does not.

    The lower line slides on the resist; the upper one is on the pad's edge or slides on the base.
    """
    ran = done("core_and_cap", *sets)
    assert ran.refused is None
    gravity = -EARTH if "environment.gravity=-9.81 m/s^2" in sets else EARTH
    core, moment = cap_core(ran, gravity)
    stage, metrics = ran.result["stages"][-1], ran.metrics["mounting"]
    below, above = stage["surface"]["contact_lines"]
    assert below["feature"] == "resist top"
    volume, tension, b = liquid_of(stage, gravity)
    lower = Line(plane(RESIST, moment), OPENING, young(below))
    height = core.apex_z
    upper = Line(point(CAP_PAD, height), 0.0)
    if above["state"] == "free":
        assert above["feature"] == "package base"
        upper = Line(plane(height), CAP_PAD, young(above))
    floats = held_by == "liquid"
    shot = shoot_two(
        lower, upper, volume, capillarity=b, top=True, load=load / tension if floats else None
    )
    check(stage, metrics, shot, CAP_PAD)
    assert metrics["held_by"] == held_by
    if not floats:
        assert metrics["standoff_m"] == pytest.approx(core.apex_z, rel=TOLERANCE)


def test_pulled_joint_on_a_spherical_core():
    """Pulled up without gravity, the lower line climbs onto the core, which is then a sphere."""
    ran = done("core_and_cap", "environment.gravity=0 m/s^2", "mounting.load=-0.2 mN")
    core, _ = cap_core(ran, 0.0)
    rise = core.apex_z - RESIST
    radius = (OPENING**2 + rise**2) / (2 * rise)
    stage, metrics = ran.result["stages"][-1], ran.metrics["mounting"]
    below = stage["surface"]["contact_lines"][0]
    assert (below["feature"], below["state"]) == ("Pb95Sn5", "free")
    volume, tension, _ = liquid_of(stage, 0.0)
    lower = Line(Sphere(radius, core.apex_z - radius), math.radians(95), math.radians(20))
    upper = Line(point(CAP_PAD, 340 * UM), 0.0)
    shot = shoot_two(lower, upper, volume, capillarity=0.0, top=True, load=-2e-4 / tension)
    check(stage, metrics, shot, CAP_PAD)


def test_solid_core_holds_the_same_gap_at_every_temperature():
    """The claim of the route: below the core's solidus the standoff is the core's, 1e-9."""
    gaps = [
        done("core_and_cap", f"mounting.peak={peak} degC").metrics["mounting"]["standoff_m"]
        for peak in (185, 200, 220, 250, 280, 307)
    ]
    assert gaps == pytest.approx([gaps[0]] * len(gaps), rel=TOLERANCE)


def test_half_molten_core_is_told():
    """Between solidus and liquidus of the core nothing is computed: the core's range is named."""
    with pytest.raises(CaseError, match="solidus is 308 °C, its liquidus 312 °C"):
        done("core_and_cap", "mounting.peak=310 degC")


def test_molten_core_holds_nothing():
    """Above the core's liquidus all is one liquid: its force is the load, its gap by shooting."""
    ran = done("core_and_cap", "mounting.peak=330 degC")
    stage, metrics = ran.result["stages"][-1], ran.metrics["mounting"]
    assert sorted(stage["molten"]) == ["Pb95Sn5", "Sn63Pb37"]
    assert metrics["held_by"] == "liquid"
    volume, tension, b = liquid_of(stage, EARTH)
    below, above = stage["surface"]["contact_lines"]
    lower = Line(plane(RESIST, 0.5 * OPENING**2 * RESIST), 190 * UM, young(below))
    upper = Line(plane(200 * UM), 190 * UM, young(above))
    shot = shoot_two(lower, upper, volume, capillarity=b, top=True, load=5e-4 / tension)
    check(stage, metrics, shot, CAP_PAD)
    solid_gap = done("core_and_cap").metrics["mounting"]["standoff_m"]
    assert metrics["standoff_m"] < 0.8 * solid_gap
