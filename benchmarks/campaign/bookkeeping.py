"""What the steps leave, kept count of: stacks, bodies that fuse, every amount of metal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from record import Done, Moment
from sections import bodies, flaws, parts_left, volume
from weighing import weighed

from bumpform.case.case import Case
from bumpform.geometry.names import is_of_package
from bumpform.materials.library import load_library
from bumpform.steps.kinds import Deposit, Mount
from bumpform.steps.mount import attached_solder

#: Relative slack of an amount of metal, by polygons.
EQUAL = 1e-5

#: Its kind, empty where it is only told; its words.
type Fault = tuple[str, str]


def standing(case: Case, steps: tuple[Done, ...], moments: tuple[Moment, ...]) -> Iterator[Fault]:
    """Faults of the stacks after each step, and bodies that fused across a gap or did not."""
    seen: set[int] = set()
    sound = None  # the stack before, in which nothing was found
    for step in steps:
        stack = step.after.stack
        if id(stack) in seen:
            continue
        seen.add(id(stack))
        mounted = any(is_of_package(region.name) for region in stack.regions)
        wrong = flaws(stack, sound) if not mounted else []
        sound = stack
        if wrong:
            kind = case.steps[step.index].do
            yield "stack", f"step {step.index} ({kind}): {'; '.join(wrong)}"
            break
    for moment in moments:
        yield from _fused(moment, {name for name in case.materials if "+" in name})


def _fused(moment: Moment, given: set[str]) -> Iterator[Fault]:
    """Faults of what a stage has fused: all that melts and touches, nothing else.

    ``given`` are mixtures whose melting range the case gives.
    """
    name, outer, stage = moment.reported["name"], moment.before.stack.outer, moment.stage
    if stage.refusal is not None:
        return
    solid = moment.solid - {*stage.enclosed}
    molten = [r for r in moment.stood if r.name not in solid]
    groups = {frozenset(group) for group in bodies(molten, outer)}
    free = [frozenset(liquid.melted) for liquid in moment.liquids]
    shut = frozenset(stage.enclosed)  # they may touch what flows along a line, see `sentences`
    groups = {group - shut for group in groups} - {frozenset()}
    for liquid in free:
        parts = [sorted(group) for group in groups if group <= liquid]
        if liquid != frozenset().union(*parts):
            yield "fused", f"{name}: {sorted(liquid)} is one liquid, what touches is {groups}"
        elif len(parts) > 1:  # they may have met on their way
            yield "", f"met: {name}: {parts} did not touch, and are one"
    new = [r for r in moment.after.stack.regions if r.kind == "solder" and r.name not in solid]
    for group in bodies(new, outer, along=True):
        if len({*group} - shut) > 1:  # what is shut in keeps its shape
            yield "fused", f"{name}: {group} were liquid and touch, and are not one"
    told = " ".join(w for w in moment.reported.get("warnings", ()))
    for region in moment.before.stack.regions:
        content = moment.before.contents.get(region.name)
        if region.name not in solid or content is None or region.name in told:
            continue
        if given and len(content.alloys) > 1:
            continue
        peak, been = moment.reported["peak_K"], content.liquid_at
        if been is not None and peak >= been and len(content.alloys) > 1:
            yield "fused", f"{name}: {region.name} was liquid at {been:.6g} K, stays solid"
        elif len(content.alloys) == 1 and peak >= _liquidus(content.alloys[0][0]):
            yield "fused", f"{name}: {region.name} stays solid above its liquidus"


def _liquidus(solder: str) -> float:
    """As bumpform's table has it, K; of one that it does not know none is reached."""
    entry = load_library().materials.get(solder)
    return math.inf if entry is None or entry.liquidus is None else entry.liquidus.value


def metal(case: Case, steps: tuple[Done, ...], moments: tuple[Moment, ...]) -> Iterator[Fault]:
    """Faults of amounts: each solder's metal, from the case's numbers, less what was cut away."""
    if case.weighs_solids:
        yield from weighed(case, steps, moments)
        return
    there: dict[str, float] = {}  # by region, m³
    by_index = {m.index: m for m in moments}
    for step in steps:
        kind, after, before = case.steps[step.index], step.after, step.before
        if isinstance(kind, Deposit):
            region = after.stack.regions[-1]
            amount = kind.metal_volume
            if amount is None:
                amount = volume(region) * (kind.fill or kind.stencil).metal_fraction
            there[region.name] = amount
        elif step.index in by_index and before is not None:
            stage, solid = by_index[step.index].stage, by_index[step.index].solid
            there |= _brought(kind, stage)
            gone = [n for n in there if n not in solid]  # what is enclosed keeps its shape
            fresh = all(
                n not in before.contents or before.contents[n].liquid_at is None for n in gone
            )
            went_in = math.fsum(there.pop(n) for n in gone)
            melts = [liquid.melt for liquid in by_index[step.index].liquids]
            molten = math.fsum(melt.volume for melt in melts)
            mixed = any(len(melt.solders) > 1 for melt in melts)
            fresh &= stage.refusal is None  # or else only its first liquid is told
            fresh &= attached_solder(kind) is None  # it was liquid at another temperature
            if fresh and not mixed and not math.isclose(went_in, molten, rel_tol=EQUAL):
                yield "metal", f"{went_in:.9g} m³ went in, {molten:.9g} m³ are liquid"
            if stage.refusal is None and melts:
                new = [r for r in after.stack.regions if r.kind == "solder" and r.name not in solid]
                frozen = {r.name: volume(r) for r in new}
                whole = math.fsum(frozen.values())
                if not math.isclose(whole, molten, rel_tol=EQUAL):
                    yield "metal", f"{molten:.9g} m³ froze as {whole:.9g} m³"
                there |= frozen
        elif before is not None and kind.do in ("etch", "strip", "abrade"):
            there = _cut(there, before.stack, after.stack)


def _brought(kind: Any, stage: Any) -> dict[str, float]:
    """Metal on the package of a mount."""
    if not isinstance(kind, Mount) or kind.solder is None:
        return {}
    region, amount = stage.brought.stack.regions[-1], kind.solder.metal_volume
    if attached_solder(kind) is not None:
        return {region.name: volume(region)}
    if amount is None:
        amount = volume(region) * (kind.solder.fill or kind.solder.stencil).metal_fraction
    return {region.name: amount}


def _cut(metal: dict[str, float], before: Any, after: Any) -> dict[str, float]:
    """Metal of solders after a cut: by the share of the volume that is left."""
    return {left: metal[name] * share for name, left, share in parts_left(metal, before, after)}
