"""A solid profile by its length from the axis: places, slopes, and sums of what lies under it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

#: Spans of a curved piece, each a cubic through its ends with their tangents.
SPANS = 48
#: Turn at a piece's end from which on it is an edge, rad.
EDGE = 1e-6
_X, _W = np.polynomial.legendre.leggauss(5)
_X, _W = 0.5 * (_X + 1.0), 0.5 * _W


@dataclass(frozen=True, eq=False)
class Wall:
    """A chain of pieces from the axis outwards, in units of L.

    Attributes
    ----------
    ends : ndarray, shape (pieces + 1,)
        Lengths at which the pieces begin and end.
    spans : tuple of ndarray
        Of every piece: lengths, points and unit tangents at the ends of its spans.
    cosines : ndarray
        Of Young's angle on every piece.
    names : tuple of str
        The pieces' features.
    upper : bool
        Whether solid lies above it.
    lift : float
        By which it is raised.
    """

    ends: np.ndarray
    spans: tuple
    cosines: np.ndarray
    names: tuple[str, ...]
    upper: bool = False
    lift: float = 0.0

    @classmethod
    def of(cls, profile, cosines, length, *, upper=False):
        """From a profile of bumpform's."""
        ends, spans = [0.0], []
        for piece in profile.pieces:
            u = np.linspace(0.0, 1.0, 2 if piece.is_straight else SPANS + 1)
            slopes = piece.derivative(u[:-1, None] + np.diff(u)[:, None] * _X) / length
            sizes = np.diff(u) * (np.hypot(slopes[..., 0], slopes[..., 1]) @ _W)
            tangents = np.array([piece.tangent(x) for x in u])
            at = ends[-1] + np.concatenate([[0.0], np.cumsum(sizes)])
            spans.append((at, piece.point(u) / length, tangents))
            ends.append(at[-1])
        names = tuple(piece.feature for piece in profile.pieces)
        return cls(np.array(ends), tuple(spans), np.array(cosines), names, upper)

    def raised(self, by: float) -> Wall:
        """The same, raised further."""
        return replace(self, lift=self.lift + by)

    def place(self, piece: int, s: float):
        """Point, first and second derivative by the length on a piece, each of shape (2,)."""
        at, points, tangents = self.spans[piece]
        k = min(max(int(np.searchsorted(at, s)) - 1, 0), len(at) - 2)
        x, d, dd = _cubic((s - at[k]) / (at[k + 1] - at[k]), at, points, tangents, k)
        return x + np.array([0.0, self.lift]), d, dd

    def under(self, piece: int, s: float) -> np.ndarray:
        """Sums of ½r²dz, ½r²z dz and cosθ r ds from the axis to a place; z without the lift."""
        at, points, tangents = self.spans[piece]
        k = min(max(int(np.searchsorted(at, s)) - 1, 0), len(at) - 2)
        part = (s - at[k]) / (at[k + 1] - at[k])
        found = _sums(part * _X, part, at, points, tangents, k)
        found = self._before[piece][k] + found * [1.0, 1.0, self.cosines[piece]]
        return np.asarray(found)

    @cached_property
    def _before(self) -> list[np.ndarray]:
        """The same up to the start of every span of every piece."""
        total, found = np.zeros(3), []
        for cosine, (at, points, tangents) in zip(self.cosines, self.spans, strict=True):
            spans = []
            for k in range(len(at) - 1):
                spans.append(total)
                total = total + _sums(_X, 1.0, at, points, tangents, k) * [1.0, 1.0, cosine]
            found.append(np.array(spans))
        return found

    def holds(self, vertex: int) -> bool:
        """Whether a piece's outer end is an edge, or a change of material."""
        if vertex + 1 >= len(self.spans):
            return False
        return abs(self.turn(vertex)) > EDGE or self.cosines[vertex] != self.cosines[vertex + 1]

    def turn(self, vertex: int) -> float:
        """Turn to the left there, rad."""
        a, b = self.spans[vertex][2][-1], self.spans[vertex + 1][2][0]
        return math.atan2(a[0] * b[1] - a[1] * b[0], a @ b)

    @cached_property
    def _polyline(self) -> tuple[np.ndarray, np.ndarray]:
        points = np.vstack([p for _, p, _ in self.spans])
        return points, np.concatenate([at for at, _, _ in self.spans])

    @property
    def outline(self) -> np.ndarray:
        """Its points, shape (n, 2)."""
        return self._polyline[0] + [0.0, self.lift]

    def nearest(self, point) -> tuple[int, float]:
        """Piece and length of the place nearest to a point."""
        points, lengths = self.outline, self._polyline[1]
        a, d = points[:-1], np.diff(points, axis=0)
        size = np.maximum((d * d).sum(axis=1), 1e-300)
        x = np.clip(((point - a) * d).sum(axis=1) / size, 0.0, 1.0)
        k = int(np.argmin(np.hypot(*(a + x[:, None] * d - point).T)))
        s = float(lengths[k] + x[k] * (lengths[k + 1] - lengths[k]))
        return self.piece(s), s

    def piece(self, s: float) -> int:
        """The piece at a length; at a vertex the inner one."""
        return min(max(int(np.searchsorted(self.ends, s)) - 1, 0), len(self.spans) - 1)


def _cubic(x, at, points, tangents, k):
    """A span's point, and derivatives by the length, at fractions of it."""
    x = np.asarray(x)[..., None]
    h = at[k + 1] - at[k]
    a, b, c, d = points[k], points[k + 1], h * tangents[k], h * tangents[k + 1]
    two, three = 3.0 * (b - a) - 2.0 * c - d, 2.0 * (a - b) + c + d
    point = a + x * (c + x * (two + x * three))
    return point, (c + x * (2.0 * two + 3.0 * x * three)) / h, (2.0 * two + 6.0 * x * three) / h**2


def _sums(x, part, at, points, tangents, k):
    point, slope, _ = _cubic(x, at, points, tangents, k)
    r, z = point.T
    h = part * (at[k + 1] - at[k])
    each = np.array([0.5 * r**2 * slope[:, 1], 0.5 * r**2 * z * slope[:, 1], r])
    return h * (each @ _W)
