"""One step of a process as it was done, and what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bumpform.quick import quick
from bumpform.units.measured import Measured

if TYPE_CHECKING:  # results are read where no solver is installed
    from bumpform.process.state import State
    from bumpform.steps.kinds import AnyStep

#: A metric's value: a number with its error, an exact one, a word, yes or no; or some by name.
type Value = Measured | float | int | str | bool | Mapping[str, Measured]
type Metrics = Mapping[str, Value]


@quick
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
    measured : mapping or None
        Metrics of that stage by itself: what the whole process tells of it comes later.
    """

    index: int
    step: AnyStep
    before: State | None
    state: State
    measured: Metrics | None = None

    def __repr__(self) -> str:
        """Index and kind of the step."""
        return f"Moment({self.index}, {self.step.do!r})"
