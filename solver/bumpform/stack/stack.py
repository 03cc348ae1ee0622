"""The stack: regions of material with exact boundaries, and the profile they expose.

A stack is immutable. Its regions are closed loops of edges; two regions that touch
share the same curve objects, so an interface is found by identity, not by distance.
The solid profile is what remains of all solid regions' edges when those that two of
them share are taken away.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from bumpform.stack.curve import Array, Curve, Line
from bumpform.stack.profile import Edge, Profile

#: Features of edges that close a region at the model's limits, by the body that ends there; never
#: exposed.
LIMITS = frozenset({"axis", "outer", "bottom", "package outer", "package top"})
#: Ends of edges this near to each other, relative to what counts as joined, are one point.
TOUCH = 1e-3


@dataclass(frozen=True, eq=False)
class Region:
    """Body of one material.

    Attributes
    ----------
    name : str
        As in the case: "pad", "base", a layer's name, a solder's name, "barrier", "finish".
    material : str
    loop : tuple of Edge
        Its closed boundary, counter-clockwise; those on ``LIMITS`` close it only.
    kind : str
        "pad", "base", "dielectric", "metal", "solder" (frozen or as deposited).
    """

    name: str
    material: str
    loop: tuple[Edge, ...]
    kind: str

    @classmethod
    def bounded(cls, name: str, material: str, loop: tuple[Edge, ...], kind: str) -> Region:
        """Region whose edges carry its name and material."""
        owned = tuple(
            replace(e, region=name, material=material, feature=e.feature or name) for e in loop
        )
        return cls(name, material, owned, kind)

    @cached_property
    def moments(self) -> Array:
        """Volume/2π and its moment of height, shape (2,), m³ · m⁴."""
        return np.sum([edge.moments()[:2] for edge in self.loop], axis=0)

    @property
    def volume(self) -> float:
        """Volume of the solid of revolution, m³."""
        return float(2.0 * np.pi * self.moments[0])

    @cached_property
    def outline(self) -> Array:
        """Polygon for pictures, shape (n, 2), closed."""
        points = np.vstack([edge.sample()[:-1] for edge in self.loop])
        return np.vstack([points, points[:1]])


@dataclass(frozen=True, eq=False)
class Stack:
    """All that stands on the substrate.

    Attributes
    ----------
    regions : tuple of Region
        In the order in which they came.
    outer : float, m
        Radius at which the model ends.
    bottom : float, m
        Height at which the substrate is cut off (negative).
    """

    regions: tuple[Region, ...]
    outer: float
    bottom: float

    @cached_property
    def profile(self) -> Profile:
        """What liquid can touch, axis outwards."""
        return self._chains[0]

    @property
    def voids(self) -> tuple[tuple[Edge, ...], ...]:
        """Closed surfaces inside the stack that nothing reaches."""
        return self._chains[1]

    @cached_property
    def _chains(self) -> tuple[Profile, tuple[tuple[Edge, ...], ...]]:
        edges = exposed_edges(self.regions)
        tips = np.array([e.tips for e in edges])
        starts, ends = tips[:, 0], tips[:, 1]
        # what rounding leaves of a step between surfaces that are flush is no surface
        real = np.abs(ends - starts).max(axis=1) > 1e-13 * self.outer
        edges = [edge for edge, is_real in zip(edges, real.tolist(), strict=True) if is_real]
        starts, ends = starts[real], ends[real]
        scale = 1e-9 * self.outer
        on_axis = np.flatnonzero(starts[:, 0] < scale)
        first = int(on_axis[np.argmax(starts[on_axis, 1])])
        left = set(range(len(edges)))
        chain = _follow(first, edges, starts, ends, left, scale)
        voids = []
        while left:  # one that a ball closes begins on the axis, on what stands there in it
            high = {i: float(starts[i, 1]) for i in left if starts[i, 0] < scale}
            first = max(high, key=lambda i: high[i]) if high else min(left)
            voids.append(_follow(first, edges, starts, ends, left, scale))
        return (
            Profile(tuple(edges[i] for i in chain)),
            tuple(tuple(edges[i] for i in void) for void in voids),
        )

    def region(self, name: str) -> Region:
        """The region of that name."""
        return next(r for r in self.regions if r.name == name)

    def unique_name(self, name: str) -> str:
        """``name``, or ``name 2``, ``name 3`` … when it is taken."""
        taken = {r.name for r in self.regions}
        number, candidate = 1, name
        while candidate in taken:
            number += 1
            candidate = f"{name} {number}"
        return candidate

    def with_region(self, region: Region) -> Stack:
        """The stack with one more region."""
        return replace(self, regions=(*self.regions, region))

    def without(self, *names: str) -> Stack:
        """The stack without the named regions (they have melted, or are stripped)."""
        return replace(self, regions=tuple(r for r in self.regions if r.name not in names))


def exposed_edges(regions: tuple[Region, ...]) -> list[Edge]:
    """Edges that belong to one region only, directed axis outwards (solid on the right).

    A region's loop runs with the solid on its left, so each is turned round.
    """
    by_curve: dict[int, list[Edge]] = defaultdict(list)
    for region in regions:
        for edge in region.loop:
            if edge.feature not in LIMITS:
                by_curve[id(edge.curve)].append(edge)
    exposed: list[Edge] = []
    for edges in by_curve.values():
        if len(edges) == 1:
            exposed.append(edges[0].reversed())
            continue
        exposed.extend(_cancel(edges))
    return exposed


def _cancel(edges: list[Edge]) -> list[Edge]:
    """Parts of one curve that exactly one of these edges covers."""
    spans = [(min(e.first, e.last), max(e.first, e.last)) for e in edges]
    if len(spans) == 2 and spans[0] == spans[1]:  # an interface: covered from both sides
        return []
    ends = split_parameters(edges).tolist()
    parts: list[Edge] = []
    for edge, (lo, hi) in zip(edges, spans, strict=True):
        free: list[tuple[float, float]] = []
        for a, b in pairwise(t for t in ends if lo - 1e-12 <= t <= hi + 1e-12):
            middle = 0.5 * (a + b)
            if sum(start < middle < end for start, end in spans) == 1:
                if free and free[-1][1] == a:
                    free[-1] = (free[-1][0], b)
                else:
                    free.append((a, b))
        for a, b in free:  # turned round
            first, last = (b, a) if edge.last > edge.first else (a, b)
            parts.append(replace(edge, first=first, last=last))
    return parts


def split_parameters(edges: list[Edge]) -> Array:
    """All ends of these edges of one curve, rising, near-equal ones merged."""
    ends = sorted({t for e in edges for t in (e.first, e.last)})
    keep = ends[:1]
    for t in ends[1:]:
        if t - keep[-1] > 1e-11 * (1.0 + abs(t)):
            keep.append(t)
    return np.array(keep)


def _follow(
    first: int, edges: list[Edge], starts: Array, ends: Array, left: set[int], scale: float
) -> list[int]:
    """Numbers of the edges chained end to start from the first; they leave ``left``."""
    chain = [first]
    left.discard(first)
    while left:
        rest = sorted(left)
        gaps = np.abs(starts[rest] - ends[chain[-1]]).max(axis=1)
        nearest = int(np.argmin(gaps))
        if gaps[nearest] > scale:
            break
        meet = np.flatnonzero(gaps <= gaps[nearest] + TOUCH * scale).tolist()
        if len(meet) > 1:  # bodies touch there: the gas stays on the left
            last = edges[chain[-1]]
            nearest = max(meet, key=lambda k: turn(last, edges[rest[k]]))
        chain.append(rest[nearest])
        left.discard(rest[nearest])
    return chain


def turn(before: Edge, after: Edge) -> float:
    """Turn to the left from the end of one edge into another, rad; straight back is left."""
    a, b = before.tangent(1.0), after.tangent(0.0)
    angle = float(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b))
    return angle if angle > -np.pi + 1e-6 else angle + 2.0 * np.pi


def line(start: Array | tuple[float, float], end: Array | tuple[float, float]) -> Curve:
    """Line between two points given as arrays or tuples."""
    return Line((float(start[0]), float(start[1])), (float(end[0]), float(end[1])))
