"""Exact plane curves (r, z): the pieces that a stack's surfaces are made of.

Every curve is immutable, is evaluated with its first and second derivative by its
own parameter t, and is smooth between its ``breaks``. The same curve object is
shared by the regions on both its sides, which is how the stack knows interfaces.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bumpform.brief import brief
from bumpform.quick import quick
from bumpform.surface.native import doubles, library

Array = NDArray[np.float64]

#: Gauss points for integrals along one smooth span of a curve.
SPAN_POINTS = 16


class Curve(Protocol):
    """A plane curve t → (r, z), smooth between consecutive breaks."""

    @property
    def breaks(self) -> tuple[float, ...]:
        """Parameters, rising, between which the curve is smooth; first and last bound it."""

    def point(self, t: float | Array) -> Array:
        """Position, shape (..., 2), m."""

    def derivative(self, t: float | Array) -> Array:
        """First derivative by t, shape (..., 2)."""

    def second_derivative(self, t: float | Array) -> Array:
        """Second derivative by t, shape (..., 2)."""

    def jet(self, t: float) -> Sequence[float]:
        """Position, first and second derivative by t: r, z, r′, z′, r″, z″."""


@quick
@dataclass(frozen=True, eq=False)
class Line:
    """Straight segment from ``start`` (t = 0) to ``end`` (t = 1), m."""

    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def breaks(self) -> tuple[float, ...]:
        """(0, 1)."""
        return (0.0, 1.0)

    def point(self, t: float | Array) -> Array:
        """Position, shape (..., 2); beyond [0, 1] on the line's continuation."""
        (r0, z0), (r1, z1) = self.start, self.end
        # at t = 1 exactly the end point, to the last bit, so that loops close
        if isinstance(t, float):
            return np.array((r0 * (1.0 - t) + r1 * t, z0 * (1.0 - t) + z1 * t))
        point = np.empty((*np.shape(t), 2))
        point[..., 0], point[..., 1] = r0 * (1.0 - t) + r1 * t, z0 * (1.0 - t) + z1 * t
        return point

    def derivative(self, t: float | Array) -> Array:
        """First derivative by t, shape (..., 2)."""
        (r0, z0), (r1, z1) = self.start, self.end
        direction = np.array((r1 - r0, z1 - z0))
        return direction if isinstance(t, float) else np.broadcast_to(direction, (*np.shape(t), 2))

    def second_derivative(self, t: float | Array) -> Array:
        """Zero, shape (..., 2)."""
        return np.zeros((*np.shape(t), 2))

    def jet(self, t: float) -> Sequence[float]:
        """Position, first and second derivative by t: r, z, r′, z′, 0, 0."""
        (r0, z0), (r1, z1) = self.start, self.end
        return r0 * (1.0 - t) + r1 * t, z0 * (1.0 - t) + z1 * t, r1 - r0, z1 - z0, 0.0, 0.0


@dataclass(frozen=True, eq=False)
class Arc:
    """Circular arc about ``centre``; t is the polar angle from the r axis, rad."""

    centre: tuple[float, float]
    radius: float
    first: float
    last: float

    @cached_property
    def breaks(self) -> tuple[float, ...]:
        """Spans of at most 45°, so that Gauss quadrature on a span is exact to round-off."""
        lo, hi = sorted((self.first, self.last))
        spans = max(1, int(np.ceil((hi - lo) / (np.pi / 4))))
        return tuple(float(t) for t in np.linspace(lo, hi, spans + 1))

    def point(self, t: float | Array) -> Array:
        """Position, shape (..., 2)."""
        return np.stack(
            [
                self.centre[0] + self.radius * np.cos(t),
                self.centre[1] + self.radius * np.sin(t),
            ],
            axis=-1,
        )

    def derivative(self, t: float | Array) -> Array:
        """First derivative by t, shape (..., 2)."""
        return np.stack([-self.radius * np.sin(t), self.radius * np.cos(t)], axis=-1)

    def second_derivative(self, t: float | Array) -> Array:
        """Second derivative by t, shape (..., 2)."""
        return np.stack([-self.radius * np.cos(t), -self.radius * np.sin(t)], axis=-1)

    def jet(self, t: float) -> Sequence[float]:
        """Position, first and second derivative by t: r, z, r′, z′, r″, z″."""
        r, z = self.radius * float(np.cos(t)), self.radius * float(np.sin(t))
        return self.centre[0] + r, self.centre[1] + z, -z, r, -r, -z


@lru_cache(maxsize=16)
def _monomials(nodes: tuple[float, ...]) -> Array:
    """Matrix from nodal values at ``nodes`` in [0, 1] to monomials in x = 2 ξ − 1."""
    x = 2.0 * np.array(nodes) - 1.0
    return np.linalg.inv(np.vander(x, increasing=True))


