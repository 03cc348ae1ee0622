"""Which equilibrium a drop with one contact line reaches: the one that history selects.

The contact line starts where the deposit touches the solid and moves downhill in energy,
the liquid in equilibrium at each place (``line_force``), until it can rest.
"""

from __future__ import annotations

import math

import numpy as np

from bumpform.errors import BumpformError, ConvergenceError, NoEquilibriumError
from bumpform.geometry.curve import PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.geometry.first_touch import first_touch_of
from bumpform.geometry.profile import Station
from bumpform.surface.drop.contact import NECK
from bumpform.surface.drop.corner import UnfilledCornerError
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce, Rest
from bumpform.surface.drop.newton import Surface
from bumpform.surface.drop.path import Trail
from bumpform.surface.drop.penetration import Penetration, find_penetration
from bumpform.surface.search.rests import held_beside, solve_rest
from bumpform.units.units import format_length, format_place

#: Moves of the contact line (pieces passed, solids touched) before the search gives up.
MAX_MOVES = 60
#: Places on the way to one that cannot be solved at which the surface is looked at, and more of
#: them before its end, each half as far from it: next to a ball's foot all happens at once.
WAY, CLOSER = 24, 6
#: Radial part of a unit tangent below which a piece counts as upright.
UPRIGHT = 1e-6

#: Why a line is where it is, in the words of its path.
TOUCHES = "the deposit's outline meets the solid here"
MEETS = "the surface would enter the solid here"
FALLS_ON = "no contact line on the ball holds the liquid any more: it falls on the solid here"
UNFILLED = "the liquid does not fill this corner: it draws back from it"


class OpenedError(NoEquilibriumError):
    """The liquid does not close over the solid beneath it.

    Attributes
    ----------
    outer, inner : Station
        The contact line, and where the surface would enter the solid that it covers.
    """

    def __init__(self, outer: Station, inner: Station, met: Penetration) -> None:
        super().__init__(
            "penetration",
            "the liquid does not close over the solid beneath it "
            f"at {format_place(met.r_m, met.z_m)}",
        )
        self.outer, self.inner = outer, inner


class FallsError(NoEquilibriumError):
    """No line holds the liquid that hangs here.

    Attributes
    ----------
    station : Station or None
        Where a line that recedes slips, if it does.
    """

    def __init__(self, station: Station | None = None) -> None:
        super().__init__(
            "no_equilibrium", "the liquid falls: no contact line that it comes to can hold it"
        )
        self.station = station


class FootError(NoEquilibriumError):
    """The line runs to where the solid comes back to the axis.

    Attributes
    ----------
    station : Station
    """

    def __init__(self, station: Station) -> None:
        super().__init__("dewets", "the contact line retreats to the axis")
        self.station = station


def downhill(
    land: LineForce, station: Station, direction: int = 0, trail: Trail | None = None
) -> Rest:
    """First place to rest downhill in energy from a station.

    Parameters
    ----------
    land : LineForce
    station : Station
    direction : int
        +1 or −1 where the line is already known to move outwards or inwards; 0: by the force.
    trail : Trail, optional
        Told of every piece that the line moves along.

    Raises
    ------
    NoEquilibriumError
        "off_model" or "dewets", where the line leaves the profile; ``FallsError``;
        ``UnfilledCornerError``.
    """
    piece, u = station
    trail = trail or Trail()
    last, hangs = len(land.profile) - 1, land.drop.bond < 0.0
    if hangs and direction == 0 and math.isnan(land.force(_off_axis(land, station))):
        (piece, u), direction = _regained(land, station, trail)
    for _ in range(4 * (last + 2)):
        if u >= 1.0 and piece < last:
            inside, outside = land.vertex(piece)
            cusp = land.corner and piece == land.last  # that the liquid has left
            if inside == 0.0 == outside and not cusp:  # back on the axis: a ball on its foot
                raise FootError(Station(piece, 1.0))
            if land.corner and piece == land.last:
                if direction >= 0 and not inside < 0.0:
                    raise UnfilledCornerError(land.corner)
                direction = -1
            elif (
                direction == 0
                or (direction > 0 and not outside > 0.0)
                or (direction < 0 and not inside < 0.0)
            ):
                if inside >= 0.0 >= outside:
                    return Rest(Station(piece, 1.0), "pinned", True)
                spills = math.isnan(outside) and not inside < 0.0
                direction = 1 if spills or outside > max(0.0, -inside) else -1
            if direction > 0:
                piece, u = piece + 1, 0.0
            else:
                u = 1.0
        elif direction == 0:
            # more liquid than a line can carry, standing on it, pushes it outwards
            direction = -1 if land.force(_off_axis(land, Station(piece, u))) < 0.0 else 1
        slack = land.next_to(piece)
        roots = land.roots(piece)[::direction]
        passed = [root for root in roots if (root[0] - u) * direction <= 0.0]
        ahead = [at for at, stable in roots[len(passed) :] if stable]
        # a start next to its rest may lie on the other side of the sampled root, unless the line
        # is pushed away from it by a crest between them
        if passed and passed[-1][1] and (u - passed[-1][0]) * direction < slack:
            ahead.insert(0, passed[-1][0])
        if hangs and direction < 0:
            slips = _slips(land, piece, (ahead or [-1.0])[0], u)
            if slips is not None:
                raise FallsError(slips)
        if ahead:
            trail.slide(land.solid, Station(piece, ahead[0]))
            return Rest(Station(piece, ahead[0]), "free", True)
        if direction > 0:
            if hangs and piece == last and math.isnan(land.grid(last).f[-1]):
                raise FallsError
            if piece == last:
                raise NoEquilibriumError(
                    "off_model",
                    "the liquid spreads past the model's outer radius "
                    f"{format_length(land.profile.point(land.profile.end)[0])}: it would meet the "
                    "next bump, or the model is too small (pitch)",
                )
            u = 1.0
            trail.slide(land.solid, Station(piece, 1.0))
        else:
            if piece == 0:
                raise _retreats(land)
            trail.slide(land.solid, Station(piece, 0.0))
            piece, u = piece - 1, 1.0
    raise NoEquilibriumError("no_equilibrium", "the contact line finds no place to rest")


