"""A layer etched straight down where nothing covers it, what stands on it being the mask.

At every radius at which the layer is what one sees from above, its surface is lowered by one
depth: a level top stays level, a step keeps its shape, and where the depth reaches through the
layer it is gone. The etch ends there: what lies below is not attacked, nor what lies in the shadow
of what has been etched through. The mask's edge goes down as an upright wall: undercut, by which a
wet etch takes away what is under the mask's edge too, is not modelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Arc, Curve, Line, ParallelCurve, PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile
from bumpform.growth.crossing import crossings
from bumpform.quick import replace
from bumpform.stack.cut import ON_PLANE, Cut, cut_regions, is_part, left_hanging
from bumpform.stack.stack import Region, Stack
from bumpform.stack.strips import Span, Strips, radii_of
from bumpform.units.fields import listed

#: A crossing within this many times the slack of where both curves end is that end.
AT_JOINT = 1e5


def etch_exposed(stack: Stack, layer: str, by: float) -> Cut:
    """Lower a layer wherever nothing covers it; where it is no thicker than that, it goes.

    Parameters
    ----------
    stack : Stack
    layer : str
    by : float, m
        Depth, straight down.

    Raises
    ------
    ProcessError
        If there is no such layer, nothing of it shows from above, or something would hang.
    """
    parts = [r for r in stack.regions if is_part(r, layer)]
    if not parts:
        raise ProcessError(f"etch: there is no {layer} on the stack")
    left = {region.name: _etched(region, stack, by) for region in parts}
    if all(left[region.name] == [region] for region in parts):
        raise ProcessError(
            f"etch: nothing of {layer} shows from above: strip or etch what covers it first"
        )
    result = cut_regions(stack, lambda region: left.get(region.name, [region]))
    hanging = left_hanging(stack, result.stack)
    if hanging:
        others = [result.stack.region(n) for n in hanging]  # what is cut through has new names
        others = [region for region in others if not is_part(region, layer)]
        names = listed([region.name for region in others])
        rather = f", or strip {names} first" if others else ""
        if any(region.is_solder for region in others):
            rather = f", or before {names} is there"
        raise ProcessError(
            f"etch: {listed(hanging)} would hang in the air: etch {layer} less deep{rather}"
        )
    return result


class Shade(NamedTuple):
    """What of a layer lies bare where something stands over it.

    Attributes
    ----------
    inner, outer : float, m
        Radii between which it does.
    body : str
        Region whose overhang is over it.
    """

    inner: float
    outer: float
    body: str


def shaded(stack: Stack, layer: str) -> Shade | None:
    """The part of a layer that lies bare in the shadow of an overhang; None where none does."""
    profile, slack = stack.profile, ON_PLANE * stack.outer
    ends: list[float] = []
    body = ""
    for piece in profile.pieces:
        inner, outer = sorted(piece.tips[:, 0].tolist())
        if not is_part(stack.region(piece.region), layer) or outer - inner <= slack:
            continue
        height = _middle(piece)
        places = profile.crossings(0, 0.5 * (inner + outer))
        heights = [(float(profile.point(s)[1]), profile.pieces[s.piece].region) for s in places]
        above = min((place for place in heights if place[0] > height + slack), default=None)
        if above is not None and not is_part(stack.region(above[1]), layer):
            ends += [inner, outer]
            body = above[1]
    return Shade(min(ends), max(ends), body) if ends else None


def _etched(region: Region, stack: Stack, by: float) -> list[Region]:
    """What the etch leaves of a region: one for each separate part."""
    profile, slack = stack.profile, ON_PLANE * stack.outer
    edges = [*region.loop, *profile.pieces]
    moved: dict[int, Curve] = {}

    def lower(edge: Edge) -> Edge:
        curve = moved.setdefault(id(edge.curve), _lowered(edge.curve, by))
        return replace(edge, curve=curve)

    strips = Strips.of(region, radii_of(edges, slack), slack)
    through = [
        r
        for pile, shows in zip(strips.spans, _shown(strips, profile), strict=True)
        if shows
        for r in _meeting(Span(pile[-1].bottom, lower(pile[-1].top)), slack)
    ]
    if through:
        strips = Strips.of(region, radii_of(edges, slack, *through), slack)
    spans = []
    for pile, shows in zip(strips.spans, _shown(strips, profile), strict=True):
        if shows:
            span = Span(pile[-1].bottom, lower(pile[-1].top))
            low, high = _middle(span.bottom), _middle(span.top)
            pile = (*pile[:-1], span) if high - low > slack else pile[:-1]
        spans.append(pile)
    return strips.rebuilt(spans)


def _shown(strips: Strips, profile: Profile) -> Iterator[bool]:
    """Whether each strip is seen from above."""
    for pile, inner, outer in zip(strips.spans, strips.radii, strips.radii[1:], strict=False):
        if not pile:
            yield False
            continue
        # a profile's start is on the axis but for round-off, which makes a strip of its own
        places = profile.crossings(0, 0.5 * (inner + outer)) or [profile.start]
        top = max(places, key=lambda s: float(profile.point(s)[1]))
        yield profile.pieces[top.piece].region == strips.region.name


def _meeting(span: Span, slack: float) -> Iterator[float]:
    """Radii at which a lowered top crosses the bottom.

    Where both end at one place they meet there: a crossing close to it is round-off, by which they
    touch there rather than cross.
    """
    top = span.top
    heights = (span.ends(outer=True), span.ends(outer=False))
    tips = top.tips[:, 0]
    joints = [r for r, (low, high) in zip(tips, heights, strict=True) if abs(high - low) <= slack]
    for u in crossings([top], [span.bottom], slack)[0]:
        r = float(top.point(u)[0])
        if all(abs(r - joint) > AT_JOINT * slack for joint in joints):
            yield r


def _middle(edge: Edge) -> float:
    """Height of an edge halfway between the radii at which it ends, m."""
    r = float(np.mean(edge.tips[:, 0]))
    u = 0.5 if edge.is_straight else edge.crossings(0, r)[0]
    return float(edge.point(u)[1])


def _lowered(curve: Curve, by: float) -> Curve:
    """The curve moved down.

    Raises
    ------
    ProcessError
        If it is of a kind that cannot be moved.
    """
    if isinstance(curve, Line):
        (r0, z0), (r1, z1) = curve.start, curve.end
        return Line((r0, z0 - by), (r1, z1 - by))
    if isinstance(curve, Arc):
        r, z = curve.centre
        return replace(curve, centre=(r, z - by))
    if isinstance(curve, PolynomialCurve):
        coefficients = curve.coefficients.copy()
        coefficients[:, 0, 1] -= by
        return PolynomialCurve(coefficients)
    if isinstance(curve, ParallelCurve):
        base = _lowered(curve.base, by)
        assert isinstance(base, PolynomialCurve)
        return replace(curve, base=base)
    raise ProcessError("etch: drawn, solved and grown surfaces only are etched")
