"""Reads the built-in library, `materials.toml`, into `Material` and `Property`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final, NamedTuple

from bumpform.materials.material import (
    PROPERTY_DIMENSIONS,
    Material,
    Property,
)
from bumpform.units.units import parse_quantity

__all__ = ["Library", "load_library"]

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
    """Return the built-in library, read once a process."""
    data = tomllib.loads(files("bumpform.materials").joinpath("materials.toml").read_text("utf-8"))
    sources: dict[str, str] = data["sources"]
    materials = {name: _material(name, entry, sources) for name, entry in data["material"].items()}
    angles = {
        pair: _property(entry, "angle", sources) for pair, entry in data["contact_angle"].items()
    }
    aliases = {alias: name for name, entry in materials.items() for alias in entry.aliases}
    systems = {
        elements: _property(entry["solid_below"], "temperature", sources)
        for elements, entry in data["system"].items()
    }
    return Library(materials, angles, aliases, systems)


def _material(name: str, entry: Mapping[str, Any], sources: Mapping[str, str]) -> Material:
    known: dict[str, Any] = dict(entry)
    for key, dimension in PROPERTY_DIMENSIONS.items():
        if key in known:
            known[key] = _property(known[key], dimension, sources)
    known["composition"] = tuple(known.get("composition", {}).items())
    known["aliases"] = tuple(known.get("aliases", ()))
    return Material(name=name, **known)


def _property(entry: Mapping[str, Any], dimension: str, sources: Mapping[str, str]) -> Property:
    return Property(
        value=parse_quantity(entry["value"], dimension),
        source=sources[entry["source"]],
        verified=entry["verified"],
        slope=entry.get("slope", 0.0),
        reference=parse_quantity(entry.get("at", _ROOM), "temperature"),
        other=tuple(entry.get("other", ())),
    )
