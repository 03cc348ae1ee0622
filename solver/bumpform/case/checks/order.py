"""Rules of a case that join several values: the order of steps, names, materials."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bumpform.case.checks.addresses import step_labels, submodel
from bumpform.case.checks.problems import spell
from bumpform.errors import Problem
from bumpform.materials.materials import Materials, split_wetting_key
from bumpform.materials.overrides import MaterialOverride
from bumpform.steps.kinds import STEP_KINDS, Step, Strip
from bumpform.units.fields import Model, Uses

__all__ = ["material_problems", "order_problems", "unused_wetting", "use_problem"]

#: Added where solder has been plated with a step that takes it for a solid.
_PLATED: Final = (
    "nothing to melt has been put on the stack before it: what is plated stays solid. Put solder "
    'on with do = "deposit"; plated solder is a deposit with a column.'
)
#: What else a package can do about it.
_BRINGS: Final = " Or give the package its own: mount.solder."
#: Added where metal is to grow on what has been plated.
_ON_A_POST: Final = ' Metal on a plated post is another do = "plate".'
#: Said where it is to grow on a ball.
_ON_A_CORE: Final = (
    "it grows on frozen solder, and before it is a core alone. A plated core is a core of its "
    "plating's material; its diameter is that with the plating."
)
#: Said of a step under a mounted package; of those that before the mount are another process.
_IN_THE_WAY: Final = "no such step can follow. Put it before the mount."
_UNDER_A_PACKAGE: Final = {
    "mount": "a second one, on it or beside it, is not modelled. Leave it out: its joint is a case "
    "of its own.",
    "coat": "what fills the room round its joint, an underfill or a mold, is not modelled. Leave "
    "it out: a coat before the mount is one round the bump that stands there.",
}
_RESERVED_STAGES: Final = {"barrier"}  # result.json has metrics.barrier beside the stages
#: What the first step's rule, and that of the layer's name, tell already.
_TOLD_ELSEWHERE: Final = {"substrate", "layer"}
_NEEDS: Final = {
    "solder": "nothing to melt has been put on the stack before it. Deposit solder first.",
    "solid": "it grows on frozen solder; none is before it. Deposit solder and reflow it first.",
    "package": "no package has been mounted before it. Mount one first.",
}


def order_problems(steps: Sequence[Any], materials: Materials) -> Iterator[Problem]:
    """Problems of the order of the steps, and of names that must be told apart."""
    if not steps:
        yield Problem("step", 'there is no step. The first is [[step]] with do = "substrate".')
        return
    kinds = [STEP_KINDS.get(str(step.get("do"))) if _table(step) else None for step in steps]
    labels = step_labels(steps)
    have: set[str] = set()
    layers = _Layers()
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
            if "package" in have and _comes_before_a_package(kind):
                yield Problem(
                    labels[index],
                    f"the package is mounted: {_UNDER_A_PACKAGE.get(step['do'], _IN_THE_WAY)} "
                    f"What can follow: {', '.join(_after_a_package())}.",
                )
            if isinstance(step.get("solder"), Mapping):  # a package brings its own
                have.add("solder")
            for need in kind.needs:
                if need not in have and need not in _TOLD_ELSEWHERE:
                    plated = need == "solder" and _plates_solder(steps[:index], materials)
                    rule = (
                        _PLATED
                        if plated
                        else _NEEDS.get(need, f"no step before it gives a {need}.")
                    )
                    if need == "solder" and "package" in kind.gives:
                        rule += _BRINGS
                    if need == "solid" and any("plate" in k.gives for k in kinds[:index] if k):
                        rule += _ON_A_POST
                    if need == "solid" and any("core" in k.gives for k in kinds[:index] if k):
                        rule = _ON_A_CORE
                    yield Problem(labels[index], rule)
        have |= set(kind.gives)
        yield from layers.problems(step, kind, labels[index])
        stage = step.get("name", _default_name(kind)) if kind.identity == "name" else None
        if isinstance(stage, str):
            key = re.sub(r"[^a-z0-9.]+", "_", stage.casefold())  # stages name files
            if key in stages | _RESERVED_STAGES or key.endswith("as_deposited"):
                rule = "another stage has this name." if key in stages else "this name is taken."
                yield Problem(f"{labels[index]}.name", f"{rule} Choose another.", spell(stage))
            stages.add(key)


def _comes_before_a_package(kind: type[Step]) -> bool:
    """Whether a kind of step puts on or takes off what a mounted package is in the way of."""
    adds = kind.shapes or "solder" in kind.gives
    return adds and "package" not in kind.needs


def _after_a_package() -> list[str]:
    """Steps that can follow a mount."""
    return sorted(
        do
        for do, kind in STEP_KINDS.items()
        if "substrate" not in kind.gives and not _comes_before_a_package(kind)
    )


def _plates_solder(steps: Sequence[Any], materials: Materials) -> bool:
    """Whether a step plates what could melt."""
    named = (step.get("material") for step in steps if _table(step) and step.get("do") == "plate")
    return any(name in materials and materials.get(name).is_solder for name in named)


def _table(value: object) -> bool:
    return isinstance(value, Mapping)


def _default_name(kind: type[Step]) -> object:
    return kind.model_fields["name"].default


class _Layers:
    """Layers as they come and go along a process, and what is wrong with how steps name them."""

    def __init__(self) -> None:
        self.openings: dict[str, bool] = {}  # by name: whether it may have an opening
        self.stripped: set[str] = set()
        self.barriers: set[object] = set()  # as they may be called

    def problems(self, step: Mapping[str, Any], kind: type[Step], label: str) -> Iterator[Problem]:
        """Problems of one step of a kind; its layers are noted for the steps after it."""
        layer = step.get("layer")
        if step["do"] == "barrier":
            self.barriers |= {"barrier", label, str(step.get("material"))}
        if "layer" in kind.gives:
            name = layer if layer is not None else step.get("material")  # as a plate does
            if isinstance(layer, str) and layer in {*self.openings, *self.stripped}:
                message = "another layer has this name. Choose another."
                yield Problem(f"{label}.layer", message, spell(layer))
            if isinstance(name, str):
                self.openings[name] = step.get("opening") is not None
        elif "layer" in kind.model_fields:
            yield from self._known(layer, f"{label}.layer", "Coat or plate it first.")
            if "layer" in kind.needs and isinstance(layer, str) and layer in self.openings:
                if kind is Strip:
                    self.stripped.add(layer)
                    del self.openings[layer]
                else:
                    self.openings[layer] = True  # it may: the process run dry tells
        elif step["do"] == "abrade" and isinstance(step.get("below_top"), Mapping):
            name, path = step["below_top"].get("layer"), f"{label}.below_top.layer"
            yield from self._known(name, path, "Coat it first.")
        if step["do"] in ("deposit", "plate") and isinstance(step.get("fill"), Mapping):
            name, path = step["fill"].get("layer"), f"{label}.fill.layer"
            yield from self._known(name, path, f"Coat it before the {step['do']}.")
            if isinstance(name, str) and self.openings.get(name) is False:
                yield Problem(path, "this layer has no opening to fill.", spell(name))

    def _known(self, name: object, path: str, advice: str) -> Iterator[Problem]:
        if not isinstance(name, str) or name in self.openings:
            return
        near = difflib.get_close_matches(name, self.openings, n=1)
        hint = f'Did you mean "{near[0]}"?' if near else advice
        what = "this layer has been stripped." if name in self.stripped else "no such layer yet."
        if name in self.barriers:
            what, hint = "a barrier is no layer.", "Only abrading takes it down, to a height."
        if name in ("pad", "base"):
            what, hint = (
                "it is of the substrate, which stays as it is.",
                "Give its final sizes there.",
            )
        yield Problem(path, f"{what} {hint}", spell(name))


def material_problems(
    steps: Sequence[Any],
    overrides: Mapping[str, MaterialOverride],
    wetting: Iterable[str],
    wrong: Container[str] = (),
) -> Iterator[Problem]:
    """Names of no material, solders that are none, and new materials that lack a value.

    ``wrong`` has the addresses of values that are wrong: these are not missing.
    """
    materials = Materials(overrides)
    used = [
        use
        for step, label in zip(steps, step_labels(steps), strict=True)
        if _table(step) and str(step.get("do")) in STEP_KINDS
        for use in _uses(STEP_KINDS[step["do"]], step, label)
    ]
    solders = {materials.canonical(name) for _, name, uses in used if uses.kind == "solder"}
    for name in overrides:
        if f"materials.{name}" in wrong:
            continue
        material = materials.get(name)
        missing = ["kind"] if not material.kind else []
        if materials.parts(name):  # fused: mixes what its parts have; where it melts needs both
            unknown = [key for key in ("solidus", "liquidus") if not getattr(material, key)]
            missing += unknown if len(unknown) == 1 else []
        elif material.is_solder or (not material.kind and name in solders):
            missing += [key.removesuffix("_liquid") for key in material.missing_for_melting()]
        missing = [key for key in missing if f"materials.{name}.{key}" not in wrong]
        if missing:
            message = f"a new material needs kind, a solder more: missing {', '.join(missing)}."
            yield Problem(f"materials.{name}", message)
        low, high = material.solidus, material.liquidus
        if low and high and low.value > high.value:
            yield Problem(f"materials.{name}", "the solidus is above the liquidus. Give both.")
    for path, name, uses in used:
        if problem := use_problem(path, name, uses, materials):
            yield problem
    for key in wetting:
        for name in _named_in(key):
            if name not in materials:
                yield Problem(f"wetting.{key}", f'"{name}" is an {materials.unknown(name)}')
    yield from _said_twice("materials", overrides, materials.canonical)
    yield from _said_twice(
        "wetting", wetting, lambda key: tuple(map(materials.canonical, _named_in(key)))
    )


def _said_twice(
    section: str, keys: Iterable[str], meant: Callable[[str], Hashable]
) -> Iterator[Problem]:
    """Keys that are another one by an alias: a TOML file cannot have one key twice either."""
    first: dict[Hashable, str] = {}
    for key in keys:
        other = first.setdefault(meant(key), key)
        if other != key:
            yield Problem(f"{section}.{key}", f'is the same as "{other}": leave one out.')


def _named_in(key: str) -> tuple[str, ...]:
    """The materials of a key of ``[wetting]``: a surface, or a solder and a surface."""
    return tuple(filter(None, split_wetting_key(str(key))))


def unused_wetting(
    steps: Sequence[Step], wetting: Iterable[str], materials: Materials
) -> Iterator[str]:
    """A note of the contact angles that no step of a case can use; none where all are used."""
    named = {
        (materials.canonical(name), uses.kind == "solder")
        for step in steps
        for name, uses in _named(step)
    }
    solders = {name for name, is_solder in named if is_solder}
    unused = []
    for key in wetting:
        solder, surface = split_wetting_key(key)
        parts = [materials.canonical(part) for part in solder.split("+")] if solder else []
        absent = [part for part in parts if part not in solders]
        if absent:
            unused.append(f'"{key}" (no step puts down {absent[0]})')
        elif not set(materials.canonical(surface).split("+")) <= {name for name, _ in named}:
            unused.append(f'"{key}" (nothing in the case is of {surface})')
    if unused:
        what = "a contact angle that is" if len(unused) == 1 else "contact angles that are"
        yield f"{what} not used: {', '.join(unused)}"


def use_problem(path: str, name: str, uses: Uses, materials: Materials) -> Problem | None:
    """Problem of a name where a material is needed; None if it is right."""
    if name not in materials:
        return Problem(path, materials.unknown(name), spell(name))
    if uses.kind and materials.get(name).kind not in (uses.kind, ""):
        message = f"a {uses.kind} is needed; this is a {materials.get(name).kind}."
        return Problem(path, message, spell(name))
    return None


def _uses(
    model: type[Model], table: Mapping[str, Any], path: str
) -> Iterator[tuple[str, str, Uses]]:
    """Every material that a step names: where, its name, and what it must be."""
    for key, field in model.model_fields.items():
        value = table.get(key)
        if isinstance(value, str):
            for mark in field.metadata:
                if isinstance(mark, Uses):
                    yield f"{path}.{key}", value, mark
        elif isinstance(value, Mapping) and (inner := submodel(model, key)):
            yield from _uses(inner, value, f"{path}.{key}")


def _named(model: Model) -> Iterator[tuple[str, Uses]]:
    """Every material that a step, or a part of one, names, and what it must be."""
    marked, inner = _fields(type(model))
    for key, uses in marked:
        if isinstance(value := getattr(model, key), str):
            yield value, uses
    for key in inner:
        if isinstance(value := getattr(model, key), Model):
            yield from _named(value)


@functools.cache
def _fields(model: type[Model]) -> tuple[tuple[tuple[str, Uses], ...], tuple[str, ...]]:
    """Fields of a model that name a material, with what it must be; and those that are models."""
    fields = model.model_fields.items()
    marked = ((k, mark) for k, f in fields for mark in f.metadata if isinstance(mark, Uses))
    return tuple(marked), tuple(key for key, _ in fields if submodel(model, key))
