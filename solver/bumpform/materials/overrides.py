"""What a case may say about a material: `[materials.X]`."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator

from bumpform.materials.material import Material, MaterialKind, Property
from bumpform.units.fields import (
    Density,
    Fraction,
    Frozen,
    FrozenDict,
    Model,
    SurfaceTension,
    Temperature,
    listed,
)

__all__ = ["MaterialOverride"]

_ELEMENT: Final = re.compile(r"[A-Z][a-z]?")


def _color(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        return value
    raise ValueError('a colour is needed as "#rrggbb".')


def _composition(shares: FrozenDict) -> FrozenDict:
    rules = []
    if strange := [f'"{name}"' for name in shares if not _ELEMENT.fullmatch(name)]:
        kind = "is not a chemical symbol" if len(strange) == 1 else "are no chemical symbols"
        rules.append(f"{listed(strange)} {kind}.")
    total = math.fsum(shares.values())
    if abs(total - 1) > 1e-6:
        rules.append(f"adds up to {total:.6g}; it must add up to 1.")
    if rules:
        raise ValueError(" It ".join(rules))
    return shares


class MaterialOverride(Model):
    """Values of one material that replace the library's, or make a material that it lacks.

    A property holds at the temperature of every stage: it has no slope. `density` is that of the
    melt for a solder, else of the solid.
    """

    kind: MaterialKind | None = None
    composition: Annotated[Frozen[Fraction], AfterValidator(_composition)] | None = None
    solidus: Temperature | None = None
    liquidus: Temperature | None = None
    density: Density | None = None
    density_solid: Density | None = None
    surface_tension: SurfaceTension | None = None
    color: Annotated[str, BeforeValidator(_color)] | None = None
    group_viiib: bool | None = None
    noble: bool | None = None

    def applied_to(self, base: Material) -> Material:
        """Return `base` with the values given here in place of its own."""
        values: dict[str, Any] = {
            key: value for key, value in self if value is not None and key != "density"
        }
        if self.density is not None:
            kind = self.kind or base.kind
            values["density_liquid" if kind == "solder" else "density_solid"] = self.density
        for key, value in values.items():
            if isinstance(value, float):
                values[key] = Property(value, "the case", "U")
            elif isinstance(value, FrozenDict):
                values[key] = tuple(value.items())
        return Material(**{**base.__dict__, **values})
