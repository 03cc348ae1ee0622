"""A body above a joint: moved with the contact lines at rest, and how stiff the joint is."""

from __future__ import annotations

import math

from bumpform.errors import BumpformError, ConvergenceError, NoEquilibriumError
from bumpform.quick import replace
from bumpform.surface.drop.corner import UnfilledCornerError, unfilled_corners
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.newton import Surface, stiffness
from bumpform.surface.drop.path import Trail
from bumpform.surface.drop.stability import NEUTRAL, analyse
from bumpform.surface.joints.joint import NEAR, ClosedError, GlidingError, Held, Joint
from bumpform.surface.joints.joint_equilibrium import rest_near
from bumpform.surface.joints.rest import rest
from bumpform.units.measured import Measured
from bumpform.units.units import format_length

#: Part of its gap by which a fixture moves a body at a time; of its height while it floats, or its
#: largest pull is looked for.
SINK = 0.12
#: Smallest gap by which steps are told, relative to a body's height, or to the drop's length if
#: that is less: its line may lie level with the other one, on a wall.
THINNEST = 0.05
#: How far the lines of a squeezed film go out at a time, relative to the drop's length: less than
#: what is solved for at once, since lines that are held meanwhile bulge out into the solid.
OUTWARDS = 0.075
#: Smallest step, relative to the first, before a search gives up; and where the liquid would leave
#: its solid on the way.
FINEST, COARSEST = 1e-3, 0.05
#: Steps up that fail, each halving the next one, before the liquid is taken to part: where its
#: pull still grows, and where it has been larger further down.
MOST_FAILURES, FEW_FAILURES = 10, 2
#: Scaled height within which two are one.
ROUND_OFF = 1e-10
#: How much of itself a stiffness is off by for a surface that is off by its size.
SENSITIVITY = 10.0
#: Round-off of the rise for a load, relative to the thickness by the radius; measured: 1.3e-14.
DIGITS = 2e-13


def move(joint: Joint, held: Held, goal: float, trail: Trail | None = None) -> Held:
    """Move the body to a lift by steps, the lines at rest on the way.

    Parameters
    ----------
    joint : Joint
    held : Held
    goal : float
        Scaled lift: below where the body is, it is pressed, above it is drawn.
    trail : Trail, optional
        Told of the way.

    Returns
    -------
    Held
        Lines at rest, the body at its goal.

    Raises
    ------
    NoEquilibriumError
        "no_joint" where the liquid parts while the body is drawn.
    ConvergenceError
    """
    held = come_to_rest(joint, held, goal, trail)
    widest = stride = SINK * gap_of(held)
    while lift_of(held) != goal:
        way = goal - lift_of(held)
        largest = min(widest, squeeze(held)) if way < 0.0 else widest
        stride = min(stride, largest, abs(way))
        step = goal if abs(way) <= stride else lift_of(held) + math.copysign(stride, way)
        told = Trail(trail.moves) if trail is not None else None
        try:
            there = (drawn_to if way > 0.0 else brought_to)(joint, held, step, told)
        except (ConvergenceError, NoEquilibriumError) as error:
            stride *= 0.5
            if stride >= (COARSEST if leaves(error) and way < 0.0 else FINEST) * largest:
                continue
            if way < 0.0:
                refuse_cornered(joint, held)
                raise
            raise NoEquilibriumError("no_joint", parts(joint, lift_of(held), goal)) from error
        if _leaps(held, there) and stride > COARSEST * largest:
            stride *= 0.5  # of a film that is squeezed the step may be a large part
            continue
        if trail is not None and told is not None:
            trail.moves = told.moves
        held = there
    return held


def _leaps(before: Held, after: Held) -> bool:
    """Whether a line has gone over a whole piece."""
    pairs = zip(before.stations, after.stations, strict=True)
    return any(abs(was.piece - now.piece) > 1 for was, now in pairs)


