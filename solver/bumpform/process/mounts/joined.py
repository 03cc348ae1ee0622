"""A mounted stack as regions: frozen, or with the package just set down."""

from __future__ import annotations

from typing import Final

from bumpform.geometry.curve import PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.mounts.package import Package, upside_down
from bumpform.process.reflows.freezing import freeze
from bumpform.quick import replace
from bumpform.stack.stack import Region, Stack, line

__all__ = ["hung_curves", "joined", "pressed_to", "set_down", "settled"]

#: Up to this part of the standoff two heights are one.
NIL: Final = 1e-9


def settled(stage: Mounted) -> Package:
    """The package with what has frozen on it, where the joint has stayed open."""
    if stage.hung is None:
        return stage.package
    stack = freeze(stage.package.stack, (stage.hung,))
    return stage.package.with_region(stack.regions[-1])


def hung_curves(stage: Mounted) -> tuple[PolynomialCurve, ...]:
    """The free surface of what hangs on the package of an open joint, if anything does."""
    found = stage.hung.shape if stage.hung is not None else None
    if found is None or stage.standoff is None:
        return ()
    curve = upside_down(found.curve, stage.standoff)
    assert isinstance(curve, PolynomialCurve)
    return (curve,)


def joined(stage: Mounted) -> tuple[Region, ...]:
    """All regions of a mounting, the frozen solder among them."""
    standoff = stage.height
    assert standoff is not None
    below, above = stage.solids.profile, settled(stage).at(standoff)
    if stage.gap is not None:
        return (*freeze(stage.solids, stage.liquids, below).regions, *above.regions)
    found = stage.shape
    assert found is not None
    free = found.edge
    top = found.lines[1].station
    floor, ceiling = below.point(below.start), above.profile.point(above.profile.start)
    apart = float(ceiling[1] - floor[1]) > NIL * standoff
    start, over = below.start, above.profile.start
    if not apart:
        start, over = pressed_to(below, above.profile, NIL * standoff)
    roof = tuple(e.reversed() for e in reversed(above.profile.between(over, top)))
    axis = Edge(line(ceiling, floor), 0.0, 1.0, "axis")
    loop = (*below.between(start, found.station), free, *roof, *((axis,) if apart else ()))
    name = "+".join(stage.melt.solders)
    region = Region.bounded(stage.solids.unique_name(name), name, loop, "solder")
    stack = freeze(stage.solids.with_region(region), stage.bodies, below)
    return (*stack.regions, *above.regions)


def pressed_to(below: Profile, above: Profile, near: float) -> tuple[Station, Station]:
    """Where solder begins between two profiles that meet on the axis: beyond what lies flat."""
    flat = min(below.level_radius(near), above.level_radius(near))
    if flat == 0.0:
        return below.start, above.start
    return below.level_station(flat), above.level_station(flat)


def set_down(stack: Stack, above: Package) -> Stack:
    """The stack with the package set down on it before it melts."""
    hung = above.at(above.touch(stack.profile).height)
    return replace(stack, regions=(*stack.regions, *hung.regions))
