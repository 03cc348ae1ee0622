"""Field types that the models of a case are made of: quantities, names, frozen mappings."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bumpform.errors import QuantityError
from bumpform.units.table import DIMENSIONS
from bumpform.units.units import format_quantity, parse_quantity

__all__ = [
    "Acceleration",
    "Angle",
    "Density",
    "DielectricName",
    "Force",
    "Fraction",
    "Frozen",
    "FrozenDict",
    "Length",
    "Mass",
    "MaterialName",
    "Model",
    "Name",
    "NonNegativeLength",
    "Quantity",
    "Sidewall",
    "SolderName",
    "SurfaceTension",
    "Temperature",
    "Time",
    "Uses",
    "Volume",
]


class Model(BaseModel):
    """Base of every model of a case: frozen, hashable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FrozenDict(dict[str, Any]):
    """A mapping that cannot change, so that a case can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a case cannot be changed: use Case.with_values for a new one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


type Frozen[V: Hashable] = Annotated[Mapping[str, V], AfterValidator(FrozenDict)]


@dataclass(frozen=True)
class Quantity:
    """Marks a float field as a quantity: text with a unit or a number in SI, within limits.

    Parameters
    ----------
    dimension : str
        A key of `bumpform.units.table.DIMENSIONS`.
    above, below : float, optional
        Exclusive limits, SI.
    least, most : float, optional
        Inclusive limits, SI.
    """

    dimension: str
    above: float | None = None
    below: float | None = None
    least: float | None = None
    most: float | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        limits = {
            "exclusiveMinimum": self.above,
            "exclusiveMaximum": self.below,
            "minimum": self.least,
            "maximum": self.most,
        }
        number = {"type": "number"} | {k: v for k, v in limits.items() if v is not None}
        dimension = DIMENSIONS[self.dimension]
        si = f", or a number in {dimension.si}" if dimension.si else ", or a number"
        words = self.dimension.replace("_", " ")
        return {
            "anyOf": [{"type": "string"}, number],
            "description": f'{words}: text with its unit, as "{dimension.example}"{si}',
        }

    def read(self, value: object) -> float:
        """Float in SI, within the limits.

        Raises
        ------
        QuantityError
            If `value` is no such quantity.
        """
        number = parse_quantity(value, self.dimension)
        rules = (
            (self.above is not None and number <= self.above, "above", self.above),
            (self.below is not None and number >= self.below, "below", self.below),
            (self.least is not None and number < self.least, "at least", self.least),
            (self.most is not None and number > self.most, "at most", self.most),
        )
        for broken, words, limit in rules:
            if broken and limit is not None:
                bound = _bound(limit, self.dimension)
                si = DIMENSIONS[self.dimension].si
                hint = f" (a bare number is in {si})" if si and not isinstance(value, str) else ""
                raise QuantityError(f"must be {words} {bound}{hint}.")
        return number


def _bound(limit: float, dimension: str) -> str:
    if limit == 0 and dimension == "temperature":
        return "0 K"
    return format_quantity(limit, dimension) if limit else "0"


@dataclass(frozen=True)
class Uses:
    """Marks a text field as the name of a material, of a given kind where one is asked for.

    `example` is what messages suggest.
    """

    kind: str | None = None
    example: str = "Cu"


_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.+-]*")


def _name(value: object) -> str:
    if isinstance(value, str) and _SAFE_NAME.fullmatch(value) and len(value) <= 80:
        return value
    raise ValueError(
        "a name is needed: it starts with a letter or digit and has at most 80 characters: "
        "letters, digits, spaces and _ . + -"
    )


# A length of 1 m or more in a bump is a forgotten unit; below an ångström matter has no shape.
Length = Annotated[float, Quantity("length", above=0.0, least=1e-10, most=1.0)]
NonNegativeLength = Annotated[float, Quantity("length", least=0.0, most=1.0)]
Volume = Annotated[float, Quantity("volume", above=0.0, least=1e-27, most=1e-3)]
Temperature = Annotated[float, Quantity("temperature", above=0.0, most=4000.0)]
Time = Annotated[float, Quantity("time", least=0.0)]
SurfaceTension = Annotated[float, Quantity("surface_tension", above=0.0, least=1e-4, most=10.0)]
Density = Annotated[float, Quantity("density", above=0.0, least=1.0, most=3e4)]
Acceleration = Annotated[float, Quantity("acceleration", least=-1e5, most=1e5)]
# A package's weight on one joint is far below 1 kN.
Force = Annotated[float, Quantity("force", least=-1e3, most=1e3)]
Mass = Annotated[float, Quantity("mass", least=0.0, most=100.0)]
Fraction = Annotated[float, Quantity("fraction", above=0.0, most=1.0)]
Angle = Annotated[float, Quantity("angle", above=0.0, below=parse_quantity("180 deg", "angle"))]
Sidewall = Annotated[
    float,
    Quantity(
        "angle", least=parse_quantity("30 deg", "angle"), most=parse_quantity("150 deg", "angle")
    ),
]
Name = Annotated[str, BeforeValidator(_name)]
MaterialName = Annotated[str, Uses()]
DielectricName = Annotated[str, Uses(example="polyimide")]
SolderName = Annotated[str, Uses("solder", "Sn63Pb37")]
