"""Conformal coats: a film of one thickness over everything, steps and undercuts included."""

from __future__ import annotations

from bumpform.errors import ProcessError
from bumpform.geometry.edge import Edge
from bumpform.growth.film import grow_film
from bumpform.quick import replace
from bumpform.stack.cut import cut_regions
from bumpform.stack.stack import LIMITS, Region, Stack
from bumpform.stack.strips import SAME, Strips, radii_of
from bumpform.units.units import format_length


def coat_conformal(
    stack: Stack,
    *,
    layer: str,
    material: str,
    thickness: float,
    opening_radius: float | None = None,
) -> Stack:
    """Layer as thick everywhere, from the axis to the model's outer radius.

    Parameters
    ----------
    stack : Stack
    layer, material : str
    thickness : float, m
        At right angles to whatever it covers; in inner corners its faces meet (`stack.film`).
    opening_radius : float, m, optional
        Radius of an opening with an upright wall; without it the layer is blanket.

    Raises
    ------
    ProcessError
        If the film cannot be closed, or the opening reaches the model's outer radius.
    """
    layer = stack.unique_name(layer)
    film = grow_film(
        stack,
        name=layer,
        material=material,
        thickness=thickness,
        on=lambda piece: True,
        kind="dielectric",
    )
    bumps = {r.name for r in stack.regions if r.is_bump}
    covered = {id(p.curve): p.region for p in stack.profile}

    def named(edge: Edge) -> Edge:
        if edge.feature in LIMITS:
            return edge
        under = covered.get(id(edge.curve))
        if under is None:
            return replace(edge, feature=f"{layer} top")
        # a face against a bump is a wall, for when the bump is gone
        return replace(edge, feature=f"{layer} wall" if under in bumps else layer)

    for grown in film.regions:
        region = replace(grown, loop=tuple(map(named, grown.loop)))
        stack = stack.with_region(region)
        if opening_radius is not None:
            stack = _opened(stack, region, opening_radius)
    return stack


def _opened(stack: Stack, film: Region, radius: float) -> Stack:
    """The stack without what of a film lies inside of an opening."""
    slack = SAME * stack.outer
    if radius >= stack.outer - slack:
        raise ProcessError(
            f"coat {film.name}: its opening reaches the model's outer radius "
            f"{format_length(stack.outer)}: make it smaller or the pitch larger"
        )
    strips = Strips.of(film, radii_of(film.loop, slack, radius), slack)
    outside = strips.rebuilt(
        () if r < radius - slack else pile
        for r, pile in zip(strips.radii, strips.spans, strict=False)
    )
    return cut_regions(stack, lambda region: outside if region is film else [region]).stack
