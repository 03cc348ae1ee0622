"""One material: its properties, each with source and mark, and what they are at a temperature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from bumpform.units.units import format_quantity

__all__ = [
    "MARKS",
    "PROPERTY_DIMENSIONS",
    "Liquid",
    "Mark",
    "Material",
    "MeltingBounds",
    "Property",
]

type Mark = Literal["S", "C", "R", "U"]

#: What a material is.
type MaterialKind = Literal[
    "solder", "metal", "dielectric", "photoresist", "dry film", "semiconductor"
]

MARKS: Final[Mapping[str, str]] = {
    "S": "read in the source",
    "C": "computed from other entries",
    "R": "commonly quoted, not verified",
    "U": "given in the case",
}

PROPERTY_DIMENSIONS: Final[Mapping[str, str]] = {
    "solidus": "temperature",
    "liquidus": "temperature",
    "density_solid": "density",
    "density_liquid": "density",
    "surface_tension": "surface_tension",
}


@dataclass(frozen=True)
class Property:
    """A value that is linear in temperature, and how sure it is.

    Attributes
    ----------
    value : float, SI
        At `reference`.
    source : str
    verified : "S", "C", "R" or "U"
        See `MARKS`.
    slope : float, SI per K
    reference : float, K
    other : tuple of str
        Values that sources give for other conditions.
    """

    value: float
    source: str
    verified: Mark
    slope: float = 0.0
    reference: float = 0.0
    other: tuple[str, ...] = ()

    def at(self, temperature: float) -> float:
        """Value in SI at a temperature in K."""
        return self.value + self.slope * (temperature - self.reference)


class Liquid(NamedTuple):
    """A molten solder at the temperature of a stage."""

    surface_tension: float
    """N/m"""
    density: float
    """kg/m³"""


class MeltingBounds(NamedTuple):
    """Where solders fused together are solid or molten, whatever their proportions."""

    solid_below: Property
    """K"""
    molten_above: Property
    """K"""


@dataclass(frozen=True)
class Material:
    """A material of the library, of a case, or of the library with a case's values.

    Attributes
    ----------
    name : str
    kind : MaterialKind or ""
        Empty where nobody has said it.
    composition : tuple of (element, mass fraction)
        Of a solder; sums to 1.
    solidus, liquidus : Property or None
        K; a solder has both.
    density_solid, density_liquid : Property or None
        kg/m³
    surface_tension : Property or None
        Of the melt against the atmosphere, N/m.
    color : str
        For drawings, ``"#rrggbb"``.
    aliases : tuple of str
    group_viiib, noble : bool
        Metal of the columns VIIIB, which holds diffusion back; metal that keeps its surface.
    """

    name: str
    kind: MaterialKind | Literal[""]
    composition: tuple[tuple[str, float], ...] = ()
    solidus: Property | None = None
    liquidus: Property | None = None
    density_solid: Property | None = None
    density_liquid: Property | None = None
    surface_tension: Property | None = None
    color: str = "#b0b0b0"
    aliases: tuple[str, ...] = ()
    group_viiib: bool = False
    noble: bool = False

    @property
    def is_solder(self) -> bool:
        """Whether it is made to melt."""
        return self.kind == "solder"

    @property
    def is_metal(self) -> bool:
        """Whether it is a metal, and no solder."""
        return self.kind == "metal"

    @property
    def is_resist(self) -> bool:
        """Whether it is made to be stripped."""
        return self.kind in ("photoresist", "dry film")

    def properties(self) -> Iterator[tuple[str, Property]]:
        """Every property that is known, with its name."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Property):
                yield field.name, value

    def missing_for_melting(self) -> tuple[str, ...]:
        """Names of what a solder must have and this one lacks."""
        needed = ("solidus", "liquidus", "density_liquid", "surface_tension", "composition")
        return tuple(name for name in needed if not getattr(self, name))


@lru_cache(maxsize=256)  # a library's values are told of in every run
def describe(name: str, prop: Property) -> str:
    """Value of a named property as a reader wants it, with its slope.

    Examples
    --------
    >>> describe("surface_tension", Property(0.46, "x", "R", -1e-4, 585.15))
    '0.46 N/m at 312 °C, -0.0001 per K'
    """
    text = format_quantity(prop.value, PROPERTY_DIMENSIONS.get(name, "angle"))
    if prop.slope:
        at = format_quantity(prop.reference, "temperature") if prop.reference else "0 K"
        text += f" at {at}, {prop.slope:.4g} per K"
    return text
