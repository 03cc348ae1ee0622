"""The first shape of a melt, of solid balls that lie on paste too."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Station
from bumpform.melting.shapes.free_curve import Sizes
from bumpform.melting.shapes.outline import first_shape, fitted, rounded
from bumpform.melting.shapes.shape import Shape
from bumpform.melting.shapes.union import first_crossing, height_over, united
from bumpform.melting.shapes.wall import LEVEL, Wall

#: How far what lies on paste has sunk in, in units of L.
SUNK = 0.03


def deposited(
    edges: list[Edge],
    pastes: Mapping[str, float],
    touch: tuple[Station, Station | None],
    wall: Wall,
    sizes: Sizes,
    volume: float,
) -> Shape:
    """The outline of a deposit, of paste at the volume of its metal.

    A ball that lies on paste keeps its shape, and goes down with it; where it would not meet what
    the paste becomes, both are drawn in as one.

    Parameters
    ----------
    edges : list of Edge
        Its free surface, axis outwards.
    pastes : mapping of region name to float
        Those of it that are paste, with their share of the metal.
    touch, wall, sizes, volume
        As ``first_shape``.

    Raises
    ------
    ProcessError
        If its surface is not one.
    """
    kinds = [edge.region in pastes for edge in edges]
    k = kinds.index(True) if True in kinds else 0
    lies = k > 0 and all(kinds[k:]) and float(edges[k].point(0.0)[0]) < LEVEL * wall.length
    if not lies:
        return first_shape(edges, touch, wall, sizes, volume)
    below = first_shape(edges[k:], touch, wall, sizes, sum(pastes.values()) * volume)
    ball = rounded([edge.reversed() for edge in reversed(edges[:k])], wall.length)
    down = height_over(below.nodes, ball * [1.0, -1.0]) - SUNK
    ball = ball + np.array([0.0, min(0.0, down)])
    where = first_crossing(below.nodes, ball)
    if where is None:
        return first_shape(edges, touch, wall, sizes, volume)
    points = united(below.nodes, ball, where)
    points[-1, 0] = 0.0
    return fitted(Shape(points, below.start), sizes, volume)
