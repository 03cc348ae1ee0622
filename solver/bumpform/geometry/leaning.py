"""Whether the wall of an opening leans into what stands beside its foot."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.geometry.roots import find_root

__all__ = ["leans_into"]

#: Directions this near to each other, rad, are one.
LEANS = 1e-9
#: Parts of a side in which it bulges once at the most.
BULGES = 32


def leans_into(profile: Profile, foot: Station, rim: tuple[float, float]) -> bool:
    """Whether a straight wall from its foot to its rim, m, runs through what stands inside of it.

    By however little: at its foot, or where that bulges further up. Chords do not tell.
    """
    return _enters(profile, foot, rim) or _cuts(profile, foot, rim)


def _enters(profile: Profile, foot: Station, rim: tuple[float, float]) -> bool:
    """Whether a wall leans further in at its foot than what rises there, which may bulge past."""
    number, u = (foot.piece - 1, 1.0) if foot.u == 0.0 < foot.piece else foot
    r, z, dr, dz, *_ = profile.pieces[number].jet(u)
    up, over = (rim[0] - r, rim[1] - z), math.hypot(dr, dz) * math.dist(rim, (r, z))
    return dz < 0.0 and dz * up[0] - dr * up[1] > LEANS * over  # inwards it rises


def _cuts(profile: Profile, foot: Station, rim: tuple[float, float]) -> bool:
    """Whether a wall runs through what bulges beside it."""
    (r, z), u = profile.point(foot).tolist(), np.linspace(0.0, 1.0, BULGES + 1)
    up_r, up_z = rim[0] - r, rim[1] - z
    long = math.hypot(up_r, up_z)

    def off(vector: Array) -> Array:
        """How far inside of the wall, times its length."""
        return up_r * vector[..., 1] - up_z * vector[..., 0]

    for edge in profile.between(profile.start, foot):
        if edge.is_straight:
            continue
        slopes = off(edge.derivative(u))
        for i in np.flatnonzero((slopes[:-1] < 0.0) & (slopes[1:] > 0.0)).tolist():
            place = edge.point(_turning(edge, off, u[i], u[i + 1])) - (r, z)
            along = (up_r * place[0] + up_z * place[1]) / long**2
            if 0.0 < along < 1.0 and off(place) < -LEANS * long**2:
                return True
    return False


def _turning(edge: Edge, off: Callable[[Array], Array], low: float, high: float) -> float:
    """Where an edge is nearest to a wall, between two of its fractions."""
    return find_root(lambda t: float(off(edge.derivative(t))), low, high)
