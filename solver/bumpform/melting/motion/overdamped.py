"""Overdamped melting: from shape to shape, downhill in energy at a constant volume."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from bumpform.errors import ConvergenceError, MeshError
from bumpform.geometry.curve import Array
from bumpform.melting.beginning.options import Options
from bumpform.melting.flows.boundary import boundary
from bumpform.melting.flows.field import Field, field_of
from bumpform.melting.flows.flow import Ahead, Flow, Fluid, Problem
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.motion.line_motion import PART, event_words, moving
from bumpform.melting.motion.mean_force import Begun, price, share, tries
from bumpform.melting.motion.ringing import Left
from bumpform.melting.shapes.body import Body
from bumpform.melting.shapes.corner import leave_corner
from bumpform.melting.shapes.edges import (
    Edge,
    clear,
    cleared,
    met,
    over_edges,
    parted,
    rolled_on,
    thin_words,
    thinned,
)
from bumpform.melting.shapes.free_curve import chords, misfit, normals, skewness, squeezed, turned
from bumpform.melting.shapes.jump import Jump
from bumpform.melting.shapes.leaving import leave_body
from bumpform.melting.shapes.shape import Shape
from bumpform.melting.shapes.touch import (
    Stopped,
    drawn_back,
    drawn_off,
    laid_down,
    meet,
    pass_piece,
    pinched,
    room,
)
from bumpform.melting.shapes.wall import Wall

#: Rise of the energy that is round-off and the shift that keeps the volume.
ROUND_OFF = 1e-9
#: Times that a step is shortened before its rise of energy is taken for the mesh's.
RETRIES = 6
#: Part of the way back from which on two steps are a swing, and how much shorter the next is then.
REVERSED, SHORTER = 0.25, 0.4
#: Places along the free curve by which it is seen to swing.
ALONG = 9
#: Steps at rest after which it is at rest.
CALM = 3
#: Speed below which so little is left to be lost that a step, if it is not brief, only has to be
#: steady.
SLOW, BRIEF = 3e-3, 0.1
#: What of the surface's own stiffness is left where the energy's is taken: its nodes, which cost
#: hardly any energy along it, would else creep there.
KEPT = 5e-3
#: Part of the longest way in a step from which on what drives a line is taken at the step's end.
FAST = 0.3
#: What a step may lose, of all that has been lost, other than into heat: as it should, and at most.
BALANCE, UNBALANCED = 5e-4, 1e-3
#: What a mesh does not know of the energy: a millionth of σL², per 2π.
LOWER = 1e-6 / (2.0 * math.pi)
#: Misfit of elements' lengths up to which they stay near rest where nodes anew would cost more.
WORN = 2.0
#: Least length of an element after a step, as a part of that before: less and it may fold.
SQUEEZED = 0.25
#: How far off its middle the middle of an element at a line may be next to rest, as a part of it:
#: under forces that hardly differ nodes creep to it, step by step. Speed of that, of a rest's.
SKEWED, NEXT = 0.05, 100.0
#: Largest turn of an element in a step, rad: beside a line that runs off it would fold.
TURNED = 1.0


@dataclass(frozen=True, eq=False)
class Step:
    """A moment of a melt.

    Attributes
    ----------
    time : float
    shape : Shape
    energy : float
    drift : float
        Relative error of the volume that the last step left, before it was made good.
    speed : float
        Largest normal speed of the free surface; that of its lines if larger.
    field : Field or None
        Of the flow that led here, where it began; None at the start. With inertia, of that here.
    heat : float
        Energy that this flow has turned into heat, per 2π.
    lost : float
        What the liquid, its surface and the load have lost by it, and a fixture's work, per 2π.
    work : float
        That of a fixture, per 2π.
    event : str
        What has happened to its lines.
    kinetic : float or None
        Kinetic energy, that of a floating body included, per 2π; None where it is overdamped.
    left : Left or None
        The swings that have been left just before it.
    lifting : float
        Force of the liquid on the body above, and where that lies: of liquid that seeps in there.
    """

    time: float
    shape: Shape
    energy: float
    drift: float = 0.0
    speed: float = math.inf
    field: Field | None = None
    heat: float = 0.0
    lost: float = 0.0
    work: float = 0.0
    event: str = ""
    kinetic: float | None = None
    left: Left | None = None
    lifting: float = 0.0


def march(
    shape: Shape, floor: Wall, fluid: Fluid, options: Options, body: Body | None = None
) -> Iterator[Step]:
    """The steps of an overdamped melt, the first shape's first, until it is at rest.

    Parameters
    ----------
    shape : Shape
    floor : Wall
        What the liquid stands on.
    fluid : Fluid
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
    now = Step(0.0, shape, shape.balance(fluid.bond, pressed)[0])
    yield now
    step, calm, trend, lost, swings = options.first_step, 0, np.zeros(2 * ALONG), 0.0, False
    thin: set[Edge] = set()

    def landed(jump: Jump) -> Step:
        even = jump.shape.evened(options.sizes, always=True)
        energy, shape = _filled(even, volume, fluid.bond, body)
        return replace(now, shape=shape, energy=energy, event=jump.event)

    def cost(jump: Jump) -> tuple[bool, bool, float]:
        there = landed(jump)
        return there.energy > now.energy + LOWER, not clear(there.shape, floor), there.energy

    def falls(jump: Jump) -> bool:
        return landed(jump).energy < now.energy - LOWER

    def after(jump: Jump) -> Step:
        there = landed(jump)
        if there.energy > now.energy + LOWER:
            raise Stopped(jump.refused)
        return there

    def met_less() -> Jump | None:
        """Where the surface is in solid by less than is asked for after a step."""
        return min(meet(now.shape, floor, 0.0), key=cost, default=None)

    while calm < CALM:
        before, last = now, trend
        try:
            now, step = _advanced(now, floor, fluid, options, body, step, volume, lost, swings)
        except ConvergenceError:
            jump = met_less()
            if jump is None:
                raise
            now, step, calm = after(jump), options.first_step, 0
            yield now
            continue
        except MeshError:
            shape = _meshable(now.shape, floor, options, volume)
            jump = drawn_back(shape)
            with suppress(Stopped):  # too thin for the mesh is no film that opens
                jump = jump or met_less()
            if jump is None:
                parted(shape, floor)
                raise
            now, step, calm = after(jump), options.first_step, 0
            yield now
            continue
        now = with_thin(now, floor, thin)
        yield now
        lost += now.lost
        off = share(now.lost - now.heat, lost)  # it grows as the cube of a step
        step *= min(1.0, max(1.0 / options.growth, (BALANCE / max(off, 1e-30)) ** (1.0 / 3.0)))
        trend = _along(now.shape) - _along(before.shape)
        far, before_that = np.linalg.norm(trend), np.linalg.norm(last)
        swings = bool(far > options.settled and trend @ last < -REVERSED * far * before_that)
        if swings:
            step *= SHORTER  # it swings about its rest: the step is too long
        leave_body(now.shape, floor, body)
        pinched(now.shape)
        if body is not None:
            drawn_off(now.shape, before.shape, body.lowest)
        jump = min(met(now.shape, floor), key=cost, default=None)
        if jump is None:
            jump = next(filter(falls, rolled_on(now.shape)), None)
        if jump is None and body is not None:
            jump = laid_down(now.shape, before.shape, floor, body.lowest)
        if jump is None and calm == CALM - 1 and now.speed < options.rest:
            jump = pass_piece(now.shape) or leave_corner(now.shape, floor, falls)
        if jump is not None:
            now, step, calm = after(jump), options.first_step, 0
            yield now
            continue
        way = now.speed * (now.time - before.time)
        calm = calm + 1 if now.speed < options.rest and way < options.settled else 0
    if body is not None and now.shape.end is not None:
        lift = now.shape.end.wall.lift
        if not body.floats(lift, -math.inf) and body.floats(lift, now.lifting):
            raise Stopped("a film too thin for the mesh lifts the body above off what it lies on")


