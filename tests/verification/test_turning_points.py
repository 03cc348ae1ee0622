"""Where a state ends as its volume, load or gravity changes.

Problem    drops, rings and bridges, pinned and sliding, followed to the end of their branch
Reference  published neutral points; the extremum of a family of shot meridians (a fold); closed
           forms and shooting for the place where an edge lets go or a line comes to its end
Expect     1e-9 relative, and no further off than the reported error + 1e-11 (what the extremum of
           shot meridians is good for); digits of the table for published numbers
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

import shooting
import shooting_two
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.continuation.branch import first_point
from bumpform.surface.continuation.limit_points import turning_point, turning_points
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.stability import analyse, line_term
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import reach_joint
from bumpform.surface.search.cap_or_ring import reach_ring
from scenes import (
    DENSITY,
    TENSION,
    bridge,
    cap_volume,
    capillarity,
    core,
    landscape,
    opening,
    pad,
    plane,
    posts,
    rest,
    straight,
)
from second_variation import End, lowest, of_drop, trace
from shooting import Cone, Sphere, point
from shooting import plane as flat
from shooting_two import Line, shoot_two

pytestmark = pytest.mark.dolfinx

A = 1e-3
PROMISE, OWN = 1e-9, 1e-11


def gravity_of(bond, length=A):
    return bond * TENSION / (DENSITY * length**2)


def agrees(found, kind, exact, unit=1.0):
    """Kind, value and error of a turning point against an exact value in some unit."""
    assert found.kind == kind, found.detail
    off = abs(found.value / unit - exact)
    assert off <= PROMISE * abs(exact), (found.value / unit, exact)
    assert off <= found.error / unit + OWN * abs(exact), (found.value / unit, exact)


# folds of drops


def hanging(bond):
    """Drop on a disc of radius A that hangs."""
    return rest(pad(A, 30 * A), (1, 179), 2 * A**3, -gravity_of(bond), (0, 1.0))


def largest(shot, bond, which, target):
    """Largest volume of drops that hang, over arc lengths; r = y[0] or ψ = y[2] ends at a target.

    For every arc length the apex pressure that fits, by Newton's method with the derivative that is
    shot along; started from a drop of less volume.
    """
    state = {"p": shot.apex_pressure}

    def volume(length):
        for _ in range(40):
            y, _ = shooting.integrate(state["p"], -bond, length)
            change = (target - y[which]) / y[which + 4]
            state["p"] += change
            if abs(change) < 1e-14:
                break
        return -2.0 * math.pi * y[3]

    step = 0.01 * shot.arclength
    length, now, after = shot.arclength, volume(shot.arclength), volume(shot.arclength + step)
    while after < now:
        length, now, after = length + step, after, volume(length + 2.0 * step)
    bounds = length - step, length + step
    best = minimize_scalar(volume, bounds=bounds, method="bounded", options={"xatol": 1e-7})
    return -float(best.fun)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bond", "volume", "height"), [(0.1, 47.99791, 5.952671), (1.0, 5.261758, 2.512283)]
)
def test_largest_hanging_drop(bond, volume, height):
    """Reference table to its digits, and the largest of the shot drops to 1e-9."""
    found = turning_point(hanging(bond), "volume", 1.0)
    assert found.value / A**3 == pytest.approx(volume, abs=1e-5 * (volume > 10) + 1e-6)
    values = found.equilibrium.values
    assert values["apex_z_m"] / A == pytest.approx(height, abs=1e-6)
    shot = shooting.shoot(point(1.0), 0.9 * volume, capillarity=-bond)
    agrees(found, "fold", largest(shot, bond, 0, 1.0), A**3)
    # at the fold the drop is neutral: its volume changes at no cost of energy
    assert abs(analyse(found.equilibrium.surface).lowest[0]) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("bond", [0.1, 0.3, 1.0])
def test_fold_of_gravity_is_the_fold_of_volume(bond):
    """The largest volume at a gravity and the largest gravity of that volume are one drop."""
    most = turning_point(hanging(bond), "volume", 1.0)
    lighter = rest(pad(A, 30 * A), (1, 179), most.value, -0.8 * gravity_of(bond), (0, 1.0))
    agrees(turning_point(lighter, "gravity", -1.0), "fold", -gravity_of(bond))


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [60, 110])
def test_largest_drop_that_hangs_on_a_plane(degrees):
    """Sliding at its angle: the largest volume over apex pressures, in capillary lengths."""
    unit = 1.0 / math.sqrt(capillarity(1.0))
    found = rest(plane(60 * A), (degrees,), 0.2 * unit**3, -1.0, (0, 0.02))
    turn = turning_point(found, "volume", 1.0)
    angle = math.radians(degrees)
    set_up = {"capillarity": -1.0, "angle": angle, "bracket": (0.05, 4.0)}
    shot = shooting.shoot(shooting.plane(), 0.5 * turn.value / unit**3, **set_up)
    agrees(turn, "fold", largest(shot, 1.0, 2, angle), unit**3)


# folds of bridges


def on_edges(miss, length, guess, bond):
    """Direction φ, pressure and end of the meridian from the edge (1, 0) of a length.

    ``miss`` says of its end what two numbers must be zero.
    """
    x = np.array(guess)

    def end(x):
        return shooting_two.integrate((1.0, 0.0, x[0]), x[1], bond, length)

    for _ in range(40):
        steps = 1e-6 * np.eye(2)
        differences = [miss(end(x + s)) - miss(end(x - s)) for s in steps]
        change = -np.linalg.solve(np.stack(differences, axis=1) / 2e-6, miss(end(x)))
        x = x + change
        if np.abs(change).max() < 1e-10:  # it falls by 1e-6 a step
            break
    return x, end(x)


def least(value, miss, pair, bond):
    """Least ``value`` of pressure and end over arc lengths, from a pair that has been shot."""
    state = {"x": np.array([math.pi - pair.theta[0], pair.pressure])}

    def at(length):
        state["x"], end = on_edges(miss, length, state["x"], bond)
        return value(state["x"][1], end)

    step = 0.02 * pair.length
    if at(pair.length + step) > at(pair.length):
        step = -step
    length, now, after = pair.length, at(pair.length), at(pair.length + step)
    while after < now:
        length, now, after = length + step, after, at(length + 2.0 * step)
    bounds = sorted((length - step, length + step))
    best = minimize_scalar(at, bounds=bounds, method="bounded", options={"xatol": 1e-7})
    return float(best.fun)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("second", "height", "bond"), [(1.0, 1.0, 0.0), (1.0, 2.0, 0.0), (0.8, 1.2, 0.5)]
)
def test_smallest_bridge(second, height, bond):
    """The least volume between two edges, of all shot meridians from one to the other."""
    start = 0.5 * math.pi * height * (1 + second + second**2) / 3
    found = posts(A, second * A, height * A, start * A**3, gravity_of(bond))
    lines = Line(point(1.0), 0.0), Line(point(second, height), 0.0)
    pair = shoot_two(*lines, start, capillarity=bond, top=True)

    def miss(end):
        return np.array([end[0] - second, end[1] - height])

    exact = least(lambda _, end: 2.0 * math.pi * end[3], miss, pair, bond)
    agrees(turning_point(found, "volume", -1.0), "fold", exact, A**3)


@pytest.mark.slow
@pytest.mark.parametrize(("second", "volume", "bond"), [(1.0, 3.0, 0.0), (0.7, 4.0, 0.3)])
def test_largest_pull_of_a_joint(second, volume, bond):
    """The largest pull of the shot joint over heights nearby; the joint is held at another one."""
    height = 0.8 * volume / math.pi
    found = posts(A, second * A, height * A, volume * A**3, gravity_of(bond))
    turn = turning_point(found, "load", -1.0)

    def force(height):
        lines = Line(point(1.0), 0.0), Line(point(second, height), 0.0)
        return shoot_two(*lines, volume, capillarity=bond, top=True).force

    near = turn.equilibrium.values["standoff_m"] / A
    bounds = 0.97 * near, 1.03 * near
    best = minimize_scalar(force, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    agrees(turn, "fold", float(best.fun), TENSION * A)
    assert best.x == pytest.approx(near, abs=1e-4)  # as flat as a minimum is
    assert turn.equilibrium.values["joint_force_N"] == pytest.approx(turn.value, rel=1e-9)


# neutral modes


@pytest.mark.parametrize(
    ("height", "unit", "volume"),
    [(1.1, 1.0, 6.760964876), (1.0, math.pi, 1.860269202), (2.0, 2.0 * math.pi, 2.920993949)],
    ids=["catbody", "Gillette and Dyson 1", "Gillette and Dyson 2"],
)
def test_fat_bridges_give_way_to_one_side(height, unit, volume):
    """Published neutral points of m = 1: the volume to the digits of the table, λ = 0 there."""
    found = posts(A, A, height * A, 1.1 * math.pi * height * A**3)
    turn = turning_point(found, "volume", 1.0)
    assert turn.kind == "neutral"
    assert "m = 1" in turn.detail
    assert turn.value / (unit * A**3) == pytest.approx(volume, abs=1e-9)
    assert turn.error < 2e-9 * turn.value
    # the eigenvalue itself, on the surface of that volume
    neutral = posts(A, A, height * A, volume * unit * A**3)
    assert abs(analyse(neutral.surface).lowest[1]) < 1e-6


def test_catbody_at_its_neutral_point():
    """Surface Evolver's example: widest radius and pressure there."""
    found = posts(A, A, 1.1 * A, 1.1 * math.pi * 1.1 * A**3)
    values = turning_point(found, "volume", 1.0).equilibrium.values
    assert values["max_radius_m"] / A == pytest.approx(1.5043783709, abs=1e-9)
    assert values["pressure_Pa"] * A / TENSION == pytest.approx(2.3819392320, abs=1e-9)


