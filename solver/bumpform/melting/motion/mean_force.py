"""The mean of the forces along a step, with which heat is what the energy has lost by it.

For any way from one shape to another the energy lost is the integral of the forces along it. A
flow under their mean (by Simpson's rule) turns just that into heat, but for what the liquid's own
shape has changed meanwhile. The volume, which a straight way does not keep, has its price, the
pressure at which the shape is filled up again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.melting.shapes.free_curve import forces
from bumpform.melting.shapes.shape import Line, Shape

#: Of the beginning, the middle and the end, by Simpson's rule.
_WEIGHTS = (1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0)

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
    pressure = _pressure(on_way[-1], bond)
    nodes, raising = np.zeros_like(first.nodes), 0.0
    start = _acting(first, first, lines, bond, pressure)
    for shape, weight in zip((first, *on_way), _WEIGHTS, strict=True):
        here = _acting(shape, first, lines, bond, pressure)
        nodes += weight * (here.nodes - start.nodes)
        raising += weight * (here.raising - start.raising)
    return Change(nodes, raising)


def _pressure(shape: Shape, bond: float) -> float:
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
