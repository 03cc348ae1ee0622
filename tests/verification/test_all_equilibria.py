"""All equilibria of a liquid on a solid: no more and no fewer than independent scans find.

Problem    drops on stepped profiles, rings round a core, joints between two bodies
Reference  one line: shooting with the line held at places all over the profile, where its angle
           crosses Young's, and Gibbs' condition at every edge; two lines: ``scan_two``, marching
           from the outer line over all pressures until a solid is met
Expect     the same set; places to 1e-9 and energies to 1e-9 of the drop's size, the product's
           promise; energy differences equal to the work of the force on the line
"""

from __future__ import annotations

import math
import random
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import brentq

import scenes
import shooting
from bumpform.case.file import load_case
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.runner import run
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.joints.joint import Joint
from bumpform.surface.search.alternatives import (
    admits_ring,
    beside_joint,
    joints,
    rings,
    with_stability,
)
from bumpform.surface.search.descent import reach
from bumpform.surface.search.rests import others
from scan_two import Scene, scan
from scenes import DENSITY, TENSION, capillarity, straight
from shooting_two import Line, shoot_two

pytestmark = pytest.mark.dolfinx

UM = 1e-6
EARTH = 9.81
TOLERANCE = 1e-9
#: Holes and necks narrower than this part of V^(1/3) are below what the scan's grid resolves.
RESOLVED = 0.1


def radians(degrees):
    return tuple(math.radians(d) for d in degrees)


def flats(edges, height, name):
    """Coplanar pieces out to each of some radii."""
    ends = zip((0.0, *edges), edges, strict=False)
    return Profile(
        tuple(straight((a, height), (b, height), f"{name}{k}") for k, (a, b) in enumerate(ends))
    )


# one contact line


def shot_cap(piece, t, volume):
    """Drop with its line held on a piece of solid; None where there is none."""
    try:
        return shooting.shoot(piece, volume, capillarity=capillarity(EARTH), bracket=t)
    except shooting.ShootingError:
        return None


def clear_of_rim(shot, rim):
    """Whether a drop with its line beyond or below a rim (r, z) does not pass through it.

    Marched from the apex, its meridian must not come below the rim's height inside the rim, when
    the line is further out, nor be further out at any height above its line, when it is inside.
    """
    unit = shot.arclength
    p, b = shot.apex_pressure * unit, shot.capillarity * unit**2
    for s in np.linspace(0.01, 0.999, 150):
        y, _ = shooting.integrate(p, b, s)
        r, z = y[0] * unit, shot.apex_z - y[1] * unit
        outside = shot.r > rim[0] * (1 + 1e-9)
        if outside and r < rim[0] and z < rim[1]:
            return False
        if not outside and r > rim[0] * (1 + 1e-9) and z < rim[1]:
            return False
    return True


class Stepped:
    """Opening in a layer, with a ring of another material on the layer: pad, wall, top, ring, far.

    Every piece is a straight solid of ``shooting``, from t = 0 to its length.
    """

    def __init__(self, degrees, radius=100 * UM, depth=40 * UM):
        self.degrees, self.rim = degrees, (radius, depth)
        corners = [
            (0.0, 0.0),
            (radius, 0.0),
            (radius, depth),
            (1.35 * radius, depth),
            (1.7 * radius, depth),
            (12 * radius, depth),
        ]
        names = ("pad", "wall", "top", "ring", "far")
        self.profile = Profile(
            tuple(straight(*ends, n) for n, ends in zip(names, pairwise(corners), strict=True))
        )
        moment = 0.0
        self.pieces = []
        for a, b in pairwise(corners):
            length = math.dist(a, b)
            self.pieces.append((shooting.Cone(*a, math.atan2(b[1] - a[1], b[0] - a[0]), moment),
                                length))  # fmt: skip
            moment += 0.5 * a[0] ** 2 * (b[1] - a[1])

    def scan(self, volume):
        """Place (m), state and whether it is a minimum along the profile, of every equilibrium."""
        found = []
        for (piece, length), degrees in zip(self.pieces, self.degrees, strict=True):
            young = math.radians(degrees)

            def push(t, piece=piece, young=young):
                shot = shot_cap(piece, t, volume)
                return math.nan if shot is None else shot.theta - young

            t = np.linspace(0.05, 1.0, 36) ** 2 * length
            f = [push(x) for x in t]
            for k in range(len(t) - 1):
                if f[k] * f[k + 1] < 0.0:
                    at = brentq(push, t[k], t[k + 1], xtol=1e-16, rtol=1e-14)
                    found.append((shot_cap(piece, at, volume), "free", f[k] > 0.0))
        for k, (piece, length) in enumerate(self.pieces[:-1]):
            shot = shot_cap(piece, length, volume)
            if shot is None:
                continue
            turn = self.pieces[k + 1][0].tau - piece.tau
            low, high = (math.radians(d) for d in self.degrees[k : k + 2])
            if low < shot.theta < high - turn:
                found.append((shot, "pinned", True))
        return [one for one in found if clear_of_rim(one[0], self.rim)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("degrees", "volume", "count"),
    [
        ((60, 125, 125, 60, 30), 4.0e-12, 3),
        ((60, 140, 150, 60, 30), 6.0e-12, 3),
        ((30, 140, 30, 120, 30), 4.0e-12, 2),
        ((60, 140, 125, 40, 150), 9.0e-12, 2),
    ],
)
def test_caps_on_a_stepped_opening(degrees, volume, count):
    """All caps from the opening's wall to the far field: places, states, stability along it.

    A cap is a minimum along the profile where its energy's lowest axisymmetric mode is positive.
    """
    stepped = Stepped(degrees)
    land = scenes.landscape(stepped.profile, degrees, volume, EARTH)
    first = reach(land, Station(1, 1.0))
    found = with_stability([first, *others(land, first)])
    exact = stepped.scan(volume)
    assert len(found) == len(exact) == count
    size = volume ** (1 / 3)
    for shot, state, minimum in exact:
        (one,) = (
            a
            for a in found
            if math.dist(place_of(a.equilibrium), (shot.r, shot.z)) <= TOLERANCE * size
        )
        assert one.equilibrium.state == state
        assert (one.stability.lowest[0] > 0.0) == minimum


