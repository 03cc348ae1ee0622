"""Solder on the package too: joints from both sides, joints that stay open.

Reference  shooting from line to line (``shooting_two``), and of sessile and hanging drops
Expect     1e-9 relative, the product's promise
"""

from __future__ import annotations

import math
import random
import tomllib

import pytest

from bumpform.case.case import Case
from bumpform.materials.materials import Materials
from bumpform.runner import run
from joints import UM
from packages import LAND, MASK, agrees, bump, foot, package, shot_of, top
from shooting import Cone, point, shoot
from shooting_two import Line, shoot_two
from two_lines import TOLERANCE, liquid_of

pytestmark = pytest.mark.dolfinx

RANDOM = random.Random("solder on both sides")
BOTH = [
    {
        "lower": RANDOM.uniform(8e-12, 30e-12),
        "upper": RANDOM.uniform(2e-12, 12e-12),
        "pad": RANDOM.uniform(0.7, 1.3) * LAND,
        "gravity": RANDOM.choice([9.81, -9.81, 80.0, 0.0]),
        **RANDOM.choice([{"load": RANDOM.uniform(0.0, 1e-3)}, {"standoff": 200 * UM}]),
    }
    for _ in range(12)
]


@pytest.mark.slow
@pytest.mark.parametrize("drawn", BOTH, ids=range(len(BOTH)))
def test_a_joint_with_solder_from_both_sides(drawn):
    """One liquid of both volumes, whatever the side that it came from."""
    held = {k: drawn[k] for k in ("load", "standoff") if k in drawn}
    ran = package(
        steps=bump(volume=drawn["lower"]),
        solder={"solder": "SAC305", "volume": drawn["upper"]},
        pad=drawn["pad"],
        gravity=drawn["gravity"],
        **held,
    )
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    total = drawn["lower"] + drawn["upper"]
    assert stage["liquid"]["volume_m3"] == pytest.approx(total, rel=1e-12)
    shot = shot_of(stage, drawn["gravity"], metrics["standoff_m"], drawn["pad"], drawn.get("load"))
    agrees(stage, metrics, shot)


@pytest.mark.parametrize("load", [2.11e-3, 2.12e-3, 0.0021259993951585803, 2.13e-3])
def test_a_film_pressed_out_between_two_layers_that_are_not_wetted(load):
    """On its way down it is solved at once; 210° balances a line as 150° does, in the solid."""
    ran = package(
        steps=bump(volume=14.484034985985064e-12),
        solder={"solder": "SAC305", "volume": 11.47035111552614e-12},
        pad=202.30255143456786 * UM,
        gravity=9.81,
        load=load,
    )
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    assert [line["state"] for line in stage["surface"]["contact_lines"]] == ["free", "free"]
    shot = shot_of(stage, 9.81, metrics["standoff_m"], 202.30255143456786 * UM, load)
    agrees(stage, metrics, shot)


REWORK = """
[case]
name = "rework"
pitch = "0.8 mm"
amounts = "solid"
[wetting]
"Cu" = "30 deg"
"FR4" = "140 deg"
"solder resist" = "140 deg"
[[step]]
do = "substrate"
pad = { radius = "0.15 mm", thickness = "18 um", material = "Cu", proud = "18 um" }
base = { material = "FR4" }
[[step]]
do = "coat"
layer = "mask"
material = "solder resist"
thickness = "25 um"
opening = { radius = "0.2 mm" }
[[step]]
do = "deposit"
solder = "Sn42Bi58"
stencil = { radius = "0.15 mm", thickness = "0.1 mm", metal_fraction = 0.5 }
[[step]]
do = "mount"
name = "joint"
pad = { radius = "0.15 mm", material = "Cu", thickness = "20 um" }
base = { material = "FR4", thickness = "0.3 mm" }
resist = { material = "solder resist", thickness = "20 um", opening = { radius = "0.14 mm" } }
solder = { solder = "SAC305", ball = { diameter = "0.30 mm" } }
mass = "2 mg"
peak = "170 degC"
"""


