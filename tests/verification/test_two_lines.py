"""Rings and bridges, liquid between two contact lines, agree with references and with shooting.

Problem    rings round a spherical core, bridges between two bodies at a fixed or a floating height,
           and mounted joints from whole cases
Reference  published and recomputed numbers; shooting from line to line (``shooting_two``)
Expect     1e-9 relative, the product's promise, and the reported error estimate + 3e-12: the
           estimate is of bumpform's own error, the rest is what shooting at 1e-13 accumulates
"""

from __future__ import annotations

import math
import random
from functools import cache

import pytest

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.errors import CaseError
from bumpform.runner import run
from bumpform.stack.curve import Arc
from bumpform.stack.profile import Edge, Profile, Station
from bumpform.surface.contact import Solid
from bumpform.surface.floating import sink
from bumpform.surface.joint import Held, Joint, reach_joint
from bumpform.surface.landscape import Drop, Landscape
from bumpform.surface.meridian import solve
from bumpform.surface.topology import reach_ring
from scenes import DENSITY, TENSION, capillarity, straight
from shooting import ShootingError, Sphere, plane, point, shoot
from shooting_two import Line, shoot_two

pytestmark = pytest.mark.dolfinx

UM = 1e-6
EARTH = 9.81
TOLERANCE, OWN = 1e-9, 3e-12


def disc(radius, height, outer):
    """Face of a body: a pad flush in its base; the same for both sides of a bridge."""
    return Profile(
        (
            straight((0.0, height), (radius, height), "pad"),
            straight((radius, height), (outer, height), "base"),
        )
    )


def cored(radius, height, pad, outer):
    """Core about (0, height), cut at z = 0, on a pad."""
    last = math.asin(-height / radius)
    foot = (radius * math.cos(last), 0.0)
    return Profile(
        (
            Edge(Arc((0.0, height), radius, math.pi / 2, last), math.pi / 2, last, "core", "core"),
            straight(foot, (pad, 0.0), "pad"),
            straight((pad, 0.0), (outer, 0.0), "base"),
        )
    )


def under(radius, height):
    """∫½r²dz along a core cut at z = 0, from its top: −V/2π of what it takes."""
    polar = math.pi - math.acos(height / radius)
    return Sphere(radius, height).place(polar)[3]


def solid(profile, degrees, kind="outer"):
    return Solid(profile, tuple(math.radians(d) for d in degrees), kind)


def bridge(lower, upper, liquid, *, load=None, start=(0.7, 0.7)):
    """Equilibrium of a bridge; with a load (N) the upper body floats."""
    joint = Joint(liquid, (lower, upper))
    stations = (Station(0, start[0]), Station(0, start[1]))
    held = Held(stations, ("free", "free"), solve(joint.guess(stations), tolerance=1e-3))
    if load is None:
        return reach_joint(joint, held)
    scaled = load / (2.0 * math.pi * liquid.surface_tension * liquid.length)
    height = float(upper.profile.point(stations[1])[1])
    held, floats = sink(joint, held, scaled, -0.95 * height / liquid.length)
    assert floats
    return reach_joint(joint, held, scaled)


def exact_values(shot, tension, top):
    """What shooting says, by bumpform's names; SI."""
    last = "top" if top else "inner"
    values = {
        "outer.r_m": shot.r[0],
        "outer.z_m": shot.z[0],
        f"{last}.r_m": shot.r[1],
        f"{last}.z_m": shot.z[1],
        "outer.angle_deg": math.degrees(shot.theta[0]),
        f"{last}.angle_deg": math.degrees(shot.theta[1]),
        "pressure_Pa": shot.pressure * tension,
        "area_m2": shot.area,
        "max_radius_m": shot.max_r,
    }
    if top:
        values |= {"standoff_m": shot.z[1], "joint_force_N": shot.force * tension}
    return values


