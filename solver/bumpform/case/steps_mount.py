"""The step that puts a package onto the stack and melts the joint between them."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from bumpform.case.fields import Force, Length, MaterialName, Model, Name, Temperature
from bumpform.case.step_base import Step

__all__ = ["Mount", "MountBase", "MountOpening", "MountPad", "MountResist"]


class MountPad(Model):
    """The package's terminal; its face looks down."""

    radius: Length
    material: MaterialName


class MountBase(Model):
    """What surrounds the package's terminal, flush with it."""

    material: MaterialName


class MountOpening(Model):
    """Round opening with a straight wall."""

    radius: Length


class MountResist(Model):
    """Solder resist on the package."""

    material: MaterialName
    thickness: Length
    opening: MountOpening


class Mount(Step):
    """A package set on the stack, and the peak at which the solder joins both pads.

    Exactly one of `load` (weight on this joint, N; may be 0, or negative for a pull) and
    `standoff` (a fixed gap between the pads).
    """

    needs: ClassVar[tuple[str, ...]] = ("substrate", "solder")
    gives: ClassVar[tuple[str, ...]] = ("package",)
    identity: ClassVar[str] = "name"

    do: Literal["mount"] = "mount"
    name: Name = "mount"
    pad: MountPad
    base: MountBase
    resist: MountResist | None = None
    load: Force | None = None
    standoff: Length | None = None
    peak: Temperature
    remelts: bool = False

    @model_validator(mode="after")
    def _load_or_standoff(self) -> Mount:
        if (self.load is None) == (self.standoff is None):
            raise ValueError("exactly one of load and standoff is needed.")
        return self

    @property
    def peak_K(self) -> float:
        """Highest temperature of the stage, K."""
        return self.peak
