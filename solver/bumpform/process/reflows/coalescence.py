"""Whether two liquids run into each other while they come to rest on the same solid."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from shapely import LineString

from bumpform.geometry.curve import PolynomialCurve
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.path import Move, legs

#: Points per element of a quick look, which is off by no more than ``ROUGH`` lengths of a drop.
FEW, ROUGH = 8, 1e-2
#: Points per element where surfaces are that near, and the gap, in lengths, that is none.
MANY, NEAR = 64, 1e-6


def coalesce(one: Equilibrium, other: Equilibrium) -> bool:
    """Whether two liquids meet: they have wetted the same place, or their surfaces touch.

    What a liquid wets counts from where it was deposited to where it rests: neither of two can
    run over a place that the other has been at without having met it.
    """
    if overlap(has_wetted(one), has_wetted(other)):
        return True
    length = max(one.drop.length, other.drop.length)
    if _apart(one.curve, other.curve, FEW) > ROUGH * length:
        return False
    return _apart(one.curve, other.curve, MANY) <= NEAR * length


def overlap(one: tuple[Station, Station], other: tuple[Station, Station]) -> bool:
    """Whether two stretches of a profile have a place in common."""
    return max(one[0], other[0]) <= min(one[1], other[1])


def has_wetted(found: Equilibrium) -> tuple[Station, Station]:
    """Inner and outer end of the solid that a liquid has wetted on its way to rest."""
    profile = found.lines[0].solid.profile
    return _wetted(profile, {line.end: [line.station] for line in found.lines}, found.path)


def has_passed(profile: Profile, moves: Iterable[Move]) -> tuple[Station, Station]:
    """The same of a liquid that comes to no rest, by the moves that its search has made."""
    moves = tuple(moves)
    inner = [move.start for move in moves if move.end == "inner"]
    return _wetted(profile, {"inner": inner[:1]} if inner else {}, moves)


def _wetted(
    profile: Profile, places: dict[str, list[Station]], moves: Iterable[Move]
) -> tuple[Station, Station]:
    covers = "inner" not in places
    for move in legs(moves):  # what a search overshot by is no way
        covers |= move.event in ("opens", "closes")  # it lay over the axis before, or after it
        places.setdefault(move.end, []).extend((move.start, move.stop))
    inner = profile.start if covers else min(places["inner"])
    return _single(profile, inner), _single(profile, max(places["outer"]))


def _single(profile: Profile, station: Station) -> Station:
    """A vertex by one of its two names."""
    if station.u >= 1.0 and station.piece + 1 < len(profile):
        return Station(station.piece + 1, 0.0)
    return station


def _apart(one: PolynomialCurve, other: PolynomialCurve, per_element: int) -> float:
    lines = []
    for curve in (one, other):
        elements = len(curve.coefficients)
        lines.append(LineString(curve.point(np.linspace(0, elements, elements * per_element + 1))))
    return float(lines[0].distance(lines[1]))
