"""Steps that lay down solid: the substrate with its pad, and planarising coats."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from shapely import LineString

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Array, Curve, Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.leaning import leans_into
from bumpform.geometry.profile import Profile, Station
from bumpform.geometry.roots import find_root
from bumpform.quick import replace
from bumpform.stack.stack import Region, Stack, line
from bumpform.units.units import exceeds, format_least, format_length

#: A place this near to a corner, relative to the model's radius, is there.
ON_CORNER = 1e-12


def _whole(curve: Curve, feature: str) -> Edge:
    return Edge(curve, 0.0, 1.0, feature)


def substrate(
    *,
    pad_radius: float,
    pad_thickness: float,
    pad_material: str,
    base_material: str,
    outer: float,
    proud: float = 0.0,
    base_thickness: float | None = None,
) -> Stack:
    """Pad in (or, by ``proud``, on) its base; z = 0 is the pad's top.

    Parameters
    ----------
    pad_radius, pad_thickness : float, m
    pad_material, base_material : str
    outer : float, m
        Radius at which the model ends; larger than the pad's.
    proud : float, m
        How far the pad stands above the base, at most its thickness.
    base_thickness : float, m, optional
        Without it a quarter of the pad's radius is under the pad.

    Raises
    ------
    ProcessError
        If the pad reaches the model's outer radius, stands higher than it is thick, or goes through
        the base.
    """
    if outer <= pad_radius:
        raise ProcessError(
            f"the pad's radius {format_length(pad_radius)} reaches the model's outer radius "
            f"{format_length(outer)}: give a larger pitch",
            key="pad.radius",
        )
    if exceeds(proud, pad_thickness):
        raise ProcessError(
            f"the pad stands proud by {format_length(proud)}, more than its thickness "
            f"{format_length(pad_thickness)}"
        )
    proud = min(proud, pad_thickness)
    bottom = -(pad_thickness + 0.25 * pad_radius)
    if base_thickness is not None:
        bottom = -(proud + base_thickness)
        if bottom >= -pad_thickness:
            raise ProcessError(
                f"the base's thickness {format_length(base_thickness)} is not more than the "
                f"{format_length(pad_thickness - proud)} of the pad that lie inside it"
            )
    pad_top = Line((0.0, 0.0), (pad_radius, 0.0))
    base_top = Line((pad_radius, -proud), (outer, -proud))
    pad_bottom = Line((0.0, -pad_thickness), (pad_radius, -pad_thickness))
    side = Line((pad_radius, -pad_thickness), (pad_radius, 0.0))
    split = 1.0 - proud / pad_thickness  # below: in the base; above: free
    pad = Region.bounded(
        "pad",
        pad_material,
        (
            _whole(pad_bottom, "pad bottom"),
            *([Edge(side, 0.0, split, "pad side")] if split > 0.0 else []),
            *([Edge(side, split, 1.0, "pad side")] if split < 1.0 else []),
            Edge(pad_top, 1.0, 0.0, "pad"),
            _whole(Line((0.0, 0.0), (0.0, -pad_thickness)), "axis"),
        ),
        "pad",
    )
    base = Region.bounded(
        "base",
        base_material,
        (
            _whole(Line((0.0, bottom), (outer, bottom)), "bottom"),
            _whole(Line((outer, bottom), (outer, -proud)), "outer"),
            Edge(base_top, 1.0, 0.0, "base"),
            *([Edge(side, split, 0.0, "base")] if split > 0.0 else []),
            Edge(pad_bottom, 1.0, 0.0, "base"),
            _whole(Line((0.0, -pad_thickness), (0.0, bottom)), "axis"),
        ),
        "base",
    )
    return Stack((pad, base), outer, bottom)


def coat(
    stack: Stack,
    *,
    layer: str,
    material: str,
    thickness: float,
    opening_radius: float | None = None,
    sidewall: float = math.pi / 2,
) -> Stack:
    """Planarising layer: fills up to its top, around whatever stands there.

    Parameters
    ----------
    stack : Stack
    layer, material : str
    thickness : float, m
        Above the field surface, the stack's surface at the outer radius.
    opening_radius : float, m, optional
        Radius of the opening at its bottom; without it the layer is blanket.
    sidewall : float, rad
        Angle of the opening's wall; below π/2 it widens upwards.

    Raises
    ------
    ProcessError
        If the opening or what the layer covers reaches the model's edge, or something outside the
        opening stands higher than the layer.
    """
    profile = stack.profile
    layer = stack.unique_name(layer)
    field = float(profile.point(profile.end)[1])
    top = _at_a_corner(profile, 1, field + thickness)
    if opening_radius is None:
        foot, wall = _blanket_foot(profile, top, layer), None
    else:
        foot, wall = _opening(stack, layer, opening_radius, sidewall, top)
    reach = max(float(e.sample()[:, 0].max()) for e in profile.between(foot, profile.end))
    if reach > stack.outer * (1.0 + 1e-9):
        raise ProcessError(
            f"coat {layer}: what it covers reaches r = {format_length(reach)}, past the model's "
            f"outer radius {format_length(stack.outer)}, where it meets the next bump: make the "
            "pitch larger"
        )
    r_foot, z_foot = profile.point(foot).tolist()
    inner = (r_foot, z_foot) if wall is None else wall.ends[0]
    if wall is None and foot == profile.start:
        inner = (0.0, top)
    outer_edges = (
        _whole(line((stack.outer, field), (stack.outer, top)), "outer"),
        _whole(line((stack.outer, top), inner), f"{layer} top"),
    )
    closing: tuple[Edge, ...] = ()
    if wall is not None:
        closing = (wall,)
    elif foot == profile.start:
        closing = (_whole(line((0.0, top), profile.point(foot)), "axis"),)
    region = Region.bounded(
        layer,
        material,
        (*_covered(stack, foot, layer), *outer_edges, *closing),
        "dielectric",
    )
    return stack.with_region(region)


def _covered(stack: Stack, foot: Station, layer: str) -> list[Edge]:
    """What a layer covers; its faces against a bump are walls, for when the bump is gone."""
    bumps = {r.name for r in stack.regions if r.is_bump}
    return [
        replace(e, feature=f"{layer} wall") if e.region in bumps else e
        for e in stack.profile.between(foot, stack.profile.end)
    ]


def rim_of(layer: Region) -> tuple[float, float] | None:
    """Where a layer's top ends inwards, r and z in m; None without a top."""
    # a loop runs counter-clockwise: tops run inwards
    tops = [e.ends[1] for e in layer.loop if e.feature == f"{layer.name} top"]
    return min(tops, key=lambda p: p[0], default=None)


