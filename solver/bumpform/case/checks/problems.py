"""What is wrong with a case, in words: pydantic's errors as a user of case files reads them."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bumpform.case.checks.addresses import SECTION_OF, SECTIONS, model_at, step_labels, submodel
from bumpform.errors import CaseError, Problem
from bumpform.steps.kinds import STEP_KINDS
from bumpform.units.fields import Model, Quantity, Uses
from bumpform.units.table import DIMENSIONS

__all__ = ["broken_rule", "explain", "home_of", "raise_if", "rule", "spell", "unknown_key"]

#: Another way of saying a size, and what it is of the one that is said.
_SIZES: Final = {"diameter": ("radius", "half of it"), "radius": ("diameter", "twice it")}
_FIELD_PATHS: Final = {
    field: f"{section}.{key}" for section, keys in SECTIONS.items() for key, field in keys.items()
}


def spell(value: object) -> str:
    """Return a value as a case file would spell it, short; empty for a table.

    Examples
    --------
    >>> spell("30"), spell(True), spell([1, "a"])
    ('"30"', 'true', '[1, "a"]')
    """
    if isinstance(value, Mapping | Model):
        return ""
    if isinstance(value, list | tuple):
        text = f"[{', '.join(spell(item) or '{ … }' for item in value[:9])}]"
    elif isinstance(value, str | bool):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, dt.date | dt.time):
        text = value.isoformat()
    else:
        text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]} ..."


def unknown_key(parent: str, key: str, known: Iterable[str], home: str = "") -> Problem:
    """Problem of a key that does not exist, with where it does, or the nearest that does.

    ``home``: where a key of that name belongs, a sentence.
    """
    known = list(known)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    prefix = f"{parent}." if parent else ""
    size, part = _SIZES.get(key, ("", ""))
    hint = f"Did you mean {prefix}{near[0]}?" if near else f"Known here: {', '.join(known)}."
    if size in known:
        hint = f"Write {prefix}{size}, {part}."
    return Problem(f"{prefix}{key}", f"unknown key. {home or hint}")


def home_of(key: str) -> str:
    """Where in a case file a key belongs that is no key where it stands, a sentence; or empty."""
    if key in SECTION_OF or key in SECTIONS:
        brackets = "[[step]]" if key == "step" else f"[{key}]"
        return f"It is a table of its own: {brackets}."
    section = next((name for name, keys in SECTIONS.items() if key in keys), None)
    if section is not None:
        return f"It is a key of [{section}]."
    return f'It is a step: [[step]] with do = "{key}".' if key in STEP_KINDS else ""


def explain(error: ValidationError, steps: Sequence[object]) -> list[Problem]:
    """Problems of a Case that pydantic refused; `steps` are the steps as they came."""
    labels = step_labels(steps)
    return [_explain_one(detail, labels) for detail in error.errors(include_url=False)]


def _path(location: Sequence[str | int], labels: Sequence[str]) -> str:
    if location and location[0] == "steps":
        parts = [labels[int(location[1])], *location[3:]] if len(location) > 1 else ["step"]
    elif location:
        parts = [_FIELD_PATHS.get(str(location[0]), location[0]), *location[1:]]
    else:
        parts = []
    return ".".join(map(str, parts))


def _explain_one(detail: ErrorDetails, labels: Sequence[str]) -> Problem:
    location = detail["loc"]
    path = _path(location, labels)
    model = model_at(location)
    kind, came = detail["type"], spell(detail["input"])
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        key, known = str(location[-1]), model.model_fields if model else {}
        return unknown_key(path.rpartition(".")[0], key, known, _home(location, labels))
    if kind == "missing":
        return Problem(path, f"is missing.{_example(model, str(location[-1]))}")
    if kind == "value_error":
        return broken_rule(path, context["error"], detail["input"])
    if kind == "union_tag_not_found":
        kinds = ", ".join(STEP_KINDS)
        return Problem(path, f"do is missing: which step is it? One of {kinds}.")
    if kind == "union_tag_invalid":
        near = difflib.get_close_matches(str(context["tag"]), STEP_KINDS, n=1)
        hint = f'Did you mean "{near[0]}"?' if near else f"Known: {', '.join(STEP_KINDS)}."
        return Problem(f"{path}.do", f"unknown kind of step. {hint}", spell(context["tag"]))
    return Problem(path, rule(detail), came)


def _home(location: Sequence[str | int], labels: Sequence[str]) -> str:
    """Where the unknown key at a location belongs: a table beside it, one round it, a section."""
    *within, key = location
    model = model_at(location)
    for name in model.model_fields if model else ():
        table = submodel(model, name) if model else None
        if table is not None and key in table.model_fields:
            return f"It is a key of {_path((*within, name), labels)}."
    while within and (model := model_at(within)) is not None:
        if key in model.model_fields:
            return f"It is a key of {_path(within[:-1], labels)}."
        within.pop()
    if any(key in step.model_fields for step in STEP_KINDS.values()):
        return ""
    return home_of(str(key))


def broken_rule(path: str, error: ValueError, given: object) -> Problem:
    """Problem of a rule that a value breaks, or a table by one of its keys."""
    key = getattr(error, "key", "")
    value = given
    for part in filter(None, key.split(".")):
        value = value.get(part) if isinstance(value, Mapping) else None
    return Problem(f"{path}.{key}" if key else path, str(error), spell(value))


def rule(detail: ErrorDetails) -> str:
    """What pydantic asked for, in the words of a case file."""
    kind = detail["type"]
    if kind == "string_too_long":
        return f"is {len(detail['input'])} characters long; {detail['ctx']['max_length']} may be."
    if kind.startswith("string"):
        return "a text is needed."
    if kind == "literal_error":
        return f"must be {detail['ctx']['expected'].replace(chr(39), chr(34))}."
    if kind.startswith("int"):
        return "a whole number is needed."
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = detail["ctx"].get("ge", detail["ctx"].get("le"))
        return f"must be at {'least' if kind.startswith('greater') else 'most'} {limit}."
    if kind.startswith("bool"):
        return "true or false is needed."
    if kind.startswith(("model", "dict", "mapping")):
        return "a table is needed, { key = value, ... }."
    if kind.startswith(("tuple", "list", "iterable")):
        return "a list is needed, [ ... ]."
    if kind in ("too_long", "too_short"):
        return f"{detail['ctx'].get('max_length', 2)} entries are needed."
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}."


def _example(model: type[Model] | None, name: str) -> str:
    field = model.model_fields.get(name) if model else None
    if field is None:
        return ""
    for mark in field.metadata:
        if isinstance(mark, Quantity):
            return f' Write for example {name} = "{DIMENSIONS[mark.dimension].example}".'
        if isinstance(mark, Uses):
            return f' Write for example {name} = "{mark.example}".'
    return ""


def raise_if(problems: Sequence[Problem], source: str = "") -> None:
    """Raise one CaseError with all problems, each once."""
    if problems:
        raise CaseError(dict.fromkeys(problems), source)
