"""The solid that the liquid slides on: an exact profile with Young's angles, in units of L."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely

from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.corner import turn_at

#: Heights nearer than this, in units of L, are one.
LEVEL = 1e-9
#: How far its solid reaches behind it, in units of L.
FAR = 10.0
#: Liquid in a corner narrower than this keeps out of the mesh's tip, rad.
CUSP = 0.35


class WettedMoments(NamedTuple):
    """What belongs to the wall from the axis to a place, per 2π: ∫½r²dz, ∫½r²z dz, Σ cosθ ∫r ds."""

    volume: float
    moment: float
    wetting: float


@dataclass(frozen=True, eq=False)
class Wall:
    """A chain of solid pieces from the axis outwards.

    Attributes
    ----------
    profile : Profile
        In m.
    cosines : tuple of float
        Of Young's angle on every piece, through the liquid.
    length : float, m
        The scale L.
    upper : bool
        Whether it is the body above, with its solid on the left.
    lift : float
        Scaled height by which it has been raised.
    """

    profile: Profile
    cosines: tuple[float, ...]
    length: float
    upper: bool = False
    lift: float = 0.0

    @cached_property
    def _before(self) -> Array:
        """Moments and Σ cosθ·area up to every piece's start, shape (pieces + 1, 3), scaled."""
        steps = np.array([piece.moments() for piece in self.profile.pieces])
        steps[:, 2] *= self.cosines
        sums = np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])
        return sums / [self.length**3, self.length**4, self.length**2]

    def raised(self, by: float) -> Wall:
        """The same wall, lifted further by a scaled height."""
        return replace(self, lift=self.lift + by) if by else self

    def point(self, at: Station) -> Array:
        """Scaled position, shape (2,)."""
        p = self.profile.point(at) / self.length
        p[1] += self.lift
        return p

    def tangent(self, at: Station) -> Array:
        """Unit tangent of a piece, outwards, shape (2,)."""
        return self.profile.pieces[at.piece].tangent(at.u)

    def bend(self, at: Station) -> float:
        """Curvature at a place; positive where the profile turns left."""
        _, _, r1, z1, r2, z2 = self.profile.pieces[at.piece].jet(at.u)
        return self.length * (r1 * z2 - z1 * r2) / math.hypot(r1, z1) ** 3

    def size(self, piece: int) -> float:
        """Scaled length of a piece."""
        return self._sizes[piece]

    @cached_property
    def _sizes(self) -> tuple[float, ...]:
        return tuple(piece.length() / self.length for piece in self.profile.pieces)

    @cached_property
    def level(self) -> float:
        """Scaled radius up to which it is level, from the axis on."""
        return self.profile.level_radius(LEVEL * self.length) / self.length

    def on_level(self, radius: float) -> Station:
        """The place at a scaled radius where it is level."""
        return self.profile.level_station(radius * self.length)

    def turn(self, vertex: int) -> float:
        """Turn towards the liquid at the end of a piece, rad: negative at an edge of solid."""
        return turn_at(self.profile, vertex, hung=self.upper)

    def solid(self, at: Station) -> WettedMoments:
        """Volume, moment and wetting from the axis to a place."""
        moments = self.profile.pieces[at.piece].moments(0.0, at.u)
        moments = moments / [self.length**3, self.length**4, self.length**2]
        moments[2] *= self.cosines[at.piece]
        volume, moment, wetting = (self._before[at.piece] + moments).tolist()
        return WettedMoments(volume, moment + self.lift * volume, wetting)

    def moved(self, at: Station, by: float) -> Station:
        """The place at a signed scaled distance along the same piece; its ends are its limits."""
        piece = self.profile.pieces[at.piece]
        if piece.is_straight:
            u = at.u + by / self.size(at.piece)
        else:  # along the arc by midpoints: a distance of a step
            rate = self.length / float(np.hypot(*piece.derivative(at.u)))
            middle = min(1.0, max(0.0, at.u + 0.5 * by * rate))
            u = at.u + by * self.length / float(np.hypot(*piece.derivative(middle)))
        return Station(at.piece, min(1.0, max(0.0, u)))

    def distance(self, a: Station, b: Station) -> float:
        """Scaled signed distance along the wall."""
        return self.profile.arclength(a, b) / self.length

    def is_vertex(self, at: Station) -> bool:
        """Whether a place is the end of a piece at which another begins."""
        return at.u == 1.0 and at.piece + 1 < len(self.profile)

    def named(self, at: Station) -> str:
        """What a place is on, or which edge it is, in words."""
        pieces = self.profile.pieces[at.piece : at.piece + 1 + self.is_vertex(at)]
        features = list(dict.fromkeys(piece.feature for piece in pieces))
        return features[0] if len(features) == 1 else f"edge between {' and '.join(features)}"

    @cached_property
    def outline(self) -> Array:
        """Points along the whole wall, closely spaced on curved pieces, shape (n, 2), scaled."""
        parts = [piece.sample(32)[:-1] for piece in self.profile.pieces]
        points = np.vstack([*parts, self.profile.pieces[-1].point(1.0)[None, :]]) / self.length
        return np.asarray(points + np.array([0.0, self.lift]))

    def inside(self, points: Array) -> Array:
        """Whether scaled points lie in its solid, shape (points,)."""
        found: Array = shapely.contains_xy(self._solid, points[:, 0], points[:, 1])
        return found

    @cached_property
    def _solid(self) -> shapely.Geometry:
        """What lies behind the outline."""
        outline = self.outline
        far = outline[:, 1].max() + FAR if self.upper else outline[:, 1].min() - FAR
        solid = shapely.Polygon(np.vstack([outline, [[outline[-1, 0], far], [0.0, far]]]))
        if not solid.is_valid:  # a ball that rests on a point
            solid = shapely.make_valid(solid)
        shapely.prepare(solid)
        return solid

    def stops(self, a: Station, b: Station) -> list[Station]:
        """The two places and all vertices between them."""
        vertices = [Station(k, 1.0) for k in range(a.piece, b.piece)]
        inner = [v for v in vertices if a < v < b and not (v.piece == a.piece and a.u == 1.0)]
        return [a, *inner, b]

    def corner_cuts(self, a: Station, b: Station, width: float) -> dict[int, tuple[float, float]]:
        """Vertices in whose narrow corners the liquid keeps off, by how much of either piece.

        Returns
        -------
        dict of vertex to two fractions
            Up to which the inner piece is followed, and from which the outer one is.
        """
        cuts = {}
        for stop in self.stops(a, b)[1:-1]:
            k = stop.piece
            if abs(self.turn(k)) < math.pi - CUSP or self.turn(k) < 0.0:
                continue
            reach = min(self.size(k), self.size(k + 1))
            low, high = 0.0, 0.5 * reach
            for _ in range(40):
                middle = 0.5 * (low + high)
                ends = self._beside(k, middle)
                gap = np.hypot(*(self.point(ends[0]) - self.point(ends[1])))
                low, high = (middle, high) if gap < width else (low, middle)
            inner, outer = self._beside(k, high)
            cuts[k] = (inner.u, outer.u)
        return cuts

    def _beside(self, vertex: int, by: float) -> tuple[Station, Station]:
        steps = 8  # along an arc
        inner, outer = Station(vertex, 1.0), Station(vertex + 1, 0.0)
        for _ in range(steps):
            inner, outer = self.moved(inner, -by / steps), self.moved(outer, by / steps)
        return inner, outer


def wetted_pieces(wall: Wall, a: Station, b: Station) -> list[tuple[int, float, float]]:
    """Pieces between two places with the fractions at which they begin and end."""
    found = []
    for piece in range(a.piece, b.piece + 1):
        first = a.u if piece == a.piece else 0.0
        last = b.u if piece == b.piece else 1.0
        if last > first:
            found.append((piece, first, last))
    return found


def spaced(places: Array, sizes: Array) -> Array:
    """Places from the first to the last of a fine grid, as far apart as sizes on it say."""
    density = np.concatenate(
        [
            [0.0],
            np.cumsum(
                [
                    (t1 - t0) * 0.5 * (1.0 / s0 + 1.0 / s1)
                    for (t0, t1), (s0, s1) in zip(pairwise(places), pairwise(sizes), strict=True)
                ]
            ),
        ]
    )
    count = max(1, round(density[-1]))
    return np.interp(np.linspace(0.0, density[-1], count + 1), density, places)
