"""Metal plated about the axis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from bumpform.steps.step import Role, Step
from bumpform.steps.strip import resists
from bumpform.units.fields import KeyRuleError, Length, MaterialName, Model, Name, listed

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State

__all__ = ["Plate", "Plating"]


class Plating(Model):
    """Metal plated through a layer's opening: how high above the surface at the axis."""

    layer: Name
    height: Length


class Plate(Step):
    """Metal plated about the axis, level on top: seed, UBM layer, pillar.

    A disc of a `radius`, its `thickness` above the surface at the axis; through an opening of that
    radius it fills the opening, and a resist with a smaller one ends it. Or what grows through a
    layer's opening to a `height` (`fill`): higher than the layer it mushrooms, growing over the rim
    as far as up. Where something else under it rises above its top, it lies as thick everywhere.
    `layer` names it for later steps; without it, its material does.
    """

    gives: ClassVar[tuple[str, ...]] = ("layer", "plate")
    identity: ClassVar[str] = "layer"
    shapes: ClassVar[bool] = True

    do: Literal["plate"] = "plate"
    layer: Name | None = None
    material: MaterialName
    radius: Length | None = None
    thickness: Length | None = None
    fill: Plating | None = None
    role: Role | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Plate:
        keys = ("radius", "thickness", "fill")
        given = [key for key in keys if getattr(self, key) is not None]
        if given not in (["radius", "thickness"], ["fill"]):
            rule = "either radius and thickness or fill is needed"
            key = given[-1] if given else ""
            raise KeyRuleError(f"{rule}; came {listed(given) if given else 'none'}.", key)
        return self

    @property
    def name(self) -> str:
        """Name of what it adds."""
        return self.layer or self.material

    @property
    def makes(self) -> str:
        """Name of what it adds."""
        return self.name

    @property
    def layers(self) -> tuple[str, ...]:
        """The one whose opening it fills."""
        return () if self.fill is None else (self.fill.layer,)

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state with metal on all but resists."""
        from bumpform.growth.plated import plate
        from bumpform.growth.plated_through import plate_through
        from bumpform.process.changes import noted
        from bumpform.process.state import cavity_of

        if self.fill is not None:
            plated = plate_through(
                state.stack,
                name=self.name,
                material=self.material,
                layer=self.fill.layer,
                height=self.fill.height,
            )
        else:
            assert self.radius is not None
            assert self.thickness is not None
            plated = plate(
                state.stack,
                name=self.name,
                material=self.material,
                radius=self.radius,
                thickness=self.thickness,
                resists=resists(state.stack, case, materials),
            )
        after = replace(state, stack=plated.stack, cavity=cavity_of(plated.stack))
        if plated.note:
            after = replace(after, notes=(*after.notes, f"plate {self.name}: {plated.note}"))
        return noted(after, state, self)
