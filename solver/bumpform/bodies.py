"""Solid bodies put on the stack: plated discs and pillars, and the core that holds a gap."""

from __future__ import annotations

import math

import numpy as np

from bumpform.curve import Arc, Line
from bumpform.errors import ProcessError
from bumpform.profile import Edge
from bumpform.stack import Region, Stack, line


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
        If its edge lies outside the model, or it would not cover what stands under it.
    """
    profile = stack.profile
    top = float(profile.point(profile.start)[1]) + thickness
    places = profile.crossings(0, radius)
    if not places:
        raise ProcessError(f"plate {material}: its radius {radius:.6g} m lies outside the model")
    foot = max(places, key=lambda s: (round(float(profile.point(s)[1]), 15), s))
    under = profile.between(profile.start, foot)
    highest = max(float(e.sample()[:, 1].max()) for e in under)
    if highest >= top:
        raise ProcessError(
            f"plate {material}: what it covers rises to z = {highest:.6g} m, not below its top at "
            f"{top:.6g} m: make it thicker or smaller"
        )
    edge = profile.point(foot)
    loop = (
        *under,
        Edge(line(edge, (radius, top)), 0.0, 1.0, f"{name} side"),
        Edge(line((radius, top), (0.0, top)), 0.0, 1.0, f"{name} top"),
        Edge(line((0.0, top), profile.point(profile.start)), 0.0, 1.0, "axis"),
    )
    return stack.with_region(Region.bounded(stack.unique_name(name), material, loop, "metal"))


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
