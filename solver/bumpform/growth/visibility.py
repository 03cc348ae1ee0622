"""What bounds the free space over a stack, and what is seen from where in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge, root
from bumpform.geometry.profile import Profile
from bumpform.kernel.native import doubles, library
from bumpform.quick import cached_property, quick
from bumpform.stack.stack import Stack, line

#: Lengths below this, relative to the model's radius, are none.
NOTHING = 1e-13
#: Feet of a point on one edge that room is made for at first.
MOST_FEET = 8


@quick
@dataclass(frozen=True, eq=False)
class Boundary:
    """The free space's boundary: down the axis, along the profile, up at the outer radius.

    The free space lies to the left. Vertex i is where edge i starts.

    Attributes
    ----------
    edges : tuple of Edge
    size : float, m
        The model's outer radius.
    """

    edges: tuple[Edge, ...]
    size: float

    @classmethod
    def of(cls, stack: Stack, room: float) -> Boundary:
        """That of a stack, with at least ``room`` above its highest point."""
        profile: Profile = stack.profile
        start, end = profile.point(profile.start), profile.point(profile.end)
        highest = max(z for piece in profile for _, z in piece.ends)
        top = highest + room + 2.0 * stack.outer
        axis = Edge(line((0.0, top), start), 0.0, 1.0, "axis")
        outer = Edge(line(end, (stack.outer, top)), 0.0, 1.0, "outer")
        return cls((axis, *profile.pieces, outer), stack.outer)

    @property
    def slack(self) -> float:
        """Lengths that are none, m."""
        return NOTHING * self.size

    @cached_property
    def sides(self) -> Any:
        """The edges as the library looks at them."""
        ffi, compiled = library()
        edges = ffi.new("edge *[]", [edge.table for edge in self.edges])
        sides = ffi.new("side[]", len(self.edges))
        compiled.look(len(self.edges), edges, sides)
        return sides

    def vertex(self, number: int) -> Array:
        """Where an edge starts, shape (2,), m."""
        return self.edges[number].tips[0]

    def turn(self, number: int) -> float:
        """How far the boundary turns left at a vertex, rad: negative where solid juts out."""
        before, after = self.edges[number - 1], self.edges[number]
        turn = angle_between(before.arriving, after.leaving)
        if abs(turn) < math.pi - 1e-6:
            return turn
        # a cusp, of the free space or of the solid: as its sides lie further out
        one, other = before.sample(4), after.sample(4)
        a, b = other[1] - other[0], one[-2] - one[-1]
        return math.copysign(turn, float(a[0] * b[1] - a[1] * b[0]))

    def near(self, point: Array, room: float, distance: float) -> list[int]:
        """Numbers of the edges in a square about a point that may lie within a distance of it, m.

        Parameters
        ----------
        point : ndarray, shape (2,), m
        room : float, m
            Half of the square's side.
        distance : float, m
            A curve that is further off is left out.
        """
        ffi, compiled = library()
        numbers = ffi.new("int[]", len(self.edges))
        low, high = doubles(point - room), doubles(point + room)
        found = compiled.within(len(self.edges), self.sides, low, high, numbers)
        place = doubles(point)
        return [
            i
            for i in ffi.unpack(numbers, found)
            if compiled.near_to(self.sides + i, place, distance)
        ]

    def chord(self, number: int, distance: float, *, forwards: bool) -> Array:
        """From an edge's start (or its end) to where it is at a distance from there, m.

        To its other end where it is nowhere so far away.
        """
        edge = self.edges[number] if forwards else self.edges[number].reversed()
        if edge.straight is not None:
            d = np.array(edge.straight[2:])
            return d * min(1.0, distance / math.hypot(*edge.straight[2:]))
        u, points = edge.fractions(4), edge.sample(4)
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
        ffi, compiled = library()
        most = MOST_FEET
        while True:
            distances, fractions = ffi.new("double[]", most), ffi.new("double[]", most)
            found = compiled.feet(
                self.sides + number,
                doubles(point),
                reach,
                math.nan if known is None else known,
                most,
                distances,
                fractions,
            )
            if found <= most:
                return list(zip(distances[0:found], fractions[0:found], strict=True))
            most = found

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
        one, other = (*ignored, -1)[:2]
        return bool(
            library()[1].is_blocked(
                len(self.edges),
                self.sides,
                doubles(start),
                doubles(end),
                one,
                other,
                math.nan if foot is None else foot,
                self.slack,
            )
        )


def angle_between(one: Array, other: Array) -> float:
    """Angle by which a vector is turned to the left of another, rad, in −π … π."""
    a, b = one.tolist(), other.tolist()
    return math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])
