"""What a run leaves: its stages and conditions as they were computed, the stack at every moment."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bumpform.case.case import Case
from bumpform.errors import Problem
from bumpform.geometry.curve import PolynomialCurve
from bumpform.process.moment import Metrics, Moment
from bumpform.quick import cached_property, quick
from bumpform.stack.stack import Stack
from bumpform.units.measured import parted

if TYPE_CHECKING:  # results are read where no solver is installed
    from bumpform.findings.condition import Condition
    from bumpform.process.explore import Explored
    from bumpform.process.mounts.mounted import Mounted
    from bumpform.process.mounts.package import Package
    from bumpform.process.reflows.melt import Melt
    from bumpform.process.reflows.reflow import Liquid, Refusal, Stage
    from bumpform.result.contract import Result
    from bumpform.steps.kinds import Mount, Reflow
    from bumpform.surface.drop.equilibrium import Equilibrium
    from bumpform.surface.drop.path import Move
    from bumpform.surface.drop.stability import Stability
    from bumpform.surface.search.alternatives import Alternative


@quick
@dataclass(frozen=True, eq=False)
class Snapshot:
    """The stack at one moment of the process.

    Attributes
    ----------
    name : str
        Name of the stage that it belongs to: "first reflow".
    moment : str
        "as deposited" or "reflowed".
    standing : Stack
        What stands there, the liquid (or deposit) included as a region; without ``above``.
    meridians : tuple of PolynomialCurve
        The solved free surface of every liquid, the first one's first, from its contact line
        (t = 0) to its other end; none as deposited.
    caption : str
        The moment in words, where they differ: "before it melts again", "set down".
    above : Package or None
        A package that has just been set down.
    """

    name: str
    moment: str
    standing: Stack
    meridians: tuple[PolynomialCurve, ...] = ()
    caption: str = ""
    above: Package | None = None

    @cached_property
    def stack(self) -> Stack:
        """Everything that stands there: looked for only where it is shown."""
        if self.above is None:
            return self.standing
        from bumpform.process.mounts.joined import set_down

        return set_down(self.standing, self.above)

    @property
    def slug(self) -> str:
        """Part of a file's name: ``first_reflow`` or ``first_reflow_as_deposited``."""
        name = self.name if self.moment == "reflowed" else f"{self.name} {self.moment}"
        return slug(name)

    def __repr__(self) -> str:
        """Name, moment and regions."""
        regions = ", ".join(region.name for region in self.stack.regions)
        return f"Snapshot({self.name!r}, {self.moment!r}: {regions})"


@dataclass(frozen=True, eq=False)
class MeltShown:
    """What a report shows of a stage's melt that has been followed in time.

    Attributes
    ----------
    name : str
        Of the stage.
    words : str
        Where it has ended.
    rows : tuple of (name, value, difference)
        Its end's numbers as text, and what they are off the rest's by.
    still, film : bytes
        Its outlines in time as PNG, and a film of it as GIF.
    """

    name: str
    words: str
    rows: tuple[tuple[str, str, str], ...]
    still: bytes
    film: bytes


def slug(name: str) -> str:
    """A name as part of a file's name: letters, digits, dots and underscores only."""
    return re.sub(r"[^A-Za-z0-9.]+", "_", name).strip("_") or "stage"