@dataclass(frozen=True, eq=False)
class PolynomialCurve:
    """Chain of polynomial elements: a solved meridian, of the solver's own degree.

    Parameters
    ----------
    coefficients : ndarray, shape (elements, degree + 1, 2), m
        Monomials in x = 2 (t − e) − 1 on element e, where e ≤ t ≤ e + 1.
    """

    coefficients: Array

    __repr__ = brief

    @cached_property
    def given(self) -> tuple[Any, int, int]:
        """``coefficients``, pieces and powers as the library takes them."""
        return (doubles(self.coefficients), *self.coefficients.shape[:2])

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: not the library's view of it."""
        return {"coefficients": self.coefficients}

    @classmethod
    def from_nodes(cls, points: Array, nodes: tuple[float, ...]) -> PolynomialCurve:
        """Curve through element nodes.

        Parameters
        ----------
        points : ndarray, shape (elements * degree + 1, 2), m
            Nodes in their order along the curve; elements share their end nodes.
        nodes : tuple of float, length degree + 1
            Where the nodes of one element lie in [0, 1], rising.
        """
        powers = len(nodes)
        elements = (len(points) - 1) // (powers - 1)
        found = np.empty((elements, powers, 2))
        matrix = doubles(_monomials(nodes))
        library()[1].through(matrix, elements, powers, doubles(points), doubles(found))
        return cls(found)

    @cached_property
    def breaks(self) -> tuple[float, ...]:
        """The ends of the elements: 0, 1, …, elements."""
        return tuple(float(e) for e in range(len(self.coefficients) + 1))

    def point(self, t: float | Array) -> Array:
        """Position, shape (..., 2)."""
        return _along(self, 0.0, 0, t)

    def derivative(self, t: float | Array) -> Array:
        """First derivative by t, shape (..., 2)."""
        return _along(self, 0.0, 1, t)

    def second_derivative(self, t: float | Array) -> Array:
        """Second derivative by t, shape (..., 2)."""
        return _along(self, 0.0, 2, t)

    def jet(self, t: float) -> list[float]:
        """Position, first and second derivative by t: r, z, r′, z′, r″, z″."""
        return _jet(self, 0.0, t)


@dataclass(frozen=True, eq=False)
class ParallelCurve:
    r"""The curve at a signed distance to the left of a polynomial curve.

    .. math:: Y = X + d\,n, \qquad n = (-z', r') / |X'|

    Parameters
    ----------
    base : PolynomialCurve
    distance : float, m
        Positive: to the left of the direction of rising t.
    """

    base: PolynomialCurve
    distance: float

    @property
    def breaks(self) -> tuple[float, ...]:
        """Those of the base."""
        return self.base.breaks

    def point(self, t: float | Array) -> Array:
        """Position, shape (..., 2)."""
        return _along(self.base, self.distance, 0, t)

    def derivative(self, t: float | Array) -> Array:
        """First derivative by t, shape (..., 2): X' (1 − d κ), κ the curvature to the left."""
        return _along(self.base, self.distance, 1, t)

    def second_derivative(self, t: float | Array) -> Array:
        """Second derivative by t, shape (..., 2)."""
        return _along(self.base, self.distance, 2, t)

    def jet(self, t: float) -> list[float]:
        """Position, first and second derivative by t: r, z, r′, z′, r″, z″."""
        return _jet(self.base, self.distance, t)


def _along(curve: PolynomialCurve, distance: float, order: int, t: float | Array) -> Array:
    """Positions (order 0), first or second derivatives of a curve beside a polynomial one."""
    t = np.asarray(t, dtype=float, order="C")
    values = np.empty((*t.shape, 2))
    library()[1].curve(*curve.given, distance, order, t.size, doubles(t), doubles(values))
    return values


def _jet(curve: PolynomialCurve, distance: float, t: float) -> list[float]:
    ffi, compiled = library()
    numbers = ffi.new("double[6]")
    compiled.jet(*curve.given, distance, t, numbers)
    return ffi.unpack(numbers, 6)


def spread(
    given: tuple[Any, int, int, float], first: float, last: float, steps: int
) -> tuple[Array, Array, Array]:
    """Fractions of a part of polynomial pieces, rising from 0 to 1, places and slopes there.

    Parameters
    ----------
    given : coefficients, pieces, powers, distance
        As the library takes them.
    first, last : float
        Parameters of the part's ends.
    steps : int
        On every piece.

    Returns
    -------
    u : ndarray, shape (n,)
    points, derivatives by u : ndarray, shape (n, 2), m
    """
    most = (given[1] + 2) * steps + 1  # it may reach past the first and the last
    u, points, slopes = np.empty(most), np.empty((most, 2)), np.empty((most, 2))
    places = doubles(u), doubles(points), doubles(slopes)
    count = library()[1].spread(*given, first, last, steps, *places)
    return u[:count], points[:count], slopes[:count]


