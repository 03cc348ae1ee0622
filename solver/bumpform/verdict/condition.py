"""One geometric statement of a route, judged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bumpform.case.case import Case
from bumpform.case.steps import Step
from bumpform.materials.materials import Materials

__all__ = ["Condition", "Findings", "above", "fact", "within"]


@dataclass(frozen=True)
class Condition:
    """One statement, and whether it holds.

    Attributes
    ----------
    route, statement : str
    holds : bool
    value : float or None
    limits : tuple of float or None
        What the value must lie between; None: no bound on that side.
    unit : str
        Of the value and the limits: "m", "K", or "" for a ratio.
    """

    route: str
    statement: str
    holds: bool
    value: float | None
    limits: tuple[float | None, float | None]
    unit: str = "m"

    def to_dict(self) -> dict[str, Any]:
        """As in the result file."""
        plain = {**asdict(self), "limits": list(self.limits)}
        # a pure number is told so: its reader must not take the unit of an equal metric
        return plain if self.unit else {**plain, "metric": ""}


@dataclass(frozen=True)
class Findings:
    """What conditions are judged on.

    Attributes
    ----------
    case : Case
    metrics : dict
        By stage name, and "barrier".
    names : list of str
        Solved stages in order.
    materials : Materials
    """

    case: Case
    metrics: dict[str, dict[str, Any]]
    names: list[str]
    materials: Materials

    def stages(self, key: str) -> list[dict[str, Any]]:
        """Metrics of the solved stages that have a key, in order."""
        found = [self.metrics.get(name, {}) for name in self.names]
        return [metrics for metrics in found if key in metrics]

    def steps[S: Step](self, kind: type[S]) -> list[S]:
        """The case's steps of one kind."""
        return [step for step in self.case.steps if isinstance(step, kind)]


def within(
    route: str,
    statement: str,
    value: float,
    low: float | None,
    high: float | None,
    unit: str = "m",
) -> Condition:
    """Condition that a value lies between two limits, both included."""
    holds = (low is None or value >= low) and (high is None or value <= high)
    return Condition(route, statement, holds, value, (low, high), unit)


def above(route: str, statement: str, value: float, low: float, unit: str = "m") -> Condition:
    """Condition that a value is above a limit."""
    return Condition(route, statement, value > low, value, (low, None), unit)


def fact(route: str, statement: str, holds: bool) -> Condition:
    """Condition without a number."""
    return Condition(route, statement, holds, None, (None, None))
