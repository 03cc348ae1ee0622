"""Cap or ring: whether the liquid closes over what stands in its middle.

A cap whose surface would enter the solid beneath it tears there and becomes a ring; a
ring whose inner line runs into the axis closes and becomes a cap.
"""

from __future__ import annotations

from collections.abc import Iterator

from bumpform.errors import BumpformError, ConvergenceError, NoEquilibriumError
from bumpform.geometry.profile import Profile, Station
from bumpform.quick import replace
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.corner import SHORT_OF, Corner, UnfilledCornerError, unfilled_corners
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.path import SHORT, Trail
from bumpform.surface.drop.penetration import Penetration, find_penetration
from bumpform.surface.drop.stability import analyse
from bumpform.surface.joints.joint import ClosedError, GlidingError, Held, Joint
from bumpform.surface.joints.joint_equilibrium import at_once, reach_joint
from bumpform.surface.joints.rest import HOLE
from bumpform.surface.search.alternatives import ring_of, rings
from bumpform.surface.search.descent import MEETS, TOUCHES, UNFILLED, OpenedError, reach
from bumpform.units.units import format_place

#: Changes between cap and ring, and touches of solid, before the search gives up.
MAX_CHANGES = 24

#: Where a ring is held first: with its outer line where it is, or, where it has no shape there, so
#: far towards the end of that piece.
BEYOND = (0.0, 1 / 3, 2 / 3, 1.0)
#: Or with both lines lower, so far towards the lowest place between them: a paste has less metal
#: than the room that it takes.
LOWER = (0.25, 0.5, 0.75, *(k / 16 for k in range(1, 16) if k % 4))
#: Parts of the liquid, growing, by which it is looked at what it touches between its first lines.
FILLED = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

#: Why a cap opens and a ring closes, in the words of their path.
OPENS = "the surface would enter the solid that it covers: it opens there"
CLOSES = "the inner contact line runs into the axis"
#: What is said of a liquid that does neither.
NEITHER = "the liquid neither closes over what stands in its middle nor stays a ring around it"


class UnheldError(ConvergenceError):
    """A ring is not found between its first lines, wherever they are held."""


def reach_any(
    land: LineForce, outer: Station, inner: Station | None = None, trail: Trail | None = None
) -> Equilibrium:
    """The equilibrium that history selects, as a cap or as a ring.

    Parameters
    ----------
    land : LineForce
    outer : Station
        Where the deposit touches the solid first.
    inner : Station or None
        Where it starts inside, if it does not cover the axis.
    trail : Trail, optional
        Told of the way.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
    """
    trail = trail or Trail()
    within = Solid(land.profile, land.angles, "inner")
    trail.event("touches", land.solid, outer, TOUCHES)
    if inner is not None:
        trail.event("touches", within, inner, TOUCHES)
    again: BumpformError | None = None  # what it is refused with if it opens no further out
    furthest = land.profile.start
    empty: list[Corner] = []  # corners that the liquid has drawn back from
    for _ in range(MAX_CHANGES):
        covers = inner is None
        if inner is None:
            try:
                return reach(land, outer, trail)
            except OpenedError as opened:
                if again is not None and opened.outer <= furthest:
                    raise again from None
                outer, inner = opened.outer, opened.inner
                furthest = max(furthest, outer)
                trail.event("opens", within, inner, OPENS)
        try:
            found = reach_ring(land, outer, inner, trail)
            met = find_penetration(found.curve, land.profile, between=True)
            if met is None:
                corner = _unfilled(found)
                if corner is None:
                    return found.reached(trail)
                if corner in empty:
                    raise UnfilledCornerError(corner)
                empty.append(corner)
                outer, inner = Station(corner.number, SHORT_OF), found.lines[1].station
                trail.event("opens", land.solid, outer, UNFILLED)
                continue
            stations = found.lines[0].station, found.lines[1].station
        except ClosedError as error:
            met = _on_the_way(ring_of(land), error.held)
            if error.held is None or met is None or not _outside(met, error.held):
                again = NoEquilibriumError("no_equilibrium", NEITHER)
                outer, inner = error.other, None
                trail.event("closes", within, land.profile.start, CLOSES)
                continue
            stations = error.held.stations
        except GlidingError as error:
            met, stations = _on_the_way(ring_of(land), error.held), error.held.stations
            if met is None:
                raise
        except ConvergenceError as error:
            if empty:
                raise UnfilledCornerError(empty[-1]) from None
            if not covers and _ring_rests(land):
                if isinstance(error, UnheldError):
                    filled = _met_as_it_fills(land, (outer, inner))
                    if filled is not None and not trail.has_met(land.solid, filled):
                        outer = filled
                        trail.event("meets solid", land.solid, outer, MEETS)
                        continue
                    _refuse_parted(land, (outer, inner))
                raise
            again, inner = error, None  # the film holds on, or the hole closes, for all is known
            continue
        if met.station is None:
            raise met.refusal()
        first, last = stations
        if met.station > first:
            stays = last.piece == inner.piece and abs(last.u - inner.u) < SHORT
            if stays and trail.has_met(land.solid, met.station):
                raise _shuts_in(land.profile, first, met)
            outer, inner = met.station, last
            trail.event("meets solid", land.solid, outer, MEETS)
        elif met.station < last:
            outer, inner = first, met.station
            trail.event("meets solid", within, inner, MEETS)
        else:
            raise met.parting()
    raise NoEquilibriumError(
        "not_converged", f"the liquid has not come to rest after {MAX_CHANGES} changes of shape"
    )


