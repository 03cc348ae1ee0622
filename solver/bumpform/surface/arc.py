r"""First guess of a surface between two contact lines: the circular arc of its volume.

An arc of half angle h and radius R over a chord from X₀ to X₁ holds the chord's frustum and,
by Pappus, its segment: area R²(h − sin h cos h), with the moment about the chord
R³(⅔ sin³h − cos h (h − sin h cos h)). Without gravity it is exact between equal discs only.
"""

from __future__ import annotations

import math

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.stack.curve import Array
from bumpform.surface.interval import Interval
from bumpform.surface.native import doubles, library

#: Half angles, rad, below which an arc's segment is that of a parabola.
_FLAT = 1e-3
#: Half angles up to which arcs are tried, in this many parts: to nearly a full circle.
_WIDEST, _PARTS = 0.97 * math.pi, 18
#: Halvings of the range of half angles, where many are looked for at once: to 1e-6 rad.
_HALVINGS = 22


def arc(
    start: tuple[float, float], end: tuple[float, float], volume: float, mesh: Interval
) -> tuple[Array, float]:
    """Circular arc from start to end with a given ∫½r²dz, and its pressure at the start.

    Parameters
    ----------
    start, end : tuple of float
        r and z.
    volume : float
    mesh : Interval
        Whose nodes are put on it, equally spaced in angle.

    Raises
    ------
    ConvergenceError
        If no arc up to nearly a full circle holds the volume, or both ends are one place.
    """
    if start == end:
        raise ConvergenceError("both contact lines are in one place", 0, math.inf, "first guess")
    x = np.empty((mesh.count, 2))
    pressure = library()[1].arc(*mesh.given[1:], [*start, *end], volume, doubles(x))
    if math.isnan(pressure):
        raise ConvergenceError("no arc holds the volume", 0, math.inf, "first guess")
    return x, pressure


def arcs(first: Array, last: Array, volumes: Array, xi: Array) -> tuple[Array, Array]:
    """Circular arcs as ``arc`` makes them, many at once.

    Parameters
    ----------
    first, last : ndarray, shape (places, 2)
    volumes : ndarray, shape (places,)
        ∫½r²dz along each.
    xi : ndarray, shape (nodes,)

    Returns
    -------
    ndarray, shape (places, nodes, 2)
        Nodes, equally spaced in angle; NaN where no arc holds the volume.
    ndarray, shape (places,)
        Curvature of each arc, positive where it bulges from the liquid.
    """
    chord = last - first
    length = np.sqrt((chord**2).sum(axis=1))
    out = np.stack([chord[:, 1], -chord[:, 0]], axis=1) / length[:, None]
    r0, r1 = first[:, 0], last[:, 0]
    frustum = chord[:, 1] * (r0 * r0 + r0 * r1 + r1 * r1) / 6.0
    middle = 0.5 * (r0 + r1)

    def excess(half: Array) -> Array:
        h = np.where(np.abs(half) < _FLAT, _FLAT, half)
        sine, cosine = np.sin(h), np.cos(h)
        radius = 0.5 * length / sine
        segment = h - sine * cosine
        area = np.where(h == half, radius**2 * segment, length**2 * half / 6.0)
        moment = radius**3 * (2.0 / 3.0 * sine**3 - cosine * segment)
        return np.asarray(frustum + area * middle + out[:, 0] * moment - volumes)

    low, high = np.full(len(length), -_WIDEST), np.full(len(length), _WIDEST)
    for _ in range(_HALVINGS):
        half = 0.5 * (low + high)
        small = excess(half) < 0.0
        low, high = np.where(small, half, low), np.where(small, high, half)
    half = 0.5 * (low + high)
    half = np.where(np.abs(half) > 0.99 * _WIDEST, np.nan, np.where(half == 0.0, 1e-9, half))
    angle = half[:, None] * (2.0 * xi - 1.0)
    radius = (0.5 * length / np.sin(half))[:, None, None]
    along = chord / length[:, None]
    shift = np.sin(angle)[..., None] * along[:, None]
    shift += (np.cos(angle) - np.cos(half)[:, None])[..., None] * out[:, None]
    x = 0.5 * (first + last)[:, None] + radius * shift
    x[:, 0], x[:, -1] = first, last
    x[(x[..., 0] < 0.0).any(axis=1)] = np.nan
    return x, 2.0 * np.sin(half) / length
