"""Rings of liquid round a core agree with a reference and with shooting.

Problem    rings round a spherical core: solder round a ball that it leaves bare on top
Reference  recomputed numbers; shooting from line to line (``shooting_two``)
Expect     1e-9 relative, the product's promise, and the reported error estimate + 3e-12: the
           estimate is of bumpform's own error, the rest is what shooting at 1e-13 accumulates
"""

from __future__ import annotations

import math
import random
from functools import cache

import pytest

from bumpform.errors import NoEquilibriumError
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.stability import analyse
from bumpform.surface.search.cap_or_ring import reach_any, reach_ring
from scenes import TENSION, capillarity, straight
from shooting import Cone, ShootingError, Sphere, point, shoot
from shooting_two import Line, shoot_two
from two_lines import (
    BALL_MOMENT,
    BALL_PAD,
    BALL_RADIUS,
    EARTH,
    TOLERANCE,
    UM,
    agree,
    done,
    exact_values,
    gravity_for,
    liquid,
    liquid_of,
)

pytestmark = pytest.mark.dolfinx


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


# references


def test_p4a_ring_round_a_core():
    """3 nl round a core of 100 µm, 30° on the core, pinned on the pad's edge: reference drop P4a.

    The core's contact angle puts the inner line where it is; 1e-9 of each number. The reference's
    pad is neutral; a pad of 30°, which lets the line stay on its edge, adds −σ cos 30° of its area.
    """
    profile = cored(100 * UM, 80 * UM, 150 * UM, 600 * UM)
    angles = tuple(math.radians(d) for d in (30, 30, 160))
    land = LineForce(profile, angles, liquid(3e-12))
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
    land = LineForce(profile, tuple(math.radians(d) for d in wetting), liquid(volume, gravity))
    foot = math.sqrt(radius**2 - height**2)
    where = (pad - foot) / (edge - foot)
    last = math.pi - math.acos(height / radius)
    start = Station(1, 0.97 * where if slides else 1.0), Station(0, 0.95 * polar / last)
    return reach_ring(land, *start), shot


@pytest.mark.slow
@pytest.mark.parametrize("number", range(14))
def test_ring_on_an_edge_and_a_core(number):
    """The outer line pinned on the pad's edge, the inner one at its angle on the core."""
    found, shot = found_ring(number, False)
    assert [line.state for line in found.lines] == ["pinned", "free"]
    agree(found, shot, False)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(10))
def test_ring_sliding_on_a_plane_and_a_core(number):
    """Both lines at Young's angle, outside on the plane and inside on the core."""
    found, shot = found_ring(number, True)
    assert [line.state for line in found.lines] == ["free", "free"]
    agree(found, shot, False)


# caps that do not cover


@pytest.mark.slow
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
    stage, metrics = ran.result["stages"][0], ran.metrics["cap reflow"]
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


# liquid that runs down a ball

#: Radius of the ball and of its pad, m; volume in radii of the ball; angles on ball, pad and base,
#: degrees; where the liquid touches the ball first.
RUNS = (
    (2787 * UM, 561 * UM, 0.2610, (11, 11, 90), 0.085),
    (2090 * UM, 1105 * UM, 0.57, (12, 12, 151), 0.2),  # it would run to the ball's very foot
    (945 * UM, 725 * UM, 0.64, (7, 7, 113), 0.23),
    (529 * UM, 419 * UM, 1.29, (6, 6, 36), 0.2),
    (733 * UM, 385 * UM, 0.92, (3, 3, 48), 0.05),
    (2954 * UM, 1393 * UM, 0.83, (12, 12, 136), 0.22),
)


