"""Mounting: the melted solder joins the bump and the package; load and core fix the gap.

The package comes from above. With a load, it sinks until the liquid carries it, or until
a solid core does; the core and the pad never overlap. With a standoff given, the force
on it is the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from bumpform.errors import ConvergenceError, NoEquilibriumError, ProcessError
from bumpform.materials.materials import Materials
from bumpform.process.bodies import Bodies, bodies_of, molten_regions
from bumpform.process.bridge import ENDLESS, MAX_TOUCHES, Bridge, empty_corner, set_down_on
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
from bumpform.stack.profile import Edge
from bumpform.stack.stack import Region, Stack
from bumpform.stack.touch import Touch
from bumpform.surface.alternatives import Admits, Alternative, beside_joint, judged
from bumpform.surface.contact import Solid
from bumpform.surface.equilibrium import Equilibrium
from bumpform.surface.floating import move, stiffness
from bumpform.surface.joint import GlidingError, Held, Joint
from bumpform.surface.landscape import Drop, Landscape
from bumpform.surface.path import Trail
from bumpform.surface.penetration import find_penetration
from bumpform.surface.sinking import sink
from bumpform.surface.stability import Stability, analyse
from bumpform.surface.topology import reach_any
from bumpform.units.units import format_length, format_quantity

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
    touch : Touch
        Where the package would come to rest on what stays solid.
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
    touch: Touch
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


class Holding(NamedTuple):
    """What holds a package ("core" or "liquid"), and at which standoff, m."""

    held_by: str
    standoff: float


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
    setting = _Setting(stack, contents, temperature, gravity, materials, bodies)
    stage = _reached(setting, above, load, standoff)
    if stage.equilibrium is None:
        return stage
    found, held_by = stage.equilibrium, stage.held_by
    floats = load if held_by == "liquid" else None
    scaled = None if floats is None else scaled_load(floats, found.drop)
    beside = beside_joint(found, admits_joint(stage, held_by), scaled)
    stage = replace(
        stage,
        alternatives=judged(beside, floats, held_by),
    )
    return replace(stage, **told(stack, bodies, (stage, *stage.bodies)))


def holding(
    stack: Stack,
    contents: dict[str, Content],
    above: Package,
    *,
    load: float,
    temperature: float,
    gravity: float,
    materials: Materials,
) -> Holding | None:
    """What holds a package, and at which standoff: a mount without all else that one tells.

    Parameters
    ----------
    stack, contents, above, load, temperature, gravity, materials
        As for ``mount``.

    Returns
    -------
    Holding or None
        None where the mount is refused.

    Raises
    ------
    CaseError, ProcessError
    """
    bodies = bodies_of(stack, molten_regions(stack, contents, temperature, materials))
    setting = _Setting(stack, contents, temperature, gravity, materials, bodies)
    stage = _reached(setting, above, load, None)
    refused = stage.refusal is not None or any(b.refusal is not None for b in stage.bodies)
    if refused or stage.standoff is None:
        return None
    return Holding(stage.held_by, stage.standoff)


@dataclass(frozen=True, eq=False)
class _Setting:
    """What is heated, and how: a stack with what has melted of it."""

    stack: Stack
    contents: dict[str, Content]
    temperature: float
    gravity: float
    materials: Materials
    bodies: Bodies

    def made(self, names: tuple[str, ...]) -> Melt:
        """The liquid that regions become."""
        return melt([self.contents[n] for n in names], self.temperature, self.materials)


def _reached(
    setting: _Setting, above: Package, load: float | None, standoff: float | None
) -> Mounted:
    """The joint that is reached, with its stability; or why there is none."""
    stack, bodies = setting.stack, setting.bodies
    solids = stack.without(*bodies.melted)
    touch = above.touch(solids.profile)

    def solve(names: tuple[str, ...]) -> Liquid:
        start, made = first_touch(stack, solids, names), setting.made(names)
        return solve_liquid(stack, solids, made, names, start, setting.gravity, setting.materials)

    refusal = refused_before(stack, solids, bodies)
    if refusal is not None:
        liquid = setting.made(bodies.melted or bodies.shut_in)
        stage = Mounted(liquid, solids, above, touch, load)
        return replace(stage, melted=bodies.melted, enclosed=bodies.shut_in, refusal=refusal)
    names, others = _joining(bodies, solve)
    stage = Mounted(setting.made(names), solids, above, touch, load)
    stage = replace(stage, melted=names, bodies=others, enclosed=bodies.shut_in)
    refuse_overlap(standoff, touch.height)
    try:
        found, held_by = _join(stage, setting, standoff)
        met = _met(found, stage.bodies)
        while met:  # the joint takes in what it runs into
            names = (*stage.melted, *(name for one in met for name in one.melted))
            others = tuple(one for one in stage.bodies if one not in met)
            stage = replace(stage, melt=setting.made(names), melted=names, bodies=others)
            found, held_by = _join(stage, setting, standoff)
            met = _met(found, stage.bodies)
    except NoEquilibriumError as error:
        return replace(stage, refusal=Refusal(error.reason, error.detail))
    except ConvergenceError as error:
        return replace(stage, refusal=Refusal("not_converged", str(error)))
    stability = analyse(found.surface)
    stage = replace(
        stage,
        equilibrium=found,
        stability=stability,
        standoff=found.values["standoff_m"],
        held_by=held_by,
    )
    if not stability.upright:
        detail = f"the joint is no minimum: {stability.reason()}"
        stage = replace(stage, refusal=Refusal("unstable", detail))
    return stage


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
            f"mount: at a standoff of {format_length(standoff)} the package would overlap what "
            f"stays solid: give at least {format_length(lowest)}, at which that holds it off"
        )


def _join(stage: Mounted, setting: _Setting, standoff: float | None) -> tuple[Equilibrium, str]:
    """The joint, and what holds the package."""
    liquid, profile, materials = stage.melt, stage.solids.profile, setting.materials
    drop = liquid.drop(setting.gravity)
    angles = tuple(liquid.contact_angle(p.material, materials) for p in profile)
    outer, inner = first_touch(setting.stack, stage.solids, stage.melted)
    alone = reach_any(Landscape(profile, angles, drop), outer, inner)
    top, lowest = alone.values["top_z_m"], stage.touch.height
    height = max(lowest, TOUCH * top)
    if height >= top:
        raise NoEquilibriumError(
            "no_joint",
            f"the liquid's top at z = {format_length(top)} does not reach the package's pad: what "
            f"stays solid holds that {format_length(height - top)} above it, at "
            f"{format_length(height)}",
        )
    upper = stage.package.at(height).profile
    wetting = tuple(liquid.contact_angle(p.material, materials) for p in upper)
    joint = Joint(drop, (Solid(profile, angles), Solid(upper, wetting, "top")))
    bridge, held = Bridge(joint, stage.package, height), set_down_on(joint, alone)
    trail = Trail(alone.path)
    trail.event("touches", joint.solids[1], held.stations[1], "the package meets the liquid here")
    if standoff is not None:
        held = move(joint, held, (standoff - height) / drop.length, trail)
        trail.package(joint.solids[1], (0.0, standoff - height), "the fixture takes it there")
        return bridge.held_still(held, trail), "fixture"
    assert stage.load is not None
    scaled = scaled_load(stage.load, drop)
    floats, touches = height > lowest, 0
    while floats:
        if touches == MAX_TOUCHES:
            raise NoEquilibriumError("not_converged", ENDLESS)
        try:
            held, floats = sink(joint, held, scaled, (lowest - height) / drop.length, trail)
        except GlidingError as error:
            held, touches = bridge.touched(error, trail), touches + 1
            continue
        if not floats:
            trail.package(joint.solids[1], (0.0, bridge.lift(held.surface)), "the core stops it")
            break
        found = bridge.reached(held, trail, scaled)
        if isinstance(found, Held):
            held, touches = found, touches + 1
            continue
        trail.package(joint.solids[1], (0.0, bridge.lift(found.surface)), "the liquid carries it")
        if not stiffness(found.surface) > 0.0:
            raise NoEquilibriumError(
                "unstable",
                f"at a standoff of {format_length(found.values['standoff_m'])} the liquid "
                "balances the load, but pulls less the further the package is off: it comes off "
                "or sinks",
            )
        return found.reached(trail), "liquid"
    if lowest <= 0.0 or not carries(stage):
        raise _collapsed(stage)
    carried = bridge.held_still(held, trail)
    if carried.values["joint_force_N"] > stage.load:
        raise NoEquilibriumError(
            "no_equilibrium",
            "the liquid lifts the package off the core, but floats it nowhere",
        )
    return carried, "core"


def _collapsed(stage: Mounted) -> NoEquilibriumError:
    """That nothing holds the package off what lies round the bump."""
    load, met = stage.load or 0.0, stage.solids.profile.pieces[stage.touch.station.piece].region
    force = format_quantity(abs(load), "force", 6)
    does = f"does not carry the package under a load of {force}"
    if load <= 0.0:
        does = "draws the package down" + (f" against a pull of {force}" if load else "")
    where = f"it comes to lie on the {met}, at a standoff of {format_length(stage.touch.height)}"
    detail = f"the liquid {does}: {where}, and no core holds it off"
    return NoEquilibriumError("collapsed", detail)


def carries(stage: Mounted) -> bool:
    """Whether what the package touches is a solid bump, core or pillar, not what lies around it."""
    solids = stage.solids
    region = solids.region(solids.profile.pieces[stage.touch.station.piece].region)
    return region.kind not in ("pad", "base", "dielectric")


def scaled_load(load: float, drop: Drop) -> float:
    """A force in N, in units of 2πσL."""
    return load / (2.0 * math.pi * drop.surface_tension * drop.length)


def admits_joint(stage: Mounted, held_by: str) -> Admits:
    """Whether another joint is possible: it enters no solid, covers no empty corner, is held."""
    lowest = stage.touch.height

    def admits(found: Equilibrium) -> bool:
        standoff = found.values["standoff_m"]
        if standoff < lowest * (1.0 - 1e-12):
            return False
        if held_by == "core" and stage.load is not None:
            if found.values["joint_force_N"] > stage.load:
                return False
        if empty_corner(found) is not None:
            return False
        below, above = stage.solids.profile, stage.package.at(standoff).profile
        return find_penetration(found.curve, below, above, between=True) is None

    return admits


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


def set_down(stack: Stack, above: Package) -> tuple[Region, ...]:
    """All regions with the package set down on the stack before it melts."""
    return (*stack.regions, *above.at(above.touch(stack.profile).height).regions)
