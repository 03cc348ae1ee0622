"""A liquid and solid that has sunk into it, as the first shape of a joint."""

from __future__ import annotations

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Array
from bumpform.melting.shapes.free_curve import halved
from bumpform.melting.shapes.outline import FOOT
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.wall import Wall

#: How often elements are halved to find where solid has sunk in.
FINER = 4


def under(shape: Shape, roof: Wall) -> Shape | None:
    """Liquid on the stack, up to a body above that has sunk into it; None where they are apart.

    Raises
    ------
    ProcessError
        If they meet at its contact line.
    """
    points = _finer(shape.nodes)
    k = _met(points, roof, "the body above meets what melts")
    if k is None:
        return None
    at = roof.profile.locate((points[k] - [0.0, roof.lift]) * roof.length)
    top = Line("top", roof, at, roof.is_vertex(at))
    below = points[: k - 1] if np.allclose(points[k - 1], top.place()) else points[:k]
    return Shape(np.vstack([below, top.place()]), shape.start, top)


def over(points: Array, top: Line, floor: Wall) -> Shape | None:
    """Liquid of the body above, down to the stack that it has sunk onto; None where it is apart.

    Parameters
    ----------
    points : ndarray
        Its free curve where the body is, from the axis to its contact line.
    top : Line
        That line.
    floor : Wall

    Raises
    ------
    ProcessError
        If it meets the stack at that line.
    """
    points = _finer(points)
    from_line = _met(points[::-1], floor, "what melts on the package meets the stack")
    if from_line is None:
        return None
    k = len(points) - from_line
    at = floor.profile.locate(points[k - 1] * floor.length)
    line = Line("outer", floor, at, floor.is_vertex(at))
    return Shape(np.vstack([line.place(), points[k:]]), line, top)


def _finer(points: Array) -> Array:
    for _ in range(FINER):
        points = halved(points)
    return points


def _met(points: Array, wall: Wall, what: str) -> int | None:
    """The first of points, from a line to the axis, that is in solid; None without one.

    About the axis the first within a foot.

    Raises
    ------
    ProcessError
        Saying what has met, where that is at the line itself.
    """
    inside = wall.inside(points)
    if not inside.any():
        return None
    beyond = np.flatnonzero(points[:, 0] > FOOT)
    k = min(int(np.argmax(inside)), int(beyond[-1]) + 1 if len(beyond) else len(points))
    if k < 2:
        r = 1e6 * wall.length * float(points[0, 0])
        raise ProcessError(
            f"{what} at its contact line, at r = {r:.4g} µm: how a joint without a free surface "
            "begins is not followed"
        )
    return k
