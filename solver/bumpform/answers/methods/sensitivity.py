"""How every metric of a case follows from every input: derivatives through all stages."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bumpform.answers.basis.inputs import Input, asked_inputs
from bumpform.answers.basis.probe import Point, Probe
from bumpform.answers.basis.wording import header
from bumpform.answers.methods.differences import Derivative, derivatives
from bumpform.brief import brief
from bumpform.case.case import Case
from bumpform.case.file import as_case
from bumpform.units.table import DIMENSIONS

__all__ = ["MetricSensitivity", "Sensitivity", "sensitivity"]


@dataclass(frozen=True)
class MetricSensitivity:
    """A metric and its derivatives.

    Attributes
    ----------
    value, error : float
        SI, and the bound of its error.
    by : mapping of path to Derivative
    std : float or None
        What the tolerances make of it, by the derivatives; None without tolerances.
    shares : mapping of path to float
        Each input's part of its variance.
    """

    value: float
    error: float
    by: Mapping[str, Derivative]
    std: float | None
    shares: Mapping[str, float]

    def elasticity(self, item: Input) -> float | None:
        """Change in per cent for one per cent of an input; None where there is none."""
        slope = self.by[item.path].value
        return None if slope is None or not self.value else slope * item.value / self.value


@dataclass(frozen=True)
class Sensitivity:
    """Derivatives of all metrics by all inputs.

    Attributes
    ----------
    case : Case
    inputs : tuple of Input
    metrics : mapping of "STAGE.METRIC" to MetricSensitivity
    asked : tuple of str
        Metrics that a condition or a requirement judges.
    runs : int
        Cases that have been solved for it.
    """

    case: Case
    inputs: tuple[Input, ...]
    metrics: Mapping[str, MetricSensitivity]
    asked: tuple[str, ...]
    runs: int

    __repr__ = brief

    def to_dict(self) -> dict[str, Any]:
        """As in sensitivity.json."""
        return {
            **header("sensitivity", self.case),
            "runs": self.runs,
            "inputs": [
                {
                    "path": item.path,
                    "value": item.value,
                    "std": item.std,
                    "unit": DIMENSIONS[item.quantity.dimension].si,
                }
                for item in self.inputs
            ],
            "metrics": {
                name: {
                    "value": metric.value,
                    "error": metric.error,
                    "by": {
                        path: {
                            "derivative": slope.value,
                            "error": slope.error,
                            "kink": slope.kink,
                            "one_sided": None if slope.one_sided is None else [*slope.one_sided],
                            "elasticity": metric.elasticity(item),
                        }
                        for item, (path, slope) in zip(self.inputs, metric.by.items(), strict=True)
                    },
                    "std": metric.std,
                    "shares": dict(metric.shares),
                }
                for name, metric in self.metrics.items()
            },
        }


def sensitivity(
    case: Case | str | Path,
    *,
    paths: Sequence[str] | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Sensitivity:
    """Derivatives of every metric by every input, SI per SI, each with its error.

    Parameters
    ----------
    case : Case, or str or Path
        A case, the name of a bundled one, or a file.
    paths : sequence of str, optional
        Inputs by which it is differentiated; all by default.
    tell : callable, optional
        Is called with how many inputs are done, of how many.

    Raises
    ------
    CaseError
        If the case is wrong.
    NoEquilibriumError
        If it has no equilibrium: there is nothing to differentiate.

    Examples
    --------
    >>> from bumpform.case.file import load_case
    >>> found = sensitivity(load_case("plated_column"))
    >>> slope = found.metrics["reflow.clearance_m"].by["case.pitch"]
    >>> abs(slope.value - 1.0) < 1e-9  # the neighbour moves away by as much
    True
    """
    case = as_case(case)
    probe = Probe(case)
    base = probe.sound()
    listed = asked_inputs(case, paths)
    slopes: dict[str, dict[str, Derivative]] = {}
    for done, item in enumerate(listed):
        tell(done, len(listed))
        at = partial(_at, probe, item)
        slopes[item.path] = derivatives(at, item.value, item.size, item.allows)
    tell(len(listed), len(listed))
    metrics = {
        name: _metric(value, base.errors[name], {p: s[name] for p, s in slopes.items()}, listed)
        for name, value in base.metrics.items()
    }
    return Sensitivity(case, listed, metrics, _asked(base), probe.runs)


def _at(probe: Probe, item: Input, value: float) -> Point:
    return probe.at({item.place: value}) if value != item.value else probe.base()


def _metric(
    value: float, error: float, by: Mapping[str, Derivative], inputs: Sequence[Input]
) -> MetricSensitivity:
    scattered = {item.path: item.std for item in inputs if item.std is not None}
    if not scattered:
        return MetricSensitivity(value, error, by, None, {})
    parts = {path: (_steepest(by[path]) * std) ** 2 for path, std in scattered.items()}
    variance = math.fsum(parts.values())
    shares = {path: part / variance if variance else 0.0 for path, part in parts.items()}
    return MetricSensitivity(value, error, by, math.sqrt(variance), shares)


def _steepest(slope: Derivative) -> float:
    """The derivative for a scatter that reaches both sides: at a kink that of the steeper one."""
    sides = [abs(x) for x in slope.one_sided or () if x is not None]
    return max([*sides, abs(slope.value or 0.0)])


def _asked(base: Point) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.metric for c in base.conditions if c.metric in base.metrics))
