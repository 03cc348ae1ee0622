"""How an amount of solder is said: on the stack as a deposit, on the pad of a package."""

from __future__ import annotations

import math
from typing import ClassVar

from pydantic import model_validator

from bumpform.units.fields import (
    FluxDensity,
    Fraction,
    KeyRuleError,
    Length,
    Model,
    Name,
    SolderName,
    Volume,
    need_one,
)

__all__ = ["Amounted", "Ball", "Column", "Fill", "Stencil", "metal_share"]


class Column(Model):
    """Plated or placed cylinder of solder."""

    radius: Length
    height: Length


def _said_once(paste: Fill | Stencil) -> Fill | Stencil:
    if (paste.metal_weight_fraction is None) != (paste.flux_density is None):
        alone = "flux_density" if paste.metal_weight_fraction is None else "metal_weight_fraction"
        rule = f"metal_weight_fraction and flux_density are needed together; came {alone} alone."
        raise KeyRuleError(rule, alone)
    if paste.metal_weight_fraction is not None and paste.metal_fraction != 1.0:
        raise KeyRuleError(
            "metal_fraction (by volume) or metal_weight_fraction is needed, not both; came both.",
            "metal_fraction",
        )
    return paste


class Fill(Model):
    """A layer's opening filled level with its top.

    `metal_fraction` is by volume; or `metal_weight_fraction` by weight, with the flux's density.
    """

    layer: Name
    metal_fraction: Fraction = 1.0
    metal_weight_fraction: Fraction | None = None
    flux_density: FluxDensity | None = None

    _fractions = model_validator(mode="after")(_said_once)


class Stencil(Model):
    """Paste printed through a stencil's aperture; fractions of metal as those of a fill.

    The stencil lies on what is highest beside its aperture: paste fills what is open below it, an
    opening too, and stands up to the stencil's top. `transfer` is the part of all that which stays.
    Solid that stands up into the aperture (a core, a bump, a proud land) takes nothing from the
    amount, which is that of the whole aperture; a note says how much stands there.
    """

    radius: Length
    thickness: Length
    transfer: Fraction = 1.0
    metal_fraction: Fraction = 1.0
    metal_weight_fraction: Fraction | None = None
    flux_density: FluxDensity | None = None

    _fractions = model_validator(mode="after")(_said_once)

    @property
    def aperture(self) -> float:
        """Room of the aperture, m³."""
        return math.pi * self.radius**2 * self.thickness


def metal_share(paste: Fill | Stencil, metal_density: float | None) -> float:
    """Part of a paste's volume that is metal.

    Of a weight fraction w with flux of density ρ_f: (w/ρ) / (w/ρ + (1 − w)/ρ_f).

    Parameters
    ----------
    paste : Fill or Stencil
    metal_density : float or None, kg/m³
        Of the solid metal; needed for a fraction by weight only.
    """
    if paste.metal_weight_fraction is None or paste.flux_density is None:
        return paste.metal_fraction
    assert metal_density is not None
    metal = paste.metal_weight_fraction / metal_density
    return metal / (metal + (1.0 - paste.metal_weight_fraction) / paste.flux_density)


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
        need_one(**{way: getattr(self, way) for way in self.ways})
        return self

    @property
    def way(self) -> str:
        """How the amount is said: one of `ways`."""
        return next(way for way in self.ways if getattr(self, way) is not None)

    @property
    def is_soft(self) -> bool:
        """Whether what is put down gives way to what is set on it; solid metal does not."""
        return self.ball is None and self.column is None

    @property
    def paste(self) -> Fill | Stencil | None:
        """What is filled in or printed; None where the amount is of metal alone."""
        return self.fill or self.stencil

    @property
    def is_by_weight(self) -> bool:
        """Whether it is a paste whose metal is said by weight."""
        return self.paste is not None and self.paste.metal_weight_fraction is not None

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
