"""A surface between two contact lines, as it is held: the ring round a core, the bridge.

Where an upper body is loaded, its height is one more unknown (``loaded_body``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.geometry.profile import Station
from bumpform.quick import quick, replace
from bumpform.surface.drop.contact import Solid, advance
from bumpform.surface.drop.contact_line import ContactLine
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.equilibrium import FIRST_ELEMENTS
from bumpform.surface.drop.newton import NECK, Surface, solve
from bumpform.surface.drop.reference_element import reference_mesh
from bumpform.surface.joints.arc import arc

#: Turns of both lines before the search gives up.
MAX_TURNS = 120
#: Relative accuracy of a place found by holding lines; Newton's method does the rest.
NEAR = 1e-3


class ClosedError(NoEquilibriumError):
    """A line has run into the axis: the ring closes, or the body comes off.

    Attributes
    ----------
    end : str
        Which line.
    other : Station
        Where the other line is.
    held : Held or None
        The last that could be held, if one could.
    """

    def __init__(self, end: str, other: Station, held: Held | None = None) -> None:
        super().__init__("dewets", f"the {end} contact line runs into the axis")
        self.end, self.other, self.held = end, other, held


class OffModelError(NoEquilibriumError):
    """A line is drawn on at the end of its profile."""


class GlidingError(NoEquilibriumError):
    """Both lines still move after many turns.

    Attributes
    ----------
    held : Held
        Where they are.
    """

    def __init__(self, held: Held) -> None:
        super().__init__(
            "not_converged", f"the contact lines have not come to rest after {MAX_TURNS} turns"
        )
        self.held = held


@quick
@dataclass(frozen=True, eq=False)
class Joint:
    """Liquid between two contact lines.

    Attributes
    ----------
    drop : Drop
    solids : tuple of Solid
        Of the first (outer) and of the last line (inner, or top).
    """

    drop: Drop
    solids: tuple[Solid, Solid]

    def guess(self, stations: tuple[Station, Station], lift: float = 0.0) -> Surface:
        """Circular arc between two places that holds the volume.

        Raises
        ------
        ConvergenceError
            If no arc does.
        """
        scale = self.drop.length
        first = self.solids[0].line(stations[0], free=False, scale=scale)
        last = self.solids[1].line(stations[1], free=False, scale=scale, lift=lift)
        free = self.drop.scaled_volume - first.solid[0] - last.solid[0]
        x, pressure = arc(first.place, last.place, free, reference_mesh(_elements(first, last)))
        pressure += self.drop.bond * float(x[0, 1])
        return Surface(x, first, last, self.drop.bond, pressure, self.drop.scaled_volume)

    def hold(self, stations: tuple[Station, Station], near: Surface) -> Surface:
        """Equilibrium with both lines held, from a surface nearby (whose lift it keeps).

        Raises
        ------
        ConvergenceError
        """
        assert near.end is not None
        if self.solids[1].is_inner and not stations[1] < stations[0]:
            words = "a ring's inner line is not inside of its outer one"
            raise ConvergenceError(words, 0, math.inf, "held lines")
        try:
            return solve(self._moved(stations, near), tolerance=NEAR)
        except ConvergenceError:
            return solve(self.guess(stations, near.end.lift), tolerance=NEAR)

    def let_go(
        self, stations: tuple[Station, Station], near: Surface, which: int
    ) -> tuple[float, Surface]:
        """One line let slide from a place, the other held: where on its piece it comes to rest.

        Raises
        ------
        ConvergenceError
        """
        surface = solve(self._moved(stations, near, which), tolerance=NEAR)
        line = surface.end if which else surface.start
        assert line is not None
        return line.u, surface

    def _moved(
        self, stations: tuple[Station, Station], near: Surface, free: int | None = None
    ) -> Surface:
        """A surface with its lines elsewhere, held there but for one: a guess."""
        assert near.end is not None
        scale, lift = self.drop.length, near.end.lift
        first = self.solids[0].line(stations[0], free=free == 0, scale=scale)
        last = self.solids[1].line(stations[1], free=free == 1, scale=scale, lift=lift)
        fine = max(near.elements, _elements(first, last))
        near = near if fine == near.elements else near.on(fine)
        return replace(near, start=first, end=last, load=None)

    def force(self, surface: Surface, which: int, station: Station) -> float:
        """Force on a line, outwards along its profile, against the station's piece."""
        solid = self.solids[which]
        radius = float(surface.x[-1 if which else 0, 0])
        angle = solid.angle(surface, station)
        towards_dry = radius * advance(angle, solid.angles[station.piece])
        return towards_dry * solid.side.dry


def _elements(first: ContactLine, last: ContactLine) -> int:
    """Of the first mesh: twice, or four times, as many where it ends at a neck.

    A coarser one misses what the neck holds.
    """
    radius, wide = min(first.place[0], last.place[0]), NECK * math.dist(first.place, last.place)
    return FIRST_ELEMENTS * (1 if radius > wide else 2 if radius > 0.5 * wide else 4)


@quick
@dataclass(frozen=True, eq=False)
class Held:
    """Both lines at places, and the surface between them."""

    stations: tuple[Station, Station]
    states: tuple[str, str]
    surface: Surface

    def put(self, which: int, station: Station, state: str, surface: Surface) -> Held:
        """With one line elsewhere."""
        (first, last) = self.states
        states = (first, state) if which else (state, last)
        return Held(self.moved(which, station), states, surface)

    def moved(self, which: int, station: Station) -> tuple[Station, Station]:
        """Where its lines are, one of them elsewhere."""
        first, last = self.stations
        return (first, station) if which else (station, last)
