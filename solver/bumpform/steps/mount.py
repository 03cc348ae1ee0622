"""The step that puts a package onto the stack and melts the joint between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from bumpform.steps.step import Heated, Step
from bumpform.units.amounts import Amounted
from bumpform.units.fields import (
    DielectricName,
    Force,
    KeyRuleError,
    Length,
    Mass,
    MaterialName,
    Model,
    Name,
    NonNegativeLength,
    Peak,
    need_one,
)
from bumpform.units.units import exceeds

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State

__all__ = [
    "Mount",
    "MountBase",
    "MountOpening",
    "MountPad",
    "MountPillar",
    "MountResist",
    "MountSolder",
    "attached_solder",
]


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
            raise KeyRuleError("a pad that stands proud needs its thickness.", "proud")
        if self.thickness is not None and exceeds(self.proud, self.thickness):
            raise KeyRuleError("must be at most the pad's thickness.", "proud")
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


class MountPillar(Model):
    """Pillar on the package's pad, that does not melt: a cylinder about the axis, level below.

    `height` counts from the pad's face down; the resist's opening has to be wide enough for it.
    """

    radius: Length
    height: Length
    material: MaterialName


class MountSolder(Amounted):
    """Solder or paste on the package's pad, or on its pillar.

    Its amount is said as a deposit's is: `volume`, `column`, `stencil`, `ball`, or the `fill` of
    the package's opening, whose `layer` is "resist". It melts where the peak exceeds its liquidus,
    and is one liquid with the stack's molten solder where they touch; else it is a solid bump of
    the shape in which it was put there; or, where it was `attached` at the peak of a reflow of the
    package alone (its pad up), of the shape that it froze to in that.
    """

    attached: Peak | None = None


class Mount(Heated, Step):
    """A package set on the stack, and the peak at which the solder joins both pads.

    Exactly one of `load` (force on this joint, N, that presses the package onto the stack whichever
    way up it is; may be 0, or negative for a pull), `mass` (the package's, on this joint: its
    weight presses, and pulls where all hangs) and `standoff` (a fixed gap between the pads, to
    which the package is pressed or drawn once the solder has met it).

    `lifted = true`: the package is held at its standoff before anything melts (warped off, say).
    What melts then joins only if it meets of itself; else the joint stays open (head in pillow).
    """

    needs: ClassVar[tuple[str, ...]] = ("substrate", "solder")
    gives: ClassVar[tuple[str, ...]] = ("package",)
    identity: ClassVar[str] = "name"
    shapes: ClassVar[bool] = True

    do: Literal["mount"] = "mount"
    name: Name = "mount"
    pad: MountPad
    base: MountBase
    resist: MountResist | None = None
    pillar: MountPillar | None = None
    solder: MountSolder | None = None
    load: Force | None = None
    mass: Mass | None = None
    standoff: Length | None = None
    lifted: bool = False
    peak: Peak
    remelts: bool = False

    @model_validator(mode="after")
    def _held_one_way(self) -> Mount:
        need_one(load=self.load, mass=self.mass, standoff=self.standoff)
        if self.lifted and self.standoff is None:
            came = "load" if self.mass is None else "mass"
            raise KeyRuleError(
                f"a package that is lifted off is held at its standoff: give that, not its {came}.",
                "lifted",
            )
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

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state with the package on it, joined or not."""
        from bumpform.process.mounts.mount import mount
        from bumpform.process.stages import after_freezing, setting_of, with_package

        setting = setting_of(state, self, self.peak_K, case, materials)
        stage = after_freezing(mount(setting), self.peak_K, case, materials)
        return with_package(state, self, stage, setting.contents, self.peak_K)


def attached_solder(step: Step) -> str | None:
    """The solder that a package brings as a reflow of its own has attached it, if it does."""
    if not isinstance(step, Mount) or step.solder is None or step.solder.attached is None:
        return None
    return step.solder.solder