def test_a_ball_that_a_cooler_joint_left_solid_melts_into_it():
    """It touches its pad in a point, from which it spreads: as if all had melted at once."""
    hot = '[[step]]\ndo = "reflow"\nname = "rework"\npeak = "245 degC"\n'
    again = run(Case.from_dict(tomllib.loads(REWORK + hot)))
    once = run(Case.from_dict(tomllib.loads(REWORK.replace("170 degC", "245 degC"))))
    assert again.refused is None
    (_, found), (one,) = again.result["stages"], once.result["stages"]
    density = Materials().solid_density
    paste = 0.5 * math.pi * (0.15e-3) ** 2 * 107e-6 * density("Sn42Bi58")
    mass = paste + math.pi / 6 * 0.30e-3**3 * density("SAC305")
    assert found["liquid"]["mass_kg"] == pytest.approx(mass, rel=1e-12)
    ours, theirs = again.metrics["rework"], once.metrics["joint"]
    assert ours["joint_force_N"] == pytest.approx(2e-6 * 9.81, rel=1e-9)
    for name in ("standoff_m", "ball_diameter_m", "joint_stiffness_N_m"):
        assert ours[name] == pytest.approx(theirs[name], rel=TOLERANCE)
    assert [line["feature"] for line in found["surface"]["contact_lines"]] == [
        line["feature"] for line in one["surface"]["contact_lines"]
    ]


def test_a_mixture_by_mass():
    """What each side brings counts by its mass."""
    ran = package(
        steps=bump(volume=20e-12),
        solder={"solder": "Sn63Pb37", "volume": 6e-12},
        load=2e-4,
    )
    stage = ran.result["stages"][-1]
    assert stage["molten"] == ["SAC305", "Sn63Pb37"]
    alone = [
        package(steps=bump(volume=20e-12), load=2e-4),
        package(solder={"solder": "Sn63Pb37", "volume": 6e-12}, load=2e-4),
    ]
    masses = [r.result["stages"][-1]["liquid"]["mass_kg"] for r in alone]
    lead = 0.37 * masses[1] / sum(masses)
    assert stage["composition"]["Pb"] == pytest.approx(lead, rel=1e-12)
    assert stage["liquid"]["mass_kg"] == pytest.approx(sum(masses), rel=1e-12)


def apexes(ran, lower, upper, gravity):
    """Heights of a bump on the land and of a drop on the package by shooting, m."""
    found = []
    for volume, place, g in (
        (lower, point(LAND, MASK, 0.5 * LAND**2 * MASK), gravity),
        (upper, point(LAND, 0.0), -gravity),
    ):
        stage = ran.result["stages"][-1]["liquid"]
        b = stage["density_kg_m3"] * g / stage["surface_tension_N_m"]
        found.append(shoot(place, volume, capillarity=b).apex_z)
    return found


@pytest.mark.parametrize("gravity", [9.81, -9.81, 200.0])
def test_the_largest_gap_that_joins(gravity):
    """The sum of what stands and what hangs: above it the joint stays open, below it joins."""
    lower, upper = 20e-12, 6e-12
    paste = {"solder": "SAC305", "volume": upper}
    made = {"steps": bump(volume=lower), "solder": paste, "gravity": gravity, "lifted": True}
    apart = package(**made, standoff=600 * UM)
    assert apart.refused is None
    metrics = apart.metrics["joint"]
    below, above = apexes(apart, lower, upper, gravity)
    most = below + above
    assert metrics["largest_joining_gap_m"] == pytest.approx(most, rel=TOLERANCE)
    assert metrics["open_gap_m"] == pytest.approx(600 * UM - most, rel=TOLERANCE)
    assert metrics["liquid_bodies"] == 2
    hung = apart.result["stages"][-1]["bodies"][-1]["surface"]
    assert hung["apex_z_m"] == pytest.approx(600 * UM - above, rel=TOLERANCE)
    assert hung["contact_lines"][0]["z_m"] == pytest.approx(600 * UM, rel=1e-15)
    told = next(c for c in apart.result["conditions"] if c["id"] == "joint-closed")
    assert told["verdict"] == "fails"
    assert "stays open" in told["reason"]
    for standoff, joins in ((most * (1 + 1e-7), False), (most * (1 - 1e-7), True)):
        ran = package(**made, standoff=standoff)
        assert ran.refused is None
        assert ("open_gap_m" not in ran.metrics["joint"]) is joins
        closed = next(c for c in ran.result["conditions"] if c["id"] == "joint-closed")
        assert closed["holds"] is joins


