"""The free curve, its contact lines, and its energy as a function of how far its nodes move."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import Akima1DInterpolator

from . import segments
from .wall import Wall

#: Longest segment, fewest of them, and their lengths, relative to their mean, that are let be.
SEGMENT, FEWEST, UNEVEN = 0.015, 80, (0.35, 2.2)


@dataclass(frozen=True, eq=False)
class Line:
    """A contact line on a piece of a wall, or held at the outer end of one.

    Attributes
    ----------
    end : "outer", "inner" (of a ring) or "top" (on a body above)
    wall : Wall
    piece : int
    s : float
        Length along the wall.
    held : bool
        At the outer end of its piece.
    """

    end: str
    wall: Wall
    piece: int
    s: float
    held: bool = False

    @property
    def signs(self) -> tuple[int, int]:
        """Of the solid's share of the volume, and of the wetted area."""
        return {"outer": (1, 1), "inner": (-1, -1), "top": (-1, 1)}[self.end]

    @property
    def point(self) -> np.ndarray:
        """Where it is, shape (2,)."""
        return self.wall.place(self.piece, self.s)[0]

    def angle(self, away, piece: int) -> float:
        """In the liquid, between a piece of the wall and a direction away from the line."""
        _, t, _ = self.wall.place(piece, self.s)
        wet = t if self.end == "inner" else -t
        a, b = (away, wet) if self.end == "outer" else (wet, away)
        return math.atan2(a[0] * b[1] - a[1] * b[0], a @ b) % (2.0 * math.pi)


@dataclass(frozen=True, eq=False)
class Curve:
    """Liquid between a free polyline and solid, in units of L.

    Attributes
    ----------
    x : ndarray, shape (n, 2)
        From the outer line to the axis, or to the second line.
    lines : tuple of Line
    segment : float
        Length that its segments have at the most, of V^(1/3).
    """

    x: np.ndarray
    lines: tuple[Line, ...]
    segment: float = SEGMENT

    @property
    def on_axis(self) -> bool:
        """Whether it ends there."""
        return len(self.lines) == 1

    @property
    def volume(self) -> float:
        """Per 2π."""
        found = segments.volume(self.x)[0]
        return found + sum(k.signs[0] * k.wall.under(k.piece, k.s)[0] for k in self.lines)

    def energy(self, bond: float, load: float = 0.0) -> float:
        """Per 2π; of a floating body with its load's."""
        found = segments.area(self.x)[0] + bond * segments.moment(self.x)[0]
        for line in self.lines:
            volume, moment, wet = line.wall.under(line.piece, line.s)
            sign, wets = line.signs
            found += sign * bond * (moment + line.wall.lift * volume) - wets * wet
            found += load * line.wall.lift if line.end == "top" else 0.0
        return float(found)

    @property
    def directions(self) -> np.ndarray:
        """In which its nodes move: along the normals, on the axis along that."""
        d = np.diff(self.x, axis=0)
        n = np.stack([d[:, 1], -d[:, 0]], axis=1) / np.hypot(*d.T)[:, None]
        n = np.vstack([n[:1], n[1:] + n[:-1], n[-1:]])
        if self.on_axis:
            n[-1] = 0.0, 1.0
        return n / np.hypot(*n.T)[:, None]

    @property
    def weights(self) -> np.ndarray:
        """∫ r ds about every node."""
        size, r = np.hypot(*np.diff(self.x, axis=0).T), self.x[:, 0]
        inner, outer = size * (3 * r[:-1] + r[1:]) / 8, size * (r[:-1] + 3 * r[1:]) / 8
        return np.concatenate([inner, [0.0]]) + np.concatenate([[0.0], outer])

    def evened(self, *, always: bool = False) -> Curve:
        """With nodes anew where segments have become uneven."""
        size = np.hypot(*np.diff(self.x, axis=0).T)
        even = size / size.mean()
        longest = max(size.sum() / FEWEST, self.segment)
        fits = 0.7 * self.segment < size.mean() < 1.3 * longest
        if not always and fits and UNEVEN[0] < even.min() and even.max() < UNEVEN[1]:
            return self
        s = np.concatenate([[0.0], np.cumsum(size)])
        count = max(FEWEST, math.ceil(s[-1] / self.segment))
        kept = np.concatenate([[True], size > 1e-9])
        x = Akima1DInterpolator(s[kept], self.x[kept])(np.linspace(0.0, s[kept][-1], count + 1))
        x[0], x[-1] = self.x[0], self.x[-1]
        return replace(self, x=x)


