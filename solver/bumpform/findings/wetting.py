"""What a liquid rests on and is not soldered to: no metal, or none that it wets."""

from __future__ import annotations

import math
from typing import Final

from bumpform.findings.findings import Findings
from bumpform.findings.lineage import Melting
from bumpform.geometry.names import is_of_package
from bumpform.units.units import format_quantity

__all__ = ["unheld"]

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
        metals = [r for r in touched if found.materials.get(r.material).kind in ("metal", "solder")]
        angles = {
            r.name: melting.stage.melt.contact_angle(r.material, found.materials) for r in metals
        }
        if touched and not metals:
            on = ", ".join(r.name for r in touched)
            told.append(f"{meets} {on} {alone}: no metal holds it there")
        elif angles and min(angles.values()) > NEUTRAL:
            on = ", ".join(f"{name} ({format_quantity(a, 'angle')})" for name, a in angles.items())
            told.append(f"does not wet {on}: above 90° it only leans there")
    return told
