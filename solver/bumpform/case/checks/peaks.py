"""Peaks of a case beside what melts at them: what shall melt does, and what shall stay does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bumpform.case.checks.addresses import step_labels
from bumpform.errors import CaseError, Problem
from bumpform.materials.materials import Materials
from bumpform.steps.kinds import (
    Barrier,
    Coat,
    Core,
    Cure,
    Deposit,
    Mount,
    Plate,
    Reflow,
    Step,
    Strip,
    Substrate,
)
from bumpform.steps.mount import MountSolder
from bumpform.units.units import format_quantity

__all__ = ["melting_problems"]

#: Solids as a reader calls them, and their materials.
type Solids = list[tuple[str, str]]


def melting_problems(steps: Sequence[Step], materials: Materials) -> Iterator[Problem]:
    """Peaks between solidus and liquidus of a solder that no earlier stage has melted.

    One that has melted before may have fused with another: then only the process knows. And peaks
    at which a solid melts: only deposits are taken to be liquid then.
    """
    labels = step_labels([step.model_dump() for step in steps])
    fresh: list[str] = []
    there: list[str] = []
    solids: Solids = []
    for step, label in zip(steps, labels, strict=True):
        solids += _solids(step)
        if isinstance(step, Strip):
            gone = (f"coat {step.layer}", f"plate {step.layer}")
            solids = [solid for solid in solids if solid[0] not in gone]
        elif isinstance(step, Deposit):
            fresh.append(step.solder)
            there.append(step.solder)
        elif isinstance(step, Cure):
            movable = _after(solids, step.layer)
            yield from _melted(solids, step.temperature, f"{label}.temperature", materials, movable)
        elif isinstance(step, Reflow | Mount):
            if isinstance(step, Mount) and step.solder is not None:
                fresh.append(step.solder.solder)
                there.append(step.solder.solder)
                yield from _attached(step, step.solder, label, materials)
            given = "profile" if isinstance(step, Reflow) and step.peak is None else "peak"
            yield from _melted(solids, step.peak_K, f"{label}.{given}", materials)
            for solder in [name for name in fresh if _is_known(name, materials)]:
                try:
                    state = materials.state(solder, step.peak_K, there)
                except CaseError as error:
                    for problem in error.problems:
                        yield Problem(f"{label}.{given}", problem.message)
                else:
                    if state == "molten":
                        fresh.remove(solder)


def _attached(
    step: Mount, solder: MountSolder, label: str, materials: Materials
) -> Iterator[Problem]:
    """What is wrong with the peak at which a package's solder was attached."""
    peak, path = solder.attached, f"{label}.solder.attached"
    if peak is None:
        return
    yield from _melted(_solids(step), peak, path, materials)
    if not _is_known(solder.solder, materials):
        return
    try:
        state = materials.state(solder.solder, peak)
    except CaseError as error:
        for problem in error.problems:
            yield Problem(path, problem.message)
        return
    if state != "molten":
        at = format_quantity(peak, "temperature")
        rule = f"{solder.solder} does not melt at {at}: choose a peak above its liquidus, or leave "
        rule += "the key out where the solder stays as it was put there."
        yield Problem(path, rule)


def _is_known(name: str, materials: Materials) -> bool:
    """Whether there is such a material, with all that tells when it melts, where it may."""
    if name not in materials:
        return False
    material = materials.get(name)
    return not material.is_solder or bool(material.solidus and material.liquidus)


def _solids(step: Step) -> Solids:
    """What a step adds that has to stay solid."""
    if isinstance(step, Substrate):
        return [("the pad", step.pad.material), ("the base", step.base.material)]
    if isinstance(step, Coat):
        return [(f"coat {step.layer}", step.material)]
    if isinstance(step, Plate):
        return [(f"plate {step.name}", step.material)]
    if isinstance(step, Core):
        return [("the core", step.material)]
    if isinstance(step, Barrier):
        finish = [("the barrier's finish", step.finish.material)] if step.finish else []
        return [("the barrier", step.material), *finish]
    if isinstance(step, Mount):
        resist = [("the package's resist", step.resist.material)] if step.resist else []
        pillar = [("the package's pillar", step.pillar.material)] if step.pillar else []
        pad, base = step.pad.material, step.base.material
        return [("the package's pad", pad), ("the package's base", base), *resist, *pillar]
    return []


def _after(solids: Solids, cured: str | None) -> Solids:
    """What was put on after the layer that is cured, or after the substrate where none is named."""
    names = [what for what, _ in solids]
    layers = {f"coat {cured}", f"plate {cured}"}
    on = next((number for number, what in enumerate(names) if what in layers), 1)
    return solids[on + 1 :]


def _melted(
    solids: Solids,
    peak: float,
    path: str,
    materials: Materials,
    movable: Solids | None = None,
) -> Iterator[Problem]:
    """A problem for each solid that would not stay so at a peak, K.

    In a cure, which melts nothing, `movable` are those that may be put on after it instead.
    """
    for what, name in dict.fromkeys(solids):
        if name not in materials:
            continue
        material, bounds = materials.get(name), materials.melting_bounds(name)
        solidus = material.solidus or (bounds.solid_below if bounds else None)
        if (solidus is None and not material.is_solder) or (solidus and peak < solidus.value):
            continue
        advice = "Choose a lower peak."
        if what != "the core" and material.is_solder:
            advice = 'Only a deposit melts: put this solder on with do = "deposit"'
            advice += " (plated: with its column)" if what.startswith("plate ") else ""
            advice += ", or choose a lower peak."
        at = format_quantity(peak, "temperature")
        rule = f"whether {what} ({name}) melts at {at} is not known: give its solidus."
        if solidus is not None:
            low = format_quantity(solidus.value, "temperature")
            if movable is not None:
                later = f", or before {what} is there" if (what, name) in movable else ""
                advice = f"Cure below {low}{later}."
            rule = f"{what} ({name}) would melt at {at}: its solidus is {low}. {advice}"
        yield Problem(path, rule)
