"""A joint whose lines are held only so many times, for a search whose length is not known."""

from __future__ import annotations

from dataclasses import dataclass, field

from bumpform.errors import BumpformError
from bumpform.geometry.profile import Station
from bumpform.surface.drop.newton import Surface
from bumpform.surface.joints.joint import Joint

#: Surfaces with held lines that are solved for a largest pull before the search is given up: many
#: where the lines leave edges and slide, a few dozen where they stay.
MOST_HELD = 1200


class SpentError(BumpformError):
    """More surfaces have been solved than a search may."""


@dataclass(frozen=True, eq=False)
class SparingJoint(Joint):
    """Liquid between two lines that is held only so many times.

    Attributes
    ----------
    done : list of int
        One number: how often it has been.
    """

    done: list[int] = field(default_factory=lambda: [0])

    def hold(self, stations: tuple[Station, Station], near: Surface) -> Surface:
        """As of any joint.

        Raises
        ------
        ConvergenceError
        SpentError
        """
        self.done[0] += 1
        if self.done[0] > MOST_HELD:
            raise SpentError("the search for the largest pull is too long")
        return super().hold(stations, near)
