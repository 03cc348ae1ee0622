"""A layer's top lowered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from bumpform.steps.step import Step
from bumpform.units.fields import Length, Name

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State

__all__ = ["Etch"]


class Etch(Step):
    """A layer's top lowered by a thickness; what else is there is not attacked.

    Without a `mask`, a level top that nothing stands on is lowered as a whole; the walls of its
    openings stay where they are. With `mask = "above"`, and wherever something stands on the layer
    or its top is not level, it is etched straight down where nothing covers it, to any depth: where
    that is as much as the layer's thickness, the layer is gone there, and what it lay on shows.
    There is no undercut.
    """

    needs: ClassVar[tuple[str, ...]] = ("substrate", "layer")
    identity: ClassVar[str] = "layer"
    shapes: ClassVar[bool] = True

    do: Literal["etch"] = "etch"
    layer: Name
    by: Length
    mask: Literal["above"] | None = None

    @property
    def layers(self) -> tuple[str, ...]:
        """The one that it lowers."""
        return (self.layer,)

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state with what is left."""
        from bumpform.growth.etched import etch_exposed, shaded
        from bumpform.process.changes import after_cut
        from bumpform.stack.cut import etch, is_part, lies_open
        from bumpform.units.units import format_length

        there = any(is_part(r, self.layer) for r in state.stack.regions)
        if self.mask is None and (lies_open(state.stack, self.layer) or not there):
            return after_cut(state, etch(state.stack, self.layer, self.by))
        after = after_cut(state, etch_exposed(state.stack, self.layer, self.by))
        left = shaded(after.stack, self.layer)
        if left is None:
            return after
        low, high = format_length(left.inner), format_length(left.outer)
        text = (
            f"etch {self.layer}: from r = {low} to {high} it lies bare under the overhang of "
            f"{left.body} and stays, as it is etched straight down only; a wet etch would reach it"
        )
        return replace(after, notes=(*after.notes, text))
