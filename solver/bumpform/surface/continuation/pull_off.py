r"""The largest pull that a joint bears: the fold of its force over its height.

Drawn up with its lines at rest, the liquid pulls the body with P(h). The largest P, where

.. math:: \frac{dP}{dh} = 0 ,

is what the joint bears: under more, nothing holds the body at any height. It may also be a kink of
P, where a line lets go of its edge (or comes to one) and P falls from there on: then the line's
angle is Young's, on the edge. Or the height at which what is solid stops the body, where P falls
from there on: lower down there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from bumpform.errors import BumpformError
from bumpform.geometry.profile import Station
from bumpform.geometry.roots import find_root
from bumpform.quick import replace
from bumpform.surface.drop.contact import LineAt
from bumpform.surface.drop.equilibrium import FIRST_ELEMENTS, Equilibrium, lines_at
from bumpform.surface.drop.newton import Surface, solve, stiffness
from bumpform.surface.drop.reference_element import reference_mesh
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import settle, settle_at_rest
from bumpform.surface.joints.loaded_body import (
    height_of,
    heights,
    lift_of,
    lifted,
    pull_of,
    raised,
    sits,
)
from bumpform.surface.joints.rest import rest
from bumpform.surface.joints.sparing_joint import SparingJoint, SpentError
from bumpform.units.measured import Measured

#: Accuracy of the height on the first mesh, relative to it; and how often it is corrected on a
#: finer one.
NEAR, CORRECTIONS = 1e-7, 6
#: Part of a height by which one looks to either side of a kink of the pull.
ASIDE = 3e-7
#: Part by which a pull on the first mesh may be off.
SAMPLED = 1e-2
#: How often the heights beside the largest pull are halved, to see whether it pulls more there.
HALVINGS = 2
#: Scaled step by which the slope of dP/dh is told.
FURTHER = 1e-5
#: Least error of a pull and of its height, relative to the drop's σL and L: round-off, where the
#: force hardly changes with the height.
ROUND_OFF = (1e-12, 1e-10)
#: Accuracy of a height on a finer mesh, relative to the drop's length.
LEAST = 0.1 * ROUND_OFF[1]


class PullOff(NamedTuple):
    """The largest pull, and where the body is then.

    Attributes
    ----------
    pull : Measured
        N; of the liquid on the body, downwards.
    standoff : Measured
        m
    """

    pull: Measured
    standoff: Measured


class _Root(NamedTuple):
    """A surface where a value is zero, its scaled lift, and the value's slope there, if known.

    Of a largest pull the value is dP/dh.
    """

    surface: Surface
    lift: float
    slope: float | None


def pull_off(found: Equilibrium, lowest: float) -> PullOff | str:
    """The largest pull that a joint bears from where it is on upwards.

    Where it pulls more further down already, from there.

    Parameters
    ----------
    found : Equilibrium
        Of a joint with a body above.
    lowest : float, m
        Standoff at which what is solid stops that: it gets no further down.

    Returns
    -------
    PullOff or str
        Why there is none, where it has not been found.
    """
    solids = found.lines[0].solid, found.lines[1].solid
    joint = SparingJoint(found.drop, solids)
    least = (lowest - solids[1].reference) / joint.drop.length
    try:
        way = heights(joint, _first(joint, found), least)
        most = peak(joint, way, least)
    except SpentError as error:
        return str(error)
    except BumpformError:
        return "the states of the joint at other heights could not be followed"
    if most is not None:
        return most
    best = _most(way)
    if best == len(way) - 1 or (best == 0 and not sits(way[0][0], least)):
        end = "lowest" if best == 0 else "highest"
        return f"it pulls most at the {end} standoff to which its states could be followed"
    return "contact lines stop or start where it pulls most, and where they do has not been found"


def _most(way: list[tuple[Held, float]]) -> int:
    return max(range(len(way)), key=lambda i: way[i][1])


def peak(
    joint: Joint, way: list[tuple[Held, float]], lowest: float, halvings: int = HALVINGS
) -> PullOff | None:
    """The largest pull of those on a way up (``heights``), and between them.

    A pull that has two maxima between neighbouring heights shows them once these are halved.
    """
    best = _most(way)
    if best == 0 < len(way) - 1 and sits(way[0][0], lowest):
        return _peak_above(joint, way[0], way[1], lowest, halvings)
    if not 0 < best < len(way) - 1:
        return None
    three = way[best - 1 : best + 2]
    found = _peak_of(joint, three)
    if not halvings:
        return found
    finer = _halved(joint, three)
    more = max(pull for _, pull in finer) * (1.0 - SAMPLED) * joint.drop.force_unit
    if found is None or found.pull.value < more:
        return peak(joint, finer, lowest, halvings - 1)
    return found


def _peak_above(
    joint: Joint,
    low: tuple[Held, float],
    high: tuple[Held, float],
    lowest: float,
    halvings: int,
) -> PullOff | None:
    """The largest pull from where the body sits to a height that pulls less: there, or between."""
    if halvings:
        finer = _halved(joint, [low, high])
        if _most(finer):
            return peak(joint, finer, lowest, halvings)
        return _peak_above(joint, low, finer[1], lowest, halvings - 1)
    try:
        surface, lines = settle_at_rest(joint, low[0])
        if stiffness(surface) > 0.0:  # it rises from there, and falls again
            at = _turn(joint, [low, low, high])
            between = rest(joint, _put(joint, low[0], at))
            return peak(joint, [low, (between, pull_of(between)), high], lowest, 0)
        coarse = solve(surface.refined())
        fine = solve(coarse.refined())
    except (BumpformError, ValueError):
        return None
    return _measured(joint, lines, coarse, fine) if _hold(lines, fine) else None


def _halved(joint: Joint, way: list[tuple[Held, float]]) -> list[tuple[Held, float]]:
    """The same heights and those in the middle between them, where a joint rests there."""
    finer = [way[0]]
    for low, high in pairwise(way):
        try:
            near = max(low, high, key=lambda at: at[1])[0]
            middle = 0.5 * (lift_of(low[0]) + lift_of(high[0]))
            surface, lines = settle_at_rest(joint, _put(joint, near, middle))
        except (BumpformError, ValueError):
            finer.append(high)
            continue
        (one, other) = lines
        held = Held((one.station, other.station), (one.state, other.state), surface)
        finer += [(held, -surface.force_on_body()), high]
    return finer


def _peak_of(joint: Joint, three: list[tuple[Held, float]]) -> PullOff | None:
    """The largest pull between three heights of which the middle one pulls most."""
    for fold_between in (_smooth, _between):
        try:
            fold, lines = fold_between(joint, three)
            coarse = _refined(fold)
            fine = _refined(coarse)
        except (BumpformError, ValueError):
            continue
        inside = lift_of(three[0][0]) < fine.lift < lift_of(three[2][0])
        if inside and _is_most(fine, three) and _hold(lines, fine.surface):
            return _measured(joint, lines, coarse.surface, fine.surface)
    try:
        return _kinked(joint, three)
    except (BumpformError, ValueError):
        return None


def _kinked(joint: Joint, three: list[tuple[Held, float]]) -> PullOff:
    """The largest pull where a line is at an edge, by whose side P rises or falls.

    Raises
    ------
    BumpformError, ValueError
        Where it is not there.
    """
    at = _turn(joint, three)
    held, reach = three[1][0], ASIDE * height_of(three[1][0])
    below, above = (settle_at_rest(joint, _put(joint, held, at + d)) for d in (-reach, reach))
    if not stiffness(below[0]) > 0.0 > stiffness(above[0]):
        raise ValueError("the pull does not turn there")
    moved = [w for w in (0, 1) if below[1][w].state != above[1][w].state]
    if len(moved) != 1:
        raise ValueError("it is not one line that changes there")
    [which] = moved
    (surface, lines), (_, free) = (
        (below, above) if below[1][which].state == "pinned" else (above, below)
    )
    edge = Station(free[which].station.piece, round(free[which].station.u))
    if joint.solids[which].vertex(edge) != joint.solids[which].vertex(lines[which].station):
        raise ValueError("the line does not come from there")

    def force(surface: Surface) -> float:
        return joint.force(surface, which, edge)

    coarse = _next_root(force, surface.refined(), at, None, LEAST)
    fine = _next_root(force, coarse.surface.refined(), coarse.lift, coarse.slope, LEAST)
    if not all(
        lines_at(lines, one.surface)[1 - which].holds(one.surface) for one in (coarse, fine)
    ):
        raise ValueError("the other line does not hold")
    if not _is_most(fine, three):
        raise ValueError("it pulls more beside it")
    return _measured(joint, lines, coarse.surface, fine.surface)


def _is_most(found: _Root, three: list[tuple[Held, float]]) -> bool:
    """Whether a surface pulls as much as the one in the middle, to what samples are off by."""
    return -found.surface.force_on_body() > (1.0 - SAMPLED) * three[1][1]


def _refined(fold: _Root) -> _Root:
    """The fold on twice as many elements.

    Raises
    ------
    ConvergenceError
    """
    return _next_root(stiffness, fold.surface.refined(), fold.lift, fold.slope, LEAST)


def _hold(lines: tuple[LineAt, ...], surface: Surface) -> bool:
    """Whether lines are at rest where a surface has them."""
    return all(line.holds(surface) for line in lines_at(lines, surface))


def _smooth(joint: Joint, three: list[tuple[Held, float]]) -> tuple[_Root, tuple[LineAt, ...]]:
    """The fold between three heights on the first mesh, the lines as they are in the middle.

    There it pulls most: sought from the crest of a parabola through the pulls.

    Raises
    ------
    ConvergenceError
    ValueError
        Where the lines change on the way to it.
    """
    (a, p), (b, q), (c, r) = ((lift_of(held), pull) for held, pull in three)
    bend = 2.0 * ((r - q) / (c - b) - (q - p) / (b - a)) / (c - a)
    held = three[1][0]
    surface, lines = settle(joint, held, None)
    if bend < 0.0 and _hold(lines, surface):
        fold = _next_root(
            stiffness, surface, b - stiffness(surface) / bend, bend, NEAR * height_of(held)
        )
        falls = fold.slope is not None and fold.slope < 0.0
        if falls and a < fold.lift < c and _hold(lines, fold.surface):
            return fold, lines_at(lines, fold.surface)
    raise ValueError("the lines change on the way to the largest pull")


def _between(joint: Joint, three: list[tuple[Held, float]]) -> tuple[_Root, tuple[LineAt, ...]]:
    """The same where the lines change on the way.

    Raises
    ------
    BumpformError, ValueError
    """
    at = _turn(joint, three)
    surface, lines = settle_at_rest(joint, _put(joint, three[1][0], at))
    return _Root(surface, at, None), lines


def _turn(joint: Joint, three: list[tuple[Held, float]]) -> float:
    """The lift at which dP/dh changes its sign, smoothly or not.

    Raises
    ------
    BumpformError, ValueError
    """
    (low, _), (held, _), (high, _) = three
    reach = NEAR * height_of(held)
    return find_root(
        lambda lift: _rate(joint, held, lift), lift_of(low), lift_of(high), tolerance=reach
    )


def _measured(joint: Joint, lines: tuple[LineAt, ...], coarse: Surface, fine: Surface) -> PullOff:
    """The pull of the finer of two surfaces; what they differ by is the error."""
    length, unit = joint.drop.length, joint.drop.force_unit
    reference = lines[1].solid.reference
    (pull, lift), (other, below) = (
        (-s.force_on_body(), s.end.lift) for s in (fine, coarse) if s.end is not None
    )
    return PullOff(
        unit * Measured(pull, abs(pull - other) + ROUND_OFF[0]),
        Measured(reference + length * lift, length * (abs(lift - below) + ROUND_OFF[1])),
    )


def _first(joint: Joint, found: Equilibrium) -> Held:
    """An equilibrium's lines, held, on the first mesh."""
    near = found.surface
    x = near.mesh.curve(near.x).point(reference_mesh(FIRST_ELEMENTS).xi * near.elements)
    first, last = found.lines
    stations, states = (first.station, last.station), (first.state, last.state)
    return Held(stations, states, joint.hold(stations, replace(near, x=x)))