def come_to_rest(
    joint: Joint,
    held: Held,
    lowest: float,
    trail: Trail | None = None,
    *,
    parted: bool = False,
) -> Held:
    """Lines at rest under a body that has just touched the liquid.

    Where they find no rest at this height, they do at the next one with a joint.

    Parameters
    ----------
    joint : Joint
    held : Held
    lowest : float
        Scaled lift to which the body comes down.
    trail : Trail, optional
        Told of the way.
    parted : bool
        Whether liquid that goes over to one body comes to the next height, too: not told at once.

    Raises
    ------
    ClosedError
        Where the liquid goes over to the body, or shrinks back from it.
    NoEquilibriumError, ConvergenceError
        As at the first height, where there is no joint at any.
    """
    trail = trail or Trail()
    lift, stride = lift_of(held), SINK * gap_of(held)
    first: BumpformError | None = None
    while True:
        way = Trail(trail.moves)
        try:
            found = rest(joint, lifted(joint, held, lift) if first else held, way)
        except (ConvergenceError, NoEquilibriumError) as error:
            if first is None and isinstance(error, ClosedError) and not parted:
                raise
            first = first or error
        else:
            trail.moves = way.moves
            return found
        if lift <= lowest:
            raise first
        lift = max(lift - stride, lowest)


def leaves(error: BumpformError) -> bool:
    """Whether the liquid leaves its solid, not only that its lines did not come to rest."""
    return isinstance(error, NoEquilibriumError) and not isinstance(error, GlidingError)


def refuse_cornered(joint: Joint, held: Held) -> None:
    """Refuse lines that a body which comes down has driven into a corner that stays empty.

    Raises
    ------
    UnfilledCornerError
    """
    for solid, (piece, u) in zip(joint.solids, held.stations, strict=True):
        last = piece + 1 if u > 1.0 - NEAR and piece + 1 < len(solid.profile.pieces) else piece
        over = solid.profile, solid.angles, 0, last
        for corner in unfilled_corners(*over, hung=solid.hangs):
            raise UnfilledCornerError(corner)


def parts(joint: Joint, lift: float, goal: float) -> str:
    """That liquid parts at a lift at which a body is drawn to its goal, both scaled; in words."""
    reference, scale = joint.solids[1].reference, joint.drop.length
    reached, short = reference + lift * scale, (goal - lift) * scale
    return (
        f"the liquid that is drawn up parts at a standoff of about {format_length(reached)}: "
        f"{format_length(short)} are missing to the {format_length(reached + short)} that are "
        "asked for"
    )


def heights(joint: Joint, held: Held, lowest: float) -> list[tuple[Held, float]]:
    """Heights from the last one below at which the pull is less, to where the liquid parts.

    None below a lift at which what is solid stops the body.
    """
    held = rest(joint, held)
    way = [(held, pull_of(held))]
    stride = SINK * gap_of(held)
    while not sits(way[0][0], lowest) and (len(way) < 2 or way[0][1] > way[1][1]):
        try:  # further down it may pull more
            first = way[0][0]
            below = brought_to(joint, first, max(lift_of(first) - stride, lowest))
        except (ConvergenceError, NoEquilibriumError):
            break
        way.insert(0, (below, pull_of(below)))
    failures, parted = 0, math.inf
    while True:
        held, pull = way[-1]
        past = pull < max(before for _, before in way)
        if failures >= (FEW_FAILURES if past else MOST_FAILURES):
            return way
        higher = lift_of(held) + stride
        try:
            held = drawn_to(joint, held, higher)
        except (ConvergenceError, NoEquilibriumError) as error:
            if leaves(error):
                parted = higher
            failures += 1
            stride *= 0.5
            continue
        way.append((held, pull_of(held)))
        widest = SINK * gap_of(held)
        stride = min(1.5 * stride, widest, short_of(parted - higher, widest))


def short_of(ahead: float, widest: float) -> float:
    """Step that stays short of a place ahead which no step has reached, before it is as small.

    By halves, to where that is known as well as steps tell; past it there may be another one.
    """
    return math.inf if ahead <= 0.0 else max(0.5 * ahead, FINEST * widest)


