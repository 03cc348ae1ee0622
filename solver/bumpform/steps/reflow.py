"""Heating: all that melts finds its equilibrium."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from bumpform.quick import replace
from bumpform.steps.step import Heated, Step
from bumpform.units.fields import KeyRuleError, Name, Peak, Time, need_one

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
    peak: Peak | None = None
    profile: tuple[tuple[Time, Peak], ...] | None = None
    atmosphere: Name | None = None
    remelts: bool = False

    @model_validator(mode="after")
    def _one_temperature(self) -> Reflow:
        need_one(peak=self.peak, profile=self.profile)
        if self.profile is not None:
            times = [time for time, _ in self.profile]
            if not times:
                raise KeyRuleError(
                    'at least one point is needed, as [["0 s", "25 degC"]].', "profile"
                )
            if any(late <= early for early, late in itertools.pairwise(times)):
                raise KeyRuleError("the times must increase.", "profile")
        return self

    @property
    def peak_K(self) -> float:
        """Highest temperature of the stage, K."""
        if self.peak is not None:
            return self.peak
        return max(temperature for _, temperature in self.profile or ())

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state after the stage, with what has frozen; under a package, too."""
        from bumpform.process.reflows.freezing import freeze
        from bumpform.process.reflows.reflow import reflow
        from bumpform.process.stages import (
            after_freezing,
            frozen_contents,
            reflow_joint,
            with_stage,
        )

        if state.placed is not None:
            return reflow_joint(state, state.placed, self, case, materials)
        stage = reflow(
            state.stack,
            state.contents,
            temperature=self.peak_K,
            gravity=self.gravity_in(case.gravity),
            materials=materials,
        )
        stage = after_freezing(stage, self.peak_K, case, materials)
        state = with_stage(state, stage)
        if stage.equilibrium is None or stage.refusal is not None:
            return state
        stack = freeze(stage.solids, stage.liquids)
        contents = frozen_contents(state, stage, stack.regions, stage.liquids, self.peak_K)
        shapes = tuple(one.shape for one in stage.liquids if one.shape is not None)
        return replace(state, stack=stack, contents=contents, frozen=shapes)
