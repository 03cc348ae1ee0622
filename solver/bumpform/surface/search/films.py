"""Films on which a body floats: thin liquid between two faces, at a height not known before.

A chart of places tells of surfaces next to the height at which it is sampled, none of them as
thin as its places are apart. A film's lines lie opposite to each other, at one radius to what it
is thick, or beside each other on an edge and a wall, and its volume says how thick it is. So there
is one for every edge that may hold a line, with what lies opposite or beside, and one for every two
level faces that drive its lines out as hard as the load presses: few enough to try each.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple

from bumpform.errors import ConvergenceError
from bumpform.geometry.profile import Profile, Station
from bumpform.geometry.roots import find_root
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.equilibrium import Equilibrium, accurate
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import settle
from bumpform.surface.search.alternatives import SAME, Admits, apart

__all__ = ["films", "straight"]

#: Thickness relative to the radius up to which a joint is a film: as long as its lines lie opposite
#: to each other nearly enough that its surface is solved for from there.
THIN: Final = 0.5
#: Part of its radius by which an edge is apart from what may hold a film's other line beside it: a
#: chart of places tells of what is further off.
BESIDE: Final = 0.1
#: Slope up to which a face is level: rounding of its ends.
LEVEL: Final = 1e-9
#: States of lines on faces.
FREE: Final = ("free", "free")


class _Place(NamedTuple):
    """Where a film may be: its lines and their states, and the area by which its surface bulges."""

    stations: tuple[Station, Station]
    states: tuple[str, str]
    bulge: float = 0.0


def films(joint: Joint, known: list[Equilibrium], admits: Admits, load: float) -> list[Equilibrium]:
    """Every film that carries a load.

    Parameters
    ----------
    joint : Joint
    known : list of Equilibrium
        Not to be found again.
    admits : callable
        Whether an equilibrium enters no solid and carries what it must.
    load : float
        Force/2πσL on the body that floats.
    """
    found: list[Equilibrium] = []
    for place in (*_on_edges(joint), *_between_faces(joint, load)):
        lift, thick = straight(joint, place.stations, place.bulge)
        if not 0.0 < thick < THIN:
            continue
        try:
            guess = joint.guess(place.stations, lift)
            surface, lines = settle(joint, Held(place.stations, place.states, guess), load)
            if not all(line.holds(surface) for line in lines):
                continue
            film = accurate(surface, lines, joint.drop)
        except ConvergenceError:
            continue
        if (
            all(line.holds(film.surface) for line in film.lines)
            and admits(film)
            and all(apart(film.surface, other) > SAME for other in (*known, *found))
        ):
            found.append(film)
    return found


def _on_edges(joint: Joint) -> Iterator[_Place]:
    """An edge of either body, with what of the other one is beside it or lies opposite to it."""
    below, above = (solid.profile for solid in joint.solids)
    for foot in _edges(below):
        for top in _edges(above):
            yield from _beside(joint, (foot, top), ("pinned", "pinned"))
        for top in _across(above, float(below.point(foot)[0])):
            yield _Place((foot, top), ("pinned", "free"))
        for top in _walls(above):
            yield from _beside(joint, (foot, top), ("pinned", "free"))
    for top in _edges(above):
        for foot in _across(below, float(above.point(top)[0])):
            yield _Place((foot, top), ("free", "pinned"))
        for foot in _walls(below):
            yield from _beside(joint, (foot, top), ("free", "pinned"))


def _beside(
    joint: Joint, stations: tuple[Station, Station], states: tuple[str, str]
) -> Iterator[_Place]:
    """Two places, where they are beside each other: on a wall where a straight surface meets it."""
    (r, z), (s, top) = (q.profile.point(at) for q, at in zip(joint.solids, stations, strict=True))
    if abs(s - r) > BESIDE * r:
        return
    for which in (k for k, state in enumerate(states) if state == "free"):
        lift = straight(joint, stations)[0] * joint.drop.length
        edge = (s, top + lift) if which == 0 else (r, z - lift)
        u = _met(joint.solids[which], stations[which].piece, edge)
        if not 0.0 < u < 1.0:
            return
        wall = Station(stations[which].piece, u)
        stations = (stations[0], wall) if which else (wall, stations[1])
    yield _Place(stations, states)


def _met(solid: Solid, piece: int, edge: tuple[float, float]) -> float:
    """Fraction of a straight piece where a straight surface from an edge meets it at its angle."""
    (r, z), (s, top) = solid.profile.pieces[piece].ends
    along, across = (s - r, top - z), (edge[0] - r, edge[1] - z)
    length = math.hypot(*along)
    off = abs(along[0] * across[1] - along[1] * across[0]) / length
    back = off * math.tan(solid.angles[piece] - 0.5 * math.pi) * solid.side.dry
    return float((along[0] * across[0] + along[1] * across[1]) / length**2 - back / length)


def _edges(profile: Profile) -> list[Station]:
    return [Station(number, 1.0) for number in range(len(profile) - 1)]


def _walls(profile: Profile) -> list[Station]:
    """Middles of the faces that are steeper than they are level."""
    ends = [piece.ends for piece in profile.pieces]
    return [
        Station(number, 0.5)
        for number, ((r, z), (s, top)) in enumerate(ends)
        if abs(top - z) > abs(s - r)
    ]


def _across(profile: Profile, radius: float) -> Iterator[Station]:
    """Faces of a profile at a radius, where no edge is."""
    edges = [float(profile.point(edge)[0]) for edge in _edges(profile)]
    if all(abs(r - radius) > LEVEL * radius for r in edges):
        yield from profile.crossings(0, radius)


def _between_faces(joint: Joint, load: float) -> Iterator[_Place]:
    """Two level faces that the liquid wets so little that they drive it out: where that carries.

    A film of thickness h presses with σ(−cos θ₁ − cos θ₂)/h, over πr².
    """
    low, high = joint.solids
    for i, k in product(range(len(low.profile)), range(len(high.profile))):
        ends = low.profile.pieces[i].ends, high.profile.pieces[k].ends
        inner, outer = max(a[0] for a, _ in ends), min(b[0] for _, b in ends)
        level = all(abs(b[1] - a[1]) <= LEVEL * abs(b[0] - a[0]) for a, b in ends)
        if level and inner < outer and low.cosines[i] + high.cosines[k] < 0.0:
            near = LEVEL * (outer - inner)
            radius = _carrying(joint, load, (i, k), (inner + near, outer - near))
            if radius is not None:
                yield _bulging(joint, (i, k), radius)


def _carrying(
    joint: Joint, load: float, faces: tuple[int, int], within: tuple[float, float]
) -> float | None:
    """Radius, m, of a film between two faces that carries a load; None where none does."""
    out = -joint.solids[0].cosines[faces[0]] - joint.solids[1].cosines[faces[1]]

    def excess(radius: float) -> float:
        thick = straight(joint, _opposite(joint, faces, radius, radius))[1]
        return 0.5 * out * radius / joint.drop.length - load * thick

    if excess(within[0]) * excess(within[1]) > 0.0:
        return None
    return find_root(excess, *within)


def _bulging(joint: Joint, faces: tuple[int, int], radius: float) -> _Place:
    """A film between two faces with its surface at their angles: an arc of a circle."""
    (low, i), (high, k) = zip(joint.solids, faces, strict=True)
    thick = straight(joint, _opposite(joint, faces, radius, radius))[1] * radius
    turn = low.angles[i] + high.angles[k] - math.pi
    curved = thick / joint.drop.length / -(low.cosines[i] + high.cosines[k])
    top = radius + thick * math.tan(0.5 * (low.angles[i] - high.angles[k]))
    stations = _opposite(joint, faces, radius, top)
    return _Place(stations, FREE, 0.5 * curved**2 * (turn - math.sin(turn)))


def _opposite(
    joint: Joint, faces: tuple[int, int], low: float, high: float
) -> tuple[Station, Station]:
    """Places of two level faces, by their radii, m."""
    first, last = (
        Station(face, (radius - start) / (end - start))
        for solid, face, radius in zip(joint.solids, faces, (low, high), strict=True)
        for (start, _), (end, _) in [solid.profile.pieces[face].ends]
    )
    return first, last


def straight(
    joint: Joint, stations: tuple[Station, Station], bulge: float = 0.0
) -> tuple[float, float]:
    """Lift of a body at which a surface between two places spans straight, or bulges by an area.

    Returns
    -------
    lift, thickness : float
        Scaled; the thickness of what is between the places by its radius.
    """
    first, last = (
        solid.line(station, free=False, scale=joint.drop.length)
        for solid, station in zip(joint.solids, stations, strict=True)
    )
    (r, z), (s, top) = first.place, last.place
    free = joint.drop.scaled_volume - first.solid[0] - last.solid[0] - r * bulge
    thick = 6.0 * free / (r * r + r * s + s * s)
    return float(thick - (top - z)), float(thick / r)
