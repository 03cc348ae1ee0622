"""The body above a joint: how it is held, pressed or driven."""

from __future__ import annotations

from dataclasses import dataclass

#: Heights nearer than this, in units of L, are one.
NEAR = 1e-12
#: Speed at which a fixture moves it, in units of σ/μ; with inertia of σ/μ over the root of the
#: Laplace number.
SPEED = 0.3


@dataclass(frozen=True)
class Body:
    """A body that liquid joins from below.

    Attributes
    ----------
    lowest : float
        Height at which solid stops it, in units of L.
    load : float or None
        Pressing it down, over 2πσL; None where a fixture moves it.
    goal : float
        Height to which a fixture moves it.
    mass : float
        Of what the liquid carries, times σ/2πμ²L²; counts with inertia only.
    speed : float
        At which a fixture moves it, in units of σ/μ.
    """

    lowest: float
    load: float | None = None
    goal: float = 0.0
    mass: float = 0.0
    speed: float = SPEED

    @property
    def pressed(self) -> float:
        """The load, 0 without one."""
        return self.load or 0.0

    def floats(self, lift: float, lifting: float) -> bool:
        """Whether liquid alone carries it at a height, where it lifts with such a force."""
        if self.load is None:
            return False
        return lift > self.lowest + NEAR or lifting > self.load

    def driven(self, lift: float, step: float) -> float:
        """Speed at which a fixture moves it in a step."""
        if self.load is not None:
            return 0.0
        return max(-self.speed, min(self.speed, (self.goal - lift) / step))

    def share(self, lift: float, by: float) -> float:
        """Part of a way that it may go until solid stops it."""
        room = self.lowest - lift
        return room / by if by < room < 0.0 else 1.0
