"""A mounted stack as regions: frozen, or with the package just set down."""

from __future__ import annotations

from bumpform.process.freezing import freeze_bodies
from bumpform.process.mount import Mounted
from bumpform.stack.curve import PolynomialCurve
from bumpform.stack.package import Package, upside_down
from bumpform.stack.profile import Edge
from bumpform.stack.stack import Region, Stack, line

__all__ = ["hung_curves", "joined", "set_down", "settled"]


def settled(stage: Mounted) -> Package:
    """The package with what has frozen on it, where the joint has stayed open."""
    if stage.hung is None:
        return stage.package
    stack = freeze_bodies(stage.package.stack, (stage.hung,), stage.package.stack.profile)
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
        return (*freeze_bodies(stage.solids, stage.liquids, below).regions, *above.regions)
    found = stage.shape
    assert found is not None
    curve = found.curve
    free = Edge(curve, curve.breaks[0], curve.breaks[-1])
    top = found.lines[1].station
    roof = tuple(e.reversed() for e in reversed(above.profile.between(above.profile.start, top)))
    floor, ceiling = below.point(below.start), above.profile.point(above.profile.start)
    axis = Edge(line(ceiling, floor), 0.0, 1.0, "axis")
    apart = float(ceiling[1] - floor[1]) > 1e-9 * standoff
    loop = (*below.between(below.start, found.station), free, *roof, *((axis,) if apart else ()))
    name = "+".join(stage.melt.solders)
    region = Region.bounded(stage.solids.unique_name(name), name, loop, "solder")
    stack = freeze_bodies(stage.solids.with_region(region), stage.bodies, below)
    return (*stack.regions, *above.regions)


def set_down(stack: Stack, above: Package) -> tuple[Region, ...]:
    """All regions with the package set down on the stack before it melts."""
    return (*stack.regions, *above.at(above.touch(stack.profile).height).regions)
