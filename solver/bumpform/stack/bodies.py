"""Solid bodies put on the stack: plated discs and pillars, and the core that holds a gap."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from bumpform.errors import ProcessError
from bumpform.stack.curve import Arc, Line
from bumpform.stack.profile import Edge, Profile, Station
from bumpform.stack.root import find_root
from bumpform.stack.stack import Region, Stack, line

#: A ball that clears the axis by less than this part of its radius touches it.
TOUCHES = 1e-9
#: Steps along a piece in which the place that holds a ball up is looked for.
STEPS = 16


def plate(stack: Stack, *, name: str, material: str, radius: float, thickness: float) -> Stack:
    """Disc plated about the axis, level on top: a UBM layer, a pillar.

    Parameters
    ----------
    stack : Stack
    name, material : str
    radius : float, m
    thickness : float, m
        Above the surface at the axis.

    Raises
    ------
    ProcessError
        If its edge lies outside the model, or what it covers stands higher than its top.
    """
    profile = stack.profile
    name = stack.unique_name(name)
    top = float(profile.point(profile.start)[1]) + thickness
    foot = _side_foot(profile, radius, top)
    if foot is None:
        raise ProcessError(f"plate {name}: its radius {radius:.6g} m lies outside the model")
    under = profile.between(profile.start, foot)
    highest = max(float(e.sample()[:, 1].max()) for e in under)
    if highest > top * (1.0 + 1e-12):
        raise ProcessError(
            f"plate {name}: what it covers rises to z = {highest:.6g} m, above its top at "
            f"{top:.6g} m: make it thicker or smaller, or lay it as a film over all by a coat with "
            'growth = "conformal"'
        )
    foot_r, foot_z = profile.point(foot).tolist()
    for place in profile.crossings(0, radius):
        z = float(profile.point(place)[1])
        if place > foot and foot_z < z < top:
            raise ProcessError(
                f"plate {name}: what stands at r = {radius:.6g} m, z = {z:.6g} m is in the way of "
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
    return stack.with_region(Region.bounded(name, material, loop, "metal"))


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


def core(stack: Stack, *, material: str, diameter: float) -> Stack:
    """Solid ball that rests on the stack at the axis.

    Raises
    ------
    ProcessError
        If something around it holds it off the axis' surface.
    """
    radius = 0.5 * diameter
    centre, seat = rest_ball(stack.profile, radius)
    if seat != stack.profile.start:
        raise ProcessError(
            f"core {material}: a ball of radius {radius:.6g} m does not reach the surface at the "
            "axis; it would sit on what stands around it, over a hollow that nothing fills: give a "
            "smaller core"
        )
    loop = _sphere(centre, radius)
    return stack.with_region(Region.bounded(stack.unique_name("core"), material, loop, "core"))


def ball_on(stack: Stack, radius: float) -> tuple[Stack, tuple[Edge, ...]]:
    """The stack, parted where a ball touches it, and the boundary of that ball.

    At the axis, or where that is out of reach at the ring on which it rests over a hollow.

    Parameters
    ----------
    stack : Stack
    radius : float, m
        Of the ball.
    """
    profile = stack.profile
    centre, seat = rest_ball(profile, radius)
    if seat == profile.start:
        return stack, _sphere(centre, radius)
    r, z = profile.point(seat).tolist()
    return _parted(stack, seat), _sphere(centre, radius, math.atan2(z - centre, r))


def rest_ball(profile: Profile, radius: float) -> tuple[float, Station]:
    """Height of a ball's centre at the lowest place that the profile lets it have, m, and its seat.

    Over a place (r, z) it lies at least at z + √(R² − r²). The seat is where that is highest,
    the axis if it is so there.
    """
    start = float(profile.point(profile.start)[1]) + radius
    best, seat = start, profile.start
    for number, piece in enumerate(profile):
        for u in _highest(piece, radius):
            r, z = piece.point(u).tolist()
            height = z + math.sqrt(radius**2 - r * r)
            if height > best + TOUCHES * radius:
                best, seat = height, Station(number, u)
    return best, seat


def _highest(piece: Edge, radius: float) -> list[float]:
    """Fractions of a piece at which it may hold a ball up: its ends, and where it is tangent."""
    fractions = np.linspace(0.0, 1.0, STEPS + 1) if piece.is_straight else piece.fractions(STEPS)

    def slope(u: float) -> float:
        r, _, dr, dz, *_ = piece.jet(u)
        return dz * math.sqrt(max(0.0, radius**2 - r * r)) - r * dr

    under = piece.point(fractions)[:, 0] < radius
    slopes = [slope(float(u)) for u in fractions]
    found = [float(u) for u in (fractions[0], fractions[-1]) if piece.point(u)[0] < radius]
    for i in np.flatnonzero(under[:-1] & under[1:]):
        if slopes[i] > 0.0 > slopes[i + 1]:
            found.append(find_root(slope, float(fractions[i]), float(fractions[i + 1])))
    return found


def _parted(stack: Stack, seat: Station) -> Stack:
    """The stack with the edge that a profile's place lies on in two, where it is no vertex."""
    piece = stack.profile.pieces[seat.piece]
    if seat.u in (0.0, 1.0):
        return stack
    t = float(piece.t(seat.u))

    def parts(edge: Edge) -> tuple[Edge, ...]:
        low, high = sorted((edge.first, edge.last))
        if edge.curve is not piece.curve or not low < t < high:
            return (edge,)
        return replace(edge, last=t), replace(edge, first=t)

    regions = tuple(
        replace(r, loop=tuple(part for edge in r.loop for part in parts(edge)))
        if r.name == piece.region
        else r
        for r in stack.regions
    )
    return replace(stack, regions=regions)


def _sphere(centre: float, radius: float, *ring: float) -> tuple[Edge, ...]:
    """Boundary of a ball, in two where it touches a ring: at an angle over the horizontal, rad."""
    half = math.pi / 2
    arc, ends = Arc((0.0, centre), radius, -half, half), (-half, *ring, half)
    axis = Line((0.0, centre + radius), (0.0, centre - radius))
    return (*(Edge(arc, a, b) for a, b in pairwise(ends)), Edge(axis, 0.0, 1.0, "axis"))
