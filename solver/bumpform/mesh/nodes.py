"""Where the nodes on the segments of a graph lie: sizes, and division by size.

Curves that are parallel to each other are divided at the same parameters, so that the
sides of a thin layer between them are opposite to each other, however thin it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bumpform.errors import MeshError
from bumpform.geometry.curve import Arc, Array, ParallelCurve
from bumpform.mesh.graph import AIR, Graph, Segment
from bumpform.mesh.recipe import Recipe

#: Most sides of the elements along all boundaries: whether they are clear of each other is
#: looked at for every pair, and the triangles between them grow with their square too.
MOST_SIDES = 3000
#: Steps in which the size is integrated along a part of a curve.
_STEPS = np.linspace(0.0, 1.0, 33)
#: Ends of parallel segments nearer than this part of a side share one place of the division.
_CLOSE = 0.5


@dataclass(frozen=True, eq=False)
class Sizes:
    """Length of sides wanted along the segments, m.

    Attributes
    ----------
    of_segment : ndarray, shape (segments,)
    at_point : ndarray, shape (points,)
        At the graph's points, from where it grows with the distance.
    slope : float
        Growth of the size per distance.
    turn : float, rad
    points : ndarray, shape (points, 2), m
    """

    of_segment: Array
    at_point: Array
    slope: float
    turn: float
    points: Array

    def along(self, number: int, segment: Segment, t: Array) -> Array:
        """Size at parameters of a segment, m."""
        x = segment.curve.point(t)
        gap = np.hypot(*np.moveaxis(x[:, None, :] - self.points, 2, 0))
        graded = np.min(self.at_point + self.slope * gap, axis=1)
        size = np.minimum(graded, self.of_segment[number])
        if segment.is_straight:
            return size
        return np.minimum(size, self.turn / np.maximum(curvature(segment, t), 1e-300))


def curvature(segment: Segment, t: Array) -> Array:
    """Absolute curvature of a segment's curve, 1/m."""
    d, dd = segment.curve.derivative(t), segment.curve.second_derivative(t)
    speed = np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-300)
    return np.abs(d[:, 0] * dd[:, 1] - d[:, 1] * dd[:, 0]) / speed**3


def sizes(graph: Graph, recipe: Recipe, pad_radius: float) -> Sizes:
    """Sizes on a graph by a recipe."""
    of_segment = np.array([_segment_size(graph, recipe, pad_radius, s) for s in graph.segments])
    at_point = np.full(len(graph.points), np.inf)
    for s, size in zip(graph.segments, of_segment, strict=True):
        length = float(np.hypot(*(graph.points[s.end] - graph.points[s.start])))
        reach = max(length, recipe.smallest * size) if length > 0.0 else size
        for point in (s.start, s.end):
            at_point[point] = min(at_point[point], reach, size)
    if recipe.contact_line is not None:
        fine = recipe.contact_line.metres(pad_radius)
        for point in _contact_lines(graph):
            at_point[point] = min(at_point[point], fine)
    return Sizes(of_segment, at_point, recipe.growth - 1.0, recipe.turn, graph.points)


def _segment_size(graph: Graph, recipe: Recipe, pad_radius: float, segment: Segment) -> float:
    kinds = ["air" if r == AIR else graph.regions[r].kind for r in (segment.left, segment.right)]
    if segment.limit:
        return recipe.region_size(next(k for k in kinds if k != "air"), pad_radius)
    return recipe.interface_size(kinds[0], kinds[1], pad_radius)


def _contact_lines(graph: Graph) -> list[int]:
    """Points where solder, another region and air meet."""
    around: dict[int, set[str]] = defaultdict(set)
    regions: dict[int, set[int]] = defaultdict(set)
    for s in graph.segments:
        if s.limit:
            continue
        for point in (s.start, s.end):
            for region in (s.left, s.right):
                around[point].add("air" if region == AIR else graph.regions[region].kind)
                regions[point].add(region)
    return [p for p in around if {"air", "solder"} <= around[p] and len(regions[p]) >= 3]


