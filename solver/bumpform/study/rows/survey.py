"""What the rows of a study come to: which columns they have, how many hold, what breaks most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from bumpform.study.rows.row import CONVERGED

__all__ = ["Notable", "Survey"]

#: Rows that are told of as examples of what did not converge.
MOST_NOTABLE: Final = 3


class Notable(NamedTuple):
    """A row that was refused or failed, and why."""

    number: int
    outcome: str
    reason: str
    detail: str


class Survey:
    """What all rows have in common, gathered as they are read.

    Attributes
    ----------
    types, states : dict of name to set of type
        Of the values of metrics, and of what stages tell of their equilibria.
    units : dict of a condition's id to set of str
        Units of its values: none where no row has one.
    uncertain : set of str
        Metrics that have an error.
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
        self.types: dict[str, set[type]] = {}
        self.states: dict[str, set[type]] = {}
        self.units: dict[str, set[str]] = {}
        self.uncertain: set[str] = set()
        self.rows = self.good = 0
        self.broken: Counter[str] = Counter()
        self.unjudged: Counter[str] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.notable: list[Notable] = []
        self._seen: set[tuple[Any, ...]] = set()  # what rows look like: most look the same

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look at some more rows."""
        for row in rows:
            self.rows += 1
            self._kinds(row, "values", self.types)
            self._kinds(row, "states", self.states)
            self._names(row)
            conditions = row.get("conditions", {})
            self.broken.update(n for n, answer in conditions.items() if answer[0] == "fails")
            self.unjudged.update(n for n, a in conditions.items() if a[0] == "not judged")
            if row["outcome"] == CONVERGED:
                self.good += not row["broken"]
                continue
            self.reasons[row["outcome"], row["reason"]] += 1
            if len(self.notable) < MOST_NOTABLE:
                told = (row[key] for key in ("number", "outcome", "reason", "detail"))
                self.notable.append(Notable(*told))

    def _kinds(self, row: Mapping[str, Any], table: str, found: dict[str, set[type]]) -> None:
        values = row.get(table, {})
        look = (table, *values, *map(type, values.values()))
        if look in self._seen:
            return
        self._seen.add(look)
        for name, value in values.items():
            kinds = found.setdefault(name, set())
            if value is not None:
                kinds.add(type(value))

    def _names(self, row: Mapping[str, Any]) -> None:
        """Note the units of conditions, and whose values have errors."""
        units = tuple(
            (n, a[3] if len(a) > 1 else None) for n, a in row.get("conditions", {}).items()
        )
        look = (*units, *row.get("errors", {}))
        if look in self._seen:
            return
        self._seen.add(look)
        for name, unit in units:
            known = self.units.setdefault(name, set())
            if unit is not None:
                known.add(unit)
        self.uncertain.update(row.get("errors", {}))
