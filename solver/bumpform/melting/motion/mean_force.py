"""The mean of the forces along a step, with which heat is what the energy has lost by it.

For any way from one shape to another the energy lost is the integral of the forces along it. A
flow under their mean (by Simpson's rule) turns just that into heat, but for what the liquid's own
shape has changed meanwhile. The volume, which a straight way does not keep, has its price, the
pressure at which the shape is filled up again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.melting.flows.flow import Flow, Problem
from bumpform.melting.motion.line_motion import WHOLE, Motion, moved
from bumpform.melting.shapes.body import Body
from bumpform.melting.shapes.free_curve import forces
from bumpform.melting.shapes.shape import Line, Shape

#: Of the beginning, the middle and the end, by Simpson's rule.
_WEIGHTS = (1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0)

#: What a step may lose, of all that has been lost, other than into heat without the mean of its
#: forces.
MEAN = 1e-4
#: Least of all that has been lost, in units of σL², for that: what is known of a shape's energy on
#: a default mesh is a hundredth of it.
LEAST = 1e-4
#: Times that the forces' mean is taken at most, and how much worse than the best one it may be to
#: be taken again.
MEANS, WORSE = 6, 1.2
#: Moving lines, and along which piece of solid.
Along = dict[Line, int]


class Change(NamedTuple):
    """The mean of the forces less what they are at first.

    Attributes
    ----------
    nodes : ndarray, shape (nodes of the free curve, 2)
    raising : float
        What raises the body above.
    """

    nodes: Array
    raising: float


def changed(first: Shape, on_way: tuple[Shape, Shape], lines: Along, bond: float) -> Change:
    """How the forces change along a step.

    Parameters
    ----------
    first : Shape
    on_way : pair of Shape
        In the middle, and at the end of it.
    lines : dict of Line to int
        Those of the first one that move, and along which piece of solid.
    bond : float
    """
    pressure = price(on_way[-1], bond)
    nodes, raising = np.zeros_like(first.nodes), 0.0
    start = _acting(first, first, lines, bond, pressure)
    for shape, weight in zip((first, *on_way), _WEIGHTS, strict=True):
        here = _acting(shape, first, lines, bond, pressure)
        nodes += weight * (here.nodes - start.nodes)
        raising += weight * (here.raising - start.raising)
    return Change(nodes, raising)


def price(shape: Shape, bond: float) -> float:
    """The energy that a volume costs where a shape is filled."""
    acting, grows = forces(shape.nodes, bond)
    way = shape.filling()
    return -float(np.sum(acting * way) / np.sum(grows * way))


def _acting(shape: Shape, first: Shape, lines: Along, bond: float, pressure: float) -> Change:
    """Forces at a moment of the step, along the ways that there are at first."""
    acting, grows = forces(shape.nodes, bond)
    nodes = acting + pressure * grows
    raising = 0.0
    ends = (0,) if shape.on_axis else (0, -1)
    for end, old, new in zip(ends, first.lines, shape.lines, strict=True):
        above = new.end == "top"
        if above:
            r, z = (float(c) for c in new.place())
            moment = 0.5 * r**2 * z - new.wall.solid(new.at).volume
            raising += 0.5 * pressure * r**2 - bond * moment
        if old not in lines:
            continue
        piece = lines[old]
        begun, now = old.tangent(piece), new.tangent(piece)
        along = float(nodes[end] @ now)
        along += new.wets * new.wall.cosines[piece] * float(new.place()[0])
        turned = (along - float(nodes[end] @ begun)) * begun
        nodes[end] += turned
        if above:  # it acts along the solid, which rises with it
            raising -= float(turned[1])
    return Change(nodes, raising)


class Begun(NamedTuple):
    """What a step begins with: the energy, and what had been lost before; the body's way.

    And the least part of the step that ends it where a line stops.
    """

    problem: Problem
    shape: Shape
    motions: dict[Line, Motion]
    volume: float
    energy: float
    lost: float
    body: Body | None
    driven: float
    least: float


class Tried(NamedTuple):
    """Where a flow leads in a step, or in the part of it that is taken.

    Attributes
    ----------
    flow : Flow
    end, shape : Shape
        As it has moved, and filled up.
    taken : float
    energy, lost, heat : float
        Afterwards; what has been lost in the step, and what of it has become heat.
    off : float
        What has not, of all that has been lost.
    stopped : bool
        Whether solid stops the body above.
    """

    flow: Flow
    end: Shape
    shape: Shape
    taken: float
    energy: float
    lost: float
    heat: float
    off: float
    stopped: bool


def tries(begun: Begun, flow: Flow, step: float) -> Iterator[Tried]:
    """Where a flow leads, and one under the mean of the forces on its way, as long as that helps.

    What is stiff moves too far under it: there the first ones lose less other than into heat.
    """
    problem, shape, motions = begun.problem, begun.shape, begun.motions
    along = {line: motion.piece for line, motion in motions.items()}
    pairs: list[tuple[Flow, Flow]] = []
    best = math.inf
    while True:
        found, half = _tried(begun, flow, step)
        yield found
        best = min(best, found.off)
        if found.off < MEAN or found.off > WORSE * best or len(pairs) == MEANS:
            return
        change = changed(shape, (half, found.end), along, problem.fluid.bond)
        pairs.append((flow, problem.again(flow, *change)))
        flow = problem.mixed(pairs)


def _tried(begun: Begun, flow: Flow, step: float) -> tuple[Tried, Shape]:
    """Where a flow leads, and where it is half way there."""
    problem, shape, body = begun.problem, begun.shape, begun.body
    velocity = flow.velocity[problem.mesh.node[problem.mesh.curve]]
    most = 1.0
    if body is not None and shape.end is not None:
        most = body.share(shape.end.wall.lift, step * flow.rise)
    motions, least = begun.motions, begun.least
    end, part = moved(shape, velocity, motions, step, flow.rise, most, least=least)
    half, _ = moved(shape, velocity, motions, 0.5 * part * step, flow.rise, least=WHOLE)
    taken, new = part * step, end.filled(begun.volume)
    pressed = body.pressed if body is not None else 0.0
    energy = new.balance(problem.fluid.bond, pressed)[0]
    heat = taken * flow.power
    gone = begun.energy - energy - begun.driven * taken * flow.lifting
    off = share(gone - heat, begun.lost + gone)
    stopped = most < 1.0 and part == most
    return Tried(flow, end, new, taken, energy, gone, heat, off, stopped), half


def share(part: float, lost: float) -> float:
    """A part of what has been lost, either way."""
    return abs(part) / max(lost, LEAST)
