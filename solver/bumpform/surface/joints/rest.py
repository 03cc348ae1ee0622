"""Where the two lines of a joint come to rest.

They move in turn downhill in energy, the other held, until both can rest; then all is solved at
once.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.geometry.profile import Station
from bumpform.geometry.roots import Bracket
from bumpform.quick import replace
from bumpform.surface.drop.newton import Surface
from bumpform.surface.drop.path import Trail
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.joints.joint import (
    MAX_TURNS,
    NEAR,
    ClosedError,
    GlidingError,
    Held,
    Joint,
    OffModelError,
)
from bumpform.units.units import format_length

#: How far a line moves at a time, relative to the drop's length.
REACH = 0.25
#: How far a ring's line that was at rest may go at a time, relative to how far the other has gone
#: since: past the rest that it is next to there may be a crest.
AFTER = 2.0
#: Turns after which both lines are moved on at once, too.
FOLLOWING = 5
#: Largest step of a ring's inner line towards the axis, relative to its radius.
CLOSING = 0.5
#: A hole in a film smaller than this, relative to the drop's length, that pulls itself
#: together has no shape at rest any more: it closes.
HOLE = 0.2
#: Share of a liquid that is nothing, where it parts so near to a line.
LEFT = 2e-3


def rest(joint: Joint, held: Held, trail: Trail | None = None) -> Held:
    """Move the lines in turn downhill until both can rest (to ``NEAR``).

    Each moves by a limited reach at a time, shortened where no equilibrium is found, so
    that the lines come down together: one at the end of its profile waits there for the other.
    Where they still follow each other after some turns (a narrow ring that glides), both go on at
    once for a while. A trail is told of every move.

    Raises
    ------
    NoEquilibriumError
        Where a line leaves its profile: ``ClosedError`` at the axis. ``GlidingError`` where they
        do not come to rest.
    ConvergenceError
    """
    reach, moved, stretch = [REACH, REACH], [0.0, 0.0], 1.0
    resting: list[Surface | None] = [None, None]  # with which surface each line is at rest
    trail = trail or Trail()
    for turn in range(MAX_TURNS):
        largest, before, off = 0.0, held, None
        for which in (0, 1):
            if resting[which] is held.surface:  # the other one has not moved since
                continue
            try:
                if joint.solids[1].is_inner and resting[which] is not None:
                    # a ring's rest goes about as far as its other line has
                    reach[which] = min(reach[which], AFTER * max(moved[1 - which], NEAR))
                held, moved[which], reach[which], rests = _advance(joint, held, which, reach[which])
            except OffModelError as error:
                off = error
                continue
            resting[which] = held.surface if rests else None
            _slid(trail, joint, held, which)
            largest = max(largest, moved[which])
        over = _over_point(joint, held)
        if over is not None:
            held, reach = over, [REACH, REACH]
            continue
        if off is not None and (largest < NEAR or turn + 1 == MAX_TURNS):
            raise off
        if largest < NEAR or resting[0] is resting[1] is held.surface:
            return held
        if turn >= FOLLOWING:
            onwards = _onwards(joint, before, held, stretch)
            stretch *= 0.5 if onwards is None else 2.0
            held = onwards or held
    raise GlidingError(held)


def _over_point(joint: Joint, held: Held) -> Held | None:
    """A line gone over a point at which two bodies meet, where the surface touches both.

    The slit between both gets ever narrower, so liquid that touches both sides fills it: from a
    ball to what it rests on, or the inner line of a ring up to what rests on it.
    """
    scale = joint.drop.length
    for which, (piece, _) in enumerate(held.stations):
        solid = joint.solids[which]
        if not solid.ends_on_axis(piece - 1 if solid.is_inner else piece):
            continue
        surface, end = held.surface, held.surface.end
        lift = end.lift if end is not None and solid.hangs else 0.0
        curve = surface.mesh.curve((surface.x - (0.0, lift)) * scale)
        met = find_penetration(curve, solid.profile, between=True)
        if (
            met is None
            or met.station is None
            or not (met.station.piece - piece) * solid.side.dry > 0
        ):
            continue
        pair = held.moved(which, met.station)
        return Held(pair, ("free", "free"), joint.hold(pair, surface))
    return None


def _onwards(joint: Joint, before: Held, held: Held, stretch: float) -> Held | None:
    """Both lines moved on at once, as far as in their last turn, or so many times.

    Returns
    -------
    Held or None
        None where a line would leave its piece, or where the energy no longer falls there.
    """
    stations, moves = [], []
    for which in (0, 1):
        (piece, u), (was, v) = held.stations[which], before.stations[which]
        length = joint.solids[which].profile.pieces[piece].length() / joint.drop.length
        there = u + stretch * (u - v)
        if piece != was or not 0.0 < there < 1.0 or abs(there - u) * length > REACH:
            return None
        stations.append(Station(piece, there))
        moves.append((there - u) * length)
    pair = (stations[0], stations[1])
    try:
        surface = joint.hold(pair, held.surface)
    except ConvergenceError:
        return None
    falls = sum(joint.force(surface, which, pair[which]) * moves[which] for which in (0, 1))
    return replace(held, stations=pair, surface=surface) if falls > 0.0 else None


def _slid(trail: Trail, joint: Joint, held: Held, which: int) -> None:
    """Tell a trail where a line is."""
    end = held.surface.end
    above = which == 1 and joint.solids[1].hangs
    lift = end.lift * joint.drop.length if above and end is not None else 0.0
    trail.slide(joint.solids[which], held.stations[which], lift)


class PartedError(NoEquilibriumError):
    """No line of a joint with a neck can be moved on any further: it is taken to part."""


class _Advanced(NamedTuple):
    """One line moved on: how far (scaled), its next reach, and whether it is at rest there."""

    held: Held
    shift: float
    reach: float
    rests: bool = False


def _advance(joint: Joint, held: Held, which: int, reach: float) -> _Advanced:
    """Move one line downhill, the other held."""
    solid, scale = joint.solids[which], joint.drop.length
    way = _way(joint, held, which)
    if way is None:
        station = held.stations[which]
        vertex = solid.vertex(station)
        at_edge = vertex.u in (0.0, 1.0) and 0 < vertex.piece + vertex.u < len(solid.profile)
        state = "pinned" if at_edge else "free"
        return _Advanced(held.put(which, vertex, state, held.surface), 0.0, reach, rests=True)
    (piece, u), direction, force = way
    edge = solid.profile.pieces[piece]
    neck, head = solid.span(piece, scale)
    if direction < 0 and piece == 0 and u <= neck:
        raise ClosedError(solid.kind, held.stations[1 - which], held)
    length = edge.length() / scale
    if (u <= neck and direction < 0) or (u >= head and direction > 0):  # over a ball's point
        piece += direction
        beside = Station(piece, solid.span(piece, scale)[0 if direction > 0 else 1])
        return _Advanced(_at(joint, held, which, beside), NEAR, reach)
    if direction < 0 and solid.is_inner:  # the force changes over a hole's own radius
        reach = min(reach, max(CLOSING * float(held.surface.x[-1, 0]), NEAR))
    if joint.solids[1].is_inner:  # and that on a narrow ring over its own width
        reach = min(reach, max(CLOSING * math.dist(*held.surface.x[[0, -1]].tolist()), NEAR))
    ahead = min(max(u + direction * reach / length, neck), head)
    rests = False
    try:
        there = _at(joint, held, which, Station(piece, ahead))
        beyond = joint.force(there.surface, which, Station(piece, ahead))
        if beyond * direction < 0.0:
            rests = True
            near = held.put(which, Station(piece, u), "free", held.surface)
            there = _between(joint, near, there, which, (force, beyond))
    except ConvergenceError:
        if _closes(joint, held, which, direction, reach):
            raise ClosedError("inner", held.stations[0], held) from None
        if reach < NEAR:
            for one in (0, 1):  # which of both is given up first is as it comes
                if _lets_go(joint, held, one):
                    kind, other = joint.solids[one].kind, held.stations[1 - one]
                    raise ClosedError(kind, other, held) from None
            _refuse_parted(joint, held)
            raise
        return _Advanced(held, reach, 0.5 * reach)
    shift = abs(there.stations[which].u - u) * length
    if not rests:  # it is still pulled on, however short its way
        shift = max(shift, NEAR)
    return _Advanced(there, shift, min(1.5 * reach, REACH), rests)


def _closes(joint: Joint, held: Held, which: int, direction: int, reach: float) -> bool:
    """Whether a ring whose line cannot be moved on any further closes over its middle.

    With a neck above the inner line, narrower than it, the states with held lines end at a fold
    past which the neck pulls itself together, as a film between two rings does. So does a small
    hole with which the outer line cannot be held.
    """
    radii = held.surface.x[:, 0]
    if not joint.solids[1].is_inner:
        return False
    if which == 1 and direction < 0 and reach < 0.1 * REACH and radii[-1] < HOLE:
        return True
    return reach < NEAR and bool(radii.min() < radii[-1] or radii[-1] < HOLE)


def _lets_go(joint: Joint, held: Held, which: int) -> bool:
    """Whether a line that is drawn in where none can be moved any further is where liquid parts.

    It is the neck itself, or next to it: the states with held lines end at a fold, past which the
    neck pulls together, and next to nothing is left on the line's side.
    """
    x = held.surface.x[:: -1 if which else 1]
    neck = int(x[:, 0].argmin())
    way = _way(joint, held, which)
    if way is None or way[1] > 0 or float(x[0, 0]) > HOLE:
        return False
    left = abs(float(np.trapezoid(0.5 * x[: neck + 1, 0] ** 2, x[: neck + 1, 1])))
    return bool(left < LEFT * joint.drop.scaled_volume)


def _refuse_parted(joint: Joint, held: Held) -> None:
    """Refuse a joint of which no line can be moved on any further, and which has a neck.

    Such states end at a fold, past which a neck pulls itself together: that there is one here is
    not shown, so that it is not told. A neck wider than the joint is long does not.

    Raises
    ------
    NoEquilibriumError
    """
    radii, long = held.surface.x[:, 0], math.dist(*held.surface.x[[0, -1]].tolist())
    if joint.solids[1].hangs and radii.min() < min((1.0 - NEAR) * radii[[0, -1]].min(), long):
        neck = float(radii.min()) * joint.drop.length
        raise PartedError(
            "no_equilibrium",
            "the contact lines are driven on from where the liquid has a neck of "
            f"{format_length(neck)} in radius, and no surface is found between them any further: "
            "it is taken to part there",
        )


def _way(joint: Joint, held: Held, which: int) -> tuple[Station, int, float] | None:
    """Piece on which a line moves, its direction and the force on it; None at rest.

    Raises
    ------
    OffModelError
    """
    solid = joint.solids[which]
    last = len(solid.profile) - 1
    piece, u = held.stations[which]
    outward = Station(piece + 1, 0.0) if u >= 1.0 and piece < last else Station(piece, u)
    inward = Station(piece - 1, 1.0) if u <= 0.0 and piece > 0 else Station(piece, u)
    out = joint.force(held.surface, which, outward)
    back = joint.force(held.surface, which, inward)
    small = 0.05 * NEAR * float(np.abs(held.surface.x[:, 0]).max())
    if out > small and out >= -back:
        if outward.u >= 1.0:
            radius = float(solid.profile.point(solid.profile.end)[0])
            raise OffModelError(
                "off_model",
                f"the {solid.kind} contact line spreads past the model's outer radius "
                f"{format_length(radius)}: it would meet the next joint, or the model is too small "
                "(pitch)",
            )
        return outward, 1, out
    if back < -small:
        return inward, -1, back
    return None


def _between(joint: Joint, near: Held, far: Held, which: int, forces: tuple[float, float]) -> Held:
    """Place of zero force between two places of one piece.

    By false position. From the first place so found the line is let slide, towards the other end.
    """
    piece, found = near.stations[which].piece, near
    bracket = Bracket(near.stations[which].u, forces[0], far.stations[which].u, forces[1])
    for _ in range(20):
        at = Station(piece, bracket.between)
        found = _at(joint, found, which, at)
        f = joint.force(found.surface, which, at)
        if abs(f) < NEAR * max(map(abs, forces)) or abs(bracket.b - bracket.a) < 1e-6:
            break
        bracket = bracket.narrowed(at.u, f)
        slid = _slides_on(joint, found, which, bracket.a)
        if slid is not None:
            return slid
    return found


def _slides_on(joint: Joint, held: Held, which: int, limit: float) -> Held | None:
    """A line let slide from where it is held; None where it does not stay short of a limit.

    Where its force drives it to the limit, what it comes to first is a minimum of energy.
    """
    piece, start = held.stations[which]
    try:
        u, surface = joint.let_go(held.stations, held.surface, which)
    except ConvergenceError:
        return None
    if not min(start, limit) < u < max(start, limit):
        return None
    return held.put(which, Station(piece, u), "free", surface)


def _at(joint: Joint, held: Held, which: int, station: Station) -> Held:
    surface = joint.hold(held.moved(which, station), held.surface)
    return held.put(which, station, "free", surface)
