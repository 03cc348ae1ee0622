"""Derivatives of many numbers by one input, from runs at other values of it.

Central differences at steps h, 2h and 4h, extrapolated twice (Romberg): the error is of sixth
order in h, and beside the fourth-order ones it tells its own size, and whether that is noise. What
the runs are too noisy for at one step, another resolves; where the branch changes within a step, a
smaller one stays on it. A change close by is a kink: it is located, and the derivatives on both of
its sides are told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.answers.basis.probe import Point

__all__ = ["Derivative", "derivatives"]

type Array = NDArray[np.float64]

#: Steps relative to the input's size. The first is best where nothing changes within 1.6 % of the
#: value; WIDE for weak influences, which noise covers; the last two where the branch changes near.
STEP: Final = 4e-3
WIDE: Final = 3.2e-2
NARROW: Final = (5e-4, 6.25e-5)
#: Steps of differences to one side.
ASIDE: Final = (1e-3, 1.25e-4, 1.6e-5)
#: How near a change of branch is a kink of the value itself, relative; how well it is located.
NEAR, LOCATED = 1e-3, 1e-9
#: How far past a kink the branch beyond it is resolved, relative.
PAST: Final = (0.0, 1e-6, 1e-5)
#: Relative error of a derivative beyond which another step is tried; beyond which it is none.
WANTED, WORST = 1e-9, 1e-6
#: Derivative that no influence has by round-off, in units of number / input.
NOTHING: Final = 1e-12
#: How different two one-sided derivatives are at a kink, relative.
DIFFERENT: Final = 1e-4
#: How different two one-sided derivatives of third order are where central ones mean nothing.
SPLIT: Final = 1e-2
#: What is left of fourth order is at most so much of that of second order, squared, relative: of
#: powers x^p with p half a unit from 1 and 2 it is 30.
SMOOTH: Final = 100.0
#: Round-off of a difference relative to a number, central; to one side, whose weights sum to 23.
_ROUND_OFF: Final = 2.0**-52
_NOISE: Final = 23.0 * _ROUND_OFF
#: Multiples of a step to one side.
_ASIDE: Final = np.arange(6.0)


@dataclass(frozen=True)
class Derivative:
    """A derivative, SI per SI.

    Attributes
    ----------
    value : float or None
        None where the number has none: at a jump or an edge that lies on the value itself.
    error : float
        About how far it may be off.
    kink : bool
        Whether the branch changes within 1e-3 of the value, and the derivative with it.
    one_sided : tuple of float or None
        Below and above, where they differ or one is not there.
    """

    value: float | None
    error: float
    kink: bool = False
    one_sided: tuple[float | None, float | None] | None = None


@dataclass(frozen=True)
class _Slopes:
    """Derivatives of all metrics and their errors; NaN where one is not there.

    Those to one side know their own change, second derivatives with errors, too.
    """

    values: Array
    errors: Array
    bends: tuple[Array, Array] | None = None

    def better(self, other: _Slopes) -> _Slopes:
        """Of each metric the derivative with the smaller error."""
        take = np.isnan(self.errors) | (other.errors < self.errors)
        bends = other.bends
        if self.bends and other.bends:
            pairs = zip(self.bends, other.bends, strict=True)
            own, errors = (np.where(take, new, old) for old, new in pairs)
            bends = own, errors
        return _Slopes(
            np.where(take, other.values, self.values),
            np.where(take, other.errors, self.errors),
            bends,
        )

    def at(self, distance: float) -> _Slopes:
        """The derivatives so far away, by the second ones."""
        if self.bends is None or not distance:
            return self
        bends, errors = self.bends
        return _Slopes(self.values + distance * bends, self.errors + abs(distance) * errors)


class _Side(NamedTuple):
    """Derivatives to one side: at the value; at a kink near it, on this branch and beyond."""

    own: _Slopes
    inside: _Slopes
    outside: _Slopes
    kink: bool = False


def derivatives(
    at: Callable[[float], Point],
    value: float,
    size: float,
    allows: Callable[[float], bool] = lambda value: True,
) -> dict[str, Derivative]:
    """Derivative of every metric of a run by one input.

    Parameters
    ----------
    at : function of the input's value
        Gives the run there.
    value, size : float
        Of the input, SI; steps are relative to its size.
    allows : function of the input's value
        Whether the schema allows it.
    """
    return _Differences(at, value, size, allows).all()


class _Differences:
    """Runs at values of one input about the case's own."""

    def __init__(
        self,
        at: Callable[[float], Point],
        value: float,
        size: float,
        allows: Callable[[float], bool],
    ) -> None:
        self._at, self._value, self._size, self._allows = at, value, size, allows
        self._base = at(value)
        self._names = list(self._base.metrics)
        self._here = np.array([abs(self._base.metrics[name]) for name in self._names])
        bounds = np.array([self._base.errors.get(name, 0.0) for name in self._names])
        #: Derivatives that round-off makes of no influence.
        self._least = np.maximum(NOTHING * self._here, bounds) / size

    def all(self) -> dict[str, Derivative]:
        """Every derivative, with kinks told."""
        if self._nothing_changes():
            return {name: Derivative(0.0, 0.0) for name in self._names}
        slopes = self._central(STEP)
        if self._wanting(slopes, WORST).any():
            for step in NARROW:
                slopes = slopes.better(self._central(step))
                if not self._wanting(slopes, WORST).any():
                    break
        elif self._wanting(slopes, WANTED).any():
            slopes = slopes.better(self._central(WIDE))
        sides = [self._side(sign, slopes) for sign in (-1.0, 1.0)]
        unsure = self._wanting(slopes, WORST)
        return {name: self._told(i, slopes, unsure[i], sides) for i, name in enumerate(self._names)}

    def _side(self, sign: float, central: _Slopes) -> _Side:
        """What the derivatives are to one side of the value."""
        kink = self._kink(sign)
        unsure = self._wanting(central, WORST)
        own = central
        if unsure.any():
            aside = self._aside(self._value, sign)
            own = _Slopes(
                np.where(unsure, aside.values, central.values),
                np.where(unsure, aside.errors, central.errors),
            )
        if kink is None:
            return _Side(own, own, own)
        inside, outside = kink
        return _Side(own, self._aside(inside, -sign), self._beyond(outside, sign), True)

    def _nothing_changes(self) -> bool:
        """Whether a step either way leaves every number what it is."""
        near = [self._point(self._value + sign * STEP * self._size) for sign in (-1.0, 1.0)]
        return all(
            p is not None
            and p.signature == self._base.signature
            and p.metrics == self._base.metrics
            for p in near
        )

    def _told(self, i: int, central: _Slopes, unsure: bool, sides: Sequence[_Side]) -> Derivative:
        least = self._least[i]
        values: list[float | None] = []
        kink = False
        for side in sides:
            changes = side.kink and _apart(side.inside, side.outside, i, least)
            kink = kink or changes
            told = float((side.outside if changes else side.own).values[i])
            values.append(None if math.isnan(told) else told if abs(told) > least else 0.0)
        own = [side.own for side in sides]
        splits = (
            unsure
            and not any(math.isnan(s.values[i]) for s in own)
            and _apart(own[0], own[1], i, least)
        )
        kink = kink or splits
        one_sided = (values[0], values[1]) if kink or None in values else None
        there = [s for s in own if not math.isnan(s.values[i])]
        if splits or not there:
            return Derivative(None, 0.0, kink, one_sided)
        best = min(there, key=lambda s: float(s.errors[i])) if unsure else central
        value, error = float(best.values[i]), float(best.errors[i])
        if abs(value) <= max(error, least):  # not resolved from none
            value, error = 0.0, max(error, abs(value))
        return Derivative(value, error, kink, one_sided)

    def _point(self, x: float) -> Point | None:
        return self._at(x) if self._allows(x) else None

    def _numbers(self, x: float, signature: object) -> Array:
        """Every metric at a value of the input; NaN off the branch, or where one is not there."""
        point = self._point(x)
        if point is None or point.signature != signature:
            return np.full(len(self._names), np.nan)
        return np.array([point.metrics.get(name, np.nan) for name in self._names])

    def _wanting(self, slopes: _Slopes, limit: float) -> NDArray[np.bool_]:
        """Whose derivative is less certain than wanted, or not there."""
        floor = self._least if limit == WORST else NOTHING * self._here / self._size
        return ~(slopes.errors <= np.maximum(limit * np.abs(slopes.values), floor))

    def _central(self, relative: float) -> _Slopes:
        step, signature = relative * self._size, self._base.signature
        slopes, sides = [], [np.zeros(len(self._names)), np.zeros(len(self._names))]
        here = self._numbers(self._value, signature)
        rest = np.zeros(len(self._names))
        for times, weight, even in zip((4.0, 2.0, 1.0), _THIRD, _REST, strict=True):
            ahead, behind = self._value + times * step, self._value - times * step
            ends = self._numbers(behind, signature), self._numbers(ahead, signature)
            slopes.append((ends[1] - ends[0]) / (ahead - behind))
            rest += even * (ends[0] + ends[1] - 2.0 * here)
            sides = [side + weight * (end - here) for side, end in zip(sides, ends, strict=True)]
        wide = (4.0 * slopes[1] - slopes[0]) / 3.0
        close = (4.0 * slopes[2] - slopes[1]) / 3.0
        best = (16.0 * close - wide) / 15.0
        apart = np.abs(close - wide)
        # more than smoothness makes of them is noise of the runs, which no extrapolation takes out
        smooth = apart * np.abs(best) <= SMOOTH * (slopes[2] - slopes[1]) ** 2
        noise = np.maximum(apart, np.abs(rest) / step)
        error = np.where(smooth, apart / 15.0, noise) + _ROUND_OFF * self._here / step
        below, above = -sides[0] / step, sides[1] / step
        differ = np.abs(above - below) > np.maximum(
            SPLIT * np.maximum(np.abs(above), np.abs(below)), self._least + 1e3 * error
        )
        return _Slopes(np.where(differ, np.nan, best), np.where(differ, np.nan, error))

    def _aside(self, start: float, sign: float) -> _Slopes:
        """Derivatives from one side of a value, on the branch that is there."""
        slopes = _Slopes(*np.full((2, len(self._names)), np.nan))
        for relative in ASIDE:
            step = sign * relative * self._size
            first = self._point(start)
            if first is None:
                break
            rows = [self._numbers(start + k * step, first.signature) for k in _ASIDE]
            best, less = _FIFTH @ np.array(rows), _FOURTH @ np.array(rows)
            error = (np.abs(best - less) + _NOISE * np.abs(rows[0])) / abs(step)
            bend, straight = _BEND @ np.array(rows), _BEND_LESS @ np.array(rows)
            unsure = (np.abs(bend - straight) + 4.0 * _NOISE * np.abs(rows[0])) / step**2
            bends = bend / step**2, unsure
            slopes = slopes.better(_Slopes(best / step, error, bends))
            if not np.isnan(slopes.errors).all():
                break
        return slopes

    def _beyond(self, kink: float, sign: float) -> _Slopes:
        """Derivatives at a kink of the branch beyond it.

        From past the states that bumpform does not resolve from it, led back by the second ones.
        """
        for past in PAST:
            away = sign * past * self._size
            slopes = self._aside(kink + away, sign)
            if not np.isnan(slopes.errors).all():
                return slopes.at(-away)
        return slopes

    def _kink(self, sign: float) -> tuple[float, float] | None:
        """The last value before a change of branch within `NEAR`, and the first one beyond it."""
        inside, outside = self._value, self._value + sign * NEAR * self._size
        point = self._point(outside) if self._on_the_way(sign) else None
        if point is None or point.signature == self._base.signature:
            return None
        while abs(outside - inside) > LOCATED * self._size:
            middle = 0.5 * (inside + outside)
            if self._at(middle).signature == self._base.signature:
                inside = middle
            else:
                outside = middle
        return inside, outside

    def _on_the_way(self, sign: float) -> bool:
        """Whether the branch changes within the first step, so that a kink is to be looked for."""
        point = self._point(self._value + sign * STEP * self._size)
        return point is None or point.signature != self._base.signature


