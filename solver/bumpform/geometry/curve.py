"""Exact plane curves (r, z): the pieces that a stack's surfaces are made of.

Every curve is immutable, is evaluated with its first and second derivative by its
own parameter t, and is smooth between its ``breaks``. The same curve object is
shared by the regions on both its sides, which is how the stack knows interfaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bumpform.brief import brief
from bumpform.kernel.native import doubles, library
from bumpform.quick import cached_property, quick

Array = NDArray[np.float64]


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


class _Evaluated:
    """What every kind of curve tells of its places, as the library has it."""

    @cached_property
    def table(self) -> Any:
        """The curve from t = 0 to 1, as the library takes it."""
        assert isinstance(self, Line | Arc | PolynomialCurve | ParallelCurve)
        return table(self, 0.0, 1.0)

    def point(self, t: float | Array) -> Array:
        """Position, shape (..., 2), m; beyond the breaks on the curve's continuation."""
        return self._along(0, t)

    def derivative(self, t: float | Array) -> Array:
        """First derivative by t, shape (..., 2)."""
        return self._along(1, t)

    def second_derivative(self, t: float | Array) -> Array:
        """Second derivative by t, shape (..., 2)."""
        return self._along(2, t)

    def jet(self, t: float) -> list[float]:
        """Position, first and second derivative by t: r, z, r′, z′, r″, z″."""
        return jet(self.table, t)

    def _along(self, order: int, t: float | Array) -> Array:
        return along(self.table, order, t)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: not the library's view of it."""
        return {k: v for k, v in vars(self).items() if k not in ("table", "given")}


@quick
@dataclass(frozen=True, eq=False)
class Line(_Evaluated):
    """Straight segment from ``start`` (t = 0) to ``end`` (t = 1), m."""

    start: tuple[float, float]
    end: tuple[float, float]

    def at(self, t: float) -> tuple[float, float]:
        """Position as plain numbers: at its ends exactly these, as the library has it, too."""
        (r0, z0), (r1, z1) = self.start, self.end
        if t < 0.5:
            return r0 + (r1 - r0) * t, z0 + (z1 - z0) * t
        return r1 - (r1 - r0) * (1.0 - t), z1 - (z1 - z0) * (1.0 - t)

    @property
    def breaks(self) -> tuple[float, ...]:
        """(0, 1)."""
        return (0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Arc(_Evaluated):
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


@lru_cache(maxsize=16)
def _monomials(nodes: tuple[float, ...]) -> Array:
    """Matrix from nodal values at ``nodes`` in [0, 1] to monomials in x = 2 ξ − 1."""
    x = 2.0 * np.array(nodes) - 1.0
    return np.linalg.inv(np.vander(x, increasing=True))


@quick
@dataclass(frozen=True, eq=False)
class PolynomialCurve(_Evaluated):
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


@quick
@dataclass(frozen=True, eq=False)
class ParallelCurve(_Evaluated):
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


@lru_cache(maxsize=64)
def even_places(elements: int, per_element: int) -> Array:
    """Parameters of a chain of elements, with so many even steps on each, ends included."""
    places = np.linspace(0.0, elements, elements * per_element + 1)
    places.flags.writeable = False
    return places


def along(part: Any, order: int, t: float | Array) -> Array:
    """Positions (order 0), first or second derivatives on a part as ``table`` makes it."""
    if isinstance(t, float):
        (ffi, compiled), found = library(), np.empty(2)
        compiled.place(part, order, t, ffi.from_buffer("double[]", found))
        return found
    t = np.asarray(t, dtype=float, order="C")
    found = np.empty((*t.shape, 2))
    library()[1].places(part, order, t.size, doubles(t), doubles(found))
    return found


def jet(part: Any, t: float) -> list[float]:
    """All three at one place: r, z, r′, z′, r″, z″."""
    ffi, compiled = library()
    numbers = ffi.new("double[6]")
    compiled.jet(part, t, numbers)
    found: list[float] = ffi.unpack(numbers, 6)
    return found


def table(curve: Curve, first: float, last: float) -> Any:
    """A part of a curve as the library takes it, which the curve has to outlive.

    Parameters
    ----------
    curve : Line, Arc, PolynomialCurve or ParallelCurve
    first, last : float
        Parameters at the part's start and end.

    Raises
    ------
    TypeError
        Of a curve of another kind.
    """
    ffi, compiled = library()
    if isinstance(curve, Line):
        return ffi.new("edge *", (compiled.LINE, first, last, curve.start, curve.end))
    if isinstance(curve, Arc):
        low, high = sorted((curve.first, curve.last))
        spans = len(curve.breaks) - 1
        given = (curve.centre, (curve.radius, 0.0), ffi.NULL, 0, 0.0)
        return ffi.new(
            "edge *", (compiled.ARC, first, last, *given, spans, low, (high - low) / spans)
        )
    if not isinstance(curve, PolynomialCurve | ParallelCurve):
        raise TypeError(f"a curve of a kind that is not known: {type(curve).__name__}")
    base, distance = (
        (curve.base, curve.distance) if isinstance(curve, ParallelCurve) else (curve, 0.0)
    )
    coefficients, pieces, powers = base.given
    none = (0.0, 0.0)
    return ffi.new(
        "edge *",
        (
            compiled.PIECES,
            first,
            last,
            none,
            none,
            coefficients,
            powers,
            distance,
            pieces,
            0.0,
            1.0,
        ),
    )


def moments(curve: Curve, first: float, last: float) -> Array:
    r"""Integrals along a curve, per 2π of the solid of revolution.

    .. math:: \int \tfrac12 r^2\,dz, \quad \int \tfrac12 r^2 z\,dz, \quad \int r\,ds

    Round a closed loop, counter-clockwise, the first two are the volume and its moment
    of height (divergence theorem). Exact to round-off.

    Parameters
    ----------
    curve : Curve
    first, last : float
        Parameters; ``last`` < ``first`` goes backwards (the first two change sign).

    Returns
    -------
    ndarray, shape (3,), m³ · m⁴ · m²
    """
    return integrals(table(curve, first, last))[:3]


def arclength(curve: Curve, first: float, last: float) -> float:
    """Length of a curve between two parameters, m."""
    return float(integrals(table(curve, first, last))[3])


def integrals(part: Any, start: float = 0.0, end: float = 1.0) -> Array:
    """``moments`` and the length between two fractions of a part as ``table`` makes it."""
    sums = np.empty(4)
    library()[1].integrals(part, start, end, doubles(sums))
    return sums
