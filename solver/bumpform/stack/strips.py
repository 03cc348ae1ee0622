"""A region cut into strips at given radii, so that columns of it can be taken away exactly.

Between two neighbouring radii a region is a pile of spans, each between a bottom and a top that
are single parts of its edges. Spans may be lowered or left out; what is left is closed again with
the region's own curves, so that neighbours still share them, and with new upright faces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge, root
from bumpform.quick import replace
from bumpform.stack.stack import Region, line, turn

#: Radii and heights this near to each other, relative to the model's radius, are one.
SAME = 1e-12
#: Ends this much further apart still meet, and what is this near to the axis lies on it.
NEAR = 1e3


@dataclass(frozen=True, eq=False)
class Span:
    """What of a region lies between two radii, in one piece: its bottom outwards, its top inwards.

    Attributes
    ----------
    bottom, top : Edge
    """

    bottom: Edge
    top: Edge

    def ends(self, *, outer: bool) -> tuple[float, float]:
        """Heights of its bottom and its top at its outer or its inner end, m."""
        at = 1.0 if outer else 0.0
        return float(self.bottom.point(at)[1]), float(self.top.point(1.0 - at)[1])


@dataclass(frozen=True, eq=False)
class Strips:
    """A region between radii.

    Attributes
    ----------
    region : Region
    radii : tuple of float, m
        Rising; all places at which a part of its outline begins, ends or turns back are there.
    spans : tuple of tuple of Span
        Between each two radii, upwards.
    sides : tuple of (int, Edge)
        Upright parts of its outline, with the number of their radius.
    slack : float, m
    """

    region: Region
    radii: tuple[float, ...]
    spans: tuple[tuple[Span, ...], ...]
    sides: tuple[tuple[int, Edge], ...]
    slack: float

    @classmethod
    def of(cls, region: Region, radii: tuple[float, ...], slack: float) -> Strips:
        """Those of a region."""
        at = np.array(radii)
        pieces: list[list[tuple[float, Edge]]] = [[] for _ in radii[1:]]
        sides = []
        for part in (p for edge in region.loop for p in one_way(edge, slack)):
            first, last = (int(np.argmin(np.abs(at - r))) for r in part.tips[:, 0])
            if first == last:
                sides.append((first, part))
                continue
            way = 1 if last > first else -1
            inside = range(first + way, last, way)
            ends = [0.0, *(part.crossings(0, radii[i])[0] for i in inside), 1.0]
            for number, (a, b) in enumerate(pairwise(ends)):
                strip = min(first + way * number, first + way * (number + 1))
                piece = part.part(a, b)
                middle = 0.5 * (radii[strip] + radii[strip + 1])
                pieces[strip].append((float(piece.point(_across(piece, middle))[1]), piece))
        spans = []
        for found in pieces:
            pile = [piece for _, piece in sorted(found, key=lambda p: p[0])]
            spans.append(tuple(Span(b, t) for b, t in zip(pile[::2], pile[1::2], strict=True)))
        return cls(region, radii, tuple(spans), tuple(sides), slack)

    def rebuilt(self, spans: Iterable[tuple[Span, ...]]) -> list[Region]:
        """The region with other spans: one for each separate part, axis outwards."""
        changed = replace(self, spans=tuple(spans))
        if changed.spans == self.spans:
            return [self.region]
        edges = [e for pile in changed.spans for span in pile for e in (span.bottom, span.top)]
        for number in range(len(self.radii)):
            edges += changed._faces(number)
        one = self.region
        ends = {(id(e.curve), t) for e in one.loop for t in (e.first, e.last)}
        loops = [_merged(loop, ends) for loop in joined_loops(edges, NEAR * self.slack)]
        loops.sort(key=lambda loop: min(float(e.tips[:, 0].min()) for e in loop))
        return [Region.bounded(one.name, one.material, tuple(loop), one.kind) for loop in loops]

    def _faces(self, number: int) -> Iterator[Edge]:
        """Upright faces at a radius, the solid on their left: old ones where there are, or new."""
        inside = self._ends(number - 1, outer=True)
        outside = self._ends(number, outer=False)
        old = [edge for i, edge in self.sides if i == number]
        heights = sorted(
            {z for span in (*inside, *outside) for z in span}
            | {z for edge in old for z in edge.tips[:, 1].tolist()}
        )
        name, r = self.region.name, self.radii[number]
        new: tuple[float, float, bool] | None = None  # lower end, upper end, faces outwards
        for low, high in pairwise(heights):
            middle = 0.5 * (low + high)
            outwards = _within(middle, inside)
            if high - low <= self.slack or outwards == _within(middle, outside):
                continue
            edge = next((e for e in old if _within(middle, [tuple(sorted(e.tips[:, 1]))])), None)
            if edge is not None:
                ends = (low, high) if edge.tips[1, 1] > edge.tips[0, 1] else (high, low)
                yield edge.part(*(self._fraction(edge, z) for z in ends))
            elif new is not None and new[2] == outwards and low - new[1] <= self.slack:
                new = (new[0], high, outwards)
            else:
                if new is not None:
                    yield _face(r, *new, name)
                new = (low, high, outwards)
        if new is not None:
            yield _face(r, *new, name)

    def _ends(self, strip: int, *, outer: bool) -> list[tuple[float, float]]:
        if not 0 <= strip < len(self.spans):
            return []
        return [span.ends(outer=outer) for span in self.spans[strip]]

    def _fraction(self, edge: Edge, z: float) -> float:
        off = np.abs(edge.tips[:, 1] - z)
        if off.min() <= self.slack:
            return float(np.argmin(off))
        return edge.crossings(1, z)[0]


def radii_of(edges: Iterable[Edge], slack: float, *more: float) -> tuple[float, ...]:
    """Radii at which edges begin, end or turn back, and more, rising."""
    ends = [r for edge in edges for p in one_way(edge, slack) for r in p.tips[:, 0].tolist()]
    found: list[float] = []
    for r in sorted([*ends, *more]):  # a film's front may end a little off the axis
        if not found or (r > NEAR * slack and r - found[-1] > slack):
            found.append(r)
    return tuple(found)


def one_way(edge: Edge, slack: float) -> list[Edge]:
    """Parts of an edge each of which runs only outwards or only inwards."""
    if edge.is_straight:
        return [edge]

    def outwards(u: float) -> float:
        return float(edge.derivative(u)[0])

    u = edge.fractions(16)
    slope = edge.derivative(u)[:, 0]
    turns = [float(x) for x in u[slope == 0.0]]
    turns += [
        root(outwards, float(u[i]), float(u[i + 1]))
        for i in np.flatnonzero(slope[:-1] * slope[1:] < 0.0)
    ]
    real = [x for x in sorted(turns) if np.abs(edge.tips - edge.point(x)).max(axis=1).min() > slack]
    return [edge.part(a, b) for a, b in pairwise([0.0, *real, 1.0])]


def _across(edge: Edge, r: float) -> float:
    """Fraction of an edge at a radius that it crosses."""
    return 0.5 if edge.is_straight else edge.crossings(0, r)[0]


def _within(z: float, spans: Iterable[tuple[float, ...]]) -> bool:
    return any(low < z < high for low, high in spans)


def _face(r: float, low: float, high: float, outwards: bool, name: str) -> Edge:
    """New face: outwards the layer's side, inwards the wall of an opening."""
    if outwards:
        return Edge(line((r, low), (r, high)), 0.0, 1.0, f"{name} side")
    return Edge(line((r, high), (r, low)), 0.0, 1.0, f"{name} wall")


