"""Amounts of solder as volumes of the liquid, or as metal at 25 °C: what that needs, and a note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bumpform.case.checks.addresses import step_labels
from bumpform.errors import Problem
from bumpform.materials.materials import Materials
from bumpform.steps.kinds import Deposit, Mount, Reflow, Step
from bumpform.steps.mount import MountSolder
from bumpform.units.amounts import Amounted

__all__ = ["is_weighed", "melting_peaks", "put_down", "sizes_note", "weighing_problems"]

#: Ways to say an amount that are sizes of solid metal; a volume may be of either.
SIZES = ("ball", "column", "fill", "stencil")


def weighing_problems(
    steps: Sequence[Step], amounts: str | None, freezing: str | None, materials: Materials
) -> Iterator[Problem]:
    """Densities of solid solders that are needed and not known, each once, with why."""
    if amounts != "solid" and freezing != "shrinks" and not is_weighed(steps):
        return
    told: set[str] = set()
    for _, _, step in put_down(steps):
        if step.solder not in materials:
            continue
        why = ""
        if freezing == "shrinks":
            why = 'freezing = "shrinks"'
        if step.is_by_weight:
            why = "a paste by weight"
        if amounts == "solid":
            why = 'amounts = "solid"'
        material = materials.get(step.solder)
        if why and material.density_solid is None and material.name not in told:
            told.add(material.name)
            yield Problem(
                f"materials.{material.name}.density_solid",
                f"is needed for {why}: give the density of the solid at 25 °C.",
            )


def is_weighed(steps: Sequence[Step]) -> bool:
    """Whether any amount is of a paste by weight."""
    amounts = (step.solder if isinstance(step, Mount) else step for step in steps)
    return any(isinstance(amount, Amounted) and amount.is_by_weight for amount in amounts)


def put_down(steps: Sequence[Step]) -> Iterator[tuple[str, int, Amounted]]:
    """Every amount of solder that steps put down, with its address and its step's index."""
    labels = step_labels([step.model_dump() for step in steps])
    for index, (label, step) in enumerate(zip(labels, steps, strict=True)):
        if isinstance(step, Deposit):
            yield label, index, step
        elif isinstance(step, Mount) and step.solder is not None:
            yield f"{label}.solder", index, step.solder


def melting_peaks(index: int, steps: Sequence[Step], materials: Materials) -> tuple[float, ...]:
    """Peaks, K, in order, at which the solder that a step puts down is molten; () where none is.

    That of a package may have been attached to it before.
    """
    first, peaks = steps[index], [s.peak_K for s in steps[index:] if isinstance(s, Reflow | Mount)]
    own = first.solder if isinstance(first, Mount) else first
    assert isinstance(own, Amounted)
    if isinstance(own, MountSolder) and own.attached is not None:
        peaks.insert(0, own.attached)
    liquidus = materials.get(own.solder).liquidus
    return tuple(peak for peak in peaks if liquidus is not None and peak > liquidus.value)


def sizes_note(steps: Sequence[Step], materials: Materials) -> str:
    """That sizes of solid solder are taken as those of the liquid; "" where none is given.

    What never melts stays as it was put there.
    """
    sized = [
        (f"{label}.{amount.way}", amount.solder)
        for label, index, amount in put_down(steps)
        if amount.way in SIZES
        and not amount.is_by_weight
        and melting_peaks(index, steps, materials)
    ]
    if not sized:
        return ""
    gains = []
    for solder in dict.fromkeys(solder for _, solder in sized):
        material = materials.get(solder)
        solid, liquid, hot = material.density_solid, material.density_liquid, material.liquidus
        if solid is not None and liquid is not None and hot is not None:
            gain = 100.0 * (solid.value / liquid.at(hot.value) - 1.0)
            gains.append(f"{gain:+.1f} % for {solder}")
    more = f" ({', '.join(gains)} at the liquidus)" if gains else ""
    return (
        f"amounts are not said to be solid or liquid: {', '.join(place for place, _ in sized)} "
        f"{'is' if len(sized) == 1 else 'are'} taken as volume of the liquid; with [case] amounts "
        f'= "solid" it is metal at 25 °C, which melts to another volume{more}'
    )
