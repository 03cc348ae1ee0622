"""Which regions touch, along a surface or in a point, and what so reaches the substrate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from bumpform.stack.stack import LIMITS, Region, Stack

type Place = tuple[float, float]

#: Places nearer to each other than this, relative to the model's radius, are one.
NEAR = 1e-9
#: Regions that hold all others up.
SUBSTRATE = ("pad", "base")


def adrift(solids: Stack) -> tuple[str, ...]:
    """Regions that nothing connects with the substrate, neither by a surface nor by a point.

    Parameters
    ----------
    solids : Stack
        What is left after a cut, or without what is free to flow.
    """
    if not solids.voids:  # what stands on nothing has a closed surface of its own
        return ()
    near = NEAR * solids.outer
    parts = joined(
        [(r,) for r in solids.regions],
        lambda a, b: share_surface(a, b) or share_point(a, b, near),
    )
    return tuple(
        r.name for part in parts if all(r.name not in SUBSTRATE for r in part) for r in part
    )


def share_surface(one: Sequence[Region], other: Sequence[Region]) -> bool:
    """Whether two bodies of regions lie against each other along some part of a curve."""
    spans: dict[int, list[tuple[float, float]]] = {}
    for region in one:
        for edge in region.loop:
            if edge.feature not in LIMITS:
                span = min(edge.first, edge.last), max(edge.first, edge.last)
                spans.setdefault(id(edge.curve), []).append(span)
    for region in other:
        for edge in region.loop:
            if edge.feature in LIMITS:
                continue
            low, high = min(edge.first, edge.last), max(edge.first, edge.last)
            for a, b in spans.get(id(edge.curve), ()):
                if min(b, high) - max(a, low) > 1e-11 * (1.0 + abs(low)):
                    return True
    return False


def share_point(one: Sequence[Region], other: Sequence[Region], near: float) -> bool:
    """Whether two bodies of regions have a vertex in common, up to a distance in m."""
    a, b = ([e.ends[0] for r in part for e in r.loop] for part in (one, other))
    return in_common(a, b, near)


def in_common(one: Sequence[Place], other: Sequence[Place], near: float) -> bool:
    """Whether two lots of places have one in common, up to a distance in m."""
    if not (one and other):
        return False
    a, b = np.array(one), np.array(other)
    return bool((np.abs(a[:, None] - b[None, :]).max(axis=2) <= near).any())


def joined(
    parts: list[tuple[Region, ...]], touch: Callable[[Sequence[Region], Sequence[Region]], bool]
) -> list[tuple[Region, ...]]:
    """Parts taken together as long as two of them touch."""
    while True:
        pair = next(((a, b) for a, b in combinations(parts, 2) if touch(a, b)), None)
        if pair is None:
            return parts
        rest = [part for part in parts if part not in pair]
        parts = [*rest, (*pair[0], *pair[1])]
