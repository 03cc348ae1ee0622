"""What a row keeps of a result: metrics, what holds contact lines, and every condition's answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bumpform.output.readable import liquids_of, number, scalars

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


def states_told(result: Mapping[str, Any]) -> dict[str, Any]:
    """Contact lines and stability of every solved stage, by "first reflow.outer.state"."""
    return {
        f"{liquid['name']}.{name}": value
        for stage in result["stages"]
        for liquid in liquids_of(stage)
        for name, value in _states(liquid)
    }


def _states(liquid: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for line in liquid.get("surface", {}).get("contact_lines", ()):
        for key in ("state", "feature"):
            yield f"{line['end']}.{key}", line[key]
    if equilibrium := liquid.get("equilibrium"):
        yield "stable", equilibrium["stable"]
        yield "stability_margin", equilibrium["stability_margin"]


def conditions_told(result: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Verdict, value, margin, unit and limits of every condition by its id; of several the worst.

    Of what has no value, the verdict alone.

    The margin is how far the value lies inside of its limits, negative outside. A requirement's
    id has its metric: "requirement.first reflow.protrusion_m".
    """
    told: dict[str, list[Any]] = {}
    for c in result["conditions"]:
        name = c["id"]
        if name == "requirement":
            name = f"{name}.{c['stage']}.{c['metric']}" if c["stage"] else f"{name}.{c['metric']}"
        answer = [c["verdict"]]
        if c["value"] is not None:
            answer += [c["value"], _margin(c), c["unit"], *c["limits"]]
        if name not in told or _rank(answer) < _rank(told[name]):
            told[name] = answer
    return told


def _margin(condition: Mapping[str, Any]) -> float | None:
    value, (low, high) = condition["value"], condition["limits"]
    inside = [] if value is None or low is None else [value - low]
    inside += [] if value is None or high is None else [high - value]
    return min(inside, default=None)


def _rank(answer: list[Any]) -> tuple[int, float]:
    margin = answer[2] if len(answer) > 1 else None
    return _WORST[answer[0]], float("inf") if margin is None else margin
