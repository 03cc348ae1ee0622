"""Root of a function between two places, in plain Python.

scipy has the like, but takes longer to import than a case takes to solve, and calls a function of
its own accord: where each value costs an equilibrium that starts from the one before, and a few
lead near enough, a ``Bracket`` is narrowed by whoever has the equilibria.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

#: Steps before the search gives up; bisection alone needs 60 for every digit.
MAX_STEPS = 200


class Bracket(NamedTuple):
    r"""Two places between which a value changes its sign, narrowed by false position.

    .. math:: x = b - f(b) \frac{b - a}{f(b) - f(a)}

    The value of an end that stays counts for less, the less the other one's has changed.

    Attributes
    ----------
    a, at_a : float
        The end that stays longer, and its value.
    b, at_b : float
        The end that is newer.

    References
    ----------
    Anderson and Björck, BIT 13 (1973) 253-264.
    """

    a: float
    at_a: float
    b: float
    at_b: float

    @property
    def is_spent(self) -> bool:
        """Whether nothing lies in between any more."""
        return self.a == self.b or self.at_a == self.at_b

    @property
    def between(self) -> float:
        """The place to look at next."""
        return self.b - self.at_b * (self.b - self.a) / (self.at_b - self.at_a)

    def crosses(self, value: float) -> bool:
        """Whether a value there has another sign than that of the newer end."""
        return value * self.at_b < 0.0

    def narrowed(self, place: float, value: float) -> Bracket:
        """The bracket with the place that has been looked at as its newer end."""
        if self.crosses(value):
            return Bracket(self.b, self.at_b, place, value)
        part = 1.0 - value / self.at_b
        return Bracket(self.a, self.at_a * (part if part > 0.0 else 0.5), place, value)


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
