"""Bridges of liquid between two bodies agree with references and with shooting.

Problem    bridges between two bodies at a fixed or a floating height, pinned or sliding, loaded
Reference  closed forms, published and recomputed numbers; shooting from line to line
           (``shooting_two``)
Expect     1e-9 relative, the product's promise, and the reported error estimate + 3e-12: the
           estimate is of bumpform's own error, the rest is what shooting at 1e-13 accumulates
"""

from __future__ import annotations

import math
import random
from functools import cache

import pytest

from bumpform.geometry.profile import Profile, Station
from bumpform.surface.continuation.floating_height import sink
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.newton import solve
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import reach_joint
from scenes import TENSION, capillarity, straight
from shooting import plane, point
from shooting_two import Line, shoot_two
from two_lines import TOLERANCE, UM, agree, gravity_for, liquid

pytestmark = pytest.mark.dolfinx


def disc(radius, height, outer):
    """Face of a body: a pad flush in its base; the same for both sides of a bridge."""
    return Profile(
        (
            straight((0.0, height), (radius, height), "pad"),
            straight((radius, height), (outer, height), "base"),
        )
    )


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


# references


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
