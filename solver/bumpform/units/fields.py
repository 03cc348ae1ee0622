"""Field types that the models of a case are made of: quantities, names, frozen mappings."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
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
    "FluxDensity",
    "Force",
    "Fraction",
    "Frozen",
    "FrozenDict",
    "KeyRuleError",
    "Length",
    "Mass",
    "MaterialName",
    "Model",
    "Name",
    "NonNegativeLength",
    "Peak",
    "Quantity",
    "Sidewall",
    "SolderName",
    "SurfaceTension",
    "Temperature",
    "Time",
    "Uses",
    "Volume",
    "listed",
    "need_one",
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


class KeyRuleError(ValueError):
    """A rule of a table that one of its keys breaks.

    Parameters
    ----------
    message : str
    key : str
        Empty where it is about none of those that are there.
    """

    def __init__(self, message: str, key: str = "") -> None:
        self.key = key
        super().__init__(message)


def need_one(**given: object) -> None:
    """Check that exactly one of some keys is given; the last one given is told as too many.

    Raises
    ------
    KeyRuleError

    Examples
    --------
    >>> need_one(peak=500.0, profile=None)
    >>> need_one(load=1.0, mass=0.003, standoff=None)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    bumpform.units.fields.KeyRuleError: exactly one of ... is needed; came load and mass.
    """
    there = [key for key, value in given.items() if value is not None]
    if len(there) != 1:
        came = listed(there) if there else "none"
        rule = f"exactly one of {listed(list(given))} is needed; came {came}."
        raise KeyRuleError(rule, there[-1] if there else "")


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


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
        broken = self._broken(number)
        if broken is None:
            return number
        words, limit = broken
        si = DIMENSIONS[self.dimension].si
        hint = f" (a bare number is in {si})" if si and not isinstance(value, str) else ""
        bound = _bound(limit, self.dimension)
        raise QuantityError(f"must be {words} {bound}{hint}.{self._meant(value)}")

    def _broken(self, number: float) -> tuple[str, float] | None:
        """Words and value of the limit that a number in SI is beyond, if it is beyond one."""
        if self.above is not None and number <= self.above:
            return "above", self.above
        if self.below is not None and number >= self.below:
            return "below", self.below
        if self.least is not None and number < self.least:
            return "at least", self.least
        if self.most is not None and number > self.most:
            return "at most", self.most
        return None

    def _meant(self, value: object) -> str:
        """With which units the same digits would be within the limits; "" where with none."""
        digits = _DIGITS.match(str(value).replace("\N{MINUS SIGN}", "-").strip())
        if digits is None:
            return ""
        texts = [f"{digits[0]} {unit}" for unit in DIMENSIONS[self.dimension].meant]
        fit = [t for t in texts if self._broken(parse_quantity(t, self.dimension)) is None]
        return f" Is {' or '.join(map(_in_quotes, fit))} meant?" if fit else ""


def _in_quotes(text: str) -> str:
    return f'"{text}"'


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


_DIGITS: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.+-]*")


def _name(value: object) -> str:
    if isinstance(value, str) and _SAFE_NAME.fullmatch(value) and len(value) <= 80:
        return value
    raise ValueError(
        "a name is needed: it starts with a letter or digit and has at most 80 characters: "
        "letters, digits, spaces and _ . + -"
    )


# Limits refuse what no bump, joint or material can have, and a unit forgotten or mistaken with it.
# A drop of more is a puddle, twenty capillary lengths wide; below an ångström matter has no shape.
Length = Annotated[float, Quantity("length", above=0.0, least=1e-10, most=0.05)]
NonNegativeLength = Annotated[float, Quantity("length", least=0.0, most=0.05)]
Volume = Annotated[float, Quantity("volume", above=0.0, least=1e-27, most=1e-5)]
# No solder melts, and nothing is cured or reflowed, below -20 degC; nothing is solid at 4000 K.
Temperature = Annotated[float, Quantity("temperature", above=0.0, least=253.15, most=4000.0)]
# No solder is reflowed above 1000 degC: the densities of melts are lines that end long before.
Peak = Annotated[float, Quantity("temperature", above=0.0, least=253.15, most=1273.15)]
Time = Annotated[float, Quantity("time", least=0.0)]
# From liquid gases to metals that melt last.
SurfaceTension = Annotated[float, Quantity("surface_tension", above=0.0, least=0.005, most=5.0)]
# From foams to osmium; a flux is a liquid or a resin.
Density = Annotated[float, Quantity("density", above=0.0, least=50.0, most=3e4)]
FluxDensity = Annotated[float, Quantity("density", above=0.0, least=300.0, most=5e3)]
Acceleration = Annotated[float, Quantity("acceleration", least=-1e5, most=1e5)]
# A package's weight, or what presses it, on one joint.
Force = Annotated[float, Quantity("force", least=-100.0, most=100.0)]
Mass = Annotated[float, Quantity("mass", least=0.0, most=1.0)]
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