def with_thin(now: Step, floor: Wall, told: set[Edge]) -> Step:
    """The moment with what is to be told of films over edges that are thin for the first time."""
    found = thin_words(now.shape, floor)
    new = [words for edge, words in found.items() if edge not in told]
    told.update(found)
    return replace(now, event="; ".join(filter(None, [now.event, *new]))) if new else now


def _meshable(
    shape: Shape, floor: Wall, options: Options, volume: float, *, always: bool = False
) -> Shape:
    """A shape with nodes as a mesh wants them, and its volume."""
    even = shape.evened(options.sizes, room(shape, floor, options.sizes), always=always)
    return cleared(even.filled(volume), floor)


def _affordable(
    shape: Shape,
    floor: Wall,
    options: Options,
    volume: float,
    costs: Callable[[Shape], float],
    most: float,
) -> Shape:
    """Nodes as a mesh wants them; those that a shape has where others take more than this energy.

    Near rest a step loses less than nodes anew may cost, and hardly moves what it has.
    """
    anew = _meshable(shape, floor, options, volume)
    if costs(anew) <= most:
        return anew
    worn = misfit(shape.nodes, options.sizes, on_axis=shape.on_axis)
    return anew if worn > WORN else cleared(shape, floor)


def _filled(shape: Shape, volume: float, bond: float, body: Body | None) -> tuple[float, Shape]:
    """A shape with its volume, and its energy; infinite where it cannot have that.

    What it takes comes from the free surface or, of a thin joint whose body floats, from under
    that: whichever costs less.
    """
    pressed, end = (0.0 if body is None else body.pressed), shape.end
    ways = [shape]
    if body is not None and end is not None and end.end == "top":
        if body.floats(end.wall.lift, -math.inf):
            ways.append(shape.sunk(volume, body.lowest))
    least = math.inf
    for way in ways:
        with suppress(ConvergenceError):
            filled = way.filled(volume)
            energy = filled.balance(bond, pressed)[0]
            if energy < least:
                least, shape = energy, filled
    return least, shape


