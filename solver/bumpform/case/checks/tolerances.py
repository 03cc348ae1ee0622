"""How the inputs of a case scatter: `[tolerances]`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError, model_validator

from bumpform.case.checks.addresses import locate
from bumpform.case.checks.problems import broken_rule, spell, unknown_key
from bumpform.case.checks.quantities import quantity_at, value_at
from bumpform.errors import CaseError, Problem, QuantityError
from bumpform.units.fields import KeyRuleError, Model
from bumpform.units.units import format_quantity, parse_quantity

__all__ = ["Tolerance", "read_tolerances"]

_WIDTHS: Final = ("std", "half_width")
_PER_CENT: Final = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*%")


class Tolerance(Model):
    """How one input scatters about the case's value.

    Attributes
    ----------
    std : float or str, optional
        Standard deviation of a normal distribution: SI, or "3 %" of the case's value.
    low, high : float, optional
        Where the normal distribution is cut off, SI; the case's value lies between them.
    half_width : float or str, optional
        Of a uniform distribution: SI, or "3 %" of the case's value.
    """

    std: float | str | None = None
    low: float | None = None
    high: float | None = None
    half_width: float | str | None = None

    @model_validator(mode="after")
    def _one_distribution(self) -> Tolerance:
        if self.std is None and self.half_width is None:
            raise KeyRuleError(
                "exactly one of std (normal) and half_width (uniform) is needed; came none."
            )
        if self.std is not None and self.half_width is not None:
            raise KeyRuleError(
                "exactly one of std (normal) and half_width (uniform) is needed; came both.",
                "half_width",
            )
        if self.half_width is not None and (self.low is not None or self.high is not None):
            rule = "low and high cut a normal distribution off: they go with std."
            raise KeyRuleError(rule, "high" if self.low is None else "low")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise KeyRuleError("must be below high.", "low")
        return self

    def width(self, value: float) -> float:
        """Standard deviation or half width in SI about a value in SI."""
        given = self.std if self.std is not None else self.half_width
        assert given is not None
        return _per_cent(given) * abs(value) if isinstance(given, str) else given


def read_tolerances(
    tables: object, data: Mapping[str, Any]
) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """Tolerances by path, numbers in SI, and what is wrong with them.

    Parameters
    ----------
    tables : object
        The section as the file has it.
    data : mapping
        The other sections of the file, in which the paths are looked up.
    """
    if not isinstance(tables, Mapping):
        return {}, [Problem("tolerances", "a table [tolerances] is needed.", spell(tables))]
    read: dict[str, dict[str, Any]] = {}
    places: dict[tuple[str, ...], str] = {}
    problems: list[Problem] = []
    for name, table in tables.items():
        path = f"tolerances.{name}"
        try:
            keys = locate(data, str(name))
        except CaseError as error:
            problems += [problem._replace(path=path) for problem in error.problems]
            continue
        if (other := places.setdefault(tuple(keys), str(name))) != name:
            problems.append(Problem(path, f"is the same value as {other}: leave one out."))
        if isinstance(table, Tolerance):
            table = table.model_dump(exclude_none=True)
        if not isinstance(table, Mapping):
            problems.append(Problem(path, 'is written { std = "3 %" }.', spell(table)))
            continue
        quantity, value = quantity_at(data, keys), value_at(data, keys)
        if keys[0] == "conditions" or quantity is None:
            problems.append(Problem(path, "is not a quantity that can scatter."))
            continue
        if value is None:
            problems.append(Problem(path, "the case gives no value to scatter about: give it."))
            continue
        kept: dict[str, Any] = {}
        found: list[Problem] = []
        for key, given in table.items():
            if key not in Tolerance.model_fields:
                found.append(unknown_key(path, str(key), Tolerance.model_fields))
                continue
            try:
                kept[str(key)] = _number(str(key), given, quantity.dimension)
            except QuantityError as error:
                found.append(Problem(f"{path}.{key}", str(error), spell(given)))
        found = found or _broken(path, kept, table)
        problems += found or _about(path, kept, table, value, quantity.dimension)
        if not found:
            read[str(name)] = kept
    return read, problems


def _broken(path: str, kept: Mapping[str, Any], given: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the keys of a scatter together, in the file's own words."""
    try:
        Tolerance.model_validate(kept)
    except ValidationError as error:
        return [broken_rule(path, one["ctx"]["error"], given) for one in error.errors()]
    return []


def _about(
    path: str, kept: Mapping[str, Any], given: Mapping[str, Any], value: object, dimension: str
) -> list[Problem]:
    """What is wrong with a scatter about the case's value."""
    try:
        own = parse_quantity(value, dimension)
    except QuantityError:  # told where it stands
        return []
    told = format_quantity(own, dimension)
    low, high = kept.get("low", -math.inf), kept.get("high", math.inf)
    found = [
        Problem(
            f"{path}.{key}",
            f"must not be {side} the case's value, {told}: it cuts off what lies farther out.",
            spell(given[key]),
        )
        for key, side, wrong in (("low", "above", low > own), ("high", "below", high < own))
        if wrong and low < high
    ]
    for key in _WIDTHS:
        if own == 0.0 and isinstance(kept.get(key), str):
            message = "a percentage of 0 is 0: write a width with its unit."
            found.append(Problem(f"{path}.{key}", message, spell(given[key])))
    return found


def _number(key: str, given: object, dimension: str) -> float | str:
    """A width or a cut-off in SI; per cent of the value stay as they are.

    Raises
    ------
    QuantityError
    """
    if key not in _WIDTHS:
        return parse_quantity(given, dimension)
    width: float | str
    if isinstance(given, str) and _PER_CENT.fullmatch(given.strip()):
        if dimension == "temperature":
            raise QuantityError(
                'for a temperature, write a difference in kelvin, for example "2 K".'
            )
        width = given.strip()
        size = _per_cent(width)
    else:
        if isinstance(given, str) and dimension == "temperature" and not given.endswith("K"):
            raise QuantityError('a temperature difference is in kelvin, for example "2 K".')
        size = width = parse_quantity(given, dimension)
    if not size > 0.0:
        raise QuantityError("must be above 0; leave out what does not scatter.")
    return width


def _per_cent(text: str) -> float:
    """Part that a text like "3 %" says.

    Raises
    ------
    QuantityError
        If it is none.
    """
    match = _PER_CENT.fullmatch(text.strip())
    try:
        return float(Decimal(match[1]) / 100) if match else float(text)
    except (ArithmeticError, ValueError) as error:
        raise QuantityError('is not a percentage. Write for example "3 %".') from error
