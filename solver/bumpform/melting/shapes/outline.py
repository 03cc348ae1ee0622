"""The first shape of a melt: the outline of what melts, its edges rounded."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import shapely

from bumpform.errors import ConvergenceError, ProcessError
from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Station
from bumpform.melting.shapes.edges import over_edges
from bumpform.melting.shapes.free_curve import Sizes, chords, redistributed
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.touch import entered
from bumpform.melting.shapes.wall import Wall
from bumpform.process.reflows.bodies import in_words
from bumpform.stack.stack import Stack

#: How far from an edge of the outline its rounding begins, in units of L, and at most as a part of
#: the pieces beside it.
ROUND, SHARE = 0.15, 0.4
#: Turn between two pieces from which on there is an edge, rad.
EDGE = 0.05
#: Fewest points along an edge that is the whole surface: a spline takes four.
FEWEST = 5
#: A liquid that stands on less than this radius, or meets solid about the axis in less, is given so
#: much of a foot, in units of L.
FOOT = 0.12
#: Angle in the liquid from which on it is given one, too, rad: a ball that rests on a rim.
OVERHANG = 2.8
#: Liquid along solid thinner than this, in units of L, and so many times as long, is a skin, but
#: for a wedge: what thickens from its line on by less than this angle, rad.
SKIN, LONG, WEDGE = 0.1, 2.0, math.radians(60.0)
#: Part of the deposit that a skin holds at most.
LITTLE = 0.1
#: An outline this much larger than the metal is drawn in: a paste's.
SLACK = 1.01
#: Length of an outline that is followed at most, in units of L.
LONGEST = 100.0
#: How far from its lines a paste that sinks keeps its place, in units of L.
KEPT = 0.1


def first_shape(
    edges: list[Edge],
    touch: tuple[Station, Station | None],
    wall: Wall,
    sizes: Sizes,
    volume: float,
) -> Shape:
    """The outline of a deposit, a paste's at the volume of its metal.

    Parameters
    ----------
    edges, touch, wall
        As ``put_down``.
    sizes : Sizes
    volume : float
        Of the liquid, per 2π and L³.

    Raises
    ------
    ProcessError
        If its surface is not one.
    """
    shape = put_down(edges, touch, wall)
    if shape.volume > SLACK * volume:
        shape = _settled(shape, volume)
    return fitted(shape, sizes, volume)


def put_down(
    edges: list[Edge],
    touch: tuple[Station, Station | None],
    wall: Wall,
    rounding: float = ROUND,
) -> Shape:
    """The outline of a deposit as it is put down, its edges rounded.

    Parameters
    ----------
    edges : list of Edge
        Its free surface, axis outwards.
    touch : pair of Station, the second or None
        Where it ends on the wall: the outer end, and the inner one of a ring.
    wall : Wall
        What stays solid.
    rounding : float
        How far from an edge its rounding begins at most, in units of L.

    Raises
    ------
    ProcessError
        If its surface is not one.
    """
    start, inner = touch
    long = sum(edge.length() for edge in edges) / wall.length
    if long > LONGEST:
        raise ProcessError(
            f"the deposit's outline is {long:.3g} times as long as the cube root of its volume, "
            f"more than {LONGEST:g}: so thin a needle is not followed"
        )
    points = rounded([e.reversed() for e in reversed(edges)], wall.length, rounding)
    line = Line("outer", wall, start, wall.is_vertex(start))
    if inner is not None:
        end = Line("inner", wall, inner, wall.is_vertex(inner))
        return Shape(odd(points), line, end)
    points[-1, 0] = 0.0
    shape = _without_skin(Shape(points, line))
    line, points = shape.start, shape.nodes
    r = float(points[0, 0])
    beside = line.at.piece + (1 if line.held else 0)
    if r < FOOT or OVERHANG < shape.angle(line, beside) < 1.5 * math.pi:
        shape = _with_foot(shape)
    return replace(shape, nodes=odd(shape.nodes))


def _without_skin(shape: Shape) -> Shape:
    """Without what runs along solid from the line on, too thin for the mesh: with the line there.

    A print a little wider than a proud land has such a skin down its side. The wedge in which a
    frozen drop ends is none: it melts from there. Nor is what holds a good part of the liquid.
    """
    line, points = shape.start, shape.nodes
    if shape.angle(line) < WEDGE:
        return shape
    outline = shapely.LineString(line.wall.outline)
    beyond = shapely.distance(shapely.points(points), outline) > SKIN
    k = int(np.argmax(beyond))
    if not beyond.any() or chords(points[: k + 1])[-1] < LONG * SKIN:
        return shape
    wall, place = line.wall, points[k]
    at = wall.profile.locate(place * wall.length)
    vertex = Station(at.piece - 1, 1.0) if at.u == 0.0 and at.piece > 0 else at
    foot = Line(line.end, wall, vertex, wall.is_vertex(vertex))
    without = Shape(odd(np.vstack([foot.place(), points[k:]])), foot)
    kept = without.volume / replace(shape, nodes=odd(points)).volume
    return without if kept > 1.0 - LITTLE else shape


def left_out(shape: Shape, touch: Station) -> tuple[str, ...]:
    """What a deposit that ends there has beyond its first shape, in words, if anything."""
    line, wall = shape.start, shape.start.wall
    if not line.at < touch:
        return ()
    side = wall.profile.pieces[line.at.piece + (1 if line.held else 0)].feature
    thin, r = 1e6 * SKIN * wall.length, 1e6 * wall.length * float(line.place()[0])
    return (
        f"what runs along the {side}, thinner than {thin:.3g} µm, is left out: the {line.end} line "
        f"begins at r = {r:.4g} µm",
    )


def fitted(shape: Shape, sizes: Sizes, volume: float) -> Shape:
    """A shape of fine points with nodes anew, and its volume."""
    shape = replace(shape, nodes=odd(shape.nodes))
    nodes = redistributed(shape.nodes, sizes, on_axis=shape.on_axis)
    return replace(shape, nodes=nodes).filled(volume)


def free_edges(stack: Stack, melted: tuple[str, ...]) -> list[Edge]:
    """The free surface of what melts, axis outwards.

    Raises
    ------
    ProcessError
        If solid parts it.
    """
    pieces = stack.profile.pieces
    shown = [i for i, piece in enumerate(pieces) if piece.region in melted]
    if not shown or shown[-1] - shown[0] + 1 != len(shown):
        raise ProcessError(
            f"the surface of {in_words(melted)} is in several parts, with solid between them: how "
            "such a melt begins is not followed"
        )
    return list(pieces[shown[0] : shown[-1] + 1])


def rounded(edges: list[Edge], length: float, rounding: float = ROUND) -> Array:
    """Points along a chain of edges, its corners rounded by parabolas, shape (n, 2), scaled."""
    sizes = [edge.length() / length for edge in edges]
    reach = [0.0]
    for (a, b), (s, t) in zip(pairwise(edges), pairwise(sizes), strict=True):
        p, q = a.tangent(1.0), b.tangent(0.0)
        turn = abs(np.arctan2(p[0] * q[1] - p[1] * q[0], p @ q))
        reach.append(min(rounding, SHARE * s, SHARE * t) if turn > EDGE else 0.0)
    reach.append(0.0)
    parts = []
    least = FEWEST if len(edges) == 1 else 3
    for k, (edge, extent) in enumerate(zip(edges, sizes, strict=True)):
        u, along = _by_length(edge, length)
        first, last = reach[k], extent - reach[k + 1]
        at = np.linspace(first, last, max(least, int((last - first) / 0.01)))
        points = edge.point(np.interp(at, along * (extent / along[-1]), u)) / length
        parts.append(points)
    found = [parts[0]]
    for k, (before, after) in enumerate(pairwise(parts)):
        if reach[k + 1] > 0.0:
            corner = edges[k].point(1.0) / length
            x = np.linspace(0.0, 1.0, 17)[1:-1, None]
            found.append((1 - x) ** 2 * before[-1] + 2 * x * (1 - x) * corner + x**2 * after[0])
            found.append(after)
        else:
            found.append(after[1:])
    return np.vstack(found)


def odd(points: Array) -> Array:
    """The points as nodes of quadratic elements: with one more if need be."""
    if len(points) % 2:
        return points
    return np.vstack([points[:1], 0.5 * (points[:1] + points[1:2]), points[1:]])


def _settled(shape: Shape, volume: float) -> Shape:
    """The outline of a paste at the volume of its metal, about its contact lines.

    It is drawn in evenly; where that would leave the solid bare, it sinks onto what is below it,
    or shrinks towards the solid that is nearest; in an opening that overhangs it it sinks level.
    """
    fine = shapely.get_coordinates(shapely.segmentize(shapely.LineString(shape.nodes), 0.02))
    fine = odd(fine)
    ways: list[tuple[Callable[[float], Shape | None], float]] = [
        (lambda by: _drawn_in(shape, by), float(shape.nodes.max()))
    ]
    for foot in (_below, _nearest):
        feet = foot(fine, shape.start.wall.outline)
        ways.append((partial(_shrunk, shape, fine, feet), 1.0))
    if shape.on_axis:
        ways.append((partial(_level, shape), 1.0))
    for way, most in ways:
        low, high = 0.0, most
        for _ in range(40):
            middle = 0.5 * (low + high)
            found = way(middle)
            more = found is not None and found.volume > volume
            low, high = (middle, high) if more else (low, middle)
        found = way(low)
        try:
            full = None if found is None else found.filled(volume)
        except ConvergenceError:
            continue
        if full is not None and shapely.LineString(full.nodes).is_simple:
            wall = shape.start.wall
            if (
                not len(entered(full, wall))
                and min(over_edges(full, wall).values(), default=1.0) > 0.0
            ):
                return full
    raise ProcessError(
        "the outline of the paste cannot be drawn in to the volume of its metal: how such a "
        "melt begins is not followed"
    )


def _shrunk(shape: Shape, nodes: Array, feet: Array, by: float) -> Shape:
    """The outline with its nodes this part of the way nearer to their feet, but at its lines."""
    s = chords(nodes)
    away = s if shape.on_axis else np.minimum(s, s[-1] - s)
    part = -by * np.expm1(-away / KEPT)
    near = np.exp(-(((s[:, None] - s) / KEPT) ** 2))  # a step of the solid is a slope of it
    own = feet - nodes
    smooth = near @ own / near.sum(axis=1)[:, None]
    ways = np.where((np.hypot(*own.T) < np.hypot(*smooth.T))[:, None], own, smooth)
    moved = nodes + part[:, None] * ways
    if shape.on_axis:
        moved[-1] = 0.0, moved[-2, 1]  # level there, wherever its own foot has been found
    return replace(shape, nodes=moved)


def _level(shape: Shape, by: float) -> Shape | None:
    """A level surface this part of the way from the line down to the lowest solid inside of it."""
    line, wall = shape.start, shape.start.wall
    high = float(line.place()[1])
    inside = [wall.point(stop)[1] for stop in wall.stops(wall.profile.start, line.at)]
    low = min(map(float, inside))
    z = (high + by * (low - high) - wall.lift) * wall.length
    met = [at for at in wall.profile.crossings(1, z) if at <= line.at]
    if not met:
        return None
    start = Line(line.end, wall, max(met), wall.is_vertex(max(met)))
    place = start.place()
    return Shape(np.linspace(place, [0.0, place[1]], 41), start)


def _below(nodes: Array, outline: Array) -> Array:
    """The solid that is straight below nodes; where there is none, they themselves."""
    deep = float(outline[:, 1].min()) - 1.0
    rays = shapely.linestrings([[p - [0.0, 1e-6], [p[0], deep]] for p in nodes])
    feet = nodes.copy()
    for k, hit in enumerate(shapely.intersection(rays, shapely.LineString(outline))):
        if not hit.is_empty:
            feet[k, 1] = hit.bounds[3]
    return feet


def _nearest(nodes: Array, outline: Array) -> Array:
    """The solid that is nearest to nodes."""
    line = shapely.LineString(outline)
    at = shapely.line_locate_point(line, shapely.points(nodes))
    return shapely.get_coordinates(shapely.line_interpolate_point(line, at))


def _drawn_in(shape: Shape, by: float) -> Shape | None:
    """The outline a distance further in, its corners rounded; None if nothing is left of it."""
    points = shape.nodes
    whole = np.vstack([points, points[-2::-1] * [-1.0, 1.0]]) if shape.on_axis else points
    inside = shapely.LineString(whole).simplify(1e-6)  # what is level but for round-off falls apart
    for way in (by + ROUND, -ROUND):
        if inside.geom_type == "LineString" and not inside.is_empty:
            inside = inside.offset_curve(way)
    if inside.is_empty or inside.geom_type != "LineString":
        return None
    kept = np.array(shapely.segmentize(inside, 0.02).coords)
    if shape.on_axis:
        top = int(np.argmax(kept[:, 0] <= 0.0))
        if kept[0, 0] <= 0.0 or kept[top, 0] > 0.0:
            return None
        kept = kept[: top + 1]
        a, b = kept[-2:]
        kept[-1] = 0.0, a[1] + (b[1] - a[1]) * a[0] / (a[0] - b[0])
    away = np.hypot(*(kept - points[0]).T) > 2.0 * by
    if not shape.on_axis:
        away &= np.hypot(*(kept - points[-1]).T) > 2.0 * by
    if not away.any():
        return None
    kept = kept[np.flatnonzero(away)[0] : np.flatnonzero(away)[-1] + 1]
    parts = [np.linspace(points[0], kept[0], 12)[:-1], kept]
    if not shape.on_axis:
        parts.append(np.linspace(kept[-1], points[-1], 12)[1:])
    chain = shapely.LineString(np.vstack(parts))
    count = 2 * max(8, int(chain.length / 0.02)) + 1
    at = np.linspace(0.0, 1.0, count)
    even = shapely.get_coordinates(chain.interpolate(at, normalized=True))
    even[0] = points[0]
    even[-1] = (0.0, even[-1, 1]) if shape.on_axis else points[-1]
    return replace(shape, nodes=even)


def _by_length(edge: Edge, length: float) -> tuple[Array, Array]:
    u = np.linspace(0.0, 1.0, 2 if edge.is_straight else 400)
    points = edge.point(u) / length
    return u, np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


def _with_foot(shape: Shape) -> Shape:
    """With the contact line moved outwards, where a deposit stands on next to nothing."""
    line, points = shape.start, shape.nodes
    wall, at = line.wall, line.at
    if at.u == 1.0 and at.piece + 1 < len(wall.profile):
        at = Station(at.piece + 1, 0.0)
    left = FOOT
    while left > 0.0:
        beyond = wall.size(at.piece) * (1.0 - at.u)
        if left < beyond or at.piece + 1 == len(wall.profile):
            at = wall.moved(at, left)
            break
        left -= beyond
        at = Station(at.piece + 1, 0.0)
    foot = Line(line.end, wall, at)
    place = foot.place()
    away = np.hypot(*(points - points[0]).T)
    kept = points[int(np.argmax(away > 2.0 * FOOT)) :]
    bridge = np.linspace(place, kept[0], 12)[:-1]
    return Shape(np.vstack([bridge, kept]), foot)