def scale_of(name, value, drop):
    """What 1 relative is for a number: its own size, or where it is near zero the drop's."""
    length, tension = drop.length, drop.surface_tension
    sizes = {
        "pressure_Pa": tension / length,
        "area_m2": length**2,
        "joint_force_N": tension * length,
    }
    size = 180.0 / math.pi if name.endswith("_deg") else sizes.get(name, length)
    return max(abs(value), size)


def agree(found, shot, top):
    """Every number to 1e-9, and no further off than its error estimate says."""
    for name, exact in exact_values(shot, found.drop.surface_tension, top).items():
        off = abs(found.values[name] - exact)
        size = scale_of(name, exact, found.drop)
        assert off <= TOLERANCE * size, (name, found.values[name], exact)
        assert off <= found.errors[name] + OWN * size, (name, found.values[name], exact)


def liquid(volume, gravity=EARTH, tension=TENSION, density=DENSITY):
    return Drop(volume, tension, density, gravity)


# references


def test_p4a_ring_round_a_core():
    """3 nl round a core of 100 µm, 30° on the core, pinned on the pad's edge: reference drop P4a.

    The core's contact angle puts the inner line where it is; 1e-9 of each number. The reference's
    pad is neutral; a pad of 30°, which lets the line stay on its edge, adds −σ cos 30° of its area.
    """
    profile = cored(100 * UM, 80 * UM, 150 * UM, 600 * UM)
    angles = tuple(math.radians(d) for d in (30, 30, 160))
    land = Landscape(profile, angles, liquid(3e-12))
    found = reach_ring(land, Station(1, 1.0), Station(0, 0.5))
    exact = {
        "inner.r_m": 9.648238573998322e-05,
        "inner.z_m": 0.00010628971741805306,
        "inner.angle_deg": 30.0,
        "outer.r_m": 0.00015,
        "outer.angle_deg": 82.52801568184427,
        "top_z_m": 0.00010628971741805306,
        "max_radius_m": 0.00015,
        "pressure_Pa": 5885.026042736774,
        "area_m2": 9.836338740956564e-08,
        "energy_J": 1.9461420191373962e-08
        - TENSION * math.cos(math.radians(30)) * math.pi * (150**2 - 60**2) * UM**2,
    }
    for name, value in exact.items():
        assert found.values[name] == pytest.approx(value, rel=TOLERANCE), name
    assert [line.state for line in found.lines] == ["pinned", "free"]


def test_p5_bridge_between_two_pads():
    """16 nl between pads of 150 µm, 200 µm apart: reference drop P5, 1e-9 of each number."""
    lower = solid(disc(150 * UM, 0.0, 900 * UM), (10, 170))
    upper = solid(disc(150 * UM, 200 * UM, 900 * UM), (10, 170), "top")
    found = bridge(lower, upper, liquid(1.6e-11))
    exact = {
        "standoff_m": 0.0002,
        "pressure_Pa": 4297.483563280141,
        "max_radius_m": 0.0001642757221326494,
        "joint_force_N": -0.00013245833204758229,
        "outer.angle_deg": 105.97860406344704,
        "top.angle_deg": 105.90782605712715,
        "area_m2": 2.030877299952076e-07,
    }
    for name, value in exact.items():
        assert found.values[name] == pytest.approx(value, rel=TOLERANCE), name
    # neutral pads: the energy is then that of the surface and the weight alone
    neutral = Joint(
        liquid(1.6e-11),
        (
            solid(disc(150 * UM, 0.0, 900 * UM), (90, 170)),
            solid(disc(150 * UM, 200 * UM, 900 * UM), (90, 170), "top"),
        ),
    )
    stations = (Station(0, 1.0), Station(0, 1.0))
    same = reach_joint(
        neutral,
        Held(stations, ("pinned", "pinned"), solve(neutral.guess(stations), tolerance=1e-3)),
    )
    assert same.values["energy_J"] == pytest.approx(9.761394982392069e-08, rel=TOLERANCE)


