"""Metal plated through the opening of a layer; higher than the layer it mushrooms."""

from __future__ import annotations

import math

from bumpform.errors import ProcessError
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.growth.film import grow_film
from bumpform.growth.plated import Plated, rises_words
from bumpform.quick import replace
from bumpform.stack.cut import ON_PLANE
from bumpform.stack.deposit import opening_rim
from bumpform.stack.layers import ends_on, lining
from bumpform.stack.level import levelled, within_level
from bumpform.stack.stack import Region, Stack, line
from bumpform.units.units import format_length, format_quantity

#: Part of its growth from which on it is told how much further metal goes past a rounded edge.
TOLD = 1e-3


def plate_through(stack: Stack, *, name: str, material: str, layer: str, height: float) -> Plated:
    """Metal that fills a layer's opening to a height; past the rim it grows equally in all ways.

    In the opening its top is level. What exceeds the layer's top is a film on that plane, of the
    excess as its thickness: it spreads round the rim as from its own end (`stack.wavelets`). Where
    something in the opening rises above that level, it is a film of its height all over, as a disc
    is (`plated.plate`).

    Parameters
    ----------
    stack : Stack
    name, material : str
    layer : str
        Whose opening.
    height : float, m
        At the axis, above what the metal is plated on.

    Returns
    -------
    Plated

    Raises
    ------
    ProcessError
        If the layer shows no opening, what stands in it reaches its rim, or the metal reaches the
        model's outer radius.
    """
    profile = stack.profile
    name = stack.unique_name(name)
    rim = opening_rim(stack, layer)
    if rim is None:
        over, inside = lining(stack, layer), ends_on(stack, layer)
        rather = ""
        if over:
            rather = f": {over} covers it. Plate on {over} with a radius and a thickness"
        elif inside:
            rather = (
                f": it ends on {inside}, at least as high as its top there. Plate with a radius "
                "and a thickness"
            )
        raise ProcessError(f"plate {name}: {layer} shows no opening here{rather}", key="fill")
    foot, edge = float(profile.point(profile.start)[1]), float(profile.point(rim)[1])
    level = min(foot + height, edge)
    covered = profile.between(profile.start, rim)
    rim_r = float(profile.point(rim)[0])
    opening = next((float(e.point(0.0)[0]) for e in covered if e.region == layer), rim_r)
    # what ends flush with the opening is its wall, too
    floor = [e for e in covered if e.region != layer and _lies_within(e, opening)]
    highest = max(floor, key=lambda e: float(e.sample()[:, 1].max()))
    peak = float(highest.sample()[:, 1].max())
    if (level == edge and peak > level * (1.0 + 1e-12)) or foot >= level:
        raise ProcessError(
            f"plate {name}: what it covers rises to z = {format_length(peak)}, above its top at "
            f"{format_length(level)}: that is the rim of {layer}: plate through a thicker layer, "
            "or a narrower opening"
        )
    if peak > level * (1.0 + 1e-12):
        curves = {id(e.curve) for e in floor}
        film = grow_film(
            stack,
            name=name,
            material=material,
            thickness=height,
            on=lambda piece: id(piece.curve) in curves,
        )
        return Plated(film.stack, rises_words(highest.region))
    loop = levelled(profile, within_level(profile, rim, level), level)
    flat = replace(loop[-2], feature=f"{name} top")
    stem = Region.bounded(name, material, (*loop[:-2], flat, loop[-1]), "metal")
    excess = foot + height - edge
    if excess <= ON_PLANE * stack.outer:
        return Plated(stack.with_region(stem))
    film = grow_film(
        stack.with_region(stem),
        name=name,
        material=material,
        thickness=excess,
        on=lambda piece: piece.curve is flat.curve,
    )
    past = _past_chords(profile, rim, profile.locate(film.ends[0]))
    note = ""
    if past > TOLD * excess:
        note = (
            f"{layer} is round past its rim, and growth past that is measured by chords: the metal "
            f"ends up to {format_quantity(past, 'length', 3)} further along it than "
            f"{format_length(excess)}"
        )
    return Plated(stack.with_region(_mushroom(stem, film.regions[0], flat, stack)), note)


def _lies_within(edge: Edge, radius: float) -> bool:
    """Whether some of an edge lies nearer to the axis than a radius."""
    return float(edge.sample()[:, 0].min()) < radius * (1.0 - 1e-12)


def _past_chords(profile: Profile, rim: Station, end: Station) -> float:
    """By how much the rounded sides that bulge between two places are longer than chords, m."""
    longer = 0.0
    for edge in profile.between(rim, end):
        _, _, dr, dz, ddr, ddz = edge.jet(0.5)
        if dr * ddz < dz * ddr:
            longer += edge.length() - math.dist(*edge.ends)
    return longer


def _mushroom(stem: Region, cap: Region, between: Edge, stack: Stack) -> Region:
    """Stem and cap as one body."""
    if cap.limit is not None:
        raise ProcessError(
            f"plate {stem.name}: it mushrooms to the model's outer radius "
            f"{format_length(stack.outer)}, where it meets the next one: make it lower"
        )
    known = {id(p.curve) for p in stack.profile}
    at = next(i for i, e in enumerate(cap.loop) if e.curve is between.curve)
    onwards = [e for e in (*cap.loop[at + 1 :], *cap.loop[:at]) if e.feature != "axis"]
    over = [
        replace(e, feature=stem.name if id(e.curve) in known else f"{stem.name} top")
        for e in onwards
    ]
    axis = Edge(line(over[-1].point(1.0), stem.loop[0].point(0.0)), 0.0, 1.0, "axis")
    return Region.bounded(stem.name, stem.material, (*stem.loop[:-2], *over, axis), "metal")
