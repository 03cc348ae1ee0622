"""The rows of a study that are nearest to each condition's limit, or farthest beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from bumpform.study.plan.study import Study
from bumpform.study.rows.sheet import Sheet

__all__ = ["Worst", "WorstRows"]


class Worst(NamedTuple):
    """The row of the least margin of a condition.

    Attributes
    ----------
    condition : str
    number : int
    point : mapping of path to value
    value, margin : float
        In the unit; the margin is negative where the condition fails.
    unit : str
    """

    condition: str
    number: int
    point: Mapping[str, Any]
    value: float
    margin: float
    unit: str


class WorstRows:
    """The worst row by each condition, gathered as rows are read; of equal ones the first."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._rows: dict[str, tuple[int, float, float, str]] = {}

    def add(self, sheet: Sheet) -> None:
        """Look at some more rows."""
        for name, units in sheet.units.items():
            for unit in units:
                self._look(sheet, name, unit)

    def _look(self, sheet: Sheet, name: str, unit: str) -> None:
        margins = sheet.judged(name, "margin", unit)
        if margins is None or np.isnan(margins).all():
            return
        k = int(np.nanargmin(margins))
        known = self._rows.get(name)
        if known is None or margins[k] < known[2]:
            values = sheet.judged(name, "value", unit)
            assert values is not None
            self._rows[name] = (int(sheet.numbers[k]), float(values[k]), float(margins[k]), unit)

    def listed(self) -> list[Worst]:
        """Those that fail first, then in the order in which conditions are told."""
        found = []
        for name, (number, value, margin, unit) in self._rows.items():
            paths = (axis.path for axis in self._study.varied)
            point = dict(zip(paths, self._study.point(number), strict=True))
            found.append(Worst(name, number, point, value, margin, unit))
        return sorted(found, key=lambda worst: worst.margin >= 0.0)
