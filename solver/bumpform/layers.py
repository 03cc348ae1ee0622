"""Steps that lay down solid: the substrate with its pad, and planarising coats."""

from __future__ import annotations

import math

from bumpform.curve import Curve, Line
from bumpform.errors import ProcessError
from bumpform.profile import Edge, Profile, Station
from bumpform.stack import Region, Stack, line


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

    Raises
    ------
    ProcessError
        If the pad reaches the model's outer radius or stands higher than it is thick.
    """
    if outer <= pad_radius:
        raise ProcessError(
            f"the pad's radius {pad_radius:.6g} m reaches the model's outer radius {outer:.6g} m: "
            "give a larger pitch"
        )
    if proud > pad_thickness:
        raise ProcessError(
            f"the pad stands proud by {proud:.6g} m, more than its thickness {pad_thickness:.6g} m"
        )
    bottom = -(pad_thickness + 0.25 * pad_radius)
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
        If the opening reaches the model's edge, or something outside the opening stands
        higher than the layer.
    """
    profile = stack.profile
    field = float(profile.point(profile.end)[1])
    top = field + thickness
    if opening_radius is None:
        foot, wall, rim = _blanket_foot(profile, top), None, None
    else:
        foot = _opening_foot(profile, opening_radius, layer)
        z_foot = float(profile.point(foot)[1])
        r_rim = opening_radius + (top - z_foot) / math.tan(sidewall)
        if abs(sidewall - math.pi / 2) < 1e-12:
            r_rim = opening_radius
        if top <= z_foot:
            raise ProcessError(
                f"coat {layer}: its top at z = {top:.6g} m does not rise above what it covers "
                f"at the opening (z = {z_foot:.6g} m): make it thicker"
            )
        if not 0.0 < r_rim < stack.outer:
            raise ProcessError(
                f"coat {layer}: the opening's rim would be at r = {r_rim:.6g} m, outside the model "
                f"(0 … {stack.outer:.6g} m): change the opening, the sidewall or the pitch"
            )
        if any(s > foot for s in profile.crossings(1, top)):
            raise ProcessError(
                f"coat {layer}: outside its opening something stands higher than its top "
                f"(z = {top:.6g} m): make it thicker or the opening wider"
            )
        rim = (r_rim, top)
        wall = line(rim, profile.point(foot))
    r_foot, z_foot = profile.point(foot).tolist()
    inner = rim if rim is not None else (r_foot, z_foot)
    if rim is None and foot == profile.start:
        inner = (0.0, top)
    outer_edges = (
        _whole(line((stack.outer, field), (stack.outer, top)), "outer"),
        _whole(line((stack.outer, top), inner), f"{layer} top"),
    )
    closing: tuple[Edge, ...] = ()
    if wall is not None:
        closing = (_whole(wall, f"{layer} wall"),)
    elif foot == profile.start:
        closing = (_whole(line((0.0, top), profile.point(foot)), "axis"),)
    region = Region.bounded(
        stack.unique_name(layer),
        material,
        (*profile.between(foot, profile.end), *outer_edges, *closing),
        "dielectric",
    )
    return stack.with_region(region)


def _opening_foot(profile: Profile, radius: float, layer: str) -> Station:
    """Where the opening's wall stands: the outermost place at that radius.

    Where the profile itself has a vertical step at that radius, its upper end.
    """
    places = profile.crossings(0, radius)
    if not places:
        raise ProcessError(
            f"coat {layer}: the opening's radius {radius:.6g} m lies outside the model"
        )
    foot = places[-1]
    for place in reversed(places[:-1]):
        between = profile.between(place, foot)
        if all(
            abs(e.point(u)[0] - radius) < 1e-12 * radius for e in between for u in (0.0, 0.5, 1.0)
        ):
            if profile.point(place)[1] > profile.point(foot)[1]:
                foot = place
        else:
            break
    return foot


def _blanket_foot(profile: Profile, top: float) -> Station:
    """Where a blanket layer ends inwards: at what stands through it, else on the axis."""
    through = [s for s in profile.crossings(1, top)]
    return through[-1] if through else profile.start
