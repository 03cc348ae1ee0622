"""Eigenvalues of the second variation against an independent computation, for every kind of state.

Problem    lowest λ of m = 0, 1, 2 of drops, rings and bridges, lines pinned and sliding, on planes,
           tapered walls and spheres, standing and hanging
Reference  Chebyshev collocation of the eigenvalue problem on a meridian that was shot, and, for the
           line's term above all, the second difference of the true energy of the surface displaced
           in three dimensions (``second_variation``)
Expect     1e-9 of max(1, |λ|) by collocation (measured: 1e-11; second derivatives at 44 points lose
           four digits); 1e-8 by differences (measured: 4e-10; the energy is differenced twice)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.stability import analyse
from bumpform.surface.search.cap_or_ring import reach_ring
from scenes import (
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
from second_variation import energy_quotient, lowest, of_drop, of_pair
from shooting import Cone, Sphere, point, shoot
from shooting import plane as flat
from shooting_two import Line, shoot_two

pytestmark = pytest.mark.dolfinx

A = 100e-6
MODES = (0, 1, 2)


def drop(solid, profile, degrees, volume, gravity, start, *, slides, bracket=0.0):
    """Surface and independent meridian of a drop."""
    found = rest(profile, degrees, volume, gravity, start)
    angle = math.radians(degrees[start[0]]) if slides else None
    shot = shoot(solid, volume, capillarity=capillarity(gravity), angle=angle, bracket=bracket)
    assert found.values["outer.r_m"] == pytest.approx(shot.r, rel=1e-9)  # the same drop
    return found.surface, of_drop(shot, solid, angle, found.drop.length)


def pinned(psi, gravity):
    volume = cap_volume(A, math.radians(psi))
    return drop(point(A), pad(A, 30 * A), (1, 179), volume, gravity, (0, 1.0), slides=False)


def on_plane(degrees, gravity):
    bracket = (0.01 * A, 20 * A)
    solid, profile = flat(), plane(30 * A)
    return drop(
        solid, profile, (degrees,), 4 * A**3, gravity, (0, 0.05), slides=True, bracket=bracket
    )


def on_wall(side, degrees):
    solid = Cone(A, 0.0, math.radians(side))
    profile = opening(A, 5 * A, 30 * A, side)
    wetting, bracket = (25, degrees, 125), (0.0, 5 * A)
    return drop(solid, profile, wetting, 4 * A**3, 1000.0, (1, 0.25), slides=True, bracket=bracket)


def on_core(degrees):
    solid, profile = Sphere(A, 0.9 * A), core(A, 0.9 * A, 30 * A)
    wetting, bracket = (degrees, 179), (0.05, 2.6)
    return drop(solid, profile, wetting, A**3, 2000.0, (0, 0.3), slides=True, bracket=bracket)


def ring(slides):
    """Round a core on a pad; both lines slide, or the outer one is pinned on the pad's edge."""
    height, edge, volume, gravity = 0.8 * A, 1.5 * A, 3 * A**3, 800.0
    full = Sphere(A, height).place(math.pi - math.acos(0.8))[3]
    foot = (0.6 * A, 0.0)
    outer_angle = 55 if slides else 5
    arc = core(A, height, 9 * A).pieces[0]
    pieces = [arc, straight(foot, (4 * edge if slides else edge, 0.0), "pad")]
    if not slides:
        pieces.append(straight((edge, 0.0), (9 * edge, 0.0), "base"))
    land = landscape(Profile(tuple(pieces)), (40, outer_angle, 175)[: len(pieces)], volume, gravity)
    start = Station(1, 0.15 if slides else 1.0), Station(0, 0.5)
    found = reach_ring(land, *start)
    outer = Line(Cone(edge, 0.0, 0.0, full), 0.0, math.radians(outer_angle) if slides else None)
    inner = Line(Sphere(A, height), 1.2, math.radians(40))
    b = capillarity(gravity)
    shot = shoot_two(outer, inner, volume, capillarity=b, top=False)
    assert found.values["inner.r_m"] == pytest.approx(shot.r[1], rel=1e-9)
    return found.surface, of_pair(shot, outer, inner, b, found.drop.length, top=False)


