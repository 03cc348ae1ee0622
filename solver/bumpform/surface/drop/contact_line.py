"""One contact line as the solver takes it: its place, and the solid side up to there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge
from bumpform.quick import cached_property, quick


@quick
@dataclass(frozen=True, eq=False)
class ContactLine:
    """A contact line on one edge of solid, pinned at a place or free to slide.

    Attributes
    ----------
    edge : Edge
        In metres; its direction is the one in which u grows.
    u : float
        Place on the edge.
    free : bool
        Whether it slides; then ``cosine`` is met.
    cosine : float
        Cosine of Young's angle on this edge, through the liquid.
    before : tuple of float
        Solid-side volume/2π, its moment, and Σ cosθ·wetted area/2π from the profile's
        start to the edge's start, in metres.
    scale : float, m
        The length L.
    sign : int
        +1 when the liquid's outline follows the solid from its start to here, outwards
        (outer line of a drop); −1 when it comes back from here (the upper body of a
        joint) or leaves that part out (inner line of a ring).
    wets : int
        +1 when the solid from its start to here is wetted, −1 when it is not (inner line).
    lift : float
        Scaled height by which the body is raised from where its edges say.
    """

    edge: Edge
    u: float
    free: bool
    cosine: float
    before: tuple[float, float, float]
    scale: float
    sign: int = 1
    wets: int = 1
    lift: float = 0.0

    @cached_property
    def place(self) -> tuple[float, float]:
        """Scaled r and z."""
        r, z, *_ = self.edge.jet(self.u)
        return r / self.scale, z / self.scale + self.lift

    @property
    def tension(self) -> float:
        """What the area of the solid side counts for, over the surface tension: ∓cosθ."""
        return -self.wets * self.cosine

    def point(self) -> Array:
        """Scaled position, shape (2,)."""
        return np.array(self.place)

    @cached_property
    def solid(self) -> tuple[float, float, float]:
        """Scaled solid-side volume, moment of height and Σ cosθ·area, signed."""
        v, w, a = self.edge.moments(0.0, self.u).tolist()
        length = self.scale
        volume = self.sign * (self.before[0] + v) / length**3
        return (
            volume,
            self.sign * (self.before[1] + w) / length**4 + self.lift * volume,
            self.wets * (self.before[2] + self.cosine * a) / length**2,
        )

    def at(self, u: float, lift: float) -> ContactLine:
        """The same line at another place, on a body raised otherwise."""
        return ContactLine(
            self.edge,
            u,
            self.free,
            self.cosine,
            self.before,
            self.scale,
            self.sign,
            self.wets,
            lift,
        )
