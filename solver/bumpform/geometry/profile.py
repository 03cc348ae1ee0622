"""The solid profile that liquid can touch: a chain of exact pieces, axis outwards.

Solid lies to the right of the chain's direction, liquid or gas to its left. A place
on it is a ``Station``: a piece and the fraction u of the piece, 0 at its inner end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from shapely import LineString

from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge
from bumpform.kernel.native import doubles, library
from bumpform.quick import cached_property, quick


class Station(NamedTuple):
    """A place on a profile: piece number, and fraction of that piece."""

    piece: int
    u: float


_START = Station(0, 0.0)


@quick
@dataclass(frozen=True, eq=False)
class Profile:
    """Chain of edges from the axis to the outer radius of the model.

    Attributes
    ----------
    pieces : tuple of Edge
        Each starts where the one before it ends.
    """

    pieces: tuple[Edge, ...]

    def __iter__(self) -> Iterator[Edge]:
        """The pieces, axis outwards."""
        return iter(self.pieces)

    def __len__(self) -> int:
        """Number of pieces."""
        return len(self.pieces)

    @cached_property
    def cumulative(self) -> Array:
        """Moments from the axis to the start of every piece, shape (pieces + 1, 3)."""
        found = np.zeros((len(self.pieces) + 1, 3))
        for i, piece in enumerate(self.pieces):
            np.add(found[i], piece.moments(), out=found[i + 1])
        return found

    @cached_property
    def _ends(self) -> list[tuple[float, float]]:
        """Outer ends of the pieces, m."""
        return [piece.ends[1] for piece in self.pieces]

    @cached_property
    def tables(self) -> Any:
        """The pieces as the library takes them."""
        return library()[0].new("edge *[]", [piece.table for piece in self.pieces])

    @cached_property
    def sides(self) -> Any:
        """The pieces as the library looks at them, with boxes round them."""
        ffi, compiled = library()
        found = ffi.new("side[]", len(self.pieces))
        compiled.look(len(self.pieces), self.tables, found)
        return found

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: not the library's view of it."""
        return {k: v for k, v in vars(self).items() if k not in ("tables", "sides")}

    @property
    def start(self) -> Station:
        """The place on the axis."""
        return _START

    @property
    def end(self) -> Station:
        """The place at the outer radius."""
        return Station(len(self.pieces) - 1, 1.0)

    def point(self, station: Station) -> Array:
        """Position, shape (2,), m."""
        return self.pieces[station.piece].point(station.u)

    def level_radius(self, near: float) -> float:
        """Radius up to which it is level from the axis on, heights being one up to ``near``, m."""
        level, end = float(self.point(self.start)[1]), 0.0
        for piece in self:
            r, z = piece.point(1.0).tolist()
            if not piece.is_straight or abs(z - level) > near:
                break
            end = r
        return end

    def level_station(self, radius: float) -> Station:
        """The place at a radius, m, where it is level from the axis on."""
        return self.locate(np.array([radius, self.point(self.start)[1]]))

    def moments(self, station: Station) -> Array:
        """∫½r²dz, ∫½r²z dz, ∫r ds from the axis to a station, shape (3,)."""
        return self.cumulative[station.piece] + self.pieces[station.piece].moments(0.0, station.u)

    def between(self, a: Station, b: Station) -> tuple[Edge, ...]:
        """Edges from station a outwards to station b, unnamed (empty parts left out)."""
        edges = []
        for i in range(a.piece, b.piece + 1):
            u0 = a.u if i == a.piece else 0.0
            u1 = b.u if i == b.piece else 1.0
            if u1 > u0 and (edge := self._unnamed(i, u0, u1)).first != edge.last:
                edges.append(edge)
        return tuple(edges)

    def _unnamed(self, number: int, u0: float, u1: float) -> Edge:
        piece = self.pieces[number]
        part = piece if u0 == 0.0 and u1 == 1.0 else piece.part(u0, u1)
        return part.named("", piece.region, piece.material)

    def crossings(self, coordinate: int, value: float) -> list[Station]:
        """Stations where r (0) or z (1) has a value, axis outwards; a vertex counts once."""
        stations: list[Station] = []
        for i, piece in enumerate(self.pieces):
            for u in piece.crossings(coordinate, value):
                if stations and u < 1e-12 and stations[-1] == Station(i - 1, 1.0):
                    continue
                stations.append(Station(i, 1.0 if u > 1.0 - 1e-12 else u))
        return stations

    def locate(self, point: Array) -> Station:
        """Station nearest to a point; a vertex is the end of the piece inside of it."""
        r, z = point.tolist()
        apart = [max(abs(end_r - r), abs(end_z - z)) for end_r, end_z in self._ends]
        vertex = apart.index(min(apart))
        if apart[vertex] < 1e-12 * self._ends[-1][0]:
            return Station(vertex, 1.0)
        ffi, compiled = library()
        u = ffi.new("double *")
        piece = compiled.nearest_of(len(self), self.tables, doubles(point), u)
        return Station(piece, u[0])

    def arclength(self, a: Station, b: Station) -> float:
        """Length along the profile from a to b, m; negative where b lies inside of a."""
        if b < a:
            return -self.arclength(b, a)
        return math.fsum(edge.length() for edge in self.between(a, b))

    @cached_property
    def outline(self) -> LineString:
        """The polyline as shapely takes it."""
        return LineString(self.polyline)

    @cached_property
    def polyline(self) -> Array:
        """Points along the whole profile, for pictures and quick checks, shape (n, 2)."""
        parts = [piece.sample()[:-1] for piece in self.pieces]
        return np.vstack([*parts, self.pieces[-1].point(1.0)[None, :]])
