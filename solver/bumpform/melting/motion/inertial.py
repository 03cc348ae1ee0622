"""Melting with the liquid's mass: Navier–Stokes on a mesh that follows the free surface.

Where little is left in its swings, and it is known at which rest they end, the liquid is let come
to that overdamped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bumpform.errors import ConvergenceError, MeshError
from bumpform.melting.beginning.options import LIBRARIES, Options
from bumpform.melting.flows.boundary import TIP, boundary
from bumpform.melting.flows.carry import carried
from bumpform.melting.flows.field import field_of
from bumpform.melting.flows.flow import Fluid, Problem
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.flows.moving_mesh import MovingMesh, is_good
from bumpform.melting.motion.inertial_step import MOVE, State, advanced
from bumpform.melting.motion.overdamped import Step, march
from bumpform.melting.motion.ringing import Ringing, layer, period, places
from bumpform.melting.shapes.body import NEAR, Body
from bumpform.melting.shapes.edges import clear, cleared, met, parted
from bumpform.melting.shapes.free_curve import Sizes, chords, misfit, squeezed
from bumpform.melting.shapes.jump import Jump
from bumpform.melting.shapes.leaving import leave_body
from bumpform.melting.shapes.shape import Shape
from bumpform.melting.shapes.touch import HOLE, Stopped, drawn_back, laid_down, pinched
from bumpform.melting.shapes.wall import Wall

#: Growth of the step from the first one, as a part of the longest, and how much shorter one is
#: tried again.
GROWTH, FIRST, SHORTER = 1.3, 0.05, 0.4
#: How much longer steps may be from which share of the energy released on: swings are linear then.
LONGER, SMALL = 2.0, 0.3
#: Rise of the whole energy, kinetic and potential, with which a step is taken, one in which a line
#: leaves an edge or stops at one, too; shortest step that is tried then, as a part of the longest.
RISE, SHORTEST = 1e-5, 1e-4
#: What has happened where the swings are left, in words.
SWINGS_LEFT = "the swings are left to fade without inertia"
#: Radius of a jet on the axis that is drawn in, in units of L, and the length of its outline, as a
#: part of the radius, from which on it is one; and where no step can be taken with it.
THIN, STEEP, STUCK = 0.06, 1.6, 1.1
DRAWN_IN = "a jet on the axis, too thin for the mesh, is drawn in"
#: What happens to a film where a hole in it, as wide as an element, would take energy.
LEVELLED = "a hollow on the axis that meets solid, too narrow for the mesh, is drawn in"
#: Least length of an element after a step, as a part of that before.
SQUEEZED = 0.6
#: Largest misfit of elements' lengths with which a mesh is kept.
MISFIT = 2.2


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
    sizes = options.sizes_over(layer(fluid))
    pressed = body.pressed if body is not None else 0.0

    def after(jump: Jump, at: Step) -> Step:
        there = jump.shape.evened(sizes, always=True).filled(volume)
        energy = there.balance(fluid.bond, pressed)[0]
        assert at.kinetic is not None
        kinetic = max(0.0, min(at.kinetic, at.energy + at.kinetic - energy))
        return replace(at, shape=there, energy=energy, kinetic=kinetic, event=jump.event)

    def cost(jump: Jump) -> tuple[bool, float]:
        there = after(jump, now)
        return not clear(there.shape, floor), there.energy

    def anew(shape: Shape, before: State, at: Step) -> State:
        """On a mesh of its own; what that and a jump cost or gain is the motion's to lose."""
        assert at.kinetic is not None
        meshed = _meshed(shape, floor, fluid, sizes, before)
        potential = shape.balance(fluid.bond, pressed)[0]
        return _slowed(meshed, body, min(at.kinetic, at.energy + at.kinetic - potential))

    shape = shape.evened(sizes).filled(volume)
    begun = shape.balance(fluid.bond, pressed)[0]
    now = Step(0.0, shape, begun, kinetic=0.0)
    yield now
    ringing = Ringing(period(fluid))
    ringing.add(0.0, 0.0, begun, places(shape))
    longest = ringing.whole / options.steps_per_period
    step, energy = FIRST * longest, begun
    state = _meshed(shape, floor, fluid, sizes, None)
    while now.time < options.longest_time:
        before, whole_before = state, energy + state.kinetic(body)
        try:
            gone = advanced(state, fluid, options, step, volume, body)
            state, taken, words = gone.state, gone.taken, gone.words
            shape = state.shape
            potential, kinetic = shape.balance(fluid.bond, pressed)[0], state.kinetic(body)
            rise = potential + kinetic - whole_before - gone.work
            worn = squeezed(before.shape.nodes, shape.nodes, SQUEEZED) and not words
            if rise > RISE or worn:
                step = taken
                if rise > RISE:
                    raise ConvergenceError("the energy grows, however short the step", 1, rise)
                raise MeshError("the free surface folds up, however short the step")
        except (ConvergenceError, MeshError):
            state, step = _again(before), SHORTER * step
            if step < SHORTEST * longest:
                thin = _without_jet(before.shape, STUCK)
                if thin is before.shape:
                    raise
                now = after(Jump(thin, DRAWN_IN), now)
                energy, step, ringing.begun = now.energy, FIRST * longest, now.time
                state = anew(now.shape, before, now)
                yield now
            continue
        energy = potential
        now = replace(
            now,
            time=now.time + taken,
            shape=shape,
            energy=energy,
            kinetic=kinetic,
            speed=_fastest(state),
            field=field_of(state.problem.mesh, gone.flow),
            heat=gone.heat,
            lost=-rise,
            event=words,
        )
        yield now
        ringing.add(now.time, kinetic, energy, places(shape), state.rise)
        if words:
            ringing.disturbed = now.time
        leave_body(shape, floor, body)
        pinched(shape)
        jump = min(met(shape, floor), key=cost, default=None)
        if jump is not None and shape.on_axis > jump.shape.on_axis and cost(jump)[1] > energy:
            jump = min(jump, Jump(_level(shape, HOLE), LEVELLED), key=cost)
        last, before = before.shape, state
        if jump is None and body is not None:
            jump = laid_down(shape, last, floor, body.lowest, TIP * sizes.most)
            if jump is not None:  # the blow stops it, and what streams out from under it
                before = replace(state, velocity=0.0 * state.velocity, rise=0.0)
        if jump is not None:
            now = after(jump, now)
            shape, energy = now.shape, now.energy
            ringing.disturbed = ringing.begun = now.time
            yield now
        if jump is not None or words or not _kept(state, sizes):
            thin = _without_jet(shape, STEEP)
            if thin is not shape:
                now = after(Jump(thin, DRAWN_IN), now)
                shape, ringing.begun = now.shape, now.time
                yield now
            shape = cleared(shape.evened(sizes).filled(volume), floor)
            try:
                state = anew(shape, before, now)
            except MeshError:
                jump = drawn_back(shape)
                if jump is None:
                    parted(shape, floor)
                    raise
                now = after(jump, now)
                shape = now.shape
                ringing.disturbed = ringing.begun = now.time
                yield now
                state = anew(shape, state, now)
            energy = shape.balance(fluid.bond, pressed)[0]
        elif ringing.may_be_left() and _arrived(body, shape):
            rest = _overdamped(now, floor, fluid, options, body)
            if ringing.asked((rest[-1].shape, rest[-1].energy) if rest else None):
                first, *others = rest
                words = "; ".join([SWINGS_LEFT, *([first.event] if first.event else [])])
                yield replace(first, event=words, left=ringing.left())
                yield from others
                return
        fastest = float(np.hypot(*state.velocity.T).max())
        most = longest * (LONGER if ringing.share() < SMALL else 1.0)
        step = min(most, GROWTH * step, MOVE * options.move / max(fastest, 1e-30))


