"""Chebyshev grids: values at few places as a polynomial, and where they change their sign."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from bumpform.geometry.curve import Array

#: Places in an interval of a grid at which its polynomial is looked at.
DENSER = 16


class Dense(NamedTuple):
    """Matrices from values on a Chebyshev grid.

    Attributes
    ----------
    coefficients : ndarray, shape (count + 1, count + 1)
        To those of the polynomial.
    places : ndarray, shape (DENSER * count + 1,)
        In [−1, 1].
    matrix : ndarray
        To values at the places.
    """

    coefficients: Array
    places: Array
    matrix: Array


@lru_cache(maxsize=16)
def grid_points(count: int) -> Array:
    """Ends of so many intervals of [−1, 1], closer to each other towards its ends."""
    x = np.cos(np.pi * np.arange(count, -1, -1) / count)
    x[0], x[-1] = -1.0, 1.0
    return x


@lru_cache(maxsize=8)
def dense(count: int) -> Dense:
    """To Chebyshev coefficients, and to values at ``DENSER`` places an interval."""
    vander: Array = np.asarray(chebyshev.chebvander(grid_points(count), count), dtype=float)
    coefficients, x = np.linalg.inv(vander), grid_points(DENSER * count)
    return Dense(coefficients, x, chebyshev.chebvander(x, count) @ coefficients)


def changes(f: Array) -> NDArray[np.intp]:
    """Intervals in which values change their sign."""
    return (f[:-1] * f[1:] < 0.0).nonzero()[0]


def open_intervals(f: Array) -> NDArray[np.intp]:
    """Intervals that hold a root, or the end of what is defined."""
    undefined = np.isnan(f)
    return np.union1d(changes(f), np.flatnonzero(undefined[:-1] != undefined[1:]))
