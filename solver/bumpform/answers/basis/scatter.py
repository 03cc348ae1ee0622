"""How one input scatters: from a standard normal number to a value, and back to moments."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from bumpform.case.checks.tolerances import Tolerance

__all__ = ["Scatter"]

#: Values of one input, or the normal numbers that they come from.
type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Scatter:
    """Distribution of an input: uniform, or normal and cut off.

    Attributes
    ----------
    mean : float
        The case's value, SI; of a normal distribution before it is cut off.
    width : float
        Standard deviation before it is cut off, or half width of a uniform one, SI.
    uniform : bool
    low, high : float
        Where a normal distribution is cut off; infinite where it is not.
    """

    mean: float
    width: float
    uniform: bool = False
    low: float = -math.inf
    high: float = math.inf

    @classmethod
    def of(cls, tolerance: Tolerance, value: float) -> Scatter:
        """Distribution about a value in SI."""
        low = -math.inf if tolerance.low is None else tolerance.low
        high = math.inf if tolerance.high is None else tolerance.high
        return cls(value, tolerance.width(value), tolerance.half_width is not None, low, high)

    def values(self, normal: Values) -> Values:
        """Values in SI for standard normal numbers, each at the same quantile."""
        if self.uniform:
            return self.mean + self.width * (2.0 * ndtr(normal) - 1.0)
        low, high = ndtr(self._ends)
        if low == 0.0 and high == 1.0:
            return self.mean + self.width * normal
        inside: Values = ndtri(low + (high - low) * ndtr(normal))
        return self.mean + self.width * inside

    @property
    def std(self) -> float:
        """Standard deviation, SI."""
        if self.uniform:
            return self.width / math.sqrt(3.0)
        ends = self._ends
        mass = float(ndtr(ends[1]) - ndtr(ends[0]))
        density = np.exp(-0.5 * ends**2) / math.sqrt(2.0 * math.pi)
        moments = np.where(np.isfinite(ends), ends, 0.0) * density
        shift = float(density[0] - density[1]) / mass
        variance = 1.0 + float(moments[0] - moments[1]) / mass - shift**2
        return self.width * math.sqrt(variance)

    @property
    def _ends(self) -> Values:
        return (np.array([self.low, self.high]) - self.mean) / self.width