def _shuts_in(profile: Profile, line: Station, met: Penetration) -> NoEquilibriumError:
    """That a ring comes back to a line from where it touches solid further out: gas is between."""
    assert met.station is not None
    on, touched = (profile.pieces[station.piece] for station in (line, met.station))
    return NoEquilibriumError(
        "gas_shut_in",
        f"the liquid that comes to rest at {format_place(*profile.point(line))}, on the "
        f"{on.feature}, touches the {touched.feature} at {format_place(met.r_m, met.z_m)}, and "
        f"shuts in the gas between, with which it is not followed. Keep {touched.region} clear "
        "of it",
    )


def _met_as_it_fills(land: LineForce, lines: tuple[Station, Station]) -> Station | None:
    """Solid further out that liquid touches first as it grows between two lines, by arcs."""
    (outer, inner), whole = lines, ring_of(land)
    for part in FILLED:
        joint = replace(whole, drop=replace(whole.drop, volume=part * whole.drop.volume))
        try:
            surface = joint.guess((outer, inner))
        except ConvergenceError:
            continue
        met = find_penetration(surface.curve(joint.drop.length), land.profile, between=True)
        if met is not None and met.station is not None and met.station > outer:
            return met.station
    return None


def _ring_rests(land: LineForce) -> bool:
    """Whether any ring is at rest: what starts as one and comes to none closes over its middle."""
    joint = ring_of(land)
    return any(analyse(found.surface).upright for found in rings(joint, ()))


def _refuse_parted(land: LineForce, lines: tuple[Station, Station]) -> None:
    """Refuse a ring whose surface comes to what it covers where it starts, even without weight.

    Raises
    ------
    NoEquilibriumError
        "penetration"
    """
    joint = ring_of(land)
    try:
        surface = solve(replace(joint.guess(lines), bond=0.0), tolerance=1e-3)
    except ConvergenceError:
        return
    outer, inner = lines
    met = find_penetration(surface.curve(land.drop.length), land.profile, between=True)
    if met is not None and met.station is not None and inner < met.station < outer:
        raise met.parting()