def joined_loops(edges: list[Edge], near: float) -> Iterator[list[Edge]]:
    """Edges joined end to start into closed loops; where loops touch, they stay apart."""
    tips: Array = np.array([edge.tips for edge in edges])
    left = set(range(len(edges)))
    while left:
        first = min(left)
        left.discard(first)
        loop, start, tip = [edges[first]], tips[first, 0], tips[first, 1]
        while left and np.abs(tip - start).max() > near:
            rest = sorted(left)
            gaps = np.abs(tips[rest, 0] - tip).max(axis=1)
            meet = [rest[k] for k in np.flatnonzero(gaps <= max(near, float(gaps.min())))]
            last = loop[-1]
            after = max(meet, key=lambda k: turn(last, edges[k]))
            left.discard(after)
            loop.append(edges[after])
            tip = tips[after, 1]
        yield loop


def _merged(loop: list[Edge], ends: set[tuple[int, float]]) -> list[Edge]:
    """A loop without cuts through its edges; ends that were there stay: others may touch there."""

    def goes_on(one: Edge, other: Edge) -> bool:
        return (
            one.curve is other.curve
            and one.feature == other.feature
            and (id(one.curve), one.last) not in ends
            and abs(one.last - other.first) <= 1e-11 * (1.0 + abs(one.last))
            and (one.last - one.first) * (other.last - other.first) > 0.0
        )

    found: list[Edge] = []
    for edge in loop:
        if found and goes_on(found[-1], edge):
            found[-1] = replace(found[-1], last=edge.last)
        else:
            found.append(edge)
    if len(found) > 1 and goes_on(found[-1], found[0]):
        found[0] = replace(found.pop(), last=found[0].last)
    return found
