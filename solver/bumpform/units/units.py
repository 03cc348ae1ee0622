"""Quantities with units: text to SI floats and back.

A text is read in exact decimals and rounded once, so ``"25 um"`` is the float nearest to 25e-6,
and what `exact_quantity` writes reads back as the same float.
"""

from __future__ import annotations

import difflib
import functools
import math
import numbers
import re
from decimal import Context, Decimal
from typing import Any, Final

from bumpform.errors import QuantityError
from bumpform.units.table import DIMENSIONS, UNITS, Dimension, Unit

__all__ = [
    "exact_quantity",
    "exceeds",
    "format_least",
    "format_length",
    "format_place",
    "format_quantity",
    "parse_quantity",
]

_EXACT: Final = Context(prec=45, Emax=9999, Emin=-9999)
_NUMBER: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)", re.DOTALL)
# Keeps arithmetic (10**10**10) away from pint: names, small exponents, products and quotients.
_UNIT: Final = re.compile(r"(?:[A-Za-z_%]+(?:\^-?\d)?|\s*[*/]\s*|\s+|[()]){1,24}")
_SPELLINGS: Final = (
    ("\N{MICRO SIGN}", "u"),
    ("\N{GREEK SMALL LETTER MU}", "u"),
    ("\N{DEGREE SIGN}C", "degC"),
    ("\N{DEGREE SIGN}F", "degF"),
    ("\N{DEGREE SIGN}", "deg"),
    ("\N{SUPERSCRIPT TWO}", "^2"),
    ("\N{SUPERSCRIPT THREE}", "^3"),
    ("\N{MIDDLE DOT}", "*"),
    ("\N{DOT OPERATOR}", "*"),
    ("\N{ANGSTROM SIGN}", "angstrom"),
    ("\N{LATIN CAPITAL LETTER A WITH RING ABOVE}", "angstrom"),
    ("\N{NO-BREAK SPACE}", " "),
    ("\N{NARROW NO-BREAK SPACE}", " "),
    ("**", "^"),
)
_PRINTED: Final = (("deg", "°"), ("^2", "²"), ("^3", "³"), ("*", "·"))

#: m; what is less is what rounding has left of nothing.
_NO_LENGTH: Final = 1e-15


def parse_quantity(value: object, dimension: str) -> float:
    """SI value of a quantity as a case file gives it.

    Parameters
    ----------
    value : str or number
        A number with its unit, ``"25 um"``; a bare number is in SI (an angle in rad). A text
        without a unit is an error but for a fraction, which may be ``"62 %"`` or ``0.62``.
    dimension : str
        A key of `bumpform.units.table.DIMENSIONS`: ``"length"``, ``"angle"``, ``"temperature"`` …

    Returns
    -------
    float
        Finite, in SI: m, m³, rad, K, N/m, kg/m³ …

    Raises
    ------
    QuantityError
        If the unit is missing, unknown or of another dimension, or the value is no finite number.

    Examples
    --------
    >>> parse_quantity("25 um", "length")
    2.5e-05
    >>> parse_quantity("350 degC", "temperature")
    623.15
    >>> parse_quantity("30", "length")
    Traceback (most recent call last):
    ...
    bumpform.errors.QuantityError: a unit is missing. Write for example "30 um".
    """
    kind = DIMENSIONS[dimension]
    if isinstance(value, str):
        return _parse_text(value, dimension)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        in_si = f"a number in {kind.si}" if kind.si else "a number"
        raise QuantityError(f'{_a(dimension)} is needed: "{kind.example}", or {in_si}.')
    try:
        return _finite(float(value), dimension)
    except OverflowError:
        return _finite(math.inf, dimension)


def _parse_text(text: str, dimension: str) -> float:
    kind = DIMENSIONS[dimension]
    match = _NUMBER.fullmatch(text.replace("\N{MINUS SIGN}", "-").strip())
    if match is None:
        if re.match(r"[+-]?(nan|inf)", text.strip(), re.IGNORECASE):
            _finite(math.nan, dimension)
        raise QuantityError(f'is not a number with a unit. Write for example "{kind.example}".')
    digits, spelling = match.groups()
    unit = _find_unit(_normal_unit(spelling), spelling, digits, dimension)
    try:
        number = _EXACT.add(Decimal(digits), unit.offset)
        return _finite(float(_EXACT.multiply(number, unit.factor)), dimension)
    except ArithmeticError:
        return _finite(math.inf, dimension)