def _unfilled(ring: Equilibrium) -> Corner | None:
    """The first corner that a ring covers and does not fill."""
    outer, inner = ring.lines
    solid = outer.solid
    over = inner.station.piece, outer.station.piece
    return next(unfilled_corners(solid.profile, solid.angles, *over), None)


def _on_the_way(joint: Joint, held: Held | None) -> Penetration | None:
    """Where a ring that was held last would enter solid."""
    if held is None:
        return None
    curve, profile = held.surface.curve(joint.drop.length), joint.solids[0].profile
    return find_penetration(curve, profile, between=True)


def _outside(met: Penetration, held: Held) -> bool:
    return met.station is not None and met.station > held.stations[0]


def reach_ring(
    land: LineForce, outer: Station, inner: Station, trail: Trail | None = None
) -> Equilibrium:
    """The ring that two lines on one profile reach downhill.

    Next to a rest of both, on edges or beside them, they go there at once: one held while the other
    moves, they may leave a minimum that is a narrow one.

    Raises
    ------
    NoEquilibriumError
        ``ClosedError`` when the inner line runs into the axis, or when a small hole cannot
        even be held open.
    ConvergenceError
    """
    joint = ring_of(land)
    held = _first_held(joint, outer, inner)
    kept, near = _kept_by_edges(held), at_once(joint, held)
    if near is None and kept.states != held.states:
        near = at_once(joint, kept)
    if near is not None and analyse(near.surface, (0,)).stable:
        held = near
    return reach_joint(joint, held, trail=trail)


def _kept_by_edges(held: Held) -> Held:
    """The same with lines that begin at an edge, as those that froze there do, held by it."""
    at_edge = (station.u in (0.0, 1.0) for station in held.stations)
    states = tuple("pinned" if edge else "free" for edge in at_edge)
    return replace(held, states=states)


def _first_held(joint: Joint, outer: Station, inner: Station) -> Held:
    """A ring between its first lines, lower where its surface would go into what a line is on.

    Raises
    ------
    UnheldError
    ClosedError
        Where it has no shape about a small hole.
    """
    profile = joint.solids[0].profile
    first: Held | None = None
    for stations in _further_out(outer, inner):
        try:
            first = _at(joint, stations)
            break
        except ConvergenceError as error:
            if profile.point(inner)[0] < HOLE * joint.drop.length:
                raise ClosedError("inner", outer) from None
            last = error
    if first is not None and not _sinks_in(joint, first):
        return first
    for stations in _lower(profile, outer, inner):
        try:
            lower = _at(joint, stations)
        except ConvergenceError as error:
            last = error
            continue
        if first is None or _on_the_way(joint, lower) is None:
            return lower
    if first is None:
        raise UnheldError(*last.args)
    return first


def _at(joint: Joint, stations: tuple[Station, Station]) -> Held:
    return Held(stations, ("free", "free"), solve(joint.guess(stations), tolerance=1e-3))


def _sinks_in(joint: Joint, held: Held) -> bool:
    """Whether a surface goes into the wall, under a line, that its liquid covers."""
    met, (outer, inner) = _on_the_way(joint, held), held.stations
    if met is None or met.station is None:
        return False
    return inner < met.station < outer and met.station.piece in (outer.piece, inner.piece)


def _further_out(outer: Station, inner: Station) -> Iterator[tuple[Station, Station]]:
    for part in BEYOND:
        yield Station(outer.piece, outer.u + part * (1.0 - outer.u)), inner


def _lower(profile: Profile, outer: Station, inner: Station) -> Iterator[tuple[Station, Station]]:
    edges = profile.between(inner, outer)
    top = min(float(edges[0].point(0.0)[1]), float(edges[-1].point(1.0)[1]))
    lowest = min(float(edge.point(1.0)[1]) for edge in edges)
    for part in LOWER if lowest < top else ():
        level = profile.crossings(1, top + part * (lowest - top))
        within = [station for station in level if inner < station < outer]
        if len(within) > 1:
            yield within[-1], within[0]