def _overdamped(
    now: Step, floor: Wall, fluid: Fluid, options: Options, body: Body | None
) -> list[Step]:
    """The steps of an overdamped melt from a moment on, to rest; none where it comes to none."""
    found: list[Step] = []
    try:
        for later in march(now.shape, floor, replace(fluid, laplace=0.0), options, body):
            if later.field is not None:
                found.append(replace(later, time=now.time + later.time))
            if len(found) > options.most_steps:
                return []
    except (Stopped, ConvergenceError, MeshError, *LIBRARIES):
        return []
    return found


def _arrived(body: Body | None, shape: Shape) -> bool:
    """Whether no fixture moves the body above any more."""
    if body is None or body.load is not None:
        return True
    assert shape.end is not None
    return abs(shape.end.wall.lift - body.goal) < NEAR


def _again(state: State) -> State:
    """A state from which a shorter step is tried, with its mesh where it was."""
    state.problem.mesh.x[:] = state.points
    return replace(state, going=None)


def _without_jet(shape: Shape, steep: float) -> Shape:
    """The shape without what rises, or sinks, on the axis and is thinner than an element."""
    if not shape.on_axis:
        return shape
    k = _beyond(shape, THIN)
    if k < 4 or chords(shape.nodes[k:])[-1] < steep * shape.nodes[k, 0]:
        return shape
    return _level(shape, THIN)


def _beyond(shape: Shape, radius: float) -> int:
    """The last end of an element beyond a radius."""
    beyond = np.flatnonzero(shape.nodes[:, 0] > radius)
    k = int(beyond[-1]) if len(beyond) else 0
    return k - k % 2


def _level(shape: Shape, radius: float) -> Shape:
    """The shape with what lies within a radius about the axis level."""
    nodes, k = shape.nodes, _beyond(shape, radius)
    level = np.array([0.0, nodes[k, 1]])
    t = np.linspace(0.0, 1.0, 9)[1:, None]
    return replace(shape, nodes=np.vstack([nodes[: k + 1], (1.0 - t) * nodes[k] + t * level]))


def _kept(state: State, sizes: Sizes) -> bool:
    on_axis = state.shape.on_axis
    return is_good(state.points, state.problem.mesh.cells) and (
        misfit(state.shape.nodes, sizes, on_axis=on_axis) < MISFIT
    )


def _fastest(state: State) -> float:
    mesh = state.problem.mesh
    return float(np.hypot(*state.velocity[mesh.node[mesh.curve]].T).max())


def _slowed(state: State, body: Body | None, most: float) -> State:
    """The same with no more kinetic energy than this."""
    kinetic = state.kinetic(body)
    if kinetic <= most:
        return state
    by = math.sqrt(max(0.0, most) / kinetic)
    return replace(state, velocity=by * state.velocity, rise=by * state.rise)


def _meshed(shape: Shape, floor: Wall, fluid: Fluid, sizes: Sizes, before: State | None) -> State:
    """A mesh of a shape, with the velocity from the mesh before."""
    mesh = LiquidMesh(boundary(shape, floor, sizes))
    problem = Problem(mesh, fluid)
    velocity = np.zeros((mesh.count, 2))
    if before is not None:
        old = before.problem.mesh
        by_place = before.velocity[old.node]
        velocity[mesh.node] = carried(before.points, old.cells.astype(np.int64), by_place, mesh.x)
    mover = MovingMesh(problem)
    rise = before.rise if before is not None else 0.0
    return State(shape, problem, mover, mesh.x.copy(), velocity, mover.stations, rise)