@pytest.mark.parametrize(
    ("density", "p0", "r_max", "force"),
    [
        (0.0, 8821.287599, 0.1203094451, 38.281713),
        (8.9, 9342.878279, 0.1203166395, 16.943074),
    ],
)
def test_published_bga_joint(density, p0, r_max, force):
    """Surface Evolver's BGA example, cgs in the table; tolerance: the table's last digit."""
    a, h = 1e-3, 1.2e-3
    drop = liquid(4.900884539600e-9, 9.8, 0.48, density * 1e3)
    lower = solid(disc(a, 0.0, 6 * a), (10, 170))
    upper = solid(disc(a, h, 6 * a), (10, 170), "top")
    values = bridge(lower, upper, drop).values
    assert values["pressure_Pa"] / 0.1 == pytest.approx(p0, abs=2e-6)
    assert values["max_radius_m"] / 1e-2 == pytest.approx(r_max, abs=1e-10)
    assert values["joint_force_N"] / 1e-5 == pytest.approx(force, abs=1e-6)


@pytest.mark.parametrize(("r1", "r2", "height"), [(100, 100, 80), (150, 110, 200), (90, 140, 150)])
def test_weightless_joint_without_load_is_a_sphere(r1, r2, height):
    """Zero load, no gravity: a sphere's zone, V = πH(3r1² + 3r2² + H²)/6; 1e-9 of H.

    No other shape carries nothing: F = π r²p − 2πσ r sinφ is the same along the meridian, and
    zero for a sphere alone.
    """
    r1, r2, height = r1 * UM, r2 * UM, height * UM
    volume = math.pi * height * (3 * r1**2 + 3 * r2**2 + height**2) / 6
    lower = solid(disc(r1, 0.0, 9 * r1), (5, 175))
    upper = solid(disc(r2, 1.1 * height, 9 * r1), (5, 175), "top")
    found = bridge(lower, upper, liquid(volume, 0.0), load=0.0)
    assert found.values["standoff_m"] == pytest.approx(height, rel=TOLERANCE)
    centre = (height**2 + r2**2 - r1**2) / (2 * height)
    radius = math.hypot(r1, centre)
    assert found.values["pressure_Pa"] == pytest.approx(2 * TENSION / radius, rel=TOLERANCE)
    assert abs(found.values["joint_force_N"]) <= 1e-10 * TENSION * r1


def test_weightless_catenoid():
    """Without pressure the bridge is the catenoid r = c cosh((z − h/2)/c): 1e-9.

    Its force is −2πσc on every height.
    """
    c, half = 100 * UM, 60 * UM
    rim = c * math.cosh(half / c)
    volume = math.pi * c**2 * (half + 0.5 * c * math.sinh(2 * half / c))
    lower = solid(disc(rim, 0.0, 9 * rim), (5, 175))
    upper = solid(disc(rim, 2 * half, 9 * rim), (5, 175), "top")
    values = bridge(lower, upper, liquid(volume, 0.0), start=(0.95, 0.95)).values
    assert abs(values["pressure_Pa"]) <= 1e-9 * TENSION / c
    assert values["joint_force_N"] == pytest.approx(-2 * math.pi * TENSION * c, rel=TOLERANCE)
    area = 2 * math.pi * c * (half + 0.5 * c * math.sinh(2 * half / c))
    assert values["area_m2"] == pytest.approx(area, rel=TOLERANCE)


# random bridges


def gravity_for(bond, volume):
    return bond * TENSION / (DENSITY * volume ** (2 / 3))


@cache
def pinned_bridge(number):
    """Pads, standoff, volume and Bond number of a bridge on two edges, by number."""
    draw = random.Random(f"pinned bridge {number}")
    a = draw.uniform(80, 300) * UM
    b = a * draw.uniform(0.75, 1.3)
    height = a * draw.uniform(0.5, 1.3)
    frustum = math.pi * height * (a * a + a * b + b * b) / 3
    volume = frustum * draw.uniform(0.85, 1.5)
    return a, b, height, volume, gravity_for(draw.uniform(-0.3, 0.3), volume)


BASE = 170.0  # of what surrounds the pads, deg


