"""Where a body that comes down on another one touches it first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from bumpform.geometry.edge import Edge, root
from bumpform.geometry.profile import Station

#: Samples on each smooth span of a curve between which places of equal slope are told apart.
SAMPLES = 16
#: Relative to a height, by which no piece counts as higher.
ROUND_OFF = 1e-15


class Touch(NamedTuple):
    """The first touch of two bodies, one above the other.

    Attributes
    ----------
    height : float, m
        Of the upper body's own z = 0 then.
    station : Station
        Place on the lower body's profile.
    above : int
        Number of the upper body's piece.
    """

    height: float
    station: Station
    above: int = 0


def first_touch_of(below: Iterable[Edge], above: Iterable[Edge], least: float = -math.inf) -> Touch:
    """Height at which a body that is let down straight touches another one.

    The largest sum of both profiles' heights at one radius: at an end of a piece, or where the
    slope of a piece of the lower one is the opposite of the upper one's.

    Parameters
    ----------
    below : iterable of Edge
        A profile, or pieces of one.
    above : iterable of Edge
        The same upside down: its z counts downwards.
    least : float, m
        Only a touch above this is looked for.

    Returns
    -------
    Touch
        At -∞ where they never touch (above ``least``).
    """
    below, above = tuple(below), tuple(above)
    reaches = [piece.reach for piece in below], [piece.reach for piece in above]
    pairs = [
        (low.top + high.top, i, k)
        for i, low in enumerate(reaches[0])
        for k, high in enumerate(reaches[1])
        if low.inner <= high.outer and high.inner <= low.outer
    ]
    best = Touch(-math.inf, Station(0, 0.0))
    for most, i, k in sorted(pairs, reverse=True):
        if most <= max(best.height, least):
            break
        for height, u in _touches(below[i], above[k]):
            best = max(best, Touch(height, Station(i, u), k), key=lambda t: t.height)
            if most - best.height <= ROUND_OFF * abs(most):
                return best
    return best


def _touches(a: Edge, b: Edge) -> Iterator[tuple[float, float]]:
    """Sums of heights where two pieces may touch, and the fraction of the first one there."""
    for u in (0.0, 1.0):
        r, z, *_ = a.jet(u)
        for v in b.crossings(0, max(r, 0.0)):  # the axis itself, but for round-off
            yield z + b.jet(v)[1], u
        r, z, *_ = b.jet(u)
        for v in a.crossings(0, r):
            yield a.jet(v)[1] + z, v
    if a.is_straight:
        for v in _opposite(b, a):
            for u in a.crossings(0, b.jet(v)[0]):
                yield a.jet(u)[1] + b.jet(v)[1], u
        return
    for u in _opposite(a, b) if b.is_straight else _facing(a, b):
        for v in b.crossings(0, a.jet(u)[0]):
            yield a.jet(u)[1] + b.jet(v)[1], u


def _facing(a: Edge, b: Edge) -> Iterator[float]:
    """Fractions of a curved piece where its slope is the opposite of another curved one's there."""

    def highest(u: float) -> float | None:
        return max(b.crossings(0, a.jet(u)[0]), key=lambda v: b.jet(v)[1], default=None)

    def slope(u: float) -> float:
        v = highest(u)
        if v is None:
            return math.nan
        (_, _, dr, dz, *_), (_, _, er, ez, *_) = a.jet(u), b.jet(v)
        return (dz * er + ez * dr) * math.copysign(1.0, er * dr)

    places = a.fractions(SAMPLES).tolist()
    slopes = [slope(u) for u in places]
    for low, high, before, after in zip(
        places[:-1], places[1:], slopes[:-1], slopes[1:], strict=True
    ):
        if before * after < 0.0:
            yield root(slope, low, high)


def _opposite(curved: Edge, straight: Edge) -> Iterator[float]:
    """Fractions of a curved piece where its slope is the opposite of a straight one's."""
    _, _, dr, dz, *_ = straight.jet(0.0)
    u = curved.fractions(SAMPLES)
    slopes = curved.slopes(SAMPLES) @ (dz, dr)

    def slope(x: float) -> float:
        _, _, er, ez, *_ = curved.jet(x)
        return er * dz + ez * dr

    for i in np.flatnonzero(slopes[:-1] * slopes[1:] < 0.0):
        yield root(slope, float(u[i]), float(u[i + 1]))
