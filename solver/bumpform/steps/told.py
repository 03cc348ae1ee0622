"""Steps that change no shape, but belong to the process: clean, cure, flux, note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from bumpform.errors import ProcessError
from bumpform.steps.step import Step
from bumpform.units.fields import Name, Temperature, Time

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State
    from bumpform.stack.stack import Region

__all__ = ["Clean", "Cure", "Flux", "Note"]


class Clean(Step):
    """Residue of the flux removed; the shape stays."""

    do: Literal["clean"] = "clean"


class Cure(Step):
    """A layer hardened by heat; no solder that is there may melt at its temperature."""

    identity: ClassVar[str] = "layer"

    do: Literal["cure"] = "cure"
    layer: Name | None = None
    temperature: Temperature
    time: Time | None = None

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The same state: no solder may melt in a cure."""
        from bumpform.process.reflows.melt import is_molten
        from bumpform.units.units import format_quantity

        at = format_quantity(self.temperature, "temperature")
        for region in (r for r in state.stack.regions if r.is_solder):
            sooner = "before it is put there, or " if self._may_precede(region, case) else ""
            if materials.half_molten(region.material, self.temperature):
                solidus = materials.get(region.material).solidus
                assert solidus is not None
                raise ProcessError(
                    f"cure: {region.name} would begin to melt at {at}: cure {sooner}below "
                    f"{format_quantity(solidus.value, 'temperature')}",
                    key="temperature",
                )
            content = state.contents[region.name]
            if is_molten(region.material, content, self.temperature, materials, "temperature"):
                raise ProcessError(
                    f"cure: {region.name} would melt at {at}: cure {sooner}at a lower temperature, "
                    "or write a reflow at that temperature",
                    key="temperature",
                )
        return state

    def _may_precede(self, body: Region, case: Case) -> bool:
        """Whether a cure may come before any of a body's solder: that is put on what is cured."""
        from bumpform.case.checks.metal import put_down

        solders = body.material.split("+")
        made = [i for i, step in enumerate(case.steps) if self.layer and step.makes == self.layer]
        put = [i for _, i, amount in put_down(case.steps) if amount.solder in solders]
        return max(made, default=0) < min(put, default=0)


class Flux(Step):
    """Flux put on before a reflow."""

    do: Literal["flux"] = "flux"


class Note(Step):
    """Something that the report shall say."""

    do: Literal["note"] = "note"
    text: Annotated[str, Field(min_length=1, max_length=500)]

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state with the note."""
        return replace(state, notes=(*state.notes, self.text))