def test_a_bare_land_that_the_ball_does_not_reach():
    ran = package(steps=bump(ball={"diameter": "400 um"}), standoff=500 * UM, lifted=True)
    metrics, apex = ran.metrics["joint"], ran.result["stages"][0]["surface"]["apex_z_m"]
    assert metrics["largest_joining_gap_m"] == pytest.approx(apex, rel=TOLERANCE)
    assert metrics["open_gap_m"] == pytest.approx(500 * UM - apex, rel=TOLERANCE)


def test_low_temperature_paste_joins_a_ball_that_stays_solid():
    """The package comes to lie on the ball; the paste's liquid is on the ball and the pad."""
    ran = package(
        steps=bump(ball={"diameter": "400 um"}),
        solder={"solder": "Sn42Bi58", "stencil": {"radius": LAND, "thickness": "120 um",
                                                  "metal_fraction": 0.5}},
        load=2e-4,
        peak="180 degC",
    )  # fmt: skip
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    assert stage["molten"] == ["Sn42Bi58"]
    apex = ran.result["stages"][0]["surface"]["apex_z_m"]
    assert metrics["held_by"] == "core"
    assert metrics["standoff_m"] == pytest.approx(apex, rel=TOLERANCE)
    assert stage["surface"]["contact_lines"][0]["on"] == "SAC305"


