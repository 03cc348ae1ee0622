"""Numbers that carry a bound of their error through arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bumpform.quick import quick

#: Rounding of one operation, relative.
ROUNDING = 2.3e-16


@quick
@dataclass(frozen=True)
class Measured:
    """A number, and how far off it may be.

    Sums and products of such numbers, and of plain ones, which are exact, bound their own error:
    the worst case, rounding included.

    Attributes
    ----------
    value, error : float
        ``error`` is not negative.

    Examples
    --------
    >>> 2.0 * Measured(3.0, 0.5)
    Measured(value=6.0, error=1.0000000000000013)
    """

    value: float
    error: float = 0.0

    def __float__(self) -> float:
        """The number alone."""
        return self.value

    def __add__(self, other: Measured | float) -> Measured:
        """Sum."""
        other = _measured(other)
        return _rounded(self.value + other.value, self.error + other.error)

    def __sub__(self, other: Measured | float) -> Measured:
        """Difference."""
        other = _measured(other)
        return _rounded(self.value - other.value, self.error + other.error)

    def __mul__(self, other: Measured | float) -> Measured:
        """Product."""
        other = _measured(other)
        error = abs(self.value) * other.error + abs(other.value) * self.error
        return _rounded(self.value * other.value, error + self.error * other.error)

    def __truediv__(self, other: Measured | float) -> Measured:
        """Quotient; its error has no bound where the divisor may be zero."""
        other = _measured(other)
        ratio, least = self.value / other.value, abs(other.value) - other.error
        error = (self.error + abs(ratio) * other.error) / least if least > 0.0 else math.inf
        return _rounded(ratio, error)

    def __radd__(self, other: float) -> Measured:
        """Sum with a plain number."""
        return _measured(other) + self

    def __rsub__(self, other: float) -> Measured:
        """Difference from a plain number."""
        return _measured(other) - self

    def __rmul__(self, other: float) -> Measured:
        """Product with a plain number."""
        return _measured(other) * self


def _measured(number: Measured | float) -> Measured:
    return number if isinstance(number, Measured) else Measured(number)


def _rounded(value: float, error: float) -> Measured:
    return Measured(value, error + ROUNDING * abs(value))


def parted(found: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values and errors of named numbers, in groups or not; a plain float is exact.

    What is no float (a name, a count, a truth) has no error.
    """
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, entry in found.items():
        if isinstance(entry, Measured):  # most are; to ask for a mapping takes longer
            values[name], errors[name] = entry.value, entry.error
        elif isinstance(entry, Mapping):
            values[name], errors[name] = parted(entry)
        else:
            values[name] = entry
            if isinstance(entry, float):
                errors[name] = 0.0
    return values, errors
