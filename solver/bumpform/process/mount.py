"""Mounting: the melted solder joins the bump and the package; load and core fix the gap.

The package comes from above. With a load, it sinks until the liquid carries it, or until
a solid core does; the core and the pad never overlap. With a standoff given, the force
on it is the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from bumpform.case.case import Case
from bumpform.errors import ConvergenceError, NoEquilibriumError, ProcessError
from bumpform.materials.materials import Materials
from bumpform.process.bodies import Bodies, bodies_of, molten_regions
from bumpform.process.freezing import freeze_bodies
from bumpform.process.meeting import meet
from bumpform.process.melt import Content, Melt, melt
from bumpform.process.reflow import (
    Liquid,
    Refusal,
    apart,
    first_touch,
    refused_before,
    solve_liquid,
    told,
)
from bumpform.stack.curve import Line
from bumpform.stack.package import Package
from bumpform.stack.profile import Edge, Station
from bumpform.stack.stack import Region, Stack
from bumpform.surface.alternatives import Admits, Alternative, beside_joint, judged
from bumpform.surface.contact import Solid
from bumpform.surface.corner import unfilled_corners
from bumpform.surface.equilibrium import Equilibrium
from bumpform.surface.floating import lower, sink, stiffness
from bumpform.surface.joint import ClosedError, Held, Joint, reach_joint
from bumpform.surface.landscape import Drop, Landscape
from bumpform.surface.lateral import lateral
from bumpform.surface.measured import Measured
from bumpform.surface.meridian import solve
from bumpform.surface.path import Trail
from bumpform.surface.penetration import find_penetration
from bumpform.surface.stability import Stability, analyse
from bumpform.surface.topology import reach_any

#: The package starts this far below the top of the liquid, so that it touches it.
TOUCH = 0.98


@dataclass(frozen=True, eq=False)
class Mounted:
    """A mounting, as computed.

    Attributes
    ----------
    melt : Melt
    solids : Stack
        What stays solid under the package.
    package : Package
    load : float or None, N
    equilibrium, stability
        None where refused before.
    standoff : float or None, m
    held_by : "core", "liquid" or "fixture"
    refusal : Refusal or None
    warnings : tuple of str
    alternatives : tuple of Alternative
    searched : "near" or "all"
        Where alternatives have been looked for.
    melted : tuple of str
        The regions, by their names before, that the joint has come from.
    bodies : tuple of Liquid
        Further liquids, which the package does not reach.
    enclosed : tuple of str
        Regions that are molten with solid all round them, and keep their shape.
    """

    melt: Melt
    solids: Stack
    package: Package
    load: float | None
    equilibrium: Equilibrium | None = None
    stability: Stability | None = None
    standoff: float | None = None
    held_by: str = "liquid"
    refusal: Refusal | None = None
    warnings: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    searched: str = "near"
    melted: tuple[str, ...] = ()
    bodies: tuple[Liquid, ...] = ()
    enclosed: tuple[str, ...] = ()


def mount(
    stack: Stack,
    contents: dict[str, Content],
    above: Package,
    *,
    load: float | None,
    standoff: float | None,
    temperature: float,
    gravity: float,
    materials: Materials,
) -> Mounted:
    """Equilibrium of everything that melts between a stack and a package.

    Parameters
    ----------
    stack : Stack
    contents : dict of region name to Content
    above : Package
    load : float, N, or None
        Pressing the package down (its weight); negative pulls.
    standoff : float, m, or None
        Gap between the pads; exactly one of both.
    temperature : float, K
    gravity : float, m/s²
    materials : Materials

    Raises
    ------
    CaseError, ProcessError
    """
    bodies = bodies_of(stack, molten_regions(stack, contents, temperature, materials))
    solids = stack.without(*bodies.melted)

    def made(names: tuple[str, ...]) -> Melt:
        return melt([contents[n] for n in names], temperature, materials)

    def solve(names: tuple[str, ...]) -> Liquid:
        touch = first_touch(stack, solids, names)
        return solve_liquid(stack, solids, made(names), names, touch, gravity, materials)

    refusal = refused_before(stack, solids, bodies)
    if refusal is not None:
        stage = Mounted(made(bodies.melted or bodies.shut_in), solids, above, load)
        return replace(stage, melted=bodies.melted, enclosed=bodies.shut_in, refusal=refusal)
    names, others = _joining(bodies, solve)
    stage = Mounted(made(names), solids, above, load)
    stage = replace(stage, melted=names, bodies=others, enclosed=bodies.shut_in)
    lowest = above.lowest_above(solids.profile)
    refuse_overlap(standoff, lowest)
    try:
        found, held_by = _join(stage, stack, lowest, standoff, gravity, materials)
        met = _met(found, stage.bodies)
        while met:  # the joint takes in what it runs into
            names = (*stage.melted, *(name for one in met for name in one.melted))
            others = tuple(one for one in stage.bodies if one not in met)
            stage = replace(stage, melt=made(names), melted=names, bodies=others)
            found, held_by = _join(stage, stack, lowest, standoff, gravity, materials)
            met = _met(found, stage.bodies)
    except NoEquilibriumError as error:
        return replace(stage, refusal=Refusal(error.reason, error.detail))
    except ConvergenceError as error:
        return replace(stage, refusal=Refusal("not_converged", str(error)))
    stability = analyse(found.surface)
    profile = solids.profile
    floats = load if held_by == "liquid" else None
    scaled = None if floats is None else scaled_load(floats, found.drop)
    beside = beside_joint(found, admits_joint(stage, held_by), scaled)
    stage = replace(
        stage,
        equilibrium=found,
        stability=stability,
        alternatives=judged(beside, floats, held_by),
        standoff=found.values["standoff_m"],
        held_by=held_by,
        warnings=tuple(
            f"the liquid would not fill {corner}; the solved shape assumes that it is filled"
            for corner in unfilled_corners(
                profile, found.lines[0].solid.angles, 0, found.station.piece
            )
        ),
    )
    if not stability.upright:
        detail = f"the joint is no minimum: {stability.reason()}"
        stage = replace(stage, refusal=Refusal("unstable", detail))
    return replace(stage, **told(stack, bodies, (stage, *stage.bodies)))


def _joining(
    bodies: Bodies, solve: Callable[[tuple[str, ...]], Liquid]
) -> tuple[tuple[str, ...], tuple[Liquid, ...]]:
    """Regions of the liquid that the package comes down on, the tallest; and the other liquids."""
    if len(bodies.free) == 1:
        return bodies.free[0], ()
    liquids = apart(bodies.free, solve)

    def top(liquid: Liquid) -> float:
        return liquid.equilibrium.values["top_z_m"] if liquid.equilibrium else -math.inf

    first = max(liquids, key=top)
    return first.melted, tuple(one for one in liquids if one is not first)


def _met(found: Equilibrium, bodies: tuple[Liquid, ...]) -> tuple[Liquid, ...]:
    """Liquids that a joint runs into."""
    return tuple(b for b in bodies if b.equilibrium is not None and meet(found, b.equilibrium))


def refuse_overlap(standoff: float | None, lowest: float) -> None:
    """Raise ProcessError where a standoff is below the height at which the package touches, m."""
    if standoff is not None and standoff < lowest * (1.0 - 1e-12):
        raise ProcessError(
            f"mount: at a standoff of {standoff:.6g} m the package would overlap what stays solid, "
            f"which reaches to {lowest:.6g} m: give at least that"
        )


def _join(
    stage: Mounted,
    stack: Stack,
    lowest: float,
    standoff: float | None,
    gravity: float,
    materials: Materials,
) -> tuple[Equilibrium, str]:
    liquid, profile = stage.melt, stage.solids.profile
    drop = liquid.drop(gravity)
    angles = tuple(liquid.contact_angle(p.material, materials) for p in profile)
    outer, inner = first_touch(stack, stage.solids, stage.melted)
    alone = reach_any(Landscape(profile, angles, drop), outer, inner)
    top = alone.values["top_z_m"]
    height = standoff if standoff is not None else max(lowest, TOUCH * top)
    if height >= top:
        raise NoEquilibriumError(
            "no_joint",
            f"the liquid's top at z = {top:.6g} m does not reach the package's pad at "
            f"{height:.6g} m",
        )
    # a fixture takes the package down from where it touches the liquid
    touch = height if standoff is None else max(height, TOUCH * top)
    joint = _joint(stage, drop, angles, touch, materials)
    held = _start(joint, alone.station)
    trail = Trail(alone.path)
    trail.event("touches", joint.solids[1], held.stations[1], "the package meets the liquid here")
    if standoff is not None:
        held = lower(joint, held, (height - touch) / drop.length, trail)
        trail.package(joint.solids[1], (0.0, height - touch), "the fixture takes it there")
        found = reach_joint(joint, held, trail=trail).reached(trail)
        return _admitted(stage, found, touch), "fixture"
    assert stage.load is not None
    scaled = scaled_load(stage.load, drop)
    if height > lowest:
        held, floats = sink(joint, held, scaled, (lowest - height) / drop.length, trail)
        end = held.surface.end
        assert end is not None
        if floats:
            found = reach_joint(joint, held, scaled, trail)
            end = found.surface.end
            assert end is not None
            trail.package(joint.solids[1], (0.0, end.lift * drop.length), "the liquid carries it")
            found = _admitted(stage, found.reached(trail), height)
            if not stiffness(found.surface) > 0.0:
                raise NoEquilibriumError(
                    "unstable",
                    f"at a standoff of {found.values['standoff_m']:.6g} m the liquid balances the "
                    "load, but pulls less the further the package is off: it comes off or sinks",
                )
            return found, "liquid"
        trail.package(joint.solids[1], (0.0, end.lift * drop.length), "the core stops it")
    if lowest <= 0.0 or not _at_axis(stage, lowest):
        raise NoEquilibriumError(
            "collapsed",
            f"the liquid does not carry the load of {stage.load:.6g} N before the package meets "
            f"what is solid, at a standoff of {lowest:.6g} m",
        )
    carried = _admitted(stage, reach_joint(joint, held, trail=trail).reached(trail), height)
    if carried.values["joint_force_N"] > stage.load:
        raise NoEquilibriumError(
            "no_equilibrium",
            "the liquid lifts the package off the core, but floats it nowhere",
        )
    return carried, "core"


def scaled_load(load: float, drop: Drop) -> float:
    """A force in N, in units of 2πσL."""
    return load / (2.0 * math.pi * drop.surface_tension * drop.length)


def admits_joint(stage: Mounted, held_by: str) -> Admits:
    """Whether another joint is possible: it enters no solid, and what holds the body can."""
    lowest = stage.package.lowest_above(stage.solids.profile)

    def admits(found: Equilibrium) -> bool:
        standoff = found.values["standoff_m"]
        if standoff < lowest * (1.0 - 1e-12):
            return False
        if held_by == "core" and stage.load is not None:
            if found.values["joint_force_N"] > stage.load:
                return False
        below, above = stage.solids.profile, stage.package.at(standoff).profile
        return find_penetration(found.curve, below, above, between=True) is None

    return admits


def _at_axis(stage: Mounted, lowest: float) -> bool:
    """Whether it is the body at the axis that holds the package."""
    profile = stage.solids.profile
    return abs(float(profile.point(profile.start)[1]) - lowest) < 1e-9 * abs(lowest)


def _joint(
    stage: Mounted, drop: Drop, angles: tuple[float, ...], height: float, materials: Materials
) -> Joint:
    """The liquid between the stack and the package with its pad at a height."""
    upper = stage.package.at(height).profile
    wetting = tuple(stage.melt.contact_angle(p.material, materials) for p in upper)
    return Joint(drop, (Solid(stage.solids.profile, angles), Solid(upper, wetting, "top")))


def _admitted(stage: Mounted, found: Equilibrium, height: float) -> Equilibrium:
    """The joint, if its surface enters nothing.

    Raises
    ------
    NoEquilibriumError
    """
    end = found.surface.end
    assert end is not None
    above = stage.package.at(height + end.lift * found.drop.length).profile
    met = find_penetration(found.curve, stage.solids.profile, above, between=True)
    if met is not None:
        raise met.refusal()
    return found


def _start(joint: Joint, outer: Station) -> Held:
    """Both lines held where the package has just touched the liquid."""
    last: ConvergenceError | ClosedError | None = None
    for fraction in (0.4, 0.7, 1.0):  # a narrow touch first; a wide one when it has no shape
        stations = (outer, Station(0, fraction))
        try:
            return Held(stations, ("free", "free"), solve(joint.guess(stations), tolerance=1e-3))
        except ConvergenceError as error:
            last = error
    assert last is not None
    raise last


def joined(stage: Mounted) -> tuple[Region, ...]:
    """All regions of the mounted joint, the frozen solder among them."""
    found, standoff = stage.equilibrium, stage.standoff
    assert found is not None
    assert standoff is not None
    below, above = stage.solids.profile, stage.package.at(standoff)
    curve = found.curve
    free = Edge(curve, curve.breaks[0], curve.breaks[-1])
    top = found.lines[1].station
    roof = tuple(e.reversed() for e in reversed(above.profile.between(above.profile.start, top)))
    gap = standoff - float(below.point(below.start)[1])
    axis = Edge(Line((0.0, standoff), (0.0, standoff - gap)), 0.0, 1.0, "axis")
    loop = (
        *below.between(below.start, found.station),
        free,
        *roof,
        *((axis,) if gap > 1e-9 * standoff else ()),
    )
    name = "+".join(stage.melt.solders)
    region = Region.bounded(stage.solids.unique_name(name), name, loop, "solder")
    stack = freeze_bodies(stage.solids.with_region(region), stage.bodies, below)
    return (*stack.regions, *above.regions)


def joint_metrics(stage: Mounted, case: Case) -> dict[str, Measured | str | int]:
    """Metrics of a solved joint with their errors.

    Standoff, what holds it, force, stiffness where it floats, against shift and tilt, width.

    Parameters
    ----------
    stage : Mounted
    case : Case
    """
    found = stage.equilibrium
    if found is None or stage.standoff is None:
        return {}
    values = found.measured
    metrics: dict[str, Measured | str | int] = {
        "liquid_bodies": 1 + len(stage.bodies),
        "standoff_m": values["standoff_m"],
        "held_by": stage.held_by,
        "joint_force_N": values["joint_force_N"],
        "ball_diameter_m": 2.0 * values["max_radius_m"],
    }
    if found.surface.load is not None:
        scale, stiff = 2.0 * math.pi * found.drop.surface_tension, stiffness(found.surface)
        finer = stiffness(found.surface.refined())
        error = abs(finer - stiff) + 10.0 * found.doubt.place / found.drop.length
        metrics["joint_stiffness_N_m"] = scale * Measured(stiff, error)
    beside = lateral(found)
    metrics["lateral_stiffness_N_m"] = beside.shift
    if beside.tilt is not None:
        metrics["tilt_stiffness_N_m_rad"] = beside.tilt
    if stage.load is not None and stage.held_by == "core":
        metrics["core_force_N"] = stage.load - values["joint_force_N"]
    if case.pitch is not None:
        metrics["clearance_m"] = case.pitch - 2.0 * values["max_radius_m"]
    return metrics


def set_down(stack: Stack, above: Package) -> tuple[Region, ...]:
    """All regions with the package set down on the stack before it melts."""
    return (*stack.regions, *above.at(above.lowest_above(stack.profile)).regions)
