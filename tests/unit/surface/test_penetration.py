"""Free surfaces that enter solid, cross themselves or the axis are found; others are not."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

import scenes
from bumpform.geometry.curve import Arc, PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile
from bumpform.surface.drop.penetration import find_penetration

NODES = tuple(0.5 - 0.5 * np.cos(np.pi * np.arange(7) / 6))


def through(function, elements=8):
    """Meridian through function(t), t from 1 at the contact line to 0 on the axis."""
    t = np.append((np.arange(elements)[:, None] + np.array(NODES)[:-1]).ravel(), elements)
    points = np.array([function(1.0 - x / elements) for x in t])
    return PolynomialCurve.from_nodes(points, NODES)


def cap(radius, height, psi):
    """Spherical cap on (radius, height) with slope psi."""
    size = radius / math.sin(psi)
    centre = height - size * math.cos(psi)
    return through(lambda t: (size * math.sin(psi * t), centre + size * math.cos(psi * t)))


@pytest.fixture
def opening():
    """Pad of radius 1, wall of height 1, top."""
    return scenes.opening(1.0, 1.0, 6.0)


@pytest.mark.parametrize("psi", [0.3, 1.5, 2.5])
def test_caps_that_touch_nothing(opening, psi):
    """On the wall, a dome of less than 90°; on the rim, any."""
    if psi < 1.57:
        assert find_penetration(cap(1.0, 0.5, psi), opening) is None
    assert find_penetration(cap(1.0, 1.0, psi), opening) is None


def test_shallow_dish_does_not_touch_the_pad(opening):
    """Depth a tan(ψ/2) below the rim: 0.3 of a depth of 1."""
    assert find_penetration(cap(1.0, 1.0, -2 * math.atan(0.3)), opening) is None


def test_deep_dish_enters_the_pad():
    """Rim at 0.5, dish of depth 0.9: it enters the pad where its sphere meets z = 0."""
    met = find_penetration(cap(1.0, 0.5, -2 * math.atan(0.9)), scenes.opening(1.0, 0.5, 6.0))
    size = (1 + 0.81) / 1.8
    assert met is not None
    assert met.kind == "solid"
    assert met.z_m == pytest.approx(0.0, abs=1e-12)
    # chords of 1/512 of the dish: sagitta 1e-6
    assert met.r_m == pytest.approx(math.sqrt(size**2 - (size - 0.4) ** 2), abs=1e-5)


def test_overhang_below_the_rim_enters_the_wall(opening):
    """On the wall with a slope above 90° the liquid would bulge into the layer."""
    met = find_penetration(cap(1.0, 0.5, 2.0), opening)
    assert met is not None
    assert met.kind == "solid"
    assert 1.0 <= met.r_m <= 1.0 / math.sin(2.0)


@pytest.mark.parametrize("nose", [0.01, 0.001])
def test_a_nose_right_over_the_line_is_entered(nose):
    """A ledge that juts out over the corner that holds the line, far less than a first chord."""
    line, ledge = (1.0, 0.0), 0.5 * nose
    corners = [(0.0, 0.5), (1.0, 0.5), (1.0 + nose, 0.5), (1.0 + nose, ledge), (1.0, ledge),
               line, (6.0, 0.0)]  # fmt: skip
    profile = Profile(tuple(scenes.straight(a, b) for a, b in pairwise(corners)))
    met = find_penetration(cap(1.0, 0.0, 2.0), profile)
    assert met is not None
    assert met.z_m == pytest.approx(ledge, rel=1e-2)
    assert 1.0 < met.r_m < 1.0 + nose


def test_film_on_a_hollow_is_not_refused_for_its_chords():
    """A film of 2 % on a hollow sphere lies above it, though chords of it may not."""
    arc = Arc((0.0, 1.0), 1.0, -math.pi / 2, -0.3)
    bowl = Profile((Edge(arc, -math.pi / 2, -0.3, "bowl", "bowl", "x"),))
    end = 1.2
    film = through(
        lambda t: (
            (1 - 0.02 * (1 - t**2)) * math.sin(end * t),
            1 - (1 - 0.02 * (1 - t**2)) * math.cos(end * t),
        )
    )
    assert find_penetration(film, bowl) is None


def test_surface_that_crosses_itself():
    """A loop in the meridian."""
    loop = through(
        lambda t: (
            3 * t + 0.9 * math.sin(4 * math.pi * t),
            3 + 0.9 * math.cos(4 * math.pi * t),
        )
    )
    met = find_penetration(loop, scenes.plane(9.0))
    assert met is not None
    assert met.kind == "itself"


def test_surface_that_crosses_the_axis():
    """Negative radii."""
    curve = through(lambda t: (t - 0.5 * math.sin(math.pi * t), 2.0 + 0.1 * t))
    met = find_penetration(curve, scenes.plane(9.0))
    assert met is not None
    assert met.kind == "axis"
