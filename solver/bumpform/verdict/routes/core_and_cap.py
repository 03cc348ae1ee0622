"""Conditions of a core that holds the gap, and of its cap: 003."""

from __future__ import annotations

import math
from typing import Any, Final

from bumpform.errors import BumpformError, CaseError
from bumpform.findings.condition import (
    Answer,
    condition,
    fails,
    holds,
    judged,
    not_judged,
)
from bumpform.findings.findings import Findings
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.stages import held_at
from bumpform.stack.borders import AIR
from bumpform.steps.kinds import Coat, Deposit, Mount, Reflow, Substrate
from bumpform.verdict.routes.plated_column import spherical

#: How near to the core's size a gap is that it holds, relative.
EQUAL: Final = 0.01
#: Up to this part of the model's radius two heights are level.
LEVEL: Final = 1e-9
#: Part of a piece next to a corner: past it a piece that slopes is off the corner's height.
CORNER: Final = 1e-3
#: Spread of temperatures within an oven, K, and how far a peak stays from where something melts.
OVEN: Final = 20.0
CLEAR: Final = 1.0


@condition(
    "opening-within-pad",
    "The resist is open only over the terminal.",
    core_and_cap=("003 (a)",),
)
def opening_within_pad(found: Findings) -> Answer:
    """The opening's radius at its bottom is at most the pad's."""
    coat = next((s for _, s in found.steps(Coat) if s.opening is not None), None)
    if coat is None or coat.opening is None:
        absent = "there is no resist with an opening"
        return found.missing(lambda s: isinstance(s, Coat), absent)
    pad = found.steps(Substrate)[0][1].pad.radius
    return judged(coat.opening.radius, None, pad, scale=pad)


@condition("core-spherical", "The core is sphere-like.", core_and_cap=("003 (c)", "003 (f)"))
def core_spherical(found: Findings) -> Answer:
    """A core of solder: widest radius against the sphere through apex and line."""
    route = found.core
    if route.metal is not None and not route.core:
        return holds("a solid ball")
    if absent := route.no_core():
        return absent
    melting = route.core_melting
    if melting is None:
        return not_judged("the core was never melted before the cap was put on it")
    if not melting.solved:
        return not_judged(melting.refused)
    return spherical(found, melting)


@condition("cap-covers-core", "The cap covers the core.", core_and_cap=("003 (e)", "003 (f)"))
def cap_covers_core(found: Findings) -> Answer:
    """Nothing of the core faces air."""
    route = found.core
    if absent := route.no_core():
        return absent
    if not route.cap:
        return found.missing(lambda s: isinstance(s, Deposit), "no solder is put on the core")
    melting = route.cap_melting
    if melting is None:
        if found.lineage.last_melting(route.cap, len(found.history)) is not None:
            return not_judged("the cap first melts at mounting")
        return found.missing(lambda s: isinstance(s, Reflow | Mount), "the cap is never melted")
    if not melting.solved:
        return not_judged(melting.refused)
    if melted := route.melted(melting.index):
        return not_judged(melted)
    borders = found.borders(melting.index)
    core = route.regions(melting.index)
    if not borders.touch(core, (melting.name, AIR)):
        return not_judged("nothing of the core was bare for the cap to cover")
    share = borders.share(core, melting.name)
    metric = melting.metric("coverage")
    return judged(share, 1.0, None, scale=1.0, unit="", metric=metric, stage=melting.stage_name)


def _mounted(found: Findings) -> list[tuple[int, Mount, Mounted]] | Answer:
    """Mounts in which the gap is found, or why there are none."""
    route = found.core
    if absent := route.no_core():
        return absent
    if not route.mounts:
        return found.missing(lambda s: isinstance(s, Mount), "no package is mounted")
    return route.mounts


@condition(
    "standoff-held-by-core",
    "The core holds the gap.",
    core_and_cap=("003 abstract",),
)
def standoff_held_by_core(found: Findings) -> list[Answer]:
    """The package rests on the core, and presses on it."""
    mounts = _mounted(found)
    if isinstance(mounts, Answer):
        return [mounts]
    return [found.once(_held, index) for index, _, _ in mounts]


def _held(found: Findings, index: int) -> Answer:
    step, stage = next((s, m) for i, s, m in found.core.mounts if i == index)
    told: dict[str, Any] = {"stage": step.name}
    if step.standoff is not None:
        return not_judged("the gap is given, not found", **told)
    if stage.refusal is not None:
        return not_judged(f"{step.name} was refused: {stage.refusal.detail}", **told)
    if melted := found.core.melted(index):
        return not_judged(melted, **told)
    if not found.core.regions(index):
        return not_judged("the core is not there any more", **told)
    if stage.held_by == "liquid":
        return fails("the liquid alone holds the package", **told)
    core, under = found.core.regions(index), _under(stage, found.core.regions(index))
    beside = [name for name in under if name not in core]
    if not under or 0 < len(beside) < len(under):
        return not_judged("what is beside the core is level with it, and the package rests on both",
                          **told)  # fmt: skip
    if beside:
        return fails(f"the package rests on {beside[0]}", **told)
    force = found.measured(step.name, "core_force_N")
    if force is None:
        return holds(**told)
    return judged(force, 0.0, strict=True, unit="N", metric="core_force_N", **told)


