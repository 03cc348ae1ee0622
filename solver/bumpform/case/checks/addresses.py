"""Addresses of values in a case file: what `--set PATH=VALUE` and messages use.

A path is one of

==================================  ============================================================
``case.pitch``, ``mesh.recipe``     a section and its key
``wetting.Sn63Pb37 on Au``          all that follows the first point is the key
``requirements.reflow.coverage.min`` the last part is min or max
``tolerances.barrier.thickness.std``  the last part is std, half_width, low or high
``materials.Pb95Sn5.density``       a material and its field
``coat.thickness``                  a step by its `do`, where one step only has it
``dielectric.thickness``            a step by its own name: a coat's `layer`, a reflow's `name`, a
                                    deposit's `solder`, a barrier's `material`
``coat.dielectric.thickness``       both
``deposit.1.volume``                the second deposit: counts the steps of one kind from 0
``step.2.volume``, ``2.volume``     a step by its place in the process, from 0 as in result.json
==================================  ============================================================

followed by keys down to the value: ``coat.dielectric.opening.radius``. Quotes round a part may be
written and are ignored. A path that fits several steps is an error that names them.
"""

from __future__ import annotations

import difflib
import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bumpform.errors import CaseError, Problem
from bumpform.materials.overrides import MaterialOverride
from bumpform.steps.kinds import STEP_KINDS
from bumpform.units.fields import Model

__all__ = [
    "LONGEST_LINE",
    "SECTIONS",
    "SECTION_OF",
    "locate",
    "parse_set",
    "put",
    "set_values",
    "step_labels",
    "submodel",
]

#: Longest line of a case file, and longest setting, in letters. A key of so many parts as fit
#: in a file takes Python's reader minutes: the time grows with their square.
LONGEST_LINE: Final = 5_000

# File section -> key in it -> field of Case ("" : not a field of its own).
SECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "case": {
        "name": "name",
        "title": "title",
        "pitch": "pitch",
        "route": "route",
        "remelts": "remelts",
        "amounts": "amounts",
        "freezing": "freezing",
    },
    "environment": {"gravity": "gravity", "orientation": ""},
    "conditions": {"tolerance": "tolerance"},
    "mesh": {"recipe": "mesh_recipe"},
}
#: Section of the file that is a field of Case as it stands -> that field.
SECTION_OF: Final = {
    "wetting": "wetting",
    "materials": "materials",
    "requirements": "requirements",
    "tolerances": "tolerances",
    "step": "steps",
}


def step_labels(steps: Sequence[object]) -> list[str]:
    """Shortest address that tells each step from the others, but always with its name.

    Examples
    --------
    >>> step_labels([{"do": "clean"}, {"do": "coat", "layer": "resist"}, {"do": "clean"}])
    ['clean.0', 'coat.resist', 'clean.1']
    """
    names = [_names(step) for step in steps]
    labels = []
    for index, (do, identity) in enumerate(names):
        same = [other for other in names if other[0] == do]
        if not do:
            labels.append(f"step.{index}")
        elif identity and same.count((do, identity)) == 1:
            labels.append(f"{do}.{identity}")
        elif len(same) == 1:
            labels.append(do)
        else:
            labels.append(f"{do}.{sum(other[0] == do for other in names[:index])}")
    return labels


def _names(step: object) -> tuple[str, str]:
    """`do` and own name of a step as the file has it; empty texts for what it lacks."""
    if not isinstance(step, Mapping):
        return "", ""
    do = step.get("do")
    if not isinstance(do, str) or do not in STEP_KINDS:
        return "", ""
    identity = step.get(STEP_KINDS[do].identity, "")
    return do, identity if isinstance(identity, str) else ""


def parse_set(text: str) -> tuple[str, Any]:
    """Path and value of a ``PATH=VALUE``; the value is TOML, or else text as it stands.

    Raises
    ------
    CaseError
        If there is no ``=`` or nothing before it.

    Examples
    --------
    >>> parse_set("barrier.thickness=4 um"), parse_set("conditions.tolerance=0.3")
    (('barrier.thickness', '4 um'), ('conditions.tolerance', 0.3))
    """
    if len(text) > LONGEST_LINE:
        message = f"a setting has at most {LONGEST_LINE} characters."
        raise CaseError([Problem("--set", message, f'"{text[:40]} ..."')])
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        message = 'PATH=VALUE is needed, for example "barrier.thickness=4 um".'
        raise CaseError([Problem("--set", message, f'"{text}"')])
    try:
        table = tomllib.loads(f"value = {value.strip()}")
    except (ValueError, RecursionError):  # no TOML, or an integer of too many digits
        return path.strip(), value.strip()
    return path.strip(), table["value"] if len(table) == 1 else value.strip()


def set_values(data: dict[str, Any], values: Iterable[tuple[str, object]]) -> list[Problem]:
    """Put values at their paths into the data of a case file, in place; what is wrong with them.

    A path is that of the case as it came, whatever the other values rename; one that fits nothing
    there may be one that they have made.
    """
    problems: list[Problem] = []
    steps = data.get("step")
    steps = steps if isinstance(steps, list) else []
    # an address says no more of a step than its own values
    came = {"step": [dict(step) if isinstance(step, Mapping) else step for step in steps]}
    for path, value in values:
        try:
            try:
                place = locate(came, path)
            except CaseError as error:
                try:
                    place = locate(data, path)
                except CaseError:
                    raise error from None
            put(data, place, path, value)
        except CaseError as error:
            problems += error.problems
    return problems


