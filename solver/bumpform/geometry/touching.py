"""Where the corner of a body touches a side of another one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge

__all__ = ["ending_at_corners"]

#: Angle between faces, rad, that lie on each other.
PARALLEL = 1e-9


def ending_at_corners(edges: Sequence[Edge], near: float, on: float) -> list[Edge]:
    """The same edges; straight ones end where the corner of a body touches them in between.

    What such a corner shuts off is no part of the gas outside. Of a face that lies on one there
    is nothing behind.

    Parameters
    ----------
    edges : sequence of Edge
    near : float, m
        Up to which two corners are one.
    on : float, m
        Up to which a corner is on an edge.
    """
    corners = np.array([e.ends[0] for e in edges])
    found: list[Edge] = []
    for edge in edges:
        if (line := edge.straight) is None:
            found.append(edge)
            continue
        r, z, dr, dz = line
        long = math.hypot(dr, dz)
        away = corners - (r, z)
        along = (away @ (dr, dz)) / long
        off = np.abs(away @ (-dz, dr)) / long
        inside = (off < on) & (along > near) & (along < long - near)
        cuts = {
            float(along[i] / long)
            for i in np.flatnonzero(inside)
            if not any(_lies_along(other, edge, corners[i], near) for other in edges)
        }
        ends = [0.0, *sorted(cuts), 1.0]
        found += [edge.part(a, b) for a, b in pairwise(ends)] if cuts else [edge]
    return found


def _lies_along(edge: Edge, line: Edge, corner: Array, near: float) -> bool:
    """Whether an edge that begins or ends at a corner has the direction of a line there."""
    t = line.leaving
    for end, way in zip(edge.ends, (edge.leaving, edge.arriving), strict=True):
        if max(abs(corner - end)) < near and abs(way[0] * t[1] - way[1] * t[0]) < PARALLEL:
            return True
    return False
