"""Where edges cross each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bumpform.stack.profile import Edge
from bumpform.stack.sight import SAG, Side
from bumpform.surface.native import doubles, library

#: Steps of Newton's method for one crossing.
STEPS = 20
#: Crossings of chords this many chords past their ends are not followed up.
BEYOND = 1.0
#: Crossings that room is made for at first.
MOST = 64


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
    edges = [side.edge for side in (*sides, *obstacles)]
    found: list[list[float]] = [[] for _ in sides]
    for i, j, u, w in _chords_crossing([*sides, *obstacles], count, slack):
        one, other = edges[i], edges[j]
        # a chord starts and ends on the curve itself
        straight = other.is_straight and (one.is_straight or u in (0.0, 1.0))
        place = (u, w) if straight else meet(one, other, u, w, slack)
        if place is None or not all(
            0.0 <= x <= 1.0 or max(-x, x - 1.0) * math.hypot(*edge.jet(at)[2:4]) <= slack
            for x, edge, at in zip(place, (one, other), (u, w), strict=True)
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


def _chords_crossing(
    sides: Sequence[Side], count: int, slack: float
) -> list[tuple[int, int, float, float]]:
    """Pairs of edges whose chords cross, nearly, and the fractions there.

    The first of a pair is one of the first ``count`` edges.
    """
    ffi, compiled = library()
    fractions = [side.u for side in sides]
    starts = np.zeros(len(sides) + 1, dtype=np.intc)
    np.cumsum([len(u) for u in fractions], out=starts[1:])
    sags = np.array([0.0 if side.edge.is_straight else SAG for side in sides])
    given = (
        len(sides),
        count,
        ffi.from_buffer("int[]", starts),
        doubles(np.concatenate(fractions)),
        doubles(np.concatenate([side.points for side in sides])),
        doubles(sags),
        slack,
        BEYOND,
    )
    room = MOST
    while True:
        pairs, found = ffi.new("int[]", 2 * room), ffi.new("double[]", 2 * room)
        met = compiled.crossing_chords(*given, room, pairs, found)
        if met < 0:
            raise MemoryError
        if met <= room:
            break
        room = met
    edges, places = ffi.unpack(pairs, 2 * met), ffi.unpack(found, 2 * met)
    return list(zip(edges[::2], edges[1::2], places[::2], places[1::2], strict=True))
