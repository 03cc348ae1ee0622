"""Liquids as solid regions of the shape in which they froze."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bumpform.errors import BumpformError
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile
from bumpform.process.reflows.melt import Melt
from bumpform.stack.stack import Region, Stack, line
from bumpform.surface.drop.equilibrium import Equilibrium


class AtRest(Protocol):
    """A liquid that freezes."""

    @property
    def melt(self) -> Melt:
        """What it is of."""

    @property
    def shape(self) -> Equilibrium | None:
        """The surface that stands there once it is solid."""


def freeze(stack: Stack, liquids: Sequence[AtRest], profile: Profile | None = None) -> Stack:
    """The stack with a solid region for each liquid, of the shape in which it froze.

    The new regions come last, in the order of the liquids, each named by its solders. ``profile``
    is what they lie on, where that is not the stack's.
    """
    profile = stack.profile if profile is None else profile
    for liquid in liquids:
        name = "+".join(liquid.melt.solders)
        loop = _frozen(liquid, profile)
        stack = stack.with_region(Region.bounded(stack.unique_name(name), name, loop, "solder"))
    return stack


def _frozen(liquid: AtRest, profile: Profile) -> tuple[Edge, ...]:
    """Boundary of a liquid at rest."""
    found = liquid.shape
    if found is None:
        raise BumpformError("a refused stage leaves no shape to freeze")
    free = found.edge
    if len(found.lines) == 2:  # a ring closes on itself
        return (*profile.between(found.lines[1].station, found.station), free)
    apex, floor = free.point(1.0), profile.point(profile.start)
    axis = Edge(line(apex, floor), 0.0, 1.0, "axis")
    return (*profile.between(profile.start, found.station), free, axis)
