r"""The curves that the front of a film is made of.

A film t thick fills all places of the free space that a way of at most t, round whatever
stands there, joins to the surface that it grows on (Huygens: its front advances everywhere
at right angles to itself, at one speed). The front lies on

- parallel curves, at t, of the pieces of that surface,
- arcs of radius t about its outer corners and its ends,
- arcs of radius t − s about other outer corners that the film reaches after s, such as an
  opening's rim or where a rounded side begins: past it the film spreads as round a new end. A
  rounded side that it does not grow on casts no shadow, from its one end to the other: it takes
  its own room from the film.

Where they cross, the front passes from one to the other. So inner corners are trimmed, grooves
fill, walls are met; and the front depends continuously on t and on where the surface ends: as
s goes to 0, the arc about a rim becomes that about the end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Arc, Array, Curve, Line, ParallelCurve, PolynomialCurve
from bumpform.geometry.edge import Edge, root
from bumpform.growth.crossing import cross
from bumpform.growth.distance import Corner, Reach, Way
from bumpform.growth.visibility import angle_between
from bumpform.quick import quick, replace
from bumpform.stack.stack import line

#: A part of a wavelet turns by less than this, rad, so that it does not cross itself.
MOST_TURN = 2.5
#: A surface that meets the axis, or the outer radius, at a slope below this meets it level, rad.
ON_AXIS = 1e-8
#: Inner corners that turn by less, rad, are trimmed to first order.
SLIGHT = 1e-6


@quick
@dataclass(frozen=True, eq=False)
class Wavelet:
    """Curve on which the front may lie, each of its points as far from the surface as the film.

    Attributes
    ----------
    edge : Edge
        Directed like the boundary, the film on its right.
    piece, corner : int
        The boundary's edge that it is parallel to, or the vertex that it lies about; the
        other one is −1.
    """

    edge: Edge
    piece: int = -1
    corner: int = -1


def wavelets(reach: Reach) -> list[Wavelet]:
    """All curves on which the front of a film may lie."""
    found = [
        Wavelet(part, piece=number)
        for number, edge in _parallels(reach).items()
        for part in _parts(edge, reach.boundary.edges[number])
    ]
    for number, corner in reach.corners.items():
        first, turn = _fan(reach, number, corner)
        if -turn * corner.radius > reach.boundary.slack:
            found += [Wavelet(part, corner=number) for part in _arcs(corner, first, turn)]
    for corner in reach.corners.values():
        if corner.way is not None:
            found = [part for w in found for part in _at_shadow(reach, w, corner, corner.way)]
    return found


def _at_shadow(reach: Reach, wavelet: Wavelet, corner: Corner, way: Way) -> list[Wavelet]:
    """A wavelet cut where a corner's shadow begins: there an arc about it goes on, smoothly."""
    edge = wavelet.edge
    if (wavelet.piece, wavelet.corner) != (way.piece, way.corner):
        return [wavelet]
    if way.piece >= 0:
        u = (float(reach.boundary.edges[way.piece].t(way.u)) - edge.first) / (
            edge.last - edge.first
        )
    else:
        u = edge.nearest(corner.place + corner.ray * corner.radius)
    if min(u, 1.0 - u) * edge.length() <= reach.boundary.slack:
        return [wavelet]
    return [replace(wavelet, edge=edge.part(a, b)) for a, b in ((0.0, u), (u, 1.0))]


def parallel(edge: Edge, distance: float) -> Edge | None:
    """The edge moved to the left of its direction; None of an arc that has shrunk to nothing.

    Raises
    ------
    ProcessError
        If its curve is of a kind that has no parallel.
    """
    curve = edge.curve
    sign = 1.0 if edge.last > edge.first else -1.0
    moved: Curve
    if isinstance(curve, Line):  # the whole line: a short part of it has no direction of its own
        step = distance * _left(edge.tangent(0.0))
        moved = line(np.array(curve.start) + step, np.array(curve.end) + step)
    elif isinstance(curve, PolynomialCurve):
        moved = ParallelCurve(curve, sign * distance)
    elif isinstance(curve, ParallelCurve):
        moved = replace(curve, distance=curve.distance + sign * distance)
    elif isinstance(curve, Arc):  # anticlockwise, the left is towards the centre
        moved = replace(curve, radius=curve.radius - sign * distance)
        if moved.radius <= 0.0:
            return None
    else:
        raise ProcessError("a film grows on drawn, solved and cut surfaces only")
    return Edge(moved, edge.first, edge.last)


