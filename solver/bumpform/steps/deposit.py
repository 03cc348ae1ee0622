"""Solder put on the stack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from bumpform.steps.step import Step
from bumpform.steps.strip import resists
from bumpform.units.amounts import Amounted

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State
    from bumpform.stack.columns import Mould

__all__ = ["Deposit"]


class Deposit(Amounted, Step):
    """Solder put on the stack, its amount said in exactly one way."""

    gives: ClassVar[tuple[str, ...]] = ("solder",)
    identity: ClassVar[str] = "solder"

    do: Literal["deposit"] = "deposit"

    @property
    def layers(self) -> tuple[str, ...]:
        """The one whose opening it fills."""
        return () if self.fill is None else (self.fill.layer,)

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state with the solder: weighed at once where its amount is one of solid metal."""
        from bumpform.process.changes import noted
        from bumpform.process.reflows.melt import Content
        from bumpform.process.stages import metal_density
        from bumpform.stack.bodies import seat_note
        from bumpform.stack.columns import column_notes
        from bumpform.stack.deposit import deposit
        from bumpform.stack.volumes import print_note, volume_note

        density = metal_density(self, case, materials)
        stack, amount = deposit(state.stack, self, density)
        mass = 0.0 if density is None else amount.metal * density
        content = Content(((self.solder, mass),), amount.metal, soft=self.is_soft)
        contents = {**state.contents, stack.regions[-1].name: content}
        told = (
            amount.note(self),
            volume_note(self, state.stack, stack),
            print_note(self, state.stack),
        )
        notes = (*state.notes, *(f"deposit {note}" for note in told if note is not None))
        if self.ball is not None:
            seat = seat_note(state.stack.profile, 0.5 * self.ball.diameter)
            notes = notes if seat is None else (*notes, f"deposit {self.solder}: {seat}")
        if self.column is not None:
            columns = column_notes(
                self.column, stack.regions[-1], state.stack.profile, _mould(state, case, materials)
            )
            notes = (*notes, *(f"deposit {self.solder}: {note}" for note in columns))
        return noted(replace(state, stack=stack, contents=contents, notes=notes), state, self)


def _mould(state: State, case: Case, materials: Materials) -> Mould | None:
    """The topmost opening, where it is a resist's."""
    from bumpform.stack.columns import Mould

    cavity = state.cavity
    if cavity is None or cavity.layer not in resists(state.stack, case, materials):
        return None
    return Mould(cavity.layer, cavity.z_top, cavity.rim_r)
