"""What a row keeps of a result: metrics, what holds contact lines, and every condition's answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from bumpform.findings.condition import Condition
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid
from bumpform.result.readable import number, scalars
from bumpform.result.run import Run

__all__ = ["STATES", "conditions_told", "metrics_told", "number_of", "states_told"]

#: What a row tells of the equilibrium of every stage, beside its metrics.
STATES: Final = (
    "outer.state",
    "outer.feature",
    "inner.state",
    "inner.feature",
    "top.state",
    "top.feature",
    "stable",
    "stability_margin",
)
#: What of several answers to one condition a row tells: the worst.
_WORST: Final = {"fails": 0, "not judged": 1, "holds": 2}


def number_of(value: float, unit: str, digits: int = 4) -> str:
    """A number with a unit as a person reads it; temperatures of conditions are differences.

    Examples
    --------
    >>> number_of(2.34125e-05, "m"), number_of(0.62, ""), number_of(88.0, "K")
    ('23.41 µm', '0.62', '88 K')
    """
    if unit == "K":
        return number("difference_dK", value, digits)
    return number(f"value_{unit.replace('/', '_').replace('^', '')}" if unit else "", value, digits)


def metrics_told(metrics: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Metrics of all groups: "first reflow.protrusion_m", "barrier.juncture.r_m"."""
    return {
        f"{group}.{name}": value for group in metrics for name, value in scalars(metrics[group])
    }


def states_told(run: Run) -> dict[str, Any]:
    """Contact lines and stability of every solved stage, by "first reflow.outer.state"."""
    return {
        f"{called}.{name}": value
        for stage in run.stages
        for called, liquid in stage.liquids
        for name, value in _states(liquid)
    }


def _states(liquid: Liquid | Mounted) -> Iterator[tuple[str, Any]]:
    if liquid.equilibrium is None or liquid.stability is None:
        return
    for line in liquid.equilibrium.lines:
        yield f"{line.end}.state", line.state
        yield f"{line.end}.feature", line.feature
    yield "stable", liquid.stability.stable
    yield "stability_margin", liquid.stability.margin


def conditions_told(conditions: Iterable[Condition]) -> dict[str, list[Any]]:
    """Verdict, value, margin, unit and limits of every condition by its id; of several the worst.

    Of what has no value, the verdict alone.

    The margin is how far the value lies inside of its limits, negative outside. A requirement's
    id has its metric: "requirement.first reflow.protrusion_m".
    """
    told: dict[str, list[Any]] = {}
    for c in conditions:
        name = c.id
        if name == "requirement":
            name = ".".join(part for part in (name, c.stage, c.metric) if part)
        found = c.answer
        answer: list[Any] = [found.verdict]
        if found.value is not None:
            answer += [found.value, c.margin, found.unit, *found.limits]
        if name not in told or _rank(answer) < _rank(told[name]):
            told[name] = answer
    return told


def _rank(answer: list[Any]) -> tuple[int, float]:
    margin = answer[2] if len(answer) > 1 else None
    return _WORST[answer[0]], float("inf") if margin is None else margin
