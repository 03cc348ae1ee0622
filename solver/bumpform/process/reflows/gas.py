"""Gas that a deposit, or a package's liquid, shuts in under it as it touches a ring."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bumpform.errors import BumpformError, NoEquilibriumError
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Station
from bumpform.process.reflows.bodies import in_words
from bumpform.stack.stack import Stack
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.search.hollow import Over, stands_over
from bumpform.units.units import format_length, format_quantity

__all__ = ["refuse_over", "refuse_standing", "shut_in"]


def shut_in(voids: Iterable[tuple[Edge, ...]]) -> float:
    """Gas in voids of a stack, m³."""
    return 2.0 * math.pi * sum(abs(float(sum(e.moments()[0] for e in v))) for v in voids)


def refuse_over(
    stack: Stack, solids: Stack, molten: Iterable[str], land: LineForce, ring: Station
) -> None:
    """Refuse liquid that stays over the hollow that its deposit has closed.

    Parameters
    ----------
    stack, solids : Stack
        With what melts, and without.
    molten : iterable of str
        Its regions.
    land : LineForce
        Of the liquid on the solids' profile.
    ring : Station
        Where the deposit touches the solid first.

    Raises
    ------
    NoEquilibriumError
        "gas_shut_in".
    """
    names = set(molten)
    if ring.u < 1.0 or not any(_closed(void, names, solids, ring) for void in stack.voids):
        return
    try:
        over = stands_over(land, ring)
    except BumpformError:
        return  # over the hollow it has no shape
    if over is not None:
        refuse_standing(solids, over, ring, in_words(tuple(names)))


def _closed(void: tuple[Edge, ...], names: set[str], solids: Stack, ring: Station) -> bool:
    """Whether a void lies between a liquid and a hollow of what stays solid, up to a ring."""
    place = solids.profile.point(ring)
    regions = {edge.region for edge in void}
    ends = (edge.point(u) for edge in void if edge.region in names for u in (0.0, 1.0))
    at_ring = any(abs(end - place).max() < 1e-9 * solids.outer for end in ends)
    liquid = regions & names
    return bool(at_ring and len(liquid) == 1 and regions - names)


def refuse_standing(solids: Stack, over: Over, ring: Station, body: str) -> None:
    """Refuse liquid that rests over a hollow; ``body`` is what it has come from, in words.

    Raises
    ------
    NoEquilibriumError
        "gas_shut_in".
    """
    profile = solids.profile
    lip, (r, z) = profile.pieces[ring.piece], profile.point(ring).tolist()
    down, at = profile.pieces[over.station.piece], profile.point(over.station).tolist()
    bottom = profile.pieces[0].region
    stays = "the ring" if over.station == ring else f"{down.feature} at z = {format_length(at[1])}"
    raise NoEquilibriumError(
        "gas_shut_in",
        f"{body} closes the hole in {lip.region} over {bottom}, and gas is trapped below: it first "
        f"touches a ring of radius {format_length(r)} at z = {format_length(z)} ({lip.feature}), "
        f"does not reach the hole's floor, and does not run down into it: its inner line rests on "
        f"{stays}, with {format_quantity(over.gas, 'volume', 3)} of gas below. Such a surface is "
        f"not followed. Give a ball that reaches the floor (a smaller one, or a wider or shallower "
        f"hole), or fill the hole in {lip.region} with paste first",
    )
