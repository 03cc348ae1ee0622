"""Overdamped melting: from shape to shape, downhill in energy at a constant volume."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.flows.boundary import boundary
from bumpform.melting.flows.field import Field, field_of
from bumpform.melting.flows.flow import Ahead, Flow, Fluid, Problem, Swung
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.motion.options import Options
from bumpform.melting.shapes.body import Body
from bumpform.melting.shapes.free_curve import end_direction, normals
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.touch import leave_corner, meet, room
from bumpform.melting.shapes.wall import Wall

#: Rise of the energy that is round-off and the shift that keeps the volume.
ROUND_OFF = 1e-9
#: Part of a step that a line must have left to a vertex for the whole step to end there.
PART = 0.3
#: Forces on a held line below this, relative to its radius, do not move it.
STILL = 1e-9
#: Times that a step is shortened before its rise of energy is taken for the mesh's.
RETRIES = 6
#: Part of the way back from which on two steps are a swing, and how much shorter the next is then.
REVERSED, SHORTER = 0.25, 0.4
#: Steps at rest after which it is at rest.
CALM = 3
#: Speed below which so little is left to be lost that a step, if it is not brief, only has to be
#: steady.
SLOW, BRIEF = 3e-3, 0.1
#: Part of the longest way in a step from which on what drives a line is taken at the step's end.
FAST = 0.3
#: What a step may lose, of all that has been lost, other than into heat.
BALANCE = 2e-3


class Motion(NamedTuple):
    """How a contact line may move in a step.

    Attributes
    ----------
    piece : int
        Along which piece of its wall.
    from_vertex : int
        +1 or −1 where it leaves the vertex that held it, outwards or inwards; else 0.
    """

    piece: int
    from_vertex: int = 0


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
        Of the flow that led here, where it began; None at the start.
    heat : float
        Energy that this flow has turned into heat, per 2π.
    lost : float
        What the liquid, its surface and the load have lost by it, and a fixture's work, per 2π.
    event : str
        What has happened to its lines.
    """

    time: float
    shape: Shape
    energy: float
    drift: float = 0.0
    speed: float = math.inf
    field: Field | None = None
    heat: float = 0.0
    lost: float = 0.0
    event: str = ""


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
    ConvergenceError, MeshError
        Where it cannot go on.
    """
    volume = shape.volume
    pressed = body.pressed if body is not None else 0.0
    now = Step(0.0, shape, shape.balance(fluid.bond, pressed)[0])
    yield now
    step, calm, trend, lost = options.first_step, 0, np.zeros(4), 0.0
    while calm < CALM:
        before, last = now, trend
        now, step = _advanced(now, floor, fluid, options, body, step, volume)
        yield now
        lost += now.lost
        if lost > 0.0:  # heat is to be what is lost: a step's part of what is not grows as its cube
            off = (abs(now.lost - now.heat) - ROUND_OFF) / lost
            step *= min(1.0, max(1.0 / options.growth, (BALANCE / max(off, 1e-30)) ** (1.0 / 3.0)))
        trend = _ends(now.shape) - _ends(before.shape)
        if trend @ last < -REVERSED * np.linalg.norm(trend) * np.linalg.norm(last):
            step *= SHORTER  # it swings about its rest: the step is too long
        met = meet(now.shape, floor)
        if met is None and calm == CALM - 1 and now.speed < options.rest:
            met = leave_corner(now.shape, floor)
        if met is not None:
            shape = met.shape.evened(options.sizes, always=True).filled(volume)
            energy = shape.balance(fluid.bond, pressed)[0]
            now, step = (
                replace(now, shape=shape, energy=energy, event=met.event),
                options.first_step,
            )
            calm = 0
            yield now
            continue
        way = now.speed * (now.time - before.time)
        calm = calm + 1 if now.speed < options.rest and way < options.settled else 0


def _ends(shape: Shape) -> Array:
    """Places of both ends of the free curve."""
    return np.concatenate([shape.nodes[0], shape.nodes[-1]])


def _advanced(
    now: Step,
    floor: Wall,
    fluid: Fluid,
    options: Options,
    body: Body | None,
    step: float,
    volume: float,
) -> tuple[Step, float]:
    """The next moment, and the step to try after it."""
    pressed = body.pressed if body is not None else 0.0
    shape = now.shape.evened(options.sizes, room(now.shape, floor, options.sizes))
    shape = shape.filled(volume)
    energy = shape.balance(fluid.bond, pressed)[0]
    mesh = LiquidMesh(boundary(shape, floor, options.sizes))
    problem = Problem(mesh, fluid)
    lift = shape.end.wall.lift if shape.end is not None else 0.0
    lifting, retries = -math.inf, 0
    while True:
        load, driven = None, 0.0
        if body is not None:
            driven = body.driven(lift, step)
            load = body.load if body.floats(lift, lifting) else None
        steady = now.speed < SLOW and step > BRIEF
        within = step if steady else ahead(step)
        fast = now.speed * step > FAST * options.move
        near = Ahead(within, step if fast else within)
        flow, motions = moving(problem, shape, step, ahead=near, load=load, rise=driven)
        if body is not None and load is None and body.floats(lift, flow.lifting) and lifting < 0.0:
            lifting = flow.lifting  # it lifts off what it lies on
            continue
        velocity = flow.velocity[mesh.node[mesh.curve]]
        far = step * float(np.hypot(*velocity.T).max())
        if far > 1.5 * options.move:
            step *= max(0.1, options.move / far)
            continue
        most = body.share(lift, step * flow.rise) if body is not None else 1.0
        new, share = moved(shape, velocity, motions, step, flow.rise, most)
        drift = new.volume / volume - 1.0
        new = new.filled(volume)
        after = new.balance(fluid.bond, pressed)[0]
        if after <= energy + ROUND_OFF or retries == RETRIES or driven:
            break
        retries += 1
        step *= 0.4
    if after > energy + ROUND_OFF and not driven:
        raise ConvergenceError("the energy no longer falls", RETRIES, after - energy)
    n = normals(shape.nodes, on_axis=shape.on_axis)
    speeds = np.abs(np.sum(velocity * n, axis=1))
    ends = [0] if shape.on_axis else [0, -1]
    for end, line in zip(ends, shape.lines, strict=True):
        speeds[end] = float(np.hypot(*velocity[end])) if line in motions else 0.0
    following = replace(
        now,
        time=now.time + share * step,
        shape=new,
        energy=after,
        drift=drift,
        speed=max(float(speeds.max()), abs(flow.rise)),
        field=field_of(mesh, flow),
        heat=share * step * flow.power,
        lost=energy - after - driven * share * step * flow.lifting,
        event=event_words(shape, new, stopped=most < 1.0 and share == most),
    )
    grown = min(options.growth, 0.9 * options.move / max(far, 1e-30))
    return following, min(options.longest_step, step * grown)


def ahead(step: float) -> float:
    """How far ahead in a step the surface is at which its tension is taken.

    Half of a short step, by which heat is what energy loses to the second order; all of a long
    one, which damps what is quick. In between, what fades in a step by exp(−z) does so exactly.
    """
    z = step * (1.0 + step) ** 2
    return step * (0.5 + z / 12.0) if z < 1e-2 else step * (-1.0 / math.expm1(-z) - 1.0 / z)


def moving(
    problem: Problem,
    shape: Shape,
    step: float,
    *,
    ahead: Ahead | None = None,
    load: float | None = None,
    rise: float = 0.0,
    swung: Swung | None = None,
    fixed: dict[Line, Motion] | None = None,
) -> tuple[Flow, dict[Line, Motion]]:
    """The flow, and how its contact lines move: those that an edge holds only if they would.

    A held line leaves its edge outwards or inwards if the force on it, Young's included, points
    there; then it moves that way, since that force is all that held it.
    """
    mesh = problem.mesh
    decided = fixed is not None
    nodes = [int(mesh.curve[0])] if shape.on_axis else [int(mesh.curve[0]), int(mesh.curve[-1])]
    node_of = dict(zip(shape.lines, nodes, strict=True))
    motions = {line: Motion(line.at.piece) for line in shape.lines if not line.held}
    if fixed is not None:
        motions = dict(fixed)
    tried: set[Line] = set()
    while True:
        ways: dict[int, Array | None] = dict.fromkeys(nodes)
        pulls: dict[int, Array] = {}
        bends: dict[int, float] = {}
        for line, motion in motions.items():
            tangent = line.tangent(motion.piece)
            ways[node_of[line]] = tangent
            pulls[node_of[line]] = young(line, motion.piece)
            if not motion.from_vertex:
                bends[node_of[line]] = bending(shape, line)
        flow = problem.solve(
            step, ways, pulls, ahead=ahead, bends=bends, load=load, rise=rise, swung=swung
        )
        left = [
            (line, way)
            for line in shape.lines
            if line.held
            and line not in tried
            and (way := released(shape, line, flow.forces[node_of[line]])) is not None
        ]
        wrong = [
            line
            for line, motion in motions.items()
            if motion.from_vertex
            and motion.from_vertex
            * float(flow.velocity[mesh.node[node_of[line]]] @ line.tangent(motion.piece))
            <= 0.0
        ]
        if decided or (not left and not wrong):
            return flow, motions
        for line in wrong:
            del motions[line]
        for line, way in left:
            motions[line] = way
            tried.add(line)


def bending(shape: Shape, line: Line) -> float:
    """Growth of the force back on a line by its way along solid that is bent, per 2π; 0 or more.

    The solid's tangent turns from under the surface's pull; where that only helps the line on, it
    is left to the next step.
    """
    tangent, bend = line.tangent(line.at.piece), line.wall.bend(line.at)
    pull = end_direction(shape.nodes, last=line is shape.end)
    across = float(pull[1] * tangent[0] - pull[0] * tangent[1])
    return max(0.0, -bend * across * float(line.place()[0]))


def young(line: Line, piece: int) -> Array:
    """Young's force on a line along a piece, per 2π."""
    cosine = line.wall.cosines[piece]
    return line.wets * cosine * float(line.place()[0]) * line.tangent(piece)


