"""A body that floats on a joint: the height at which the liquid carries its load, if it does."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.surface.branch import begin, reach
from bumpform.surface.equilibrium import lines_at
from bumpform.surface.joint import Held, Joint, rest, settle
from bumpform.surface.meridian import Surface, balance
from bumpform.surface.path import Trail

#: Part of its height by which a loaded body is let down at a time.
SINK = 0.12
#: Steps by which a balance of forces is approached before all is solved at once.
BALANCING = 3


class _TooHighError(NoEquilibriumError):
    """A pull takes the body off that the liquid would hold lower down."""


def sink(
    joint: Joint, held: Held, load: float, lowest: float, trail: Trail | None = None
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

    Returns
    -------
    Held
        Lines at rest, near the height where the forces balance.
    bool
        Whether the liquid carries it; otherwise the body is at ``lowest``.

    Raises
    ------
    NoEquilibriumError
        "no_equilibrium" where the body comes off, with the largest pull that the liquid holds.
    ConvergenceError
    """
    trail = trail or Trail()
    held = rest(joint, held, trail)
    way = Trail(trail.moves)
    try:
        found = _sink(joint, held, load, lowest, way)
    except (ConvergenceError, _TooHighError):
        if load >= 0.0 or held.surface.force_on_body() <= load:
            raise
        way = trail
        drawn, _ = _sink(joint, held, 0.0, lowest, way)
        found = _sink(joint, drawn, load, lowest, way)
    trail.moves = way.moves
    return found


def _sink(joint: Joint, held: Held, load: float, lowest: float, trail: Trail) -> tuple[Held, bool]:
    """The same, without putting the load on later; the lines are at rest."""
    end = held.surface.end
    assert end is not None
    reference = float(end.point()[1]) - end.lift
    stride = SINK * (reference + end.lift)
    excess = held.surface.force_on_body() - load
    direction = 1.0 if excess > 0.0 else -1.0
    before, largest = (held, math.inf), -math.inf  # where it came from; the best pull so far
    while True:
        lift = _lift(held)
        if direction < 0.0 and lift <= lowest:
            return held, False
        goal = max(lift + direction * stride, lowest)
        try:
            there = rest(joint, _lifted(joint, held, goal), trail)
        except (ConvergenceError, NoEquilibriumError) as error:
            rises = direction > 0.0 and load < 0.0
            if isinstance(error, NoEquilibriumError) and not rises:
                raise
            stride *= 0.5
            if stride >= 1e-3 * SINK * reference:
                continue
            if not rises:
                raise
            if largest == -math.inf:
                crest, largest = _crest(joint, held, load, direction)
                if crest is not None:
                    return crest, True
            if largest == -math.inf or -load <= largest < math.inf:
                raise  # it is not known that the liquid lets go
            raise _comes_off(joint, load, largest) from error
        beyond = there.surface.force_on_body() - load
        if beyond * direction <= 0.0:
            near = _balanced(joint, (held, excess), (there, beyond), load)
            if _stays(joint, near, load):
                return near, True
            # Newton's method would leave for the balance on the fold's other side
            crest, _ = _crest(joint, held, load, direction)
            return crest or near, True
        if abs(beyond) > abs(excess) and before[1] > abs(excess):
            # the force has turned back in between, and may have balanced the load twice there
            crest, pull = _crest(joint, before[0], load, direction)
            if crest is not None:
                return crest, True
            largest = max(largest, pull)
        before = held, abs(excess)
        held, excess = there, beyond


def lower(joint: Joint, held: Held, goal: float, trail: Trail | None = None) -> Held:
    """Move the body to a lift by steps, the lines at rest on the way.

    Parameters
    ----------
    joint : Joint
    held : Held
    goal : float
        Scaled lift.
    trail : Trail, optional
        Told of the way.

    Returns
    -------
    Held
        Lines at rest, the body at its goal.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
    """
    held = rest(joint, held, trail)
    largest = stride = SINK * _height(held)
    while _lift(held) != goal:
        way = goal - _lift(held)
        step = goal if abs(way) <= stride else _lift(held) + math.copysign(stride, way)
        try:
            held = rest(joint, _lifted(joint, held, step), trail)
        except ConvergenceError:
            stride *= 0.5
            if stride < 1e-3 * largest:
                raise
    return held


