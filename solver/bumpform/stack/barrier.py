"""The diffusion barrier: layers grown on the exposed solder, met with the wall beside it.

A conformal layer's top is the parallel curve of the solder's surface; where the solder
ends on a wall that falls away from it, an arc about its end fills up to the wall. The
place where the top meets the wall (or, past the wall's rim, its continuation: along a
straight wall, straight up over a curved one) is the juncture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from bumpform.errors import ProcessError
from bumpform.stack.curve import Arc, Array, Curve, Line, ParallelCurve, PolynomialCurve
from bumpform.stack.profile import Edge, root
from bumpform.stack.root import find_root
from bumpform.stack.stack import Region, Stack, line


@dataclass(frozen=True)
class Juncture:
    """Where a barrier's top meets the wall.

    Attributes
    ----------
    r_m, z_m : float, m
    along : float
        Fraction of the wall piece where it lies; above 1 on its continuation.
    """

    r_m: float
    z_m: float
    along: float


@dataclass(frozen=True, eq=False)
class Wall:
    """The piece of solid beside the solder, and its continuation past its outer end.

    Attributes
    ----------
    edge : Edge
        From the solder's end (along = 0) to the rim (along = 1).
    """

    edge: Edge

    @cached_property
    def direction(self) -> Array:
        """Of the continuation, its length that of ``along`` = 1, shape (2,), m."""
        if self.edge.is_straight:
            return self.edge.derivative(0.0)
        return np.array([0.0, float(np.hypot(*(self.edge.point(1.0) - self.edge.point(0.0))))])

    def point(self, along: float) -> Array:
        """Place on the wall or its continuation, shape (2,), m."""
        if along <= 1.0:
            return self.edge.point(along)
        return self.edge.point(1.0) + (along - 1.0) * self.direction

    def depth(self, point: Array) -> float:
        """How far a point lies inside the solid behind the wall, m; negative in front of it."""
        if self.edge.is_straight:
            along, tangent = 0.0, self.direction
        else:
            along = self.along(point)
            tangent = self.direction if along > 1.0 else self.edge.derivative(along)
        gap = point - self.point(along)
        return float(gap[0] * tangent[1] - gap[1] * tangent[0]) / float(np.hypot(*tangent))

    def depths(self, points: Array) -> Array:
        """The same of several points, shape (n, 2)."""
        if not self.edge.is_straight:
            return np.array([self.depth(point) for point in points])
        gap, tangent = points - self.point(0.0), self.direction
        found: Array = (gap @ (tangent[1], -tangent[0])) / np.hypot(*tangent)
        return found

    def along(self, point: Array) -> float:
        """Where the foot of a point lies: fraction of the piece, above 1 past its end."""
        d = self.direction
        if self.edge.is_straight:
            origin = self.edge.point(0.0)
        else:
            origin = self.edge.point(1.0) - d
            past = float((point - origin) @ d / (d @ d))
            near = self.edge.nearest(point)
            if past < 1.0 or near < 1.0 - 1e-9:
                return near
        along = float((point - origin) @ d / (d @ d))
        return 1.0 if abs(along - 1.0) < 1e-12 else along

    def at_height(self, height: float) -> float:
        """Where the wall first reaches a height.

        Raises
        ------
        ProcessError
            If it lies level.
        """
        start, end = self.edge.point(0.0), self.edge.point(1.0)
        if not self.edge.is_straight and height <= end[1]:
            return self.edge.crossings(1, height)[0]
        if abs(self.direction[1]) < 1e-12 * abs(self.direction[0]):
            raise ProcessError("barrier: planar growth needs a wall around the solder")
        if self.edge.is_straight:
            return float((height - start[1]) / self.direction[1])
        return 1.0 + float((height - end[1]) / self.direction[1])

    def at_distance(self, distance: float) -> float:
        """Where the wall first is at a distance from the solder's end."""
        centre = self.edge.point(0.0)

        def gap(along: float) -> float:
            return float(np.hypot(*(self.point(along) - centre))) - distance

        if self.edge.is_straight:
            return distance / float(np.hypot(*self.direction))
        u = self.edge.fractions(16)
        places = [*u.tolist(), 1.0 + 2.0 * distance / float(np.hypot(*self.direction))]
        for a, b in pairwise(places):
            if gap(b) >= 0.0:
                return find_root(gap, a, b)
        return places[-1]

    def is_closed_by(self, beyond: Edge) -> bool:
        """Whether the next piece of solid stands in the way of the continuation."""
        d, e = self.direction, beyond.derivative(0.0)
        return bool(d[0] * e[1] - d[1] * e[0] > -1e-9 * np.hypot(*d) * np.hypot(*e))


