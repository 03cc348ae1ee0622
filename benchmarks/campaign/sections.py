"""Cross sections of a stack as shapely's polygons: volumes, overlaps, gaps, and who touches whom.

Nothing here asks a stack for more than the edges of its regions. All edges of one curve are
sampled at the same places, the ends of each among them: what shares a curve shares its points, so
that overlaps and gaps show down to round-off.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely

from bumpform.geometry.curve import Line
from bumpform.geometry.edge import Edge
from bumpform.stack.stack import Region, Stack

#: Samples of a smooth span; where something seems wrong.
FINE, FINER = 24, 768
#: Slack of a volume whose two samplings have been extrapolated.
EQUAL = 1e-6
#: Thinnest overlap or gap that is told, and widest gap between bodies that touch, relative to the
#: model's radius.
THIN, TOUCH = 1e-9, 1e-7
#: Least length along which bodies touch side by side, in such gaps.
SIDE = 100.0

type Shapes = dict[str, shapely.Geometry]


def outlines(regions: tuple[Region, ...], samples: int = FINE) -> Shapes:
    """Cross sections by name, as they are drawn: one that crosses itself is not valid."""
    ends: dict[int, set[float]] = defaultdict(set)
    for region in regions:
        for edge in region.loop:
            ends[id(edge.curve)] |= {edge.first, edge.last}
    shapes: Shapes = {}
    for region in regions:
        points = [_points(edge, ends[id(edge.curve)], samples) for edge in region.loop]
        ring = np.vstack(points)
        shapes[region.name] = shapely.Polygon(ring if len(ring) > 2 else None)
    return shapes


def _points(edge: Edge, ends: set[float], samples: int) -> np.ndarray:
    """Points of an edge but its last: at all ends of edges on its curve, and evenly."""
    low, high = sorted((edge.first, edge.last))
    t = np.array(sorted(ends))
    if not isinstance(edge.curve, Line):
        breaks = np.unique(np.concatenate([np.asarray(edge.curve.breaks, float), t]))
        steps = np.linspace(breaks[:-1], breaks[1:], samples, endpoint=False).T.ravel()
        t = np.append(steps, breaks[-1])
    t = t[(t >= low) & (t <= high)]
    if edge.last < edge.first:
        t = t[::-1]
    return np.asarray(edge.curve.point(t))[:-1]


def revolved(outline: shapely.Geometry) -> float:
    """Volume of a polygon turned round the axis, Pappus's way: area times its centroid's way."""
    return 2.0 * math.pi * outline.centroid.x * outline.area if outline.area else 0.0


def volume(region: Region, samples: int = FINE) -> float:
    """Volume of a region: two samplings of its boundary, extrapolated."""
    coarse, fine = (revolved(outlines((region,), n)[region.name]) for n in (samples, 2 * samples))
    return fine + (fine - coarse) / 3.0


def flaws(stack: Stack, before: Stack | None = None) -> list[str]:
    """What is wrong with a stack: regions that cross themselves, overlap, or leave gaps.

    Parameters
    ----------
    stack : Stack
    before : Stack, optional
        One without flaws: of what it had already, only the pairs with what is new are looked at.

    Notes
    -----
    A film may be thinner than the sagitta of chords: what is wrong is looked at more finely.
    """
    return _flaws(stack, before, FINE) and _flaws(stack, before, FINER)


def _flaws(stack: Stack, before: Stack | None, samples: int) -> list[str]:
    wrong = []
    thin = THIN * stack.outer
    old = {id(region) for region in before.regions} if before is not None else set()
    shapes = outlines(stack.regions, samples)
    whole: Shapes = {}
    for region in stack.regions:
        shape = shapes[region.name]
        if shape.area < thin**2:
            wrong.append(f"{region.name} has no area")
            whole[region.name] = shapely.Polygon()
            continue
        whole[region.name] = shape.buffer(0.0)
        if id(region) in old:
            continue
        lost = shapely.make_valid(shape).symmetric_difference(whole[region.name])
        if thickness(lost) > thin:
            wrong.append(f"{region.name} crosses itself: {shapely.is_valid_reason(shape)}")
            continue
        r, z = shapely.get_coordinates(shape).T
        if float(r[:-1] @ z[1:] - r[1:] @ z[:-1]) < 0.0:
            wrong.append(f"{region.name} runs clockwise round {shape.area:.3g} m²")
        found = volume(region, samples)
        slack = EQUAL * max(abs(found), 1e-3 * shape.area * stack.outer)
        if not abs(found - region.volume) < slack:
            wrong.append(f"{region.name} has {region.volume:.9g} m³, its polygon {found:.9g} m³")
    for i, one in enumerate(stack.regions):
        for other in stack.regions[i + 1 :]:
            if id(one) in old and id(other) in old:
                continue
            if not whole[one.name].intersects(whole[other.name]):
                continue
            grid = 0.01 * thin  # without it, lines that nearly lie on one another may mislead
            shared = shapely.intersection(whole[one.name], whole[other.name], grid_size=grid)
            deep = thickness(shared)
            if deep > thin:
                wrong.append(f"{one.name} and {other.name} overlap, {deep:.3g} m deep")
    return wrong + _gaps(stack, whole)


def thickness(shape: shapely.Geometry) -> float:
    """How thick a shape is: twice its area over its boundary, largest of its parts, m."""
    parts = getattr(shape, "geoms", [shape])
    return max((2.0 * p.area / p.length for p in parts if p.length > 0.0), default=0.0)


def holes(stack: Stack, whole: Shapes | None = None) -> list[shapely.Geometry] | None:
    """Closed holes between the regions; None where these do not hang together."""
    if whole is None:
        whole = {name: shape.buffer(0.0) for name, shape in outlines(stack.regions).items()}
    thin = THIN * stack.outer
    half = shapely.union_all(list(whole.values()), grid_size=0.01 * thin)
    turned = shapely.transform(half, lambda x: x * (-1.0, 1.0))
    both = shapely.union_all([half, turned], grid_size=0.01 * thin)
    pieces = list(getattr(both, "geoms", [both]))
    if len(pieces) > 1 and min(p.distance(pieces[0]) for p in pieces[1:]) > thin:
        return None
    frame = shapely.box(*both.bounds).buffer(0.1 * stack.outer)
    room = frame.difference(both)  # bodies that touch in a circle close it too
    found = [part for part in getattr(room, "geoms", [room]) if part.disjoint(frame.exterior)]
    return [h for h in found if thickness(h) > thin and h.centroid.x > -thin]


def _gaps(stack: Stack, whole: Shapes) -> list[str]:
    """Holes between regions that the stack does not know as voids."""
    found = holes(stack, whole)
    if found is None:
        return ["its regions do not hang together"]
    if len(found) != len(stack.voids):
        places = ", ".join(f"({h.centroid.x:.3g}, {h.centroid.y:.3g})" for h in found[:3])
        return [f"closed holes: {len(found)} {places}; voids: {len(stack.voids)}"]
    return []


def bodies(regions: Sequence[Region], outer: float, *, along: bool = False) -> list[list[str]]:
    """Names of regions, those together that touch; ``along`` a side, not where corners meet."""
    shapes = outlines(tuple(regions))

    def touch(one: str, other: str) -> bool:
        a, b, near = shapes[one], shapes[other], TOUCH * outer
        if a.distance(b) >= near:
            return False
        return not along or b.boundary.intersection(a.buffer(near)).length > SIDE * near

    left, groups = list(shapes), []
    while left:
        group, grown = [left.pop(0)], True
        while grown:
            near = [n for n in left if any(touch(n, m) for m in group)]
            left = [n for n in left if n not in near]
            group += near
            grown = bool(near)
        groups.append(group)
    return groups


def parts_left(
    names: Iterable[str], before: Stack, after: Stack
) -> Iterator[tuple[str, str, float]]:
    """What a cut has left of solders: name, region after it, share of the volume."""
    for name in names:
        old = before.region(name)
        whole = outlines((old,))[name].buffer(0.0)
        for region in after.regions:
            if region.kind == "solder":
                part = outlines((region,))[region.name].buffer(0.0)
                if part.intersection(whole).area > 0.5 * part.area:
                    yield name, region.name, volume(region) / volume(old)