def released(shape: Shape, line: Line, force: Array) -> Motion | None:
    """The way in which a force on a held line moves it off its edge; None if it stays.

    It does not move along a piece through whose solid the surface would pass: at more than 180°.
    """
    inside, outside = line.sides()
    outwards = float((force + young(line, outside)) @ line.tangent(outside))
    inwards = -float((force + young(line, inside)) @ line.tangent(inside))
    least = STILL * float(line.place()[0])
    ways = [
        (pull, Motion(piece, way))
        for pull, piece, way in ((outwards, outside, 1), (inwards, inside, -1))
        if pull > least and shape.angle(line, piece) < math.pi
    ]
    return max(ways)[1] if ways else None


def moved(
    shape: Shape,
    velocity: Array,
    motions: dict[Line, Motion],
    step: float,
    rise: float = 0.0,
    most: float = 1.0,
    *,
    whole: bool = False,
) -> tuple[Shape, float]:
    """The shape after a step, and the part of the step that it has taken.

    A line that reaches the end of its piece stops there: with it, if it is most of the way, all
    else.
    """
    ends = [0] if shape.on_axis else [0, -1]
    goals: dict[Line, tuple[Station, float]] = {}
    share = most
    for end, line in zip(ends, shape.lines, strict=True):
        if line not in motions:
            continue
        piece, leaves = motions[line]
        at = Station(piece, 0.0) if leaves > 0 else Station(piece, line.at.u)
        by = step * float((velocity[end] - [0.0, rise * (line.end == "top")]) @ line.tangent(piece))
        goals[line] = (at, by)
        ahead = line.wall.size(piece) * ((1.0 - at.u) if by > 0.0 else at.u)
        if not whole and PART * abs(by) < ahead < abs(by):
            share = min(share, ahead / abs(by))
    nodes = shape.nodes + share * step * velocity
    lines = []
    for end, line in zip(ends, shape.lines, strict=True):
        wall = line.wall.raised(share * step * rise) if line.end == "top" else line.wall
        new = replace(line, wall=wall)
        if line in goals:
            at, by = goals[line]
            target = wall.moved(at, share * by)
            last = len(wall.profile) - 1
            held = False
            if target.u > 1.0 - 1e-12 and target.piece < last:
                target, held = Station(target.piece, 1.0), True
            elif target.u < 1e-12 and target.piece > 0:
                target, held = Station(target.piece - 1, 1.0), True
            new = replace(new, at=target, held=held)
        nodes[end] = new.place()
        lines.append(new)
    if shape.on_axis:
        nodes[-1, 0] = 0.0
    return Shape(nodes, *lines), share


def event_words(before: Shape, after: Shape, *, stopped: bool) -> str:
    """What a step has done to the contact lines, in words."""
    told = ["solid stops the body above"] if stopped else []
    for old, new in zip(before.lines, after.lines, strict=True):
        pieces = new.wall.profile.pieces
        if new.held and not old.held:
            told.append(
                f"the {new.end} line stops at the end of the {pieces[new.at.piece].feature}"
            )
        elif old.held and not new.held:
            told.append(f"the {new.end} line moves onto the {pieces[new.at.piece].feature}")
    return "; ".join(told)