@pytest.mark.slow
@pytest.mark.parametrize("radius, pad, volume, degrees, start", RUNS)
def test_liquid_that_runs_down_a_ball_pools_at_its_foot(radius, pad, volume, degrees, start):
    """No cap is at rest on the ball: its film opens on top, the rest reaches the pad as a ring.

    Shot between the places that were found, it meets both at Young's angle or as Gibbs allows.
    """
    ball = Arc((0.0, radius), radius, 0.5 * math.pi, -0.5 * math.pi)
    profile = Profile(
        (
            Edge(ball, 0.5 * math.pi, -0.5 * math.pi, "ball", "ball"),
            straight((0.0, 0.0), (pad, 0.0), "pad"),
            straight((pad, 0.0), (4 * radius, 0.0), "base"),
        )
    )
    angles = tuple(math.radians(d) for d in degrees)
    land = LineForce(profile, angles, liquid(volume * radius**3))
    found = reach_any(land, Station(0, start))
    outer, inner = found.lines
    assert (outer.feature in ("base", "pad / base"), inner.feature) == (True, "ball")
    assert [move.event for move in found.path].count("opens") >= 1
    polar = math.pi * inner.station.u
    sphere = Sphere(radius, radius)
    shot = shoot_two(
        Line(point(found.values["outer.r_m"], 0.0, -(2.0 / 3.0) * radius**3), 0.0),
        Line(sphere, polar),
        land.drop.volume,
        capillarity=capillarity(EARTH),
        top=False,
    )
    agree(found, shot, False)
    assert analyse(found.surface).stable


@pytest.mark.slow
@pytest.mark.parametrize(
    "radius, pad, degrees", [(89.40267, 259.093, 25.99953), (105.07002, 262.66684, 22.09855)]
)
@pytest.mark.parametrize("volume", [x / 1000 for x in range(2568, 2800, 24)])
def test_a_hole_over_a_ball_rests_where_it_opens(radius, pad, degrees, volume):
    """Liquid as wide as a land, nearly as high as the ball on it: the ball's top stays bare.

    The hole is held by Young's angle next to where it opened. A step as long as the drop past that
    place would take it to the axis, where it cannot be told from one that closes.
    """
    radius, pad = radius * UM, pad * UM
    ball = Arc((0.0, radius), radius, 0.5 * math.pi, -0.5 * math.pi)
    profile = Profile(
        (
            Edge(ball, 0.5 * math.pi, -0.5 * math.pi, "ball", "ball"),
            straight((0.0, 0.0), (pad, 0.0), "pad"),
            straight((pad, 0.0), (4 * pad, 0.0), "base"),
        )
    )
    angles = tuple(math.radians(d) for d in (degrees, degrees, 140))
    land = LineForce(profile, angles, liquid(volume * math.pi / 3 * radius * pad**2))
    found = reach_any(land, Station(1, 0.8))
    outer, inner = found.lines
    assert (outer.state, inner.state) == ("pinned", "free")
    shot = shoot_two(
        Line(point(pad, 0.0, -(2.0 / 3.0) * radius**3), 0.0),
        Line(Sphere(radius, radius), math.pi * inner.station.u, math.radians(degrees)),
        land.drop.volume,
        capillarity=capillarity(EARTH),
        top=False,
    )
    agree(found, shot, False)


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [300.0, 583.0, 900.0])
def test_liquid_that_no_line_holds_on_the_upper_of_two_balls_falls_on_the_lower_one(gravity):
    """In a centrifuge: it runs down to where the balls touch, and goes on to the land's edge."""
    low, high, pad = 67.5 * UM, 132.0 * UM, 240.0 * UM
    upper = Arc((0.0, 2.0 * low + high), high, 0.5 * math.pi, -0.5 * math.pi)
    lower = Arc((0.0, low), low, 0.5 * math.pi, -0.5 * math.pi)
    profile = Profile(
        (
            Edge(upper, 0.5 * math.pi, -0.5 * math.pi, "upper", "upper"),
            Edge(lower, 0.5 * math.pi, -0.5 * math.pi, "lower", "lower"),
            straight((0.0, 0.0), (pad, 0.0), "pad"),
            straight((pad, 0.0), (4 * pad, 0.0), "base"),
        )
    )
    angles = tuple(math.radians(d) for d in (25, 25, 25, 150))
    drop = liquid(math.pi / 6.0 * (420 * UM) ** 3, gravity)
    land = LineForce(profile, angles, drop)
    found = reach_any(land, Station(0, 0.0))
    outer, inner = found.lines
    assert (outer.feature, inner.feature) == ("pad / base", "upper")
    shot = shoot_two(
        Line(point(pad, 0.0, -(2.0 / 3.0) * (low**3 + high**3)), 0.0),
        Line(Sphere(high, 2.0 * low + high), math.pi * inner.station.u, math.radians(25.0)),
        drop.volume,
        capillarity=capillarity(gravity),
        top=False,
    )
    agree(found, shot, False)