def _parallels(reach: Reach) -> dict[int, Edge]:
    """Parallel curves of the pieces, those of neighbours trimmed in inner corners."""
    boundary, t = reach.boundary, reach.distance
    found: dict[int, Edge] = {}
    for number in sorted(reach.grown):
        edge = parallel(boundary.edges[number], t)
        if edge is None:
            continue
        if number - 1 in found:
            turn = boundary.turn(number)
            if turn * t > boundary.slack:
                found[number - 1], edge = _trimmed(found[number - 1], edge, turn, t, boundary.slack)
        found[number] = edge
    return found


def _trimmed(one: Edge, other: Edge, turn: float, t: float, slack: float) -> tuple[Edge, Edge]:
    """Two parallel curves up to, and from, where they cross next to an inner corner."""
    back = t * math.tan(0.5 * turn)
    u = 1.0 - back / float(np.hypot(*one.derivative(1.0)))
    w = back / float(np.hypot(*other.derivative(0.0)))
    if turn < SLIGHT:  # round-off would move the crossing further than they are trimmed
        place: tuple[float, float] | None = (u, w)
    else:
        place = cross(one, other, u, w, slack) if u > 0.0 and w < 1.0 else None
    if place is None or not (0.0 < place[0] <= 1.0 and 0.0 <= place[1] < 1.0):
        return one, other
    return one.part(0.0, place[0]), other.part(place[1], 1.0)


def _parts(edge: Edge, base: Edge) -> list[Edge]:
    """Parts of a parallel curve that run like their base, none of which can cross itself.

    In a hollow, past the centre of curvature, it runs backwards: there it is no front.
    """
    if edge.is_straight:
        return [edge]

    def forwards(u: float) -> float:
        t = edge.t(u)
        return float(edge.curve.derivative(t) @ base.curve.derivative(t))

    u = edge.fractions(4)
    slope = math.copysign(1.0, edge.last - edge.first) * base.curve.derivative(edge.t(u))
    along = np.einsum("ij,ij->i", edge.slopes(4), slope)
    one, other = slope[:-1], slope[1:]
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    turns = np.abs(np.arctan2(cross, np.einsum("ij,ij->i", one, other)))
    if along.min() > 0.0 and turns.sum() < MOST_TURN:
        return [edge]
    cuts = [
        root(forwards, float(u[i]), float(u[i + 1]))
        for i in np.flatnonzero(along[:-1] * along[1:] < 0.0)
    ]
    halts = np.flatnonzero(np.diff(np.floor(np.cumsum(turns) / MOST_TURN))) + 1
    ends = sorted([0.0, *cuts, *u[halts].tolist(), 1.0])
    return [edge.part(a, b) for a, b in pairwise(ends) if b > a and forwards(0.5 * (a + b)) > 0.0]


def _fan(reach: Reach, number: int, corner: Corner) -> tuple[Array, float]:
    """Direction in which an arc about a corner begins, and its turn; nothing if not negative."""
    boundary = reach.boundary
    arriving, leaving = boundary.edges[number - 1].arriving, boundary.edges[number].leaving
    if corner.way is not None:
        ray = corner.ray
        faces, along = leaving - arriving, leaving + arriving  # square to each other
        onwards = ray[0] * faces[1] - ray[1] * faces[0] < 0.0
        if along @ along > faces @ faces:  # where a rounded side begins it has no other face
            onwards = bool(ray @ along > 0.0)
        first, last = (ray, corner.after) if onwards else (corner.before, ray)
        return first, angle_between(first, last)
    before, after = number - 1 in reach.grown, number in reach.grown
    first = _left(arriving) if before else corner.before
    turn = boundary.turn(number)
    if before != after:
        turn -= 0.5 * math.pi
        bend = angle_between(leaving, corner.after) + angle_between(corner.before, -arriving)
        turn += bend  # of a rounded side beside it, as far as the arc reaches
    at_end = number in (1, len(boundary.edges) - 1) or corner.place[0] <= boundary.slack
    if at_end and abs(turn) < ON_AXIS:
        turn = 0.0
    return first, turn


def _arcs(corner: Corner, first: Array, turn: float) -> list[Edge]:
    begin = math.atan2(float(first[1]), float(first[0]))
    centre = (float(corner.place[0]), float(corner.place[1]))
    arc = Arc(centre, corner.radius, begin, begin + turn)
    parts = math.ceil(-turn / MOST_TURN)
    angles = np.linspace(begin, begin + turn, parts + 1).tolist()
    return [Edge(arc, a, b) for a, b in pairwise(angles)]


def _left(vector: Array) -> Array:
    return np.array([-vector[1], vector[0]])
