"""Root of a function between two places, in plain Python.

scipy has the like, but takes longer to import than a case takes to solve.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

#: Steps before the search gives up; bisection alone needs 60 for every digit.
MAX_STEPS = 200


def find_root(
    function: Callable[[float], float], low: float, high: float, *, tolerance: float = 0.0
) -> float:
    """Root of a continuous function whose values at the two places differ in sign.

    Inverse quadratic interpolation where it is safe, else bisection.

    Parameters
    ----------
    function : callable
    low, high : float
    tolerance : float
        Absolute accuracy; 0: to round-off.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the signs do not differ.

    References
    ----------
    Chandrupatla, Advances in Engineering Software 28 (1997) 145-149.
    """
    a, b = high, low  # the newest, and the other side of the bracket
    at_a, at_b = function(a), function(b)
    if at_a == 0.0 or at_b == 0.0:
        return a if at_a == 0.0 else b
    if (at_a > 0.0) == (at_b > 0.0):
        raise ValueError(f"no change of sign between {low!r} and {high!r}: {at_b!r}, {at_a!r}")
    t = 0.5
    for _ in range(MAX_STEPS):
        x = a + t * (b - a)
        at_x = function(x)
        if (at_x > 0.0) == (at_a > 0.0):
            c, at_c = a, at_a
        else:
            c, at_c, b, at_b = b, at_b, a, at_a
        a, at_a = x, at_x
        best, least = (a, at_a) if abs(at_a) < abs(at_b) else (b, at_b)
        near = 2.0 * sys.float_info.epsilon * abs(best) + 0.5 * tolerance
        width = abs(b - a)
        if least == 0.0 or width <= 2.0 * near:
            return best
        ratio, share = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
        if share**2 < ratio and (1.0 - share) ** 2 < 1.0 - ratio:
            t = at_a / (at_b - at_a) * at_c / (at_b - at_c)
            t += (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)
        else:
            t = 0.5
        limit = near / width
        t = min(1.0 - limit, max(limit, t))
    return best
