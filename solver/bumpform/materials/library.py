"""Reads the built-in library, `materials.toml`, into `Material` and `Property`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib.resources import files
from typing import Any, Final, NamedTuple, NoReturn, get_args

from bumpform.errors import QuantityError
from bumpform.materials.material import (
    PROPERTY_DIMENSIONS,
    Material,
    MaterialKind,
    Property,
)
from bumpform.units.units import parse_quantity

__all__ = ["Library", "load_library", "read_library"]

_FILE: Final = "materials.toml"
_ROOM: Final = 298.15


class Library(NamedTuple):
    """What ships with bumpform.

    Attributes
    ----------
    materials : mapping of name to Material
    contact_angles : mapping of "SURFACE" or "SOLDER on SURFACE" to Property, rad
    aliases : mapping of other names to names
    systems : mapping of "Ag+Cu+Sn" to Property, K
        Lowest eutectic of elements, which are in alphabetical order.
    """

    materials: Mapping[str, Material]
    contact_angles: Mapping[str, Property]
    aliases: Mapping[str, str]
    systems: Mapping[str, Property]


@functools.cache
def load_library() -> Library:
    """Return the built-in library, read once a process.

    Raises
    ------
    ValueError
        If an entry cannot be read: where it is, and what is wrong.
    """
    data = tomllib.loads(files("bumpform.materials").joinpath(_FILE).read_text("utf-8"))
    return read_library(data)


def read_library(data: Mapping[str, Any]) -> Library:
    """Return the library of what its file says; see `load_library`."""
    sources: Mapping[str, str] = data["sources"]
    materials = {name: _material(name, entry, sources) for name, entry in data["material"].items()}
    angles = {
        pair: _property(f"contact_angle.{pair}", entry, "angle", sources)
        for pair, entry in data["contact_angle"].items()
    }
    aliases = {alias: name for name, entry in materials.items() for alias in entry.aliases}
    systems = {
        elements: _property(f"system.{elements}", entry["solid_below"], "temperature", sources)
        for elements, entry in data["system"].items()
    }
    return Library(materials, angles, aliases, systems)


def _material(name: str, entry: Mapping[str, Any], sources: Mapping[str, str]) -> Material:
    where = f"material.{name}"
    _refuse_unknown(where, entry, [field.name for field in fields(Material)])
    kinds = get_args(MaterialKind.__value__)
    if entry.get("kind") not in kinds:
        _refuse(where, f"kind is one of {', '.join(kinds)}")
    known: dict[str, Any] = dict(entry)
    for key, dimension in PROPERTY_DIMENSIONS.items():
        if key in known:
            known[key] = _property(f"{where}.{key}", known[key], dimension, sources)
    known["composition"] = tuple(known.get("composition", {}).items())
    known["aliases"] = tuple(known.get("aliases", ()))
    return Material(name=name, **known)


def _property(
    where: str, entry: Mapping[str, Any], dimension: str, sources: Mapping[str, str]
) -> Property:
    _refuse_unknown(where, entry, ["value", "source", "verified", "slope", "at", "other"])
    if missing := [key for key in ("value", "source", "verified") if key not in entry]:
        _refuse(where, f"{missing[0]} is missing")
    if entry["source"] not in sources:
        _refuse(where, f'[sources] has no "{entry["source"]}"')
    try:
        value = parse_quantity(entry["value"], dimension)
        reference = parse_quantity(entry.get("at", _ROOM), "temperature")
    except QuantityError as error:
        _refuse(where, str(error))
    return Property(
        value=value,
        source=sources[entry["source"]],
        verified=entry["verified"],
        slope=entry.get("slope", 0.0),
        reference=reference,
        other=tuple(entry.get("other", ())),
    )


def _refuse_unknown(where: str, entry: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in entry:
        if key not in known:
            _refuse(where, f"there is no {key}, but {', '.join(known)}")


def _refuse(where: str, what: str) -> NoReturn:
    raise ValueError(f"{_FILE}: {where}: {what}")