@pytest.mark.parametrize("height", [3.0, 6.0, 6.28, 6.5])
def test_cylinder_between_equal_discs(height):
    """Plateau and Rayleigh: λ_m R² = (kπR/H)² + m² − 1, with k = 2 at m = 0 (k = 1 has volume).

    So the longest that is stable has H = 2πR, here to 1e-6: dλR²/dH is 0.32/R.
    """
    found = posts(A, A, height * A, math.pi * height * A**3)
    unit = (found.drop.length / A) ** 2
    lowest_ = analyse(found.surface).lowest
    for mode, waves in ((0, 2), (1, 1), (2, 1)):
        exact = (waves * math.pi / height) ** 2 + mode**2 - 1.0
        assert lowest_[mode] == pytest.approx(exact * unit, abs=1e-7 * unit), mode


def upright(height, radius=1.0):
    """Cylinder between two planes that it meets at 90°."""
    below = plane(20 * A)
    above = Profile((straight((0.0, height * A), (20 * A, height * A), "plane"),))
    volume, start = math.pi * radius**2 * height * A**3, radius / 20
    return bridge((below, (90,)), (above, (90,)), volume, 0.0, starts=(start, start))


@pytest.mark.parametrize("height", [1.0, 2.0, 3.0])
def test_cylinder_that_slides_between_planes(height):
    """λ_m R² = (kπR/H)² + m² − 1, with k = 1 at m = 0 and k = 0 else: m = 1 is a translation."""
    found = upright(height)
    unit = (found.drop.length / A) ** 2
    verdict = analyse(found.surface)
    for mode, exact in ((0, (math.pi / height) ** 2 - 1.0), (1, 0.0), (2, 3.0)):
        assert verdict.lowest[mode] == pytest.approx(exact * unit, abs=1e-8 * unit), mode
    assert verdict.neutral == (1,)
    assert verdict.stable


