"""The equilibrium of a joint: both lines, and a floating body's height, solved for at once.

From lines that are near to rest (``joint.rest``); where the solve takes a line off its edge or its
piece, it is held there and moved on.
"""

from __future__ import annotations

import math

import numpy as np

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.geometry.profile import Station
from bumpform.quick import replace
from bumpform.surface.drop.contact import LineAt, Solid
from bumpform.surface.drop.equilibrium import (
    FIRST_TOLERANCE,
    LAST_ELEMENTS,
    Equilibrium,
    accurate,
    lines_at,
)
from bumpform.surface.drop.newton import Surface, solve
from bumpform.surface.drop.path import Trail
from bumpform.surface.joints.joint import MAX_TURNS, NEAR, GlidingError, Held, Joint
from bumpform.surface.joints.rest import rest

#: Furthest that lines may go at once as a body moves by a step, relative to the drop's length.
STEP = 0.2
#: Furthest that its surface may go by a step that is solved for at once, relative to that length.
LEAP = 0.25
#: How often lines that leave edges on such a step are solved for again.
OFF_EDGES = 3
#: By how much an angle on the first mesh may miss its bounds that accurately keeps them, rad.
FIRST_SLACK = 1e-4
#: Fraction of a piece by which a line that is solved for again has not moved on.
STUCK = 1e-9


def settle(joint: Joint, held: Held, load: float | None) -> tuple[Surface, tuple[LineAt, ...]]:
    """Everything solved at once from lines near to rest, on the first mesh.

    Parameters
    ----------
    joint : Joint
    held : Held
    load : float or None
        Force/2πσL on the upper body; None keeps its height.

    Raises
    ------
    ConvergenceError
    """
    lines = tuple(
        LineAt(solid, station, state)
        for solid, station, state in zip(joint.solids, held.stations, held.states, strict=True)
    )
    scale, near = joint.drop.length, held.surface
    assert near.end is not None
    first, last = (
        line.solid.line(line.station, free=line.state == "free", scale=scale, lift=lift)
        for line, lift in zip(lines, (0.0, near.end.lift), strict=True)
    )
    surface = solve(replace(near, start=first, end=last, load=load), tolerance=FIRST_TOLERANCE)
    return surface, lines_at(lines, surface)


def at_once(joint: Joint, near: Held, trail: Trail | None = None) -> Held | None:
    """Lines at rest next to where they were, all solved for at once from a surface that is none.

    Parameters
    ----------
    joint : Joint
    near : Held
        With a curve next to the one that is looked for.
    trail : Trail, optional
        Told of the way.

    Returns
    -------
    Held or None
        None where this is more than a little step of the same state.
    """
    solved = settled(joint, near)
    if solved is None or not all(line.holds(solved[0]) for line in solved[1]):
        return None
    if not _is_near(near, *solved):
        return None
    return _come(joint, near, *solved, trail)


def rest_near(joint: Joint, near: Held, trail: Trail | None = None) -> Held:
    """Lines at rest where a body has moved by a step: solved at once, or else moved downhill.

    Parameters
    ----------
    joint : Joint
    near : Held
        Lines that were at rest before, with a curve next to the one that is looked for.
    trail : Trail, optional
        Told of the way.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
        As ``rest``.
    """
    moved, solved, is_held = near, settled(joint, near), False
    if solved is None:  # held, the lines have a surface that is nearer
        moved, is_held = _held(joint, near), True
        near = moved
    try:
        for _ in range(OFF_EDGES):
            surface, lines = solved or settle(joint, moved, None)
            if all(line.holds(surface) for line in lines):
                if _is_near(near, surface, lines):
                    return _come(joint, moved, surface, lines, trail)
                break
            resumed = _back_on_pieces(joint, surface, lines)
            if _same(moved, resumed):  # it would be solved for again
                break
            moved, solved = _held(joint, resumed), None
    except ConvergenceError:
        pass
    return rest(joint, near if is_held else _held(joint, near), trail)


def settled(
    joint: Joint, near: Held, load: float | None = None
) -> tuple[Surface, tuple[LineAt, ...]] | None:
    """Everything solved at once from a curve that is no solution; None where it goes too far."""
    try:
        surface, lines = settle(joint, near, load)
    except ConvergenceError:
        return None
    return (surface, lines) if surface.moved < LEAP else None


def _is_near(near: Held, surface: Surface, lines: tuple[LineAt, ...]) -> bool:
    """Whether lines that have been solved for have gone a little step, to no mirror image."""
    start, end = near.surface.start, near.surface.end
    assert end is not None  # the body, too, has moved by a step
    shift = float(np.abs(surface.x[[0, -1]] - (start.place, end.place)).max())
    return shift <= STEP and not any(line.is_mirrored(surface) for line in lines)


