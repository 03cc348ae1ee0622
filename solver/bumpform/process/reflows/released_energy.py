"""The energy that a melting deposit has to spend: from its own outline to its rest."""

from __future__ import annotations

import math

from bumpform.geometry.profile import Station
from bumpform.stack.stack import Stack
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce


def released(
    land: LineForce,
    reached: Equilibrium,
    stack: Stack,
    molten: tuple[str, ...],
    touch: tuple[Station, Station | None],
) -> float:
    """Energy of the deposit's outline, as the liquid's first shape, less that at rest, J.

    The outline has its free and its wetted area, and the liquid's weight at its centroid. Of a
    paste it encloses more than the liquid; the surface of its powder, far larger, is left out: it
    has at least this energy to spend, and a barrier has at most the share of it that is told.

    Parameters
    ----------
    land : LineForce
        Of the liquid, on what stays solid.
    reached : Equilibrium
    stack : Stack
        As deposited.
    molten : tuple of str
        Regions that melt.
    touch : tuple of Station, Station or None
        Outer and inner ends of the deposit's outline on the solid; None on the axis.
    """
    drop, outer, inner = land.drop, *touch
    free = sum(float(p.moments()[2]) for p in stack.profile if p.region in molten)
    wetted = land.line(outer, free=False).solid[2]
    if inner is not None:
        solid = Solid(land.profile, land.angles, "inner")
        wetted += solid.line(inner, free=False, scale=drop.length).solid[2]
    regions = [stack.region(name) for name in molten]
    volume, moment = (sum(float(r.moments[i]) for r in regions) for i in (0, 1))
    height = moment / volume if volume > 0.0 else 0.0
    surface = 2.0 * math.pi * drop.surface_tension * (free - wetted * drop.length**2)
    weight = drop.density * drop.gravity * drop.volume * height
    return surface + weight - reached.values["energy_J"]
