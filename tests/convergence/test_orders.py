"""Orders at which the discrete meridian converges, degree k = 6, on 1 to 6 elements.

The meridian minimises the energy over piecewise polynomials of degree k; errors split so:

curve      the best approximation of a smooth curve in L2: k + 1 = 7
energy     minimal, so quadratic in the error of the tangent (order k): 2k = 12
pressure   dE/dV of a minimal energy, and the place of a sliding line, where dE/ds = 0: 2k = 12
apex       one point, on the axis, where the weight r makes point values no better than the
           tangent in the last element: ∫ r (e')² dr over it is h^(2k+2), that is k + 1; and
           a meridian is even in r, its derivative of order k + 1 vanishes on the axis: k + 2 = 8

Without gravity the circle's symmetry gives more (10 at the apex): no part of this.

Orders are least-squares slopes over meshes that lie above round-off (1e-15 for energies,
lengths, pressures of order 1). The apex and the curve fall steadily: ± 0.3. Errors of order 12
leave only three meshes between 1e-8 and 1e-14 and change sign there: ± 1.75, enough to tell
2k = 12 from 2k − 2 = 10 (a lost quadrature point or inexact contact line) and from k + 1 = 7.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import scenes
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Station
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.sampling import from_cap
from bumpform.surface.search.descent import reach
from scenes import DENSITY, TENSION, cap_volume, landscape

pytestmark = pytest.mark.dolfinx

A = 1e-3
FINE = (16, 20, 24)
#: Errors below it say nothing of an order: the sums that they are taken from are of size 1.
ROUND_OFF = 1e-15


def pad(psi, bond):
    """Drop pinned on a pad: the cap's slope at the rim (without gravity) and ρga²/σ."""
    volume = cap_volume(A, math.radians(psi))
    gravity = bond * TENSION / (DENSITY * A * A)
    return landscape(scenes.pad(A, 20 * A), (1, 179), volume, gravity), Station(0, 1.0), False


def plane(degrees, place, bond):
    """Drop sliding on a plane, V = 2 a³, its line first held near ``place``·a."""
    gravity = bond * TENSION / (DENSITY * A * A)
    land = landscape(scenes.plane(20 * A), (degrees,), 2 * A**3, gravity)
    return land, Station(0, place / 20), True


def core(degrees, bond):
    """Cap sliding on a spherical core, V = a³."""
    gravity = bond * TENSION / (DENSITY * A * A)
    land = landscape(scenes.core(A, 0.5 * A, 20 * A), (degrees, 175), A**3, gravity)
    return land, reach(land, Station(0, 0.3)).station, True


PROBLEMS = {
    "pinned 90": (pad, 90, 1.0),
    "pinned 120": (pad, 120, 0.3),
    "sliding 120": (plane, 120, 0.8, 1.0),
    "sliding 150": (plane, 150, 0.6, 1.0),
    "core 80": (core, 80, 0.3),
}


@cache
def solved(problem, elements):
    make, *numbers = PROBLEMS[problem]
    land, station, free = make(*numbers)
    held = from_cap(land.guess(station, free=False, elements=elements), tolerance=1e-10)
    if free:
        held = solve(replace(held, start=replace(held.start, free=True)), tolerance=1e-10)
    return solve(held)


def order(problem, quantity, meshes):
    """Least-squares slope of log error over log elements, against the mean of fine meshes."""
    exact = np.mean([quantity(solved(problem, n)) for n in FINE])
    errors = {n: abs(quantity(solved(problem, n)) - exact) for n in meshes}
    shown = {n: error for n, error in errors.items() if error > ROUND_OFF}
    assert len(shown) >= 2, f"the meshes are too fine to show an order: {errors}"
    return -np.polyfit(np.log([*shown]), np.log([*shown.values()]), 1)[0]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_apex_converges_at_order_8(problem):
    """k + 2 on the axis."""
    found = order(problem, lambda s: s.x[-1, 1], (4, 5, 6, 8))
    assert found == pytest.approx(8, abs=0.3), found


@pytest.mark.parametrize("problem", PROBLEMS)
def test_energy_converges_at_order_12(problem):
    """2k: quadratic in the error of the tangent."""
    found = order(problem, lambda s: s.energy(), (2, 3, 4))
    assert found == pytest.approx(12, abs=1.75), found


@pytest.mark.parametrize("problem", [p for p in PROBLEMS if p != "sliding 150"])  # sign changes
def test_pressure_converges_at_order_12(problem):
    """2k: the derivative of the least energy by the volume."""
    found = order(problem, lambda s: s.pressure, (2, 3, 4))
    assert found == pytest.approx(12, abs=1.75), found


@pytest.mark.parametrize("problem", ["sliding 120", "core 80"])
def test_contact_line_converges_at_order_12(problem):
    """2k: the line stands where the derivative of the least energy by its place vanishes."""
    found = order(problem, lambda s: s.start.u, (2, 3, 4))
    assert found == pytest.approx(12, abs=1.75), found


@pytest.mark.parametrize("problem", PROBLEMS)
def test_curve_converges_at_order_7(problem):
    """k + 1 in L2: root mean square distance of points on the curve to a fine one."""
    best = solved(problem, FINE[-1])
    curve = best.mesh.curve(best.x)
    fine = Edge(curve, curve.breaks[0], curve.breaks[-1])

    def distance(elements):
        surface = solved(problem, elements)
        coarse = surface.mesh.curve(surface.x)
        # seven places an element, none of them a node
        t = (np.arange(elements)[:, None] + (np.arange(7) + 0.5) / 7).ravel()
        gaps = [np.hypot(*(p - fine.point(fine.nearest(p)))) for p in coarse.point(t)]
        return math.sqrt(np.mean(np.square(gaps)))

    meshes = (6, 8, 12)
    found = -np.polyfit(np.log(meshes), np.log([distance(n) for n in meshes]), 1)[0]
    assert found == pytest.approx(7, abs=0.3), found
