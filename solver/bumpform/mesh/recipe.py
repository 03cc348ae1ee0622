"""Mesh recipes: how fine a stack is meshed, of which order, and in which formats it is written.

A size is a number, relative to the pad's radius, or a length with its unit.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator

from bumpform.case.bundled import bundled_recipes
from bumpform.errors import CaseError, Problem, QuantityError
from bumpform.units.fields import Frozen, FrozenDict, Model, Quantity
from bumpform.units.units import parse_quantity

__all__ = ["KINDS", "Recipe", "Size", "find_recipe", "load_recipe"]

#: Kinds of regions that a stack has, and what is around it.
KINDS: Final = ("pad", "base", "dielectric", "metal", "solder")


@dataclass(frozen=True)
class Size:
    """Length of an element's side.

    Attributes
    ----------
    value : float
        In m, or relative to the pad's radius.
    relative : bool
    """

    value: float
    relative: bool

    @classmethod
    def read(cls, value: object) -> Size:
        """Size from a number (relative) or a text with its unit.

        Raises
        ------
        QuantityError
            If it is neither, or not positive.
        """
        if isinstance(value, Size):
            return value
        if isinstance(value, str):
            size = cls(parse_quantity(value, "length"), relative=False)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            size = cls(float(value), relative=True)
        else:
            raise QuantityError(
                'a size is needed: a number relative to the pad\'s radius, or "4 um".'
            )
        if not 0.0 < size.value < math.inf:
            raise QuantityError("must be above 0.")
        return size

    def metres(self, pad_radius: float) -> float:
        """Length in m on a stack with that pad radius in m."""
        return self.value * pad_radius if self.relative else self.value


SizeField = Annotated[Size, BeforeValidator(Size.read)]


class Recipe(Model):
    """How a stack is meshed.

    Attributes
    ----------
    purpose : str
        One line for the reader.
    order : 1 or 2
        Of the elements; order 2 has its mid-side nodes on the exact curves.
    formats : tuple of "msh", "vtu", "inp"
        Files written of every stack.
    growth : float
        Largest ratio of neighbouring sides where sizes change.
    turn : float, rad
        Largest turn of a curved side's tangent within one element.
    smallest : float
        Sides shorter than this part of the size around them do not draw the mesh together.
    size : mapping of kind to Size
        By the region's kind; the kind "default" stands for those not named.
    interface : mapping of "KIND | KIND" to Size
        Finer (or equal) sizes along interfaces; "air" is what surrounds the stack.
    contact_line : Size or None
        At every point of the section where solder, what it wets and air meet.
    """

    purpose: str = ""
    order: Literal[1, 2] = 2
    formats: tuple[Literal["msh", "vtu", "inp"], ...] = ("msh", "vtu", "inp")
    growth: Annotated[float, Field(gt=1.0, le=4.0)] = 1.5
    turn: Annotated[float, Quantity("angle", above=0.0, most=math.pi / 4)] = math.pi / 9
    smallest: Annotated[float, Field(ge=0.0, le=1.0)] = 0.25
    size: Frozen[SizeField] = FrozenDict(default=Size(0.2, relative=True))
    interface: Frozen[SizeField] = FrozenDict()
    contact_line: SizeField | None = None

    @field_validator("size", mode="before")
    @classmethod
    def _known_kinds(cls, table: object) -> object:
        if isinstance(table, Mapping):
            for kind in table:
                _known(kind, (*KINDS, "default"), "kind of region")
            if "default" not in table:
                table = {**table, "default": max(map(Size.read, table.values()), key=_coarseness)}
        return table

    @field_validator("interface", mode="before")
    @classmethod
    def _known_interfaces(cls, table: object) -> object:
        if not isinstance(table, Mapping):
            return table
        named = {}
        for name, size in table.items():
            sides = [side.strip() for side in str(name).split("|")]
            if len(sides) != 2:
                raise ValueError(f'"{name}" is not an interface. Write for example "solder | air".')
            for side in sides:
                _known(side, (*KINDS, "air"), "kind of region")
            named[interface_key(*sides)] = size
        return named

    def region_size(self, kind: str, pad_radius: float) -> float:
        """Size inside regions of a kind, m."""
        size: Size = self.size.get(kind) or self.size["default"]
        return size.metres(pad_radius)

    def interface_size(self, one: str, other: str, pad_radius: float) -> float:
        """Size along an interface between two kinds ("air" outside), m; never above theirs."""
        sizes = [self.region_size(kind, pad_radius) for kind in (one, other) if kind != "air"]
        own: Size | None = self.interface.get(interface_key(one, other))
        return min([*sizes, *([own.metres(pad_radius)] if own else [])])


def interface_key(one: str, other: str) -> str:
    """Name of the interface between two kinds: alphabetical, air last."""
    first, second = sorted((one, other), key=lambda kind: (kind == "air", kind))
    return f"{first} | {second}"


def _coarseness(size: Size) -> tuple[bool, float]:
    return size.relative, size.value


def _known(name: str, names: tuple[str, ...], what: str) -> None:
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f'Did you mean "{near[0]}"?' if near else f"Known are {', '.join(names)}."
        raise ValueError(f'unknown {what} "{name}". {hint}')


def find_recipe(name: str, folder: Path | None = None) -> Recipe:
    """Recipe by the name of a bundled one, or by its path.

    Parameters
    ----------
    name : str
        "coarse", "default", "fatigue", or a file that ends in ".toml".
    folder : Path, optional
        Where a relative path starts: the case file's folder.

    Raises
    ------
    CaseError
        If there is no such recipe, or it is wrong.
    """
    bundled = bundled_recipes()
    if name in bundled:
        return load_recipe(bundled[name])
    path = (folder or Path()) / name
    if path.suffix == ".toml" and path.is_file():
        return load_recipe(path)
    near = difflib.get_close_matches(name, bundled, n=1)
    hint = f'Did you mean "{near[0]}"?' if near else f"Bundled are {', '.join(bundled)}."
    raise CaseError(
        [
            (
                "mesh.recipe",
                f"there is no such mesh recipe, and no such .toml file. {hint}",
                f'"{name}"',
            )
        ]
    )


def load_recipe(path: Path) -> Recipe:
    """Recipe from a TOML file.

    Raises
    ------
    CaseError
        With every problem of the file.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CaseError([("", f"cannot be read: {error}")], str(path)) from None
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        raise CaseError(map(_problem, error.errors()), str(path)) from None


def _problem(error: Any) -> Problem:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(error["loc"][-1]), Recipe.model_fields, n=1)
        hint = (
            f"Did you mean {near[0]}?" if near else f"Known are {', '.join(Recipe.model_fields)}."
        )
        return Problem(where, f"unknown key. {hint}")
    message = str(error["msg"]).removeprefix("Value error, ")
    came = error["input"]
    text = f'"{came}"' if isinstance(came, str) else str(came)
    return Problem(where, message, "" if isinstance(came, dict) else text)
