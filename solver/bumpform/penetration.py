"""Does a free surface enter a solid, cross itself, or cross the axis?

Polylines and shapely answer quickly; a crossing that they see is looked at again with a
finer polyline before it counts, so that chords of a hollow solid do not refuse a film.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Point

from bumpform.curve import PolynomialCurve
from bumpform.profile import Profile, Station


@dataclass(frozen=True)
class Penetration:
    """Where a free surface meets what it must not.

    Attributes
    ----------
    kind : str
        "ahead": solid outside the contact line; "under": solid that it should cover;
        "itself"; "axis".
    r_m, z_m : float
        Where, m.
    station : Station or None
        Place on the profile that is touched first.
    """

    kind: str
    r_m: float
    z_m: float
    station: Station | None = None


def find_penetration(
    curve: PolynomialCurve, profile: Profile, contact: Station
) -> Penetration | None:
    """First place, from the contact line, where a free surface is not admissible."""
    points = _sample(curve, 8)
    if points[:, 0].min() < -1e-9 * points[:, 0].max():
        i = int(np.argmin(points[:, 0]))
        return Penetration("axis", 0.0, float(points[i, 1]))
    surface = LineString(points)
    if not surface.is_simple:
        i = int(np.argmax(points[:, 0]))
        return Penetration("itself", float(points[i, 0]), float(points[i, 1]))
    # the first span starts on the solid, so it is left out
    if not LineString(points[1:]).intersects(LineString(profile.polyline)):
        return None
    return _closer(curve, profile, contact)


def _closer(curve: PolynomialCurve, profile: Profile, contact: Station) -> Penetration | None:
    fine = _sample(curve, 64)[1:]
    fine[-1, 0] = max(fine[-1, 0], 0.0)
    surface = LineString(fine)
    nearest: tuple[float, Penetration] | None = None
    for number, piece in enumerate(profile.pieces):
        u = piece.fractions(64)
        solid = LineString(piece.point(u))
        if not surface.intersects(solid):
            continue
        for spot in getattr(surface.intersection(solid), "geoms", [surface.intersection(solid)]):
            place = Point(spot.coords[0])
            along = surface.project(place)
            at = Station(number, float(solid.project(place) / solid.length))
            kind = "ahead" if at > contact else "under"
            found = Penetration(kind, float(place.x), float(place.y), at)
            if nearest is None or along < nearest[0]:
                nearest = (along, found)
    return nearest[1] if nearest else None


def _sample(curve: PolynomialCurve, per_element: int) -> np.ndarray:
    elements = len(curve.coefficients)
    return curve.point(np.linspace(0.0, elements, elements * per_element + 1))
