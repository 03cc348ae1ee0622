"""Main effects of a study: how what is judged goes with everything that varies, alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bumpform.study.plan.axis import Axis, Span
from bumpform.study.plan.columns import CONDITION, is_state
from bumpform.study.plan.study import Numbers, Study
from bumpform.study.rows.sheet import Sheet

__all__ = ["GOOD", "Effect", "Effects", "Scale"]

#: Bins of an axis: a level each, or of more levels as many alike.
MOST_BINS: Final = 24
#: The share of rows that meet every condition, beside the numbers.
GOOD: Final = "good"
#: Part of a number's size below which it does not change.
NOTHING: Final = 1e-9

type Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """An axis in bins.

    Attributes
    ----------
    axis : Axis
    bins : array of int
        Of every level.
    values : tuple
        Of every bin: the mean of its levels in SI, or a word.
    """

    axis: Axis
    bins: Numbers
    values: tuple[Any, ...]

    @classmethod
    def of(cls, axis: Axis) -> Scale:
        """Bins of an axis, in the order of its values; of words in that in which they come."""
        count = len(axis.levels)
        if isinstance(axis.levels, Span):
            bins = np.arange(count) * min(count, MOST_BINS) // count
            numbers = np.linspace(axis.levels[0], axis.levels[count - 1], count)
            if axis.levels.spacing == "log":
                numbers = np.geomspace(axis.levels[0], axis.levels[count - 1], count)
            return cls(axis, bins, _means(bins, numbers))
        if not axis.dimension:
            words = tuple(dict.fromkeys(axis.levels))
            place = {word: i for i, word in enumerate(words)}
            return cls(axis, np.array([place[word] for word in axis.levels]), words)
        found, bins = np.unique(np.array(axis.levels, dtype=float), return_inverse=True)
        many = len(found)
        if many > MOST_BINS:
            bins = bins * MOST_BINS // many
        return cls(axis, bins, _means(bins, np.array(axis.levels, dtype=float)))


@dataclass(frozen=True)
class Effect:
    """How a number goes with one axis.

    Attributes
    ----------
    scale : Scale
    counts : array of int
        Rows of every bin that have the number.
    means : array
        Of it, in every bin; NaN where no row has it.
    part : float
        Part of its variance that the means of the bins make: 1 where nothing else moves it.
    """

    scale: Scale
    counts: Numbers
    means: Array
    part: float


class _Sums:
    """Sums of a number: in all rows, and by every bin."""

    def __init__(self, scales: Sequence[Scale], start: float) -> None:
        self.start = start  # sums are of differences from it, so that small changes are not lost
        self.count, self.total, self.squares = 0, 0.0, 0.0
        self.counts = [np.zeros(len(s.values), dtype=np.int64) for s in scales]
        self.totals = [np.zeros(len(s.values)) for s in scales]

    def add(self, values: Array, bins: Sequence[Numbers]) -> None:
        there = np.isfinite(values)
        kept = values[there] - self.start
        self.count += len(kept)
        self.total += float(kept.sum())
        self.squares += float((kept * kept).sum())
        for i, place in enumerate(bins):
            length = len(self.counts[i])
            self.counts[i] += np.bincount(place[there], minlength=length)
            self.totals[i] += np.bincount(place[there], weights=kept, minlength=length)


class Effects:
    """Means of what is judged, and of the metrics that a study asks for, gathered row by row.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self.scales = [Scale.of(axis) for axis in study.varied]
        self._asked = [n for n in study.columns if not n.startswith(CONDITION) and not is_state(n)]
        self._sums: dict[str, _Sums] = {}

    def add(self, sheet: Sheet) -> None:
        """Take some more rows."""
        places = self._study.places(sheet.numbers)
        bins = [scale.bins[place] for scale, place in zip(self.scales, places, strict=True)]
        self._add(GOOD, sheet.good.astype(float), bins)
        for name, units in sheet.units.items():
            for unit in units:
                self._add(f"{CONDITION}{name}", sheet.judged(name, "value", unit), bins)
        for name in self._asked:
            self._add(name, sheet.number(name), bins)

    def _add(self, name: str, numbers: Array | None, bins: Sequence[Numbers]) -> None:
        if numbers is None:  # words
            return
        there = numbers[np.isfinite(numbers)]
        if not len(there):
            return
        if name not in self._sums:
            self._sums[name] = _Sums(self.scales, 0.0 if name == GOOD else float(there[0]))
        self._sums[name].add(numbers, bins)

    @property
    def names(self) -> list[str]:
        """What changes at all: the share of good rows, metrics asked for, values of conditions."""
        asked = [n for n in self._sums if n in self._asked]
        rest = [n for n in self._sums if n not in self._asked and n != GOOD]
        return [n for n in (GOOD, *asked, *rest) if n in self._sums and self._changes(n)]

    def _changes(self, name: str) -> bool:
        sums = self._sums[name]
        size = abs(sums.start) + abs(sums.total / sums.count)
        return self._variance(sums) > (NOTHING * size) ** 2

    @staticmethod
    def _variance(sums: _Sums) -> float:
        return max(0.0, sums.squares / sums.count - (sums.total / sums.count) ** 2)

    def of(self, name: str) -> list[Effect]:
        """A number's effect of every axis, in the order of the study."""
        sums = self._sums[name]
        mean, variance = sums.total / sums.count, self._variance(sums)
        found = []
        for scale, counts, totals in zip(self.scales, sums.counts, sums.totals, strict=True):
            there = counts > 0
            means = np.full(len(counts), np.nan)
            means[there] = totals[there] / counts[there]
            between = float((counts[there] * (means[there] - mean) ** 2).sum()) / sums.count
            part = min(1.0, between / variance) if variance else 0.0
            found.append(Effect(scale, counts, means + sums.start, part))
        return found


def _means(bins: Numbers, numbers: Array) -> tuple[float, ...]:
    counts = np.bincount(bins)
    return tuple(map(float, np.bincount(bins, weights=numbers) / counts))