_GAUSS = np.polynomial.legendre.leggauss(SPAN_POINTS)


def moments(curve: Curve, first: float, last: float) -> Array:
    r"""Integrals along a curve, per 2π of the solid of revolution.

    .. math:: \int \tfrac12 r^2\,dz, \quad \int \tfrac12 r^2 z\,dz, \quad \int r\,ds

    Round a closed loop, counter-clockwise, the first two are the volume and its moment
    of height (divergence theorem). Exact for lines, to round-off for the others.

    Parameters
    ----------
    curve : Curve
    first, last : float
        Parameters; ``last`` < ``first`` goes backwards (the first two change sign).

    Returns
    -------
    ndarray, shape (3,), m³ · m⁴ · m²
    """
    if isinstance(curve, Line):
        return _line_moments(curve, first, last)
    if isinstance(curve, PolynomialCurve | ParallelCurve):
        base, distance = (
            (curve, 0.0) if isinstance(curve, PolynomialCurve) else (curve.base, curve.distance)
        )
        sums = np.empty(3)
        library()[1].moments(*base.given, distance, first, last, doubles(sums))
        return sums
    sign = 1.0 if last >= first else -1.0
    t, weight = _quadrature(curve, first, last)
    x, d = curve.point(t), curve.derivative(t)
    r, z = x[:, 0], x[:, 1]
    dz = 0.5 * r * r * d[:, 1] * weight
    ds = r * np.hypot(d[:, 0], d[:, 1]) * weight
    return np.array([sign * dz.sum(), sign * (dz * z).sum(), ds.sum()])


def volumes(curve: Curve, first: float, ends: Array) -> Array:
    """∫½r²dz from ``first`` to each of several parameters, shape (n,), m³.

    The parameters run away from ``first`` in one direction.
    """
    if isinstance(curve, Line):
        r0, z0 = curve.point(first)
        r, z = curve.point(ends).T
        return (z - z0) * (r0 * r0 + r0 * r + r * r) / 6.0
    breaks = np.array(curve.breaks)
    lo, hi = sorted((first, float(ends[-1])))
    inner = breaks[(breaks > lo) & (breaks < hi)]
    knots = np.unique(np.concatenate(([lo, hi], inner, ends)))
    half = 0.5 * np.diff(knots)[:, None]
    t = 0.5 * (knots[1:] + knots[:-1])[:, None] + half * _GAUSS[0]
    spans = ((0.5 * curve.point(t)[..., 0] ** 2 * curve.derivative(t)[..., 1]) * _GAUSS[1]).sum(
        axis=1
    ) * half[:, 0]
    below = np.concatenate(([0.0], np.cumsum(spans)))
    return below[np.searchsorted(knots, ends)] - below[np.searchsorted(knots, first)]


def arclength(curve: Curve, first: float, last: float) -> float:
    """Length of a curve between two parameters, m."""
    if isinstance(curve, Line):
        (r0, z0), (r1, z1) = curve.start, curve.end
        return abs(last - first) * float(np.hypot(r1 - r0, z1 - z0))
    t, weight = _quadrature(curve, first, last)
    d = curve.derivative(t)
    return float((np.hypot(d[:, 0], d[:, 1]) * weight).sum())


def _quadrature(curve: Curve, first: float, last: float) -> tuple[Array, Array]:
    """Gauss points and positive weights on every smooth span between two parameters."""
    lo, hi = sorted((first, last))
    breaks = np.array(curve.breaks)
    ends = np.concatenate(([lo], breaks[(breaks > lo) & (breaks < hi)], [hi]))
    half = 0.5 * np.diff(ends)[:, None]
    t = (0.5 * (ends[1:] + ends[:-1])[:, None] + half * _GAUSS[0]).ravel()
    return t, (half * _GAUSS[1]).ravel()


def _line_moments(line: Line, first: float, last: float) -> Array:
    (r0, z0), (r1, z1) = line.start, line.end
    ra, za = r0 + (r1 - r0) * first, z0 + (z1 - z0) * first
    rb, zb = r0 + (r1 - r0) * last, z0 + (z1 - z0) * last
    dz = zb - za
    squares = ra * ra + ra * rb + rb * rb
    # ∫ r² z over the segment: cubic, exact
    weighted = za * (3 * ra * ra + 2 * ra * rb + rb * rb) + zb * (
        ra * ra + 2 * ra * rb + 3 * rb * rb
    )
    length = math.hypot(rb - ra, dz)
    return np.array([dz * squares / 6.0, dz * weighted / 24.0, 0.5 * (ra + rb) * length])
