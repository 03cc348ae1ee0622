"""Cut regions with a horizontal plane: abrading everything, etching one layer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bumpform.curve import Line
from bumpform.errors import ProcessError
from bumpform.profile import Edge
from bumpform.stack import Region, Stack

#: A point this near to the plane, relative to the model's radius, lies on it.
ON_PLANE = 1e-12


def abrade(stack: Stack, height: float) -> Stack:
    """Take away everything above a plane.

    Parameters
    ----------
    stack : Stack
    height : float, m

    Raises
    ------
    ProcessError
        If nothing stands higher than the plane, or it lies below the pad's top.
    """
    top = float(stack.profile.polyline[:, 1].max())
    if top <= height:
        raise ProcessError(
            f"abrade: nothing stands above z = {height:.6g} m (the highest point is {top:.6g} m, "
            f"{height - top:.6g} m lower): abrade further down"
        )
    if height <= 0.0:
        raise ProcessError(
            f"abrade: the plane z = {height:.6g} m lies at or below the pad's top (z = 0)"
        )
    plane = Line((0.0, height), (stack.outer, height))
    kept: list[Region] = []
    for region in stack.regions:
        kept += _below(region, plane, height, f"{region.name} cut")
    return replace(stack, regions=tuple(_renamed(kept)))


def etch(stack: Stack, layer: str, by: float) -> Stack:
    """Lower a layer's top by a thickness.

    Raises
    ------
    ProcessError
        If there is no such layer, its top is not exposed, or it is not that thick.
    """
    top = next((e for e in stack.profile.pieces if e.feature == f"{layer} top"), None)
    if top is None:
        raise ProcessError(f"etch: no layer {layer!r} shows its top here")
    height = float(top.point(0.0)[1]) - by
    plane = Line((0.0, height), (stack.outer, height))
    kept: list[Region] = []
    for region in stack.regions:
        if region.name == layer:
            parts = _below(region, plane, height, f"{layer} top")
            if not parts or height <= min(e.point(0.0)[1] for e in region.loop) + ON_PLANE:
                raise ProcessError(
                    f"etch: {by:.6g} m is at least the thickness of {layer}: strip it instead"
                )
            kept += parts
        else:
            kept.append(region)
    return replace(stack, regions=tuple(_renamed(kept)))


def _below(region: Region, plane: Line, height: float, feature: str) -> list[Region]:
    """What of a region lies below the plane: one region for each separate part."""
    slack = ON_PLANE * plane.end[0]
    pieces: list[Edge] = []
    for edge in region.loop:
        cuts = [u for u in edge.crossings(1, height) if 1e-12 < u < 1.0 - 1e-12]
        for u0, u1 in zip([0.0, *cuts], [*cuts, 1.0], strict=True):
            part = edge if not cuts else edge.part(u0, u1)
            if float(part.point(0.5)[1]) < height - slack:
                pieces.append(part)
    if not pieces:
        return []
    if len(pieces) == len(region.loop) and all(
        a is b for a, b in zip(pieces, region.loop, strict=True)
    ):
        return [region]
    return _closed(region, pieces, plane, slack, feature)


def _closed(
    region: Region, pieces: list[Edge], plane: Line, slack: float, feature: str
) -> list[Region]:
    """Close chains of edges along the plane; inside lies to their left."""
    chains: list[list[Edge]] = []
    for piece in pieces:
        if chains and np.abs(chains[-1][-1].point(1.0) - piece.point(0.0)).max() < 1e3 * slack:
            chains[-1].append(piece)
        else:
            chains.append([piece])
    if len(chains) > 1 and (
        np.abs(chains[-1][-1].point(1.0) - chains[0][0].point(0.0)).max() < 1e3 * slack
    ):
        chains[0] = chains.pop() + chains[0]
    # counter-clockwise: a chain ends on the plane at larger r than where the next one, to
    # its left, starts; so joints run inwards from each end to the nearest start
    starts = {i: float(c[0].point(0.0)[0]) for i, c in enumerate(chains)}
    regions, left = [], set(starts)
    while left:
        first = number = min(left)
        loop: list[Edge] = []
        while number in left:
            left.discard(number)
            chain = chains[number]
            loop += chain
            tip = float(chain[-1].point(1.0)[0])
            inward = {i: r for i, r in starts.items() if r <= tip + slack}
            number = max(inward, key=lambda i: inward[i]) if inward else first
            loop.append(Edge(plane, tip / plane.end[0], starts[number] / plane.end[0], feature))
        regions.append(Region.bounded(region.name, region.material, tuple(loop), region.kind))
    return regions


def _renamed(regions: list[Region]) -> list[Region]:
    """Parts of one region that a cut has separated get numbers."""
    seen: dict[str, int] = {}
    result = []
    for region in regions:
        seen[region.name] = seen.get(region.name, 0) + 1
        if seen[region.name] > 1:
            name = f"{region.name} {seen[region.name]}"
            plain = tuple(
                replace(e, feature="" if e.feature == region.name else e.feature)
                for e in region.loop
            )
            region = Region.bounded(name, region.material, plain, region.kind)
        result.append(region)
    return result
