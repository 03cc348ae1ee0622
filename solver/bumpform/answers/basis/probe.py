"""A case run at other values of its inputs: what the answers are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bumpform.case.case import Case
from bumpform.case.variation import Variation
from bumpform.errors import (
    BumpformError,
    CaseError,
    MachineError,
    NoEquilibriumError,
    ProcessError,
)
from bumpform.findings.condition import Condition
from bumpform.result.readable import scalars
from bumpform.result.run import Run, RunStage
from bumpform.runner import run
from bumpform.units.fields import FrozenDict
from bumpform.units.measured import parted

__all__ = ["Judged", "Point", "Probe"]


@dataclass(frozen=True)
class Judged:
    """A condition of a run.

    Attributes
    ----------
    id, statement, stage : str
    holds : bool or None
    margin : float or None
        How far the value lies inside of its limits, negative outside; None of words.
    metric : str
        "STAGE.METRIC" that it judges; empty where it judges none by name.
    """

    id: str
    statement: str
    stage: str
    holds: bool | None
    margin: float | None
    metric: str

    @property
    def group(self) -> str:
        """What is counted as one: a condition, whatever it is asked of; each requirement."""
        return f"requirement {self.metric}" if self.id == "requirement" else self.id


@dataclass(frozen=True, eq=False)
class Point:
    """What a run at some values has come to.

    Attributes
    ----------
    metrics : mapping of "STAGE.METRIC" to float
        Those that are numbers.
    errors : mapping
        Their bounds, where there are any.
    signature : tuple
        Everything of the run that is no number: where contact lines are and what holds them, what
        carries the package. Two points with another signature lie on two branches.
    conditions : tuple of Judged
    refused : str
        Why there is no such product, in a word: a stage that is refused, "stopped" for a step that
        cannot be done, "input" for a case that is none; empty.
    detail : str
        The same as a sentence.
    """

    metrics: Mapping[str, float]
    errors: Mapping[str, float]
    signature: tuple[Any, ...]
    conditions: tuple[Judged, ...]
    refused: str = ""
    detail: str = ""

    @property
    def failing(self) -> Counter[str]:
        """How many conditions of each group do not hold."""
        return Counter(c.group for c in self.conditions if c.holds is False)

    @property
    def good(self) -> bool:
        """Whether there is such a product, and no condition fails."""
        return not self.refused and all(c.holds is not False for c in self.conditions)


class Probe:
    """Runs a case at other values of its inputs; each set of values once.

    How the inputs scatter says nothing of a run, and may not fit the other values.

    Parameters
    ----------
    case : Case
    tell : callable, optional
        Is called after every run.

    Attributes
    ----------
    case : Case
    runs : int
        Cases that have been solved.
    """

    def __init__(self, case: Case, tell: Callable[[], None] = lambda: None) -> None:
        self.case = case
        self._free = case.model_copy(update={"tolerances": FrozenDict()})
        self.runs = 0
        self._tell = tell
        self._known: dict[tuple[tuple[str, float], ...], Point] = {}
        self._first: Run | None = None
        self._variations: dict[tuple[str, ...], Variation] = {}

    def at(self, values: Mapping[str, float]) -> Point:
        """The run with some inputs at other values, by path or place."""
        key = tuple(sorted(values.items()))
        if key not in self._known:
            self._known[key] = self._run(values)
            self.runs += 1
            self._tell()
        return self._known[key]

    def is_case(self, values: Mapping[str, float]) -> bool:
        """Whether there is such a case at all, whatever comes of it: nothing is run."""
        try:
            self._varied(values)
        except CaseError:
            return False
        return True

    def base(self) -> Point:
        """The run of the case as it is.

        Raises
        ------
        CaseError
            If the case is wrong.
        """
        if () not in self._known:
            done = self._done(self.case)
            if done.stopped is not None:
                raise CaseError(done.stopped.problems, self.case.name)
            self._known[()] = point_of(done)
            self.runs += 1
            self._tell()
        return self._known[()]

    def sound(self) -> Point:
        """The run of the case as it is, which has to come to its end.

        Raises
        ------
        CaseError
            If the case is wrong.
        NoEquilibriumError
            If a stage is refused.
        """
        base = self.base()
        if base.refused:
            raise NoEquilibriumError(base.refused, f"the case itself is refused: {base.detail}")
        return base

    def _done(self, case: Case) -> Run:
        """The run of a case, which makes again only what it does otherwise than the first one."""
        done = run(case, after=self._first)
        self._first = self._first or done
        return done

    def _varied(self, values: Mapping[str, float]) -> Case:
        places = tuple(values)
        if places not in self._variations:
            self._variations[places] = Variation(self._free, places)
        return self._variations[places].at(tuple(values.values()))

    def _run(self, values: Mapping[str, float]) -> Point:
        try:
            return point_of(self._done(self._varied(values)))
        except MachineError:
            raise
        except CaseError as error:  # no such case, or no such process
            return _no_point("input", "; ".join(map(str, error.problems)))
        except ProcessError as error:
            return _no_point("stopped", str(error))
        except NoEquilibriumError as error:
            return _no_point(error.reason, error.detail)
        except BumpformError as error:
            return _no_point("not_converged", str(error))


def _no_point(refused: str, detail: str) -> Point:
    return Point({}, {}, (refused,), (), refused, detail)


def point_of(done: Run) -> Point:
    """What a run has come to."""
    metrics: dict[str, float] = {}
    errors: dict[str, float] = {}
    words: list[tuple[str, Any]] = []
    for group, measured in done.measured.items():
        values, bounds = (dict(scalars(part)) for part in parted(measured))
        for name, value in values.items():
            if isinstance(value, float):
                metrics[f"{group}.{name}"] = value
                errors[f"{group}.{name}"] = float(bounds[name])
            else:
                words.append((f"{group}.{name}", value))
    stages = tuple(_stage_signature(stage) for stage in done.stages)
    refused = detail = ""
    if done.refused is not None:
        refused = done.refused.reason
        detail = f"{done.stages[-1].name}: {done.refused.detail}"
    elif done.stopped is not None:
        refused, detail = "stopped", "; ".join(map(str, done.stopped.problems))
    conditions = tuple(_judged(c) for c in done.conditions)
    signature = (*stages, *words, refused)
    return Point(metrics, errors, signature, conditions, refused, detail)


def _stage_signature(stage: RunStage) -> tuple[Any, ...]:
    """Contact lines of a stage's liquids: where they are, and what holds them."""
    lines = [
        (line.end, line.material, line.feature, line.state)
        for _, liquid in stage.liquids
        if liquid.equilibrium is not None
        for line in liquid.equilibrium.lines
    ]
    return (stage.name, stage.melt.solders, *lines)


def _judged(condition: Condition) -> Judged:
    stage, metric = condition.stage, condition.metric
    return Judged(
        condition.id,
        condition.statement,
        stage,
        condition.holds,
        condition.margin,
        f"{stage}.{metric}" if stage and metric else "",
    )