@pytest.mark.parametrize("volume", [0.63, 0.66, 0.69])
def test_a_ring_over_a_corner_that_stays_empty_draws_back_from_it_and_closes(volume):
    """Round a ball in two stacked openings: paste that starts on the upper one's rim.

    Drawn back to the lower rim, it covers the ball.
    """
    radius, inner, outer, low, high = (r * UM for r in (40.7, 57.0, 73.0, 12.4, 18.7))
    ball = Arc((0.0, radius), radius, 0.5 * math.pi, -0.5 * math.pi)
    places = (0.0, 0.0), (inner, 0.0), (inner, low), (outer, low), (outer, high), (5 * outer, high)
    names = ("pad", "lower wall", "lower top", "upper wall", "upper top")
    sides = [straight(a, b, name) for a, b, name in zip(places, places[1:], names, strict=False)]
    profile = Profile((Edge(ball, 0.5 * math.pi, -0.5 * math.pi, "ball", "ball"), *sides))
    angles = tuple(math.radians(d) for d in (32, 35, 141, 141, 135, 135))
    land = LineForce(profile, angles, liquid(volume * 1e-12))
    found = reach_any(land, Station(4, 1.0), Station(0, 0.34))
    (line,) = found.lines
    assert (line.feature, line.state) == ("lower wall / lower top", "pinned")
    assert [m.event for m in found.path if m.event in ("opens", "closes")] == ["opens", "closes"]
    moment = 0.5 * inner**2 * low - (2.0 / 3.0) * radius**3
    shot = shoot(point(inner, low, moment), land.drop.volume, capillarity=capillarity(EARTH))
    assert found.values["apex_z_m"] == pytest.approx(shot.apex_z, rel=TOLERANCE)


def round_a_post(outer, inner):
    """A weightless ring round a post with a foot, begun at two places of its side and base."""
    radius, height = 232.55 * UM, 313.95 * UM
    places = (0.0, height), (radius, height), (radius, 0.0), (850 * UM, 0.0)
    names = "top", "side", "base"
    sides = [straight(a, b, name) for a, b, name in zip(places, places[1:], names, strict=False)]
    angles = tuple(math.radians(d) for d in (42.0, 42.0, 138.9))
    land = LineForce(Profile(tuple(sides)), angles, liquid(6.71566e-12, 0.0))
    return reach_ring(land, outer, inner)


FAR = [(0.2065, 0.5125), (0.3, 0.6), (0.15, 0.45), (0.2234, 0.52475), (0.2781, 0.6944)]


@pytest.mark.parametrize("start", [*FAR, (0.3974, 0.73)])
def test_a_weightless_ring_stands_on_the_foot_of_a_post_at_the_limit_of_its_angles(start):
    """Along the post its two angles are one: the foot holds it just at Young's angle there."""
    found = round_a_post(Station(2, start[0]), Station(1, start[1]))
    outer, inner = found.lines
    assert (outer.feature, outer.state, inner.state) == ("side / base", "pinned", "free")
    for end in ("outer", "inner"):
        assert found.values[f"{end}.angle_deg"] == pytest.approx(42.0, rel=TOLERANCE)


@pytest.mark.parametrize("start", [(0.9, 0.3), (0.8, 0.2), (0.75, 0.4)])
def test_a_weightless_ring_on_a_post_is_at_rest_anywhere_on_it(start):
    with pytest.raises(NoEquilibriumError, match="at rest anywhere along the side"):
        round_a_post(Station(1, start[0]), Station(1, start[1]))


