"""Corners of solid that liquid cannot fill, and how it leaves them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import shapely

from bumpform.geometry.profile import Station
from bumpform.melting.shapes.jump import FEWEST, Jump
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.touch import Stopped, in_solid, walls
from bumpform.melting.shapes.wall import Wall
from bumpform.surface.drop.corner import SMOOTH

#: How far inside of a corner that it leaves the liquid's line may begin anew, in units of L.
FEET = (0.025, 0.05, 0.1, 0.2, 0.4)


def leave_corner(shape: Shape, floor: Wall, falls: Callable[[Jump], bool]) -> Jump | None:
    """The shape out of a corner that it covers and cannot fill; None where there is none.

    Where both of Young's angles exceed 180° and the corner's together, liquid does not stay in it
    (Concus and Finn): gas comes in there, and all beyond a cut from inside of the corner to the
    free surface is left. The least of the cuts by which the energy falls is where that begins.

    Parameters
    ----------
    shape : Shape
    floor : Wall
    falls : function
        Whether the energy does by a jump.

    Raises
    ------
    Stopped
        Where it falls by none of them: gas that the liquid shuts in is not followed.
    """
    corners = list(_unfilled(shape, floor))
    cuts = [cut for line, corner in corners for cut in _cuts(shape, line, corner, floor)]
    for cut in sorted(cuts, key=lambda jump: jump.shape.volume, reverse=True):
        if falls(cut):
            return cut
    for line, corner in corners:
        raise Stopped(
            f"gas comes into the corner beside the {_beside(line, corner)}, which the liquid "
            "cannot fill, and no straight cut from there to its surface loses energy: gas that is "
            "shut in is not followed"
        )
    return None


def _beside(line: Line, corner: int) -> str:
    return line.wall.profile.pieces[corner].feature


def _unfilled(shape: Shape, floor: Wall) -> Iterator[tuple[Line, int]]:
    """Lines with the numbers of the pieces inside of corners that liquid covers and cannot fill."""
    inner = shape.end.at if shape.end is not None and shape.end.end == "inner" else None
    for line, wall in zip(shape.lines, walls(shape, floor), strict=False):
        for stop in wall.stops(inner or wall.profile.start, line.at)[1:-1]:
            k = stop.piece
            turn = wall.turn(k)
            angles = math.acos(wall.cosines[k]) + math.acos(wall.cosines[k + 1])
            if turn > SMOOTH and angles > 2.0 * math.pi - turn + SMOOTH:
                yield line, k


def _cuts(shape: Shape, line: Line, corner: int, floor: Wall) -> Iterator[Jump]:
    """The shape up to straight cuts from inside of a corner to the free surface, clear of solid."""
    event = f"the liquid leaves the corner beside the {_beside(line, corner)}, which it cannot fill"
    forwards = line is shape.start
    free = shape.nodes if forwards else shape.nodes[::-1]
    for foot in _feet(line, corner):
        for k in range(2, len(free) - FEWEST, 2):
            cut = np.linspace(foot.place(), free[k], 13)[:-1]
            nodes = np.vstack([cut, free[k:]])
            nodes = nodes if forwards else nodes[::-1]
            left = Shape(nodes, *(foot if one is line else one for one in shape.lines))
            if not in_solid(left, floor) and shapely.LineString(nodes).is_simple:
                yield Jump(left, event)


def _feet(line: Line, corner: int) -> Iterator[Line]:
    """The line on the piece inside of a corner, and at that one's own end where it is near."""
    wall, size = line.wall, line.wall.size(corner)
    for foot in FEET:
        if foot < size:
            yield replace(line, at=wall.moved(Station(corner, 1.0), -foot), held=False)
    if corner > 0 and size < FEET[-1]:
        yield replace(line, at=Station(corner - 1, 1.0), held=True)