def _apart(one: _Slopes, other: _Slopes, i: int, least: float) -> bool:
    """Whether a metric's derivatives differ by more than they are uncertain; one may be missing."""
    a, b = float(one.values[i]), float(other.values[i])
    if math.isnan(a) or math.isnan(b):
        return not (math.isnan(a) and math.isnan(b))
    unsure = 3.0 * float(one.errors[i] + other.errors[i])
    return abs(a - b) > max(DIFFERENT * max(abs(a), abs(b)), unsure, least)


def _one_sided(points: int, order: int = 1) -> Array:
    """Weights of numbers at 0, 1, 2 … for a derivative at 0; zeros for the rest of six."""
    powers = np.vander(_ASIDE[:points], increasing=True).T
    weights = np.zeros(6)
    weights[:points] = math.factorial(order) * np.linalg.solve(powers, np.eye(points)[order])
    return weights


#: Weights of differences from the number at 0, at 4, 2 and 1 steps, for the derivative at 0.
_THIRD: Final = (1.0 / 12.0, -1.0, 8.0 / 3.0)
#: Weights of f(x + k h) + f(x − k h) − 2 f(x), k = 4, 2, 1: nothing of second and fourth order, and
#: as much of the runs' noise as a derivative has.
_REST: Final = (1.0 / 120.0, -20.0 / 120.0, 64.0 / 120.0)
_FIFTH: Final = _one_sided(6)
_FOURTH: Final = _one_sided(5)
_BEND: Final = _one_sided(6, 2)
_BEND_LESS: Final = _one_sided(5, 2)