@pytest.mark.parametrize("roof", [30.0, 35.0, 40.0])
def test_a_ring_rests_in_a_slit_that_its_line_s_step_is_longer_than(roof):
    """What an etch leaves under a barrier's rim: its outer line went past its rest to the mouth.

    Weightless and far from the axis its section is one between two lines and an arc: as large as
    what is left of the slit beside a circle that meets its floor and its roof at Young's angles.
    """
    foot, end, mouth, height, area = 32.44, 32.704, 31.99, 0.2732, 0.0364  # µm, µm²
    under = (end, height), (foot, height), (32.405, height), (mouth, height)
    corners = (0.0, 0.0), (foot, 0.0), *under, (mouth, 9.0), (40.0, 9.0)
    names = "floor", "foot", "barrier", "barrier", "finish", "side", "top"
    meters = [(r * UM, z * UM) for r, z in corners]
    sides = [straight(a, b, name) for a, b, name in zip(meters, meters[1:], names, strict=False)]
    floor, roof = math.radians(28.0), math.radians(roof)
    angles = (floor, *[math.radians(30.0)] * 3, roof, roof, roof)
    volume = 2.0 * math.pi * foot * area
    land = LineForce(Profile(tuple(sides)), angles, liquid(volume * UM**3, 0.0))
    found = reach_ring(land, Station(2, 1.0), Station(0, 1.0))
    outer, inner = found.lines
    assert (outer.feature, inner.feature) == ("finish", "floor")
    radius = height / (math.cos(floor) + math.cos(roof))
    turn, aside = math.pi - floor - roof, radius * (math.sin(roof) - math.sin(floor))
    lens = 0.5 * radius**2 * (turn - math.sin(turn))  # between the arc and its chord
    middle = 0.5 * (foot + end) - (area + lens) / height  # of the chord
    for name, place in {
        "outer.r_m": middle + 0.5 * aside,
        "inner.r_m": middle - 0.5 * aside,
    }.items():
        # the ring is bent by its own width over its radius
        assert abs(found.values[name] / UM - place) < 2.0 * height**2 / foot, name


@pytest.mark.parametrize(("far", "size"), [(272.0, 0.5), (800.0, 1.0), (2000.0, 5.0)])
def test_a_narrow_ring_far_from_the_axis_is_as_exact_as_round_off_lets_it(far, size):
    """In the groove between a post and a wall that leans off it, of a section in µm².

    What of the liquid is under its lines is up to 3e5 times as much as it. Slopes that round-off
    turns by more on a finer mesh called for the finest, on which 3e-9 of the volume were lost.
    """
    radius, height, lean = far * UM, 40.0 * UM, math.radians(58.0)
    end = radius + 60.0 * UM * math.cos(lean), 60.0 * UM * math.sin(lean)
    places = (0.0, height), (radius, height), (radius, 0.0), end, (2.0 * end[0], end[1])
    names = "top", "post", "wall", "field"
    sides = [straight(a, b, name) for a, b, name in zip(places, places[1:], names, strict=False)]
    angles = tuple(math.radians(d) for d in (51.0, 51.0, 137.0, 137.0))
    drop = liquid(2.0 * math.pi * far * size * UM**3)
    land = LineForce(Profile(tuple(sides)), angles, drop)
    # between its first lines it is as wide down either side
    wide = math.sqrt(2.0 * size / math.sin(math.radians(32.0))) * UM
    starts = Station(2, wide / (60.0 * UM)), Station(1, 1.0 - wide / height)
    found = reach_ring(land, *starts)
    outer, inner = found.lines
    assert (outer.feature, inner.feature) == ("wall", "post")
    post = Cone(radius, height, -0.5 * math.pi)
    wall = Cone(radius, 0.0, lean, post.place(height)[3])
    lines = (
        Line(wall, 60.0 * UM * outer.station.u, angles[2]),
        Line(post, height * inner.station.u, angles[1]),
    )
    shot = shoot_two(*lines, drop.volume, capillarity=capillarity(EARTH), top=False)
    agree(found, shot, False)
    area = exact_values(shot, drop.surface_tension, False)["area_m2"]
    assert found.values["area_m2"] == pytest.approx(area, rel=3e-11, abs=0.0)
