"""Layers with a level top: they fill up to it, as a levelling bath plates."""

from __future__ import annotations

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.stack.stack import Region, Stack, line
from bumpform.units.units import format_length


def highest(pieces: tuple[Edge, ...]) -> float:
    """Height of the highest point of several pieces, m."""
    return max(float(piece.sample(32)[:, 1].max()) for piece in pieces)


def grow_level(
    stack: Stack, *, name: str, material: str, height: float, count: int
) -> tuple[Stack, Array]:
    """Fill up to a height over the first pieces of the profile, within the wall around them.

    Past the wall's rim, or where there is no wall, the layer's side stands straight up.

    Parameters
    ----------
    stack : Stack
    name, material : str
        Of the layer's region.
    height : float, m
        Above all of those pieces.
    count : int
        How many pieces.

    Returns
    -------
    Stack
    ndarray, shape (2,), m
        Where the layer's top ends.

    Raises
    ------
    ProcessError
        If the pieces overhang, or something hangs over its side.
    """
    profile = stack.profile
    while count > 1 and _drops(profile.pieces[count - 1], stack.outer):
        count -= 1  # on an upright side what rises straight from its foot has no thickness
    last = profile.pieces[count - 1]
    end = float(last.point(1.0)[0])
    widest = max(float(piece.sample()[:, 0].max()) for piece in profile.pieces[:count])
    if widest > end + 1e-9 * stack.outer or last.tangent(1.0)[0] < -1e-9:
        raise ProcessError(
            f"{name}: what it grows on is wider above than where it ends: planar growth needs a "
            'wall around it; use growth = "conformal"'
        )
    foot = _foot(profile, Station(count - 1, 1.0), height, name)
    rim = profile.point(foot)
    corner, side = rim, []
    if rim[1] < height:
        corner = np.array([rim[0], height])
        side = [Edge(line(rim, corner), 0.0, 1.0, f"{name} side")]
    top = (0.0, height)
    loop = (
        *profile.between(profile.start, foot),
        *side,
        Edge(line(corner, top), 0.0, 1.0, name),
        Edge(line(top, profile.point(profile.start)), 0.0, 1.0, "axis"),
    )
    region = Region.bounded(stack.unique_name(name), material, loop, "metal")
    return stack.with_region(region), corner


def _drops(piece: Edge, outer: float) -> bool:
    """Whether a piece goes straight down, outwards along the profile."""
    (r0, z0), (r1, z1) = piece.tips.tolist()
    return piece.is_straight and abs(r1 - r0) < 1e-12 * outer and z1 < z0


def _foot(profile: Profile, start: Station, height: float, name: str) -> Station:
    """Where the profile, as it rises from a place on, first reaches a height, or its rim."""
    for number in range(start.piece + 1, len(profile)):
        piece = profile.pieces[number]
        low, high = (float(z) for z in piece.tips[:, 1])
        if piece.tangent(0.0)[1] <= 1e-12 or high <= low:
            break
        reached = piece.crossings(1, height)
        if reached:
            return Station(number, reached[0])
        start = Station(number, 1.0)
    after = profile.pieces[start.piece + 1].tangent(0.0)
    if after[0] < -1e-12:
        raise ProcessError(
            f"{name}: its side would rise past r = {format_length(profile.point(start)[0])}, where "
            f"{profile.pieces[start.piece + 1].feature} is in its way: make it thinner"
        )
    _refuse_under(profile, start, height, name)
    return start


def _refuse_under(profile: Profile, foot: Station, height: float, name: str) -> None:
    """Raise ProcessError where what stands further out leans over a side that rises from a foot."""
    r, z = profile.point(foot).tolist()
    slack = 1e-9 * float(profile.point(profile.end)[0])
    for piece in profile.pieces[foot.piece + 1 :]:
        met = [piece.point(u)[1] for u in piece.crossings(0, r)]
        met += [there[1] for there in piece.tips if there[0] < r - slack]
        lowest = min((level for level in met if level > z + slack), default=height)
        if lowest < height - slack:
            raise ProcessError(
                f"{name}: its side would rise from z = {format_length(z)} under {piece.feature}, "
                f"which leans over it at z = {format_length(float(lowest))}: make it thinner, or "
                'use growth = "conformal"'
            )