def _along(shape: Shape) -> Array:
    """Places along the free curve, both ends among them: which way it goes, by its own length."""
    s = chords(shape.nodes)
    at = np.linspace(0.0, s[-1], ALONG)
    return np.concatenate([np.interp(at, s, x) for x in shape.nodes.T])


def _advanced(
    now: Step,
    floor: Wall,
    fluid: Fluid,
    options: Options,
    body: Body | None,
    step: float,
    volume: float,
    lost: float,
    swings: bool,
) -> tuple[Step, float]:
    """The next moment, and the step to try after it, where so much has been lost.

    What swings about its rest is quick against the step: under the mean of its forces it would do
    so for ever, so they are taken ahead, which damps it.
    """
    pressed = body.pressed if body is not None else 0.0

    def costs(shape: Shape) -> float:
        return shape.balance(fluid.bond, pressed)[0]

    most = now.energy + LOWER if now.speed < SLOW else math.inf
    shape = _affordable(now.shape, floor, options, volume, costs, most)
    energy = costs(shape)
    if now.speed < NEXT * options.rest and skewness(shape.nodes) > SKEWED:
        even = _meshable(now.shape, floor, options, volume, always=True)
        if costs(even) <= energy + LOWER:  # its angles are read off the elements at its lines
            shape, energy = even, costs(even)
    films = over_edges(shape, floor)
    mesh = LiquidMesh(boundary(shape, floor, options.sizes))
    problem = Problem(mesh, fluid)
    lift = shape.end.wall.lift if shape.end is not None else 0.0
    lifting, retries, convex = -math.inf, 0, True
    while True:
        load, driven = None, 0.0
        if body is not None:
            driven = body.driven(lift, step)
            load = body.load if body.floats(lift, lifting) else None
        steady = now.speed < SLOW and step > BRIEF
        if steady and convex:
            near = Ahead(KEPT * step, KEPT * step, step - KEPT * step, price(shape, fluid.bond))
        else:
            within = step if steady else ahead(step)
            fast = now.speed * step > FAST * options.move
            near = Ahead(within, step if fast else within)
        flow, motions = moving(problem, shape, step, ahead=near, load=load, rise=driven)
        if near.energy and not problem.lowest():
            convex = False
            continue
        if body is not None and load is None and body.floats(lift, flow.lifting) and lifting < 0.0:
            lifting = flow.lifting  # it lifts off what it lies on
            continue
        far = step * float(np.hypot(*flow.velocity[mesh.node[mesh.curve]].T).max())
        if far > 1.5 * options.move:
            step *= max(0.1, options.move / far)
            continue
        least = PART if retries < RETRIES else 0.0  # at last, where a line stops, however soon
        begun = Begun(problem, shape, motions, volume, energy, lost, body, driven, least)
        found = min(islice(tries(begun, flow, step), 1 if swings else None), key=lambda t: t.off)
        taken, falls = found.taken, found.energy <= energy + ROUND_OFF or bool(driven)
        folds = squeezed(shape.nodes, found.end.nodes, SQUEEZED)
        folds |= turned(shape.nodes, found.end.nodes) > TURNED
        folds |= thinned(films, over_edges(found.shape, floor))
        anew, cost = found.shape, found.energy
        if not folds:
            with suppress(ConvergenceError):
                anew = _affordable(found.shape, floor, options, volume, costs, most)
                cost = costs(anew)
        good = (found.off < UNBALANCED or swings) and not folds
        good &= cost <= now.energy + LOWER or bool(driven)
        if retries == RETRIES or (falls and good):
            break
        retries += 1
        step = taken * (0.4 if good else 0.5)
    if not falls:
        raise ConvergenceError("the energy no longer falls", RETRIES, found.energy - energy)
    flow = found.flow
    dearer = cost > found.energy  # what nodes anew cost is a loss of this step
    following = replace(
        now,
        time=now.time + taken,
        shape=anew if dearer else found.shape,
        energy=cost if dearer else found.energy,
        drift=found.end.volume / volume - 1.0,
        speed=_speed(begun, flow),
        field=field_of(mesh, flow),
        heat=found.heat,
        lost=found.lost,
        work=-driven * taken * flow.lifting,
        lifting=flow.lifting + flow.under,
        event=event_words(shape, found.shape, stopped=found.stopped),
    )
    growth = options.growth**3 if near.energy else options.growth
    grown = min(growth, 0.9 * options.move / max(far, 1e-30))
    return following, min(options.longest_step, step * grown)


def _speed(begun: Begun, flow: Flow) -> float:
    """Largest normal speed of the free surface; that of its lines, or of the body, if larger."""
    shape, mesh = begun.shape, begun.problem.mesh
    velocity = flow.velocity[mesh.node[mesh.curve]]
    n = normals(shape.nodes, on_axis=shape.on_axis)
    speeds = np.abs(np.sum(velocity * n, axis=1))
    ends = [0] if shape.on_axis else [0, -1]
    for at, line in zip(ends, shape.lines, strict=True):
        speeds[at] = float(np.hypot(*velocity[at])) if line in begun.motions else 0.0
    return max(float(speeds.max()), abs(flow.rise))


def ahead(step: float) -> float:
    """How far ahead in a step the surface is at which its tension is taken at first.

    Half of a short step, near the mean of the forces along it; all of a long one, which damps what
    is quick. In between, what fades in a step by exp(−z) does so exactly.
    """
    z = step * (1.0 + step) ** 2
    return step * (0.5 + z / 12.0) if z < 1e-2 else step * (-1.0 / math.expm1(-z) - 1.0 / z)
