"""Where edges cross each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bumpform.stack.curve import Array
from bumpform.stack.profile import Edge
from bumpform.stack.sight import SAG, Side

Mask = NDArray[Any]

#: Steps of Newton's method for one crossing.
STEPS = 20
#: Crossings of chords this many chords past their ends are not followed up.
BEYOND = 1.0


def crossings(sides: Sequence[Side], obstacles: Sequence[Side], slack: float) -> list[list[float]]:
    """Fractions at which each edge crosses another one, or an obstacle.

    Parameters
    ----------
    sides, obstacles : sequences of Side
        Each turns by less than 180°, so that none crosses itself.
    slack : float, m
        An edge that ends this near to another one meets it.

    Returns
    -------
    list of list of float
        One for each of the sides, in no order.
    """
    count = len(sides)
    chords = _Chords([*sides, *obstacles], count, slack)
    found: list[list[float]] = [[] for _ in sides]
    for i, j, u, w in chords.meeting():
        one, other = chords.sides[i].edge, chords.sides[j].edge
        # a chord starts and ends on the curve itself
        straight = other.is_straight and (one.is_straight or u in (0.0, 1.0))
        place = (u, w) if straight else meet(one, other, u, w, slack)
        if place is None or not all(
            -slack <= x * speed and (x - 1.0) * speed <= slack
            for x, speed in zip(place, (chords.speed(i, u), chords.speed(j, w)), strict=True)
        ):
            continue
        found[i].append(min(max(place[0], 0.0), 1.0))
        if j < count:
            found[j].append(min(max(place[1], 0.0), 1.0))
    return found


def meet(one: Edge, other: Edge, u: float, w: float, slack: float) -> tuple[float, float] | None:
    """Fractions of two edges where they cross, from a first guess (Newton); None if they do not.

    The fractions may lie outside 0 … 1.
    """
    for _ in range(STEPS):
        r0, z0, d0, d1, *_ = one.jet(u)
        r1, z1, e0, e1, *_ = other.jet(w)
        gap_r, gap_z, turn = r1 - r0, z1 - z0, d0 * e1 - d1 * e0
        if turn == 0.0:
            return None
        du, dw = (gap_r * e1 - gap_z * e0) / turn, (gap_r * d1 - gap_z * d0) / turn
        u, w = u + du, w + dw
        if not (-0.5 < u < 1.5 and -0.5 < w < 1.5):
            return None
        if max(abs(du), abs(dw)) < 1e-9:  # the next step would be round-off
            break
    (r0, z0, *_), (r1, z1, *_) = one.jet(u), other.jet(w)
    return (u, w) if max(abs(r1 - r0), abs(z1 - z0)) <= slack else None


class _Chords:
    """All chords of several edges, each with the edge that it belongs to."""

    def __init__(self, sides: Sequence[Side], count: int, slack: float) -> None:
        self.sides, self.count = sides, count
        fractions = [side.u for side in sides]
        points = [side.points for side in sides]
        self.owner = np.repeat(np.arange(len(sides)), [len(u) - 1 for u in fractions])
        self.first = np.concatenate([u[:-1] for u in fractions])
        self.extent = np.concatenate([np.diff(u) for u in fractions])
        self.start: Array = np.concatenate([x[:-1] for x in points])
        self.chord: Array = np.concatenate([np.diff(x, axis=0) for x in points])
        bends = np.array([0.0 if side.edge.is_straight else SAG for side in sides])[self.owner]
        self.second = np.array([u[min(2, len(u) - 1)] for u in fractions])
        self.before_last = np.array([u[max(-3, -len(u))] for u in fractions])
        tips = np.array([(x[0], x[-1]) for x in points[:count]])
        gap = np.abs(tips[:, None, :, None] - tips[None, :, None, :]).max(axis=4)
        self.joined = gap <= slack
        self.room = slack + bends * np.hypot(self.chord[:, 0], self.chord[:, 1])
        self.low = np.minimum(self.start, self.start + self.chord) - self.room[:, None]
        self.high = np.maximum(self.start, self.start + self.chord) + self.room[:, None]

    def speed(self, edge: int, u: float) -> float:
        """Length per fraction of an edge, m."""
        return math.hypot(*self.sides[edge].edge.jet(u)[2:4])

    def meeting(self) -> list[tuple[int, int, float, float]]:
        """Pairs of edges whose chords cross, nearly, and the fractions there.

        The first of a pair is one of the first ``count`` edges.
        """
        mine = np.flatnonzero(self.owner < self.count)
        later = self.owner[None, :] > self.owner[mine, None]
        for low, high in zip(self.low.T, self.high.T, strict=True):
            later &= (low[mine, None] <= high) & (low <= high[mine, None])
        a, b = np.nonzero(later)
        a = mine[a]
        d, e, gap = self.chord[a], self.chord[b], self.start[b] - self.start[a]
        turn = d[:, 0] * e[:, 1] - d[:, 1] * e[:, 0]
        real = np.abs(turn) > 1e-14 * np.hypot(*d.T) * np.hypot(*e.T)
        a, b, d, e, gap, turn = a[real], b[real], d[real], e[real], gap[real], turn[real]
        x = (gap[:, 0] * e[:, 1] - gap[:, 1] * e[:, 0]) / turn
        y = (gap[:, 0] * d[:, 1] - gap[:, 1] * d[:, 0]) / turn
        # a chord that lies off by its sag is crossed elsewhere, by the more the flatter
        room = (self.room[a] + self.room[b]) / np.abs(turn)
        more_x, more_y = room * np.hypot(*e.T), room * np.hypot(*d.T)
        on = (np.abs(x - 0.5) < 0.5 + np.minimum(more_x, BEYOND)) & (
            np.abs(y - 0.5) < 0.5 + np.minimum(more_y, BEYOND)
        )
        u = np.clip(self.first[a] + x * self.extent[a], 0.0, 1.0)
        w = np.clip(self.first[b] + y * self.extent[b], 0.0, 1.0)
        on &= ~self._at_joints(a, b, u, w)
        return [
            (int(self.owner[a[i]]), int(self.owner[b[i]]), float(u[i]), float(w[i]))
            for i in np.flatnonzero(on)
        ]

    def _at_joints(self, a: Mask, b: Mask, u: Array, w: Array) -> Mask:
        """Which chords cross within two of a tip that both edges have: there they only touch."""
        i, j = self.owner[a], self.owner[b]
        inner = j < self.count
        j = np.where(inner, j, 0)
        ends = (u <= self.second[i], u >= self.before_last[i])
        others = (w <= self.second[self.owner[b]], w >= self.before_last[self.owner[b]])
        found = np.zeros(len(a), dtype=bool)
        for m, n in product((0, 1), repeat=2):
            found |= inner & ends[m] & others[n] & self.joined[i, j, m, n]
        return found
