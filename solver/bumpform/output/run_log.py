"""What a run tells in its log: every step, what was solved, what was noted, what is unverified."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from bumpform.errors import Problem
from bumpform.materials.materials import Materials
from bumpform.result.contract import Body, EquilibriumReached, Result, Stage
from bumpform.result.readable import (
    angle_words,
    condition_limits,
    condition_value,
    coordinate,
    label,
    move_words,
    number,
    scalars,
    without_round_off,
)
from bumpform.result.run import Run
from bumpform.result.states import alternative_words, leaning_words, state_words
from bumpform.steps.kinds import AnyStep, Cure, Note, Reflow
from bumpform.units.units import format_quantity

__all__ = ["log_lines", "unverified_values"]


def log_lines(run: Run) -> Iterator[str]:
    """Lines of ``log.txt``; no times, so that the same run gives the same log."""
    result, stopped = run.record, run.record.stopped
    yield f"bumpform {result.bumpform}"
    yield f"case {result.case.name}, sha256 {result.case.sha256}"
    yield ""
    stages = {stage.step: stage for stage in result.stages}
    for index, step in enumerate(run.case.steps):
        yield f"step {index}: {step.do}{_identity(step)}{_told(step)}"
        ends = stopped is not None and stopped.step == index
        if index in stages:
            stage = stages[index]
            for name, liquid in stage.liquids:
                yield from _liquid_lines(name, stage, liquid)
            yield from _metric_lines(result, stage.name)
            ends |= stage.refused is not None
        if step.do == "barrier":
            yield from _metric_lines(result, "barrier")
        if stopped is not None and stopped.step == index:
            for wrong in stopped.problems:
                yield f"  STOPPED: {Problem(wrong.path, wrong.message, wrong.came)}"
        if ends:
            yield "  the steps after it were not run"
            break
    yield ""
    for condition in result.conditions:
        mark = {True: "holds", False: "FAILS", None: "not judged"}[condition.holds]
        value, limits = condition_value(condition), condition_limits(condition)
        line = f"condition {mark}: {condition.statement}"
        line += f": {value}" if value else ""
        line += f" (limits {limits})" if limits else ""
        yield line + (f": {condition.reason}" if condition.reason else "")
    yield from (f"note: {note}" for note in dict.fromkeys(run.notes))
    noted = set(run.notes)
    for value in unverified_values(run):
        if not any(value in note for note in noted):
            yield f"unverified: {value}"


def unverified_values(run: Run) -> list[str]:
    """Material values that the result rests on and that nobody checked against their source."""
    materials = Materials(run.case.materials, run.case.wetting)
    stages = run.record.stages
    molten = dict.fromkeys(n for stage in stages for n in stage.molten if n in materials)
    pairs = dict.fromkeys(
        (solder, line.on)
        for stage in stages
        if stage.surface is not None
        for line in stage.surface.contact_lines
        for solder in stage.molten[:1]
        if line.on in materials and solder in materials
    )
    found = [str(value) for value in materials.unverified(molten, solids=run.case.weighs_solids)]
    return [*found, *(str(value) for value in materials.unverified((), pairs))]


def _identity(step: Any) -> str:
    name = getattr(step, type(step).identity, "") if type(step).identity else ""
    return f" {name}" if name else ""


def _told(step: AnyStep) -> str:
    """What a step says that changes no shape."""
    if isinstance(step, Cure):
        time = f" for {format_quantity(step.time, 'time')}" if step.time else ""
        return f" at {number('x_K', step.temperature)}{time}"
    if isinstance(step, Reflow) and step.atmosphere:
        return f" in {step.atmosphere}"
    return f": {step.text}" if isinstance(step, Note) else ""


def _liquid_lines(name: str, stage: Stage, liquid: Stage | Body) -> Iterator[str]:
    """What is told of one of a stage's liquids."""
    molten = " + ".join(liquid.molten)
    yield (
        f"  {stage.kind} {name} at {number('x_K', stage.peak_K)}"
        + (f": {molten} molten" if molten else "")
    )
    values = dataclasses.asdict(liquid.liquid)
    yield "  liquid: " + ", ".join(f"{label(n)} {number(n, v, 6)}" for n, v in values.items())
    if liquid.equilibrium is not None:
        yield from _equilibrium_lines(liquid.equilibrium)
    for line in liquid.surface.contact_lines if liquid.surface is not None else ():
        lo, hi = line.admissible_deg
        yield (
            f"  contact line ({line.end}): r = {coordinate(line.r_m, 7)}, "
            f"z = {coordinate(line.z_m, 7)} on {line.on} ({line.feature}), "
            f"{line.state}, {angle_words(line)} "
            f"(admissible {number('x_deg', lo)} to {number('x_deg', hi)})"
        )
    if liquid is stage and stage.refused is not None:
        yield f"  REFUSED: {stage.refused.reason}: {stage.refused.detail}"


def _equilibrium_lines(found: EquilibriumReached) -> Iterator[str]:
    words = (
        f"{found.iterations} iterations",
        f"residual {found.residual}",
        f"volume error {found.volume_error}",
        state_words(found),
        f"stability margin {number('', found.stability_margin)} σ/L² (m = {found.weakest_mode})",
        f"{len(found.alternatives)} other equilibria",
    )
    yield "  equilibrium: " + ", ".join(words)
    if found.leans is not None:
        yield f"  it {leaning_words(found.leans)}"
    if found.name:
        yield f"  reached: {found.name}"
    yield from (f"    {move_words(move)}" for move in found.path)
    for other in found.alternatives:
        yield f"  other equilibrium: {alternative_words(other)}"


def _metric_lines(result: Result, group: str) -> Iterator[str]:
    shown = without_round_off(result.metrics.get(group, {}), result.metrics_error.get(group, {}))
    for name, value in scalars(shown):
        yield f"  {label(name)}: {number(name, value, 6)}"
