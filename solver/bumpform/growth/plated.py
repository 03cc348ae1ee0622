"""Metal plated about the axis: seeds, UBM layers, pillars."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from bumpform.errors import ProcessError
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.growth.film import grow_film
from bumpform.stack.layers import coat
from bumpform.stack.stack import Region, Stack, line
from bumpform.units.units import format_length, format_place, format_quantity


class Plated(NamedTuple):
    """A stack with metal plated on it.

    Attributes
    ----------
    stack : Stack
    note : str
        How it differs from a level disc of its radius, or of an opening's, or from growth that is
        equal along all sides; empty where it does not.
    """

    stack: Stack
    note: str = ""


def plate(
    stack: Stack,
    *,
    name: str,
    material: str,
    radius: float,
    thickness: float,
    resists: Collection[str] = (),
) -> Plated:
    """Disc plated about the axis, level on top where it is thicker than what it covers is high.

    A resist that stands in its way ends it: it fills the opening up to the resist's wall. Over
    anything else that rises above its top it lies as thick everywhere.

    Parameters
    ----------
    stack : Stack
    name, material : str
    radius : float, m
    thickness : float, m
        Above the surface at the axis.
    resists : collection of str
        Regions on which nothing is plated.

    Returns
    -------
    Plated

    Raises
    ------
    ProcessError
        If its edge lies outside the model, or there is no room for its side.
    """
    profile = stack.profile
    name = stack.unique_name(name)
    top = float(profile.point(profile.start)[1]) + thickness
    foot = _side_foot(profile, radius, top)
    if foot is None:
        raise ProcessError(
            f"plate {name}: its radius {format_length(radius)} lies outside the model, which "
            f"ends at r = {format_length(float(profile.point(profile.end)[0]))}, where the next "
            "one's begins: make it smaller, or the pitch larger"
        )
    wall, note = _rise(profile, top), ""
    if wall is not None and profile.point(wall)[0] < radius * (1.0 - 1e-12):
        region = profile.pieces[wall.piece].region
        if region not in resists:
            film = _film(stack, name, material, radius, thickness, resists)
            return Plated(film, rises_words(region))
        foot = wall
        ends = format_quantity(float(profile.point(wall)[0]), "length")
        note = f"{region} ends it at r = {ends}"
    under = profile.between(profile.start, foot)
    foot_r, foot_z = profile.point(foot).tolist()
    for place in profile.crossings(0, radius):
        z = float(profile.point(place)[1])
        if place > foot and foot_z < z < top:
            raise ProcessError(
                f"plate {name}: what stands at {format_place(radius, z)} is in the way of "
                "its side: make it smaller or thinner"
            )
    corner = (foot_r, top)
    side = []
    if top > foot_z * (1.0 + 1e-12):
        side.append(Edge(line((foot_r, foot_z), corner), 0.0, 1.0, f"{name} side"))
    loop = (
        *under,
        *side,
        Edge(line(corner, (0.0, top)), 0.0, 1.0, f"{name} top"),
        Edge(line((0.0, top), profile.point(profile.start)), 0.0, 1.0, "axis"),
    )
    return Plated(stack.with_region(Region.bounded(name, material, loop, "metal")), note)


def rises_words(region: str) -> str:
    """A note of metal that what it covers makes a film."""
    return f"{region} rises above its top: it is equally thick everywhere instead of level"


def _side_foot(profile: Profile, radius: float, top: float) -> Station | None:
    """Where the side of a disc stands: the innermost place at its radius.

    Where the profile rises straight from there (the wall of an opening of that radius),
    the disc lies against it, up to its top.
    """
    places = profile.crossings(0, radius)
    if not places:
        return None
    piece, u = places[0]
    while u == 1.0 and piece + 1 < len(profile):
        after = profile.pieces[piece + 1]
        (r0, z0), (r1, z1) = after.point(0.0), after.point(1.0)
        if not (after.is_straight and abs(r1 - r0) <= 1e-12 * radius and z1 > z0 and z0 < top):
            break
        piece, u = piece + 1, min(1.0, float((top - z0) / (z1 - z0)))
    return Station(piece, u)


def _rise(profile: Profile, height: float) -> Station | None:
    """The first place, from the axis outwards, at which the profile rises through a height."""
    for number, piece in enumerate(profile):
        if float(piece.sample()[:, 1].max()) > height * (1.0 + 1e-12):
            return Station(number, next(iter(piece.crossings(1, height)), 0.0))
    return None


def _film(
    stack: Stack,
    name: str,
    material: str,
    radius: float,
    thickness: float,
    resists: Collection[str],
) -> Stack:
    """Metal as thick everywhere, out to a radius: grown within a mould that is then taken away."""
    profile = stack.profile
    highest = max(float(piece.sample()[:, 1].max()) for piece in profile)
    field = float(profile.point(profile.end)[1])
    mould = stack.unique_name("mould")
    try:
        moulded = coat(
            stack,
            layer=mould,
            material=mould,
            thickness=highest - field + 2.0 * thickness,
            opening_radius=radius,
        )
    except ProcessError as error:
        raise ProcessError(
            f"plate {name}: what stands at r = {format_length(radius)} is in the way of its side: "
            "make it smaller or larger"
        ) from error
    film = grow_film(
        moulded,
        name=name,
        material=material,
        thickness=thickness,
        on=lambda piece: piece.region != mould and piece.region not in resists,
    )
    return film.stack.without(mould)
