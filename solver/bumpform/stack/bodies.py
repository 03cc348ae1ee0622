"""Solid bodies put on the stack: plated discs and pillars, and the core that holds a gap."""

from __future__ import annotations

import math

import numpy as np

from bumpform.errors import ProcessError
from bumpform.stack.curve import Arc, Line
from bumpform.stack.profile import Edge, Profile, Station
from bumpform.stack.stack import Region, Stack, line


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
            f"{top:.6g} m: make it thicker or smaller"
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
    loop = ball_loop(stack, radius, f"core {material}")
    return stack.with_region(Region.bounded(stack.unique_name("core"), material, loop, "core"))


def ball_loop(stack: Stack, radius: float, what: str) -> tuple[Edge, ...]:
    """Boundary of a sphere that rests on the surface at the axis and touches nothing else.

    Raises
    ------
    ProcessError
    """
    profile = stack.profile
    centre = float(profile.point(profile.start)[1]) + radius
    r, z = np.vstack([piece.sample(16) for piece in profile.pieces]).T
    if np.any(np.hypot(r, z - centre) < radius * (1.0 - 1e-9)):
        raise ProcessError(
            f"{what}: a ball of radius {radius:.6g} m does not reach the surface at the axis; it "
            "would sit on what stands around it, which is not modelled: give a smaller ball"
        )
    half = math.pi / 2
    arc = Arc((0.0, centre), radius, -half, half)
    axis = Line((0.0, centre + radius), (0.0, centre - radius))
    return Edge(arc, -half, half), Edge(axis, 0.0, 1.0, "axis")
