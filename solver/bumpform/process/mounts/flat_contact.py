"""What shuts liquid or gas in all round: a package that lies flat, liquid that touches a rim."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from bumpform.errors import NoEquilibriumError
from bumpform.geometry.profile import Profile, Station
from bumpform.process.mounts.capillary_bridge import DownError, TouchedError
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Refusal
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.units.units import format_length, format_place, format_quantity

__all__ = ["full_room", "gas_under", "refuse_flat", "refuse_full", "refuse_room", "ring_of_gas"]

#: Relative difference up to which heights and volumes are the same: rounding of places.
SAME = 1e-9
#: Part of a face, from its inner end, at which it is looked at.
BESIDE = 1e-6
#: Part of a room within which liquid fills it, and no surface is found in the slit that is left.
FULL = 1e-5


class _Room(NamedTuple):
    """What two level faces that meet all round an axis shut in: the face, its radii and z, m."""

    face: str
    radius: float
    outer: float
    z: float


class _Shut(NamedTuple):
    """What a package shuts in that lies on solid all round: between two such places, or one.

    Attributes
    ----------
    first : Station or None
        On the stack, where it lies further in; None where it does not.
    last : Station
        On the stack, where it lies all round.
    radii : (float, float), m
        Of both; 0 for none.
    on : str
        Region that it lies on there.
    volume : float, m³
        All that is not solid.
    """

    first: Station | None
    last: Station
    radii: tuple[float, float]
    on: str
    volume: float


class Full(NamedTuple):
    """What is under a package that lies on what stops it, up to where it does: its rim, m, m³."""

    rim: tuple[Station, Station]
    radius: float
    volume: float


def full_room(stage: Mounted) -> Full:
    """The room under a package where it lies on what stops it."""
    foot, (below, above) = stage.touch.station, _profiles(stage)
    place = below.point(foot)
    top = above.locate(place)
    holds = 2.0 * math.pi * float(below.moments(foot)[0] - above.moments(top)[0])
    return Full((foot, top), float(place[0]), holds)


def gas_under(stage: Mounted) -> tuple[float, str]:
    """Gas that a package shuts in which lies on rings all round, m³, and on what it lies."""
    for room in _shut_rooms(stage):
        gas = _left_empty(stage, room)
        if gas > SAME * room.volume:
            return gas, room.on
    return 0.0, ""


def refuse_flat(stage: Mounted, found: Equilibrium) -> None:
    """Refuse a joint that two level faces part which meet between its axis and its lines.

    Parameters
    ----------
    stage : Mounted
    found : Equilibrium
        A joint of it.

    Raises
    ------
    NoEquilibriumError
        "collapsed"
    """
    standoff = found.values["standoff_m"]
    if standoff > stage.touch.height * (1.0 + SAME):
        return
    lines = found.lines[0].station, found.lines[1].station
    for room in _rooms(stage, standoff):
        if all(_past(stage, room, lines)):
            raise _pressed_out(room, "parts what is inside from what is outside")


def refuse_room(stage: Mounted, down: DownError) -> None:
    """Refuse a joint that is not found where a package lies flat all round its liquid.

    What fills the room inside has no surface; what is more is outside; beside what is less, gas is
    shut in.

    Parameters
    ----------
    stage : Mounted
    down : DownError
        With lines driven on past where the faces meet.

    Raises
    ------
    NoEquilibriumError
        "collapsed", "gas_shut_in"
    """
    for room in _rooms(stage, stage.touch.height):
        holds, past = _volume(stage, room), _past(stage, room, down.held.stations)
        gas = holds - stage.melt.volume
        if abs(gas) <= SAME * holds and any(past):
            raise _pressed_out(room, "the liquid fills the room inside: it has no surface left")
        if gas < 0.0 and all(past):
            raise _pressed_out(room, "parts what is inside from what is outside")
        if gas > 0.0 and any(past):
            along = "the package" if past[1] else "the stack"
            raise NoEquilibriumError(
                "gas_shut_in",
                f"{_comes_down(room)}, and shuts in {format_quantity(gas, 'volume', 3)} of gas "
                f"with the liquid, which is driven on along {along} past there: between them no "
                f"surface is found. {_remedy(None, room.radius)}",
            )


def refuse_full(stage: Mounted) -> None:
    """Refuse a joint that is not found where its liquid just fills the room under the package.

    That is bounded by where the package meets what stops it: the liquid's surface is a slit there.

    Raises
    ------
    NoEquilibriumError
        "not_converged"
    """
    room = full_room(stage)
    if abs(stage.melt.volume - room.volume) <= FULL * room.volume:
        raise NoEquilibriumError(
            "not_converged",
            f"the liquid fills the room under the package to {100.0 * FULL:g} %, where that comes "
            f"to lie on the stack, at a standoff of {format_length(stage.touch.height)}, up to r "
            f"= {format_length(room.radius)}: the slit that is left for its surface is too narrow "
            "to be computed. Give a little more solder, or less",
        )


def ring_of_gas(stage: Mounted, error: NoEquilibriumError) -> Refusal | None:
    """That liquid which touches solid further out shuts in gas; None where that is not certain.

    Where it touches one body, and covers the other one to past there, what it does not fill of the
    room inside is gas.

    Parameters
    ----------
    stage : Mounted
    error : NoEquilibriumError
        With which the search for its joint has ended.
    """
    end = error.__cause__ if isinstance(error, DownError) else error
    if not isinstance(end, TouchedError):
        return None
    which, met, line = (
        end.touched.which,
        end.touched.met,
        end.touched.stations[1 - end.touched.which],
    )
    profiles = stage.solids.profile, stage.package.at(end.standoff).profile
    touched, covered = profiles[which], profiles[1 - which]
    across = covered.locate(touched.point(met))
    gas = _between(profiles, (across, met) if which else (met, across)) - stage.melt.volume
    if line <= across or gas <= FULL * stage.melt.volume:
        return None
    (r, z), piece = touched.point(met).tolist(), covered.pieces[line.piece]
    far = format_length(float(covered.point(line)[0]))
    wets = end.joint.solids[1 - which].angles[line.piece] < 0.5 * math.pi
    return Refusal(
        "gas_shut_in",
        f"at a standoff of {format_length(end.standoff)} the liquid covers the {piece.feature} up "
        f"to r = {far}, and touches the {touched.pieces[met.piece].feature} at "
        f"{format_place(r, z)}: it is less than what the room inside of there holds, shuts in at "
        f"least {format_quantity(gas, 'volume', 3)} of gas, with which it is not followed. "
        + _remedy(piece.feature if wets else None, r),
    )


def _shut_rooms(stage: Mounted) -> Iterator[_Shut]:
    """What a package shuts in where it lies on what is solid: none where it is held off."""
    near, foot = SAME * stage.solids.outer, stage.touch.station
    if stage.standoff is None or abs(stage.standoff - stage.touch.height) > near:
        return
    profiles = below, _ = _profiles(stage)
    r, z = below.point(foot).tolist()
    faces = _lies(stage, stage.touch.height)
    places = [(f.radius, f.outer, f.z, _inner_region(below, f)) for f in faces]
    if not any(inner <= r + near and r <= outer + near for inner, outer, *_ in places):
        places.append((r, r, z, below.pieces[foot.piece].region))
    before: tuple[Station, Station] | None = None
    came = 0.0
    for inner, outer, z, on in sorted(places):
        if inner > near:
            ends = _ends(profiles, inner, z)
            holds = _between(profiles, ends) - (_between(profiles, before) if before else 0.0)
            yield _Shut(before[0] if before else None, ends[0], (came, inner), on, holds)
        before, came = _ends(profiles, outer, z), outer


def _left_empty(stage: Mounted, room: _Shut) -> float:
    """What liquid leaves empty of a room that a package shuts in, m³; 0 where it runs out of it."""
    gas, size, below = room.volume, stage.solids.outer, stage.solids.profile
    for liquid in stage.liquids:
        found = liquid.equilibrium
        if found is not None:
            if found.lines[-1].solid.is_inner and not found.lines[-1].station < room.last:
                continue  # a ring round what it lies on, in none of that room
            if room.first is not None and _order(found.station) <= _order(room.first) + SAME:
                continue  # in what it lies on further in
            line, rim = below.point(found.station), below.point(room.last)
            ends_there = math.dist(line, rim) < SAME * size  # and may sag from there inwards
            if not (ends_there or found.station < room.last):
                return 0.0  # the liquid is all round what it lies on
        gas -= liquid.melt.volume
    hung = stage.hung
    if hung is not None:
        at = room.radii[0] if hung.equilibrium is None else hung.equilibrium.values["outer.r_m"]
        gas -= hung.melt.volume if room.radii[0] - SAME * size <= at <= room.radii[1] else 0.0
    return gas


def _order(station: Station) -> float:
    """How far out along a profile a place is, in pieces."""
    return station.piece + station.u


def _remedy(drawn_along: str | None, radius: float) -> str:
    """What keeps liquid from shutting in gas which is drawn along a face to past a radius, m."""
    less = f", or let the {drawn_along} end at r = {format_length(radius)}" if drawn_along else ""
    return f"Give more solder{less}"


def _between(profiles: tuple[Profile, Profile], ends: tuple[Station, Station]) -> float:
    """Volume between two profiles, up to the cone from a place of one to a place of the other."""
    below, above = (float(p.moments(q)[0]) for p, q in zip(profiles, ends, strict=True))
    (r0, z0), (r1, z1) = (p.point(q).tolist() for p, q in zip(profiles, ends, strict=True))
    cone = (r0 * r0 + r0 * r1 + r1 * r1) * (z1 - z0) / 6.0
    return 2.0 * math.pi * (below + cone - above)


def _profiles(stage: Mounted) -> tuple[Profile, Profile]:
    """Of the stack, and of the package where it lies on that."""
    return stage.solids.profile, stage.package.at(stage.touch.height).profile


def _past(stage: Mounted, room: _Room, lines: tuple[Station, Station]) -> tuple[bool, bool]:
    """Whether each of two lines is further out along its solid than where the faces meet."""
    rims = (p.locate(np.array([room.radius, room.z])) for p in _profiles(stage))
    first, last = (
        line.piece + line.u > rim.piece + rim.u + SAME
        for line, rim in zip(lines, rims, strict=True)
    )
    return first, last


def _comes_down(room: _Room) -> str:
    return (
        f"the package comes down flat on the {room.face}, from r = {format_length(room.radius)} "
        "outwards"
    )


def _pressed_out(room: _Room, then: str) -> NoEquilibriumError:
    return NoEquilibriumError(
        "collapsed",
        f"{_comes_down(room)}: it presses all liquid out from there, and {then}. Give less load, "
        "or more solder",
    )


def _rooms(stage: Mounted, standoff: float) -> Iterator[_Room]:
    """Where level faces of a stack and of a package at a standoff, m, meet off the axis."""
    return (room for room in _lies(stage, standoff) if room.radius > SAME * room.outer)


def _lies(stage: Mounted, standoff: float) -> Iterator[_Room]:
    """The same, on the axis, too."""
    low, high = _levels(stage.solids.profile), _levels(stage.package.at(standoff).profile)
    for (low_r, low_end, z, face), (high_r, high_end, there, _) in product(low, high):
        inner, outer = max(low_r, high_r), min(low_end, high_end)
        if outer - inner > SAME * outer and abs(z - there) < SAME * outer:
            yield _Room(face, inner, outer, z)


def _volume(stage: Mounted, room: _Room) -> float:
    """What a room holds, m³."""
    place = np.array([room.radius, room.z])
    below, above = (float(p.moments(p.locate(place))[0]) for p in _profiles(stage))
    return 2.0 * math.pi * (below - above)


def _inner_region(profile: Profile, face: _Room) -> str:
    """Region of a level face where that begins."""
    beside = face.radius + BESIDE * (face.outer - face.radius)
    return profile.pieces[profile.locate(np.array([beside, face.z])).piece].region


def _ends(profiles: tuple[Profile, Profile], radius: float, z: float) -> tuple[Station, Station]:
    """Where a place is on two profiles that meet there."""
    low, high = (profile.locate(np.array([radius, z])) for profile in profiles)
    return low, high


def _levels(profile: Profile) -> list[tuple[float, float, float, str]]:
    """Level faces of a profile: where they begin and end, their height, m, and what they are.

    Faces that go on at one height (a pad let into its base) are one.
    """
    found: list[tuple[float, float, float, str]] = []
    for piece in profile.pieces:
        (r0, z0), (r1, z1) = piece.point(0.0).tolist(), piece.point(1.0).tolist()
        if not (piece.is_straight and math.isclose(z0, z1, abs_tol=SAME * abs(r1 - r0))):
            continue
        inner, outer, name = min(r0, r1), max(r0, r1), piece.feature
        if found and found[-1][1] == inner and abs(found[-1][2] - z0) < SAME * outer:
            inner, name = found[-1][0], found.pop()[3]
        found.append((inner, outer, z0, name))
    return found