def _off_axis(land: LineForce, station: Station) -> Station:
    """The station, or the next one to the axis at which a line is followed."""
    return Station(station.piece, max(station.u, land.neck(station.piece)))


def _regained(land: LineForce, start: Station, trail: Trail) -> tuple[Station, int]:
    """Where a line that cannot hold what hangs from it is held again, and which way it goes on.

    It spreads, if it does not come back from the first place outwards that holds the liquid; else
    it recedes, if it does not come back from the first one inwards.

    Raises
    ------
    FallsError
    """
    for direction in (1, -1):
        pieces = range(start.piece, len(land.profile) if direction > 0 else -1, direction)
        for piece in pieces:
            grid = land.grid(piece)
            held = np.isfinite(grid.f)
            if piece == start.piece:
                held &= (grid.u - start.u) * direction > 0.0
            if not held.any():
                continue
            at = int(np.flatnonzero(held)[0 if direction > 0 else -1])
            if grid.f[at] * direction > 0.0:
                for passed in range(start.piece, piece, direction):
                    trail.slide(land.solid, Station(passed, float(direction > 0)))
                place = Station(piece, float(grid.u[at]))
                trail.slide(land.solid, place)
                return place, direction
            break
    raise FallsError


def _slips(land: LineForce, piece: int, low: float, high: float) -> Station | None:
    """Where a line that recedes over a piece can first not hold what hangs; None: nowhere."""
    grid = land.grid(piece)
    lost = grid.u[np.isnan(grid.f) & (grid.u > low) & (grid.u < high)]
    return Station(piece, float(lost.max())) if len(lost) else None


def reach(land: LineForce, start: Station, trail: Trail | None = None) -> Equilibrium:
    """The equilibrium that history selects: downhill from where the deposit touches first.

    Where the surface at rest would enter solid further out, the liquid touches it there,
    and the contact line goes on from that place. Where there is none at rest, the liquid may have
    met solid on its way.

    Parameters
    ----------
    land : LineForce
    start : Station
    trail : Trail, optional
        The way so far.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
    """
    station, direction = start, 0
    if trail is None:
        trail = Trail()
        trail.event("touches", land.solid, start, TOUCHES)
    opened = False  # over a corner that the liquid does not fill
    for _ in range(MAX_MOVES):
        try:
            rest = downhill(land, station, direction, trail)
        except (FootError, FallsError) as error:
            if error.station is None:
                raise
            station, direction = _stopped(land, station, error.station, error, trail), 0
            continue
        except NoEquilibriumError as error:
            if land.corner and opened and error.reason == "dewets":
                raise UnfilledCornerError(land.corner) from None
            raise
        if rest.station.piece > land.last:
            station, direction, opened = Station(land.last, 1.0), -1, True
            trail.event("opens", land.solid, station, UNFILLED)
            continue
        try:
            found = solve_rest(land, rest) or held_beside(land, rest)
        except ConvergenceError as error:
            station, direction = _stopped(land, station, rest.station, error, trail), 0
            continue
        if found is None:
            station, direction = _move_on(land, rest)
            continue
        met = find_penetration(found.curve, land.profile)
        if met is None:
            return found.reached(trail)
        station, direction = _met(land, found.station, found.surface, met, trail), 0
    raise NoEquilibriumError(
        "not_converged",
        f"the contact line has not come to rest after {MAX_MOVES} moves: it goes to and fro between"
        " places that do not hold it. Change the volume or a contact angle a little",
    )


