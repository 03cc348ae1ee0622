"""First guess of a surface between two contact lines: the circular arc of its volume."""

from __future__ import annotations

import math

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.stack.curve import Array
from bumpform.stack.root import find_root

#: Gauss points in [−1, 1], enough for 1e-10 of an arc up to nearly a full circle.
_GAUSS = tuple(zip(*(a.tolist() for a in np.polynomial.legendre.leggauss(20)), strict=True))
#: Half angles up to which arcs are tried, in this many parts: to nearly a full circle.
_WIDEST, _PARTS = 0.97 * math.pi, 18


def arc(start: Array, end: Array, volume: float, xi: Array) -> tuple[Array, float]:
    """Circular arc from start to end with a given ∫½r²dz, and its pressure at the start.

    Parameters
    ----------
    start, end : ndarray, shape (2,)
    volume : float
    xi : ndarray, shape (nodes,)

    Raises
    ------
    ConvergenceError
        If no arc up to nearly a full circle holds the volume, or both ends are one place.
    """
    (r0, z0), (r1, z1) = start.tolist(), end.tolist()
    middle, dr, dz = 0.5 * (r0 + r1), r1 - r0, z1 - z0
    length = math.hypot(dr, dz)
    if length == 0.0:
        raise ConvergenceError("both contact lines are in one place", 0, math.inf, "first guess")

    def excess(half: float) -> float:
        """∫½r²dz less the volume; r = middle + ½ (dr s + dz c), s and c along and out of it."""
        if half == 0.0:
            return dz * (r0 * r0 + r0 * r1 + r1 * r1) / 6.0 - volume
        sine, cosine = math.sin(half), math.cos(half)
        total = 0.0
        for place, weight in _GAUSS:
            s, c = math.sin(half * place), math.cos(half * place)
            r = middle + 0.5 * (dr * s + dz * (c - cosine)) / sine
            total += weight * r * r * (dz * c + dr * s)
        return 0.25 * half / sine * total - volume

    def least(half: float) -> float:
        """Smallest radius on the arc."""
        sine, cosine = math.sin(half), math.cos(half)
        angles = [half * place for place, _ in _GAUSS]
        return min(
            middle + 0.5 * (dr * math.sin(a) + dz * (math.cos(a) - cosine)) / sine for a in angles
        )

    # from flat outwards, or inwards as long as the arc stays clear of the axis
    side = 1.0 if excess(0.0) < 0.0 else -1.0
    near = 0.0
    for part in range(1, _PARTS + 1):
        far = side * _WIDEST * part / _PARTS
        if excess(far) * side >= 0.0:
            half = find_root(excess, near, far, tolerance=1e-10)
            if half == 0.0:
                return start + xi[:, None] * (end - start), 0.0
            if least(half) <= 0.0:
                break
            angle = half * (2.0 * xi - 1.0)
            s, c = np.sin(angle), np.cos(angle) - math.cos(half)
            shift = np.stack([dr * s + dz * c, dz * s - dr * c], axis=1)
            x = 0.5 * (start + end) + 0.5 / math.sin(half) * shift
            return x, 2.0 * math.sin(half) / length
        if least(far) <= 0.0:
            break
        near = far
    raise ConvergenceError("no arc holds the volume", 0, math.inf, "first guess")
