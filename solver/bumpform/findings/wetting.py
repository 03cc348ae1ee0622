"""Metal that a liquid touches and does not wet: it leans there, and is not soldered."""

from __future__ import annotations

import math
from typing import Final

from bumpform.findings.findings import Findings
from bumpform.findings.lineage import Melting
from bumpform.geometry.names import is_of_package
from bumpform.units.units import format_quantity

__all__ = ["repelled"]

#: Angle above which a liquid does not wet, rad: 90°, and what rounds to it.
NEUTRAL: Final = math.radians(90.005)


def repelled(found: Findings, melting: Melting) -> list[str]:
    """In words, with its angle, what metal a liquid has come to rest on and wets none of.

    Parameters
    ----------
    found : Findings
    melting : Melting
        Solved.

    Returns
    -------
    list of str
        One for the stack and one for the package, where it only leans on that.
    """
    regions = {r.name: r for r in found.state(melting.index).stack.regions}
    beside = {m.name for m in found.lineage.meltings if m.index == melting.index}
    told = []
    for package in (False, True):
        angles = {
            r.name: melting.stage.melt.contact_angle(r.material, found.materials)
            for name in found.lineage.named(melting.index, melting.deposits)
            for r in (regions[other] for other in found.stands_on(melting.index, name))
            if is_of_package(r.name) == package
            and r.name not in beside  # liquid too: it asked for no angle
            and found.materials.get(r.material).kind in ("metal", "solder")
        }
        if angles and min(angles.values()) > NEUTRAL:
            told.append(
                ", ".join(f"{name} ({format_quantity(a, 'angle')})" for name, a in angles.items())
            )
    return told
