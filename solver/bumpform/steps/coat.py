"""A layer over everything: planarising, or conformal."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from bumpform.steps.step import Role, Step
from bumpform.units.fields import DielectricName, KeyRuleError, Length, Model, Name, Sidewall

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State

__all__ = ["Coat", "Opening"]


class Opening(Model):
    """Round opening: radius at its bottom; a sidewall below 90° widens upwards."""

    radius: Length
    sidewall: Sidewall = math.pi / 2

    def radius_at(self, height: float) -> float:
        """Radius in m at a height in m above the opening's bottom."""
        # cos/sin, not 1/tan: exactly vertical must not become 6e-17 off
        slope = 0.0 if self.sidewall == math.pi / 2 else 1.0 / math.tan(self.sidewall)
        return self.radius + height * slope


class Coat(Step):
    """Layer over everything.

    It planarises: fills up to its top, `thickness` above the field, around whatever stands there.
    Or, with `growth = "conformal"`, it is a film of that thickness everywhere, over steps too; its
    opening then has an upright wall.
    """

    gives: ClassVar[tuple[str, ...]] = ("layer",)
    identity: ClassVar[str] = "layer"
    shapes: ClassVar[bool] = True

    do: Literal["coat"] = "coat"
    layer: Name
    material: DielectricName
    thickness: Length
    opening: Opening | None = None
    growth: Literal["planar", "conformal"] = "planar"
    role: Role | None = None

    @model_validator(mode="after")
    def _upright_opening_of_a_film(self) -> Coat:
        tilted = self.opening is not None and self.opening.sidewall != math.pi / 2
        if self.growth == "conformal" and tilted:
            rule = "the opening of a conformal coat is upright: leave out its sidewall."
            raise KeyRuleError(rule, "opening.sidewall")
        return self

    @model_validator(mode="after")
    def _opening_reaches_the_top(self) -> Coat:
        if self.opening is not None and self.opening.radius_at(self.thickness) <= 0:
            rule = "the opening closes below the layer's top: lower its sidewall angle."
            raise KeyRuleError(rule, "opening.sidewall")
        return self

    @property
    def makes(self) -> str:
        """The layer."""
        return self.layer

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state with the layer on it."""
        from bumpform.growth.conformal import coat_conformal
        from bumpform.process.changes import noted
        from bumpform.process.state import cavity_of
        from bumpform.stack.layers import coat, overhang
        from bumpform.units.units import format_quantity

        opening = self.opening
        if self.growth == "conformal":
            stack = coat_conformal(
                state.stack,
                layer=self.layer,
                material=self.material,
                thickness=self.thickness,
                opening_radius=opening.radius if opening else None,
            )
            return noted(replace(state, stack=stack, cavity=cavity_of(stack)), state, self)
        stack = coat(
            state.stack,
            layer=self.layer,
            material=self.material,
            thickness=self.thickness,
            opening_radius=opening.radius if opening else None,
            sidewall=opening.sidewall if opening else 0.0,
        )
        after = replace(state, stack=stack, cavity=cavity_of(stack))
        room = overhang(state.stack, self.thickness) if opening is None else None
        if room is not None:
            text = (
                f"coat {self.layer}: it fills under the overhang of {room.body}; a film that does "
                "not flow there would leave a void of up to "
                f"{format_quantity(room.volume, 'volume')}"
            )
            after = replace(after, notes=(*after.notes, text))
        return noted(after, state, self)
