"""What lies level in the hollows of a profile: below a height, inside of a place."""

from __future__ import annotations

import math

import numpy as np

from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.geometry.roots import find_root
from bumpform.stack.stack import line

#: How far under a ridge a level is below it, relative to the radius.
NEAR = 1e-9


def within_level(profile: Profile, limit: Station, level: float) -> tuple[Station, Station]:
    """Inner and outer station that bound what lies below a level, inside of a station.

    Where a ridge rises over the level, what lies outside of it. The same place twice where what
    stands in the middle leaves no room.
    """
    inner, outer = below_level(profile, limit, level)
    slack = NEAR * float(profile.point(limit)[0])
    if inner == profile.start and summit(profile, outer)[0] > level + slack:
        inner = [s for s in profile.crossings(1, level) if s < outer][-1]
    return inner, outer


def below_level(profile: Profile, limit: Station, level: float) -> tuple[Station, Station]:
    """As `within_level`; a ridge that rises over the level between is not looked at."""
    crossings = [s for s in profile.crossings(1, level) if s < limit]
    outer = limit
    if float(profile.point(limit)[1]) > level and crossings:
        outer = crossings.pop()
    start = float(profile.point(profile.start)[1])
    if start <= level + 1e-14 * abs(start):
        return profile.start, outer
    return (crossings[-1] if crossings else outer), outer


def summit(profile: Profile, limit: Station) -> tuple[float, Station]:
    """Height and place of the highest point inside of a station."""
    best, where = -math.inf, limit
    for number, piece in enumerate(profile.pieces[: limit.piece + 1]):
        at = farthest(piece, limit.u if number == limit.piece else 1.0, 1)
        height = float(piece.point(at)[1])
        if height > best:
            best, where = height, Station(number, at)
    return best, where


def farthest(piece: Edge, end: float, way: int) -> float:
    """Fraction of a piece, up to an end, at which it is farthest out (way 0), or highest (1)."""
    if piece.is_straight:
        start, stop = (place[way] for place in piece.ends)
        return end if stop > start else 0.0
    u, points = piece.fractions(), piece.sample()
    if end < 1.0:
        u = np.append(u[u < end], end)
        points = piece.point(u)
    k = int(np.argmax(points[:, way]))

    def slope(x: float) -> float:
        return float(piece.tangent(x)[way])

    low, high = float(u[max(k - 1, 0)]), float(u[min(k + 1, len(u) - 1)])
    return find_root(slope, low, high) if slope(low) > 0.0 > slope(high) else float(u[k])


def level_volume(profile: Profile, within: tuple[Station, Station]) -> float:
    """Volume between two stations, below the height of either, m³."""
    inner, outer = within
    return 2.0 * math.pi * float(profile.moments(outer)[0] - profile.moments(inner)[0])


def levelled(profile: Profile, within: tuple[Station, Station], level: float) -> tuple[Edge, ...]:
    """Closed boundary of what lies below a level between two stations: its top, then the axis.

    Solid as high as the level, at either end, is left bare.
    """
    inner, outer = _without_shores(profile, within, level)
    edges = list(profile.between(inner, outer))
    tip = profile.point(outer)
    if level > tip[1] + 1e-12 * abs(tip[0]):
        edges.append(Edge(line(tip, (float(tip[0]), level)), 0.0, 1.0))
    start = profile.point(inner)
    first = (float(start[0]), level)
    edges.append(Edge(line((float(tip[0]), level), first), 0.0, 1.0))
    if level > start[1] + 1e-12 * abs(tip[0]):
        edges.append(Edge(line(first, start), 0.0, 1.0, "axis"))
    return tuple(edges)


def _without_shores(
    profile: Profile, within: tuple[Station, Station], level: float
) -> tuple[Station, Station]:
    """Two stations, drawn in over pieces at either end that lie at a level."""
    (first, u), (last, v) = within
    slack = 1e-12 * float(profile.point(within[1])[0])

    def dry(number: int) -> bool:
        piece = profile.pieces[number]
        return piece.is_straight and all(abs(z - level) <= slack for _, z in piece.ends)

    while last > first and dry(last):
        last, v = last - 1, 1.0
    while first < last and (u == 1.0 or dry(first)):
        first, u = first + 1, 0.0
    inner = within[0] if first == within[0].piece else Station(first - 1, 1.0)
    return inner, Station(last, v)
