"""Numbers read off a solved meridian: apex, top, largest radius."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bumpform.curve import PolynomialCurve


class Extremum(NamedTuple):
    """Largest value of a coordinate along a meridian, and the point where it lies, m."""

    r_m: float
    z_m: float


def extremum(curve: PolynomialCurve, coordinate: int) -> Extremum:
    """Point of a curve where r (coordinate 0) or z (1) is largest.

    Inside an element it is a root of the derivative's polynomial, so it is as exact as
    the curve.
    """
    ends = curve.point(np.array(curve.breaks))
    slopes = curve.derivative(np.array(curve.breaks))[:, coordinate]
    candidates = [ends[int(np.argmax(ends[:, coordinate]))]]
    # the maximum lies in an element next to the highest of the ends, or where the sign turns
    best = int(np.argmax(ends[:, coordinate]))
    for e in {max(best - 1, 0), min(best, len(ends) - 2)} | set(
        np.flatnonzero(slopes[:-1] * slopes[1:] < 0.0).tolist()
    ):
        for root in np.roots(curve.derivative_coefficients(e, coordinate)[::-1]):
            if abs(root.imag) < 1e-9 and -1.0 <= root.real <= 1.0:
                candidates.append(curve.point(e + 0.5 * (1.0 + float(root.real))))
    point = max(candidates, key=lambda c: float(c[coordinate]))
    return Extremum(float(point[0]), float(point[1]))
