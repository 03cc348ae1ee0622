"""Outlines that run into each other: the union of two free curves, with a fillet between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from shapely.ops import nearest_points, substring

from bumpform.geometry.curve import Array

#: How far from where they meet a fillet begins, in units of L, and at most as a part of a curve.
REACH, SHARE = 0.15, 0.4
#: Distance at which they touch, in units of L: round-off. Then both are one, however little they
#: overlap: there is less surface, and the fillet is as wide as the mesh wants it.
TOUCHING = 1e-9
#: What rises by less than this of how far it reaches is looked at no closer: films are level but
#: for round-off, and columns as narrow as that would be billions.
FLAT = 1e-3


class Crossing(NamedTuple):
    """Distances along two curves up to where they meet first, seen from the start of the first."""

    along: float
    other: float


def first_crossing(one: Array, other: Array) -> Crossing | None:
    """Where two curves cross, or touch; None where they are apart."""
    a, b = shapely.LineString(one), shapely.LineString(other)
    shapely.prepare(a)
    if not shapely.dwithin(a, b, TOUCHING):
        return None
    crossing = shapely.get_coordinates(a.intersection(b))
    if not len(crossing):
        p, q = nearest_points(a, b)
        return Crossing(a.project(p), b.project(q))
    places = [a.project(shapely.Point(p)) for p in crossing]
    first = int(np.argmin(places))
    return Crossing(places[first], b.project(shapely.Point(crossing[first])))


def united(one: Array, other: Array, where: Crossing) -> Array:
    """The first curve up to where they meet, and the other one from there on, shape (n, 2).

    The corner between them is rounded by a parabola, which begins at the most ``REACH`` from it.
    """
    a, b = shapely.LineString(one), shapely.LineString(other)
    left = where.along - min(REACH, SHARE * where.along)
    right = where.other + min(REACH, SHARE * (b.length - where.other))
    first = shapely.get_coordinates(substring(a, 0.0, left))
    last = shapely.get_coordinates(substring(b, right, b.length))
    ends = a.interpolate(where.along), b.interpolate(where.other)
    corner = 0.5 * (shapely.get_coordinates(ends[0])[0] + shapely.get_coordinates(ends[1])[0])
    x = np.linspace(0.0, 1.0, 17)[1:-1, None]
    fillet = (1 - x) ** 2 * first[-1] + 2 * x * (1 - x) * corner + x**2 * last[0]
    return np.vstack([first, fillet, last])


def height_over(low: Array, high: Array) -> float:
    """How far a body has to be lifted for its lower outline to touch another one below it.

    Parameters
    ----------
    low : ndarray, shape (n, 2)
        Of what is below.
    high : ndarray, shape (m, 2)
        Of the body above in a frame of its own, which counts downwards.
    """
    reach = min(float(low[:, 0].max()), float(high[:, 0].max()))
    rise = max(float(np.ptp(low[:, 1])), float(np.ptp(high[:, 1])))
    width = 5e-3 * max(rise, FLAT * reach)
    tops = []
    for points in (low, high):
        fine = shapely.get_coordinates(shapely.segmentize(shapely.LineString(points), 0.5 * width))
        columns = np.floor(fine[:, 0] / width).astype(int)
        top = np.full(int(columns.max()) + 2, -np.inf)
        np.maximum.at(top, columns, fine[:, 1])
        tops.append(top[: int(reach / width) + 1])
    size = min(len(top) for top in tops)
    return float((tops[0][:size] + tops[1][:size]).max())
