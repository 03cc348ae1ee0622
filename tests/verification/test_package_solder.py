"""Solder on the package too: joints from both sides, joints that stay open, joints molten again.

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
from shooting import plane, point, shoot
from shooting_two import Line, shoot_two
from two_lines import TOLERANCE, liquid_of

pytestmark = pytest.mark.dolfinx

LAND, MASK = 150 * UM, 25 * UM


def package(*, steps=(), gravity=9.81, pad=LAND, after=(), repels="150 deg", case=None, **mount):
    """Solder on a land in a mask, or what some steps put there, and a package over it."""
    copper = {"radius": LAND, "thickness": 30 * UM, "material": "Cu"}
    mask = {"material": "solder resist", "thickness": MASK, "opening": {"radius": LAND}}
    return run(
        Case.from_dict(
            {
                "case": {"name": "package", "pitch": "2 mm", **(case or {})},
                "environment": {"gravity": gravity},
                "wetting": {"Cu": "25 deg", "FR4": repels, "solder resist": repels},
                "step": [
                    {"do": "substrate", "pad": copper, "base": {"material": "FR4"}},
                    {"do": "coat", "layer": "mask", **mask},
                    *steps,
                    {
                        "do": "mount",
                        "name": "joint",
                        "pad": {"radius": pad, "material": "Cu", "thickness": 20 * UM},
                        "base": {"material": "FR4"},
                        "peak": "245 degC",
                        **mount,
                    },
                    *after,
                ],
            }
        )
    )


def bump(solder="SAC305", peak="245 degC", **amount):
    """Solder put on the land and reflowed."""
    return (
        {"do": "deposit", "solder": solder, **amount},
        {"do": "reflow", "name": "bump", "peak": peak},
    )


def foot(lower):
    """The lower line of a joint for shooting: on the land's edge in the mask, or on the mask."""
    moment = 0.5 * LAND**2 * MASK
    if lower["state"] == "pinned":
        assert lower["z_m"] == pytest.approx(MASK, rel=1e-12)
        return Line(point(LAND, MASK, moment), 0.0)
    return Line(plane(MASK, moment), lower["r_m"], math.radians(lower["admissible_deg"][0]))


def top(upper, height, pad=LAND):
    """The upper line: on the pad's edge, or on the package's base."""
    if upper["state"] == "pinned":
        return Line(point(pad, height), 0.0)
    return Line(plane(height), upper["r_m"], math.radians(upper["admissible_deg"][0]))


def agrees(stage, metrics, shot):
    """Every number of a joint to 1e-9 of its size, or of the drop's."""
    surface, tension = stage["surface"], stage["liquid"]["surface_tension_N_m"]
    for got, exact, scale in (
        (metrics["standoff_m"], shot.z[1], LAND),
        (metrics["joint_force_N"], shot.force * tension, tension * LAND),
        (metrics["ball_diameter_m"], 2.0 * shot.max_r, LAND),
        (surface["pressure_Pa"], shot.pressure * tension, tension / LAND),
        (surface["contact_lines"][0]["r_m"], shot.r[0], LAND),
        (surface["contact_lines"][1]["r_m"], shot.r[1], LAND),
        (surface["contact_lines"][1]["angle_deg"], math.degrees(shot.theta[1]), 57.3),
    ):
        assert abs(got - exact) <= TOLERANCE * max(abs(exact), scale), (got, exact)


def shot_of(stage, gravity, height, pad=LAND, load=None):
    """The shot joint between the mask and the package's pad."""
    lower, upper = stage["surface"]["contact_lines"]
    volume, tension, b = liquid_of(stage, gravity)
    scaled = None if load is None else load / tension
    lines = foot(lower), top(upper, height, pad)
    return shoot_two(*lines, volume, capillarity=b, top=True, load=scaled)


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
AGAIN = {"do": "reflow", "name": "again", "peak": "245 degC"}


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
    assert lower + upper < frozen < liquid  # hotter than at 25 °C, no longer molten


def test_an_open_joint_is_at_the_standoff_that_the_fixture_takes_it_to():
    """The package comes down on a tall mask first, where the bump does not reach it."""
    collar = {"material": "polyimide", "thickness": 300 * UM, "opening": {"radius": 3 * LAND}}
    tall = {"do": "coat", "layer": "collar", **collar}
    ran = package(steps=(*bump(volume=4e-12), tall), standoff=400 * UM)
    metrics, apex = ran.metrics["joint"], ran.result["stages"][0]["surface"]["apex_z_m"]
    assert metrics["held_by"] == "fixture"
    assert metrics["standoff_m"] == 400 * UM
    assert metrics["open_gap_m"] == pytest.approx(400 * UM - apex, rel=TOLERANCE)
