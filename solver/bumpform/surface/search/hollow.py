"""Liquid that first touches a ring, over a hollow that gas is shut in.

Its inner contact line is where its outer one is, on the ring, and goes from there down the hollow's
wall as long as the liquid wets it: while the angle of the meniscus that spans the hollow is above
Young's angle of the wall. Down a hole of radius a with an upright wall, that is above a pressure of
−2σ cosθ/a; everything about it is per Gibbs' condition. The gas is at the pressure outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bumpform.geometry.curve import Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.geometry.roots import find_root
from bumpform.quick import replace
from bumpform.surface.drop.contact import advance
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.search.descent import reach

#: Places on a piece of the wall at which the line's force is looked at.
STEPS = 32
#: Times that the liquid in the hollow and the pressure of the rest are matched, and to which part
#: of the volume.
TURNS, MATCHED = 20, 1e-6
#: A meniscus enters solid that is above it by more than this part of its radius.
ABOVE = 1e-9


class Over(NamedTuple):
    """A meniscus at rest over a hollow.

    Attributes
    ----------
    station : Station
        Where its line is.
    below : float, m³
        Liquid in the hollow, below the ring.
    gas : float, m³
        The rest of the hollow.
    """

    station: Station
    below: float
    gas: float


def stands_over(land: LineForce, ring: Station) -> Over | None:
    """The meniscus of a drop that first touches a ring; None where it goes down into the hollow.

    The rest of its surface is that on a profile with a lid in the ring.

    Parameters
    ----------
    land : LineForce
    ring : Station
        The end of a piece.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
        If it has no equilibrium over the hollow.
    """
    beyond = ring.piece + 1
    (r, z), lip = land.profile.point(ring).tolist(), land.profile.pieces[ring.piece]
    lid = Edge(Line((0.0, z), (r, z)), 0.0, 1.0, lip.feature, lip.region, lip.material)
    lidded = Profile((lid, *land.profile.pieces[beyond:]))
    angles = (0.0, *land.angles[beyond:])  # the liquid does not come back over the hollow
    below, over = 0.0, None
    for _ in range(TURNS):
        if below >= land.drop.volume:
            return None  # the hollow takes it all
        drop = replace(land.drop, volume=land.drop.volume - below)
        found = reach(LineForce(lidded, angles, drop), Station(0, 1.0))
        over = spanned(land.profile, land.angles, drop, ring, pressure_of(found))
        if over is None or abs(over.below - below) < MATCHED * land.drop.volume:
            break
        below = over.below
    return over


def pressure_of(found: Equilibrium) -> Callable[[float], float]:
    """Pressure in a liquid by the height, Pa, over that outside."""
    weight = found.drop.density * found.drop.gravity
    return lambda z: found.values["pressure_Pa"] - weight * z


def spanned(
    profile: Profile,
    angles: tuple[float, ...],
    drop: Drop,
    ring: Station,
    pressure: Callable[[float], float],
) -> Over | None:
    """The first meniscus at rest down a hollow from a ring, a sphere's cap; None if there is none.

    One that meets the bottom spreads on it where it wets it (below 90°), and rests where not.

    Parameters
    ----------
    profile : Profile
    angles : tuple of float, rad
        Young's contact angle on each piece, through the liquid.
    drop : Drop
    ring : Station
    pressure : function of the height in m, to Pa
    """
    twice = 2.0 * drop.surface_tension

    def sine(place: Station) -> float:
        r, z = profile.point(place).tolist()
        return pressure(z) * r / twice

    def force(place: Station) -> float:
        dip = sine(place)
        if abs(dip) > 1.0:
            return 1.0  # no meniscus spans it there
        tangent = profile.pieces[place.piece].tangent(place.u)
        slope = math.atan2(float(tangent[1]), float(tangent[0]))
        if slope < -0.5 * math.pi:  # the underside of an overhang
            slope += 2.0 * math.pi
        return advance(math.pi + math.asin(dip) - slope, angles[place.piece])

    for number in range(ring.piece, -1, -1):
        outermost = ring.u if number == ring.piece else 1.0
        last = outermost
        for u in np.linspace(outermost, 0.0, STEPS + 1).tolist():
            place = Station(number, u)
            if profile.point(place)[0] < ABOVE * drop.length:
                return None
            if force(place) <= 0.0:
                if u < outermost:
                    on = number
                    at = find_root(lambda x, on=on: force(Station(on, x)), u, last)  # type: ignore[misc]
                    place = Station(number, at)
                return _over(profile, ring, place, sine(place))
            dip = sine(place)
            bottom = _met(profile, place, dip) if abs(dip) <= 1.0 else None
            if bottom is not None:
                wets = angles[bottom] < 0.5 * math.pi
                return None if wets else _over(profile, ring, place, dip)
            last = u
    return None


def _met(profile: Profile, place: Station, dip: float) -> int | None:
    """Piece of a hollow's bottom that a meniscus enters, by the sine of its slope at the line."""
    a, level = profile.point(place).tolist()
    for number in range(place.piece + 1):
        r, z = profile.pieces[number].point(np.linspace(0.0, 1.0, STEPS + 1)).T
        under = r < a * (1.0 - ABOVE)
        # level − the cap's depth, without the radius that a flat one does not have
        root_line, root = (
            math.sqrt(max(0.0, 1.0 - dip * dip)),
            np.sqrt(1.0 - (dip * r[under] / a) ** 2),
        )
        depth = dip * (a * a - r[under] ** 2) / (a * (root_line + root))
        if np.any(z[under] > level - depth + ABOVE * a):
            return number
    return None


def _over(profile: Profile, ring: Station, place: Station, dip: float) -> Over:
    """The meniscus with its line at a place, and the volumes on either side of it."""
    a = float(profile.point(place)[0])
    tan = dip / (1.0 + math.sqrt(max(0.0, 1.0 - dip * dip)))  # of half the slope
    cap = math.pi * a**3 * tan * (3.0 + tan * tan) / 6.0
    room, rest = (2.0 * math.pi * float(profile.moments(s)[0]) for s in (ring, place))
    return Over(place, room - rest + cap, rest - cap)
