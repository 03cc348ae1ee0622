"""One step of a melt with inertia on a mesh that follows the free surface.

Two implicit stages, each to where it ends, with γ = 1 − 1/√2: of second order, and damping what is
too quick for the step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.beginning.options import Options
from bumpform.melting.flows.flow import Flow, Fluid, Problem, Swung
from bumpform.melting.flows.moving_mesh import MovingMesh
from bumpform.melting.motion.line_motion import WHOLE, Motion, event_words, moved, moving
from bumpform.melting.motion.ringing import period
from bumpform.melting.shapes.body import Body
from bumpform.melting.shapes.free_curve import normals
from bumpform.melting.shapes.shape import Line, Shape

#: Part of a step that each of the two stages takes implicitly.
GAMMA = 1.0 - math.sqrt(0.5)
#: Iterations of a stage, as many of the last ones as are mixed, and how far the surface is still
#: off, as a part of the nodes' way in it, with which it is astray.
ITERATIONS, MIXED, ASTRAY = 8, 4, 0.05
#: With how much of that it has ended, times the square of a step as a part of a free drop's period,
#: of steps below so much the cube: so it stays below the step's own error, of third order, what it
#: leaves of velocity, too, and does not grow from step to step, however short they are.
ENDED, SHORT = 7.2, 1.0 / 60.0
#: Longest way of a node in a step, as a part of that of an overdamped melt.
MOVE = 0.4
#: How far a line may overshoot an edge at which a step ends, as a part of its way there; how far
#: beyond it is aimed at; as far, in units of L, is nothing; and the least part of a step tried.
OVER, BEYOND, NEAR, LEAST = 5e-3, 1e-3, 1e-6, 1e-3


class Going(NamedTuple):
    """How velocity and mesh change, for a first guess: both's rates, and those of the latter's."""

    velocity: Array
    points: Array
    faster: Array

    def after(self, state: State, step: float) -> tuple[Array, Array]:
        """Points and velocity to be expected after a step."""
        points = state.points + step * (self.points + step * self.faster)
        return points, state.velocity + step * self.velocity


@dataclass(frozen=True, eq=False)
class State:
    """A moment on its mesh: nodes, velocity, and where those on solid are."""

    shape: Shape
    problem: Problem
    mover: MovingMesh
    points: Array
    velocity: Array
    stations: dict[int, Station]
    rise: float = 0.0
    going: Going | None = None

    @property
    def lift(self) -> float:
        """Of the body above; 0 without one."""
        end = self.shape.end
        return 0.0 if end is None else end.wall.lift

    def kinetic(self, body: Body | None) -> float:
        """Kinetic energy of the liquid and of a body that floats on it, per 2π."""
        mass = body.mass if body is not None and body.load is not None else 0.0
        return self.problem.kinetic(self.velocity) + 0.5 * mass * self.rise**2


class Advanced(NamedTuple):
    """A step that has been taken.

    Attributes
    ----------
    state : State
        After it.
    flow : Flow
        At its end.
    taken : float
        How long it was.
    heat, work : float
        What has become heat in it, and what a fixture has done on the liquid.
    words : str
        What its lines met.
    """

    state: State
    flow: Flow
    taken: float
    heat: float
    work: float
    words: str


def advanced(
    state: State, fluid: Fluid, options: Options, step: float, volume: float, body: Body | None
) -> Advanced:
    """A step from a state, or the part of it that can be taken."""
    part = GAMMA * step
    long = min(step / period(fluid), 1.0 / options.steps_per_period)
    ended = ENDED * long**2 * min(1.0, long / SHORT)
    guess = state.going.after(state, part) if state.going else (state.points, state.velocity)
    driven = body.driven(state.lift, step) if body is not None else 0.0  # alike in both stages
    first, early, motions = _stage(state, guess, part, None, body, driven, ended)
    far = float(np.abs(first.points - state.points).max())
    if far > GAMMA * MOVE * options.move:
        state.problem.mesh.x[:] = state.points
        return advanced(
            state, fluid, options, step * 0.8 * GAMMA * MOVE * options.move / far, volume, body
        )
    more = (1.0 - GAMMA) / GAMMA
    base = State(
        _between(state.shape, first.shape, more),
        state.problem,
        state.mover,
        state.points + more * (first.points - state.points),
        state.velocity + more * (first.velocity - state.velocity),
        {k: state.mover.beyond(k, at, first.stations[k], more) for k, at in state.stations.items()},
        state.rise + more * (first.rise - state.rise),
    )
    again = {
        new: Motion(motion.piece, 0 if new.at.piece == motion.piece else motion.from_vertex)
        for old, new in zip(state.shape.lines, base.shape.lines, strict=True)
        if (motion := motions.get(old)) is not None
    }
    drift = (first.points - state.points) / part
    before = state.going.points if state.going else drift
    guess = (
        base.points + part * (drift + more * (drift - before)),
        state.velocity + (first.velocity - state.velocity) / GAMMA,
    )
    last, flow, _ = _stage(base, guess, part, again, body, driven, ended)
    going = Going(
        (last.velocity - base.velocity) / part,
        (last.points - base.points) / part,
        ((last.points - base.points) / part - drift) / (step - part),
    )
    shape = last.shape.filled(volume)
    lifts = last.lift, last.lift
    points, stations = state.mover.moved(last.points, last.stations, shape.nodes, lifts)
    state.problem.mesh.x[:] = points
    share = _to_edges(state, first, last, motions, step)
    if share < 1.0:
        state.problem.mesh.x[:] = state.points
        return advanced(state, fluid, options, share * step, volume, body)
    lies = body is not None and body.load is not None and not body.floats(last.lift, -math.inf)
    rise = 0.0 if lies else last.rise
    stopped = lies and state.rise < 0.0
    words = event_words(state.shape, shape, stopped=stopped)
    after = replace(last, shape=shape, points=points, stations=stations, going=going, rise=rise)
    heat = (step - part) * early.power + part * flow.power
    work = 0.0
    if body is not None and body.load is None:
        work = -(step - part) * early.lifting * early.rise - part * flow.lifting * flow.rise
    return Advanced(after, flow, step, heat, work, words)


def _to_edges(
    state: State, first: State, last: State, motions: dict[Line, Motion], step: float
) -> float:
    """The part of a step up to which no line is carried beyond an edge that stops it; 1 for all.

    Stopped on its way by less than the step, it would have no place that its velocity leads to.
    """
    mesh, share = state.problem.mesh, 1.0
    for k, line in zip((0, -1), state.shape.lines, strict=False):
        end, halfway = last.shape.lines[k], first.shape.lines[k]
        if line not in motions or not end.held or end.at == line.at:
            continue
        tangent, node = line.tangent(motions[line].piece), mesh.node[mesh.curve[k]]
        begun, later = (
            float((one.velocity[node] - [0.0, one.rise * (line.end == "top")]) @ tangent)
            for one in (state, first)
        )
        way = line.wall.distance(line.at, end.at)
        speed = begun + (later - begun) / (2.0 * GAMMA)  # in the middle of the step
        if halfway.held and begun * way > 0.0:  # stopped already, it pulls at what goes on
            speed = begun
        if step * abs(speed) > (1.0 + OVER) * abs(way) + NEAR:
            share = min(share, max(LEAST, (1.0 + BEYOND) * abs(way / (step * speed))))
    return share


def _between(shape: Shape, other: Shape, more: float) -> Shape:
    """A shape carried on from another: nodes and lines."""
    lines = []
    for old, new in zip(shape.lines, other.lines, strict=True):
        by = more * old.wall.distance(old.at, new.at)
        at = old.at
        if by and not new.held:
            start = Station(new.at.piece, 0.0) if old.at.piece != new.at.piece else old.at
            at = old.wall.moved(start, by)
        wall = old.wall.raised(more * (new.wall.lift - old.wall.lift))
        lines.append(replace(old, wall=wall, at=at, held=old.held if at == old.at else False))
    nodes = shape.nodes + more * (other.nodes - shape.nodes)
    for end, line in zip((0, -1), lines, strict=False):
        nodes[end] = line.place()
    return Shape(nodes, *lines)


def _stage(
    base: State,
    guess: tuple[Array, Array],
    step: float,
    motions: dict[Line, Motion] | None,
    body: Body | None,
    driven: float,
    ended: float,
) -> tuple[State, Flow, dict[Line, Motion]]:
    """An implicit step from a base, to where it ends, begun at expected points and velocity."""
    problem = base.problem
    mesh = problem.mesh
    points, velocity = guess
    put = Flow(velocity, np.zeros(0), {}, rise=base.rise)
    problem.base.x.array[:] = base.velocity.ravel()
    by_node = np.empty_like(points)
    tries: list[tuple[Flow, Flow]] = []
    changes: list[float] = []
    for _ in range(ITERATIONS):
        mesh.x[:] = points
        problem.last.x.array[:] = put.velocity.ravel()
        by_node[mesh.node] = (points - base.points) / step
        problem.mesh_velocity.x.array[:] = by_node.ravel()
        flow, found = _carrying(base, step, motions, body, driven)
        motions = found
        tries.append((put, flow))
        put = problem.mixed(tries[-MIXED:])
        velocity = put.velocity[mesh.node[mesh.curve]]
        shape, _ = moved(base.shape, velocity, found, step, put.rise, least=WHOLE)
        before, lift = points, base.lift
        lifts = lift, lift + step * put.rise
        points, stations = base.mover.moved(base.points, base.stations, shape.nodes, lifts)
        far = float(np.abs(points - base.points).max())
        across = (points - before)[mesh.curve] * normals(shape.nodes, on_axis=shape.on_axis)
        changes.append(float(np.abs(across.sum(axis=1)).max()))
        left = changes[-1] * min(1.0, changes[-1] / changes[-2] if changes[1:] else 1.0)
        if left <= ended * far:
            break
    else:
        if left > ASTRAY * far:
            raise ConvergenceError("a step's end is not found", ITERATIONS, left / far)
    after = State(shape, problem, base.mover, points, put.velocity, stations, put.rise)
    return after, put, found


def _carrying(
    base: State, step: float, motions: dict[Line, Motion] | None, body: Body | None, driven: float
) -> tuple[Flow, dict[Line, Motion]]:
    """The flow with the body above, whose mass it swings; solid stops that, and it lifts off it."""
    problem, shape = base.problem, base.shape
    if body is None:
        return moving(problem, shape, step, fixed=motions)
    if body.load is None:
        return moving(problem, shape, step, rise=driven, fixed=motions)
    swung = Swung(body.mass, base.rise)
    lowest = (body.lowest - base.lift) / step  # a base is carried on, and may be below it
    if not body.floats(base.lift, -math.inf):
        found = moving(problem, shape, step, rise=max(0.0, lowest), fixed=motions)
        if not body.floats(base.lift, found[0].lifting):
            return found
    found = moving(problem, shape, step, load=body.load, swung=swung, fixed=motions)
    if found[0].rise >= lowest:
        return found
    return moving(problem, shape, step, rise=lowest, fixed=motions)
