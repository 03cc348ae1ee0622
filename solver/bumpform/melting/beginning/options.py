"""How a melt is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from shapely.errors import ShapelyError

from bumpform.melting.shapes.free_curve import Sizes

#: Viscosity of molten solder, Pa s: tin, lead and their alloys are within a third of it.
VISCOSITY = 2e-3

#: What dolfinx, PETSc (both RuntimeError), shapely and numpy raise on a shape that they cannot do.
LIBRARIES: Final = (RuntimeError, ShapelyError, np.linalg.LinAlgError)
#: Steps after which a melt with inertia is given up.
INERTIAL_STEPS: Final = 4000
#: Length of an element of the free surface by the thickness of the layer of vorticity below it
#: (a quadratic one resolves exp(−x) over 2 to a hundredth), and by that of the others, at least.
LAYERS, LEAST = 2.0, 0.5


@dataclass(frozen=True)
class Options:
    """Mesh, steps and end of a melt; lengths in units of L = V^(1/3), times in μL/σ.

    Attributes
    ----------
    element : float
        Longest element.
    slip_length : float
        Navier's, on the solid. The way's clock depends on it, its end does not.
    move : float
        Longest way of a node in a step.
    first_step, growth, longest_step : float
        Of the time.
    rest, settled : float
        Speed below which it is at rest, in units of σ/μ, if it goes no further than this in a step.
    most_steps : int
        Of an overdamped melt.
    inertia : bool
    steps_per_period : int
        With inertia: of the slowest oscillation of a free drop of that volume.
    longest_time : float
    """

    element: float = 0.14
    slip_length: float = 0.1
    move: float = 0.06
    first_step: float = 1e-3
    growth: float = 1.5
    longest_step: float = 1e4
    rest: float = 1e-8
    settled: float = 1e-6
    most_steps: int = 400
    inertia: bool = False
    steps_per_period: int = 60
    longest_time: float = float("inf")

    @property
    def steps(self) -> int:
        """Most of them."""
        return max(self.most_steps, INERTIAL_STEPS) if self.inertia else self.most_steps

    @property
    def sizes(self) -> Sizes:
        """Of the elements."""
        return Sizes(self.element, 0.4 * self.element, 2.5 * self.element, self.element)

    def sizes_over(self, layer: float) -> Sizes:
        """Of the elements where vorticity lies in a layer of this thickness below the surface.

        Those of the surface are twice as long as that, but half as long as others at least.
        """
        longest = min(self.element, max(LAYERS * layer, LEAST * self.element))
        return self.sizes._replace(free=longest)
