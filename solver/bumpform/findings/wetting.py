"""What a liquid rests on and is not soldered to: no metal, or none that it wets."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from bumpform.findings.findings import Findings
from bumpform.findings.lineage import Melting
from bumpform.geometry.names import is_of_package
from bumpform.materials.materials import Materials
from bumpform.process.moment import Moment
from bumpform.process.mounts.mounted import Mounted
from bumpform.stack.stack import Region
from bumpform.steps.mount import attached_solder
from bumpform.units.units import format_quantity

__all__ = ["unheld", "unheld_as_attached"]

#: Angle above which a liquid does not wet, rad: 90°, and what rounds to it.
NEUTRAL: Final = math.radians(90.005)


def unheld(found: Findings, melting: Melting) -> list[str]:
    """What is to be said of a liquid that is held by no metal, on the stack or on the package.

    Metal is what a material is, not how it was laid down: a seed may be a coat, a pad of none.

    Parameters
    ----------
    found : Findings
    melting : Melting

    Returns
    -------
    list of str
        Words that follow its name, one for each of the two that it touches and is not held by.
    """
    if not melting.solved:
        return []
    regions = {r.name: r for r in found.state(melting.index).stack.regions}
    beside = {m.name for m in found.lineage.meltings if m.index == melting.index}
    told = []
    for package, meets, alone in (
        (False, "lies on", "alone"),
        (True, "touches", "and nothing else of the package"),
    ):
        touched = [
            regions[other]
            for other in found.stands_on(melting.index, melting.name)
            if is_of_package(other) == package and other not in beside  # liquid too: has no angle
        ]
        told += _words(found, touched, melting.stage.melt.contact_angle, meets, alone)
    return told


def unheld_as_attached(found: Findings, moment: Moment, *, frozen: bool = False) -> list[str]:
    """The same of the solder that a package brings, where a reflow of its own has attached it.

    Parameters
    ----------
    found : Findings
    moment : Moment
    frozen : bool
        Only where it stays so as the package is mounted.

    Returns
    -------
    list of str
        Sentences, or none.
    """
    solder, stage = attached_solder(moment.step), moment.state.stage
    if solder is None or not isinstance(stage, Mounted):
        return []
    stack = stage.brought.stack
    name = stack.regions[-1].name
    if frozen and name not in {r.name for r in stage.package.stack.regions}:
        return []
    touched = [stack.region(other) for other in stack.borders.touching(name)]

    def angle(surface: str, materials: Materials) -> float:
        return materials.contact_angle(solder, surface)

    words = _words(found, touched, angle, "lies on", "alone")
    return [f"the package's {solder}, as it was attached, {text}" for text in words]


def _words(
    found: Findings,
    touched: list[Region],
    angle: Callable[[str, Materials], float],
    meets: str,
    alone: str,
) -> list[str]:
    """How a liquid is held by no metal that it touches, in words; none where it is held."""
    metals = [r for r in touched if found.materials.get(r.material).kind in ("metal", "solder")]
    angles = {r.name: angle(r.material, found.materials) for r in metals}
    if touched and not metals:
        on = ", ".join(r.name for r in touched)
        return [f"{meets} {on} {alone}: no metal holds it there"]
    if angles and min(angles.values()) > NEUTRAL:
        on = ", ".join(f"{name} ({format_quantity(a, 'angle')})" for name, a in angles.items())
        return [f"does not wet {on}: above 90° it only leans there"]
    return []
