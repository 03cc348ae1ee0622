"""Contact lines in a flow: which of them move, by which forces, and which an edge holds."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.flows.flow import Ahead, Flow, Problem, Swung
from bumpform.melting.shapes.free_curve import end_direction
from bumpform.melting.shapes.shape import Line, Shape

#: Part of a step that a line must have left to a vertex for the whole step to end there; none does.
PART, WHOLE = 0.3, 1.0
#: Forces on a held line below this, relative to its radius, do not move it.
STILL = 1e-9


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
            whole = ahead is not None and ahead.energy > 0.0
            if whole or not motion.from_vertex:
                bends[node_of[line]] = stiffness(shape, line, motion.piece, whole=whole)
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


def stiffness(shape: Shape, line: Line, piece: int, *, whole: bool = False) -> float:
    """Growth of the force back on a line by its way, per 2π: as the solid is bent, 0 or more.

    The solid's tangent turns from under the surface's pull; where that only helps the line on, it
    is left to the next step. On the whole, beside the energy's second variation, it is not, and
    Young's force grows with the line's length.
    """
    tangent, bend = line.tangent(piece), line.wall.bend(line.on(piece))
    pull = end_direction(shape.nodes, last=line is shape.end)
    across = float(pull[1] * tangent[0] - pull[0] * tangent[1])
    bent = -bend * across * float(line.place()[0])
    if not whole:
        return max(0.0, bent)
    return bent - line.wets * line.wall.cosines[piece] * float(tangent[0])


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
    least: float = PART,
) -> tuple[Shape, float]:
    """The shape after a step, and the part of the step that it has taken.

    A line that reaches the end of its piece stops there: with it, if that is beyond the least part
    of the step, all else.
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
        if least * abs(by) < ahead < abs(by):
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
