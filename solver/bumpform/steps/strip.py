"""A whole layer removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from bumpform.steps.step import Step
from bumpform.units.fields import Name

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State
    from bumpform.stack.stack import Stack

__all__ = ["Strip", "resists"]


class Strip(Step):
    """A whole layer removed: a resist, a mask."""

    needs: ClassVar[tuple[str, ...]] = ("substrate", "layer")
    identity: ClassVar[str] = "layer"
    shapes: ClassVar[bool] = True

    do: Literal["strip"] = "strip"
    layer: Name

    @property
    def layers(self) -> tuple[str, ...]:
        """The one that it removes."""
        return (self.layer,)

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state without the layer."""
        from bumpform.process.changes import after_cut
        from bumpform.stack.cut import strip

        return after_cut(state, strip(state.stack, self.layer))


def resists(stack: Stack, case: Case, materials: Materials) -> set[str]:
    """Names of the resists of a stack: photoresists, dry films, and what is stripped later."""
    stripped = {s.layer for s in case.steps if isinstance(s, Strip)}
    return {
        r.name
        for r in stack.regions
        if r.is_dielectric and (r.name in stripped or materials.get(r.material).is_resist)
    }
