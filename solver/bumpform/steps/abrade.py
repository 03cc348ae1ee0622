"""Everything above a plane taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from bumpform.steps.step import Step
from bumpform.units.fields import Length, Model, Name, need_one

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State

__all__ = ["Abrade", "BelowTop"]


class BelowTop(Model):
    """A height said from a layer's top downwards."""

    layer: Name
    by: Length


class Abrade(Step):
    """Everything above a plane taken away, so that a bump shows its inside as a plane.

    Exactly one of two planes:

    `to`
        A height above z = 0. All materials are cut at it alike: the surface is one plane.
    `below_top`
        What shows beside a layer wears faster than the layer does (solder is softer than a
        cured dielectric): it is cut `by` below the layer's top, and the layer is worn no lower
        than its top is already. The plane then lies at the depth d = `by` in the layer, in a
        recess whose wall is the layer's own inner face, which the bump has shaped. A layer
        that still covers the bump is first abraded `to` a height at which the bump shows.
    """

    shapes: ClassVar[bool] = True

    do: Literal["abrade"] = "abrade"
    to: Length | None = None
    below_top: BelowTop | None = None

    @model_validator(mode="after")
    def _one_plane(self) -> Abrade:
        need_one(to=self.to, below_top=self.below_top)
        return self

    @property
    def layers(self) -> tuple[str, ...]:
        """The one whose top says how deep."""
        return () if self.below_top is None else (self.below_top.layer,)

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state with what is left, and the plane where it has cut solder."""
        from bumpform.process.changes import after_cut
        from bumpform.stack.cut import abrade, abrade_below_top, layer_top

        if self.below_top is not None:
            layer, by = self.below_top.layer, self.below_top.by
            plane = layer_top(state.stack, layer, "abrade") - by
            after = after_cut(state, abrade_below_top(state.stack, layer, by))
        else:
            assert self.to is not None
            plane = self.to
            after = after_cut(state, abrade(state.stack, plane))
        return replace(after, plane=plane) if after.contents != state.contents else after
