"""How far places of the free space are from a surface, round whatever stands between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.growth.visibility import Boundary, angle_between
from bumpform.quick import cached_property, quick

#: Nearer than the thickness by this much, relative, a place lies inside the film.
DEPTH = 1e-10
#: Edges that meet at a smaller angle, rad, go on smoothly.
SMOOTH = 1e-9


class Way(NamedTuple):
    """The shortest way from a surface to a place.

    Attributes
    ----------
    length : float, m
    origin : ndarray, shape (2,), m
        Where its last straight part begins.
    piece, corner : int
        The boundary's edge inside which that is, or the vertex; the other one is −1.
    u : float
        Fraction of that edge.
    straight : float, m
        Length of that last part.
    """

    length: float
    origin: Array
    piece: int
    corner: int
    u: float
    straight: float


@quick
@dataclass(frozen=True, eq=False)
class Corner:
    """A vertex of the boundary from which the film spreads.

    Attributes
    ----------
    place : ndarray, shape (2,), m
    radius : float, m
        How far: the film's thickness less the way to it.
    after, before : ndarray, shape (2,)
        Directions of the boundary's edges after and before it: of one that is not grown on, of
        its chord to where it is at the radius from it.
    widest : tuple of ndarray
        The same, or the edges' tangents where the free space between those is wider.
    way : Way or None
        By which the film reaches it; None where it grows on it.
    ray : ndarray, shape (2,)
        Direction of that way at its end.
    """

    place: Array
    radius: float
    after: Array
    before: Array
    widest: tuple[Array, Array]
    way: Way | None
    ray: Array

    @cached_property
    def opening(self) -> float:
        """Widest angle of the free space, rad."""
        return angle_between(*self.widest) % (2.0 * math.pi)

    def faces(self, gap: Array, slack: float) -> bool:
        """Whether a place, as seen from the corner, lies in the free space, or on its edge."""
        angle = angle_between(self.widest[0], gap) % (2.0 * math.pi)
        off = 1e-9 + slack / (math.hypot(float(gap[0]), float(gap[1])) + slack)
        return angle <= self.opening + off or angle >= 2.0 * math.pi - off


@quick
@dataclass(frozen=True, eq=False)
class Reach:
    """Places within a distance of some edges of a boundary, in the free space.

    A way runs straight and bends at outer corners only, and where a rounded side begins or ends;
    along one that bulges out, its chord stands for it.

    Attributes
    ----------
    boundary : Boundary
    grown : frozenset of int
        Numbers of those edges.
    distance : float, m
    """

    boundary: Boundary
    grown: frozenset[int]
    distance: float

    @cached_property
    def corners(self) -> dict[int, Corner]:
        """All vertices from which the film spreads, by their numbers, the nearest first."""
        boundary, last = self.boundary, len(self.boundary.edges) - 1
        own = {i for edge in self.grown for i in (edge, edge + 1)}
        found = {i: self._corner(i, self.distance, None) for i in sorted(own)}
        left = [i for i in range(2, last) if i not in own and self._juts_out(i)]
        while left:
            ways = {i: self._way(boundary.vertex(i), self.distance, found) for i in left}
            near = {i: way for i, way in ways.items() if way is not None}
            if not near:
                break
            number = min(near, key=lambda i: near[i].length)
            radius = self.distance - near[number].length
            if radius <= boundary.slack:
                break
            left.remove(number)
            found[number] = self._corner(number, radius, near[number])
        return found

    def _juts_out(self, number: int) -> bool:
        """Whether a way may bend at a vertex: an outer corner, or where a rounded side begins."""
        edges, turn = self.boundary.edges[number - 1 : number + 1], self.boundary.turn(number)
        return turn < -SMOOTH or (turn <= SMOOTH and not all(e.is_straight for e in edges))

    def contains(self, point: Array, foot: tuple[int, float]) -> bool:
        """Whether a place lies inside the film, not on its front.

        Parameters
        ----------
        point : ndarray, shape (2,), m
        foot : (edge, fraction)
            Where one of the grown edges is as near as the film is thick; −1 for none.
        """
        depth = max(DEPTH * self.distance, self.boundary.slack)  # of a thin one, not its round-off
        return self._way(point, self.distance - depth, self.corners, foot) is not None

    def way(self, point: Array) -> Way:
        """The shortest way to a place on the front."""
        found = self._way(point, self.distance * (1.0 + 1e-6), self.corners)
        assert found is not None  # it is a place of the front
        return found

    def sees(self, point: Array, origin: Array, piece: int, corner: int, u: float) -> bool:
        """Whether nothing stands between a place and where a straight way to it begins."""
        if corner >= 0:
            return not self.boundary.is_blocked(origin, point, (corner - 1, corner))
        return not self.boundary.is_blocked(origin, point, (piece,), u)

    def _corner(self, number: int, radius: float, way: Way | None) -> Corner:
        place = self.boundary.vertex(number)
        boundary = self.boundary
        leaving, arriving = boundary.edges[number].leaving, boundary.edges[number - 1].arriving
        after, before = leaving, -arriving
        if number not in self.grown:
            after = boundary.chord(number, radius, forwards=True)
        if number - 1 not in self.grown:
            before = boundary.chord(number - 1, radius, forwards=False)
        widest = (
            after if angle_between(leaving, after) < 0.0 else leaving,
            before if angle_between(-arriving, before) > 0.0 else -arriving,
        )
        ray = arriving if way is None else self._ray(number, way)
        return Corner(place, radius, after, before, widest, way, ray)

    def _ray(self, number: int, way: Way) -> Array:
        """Direction in which a way reaches a vertex: to round-off, however short it is."""
        edges = self.boundary.edges
        if way.piece >= 0:
            r, z = edges[way.piece].tangent(way.u).tolist()
            return np.array((-z, r))
        if way.corner == number - 1 and edges[number - 1].is_straight:
            return edges[number - 1].arriving
        if way.corner == number + 1 and edges[number].is_straight:
            return -edges[number].leaving
        return (self.boundary.vertex(number) - way.origin) / way.straight

    def _way(
        self,
        point: Array,
        reach: float,
        corners: dict[int, Corner],
        foot: tuple[int, float] | None = None,
    ) -> Way | None:
        """Shortest way to a place that is shorter than ``reach``; None without one.

        With a foot: any other one that is.
        """
        best: Way | None = None
        for number in self.grown:
            edge = self.boundary.edges[number]
            known = foot[1] if foot is not None and foot[0] == number else None
            for length, u in self.boundary.feet(number, point, reach, known):
                origin, d = edge.point(u), edge.derivative(u)
                gap = point - origin
                if d[0] * gap[1] - d[1] * gap[0] > 0.0 and self.sees(point, origin, number, -1, u):
                    best, reach = Way(length, origin, number, -1, u, length), length
                    if foot is not None:
                        return best
        for number, corner in corners.items():
            gap = point - corner.place
            straight = math.hypot(float(gap[0]), float(gap[1]))
            length = straight + self.distance - corner.radius
            if (
                length < reach
                and corner.faces(gap, self.boundary.slack)
                and self.sees(point, corner.place, -1, number, 0.0)
            ):
                best, reach = Way(length, corner.place, -1, number, 0.0, straight), length
                if foot is not None:
                    return best
        return best
