"""How an amount of solder is said: on the stack as a deposit, on the pad of a package."""

from __future__ import annotations

import math
from typing import ClassVar

from pydantic import model_validator

from bumpform.case.fields import Fraction, Length, Model, Name, SolderName, Volume

__all__ = ["Amounted", "Ball", "Column", "Fill", "Stencil"]


class Column(Model):
    """Plated or placed cylinder of solder."""

    radius: Length
    height: Length


class Fill(Model):
    """A layer's opening filled level with its top; `metal_fraction` by volume."""

    layer: Name
    metal_fraction: Fraction = 1.0


class Stencil(Model):
    """Paste printed through a stencil's aperture; `metal_fraction` by volume.

    The stencil lies on what is highest beside its aperture: paste fills what is open below it, an
    opening too, and stands up to the stencil's top. `transfer` is the part of all that which stays.
    """

    radius: Length
    thickness: Length
    transfer: Fraction = 1.0
    metal_fraction: Fraction = 1.0

    @property
    def aperture(self) -> float:
        """Room of the aperture, m³."""
        return math.pi * self.radius**2 * self.thickness


class Ball(Model):
    """A placed sphere of solder."""

    diameter: Length


class Amounted(Model):
    """Solder, its amount said in exactly one way."""

    solder: SolderName
    volume: Volume | None = None
    column: Column | None = None
    fill: Fill | None = None
    stencil: Stencil | None = None
    ball: Ball | None = None

    ways: ClassVar[tuple[str, ...]] = ("volume", "column", "fill", "stencil", "ball")

    @model_validator(mode="after")
    def _one_amount(self) -> Amounted:
        given = [way for way in self.ways if getattr(self, way) is not None]
        if len(given) != 1:
            came = " and ".join(given) if given else "none"
            raise ValueError(f"exactly one of {', '.join(self.ways)} is needed; came {came}.")
        return self

    @property
    def way(self) -> str:
        """How the amount is said: one of `ways`."""
        return next(way for way in self.ways if getattr(self, way) is not None)

    @property
    def metal_volume(self) -> float | None:
        """Volume of metal in m³; None for a fill and a print, which depend on the stack."""
        if self.volume is not None:
            return self.volume
        if self.column is not None:
            return math.pi * self.column.radius**2 * self.column.height
        if self.ball is not None:
            return math.pi / 6 * self.ball.diameter**3
        return None