def measured_stiffness(found: Equilibrium) -> Measured | None:
    """The stiffness of an equilibrium, scaled, with its error; None where no rise is resolved."""
    surface, length = found.surface, found.drop.length
    stiff, finer = stiffness(surface), stiffness(surface.refined())
    if math.isinf(stiff) or math.isinf(finer):
        return None
    # in a stiff joint, with little room left, it changes with a place as fast as it is large
    off = SENSITIVITY * found.doubt.place / length
    # the rise for a load is a sum of larger ones, the thinner the joint
    thin = math.dist(*surface.x[[0, -1]].tolist()) * length / found.values["max_radius_m"]
    rounding = DIGITS * min(1.0, thin) * stiff**2
    return Measured(stiff, abs(finer - stiff) + off * max(1.0, abs(stiff)) + rounding)


def pull_of(held: Held) -> float:
    """Force/2πσL with which the liquid pulls the body down."""
    return -held.surface.force_on_body()


def lift_of(held: Held) -> float:
    """Scaled lift of the body."""
    assert held.surface.end is not None
    return held.surface.end.lift


def sits(held: Held, lowest: float) -> bool:
    """Whether the body is at the lift at which what is solid stops it, to round-off."""
    return lift_of(held) <= lowest + ROUND_OFF


def height_of(held: Held) -> float:
    """Scaled height of the body."""
    assert held.surface.end is not None
    return float(held.surface.end.point()[1])


def gap_of(held: Held) -> float:
    """Scaled height of the body above the line below: on a tall bump a small part of its height."""
    height = height_of(held)
    return max(height - float(held.surface.x[0, 1]), THINNEST * min(abs(height), 1.0))


def squeeze(held: Held) -> float:
    """Scaled step down by which the lines of a film go out by ``OUTWARDS``.

    A film of thickness h and radius R keeps its volume, πR²h: it goes out by −R dh/2h.
    """
    first, last = held.surface.x[0], held.surface.x[-1]
    return 2.0 * OUTWARDS * math.dist(first, last) / max(1.0, float(first[0]))


def lifted(joint: Joint, held: Held, lift: float) -> Held:
    """The same lines with the body at another height."""
    return replace(held, surface=joint.hold(held.stations, raised(held.surface, lift)))


def nearer(joint: Joint, held: Held, lowest: float) -> Held:
    """The same lines with the body half of the way further down to its lowest lift."""
    return lifted(joint, held, 0.5 * (lift_of(held) + lowest))


def brought_to(joint: Joint, held: Held, lift: float, trail: Trail | None = None) -> Held:
    """Lines at rest with the body at another height, a step away.

    Solved for at once where this is a little step for them too; else they are held, and follow.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
        As ``rest_near``.
    """
    near = replace(held, surface=raised(held.surface, lift))
    return rest_near(joint, near, trail)


def drawn_to(joint: Joint, held: Held, lift: float, trail: Trail | None = None) -> Held:
    """The same of a body that is drawn up, as far as the liquid is a minimum of energy.

    Past that it parts, though a column that meets both bodies at 90° balances at every height.

    Raises
    ------
    NoEquilibriumError
        "no_joint" where it parts; others as ``rest_near``.
    ConvergenceError
    """
    drawn = brought_to(joint, held, lift, trail)
    if analyse(drawn.surface, (0,)).lowest[0] < -NEUTRAL:
        reached = joint.solids[1].reference + lift_of(held) * joint.drop.length
        raise NoEquilibriumError(
            "no_joint",
            f"the liquid that is drawn up parts at a standoff of about {format_length(reached)}",
        )
    return drawn


def raised(surface: Surface, lift: float) -> Surface:
    """The surface with the body at another height: a guess."""
    end = surface.end
    assert end is not None
    return replace(surface, end=end.at(end.u, lift))