@quick
@dataclass(frozen=True, eq=False)
class RunStage:
    """A reflow or a mount of a run, as it was computed.

    Attributes
    ----------
    index : int
        Of its step in the case.
    step : Reflow or Mount
    outcome : Stage or Mounted
        All that has come of it: also what only a reflow has, or only a mount.
    metrics : mapping of str to Measured, float, int, str or bool
        By name, numbers with their errors; those that mean something here.
    """

    index: int
    step: Reflow | Mount
    outcome: Stage | Mounted
    metrics: Metrics

    @property
    def name(self) -> str:
        """As the case has it: "first reflow"."""
        return self.step.name

    @property
    def kind(self) -> str:
        """What its step is: "reflow" or "mount"."""
        return self.step.do

    @property
    def peak_K(self) -> float:
        """Highest temperature, K."""
        return self.step.peak_K

    @property
    def melt(self) -> Melt:
        """The first liquid's metal."""
        return self.outcome.melt

    @property
    def solids(self) -> Stack:
        """What stays solid, of what stands on the base."""
        return self.outcome.solids

    @property
    def equilibrium(self) -> Equilibrium | None:
        """The first liquid at rest; None where it was refused before."""
        return self.outcome.equilibrium

    @property
    def stability(self) -> Stability | None:
        """Of that equilibrium."""
        return self.outcome.stability

    @property
    def path(self) -> tuple[Move, ...]:
        """How its contact lines came to rest."""
        return () if self.equilibrium is None else self.equilibrium.path

    @property
    def meridian(self) -> PolynomialCurve | None:
        """Its free surface, m: from the outer contact line (t = 0) to its other end."""
        return None if self.equilibrium is None else self.equilibrium.curve

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Other equilibria of the first liquid."""
        return self.outcome.alternatives

    @property
    def refusal(self) -> Refusal | None:
        """Why the stage has no result, if it has none."""
        return self.outcome.refusal

    @property
    def liquids(self) -> tuple[tuple[str, Liquid | Mounted], ...]:
        """Every liquid and what it is called: the stage itself, then those that do not touch it."""
        from bumpform.process.mounts.mounted import Mounted

        others = list(self.outcome.bodies)
        if isinstance(self.outcome, Mounted) and self.outcome.hung is not None:
            others.append(self.outcome.hung)
        named = ((f"{self.name}, liquid {count}", one) for count, one in enumerate(others, 2))
        return ((self.name, self.outcome), *named)

    def __repr__(self) -> str:
        """Name, kind, what it came to."""
        if self.refusal is not None:
            state = f"refused: {self.refusal.reason}"
        else:
            state = "" if self.equilibrium is None else self.equilibrium.name
        return f"RunStage({self.name!r}, step {self.index}, {self.kind}: {state})"


@dataclass(frozen=True)
class Stopped:
    """The step at which a process could not go on, on what had been solved.

    Attributes
    ----------
    step : int
        Its index in the case.
    problems : tuple of Problem
    """

    step: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, eq=False)
class Run:
    """A case that has been run.

    Attributes
    ----------
    case : Case
    stages : tuple of RunStage
        In order; the last may be refused.
    conditions : tuple of Condition
        The verdict.
    barrier : mapping or None
        Metrics of the latest barrier, as those of a stage; None where there is none.
    snapshots : tuple of Snapshot
        In the order of the process.
    notes : tuple of str
        What the log should tell: unverified values, corners not filled, wide openings.
    landscapes : tuple of Explored
        All equilibria of every solved stage, where they have been asked for.
    history : tuple of Moment
        Every step as it was done, up to the refused stage if one is.
    melts : tuple of MeltShown
        Of the stages that have been followed in time, where that has been asked for.
    stopped : Stopped or None
        Where the process could not go on.
    unverified : tuple of str
        Those notes that tell of values which nobody checked against their source.
    """

    case: Case
    stages: tuple[RunStage, ...]
    conditions: tuple[Condition, ...]
    barrier: Metrics | None = None
    snapshots: tuple[Snapshot, ...] = ()
    notes: tuple[str, ...] = ()
    landscapes: tuple[Explored, ...] = ()
    history: tuple[Moment, ...] = ()
    melts: tuple[MeltShown, ...] = ()
    stopped: Stopped | None = None
    unverified: tuple[str, ...] = ()

    @property
    def refused(self) -> Refusal | None:
        """Why a stage was refused, if one was: the last."""
        return self.stages[-1].refusal if self.stages else None

    @property
    def remarks(self) -> tuple[str, ...]:
        """Notes, each once, but for those of unverified values and of the refusal."""
        refused = f"{self.stages[-1].name} is refused (" if self.refused is not None else None
        return tuple(
            note
            for note in dict.fromkeys(self.notes)
            if note not in self.unverified and not (refused and note.startswith(refused))
        )

    @property
    def measured(self) -> dict[str, Metrics]:
        """Metrics by stage name, and those of the barrier, with their errors."""
        barrier = {} if self.barrier is None else {"barrier": self.barrier}
        return {**{stage.name: stage.metrics for stage in self.stages}, **barrier}

    @property
    def metrics(self) -> dict[str, dict[str, Any]]:
        """The same without their errors: ``run.metrics["first reflow"]["protrusion_m"]``."""
        return {name: parted(metrics)[0] for name, metrics in self.measured.items()}

    @cached_property
    def record(self) -> Result:
        """The run in numbers: the contract that other programs read, SI, as typed data."""
        from bumpform.result.record import record

        return record(self)

    @cached_property
    def result(self) -> dict[str, Any]:
        """The same as plain data, as ``result.json`` holds it."""
        from bumpform.result.contract import plain

        told: dict[str, Any] = plain(self.record)
        return told

    def stage(self, name: str) -> RunStage:
        """The stage of a name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(f"{name!r}; the stages are {[stage.name for stage in self.stages]}")

    def __repr__(self) -> str:
        """Name, stages and verdict."""
        judged = Counter(condition.verdict for condition in self.conditions)
        words = [f"{judged[v]} {v}" for v in ("holds", "fails", "not judged")]
        stages = ", ".join(repr(stage.name) for stage in self.stages)
        if self.refused is not None:
            words.insert(0, f"refused: {self.refused.reason}")
        if self.stopped is not None:
            words.insert(0, f"stopped at step {self.stopped.step}")
        return f"Run({self.case.name!r}, stages {stages}; conditions: {', '.join(words)})"
