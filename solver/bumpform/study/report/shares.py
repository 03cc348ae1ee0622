"""Shares of samples that are good, at every point of what else varies, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from bumpform.answers.methods.yields import wilson
from bumpform.study.plan.study import Study
from bumpform.study.rows.sheet import Sheet

__all__ = ["Shares", "YieldAt", "share_words"]

#: Points of which the yield is told, the best first.
MOST_POINTS: Final = 12


class YieldAt(NamedTuple):
    """The yield at a point: its values by path, samples, and those that meet every condition."""

    point: Mapping[str, Any]
    samples: int
    good: int


class Shares:
    """Good samples at each point, gathered as rows are read; nothing where all rows are samples.

    The same samples stand at every point, so that only there they tell a share of the product's.

    Parameters
    ----------
    study : Study
        With samples, which vary fastest.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._samples = len(study.together[-1]) if study.drawn else 0
        points = len(study) // self._samples if self._samples else 0
        self._good = np.zeros(points if points > 1 else 0, dtype=np.int64)

    def add(self, sheet: Sheet) -> None:
        """Take some more rows."""
        if not len(self._good):
            return
        points = sheet.numbers[sheet.good] // self._samples
        self._good += np.bincount(points, minlength=len(self._good))

    def best(self) -> list[YieldAt]:
        """Points by their yield; of equal ones in the order of the study."""
        order = np.argsort(-self._good, kind="stable")[:MOST_POINTS]
        drawn = {axis.path for axis in self._study.together[-1].axes} if len(order) else set()
        found = []
        for k in map(int, order):
            point = self._study.point(k * self._samples)
            told = zip(self._study.varied, point, strict=True)
            kept = {axis.path: value for axis, value in told if axis.path not in drawn}
            found.append(YieldAt(kept, self._samples, int(self._good[k])))
        return found

    def __len__(self) -> int:
        return len(self._good)


def share_words(count: int, rows: int, *, drawn: bool) -> str:
    """A share of rows; of samples with its interval (Wilson's, 95 %).

    Examples
    --------
    >>> share_words(3, 4, drawn=False), share_words(250, 256, drawn=True)
    ('75 %', '97.66 % (95.0 … 98.9 %)')
    """
    words = f"{100 * count / rows:.4g} %"
    if not drawn:
        return words
    low, high = wilson(count, rows)
    return f"{words} ({100 * low:.1f} … {100 * high:.1f} %)"