@pytest.mark.parametrize("height", [1.0, 2.0])
def test_thinnest_cylinder_that_slides_between_planes(height):
    """It stays a cylinder as it thins, to the radius H/π where m = 0 is neutral: V = H³/π."""
    turn = turning_point(upright(height), "volume", -1.0)
    assert "m = 0" in turn.detail
    agrees(turn, "neutral", height**3 / math.pi, A**3)


@pytest.mark.slow
@pytest.mark.parametrize("height", [5.0, 6.0])
def test_slender_bridges_give_way_to_an_uneven_one(height):
    """Before the fold m = 0 becomes neutral, by collocation on shot bridges.

    Even ones are shot as halves, from the edge to the plane in their middle, met at 90°.
    """
    found = posts(A, A, height * A, 1.05 * math.pi * height * A**3)
    turn = turning_point(found, "volume", -1.0)
    assert turn.kind == "neutral"
    assert "m = 0" in turn.detail
    near = turn.value / A**3
    edges = End(point(1.0)), End(point(1.0, height))

    def value(volume):
        halves = Line(point(1.0), 0.0), Line(flat(0.5 * height), 0.9, math.pi / 2)
        pair = shoot_two(*halves, 0.5 * volume, capillarity=0.0, top=True)
        phi = math.pi - pair.theta[0]
        ends = (1.0, 0.0, phi), (1.0, height, math.pi - phi)
        whole = {"pressure": pair.pressure, "capillarity": 0.0, "length": 2.0 * pair.length}
        return lowest(trace(*ends, edges, **whole), 0)[0]

    exact = brentq(value, 0.99 * near, 1.01 * near, rtol=1e-11)
    agrees(turn, "neutral", exact, A**3)


