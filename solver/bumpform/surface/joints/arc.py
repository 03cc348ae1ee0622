r"""First guess of a surface between two contact lines: the circular arc of its volume.

An arc of half angle h and radius R over a chord from X₀ to X₁ holds the chord's frustum and,
by Pappus, its segment: area R²(h − sin h cos h), with the moment about the chord
R³(⅔ sin³h − cos h (h − sin h cos h)). Without gravity it is exact between equal discs only.
"""

from __future__ import annotations

import math

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.kernel.native import doubles, library
from bumpform.surface.drop.reference_element import ReferenceMesh


def arc(
    start: tuple[float, float], end: tuple[float, float], volume: float, mesh: ReferenceMesh
) -> tuple[Array, float]:
    """Circular arc from start to end with a given ∫½r²dz, and its pressure at the start.

    Parameters
    ----------
    start, end : tuple of float
        r and z.
    volume : float
    mesh : ReferenceMesh
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


def arcs(first: Array, last: Array, volumes: Array, mesh: ReferenceMesh) -> tuple[Array, Array]:
    """Circular arcs as ``arc`` makes them, many at once.

    Parameters
    ----------
    first, last : ndarray, shape (places, 2)
    volumes : ndarray, shape (places,)
        ∫½r²dz along each.
    mesh : ReferenceMesh

    Returns
    -------
    ndarray, shape (places, nodes, 2)
        Nodes, equally spaced in angle; NaN where no arc holds the volume.
    ndarray, shape (places,)
        Curvature of each arc, positive where it bulges from the liquid.
    """
    x, curvature = np.empty((len(first), mesh.count, 2)), np.empty(len(first))
    library()[1].arcs(
        *mesh.given[1:],
        len(first),
        doubles(first),
        doubles(last),
        doubles(volumes),
        doubles(x),
        doubles(curvature),
    )
    return x, curvature
