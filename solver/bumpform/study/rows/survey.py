"""What the rows of a study come to: which columns they have, how many hold, what breaks most."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

import numpy as np

from bumpform.study.rows.sheet import Sheet

__all__ = ["Notable", "Survey"]

#: Rows that are told of as examples of what did not converge.
MOST_NOTABLE: Final = 3


class Notable(NamedTuple):
    """A row that was refused or failed, and why."""

    number: int
    outcome: str
    reason: str
    detail: str

    def __str__(self) -> str:
        """It in a line; a reason that is the outcome's own name, once."""
        why = ", ".join(dict.fromkeys((self.outcome, self.reason)))
        return f"row {self.number}: {why}: {self.detail}"


class Survey:
    """What all rows have in common, gathered as they are read.

    Attributes
    ----------
    units : dict of a condition's id to list of str
        Units of its values: none where no row has one.
    rows, good : int
        All, and those that have converged and meet every condition.
    broken, unjudged : Counter
        Rows in which a condition fails, and in which it is not judged, by its id.
    reasons : Counter
        Rows that did not converge, by outcome and reason.
    notable : list of Notable
        The first rows that did not converge.
    """

    def __init__(self) -> None:
        self.units: dict[str, list[str]] = {}
        self.rows = self.good = 0
        self.broken: Counter[str] = Counter()
        self.unjudged: Counter[str] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.notable: list[Notable] = []

    def add(self, sheet: Sheet) -> None:
        """Look at some more rows."""
        self.units = self.units | sheet.units
        self.rows += len(sheet)
        self.good += int(sheet.good.sum())
        for name in sheet.units:
            self.broken[name] += int(sheet.said(name, "fails").sum())
            self.unjudged[name] += int(sheet.said(name, "not judged").sum())
        others = np.flatnonzero(~sheet.converged)
        if not len(others):
            return
        outcomes, reasons = (sheet.words(name, others) for name in ("outcome", "reason"))
        self.reasons.update(zip(outcomes, reasons, strict=True))
        first = others[: MOST_NOTABLE - len(self.notable)]
        told = (sheet.numbers[first], outcomes, reasons, sheet.words("detail", first))
        self.notable += [Notable(int(n), *words) for n, *words in zip(*told, strict=False)]
