"""Films: layers of one thickness everywhere, grown on any part of the exposed profile.

The law of growth is that of ``stack.wavelets``. All is exact: the film's top is made of
parallel curves and arcs, its sides of the curves that it covers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge
from bumpform.growth.crossing import crossings
from bumpform.growth.distance import Reach
from bumpform.growth.visibility import Boundary
from bumpform.growth.wavefront import ON_AXIS, Wavelet, wavelets
from bumpform.quick import quick
from bumpform.stack.stack import LIMITS, Region, RegionKind, Stack, line
from bumpform.units.units import format_length, format_place


class Film(NamedTuple):
    """A stack with a film on it.

    Attributes
    ----------
    stack : Stack
    regions : tuple of Region
        Those of the film: one for each part that hangs together.
    ends : tuple of ndarray, shape (2,), m
        Where its top ends; where that lies in several parts, each of them, axis outwards. What
        lines a void that the film closes is no top.
    """

    stack: Stack
    regions: tuple[Region, ...]
    ends: tuple[Array, ...]


class Place(NamedTuple):
    """A place on a boundary: number of the edge, fraction."""

    edge: int
    u: float


@quick
@dataclass(frozen=True, eq=False)
class Front:
    """One connected part of a film's front, the film on its right.

    Attributes
    ----------
    edges : tuple of Edge
    start, end : Place
        Where on the boundary it begins and ends.
    """

    edges: tuple[Edge, ...]
    start: Place
    end: Place


def grow_film(
    stack: Stack,
    *,
    name: str,
    material: str,
    thickness: float,
    on: Callable[[Edge], bool],
    kind: RegionKind = "metal",
) -> Film:
    """Grow a film on those pieces of the exposed profile for which ``on`` holds.

    Parameters
    ----------
    stack : Stack
    name, material, kind : str
        Of the film's regions.
    thickness : float, m
    on : callable
        Of a piece of the profile.

    Returns
    -------
    Film

    Raises
    ------
    ProcessError
        If there is no such piece, or the film's front cannot be closed: where it meets itself
        so flatly that round-off decides, or runs close over a rounded side that is not grown on.
    """
    boundary = Boundary.of(stack, thickness)
    pieces = boundary.edges[1:-1]
    grown = frozenset(i for i, piece in enumerate(pieces, 1) if on(piece))
    if not grown:
        raise ProcessError(f"{name}: nothing that it grows on is exposed")
    fronts = _fronts(Reach(boundary, grown, thickness), name)
    regions = []
    for loop in _loops(boundary, fronts):
        named = stack.unique_name(name)
        region = Region.bounded(named, material, loop, kind)
        stack = stack.with_region(region)
        regions.append(region)
    tips = np.array([tip for piece in stack.profile.pieces for tip in piece.tips])
    ends = (front.edges[-1].point(1.0) for front in fronts)
    near = 100.0 * boundary.slack
    exposed = tuple(end for end in ends if (np.abs(tips - end).max(axis=1) <= near).any())
    return Film(stack, tuple(regions), exposed)


def _fronts(reach: Reach, name: str) -> list[Front]:
    """All parts of the front, from the axis outwards."""
    boundary = reach.boundary
    edges = _on_front(reach)
    fronts = []
    for chain in _chains(edges, boundary.slack):
        start, end = chain[0].point(0.0), chain[-1].point(1.0)
        if np.abs(end - start).max() <= 100.0 * boundary.slack:  # round a hole in the film
            fronts.append(_slit(reach, chain))
            continue
        places = tuple(_place(boundary, tip, reach.distance) for tip in (start, end))
        if places[0] is None or places[1] is None:
            at = start if places[0] is None else end
            raise ProcessError(
                f"{name}: {format_length(reach.distance)} thick, it cannot be closed at "
                f"{format_place(at[0], at[1])}, where it meets itself at too small an angle, or a "
                "side that bulges: change its thickness a little"
            )
        fronts.append(Front(tuple(chain), places[0], places[1]))
    if not fronts:
        raise ProcessError(
            f"{name}: a film of {format_length(reach.distance)} leaves no free surface"
        )
    return sorted(fronts, key=lambda front: front.start)


def _on_front(reach: Reach) -> list[Edge]:
    """Parts of the wavelets that lie on the front."""
    boundary = reach.boundary
    candidates = wavelets(reach)
    edges = [wavelet.edge for wavelet in candidates]
    cuts = crossings(edges, boundary.edges, 10.0 * boundary.slack)
    parts = [
        part
        for wavelet, cut in zip(candidates, cuts, strict=True)
        for part in _shown(reach, wavelet, cut)
    ]
    straight = [part for part in parts if part.is_straight]
    return [p for p in parts if not any(_shut(p, q, 100.0 * boundary.slack) for q in straight)]


def _shut(part: Edge, other: Edge, room: float) -> bool:
    """Whether two straight parts of a front come to lie on each other, or one on the axis.

    A slit as wide as two films is full: what meets there is no surface.
    """
    if not part.is_straight:
        return False
    start, end = part.ends
    back = other.ends if other is not part else ((-end[0], end[1]), (-start[0], start[1]))
    return math.dist(start, back[1]) <= room and math.dist(end, back[0]) <= room


def _shown(reach: Reach, wavelet: Wavelet, cuts: list[float]) -> Iterator[Edge]:
    """Parts of a wavelet that lie on the front, as long as they can be."""
    edge = wavelet.edge
    if not cuts:
        if _is_front(reach, wavelet, 0.5):
            yield edge
        return
    ends = [0.0]
    for u in [*sorted(cuts), 1.0]:  # without what is round-off
        (r0, z0, *_), (r1, z1, *_) = edge.jet(ends[-1]), edge.jet(u)
        if max(abs(r1 - r0), abs(z1 - z0)) > reach.boundary.slack:
            ends.append(u)
    ends[-1] = 1.0 if len(ends) > 1 and 1.0 - ends[-1] < 1e-9 else ends[-1]
    spans: list[tuple[float, float]] = []
    for a, b in pairwise(ends):
        if not _is_front(reach, wavelet, 0.5 * (a + b)):
            continue
        if spans and spans[-1][1] == a:
            spans[-1] = (spans[-1][0], b)
        else:
            spans.append((a, b))
    for a, b in spans:
        yield edge.part(a, b)


def _is_front(reach: Reach, wavelet: Wavelet, u: float) -> bool:
    middle = wavelet.edge.point(u)
    if wavelet.corner >= 0:
        origin, foot = reach.corners[wavelet.corner].place, (-1, 0.0)
    else:
        base = reach.boundary.edges[wavelet.piece]
        known = (float(wavelet.edge.t(u)) - base.first) / (base.last - base.first)
        origin, foot = base.point(known), (wavelet.piece, known)
    return reach.sees(
        middle, origin, wavelet.piece, wavelet.corner, foot[1]
    ) and not reach.contains(middle, foot)


def _chains(edges: list[Edge], slack: float) -> list[list[Edge]]:
    """Edges joined end to start; a chain that closes begins anywhere."""
    if not edges:
        return []
    tips = np.array([edge.tips for edge in edges])
    gap = np.abs(tips[:, None, 1] - tips[None, :, 0]).max(axis=2)
    follows: dict[int, int] = {}
    for i, j in sorted(zip(*np.nonzero(gap <= 100.0 * slack), strict=True), key=lambda p: gap[p]):
        if i != j and i not in follows and j not in follows.values():
            follows[int(i)] = int(j)
    left = set(range(len(edges)))
    chains = []
    for first in [*(left - set(follows.values())), *left]:
        if first not in left:
            continue
        chain = [first]
        left.discard(first)
        while (after := follows.get(chain[-1])) in left and after is not None:
            chain.append(after)
            left.discard(after)
        chains.append([edges[i] for i in chain])
    return chains


def _place(boundary: Boundary, point: Array, thickness: float) -> Place | None:
    """Place on the boundary at a point; None if it lies off it."""
    room = ON_AXIS * thickness + 100.0 * boundary.slack
    best, least = None, math.inf
    for number in boundary.near(point, room, 100.0 * boundary.slack):
        edge = boundary.edges[number]
        u = edge.nearest(point)
        here = edge.jet(u)[:2]
        gap = math.dist(here, point.tolist())
        if gap < least and (gap <= 100.0 * boundary.slack or edge.feature in LIMITS):
            ends = [math.dist(here, tip) <= boundary.slack for tip in edge.tips.tolist()]
            best, least = Place(number, 0.0 if ends[0] else 1.0 if ends[1] else u), gap
    return best


def _slit(reach: Reach, chain: list[Edge]) -> Front:
    """The front round a hole, joined to the boundary by a cut both sides of which are the film."""
    tip = chain[0].point(0.0)
    way = reach.way(tip)
    place = Place(way.corner, 0.0) if way.corner >= 0 else Place(way.piece, way.u)
    cut = Edge(line(way.origin, tip), 0.0, 1.0)
    return Front((cut, *chain, cut.reversed()), place, place)


def _loops(boundary: Boundary, fronts: list[Front]) -> Iterator[tuple[Edge, ...]]:
    """Closed boundaries of the film, the film on the left: its front, and what it covers."""
    left = list(fronts)
    while left:
        first = front = left.pop(0)
        loop: list[Edge] = []
        while True:
            loop += _backwards(front)
            ends = [f for f in (first, *left) if f.end > front.start]
            after = min(ends, key=lambda f: f.end)
            loop += _covered(boundary, front, after)
            if after is first:
                break
            left.remove(after)
            front = after
        yield tuple(loop)


def _backwards(front: Front) -> list[Edge]:
    return [edge.reversed() for edge in reversed(front.edges)]


def _covered(boundary: Boundary, front: Front, after: Front) -> Iterator[Edge]:
    """The boundary from where one front begins to where another one ends."""
    for number in range(front.start.edge, after.end.edge + 1):
        edge = boundary.edges[number]
        a = front.start.u if number == front.start.edge else 0.0
        b = after.end.u if number == after.end.edge else 1.0
        if b <= a:
            continue
        if edge.feature not in LIMITS:
            yield edge.part(a, b).named("", edge.region, edge.material)
            continue
        begin = front.edges[0].point(0.0) if number == front.start.edge else edge.point(0.0)
        finish = after.edges[-1].point(1.0) if number == after.end.edge else edge.point(1.0)
        yield Edge(line(begin, finish), 0.0, 1.0, edge.feature)
