"""Heating: all that melts finds its equilibrium."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from bumpform.steps.step import Heated, Step
from bumpform.units.fields import Name, Temperature, Time

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State

__all__ = ["Reflow"]


class Reflow(Heated, Step):
    """Heating: every solder whose liquidus the peak exceeds melts and finds its equilibrium.

    A package that has been mounted floats on it again, or stays at its standoff. `remelts` allows
    it to melt what an earlier stage froze and something was built upon. `atmosphere` ("nitrogen",
    "formic acid") is told and changes no number: what it does to angles and surface tension is said
    by their values.
    """

    needs: ClassVar[tuple[str, ...]] = ("substrate", "solder")
    gives: ClassVar[tuple[str, ...]] = ("solid",)
    identity: ClassVar[str] = "name"

    do: Literal["reflow"] = "reflow"
    name: Name
    peak: Temperature | None = None
    profile: tuple[tuple[Time, Temperature], ...] | None = None
    atmosphere: Name | None = None
    remelts: bool = False

    @model_validator(mode="after")
    def _one_temperature(self) -> Reflow:
        if (self.peak is None) == (self.profile is None):
            raise ValueError("exactly one of peak and profile is needed.")
        if self.profile is not None:
            times = [time for time, _ in self.profile]
            if not times:
                raise ValueError('profile needs at least one point, as [["0 s", "25 degC"]].')
            if any(late <= early for early, late in itertools.pairwise(times)):
                raise ValueError("the times of profile must increase.")
        return self

    @property
    def peak_K(self) -> float:
        """Highest temperature of the stage, K."""
        if self.peak is not None:
            return self.peak
        return max(temperature for _, temperature in self.profile or ())

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state after the stage, with what has frozen; under a package, too."""
        from bumpform.process.stages import reflow_step

        return reflow_step(state, self, case, materials)
