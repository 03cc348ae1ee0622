"""Jumps of a contact line to solid that the free surface has met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bumpform.geometry.profile import Station
from bumpform.melting.shapes.free_curve import halved
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.surface.drop.corner import SMOOTH

#: Ends of elements beyond the place that a line jumps to, to which the surface may go from there,
#: and how near to that they are left out, in units of L.
KEPT, NEAR = 3, 1e-4
#: Fewest nodes that a free curve is left with.
FEWEST = 9


class Jump(NamedTuple):
    """A shape whose contact lines have jumped.

    Attributes
    ----------
    shape : Shape
    event : str
        What has happened, in words.
    dearer : str
        What is seen where that would take energy, in words.
    """

    shape: Shape
    event: str
    dearer: str = ""

    @property
    def refused(self) -> str:
        """Why it is not made where that would take energy."""
        return self.dearer or f"{self.event}, which would take energy, and is not followed"


def jumps_to(shape: Shape, line: Line, at: Station, first: int, met: str) -> list[Jump]:
    """The shape with a line at another place, from where it goes straight to a node that it had.

    Parameters
    ----------
    shape : Shape
    line : Line
    at : Station
    first : int
        Number of the first node beyond that place, counted from the line on.
    met : str
        What has been met there, in words.
    """
    done = f"{met}, and the {line.end} line jumps there"
    dearer = f"{met}, and no jump of the {line.end} line to there loses energy"
    if _corner_between(line, at):
        dearer = (
            f"{met} and shuts in gas beside the {line.end} line, and to wet what is there would "
            "take energy: gas that is shut in is not followed"
        )
    return [Jump(there, done, dearer) for there in _straight(shape, line, at, first)]


def _straight(shape: Shape, line: Line, at: Station, first: int) -> Iterator[Shape]:
    forwards = line is shape.start
    nodes = shape.nodes if forwards else shape.nodes[::-1]
    moved = replace(line, at=at, held=line.wall.is_vertex(at))
    ends = (moved, shape.end) if forwards else (shape.start, moved)
    place = moved.place()
    first += first % 2
    for k in range(first, min(first + 2 * KEPT, len(nodes)), 2):
        if np.hypot(*(nodes[k] - place)) < NEAR:
            continue
        kept = np.vstack([place, 0.5 * (place + nodes[k]), nodes[k:]])
        while len(kept) < FEWEST:
            kept = halved(kept)
        yield Shape(kept if forwards else kept[::-1], *ends)


def _corner_between(line: Line, at: Station) -> bool:
    """Whether a line has a corner of solid before it on its way to another place."""
    low, high = sorted((line.at, at))
    return any(line.wall.turn(k) > SMOOTH for k in range(low.piece, high.piece))
