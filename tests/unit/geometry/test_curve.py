"""Curves: positions, derivatives, integrals. Closed forms, or finite differences for slopes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bumpform.geometry.curve import Arc, Line, ParallelCurve, PolynomialCurve, arclength, moments

NODES = tuple(0.5 - 0.5 * np.cos(np.pi * np.arange(7) / 6))


def sphere(radius=1.0, height=0.0, psi=math.pi / 2, elements=8):
    """Meridian of a cap, from the contact line up to the axis, as degree-6 elements."""
    t = np.append((np.arange(elements)[:, None] + np.array(NODES)[:-1]).ravel(), elements)
    angle = psi * (1.0 - t / elements)
    points = np.stack([radius * np.sin(angle), height + radius * np.cos(angle)], axis=1)
    points[-1, 0] = 0.0
    return PolynomialCurve.from_nodes(points, NODES)


CURVES = {
    "line": Line((0.2, 0.1), (0.7, 0.9)),
    "arc": Arc((0.1, 0.2), 0.5, 0.0, 1.5),
    "polynomial": sphere(),
    "parallel": ParallelCurve(sphere(), -0.2),
}


@pytest.mark.parametrize("name", CURVES)
def test_derivatives_are_those_of_the_points(name):
    """Central differences of step h: error O(h²) = 1e-8, and h⁻¹ times round-off."""
    curve, h = CURVES[name], 1e-4
    t = np.linspace(curve.breaks[0] + 0.13, curve.breaks[-1] - 0.13, 7)
    first = (curve.point(t + h) - curve.point(t - h)) / (2 * h)
    second = (curve.derivative(t + h) - curve.derivative(t - h)) / (2 * h)
    assert curve.derivative(t) == pytest.approx(first, abs=1e-7)
    assert curve.second_derivative(t) == pytest.approx(second, abs=1e-7)


@pytest.mark.parametrize("name", CURVES)
def test_one_place_and_many_places_agree(name):
    """A float and an array of places give the same points, to round-off."""
    curve = CURVES[name]
    t = np.linspace(curve.breaks[0], curve.breaks[-1], 5)
    for function in (curve.point, curve.derivative, curve.second_derivative):
        assert np.shape(function(0.5)) == (2,)
        one_by_one = np.array([function(float(x)) for x in t])
        assert function(t) == pytest.approx(one_by_one, abs=1e-12)


def test_ends_of_a_line_are_exact():
    """Loops close to the last bit."""
    line = Line((0.1, 0.3), (1.0 / 3.0, 0.7))
    assert tuple(line.point(0.0)) == line.start
    assert tuple(line.point(1.0)) == line.end


def test_polynomial_passes_through_its_nodes():
    """from_nodes interpolates."""
    random = np.random.default_rng(4)
    points = random.standard_normal((13, 2))
    curve = PolynomialCurve.from_nodes(points, NODES)
    t = np.append((np.arange(2)[:, None] + np.array(NODES)[:-1]).ravel(), 2.0)
    assert curve.breaks == (0.0, 1.0, 2.0)
    assert curve.point(t) == pytest.approx(points, abs=1e-12)


@pytest.mark.parametrize("distance", [-0.3, 0.2])
def test_parallel_of_a_circle_is_a_circle(distance):
    """To the left of a meridian that runs inwards lies the liquid: distance d gives R − d."""
    curve = ParallelCurve(sphere(2.0), distance)
    points = curve.point(np.linspace(0.0, 8.0, 50))
    assert np.hypot(*points.T) == pytest.approx(np.full(50, 2.0 - distance), abs=1e-9)


@pytest.mark.parametrize(
    ("first", "last", "volume", "moment", "area"),
    [
        # hemisphere of radius 1, upwards along the circle: V = 2π/3, ∫z dV = π/4, A = 2π
        (0.0, math.pi / 2, 1 / 3, 1 / 8, 1.0),
        (math.pi / 2, 0.0, -1 / 3, -1 / 8, 1.0),
        (-math.pi / 2, math.pi / 2, 2 / 3, 0.0, 2.0),
    ],
)
def test_moments_of_an_arc(first, last, volume, moment, area):
    """Integrals of the sphere per 2π; backwards, volume and moment change sign."""
    arc = Arc((0.0, 0.0), 1.0, -math.pi / 2, math.pi / 2)
    assert moments(arc, first, last) == pytest.approx([volume, moment, area], abs=1e-14)


@pytest.mark.parametrize(("first", "last"), [(0.0, 1.0), (0.25, 0.8), (0.9, 0.2)])
def test_moments_of_a_line(first, last):
    """Frustum: ½∫r²dz = h(a² + ab + b²)/6, area/2π = slant (a + b)/2, moment by quadrature."""
    line = Line((0.2, 0.1), (0.7, 0.9))
    (a, z0), (b, z1) = line.point(first), line.point(last)
    points, weights = np.polynomial.legendre.leggauss(4)
    u = 0.5 * (1 + points)
    r, z = a + (b - a) * u, z0 + (z1 - z0) * u
    moment = float(np.sum(0.25 * weights * r * r * z) * (z1 - z0))
    slant = math.hypot(b - a, z1 - z0)
    expected = [(z1 - z0) * (a * a + a * b + b * b) / 6, moment, 0.5 * (a + b) * slant]
    assert moments(line, first, last) == pytest.approx(expected, rel=1e-13)


def test_moments_of_a_polynomial_meridian():
    """Hemisphere on eight elements: the interpolation's own error, below 1e-9."""
    assert moments(sphere(), 0.0, 8.0) == pytest.approx([1 / 3, 1 / 8, 1.0], rel=1e-9)


@pytest.mark.parametrize("name", CURVES)
def test_moments_add_up(name):
    """From a to c is from a to b and from b to c, b not a break."""
    curve = CURVES[name]
    a, c = curve.breaks[0], curve.breaks[-1]
    b = a + 0.37 * (c - a)
    parts = moments(curve, a, b) + moments(curve, b, c)
    assert moments(curve, a, c) == pytest.approx(parts, rel=1e-12)


def test_arclength():
    """Lines and arcs in closed form, a meridian to its interpolation error."""
    assert arclength(Line((0.0, 0.0), (3.0, 4.0)), 0.2, 0.7) == pytest.approx(2.5, rel=1e-15)
    assert arclength(Arc((1.0, 0.0), 2.0, 0.0, 3.0), 2.5, 0.5) == pytest.approx(4.0, rel=1e-13)
    assert arclength(sphere(2.0), 0.0, 8.0) == pytest.approx(math.pi, rel=1e-9)
