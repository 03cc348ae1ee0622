"""Dimensions that a case file knows, and an exact table of the units it usually uses.

pint knows every unit but takes 0.5 s to import; the units here cover ordinary case files without
it. `tests/unit/units/test_units.py` compares the whole table with pint.
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["DIMENSIONS", "UNITS", "Dimension", "Unit"]

PI: Final = Decimal("3.1415926535897932384626433832795028841971693993751")


class Dimension(NamedTuple):
    """A kind of quantity.

    Attributes
    ----------
    si : str
        SI unit that a bare number has; empty for a pure number.
    example_unit : str
        Unit that messages suggest.
    example : str
        Quantity that messages suggest.
    readable : tuple of (smallest absolute SI value, unit)
        Units for output, largest first; the last one serves everything below.
    meant : tuple of str
        Units that one may have meant who gives what cannot be, the likeliest first.
    """

    si: str
    example_unit: str
    example: str
    readable: tuple[tuple[float, str], ...]
    meant: tuple[str, ...] = ()


class Unit(NamedTuple):
    """SI value = (number + offset) · factor, in exact decimals."""

    dimension: str
    factor: Decimal
    offset: Decimal = Decimal(0)


DIMENSIONS: Final = MappingProxyType(
    {
        "length": Dimension(
            "m",
            "um",
            "30 um",
            ((1.0, "m"), (1e-3, "mm"), (1e-8, "um"), (0.0, "nm")),
            ("mm", "um"),
        ),
        "area": Dimension("m^2", "um^2", "100 um^2", ((1.0, "m^2"), (1e-6, "mm^2"), (0.0, "um^2"))),
        "volume": Dimension(
            "m^3",
            "nl",
            "0.4 nl",
            ((1.0, "m^3"), (1e-9, "ul"), (1e-14, "nl"), (0.0, "pl")),
            ("ul", "nl"),
        ),
        "angle": Dimension("rad", "deg", "25 deg", ((0.0, "deg"),), ("deg",)),
        "temperature": Dimension("K", "degC", "220 degC", ((0.0, "degC"),), ("degC", "K")),
        "time": Dimension("s", "s", "30 s", ((3600.0, "h"), (1e-1, "s"), (0.0, "ms"))),
        "mass": Dimension(
            "kg",
            "ug",
            "4 ug",
            ((1.0, "kg"), (1e-3, "g"), (1e-6, "mg"), (0.0, "ug")),
            ("g", "mg"),
        ),
        "surface_tension": Dimension(
            "N/m", "N/m", "0.48 N/m", ((1e-2, "N/m"), (0.0, "mN/m")), ("N/m", "mN/m")
        ),
        "density": Dimension(
            "kg/m^3", "kg/m^3", "8400 kg/m^3", ((0.0, "kg/m^3"),), ("g/cm^3", "kg/m^3")
        ),
        "acceleration": Dimension("m/s^2", "m/s^2", "9.81 m/s^2", ((0.0, "m/s^2"),)),
        "force": Dimension(
            "N", "mN", "2 mN", ((1.0, "N"), (1e-3, "mN"), (0.0, "uN")), ("mN", "uN")
        ),
        "pressure": Dimension("Pa", "Pa", "1000 Pa", ((1e3, "kPa"), (0.0, "Pa"))),
        "energy": Dimension("J", "nJ", "5 nJ", ((1.0, "J"), (1e-7, "uJ"), (0.0, "nJ"))),
        "tilt_stiffness": Dimension(
            "N*m/rad",
            "uN*m/rad",
            "1 uN*m/rad",
            ((1.0, "N*m/rad"), (1e-3, "mN*m/rad"), (1e-7, "uN*m/rad"), (0.0, "nN*m/rad")),
        ),
        "fraction": Dimension("", "%", "62 %", ((0.0, ""),), ("%",)),
    }
)

_POWERS: Final = {"p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "": 0, "k": 3}


def _ten(exponent: int) -> Decimal:
    return Decimal(1).scaleb(exponent)


def _table() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for prefix in ("n", "u", "m", "c", ""):
        power = _POWERS[prefix]
        for name, dimension, degree in (
            ("m", "length", 1),
            ("m^2", "area", 2),
            ("m^3", "volume", 3),
        ):
            table[prefix + name] = Unit(dimension, _ten(degree * power))
    for prefix in ("p", "n", "u", "m", ""):
        table[prefix + "l"] = table[prefix + "L"] = Unit("volume", _ten(_POWERS[prefix] - 3))
    for prefix in ("n", "u", "m", ""):
        table[prefix + "J"] = Unit("energy", _ten(_POWERS[prefix]))
        table[prefix + "N"] = Unit("force", _ten(_POWERS[prefix]))
        table[prefix + "N*m/rad"] = Unit("tilt_stiffness", _ten(_POWERS[prefix]))
    for prefix in ("n", "u", "m", "", "k"):
        table[prefix + "g"] = Unit("mass", _ten(_POWERS[prefix] - 3))
    table |= {
        "mil": Unit("length", Decimal("25.4e-6")),  # of an inch; pint's mil is an angle
        "rad": Unit("angle", Decimal(1)),
        "mrad": Unit("angle", _ten(-3)),
        "deg": Unit("angle", PI / 180),
        "K": Unit("temperature", Decimal(1)),
        "degC": Unit("temperature", Decimal(1), Decimal("273.15")),
        "s": Unit("time", Decimal(1)),
        "ms": Unit("time", _ten(-3)),
        "min": Unit("time", Decimal(60)),
        "h": Unit("time", Decimal(3600)),
        "N/m": Unit("surface_tension", Decimal(1)),
        "mN/m": Unit("surface_tension", _ten(-3)),
        "J/m^2": Unit("surface_tension", Decimal(1)),
        "mJ/m^2": Unit("surface_tension", _ten(-3)),
        "kg/m^3": Unit("density", Decimal(1)),
        "g/cm^3": Unit("density", Decimal(1000)),
        "g/ml": Unit("density", Decimal(1000)),
        "m/s^2": Unit("acceleration", Decimal(1)),
        "Pa": Unit("pressure", Decimal(1)),
        "hPa": Unit("pressure", Decimal(100)),
        "kPa": Unit("pressure", Decimal(1000)),
        "MPa": Unit("pressure", Decimal(1000000)),
        "bar": Unit("pressure", Decimal(100000)),
        "mbar": Unit("pressure", Decimal(100)),
        "%": Unit("fraction", _ten(-2)),
        "": Unit("fraction", Decimal(1)),
    }
    return table


UNITS: Final = MappingProxyType(_table())
