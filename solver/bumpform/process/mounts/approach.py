"""A package that comes down on solder: how near it has to come for what is liquid to join.

What melts on the stack and on the package takes its shape there first. They join where a liquid
meets the other's liquid or metal: the largest gap between the pads at which one does is what the
joint's gap has to be for it to form at all (head in pillow).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from bumpform.errors import NoEquilibriumError, ProcessError
from bumpform.geometry.edge import Edge
from bumpform.geometry.first_touch import Touch, first_touch_of
from bumpform.geometry.profile import Station
from bumpform.process.mounts.package import Package
from bumpform.stack.stack import Stack
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.units.measured import Measured
from bumpform.units.units import format_least, format_length

__all__ = [
    "largest_gap",
    "meeting",
    "meets_metal_alone",
    "refuse_lifted",
    "refuse_overlap",
    "refuse_pressed",
    "ring_met_first",
]

#: Places nearer to each other than this, relative to the model's radius, are one.
NEAR = 1e-9
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
    met = _first(below, above, list(_metal(solids)), list(_metal(package.stack)))
    gap = -math.inf if below is None else below.values["top_z_m"]  # on the pad's face
    doubt = sum(q.doubt.place for q in (below, above) if q is not None)
    return Measured(max(gap, met.height), doubt)


def meets_metal_alone(
    solids: Stack, package: Package, below: Equilibrium, above: Equilibrium
) -> bool:
    """Whether liquid on the package joins metal of the stack before anything meets its liquid.

    Parameters
    ----------
    solids, package, below, above
        As ``largest_gap``.
    """
    alone = first_touch_of(list(_metal(solids)), [above.edge]).height
    at = first_touch_of([below.edge], [above.edge, *package.stack.profile]).height
    return alone > at + NEAR * solids.outer


def refuse_pressed(
    solids: Stack,
    package: Package,
    below: Equilibrium | None,
    above: Equilibrium | None,
    standoff: float,
) -> None:
    """Refuse liquids that join nothing at a standoff, m, and are pressed on what they do not wet.

    Raises
    ------
    NoEquilibriumError
    """
    met = meeting(solids, package, below, above)
    if met > standoff * (1.0 + 1e-9):
        raise NoEquilibriumError(
            "penetration",
            f"the joint stays open, and at a standoff of {format_length(standoff)} liquid is "
            f"pressed on what surrounds the pads, which it meets at {format_length(met)}: "
            "that is not followed",
        )


def meeting(
    solids: Stack, package: Package, below: Equilibrium | None, above: Equilibrium | None
) -> float:
    """Largest standoff at which liquid on one body, or on both, touches anything of the other, m.

    Parameters
    ----------
    solids, package, below, above
        As ``largest_gap``.
    """
    return _first(below, above, list(solids.profile), list(package.stack.profile)).height


def refuse_overlap(standoff: float | None, lowest: float) -> None:
    """Raise ProcessError where a standoff is below the height at which the package touches, m."""
    if standoff is not None and standoff < lowest * (1.0 - 1e-12):
        raise ProcessError(
            f"mount: at a standoff of {format_length(standoff)} the package would overlap what "
            f"stays solid: give at least {format_least(lowest)}, at which that holds it off",
            key="standoff",
        )


def refuse_lifted(standoff: float, lowest: float) -> None:
    """Raise ProcessError where a package cannot be at a standoff before anything melts.

    Parameters
    ----------
    standoff : float, m
    lowest : float, m
        At which what is solid then holds it off.
    """
    if standoff < lowest * (1.0 - 1e-12):
        raise ProcessError(
            f"mount: before anything melts, what is solid keeps the package off its standoff of "
            f"{format_length(standoff)}: give more, or lifted = false where that melts; it fits "
            f"from {format_least(lowest)} on",
            key="standoff",
        )


def ring_met_first(
    solids: Stack,
    package: Package,
    below: Equilibrium | None,
    above: Equilibrium | None,
    reach: float,
) -> tuple[int, Station] | None:
    """A ring of what does not join that a liquid meets before the metal inside of it.

    Parameters
    ----------
    solids : Stack
    package : Package
    below, above : Equilibrium or None
    reach : float, m
        Largest standoff at which they join.

    Returns
    -------
    (0 or 1, Station) or None
        On the stack's profile, or on the package's in its own frame.
    """
    bodies = (solids.profile, above), (package.stack.profile, below)
    for which, (profile, liquid) in enumerate(bodies):
        if liquid is None:
            continue
        least = reach + NEAR * solids.outer
        met = first_touch_of(profile, [liquid.edge], least)
        if met.height > least:
            place = profile.point(met.station)
            if place[0] > NEAR * solids.outer:
                return which, profile.locate(place)
    return None


def _first(
    below: Equilibrium | None, above: Equilibrium | None, low: list[Edge], high: list[Edge]
) -> Touch:
    """Where a liquid first touches the other one, or pieces of the other body."""
    liquids = [[q.edge] if q is not None else [] for q in (below, above)]
    first = first_touch_of(liquids[0], liquids[1] + high)
    other = first_touch_of(low, liquids[1], first.height)
    return max(first, other, key=lambda touch: touch.height)


def _metal(stack: Stack) -> Iterator[Edge]:
    """Pieces of a stack's profile that solder joins."""
    kinds = {region.name: region.kind for region in stack.regions}
    return (piece for piece in stack.profile if kinds[piece.region] in _METAL)
