"""The gradient flow: step by step down in energy, each step implicit, to rest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import eigvals_banded, solve_banded

from .curve import Curve, Line, Moving
from .meeting import leave_corner, meet
from .wall import Wall

#: Friction of a contact line, and of a body above, beside 1 of the free curve.
FRICTION = 0.1
#: First and longest step, its growth, and the longest way of a node in it.
FIRST, LONGEST, GROWTH, MOVE = 1e-5, 1e7, 1.35, 0.04
#: Newton steps of one step of time, and the way at which they have converged.
NEWTON, CONVERGED = 12, 1e-10
#: Part of the volume by which a paste may shrink in a step, and in a time; way of a driven body in
#: a step.
SHRINKS, RATE, DRIVEN = 0.02, 2.0, 0.02
#: Rise of the energy that is round-off.
ROUND_OFF = 1e-11
#: Way in long steps below which it is at rest, the speed, and the least step that is long: near a
#: corner that it hardly fills, longer ones do not converge.
REST, SLOW, LONG = 1e-8, 1e-12, 1e3


class Lost(Exception):
    """The flow can be followed no further; the message is why."""


@dataclass(frozen=True)
class Body:
    """A body above: solid stops it at a height, a load presses it or a fixture brings it to a goal.

    In units of L and of 2πσL.
    """

    lowest: float
    load: float | None = None
    goal: float = 0.0


@dataclass(frozen=True)
class Numbers:
    """Of the liquid: its Bond number, and its volume per 2π."""

    bond: float
    volume: float


def flow(
    curve: Curve, floor: Wall, numbers: Numbers, body: Body | None = None, most: int = 3000
) -> Iterator[tuple[Curve, str]]:
    """The curve after every step and what its lines met, until it is at rest.

    Raises
    ------
    Lost
    """
    tau, curve = FIRST, curve.evened(always=True)
    yield curve, ""
    for _ in range(most):
        target = _target(curve, numbers, tau)
        settled = math.isclose(target, numbers.volume, rel_tol=1e-12)
        curve = curve.evened()
        while True:
            found = _step(curve, numbers.bond, target, tau, body)
            if found is not None and (found.far <= MOVE or tau < 10.0 * FIRST):
                driven = body is not None and found.driven
                load = (body.load or 0.0) if body else 0.0
                before = curve.energy(numbers.bond, load)
                held = abs(curve.volume / target - 1.0) < 1e-12
                falls = found.curve.energy(numbers.bond, load) <= before + ROUND_OFF
                if falls or driven or not held:
                    break
            tau *= 0.4
            if tau < 1e-3 * FIRST:
                raise Lost("no step of it goes down in energy")
        curve = found.curve
        yield curve, ""
        met = meet(curve, floor)
        if met is None and settled and not found.driven and tau > LONG:
            if found.far < min(REST, SLOW * tau):
                met = leave_corner(curve, floor)
                if met is None:
                    return
        if met is not None:
            tau, curve = FIRST, met[0].evened(always=True)
            yield curve, met[1]
            continue
        tau = min(LONGEST, GROWTH * tau)
    raise Lost(f"it is not at rest after {most} steps")


def _target(curve: Curve, numbers: Numbers, tau: float) -> float:
    """The volume after the next step: a paste's shrinks bit by bit."""
    there = curve.volume
    most = min(SHRINKS, RATE * tau) * numbers.volume
    return there + max(-most, min(most, numbers.volume - there))


@dataclass(frozen=True, eq=False)
class _Found:
    curve: Curve
    far: float
    driven: bool


