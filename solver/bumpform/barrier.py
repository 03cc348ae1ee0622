"""The diffusion barrier: layers grown on the exposed solder, met with the wall beside it.

A conformal layer's top is the parallel curve of the solder's surface; where the solder
ends on a wall that falls away from it, an arc about its end fills up to the wall. The
place where the top meets the wall (or, past the wall's rim, its continuation) is the
juncture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from bumpform.curve import Arc, Array, Curve, Line, ParallelCurve, PolynomialCurve
from bumpform.errors import ProcessError
from bumpform.profile import Edge
from bumpform.stack import Region, Stack, line


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
        If no solder is exposed at the axis, or a layer is thicker than a hollow's radius
        of curvature.
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
    wall = profile.pieces[count]
    if not wall.is_straight:
        raise ProcessError(
            f"barrier: the solder ends on a curved surface ({wall.feature}), where a barrier's end "
            "is not defined"
        )
    lower, along = coated, 0.0
    total = 0.0
    for layer in layers:
        total += layer.thickness
        upper, juncture = _top(coated, wall, total, growth)
        stack = _add(stack, layer, lower, upper, wall, along, juncture)
        lower, along = upper, juncture.along
    return stack, juncture


def _add(
    stack: Stack,
    layer: Layer,
    lower: tuple[Edge, ...],
    upper: tuple[Edge, ...],
    wall: Edge,
    along: float,
    juncture: Juncture,
) -> Stack:
    """One layer between two chains, from ``along`` the wall to its juncture."""
    flank: list[Edge] = []
    if along < 1.0:
        flank.append(replace(wall.part(along, min(juncture.along, 1.0)), feature=""))
    if juncture.along > 1.0:
        foot = wall.point(1.0) if along < 1.0 else wall.point(along)
        free = line(foot, (juncture.r_m, juncture.z_m))
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
    coated: tuple[Edge, ...], wall: Edge, distance: float, growth: str
) -> tuple[tuple[Edge, ...], Juncture]:
    """Chain of the grown surface from the axis to the wall's line, and where it ends there."""
    origin, direction = wall.point(0.0), wall.derivative(0.0)
    if growth == "planar":
        height = max(float(e.sample(32)[:, 1].max()) for e in coated) + distance
        if abs(direction[1]) < 1e-12 * abs(direction[0]):
            raise ProcessError("barrier: planar growth needs a wall around the solder")
        along = (height - origin[1]) / direction[1]
        end = origin + along * direction
        flat = Edge(line((0.0, height), end), 0.0, 1.0)
        return (flat,), _juncture(end, along)
    chain = [_parallel(edge, distance) for edge in coated]
    return _meet_wall(chain, coated[-1], wall, distance)


def _meet_wall(
    chain: list[Edge], last: Edge, wall: Edge, distance: float
) -> tuple[tuple[Edge, ...], Juncture]:
    origin, direction = wall.point(0.0), wall.derivative(0.0)
    into_solid = np.array([direction[1], -direction[0]]) / np.hypot(*direction)

    def depth(point: Array) -> float:
        return float((point - origin) @ into_solid)

    tip = chain[-1].point(1.0)
    scale = 1e-14 * float(np.hypot(*direction))
    if depth(tip) < -scale:  # the wall falls away from the top: fill with an arc
        centre = last.point(1.0)
        first = math.atan2(*(tip - centre)[::-1])
        final = math.atan2(direction[1], direction[0])
        if final - first > math.pi:
            final -= 2 * math.pi
        elif first - final > math.pi:
            final += 2 * math.pi
        arc = Arc((float(centre[0]), float(centre[1])), distance, first, final)
        chain.append(Edge(arc, first, final))
    elif depth(tip) > scale:
        for number in range(len(chain) - 1, -1, -1):
            edge = chain[number]
            u = edge.fractions()
            inside = (edge.point(u) - origin) @ into_solid
            before = np.flatnonzero(inside[:-1] * inside[1:] <= 0.0)
            if len(before):
                i = int(before[-1])
                cut = brentq(
                    lambda x, e=edge: depth(e.point(x)), float(u[i]), float(u[i + 1]), xtol=1e-16
                )
                chain = [*chain[:number], edge.part(0.0, float(cut))]
                break
        else:
            raise ProcessError("barrier: its top does not meet the wall beside the solder")
    end = chain[-1].point(1.0)
    along = float((end - origin) @ direction / (direction @ direction))
    if abs(along - 1.0) < 1e-12:
        along = 1.0
    return tuple(chain), _juncture(end, along)


def _juncture(point: Array, along: float) -> Juncture:
    return Juncture(float(point[0]), float(point[1]), along)


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
            x = brentq(foot, u[i], u[i + 1], xtol=1e-16)
            best = min(best, float(np.hypot(*(edge.point(x) - np.array(point)))))
    return best