def shot_bridge(number, *, load=None, height=None):
    """By shooting, pinned; past Young's angle of the base the lower line slides out on it."""
    a, b, given, volume, gravity = pinned_bridge(number)
    lower, upper = Line(point(a), 0.0), Line(point(b, given), 0.0)
    set_up = {"capillarity": capillarity(gravity), "top": True}
    shot = shoot_two(lower, upper, volume, **set_up)
    if math.degrees(shot.theta[0]) > BASE:
        lower = Line(plane(), a, math.radians(BASE))
    upper = Line(point(b, height or given), 0.0)
    return shoot_two(lower, upper, volume, **set_up, load=load), lower.angle is not None


@pytest.mark.parametrize("number", range(16))
def test_bridge_on_two_edges(number):
    """Pads that wet well in bases that do not: edges hold as far as Gibbs lets them."""
    a, b, height, volume, gravity = pinned_bridge(number)
    lower = solid(disc(a, 0.0, 9 * a), (2, BASE))
    upper = solid(disc(b, height, 9 * a), (2, BASE), "top")
    found = bridge(lower, upper, liquid(volume, gravity))
    shot, slides = shot_bridge(number)
    assert [line.state for line in found.lines] == ["free" if slides else "pinned", "pinned"]
    agree(found, shot, True)


@pytest.mark.parametrize("number", range(16))
def test_bridge_under_a_load(number):
    """The force of a shot bridge, given as a load, brings the body to that bridge's standoff.

    The body starts from another height; what is not known is the standoff alone.
    """
    a, b, height, volume, gravity = pinned_bridge(number)
    load = shot_bridge(number)[0].force
    lower = solid(disc(a, 0.0, 9 * a), (2, BASE))
    upper = solid(disc(b, 1.05 * height, 9 * a), (2, BASE), "top")
    found = bridge(lower, upper, liquid(volume, gravity), load=load * TENSION)
    shot, _ = shot_bridge(number, load=load, height=1.03 * height)
    assert shot.z[1] == pytest.approx(height, rel=1e-11)  # shooting has one answer, too
    agree(found, shot, True)


@cache
def sliding_bridge(number):
    """Angles below and above, standoff, volume and Bond number; whether only one line slides."""
    draw = random.Random(f"sliding bridge {number}")
    height = draw.uniform(50, 200) * UM
    radius = height * draw.uniform(0.7, 1.6)
    volume = math.pi * radius**2 * height
    angles = draw.uniform(50, 140), draw.uniform(50, 140)
    return angles, radius, height, volume, gravity_for(draw.uniform(-0.2, 0.2), volume)


@pytest.mark.parametrize("number", range(12))
def test_bridge_sliding_on_two_planes(number):
    """Both lines at Young's angle on planes without edges: radii, force, pressure by shooting."""
    (below, above), radius, height, volume, gravity = sliding_bridge(number)
    lower = solid(disc(5 * radius, 0.0, 9 * radius), (below, 170))
    upper = solid(disc(5 * radius, height, 9 * radius), (above, 170), "top")
    found = bridge(lower, upper, liquid(volume, gravity), start=(0.19, 0.19))
    lines = (
        Line(plane(), radius, math.radians(below)),
        Line(plane(height), radius, math.radians(above)),
    )
    shot = shoot_two(*lines, volume, capillarity=capillarity(gravity), top=True)
    assert [line.state for line in found.lines] == ["free", "free"]
    agree(found, shot, True)


@pytest.mark.parametrize("number", range(8))
def test_bridge_on_an_edge_and_a_plane(number):
    """The lower line pinned, the upper one sliding: one of Gibbs' conditions each."""
    (_, above), radius, height, volume, gravity = sliding_bridge(100 + number)
    lower = solid(disc(radius, 0.0, 9 * radius), (2, 178))
    upper = solid(disc(5 * radius, height, 9 * radius), (above, 170), "top")
    found = bridge(lower, upper, liquid(volume, gravity), start=(0.9, 0.19))
    lines = Line(point(radius), 0.0), Line(plane(height), radius, math.radians(above))
    shot = shoot_two(*lines, volume, capillarity=capillarity(gravity), top=True)
    assert [line.state for line in found.lines] == ["pinned", "free"]
    agree(found, shot, True)