@pytest.mark.parametrize(("load", "held_by"), [(5e-3, "core"), (-1e-4, "liquid")])
def test_a_pillar_on_the_package_stands_in_the_liquid(load, held_by):
    """A pillar takes its room and is buoyed up by it; pressed, it stands on the land."""
    radius, height = 50 * UM, 120 * UM
    ran = package(
        steps=bump(volume=20e-12 if held_by == "liquid" else 9e-12),
        pillar={"radius": radius, "height": height, "material": "Cu"},
        load=load,
    )
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    assert metrics["held_by"] == held_by
    volume, tension, b = liquid_of(stage, 9.81)
    taken = math.pi * radius**2 * height
    lower, upper = stage["surface"]["contact_lines"]
    assert upper["feature"] == "package pad / package base"
    lines = foot(lower), top(upper, metrics["standoff_m"])
    scaled = load / tension - b * taken if held_by == "liquid" else None
    shot = shoot_two(*lines, volume + taken, capillarity=b, top=True, load=scaled)
    if held_by == "core":
        assert metrics["standoff_m"] == pytest.approx(height, rel=1e-12)
    assert metrics["standoff_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)
    force = shot.force * tension + b * tension * taken
    assert metrics["joint_force_N"] == pytest.approx(
        force, rel=TOLERANCE, abs=1e-9 * tension * LAND
    )


def test_a_pillar_in_a_soft_joint():
    """Between two edges that repel, its height gives way while its nodes are moved."""
    radius, height, pad, load = 31.879 * UM, 110.8785 * UM, 167.531 * UM, 1e-4
    ran = package(
        steps=bump(volume=18.685e-12),
        pillar={"radius": radius, "height": height, "material": "Cu"},
        pad=pad,
        load=load,
        repels="178 deg",
    )
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    volume, tension, b = liquid_of(stage, 9.81)
    taken = math.pi * radius**2 * height
    lower, upper = stage["surface"]["contact_lines"]
    lines = foot(lower), top(upper, metrics["standoff_m"], pad)
    shot = shoot_two(
        *lines, volume + taken, capillarity=b, top=True, load=load / tension - b * taken
    )
    assert metrics["standoff_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ball", "volume", "held"),
    [
        (80 * UM, 20e-12, {"load": 2e-4}),
        (200 * UM, 20e-12, {"load": 2e-4}),
        (200 * UM, 50e-12, {"standoff": 240 * UM}),
        (200 * UM, 50e-12, {"load": 5e-3}),
        (350 * UM, 50e-12, {"standoff": 420 * UM}),
    ],
)
def test_a_ball_that_stays_solid_on_the_package_is_drowned(ball, volume, held):
    """It rests on the pad in a point, over which the liquid gets to the pad round it."""
    ran = package(
        steps=bump(volume=volume), solder={"solder": "Pb95Sn5", "ball": {"diameter": ball}}, **held
    )
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    volume, tension, b = liquid_of(stage, 9.81)
    taken = math.pi / 6.0 * ball**3
    lower, upper = stage["surface"]["contact_lines"]
    assert upper["on"] != "Pb95Sn5"
    lines = foot(lower), top(upper, metrics["standoff_m"])
    scaled = held["load"] / tension - b * taken if metrics["held_by"] == "liquid" else None
    shot = shoot_two(*lines, volume + taken, capillarity=b, top=True, load=scaled)
    assert metrics["standoff_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)
    force = shot.force * tension + b * tension * taken
    assert metrics["joint_force_N"] == pytest.approx(
        force, rel=TOLERANCE, abs=1e-9 * tension * LAND
    )


PASTE = {"solder": "SAC305", "volume": 5e-12}


@pytest.mark.parametrize("standoff", [800 * UM, 830 * UM])
def test_paste_that_meets_a_post_joins_it_and_not_the_solder_round_its_foot(standoff):
    """They do not touch: each is a liquid of its own, and the joint holds the paste alone."""
    post, height, volume = 100 * UM, 800 * UM, 6e-12
    steps = (
        {"do": "plate", "material": "Ni", "radius": post, "thickness": height},
        {"do": "deposit", "solder": "SAC305", "stencil": {"radius": LAND, "thickness": 60 * UM}},
    )
    ran = package(
        steps=steps,
        solder={"solder": "SAC305", "volume": volume},
        pad=post,
        standoff=standoff,
        case={"amounts": "liquid", "freezing": "none"},
    )
    assert ran.refused is None, ran.refused.detail
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    assert stage["liquid"]["volume_m3"] == pytest.approx(volume, rel=1e-12)
    lower, _ = stage["surface"]["contact_lines"]
    assert [lower["feature"], lower["state"]] == ["Ni side", "free"]
    _, tension, b = liquid_of(stage, 9.81)
    wall = Cone(post, height, -0.5 * math.pi)  # down from the post's top
    shot = shoot_two(
        Line(wall, height - lower["z_m"], math.radians(lower["admissible_deg"][0])),
        Line(point(post, standoff), 0.0),
        volume,
        capillarity=b,
        top=True,
    )
    force = shot.force * tension
    assert metrics["joint_force_N"] == pytest.approx(force, rel=TOLERANCE)
    assert lower["z_m"] == pytest.approx(shot.z[0], rel=TOLERANCE)


@pytest.mark.parametrize(
    ("radius", "height"),
    [(240 * UM, 200 * UM), (300 * UM, 150 * UM)],
    ids=["both level", "the ring is taller"],
)
def test_solder_on_a_package_joins_the_liquid_that_it_meets_first(radius, height):
    """It hangs over a dome cut level, with a ring of solder outside of the dome's barrier.

    However high the ring stands, no part of the package's solder is over it: the joint has the
    mass of the dome and of what hangs, and the ring stays beside it.
    """
    steps = (
        {"do": "deposit", "solder": "Pb90Sn10", "ball": {"diameter": 280 * UM}},
        {"do": "reflow", "name": "dome", "peak": "334 degC"},
        {"do": "barrier", "material": "Ni", "thickness": 2 * UM},
        {"do": "deposit", "solder": "SAC305", "column": {"radius": radius, "height": height}},
        {"do": "reflow", "name": "ring", "peak": "235 degC"},
        {"do": "abrade", "to": 60 * UM},
    )
    hot, own = {"pad": 100 * UM, "peak": "310 degC"}, 0.02e-12
    solder = {"solder": "Pb90Sn10", "volume": own}
    apart = package(steps=steps, standoff=500 * UM, **hot).result["stages"][-1]
    (dome,) = (b for b in (apart, *apart["bodies"]) if b["molten"] == ["Pb90Sn10"])
    ran = package(steps=steps, solder=solder, load=2e-4, **hot)
    assert ran.refused is None, ran.refused.detail
    joint = ran.result["stages"][-1]
    assert joint["molten"] == ["Pb90Sn10"]
    assert [b["molten"] for b in joint["bodies"]] == [["SAC305"]]
    assert joint["liquid"]["volume_m3"] == pytest.approx(
        dome["liquid"]["volume_m3"] + own, rel=1e-9
    )
    assert ran.metrics["joint"]["joint_force_N"] == pytest.approx(2e-4, rel=1e-9)
