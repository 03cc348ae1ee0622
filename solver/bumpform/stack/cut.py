"""Solid taken away: everything above a plane, the level top of a layer, or a whole layer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Line
from bumpform.geometry.edge import Edge
from bumpform.quick import replace
from bumpform.stack.contacts import adrift
from bumpform.stack.stack import Region, Stack
from bumpform.units.fields import listed
from bumpform.units.units import format_length

#: A point this near to the plane, relative to the model's radius, lies on it.
ON_PLANE = 1e-12


class Cut(NamedTuple):
    """A stack after a cut, and what has become of its regions.

    Attributes
    ----------
    stack : Stack
    parts : dict of str to tuple of str
        Names before to names after: several where a cut has separated a region, none
        where nothing of it is left.
    """

    stack: Stack
    parts: dict[str, tuple[str, ...]]


def abrade(stack: Stack, height: float) -> Cut:
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
    _refuse_idle("abrade", stack.regions, height, stack)
    _refuse_low("abrade", height)
    plane = _plane(height, stack.outer)
    return _cut_at(stack, height, lambda region: _below(region, plane))


def abrade_below_top(stack: Stack, layer: str, by: float) -> Cut:
    """Lower all that shows beside a layer to a depth below the layer's top, the layer staying.

    Parameters
    ----------
    stack : Stack
    layer : str
    by : float, m

    Raises
    ------
    ProcessError
        If the layer covers everything, or nothing but it stands higher than the plane.
    """
    top = layer_top(stack, layer, "abrade")
    height = top - by
    _refuse_low("abrade", height)
    if stack.profile.pieces[0].feature == f"{layer} top":
        others = [r for r in stack.regions if not is_part(r, layer)]
        raise ProcessError(
            f"abrade: {layer} covers all that stands here (the highest reaches z = "
            f"{format_length(_highest(others))}, {layer}'s top is at {format_length(top)}): "
            "abrade to a height at which the bump shows first"
        )
    others = [r for r in stack.regions if not is_part(r, layer)]
    _refuse_idle("abrade", others, height, stack)

    plane = _plane(height, stack.outer)

    def worn(region: Region) -> list[Region]:
        return [region] if is_part(region, layer) else _below(region, plane)

    return _cut_at(stack, height, worn)


def etch(stack: Stack, layer: str, by: float) -> Cut:
    """Lower a layer's top by a thickness.

    Raises
    ------
    ProcessError
        If there is no such layer, its top does not show everywhere, or it is not that thick.
    """
    height = layer_top(stack, layer, "etch") - by
    shown = sum(e.length() for e in stack.profile if e.feature == f"{layer} top")
    region = next(r for r in stack.regions if is_part(r, layer))
    whole = sum(e.length() for e in region.loop if e.feature == f"{layer} top")
    if shown < whole * (1.0 - 1e-9):
        raise ProcessError(
            f"etch: something stands on {layer}'s top; what it covers would be hollowed out: "
            "take that away first"
        )
    lowest = min(float(e.sample()[:, 1].min()) for e in region.loop)
    if height <= lowest + ON_PLANE * stack.outer:
        raise ProcessError(
            f"etch: {format_length(by)} is not less than the thickness of {layer}, "
            f"{format_length(height + by - lowest)}: etch less, or strip it",
            key="by",
        )

    plane = _plane(height, stack.outer)

    def etched(other: Region) -> list[Region]:
        return _below(other, plane) if is_part(other, layer) else [other]

    return _cut_at(stack, height, etched)


#: What to do where a resist shall take off what lies on it.
_LIFT_OFF: Final = (
    "; a lift-off, which takes off what lies on it, is not followed: plate what is to stay by its "
    "radius, without the resist"
)


def strip(stack: Stack, layer: str) -> Cut:
    """Take a whole layer away.

    Raises
    ------
    ProcessError
        If there is no such layer, it cannot be reached, or something would hang in the air.
    """
    gone = [r.name for r in stack.regions if is_part(r, layer)]
    if not gone:
        raise ProcessError(f"strip: there is no {layer} on the stack")
    bare = stack.without(*gone)
    hanging = left_hanging(stack, bare)
    if hanging:
        raise ProcessError(
            f"strip: without {layer}, {listed(hanging)} would hang in the air: "
            f"{_rather(stack, layer, hanging)}"
        )
    if len(bare.voids) > len(stack.voids):
        over = _sealing(stack, gone)
        carried = adrift(stack.without(*gone, *over))
        bodies = [r.name for r in stack.regions if r.name in {*over, *carried}]
        lifted = "" if any(stack.region(name).is_solder for name in bodies) else _LIFT_OFF
        raise ProcessError(
            f"strip: {layer} is covered on all sides, nothing reaches it under {listed(over)}: "
            f"{_rather(stack, layer, bodies)}{lifted}"
        )
    return Cut(bare, {r.name: (r.name,) if r.name not in gone else () for r in stack.regions})


def _rather(stack: Stack, layer: str, over: list[str]) -> str:
    """What to do about bodies over a layer that is to go: solder is no layer, and stays."""
    if any(stack.region(name).is_solder for name in over):
        return f"strip {layer} before {listed(over)} {'is' if len(over) == 1 else 'are'} put there"
    return f"{'strip' if len(over) == 1 else 'strip all of'} {listed(over)} first"


def _sealing(stack: Stack, gone: list[str]) -> list[str]:
    """Names of what keeps regions from the open: one body that does it alone, or as few as do.

    What stands on such a body, and would go with it, keeps nothing from the open.
    """

    def opens(*taken: str) -> bool:
        bare = stack.without(*gone, *taken)
        return len(bare.without(*adrift(bare)).voids) <= len(stack.voids)

    names = [r.name for r in stack.regions]
    later = [n for n in names[names.index(gone[0]) :] if n not in gone]
    if alone := [n for n in later if opens(n)]:
        return alone[-1:]
    over = later
    for name in later:
        others = [n for n in over if n != name]
        over = others if opens(*others) else over
    return over or names


def left_hanging(before: Stack, after: Stack) -> list[str]:
    """Names of the regions that nothing joins to the ground any more.

    A ball rests on a point; a layer does not, nor does it hang on a bump.
    """
    loose = [name for name in after.unsupported if name not in before.unsupported]
    left = adrift(after) if loose else ()
    return [name for name in loose if name in left or after.region(name).is_dielectric]


def lies_open(stack: Stack, layer: str) -> bool:
    """Whether a layer's whole top is level and shows."""
    tops = [
        e for r in stack.regions if is_part(r, layer) for e in r.loop if e.feature == f"{layer} top"
    ]
    heights = {z for e in tops if e.is_straight for z in e.tips[:, 1].tolist()}
    if not heights or not all(e.is_straight for e in tops):
        return False
    whole = sum(e.length() for e in tops)
    shown = sum(e.length() for e in stack.profile if e.feature == f"{layer} top")
    level = max(heights) - min(heights) <= ON_PLANE * stack.outer
    return level and shown >= whole * (1.0 - 1e-9)


