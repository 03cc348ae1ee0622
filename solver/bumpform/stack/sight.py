"""What bounds the free space over a stack, and what is seen from where in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from bumpform.stack.curve import Array
from bumpform.stack.profile import Edge, Profile, root
from bumpform.stack.stack import Stack, line

#: Lengths below this, relative to the model's radius, are none.
NOTHING = 1e-13
#: An arc of at most 11° bulges over its chord by less than this part of it.
SAG = 0.05


@dataclass(frozen=True, eq=False)
class Side:
    """An edge of a boundary with points along it.

    Attributes
    ----------
    edge : Edge
    """

    edge: Edge

    @cached_property
    def u(self) -> Array:
        """Fractions of the points, rising."""
        return self.edge.fractions(4)

    @cached_property
    def points(self) -> Array:
        """Shape (n, 2), m."""
        return self.edge.sample(4)

    @cached_property
    def slopes(self) -> Array:
        """Derivatives by the fraction, shape (n, 2), m."""
        return self.edge.slopes(4)

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Least r and z, largest r and z, m."""
        if self.edge.is_straight:
            (r0, z0), (r1, z1) = self.edge.ends
            return min(r0, r1), min(z0, z1), max(r0, r1), max(z0, z1)
        (r0, z0), (r1, z1) = self.points.min(axis=0).tolist(), self.points.max(axis=0).tolist()
        sag = SAG * self.longest
        return r0 - sag, z0 - sag, r1 + sag, z1 + sag

    @cached_property
    def longest(self) -> float:
        """Length of the longest chord between neighbouring points, m."""
        return float(np.hypot(*np.diff(self.points, axis=0).T).max())

    def is_near(self, point: Array, distance: float) -> bool:
        """Whether a place may lie within a distance, m, of it: not if it is a curve far off."""
        if self.edge.is_straight:
            return True
        chord, gap = np.diff(self.points, axis=0), point - self.points[:-1]
        along = np.clip(np.vecdot(gap, chord) / np.vecdot(chord, chord), 0.0, 1.0)
        gap -= along[:, None] * chord
        return bool(np.hypot(gap[:, 0], gap[:, 1]).min() <= distance + SAG * self.longest)

    @cached_property
    def leaving(self) -> Array:
        """Unit tangent at the start."""
        return self.edge.tangent(0.0)

    @cached_property
    def arriving(self) -> Array:
        """Unit tangent at the end."""
        return self.edge.tangent(1.0)


