"""Numbers read off a solved meridian: apex, top, largest radius."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bumpform.stack.curve import PolynomialCurve


class Extremum(NamedTuple):
    """Largest value of a coordinate along a meridian, and the point where it lies, m."""

    r_m: float
    z_m: float


def extremum(curve: PolynomialCurve, coordinate: int) -> Extremum:
    """Point of a curve where r (coordinate 0) or z (1) is largest.

    Inside an element it is a root of the derivative's polynomial, so it is as exact as
    the curve.
    """
    slopes = curve.derivative_coefficients(coordinate)
    # monomials at x = ±1: sums with and without alternating signs
    signs = np.where(np.arange(curve.coefficients.shape[1]) % 2, -1.0, 1.0)
    starts = np.einsum("eic,i->ec", curve.coefficients, signs)
    ends = np.vstack([starts, curve.coefficients[-1].sum(axis=0)])
    candidates = [ends[int(np.argmax(ends[:, coordinate]))]]
    first, last = slopes @ signs[:-1], slopes.sum(axis=1)
    for e in np.flatnonzero((first > 0.0) & (last < 0.0)):
        candidates.append(curve.point(float(e) + _turn(slopes[e].tolist())))
    point = max(candidates, key=lambda c: float(c[coordinate]))
    return Extremum(float(point[0]), float(point[1]))


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
