"""Newton's method for one surface: where it ends, and what it says of that.

Problem    a cap on a wall, on a core and on a pad's edge; a joint, held, sliding and loaded
Reference  the same method step by step, with a fresh matrix in each: ``balance`` and ``displaced``
Expect     nodes to 1e-13 of the size; what is said of the solve to the last bit, or to round-off
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.newton import balance, displaced, solve
from bumpform.surface.joints.joint import Joint
from scenes import DENSITY, TENSION, core, landscape, opening, pad, plane

pytestmark = pytest.mark.dolfinx

A, EARTH = 1e-4, 9.81


def cap(profile, degrees, volume, station, *, free):
    land = landscape(profile, degrees, volume * A**3, EARTH)
    return land.guess(Station(*station), free=free, elements=4)


def joint(*, free, loaded=False):
    """Between a plane and the underside of a ball."""
    ball = Arc((0.0, 4 * A), 3 * A, -0.5 * math.pi, -0.2)
    underside = Profile((Edge(ball, -0.5 * math.pi, -0.2),))
    solids = (
        Solid(plane(4 * A), (math.radians(70),)),
        Solid(underside, (math.radians(60),), "top"),
    )
    drop = Drop(4.0 * A**3, TENSION, DENSITY, EARTH)
    stations = (Station(0, 0.3), Station(0, 0.3))
    held = Joint(drop, solids).guess(stations)
    guess = replace(held, start=replace(held.start, free=free), end=replace(held.end, free=free))
    if loaded:  # with a little more than what is carried at this height
        guess = replace(guess, load=solve(guess).force_on_body() + 0.02)
    return guess


GUESSES = {
    "wall": lambda: cap(opening(A, 0.5 * A, 6 * A), (25, 125, 120), 1.85, (1, 0.85), free=True),
    "core": lambda: cap(core(3 * A, 0.0, 9 * A), (40, 90), 2.0, (0, 0.4), free=True),
    "edge": lambda: cap(pad(A, 9 * A), (1, 179), 10.0, (0, 1.0), free=False),
    "joint held": lambda: joint(free=False),
    "joint loaded": lambda: joint(free=False, loaded=True),
    "joint sliding": lambda: joint(free=True),
    "joint sliding under a load": lambda: joint(free=True, loaded=True),
}


def length(surface):
    return float(np.abs(np.diff(surface.x, axis=0)).sum())


def stepped(surface, steps):
    """So many of Newton's steps, none longer than a fifth of the curve."""
    size = length(surface)
    for _ in range(steps):
        newton = balance(surface)
        part = min(1.0, 0.2 * size / float(newton.sizes[0]))
        surface = displaced(surface, newton.normal, part * newton.change)
    return surface


@pytest.mark.parametrize("name", GUESSES)
def test_it_ends_where_steps_with_fresh_matrices_end(name):
    """A matrix that is kept changes the way, not the end."""
    guess = GUESSES[name]()
    found, exact = solve(guess), stepped(guess, 14)
    assert np.abs(found.x - exact.x).max() <= 1e-13 * length(exact)
    assert found.pressure == pytest.approx(exact.pressure, rel=1e-12)
    assert found.start.u == pytest.approx(exact.start.u, rel=1e-12)
    if exact.end is not None:
        assert (found.end.u, found.end.lift) == pytest.approx(
            (exact.end.u, exact.end.lift), rel=1e-12, abs=1e-13
        )


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("name", GUESSES)
def test_what_it_says_of_the_end_is_so(name, tolerance):
    """Step, residual, volume error, gradient and distance come from the final curve."""
    guess = GUESSES[name]()
    found = solve(guess, tolerance=tolerance)
    newton = balance(found)
    size, noise = length(guess), 1e-15
    assert found.step <= tolerance
    # the matrix may be that of an earlier step, which differs by as much as it moved
    assert found.step == pytest.approx(float(newton.sizes[0]) / size, rel=0.05, abs=noise)
    assert found.residual == pytest.approx(
        float(newton.sizes[1]) / found.x[:, 0].max(), rel=1e-9, abs=noise
    )
    # the solid side's volume is summed up from place to place of a line that slides, here at once
    assert found.volume_error == pytest.approx(abs(newton.right[-1] / found.volume), abs=1e-14)
    assert np.array_equal(found.gradient, newton.gradient)
    moved = np.hypot(*(found.x - guess.x).T).max()
    assert found.moved == pytest.approx(moved, rel=1e-15)


def test_a_curve_that_is_changed_forgets_its_gradient():
    """It would be that of another curve, or of another gravity."""
    found = solve(GUESSES["wall"]())
    other = replace(found, bond=found.bond + 1.0)
    assert np.abs(other.gradient - found.gradient).max() > 1e-3
    assert found.refined().gradient.shape == (49, 2)


def test_what_does_not_converge_is_told():
    """No drop of this volume hangs on an edge: neither NaN nor an endless loop."""
    guess = cap(pad(A, 9 * A), (1, 179), 10.0, (0, 1.0), free=False)
    with pytest.raises(ConvergenceError, match=r"iteration limit|singular matrix"):
        solve(replace(guess, bond=-40.0))


@pytest.mark.parametrize("radius", [0.0, -1e-3])
def test_nodes_are_not_drawn_to_an_end_that_has_left_for_the_axis(radius):
    """A step of Newton's method may take it there: there is no neck to grade the nodes to."""
    surface = joint(free=True)
    x = surface.x.copy()
    x[-1, 0] = radius
    assert np.isfinite(replace(surface, x=x).evened().x).all()
