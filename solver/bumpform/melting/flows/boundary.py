"""The boundary of the liquid as a polygon of sides, with what every node of it belongs to."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bumpform.errors import MeshError
from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.flows.weak_forms import BESIDE, FREE, ROOF, WALL
from bumpform.melting.shapes.free_curve import GRADE, Numbers, Sizes, chords
from bumpform.melting.shapes.shape import Shape
from bumpform.melting.shapes.wall import LEVEL, Wall, spaced, wetted_pieces
from bumpform.surface.drop.corner import SMOOTH

#: A corner of the solid nearer to a contact line than this part of the elements there is cut off.
CUT = 0.2
#: Width at which a narrow corner is cut off, relative to the longest element.
TIP = 0.25
#: Sides of the free surface nearer to a contact line than this are beside it, in units of L.
NEAR_LINE = 0.15
#: Tag of sides on the axis, or at the end of the mesh short of it.
AXIS = 0
#: Samples on which sizes along a piece of solid are worked out.
SAMPLES = 60


@dataclass(frozen=True)
class WallNode:
    """Where a node on solid is, and the way that it may move.

    Attributes
    ----------
    wall : Wall
    at : Station or None
        None at the middle of a side that cuts a corner off.
    way : tuple of float or None
        Unit tangent; None where it stays: in a corner.
    """

    wall: Wall
    at: Station | None
    way: tuple[float, float] | None


@dataclass(frozen=True)
class Inner:
    """What is between the floor and a body above it inside of the mesh, too narrow for elements.

    Attributes
    ----------
    radius : float
        Up to which it reaches.
    gap, top : float
        Height of the mesh's side there, and of its upper end. Without a gap the body lies there.
    side : int
        Number of that side.
    """

    radius: float
    gap: float
    top: float
    side: int

    @property
    def lies(self) -> bool:
        """Whether the body lies on the floor."""
        return self.gap <= LEVEL

    @property
    def area(self) -> float:
        """Seen from above, per 2π."""
        return 0.5 * self.radius**2

    @property
    def pumps(self) -> float:
        """Speed in the middle of the side outwards as the body rises at 1: liquid is drawn in."""
        return 0.0 if self.lies else -1.5 * self.area / (self.radius * self.gap)


@dataclass(frozen=True, eq=False)
class Boundary:
    """Corners of the boundary, counter-clockwise, and the middle of the side after each.

    Attributes
    ----------
    corners, middles : ndarray, shape (n, 2)
    tags : ndarray, shape (n,)
        Of the side after each corner: FREE, BESIDE, WALL, ROOF or AXIS.
    free : ndarray
        Numbers of the corners on the free curve, from its first end to its last.
    on_corners, on_middles : dict of number to WallNode
        Those on solid, but the contact lines.
    inner : Inner or None
    """

    corners: Array
    middles: Array
    tags: Numbers
    free: Numbers
    on_corners: dict[int, WallNode]
    on_middles: dict[int, WallNode]
    inner: Inner | None = None


def boundary(shape: Shape, floor: Wall, sizes: Sizes) -> Boundary:
    """The polygon of a shape over what carries it.

    Raises
    ------
    MeshError
        If it has no room.
    """
    made = _Chain()
    end = shape.end
    if end is None:
        made.wall(floor, floor.profile.start, shape.start.at, sizes, WALL, line_first=False)
        made.curve(shape.nodes, on_axis=shape.on_axis)
        made.axis(shape.nodes[-1], floor.point(floor.profile.start), sizes)
        return made.closed(ring=False)
    if end.end == "inner":
        made.wall(floor, end.at, shape.start.at, sizes, WALL, line_first=True)
        made.curve(shape.nodes, on_axis=shape.on_axis)
        return made.closed(ring=True)
    roof = end.wall
    low, high = narrow(floor, roof, TIP * sizes.most)
    made.wall(floor, low, shape.start.at, sizes, WALL, line_first=False)
    made.curve(shape.nodes, on_axis=shape.on_axis)
    made.wall(roof, end.at, high, sizes, ROOF, line_first=True)
    on_axis = low == floor.profile.start
    number = made.across(roof, high, floor, low, sizes, on_axis=on_axis)
    edge = made.closed(ring=False)
    if on_axis:
        return edge
    (r, z), top = floor.point(low).tolist(), float(roof.point(high)[1])
    return replace(edge, inner=Inner(r, top - z, top, number))


def narrow(floor: Wall, roof: Wall, width: float) -> tuple[Station, Station]:
    """Places on a floor and on a body above it from which on they are further apart than this.

    On the axis, unless they come closer there: as where the body lies on a core; where the body's
    side rises before they are so far apart, at the foot of that. Where both are level there, the
    end of that if the body lies on the floor, else the axis: a film is between.
    """
    low, high = floor.profile.start, roof.profile.start
    gap = float(roof.point(high)[1] - floor.point(low)[1])
    if gap >= width:
        return low, high
    level = min(floor.level, roof.level)
    if level > 0.0:
        return (low, high) if gap > LEVEL else (floor.on_level(level), roof.on_level(level))
    gap, step = 0.0, 0.25 * width
    while gap < width:
        low, before = floor.moved(low, step), high
        r, z = floor.point(low)
        above = roof.profile.crossings(0, float(r) * roof.length)
        if low.u >= 1.0 or not above:
            raise MeshError("the liquid has no room between what it joins")
        high = above[0]
        gap = float(roof.point(high)[1] - z)
        if gap >= width and high.piece > before.piece + 1:
            high = Station(before.piece, 1.0)
            r = float(roof.point(high)[0])
            below = floor.profile.crossings(0, r * floor.length)
            low = min(below, key=lambda at: abs(floor.distance(at, low)))
            break
    return low, high


class _Chain:
    """Sides, one after the other."""

    def __init__(self) -> None:
        self._corners: list[Array] = []
        self._middles: list[Array] = []
        self._tags: list[int] = []
        self._free: tuple[int, int] = (0, 0)
        self._on_corners: dict[int, WallNode] = {}
        self._on_middles: dict[int, WallNode] = {}

    def wall(
        self, wall: Wall, a: Station, b: Station, sizes: Sizes, tag: int, *, line_first: bool
    ) -> None:
        """Sides along solid from a place to another; contact lines are at the last, or the first.

        Either of both is one; the end that is none may be on the axis.
        """
        forwards = a <= b
        inner, outer = (a, b) if forwards else (b, a)
        at_lines = (line_first, not line_first or tag == WALL)
        stops = _stations(wall, inner, outer, sizes, at_lines if forwards else at_lines[::-1])
        if not forwards:
            stops = [part[::-1] for part in stops[::-1]]
        for k, part in enumerate(stops):
            for j, (s, t) in enumerate(pairwise(part)):
                begins = k == 0 and j == 0
                number = len(self._corners)
                self._corners.append(wall.point(s))
                if not (begins and line_first):
                    joint = j == 0 and k > 0
                    self._on_corners[number] = WallNode(wall, s, _way(wall, s, fixed=joint))
                self._side(wall, s, t, tag)
            if k + 1 < len(stops) and stops[k + 1][0] != part[-1]:  # across a narrow corner
                number = len(self._corners)
                self._corners.append(wall.point(part[-1]))
                self._on_corners[number] = WallNode(wall, part[-1], None)
                self._middles.append(0.5 * (wall.point(part[-1]) + wall.point(stops[k + 1][0])))
                self._on_middles[number] = WallNode(wall, None, None)
                self._tags.append(tag)

    def _side(self, wall: Wall, s: Station, t: Station, tag: int) -> None:
        number = len(self._middles)
        low, high = (s, t) if s <= t else (t, s)
        pieces = wetted_pieces(wall, low, high)
        pieces = [p for p in pieces if wall.distance(Station(p[0], p[1]), Station(p[0], p[2])) > 0]
        if len(pieces) == 1:
            piece, u0, u1 = pieces[0]
            at = Station(piece, 0.5 * (u0 + u1))
            self._middles.append(wall.point(at))
            self._on_middles[number] = WallNode(wall, at, _way(wall, at, fixed=False))
        else:  # it cuts a corner off
            a, b = wall.point(s), wall.point(t)
            self._middles.append(0.5 * (a + b))
            d = (b - a) / np.hypot(*(b - a))
            self._on_middles[number] = WallNode(wall, None, (float(d[0]), float(d[1])))
        self._tags.append(tag)

    def curve(self, nodes: Array, *, on_axis: bool) -> None:
        """Sides along the free curve; its last node begins what comes next."""
        start = len(self._corners)
        self._corners += list(nodes[:-1:2])
        self._middles += list(nodes[1::2])
        places = chords(nodes)
        away = places[1::2] if on_axis else np.minimum(places, places[-1] - places)[1::2]
        self._tags += np.where(away < NEAR_LINE, BESIDE, FREE).tolist()
        self._free = (start, start + len(nodes) // 2)

    def axis(self, high: Array, low: Array, sizes: Sizes) -> None:
        """Sides down the axis."""
        length = float(high[1] - low[1])
        if length <= 0.0:
            raise MeshError("the liquid has no depth on the axis")
        before = self._corners[-1]
        beside = float(np.hypot(*(high - before)))
        t = np.linspace(0.0, length, SAMPLES)
        size = np.minimum(sizes.most, min(beside, sizes.most) + GRADE * t)
        foot = min(sizes.most, length, float(np.hypot(*(self._corners[1] - self._corners[0]))))
        size = np.minimum(size, foot + GRADE * (length - t))
        places = high[1] - spaced(t, size)
        for z0, z1 in pairwise(places.tolist()):
            self._corners.append(np.array([0.0, z0]))
            self._middles.append(np.array([0.0, 0.5 * (z0 + z1)]))
            self._tags.append(AXIS)

    def across(
        self, roof: Wall, high: Station, floor: Wall, low: Station, sizes: Sizes, *, on_axis: bool
    ) -> int:
        """Sides from a body above down to the floor: on the axis, or at the end of the mesh.

        None where they meet. Returns the number of the first.
        """
        number, a, b = len(self._corners), roof.point(high), floor.point(low)
        if on_axis:
            self.axis(a, b, sizes)
        elif b[1] > a[1] - LEVEL:  # the body lies on the floor up to here
            self._on_corners[0] = WallNode(floor, low, None)
            return number
        else:
            self._corners.append(a)
            self._middles.append(0.5 * (a + b))
            self._tags.append(AXIS)  # what goes through it is no leak
            self._on_middles[number] = WallNode(floor, None, None)
            self._on_corners[0] = WallNode(floor, low, None)
        self._on_corners[number] = WallNode(roof, high, None)
        return number

    def closed(self, *, ring: bool) -> Boundary:
        """The boundary, closed."""
        start, end = self._free
        free = np.arange(start, end + 1)
        if ring:
            free[-1] = 0
        corners = np.array(self._corners)
        nodes = dict(self._on_corners)
        nodes.pop(int(free[0]), None)
        nodes.pop(int(free[-1]), None)
        return Boundary(
            corners, np.array(self._middles), np.array(self._tags), free, nodes, self._on_middles
        )


def _way(wall: Wall, at: Station, *, fixed: bool) -> tuple[float, float] | None:
    """The tangent of a node on solid; None in a corner or on the axis."""
    if wall.point(at)[0] < 1e-9:
        return None
    if fixed and at.u in (0.0, 1.0):
        vertex = at.piece if at.u == 1.0 else at.piece - 1
        if 0 <= vertex < len(wall.profile) - 1 and abs(wall.turn(vertex)) > SMOOTH:
            return None
    t = wall.tangent(at)
    return float(t[0]), float(t[1])


def _stations(
    wall: Wall, a: Station, b: Station, sizes: Sizes, at_lines: tuple[bool, bool]
) -> list[list[Station]]:
    """Places of nodes from a outwards to b: one list a smooth stretch, broken at corners."""
    cuts = wall.corner_cuts(a, b, TIP * sizes.most)
    pieces = []
    for piece, u0, u1 in wetted_pieces(wall, a, b):
        first = cuts[piece - 1][1] if u0 == 0.0 and piece - 1 in cuts else u0
        last = cuts[piece][0] if u1 == 1.0 and piece in cuts else u1
        if last > first:
            pieces.append((piece, first, last))
    lengths = [wall.distance(Station(p, u), Station(p, v)) for p, u, v in pieces]
    least = CUT * sizes.at_line
    short = [length < least for length in lengths]
    stretches: list[list[Station]] = []
    starts = np.concatenate([[0.0], np.cumsum(lengths)])
    total = float(starts[-1])
    for k, (piece, u0, u1) in enumerate(pieces):
        end = k in (0, len(pieces) - 1) and len(pieces) > 1
        is_line = (k == 0 and at_lines[0]) or (k == len(pieces) - 1 and at_lines[1])
        if short[k] and end and is_line:
            continue  # its corner is cut off: the side beside it reaches to the line
        t = np.linspace(0.0, lengths[k], SAMPLES)
        size = np.full(SAMPLES, min(sizes.most, lengths[k]))
        edge = wall.profile.pieces[piece]
        if not edge.is_straight:
            bends = [abs(wall.bend(Station(piece, float(u)))) for u in np.linspace(u0, u1, SAMPLES)]
            size = np.minimum(size, sizes.bend / np.maximum(bends, 1e-9))
        for j, length in enumerate(lengths):
            gap = max(starts[j] - starts[k + 1], starts[k] - starts[j + 1], 0.0)
            beside = min(max(length, least), sizes.most)
            size = np.minimum(size, beside + GRADE * (gap + (t if j < k else lengths[k] - t)))
        if at_lines[0]:
            size = np.minimum(size, sizes.at_line + GRADE * (starts[k] + t))
        if at_lines[1]:
            size = np.minimum(size, sizes.at_line + GRADE * (total - starts[k] - t))
        if piece in cuts and u1 == cuts[piece][0]:
            size = np.minimum(size, TIP * sizes.most + GRADE * (lengths[k] - t))
        if piece - 1 in cuts and u0 == cuts[piece - 1][1]:
            size = np.minimum(size, TIP * sizes.most + GRADE * t)
        along = spaced(t, size) / lengths[k]
        fractions = _fractions(wall, piece, u0, u1, along)
        stretches.append([Station(piece, float(u)) for u in fractions])
    if len(stretches) == 0:
        raise MeshError("the liquid wets no solid")
    if short[0] and len(pieces) > 1 and at_lines[0]:
        stretches[0][0] = a
    if short[-1] and len(pieces) > 1 and at_lines[1]:
        stretches[-1][-1] = b
    for before, after in pairwise(stretches):  # one node for both where they meet
        gap = wall.point(before[-1]) - wall.point(after[0])
        if math.hypot(*gap) < 1e-12:
            after[0] = before[-1]
    return stretches


def _fractions(wall: Wall, piece: int, u0: float, u1: float, along: Array) -> Array:
    """Fractions of a piece at shares of the length between two of them."""
    edge = wall.profile.pieces[piece]
    if edge.is_straight:
        found = u0 + along * (u1 - u0)
    else:
        u = np.linspace(u0, u1, 20 * SAMPLES)
        s = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(edge.point(u), axis=0).T))])
        found = np.interp(along * s[-1], s, u)
    found[0], found[-1] = u0, u1
    return found
