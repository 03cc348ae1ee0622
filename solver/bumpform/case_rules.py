"""Rules of a case that join several values: the order of steps, names, materials, peaks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bumpform.case_paths import step_labels, submodel
from bumpform.case_problems import spell
from bumpform.errors import CaseError, Problem
from bumpform.fields import Model, Uses
from bumpform.materials import Materials, split_wetting_key
from bumpform.overrides import MaterialOverride
from bumpform.steps import STEP_KINDS, Deposit, Reflow, Step

__all__ = ["material_problems", "melting_problems", "order_problems"]

_RESERVED_STAGES: Final = {"barrier"}  # result.json has metrics.barrier beside the stages
_NEEDS: Final = {
    "solder": "nothing to melt has been put on the stack before it. Deposit solder first.",
    "solid": "nothing solid stands before it. Deposit solder and reflow it first.",
}


def order_problems(steps: Sequence[Any]) -> Iterator[Problem]:
    """Problems of the order of the steps, and of names that must be told apart."""
    if not steps:
        yield Problem("step", 'there is no step. The first is [[step]] with do = "substrate".')
        return
    kinds = [STEP_KINDS.get(str(step.get("do"))) if _table(step) else None for step in steps]
    labels = step_labels(steps)
    have: set[str] = set()
    openings: dict[str, bool] = {}
    stages: set[str] = set()
    for index, (step, kind) in enumerate(zip(steps, kinds, strict=True)):
        if kind is None:
            continue
        is_substrate = "substrate" in kind.gives
        if index == 0 and not is_substrate:
            yield Problem(labels[0], 'the first step must be do = "substrate".')
        if index > 0 and is_substrate:
            yield Problem(labels[index], "a process has one substrate, as its first step.")
        if None not in kinds[:index]:
            for need in kind.needs:
                if need not in have and need in _NEEDS:
                    yield Problem(labels[index], _NEEDS[need])
        have |= set(kind.gives)
        yield from _layer_problems(step, labels[index], openings)
        stage = step.get("name") if kind.identity == "name" else None
        if isinstance(stage, str):
            key = re.sub(r"[^a-z0-9.]+", "_", stage.casefold())  # stages name files
            if key in stages | _RESERVED_STAGES or key.endswith("as_deposited"):
                rule = "another stage has this name." if key in stages else "this name is taken."
                yield Problem(f"{labels[index]}.name", f"{rule} Choose another.", spell(stage))
            stages.add(key)


def _table(value: object) -> bool:
    return isinstance(value, Mapping)


def _layer_problems(
    step: Mapping[str, Any], label: str, openings: dict[str, bool]
) -> Iterator[Problem]:
    """Problems of layers made twice and of fills without an opening; notes new layers."""
    layer = step.get("layer")
    if step["do"] == "coat" and isinstance(layer, str):
        if layer in openings:
            yield Problem(
                f"{label}.layer", "another layer has this name. Choose another.", spell(layer)
            )
        openings[layer] = step.get("opening") is not None
    fill = step.get("fill")
    if step["do"] == "deposit" and isinstance(fill, Mapping) and isinstance(fill.get("layer"), str):
        name = fill["layer"]
        if name not in openings:
            near = difflib.get_close_matches(name, openings, n=1)
            hint = f'Did you mean "{near[0]}"?' if near else "Coat it before the deposit."
            yield Problem(f"{label}.fill.layer", f"no such layer yet. {hint}", spell(name))
        elif not openings[name]:
            yield Problem(f"{label}.fill.layer", "this layer has no opening to fill.", spell(name))


def material_problems(
    steps: Sequence[Any], overrides: Mapping[str, MaterialOverride], wetting: Iterable[str]
) -> Iterator[Problem]:
    """Names of no material, solders that are none, and new materials that lack a value."""
    materials = Materials(overrides)
    for name in overrides:
        material = materials.get(name)
        missing = ["kind"] if not material.kind else []
        if material.kind == "solder":
            missing += [key.removesuffix("_liquid") for key in material.missing_for_melting()]
        if missing:
            message = f"a new material needs kind, a solder more: missing {', '.join(missing)}."
            yield Problem(f"materials.{name}", message)
        low, high = material.solidus, material.liquidus
        if low and high and low.value > high.value:
            yield Problem(f"materials.{name}", "the solidus is above the liquidus. Give both.")
    for step, label in zip(steps, step_labels(steps), strict=True):
        if _table(step) and str(step.get("do")) in STEP_KINDS:
            for path, name, uses in _uses(STEP_KINDS[step["do"]], step, label):
                if name not in materials:
                    yield Problem(path, materials.unknown(name), spell(name))
                elif uses.kind and materials.get(name).kind not in (uses.kind, ""):
                    message = f"a {uses.kind} is needed; this is a {materials.get(name).kind}."
                    yield Problem(path, message, spell(name))
    for key in wetting:
        for name in filter(None, split_wetting_key(str(key))):
            if name not in materials:
                yield Problem(f"wetting.{key}", f'"{name}" is an {materials.unknown(name)}')


def melting_problems(steps: Sequence[Step], materials: Materials) -> Iterator[Problem]:
    """Peaks between solidus and liquidus of a solder that no earlier stage has melted.

    One that has melted before may have fused with another: then only the process knows.
    """
    labels = step_labels([step.model_dump() for step in steps])
    fresh: list[str] = []
    for step, label in zip(steps, labels, strict=True):
        if isinstance(step, Deposit):
            fresh.append(step.solder)
        elif isinstance(step, Reflow):
            for solder in [name for name in fresh if name in materials]:
                try:
                    state = materials.state(solder, step.peak_K)
                except CaseError as error:
                    given = "profile" if step.peak is None else "peak"
                    for problem in error.problems:
                        yield Problem(f"{label}.{given}", problem.message)
                else:
                    if state == "molten":
                        fresh.remove(solder)


def _uses(
    model: type[Model], table: Mapping[str, Any], path: str
) -> Iterator[tuple[str, str, Uses]]:
    """Every material that a step names: where, its name, and what it must be."""
    for key, field in model.model_fields.items():
        value, inner = table.get(key), submodel(model, key)
        if inner and isinstance(value, Mapping):
            yield from _uses(inner, value, f"{path}.{key}")
        elif isinstance(value, str):
            for mark in field.metadata:
                if isinstance(mark, Uses):
                    yield f"{path}.{key}", value, mark