def lining(stack: Stack, layer: str) -> str:
    """What covers a layer's top or the wall of its opening, and shows; "" where nothing does."""
    shows = {piece.region for piece in stack.profile}
    ends = (f"{layer} wall", f"{layer} top")
    over = (
        side
        for border in stack.borders.all
        if layer in border.sides and border.edge.feature in ends
        for side in border.sides
        if side != layer and side in shows
    )
    return next(over, "")


def ends_on(stack: Stack, layer: str) -> str:
    """What a layer's top ends on inwards, no lower than it and in the open; "" if it does not."""
    pieces = stack.profile.pieces
    tops = (i for i, p in enumerate(pieces) if (p.region, p.feature) == (layer, f"{layer} top"))
    first = next(tops, 0)
    inside = pieces[first - 1].region if first else ""
    return "" if inside == layer else inside


@dataclass(frozen=True)
class Overhang:
    """What a layer must flow under.

    Attributes
    ----------
    body : str
        Name of the region that overhangs.
    volume : float, m³
        Room under it, inside of its widest radius and below the layer's top.
    """

    body: str
    volume: float


def overhang(stack: Stack, thickness: float) -> Overhang | None:
    """The overhang of what stands about the axis, for a layer so thick, where there is one."""
    profile = stack.profile
    outer = float(profile.point(profile.end)[0])
    for number, piece in enumerate(profile.pieces):
        u = piece.fractions(16)
        r = piece.point(u)[:, 0]
        back = np.flatnonzero(np.diff(r) < -1e-9 * outer)
        if not len(back):
            continue
        widest = _widest(piece, u, int(back[0]))
        start = Station(number, widest)
        radius = float(profile.point(start)[0])
        end = next((s for s in profile.crossings(0, radius)[::-1] if s > start), None)
        if end is None or profile.point(end)[1] >= profile.point(start)[1]:
            return None
        top = float(profile.point(profile.end)[1]) + thickness
        if top < profile.point(start)[1]:
            below = (s for s in profile.crossings(1, top) if start < s < end)
            start = next(below, end)
        inside = profile.moments(end)[0] - profile.moments(start)[0]
        rise = profile.point(start)[1] - profile.point(end)[1]
        volume = 2.0 * math.pi * float(inside + 0.5 * radius**2 * rise)
        return Overhang(piece.region, volume) if volume > 1e-9 * radius**3 else None
    return None


def _widest(piece: Edge, u: Array, last: int) -> float:
    """Fraction where r is largest, next to the sample from which it falls."""

    def slope(x: float) -> float:
        return float(piece.derivative(x)[0])

    low = float(u[max(last - 1, 0)])
    if piece.is_straight or slope(low) <= 0.0:
        return low
    return find_root(slope, low, float(u[last + 1]), tolerance=1e-14)


def _at_a_corner(profile: Profile, coordinate: int, value: float) -> float:
    """A radius (0) or height (1), m: a corner's, where only round-off parts it from that."""
    near = ON_CORNER * float(profile.point(profile.end)[0])
    places = (end[coordinate] for piece in profile for end in piece.ends)
    return next((place for place in places if abs(place - value) <= near), value)


