"""The stack: regions of material with exact boundaries, and the profile they expose.

A stack is immutable. Its regions are closed loops of edges; two regions that touch
share the same curve objects, so an interface is found by identity, not by distance.
The solid profile is what remains of all solid regions' edges when those that two of
them share are taken away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bumpform.brief import brief
from bumpform.geometry.curve import Array, Curve, Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile
from bumpform.geometry.touching import ending_at_corners
from bumpform.quick import cached_property, quick

if TYPE_CHECKING:
    from bumpform.stack.borders import Borders

#: What a region is in the stack, whatever it is made of.
type RegionKind = Literal["pad", "base", "dielectric", "metal", "core", "solder"]

#: Features of edges that close a region at the model's limits, by the body that ends there; never
#: exposed.
LIMITS = frozenset({"axis", "outer", "bottom", "package outer", "package top"})
#: Ends of edges this near to each other, relative to what counts as joined, are one point.
TOUCH = 1e-3


@quick
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
    kind : RegionKind
        A "solder" is frozen, or as deposited.
    """

    name: str
    material: str
    loop: tuple[Edge, ...]
    kind: RegionKind

    __repr__ = brief

    @property
    def is_solder(self) -> bool:
        """Whether it may melt."""
        return self.kind == "solder"

    @property
    def is_core(self) -> bool:
        """Whether it is a solid ball that stays so."""
        return self.kind == "core"

    @property
    def is_pad(self) -> bool:
        """Whether it is a pad, of the stack or of a package."""
        return self.kind == "pad"

    @property
    def is_base(self) -> bool:
        """Whether it is what the pad lies on."""
        return self.kind == "base"

    @property
    def is_metal(self) -> bool:
        """Whether it is a layer of metal that was plated, or a barrier."""
        return self.kind == "metal"

    @property
    def is_ground(self) -> bool:
        """Whether it is what all else stands on: the pad, or its base."""
        return self.kind in ("pad", "base")

    @property
    def is_metallic(self) -> bool:
        """Whether it is metal by its kind, solder among it; a coat or core may be so, too."""
        return self.kind in ("pad", "metal", "solder")

    @property
    def is_layer(self) -> bool:
        """Whether it was laid down as a layer: plated or coated."""
        return self.kind in ("metal", "dielectric")

    @property
    def is_bump(self) -> bool:
        """Whether layers grow up beside it, which keep a wall where it was: solder, or a core."""
        return self.kind in ("solder", "core")

    @property
    def is_dielectric(self) -> bool:
        """Whether it is a layer that was coated, whatever it is made of."""
        return self.kind == "dielectric"

    @classmethod
    def bounded(cls, name: str, material: str, loop: tuple[Edge, ...], kind: RegionKind) -> Region:
        """Region whose edges carry its name and material."""
        owned = tuple(e.named(e.feature or name, name, material) for e in loop)
        return cls(name, material, owned, kind)

    @cached_property
    def limit(self) -> Edge | None:
        """Edge at which the model ends; None if it ends before."""
        return next((e for e in self.loop if e.feature == "outer"), None)

    @cached_property
    def moments(self) -> Array:
        """Volume/2π and its moment of height, shape (2,), m³ · m⁴."""
        return np.sum([edge.moments()[:2] for edge in self.loop], axis=0)

    @property
    def volume(self) -> float:
        """Volume of the solid of revolution, m³."""
        return float(2.0 * np.pi * self.moments[0])

    @cached_property
    def axis_span(self) -> tuple[float, float] | None:
        """Lowest and highest place on the axis, m; None where it does not reach it."""
        heights = [z for e in self.loop if e.feature == "axis" for _, z in e.ends]
        return (min(heights), max(heights)) if heights else None

    @cached_property
    def widest(self) -> float:
        """Largest radius, m."""
        return max(edge.reach.outer for edge in self.loop)

    @cached_property
    def top(self) -> float:
        """Highest place, m."""
        return max(edge.reach.top for edge in self.loop)

    @cached_property
    def outline(self) -> Array:
        """Polygon for pictures, shape (n, 2), closed."""
        points = np.vstack([edge.sample()[:-1] for edge in self.loop])
        return np.vstack([points, points[:1]])