def layer_top(stack: Stack, layer: str, what: str) -> float:
    """Height of a layer's exposed top, m; ``what`` names the step in messages.

    Raises
    ------
    ProcessError
        If it shows nowhere.
    """
    top = next((e for e in stack.profile if e.feature == f"{layer} top"), None)
    if top is None:
        there = any(is_part(r, layer) for r in stack.regions)
        raise ProcessError(
            f"{what}: {layer}'s top is covered"
            if there
            else f"{what}: there is no {layer} on the stack"
        )
    return float(top.point(0.0)[1])


def is_part(region: Region, layer: str) -> bool:
    """Whether a region is a layer, or one of the parts into which a cut has separated it."""
    rest = region.name.removeprefix(layer)
    return region.name.startswith(layer) and (not rest or bool(re.fullmatch(r" part \d+", rest)))


def _highest(regions: Iterable[Region]) -> float:
    return max(float(r.outline[:, 1].max()) for r in regions)


def _refuse_idle(what: str, regions: Iterable[Region], height: float, stack: Stack) -> None:
    top = _highest(regions)
    if top <= height + ON_PLANE * stack.outer:
        raise ProcessError(
            f"{what}: nothing stands above the plane at z = {format_length(height)}: go further "
            f"down; the highest point is at z = {format_length(top)}"
        )


def _refuse_low(what: str, height: float) -> None:
    if height <= 0.0:
        raise ProcessError(
            f"{what}: the plane at z = {format_length(height)} does not lie above the pad's top "
            "(z = 0): cut less"
        )


def _cut_at(stack: Stack, height: float, worn: Callable[[Region], list[Region]]) -> Cut:
    """Every region as ``worn`` leaves it at a plane."""
    result = cut_regions(stack, worn)
    if len(result.stack.voids) > len(stack.voids):
        raise ProcessError(
            f"the plane at z = {format_length(height)} would hollow out what a layer covers: "
            "cut less deep"
        )
    return result


