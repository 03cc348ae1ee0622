"""A solid ball on the axis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from bumpform.steps.step import Step
from bumpform.units.fields import Length, MaterialName

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State

__all__ = ["Core"]


class Core(Step):
    """Solid ball that rests on the stack at the axis; it never melts."""

    gives: ClassVar[tuple[str, ...]] = ("core",)
    shapes: ClassVar[bool] = True

    do: Literal["core"] = "core"
    material: MaterialName
    diameter: Length

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state with the ball on it."""
        from bumpform.stack.bodies import core, seat_note

        stack = core(state.stack, material=self.material, diameter=self.diameter)
        seat = seat_note(state.stack.profile, 0.5 * self.diameter)
        notes = () if seat is None else (f"core {self.material}: {seat}",)
        return replace(state, stack=stack, notes=(*state.notes, *notes))