def between(slides):
    """Bridge between two planes of 70° and 110°, or with the lower line on a pad's edge."""
    height, gravity = 0.9 * A, 1500.0
    volume = math.pi * A**2 * height
    lower = (plane(30 * A), (70,)) if slides else (pad(A, 30 * A), (2, 178))
    upper = Profile((straight((0.0, height), (30 * A, height), "plane"),)), (110,)
    found = bridge(lower, upper, volume, gravity, starts=(1 / 30 if slides else 1.0, 1 / 30))
    first = Line(flat(), A, math.radians(70)) if slides else Line(point(A), 0.0)
    lines = first, Line(flat(height), A, math.radians(110))
    b = capillarity(gravity)
    shot = shoot_two(*lines, volume, capillarity=b, top=True)
    assert found.values["top.r_m"] == pytest.approx(shot.r[1], rel=1e-9)
    return found.surface, of_pair(shot, *lines, b, found.drop.length, top=True)


def on_posts():
    """Bridge between two unequal edges, bulging."""
    height, gravity, volume = 1.2 * A, 1500.0, 5 * A**3
    found = posts(A, 0.8 * A, height, volume, gravity)
    lines = Line(point(A), 0.0), Line(point(0.8 * A, height), 0.0)
    b = capillarity(gravity)
    shot = shoot_two(*lines, volume, capillarity=b, top=True)
    return found.surface, of_pair(shot, *lines, b, found.drop.length, top=True)


STATES: dict[str, Callable[[], Any]] = {
    "pinned": lambda: pinned(60, 2000.0),
    "overhanging": lambda: pinned(140, 300.0),
    "hanging": lambda: pinned(100, -1000.0),
    "plane 60": lambda: on_plane(60, 3000.0),
    "plane 130": lambda: on_plane(130, 3000.0),
    "hanging plane": lambda: on_plane(100, -500.0),
    "wall 90, hollow": lambda: on_wall(90, 60),
    "wall 90, dome": lambda: on_wall(90, 125),
    "wall 70, hollow": lambda: on_wall(70, 60),
    "wall 70, dome": lambda: on_wall(70, 125),
    "core 30": lambda: on_core(30),
    "core 120": lambda: on_core(120),
    "ring, one line slides": lambda: ring(False),
    "ring, both slide": lambda: ring(True),
    "bridge on posts": on_posts,
    "bridge, one line slides": lambda: between(False),
    "bridge, both slide": lambda: between(True),
}


@cache
def computed(name):
    """Eigenvalues, and by mode λ and the difference quotient of the independent computation."""
    surface, meridian = STATES[name]()
    by_mode = {}
    for mode in MODES:
        value, w = lowest(meridian, mode)
        by_mode[mode] = value, energy_quotient(meridian, mode, w)
    return analyse(surface).lowest, by_mode


@pytest.mark.slow
@pytest.mark.parametrize("name", STATES)
def test_eigenvalues_by_collocation(name):
    found, independent = computed(name)
    for mode in MODES:
        exact = independent[mode][0]
        assert found[mode] == pytest.approx(exact, rel=1e-9, abs=1e-9), mode


@pytest.mark.slow
@pytest.mark.parametrize("name", STATES)
def test_eigenvalues_by_the_energy_in_three_dimensions(name):
    """The quotient of the eigenmode is its eigenvalue: no formula of the second variation used."""
    found, independent = computed(name)
    for mode in MODES:
        exact = independent[mode][1]
        assert found[mode] == pytest.approx(exact, rel=1e-8, abs=1e-8), mode


@pytest.mark.slow
@pytest.mark.parametrize("name", STATES)
def test_m_1_decides_for_all_above(name):
    """The form grows with m² ∫ w²/r ds, so its lowest value does: m = 1, 2, 3, 4 rise."""
    surface, _ = STATES[name]()
    values = list(analyse(surface, (1, 2, 3, 4)).lowest.values())
    assert values == sorted(values)
    assert values[1] > values[0] + 1e-3