def place_of(found):
    return found.values["outer.r_m"], found.values["outer.z_m"]


@pytest.mark.slow
def test_energy_between_two_caps_is_the_work_of_the_force():
    """E₂ − E₁ = −2πσ ∫ r (cosθ_Young − cosθ) ds between two minima, θ from shooting.

    On pad, ring and far field in a plane; Gauss' rule on each piece of a smooth integrand: 1e-9.
    """
    a, volume = 100 * UM, 4.5e-12
    ends, degrees = (0.0, a, 1.3 * a, 30 * a), (60, 120, 60)
    land = scenes.landscape(flats(ends[1:], 0.0, "p"), degrees, volume, EARTH)
    first = reach(land, Station(0, 1.0))
    (second,) = others(land, first)
    assert first.values["outer.r_m"] == pytest.approx(a, rel=1e-12)
    last = second.values["outer.r_m"]
    assert last > 1.3 * a
    x, w = np.polynomial.legendre.leggauss(24)
    work = 0.0
    for low, high, young in ((a, 1.3 * a, 120), (1.3 * a, last, 60)):
        for k in range(24):
            r = low + 0.5 * (high - low) * (1.0 + x[k])
            theta = shot_cap(shooting.plane(), r, volume).theta
            force = r * (math.cos(math.radians(young)) - math.cos(theta))
            work += 0.5 * (high - low) * w[k] * force
    rise = second.values["energy_J"] - first.values["energy_J"]
    size = TENSION * volume ** (2 / 3)
    assert rise == pytest.approx(-2 * math.pi * TENSION * work, abs=TOLERANCE * size)


# two contact lines


def same_sets(found, exact, volume, other):
    """Found equilibria and the scan's are the same: places, states, angles, energies."""
    size = volume ** (1 / 3)
    found = [e for e in found if narrowest(e) > RESOLVED * size]
    exact = [s for s in exact if min(s.r) > RESOLVED * size]
    assert len(found) == len(exact), ([e.name for e in found], [s.states for s in exact])
    for state in exact:
        (one,) = (
            e
            for e in found
            if max(
                abs(e.values["outer.r_m"] - state.r[0]),
                abs(e.values[f"{other}.r_m"] - state.r[1]),
                abs(e.values[f"{other}.z_m"] - state.z[1]),
            )
            <= TOLERANCE * size
        )
        assert tuple(line.state for line in one.lines) == state.states
        for end, theta in zip(("outer", other), state.theta, strict=True):
            assert one.values[f"{end}.angle_deg"] == pytest.approx(
                math.degrees(theta), abs=TOLERANCE * 180 / math.pi
            )
        energy = 2 * math.pi * TENSION * state.energy
        assert one.values["energy_J"] == pytest.approx(energy, abs=TOLERANCE * TENSION * size**2)


def narrowest(found):
    last = found.lines[1].end
    return min(found.values["outer.r_m"], found.values[f"{last}.r_m"])


