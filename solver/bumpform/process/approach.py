"""A package that comes down on solder: how near it has to come for what is liquid to join.

What melts on the stack and on the package takes its shape there first. They join where a liquid
meets the other's liquid or metal: the largest gap between the pads at which one does is what the
joint's gap has to be for it to form at all (head in pillow).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from bumpform.stack.package import Package
from bumpform.stack.profile import Edge
from bumpform.stack.stack import Stack
from bumpform.stack.touch import first_touch_of
from bumpform.surface.equilibrium import Equilibrium
from bumpform.surface.measured import Measured

__all__ = ["largest_gap"]

#: Kinds of regions that solder joins.
_METAL = ("pad", "metal", "solder", "core")


def largest_gap(
    solids: Stack, package: Package, below: Equilibrium | None, above: Equilibrium | None
) -> Measured:
    """Largest standoff at which liquid on the stack, on the package, or both join of themselves, m.

    Parameters
    ----------
    solids : Stack
    package : Package
        What stays solid of both.
    below : Equilibrium or None
        Liquid at rest on the stack.
    above : Equilibrium or None
        Liquid at rest on the package, in the package's own frame.
    """
    low, high = list(_metal(solids)), list(_metal(package.stack))
    liquids = [[Edge(q.curve, q.curve.breaks[0], q.curve.breaks[-1])] if q else []
               for q in (below, above)]  # fmt: skip
    gap = -math.inf if below is None else below.values["top_z_m"]  # on the pad's face
    gap = max(
        gap,
        first_touch_of(liquids[0], liquids[1] + high).height,
        first_touch_of(low, liquids[1]).height,
    )
    return Measured(gap, sum(q.doubt.place for q in (below, above) if q is not None))


def _metal(stack: Stack) -> Iterator[Edge]:
    """Pieces of a stack's profile that solder joins."""
    kinds = {region.name: region.kind for region in stack.regions}
    return (piece for piece in stack.profile if kinds[piece.region] in _METAL)
