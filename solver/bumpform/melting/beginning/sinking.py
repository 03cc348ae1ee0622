"""How deep a package sinks into what melts before anything moves."""

from __future__ import annotations

import math
from dataclasses import replace

import shapely

from bumpform.errors import ConvergenceError, ProcessError
from bumpform.melting.beginning.joining import under
from bumpform.melting.beginning.options import LIBRARIES
from bumpform.melting.beginning.start import Start, bridge
from bumpform.melting.shapes.edges import over_edges
from bumpform.melting.shapes.free_curve import Sizes
from bumpform.melting.shapes.outline import fitted, odd
from bumpform.melting.shapes.shape import Shape
from bumpform.melting.shapes.touch import walls
from bumpform.melting.shapes.wall import Wall

#: Halvings of the heights between which it is looked for.
HALVINGS = 40
#: Depth in solid, in units of L, up to which a node is on it: an arc of solid is known to that.
DEPTH = 1e-4
#: How often its line is taken further out at most, where its surface goes into solid beside it.
WIDER = 5
#: How far a package has sunk into what it only lies on, in units of L; the radius from which on it
#: touches what is flat; and how full what is under it is then, at least.
LIES, FLAT, FULL = 1e-4, 0.8, 0.98


def outside(shape: Shape, floor: Wall) -> bool:
    """Whether a free curve lies wholly outside of solid, edges between two of its nodes too."""
    for line in shape.lines:
        if not line.held and shape.angle_told(line) > math.pi:
            return False
    nodes = shape.nodes[1:-1]
    for wall in walls(shape, floor):
        points = shapely.points(nodes[wall.inside(nodes)])
        if (shapely.distance(points, shapely.linestrings(wall.outline)) > DEPTH).any():
            return False
    return all(film > -DEPTH for film in over_edges(shape, floor).values())


def spread(shape: Shape, floor: Wall, sizes: Sizes, volume: float) -> Shape:
    """A joint that wets the package further out where its surface went into that beside its line.

    As it is where that helps nothing.
    """
    found = shape
    for _ in range(WIDER):
        if found.end is None or outside(found, floor):
            return found
        try:
            wider = under(Shape(found.nodes, found.start), found.end.wall)
            if wider is None:
                break
            found = fitted(wider, sizes, volume)
        except (ProcessError, ConvergenceError, *LIBRARIES):
            break
    return shape


def sunk_to(
    deposit: Start, floor: Wall, roof: Wall, heights: tuple[float, float], volume: float
) -> float | None:
    """Height of a package's pad at which what is left of a deposit below it is its metal, m.

    The flux of flat paste gives way where the package presses, and the paste keeps its sides; on
    flat metal it only lies. None where neither is so between two heights.

    Parameters
    ----------
    deposit : Start
        The liquid, with its outline as it has been put down, and its edges sharp.
    floor, roof : Wall
        The solids that the joint stands between, the package's pad at 0.
    heights : pair of float, m
        Of the pad: where it touches the deposit, and the lowest.
    volume : float
        Of the metal, per 2π and L³.
    """

    def left(height: float) -> Shape | None:
        try:
            shape = bridge(deposit, None, floor, roof.raised(height / roof.length), height)
        except ProcessError:  # its free surface is all above
            return None
        return None if shape is None else replace(shape, nodes=odd(shape.nodes))

    high, low = heights[0] - LIES * roof.length, heights[1]
    at_first = left(high)
    if at_first is None or at_first.nodes[-1, 0] < FLAT or high < low:
        return None
    if at_first.volume <= volume:
        return high if at_first.volume > FULL * volume else None
    for _ in range(HALVINGS):
        middle = 0.5 * (high + low)
        shape = left(middle)
        over = shape is not None and shape.volume > volume
        high, low = (middle, low) if over else (high, middle)
    return high if low > heights[1] else None
