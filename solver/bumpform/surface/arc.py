"""First guess of a surface between two contact lines: the circular arc of its volume."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from bumpform.errors import ConvergenceError
from bumpform.stack.curve import Array


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
    chord = end - start
    length = float(np.hypot(*chord))
    if length == 0.0:
        raise ConvergenceError("both contact lines are in one place", 0, math.inf, "first guess")
    along = chord / length
    out = np.array([along[1], -along[0]])  # right of the direction: away from the liquid
    gauss, weights = np.polynomial.legendre.leggauss(32)
    t = 0.5 * (gauss + 1.0)

    def points(half: float, t: Array) -> Array:
        if abs(half) < 1e-7:
            return start + t[:, None] * chord
        angle = half * (2.0 * t - 1.0)
        shift = np.sin(angle)[:, None] * along + (np.cos(angle) - math.cos(half))[:, None] * out
        return 0.5 * (start + end) + 0.5 * length / math.sin(half) * shift

    def excess(half: float) -> float:
        x = points(half, t)
        if abs(half) < 1e-7:
            dz = np.full_like(t, chord[1])
        else:
            angle = half * (2.0 * t - 1.0)
            d = np.cos(angle) * along[1] - np.sin(angle) * out[1]
            dz = length * half / math.sin(half) * d
        return float(0.25 * weights @ (x[:, 0] ** 2 * dz)) - volume

    # from flat outwards, or inwards as long as the arc stays clear of the axis
    side = 1.0 if excess(0.0) < 0.0 else -1.0
    near = 0.0
    for far in side * math.pi * np.linspace(0.1, 0.97, 18):
        if points(far, t)[:, 0].min() <= 0.0:
            break
        if excess(far) * side >= 0.0:
            half = float(brentq(excess, near, far, xtol=1e-10))
            return points(half, xi), 2.0 * math.sin(half) / length
        near = far
    raise ConvergenceError("no arc holds the volume", 0, math.inf, "first guess")