def _finite(value: float, dimension: str) -> float:
    if math.isfinite(value):
        return value + 0.0  # no negative zero: equal cases must have equal text and hash
    raise QuantityError(
        f'must be a finite number. Write for example "{DIMENSIONS[dimension].example}".'
    )


def _normal_unit(spelling: str) -> str:
    for old, new in _SPELLINGS:
        spelling = spelling.replace(old, new)
    spelling = re.sub(r"([A-Za-z])([23])(?![\d.])", r"\1^\2", spelling.strip())
    return re.sub(r"\s*([/*^])\s*", r"\1", spelling)


def _find_unit(unit: str, spelling: str, digits: str, dimension: str) -> Unit:
    """Look a unit up in the table, then in pint, and refuse one of another dimension."""
    kind = DIMENSIONS[dimension]
    if not unit and dimension != "fraction":
        other = f', or "{digits} K"' if dimension == "temperature" else ""
        likely = _likely_unit(digits, kind)
        raise QuantityError(f'a unit is missing. Write for example "{digits} {likely}"{other}.')
    found = UNITS.get(unit)
    if found is None:
        found = _ask_pint(unit) if len(unit) <= 60 and _UNIT.fullmatch(unit) else None
    if found is None and unit.startswith(","):
        raise QuantityError(f'decimals follow a point: write "{digits}.{spelling[1:].strip()}".')
    if found is None or unit == "u":  # pint's is a mass; micrometres are meant
        near = difflib.get_close_matches(unit, [name for name in UNITS if name], n=1)
        hint = f'Did you mean "{near[0]}"?' if near else f'Write for example "{kind.example}".'
        raise QuantityError(f'unknown unit "{spelling[:40].strip()}". {hint}')
    if found.dimension != dimension:
        degree = unit in ("C", "F") and dimension == "temperature"
        example = f"{digits} deg{unit}" if degree else kind.example
        of, needed = found.dimension.replace("_", " "), _a(dimension)
        told = f"is a unit of {of}, but {needed} is needed" if of else f"is no unit of {needed}"
        raise QuantityError(f'"{spelling}" {told}. Write for example "{example}".')
    return found


def _likely_unit(digits: str, kind: Dimension) -> str:
    """Unit that a number without one is likely to have: the one nearest to usual sizes.

    Of SI are numbers with an exponent.
    """
    number, example = abs(float(digits)), UNITS[kind.example_unit]
    if example.offset or number in (0.0, math.inf):
        return kind.example_unit
    if "e" in digits.lower():
        return kind.si
    usual = float(example.factor) * float(kind.example.split(" ")[0])
    return min(
        (kind.example_unit, *(unit for unit in kind.meant if not UNITS[unit].offset)),
        key=lambda unit: abs(math.log(number * float(UNITS[unit].factor) / usual)),
    )


def _a(dimension: str) -> str:
    article = "an" if dimension[0] in "aeiou" else "a"
    return f"{article} {dimension.replace('_', ' ')}"


@functools.cache
def _registry() -> Any:  # pint.UnitRegistry, whose import is what this module puts off
    import pint

    try:
        return pint.UnitRegistry(non_int_type=Decimal, cache_folder=":auto:")
    except OSError:  # no home, or a read-only one: 0.3 s slower, else the same
        return pint.UnitRegistry(non_int_type=Decimal)


@functools.cache
def _ask_pint(name: str) -> Unit | None:
    """Factor, offset and dimension of a unit that is not in the table; None if there is none.

    The dimension is empty where no quantity of a case has it.
    """
    registry = _registry()
    name = re.sub(r"(?<![A-Za-z])mils?(?![A-Za-z])", "thou", name)  # pint's mil is an angle
    try:
        unit = registry.Unit(name)
        base = registry.get_base_units(unit)[1]
        zero, one = (registry.Quantity(Decimal(n), unit).to(base).magnitude for n in (0, 1))
    except Exception:  # pint's parser raises whatever Python's tokenizer does
        return None
    factor = one - zero
    return Unit(_dimension_of(registry, unit), factor, zero / factor)


