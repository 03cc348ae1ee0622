"""The liquid that a free surface closes in: how much of it, and what moves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bumpform.quick import cached_property, quick


@quick
@dataclass(frozen=True)
class Drop:
    """Liquid to be placed on a profile, SI.

    Attributes
    ----------
    volume : float, m³
    surface_tension : float, N/m
    density : float, kg/m³
    gravity : float, m/s²
        Positive pulls towards −z.
    """

    volume: float
    surface_tension: float
    density: float
    gravity: float

    @cached_property
    def length(self) -> float:
        """The scale L = V^(1/3), m."""
        return math.cbrt(self.volume)

    @cached_property
    def bond(self) -> float:
        """Bond number ρ g L²/σ."""
        return self.density * self.gravity * self.length**2 / self.surface_tension

    @cached_property
    def force_unit(self) -> float:
        """What a force of 1 is in N: 2πσL."""
        return 2.0 * math.pi * self.surface_tension * self.length

    @cached_property
    def energy_unit(self) -> float:
        """What an energy of 1 is in J: 2πσL²."""
        return 2.0 * math.pi * self.surface_tension * self.length**2

    @property
    def scaled_volume(self) -> float:
        """V/2π in units of L³: 1/2π."""
        return 0.5 / math.pi
