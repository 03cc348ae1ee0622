"""The step that puts a package onto the stack and melts the joint between them."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from bumpform.case.fields import (
    DielectricName,
    Force,
    Length,
    Mass,
    MaterialName,
    Model,
    Name,
    NonNegativeLength,
    Temperature,
)
from bumpform.case.step_base import Step

__all__ = ["Mount", "MountBase", "MountOpening", "MountPad", "MountResist"]


class MountPad(Model):
    """The package's terminal; its face looks down.

    `proud`: how far it stands out of the base, at most its `thickness`; 0: flush with the base.
    Without a thickness it is a tenth of its radius thick, which no shape of liquid depends on.
    """

    radius: Length
    material: MaterialName
    thickness: Length | None = None
    proud: NonNegativeLength = 0.0

    @model_validator(mode="after")
    def _no_prouder_than_thick(self) -> MountPad:
        if self.proud > 0.0 and self.thickness is None:
            raise ValueError("a pad that stands proud needs its thickness.")
        if self.thickness is not None and self.proud > self.thickness:
            raise ValueError("proud must be at most the pad's thickness.")
        return self


class MountBase(Model):
    """What surrounds the package's terminal.

    Its `thickness` is that of the package, for meshes: more than what the pad has inside of it.
    """

    material: DielectricName
    thickness: Length | None = None


class MountOpening(Model):
    """Round opening with a straight wall."""

    radius: Length


class MountResist(Model):
    """Solder resist on the package."""

    material: DielectricName
    thickness: Length
    opening: MountOpening


class Mount(Step):
    """A package set on the stack, and the peak at which the solder joins both pads.

    Exactly one of `load` (force on this joint, N, that presses the package onto the stack whichever
    way up it is; may be 0, or negative for a pull), `mass` (the package's, on this joint: its
    weight presses, and pulls where all hangs) and `standoff` (a fixed gap between the pads).
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
    mass: Mass | None = None
    standoff: Length | None = None
    peak: Temperature
    remelts: bool = False

    @model_validator(mode="after")
    def _held_one_way(self) -> Mount:
        if sum(given is not None for given in (self.load, self.mass, self.standoff)) != 1:
            raise ValueError("exactly one of load, mass and standoff is needed.")
        return self

    def pressed_by(self, gravity: float) -> float | None:
        """Force that presses the package onto the stack, N; None where its standoff is fixed.

        Parameters
        ----------
        gravity : float, m/s²
            Negative where all hangs.
        """
        return self.load if self.mass is None else self.mass * gravity

    @property
    def peak_K(self) -> float:
        """Highest temperature of the stage, K."""
        return self.peak