def _dimension_of(registry: Any, unit: Any) -> str:
    if unit.dimensionless:
        angles = {"radian", "degree", "arcminute", "arcsecond", "turn", "grade"}
        names = {str(name).removeprefix("milli").removeprefix("micro") for name in unit._units}
        return "angle" if names and names <= angles else "fraction"
    for name, kind in DIMENSIONS.items():
        if kind.si not in ("", "rad") and registry.Unit(kind.si).dimensionality == (
            unit.dimensionality
        ):
            return name
    return ""  # of none that a case has


def _readable_unit(value: float, dimension: str) -> str:
    readable = DIMENSIONS[dimension].readable
    if value == 0:
        return DIMENSIONS[dimension].example_unit if dimension != "fraction" else ""
    return next((unit for least, unit in readable if abs(value) >= least), readable[-1][1])


def _in_unit(value: float, unit: Unit) -> Decimal:
    number = _EXACT.divide(Decimal(repr(float(value))), unit.factor)
    return _EXACT.subtract(number, unit.offset)


def _as_printed(unit: str) -> str:
    """A unit as a reader has it: µ, °, raised powers. `parse_quantity` takes it so, too."""
    for plain, printed in _PRINTED:
        unit = unit.replace(plain, printed)
    return f"µ{unit[1:]}" if unit.startswith("u") else unit


def format_quantity(value: float, dimension: str, digits: int = 4) -> str:
    """Text for a reader, in the unit of the field, with the given significant digits.

    Examples
    --------
    >>> format_quantity(2.5e-05, "length"), format_quantity(0.62, "fraction")
    ('25 µm', '0.62')
    """
    if not math.isfinite(value):
        return str(value)
    name = _readable_unit(value, dimension)
    number = float(_in_unit(value, UNITS[name]))
    if dimension == "temperature":
        text = f"{number:.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{number:.{digits}g}"
        text = f"{number:.0f}" if "e+" in text and abs(number) < 1e7 else text
    gap = "" if name == "deg" else " "
    return f"{text}{gap}{_as_printed(name)}".strip()


def format_length(value: float) -> str:
    """Text of a length or height in m, exact enough to be compared with another.

    Examples
    --------
    >>> format_length(2.48753e-05), format_length(1e-21)
    ('24.8753 µm', '0 µm')
    """
    return format_quantity(value if abs(value) > _NO_LENGTH else 0.0, "length", 6)


def format_least(value: float) -> str:
    """Text of the least length in m that may be given: rounded up, so that it may be followed.

    Examples
    --------
    >>> format_least(330.2451887e-6), format_least(250e-6)
    ('330.246 µm', '250 µm')
    """
    step = 10.0 ** (math.floor(math.log10(value)) - 5) if value > _NO_LENGTH else 1.0
    return format_length(math.ceil(value / step * (1.0 - 1e-12)) * step)


def exceeds(value: float, limit: float) -> bool:
    """Whether a quantity is more than another, round-off apart.

    Examples
    --------
    >>> exceeds(20e-6, 20 * 1e-6), exceeds(20.1e-6, 20e-6)
    (False, True)
    """
    return value > limit + 1e-12 * abs(limit)


def format_place(r: float, z: float) -> str:
    """Text of a place in the section, in m.

    Examples
    --------
    >>> format_place(2.48753e-05, 0.0)
    'r = 24.8753 µm, z = 0 µm'
    """
    return f"r = {format_length(r)}, z = {format_length(z)}"


def exact_quantity(value: float, dimension: str) -> str | float:
    """Text in a readable unit that `parse_quantity` reads as the same float.

    Returns
    -------
    str or float
        The bare SI number where no text in the readable unit gives it back.

    Examples
    --------
    >>> exact_quantity(2.5e-05, "length"), exact_quantity(0.62, "fraction")
    ('25 um', 0.62)
    """
    name = _readable_unit(value, dimension)
    if not name:
        return value
    exact = _in_unit(value, UNITS[name])
    if abs(value) > 1e300:  # rounding up in fewer digits could leave the floats
        return value
    for digits in range(1, 24):
        number = Context(prec=digits).plus(exact).normalize()
        text = f"{number:f}" if -7 < number.adjusted() < 16 else f"{number:e}"
        if _parse_text(f"{text} {name}", dimension) == value:
            return f"{text} {name}"
    return value