@dataclass(frozen=True)
class Layer:
    """One layer to grow: name of its region, material, thickness in m."""

    name: str
    material: str
    thickness: float


def grow(
    stack: Stack, layers: tuple[Layer, ...], *, growth: str = "conformal"
) -> tuple[Stack, Juncture]:
    """Grow layers, one on the other, on the exposed solder about the axis.

    Parameters
    ----------
    stack : Stack
    layers : tuple of Layer
        From the solder outwards: the barrier, then its finish.
    growth : "conformal" or "planar"
        Parallel to the surface, or level: at its thickness above the surface's highest point.

    Returns
    -------
    Stack
        With a region for each layer.
    Juncture
        Of the last layer's top with the wall.

    Raises
    ------
    ProcessError
        If no solder is exposed at the axis, a layer is thicker than a hollow's radius of
        curvature, or all are thicker than the model is wide.
    """
    profile = stack.profile
    kinds = {r.name: r.kind for r in stack.regions}
    exposed = [kinds[piece.region] == "solder" for piece in profile.pieces]
    if not exposed[0]:
        raise ProcessError(
            f"barrier: no solder is exposed at the axis ({profile.pieces[0].region} is): "
            "deposit and reflow a solder first"
        )
    count = exposed.index(False) if False in exposed else len(exposed)
    coated = profile.pieces[:count]
    if count == len(exposed):
        raise ProcessError("barrier: the solder reaches the model's outer radius")
    wall = Wall(profile.pieces[count])
    beyond = profile.pieces[count + 1] if count + 1 < len(profile) else None
    lower, along = coated, 0.0
    total = 0.0
    for layer in layers:
        total += layer.thickness
        if total > stack.outer:
            raise ProcessError(
                f"barrier: with {layer.name} it is {total:.6g} m thick, more than the model's "
                f"outer radius {stack.outer:.6g} m: make it thinner"
            )
        upper, juncture = _top(coated, wall, total, growth)
        if juncture.along > 1.0 and beyond is not None and wall.is_closed_by(beyond):
            raise ProcessError(
                f"barrier: {layer.name} rises past the end of {wall.edge.feature}, where "
                f"{beyond.feature} is in its way, which is not modelled: make it thinner"
            )
        stack = _add(stack, layer, lower, upper, wall, along, juncture)
        lower, along = upper, juncture.along
    return stack, juncture


def _add(
    stack: Stack,
    layer: Layer,
    lower: tuple[Edge, ...],
    upper: tuple[Edge, ...],
    wall: Wall,
    along: float,
    juncture: Juncture,
) -> Stack:
    """One layer between two chains, from ``along`` the wall to its juncture."""
    flank: list[Edge] = []
    if along < 1.0:
        flank.append(replace(wall.edge.part(along, min(juncture.along, 1.0)), feature=""))
    if juncture.along > 1.0:
        free = line(wall.point(max(along, 1.0)), (juncture.r_m, juncture.z_m))
        flank.append(Edge(free, 0.0, 1.0, f"{layer.name} side"))
    axis_low, axis_high = lower[0].point(0.0), upper[0].point(0.0)
    loop = (
        *(replace(e, feature="") for e in lower),
        *flank,
        *(replace(e.reversed(), feature=layer.name) for e in reversed(upper)),
        Edge(line(axis_high, axis_low), 0.0, 1.0, "axis"),
    )
    region = Region.bounded(stack.unique_name(layer.name), layer.material, loop, "metal")
    return stack.with_region(region)


def _top(
    coated: tuple[Edge, ...], wall: Wall, distance: float, growth: str
) -> tuple[tuple[Edge, ...], Juncture]:
    """Chain of the grown surface from the axis to the wall's line, and where it ends there."""
    if growth == "planar":
        height = max(float(e.sample(32)[:, 1].max()) for e in coated) + distance
        along = wall.at_height(height)
        end = wall.point(along)
        flat = Edge(line((0.0, height), end), 0.0, 1.0)
        return (flat,), _juncture(end, along)
    chain = [_parallel(edge, distance) for edge in coated]
    return _meet_wall(chain, coated[-1], wall, distance)


