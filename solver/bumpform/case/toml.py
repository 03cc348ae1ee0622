"""Writes a case as a case file that loads back to an equal case."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from bumpform.case.case import Case
from bumpform.case.checks.addresses import SECTIONS, locate
from bumpform.case.checks.quantities import marks, quantity_at
from bumpform.case.checks.requirements import Requirement, requirement_dimension
from bumpform.units.fields import Model, Quantity
from bumpform.units.units import exact_quantity

__all__ = ["case_to_toml", "dimensions_of"]

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def case_to_toml(case: Case) -> str:
    """Case file that loads back to an equal case; quantities in readable units."""
    blocks = [_section(case, "case"), _section(case, "environment")]
    if case.wetting:
        angles = [f"{_key(key)} = {_quantity(v, 'angle')}" for key, v in case.wetting.items()]
        blocks.append("\n".join(["[wetting]", *angles]))
    for name, override in case.materials.items():
        blocks.append("\n".join([f"[materials.{_key(name)}]", *_lines(override)]))
    blocks += ["\n".join(["[[step]]", *_lines(step)]) for step in case.steps]
    blocks += [_section(case, "conditions"), _section(case, "mesh")]
    if case.requirements:
        limits = [f"{_key(name)} = {_limits(name, r)}" for name, r in case.requirements.items()]
        blocks.append("\n".join(["[requirements]", *limits]))
    if case.tolerances:
        blocks.append("\n".join(["[tolerances]", *_tolerances(case)]))
    return "\n\n".join(blocks) + "\n"


def _section(case: Case, section: str) -> str:
    lines = [
        f"{key} = {_value(getattr(case, field), dimensions_of(Case, field))}"
        for key, field in SECTIONS[section].items()
        if field and getattr(case, field) is not None
    ]
    return "\n".join([f"[{section}]", *lines])


def _limits(name: str, requirement: Requirement) -> str:
    dimension = requirement_dimension(name)
    pairs = requirement.model_dump(exclude_none=True).items()
    return f"{{ {', '.join(f'{key} = {_quantity(v, dimension)}' for key, v in pairs)} }}"


def _tolerances(case: Case) -> Iterator[str]:
    data = case.to_dict()
    for path, tolerance in case.tolerances.items():
        quantity = quantity_at(data, locate(data, path))
        assert quantity is not None  # the case has been read
        widths = {
            key: _scatter(key, value, quantity.dimension)
            for key, value in tolerance.model_dump(exclude_none=True).items()
        }
        yield f"{_key(path)} = {{ {', '.join(f'{k} = {v}' for k, v in widths.items())} }}"


def _scatter(key: str, value: float | str, dimension: str) -> str:
    """TOML text of a width or a cut-off; a width of temperatures is a difference in kelvin."""
    if isinstance(value, str):
        return _text(value)
    if dimension == "temperature" and key in ("std", "half_width"):
        return repr(value)
    return _quantity(value, dimension)


def _lines(model: Model) -> list[str]:
    return [
        f"{key} = {_value(getattr(model, key), dimensions_of(type(model), key))}"
        for key in sorted(type(model).model_fields, key=lambda key: key != "do")
        if getattr(model, key) is not None
    ]


def _value(value: object, dimensions: tuple[str, ...]) -> str:
    """TOML text of a value; `dimensions` of the numbers in it, repeated in turn in a list."""
    if isinstance(value, Model):
        return f"{{ {', '.join(_lines(value))} }}"
    if isinstance(value, Mapping):
        pairs = [f"{_key(key)} = {_value(item, dimensions)}" for key, item in value.items()]
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return f"[{', '.join(_value(item, dimensions) for item in value)}]"
    if isinstance(value, tuple):
        pairs = [_quantity(v, kind) for v, kind in zip(value, dimensions, strict=True)]
        return f"[{', '.join(pairs)}]"
    if isinstance(value, float):
        return _quantity(value, dimensions[0])
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _quantity(value: float, dimension: str) -> str:
    exact = exact_quantity(value, dimension)
    return _text(exact) if isinstance(exact, str) else repr(exact)


@functools.cache
def dimensions_of(model: type[Model], name: str) -> tuple[str, ...]:
    """Dimensions of the numbers in a field, in the order of its type."""
    found = marks(model.model_fields[name].rebuild_annotation())
    return tuple(mark.dimension for mark in found if isinstance(mark, Quantity))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _text(key)
