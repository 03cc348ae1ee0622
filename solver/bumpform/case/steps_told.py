"""Steps that change no shape, but belong to the process: cure, flux, note."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bumpform.case.fields import Name, Temperature, Time
from bumpform.case.step_base import Step

__all__ = ["Cure", "Flux", "Note"]


class Cure(Step):
    """A layer hardened by heat; no solder that is there may melt at its temperature."""

    identity: ClassVar[str] = "layer"

    do: Literal["cure"] = "cure"
    layer: Name | None = None
    temperature: Temperature
    time: Time | None = None


class Flux(Step):
    """Flux put on before a reflow."""

    do: Literal["flux"] = "flux"


class Note(Step):
    """Something that the report shall say."""

    do: Literal["note"] = "note"
    text: Annotated[str, Field(min_length=1, max_length=500)]