@quick
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
    under : Stack or None
        What the last region was put on, where it was put on one.
    """

    regions: tuple[Region, ...]
    outer: float
    bottom: float
    under: Stack | None = None

    __repr__ = brief

    @cached_property
    def profile(self) -> Profile:
        """What liquid can touch, axis outwards."""
        return self._chains[0]

    @property
    def voids(self) -> tuple[tuple[Edge, ...], ...]:
        """Closed surfaces inside the stack that nothing reaches."""
        return self._chains[1]

    @cached_property
    def base(self) -> Stack | None:
        """The stack without its last region, if that was put on it and nothing else has changed."""
        under = self.under
        return under if under is not None and under.regions == self.regions[:-1] else None

    @cached_property
    def sides(self) -> dict[int, tuple[Edge, ...]]:
        """Edges that bound regions, by their curve (its id), in the order of the regions."""
        if self.base is None:
            return _sides(self.regions)
        found = dict(self.base.sides)
        for key, edges in _sides(self.regions[-1:]).items():
            found[key] = (*found.get(key, ()), *edges)
        return found

    @cached_property
    def borders(self) -> Borders:
        """Who touches whom."""
        from bumpform.stack.borders import Borders

        return Borders(self.sides, self.outer, None if self.base is None else self.base.borders)

    @cached_property
    def _exposed(self) -> dict[int, list[Edge]]:
        """Of the same curves what belongs to one region only, directed axis outwards."""
        if self.base is None:
            return {key: _bare(edges) for key, edges in self.sides.items()}
        found = dict(self.base._exposed)
        for key in _sides(self.regions[-1:]):
            found[key] = _bare(self.sides[key])
        return found

    @cached_property
    def _chains(self) -> tuple[Profile, tuple[tuple[Edge, ...], ...]]:
        # what rounding leaves of a step between surfaces that are flush is no surface
        step, scale = 1e-13 * self.outer, 1e-9 * self.outer
        edges = [e for part in self._exposed.values() for e in part if apart(*e.ends) > step]
        edges = ending_at_corners(edges, scale, TOUCH * scale)
        starts = [e.ends[0] for e in edges]
        on_axis = [i for i, (r, _) in enumerate(starts) if r < scale]
        first = max(on_axis, key=lambda i: starts[i][1])
        left = dict.fromkeys(range(len(edges)))
        chain = _follow(first, edges, starts, left, scale)
        voids = []
        while left:  # one that a ball closes begins on the axis, on what stands there in it
            high = [i for i in left if starts[i][0] < scale]
            first = max(high, key=lambda i: starts[i][1]) if high else min(left)
            voids.append(_follow(first, edges, starts, left, scale))
        return (
            Profile(tuple(edges[i] for i in chain)),
            tuple(tuple(edges[i] for i in void) for void in voids),
        )

    @cached_property
    def _known(self) -> dict[Any, Any]:
        return {}

    def once[T, *Asked](self, work: Callable[[Stack, *Asked], T], *asked: *Asked) -> T:
        """What a function finds of this stack: of one that several runs share, not again."""
        key = work, *asked
        if key not in self._known:
            self._known[key] = work(self, *asked)
        found: T = self._known[key]
        return found

    @cached_property
    def _named(self) -> dict[str, Region]:
        return {region.name: region for region in reversed(self.regions)}

    def region(self, name: str) -> Region:
        """The region of that name."""
        return self._named[name]

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
        return Stack((*self.regions, region), self.outer, self.bottom, self)

    @cached_property
    def unsupported(self) -> tuple[str, ...]:
        """Names of the regions that nothing joins to the ground.

        A body rests on whatever it shares a surface with; a dielectric layer only on what is
        not solder: a film does not hang on a bump.
        """
        joined: dict[str, set[str]] = defaultdict(set)
        for edges in self.sides.values():
            for one, other in combinations(edges, 2):
                (a, b), (c, d) = (sorted((e.first, e.last)) for e in (one, other))
                if one.region != other.region and min(b, d) - max(a, c) > 1e-9 * (b - a):
                    joined[one.region].add(other.region)
                    joined[other.region].add(one.region)
        ground = {r.name for r in self.regions if r.is_ground}
        firm = _reached(ground, joined, {r.name for r in self.regions if not r.is_solder})
        held = _reached(firm, joined, {r.name for r in self.regions if not r.is_dielectric})
        return tuple(r.name for r in self.regions if r.name not in held)

    def without(self, *names: str) -> Stack:
        """The stack without the named regions (they have melted, or are stripped)."""
        left = tuple(r for r in self.regions if r.name not in names)
        known: Stack | None = self  # with what is known of it, as long as nothing else has changed
        while known is not None and len(known.regions) > len(left):
            known = known.under
        if known is not None and (known.regions, known.outer) == (left, self.outer):
            return known
        return Stack(left, self.outer, self.bottom)


def _reached(seeds: set[str], joined: dict[str, set[str]], among: set[str]) -> set[str]:
    """Seeds, and which of some regions are joined to them through each other."""
    found, new = set(seeds), set(seeds)
    while new:
        new = set().union(*(joined[name] for name in new)) & among - found
        found |= new
    return found


def exposed_edges(regions: tuple[Region, ...]) -> list[Edge]:
    """Edges that belong to one region only, directed axis outwards (solid on the right).

    A region's loop runs with the solid on its left, so each is turned round.
    """
    return [edge for edges in _sides(regions).values() for edge in _bare(edges)]


def _sides(regions: tuple[Region, ...]) -> dict[int, tuple[Edge, ...]]:
    """Edges of regions by their curve (its id), but for those at the model's limits."""
    found: dict[int, tuple[Edge, ...]] = {}
    for region in regions:
        for edge in region.loop:
            if edge.feature not in LIMITS:
                key = id(edge.curve)
                found[key] = (*found.get(key, ()), edge)
    return found