def cut_regions(stack: Stack, worn: Callable[[Region], list[Region]]) -> Cut:
    """Every region as ``worn`` leaves it, separated parts with names of their own."""
    taken = {r.name for r in stack.regions}
    regions: list[Region] = []
    parts: dict[str, tuple[str, ...]] = {}
    for region in stack.regions:
        names = []
        for number, part in enumerate(worn(region), 1):
            name = region.name
            while number > 1 and name in taken:
                name = f"{region.name} part {number}"
                number += 1
            taken.add(name)
            names.append(name)
            regions.append(part if name == region.name else _named(part, name))
        parts[region.name] = tuple(names)
    return Cut(replace(stack, regions=tuple(regions)), parts)


def _named(region: Region, name: str) -> Region:
    """The region under another name; the features that carried the old one follow."""
    old = region.name
    loop = tuple(
        replace(e, feature=name + e.feature.removeprefix(old))
        if e.feature == old or e.feature.startswith(f"{old} ")
        else e
        for e in region.loop
    )
    return Region.bounded(name, region.material, loop, region.kind)


def _parts(edge: Edge, height: float) -> list[Edge]:
    """The edge cut wherever it crosses a height."""
    cuts = [u for u in edge.crossings(1, height) if 1e-12 < u < 1.0 - 1e-12]
    if not cuts:
        return [edge]
    return [edge.part(a, b) for a, b in itertools.pairwise([0.0, *cuts, 1.0])]


def _below(region: Region, plane: Line) -> list[Region]:
    """What of a region lies below a plane: one region for each separate part."""
    outer, height = plane.end
    slack = ON_PLANE * outer
    pieces = [p for edge in region.loop for p in _parts(edge, height) if _kept(p, height, slack)]
    if not pieces:
        return []
    if len(pieces) == len(region.loop) and all(
        a is b for a, b in zip(pieces, region.loop, strict=True)
    ):
        return [region]
    chains: list[list[Edge]] = []
    for piece in pieces:
        if chains and _meets(chains[-1][-1], piece, slack):
            chains[-1].append(piece)
        else:
            chains.append([piece])
    if len(chains) > 1 and _meets(chains[-1][-1], chains[0][0], slack):
        chains[0] = chains.pop() + chains[0]
    feature = f"{region.name} {'top' if region.is_dielectric else 'cut'}"
    parts = [
        Region.bounded(region.name, region.material, tuple(loop), region.kind)
        for loop in _closed(chains, plane, slack, feature)
    ]
    return [part for part in parts if part.volume > slack * outer**2]  # a slit holds nothing


def _plane(height: float, outer: float) -> Line:
    """The plane as a line: one object for a whole cut, so that neighbours share it."""
    return Line((0.0, height), (outer, height))


def _kept(piece: Edge, height: float, slack: float) -> bool:
    """Whether a piece bounds what is below: it lies there, or is a top that lies in the plane."""
    middle = float(piece.point(0.5)[1])
    if abs(middle - height) > slack:
        return middle < height
    start, end = piece.point(0.0), piece.point(1.0)
    flat = max(abs(start[1] - height), abs(end[1] - height)) <= slack
    return flat and bool(end[0] < start[0])  # inside lies to the left: a top runs inwards


def _meets(one: Edge, other: Edge, slack: float) -> bool:
    return bool(np.abs(one.point(1.0) - other.point(0.0)).max() < 1e3 * slack)


def _closed(chains: list[list[Edge]], plane: Line, slack: float, feature: str) -> list[list[Edge]]:
    """Chains of edges closed along the plane; inside lies to their left.

    A chain ends on the plane at a larger r than that at which the next one starts, with
    the region's inside between them.
    """
    starts = {i: float(c[0].point(0.0)[0]) for i, c in enumerate(chains)}
    loops, left = [], set(starts)
    while left:
        first = number = min(left)
        loop: list[Edge] = []
        while number in left:
            left.discard(number)
            loop += chains[number]
            tip = float(chains[number][-1].point(1.0)[0])
            inward = {i: r for i, r in starts.items() if r <= tip + slack}
            number = max(inward, key=lambda i: inward[i]) if inward else first
            if tip - starts[number] > slack:
                r = plane.end[0]
                loop.append(Edge(plane, tip / r, starts[number] / r, feature))
        loops.append(loop)
    return loops