def put(data: dict[str, Any], keys: Sequence[str], path: str, value: object) -> None:
    """Put a value at some keys into the data of a case file, in place."""
    *parents, last = keys
    place: Any = data
    for key in parents:
        if isinstance(place, list) and key.isdigit() and int(key) < len(place):
            place = place[int(key)]
        elif isinstance(place, dict):
            place = place.setdefault(key, {})
        else:
            raise CaseError([Problem(path, f'there is no table "{key}" to set a value in.')])
    if isinstance(place, list) and last.isdigit() and int(last) < len(place):
        place[int(last)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise CaseError([Problem(path, f'"{parents[-1]}" is a value, not a table.')])


def locate(data: Mapping[str, Any], path: str) -> list[str]:
    """Keys from the top of a case file's data to the value at a path.

    Raises
    ------
    CaseError
        If the path fits nothing, or several steps.

    Examples
    --------
    >>> locate({"step": [{"do": "coat", "layer": "resist"}]}, "resist.opening.radius")
    ['step', '0', 'opening', 'radius']
    """
    spelled, path = path, path.replace('"', "").replace("'", "")
    head, _, rest = path.partition(".")
    if head == "wetting" and rest:
        return ["wetting", rest]
    if head == "requirements" and rest:
        name, _, limit = rest.rpartition(".")
        return ["requirements", name, limit]
    if head == "tolerances" and rest:
        name, _, key = rest.rpartition(".")
        return ["tolerances", name, key]
    if head == "materials" and "." in rest:
        name, inside, element = rest.partition(".composition.")
        if inside:
            return ["materials", name, "composition", element]
        name, _, field = rest.rpartition(".")
        return ["materials", name, field]
    if head in SECTIONS and rest:
        return [head, *rest.split(".")]
    return _locate_step(data, path, spelled)


def _locate_step(data: Mapping[str, Any], path: str, spelled: str) -> list[str]:
    steps = data.get("step")
    steps = steps if isinstance(steps, list) else []
    labels = step_labels(steps)
    best, found = 0, set[int]()
    for index, step in enumerate(steps):
        do, identity = _names(step)
        selectors = {str(index), f"step.{index}", labels[index]}
        if do:
            nth = sum(_names(other)[0] == do for other in steps[:index])
            selectors |= {do, f"{do}.{nth}"}
        if identity:
            selectors |= {identity, f"{do}.{identity}"}
        for selector in selectors:
            if path.startswith(selector + ".") and len(selector) >= best:
                found = {index} if len(selector) > best else found | {index}
                best = len(selector)
    keys = path[best + 1 :]
    found = {index for index in found if _may_have(steps[index], keys)}
    if len(found) == 1:
        return ["step", str(found.pop()), *keys.split(".")]
    if found:
        fits = " or ".join(f"{labels[index]}.{keys}" for index in sorted(found))
        raise CaseError([Problem(spelled, f"fits several steps. Write {fits}.")])
    raise CaseError([Problem(spelled, _nearest(path, steps, labels))])


def _may_have(step: object, keys: str) -> bool:
    do = _names(step)[0]
    return not do or keys.partition(".")[0] in STEP_KINDS[do].model_fields


def _nearest(path: str, steps: Sequence[Any], labels: Sequence[str]) -> str:
    known = [f"{section}.{key}" for section, keys in SECTIONS.items() for key in keys]
    for step, label in zip(steps, labels, strict=True):
        if do := _names(step)[0]:
            known += [f"{label}.{key}" for key in _keys(STEP_KINDS[do]) if key != "do"]
    near = difflib.get_close_matches(path, known, n=2, cutoff=0.55)
    if near:
        return f"no such value. Did you mean {' or '.join(near)}?"
    return f"no such value. The steps are {', '.join(labels)}." if labels else "no such value."


def _keys(model: type[Model]) -> list[str]:
    keys = []
    for name in model.model_fields:
        inner = submodel(model, name)
        keys += [f"{name}.{key}" for key in _keys(inner)] if inner else [name]
    return keys


@functools.cache
def submodel(model: type[Model], name: str) -> type[Model] | None:
    """Model of a field that is a table; None for a value."""
    field = model.model_fields.get(name)
    if field is None:
        return None
    options = [field.annotation, *getattr(field.annotation, "__args__", ())]
    return next((o for o in options if isinstance(o, type) and issubclass(o, Model)), None)


def model_at(location: Sequence[str | int]) -> type[Model] | None:
    """Model that holds the last part of a pydantic error's location in a Case."""
    model: type[Model] | None
    if location[0] == "steps" and len(location) > 2:
        model, rest = STEP_KINDS.get(str(location[2])), location[3:]
    elif location[0] == "materials" and len(location) > 1:
        model, rest = MaterialOverride, location[2:]
    else:
        return None
    for part in rest[:-1]:
        model = submodel(model, str(part)) if model else None
    return model