def cored(radius, height, edges):
    """Core about (0, height), cut at z = 0, on flat pieces out to each of some radii."""
    last = math.asin(-height / radius)
    ends = (radius * math.cos(last), *edges)
    ball = Edge(Arc((0.0, height), radius, math.pi / 2, last), math.pi / 2, last, "core", "core")
    floor = (straight((a, 0.0), (b, 0.0), f"p{k}") for k, (a, b) in enumerate(pairwise(ends)))
    return Profile((ball, *floor))


def every_ring(profile, degrees, volume):
    """All rings whose outer line is on the flat pieces."""
    drop = Drop(volume, TENSION, DENSITY, EARTH)
    solids = Solid(profile, radians(degrees)), Solid(profile, radians(degrees), "inner")
    found = rings(Joint(drop, solids), ())
    assert all(admits_ring(e) for e in found)
    return [e for e in found if e.values["outer.z_m"] == 0.0]


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 5, 13, 14, 28])
def test_rings_round_a_core(number):
    """Core on a pad, a ring that does not wet round it, and a field that does: up to four rings.

    Some are pinned on an edge, some slide, some leave the core bare and stand on the field alone.
    """
    draw = random.Random(number)
    radius = 100 * UM
    height = radius * draw.uniform(0.5, 0.95)
    pad = radius * draw.uniform(1.2, 1.7)
    edges = pad, pad * draw.uniform(1.08, 1.4), 6 * radius
    degrees = tuple(draw.uniform(*span) for span in ((20, 60), (20, 60), (90, 150), (20, 80)))
    volume = draw.uniform(1.5, 9) * 1e-12
    found = every_ring(cored(radius, height, edges), degrees, volume)
    core, *floor = radians(degrees)
    scene = Scene(edges, tuple(floor), capillarity(EARTH), (radius, height, core))
    same_sets(found, scan(scene, volume), volume, "inner")


@pytest.mark.slow
def test_reference_ring_is_the_only_one():
    """P4a: of the wide rings round its core there is one, on the pad's edge, at 74.758° polar."""
    radius, height, edges, volume = 100 * UM, 80 * UM, (150 * UM, 600 * UM), 3e-12
    found = every_ring(cored(radius, height, edges), (30, 30, 160), volume)
    scene = Scene(edges, radians((30, 160)), capillarity(EARTH), (radius, height, math.radians(30)))
    same_sets(found, scan(scene, volume), volume, "inner")
    assert any(
        e.values["inner.r_m"] == pytest.approx(9.648238573998322e-05, rel=TOLERANCE) for e in found
    )


def every_joint(lower, upper, degrees, volume, gravity, height):
    """Joint between flat bodies, all its equilibria, and what admits them."""
    below, above = flats(lower, 0.0, "l"), flats(upper, height, "u")
    joint = Joint(
        Drop(volume, TENSION, DENSITY, gravity),
        (Solid(below, radians(degrees[0])), Solid(above, radians(degrees[1]), "top")),
    )

    def admits(found):
        return find_penetration(found.curve, below, above, between=True) is None

    return joints(joint, (), admits, None, 0.0), admits


@pytest.mark.slow
@pytest.mark.parametrize("number", [3, 6, 11, 12])
def test_joints_between_bodies_of_three_materials(number):
    """Pads, rings that do not wet, and bases that do, below and above, at a fixed standoff."""
    draw = random.Random(f"j{number}")
    a = 100 * UM
    lower = a, a * draw.uniform(1.08, 1.5), 7 * a
    height, rim = a * draw.uniform(0.5, 1.6), a * draw.uniform(0.7, 1.2)
    upper = rim, rim * draw.uniform(1.1, 1.5), 7 * a
    spans = (15, 60), (90, 150), (30, 90)
    degrees = tuple(tuple(draw.uniform(*span) for span in spans) for _ in range(2))
    volume = math.pi * height * (1.25 * a) ** 2 * draw.uniform(0.6, 1.5)
    gravity = draw.choice([9.81, 0.0, -9.81, 100.0])
    found, _ = every_joint(lower, upper, degrees, volume, gravity, height)
    roof = height, upper, radians(degrees[1])
    exact = scan(Scene(lower, radians(degrees[0]), capillarity(gravity), None, roof), volume)
    bridges = [s for s in exact if s.z[1] > 0.5 * height]
    same_sets(found, bridges, volume, "top")


A, HEIGHT = 100 * UM, 120 * UM
TWO_EDGES = (A, 1.15 * A, 1.4 * A, 7 * A), (1.1 * A, 7 * A)
TWO_ANGLES = (20, 120, 20, 170), (20, 165)
BETWEEN = math.pi * HEIGHT * (1.2 * A) ** 2 * 0.8


