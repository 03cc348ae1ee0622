"""What stands between two steps: the stack, and what is known of what is in it."""

from __future__ import annotations

from dataclasses import dataclass

from bumpform.brief import brief
from bumpform.case.case import Case
from bumpform.geometry.edge import Edge
from bumpform.growth.barrier import Juncture, distance_to_surface
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.mounts.package import Package
from bumpform.process.reflows.melt import Content
from bumpform.process.reflows.reflow import Stage
from bumpform.quick import quick
from bumpform.stack.layers import rim_of
from bumpform.stack.stack import Region, Stack
from bumpform.steps.kinds import (
    Barrier,
    Coat,
    Core,
    Deposit,
    Mount,
    Plate,
    Substrate,
)
from bumpform.surface.drop.equilibrium import CERTAIN, Doubt, Equilibrium


@dataclass(frozen=True)
class Cavity:
    """The opening that a bump stands in.

    Attributes
    ----------
    layer, material : str
    z_top, thickness : float, m
        Height of the layer's top at the rim; thickness above the field that it covers.
    rim_r : float, m
        Radius of the opening at its rim.
    wall : float, m
        Height of the opening's wall: of the layer's inner face, and of those of the open layers
        under it.
    coats : tuple of str
        The layers that this wall is of, from above.
    """

    layer: str
    material: str
    z_top: float
    thickness: float
    rim_r: float
    wall: float
    coats: tuple[str, ...]

    def is_wall(self, piece: Edge) -> bool:
        """Whether a piece of the profile is a part of the opening's wall; a ledge is one."""
        return any(piece.feature == f"{name} wall" for name in self.coats)


@dataclass(frozen=True, eq=False)
class GrownBarrier:
    """A barrier as grown: its step, where its top ends, and which thickness would be flush.

    Attributes
    ----------
    step : Barrier
    edges : tuple of Juncture
        Where its top ends, for each part that it lies in, axis outwards.
    flush_thickness : float or None, m
        Total thickness whose top ends at the rim; None without an opening.
    edge_to_rim : float or None, m
        How far from the rim its juncture is; None without an opening.
    surface : tuple of Edge
        The solder's surface that it grew on, next to the axis.
    shape_error, juncture_error : float, m
        How far off that surface may lie, and the juncture.
    """

    step: Barrier
    edges: tuple[Juncture, ...]
    flush_thickness: float | None
    edge_to_rim: float | None
    surface: tuple[Edge, ...]
    shape_error: float = 0.0
    juncture_error: float = 0.0

    @property
    def juncture(self) -> Juncture:
        """Where its top ends, of several parts that of the one next to the axis."""
        return self.edges[0]

    @property
    def thickness(self) -> float:
        """How thick it is on the axis, m: level growth fills up what lies lower."""
        if self.step.growth == "planar":
            return self.thickness_under((0.0, self.juncture.z_m))
        return self.step.total_thickness

    @property
    def thickness_at_edge(self) -> float:
        """How thick it is where the solder ends, m."""
        if self.step.growth == "planar":
            return self.juncture.z_m - float(self.surface[-1].point(1.0)[1])
        return self.step.total_thickness

    def thickness_under(self, top: tuple[float, float]) -> float:
        """How thick it is under a place (r, z) of its top, m, square to the solder."""
        return distance_to_surface(top, self.surface)


@dataclass(frozen=True)
class Placed:
    """A package that has been mounted.

    Attributes
    ----------
    step : Mount
        Which says what holds it.
    package : Package
        With what has frozen on it alone.
    standoff : float, m
    joint : str or None
        Region that joins it to the stack; None where the joint is open.
    line : pair of float, m
        Where the joint's upper contact line froze, in the package's frame.
    """

    step: Mount
    package: Package
    standoff: float
    joint: str | None
    line: tuple[float, float]


