"""Numbers read off a solved meridian: apex, top, largest radius."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bumpform.stack.curve import Array
from bumpform.surface.forms import DEGREE, Interval

#: Points as high as each other to this, relative, are level.
LEVEL = 1e-13


class Extremum(NamedTuple):
    """Largest value of a coordinate along a meridian, and the point where it lies, scaled."""

    r: float
    z: float


def extrema(mesh: Interval, x: Array) -> tuple[Extremum, Extremum]:
    """Points of a meridian where r is largest, and where z is.

    Inside an element it is a root of the derivative's polynomial, so it is as exact as
    the curve.

    Parameters
    ----------
    mesh : Interval
    x : ndarray, shape (nodes, 2)
    """
    return _highest(mesh, x, 0), _highest(mesh, x, 1)


def _highest(mesh: Interval, x: Array, k: int) -> Extremum:
    """The point with the largest coordinate k: at a node, or on an element beside one."""
    values = x[:, k]
    top = float(values.max())
    # of nodes that are level to round-off (a joint between equal pads) the first
    highest = int((values >= top - LEVEL * abs(top)).argmax())
    best: list[float] = x[highest].tolist()
    last = mesh.elements - 1
    rises = values[1:] > values[:-1]
    peaks = np.flatnonzero(rises[:-1] > rises[1:]) + 1  # beside another, a curve may be higher
    for node in {highest, *peaks.tolist()}:
        element, inside = divmod(node, DEGREE)
        for e in {max(element - 1, 0), min(element, last)} if inside == 0 else (element,):
            r, z = (mesh.monomials @ x[e * DEGREE : (e + 1) * DEGREE + 1]).T.tolist()
            value = z if k else r
            slope = [i * value[i] for i in range(1, DEGREE + 1)]
            if _at(slope, -1.0) > 0.0 > _at(slope, 1.0):
                turn = _turn(slope)
                point = [_at(r, turn), _at(z, turn)]
                if point[k] > best[k]:
                    best = point
    return Extremum(*best)


def _at(coefficients: list[float], x: float) -> float:
    """Value of a polynomial."""
    value = 0.0
    for c in reversed(coefficients):
        value = value * x + c
    return value


def _turn(slope: list[float]) -> float:
    """Place in [−1, 1] where a polynomial falls through zero, by safe Newton."""
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
        new = x - value / derivative if derivative < 0.0 else lo
        if not lo < new < hi:
            new = 0.5 * (lo + hi)
        if abs(new - x) < 1e-15:
            break
        x = new
    return x
