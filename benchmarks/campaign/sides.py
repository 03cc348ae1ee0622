"""The solid side of a case's contact lines, integrated and judged anew.

Points and derivatives along a profile's pieces are the stack's (they are its geometry); volumes
under it, wetted areas, angles and Gibbs' bounds are worked out here from them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.polynomial.legendre import leggauss

from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile

_X, _W = leggauss(40)
#: Places of what lies in solid at which its depth is looked at, relative to its length.
FINE = 1e-2


def moments(edge: Edge, u: float) -> np.ndarray:
    """∫½r²dz, ∫½r²z dz, ∫r ds of an edge from 0 to u: Gauss, 40 points a smooth span."""
    ends = [0.0, *(t for t in edge.fractions(1).tolist() if 0.0 < t < u), u]
    total = np.zeros(3)
    for a, b in pairwise(ends):
        t = 0.5 * (b - a) * _X + 0.5 * (a + b)
        (r, z), (dr, dz) = edge.point(t).T, edge.derivative(t).T
        half = 0.5 * r * r * dz
        rows = np.stack([half, half * z, r * np.hypot(dr, dz)])
        total += 0.5 * (b - a) * rows @ _W
    return total


@dataclass(frozen=True, eq=False)
class Side:
    """A profile with Young's angles (rad), for one kind of line: outer, inner or top.

    ``hangs``: how far what is solid on a package's pad hangs under it on the axis, m.
    """

    profile: Profile
    angles: tuple[float, ...]
    kind: str
    hangs: float = 0.0

    @cached_property
    def _before(self) -> np.ndarray:
        steps = [moments(piece, 1.0) for piece in self.profile.pieces]
        return np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])

    def place(self, piece: int, u: float) -> tuple[float, float, float]:
        """Radius, height, slope angle of the solid, outwards."""
        edge = self.profile.pieces[piece]
        r, z = edge.point(u).tolist()
        dr, dz = edge.derivative(u).tolist()
        return r, z, math.atan2(dz, dr)

    def rates(self, piece: int, u: float) -> tuple[float, float, float]:
        """Derivatives of the same by u."""
        edge = self.profile.pieces[piece]
        dr, dz = edge.derivative(u).tolist()
        ddr, ddz = edge.second_derivative(u).tolist()
        return dr, dz, (dr * ddz - dz * ddr) / (dr * dr + dz * dz)

    def under(self, piece: int, u: float) -> np.ndarray:
        """∫½r²dz, ∫½r²z dz from the axis, and Σ cosθ ∫r ds."""
        whole = self._before[: piece + 1]
        part = moments(self.profile.pieces[piece], u)
        total = whole[piece] + part
        cosines = np.cos(self.angles[: piece + 1])
        areas = np.append(np.diff(whole[:, 2]), part[2])
        return np.array([total[0], total[1], float(cosines @ areas)])

    def bounds(self, piece: int, u: float, state: str) -> tuple[float, float]:
        """Gibbs' bounds of the angle against the wetted piece, rad."""
        wet = self.angles[piece]
        if state == "free":
            return wet, wet
        inner = self.kind == "inner"
        other = piece - 1 if inner else piece + 1
        a = self.place(min(piece, other), 1.0)[2]
        b = self.place(max(piece, other), 0.0)[2]
        turn = math.remainder(a - b, 2.0 * math.pi)
        return wet, self.angles[other] + (-turn if self.kind == "top" else turn)

    def angle(self, phi: float, tau: float) -> float:
        """Contact angle, by the direction of travel along the surface (liquid on the left)."""
        if self.kind == "outer":
            return math.pi + tau - phi
        return phi - math.pi - tau if self.kind == "inner" else phi - tau

    @cached_property
    def body(self) -> shapely.Polygon:
        """Cross section of the solid, as fine as a polyline of 48 points a span."""
        points = np.vstack([piece.sample(48) for piece in self.profile.pieces])
        up = 1.0 if self.kind == "top" else -1.0
        limit = up * 10.0 * float(points[:, 0].max()) + points[-1, 1]
        ring = [*points.tolist(), [points[-1, 0], limit], [points[0, 0], limit]]
        return shapely.make_valid(shapely.Polygon(ring))

    def depth(self, curve: np.ndarray) -> float:
        """How deep a polyline lies in the solid at the most, m."""
        inside = shapely.intersection(shapely.LineString(curve), self.body)
        if inside.is_empty:
            return 0.0
        edge = shapely.LineString(np.vstack([piece.sample(48) for piece in self.profile.pieces]))
        inside = shapely.segmentize(inside, FINE * shapely.length(inside) + 1e-300)
        points = shapely.points(shapely.get_coordinates(inside))  # a lip may lie between two
        return float(shapely.distance(points, edge).max())
