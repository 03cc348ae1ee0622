"""Who touches whom in a stack: the border of every two regions, and of each with the outside."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from bumpform.geometry.edge import Edge
from bumpform.quick import cached_property, quick, replace
from bumpform.stack.stack import apart, split_parameters

__all__ = ["AIR", "Border", "Borders"]

#: What a region that stands free borders on.
AIR = "air"
#: What rounding leaves of a border has no length, relative to the model's radius.
NO_LENGTH = 1e-12


@quick
@dataclass(frozen=True, eq=False)
class Border:
    """Part of a curve that two regions share, or one and the air.

    Attributes
    ----------
    sides : tuple of str
        Names of both, in the order of the stack's regions; ``AIR`` last.
    edge : Edge
        As the first of them runs along it.
    """

    sides: tuple[str, str]
    edge: Edge

    @cached_property
    def area(self) -> float:
        """Area of the surface of revolution, m²."""
        return 2.0 * math.pi * abs(float(self.edge.moments()[2]))


@quick
@dataclass(frozen=True, eq=False)
class Borders:
    """All borders of a stack.

    Attributes
    ----------
    sides : mapping of int to tuple of Edge
        Edges that bound regions, by their curve (its id), in the order of the regions.
    outer : float, m
        The stack's outer radius.
    below : Borders or None
        Those of the stack that the last region was put on; what has not changed is known of them.
    """

    sides: Mapping[int, tuple[Edge, ...]]
    outer: float
    below: Borders | None = None

    @cached_property
    def _along(self) -> dict[int, tuple[Border, ...]]:
        """Those along every curve (its id)."""
        below = self.below
        return {
            key: below._along[key]
            if below is not None and below.sides.get(key) is edges
            else tuple(_borders(edges))
            for key, edges in self.sides.items()
        }

    @cached_property
    def all(self) -> tuple[Border, ...]:
        """Every border, region by region."""
        return tuple(border for along in self._along.values() for border in along)

    @cached_property
    def _of(self) -> dict[str, tuple[Border, ...]]:
        """The borders that each region has, and the air."""
        found: dict[str, list[Border]] = defaultdict(list)
        for along in self._along.values():
            for border in along:
                for side in {*border.sides}:
                    found[side].append(border)
        return {side: tuple(borders) for side, borders in found.items()}

    def between(self, ones: Iterable[str] | str, others: Iterable[str] | str) -> tuple[Border, ...]:
        """Borders of any of the first with any of the others."""
        first = {ones} if isinstance(ones, str) else set(ones)
        second = {others} if isinstance(others, str) else set(others)
        few = min(first, second, key=len)
        beside = self._of.get(next(iter(few)), ()) if len(few) == 1 else self.all
        return tuple(
            b
            for b in beside
            if (b.sides[0] in first and b.sides[1] in second)
            or (b.sides[1] in first and b.sides[0] in second)
        )

    def touch(self, ones: Iterable[str] | str, others: Iterable[str] | str) -> bool:
        """Whether any of the first shares a border with any of the others."""
        return any(apart(*b.edge.ends) > NO_LENGTH * self.outer for b in self.between(ones, others))

    def area(self, ones: Iterable[str] | str, others: Iterable[str] | str) -> float:
        """Area over which any of the first touch any of the others, m²."""
        return math.fsum(b.area for b in self.between(ones, others))

    def share(
        self,
        ones: Iterable[str] | str,
        cover: Iterable[str] | str,
        of: Callable[[Border], bool] = lambda _: True,
    ) -> float:
        """Part of what some regions show to others and the air that others cover: 0 to 1.

        ``of`` tells which borders count.
        """
        bare = [b for b in self.between(ones, AIR) if of(b)]
        covered = math.fsum(b.area for b in self.between(ones, cover) if of(b))
        whole = covered + math.fsum(b.area for b in bare)
        return covered / whole if whole > 0.0 else 0.0

    def touching(self, name: str) -> tuple[str, ...]:
        """Names of the regions that share a border with one, each once."""
        found = dict.fromkeys(s for b in self._of.get(name, ()) for s in b.sides)
        return tuple(s for s in found if s not in (name, AIR))


def _borders(edges: tuple[Edge, ...]) -> Iterator[Border]:
    """Borders along one curve, from the edges of all regions there."""
    if len(edges) == 1:
        yield Border((edges[0].region, AIR), edges[0])
        return
    spans = [(min(e.first, e.last), max(e.first, e.last)) for e in edges]
    if len(edges) == 2 and spans[0] == spans[1]:  # covered whole, from both sides
        first, second = edges
        yield Border((first.region, second.region), first)
        return
    yield from _merged(
        part
        for a, b in pairwise(split_parameters(edges))
        if (part := _between(edges, spans, a, b)) is not None
    )


def _between(
    edges: tuple[Edge, ...], spans: list[tuple[float, float]], a: float, b: float
) -> Border | None:
    """The border along a part of a curve that none of its edges ends in."""
    middle = 0.5 * (a + b)
    owners = [e for e, (lo, hi) in zip(edges, spans, strict=True) if lo < middle < hi]
    if not owners:
        return None
    one = owners[0]
    first, last = (a, b) if one.last > one.first else (b, a)
    other = owners[1].region if len(owners) > 1 else AIR
    edge = Edge(one.curve, first, last, one.feature, one.region, one.material)
    return Border((one.region, other), edge)


def _merged(parts: Iterable[Border]) -> Iterator[Border]:
    """Parts of one curve, those that go on between the same two as one."""
    run: Border | None = None
    for part in parts:
        if run is not None and run.sides == part.sides:
            first, last = run.edge, part.edge
            rising = last.last > last.first
            if rising and first.last == last.first and first.feature == last.feature:
                run = Border(run.sides, replace(first, last=last.last))
                continue
            if not rising and first.first == last.last and first.feature == last.feature:
                run = Border(run.sides, replace(first, first=last.first))
                continue
        if run is not None:
            yield run
        run = part
    if run is not None:
        yield run