@dataclass(frozen=True, eq=False)
class Boundary:
    """The free space's boundary: down the axis, along the profile, up at the outer radius.

    The free space lies to the left. Vertex i is where edge i starts.

    Attributes
    ----------
    sides : tuple of Side
    size : float, m
        The model's outer radius.
    """

    sides: tuple[Side, ...]
    size: float

    @classmethod
    def of(cls, stack: Stack, room: float) -> Boundary:
        """That of a stack, with at least ``room`` above its highest point."""
        profile: Profile = stack.profile
        start, end = profile.point(profile.start), profile.point(profile.end)
        highest = max(float(piece.tips[:, 1].max()) for piece in profile)
        top = highest + room + 2.0 * stack.outer
        axis = Edge(line((0.0, top), start), 0.0, 1.0, "axis")
        outer = Edge(line(end, (stack.outer, top)), 0.0, 1.0, "outer")
        return cls(tuple(Side(e) for e in (axis, *profile.pieces, outer)), stack.outer)

    @property
    def slack(self) -> float:
        """Lengths that are none, m."""
        return NOTHING * self.size

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The edges of its sides."""
        return tuple(side.edge for side in self.sides)

    def vertex(self, number: int) -> Array:
        """Where an edge starts, shape (2,), m."""
        return self.sides[number].points[0]

    def turn(self, number: int) -> float:
        """How far the boundary turns left at a vertex, rad: negative where solid juts out."""
        before, after = self.sides[number - 1], self.sides[number]
        turn = angle_between(before.arriving, after.leaving)
        if abs(turn) < math.pi - 1e-6:
            return turn
        # a cusp, of the free space or of the solid: as its sides lie further out
        a, b = after.points[1] - after.points[0], before.points[-2] - before.points[-1]
        return math.copysign(turn, float(a[0] * b[1] - a[1] * b[0]))

    def within(self, low: Array, high: Array) -> list[int]:
        """Numbers of the edges whose boxes meet a box."""
        (r0, z0), (r1, z1) = low.tolist(), high.tolist()
        return [
            i
            for i, (a, b, c, d) in enumerate(side.box for side in self.sides)
            if a <= r1 and b <= z1 and c >= r0 and d >= z0
        ]

    def chord(self, number: int, distance: float, *, forwards: bool) -> Array:
        """From an edge's start (or its end) to where it is at a distance from there, m.

        To its other end where it is nowhere so far away.
        """
        side = self.sides[number]
        edge = side.edge if forwards else side.edge.reversed()
        if edge.straight is not None:
            d = np.array(edge.straight[2:])
            return d * min(1.0, distance / float(np.hypot(*d)))
        u, points = (side.u, side.points) if forwards else (1.0 - side.u[::-1], side.points[::-1])
        far = np.hypot(*(points - points[0]).T) >= distance
        if not far.any():
            return points[-1] - points[0]
        i = int(np.argmax(far))

        r, z = points[0].tolist()

        def gap(x: float) -> float:
            here = edge.jet(x)
            return math.hypot(here[0] - r, here[1] - z) - distance

        return edge.point(root(gap, float(u[i - 1]), float(u[i]))) - points[0]

    def feet(
        self, number: int, point: Array, reach: float, known: float | None = None
    ) -> list[tuple[float, float]]:
        """Distances below ``reach`` of a point from places inside an edge, nearest about there.

        Parameters
        ----------
        number : int
        point : ndarray, shape (2,), m
        reach : float, m
        known : float, optional
            Fraction of such a place that is left out.

        Returns
        -------
        list of (distance, fraction)
        """
        side = self.sides[number]
        edge = side.edge
        r, z = point.tolist()
        a, b, c, d = side.box
        if r < a - reach or z < b - reach or r > c + reach or z > d + reach:
            return []
        if edge.straight is not None:
            r0, z0, dr, dz = edge.straight
            u = ((r - r0) * dr + (z - z0) * dz) / (dr * dr + dz * dz)
            if not 0.0 < u < 1.0 or known is not None:
                return []
            distance = math.hypot(r0 + u * dr - r, z0 + u * dz - z)
            return [(distance, u)] if distance < reach else []

        gap = side.points - point
        slope = np.vecdot(gap, side.slopes)
        near = np.hypot(gap[:-1, 0], gap[:-1, 1]) < reach + (1.0 + SAG) * side.longest
        found = []
        for i in np.flatnonzero((slope[:-1] < 0.0) & (slope[1:] > 0.0) & near).tolist():
            low, high = float(side.u[i]), float(side.u[i + 1])
            if known is not None and low <= known <= high:
                continue
            u = edge.foot(point, low, high)
            foot = edge.jet(u)
            distance = math.hypot(foot[0] - r, foot[1] - z)
            if distance < reach:
                found.append((distance, u))
        return found

    def is_blocked(
        self, start: Array, end: Array, ignored: tuple[int, ...], foot: float | None = None
    ) -> bool:
        """Whether solid stands between a point on the boundary and another point.

        Parameters
        ----------
        start, end : ndarray, shape (2,), m
        ignored : tuple of int
            Edges that do not stand in the way; with a foot that edge does, but not there.
        foot : float, optional
            Fraction of the one ignored edge where it starts.
        """
        d = end - start
        length = float(np.hypot(*d))
        if length <= self.slack:
            return False
        along = d / length
        across = np.array([-along[1], along[0]])
        for number in self.within(np.minimum(start, end), np.maximum(start, end)):
            side = self.sides[number]
            if number in ignored and (foot is None or side.edge.is_straight):
                continue
            edge, gap = side.edge, side.points - start
            off, far = gap @ across, gap @ along
            if edge.is_straight:
                if min(abs(off[0]), abs(off[1])) <= self.slack or off[0] * off[1] > 0.0:
                    continue
                crossed = float(far[0] + (far[1] - far[0]) * off[0] / (off[0] - off[1]))
                if self.slack < crossed < length - self.slack:
                    return True
                continue

            foot_here = foot if number in ignored else None
            for u in _crossed(side, start, across, (far, off), length, foot_here):
                if self.slack < float((edge.point(u) - start) @ along) < length - self.slack:
                    return True
        return False


def _crossed(
    side: Side,
    start: Array,
    across: Array,
    samples: tuple[Array, Array],
    length: float,
    foot: float | None,
) -> Iterator[float]:
    """Fractions at which a line crosses a curved side, near a part of the line.

    Parameters
    ----------
    side : Side
    start, across : ndarray, shape (2,)
        Where that part begins, and the line's unit normal.
    samples : two of ndarray, shape (n,), m
        How far along the line and beside it the side's points lie.
    length : float, m
        Of the part.
    foot : float, optional
        A fraction at which the line starts from the side.
    """
    far, off = samples

    def beside(x: float) -> float:
        return float((side.edge.point(x) - start) @ across)

    def turning(x: float) -> float:
        return float(side.edge.derivative(x) @ across)

    room = (1.0 + SAG) * side.longest
    near = (far[:-1] > -room) & (far[:-1] < length + room)
    slope = side.slopes @ across
    # between two points on one side of the line it may cross to the other side and back
    dips = (off[:-1] * off[1:] > 0.0) & (off[:-1] * slope[:-1] < 0.0) & (off[1:] * slope[1:] > 0.0)
    for i in np.flatnonzero(near & ((off[:-1] * off[1:] < 0.0) | dips)).tolist():
        low, high = float(side.u[i]), float(side.u[i + 1])
        if foot is not None and low <= foot <= high:
            continue
        ends = [low, root(turning, low, high), high] if dips[i] else [low, high]
        yield from (root(beside, a, b) for a, b in pairwise(ends) if beside(a) * beside(b) < 0.0)


def angle_between(one: Array, other: Array) -> float:
    """Angle by which a vector is turned to the left of another, rad, in −π … π."""
    return math.atan2(
        float(one[0] * other[1] - one[1] * other[0]), float(one[0] * other[0] + one[1] * other[1])
    )