def _stopped(
    land: LineForce, start: Station, goal: Station, error: BumpformError, trail: Trail
) -> Station:
    """Where a line goes on from that finds no rest: the liquid meets solid before, on the way.

    Looked for on the goal's piece. Where no surface is held on the way to a ball's foot, the liquid
    falls on what that rests on.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
        ``OpenedError`` where it meets the solid that it covers; the given one where it meets none.
    """
    piece, end = goal
    begin = start.u if start.piece == piece else 0.0 if start.piece < piece else 1.0
    held: tuple[Station, Surface] | None = None
    closer = [1.0 - 0.5**halved / WAY for halved in range(1, CLOSER + 1)]
    for part in (*(k / WAY for k in range(1, WAY)), *closer, 1.0):
        station = Station(piece, begin + (end - begin) * part)
        surface = land.surface(station)
        if surface is None:
            if held is None:
                continue  # a narrow line next to where it starts
            break
        met = find_penetration(surface.curve(land.drop.length), land.profile)
        if met is not None and met.station is not None:
            return _met(land, station, surface, met, trail)
        held = station, surface
    if isinstance(error, FootError) and held is not None:
        return _fallen(land, *held, error, trail)
    raise error


def _fallen(
    land: LineForce, line: Station, surface: Surface, error: FootError, trail: Trail
) -> Station:
    """Where liquid that no line on a ball holds any more falls on what the ball rests on.

    Raises
    ------
    FootError
        The same, where nothing is below it.
    """
    first = line.piece + 1
    curve = surface.curve(land.drop.length)
    mirrored = PolynomialCurve(curve.coefficients * (1.0, -1.0))
    upside_down = Edge(mirrored, mirrored.breaks[0], mirrored.breaks[-1])
    touch = first_touch_of(land.profile.pieces[first:], [upside_down])
    if touch.height == -math.inf:
        raise error
    station = Station(first + touch.station.piece, touch.station.u)
    trail.slide(land.solid, line)
    trail.event("meets solid", land.solid, station, FALLS_ON)
    return station


def _met(
    land: LineForce, line: Station, surface: Surface, met: Penetration, trail: Trail
) -> Station:
    """Where the line goes on from, when the liquid has met solid outside of it.

    Raises
    ------
    NoEquilibriumError
        ``OpenedError`` where it has met the solid that it covers; ``UnfilledCornerError`` where
        it meets solid past a corner that it does not fill.
    """
    if met.station is None:
        raise met.refusal()
    trail.slide(land.solid, line)
    if met.station < line:
        if float(surface.x[-1, 1]) * land.drop.length > land.profile.point(land.profile.start)[1]:
            piece = land.profile.pieces[met.station.piece]
            hangs = float(piece.tangent(met.station.u)[0]) < -UPRIGHT
            parts = "in the middle and around it: its surface comes down"
            advice = "give more solder, so that it stays one, or put down each part by itself"
            if hangs:  # under an overhang, which the liquid covers on both sides
                parts = f"over the rim of {piece.region} and under it: its surface draws back"
                advice = "give more solder, so that it stays one, or a rim that overhangs less"
            raise NoEquilibriumError(
                "no_equilibrium",
                f"the liquid splits in two, {parts} to the solid at "
                f"{format_place(met.r_m, met.z_m)} ({piece.feature}). What becomes of the two is "
                f"not followed: {advice}",
            )
        raise OpenedError(line, met.station, met)
    trail.event("meets solid", land.solid, met.station, MEETS)
    if land.corner and line.piece <= land.last < met.station.piece:
        r, z = land.profile.point(line).tolist()
        touched = land.profile.pieces[met.station.piece].region
        raise UnfilledCornerError.leaning(land.corner, (r, z), (met.r_m, met.z_m), touched)
    return met.station


def _retreats(land: LineForce) -> NoEquilibriumError:
    return NoEquilibriumError(
        "dewets",
        "the contact line retreats to the axis, or nearer to it than "
        f"{format_length(NECK * land.drop.length)}, where it is not followed: nothing further out "
        "holds the liquid",
    )


def _move_on(land: LineForce, rest: Rest) -> tuple[Station, int]:
    """Past a place that turned out not to hold the line, on the side of the force."""
    piece, u = rest.station
    if rest.state == "pinned":
        inside, outside = land.vertex(piece)
        # the smaller margin is the one that the accurate solve has reversed
        return (
            (Station(piece + 1, 1e-9), 1) if -outside < inside else (Station(piece, 1.0 - 1e-9), -1)
        )
    if u <= 0.5 and piece == 0:
        raise _retreats(land)
    return (Station(piece, 1.0), 0) if u > 0.5 else (Station(piece - 1, 1.0), 0)
