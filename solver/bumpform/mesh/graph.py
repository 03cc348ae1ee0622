"""The stack's section as a plane graph: points, and curve segments with a region on each side.

Segments end wherever an edge of any region ends on their curve, and wherever a point of
another curve lies on them (a contact line on a wall). Points are merged by position;
segments of different curve objects that coincide become one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from bumpform.errors import MeshError
from bumpform.geometry.curve import Array, Curve, Line
from bumpform.geometry.edge import Edge
from bumpform.stack.stack import LIMITS, Region, Stack, split_parameters
from bumpform.units.units import format_place

#: Points closer than this, relative to the stack's outer radius, are one.
MERGE = 1e-9
#: The side of a segment where no region is.
AIR = -1


@dataclass(frozen=True, eq=False)
class Segment:
    """Part of a curve between two points of the graph, in the direction of rising t.

    Attributes
    ----------
    curve : Curve
    first, last : float
        The curve's parameters, ``first`` < ``last``.
    start, end : int
        Points of the graph.
    left, right : int
        Regions on its two sides, or ``AIR``.
    limit : str
        One of ``stack.LIMITS`` at the model's limits, else "".
    """

    curve: Curve
    first: float
    last: float
    start: int
    end: int
    left: int
    right: int
    limit: str = ""

    @property
    def is_straight(self) -> bool:
        """Whether it lies on a line."""
        return isinstance(self.curve, Line)


@dataclass(frozen=True, eq=False)
class Graph:
    """Plane graph of a stack's section.

    Attributes
    ----------
    regions : tuple of Region
    points : ndarray, shape (p, 2), m
    segments : tuple of Segment
    """

    regions: tuple[Region, ...]
    points: Array
    segments: tuple[Segment, ...]

    def loops(self, region: int) -> list[list[tuple[int, bool]]]:
        """Closed chains of (segment, forwards) with the region on their left.

        None passes a point twice: a region that is pinched there has two.

        Raises
        ------
        MeshError
            If the region's boundary does not close.
        """
        rest: dict[int, list[tuple[int, bool, int]]] = defaultdict(list)
        for number, s in enumerate(self.segments):
            if s.left == region:
                rest[s.start].append((number, True, s.end))
            if s.right == region:
                rest[s.end].append((number, False, s.start))
        loops = []
        while any(rest.values()):
            here = next(p for p, leaving in rest.items() if leaving)
            loop: list[tuple[int, bool]] = []
            passed: list[int] = []
            while True:
                if not rest[here]:
                    r, z = self.points[here]
                    raise MeshError(
                        f"mesh: the boundary of region '{self.regions[region].name}' does not "
                        f"close at {format_place(r, z)}"
                    )
                passed.append(here)
                number, forwards, here = rest[here].pop()
                loop.append((number, forwards))
                if here in passed:
                    first = passed.index(here)
                    loops.append(loop[first:])
                    del loop[first:], passed[first:]
                    if not loop:
                        break
        return loops


def build_graph(stack: Stack) -> Graph:
    """Split and join the boundaries of all regions of a stack.

    Raises
    ------
    MeshError
        If two regions lie on the same side of a segment (they overlap).
    """
    tolerance = MERGE * stack.outer
    uses: dict[int, list[tuple[Edge, int]]] = defaultdict(list)
    for number, region in enumerate(stack.regions):
        for edge in region.loop:
            uses[id(edge.curve)].append((edge, number))
    parameters = {
        key: np.array(split_parameters([e for e, _ in used])) for key, used in uses.items()
    }
    curves = {key: used[0][0].curve for key, used in uses.items()}
    ends = np.vstack([curves[key].point(t) for key, t in parameters.items()])
    points = _merged(ends, tolerance)
    segments: list[Segment] = []
    for key, curve in curves.items():
        if len(parameters[key]) < 2:  # an arc of no length, where a layer meets the wall squarely
            continue
        t = _with_junctions(curve, parameters[key], points, tolerance)
        numbers = _nearest(curve.point(t), points)
        segments += _segments(curve, t, numbers, uses[key], stack.regions, tolerance)
    return Graph(stack.regions, points, tuple(_joined(segments, tolerance, stack.regions)))


def _merged(ends: Array, tolerance: float) -> Array:
    """The points without those that repeat an earlier one."""
    gap = np.abs(ends[:, None, :] - ends[None, :, :]).max(axis=2)
    first = np.argmax(gap <= tolerance, axis=1)
    return ends[first == np.arange(len(ends))]


def _nearest(places: Array, points: Array) -> list[int]:
    gap = np.abs(places[:, None, :] - points[None, :, :]).max(axis=2)
    return [int(i) for i in np.argmin(gap, axis=1)]


def _with_junctions(curve: Curve, t: Array, points: Array, tolerance: float) -> Array:
    """Parameters t and those at which points of other curves lie on this one."""
    lo, hi = t[0], t[-1]
    if isinstance(curve, Line):
        a, b = np.array(curve.start), np.array(curve.end)
        d = b - a
        u = (points - a) @ d / (d @ d)
        off = np.abs(points - a - u[:, None] * d).max(axis=1)
        slack = tolerance / float(np.hypot(*d))
        extra = u[(off <= tolerance) & (u > lo + slack) & (u < hi - slack)]
    else:
        extra = _curved_junctions(curve, lo, hi, points, tolerance)
    if not len(extra):
        return t
    known = curve.point(t)
    new = [x for x in extra if np.abs(known - curve.point(x)).max(axis=1).min() > tolerance]
    return np.unique(np.concatenate([t, new]))


def _curved_junctions(curve: Curve, lo: float, hi: float, points: Array, tolerance: float) -> Array:
    """Feet on the curve of those points that lie on it."""
    t = Edge(curve, lo, hi).fractions(8) * (hi - lo) + lo
    x = curve.point(t)
    chord = np.diff(x, axis=0)
    length = np.maximum(np.hypot(chord[:, 0], chord[:, 1]), 1e-150)  # its square is none, too
    gap = points[:, None, :] - x[None, :-1, :]
    u = np.clip(np.sum(gap * chord, axis=2) / length**2, 0.0, 1.0)
    off = np.hypot(*np.moveaxis(gap - u[..., None] * chord, 2, 0))
    near = off < 0.1 * length + tolerance  # chords of at most 6° sag far less
    which, span = np.nonzero(near)
    if not len(which):
        return np.empty(0)
    foot = t[span] + u[which, span] * np.diff(t)[span]
    target = points[which]
    for _ in range(6):
        rest, d = curve.point(foot) - target, curve.derivative(foot)
        foot = np.clip(foot - np.sum(rest * d, axis=1) / np.sum(d * d, axis=1), lo, hi)
    on = np.abs(curve.point(foot) - target).max(axis=1) <= tolerance
    found = np.sort(foot[on])
    return found[np.diff(found, prepend=-np.inf) > 1e-10]


def _segments(
    curve: Curve,
    t: Array,
    numbers: list[int],
    used: list[tuple[Edge, int]],
    regions: tuple[Region, ...],
    tolerance: float,
) -> list[Segment]:
    """Segments of one curve, each with the regions that use it."""
    result = []
    for a, b, start, end in zip(t[:-1], t[1:], numbers[:-1], numbers[1:], strict=True):
        middle = 0.5 * (a + b)
        sides = {True: AIR, False: AIR}
        limit = ""
        for edge, region in used:
            if not min(edge.first, edge.last) < middle < max(edge.first, edge.last):
                continue
            forwards = edge.last > edge.first
            if sides[forwards] != AIR:
                raise _overlap(regions, sides[forwards], region, curve.point(middle))
            sides[forwards] = region
            limit = edge.feature if edge.feature in LIMITS else limit
        if sides[True] == sides[False]:  # unused, or a slit inside one region
            continue
        if start == end and np.abs(curve.point(middle) - curve.point(a)).max() <= tolerance:
            continue
        if AIR not in sides.values():
            limit = ""
        result.append(
            Segment(curve, float(a), float(b), start, end, sides[True], sides[False], limit)
        )
    return result


def _joined(
    segments: list[Segment], tolerance: float, regions: tuple[Region, ...]
) -> list[Segment]:
    """Segments of different curve objects that coincide, made one."""
    by_ends: dict[tuple[int, int], list[int]] = defaultdict(list)
    result: list[Segment] = []
    for s in segments:
        key = (min(s.start, s.end), max(s.start, s.end))
        middle = s.curve.point(0.5 * (s.first + s.last))
        for i in by_ends[key]:
            other = result[i]
            place = other.curve.point(0.5 * (other.first + other.last))
            if np.abs(place - middle).max() > 10 * tolerance:
                continue
            left, right = (s.left, s.right) if s.start == other.start else (s.right, s.left)
            for mine, theirs in ((left, other.left), (right, other.right)):
                if mine != AIR and theirs != AIR:
                    raise _overlap(regions, mine, theirs, middle)
            both = replace(other, left=max(left, other.left), right=max(right, other.right))
            result[i] = replace(both, limit="" if AIR not in (both.left, both.right) else s.limit)
            break
        else:
            by_ends[key].append(len(result))
            result.append(s)
    return result


def _overlap(regions: tuple[Region, ...], one: int, other: int, at: Array) -> MeshError:
    return MeshError(
        f"mesh: regions '{regions[one].name}' and '{regions[other].name}' overlap "
        f"at {format_place(at[0], at[1])}"
    )