# random rings


@cache
def ring(number, slides):
    """A ring that exists: shot on two held lines, whose angles are then the materials'."""
    draw = random.Random(f"ring {number} {slides}")
    while True:
        radius = draw.uniform(50, 200) * UM
        height = radius * draw.uniform(0.3, 0.95)
        foot = math.sqrt(radius**2 - height**2)
        pad = max(radius, foot) * draw.uniform(1.1, 1.8)
        polar = math.radians(draw.uniform(35, 85))
        core = Sphere(radius, height)
        r, z, _, taken = core.place(polar)
        full = under(radius, height)
        cone = math.pi * z * (pad * pad + pad * r + r * r) / 3 + 2 * math.pi * (full - taken)
        volume = cone * draw.uniform(0.9, 1.5)
        gravity = gravity_for(draw.uniform(-0.2, 0.2), volume) if volume > 0.0 else 0.0
        if volume < 0.02 * radius**3:
            continue
        try:
            shot = shoot_two(
                Line(point(pad, 0.0, full), 0.0),
                Line(core, polar),
                volume,
                capillarity=capillarity(gravity),
                top=False,
            )
        except ShootingError:  # no such ring: draw again
            continue
        outer, inner = (math.degrees(x) for x in shot.theta)
        if 15 < inner < 75 and 25 < outer < 130:
            return radius, height, pad, polar, volume, gravity, (outer, inner), shot


def found_ring(number, slides):
    radius, height, pad, polar, volume, gravity, (outer, inner), shot = ring(number, slides)
    edge = 4 * pad if slides else pad
    profile = cored(radius, height, edge, 9 * pad)
    wetting = (inner, outer, 170) if slides else (inner, 5, 175)
    land = Landscape(profile, tuple(math.radians(d) for d in wetting), liquid(volume, gravity))
    foot = math.sqrt(radius**2 - height**2)
    where = (pad - foot) / (edge - foot)
    last = math.pi - math.acos(height / radius)
    start = Station(1, 0.97 * where if slides else 1.0), Station(0, 0.95 * polar / last)
    return reach_ring(land, *start), shot


@pytest.mark.parametrize("number", range(14))
def test_ring_on_an_edge_and_a_core(number):
    """The outer line pinned on the pad's edge, the inner one at its angle on the core."""
    found, shot = found_ring(number, False)
    assert [line.state for line in found.lines] == ["pinned", "free"]
    agree(found, shot, False)


@pytest.mark.parametrize("number", range(10))
def test_ring_sliding_on_a_plane_and_a_core(number):
    """Both lines at Young's angle, outside on the plane and inside on the core."""
    found, shot = found_ring(number, True)
    assert [line.state for line in found.lines] == ["free", "free"]
    agree(found, shot, False)


# whole cases

SMALL_PAD, SMALL_RESIST = 100 * UM, 20 * UM


@cache
def done(name, *sets):
    return run(load_case(name, sets=list(sets)))


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


def liquid_of(stage, gravity):
    q = stage["liquid"]
    tension = q["surface_tension_N_m"]
    return q["volume_m3"], tension, q["density_kg_m3"] * gravity / tension


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
    stage, metrics = ran.stages[-1], ran.metrics["mounting"]
    assert [q["state"] for q in stage["surface"]["contact_lines"]] == ["pinned", "pinned"]
    volume, tension, b = liquid_of(stage, gravity)
    lower = Line(point(SMALL_PAD, SMALL_RESIST, 0.5 * SMALL_PAD**2 * SMALL_RESIST), 0.0)
    upper = Line(point(110 * UM, mount.get("standoff", 140 * UM)), 0.0)
    load = mount["load"] / tension if "load" in mount else None
    shot = shoot_two(lower, upper, volume, capillarity=b, top=True, load=load)
    check(stage, metrics, shot, SMALL_PAD)
    assert metrics["held_by"] == ("liquid" if "load" in mount else "fixture")


