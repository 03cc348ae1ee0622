"""A directed part of an exact curve: the side of a region, or a piece of a profile."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bumpform.geometry.curve import Array, Curve, Line, along, integrals, jet, table
from bumpform.geometry.roots import find_root
from bumpform.kernel.native import doubles, library
from bumpform.quick import cached_property, instance_of, quick


class Reach(NamedTuple):
    """The smallest and the largest radius and the largest height of an edge, m."""

    inner: float
    outer: float
    top: float


@quick
@dataclass(frozen=True, eq=False)
class Edge:
    """Directed part of a curve: side of a region, or piece of a profile.

    Attributes
    ----------
    curve : Curve
    first, last : float
        The curve's parameters at the start and the end; ``last`` < ``first`` runs backwards.
    feature : str
        What a person calls it: "pad", "dielectric wall", "dielectric top".
    region : str
        Name of the region that it bounds ("" until a stack owns it).
    material : str
        Material of that region.
    """

    curve: Curve
    first: float
    last: float
    feature: str = ""
    region: str = ""
    material: str = ""

    @cached_property
    def table(self) -> Any:
        """The edge as the library takes it."""
        return table(self.curve, self.first, self.last)

    def t(self, u: float | Array) -> float | Array:
        """Curve's parameter at the fraction u of the edge."""
        return self.first * (1.0 - u) + self.last * u

    def point(self, u: float | Array) -> Array:
        """Position at the fraction u, shape (..., 2), m."""
        if isinstance(u, float) and u in (0.0, 1.0):  # asked for again and again
            return self.tips[int(u)]
        return along(self.table, 0, u)

    def derivative(self, u: float | Array) -> Array:
        """First derivative by u, shape (..., 2), m."""
        return along(self.table, 1, u)

    def second_derivative(self, u: float | Array) -> Array:
        """Second derivative by u, shape (..., 2), m."""
        return along(self.table, 2, u)

    def jet(self, u: float) -> list[float]:
        """Position, first and second derivative by u as plain floats: r, z, r′, z′, r″, z″."""
        return jet(self.table, u)

    @cached_property
    def straight(self) -> tuple[float, float, float, float] | None:
        """Start and extent of a straight edge, m; None of a curved one."""
        if not self.is_straight:
            return None
        r, z, dr, dz, *_ = self.jet(0.0)
        return r, z, dr, dz  # no difference of points: a short edge has its line's direction

    def slope(self, u: float) -> Sequence[float]:
        """First derivative by u as plain floats: r′, z′."""
        straight = self.straight
        return self.jet(u)[2:4] if straight is None else straight[2:]

    def tangent(self, u: float) -> Array:
        """Unit tangent in the edge's direction, shape (2,)."""
        dr, dz = self.slope(float(u))
        length = math.hypot(dr, dz)
        return np.array((dr / length, dz / length))

    @cached_property
    def leaving(self) -> Array:
        """Unit tangent at the start."""
        return _fixed(self.tangent(0.0))

    @cached_property
    def arriving(self) -> Array:
        """Unit tangent at the end."""
        return _fixed(self.tangent(1.0))

    def moments(self, u0: float = 0.0, u1: float = 1.0) -> Array:
        """∫½r²dz, ∫½r²z dz, ∫r ds from u0 to u1; backwards all change their sign."""
        if u0 == 0.0 and u1 == 1.0:
            return self._integrals[:3]
        return integrals(self.table, u0, u1)[:3]

    @cached_property
    def _integrals(self) -> Array:
        return _fixed(integrals(self.table))

    def volumes(self, fractions: Array) -> Array:
        """∫½r²dz from the start to rising fractions, shape (n,), m³."""
        sums = np.empty(len(fractions))
        library()[1].volumes(self.table, len(sums), doubles(fractions), doubles(sums))
        return sums

    def length(self) -> float:
        """Arc length, m."""
        return float(self._integrals[3])

    @cached_property
    def reach(self) -> Reach:
        """How far it reaches inwards, outwards and up."""
        if self.is_straight:
            (r0, z0), (r1, z1) = self.ends
            return Reach(min(r0, r1), max(r0, r1), max(z0, z1))
        ffi, compiled = library()
        found = ffi.new("double[3]")
        compiled.reach(self.table, found)
        return Reach._make(found)

    def nearest(self, point: Array) -> float:
        """Fraction u of the place nearest to a point."""
        return float(library()[1].nearest(self.table, doubles(point)))

    def foot(self, point: Array, low: float, high: float) -> float:
        """Fraction between two where the edge is square to the way to a point."""
        return float(library()[1].foot(self.table, doubles(point), low, high))

    def part(self, u0: float, u1: float) -> Edge:
        """The edge from u0 to u1 (u1 < u0: reversed)."""
        return Edge(
            self.curve,
            float(self.t(u0)),
            float(self.t(u1)),
            self.feature,
            self.region,
            self.material,
        )

    def reversed(self) -> Edge:
        """The same edge in the other direction."""
        return self._reversed

    @cached_property
    def _reversed(self) -> Edge:
        turned = Edge(self.curve, self.last, self.first, self.feature, self.region, self.material)
        vars(turned)["ends"] = self.ends[::-1]  # the same places, to the last bit
        return turned

    def named(self, feature: str, region: str, material: str) -> Edge:
        """The same edge with other names."""
        names = {"feature": feature, "region": region, "material": material}
        known = vars(self) | names  # what is known of its places, too
        known.pop("_reversed", None)
        return instance_of(Edge, known)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: not the library's view of it."""
        return {k: v for k, v in vars(self).items() if k != "table"}

    @cached_property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Start and end as plain numbers, m."""
        if isinstance(self.curve, Line):
            return self.curve.at(self.first), self.curve.at(self.last)
        ffi, compiled = library()
        points = ffi.new("double[4]")
        compiled.tips(self.table, points)
        r0, z0, r1, z1 = ffi.unpack(points, 4)
        return (r0, z0), (r1, z1)

    @cached_property
    def tips(self) -> Array:
        """Start and end, shape (2, 2), m."""
        return _fixed(np.array(self.ends))

    @cached_property
    def is_straight(self) -> bool:
        """Whether it lies on a line."""
        return isinstance(self.curve, Line)

    def sample(self, per_span: int = 8) -> Array:
        """Points along the edge for pictures and quick checks, shape (n, 2).

        Both ends included; a straight edge gives its two ends only.
        """
        if self.is_straight:
            return self.tips
        return self._spread(per_span)[1]

    def fractions(self, per_span: int = 8) -> Array:
        """Fractions u, rising from 0 to 1, with ``per_span`` steps on each smooth span."""
        return _ENDS if self.is_straight else self._spread(per_span)[0]

    def slopes(self, per_span: int = 8) -> Array:
        """``derivative`` at these fractions, shape (n, 2), m."""
        return self.derivative(_ENDS) if self.is_straight else self._spread(per_span)[2]

    def _spread(self, per_span: int) -> tuple[Array, Array, Array]:
        """Fractions, points and derivatives there, of a curved edge."""
        if per_span not in self._spreads:
            u, points, slopes = self._spread_out(per_span)
            self._spreads[per_span] = _fixed(u), _fixed(points), _fixed(slopes)
        return self._spreads[per_span]

    @cached_property
    def _spreads(self) -> dict[int, tuple[Array, Array, Array]]:
        return {}

    def _spread_out(self, per_span: int) -> tuple[Array, Array, Array]:
        _, compiled = library()
        count = compiled.samples(self.table, per_span)
        u, points, slopes = np.empty(count), np.empty((count, 2)), np.empty((count, 2))
        compiled.spread(self.table, per_span, doubles(u), doubles(points), doubles(slopes))
        return u, points, slopes

    def crossings(self, coordinate: int, value: float) -> list[float]:
        """Fractions u where r (coordinate 0) or z (1) has the given value.

        An end that misses the value by round-off has it. A straight edge that lies in the
        level as a whole has none.
        """
        if self.is_straight:
            a, b = (_off_level(end[coordinate], value) for end in self.ends)
            if a == b or a * b > 0.0:
                return []
            return [a / (a - b)]
        u = self.fractions()
        g = self.sample()[:, coordinate] - value
        g[0], g[-1] = (_off_level(float(g[i] + value), value) for i in (0, -1))
        roots = [float(u[i]) for i in np.flatnonzero(g == 0.0)]

        def level(x: float) -> float:
            return self.jet(x)[coordinate] - value

        spans = [(float(u[i]), float(u[i + 1])) for i in np.flatnonzero(g[:-1] * g[1:] < 0.0)]
        spans += self._past_ends(coordinate, u, g) + self._turns(coordinate, value, u, g)
        return sorted([*roots, *(root(level, a, b) for a, b in spans)])

    def _turns(
        self, coordinate: int, value: float, u: Array, g: Array
    ) -> list[tuple[float, float]]:
        """Where it passes a level and comes back between two samples on one side of it."""
        spans = []
        steps = np.abs(np.diff(g))
        widest = np.maximum(steps, np.maximum(np.r_[0.0, steps[:-1]], np.r_[steps[1:], 0.0]))
        near_by = np.minimum(np.abs(g[:-1]), np.abs(g[1:])) < widest
        for i in np.flatnonzero((g[:-1] * g[1:] > 0.0) & near_by):
            near, far = float(u[i]), float(u[i + 1])

            def slope(x: float) -> float:
                return float(self.derivative(x)[coordinate])

            sign = math.copysign(1.0, float(g[i]))
            if not sign * slope(near) < 0.0 < sign * slope(far):
                continue
            turn = root(slope, near, far)
            if sign * (self.jet(turn)[coordinate] - value) < 0.0:
                spans += [(near, turn), (turn, far)]
        return spans

    def _past_ends(self, coordinate: int, u: Array, g: Array) -> list[tuple[float, float]]:
        """Where it leaves a level that an end lies on, and comes back before the next sample."""
        spans = []
        for end, beside in ((0, 1), (-1, -2)):
            if g[end] != 0.0 or g[beside] == 0.0:
                continue
            step = float(u[beside] - u[end])
            rate = step * float(self.derivative(float(u[end]))[coordinate])
            if rate * g[beside] < 0.0:
                back = rate / (rate - float(g[beside]))  # where a parabola comes back
                if back > 1e-6:
                    near, far = float(u[end]) + 1e-3 * back * step, float(u[beside])
                    spans.append((min(near, far), max(near, far)))
        return spans


def _fixed(values: Array) -> Array:
    """Values that others share, and nobody changes."""
    values.setflags(write=False)
    return values


_ENDS = _fixed(np.array([0.0, 1.0]))


def _off_level(place: float, value: float) -> float:
    """Difference of two coordinates; 0 where it is round-off."""
    gap = place - value
    return 0.0 if abs(gap) <= 1e-14 * max(abs(place), abs(value)) else gap


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Root of a function between two places where samples changed sign.

    Samples and function may differ by round-off: where they disagree, the root is an end.
    """
    a, b = function(low), function(high)
    if a * b >= 0.0:
        return low if abs(a) <= abs(b) else high
    return find_root(function, low, high)