def _bare(edges: tuple[Edge, ...]) -> list[Edge]:
    """What of one curve's edges belongs to one region only, each part turned round."""
    if len(edges) == 1:
        return [edges[0].reversed()]
    if len(edges) == 2 and _same_span(*edges):  # an interface: covered from both sides
        return []
    return _cancel(edges)


def _same_span(one: Edge, other: Edge) -> bool:
    """Whether two edges cover the same part of their curve."""
    ends = one.first, one.last
    return ends in ((other.first, other.last), (other.last, other.first))


def _cancel(edges: tuple[Edge, ...]) -> list[Edge]:
    """Parts of one curve that exactly one of these edges covers."""
    kept = _merged_parameters(edges)
    spans = [(kept[min(e.first, e.last)], kept[max(e.first, e.last)]) for e in edges]
    free: list[list[tuple[float, float]]] = [[] for _ in edges]
    for a, b in pairwise(dict.fromkeys(kept.values())):
        owners = [i for i, (start, end) in enumerate(spans) if start <= a and b <= end]
        if len(owners) == 1:
            own = free[owners[0]]
            if own and own[-1][1] == a:
                own[-1] = (own[-1][0], b)
            else:
                own.append((a, b))
    parts: list[Edge] = []
    for edge, own in zip(edges, free, strict=True):
        for a, b in own:  # turned round
            first, last = (b, a) if edge.last > edge.first else (a, b)
            parts.append(Edge(edge.curve, first, last, edge.feature, edge.region, edge.material))
    return parts


def split_parameters(edges: Sequence[Edge]) -> list[float]:
    """All ends of these edges of one curve, rising, near-equal ones merged."""
    return list(dict.fromkeys(_merged_parameters(edges).values()))


def _merged_parameters(edges: Sequence[Edge]) -> dict[float, float]:
    """All ends of these edges of one curve, rising, each with the one that it counts as."""
    found: dict[float, float] = {}
    kept = -np.inf
    for t in sorted({t for e in edges for t in (e.first, e.last)}):
        if t - kept > 1e-11 * (1.0 + abs(t)):
            kept = t
        found[t] = kept
    return found


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Largest difference of two places' coordinates, m."""
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))


def _follow(
    first: int,
    edges: list[Edge],
    starts: list[tuple[float, float]],
    left: dict[int, None],
    scale: float,
) -> list[int]:
    """Numbers of the edges chained end to start from the first; they leave ``left``."""
    chain = [first]
    del left[first]
    while left:
        last = edges[chain[-1]]
        _, (r, z) = last.ends
        gaps = {i: max(abs(starts[i][0] - r), abs(starts[i][1] - z)) for i in left}
        nearest = min(gaps, key=gaps.__getitem__)
        if gaps[nearest] > scale:
            break
        meet = [i for i, gap in gaps.items() if gap <= gaps[nearest] + TOUCH * scale]
        if len(meet) > 1:  # bodies touch there: the gas stays on the left
            nearest = max(meet, key=lambda i: turn(last, edges[i]))
        chain.append(nearest)
        del left[nearest]
    return chain


def turn(before: Edge, after: Edge) -> float:
    """Turn to the left from the end of one edge into another, rad; straight back is left."""
    a, b = before.arriving, after.leaving
    angle = float(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b))
    return angle if angle > -np.pi + 1e-6 else angle + 2.0 * np.pi


def line(start: Array | tuple[float, float], end: Array | tuple[float, float]) -> Curve:
    """Line between two points given as arrays or tuples."""
    return Line((float(start[0]), float(start[1])), (float(end[0]), float(end[1])))
