"""The rows of a study that are nearest to each condition's limit, or farthest beyond it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

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

    def __init__(self) -> None:
        self._rows: dict[str, Worst] = {}

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look at some more rows."""
        for row in rows:
            for name, answer in row.get("conditions", {}).items():
                if len(answer) < 4 or answer[2] is None:
                    continue
                known = self._rows.get(name)
                if known is None or answer[2] < known.margin:
                    _, value, margin, unit, *_ = answer
                    self._rows[name] = Worst(name, row["number"], row["point"], value, margin, unit)

    def listed(self) -> list[Worst]:
        """Those that fail first, then in the order in which conditions came."""
        return sorted(self._rows.values(), key=lambda worst: worst.margin >= 0.0)