def _under(stage: Mounted, core: tuple[str, ...]) -> list[str]:
    """Names of the regions that the package rests on, axis outwards.

    What comes up to it in the corner alone which it shares with the core, or the core with it,
    carries nothing: a ring that ends on the top edge of its post.
    """
    pieces, least = stage.solids.profile.pieces, stage.touch.height - LEVEL * stage.solids.outer
    of_core = [piece.region in core for piece in pieces]
    last = len(pieces) - 1
    names = []
    for i, piece in enumerate(pieces):
        start = CORNER if i > 0 and of_core[i - 1] != of_core[i] else 0.0
        end = CORNER if i < last and of_core[i + 1] != of_core[i] else 0.0
        if stage.package.touch([piece.part(start, 1.0 - end)]).height >= least:
            names.append(piece.region)
    return names


@condition(
    "standoff-equals-core",
    "The standoff equals the core's size.",
    core_and_cap=("003 abstract",),
)
def standoff_equals_core(found: Findings) -> list[Answer]:
    """Within 1 % of a metal ball's diameter, or of a core's height above the pad."""
    mounts = _mounted(found)
    if isinstance(mounts, Answer):
        return [mounts]
    size = found.core.size
    answers = []
    for index, step, _ in mounts:
        held = found.once(_held, index)
        standoff = found.measured(step.name, "standoff_m")
        if held.verdict == "not judged":
            answers.append(held)
        elif held.verdict == "fails":
            answers.append(not_judged(f"the gap is not held by it: {held.reason}", stage=step.name))
        elif size is None or standoff is None:
            answers.append(not_judged("the core's size is not known", stage=step.name))
        else:
            answers.append(
                judged(
                    standoff - size,
                    -EQUAL * size,
                    EQUAL * size,
                    scale=size,
                    stage=step.name,
                )
            )
    return answers


@condition(
    "standoff-steady",
    "The standoff does not depend on the mounting temperature.",
    core_and_cap=("003 abstract",),
)
def standoff_steady(found: Findings) -> list[Answer]:
    """Mounted again hotter and colder, as an oven scatters: held by the core, the gap the same."""
    mounts = _mounted(found)
    if isinstance(mounts, Answer):
        return [mounts]
    return [_steady(found, *mount) for mount in mounts]


def _steady(found: Findings, index: int, step: Mount, stage: Mounted) -> Answer:
    held = found.once(_held, index)
    if held.verdict == "not judged":
        return held
    if held.verdict == "fails":
        return fails(f"the gap is not held by it: {held.reason}", stage=step.name)
    standoff = found.measured(step.name, "standoff_m")
    before = found.history[index].before
    assert standoff is not None
    assert before is not None
    peaks = temperatures(found, step, stage)
    for peak in peaks:
        at = f"{peak - 273.15:.6g} °C"
        try:
            again = held_at(before, step, peak, found.case, found.materials, stage)
        except BumpformError as error:
            problems = error.problems if isinstance(error, CaseError) else ()
            why = "; ".join(p.message for p in problems) or str(error)
            return not_judged(f"at {at} it cannot be mounted: {why}", stage=step.name)
        if again is None:
            return not_judged(f"at {at} the mount is refused", stage=step.name)
        if again.held_by != "core":
            return fails(f"at {at} the package floats", stage=step.name)
        gap = abs(again.standoff - standoff.value)
        if gap > 1e-9 * standoff.value + 2.0 * standoff.error:
            return fails(f"at {at} the gap is {1e6 * gap:.3g} µm off", stage=step.name)
    ends = [f"{peak - 273.15:.6g}" for peak in sorted([*peaks, step.peak_K])]
    return holds(f"tried from {ends[0]} to {ends[-1]} °C", stage=step.name)


def temperatures(found: Findings, step: Mount, stage: Mounted) -> list[float]:
    """A colder and a hotter peak: 20 K off, and where only what melts does, K."""
    materials = found.materials
    regions = {r.name: r for r in stage.solids.regions}
    shut_in = [regions.pop(name).material for name in stage.enclosed if name in regions]
    liquidus = [materials.get(s).liquidus for s in (*stage.melt.solders, *shut_in)]
    low = max([step.peak_K - OVEN, *(p.value + CLEAR for p in liquidus if p is not None)])
    solid = [
        materials.get(r.material).solidus
        for r in (*regions.values(), *stage.package.stack.regions)
        if r.is_bump and r.material in materials
    ]
    high = min([step.peak_K + OVEN, *(p.value - CLEAR for p in solid if p is not None)])
    return [t for t in (low, high) if math.isfinite(t) and t > 0.0]