def _come(
    joint: Joint, held: Held, surface: Surface, lines: tuple[LineAt, ...], trail: Trail | None
) -> Held:
    """Lines where they have been solved for, and a trail told of it."""
    if trail is not None and surface.end is not None:
        for line, lift in zip(lines, (0.0, surface.end.lift * joint.drop.length), strict=True):
            trail.slide(line.solid, line.station, lift)
    return Held((lines[0].station, lines[1].station), held.states, surface)


def reach_joint(
    joint: Joint, held: Held, load: float | None = None, trail: Trail | None = None
) -> Equilibrium:
    """The equilibrium that two lines reach downhill from where they are held.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
    """
    before: tuple[LineAt, ...] = ()
    for _ in range(MAX_TURNS):
        surface, lines = settle_at_rest(joint, _coarse(held), load, trail)
        found = accurate(surface, lines, joint.drop)
        if all(line.holds(found.surface) for line in found.lines):
            return found
        if _stuck(before, lines):
            break
        before, held = lines, _resume(joint, found.surface, lines)
    raise GlidingError(held)


def _coarse(held: Held) -> Held:
    """Lines whose surface may be refined once more: each turn goes on from the last one's."""
    if held.surface.elements < LAST_ELEMENTS:
        return held
    return replace(held, surface=held.surface.on(LAST_ELEMENTS // 2))


def settle_at_rest(
    joint: Joint, held: Held, load: float | None = None, trail: Trail | None = None
) -> tuple[Surface, tuple[LineAt, ...]]:
    """The same on the first mesh only.

    A line at the limit of its edge's bounds keeps them as nearly as that mesh tells.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
    """
    before: tuple[LineAt, ...] = ()
    for _ in range(MAX_TURNS):
        begun, held = held, rest(joint, held, trail)
        try:
            surface, lines = settle(joint, held, load)
        except ConvergenceError:
            if load is not None and (solved := _settles(joint, begun, load)) is not None:
                return solved
            if joint.drop.bond == 0.0 and (kept := _kept_by_edge(joint, held)) is not None:
                return kept
            _refuse_anywhere(joint, held)
            slid = _slid_along(joint, held)
            if slid is None:
                raise
            held = slid
            continue
        if all(line.holds(surface) for line in lines):
            return surface, lines
        if _stuck(before, lines):
            if all(line.holds(surface, FIRST_SLACK) for line in lines):
                return surface, lines
            break
        before, held = lines, _resume(joint, surface, lines)
    raise GlidingError(held)


def _settles(joint: Joint, held: Held, load: float) -> tuple[Surface, tuple[LineAt, ...]] | None:
    """A loaded joint from where it was nearly balanced; None where it does not settle from there.

    One that its lines have come to rest in, to ``NEAR``, may be too far off where the film is soft.
    """
    try:
        surface, lines = settle(joint, held, load)
    except ConvergenceError:
        return None
    return (surface, lines) if all(line.holds(surface) for line in lines) else None


def _kept_by_edge(joint: Joint, held: Held) -> tuple[Surface, tuple[LineAt, ...]] | None:
    """A joint whose lines that are at rest next to an edge are held there; None if that fails.

    Along a post any place is one at rest without weight, so that how nearly it is found decides.
    """
    stations, states = list(held.stations), list(held.states)
    for which, (piece, u) in enumerate(held.stations):
        solid = joint.solids[which]
        away = min(u, 1.0 - u) * solid.profile.pieces[piece].length()
        if away < NEAR * joint.drop.length:
            stations[which] = solid.vertex(Station(piece, round(u)))
            states[which] = "pinned"
    if "pinned" not in states:
        return None
    try:
        at_edge = Held((stations[0], stations[1]), (states[0], states[1]), held.surface)
        surface, lines = settle(joint, at_edge, None)
    except ConvergenceError:
        return None
    return (surface, lines) if all(line.holds(surface, FIRST_SLACK) for line in lines) else None


def _refuse_anywhere(joint: Joint, held: Held) -> None:
    """Refuse weightless liquid whose lines slide on one cylinder, with one angle: nothing holds it.

    Raises
    ------
    NoEquilibriumError
    """
    if joint.drop.bond != 0.0 or "pinned" in held.states:
        return
    both = list(zip(joint.solids, held.stations, strict=True))
    low, high = (solid.profile.pieces[at.piece] for solid, at in both)
    radii = {float(p.point(u)[0]) for p in (low, high) for u in (0.0, 1.0)}
    angles = [solid.angles[at.piece] for solid, at in both]
    if not (low.is_straight and high.is_straight) or max(radii) - min(radii) > STUCK * max(radii):
        return
    if math.isclose(*angles, rel_tol=STUCK):
        raise NoEquilibriumError(
            "no_equilibrium",
            f"without weight the liquid is at rest anywhere along the {low.feature}: nothing holds "
            "it at one place. Give a gravity, or less solder",
        )


def _slid_along(joint: Joint, held: Held) -> Held | None:
    """A ring on a post whose weight nothing bears there, at the post's end; None if it is none.

    Between two lines that slide on one cylinder, with one angle, no surface bears a weight: it
    slides along, however slowly, until one of them comes to an edge.
    """
    outer, inner = held.stations
    solid, bond = joint.solids[1], joint.drop.bond
    if bond == 0.0 or not solid.is_inner or "pinned" in held.states:
        return None
    post = _cylinder(solid, outer.piece)
    if inner.piece not in post:
        return None
    profile, ends = solid.profile, (Station(post[0], 0.0), Station(post[-1], 1.0))
    (r, start), (_, end) = (profile.point(at).tolist() for at in ends)
    on = (end < start) == (bond > 0.0)  # the way that the weight goes, along the profile or back
    leads, follows = (outer, inner) if on else (inner, outer)
    goal, gone = ends[on], (end if on else start) - float(profile.point(leads)[1])
    if gone == 0.0:
        return None
    behind = profile.locate(np.array([r, float(profile.point(follows)[1]) + gone]))
    pair = (goal, behind) if on else (behind, goal)
    states = ("pinned", "free") if on else ("free", "pinned")
    return Held(pair, states, joint.hold(pair, held.surface))


def _cylinder(solid: Solid, piece: int) -> range:
    """Pieces of one upright side of a solid, with one angle, about one; none if it is not that."""

    def is_like(other: int) -> bool:
        if not 0 <= other < len(solid.profile) or not solid.profile.pieces[other].is_straight:
            return False
        radii = [end[0] for end in solid.profile.pieces[other].ends]
        same = max(abs(r - radius) for r in radii) <= STUCK * radius
        return same and solid.angles[other] == solid.angles[piece]

    radius = solid.profile.pieces[piece].ends[0][0]
    low = high = piece
    if not is_like(piece):
        return range(0)
    while is_like(low - 1):
        low -= 1
    while is_like(high + 1):
        high += 1
    return range(low, high + 1)


def _stuck(before: tuple[LineAt, ...], lines: tuple[LineAt, ...]) -> bool:
    """Whether lines have been solved for where they have been before."""
    return len(before) == len(lines) and all(
        was.state == now.state
        and was.station.piece == now.station.piece
        and abs(was.station.u - now.station.u) < STUCK
        for was, now in zip(before, lines, strict=True)
    )


def _resume(joint: Joint, surface: Surface, lines: tuple[LineAt, ...]) -> Held:
    """Hold the lines again where a joint solve has taken them, kept on their pieces."""
    return _held(joint, _back_on_pieces(joint, surface, lines))


def _held(joint: Joint, near: Held) -> Held:
    """Lines held where they are, with the surface that they then have."""
    return replace(near, surface=joint.hold(near.stations, near.surface))


def _same(one: Held, other: Held) -> bool:
    """Whether the lines are in the same states, on the same pieces."""
    pairs = zip(one.stations, other.stations, strict=True)
    return one.states == other.states and all(a.piece == b.piece for a, b in pairs)


def _back_on_pieces(joint: Joint, surface: Surface, lines: tuple[LineAt, ...]) -> Held:
    """Lines where a joint solve has taken them, kept on their pieces; its surface.

    A line that has left its edge's bounds goes on to the piece that it is drawn to: the force of
    an angle near 0° or 180° may be too small to tell it.
    """
    stations, states = [], []
    for line in lines:
        piece, u = line.station
        low, high = line.solid.span(piece, joint.drop.length)
        on = Station(piece, min(max(u, low), high))
        gone = line.state == "pinned" and not line.holds(surface)
        stations.append(_off_edge(joint, surface, line) if gone else line.solid.vertex(on))
        states.append("free" if gone else line.state)
    return Held((stations[0], stations[1]), (states[0], states[1]), surface)


def _off_edge(joint: Joint, surface: Surface, line: LineAt) -> Station:
    """Just beside the edge at which a line does not stay, on the side that it is drawn to."""
    solid, piece, dry = line.solid, line.station.piece, line.solid.side.dry
    wetted = not solid.angle(surface, line.station) > line.admissible[1]
    piece += 0 if wetted else dry
    off = min(NEAR * joint.drop.length / solid.profile.pieces[piece].length(), 0.5)
    return Station(piece, off if wetted == (dry < 0) else 1.0 - off)
