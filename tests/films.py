"""The volume of a film from outside: shapely's buffer, a small step at a time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from shapely import LineString, Polygon
from shapely.ops import unary_union


def bounds(profile, grown, thickness, steps=24):
    """Least and largest volume that a film can have, to 5e-4: a step less, and with its leaks."""
    least, largest = (spread(profile, grown, thickness, steps, n) for n in (steps - 1, steps))
    return least * (1.0 - 5e-4), largest * (1.0 + 5e-4)


def spread(profile, grown, thickness, steps, done=None):
    """Volume of all within a thickness of some edges, in the space over a profile.

    Every step is cut to the free space, so the film goes round corners; round one it leaks by
    less than a step is long.

    Parameters
    ----------
    profile, grown : sequences of Edge
    thickness : float
    steps : int
    done : int, optional
        How many of the steps are done; all, if not given.
    """
    unit = thickness
    lines = [edge.point(np.linspace(0.0, 1.0, _points(edge))) / unit for edge in profile]
    polyline = np.vstack([*(x[:-1] for x in lines), lines[-1][-1:]])
    polyline[0, 0] = 0.0
    outer, top = polyline[-1, 0], polyline[:, 1].max() + 3.0
    free = Polygon([*polyline, (outer, top), (0.0, top)]).buffer(0.0)
    edges = [LineString(edge.point(np.linspace(0.0, 1.0, _points(edge))) / unit) for edge in grown]
    film = unary_union(edges).buffer(1e-9)
    for _ in range(done or steps):
        film = _joined(film.buffer(1.0 / steps, quad_segs=48).intersection(free), film)
    return unit**3 * sum(_revolved(part) for part in getattr(film, "geoms", [film]))


def _points(edge):
    return 2 if edge.is_straight else 600


def _joined(new, film):
    parts = [p for p in getattr(new, "geoms", [new]) if p.geom_type == "Polygon"]
    return unary_union([p for p in parts if p.distance(film) < 1e-6])


def _revolved(shape):
    return _ring(shape.exterior) - sum(_ring(hole) for hole in shape.interiors)


def _ring(ring):
    total = 0.0
    for (r0, z0), (r1, z1) in pairwise(ring.coords):
        total += (z1 - z0) * (r0 * r0 + r0 * r1 + r1 * r1)
    return abs(total) * np.pi / 3.0