class Moving:
    """What a curve's energy and volume are as functions of how far its nodes move.

    The unknowns are the way of every node along its direction, of a contact line along its piece,
    and last how far a body above rises.

    Parameters
    ----------
    curve : Curve
    bond, load : float
    """

    def __init__(self, curve: Curve, bond: float, load: float = 0.0) -> None:
        self.curve, self.bond, self.load = curve, bond, load
        self.directions = curve.directions
        self.size = len(curve.x) + 1

    def ends(self):
        """Nodes of the contact lines."""
        return zip((0, -1), self.curve.lines, strict=False)

    def moved(self, q, pieces) -> Curve:
        """The curve after ways q, its lines on given pieces."""
        x, lines = self.curve.x + q[:-1, None] * self.directions, []
        for (node, line), piece in zip(self.ends(), pieces, strict=True):
            wall = line.wall.raised(q[-1]) if line.end == "top" else line.wall
            s = line.s + q[node if node == 0 else -2]
            lines.append(replace(line, wall=wall, piece=piece, s=s, held=False))
            x[node] = lines[-1].point
        return replace(self.curve, x=x, lines=tuple(lines))

    def slopes(self, q, pieces, pressure):
        """Gradients of energy and volume and the second derivative of E − P V, as bands; volume.

        Also both gradients at the contact lines' own nodes, by place, of the free curve alone.
        """
        curve = self.moved(q, pieces)
        x, n = curve.x, len(curve.x)
        jacobian, bend = self.directions.copy(), np.zeros((n, 2))
        for node, line in zip((0, -1), curve.lines, strict=False):
            _, jacobian[node], bend[node] = line.wall.place(line.piece, line.s)
        _, ga, ha = segments.area(x)
        vol, gv, hv = segments.volume(x)
        _, gm, hm = segments.moment(x)
        ge, h = ga + self.bond * gm, ha + self.bond * hm - pressure * hv
        by_node = [_gathered(g, n) for g in (ge, gv)]
        e, v = (np.append((g * jacobian).sum(axis=1), 0.0) for g in by_node)
        bands = np.zeros((5, n + 1))  # of a symmetric matrix, as solve_banded takes it
        j0, j1 = jacobian[:-1], jacobian[1:]
        diagonal = ((by_node[0] - pressure * by_node[1]) * bend).sum(axis=1)
        diagonal[:-1] += _form(h[:, :2, :2], j0, j0)
        diagonal[1:] += _form(h[:, 2:, 2:], j1, j1)
        beside = _form(h[:, :2, 2:], j0, j1)
        bands[2, :n], bands[1, 1:n], bands[3, : n - 1] = diagonal, beside, beside
        for node, line in zip((0, n - 1), curve.lines, strict=False):
            r, z = x[node]
            d, dd = jacobian[node], bend[node]
            sign, wets = line.signs
            under = line.wall.under(line.piece, line.s)
            vol += sign * under[0]
            e[node] += self.bond * sign * 0.5 * r * r * z * d[1]
            e[node] -= wets * line.wall.cosines[line.piece] * r
            v[node] += sign * 0.5 * r * r * d[1]
            more = self.bond * z - pressure
            bands[2, node] += sign * (more * (r * d[0] * d[1] + 0.5 * r * r * dd[1]))
            bands[2, node] += sign * self.bond * 0.5 * r * r * d[1] ** 2
            bands[2, node] -= wets * line.wall.cosines[line.piece] * d[0]
            if line.end == "top":
                e[n] = by_node[0][node, 1] + self.bond * sign * under[0] + self.load
                v[n] = by_node[1][node, 1]
                up = np.array([0.0, 1.0])
                bands[2, n] = h[-1, 3, 3]
                mixed = d @ h[-1, 2:, 2:] @ up + self.bond * sign * 0.5 * r * r * d[1]
                far = j0[-1] @ h[-1, :2, 2:] @ up
                bands[1, n] = bands[3, n - 1] = mixed
                bands[0, n] = bands[4, n - 2] = far
        return e, v, bands, vol, by_node


def _gathered(gradient, n):
    found = np.zeros((n, 2))
    found[:-1] += gradient[:, :2]
    found[1:] += gradient[:, 2:]
    return found


def _form(h, a, b):
    return np.einsum("ni,nij,nj->n", a, h, b)