def _opening(
    stack: Stack, layer: str, radius: float, sidewall: float, top: float
) -> tuple[Station, Edge | None]:
    """Foot of a layer's opening, and its wall from the rim down.

    An upright wall that would stand against metal higher than the layer is none: the layer ends on
    the metal's side.
    """
    profile = stack.profile
    radius = _at_a_corner(profile, 0, radius)
    foot = _opening_foot(profile, radius, top, layer)
    r_rim, upright = radius, abs(sidewall - math.pi / 2) < 1e-12
    if not upright:
        r_rim += (top - float(profile.point(foot)[1])) / math.tan(sidewall)
    if not 0.0 < r_rim < stack.outer:
        raise ProcessError(
            f"coat {layer}: the opening's rim would be at r = {format_length(r_rim)}, outside "
            f"the model (0 to {format_length(stack.outer)}): change the opening, the sidewall "
            "or the pitch",
            key="opening",
        )
    at_top = profile.crossings(1, top)
    beside = [s for s in at_top if s < foot and _is_at(profile, s, radius)]
    ends_beside = bool(beside) and upright
    if ends_beside:
        foot = beside[-1]
    if any(s > foot for s in at_top):
        raise ProcessError(
            f"coat {layer}: outside its opening something stands higher than its top "
            f"(z = {format_length(top)}): make it thicker or the opening wider"
        )
    if ends_beside:
        return foot, None
    rim = (r_rim, top)
    wall = _whole(line(rim, profile.point(foot)), f"{layer} wall")
    start = wall.point(1.0 - 1e-6)
    through = profile.outline.intersects(LineString([start, rim]))
    if through or leans_into(profile, foot, rim) or (beside and r_rim < radius):
        raise ProcessError(
            f"coat {layer}: the wall of its opening would run through what stands at "
            f"r = {format_length(radius)}: make the opening wider, or coat a blanket "
            "layer",
            key="opening",
        )
    return foot, wall


def _is_at(profile: Profile, station: Station, radius: float) -> bool:
    """Whether a place is at a radius, m, but for round-off."""
    near = ON_CORNER * float(profile.point(profile.end)[0])
    return abs(float(profile.point(station)[0]) - radius) <= near


def _opening_foot(profile: Profile, radius: float, top: float, layer: str) -> Station:
    """Where the opening's wall stands: the highest place at that radius, which light reaches.

    Beside what stands higher than the layer and is no wider than the opening: the place beyond it.
    """
    places = profile.crossings(0, radius)
    outer = float(profile.point(profile.end)[0])
    if not places or radius >= outer * (1.0 - 1e-9):  # where it ends no wall can stand
        raise ProcessError(
            f"coat {layer}: the opening's radius {format_length(radius)} does not lie inside the "
            f"model, which ends at r = {format_length(outer)}, where the "
            "next bump's begins: make the opening smaller, or the pitch larger",
            key="opening.radius",
        )
    highest = max(places, key=lambda s: (round(float(profile.point(s)[1]), 15), s))
    if float(profile.point(highest)[1]) < top:
        return highest
    last = places[-1]
    reach = max(e.reach.outer for e in profile.between(profile.start, last))
    if float(profile.point(last)[1]) < top and reach <= radius + ON_CORNER * outer:
        return last
    raise ProcessError(_not_over(profile, highest, top, layer), key="thickness")


def _not_over(profile: Profile, place: Station, top: float, layer: str) -> str:
    """What is said of a layer that is to cover what stands higher than its top, at its opening."""
    radius, height = profile.point(place).tolist()
    through = profile.crossings(1, top)
    inside = profile.between(profile.start, through[-1])
    wider = max(e.reach.outer for e in inside) - radius
    told = (
        f"coat {layer}: its top at z = {format_length(top)} does not rise above "
        f"{profile.pieces[place.piece].region} (z = {format_length(height)}) where its opening "
        f"ends, at r = {format_length(radius)}: make it thicker, or the opening's radius larger by "
        f"{format_least(wider)}"
    )
    if len(through) > 1:
        return told
    return f"{told}; without an opening it ends on {profile.pieces[through[0].piece].region}"


def _blanket_foot(profile: Profile, top: float, layer: str) -> Station:
    """Where a blanket layer ends inwards: at what stands through it, else on the axis."""
    through = profile.crossings(1, top)
    if not through and float(profile.point(profile.start)[1]) > top:
        raise ProcessError(f"coat {layer}: all that is there stands higher than its top")
    if len(through) > 1:
        raise ProcessError(
            f"coat {layer}: its top at z = {format_length(top)} would lie both inside and around "
            "what stands through it, which is not modelled: change its thickness, or how it grows "
            "to conformal"
        )
    return through[0] if through else profile.start
