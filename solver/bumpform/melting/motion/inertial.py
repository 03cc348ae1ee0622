"""Melting with the liquid's mass: Navier–Stokes on a mesh that follows the free surface.

Two implicit stages a step, each to where it ends, with γ = 1 − 1/√2: of second order, and damping
what is too quick for the step. Where the liquid has hardly any motion left it is let come to rest
overdamped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.flows.boundary import boundary
from bumpform.melting.flows.carry import carried
from bumpform.melting.flows.field import field_of
from bumpform.melting.flows.flow import Flow, Fluid, Problem, Swung
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.flows.moving_mesh import MovingMesh, is_good
from bumpform.melting.motion.line_motion import Motion, moving
from bumpform.melting.motion.options import Options
from bumpform.melting.motion.overdamped import Step, event_words, march, moved
from bumpform.melting.shapes.body import Body
from bumpform.melting.shapes.free_curve import chords, misfit, squeezed
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.touch import meet
from bumpform.melting.shapes.wall import Wall

#: Part of a step that each of the two stages takes implicitly.
GAMMA = 1.0 - math.sqrt(0.5)
#: Iterations of a stage, and the last one's movement of nodes, as a part of their way in it, with
#: which it has ended: that, or their way in units of L, if it is less. A small swing keeps its
#: energy so.
ITERATIONS, ENDED = 6, 2e-3
#: Growth of the step from the first one, as a part of the longest.
GROWTH, FIRST = 1.3, 0.05
#: Kinetic energy over a period, relative to what the melt has released, below which it is let rest
#: overdamped.
HARDLY = 1e-3
#: Longest way of a node in a step, as a part of that of an overdamped melt.
MOVE = 0.4
#: Rise of the whole energy, kinetic and potential, with which a step is taken; shortest step that
#: is tried then, as a part of the longest.
RISE, SHORTEST = 1e-5, 1e-4
#: Radius of a jet on the axis that is drawn in, in units of L, and the length of its outline, as a
#: part of the radius, from which on it is one.
THIN, STEEP = 0.06, 1.6
#: Least length of an element after a step, as a part of that before.
SQUEEZED = 0.6
#: Largest misfit of elements' lengths with which a mesh is kept.
MISFIT = 2.2


@dataclass(frozen=True, eq=False)
class _State:
    """A moment on its mesh: nodes, velocity, and where those on solid are."""

    shape: Shape
    problem: Problem
    mover: MovingMesh
    points: Array
    velocity: Array
    stations: dict[int, Station]
    rise: float = 0.0

    @property
    def lift(self) -> float:
        """Of the body above; 0 without one."""
        end = self.shape.end
        return 0.0 if end is None else end.wall.lift

    def kinetic(self, body: Body | None) -> float:
        """Kinetic energy of the liquid and of a body that floats on it, per 2π."""
        mass = body.mass if body is not None and body.load is not None else 0.0
        return self.problem.kinetic(self.velocity) + 0.5 * mass * self.rise**2


def period(fluid: Fluid) -> float:
    """Of the slowest oscillation of a free drop of volume 1, by Lamb: ω² = 8/ΛR³."""
    radius = (0.75 / math.pi) ** (1.0 / 3.0)
    return 2.0 * math.pi * math.sqrt(fluid.laplace * radius**3 / 8.0)


def march_inertial(
    shape: Shape, floor: Wall, fluid: Fluid, options: Options, body: Body | None = None
) -> Iterator[Step]:
    """The steps of a melt with inertia, the first shape's first, until it is at rest.

    Parameters
    ----------
    shape : Shape
    floor : Wall
    fluid : Fluid
        With its Laplace number.
    options : Options
    body : Body or None
        The body above, of a joint.

    Raises
    ------
    ConvergenceError, MeshError, Stopped
        Where it cannot go on.
    """
    volume = shape.volume
    pressed = body.pressed if body is not None else 0.0
    begun = shape.balance(fluid.bond, pressed)[0]
    now = Step(0.0, shape, begun)
    yield now
    whole = period(fluid)
    recent: list[tuple[float, float]] = []
    longest = whole / options.steps_per_period
    step, energy = FIRST * longest, begun
    state = _meshed(shape, floor, fluid, options, None)
    while now.time < options.longest_time:
        before, whole_before = state, energy + state.kinetic(body)
        state, flow, taken, words = _advanced(state, fluid, options, step, volume, body)
        shape = state.shape
        potential = shape.balance(fluid.bond, pressed)[0]
        rise = potential + state.kinetic(body) - whole_before
        if body is not None and body.load is None:
            rise = 0.0  # its fixture does work on it
        worn = squeezed(before.shape.nodes, shape.nodes, SQUEEZED)
        if (rise > RISE or worn) and not words:
            state, step = before, 0.4 * taken
            state.problem.mesh.x[:] = state.points
            if step < SHORTEST * longest:
                raise ConvergenceError("the energy grows, however short the step", 1, rise)
            continue
        energy = potential
        now = replace(
            now,
            time=now.time + taken,
            shape=shape,
            energy=energy,
            speed=_fastest(state),
            field=field_of(state.problem.mesh, flow),
            event=words,
        )
        yield now
        recent.append((now.time, state.kinetic(body)))
        recent = [(t, k) for t, k in recent if t > now.time - whole]
        met = meet(shape, floor)
        if met is not None:
            shape = met.shape.evened(options.sizes, always=True).filled(volume)
            energy = shape.balance(fluid.bond, pressed)[0]
            now = replace(now, shape=shape, energy=energy, event=met.event)
            yield now
        if met is not None or words or not _kept(state, options):
            thin = _without_jet(shape)
            if thin is not shape:
                now = replace(now, shape=thin, event="a jet on the axis, too thin, is drawn in")
            shape = thin.evened(options.sizes, always=thin is not shape).filled(volume)
            state = _meshed(shape, floor, fluid, options, state)
            energy = shape.balance(fluid.bond, pressed)[0]
        elif now.time > whole and max(k for _, k in recent) < HARDLY * (begun - energy):
            break
        fastest = float(np.hypot(*state.velocity.T).max())
        step = min(longest, GROWTH * step, MOVE * options.move / max(fastest, 1e-30))
    if now.time < options.longest_time:
        start = now.time
        slow = replace(fluid, laplace=0.0)
        for later in march(now.shape, floor, slow, options, body):
            if later.field is not None:
                yield replace(later, time=start + later.time)


def _without_jet(shape: Shape) -> Shape:
    """The shape without what rises, or sinks, on the axis and is thinner than an element."""
    if not shape.on_axis:
        return shape
    nodes = shape.nodes
    beyond = np.flatnonzero(nodes[:, 0] > THIN)
    k = int(beyond[-1]) if len(beyond) else 0
    k -= k % 2
    if k < 4 or chords(nodes[k:])[-1] < STEEP * nodes[k, 0]:
        return shape
    level = np.array([0.0, nodes[k, 1]])
    t = np.linspace(0.0, 1.0, 9)[1:, None]
    return replace(shape, nodes=np.vstack([nodes[: k + 1], (1.0 - t) * nodes[k] + t * level]))


def _kept(state: _State, options: Options) -> bool:
    on_axis = state.shape.on_axis
    return is_good(state.points, state.problem.mesh.cells) and (
        misfit(state.shape.nodes, options.sizes, on_axis=on_axis) < MISFIT
    )


def _fastest(state: _State) -> float:
    mesh = state.problem.mesh
    return float(np.hypot(*state.velocity[mesh.node[mesh.curve]].T).max())


def _meshed(
    shape: Shape, floor: Wall, fluid: Fluid, options: Options, before: _State | None
) -> _State:
    """A mesh of a shape, with the velocity from the mesh before."""
    mesh = LiquidMesh(boundary(shape, floor, options.sizes))
    problem = Problem(mesh, fluid)
    velocity = np.zeros((mesh.count, 2))
    if before is not None:
        old = before.problem.mesh
        by_place = before.velocity[old.node]
        velocity[mesh.node] = carried(before.points, old.cells.astype(np.int64), by_place, mesh.x)
    mover = MovingMesh(problem)
    rise = before.rise if before is not None else 0.0
    return _State(shape, problem, mover, mesh.x.copy(), velocity, mover.stations, rise)


def _advanced(
    state: _State, fluid: Fluid, options: Options, step: float, volume: float, body: Body | None
) -> tuple[_State, Flow, float, str]:
    """The state after a step, its flow, the step taken, and what its lines met."""
    part = GAMMA * step
    first, _, motions = _stage(state, state, part, None, body)
    far = float(np.abs(first.points - state.points).max())
    if far > GAMMA * MOVE * options.move:
        state.problem.mesh.x[:] = state.points
        return _advanced(
            state, fluid, options, step * 0.8 * GAMMA * MOVE * options.move / far, volume, body
        )
    more = (1.0 - GAMMA) / GAMMA
    base = _State(
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
    last, flow, _ = _stage(base, first, part, again, body)
    shape = last.shape.filled(volume)
    lifts = last.lift, last.lift
    points, stations = state.mover.moved(last.points, last.stations, shape.nodes, lifts)
    state.problem.mesh.x[:] = points
    stopped = body is not None and last.rise == 0.0 and state.rise < 0.0
    words = event_words(state.shape, shape, stopped=stopped)
    after = replace(last, shape=shape, points=points, stations=stations)
    return after, flow, step, words


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
    base: _State,
    guess: _State,
    step: float,
    motions: dict[Line, Motion] | None,
    body: Body | None,
) -> tuple[_State, Flow, dict[Line, Motion]]:
    """An implicit step from a base, to where it ends."""
    problem = base.problem
    mesh = problem.mesh
    points, velocity = guess.points, guess.velocity
    stations, shape = base.stations, base.shape
    problem.base.x.array[:] = base.velocity.ravel()
    by_node = np.empty_like(points)
    for _ in range(ITERATIONS):
        mesh.x[:] = points
        problem.last.x.array[:] = velocity.ravel()
        by_node[mesh.node] = (points - base.points) / step
        problem.mesh_velocity.x.array[:] = by_node.ravel()
        flow, found = _carrying(base, step, motions, body)
        motions = found
        velocity = flow.velocity[mesh.node[mesh.curve]]
        shape, _ = moved(base.shape, velocity, found, step, flow.rise, whole=True)
        before, lift = points, base.lift
        lifts = lift, lift + step * flow.rise
        points, stations = base.mover.moved(base.points, base.stations, shape.nodes, lifts)
        velocity = flow.velocity
        far = float(np.abs(points - base.points).max())
        if np.abs(points - before).max() <= min(ENDED, far) * far:
            break
    after = _State(shape, problem, base.mover, points, velocity, stations, flow.rise)
    return after, flow, found


def _carrying(
    base: _State, step: float, motions: dict[Line, Motion] | None, body: Body | None
) -> tuple[Flow, dict[Line, Motion]]:
    """The flow with the body above, whose mass it swings; solid stops that, and it lifts off it."""
    problem, shape = base.problem, base.shape
    if body is None:
        return moving(problem, shape, step, fixed=motions)
    if body.load is None:
        return moving(problem, shape, step, rise=body.driven(base.lift, step), fixed=motions)
    swung = Swung(body.mass, base.rise)
    if not body.floats(base.lift, -math.inf):
        found = moving(problem, shape, step, fixed=motions)
        if not body.floats(base.lift, found[0].lifting):
            return found
    found = moving(problem, shape, step, load=body.load, swung=swung, fixed=motions)
    lowest = (body.lowest - base.lift) / step
    if found[0].rise >= lowest:
        return found
    return moving(problem, shape, step, rise=min(0.0, lowest), fixed=motions)
