"""What a metric is measured on, and the metrics of a stage, measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bumpform.case.case import Case
from bumpform.metrics.metric import FROZEN, Metric, Scope, metrics_of
from bumpform.process.moment import Value
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, Stage
from bumpform.process.state import State
from bumpform.quick import cached_property, quick
from bumpform.steps.kinds import Mount, Reflow
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.units.measured import Measured

if TYPE_CHECKING:
    from bumpform.findings.findings import Findings

__all__ = ["Sample", "barrier_metrics", "process_metrics", "stage_metrics"]


@quick
@dataclass(frozen=True, eq=False)
class Sample:
    """A stage as its metrics see it.

    Attributes
    ----------
    before : State
        What stood there before it: its opening and barrier.
    stage : Stage or Mounted
    step : Reflow or Mount
    case : Case
    process : Findings or None
        All that was done, for metrics that need more than the stage.
    """

    before: State
    stage: Stage | Mounted
    step: Reflow | Mount
    case: Case
    process: Findings | None = None

    @property
    def found(self) -> Equilibrium:
        """The first liquid at rest."""
        assert self.stage.equilibrium is not None
        return self.stage.equilibrium

    @cached_property
    def values(self) -> dict[str, Measured]:
        """Its numbers, each with its error."""
        return self.found.measured

    @property
    def joint(self) -> Mounted:
        """The stage, where it is a joint's."""
        assert isinstance(self.stage, Mounted)
        return self.stage

    @property
    def findings(self) -> Findings:
        """All that was done."""
        assert self.process is not None
        return self.process

    @property
    def liquids(self) -> tuple[Stage | Mounted | Liquid, ...]:
        """All liquids: those on the stack, and that which hangs on the package."""
        if not isinstance(self.stage, Mounted):
            return self.stage.liquids
        hung = () if self.stage.hung is None else (self.stage.hung,)
        return (*self.stage.liquids, *hung)

    @cached_property
    def _known(self) -> dict[Any, Any]:
        return {}

    def once[T](self, work: Callable[[Sample], T]) -> T:
        """What a function finds on this sample, of which several metrics are made."""
        if work not in self._known:
            self._known[work] = work(self)
        found: T = self._known[work]
        return found


def stage_metrics(sample: Sample) -> dict[str, Value]:
    """Metrics of a stage, then those of what has frozen; none where it has no shape.

    Those that need the whole process come later: `process_metrics`.
    """
    scope = _scope(sample.stage)
    if scope is None:
        return {}
    entries = metrics_of(scope)
    return _measured(entries, sample) | _frozen(entries, sample, scope)


def barrier_metrics(state: State) -> dict[str, Value]:
    """Metrics of the latest barrier, as grown."""
    told: dict[str, Any] = {}
    for entry in metrics_of("barrier"):
        value = entry.measure(state)
        if value is None:
            continue
        table, _, name = entry.name.rpartition(".")
        (told.setdefault(table, {}) if table else told)[name] = value
    return told


def process_metrics(found: Findings) -> dict[str, dict[str, Value]]:
    """Metrics that need more than one moment, by stage: of those that were not refused."""
    told = {}
    for moment in found.history:
        stage, step = moment.state.stage, moment.step
        if stage is None or not isinstance(step, Reflow | Mount) or moment.before is None:
            continue
        if stage.refusal is None and stage.equilibrium is not None:
            sample = Sample(moment.before, stage, step, found.case, found)
            told[step.name] = _measured(metrics_of("process"), sample)
    return told


def _measured(entries: tuple[Metric, ...], sample: Sample) -> dict[str, Value]:
    found = ((entry.name, entry.measure(sample)) for entry in entries)
    return {name: value for name, value in found if value is not None}


def _scope(stage: Stage | Mounted) -> Scope | None:
    """What a stage is of; None where nothing of it is measured."""
    if isinstance(stage, Mounted) and stage.gap is not None:
        return "open joint"
    if stage.equilibrium is None:
        return None
    if isinstance(stage, Mounted):
        return None if stage.standoff is None else "joint"
    return "reflow"


def _frozen(entries: tuple[Metric, ...], sample: Sample, scope: Scope) -> dict[str, Value]:
    """Metrics of what a stage's liquids have frozen to, where it has a shape of its own."""
    stage = sample.stage
    if stage.frozen is None or any(body.frozen is None for body in stage.bodies):
        return {}
    bodies = tuple(replace(body, equilibrium=body.shape) for body in stage.bodies)
    cold = replace(sample, stage=replace(stage, equilibrium=stage.shape, bodies=bodies))
    told = {}
    for entry in metrics_of("reflow", "joint", "open joint"):
        if callable(entry.frozen):
            value = entry.frozen(sample)
        elif entry.frozen and entry in entries and scope != "open joint":
            value = entry.measure(cold)
        else:
            continue
        if value is not None:
            told[FROZEN + entry.name] = value
    return told