@quick
@dataclass(frozen=True, eq=False)
class State:
    """Everything that stands there at one moment.

    Attributes
    ----------
    stack : Stack
    contents : dict of region name to Content
        Metal in every region of solder.
    cavity : Cavity or None
        The topmost opening.
    barrier : GrownBarrier or None
        The latest barrier.
    stage : Stage, Mounted or None
        The stage that the last step ran, if it was one.
    plane : float or None, m
        Height of the plane at which solder was abraded last.
    doubt : Doubt
        How far off the solid may be, by the errors of all surfaces solved so far.
    notes : tuple of str
        What the steps so far would tell their user.
    placed : Placed or None
        The package, once one is mounted.
    frozen : tuple of Equilibrium
        At which the last reflow's liquids froze.
    """

    stack: Stack
    contents: dict[str, Content]
    cavity: Cavity | None = None
    barrier: GrownBarrier | None = None
    stage: Stage | Mounted | None = None
    plane: float | None = None
    doubt: Doubt = CERTAIN
    notes: tuple[str, ...] = ()
    placed: Placed | None = None
    frozen: tuple[Equilibrium, ...] = ()

    __repr__ = brief


def cavity_of(stack: Stack) -> Cavity | None:
    """The opening of the topmost layer that shows its top; None if that layer has none."""
    names = {r.name for r in stack.regions if r.is_dielectric}
    shown = {p.region for p in stack.profile if p.feature == f"{p.region} top"} & names
    found: Cavity | None = None
    for name in shown:
        opening = opening_of(stack, name)
        if opening is not None and (found is None or opening.z_top > found.z_top):
            found = opening
    return found if found is None or found.rim_r > 0.0 else None


def opening_of(stack: Stack, name: str, island: bool = False) -> Cavity | None:
    """The opening of one layer, whatever covers its top.

    None where it does not reach the edge, unless asked for an island as well.
    """
    region = stack.region(name)
    rim, limit = rim_of(region), region.limit
    if rim is None or (limit is None and not island):
        return None
    r, z = rim
    field = _field(region)
    foot, coats = _foot(stack, name, field)
    return Cavity(name, region.material, z, z - field, r, z - foot, coats)


def _field(region: Region) -> float:
    """Height of what a layer covers at the edge; of an island, its lowest."""
    ends = region.loop if region.limit is None else (region.limit,)
    return min(z for e in ends for _, z in e.ends)


def _foot(stack: Stack, layer: str, field: float) -> tuple[float, tuple[str, ...]]:
    """Height at which an opening's wall starts, m, and its layers, from above.

    Layers whose rims are at its foot go on down. Of a hole that metal fills no wall is seen: one
    that goes down into such a one is as high as all that it goes through.
    """
    balls = [e.curve for r in stack.regions if r.kind == "core" for e in r.loop]
    walls = {  # what has run in under a ball ends on it, and is no wall of the opening over it
        r.name: [
            z
            for e in r.loop
            if e.feature == f"{r.name} wall" and e.curve not in balls
            for _, z in e.ends
        ]
        for r in stack.regions
        if r.is_dielectric
    }
    hidden = {r.name: r for r in stack.regions if r.is_dielectric and r.limit and not walls[r.name]}
    foot = min(walls[layer], default=field)
    near = 1e-9 * stack.outer
    coats = [layer]
    while True:
        under = {name: min(z) for name, z in walls.items() if z and abs(max(z) - foot) < near}
        if coats[-1] in hidden:
            rims = ((region, rim_of(region)) for region in hidden.values())
            under |= {r.name: _field(r) for r, rim in rims if rim and abs(rim[1] - foot) < near}
        lowest = min(under, key=under.__getitem__, default=layer)
        if not under.get(lowest, foot) < foot - near:
            return foot, tuple(coats)
        foot = under[lowest]
        coats.append(lowest)


def model_radius(case: Case) -> float:
    """Radius at which the model ends, m: half the pitch, or far beyond everything."""
    if case.pitch is not None:
        return 0.5 * case.pitch
    sizes = []
    for step in case.steps:
        if isinstance(step, Substrate):
            sizes.append(step.pad.radius)
        elif isinstance(step, Coat) and step.opening is not None:
            sizes.append(step.opening.radius_at(step.thickness))
        elif isinstance(step, Plate):
            sizes.append(step.radius if step.radius is not None else 0.0)
        elif isinstance(step, Core):
            sizes.append(0.5 * step.diameter)
        elif isinstance(step, Deposit):
            for part in (step.column, step.stencil):
                if part is not None:
                    sizes.append(part.radius)
            metal = step.metal_volume
            if step.stencil is not None:  # by weight: its room
                metal = step.stencil.aperture * step.stencil.transfer * step.stencil.metal_fraction
            if metal is not None:
                sizes.append(metal ** (1.0 / 3.0))
    return 4.0 * max(sizes)
