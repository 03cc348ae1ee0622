"""Numbers read off a solved meridian: apex, top, largest radius."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bumpform.stack.curve import Array, PolynomialCurve

#: Points as high as each other to this, relative, are level.
LEVEL = 1e-13


class Extremum(NamedTuple):
    """Largest value of a coordinate along a meridian, and the point where it lies, m."""

    r_m: float
    z_m: float


def extrema(curve: PolynomialCurve) -> tuple[Extremum, Extremum]:
    """Points of a curve where r is largest, and where z is.

    Inside an element it is a root of the derivative's polynomial, so it is as exact as
    the curve.
    """
    c = curve.coefficients
    degree = c.shape[1] - 1
    ends, slopes = _at_ends(degree)
    starts = np.einsum("pi,eic->pec", ends, c)  # at x = −1 and x = 1
    turns = np.einsum("pi,eic->pec", slopes, c)
    found = []
    for k in (0, 1):
        values = starts[:, :, k]
        # of ends that are level to round-off (a joint between equal pads) the first
        level = values.max() - LEVEL * np.abs(values).max()
        p, e = divmod(int((values >= level).argmax()), len(c))
        best = starts[p, e]
        for e in np.flatnonzero((turns[0, :, k] > 0.0) & (turns[1, :, k] < 0.0)).tolist():
            slope = (c[e, 1:, k] * np.arange(1, degree + 1)).tolist()
            point = curve.point(e + _turn(slope))
            if point[k] > best[k]:
                best = point
        found.append(Extremum(float(best[0]), float(best[1])))
    return found[0], found[1]


@lru_cache(maxsize=4)
def _at_ends(degree: int) -> tuple[Array, Array]:
    """Rows that give a polynomial's value, and its slope, at x = −1 and x = 1."""
    powers = np.arange(degree + 1)
    signs = np.where(powers % 2, -1.0, 1.0)
    return np.stack([signs, np.ones(degree + 1)]), np.stack([-powers * signs, powers * 1.0])


def _turn(slope: list[float]) -> float:
    """Fraction of an element where a polynomial in x falls through zero, by safe Newton."""
    lo, hi, x = -1.0, 1.0, 0.0
    for _ in range(60):
        value = derivative = 0.0
        for c in reversed(slope):
            derivative = derivative * x + value
            value = value * x + c
        if value > 0.0:
            lo = x
        else:
            hi = x
        step = value / derivative if derivative < 0.0 else np.inf
        new = x - step
        if not lo < new < hi:
            new = 0.5 * (lo + hi)
        if abs(new - x) < 1e-15:
            break
        x = new
    return 0.5 * (1.0 + new)
