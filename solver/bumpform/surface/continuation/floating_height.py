"""A body that floats on a joint: the height at which the liquid carries its load, if it does."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from bumpform.errors import BumpformError, ConvergenceError, NoEquilibriumError
from bumpform.geometry.profile import Station
from bumpform.geometry.roots import Bracket, find_root
from bumpform.quick import replace
from bumpform.surface.continuation.branch import first_point, follow_to
from bumpform.surface.continuation.comes_off import refuse_pull
from bumpform.surface.drop.equilibrium import lines_at
from bumpform.surface.drop.newton import Surface, stiffness
from bumpform.surface.drop.path import Trail
from bumpform.surface.joints.joint import NEAR, Held, Joint
from bumpform.surface.joints.joint_equilibrium import settle, settled
from bumpform.surface.joints.loaded_body import (
    COARSEST,
    FINEST,
    SINK,
    brought_to,
    come_to_rest,
    drawn_to,
    gap_of,
    heights,
    leaves,
    lift_of,
    lifted,
    refuse_cornered,
    short_of,
    squeeze,
)
from bumpform.surface.joints.sparing_joint import SparingJoint, SpentError

#: Steps by which a balance of forces is approached before a place is near it whose lines do not
#: stay as they are, and at the most: on one side a film may press a hundred times as much as the
#: liquid pulls on the other, and the places come from that side one by one.
BALANCING, MOST_BALANCING = 3, 24
#: Steps of a body, the widest, within which a balance next to a fold is looked for.
CREST = 3.0
#: Part of a piece past which a line of a film may be held by the edge at its end.
NEXT = 0.9
#: Height above where a body sits that is next to it, relative to the drop's length.
FILM = 1e-3
#: How often a body turns round where a line's jump drives it back.
MOST_TURNS = 3


class TouchesError(NoEquilibriumError):
    """On its way down the joint comes to touch solid further out.

    Attributes
    ----------
    held : Held
        Lines from there on.
    """

    def __init__(self, held: Held) -> None:
        super().__init__("penetration", "the liquid touches solid further out")
        self.held = held


class SqueezedError(NoEquilibriumError):
    """Next to where a body sits, the film under it is followed no further.

    Attributes
    ----------
    held : Held
        Lines at rest there.
    """

    def __init__(self, held: Held, error: BumpformError) -> None:
        words = error.detail if isinstance(error, NoEquilibriumError) else str(error)
        super().__init__("not_converged", words)
        self.held = held


def sink(
    joint: Joint,
    held: Held,
    load: float,
    lowest: float,
    trail: Trail | None = None,
    touches: Callable[[Held, Trail], Held | None] | None = None,
) -> tuple[Held, bool]:
    """Let a loaded body down (or up) until the liquid carries it, or the body sits.

    A pull that takes the body off where it touches the liquid is put on once the liquid has drawn
    the body in: lower down it may be held.

    Parameters
    ----------
    joint : Joint
    held : Held
    load : float
        Force/2πσL on the body.
    lowest : float
        Scaled lift at which it sits on what is solid.
    trail : Trail, optional
        Told of the way.
    touches : callable, optional
        Lines from where a joint touches solid further out; None where it touches none. Asked
        before the first step and after every one down.

    Returns
    -------
    Held
        Lines at rest, near the height where the forces balance.
    bool
        Whether the liquid carries it; otherwise the body is at ``lowest``.

    Raises
    ------
    NoEquilibriumError
        "no_equilibrium" where the body comes off, with the largest pull that the liquid holds;
        ``TouchesError``, ``SqueezedError``.
    ConvergenceError
    """
    trail = trail or Trail()
    held = come_to_rest(joint, held, lowest if load >= 0.0 else lift_of(held), trail)
    if touches is not None and (met := touches(held, trail)) is not None:
        raise TouchesError(met)
    way = Trail(trail.moves)
    try:
        found = _sink(joint, held, load, lowest, way, touches)
    except TouchesError:
        trail.moves = way.moves
        raise
    except (ConvergenceError, NoEquilibriumError) as error:
        if load >= 0.0 or held.surface.force_on_body() <= load:
            raise
        way = trail
        found = _caught(joint, held, load, lowest, way, error)
    trail.moves = way.moves
    return found


def _caught(
    joint: Joint, held: Held, load: float, lowest: float, trail: Trail, error: BumpformError
) -> tuple[Held, bool]:
    """Where a pull that takes a body off is held, once the liquid has drawn the body in.

    Held by the liquid alone, or where the body sits.

    Raises
    ------
    NoEquilibriumError
        "no_equilibrium" with the largest pull, where the load is larger.
    ConvergenceError
    """
    drawn, _ = _sink(joint, held, 0.0, lowest, trail)
    sits: Held | None = None
    try:
        found, floats = _sink(joint, drawn, load, lowest, trail)
        if floats:
            return found, True
        sits = found
    except (ConvergenceError, NoEquilibriumError):
        pass  # it may be caught higher up
    sparing = SparingJoint(joint.drop, joint.solids)
    try:
        way = heights(sparing, drawn, lowest)
    except SpentError:
        if sits is None:
            raise error from None
        return sits, False
    for (low, before), (high, after) in pairwise(way):
        if before < -load <= after:
            near = _balance(joint, (low, -before - load), (high, -after - load), load)
            if near is not None:
                return near, True
    if sits is not None:
        return sits, False
    refuse_pull(sparing, way, load, lowest, error)


def _sink(
    joint: Joint,
    held: Held,
    load: float,
    lowest: float,
    trail: Trail,
    touches: Callable[[Held, Trail], Held | None] | None = None,
) -> tuple[Held, bool]:
    """The same, without putting the load on later; the lines are at rest."""
    first = stride = SINK * gap_of(held)
    excess = held.surface.force_on_body() - load
    direction = 1.0 if excess > 0.0 else -1.0
    before = held, math.inf  # where it came from
    widest, jumps, turns = stride, False, 0
    stop = direction * math.inf  # where the liquid has parted, or its lines have leapt
    while True:
        lift = lift_of(held)
        if direction < 0.0 and lift <= lowest:
            return held, False
        largest = min(first, squeeze(held)) if direction < 0.0 else first
        stride = min(stride, largest, short_of(direction * (stop - lift), largest))
        if direction < 0.0:
            stride = min(stride, lift - lowest)
        goal, way = max(lift + direction * stride, lowest), Trail(trail.moves)
        try:
            there = (drawn_to if direction > 0.0 else brought_to)(joint, held, goal, way)
            # it may balance before a line is driven over its edge
            passes = _over_edge(held, there) and (
                (lifted(joint, held, goal).surface.force_on_body() - load) * direction <= 0.0
            )
        except (ConvergenceError, NoEquilibriumError) as error:
            rises = direction > 0.0 and load < 0.0
            if rises and leaves(error):
                stop = goal
            stride *= 0.5
            least = COARSEST if leaves(error) and not rises else FINEST
            if stride >= least * largest:
                continue
            crest = _crest(joint, held, load, direction, lowest) if rises else None
            if crest is None:
                if direction < 0.0:
                    refuse_cornered(joint, held)
                if lift - lowest < FILM:
                    raise SqueezedError(held, error) from None
                raise
            return crest, True
        if passes and stride >= FINEST * largest:
            stride *= 0.25
            continue
        trail.moves, beyond = way.moves, there.surface.force_on_body() - load
        if beyond * direction <= 0.0:
            near = _balance(joint, (held, excess), (there, beyond), load)
            # Newton's method would leave for the balance on the fold's other side
            if near is None and not jumps:
                near = _crest(joint, held, load, direction, lowest)
            if near is not None:
                return near, True
            jumps = True  # a line does, in between: it may follow by smaller steps
            stop, stride = goal, 0.25 * stride
            if stride >= FINEST * largest:
                widest = stride
                continue
            if turns == MOST_TURNS:
                return there, True
            turns += 1  # it does jump, and where it is now the body is driven back
            held, excess, direction = there, beyond, -direction
            before, jumps, stop = (held, math.inf), False, direction * math.inf
            first = stride = widest = SINK * gap_of(held)
            continue
        if abs(beyond) > abs(excess) and before[1] > abs(excess):
            # the force has turned back in between, and may have balanced the load twice there
            crest = _crest(joint, before[0], load, direction, lowest)
            if crest is not None:
                return crest, True
        before = held, abs(excess)
        held, excess = there, beyond
        if touches is not None and direction < 0.0:
            met = touches(held, trail)
            if met is not None:
                raise TouchesError(met)
        stride = min(1.5 * stride, widest)


def _over_edge(before: Held, after: Held) -> bool:
    """Whether a line has gone over to another piece."""
    pairs = zip(before.stations, after.stations, strict=True)
    return any(was.piece != now.piece for was, now in pairs)


def _crest(joint: Joint, held: Held, load: float, direction: float, lowest: float) -> Held | None:
    """Where a body that moves on in a direction is held under a load; None where it is not.

    Followed from a height nearby along the branch that the lines' states have there, as long as
    they keep them, not past the steps by which the body has moved, nor to below where it sits.
    """
    try:
        surface, lines = settle(joint, held, None)
        force = surface.force_on_body()
        start = first_point(replace(surface, load=force), "load", math.copysign(1.0, load - force))
        if float(start.tangent[-3]) * direction <= 0.0:  # the height, before pressure and load
            return None
        furthest = CREST * SINK * gap_of(held)

        def near(surface: Surface) -> bool:
            assert surface.end is not None
            lift = surface.end.lift
            gone = abs(lift - lift_of(held))
            return (
                lowest <= lift
                and gone < furthest
                and all(line.holds(surface) for line in lines_at(lines, surface))
            )

        surface, reached = follow_to(start, load, near)
    except ConvergenceError:
        return None
    lines = lines_at(lines, surface)
    if not (reached and all(line.holds(surface) for line in lines)):
        return None
    return Held((lines[0].station, lines[1].station), held.states, surface)


def _balance(
    joint: Joint, above: tuple[Held, float], below: tuple[Held, float], load: float
) -> Held | None:
    """Near the height between two at which the forces balance, by false position.

    Near enough in a few steps that Newton's method does not leave for another balance; more where
    the force bends sharply, since a line comes to an edge in between. None where it does leave.
    """
    (held, f0), (there, f1) = above, below
    bracket = Bracket(lift_of(held), f0, lift_of(there), f1)
    last: Held | None = None
    for step in range(1, MOST_BALANCING + 1):
        if bracket.is_spent:
            return None
        try:
            between = _at_rest(joint, there, bracket.between)
        except (ConvergenceError, NoEquilibriumError):
            return None
        f = between.surface.force_on_body() - load
        if bracket.crosses(f):
            held = there
        there, bracket = between, bracket.narrowed(lift_of(between), f)
        floating = _floating(joint, there, load, bracket.a)
        if floating is not None and floating is not there:
            return floating
        if step >= BALANCING or f == 0.0:
            last = floating or last
        if f == 0.0:  # to round-off: no place is nearer
            break
    return _on_edges(joint, held, there, load) or last


def _on_edges(joint: Joint, held: Held, there: Held, load: float) -> Held | None:
    """Where a body floats between two heights, between which lines go over edges: held by these.

    A film pushes or pulls so much that its lines pass an edge within a hair's breadth of height.
    """
    stations, states = list(held.stations), list(held.states)
    for which, (one, other) in enumerate(zip(held.stations, there.stations, strict=True)):
        low, high = sorted((one, other))
        if high.piece == low.piece + 1 or NEXT < low.u < 1.0:
            stations[which], states[which] = Station(low.piece, 1.0), "pinned"
    pair = stations[0], stations[1]
    if pair == held.stations:
        return None

    def at(lift: float) -> Held:
        near = Held(pair, (states[0], states[1]), joint.hold(pair, held.surface))
        return lifted(joint, near, lift)

    def excess(lift: float) -> float:
        return at(lift).surface.force_on_body() - load

    low_lift, high_lift = sorted((lift_of(held), lift_of(there)))
    try:
        if excess(low_lift) * excess(high_lift) > 0.0:
            return None
        lift = find_root(excess, low_lift, high_lift, tolerance=NEAR * (high_lift - low_lift))
        near = at(lift)
        surface, lines = settle(joint, near, load)
    except ConvergenceError:
        return None
    if not (all(line.holds(surface) for line in lines) and stiffness(surface) > 0.0):
        return None
    at_rest = lines[0].station, lines[1].station  # a line that slides has gone on
    return Held(at_rest, near.states, replace(surface, load=None))


def _at_rest(joint: Joint, held: Held, lift: float) -> Held:
    """Lines at rest at a lift, solved at once: the force of a wide film is told by nothing less."""
    held = brought_to(joint, held, lift)
    try:
        surface, lines = settle(joint, held, None)
    except ConvergenceError:
        return held
    if not all(line.holds(surface) and not line.is_mirrored(surface) for line in lines):
        return held
    return replace(held, stations=(lines[0].station, lines[1].station), surface=surface)


def _floating(joint: Joint, held: Held, load: float, other: float) -> Held | None:
    """Where the body floats, all solved at once from here; None if not on this side of a lift.

    But for half as much again, since the balance may lie just beyond.
    """
    solved = settled(joint, held, load)
    if solved is None:
        return None
    surface, lines = solved
    assert surface.end is not None
    here, lift = lift_of(held), surface.end.lift
    low, high = min(here, other), max(here, other)
    slack = 0.5 * (high - low)
    if not low - slack <= lift <= high + slack or not stiffness(surface) > 0.0:
        return None
    if not all(line.holds(surface) for line in lines):
        return held
    if any(line.is_mirrored(surface) for line in lines):
        return None
    stations = lines[0].station, lines[1].station
    return Held(stations, held.states, replace(surface, load=None))