BALL_RADIUS, BALL_PAD = 150 * UM, 200 * UM
BALL_MOMENT = -(2.0 / 3.0) * BALL_RADIUS**3  # −V/2π of the copper ball


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
    stage, metrics = ran.stages[-1], ran.metrics["mounting"]
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
    volume, _, b = liquid_of(ran.stages[0], gravity)
    hold = point(OPENING, RESIST, 0.5 * OPENING**2 * RESIST)
    shot = shoot(hold, volume, capillarity=b)
    return shot, hold.moment - volume / (2 * math.pi)


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
    stage, metrics = ran.stages[-1], ran.metrics["mounting"]
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
    stage, metrics = ran.stages[-1], ran.metrics["mounting"]
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
    with pytest.raises(CaseError, match="solidus is 308 degC, its liquidus 312 degC"):
        done("core_and_cap", "mounting.peak=310 degC")


def test_molten_core_holds_nothing():
    """Above the core's liquidus all is one liquid: its force is the load, its gap by shooting."""
    ran = done("core_and_cap", "mounting.peak=330 degC")
    stage, metrics = ran.stages[-1], ran.metrics["mounting"]
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


# caps that do not cover


@pytest.mark.parametrize("gravity", [EARTH, 0.0, -EARTH, 100.0])
@pytest.mark.parametrize("fraction", [0.12, 0.16, 0.20, 0.22])
def test_too_little_solder_leaves_the_ball_bare(fraction, gravity):
    """A ring round the copper ball: what is bare of it, by shooting.

    A ball's area below a polar angle t is 2πR²(1 − cos t) of 4πR².
    """
    ran = done(
        "core_metal_ball",
        f"deposit.Sn63Pb37.stencil.metal_fraction={fraction}",
        f"environment.gravity={gravity} m/s^2",
    )
    stage, metrics = ran.stages[0], ran.metrics["cap reflow"]
    volume, tension, b = liquid_of(stage, gravity)
    ball = Sphere(BALL_RADIUS, BALL_RADIUS)
    shot = shoot_two(
        Line(point(BALL_PAD, 0.0, BALL_MOMENT), 0.0),
        Line(ball, math.radians(80), math.radians(25)),
        volume,
        capillarity=b,
        top=False,
    )
    outer, inner = stage["surface"]["contact_lines"]
    assert (outer["state"], inner["state"]) == ("pinned", "free")
    assert metrics["coverage"] < 1.0
    bare = 0.5 * (1.0 - math.cos(shot.t[1]))
    assert metrics["coverage"] == pytest.approx(1.0 - bare, rel=TOLERANCE)
    assert metrics["bare_polar_radius_m"] == pytest.approx(shot.r[1], rel=TOLERANCE)
    assert inner["z_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)
    assert stage["surface"]["pressure_Pa"] == pytest.approx(
        shot.pressure * tension, abs=TOLERANCE * tension / BALL_PAD, rel=TOLERANCE
    )
    assert outer["angle_deg"] == pytest.approx(math.degrees(shot.theta[0]), rel=TOLERANCE)


def test_a_hole_too_small_to_be_held_open_closes():
    """Paste that leaves a hole of a tenth of its size round a dome's tip covers the dome."""
    sets = [
        "coat.dielectric.opening.radius=51.1 um",
        "coat.dielectric.opening.sidewall=1.14 rad",
        "coat.dielectric.thickness=45.97 um",
        "deposit.Pb95Sn5.volume=0.7274 nl",
        "deposit.Sn63Pb37.volume=0.2015 nl",
        "wetting.polyimide=1.826 rad",
    ]
    done = run(load_case("photoimaged_opening_no_barrier", sets=sets))
    assert done.refused is None
    assert done.metrics["second reflow"]["coverage"] == 1.0