def _step(curve: Curve, bond: float, target: float, tau: float, body: Body | None) -> _Found | None:
    """An implicit step: its lines held at edges as long as no force moves them off; None if none.

    Held lines are tried first, then those that leave their edges; what a line passes holds it.
    """
    load = (body.load or 0.0) if body else 0.0
    moving = Moving(curve, bond, load)
    nodes = [0, len(curve.x) - 1][: len(curve.lines)]
    last = len(curve.x)
    pieces = [line.piece for line in curve.lines]
    fixed = {n: 0.0 for n, line in zip(nodes, curve.lines, strict=True) if line.held}
    if curve.on_axis or curve.lines[1].end != "top" or body is None:
        fixed[last], driven = 0.0, False
    else:
        lift = curve.lines[1].wall.lift
        if body.load is None:
            fixed[last] = max(-DRIVEN, min(DRIVEN, body.goal - lift))
        elif lift <= body.lowest + 1e-13:
            fixed[last] = 0.0
        driven = body.load is None and abs(fixed[last]) > 1e-13
    tried: set[int] = set()
    for _ in range(12):
        found = _newton(moving, pieces, fixed, target, tau)
        if found is None:
            return None
        q, pressure, by_node = found
        again = False
        for k, (node, line) in enumerate(zip(nodes, curve.lines, strict=True)):
            if node in fixed and line.held and fixed[node] == 0.0 and node not in tried:
                way = _released(line, curve, by_node, pressure, bond, node)
                if way is not None:
                    tried.add(node)
                    pieces[k], again = way, True
                    del fixed[node]
            elif node not in fixed:
                low, high = line.wall.ends[pieces[k]], line.wall.ends[pieces[k] + 1]
                if line.held and (q[node] < 0.0) == (pieces[k] > line.piece):
                    fixed[node], pieces[k], again = 0.0, line.piece, True
                elif not low <= line.s + q[node] <= high:
                    fixed[node] = float(min(high, max(low, line.s + q[node])) - line.s)
                    again = True
        if body is not None and body.load is not None and last not in fixed:
            room = body.lowest - curve.lines[1].wall.lift
            if q[last] < room:
                fixed[last], again = room, True
        elif body is not None and body.load is not None and last not in tried:
            slope = moving.slopes(q, pieces, pressure)
            if fixed[last] == 0.0 and slope[0][last] - pressure * slope[1][last] < -1e-12:
                tried.add(last)
                del fixed[last]
                again = True
        if not again:
            new = moving.moved(q, pieces)
            return _Found(
                replace(new, lines=tuple(_stands(line) for line in new.lines)),
                float(np.abs(q).max()),
                driven,
            )
    return None


def _stands(line: Line) -> Line:
    """The line, held where it has come to an edge."""
    ends, last = line.wall.ends, len(line.wall.spans) - 1
    for vertex in (line.piece - 1, line.piece):
        if 0 <= vertex < last and abs(line.s - ends[vertex + 1]) < 1e-13:
            if line.wall.holds(vertex):
                return replace(line, piece=vertex, s=float(ends[vertex + 1]), held=True)
            other = vertex + 1 if vertex == line.piece else vertex  # smooth: on to the next
            return replace(line, piece=other, s=float(ends[vertex + 1]))
    return line


def _released(line, curve, by_node, pressure, bond, node):
    """The piece onto which the force on a held line moves it; None if it stays."""
    away = curve.x[1] - curve.x[0] if node == 0 else curve.x[-2] - curve.x[-1]
    sign, wets = line.signs
    best = None
    for piece, way in ((line.piece + 1, 1.0), (line.piece, -1.0)):
        (r, z), d, _ = line.wall.place(piece, line.s)
        slope = (by_node[0][node] - pressure * by_node[1][node]) @ d
        slope += sign * (bond * z - pressure) * 0.5 * r * r * d[1]
        slope -= wets * line.wall.cosines[piece] * r
        force = -way * slope
        if force > 1e-10 * r and line.angle(away, piece) < math.pi:
            best = max(best or (0.0, 0), (force, piece))
    return best[1] if best else None


def _newton(moving, pieces, fixed, target, tau):
    """Ways that are stationary at a volume, the pressure, and gradients; None if there are none.

    Only a minimum is taken: the second derivative on what keeps the volume is positive.
    """
    q, pressure = np.zeros(moving.size), 0.0
    for node, value in fixed.items():
        q[node] = value
    weights = np.append(moving.curve.weights, FRICTION)
    for node, _ in moving.ends():
        weights[0 if node == 0 else -2] += FRICTION * moving.curve.x[node, 0]
    free = np.ones(moving.size, dtype=bool)
    free[list(fixed)] = False
    e, v, *_ = moving.slopes(q, pieces, 0.0)
    heavy = np.maximum(weights, 1e-3 * weights.max())  # about the axis there is hardly any
    pressure = float((e * v / heavy)[free].sum() / (v * v / heavy)[free].sum())
    for _ in range(NEWTON):
        e, v, bands, volume, by_node = moving.slopes(q, pieces, pressure)
        bands[2] += weights / tau
        for node in fixed:
            bands[:, node] = 0.0
            for off in (-2, -1, 1, 2):
                if 0 <= node + off < moving.size:
                    bands[2 - off, node + off] = 0.0
            bands[2, node] = 1.0
        right = -(e + weights / tau * q) * free
        v = v * free
        try:
            a, b = solve_banded((2, 2), bands, np.stack([right, v], axis=1), check_finite=False).T
        except np.linalg.LinAlgError:
            return None
        rigid = float(v @ b)
        new = (target - volume - float(v @ a)) / rigid
        step = a + new * b
        if not np.isfinite(step).all() or np.abs(step).max() > 0.3:
            return None
        q, pressure = q + step, new
        if np.abs(step).max() < CONVERGED:
            break
    else:
        return None
    lowest = eigvals_banded(bands[2:], lower=True, select="i", select_range=(0, 1))
    if lowest[1] <= 0.0 or (lowest[0] <= 0.0 and rigid >= 0.0):
        return None
    return q, pressure, by_node
