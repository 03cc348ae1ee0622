"""Steps that add or take away solid without melting: plated discs, cores, etching, abrading."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from bumpform.case.fields import Length, MaterialName, Model, Name
from bumpform.case.step_base import Role, Step

__all__ = ["Abrade", "BelowTop", "Core", "Etch", "Plate", "Plating", "Strip"]


class Plating(Model):
    """Metal plated through a layer's opening: how high above the surface at the axis."""

    layer: Name
    height: Length


class Plate(Step):
    """Metal plated about the axis, level on top: seed, UBM layer, pillar.

    A disc of a `radius`, its `thickness` above the surface at the axis; through an opening of that
    radius it fills the opening, and a resist with a smaller one ends it. Where something else under
    it rises above its top, it lies as thick everywhere. Or what grows through a layer's opening to
    a `height` (`fill`): higher than the layer it mushrooms, growing over the rim as far as up.
    `layer` names it for later steps; without it, its material does.
    """

    gives: ClassVar[tuple[str, ...]] = ("layer", "plate")
    identity: ClassVar[str] = "layer"

    do: Literal["plate"] = "plate"
    layer: Name | None = None
    material: MaterialName
    radius: Length | None = None
    thickness: Length | None = None
    fill: Plating | None = None
    role: Role | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Plate:
        disc = (self.radius is not None, self.thickness is not None)
        if self.fill is not None and any(disc):
            raise ValueError("either radius and thickness or fill is needed; came both.")
        if self.fill is None and not all(disc):
            raise ValueError("either radius and thickness or fill is needed.")
        return self

    @property
    def name(self) -> str:
        """Name of what it adds."""
        return self.layer or self.material


class Core(Step):
    """Solid ball that rests on the stack at the axis; it never melts."""

    gives: ClassVar[tuple[str, ...]] = ("core",)

    do: Literal["core"] = "core"
    material: MaterialName
    diameter: Length


class Etch(Step):
    """A layer's top lowered by a thickness; what else is there is not attacked.

    Without a `mask`, a level top that nothing stands on is lowered as a whole; the walls of its
    openings stay where they are. With `mask = "above"`, and wherever something stands on the layer
    or its top is not level, it is etched straight down where nothing covers it, to any depth: where
    that is as much as the layer's thickness, the layer is gone there, and what it lay on shows.
    There is no undercut.
    """

    needs: ClassVar[tuple[str, ...]] = ("substrate", "layer")
    identity: ClassVar[str] = "layer"

    do: Literal["etch"] = "etch"
    layer: Name
    by: Length
    mask: Literal["above"] | None = None


class Strip(Step):
    """A whole layer removed: a resist, a mask."""

    needs: ClassVar[tuple[str, ...]] = ("substrate", "layer")
    identity: ClassVar[str] = "layer"

    do: Literal["strip"] = "strip"
    layer: Name


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

    do: Literal["abrade"] = "abrade"
    to: Length | None = None
    below_top: BelowTop | None = None

    @model_validator(mode="after")
    def _one_plane(self) -> Abrade:
        if (self.to is None) == (self.below_top is None):
            raise ValueError("exactly one of to and below_top is needed.")
        return self