@pytest.mark.slow
def test_joint_that_may_be_pinned_on_either_of_two_edges():
    """Pad, ring of 120°, pad again: the lower line rests on the first or on the last edge.

    Both are minima; next to the one, the other is found without a search of all the solid.
    """
    found, admits = every_joint(*TWO_EDGES, TWO_ANGLES, BETWEEN, EARTH, HEIGHT)
    roof = HEIGHT, TWO_EDGES[1], radians(TWO_ANGLES[1])
    scene = Scene(TWO_EDGES[0], radians(TWO_ANGLES[0]), capillarity(EARTH), None, roof)
    same_sets(found, scan(scene, BETWEEN), BETWEEN, "top")
    stable = [a.equilibrium for a in with_stability(found) if a.stable]
    stable.sort(key=lambda e: e.values["outer.r_m"])
    assert [e.values["outer.r_m"] for e in stable] == pytest.approx([A, 1.4 * A], rel=1e-12)
    for one, other in (stable, stable[::-1]):
        (beside,) = beside_joint(one, admits, None)
        assert place_of(beside) == pytest.approx(place_of(other), rel=1e-12)
        assert beside.values["energy_J"] == pytest.approx(other.values["energy_J"], rel=TOLERANCE)


@pytest.mark.slow
def test_energy_between_two_joints_is_the_work_of_the_force():
    """From the first edge to the last one over ring and second pad, the upper line on its edge."""
    found, _ = every_joint(*TWO_EDGES, TWO_ANGLES, BETWEEN, EARTH, HEIGHT)
    first, last = sorted(
        (a.equilibrium for a in with_stability(found) if a.stable),
        key=lambda e: e.values["outer.r_m"],
    )
    upper = Line(shooting.point(1.1 * A, HEIGHT), 0.0)
    x, w = np.polynomial.legendre.leggauss(12)
    work = 0.0
    for low, high, young in ((A, 1.15 * A, 120), (1.15 * A, 1.4 * A, 20)):
        for k in range(12):
            r = low + 0.5 * (high - low) * (1.0 + x[k])
            lower = Line(shooting.point(r), 0.0)
            shot = shoot_two(lower, upper, BETWEEN, capillarity=capillarity(EARTH), top=True)
            force = r * (math.cos(math.radians(young)) - math.cos(shot.theta[0]))
            work += 0.5 * (high - low) * w[k] * force
    rise = last.values["energy_J"] - first.values["energy_J"]
    size = TENSION * BETWEEN ** (2 / 3)
    assert rise == pytest.approx(-2 * math.pi * TENSION * work, abs=TOLERANCE * size)


@pytest.mark.slow
def test_pulled_joint_balances_its_load_at_two_heights():
    """A package pulled off a copper ball: the stable joint, and the barrier at which it comes off.

    The second height and its force by shooting; its energy above the reached one, with that of
    the load, is the work ∫ (load − F) dh of what the liquid's force F does not carry.
    """
    case = load_case("core_metal_ball", sets=["mounting.load=-0.3 mN"])
    stage = run(case, landscape=True).result["stages"][-1]
    (barrier,) = (a for a in stage["equilibrium"]["alternatives"] if a["held_by"] == "liquid")
    assert stage["equilibrium"]["stable"] and not barrier["stable"]
    volume, tension = stage["liquid"]["volume_m3"], stage["liquid"]["surface_tension_N_m"]
    b = stage["liquid"]["density_kg_m3"] * EARTH / tension
    radius, pad, load = 150 * UM, 200 * UM, -3e-4
    lower = Line(shooting.point(pad, 0.0, -(2.0 / 3.0) * radius**3), 0.0)

    def at(height, load=None):
        upper = Line(shooting.point(pad, height), 0.0)
        return shoot_two(lower, upper, volume, capillarity=b, top=True, load=load)

    high = at(500 * UM, load / tension)
    assert barrier["standoff_m"] == pytest.approx(high.z[1], rel=TOLERANCE)
    assert barrier["joint_force_N"] == pytest.approx(load, rel=TOLERANCE)
    low = stage["surface"]["contact_lines"][1]["z_m"]
    x, w = np.polynomial.legendre.leggauss(16)
    half = 0.5 * (high.z[1] - low)
    work = sum(
        half * w[k] * (load - tension * at(low + half * (1.0 + x[k])).force) for k in range(16)
    )
    assert barrier["energy_above_reached_J"] == pytest.approx(work, rel=1e-8)
