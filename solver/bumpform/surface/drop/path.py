"""The way that contact lines take to rest: where the deposit touched, moves, events, rest."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bumpform.brief import brief
from bumpform.geometry.profile import Station
from bumpform.quick import quick, replace
from bumpform.surface.drop.contact import LineAt, Solid

#: Moves shorter than this fraction of their piece are left out: a sampled root is no nearer.
SHORT = 1e-6
#: Parts of a piece between two places at which a surface meets solid that are one.
AGAIN = 1e-3
#: Events that are moves along the solid; all others happen at one place.
SLIDES = ("spreads", "recedes")


@quick
@dataclass(frozen=True, eq=False)
class Move:
    """One leg of the way, on one piece of solid; or an event at one place.

    Attributes
    ----------
    event : str
        "spreads" or "recedes" along one piece; "touches", "meets solid", "opens", "closes",
        "rests" at a place; "sinks" or "rises" of a package.
    end : str
        Which contact line: "outer", "inner", "top"; "package" where that moves.
    solid : Solid
    start, stop : Station
    why : str
    lifts : tuple of float, m
        How far the solid stands above where its profile says, before and after; of a package,
        how high its pad is.
    """

    event: str
    end: str
    solid: Solid
    start: Station
    stop: Station
    why: str
    lifts: tuple[float, float] = (0.0, 0.0)

    __repr__ = brief

    @property
    def feature(self) -> str:
        """What it happens on, in words."""
        if self.end == "package":
            return "package"
        if self.event in SLIDES:
            return self.solid.profile.pieces[self.stop.piece].feature
        return self.solid.feature(self.solid.vertex(self.stop))

    @property
    def places(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where it starts and stops: r, z in m."""
        if self.end == "package":
            return (0.0, self.lifts[0]), (0.0, self.lifts[1])
        ends = []
        for station, lift in zip((self.start, self.stop), self.lifts, strict=True):
            r, z, *_ = self.solid.profile.pieces[station.piece].jet(station.u)
            ends.append((r, z + lift))
        start, stop = ends
        return start, (start if self.start == self.stop else stop)


def _slide(solid: Solid, ends: tuple[Station, Station], lifts: tuple[float, float]) -> Move:
    start, stop = ends
    spreads = (stop.u > start.u) == (solid.side.dry > 0)
    young = math.degrees(solid.angles[stop.piece])
    more = "larger" if spreads else "smaller"
    why = f"the contact angle is {more} than Young's {young:.5g}° there"
    event = SLIDES[0] if spreads else SLIDES[1]
    return Move(event, solid.kind, solid, start, stop, why, lifts)


def _is_at(move: Move, solid: Solid, station: Station) -> bool:
    """Whether a move ends on a solid at about a station."""
    piece, u = move.stop
    return move.solid is solid and piece == station.piece and abs(u - station.u) < AGAIN


def _last(moves: list[Move], end: str) -> Move | None:
    return next((m for m in reversed(moves) if m.end == end), None)


def legs(moves: Iterable[Move]) -> list[Move]:
    """Moves as they are told: those of one line along one piece taken together."""
    told: list[Move] = []
    for move in moves:
        last = _last(told, move.end)
        together = last is not None and last.event in SLIDES and move.event in SLIDES
        if last is not None and together and last.stop.piece == move.stop.piece:
            told.remove(last)
            if abs(move.stop.u - last.start.u) >= SHORT:
                ends = last.start, move.stop
                told.append(_slide(move.solid, ends, (last.lifts[0], move.lifts[1])))
        else:
            told.append(move)
    return told


class Trail:
    """Moves as they are made.

    Parameters
    ----------
    moves : iterable of Move
        Made before.
    """

    def __init__(self, moves: Iterable[Move] = ()) -> None:
        self.moves = list(moves)

    def event(
        self, event: str, solid: Solid, station: Station, why: str, lift: float = 0.0
    ) -> None:
        """Something that happens to a line at one place."""
        move = Move(event, solid.kind, solid, station, station, why, (lift, lift))
        self.moves.append(move)

    def has_met(self, solid: Solid, station: Station) -> bool:
        """Whether a line has gone on before from about here, where its surface met solid."""
        return any(_is_at(move, solid, station) for move in self._met)

    @property
    def comes_back(self) -> bool:
        """Whether solid has been met last where it had been met before."""
        *before, last = self._met or (None,)
        return last is not None and any(_is_at(move, last.solid, last.stop) for move in before)

    @property
    def _met(self) -> list[Move]:
        return [move for move in self.moves if move.event == "meets solid"]

    def slide(self, solid: Solid, stop: Station, lift: float = 0.0) -> None:
        """A line slides from where it was last to a place on that piece, or on the next one."""
        last = _last(self.moves, solid.kind)
        if last is None:
            return
        start = last.stop
        if start.piece != stop.piece:  # a vertex has two names
            start = Station(stop.piece, 0.0 if start.piece < stop.piece else 1.0)
        if abs(stop.u - start.u) >= SHORT:
            self.moves.append(_slide(solid, (start, stop), (last.lifts[1], lift)))
        elif last.event in SLIDES and last.stop.piece == stop.piece:  # a little further
            place = next(i for i, move in enumerate(self.moves) if move is last)
            self.moves[place] = replace(last, stop=stop, lifts=(last.lifts[0], lift))

    def package(self, solid: Solid, heights: tuple[float, float], why: str) -> None:
        """The package moves; heights of its pad above the stack's before and after, m."""
        if heights[0] != heights[1]:
            event = "sinks" if heights[1] < heights[0] else "rises"
            pad = solid.profile.start
            self.moves.append(Move(event, "package", solid, pad, pad, why, heights))

    def ended(
        self, lines: tuple[LineAt, ...], angles: Iterable[float], lift: float = 0.0
    ) -> tuple[Move, ...]:
        """All moves, the last of every line taken to where it rests.

        Parameters
        ----------
        lines : tuple of LineAt
        angles : iterable of float, deg
            Contact angle of each.
        lift : float, m
            How far an upper body stands above where its profile says.
        """
        for line in lines:
            self.slide(line.solid, line.station, lift if line.solid.hangs else 0.0)
        for line, angle in zip(lines, angles, strict=True):
            low, high = (math.degrees(x) for x in line.admissible)
            why = f"Young's angle of {low:.5g}° is met"
            if line.state == "pinned":
                why = f"the edge holds it: {angle:.5g}° lies within {low:.5g}° … {high:.5g}°"
            self.event("rests", line.solid, line.station, why, lift if line.solid.hangs else 0.0)
        return tuple(self.moves)
