"""Liquid that leaves a body above which has come to lie on solid about the axis."""

from __future__ import annotations

import numpy as np

from bumpform.melting.shapes.body import NEAR, Body
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.touch import DEPTH, Stopped
from bumpform.melting.shapes.wall import LEVEL, Wall


class Left(Stopped):
    """A joint of which the body above is no part any more.

    Attributes
    ----------
    shape : Shape
        The ring that it is from there on.
    """

    def __init__(self, shape: Shape, words: str) -> None:
        super().__init__(words)
        self.shape = shape


def leave_body(shape: Shape, floor: Wall, body: Body | None) -> None:
    """See to it that liquid whose line on the body above has come to where that lies is a ring.

    Raises
    ------
    Left
    """
    end = shape.end
    if body is None or end is None or end.end != "top" or end.wall.lift > body.lowest + NEAR:
        return
    level = min(floor.level, end.wall.level)
    faces = [float(wall.point(wall.profile.start)[1]) for wall in (floor, end.wall)]
    r, z = end.place()
    if max(*faces, z) - min(*faces, z) > LEVEL or r > level + DEPTH:
        return
    at = floor.on_level(level)
    inner = Line("inner", floor, at, floor.is_vertex(at))
    below, above = (wall.profile.pieces[0].feature for wall in (floor, end.wall))
    raise Left(
        Shape(np.vstack([shape.nodes[:-1], inner.place()]), shape.start, inner),
        f"the liquid leaves the {above}, which lies on the {below}: it is a ring round that",
    )
