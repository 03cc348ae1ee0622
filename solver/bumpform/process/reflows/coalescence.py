"""Whether two liquids run into each other while they come to rest on the same solid."""

from __future__ import annotations

import numpy as np
from shapely import LineString

from bumpform.geometry.curve import PolynomialCurve
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.path import legs

#: Points per element of a quick look, which is off by no more than ``ROUGH`` lengths of a drop.
FEW, ROUGH = 8, 1e-2
#: Points per element where surfaces are that near, and the gap, in lengths, that is none.
MANY, NEAR = 64, 1e-6


def coalesce(one: Equilibrium, other: Equilibrium) -> bool:
    """Whether two liquids meet: they have wetted the same place, or their surfaces touch.

    What a liquid wets counts from where it was deposited to where it rests: neither of two can
    run over a place that the other has been at without having met it.
    """
    (a0, a1), (b0, b1) = has_wetted(one), has_wetted(other)
    if max(a0, b0) <= min(a1, b1):
        return True
    length = max(one.drop.length, other.drop.length)
    if _apart(one.curve, other.curve, FEW) > ROUGH * length:
        return False
    return _apart(one.curve, other.curve, MANY) <= NEAR * length


def has_wetted(found: Equilibrium) -> tuple[Station, Station]:
    """Inner and outer end of the solid that a liquid has wetted on its way to rest."""
    profile = found.lines[0].solid.profile
    places: dict[str, list[Station]] = {line.end: [line.station] for line in found.lines}
    covers = "inner" not in places
    for move in legs(found.path):  # what a search overshot by is no way
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