def divide(graph: Graph, wanted: Sizes) -> list[Array]:
    """Parameters of the nodes on every segment, its ends included.

    Parameters
    ----------
    graph : Graph
    wanted : Sizes

    Raises
    ------
    MeshError
        If they would be more than ``MOST_SIDES``.
    """
    families: dict[Hashable, list[int]] = defaultdict(list)
    for number, s in enumerate(graph.segments):
        families[family(s)].append(number)
    nodes: list[Array] = [np.empty(0)] * len(graph.segments)
    for members in families.values():
        for number, t in _divide_family(graph, wanted, members):
            nodes[number] = t
    _limit(sum(len(t) - 1 for t in nodes))
    return nodes


def _limit(count: int) -> None:
    if count > MOST_SIDES:
        raise MeshError(
            f"mesh: the recipe asks for at least {count} sides along the boundaries, {MOST_SIDES} "
            "are the limit: sizes are relative to the pad's radius, and the pad is small beside "
            "the model; give larger sizes, or a smaller pitch"
        )


def family(segment: Segment) -> Hashable:
    """What a segment shares with those that are parallel to it."""
    curve = segment.curve
    if isinstance(curve, ParallelCurve):
        return id(curve.base)
    if isinstance(curve, Arc):
        return curve.centre
    return id(curve)


def _divide_family(graph: Graph, wanted: Sizes, members: list[int]) -> list[tuple[int, Array]]:
    segments = {number: graph.segments[number] for number in members}
    groups = _groups(wanted, segments)
    inner: list[Array] = []
    for below, above in pairwise(groups):
        lo, hi = below[-1], above[0]
        t = lo + (hi - lo) * _STEPS
        density = np.zeros(len(t))
        for number, s in segments.items():
            if s.first <= lo and s.last >= hi:
                speed = np.hypot(*s.curve.derivative(t).T)
                density = np.maximum(density, speed / wanted.along(number, s, t))
        inner.append(_equal_parts(t, density))
    places = [0.5 * (group[0] + group[-1]) for group in groups]
    result = []
    for number, s in segments.items():
        a = next(i for i, g in enumerate(groups) if g[0] <= s.first <= g[-1])
        b = next(i for i, g in enumerate(groups) if g[0] <= s.last <= g[-1])
        parts: list[Array] = [np.array([s.first])]
        for i in range(a, b):
            parts.append(inner[i])
            parts.append(np.array([places[i + 1] if i + 1 < b else s.last]))
        if a == b:
            parts.append(np.array([s.last]))
        result.append((number, np.concatenate(parts)))
    return result


def _groups(wanted: Sizes, segments: dict[int, Segment]) -> list[list[float]]:
    """Ends of all segments of a family, rising; those close together form one group."""
    if len(segments) == 1:
        return [[t] for s in segments.values() for t in (s.first, s.last)]
    density: dict[float, float] = defaultdict(float)  # sides per parameter
    for number, s in segments.items():
        t = np.array([s.first, s.last])
        speed = np.hypot(*s.curve.derivative(t).T)
        for end, value in zip(t.tolist(), speed / wanted.along(number, s, t), strict=True):
            density[end] = max(density[end], float(value))
    groups: list[list[float]] = []
    for place in sorted(density):
        if groups:
            begin = groups[-1][0]
            if (place - begin) * max(density[begin], density[place]) < _CLOSE:
                groups[-1].append(place)
                continue
        groups.append([place])
    return groups


def _equal_parts(t: Array, density: Array) -> Array:
    """Inner parameters that divide ∫ density dt into equal parts of at most about 1."""
    steps = 0.5 * (density[1:] + density[:-1]) * np.diff(t)
    total = np.concatenate(([0.0], np.cumsum(steps)))
    count = max(1, int(np.ceil(total[-1] - 0.05)))
    _limit(count)
    return np.interp(total[-1] * np.arange(1, count) / count, total, t)
