"""Cap or ring: whether the liquid closes over what stands in its middle.

A cap whose surface would enter the solid beneath it tears there and becomes a ring; a
ring whose inner line runs into the axis closes and becomes a cap.
"""

from __future__ import annotations

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.stack.profile import Station
from bumpform.surface.contact import Solid
from bumpform.surface.descent import MEETS, TOUCHES, OpenedError, reach
from bumpform.surface.equilibrium import Equilibrium
from bumpform.surface.joint import HOLE, ClosedError, Held, Joint, reach_joint
from bumpform.surface.landscape import Landscape
from bumpform.surface.meridian import solve
from bumpform.surface.path import Trail
from bumpform.surface.penetration import find_penetration

#: Changes between cap and ring, and touches of solid, before the search gives up.
MAX_CHANGES = 8

#: Why a cap opens and a ring closes, in the words of their path.
OPENS = "the surface at rest would enter the solid that it covers: it opens there"
CLOSES = "the inner contact line runs into the axis"


def reach_any(land: Landscape, outer: Station, inner: Station | None = None) -> Equilibrium:
    """The equilibrium that history selects, as a cap or as a ring.

    Parameters
    ----------
    land : Landscape
    outer : Station
        Where the deposit touches the solid first.
    inner : Station or None
        Where it starts inside, if it does not cover the axis.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
    """
    closed: NoEquilibriumError | None = None
    trail = Trail()
    within = Solid(land.profile, land.angles, "inner")
    trail.event("touches", land.solid, outer, TOUCHES)
    if inner is not None:
        trail.event("touches", within, inner, TOUCHES)
    for _ in range(MAX_CHANGES):
        if inner is None:
            try:
                return reach(land, outer, trail)
            except OpenedError as opened:
                if closed is not None:  # it has just closed from a ring
                    raise NoEquilibriumError(
                        "no_equilibrium",
                        "the liquid neither closes over what stands in its middle nor stays a ring "
                        "around it",
                    ) from None
                outer, inner = opened.outer, opened.inner
                trail.event("opens", within, inner, OPENS)
        try:
            found = reach_ring(land, outer, inner, trail)
        except ClosedError as error:
            closed, outer, inner = error, error.other, None
            trail.event("closes", within, land.profile.start, CLOSES)
            continue
        met = find_penetration(found.curve, land.profile, between=True)
        if met is None:
            return found.reached(trail)
        if met.station is None:
            raise met.refusal()
        first, last = (line.station for line in found.lines)
        if met.station > first:
            outer, inner = met.station, last
            trail.event("meets solid", land.solid, outer, MEETS)
        elif met.station < last:
            outer, inner = first, met.station
            trail.event("meets solid", within, inner, MEETS)
        else:
            raise met.refusal()
    raise NoEquilibriumError(
        "no_equilibrium", f"the liquid has not come to rest after {MAX_CHANGES} changes of shape"
    )


def reach_ring(
    land: Landscape, outer: Station, inner: Station, trail: Trail | None = None
) -> Equilibrium:
    """The ring that two lines on one profile reach downhill.

    Raises
    ------
    NoEquilibriumError
        ``ClosedError`` when the inner line runs into the axis, or when a small hole cannot
        even be held open.
    ConvergenceError
    """
    joint = Joint(land.drop, (land.solid, Solid(land.profile, land.angles, "inner")))
    stations = (outer, inner)
    try:
        surface = solve(joint.guess(stations), tolerance=1e-3)
    except ConvergenceError:
        if land.profile.point(inner)[0] < HOLE * land.drop.length:
            raise ClosedError("inner", outer) from None
        raise
    return reach_joint(joint, Held(stations, ("free", "free"), surface), trail=trail)
