"""A cap that melts again: at rest next to where it froze, if its line stays where it is.

Then nothing has to be looked for: what it has frozen from was a minimum, and goes over into the
new one as temperature, weight and angles change. Else the search begins at the frozen outline.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Station
from bumpform.quick import replace
from bumpform.surface.drop.contact import LineAt
from bumpform.surface.drop.equilibrium import (
    FIRST_ELEMENTS,
    FIRST_TOLERANCE,
    Equilibrium,
    accurate,
    lines_at,
)
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.path import Trail
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.drop.stability import analyse
from bumpform.surface.search.descent import TOUCHES

__all__ = ["as_it_froze"]

#: Furthest that its surface may go, relative to the drop's length.
LITTLE = 0.05


def as_it_froze(
    land: LineForce, outline: Edge, start: Station, frozen: Sequence[Equilibrium] = ()
) -> Equilibrium | None:
    """The cap at rest next to a frozen one.

    Parameters
    ----------
    land : LineForce
        Of the liquid that it becomes.
    outline : Edge
        The frozen one's surface, from the axis to its line.
    start : Station
        Where that line is.
    frozen : sequence of Equilibrium
        At which liquids froze before this one melts: where it is one of them, nothing is solved.

    Returns
    -------
    Equilibrium or None
        None where it goes further than a little, or where that is no cap that rests.
    """
    curve = outline.curve
    trail = Trail()
    trail.event("touches", land.solid, start, TOUCHES)
    for one in frozen:
        if one.curve is curve and _same_liquid(land, one):
            return one.reached(trail)
    station = land.solid.vertex(start)
    whole = isinstance(curve, PolynomialCurve) and {outline.first, outline.last} == {
        curve.breaks[0],
        curve.breaks[-1],
    }
    if not whole or station.piece > land.last:
        return None
    free = not (station.u >= 1.0 and station.piece + 1 < len(land.profile))
    guess = land.guess(station, free=free, elements=FIRST_ELEMENTS)
    x = outline.point(1.0 - guess.mesh.xi) / land.drop.length
    x[0], x[-1, 0] = guess.start.place, 0.0
    line = LineAt(land.solid, station, "free" if free else "pinned")
    try:
        surface = solve(replace(guess, x=x), tolerance=FIRST_TOLERANCE)
        lines = lines_at((line,), surface)
        if not (surface.moved < LITTLE and lines[0].holds(surface)):
            return None
        if not analyse(surface, (0,)).upright:
            return None
        found = accurate(surface, lines, land.drop)
    except (ConvergenceError, np.linalg.LinAlgError):
        return None
    if not found.lines[0].holds(found.surface) or find_penetration(found.curve, land.profile):
        return None
    return found.reached(trail)


def _same_liquid(land: LineForce, one: Equilibrium) -> bool:
    """Whether it is the same as at an equilibrium, on the same solid."""
    solid = one.lines[0].solid
    return (
        one.drop == land.drop
        and solid.profile is land.profile
        and solid.angles == land.solid.angles
    )