def _rate(joint: Joint, held: Held, lift: float) -> float:
    """dP/dh at a lift, the lines at rest."""
    surface, _ = settle_at_rest(joint, _put(joint, held, lift))
    return stiffness(surface)


def _put(joint: Joint, held: Held, lift: float) -> Held:
    return lifted(joint, held, lift) if lift != lift_of(held) else held


def _next_root(
    value: Callable[[Surface], float],
    surface: Surface,
    lift: float,
    slope: float | None,
    least: float,
) -> _Root:
    """Where a value of the surface is zero next to a lift, by the secant method.

    On the surface's mesh, its lines' states as they are.

    Parameters
    ----------
    value : callable
        Of a surface: the rate of its pull, or the force on a line.
    surface : Surface
    lift : float
    slope : float or None
        Of the value by the height there, roughly.
    least : float
        Scaled accuracy of the height.

    Raises
    ------
    ConvergenceError
    """
    before: tuple[float, float] | None = None
    for _ in range(CORRECTIONS):
        surface = solve(raised(surface, lift))
        now = value(surface)
        if before is not None and now == before[1]:
            break
        if before is not None:
            slope = (now - before[1]) / (lift - before[0])
        before, at = (lift, now), lift
        lift = at + FURTHER if slope is None else at - now / slope
        if abs(lift - at) < least:
            break
    return _Root(surface, at, slope)
