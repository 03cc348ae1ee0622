"""The pad and what surrounds it: what every process starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from bumpform.steps.step import Step
from bumpform.units.fields import (
    DielectricName,
    KeyRuleError,
    Length,
    MaterialName,
    Model,
    NonNegativeLength,
)
from bumpform.units.units import exceeds

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.process.state import State

__all__ = ["Base", "Pad", "Substrate"]


class Pad(Model):
    """Terminal under the bump; its top is z = 0, `proud` above the base (0: flush with it)."""

    radius: Length
    thickness: Length
    material: MaterialName
    proud: NonNegativeLength = 0.0

    @model_validator(mode="after")
    def _stands_in_the_base(self) -> Pad:
        if exceeds(self.proud, self.thickness):
            raise KeyRuleError(
                "is more than the pad's thickness: the pad would hang in air.", "proud"
            )
        return self


class Base(Model):
    """What surrounds the pad."""

    material: DielectricName


class Substrate(Step):
    """Pad and base: what the process starts from."""

    needs: ClassVar[tuple[str, ...]] = ()
    gives: ClassVar[tuple[str, ...]] = ("substrate",)

    do: Literal["substrate"] = "substrate"
    pad: Pad
    base: Base

    def begin(self, case: Case) -> State:
        """The first state: a stack of pad and base."""
        from bumpform.process.state import State, model_radius
        from bumpform.stack.layers import substrate

        stack = substrate(
            pad_radius=self.pad.radius,
            pad_thickness=self.pad.thickness,
            pad_material=self.pad.material,
            base_material=self.base.material,
            outer=model_radius(case),
            proud=self.pad.proud,
        )
        return State(stack, {})
