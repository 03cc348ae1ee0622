"""Where a free surface enters a solid, crosses itself, or crosses the axis.

Polylines answer quickly, and shapely where they may meet; a crossing that they see is looked at
again with a finer polyline before it counts, so that chords of a hollow solid do not refuse a film.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from shapely import LineString, Point

from bumpform.errors import NoEquilibriumError
from bumpform.geometry.curve import Array, PolynomialCurve, even_places
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.kernel.native import doubles, library
from bumpform.units.units import format_place

#: Places on the elements at the contact lines, from next to the line up to the first sample; and
#: those at which a crossing that they show is looked at again.
CLOSER, CLOSEST = (np.geomspace(2.0**-12, 0.125, count) for count in (8, 96))


@dataclass(frozen=True)
class Penetration:
    """Where a free surface meets what it must not.

    Attributes
    ----------
    kind : "solid", "itself" or "axis"
    r_m, z_m : float
        Where, m.
    profile : Profile or None
    station : Station or None
        Place on a profile that is touched first, from the surface's outer end.
    again : tuple of Station
        Places at which it passes through the face of that solid again, in turn.
    """

    kind: Literal["solid", "itself", "axis"]
    r_m: float
    z_m: float
    profile: Profile | None = None
    station: Station | None = None
    again: tuple[Station, ...] = ()

    @property
    def leaves(self) -> Station | None:
        """Place further out at which it comes out of that solid again, where it does."""
        if self.station is None or not self.again or self.again[0] <= self.station:
            return None
        return self.again[0]

    def refusal(self) -> NoEquilibriumError:
        """Why there is no equilibrium."""
        what = {
            "itself": "the free surface would cross itself",
            "axis": "the free surface would cross the axis",
        }.get(self.kind, "the free surface would enter the solid")
        return NoEquilibriumError("penetration", f"{what} at {format_place(self.r_m, self.z_m)}")

    def parting(self) -> NoEquilibriumError:
        """That a surface between two lines comes to what it covers, so that the liquid parts."""
        refusal = self.refusal()
        if self.profile is None or self.station is None:
            return refusal
        feature = self.profile.pieces[self.station.piece].feature
        detail = (
            f"{refusal.detail}, at the {feature} that the liquid covers: it would part there into "
            "two bodies of liquid, which is not followed"
        )
        return NoEquilibriumError(refusal.reason, detail)


def find_penetration(
    curve: PolynomialCurve, *profiles: Profile, between: bool = False
) -> Penetration | None:
    """First place, from its outer end, where a free surface is not admissible.

    Parameters
    ----------
    curve : PolynomialCurve
        Starts on the first profile.
    *profiles : Profile
        Solid that it must not enter.
    between : bool
        Whether it ends on solid too, rather than on the axis.
    """
    if all(_is_free(curve, profile, between) for profile in profiles):
        return None
    met = _beside_line(curve, profiles, 0)
    if met is None and not all(is_clear(curve, p, between=between) for p in profiles):
        met = _off_lines(curve, profiles, between)
    if met is None and between:
        met = _beside_line(curve, profiles, len(curve.coefficients))
    return met


def is_clear(
    curve: PolynomialCurve, profile: Profile, *, between: bool = False, beyond: int = 0
) -> bool:
    """Whether boxes and chords show that a free surface enters none of a profile, but at its lines.

    Parameters
    ----------
    curve : PolynomialCurve
    profile : Profile
    between : bool
        Whether it ends on solid too, rather than on the axis.
    beyond : int
        How many of the first pieces are not looked at.
    """
    _, compiled = library()
    count = len(profile) - beyond
    return bool(compiled.is_clear(curve.table, between, count, profile.sides + beyond))


def _is_free(curve: PolynomialCurve, profile: Profile, between: bool) -> bool:
    """The same of all of a surface, what is next to its lines too."""
    _, compiled = library()
    near, count = doubles(CLOSER), len(profile)
    return bool(compiled.is_free(curve.table, between, len(CLOSER), near, count, profile.sides))


def _off_lines(
    curve: PolynomialCurve, profiles: tuple[Profile, ...], between: bool
) -> Penetration | None:
    """What a surface that may not be clear meets, but for what is next to its lines."""
    points = _sample(curve, 8)
    if points[:, 0].min() < -1e-9 * points[:, 0].max():
        i = int(np.argmin(points[:, 0]))
        return Penetration("axis", 0.0, float(points[i, 1]))
    if not LineString(points).is_simple:
        i = int(np.argmax(points[:, 0]))
        return Penetration("itself", float(points[i, 0]), float(points[i, 1]))
    # the spans at the contact lines start on the solid, so they are left out
    free = LineString(points[1:-1] if between else points[1:])
    touched = [p for p in profiles if free.intersects(p.outline)]
    if not touched:
        return None
    fine = _sample(curve, 64)[1:-1] if between else _sample(curve, 64)[1:]
    found = [c for p in touched for c in _crossings(LineString(fine), p.pieces, p)]
    return _first(found)


def _beside_line(
    curve: PolynomialCurve, profiles: tuple[Profile, ...], end: int
) -> Penetration | None:
    """Where a surface enters solid next to one of its lines, but what the line is on."""
    points, (_, compiled) = curve.point(end - CLOSER if end else CLOSER), library()
    for profile in profiles:
        if compiled.is_apart(len(points), doubles(points), len(profile), profile.sides):
            continue
        if not LineString(points).intersects(profile.outline):
            continue
        line = curve.point(float(end))
        none = 1e-9 * float(np.abs(line - points[-1]).max())
        others = [
            p if np.hypot(*(p.point(p.nearest(line)) - line)) > none else None
            for p in profile.pieces
        ]
        found = _crossings(LineString(curve.point(np.abs(end - CLOSEST))), others, profile)
        if found:
            return _first(found)
    return None


def _first(found: list[tuple[float, Penetration]]) -> Penetration | None:
    """The first of crossings, with where the surface passes through that solid's face again."""
    if not found:
        return None
    (_, met), *rest = sorted(found, key=lambda c: c[0])
    again = (at.station for _, at in rest if at.profile is met.profile)
    return replace(met, again=tuple(station for station in again if station is not None))


def _crossings(
    surface: LineString, pieces: Sequence[Edge | None], profile: Profile
) -> list[tuple[float, Penetration]]:
    """Crossings with a profile's pieces, None of which are left out; the distance along."""
    found = []
    for number, piece in enumerate(pieces):
        if piece is None:
            continue
        solid = LineString(piece.sample(64))
        if not surface.intersects(solid):
            continue
        shared = surface.intersection(solid)
        for spot in getattr(shared, "geoms", [shared]):
            place = Point(spot.coords[0])
            at = Station(number, float(solid.project(place) / solid.length))
            met = Penetration("solid", float(place.x), float(place.y), profile, at)
            found.append((float(surface.project(place)), met))
    return found


def _sample(curve: PolynomialCurve, per_element: int) -> Array:
    return curve.point(even_places(len(curve.coefficients), per_element))
