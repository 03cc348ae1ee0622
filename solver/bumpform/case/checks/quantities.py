"""Which values of a case are quantities: what studies, tolerances and answers ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, TypeAliasType, get_args, get_origin

from bumpform.case.checks.addresses import submodel
from bumpform.materials.overrides import MaterialOverride
from bumpform.steps.kinds import STEP_KINDS
from bumpform.units.fields import Acceleration, Angle, Fraction, Length, Model, Quantity, Uses

__all__ = ["annotation_at", "marks", "quantity_at", "value_at"]

#: Numbers of the sections that are no tables of their own.
_SECTION_VALUES: Final[Mapping[tuple[str, str], Any]] = {
    ("case", "pitch"): Length,
    ("environment", "gravity"): Acceleration,
    ("conditions", "tolerance"): Fraction,
}


def annotation_at(data: Mapping[str, Any], keys: Sequence[str]) -> Any:
    """Type of the field at some keys of a case file's data; None where no model knows it."""
    head, *rest = keys
    if head == "wetting":
        return Angle
    model: type[Model] | None = None
    if head == "materials":
        model, rest = MaterialOverride, rest[1:]
    elif head == "step":
        kind = value_at(data, ["step", rest[0], "do"])
        model, rest = STEP_KINDS.get(str(kind)), rest[1:]
    else:
        return _SECTION_VALUES.get((head, rest[0])) if len(rest) == 1 else None
    for key in rest[:-1]:
        model = submodel(model, key) if model else None
    field = model.model_fields.get(rest[-1]) if model and rest else None
    return field.rebuild_annotation() if field else None


def quantity_at(data: Mapping[str, Any], keys: Sequence[str]) -> Quantity | None:
    """The quantity at some keys of a case file's data; None where there is no single one."""
    found = list(marks(annotation_at(data, keys)))
    return found[0] if len(found) == 1 and isinstance(found[0], Quantity) else None


def value_at(data: Mapping[str, Any], keys: Sequence[str]) -> Any:
    """What stands at some keys of a case file's data; None where nothing does."""
    place: Any = data
    for key in keys:
        if isinstance(place, Mapping):
            place = place.get(key)
        elif isinstance(place, list | tuple) and key.isdigit() and int(key) < len(place):
            place = place[int(key)]
        else:
            return None
    return place


def marks(annotation: Any) -> list[Quantity | Uses]:
    """Quantities and uses of materials that a type names, in its order."""
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Quantity | Uses):
            return [mark]
    arguments = get_args(annotation)
    within = arguments[:1] if get_origin(annotation) is Annotated else arguments
    found = [mark for argument in within for mark in marks(argument)]
    if isinstance(annotation, TypeAliasType):
        found += marks(annotation.__value__)
    return found
