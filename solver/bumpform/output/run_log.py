"""What a run tells in its log: every step, what was solved, what was noted, what is unverified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bumpform.case.steps import AnyStep, Cure, Note, Reflow
from bumpform.errors import Problem
from bumpform.materials.materials import Materials
from bumpform.output.readable import (
    condition_limits,
    condition_value,
    label,
    liquids_of,
    number,
    scalars,
    way_words,
)
from bumpform.output.states import alternative_words, leaning_words, state_words
from bumpform.process.outcome import Run
from bumpform.units.units import format_quantity

__all__ = ["log_lines", "unverified_values"]


def log_lines(run: Run) -> Iterator[str]:
    """Lines of ``log.txt``; no times, so that the same run gives the same log."""
    result = run.result
    yield f"bumpform {result['bumpform']}"
    yield f"case {result['case']['name']}, sha256 {result['case'].get('sha256', '')}"
    yield ""
    stages = {stage.get("step"): stage for stage in result["stages"]}
    for index, step in enumerate(run.case.steps):
        yield f"step {index}: {step.do}{_identity(step)}{_told(step)}"
        if index in stages:
            for part in liquids_of(stages[index]):
                yield from _stage_lines(part)
            yield from _metric_lines(result["metrics"].get(stages[index]["name"], {}))
        if step.do == "barrier":
            yield from _metric_lines(result["metrics"].get("barrier", {}))
        stopped = result.get("stopped") or {}
        if stopped.get("step") == index:
            yield from (f"  STOPPED: {Problem(**problem)}" for problem in stopped["problems"])
        if stopped.get("step") == index or (index in stages and stages[index].get("refused")):
            yield "  the steps after it were not run"
            break
    yield ""
    for condition in result["conditions"]:
        mark = {True: "holds", False: "FAILS", None: "not judged"}[condition["holds"]]
        value, limits = condition_value(condition), condition_limits(condition)
        line = f"condition {mark}: {condition['statement']}"
        line += f": {value}" if value else ""
        line += f" (limits {limits})" if limits else ""
        yield line + (f": {condition['reason']}" if condition["reason"] else "")
    yield from (f"note: {note}" for note in dict.fromkeys(run.notes))
    noted = set(run.notes)
    for value in unverified_values(run):
        if not any(value in note for note in noted):
            yield f"unverified: {value}"


def unverified_values(run: Run) -> list[str]:
    """Material values that the result rests on and that nobody checked against their source."""
    materials = Materials(run.case.materials, run.case.wetting)
    molten = dict.fromkeys(
        name
        for stage in run.result["stages"]
        for name in stage.get("molten") or []
        if name in materials
    )
    pairs = dict.fromkeys(
        (solder, line["on"])
        for stage in run.result["stages"]
        for line in (stage.get("surface") or {}).get("contact_lines", [])
        for solder in (stage.get("molten") or [])[:1]
        if line.get("on") in materials and solder in materials
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


def _stage_lines(stage: Mapping[str, Any]) -> Iterator[str]:
    molten = " + ".join(stage.get("molten") or [])
    yield (
        f"  {stage.get('kind', 'stage')} {stage['name']} at {number('x_K', stage.get('peak_K'))}"
        + (f": {molten} molten" if molten else "")
    )
    liquid = stage.get("liquid") or {}
    if liquid:
        yield "  liquid: " + ", ".join(
            f"{label(name)} {number(name, value, 6)}" for name, value in liquid.items()
        )
    equilibrium = stage.get("equilibrium") or {}
    if equilibrium:
        words = (
            f"{equilibrium.get('iterations')} iterations",
            f"residual {equilibrium.get('residual')}",
            f"volume error {equilibrium.get('volume_error')}",
            state_words(equilibrium),
            f"stability margin {number('', equilibrium.get('stability_margin'))} σ/L² "
            f"(m = {equilibrium.get('weakest_mode')})",
            f"{len(equilibrium.get('alternatives') or [])} other equilibria",
        )
        yield "  equilibrium: " + ", ".join(words)
        if equilibrium.get("leans"):
            yield f"  it {leaning_words(equilibrium['leans'])}"
        if equilibrium.get("name"):
            yield f"  reached: {equilibrium['name']}"
        yield from (f"    {way_words(move)}" for move in equilibrium.get("path") or [])
        for other in equilibrium.get("alternatives") or []:
            yield f"  other equilibrium: {alternative_words(other)}"
    for line in (stage.get("surface") or {}).get("contact_lines", []):
        lo, hi = line.get("admissible_deg") or (None, None)
        yield (
            f"  contact line ({line.get('end')}): r = {number('r_m', line.get('r_m'), 7)}, "
            f"z = {number('z_m', line.get('z_m'), 7)} on {line.get('on')} ({line.get('feature')}), "
            f"{line.get('state')}, {number('x_deg', line.get('angle_deg'))} "
            f"(admissible {number('x_deg', lo)} to {number('x_deg', hi)})"
        )
    if stage.get("refused"):
        yield f"  REFUSED: {stage['refused'].get('reason')}: {stage['refused'].get('detail')}"


def _metric_lines(metrics: Mapping[str, Any]) -> Iterator[str]:
    for name, value in scalars(metrics):
        yield f"  {label(name)}: {number(name, value, 6)}"
