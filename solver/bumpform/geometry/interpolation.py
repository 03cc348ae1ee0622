"""Cubics between samples of a function."""

from __future__ import annotations

import numpy as np

from bumpform.geometry.curve import Array


def hermite(x: Array, values: Array, slopes: Array, at: Array) -> Array:
    """Cubic Hermite interpolation: as smooth as values and slopes are, of order four.

    Parameters
    ----------
    x : ndarray, shape (samples,)
        Rising.
    values, slopes : ndarray, shape (samples, ...)
        The function and its derivative.
    at : ndarray, shape (n,)
        Places; those beyond the samples take the first or last cubic.

    Returns
    -------
    ndarray, shape (n, ...)
    """
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    h = x[i + 1] - x[i]
    y = (at - x[i]) / h
    ones = (1,) * (values.ndim - 1)
    h, y = h.reshape(-1, *ones), y.reshape(-1, *ones)
    return np.asarray(
        values[i] * (1.0 + 2.0 * y) * (1.0 - y) ** 2
        + values[i + 1] * y**2 * (3.0 - 2.0 * y)
        + h * y * (1.0 - y) * (slopes[i] * (1.0 - y) - slopes[i + 1] * y)
    )