# edges that let go, and ends of pieces


def test_edge_lets_go_at_the_angles_of_its_pieces():
    """A weightless cap on a pad of 30° in a base of 120°: volumes of the caps of these angles."""
    found = rest(pad(A, 30 * A), (30, 120), 2 * A**3, 0.0, (0, 1.0))
    small, large = turning_points(found, "volume")
    agrees(small, "unpins", cap_volume(A, math.radians(30)))
    agrees(large, "unpins", cap_volume(A, math.radians(120)))
    assert small.detail.endswith("back over the pad")
    assert large.detail.endswith("on to the base")


def test_line_runs_off_a_wall():
    """A weightless dome of 125° in an opening of radius A and depth 2A, from pad to top.

    The dome adds the volume of the cap whose slope at the rim is 35°.
    """
    found = rest(opening(A, 2 * A, 20 * A), (25, 125, 125), 2.5 * A**3, 0.0, (1, 1.0))
    low, high = turning_points(found, "volume")
    dome = cap_volume(A, math.radians(35))
    agrees(low, "runs onto", dome)
    agrees(high, "runs onto", dome + 2 * math.pi * A**3)


def test_hanging_dome_in_an_opening():
    """Hung, a dome on a wall gives way to one side: λ of m = 1 by collocation is zero there."""
    found = rest(opening(A, 2 * A, 20 * A), (25, 125, 125), 2.5 * A**3, 1.0, (1, 1.0))
    turn = turning_point(found, "gravity", -1.0)
    assert turn.kind == "neutral"
    angle, solid = math.radians(125), Cone(A, 0.0, math.pi / 2)
    set_up = {"angle": angle, "bracket": (0.0, 2 * A)}

    def value(gravity):
        shot = shooting.shoot(solid, found.drop.volume, capillarity=capillarity(gravity), **set_up)
        return lowest(of_drop(shot, solid, angle, found.drop.length), 1)[0]

    exact = brentq(value, 1.01 * turn.value, 0.99 * turn.value, rtol=1e-11)
    agrees(turn, "neutral", exact)