def _meet_wall(
    chain: list[Edge], last: Edge, wall: Wall, distance: float
) -> tuple[tuple[Edge, ...], Juncture]:
    tip = chain[-1].point(1.0)
    scale = 1e-14 * float(np.hypot(*wall.direction))
    if wall.depth(tip) < -scale:  # the wall falls away from the top: fill with an arc
        centre = last.point(1.0)
        first = math.atan2(*(tip - centre)[::-1])
        final = math.atan2(*(wall.point(wall.at_distance(distance)) - centre)[::-1])
        if final - first > math.pi:
            final -= 2 * math.pi
        elif first - final > math.pi:
            final += 2 * math.pi
        arc = Arc((float(centre[0]), float(centre[1])), distance, first, final)
        chain.append(Edge(arc, first, final))
    elif wall.depth(tip) > scale:
        for number in range(len(chain) - 1, -1, -1):
            edge = chain[number]
            u = edge.fractions()
            inside = wall.depths(edge.point(u))
            before = np.flatnonzero(inside[:-1] * inside[1:] <= 0.0)
            if len(before):
                i = int(before[-1])
                low, high = float(u[i]), float(u[i + 1])
                cut = find_root(lambda x, e=edge: wall.depth(e.point(x)), low, high)  # type: ignore[misc]
                chain = [*chain[:number], edge.part(0.0, cut)]
                break
        else:
            raise ProcessError("barrier: its top does not meet the wall beside the solder")
    end = chain[-1].point(1.0)
    return tuple(chain), _juncture(end, wall.along(end))


def _juncture(point: Array, along: float) -> Juncture:
    flush = abs(along - 1.0) < 1e-12  # with the wall's end, but for rounding
    return Juncture(float(point[0]), float(point[1]), 1.0 if flush else along)


def _parallel(edge: Edge, distance: float) -> Edge:
    """The edge moved outwards (to the left of its direction)."""
    curve = edge.curve
    sign = 1.0 if edge.last > edge.first else -1.0
    if isinstance(curve, Line):
        d = edge.derivative(0.0)
        step = distance * np.array([-d[1], d[0]]) / np.hypot(*d)
        return Edge(line(edge.point(0.0) + step, edge.point(1.0) + step), 0.0, 1.0)
    moved: Curve
    if isinstance(curve, PolynomialCurve):
        moved = ParallelCurve(curve, sign * distance)
    elif isinstance(curve, Arc):
        # anticlockwise, the left is towards the centre
        moved = replace(curve, radius=curve.radius - sign * distance)
    else:
        raise ProcessError("barrier: the exposed solder is not a solved or a cut surface")
    result = Edge(moved, edge.first, edge.last)
    u = edge.fractions()
    if np.any(np.sum(edge.derivative(u) * result.derivative(u), axis=-1) <= 0.0):
        raise ProcessError(
            f"barrier: {distance:.6g} m is thicker than the radius of curvature of the hollow "
            "that it grows in"
        )
    return result


def distance_to_surface(point: tuple[float, float], pieces: tuple[Edge, ...]) -> float:
    """Shortest distance of a point from a chain of edges, m.

    The parallel curve at this distance passes through the point: the flush thickness,
    when the point is the opening's rim and the chain is the dome.
    """
    best = math.inf
    for edge in pieces:
        u = edge.fractions(16)
        gap = edge.point(u) - np.array(point)
        slope = np.sum(gap * edge.derivative(u), axis=-1)
        best = min(best, float(np.hypot(gap[0, 0], gap[0, 1])), float(np.hypot(*gap[-1])))

        def foot(x: float, e: Edge = edge) -> float:
            return float((e.point(x) - np.array(point)) @ e.derivative(x))

        for i in np.flatnonzero((slope[:-1] <= 0.0) & (slope[1:] > 0.0)):
            x = root(foot, float(u[i]), float(u[i + 1]))
            best = min(best, float(np.hypot(*(edge.point(x) - np.array(point)))))
    return best
