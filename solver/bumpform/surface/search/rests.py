"""Equilibria of a drop at the places where its one contact line can rest.

The landscape (``line_force``) says where; here the surface is solved there, accurately.
"""

from __future__ import annotations

import math

from bumpform.errors import ConvergenceError
from bumpform.geometry.profile import Station
from bumpform.quick import replace
from bumpform.surface.drop.contact import NECK, LineAt
from bumpform.surface.drop.equilibrium import FIRST_ELEMENTS, FIRST_TOLERANCE, Equilibrium, accurate
from bumpform.surface.drop.line_force import LineForce, Rest
from bumpform.surface.drop.newton import Surface, solve
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.drop.sampling import from_cap


def solve_rest(land: LineForce, rest: Rest) -> Equilibrium | None:
    """Accurate equilibrium at a place found on the landscape.

    Returns
    -------
    Equilibrium or None
        None when the accurate line leaves its piece, or is not held by its edge: the
        sampled force was too coarse there.

    Raises
    ------
    ConvergenceError
    """
    return _refined(land, rest, _first(land, rest.station, rest.state == "free"))


def _refined(land: LineForce, rest: Rest, surface: Surface) -> Equilibrium | None:
    if surface.x[0, 0] <= 0.0:  # the line has crossed the axis: off its piece
        return None
    found = accurate(surface, (LineAt(land.solid, rest.station, rest.state),), land.drop)
    return found if found.lines[0].holds(found.surface) else None


def held_beside(land: LineForce, rest: Rest) -> Equilibrium | None:
    """The line held by the edge right beside a place to slide that lies past it, more accurately.

    There the sampled force may point away from the edge on either side, by round-off.
    """
    piece, u = rest.station
    if rest.state == "free" and min(u, 1.0 - u) <= land.next_to(piece):
        edge = Station(piece if u > 0.5 else piece - 1, 1.0)
        if 0 <= edge.piece < len(land.profile) - 1:
            return solve_rest(land, Rest(edge, "pinned", True))
    return None


def _first(land: LineForce, station: Station, free: bool) -> Surface:
    """Solve on the first mesh: directly, or with the line held until the shape is right."""
    if free and land.drop.bond >= 0.0:
        try:
            guess = land.guess(station, free=True, elements=FIRST_ELEMENTS)
            surface = solve(guess, tolerance=FIRST_TOLERANCE)
        except ConvergenceError:
            pass
        else:
            if abs(surface.start.u - station.u) < min(0.05, land.next_to(station.piece)):
                return surface
    held = held_first(land, station)
    if not free:
        return held
    try:
        return solve(replace(held, start=replace(held.start, free=True)), tolerance=FIRST_TOLERANCE)
    except ConvergenceError:
        held = held_first(land, Station(station.piece, land.root_near(station)))
        return solve(replace(held, start=replace(held.start, free=True)), tolerance=FIRST_TOLERANCE)


def held_first(land: LineForce, station: Station) -> Surface:
    """Equilibrium with the line held at a station, on the first mesh."""
    guess = land.guess(station, free=False, elements=FIRST_ELEMENTS)
    return from_cap(guess, tolerance=FIRST_TOLERANCE)


def others(land: LineForce, reached: Equilibrium) -> list[Equilibrium]:
    """Every other admissible equilibrium with one contact line on the profile, axis outwards."""
    found: list[Equilibrium] = []
    is_cap = len(reached.lines) == 1
    for rest in land.rests():
        if land.profile.point(rest.station)[0] < NECK * land.drop.length:
            continue  # a body resting on a point: no line, no force
        near = is_cap and rest.station.piece == reached.station.piece
        if near and abs(rest.station.u - reached.station.u) < 1e-4:
            continue
        try:
            coarse = _first(land, rest.station, rest.state == "free")
            curve = coarse.curve(land.drop.length)
            if find_penetration(curve, land.profile):  # not worth an accurate solve
                continue
            other = _refined(land, rest, coarse)
        except ConvergenceError:
            continue
        if other is None or find_penetration(other.curve, land.profile):
            continue
        known = [reached, *found] if is_cap else found
        if all(math.dist(_place(other), _place(e)) > 1e-9 * land.drop.length for e in known):
            found.append(other)
    return found


def _place(found: Equilibrium) -> tuple[float, float]:
    """Where the outer line is, m."""
    return found.values["outer.r_m"], found.values["outer.z_m"]