def stiffness(surface: Surface) -> float:
    """−dF/dz of the force F of the liquid on a floating body by its height; scaled by 2πσ.

    Positive where the height is a minimum of energy: pressed, the body sinks. The inverse of the
    entry of the inverse Hessian that belongs to the height.
    """
    matrix = balance(surface, bordered=True).matrix
    assert matrix is not None
    push = np.zeros(len(matrix))
    push[-2] = 1.0  # the height is the last unknown but the pressure
    return float(1.0 / np.linalg.solve(matrix, push)[-2])


def _stays(joint: Joint, held: Held, load: float) -> bool:
    """Whether all solved at once from here, the body stays where it is."""
    try:
        return stiffness(settle(joint, held, load)[0]) > 0.0
    except ConvergenceError:
        return False


def _crest(joint: Joint, held: Held, load: float, direction: float) -> tuple[Held | None, float]:
    """Where a body that moves on in a direction is held under a load.

    Followed from a height nearby along the branch that the lines' states have there.

    Returns
    -------
    Held or None
        None where the load is not reached before the fold, or not with these lines.
    float
        The pull/2πσL at the fold; −∞ where it was not found, +∞ where the load is reached
        against the direction alone.
    """
    try:
        surface, lines = settle(joint, held, None)
        force = surface.force_on_body()
        start = begin(replace(surface, load=force), "load", math.copysign(1.0, load - force))
        surface, reached = reach(start, load)
    except ConvergenceError:
        return None, -math.inf
    onwards = float(start.tangent[-3]) * direction > 0.0  # the height, before pressure and load
    lines = lines_at(lines, surface)
    if not all(line.holds(surface) for line in lines):
        return None, -math.inf
    if not reached:
        return None, -surface.force_on_body()
    if not onwards:
        return None, math.inf
    return Held((lines[0].station, lines[1].station), held.states, surface), -math.inf


def _comes_off(joint: Joint, load: float, largest: float) -> NoEquilibriumError:
    unit = 2.0 * math.pi * joint.drop.surface_tension * joint.drop.length
    kind, why = NoEquilibriumError, f"the largest that the liquid holds is {largest * unit:.9g} N"
    if largest == math.inf:
        kind = _TooHighError
        why = "where it touches the liquid it is higher than the liquid would hold it"
    return kind(
        "no_equilibrium", f"the upper body comes off under a pull of {-load * unit:.9g} N: {why}"
    )


def _balanced(
    joint: Joint, above: tuple[Held, float], below: tuple[Held, float], load: float
) -> Held:
    """Near the height between two at which the forces balance, by false position.

    Near enough that Newton's method does not leave for another balance.
    """
    (held, f0), (there, f1) = above, below
    best, least = (held, abs(f0)) if abs(f0) < abs(f1) else (there, abs(f1))
    for _ in range(BALANCING):
        a, b = _lift(held), _lift(there)
        if f0 == f1 or a == b:
            break
        between = rest(joint, _lifted(joint, there, b - f1 * (b - a) / (f1 - f0)))
        f = between.surface.force_on_body() - load
        if abs(f) < least:
            best, least = between, abs(f)
        if f * f1 < 0.0:
            held, f0 = there, f1
        else:
            f0 *= 0.5
        there, f1 = between, f
    return best


def _lift(held: Held) -> float:
    assert held.surface.end is not None
    return held.surface.end.lift


def _height(held: Held) -> float:
    """Scaled height of the body."""
    assert held.surface.end is not None
    return float(held.surface.end.point()[1])


def _lifted(joint: Joint, held: Held, lift: float) -> Held:
    """The same lines with the body at another height."""
    end = held.surface.end
    assert end is not None
    x = held.surface.x.copy()
    x[:, 1] += held.surface.mesh.xi * (lift - end.lift)
    near = replace(held.surface, x=x, end=replace(end, lift=lift))
    return replace(held, surface=joint.hold(held.stations, near))
