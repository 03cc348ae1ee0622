"""What a run leaves: the stack after every step that changed it, and the result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bumpform.case.case import Case
from bumpform.stack.curve import PolynomialCurve
from bumpform.stack.stack import Stack

if TYPE_CHECKING:  # results are read where no solver is installed
    from bumpform.case.steps import AnyStep
    from bumpform.process.explore import Explored
    from bumpform.process.state import State


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The stack at one moment of the process.

    Attributes
    ----------
    name : str
        Name of the stage that it belongs to: "first reflow".
    moment : str
        "as deposited" or "reflowed".
    stack : Stack
        Everything that stands there, the liquid (or deposit) included as a region.
    meridians : tuple of PolynomialCurve
        The solved free surface of every liquid, the first one's first, from its contact line
        (t = 0) to its other end; none as deposited.
    caption : str
        The moment in words, where they differ: "before it melts again", "set down".
    """

    name: str
    moment: str
    stack: Stack
    meridians: tuple[PolynomialCurve, ...] = ()
    caption: str = ""

    @property
    def slug(self) -> str:
        """Part of a file's name: ``first_reflow`` or ``first_reflow_as_deposited``."""
        name = self.name if self.moment == "reflowed" else f"{self.name} {self.moment}"
        return slug(name)


@dataclass(frozen=True, eq=False)
class Moment:
    """One step of the process as it was done.

    Attributes
    ----------
    index : int
        Of the step in the case.
    step : step model
    before : State or None
        What stood there before; None before the substrate.
    state : State
        What stands there after it, with the stage that it ran if it was one.
    """

    index: int
    step: AnyStep
    before: State | None
    state: State


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


@dataclass(frozen=True, eq=False)
class Run:
    """A case that has been run.

    Attributes
    ----------
    case : Case
    result : dict
        The contract that other programs read (schema ``bumpform/result-1``), SI, plain data.
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
    """

    case: Case
    result: dict[str, Any]
    snapshots: tuple[Snapshot, ...]
    notes: tuple[str, ...] = ()
    landscapes: tuple[Explored, ...] = ()
    history: tuple[Moment, ...] = ()
    melts: tuple[MeltShown, ...] = ()

    @property
    def refused(self) -> dict[str, str] | None:
        """Reason and detail of the stage that was refused, if one was."""
        for stage in self.result["stages"]:
            if stage.get("refused"):
                return dict(stage["refused"])
        return None

    @property
    def stopped(self) -> dict[str, Any] | None:
        """Index and problems of the step that could not be done on what was solved, if one."""
        stopped = self.result.get("stopped")
        return dict(stopped) if stopped else None

    @property
    def stages(self) -> list[dict[str, Any]]:
        """The stages, as in the result file."""
        return list(self.result["stages"])

    @property
    def metrics(self) -> dict[str, dict[str, Any]]:
        """Metrics by stage name, and those of the barrier."""
        return dict(self.result["metrics"])

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """Every geometric condition, judged."""
        return list(self.result["conditions"])