@pytest.mark.slow
def test_ring_is_let_go_by_its_edge():
    """Round a core, pinned on a pad of 70° in a base of 95°: the volumes of these angles."""
    height, edge = 0.8 * A, 1.5 * A
    arc = core(A, height, 9 * A).pieces[0]
    foot = straight((0.6 * A, 0.0), (edge, 0.0), "pad")
    profile = Profile((arc, foot, straight((edge, 0.0), (9 * edge, 0.0), "base")))
    land = landscape(profile, (30, 70, 95), 3 * A**3, 9.81)
    found = reach_ring(land, Station(1, 1.0), Station(0, 0.5))
    full = Sphere(A, height).place(math.pi - math.acos(0.8))[3]
    outer = Line(point(edge, 0.0, full), 0.0)
    inner = Line(Sphere(A, height), 1.2, math.radians(30))

    def excess(volume, degrees):
        pair = shoot_two(outer, inner, volume * A**3, capillarity=capillarity(9.81), top=False)
        return pair.theta[0] - math.radians(degrees)

    for turn, degrees in zip(turning_points(found, "volume"), (70, 95), strict=True):
        near = turn.value / A**3
        exact = brentq(excess, 0.99 * near, 1.01 * near, (degrees,), rtol=1e-13)
        agrees(turn, "unpins", exact, A**3)


def test_bulging_drop_touches_a_wall():
    """A weightless drop on a pad fills to the wall round it: a sphere's radius is the wall's.

    1e-4: the place where surface and wall touch is told by polylines.
    """
    wall, angle = 1.5, math.pi - math.asin(1.0 / 1.5)
    profile = Profile(
        (
            straight((0.0, 0.0), (A, 0.0), "pad"),
            straight((A, 0.0), (wall * A, 0.0), "base"),
            straight((wall * A, 0.0), (wall * A, 9 * A), "wall"),
        )
    )
    found = rest(profile, (5, 175, 90), 3 * A**3, 0.0, (0, 1.0))
    turn = turning_point(found, "volume", 1.0)
    assert turn.kind == "touches"
    exact = cap_volume(A, angle)
    assert abs(turn.value - exact) <= turn.error <= 2e-4 * exact


# no end, and nothing to follow


def test_weightless_drop_on_a_plane_has_no_end():
    """It only grows, and shrinks, in proportion."""
    found = rest(plane(900 * A), (60,), A**3, 0.0, (0, 0.001))
    assert turning_points(found, "volume") == (None, None)


def test_parameters_that_a_state_does_not_have():
    """A drop carries no load; a liquid without density has no gravity; others are not known."""
    found = rest(plane(20 * A), (60,), A**3, 0.0, (0, 0.02))
    light = rest(plane(20 * A), (60,), A**3, 0.0, (0, 0.02), density=0.0)
    for state, parameter, message in (
        (found, "load", "only a joint carries a load"),
        (light, "gravity", "without density"),
        (found, "colour", "one of volume, load, gravity"),
    ):
        with pytest.raises(ValueError, match=message):
            turning_points(state, parameter)


def test_line_term_is_the_same_on_a_mirrored_upper_body():
    """Between two equal spheres the joint is symmetric: so are the terms of both its lines."""
    gap = 0.4 * A
    lower = Arc((0.0, 0.0), A, math.pi / 2, 0.0)
    upper = Arc((0.0, 2 * A + gap), A, -math.pi / 2, 0.0)
    solids = tuple(
        Solid(Profile((Edge(arc, arc.first, arc.last, "core", "core", "core"),)), (0.9,), kind)
        for arc, kind in ((lower, "outer"), (upper, "top"))
    )
    joint = Joint(Drop(A**3, TENSION, DENSITY, 0.0), solids)
    stations = (Station(0, 0.5), Station(0, 0.5))
    held = Held(stations, ("free", "free"), solve(joint.guess(stations), tolerance=1e-3))
    surface = reach_joint(joint, held).surface
    terms = line_term(surface, surface.start), line_term(surface, surface.end)
    assert terms[0] == pytest.approx(terms[1], rel=1e-9)
    assert abs(terms[0]) > 0.1


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_margin_that_round_off_has_taken_already_is_at_the_point_itself(sign):
    """Solved again, a point is off by round-off: no change of sign is left to search between."""
    here = first_point(hanging(1.0).surface, "volume", 1.0)
    nearly = 1e-18
    assert here.place_of(lambda p: -sign * (nearly + abs(p.value - here.value)), 0.05) == 0.0
