"""Mounting: the melted solder joins the bump and the package; load and core fix the gap.

The package comes from above. With a load, it sinks until the liquid carries it, or until
a solid core does; the core and the pad never overlap. With a standoff given, the force
on it is the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError, NoEquilibriumError, ProcessError
from bumpform.materials.materials import Materials
from bumpform.process.approach import largest_gap, refuse_pressed, ring_met_first
from bumpform.process.bodies import Bodies, bodies_of, in_words, molten_regions
from bumpform.process.bridge import ENDLESS, MAX_TOUCHES, Bridge, empty_corner, set_down_on
from bumpform.process.gas import refuse_over, refuse_standing
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
    touching,
)
from bumpform.process.shrinking import Frozen
from bumpform.stack.package import Package
from bumpform.stack.profile import Station
from bumpform.stack.stack import Stack
from bumpform.stack.touch import Touch
from bumpform.surface.alternatives import Admits, Alternative, beside_joint, judged
from bumpform.surface.contact import Solid
from bumpform.surface.equilibrium import Equilibrium
from bumpform.surface.floating import move, parts, stiffness
from bumpform.surface.hollow import pressure_of, spanned
from bumpform.surface.joint import GlidingError, Held, Joint
from bumpform.surface.landscape import Drop, Landscape
from bumpform.surface.measured import Measured
from bumpform.surface.meridian import solve
from bumpform.surface.parting import parting_lift
from bumpform.surface.path import Trail
from bumpform.surface.penetration import find_penetration
from bumpform.surface.sinking import sink
from bumpform.surface.stability import Stability, analyse
from bumpform.surface.topology import reach_any
from bumpform.units.units import format_length, format_quantity

#: The package starts this far below the top of the liquid, so that it touches it.
TOUCH = 0.98
#: Part of a gap within which two are one: a limit is included.
RESOLVED = 1e-9
#: What the search for a joint may end in past the height at which its liquid parts.
_PAST_FOLD = ("no_joint", "no_equilibrium", "not_converged", "unstable")
#: What is said where a joint cannot be begun.
UNMET = "at a standoff of {} no surface has been found between the lines from which it starts"


@dataclass(frozen=True, eq=False)
class Mounted:
    """A mounting, as computed.

    Attributes
    ----------
    melt : Melt
    solids : Stack
        What stays solid under the package.
    package : Package
        What stays solid of it.
    brought : Package
        As it comes.
    touch : Touch
        Where the package would come to rest on what stays solid.
    load : float or None, N
    equilibrium, stability
        None where refused before.
    standoff : float or None, m
    held_by : "core", "mask", "liquid" or "fixture"
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
    reach : Measured or None, m
        Largest gap at which what is liquid joins of itself; None where it had joined before.
    gap : Measured or None, m
        What is missing to that where the joint has stayed open: then the equilibrium is that of
        the liquid on the stack, if there is one.
    hung : Liquid or None
        The liquid on the package of an open joint, in the package's frame.
    gas : float, m³
        Shut in where a liquid has met a ring before the metal inside of it.
    frozen : Frozen or None
        What the joint has become (or the liquid on the stack, where it has stayed open), where
        what freezes shrinks; None where it keeps its shape.
    """

    melt: Melt
    solids: Stack
    package: Package
    brought: Package
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
    reach: Measured | None = None
    gap: Measured | None = None
    hung: Liquid | None = None
    gas: float = 0.0
    frozen: Frozen | None = None

    @property
    def shape(self) -> Equilibrium | None:
        """The surface that stands there once it is solid."""
        return self.equilibrium if self.frozen is None else self.frozen.shape

    @property
    def height(self) -> float | None:
        """Standoff once it is solid, m."""
        if self.frozen is None or self.gap is not None:
            return self.standoff
        return self.frozen.shape.values["standoff_m"]

    @property
    def liquids(self) -> tuple[Mounted | Liquid, ...]:
        """Those on the stack, that which the package comes down on first."""
        return self.bodies if self.equilibrium is None else (self, *self.bodies)


class Holding(NamedTuple):
    """What holds a package ("core" or "liquid"), and at which standoff, m."""

    held_by: str
    standoff: float


@dataclass(frozen=True)
class Standing:
    """A joint that melts again.

    Attributes
    ----------
    standoff : float, m
        At which it froze.
    line : pair of float, m
        Where its upper contact line was, in the package's frame.
    """

    standoff: float
    line: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Setting:
    """What is heated, and how.

    Attributes
    ----------
    stack : Stack
        Without the package, solder that has joined it included.
    above : Package
    contents : dict of region name to Content
        Of both.
    temperature : float, K
    gravity : float, m/s²
    materials : Materials
    load : float, N, or None
        Pressing the package down (its weight); negative pulls.
    standoff : float, m, or None
        Gap between the pads; exactly one of both.
    lifted : bool
        Whether it is at its standoff before anything melts.
    standing : Standing or None
        Where stack and package have been joined before.
    """

    stack: Stack
    above: Package
    contents: dict[str, Content]
    temperature: float
    gravity: float
    materials: Materials
    load: float | None
    standoff: float | None
    lifted: bool = False
    standing: Standing | None = None

    @cached_property
    def molten(self) -> tuple[str, ...]:
        """Names of all regions that are liquid.

        Raises
        ------
        CaseError, ProcessError
        """
        every = replace(self.stack, regions=(*self.stack.regions, *self.above.stack.regions))
        return molten_regions(every, self.contents, self.temperature, self.materials)

    @cached_property
    def hung(self) -> tuple[str, ...]:
        """Those of the package."""
        names = {region.name for region in self.above.stack.regions}
        return tuple(name for name in self.molten if name in names)

    @cached_property
    def bodies(self) -> Bodies:
        """Those of the stack, by what is one liquid."""
        return bodies_of(self.stack, [name for name in self.molten if name not in self.hung])

    def made(self, names: tuple[str, ...]) -> Melt:
        """The liquid that regions become."""
        return melt([self.contents[n] for n in names], self.temperature, self.materials)


def mount(setting: Setting) -> Mounted:
    """Equilibrium of everything that melts between a stack and a package.

    Raises
    ------
    CaseError, ProcessError
    """
    stage = _reached(setting)
    if stage.equilibrium is None or stage.gap is not None:
        return stage
    found, held_by = stage.equilibrium, stage.held_by
    floats = setting.load if held_by == "liquid" else None
    scaled = None if floats is None else scaled_load(floats, found.drop)
    beside = beside_joint(found, admits_joint(stage, held_by), scaled)
    stage = replace(
        stage,
        alternatives=judged(beside, floats, held_by),
    )
    return replace(stage, **told(setting.stack, setting.bodies, (stage, *stage.bodies)))


def holding(setting: Setting) -> Holding | None:
    """What holds a package, and at which standoff: a mount without all else that one tells.

    Returns
    -------
    Holding or None
        None where the mount is refused.

    Raises
    ------
    CaseError, ProcessError
    """
    stage = _reached(setting)
    refused = stage.refusal is not None or any(b.refusal is not None for b in stage.bodies)
    if refused or stage.standoff is None:
        return None
    return Holding(stage.held_by, stage.standoff)


def _reached(setting: Setting) -> Mounted:
    """The joint that is reached, with its stability; or why there is none."""
    stack, bodies, hung = setting.stack, setting.bodies, setting.hung
    solids, package = stack.without(*bodies.melted), Package(setting.above.stack.without(*hung))
    touch = package.touch(solids.profile)

    def solve(names: tuple[str, ...]) -> Liquid:
        start, made = first_touch(stack, solids, names), setting.made(names)
        return solve_liquid(stack, solids, made, names, start, setting.gravity, setting.materials)

    def before(names: tuple[str, ...], others: tuple[Liquid, ...] = ()) -> Mounted:
        made, brought = setting.made(names or bodies.shut_in), setting.above
        stage = Mounted(made, solids, package, brought, touch, setting.load, melted=names)
        return replace(stage, bodies=others, enclosed=bodies.shut_in)

    refusal = refused_before(stack, solids, bodies) if bodies.free or not hung else None
    if refusal is not None:
        return replace(before(bodies.melted), refusal=refusal)
    names, others = _joining(bodies, solve) if bodies.free else ((), ())
    stage = before((*names, *hung), others)
    refuse_overlap(setting.standoff, touch.height)
    start: Start | Apart | None = None
    try:
        while True:  # the joint takes in what it runs into
            start = _again(stage, setting) if setting.standing else _start(stage, setting, names)
            if isinstance(start, Apart):
                return _open(replace(stage, melted=names), setting, start, solve)
            stage = replace(stage, reach=start.reach)
            found, held_by = _join(stage, setting, start)
            if start.ring is not None:
                stage = replace(stage, gas=_run_over(stage, setting, found, held_by, *start.ring))
            met = _met(found, stage.bodies)
            if not met:
                break
            names = (*names, *(name for one in met for name in one.melted))
            stage = before((*names, *hung), tuple(b for b in stage.bodies if b not in met))
    except NoEquilibriumError as error:
        refusal = Refusal(error.reason, error.detail)
        return replace(stage, refusal=_parted(start, setting, refusal) or refusal)
    except ConvergenceError as error:
        refusal = Refusal("not_converged", str(error))
        return replace(stage, refusal=_parted(start, setting, refusal) or refusal)
    stability = analyse(found.surface)
    if not stability.upright:
        refusal = Refusal("unstable", f"the joint is no minimum: {stability.reason()}")
        if parted := _parted(start, setting, refusal):
            return replace(stage, refusal=parted)
    stage = replace(
        stage,
        equilibrium=found,
        stability=stability,
        standoff=found.values["standoff_m"],
        held_by=held_by,
        bodies=_under(package, found.values["standoff_m"], stage.bodies),
    )
    return replace(stage, refusal=refusal)


def _parted(start: Start | Apart | None, setting: Setting, refusal: Refusal) -> Refusal | None:
    """That liquid parts which a fixture draws to its standoff; None where it does not.

    Past its fold the search for the joint may end in one way or another.
    """
    if setting.standoff is None or not isinstance(start, Start) or refusal.reason not in _PAST_FOLD:
        return None
    joint = start.bridge.joint
    goal = (setting.standoff - start.bridge.height) / joint.drop.length
    lift = parting_lift(joint, start.held, goal)
    return None if lift is None else Refusal("no_joint", parts(joint, lift, goal))


def _run_over(
    stage: Mounted,
    setting: Setting,
    found: Equilibrium,
    held_by: str,
    which: int,
    ring: Station,
) -> float:
    """Gas that a joint shuts in as it meets a ring round a hollow, which it then runs into, m³.

    Its pressure is taken as that of the joint which fills the hollow. Where a solid bump or core
    holds the package, it stands in the ring, and no meniscus spans that.

    Raises
    ------
    NoEquilibriumError
        "gas_shut_in", where it does not run into it.
    """
    solids = stage.package.stack if which else stage.solids
    profile, pressure, height = solids.profile, pressure_of(found), found.values["standoff_m"]
    angles = tuple(stage.melt.contact_angle(p.material, setting.materials) for p in profile)
    over = spanned(
        profile,
        angles,
        found.drop,
        ring,
        (lambda z: pressure(height - z)) if which else pressure,
    )
    if over is not None and held_by != "core":
        refuse_standing(solids, over, ring)
    return 2.0 * math.pi * float(profile.moments(ring)[0])


def _open(
    stage: Mounted,
    setting: Setting,
    apart: Apart,
    solve: Callable[[tuple[str, ...]], Liquid],
) -> Mounted:
    """A joint that stays open: the liquids rest where they are, the package above them."""
    own = solve(stage.melted) if stage.melted else None
    held_by = "fixture" if setting.standoff is not None else support(stage)
    if held_by is None:
        raise _collapsed(stage)
    stage = replace(
        stage,
        standoff=apart.standoff,
        held_by=held_by,
        reach=apart.reach,
        gap=apart.standoff - apart.reach,
        hung=apart.hung,
        bodies=_under(stage.package, apart.standoff, stage.bodies),
    )
    if own is not None:
        shown = ("melt", "equilibrium", "stability", "alternatives", "refusal", "warnings")
        stage = replace(stage, **{name: getattr(own, name) for name in (*shown, "searched")})
    others = (*stage.bodies, *((apart.hung,) if apart.hung is not None else ()))
    return replace(stage, **told(setting.stack, setting.bodies, (stage, *others)))


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


def _under(package: Package, standoff: float, bodies: tuple[Liquid, ...]) -> tuple[Liquid, ...]:
    """Liquids beside a joint, refused where they would enter the package at a standoff, m."""
    if not bodies:
        return ()
    above = package.at(standoff).profile
    return tuple(touching(body, above) for body in bodies)


def refuse_overlap(standoff: float | None, lowest: float) -> None:
    """Raise ProcessError where a standoff is below the height at which the package touches, m."""
    if standoff is not None and standoff < lowest * (1.0 - 1e-12):
        raise ProcessError(
            f"mount: at a standoff of {format_length(standoff)} the package would overlap what "
            f"stays solid: give at least {format_length(lowest)}, at which that holds it off"
        )


def refuse_lifted(standoff: float | None, lowest: float) -> None:
    """Raise ProcessError where a package cannot be at a standoff before anything melts.

    Parameters
    ----------
    standoff : float or None, m
    lowest : float, m
        At which what is solid then holds it off.
    """
    if standoff is not None and standoff < lowest * (1.0 - 1e-12):
        raise ProcessError(
            f"mount: before anything melts, what is solid keeps the package off its standoff of "
            f"{format_length(standoff)}: give more, or lifted = false where that melts; it fits "
            f"from {format_length(lowest)} on"
        )


class Apart(NamedTuple):
    """Liquids that do not meet: where the package is then, and what they would need, m."""

    standoff: float
    reach: Measured
    hung: Liquid | None


class Start(NamedTuple):
    """Where a joint begins: its lines held, with the way to there.

    ``reach`` is the largest gap at which it begins of itself, m; None where it was there before.
    ``ring`` is what does not join that the liquid meets before it joins what is inside of it: on
    the stack (0) or on the package (1).
    """

    bridge: Bridge
    held: Held
    trail: Trail
    reach: Measured | None
    ring: tuple[int, Station] | None = None


def _bridge(stage: Mounted, setting: Setting, height: float) -> Bridge:
    """The liquid of a stage between the stack and the package at a height, m."""
    liquid, below = stage.melt, stage.solids.profile
    upper = stage.package.at(height).profile
    angles, wetting = (
        tuple(liquid.contact_angle(p.material, setting.materials) for p in profile)
        for profile in (below, upper)
    )
    solids = Solid(below, angles), Solid(upper, wetting, "top", height)
    return Bridge(Joint(liquid.drop(setting.gravity), solids), stage.package, height)


def _start(stage: Mounted, setting: Setting, names: tuple[str, ...]) -> Start | Apart:
    """The package as it meets liquid of the stack, brings its own to it, or both; or does not."""
    solids, lowest, alone = stage.solids, stage.touch.height, None
    if names:
        liquid = setting.made(names)
        angles = tuple(liquid.contact_angle(p.material, setting.materials) for p in solids.profile)
        land = Landscape(solids.profile, angles, liquid.drop(setting.gravity))
        first = first_touch(setting.stack, solids, names)
        refuse_over(setting.stack, solids, names, land, first[0])
        alone = reach_any(land, *first)
    hung = _hanging(stage, setting) if setting.hung else None
    above = hung.equilibrium if hung is not None else None
    reach = largest_gap(solids, stage.package, alone, above)
    if reach.value == -math.inf:
        raise NoEquilibriumError(
            "no_joint", "under what melts on the package no metal and no solder lies open"
        )
    at = setting.standoff if setting.lifted and setting.standoff is not None else lowest
    if at > reach.value * (1.0 + RESOLVED) or lowest >= reach.value * (1.0 - RESOLVED):
        if setting.load is None or setting.load >= 0.0:
            refuse_pressed(solids, stage.package, alone, above, at)
            rests = at if setting.standoff is None else setting.standoff  # the fixture takes it on
            return Apart(rests, reach, hung)
        raise NoEquilibriumError(
            "no_joint",
            f"nothing holds the package against its pull: the solder meets at a standoff of "
            f"{format_length(reach.value)}, and what stays solid holds it off at "
            f"{format_length(at)}",
        )
    height = max(lowest, TOUCH * reach.value)
    if above is not None:  # what hangs may be thin
        height = reach.value - (1.0 - TOUCH) * (reach.value - max(lowest, 0.0))
    bridge = _bridge(stage, setting, height)
    try:
        held = set_down_on(bridge.joint, alone, above)
    except ConvergenceError as error:
        raise NoEquilibriumError("not_converged", UNMET.format(format_length(height))) from error
    trail = Trail(alone.path if alone is not None else ())
    for which, met in ((0, alone), (1, None)):
        if met is None:
            why = "the package meets the liquid here" if which else "the package's liquid meets it"
            trail.event("touches", bridge.joint.solids[which], held.stations[which], why)
    ring = ring_met_first(solids, stage.package, alone, above, reach.value)
    return Start(bridge, held, trail, reach, ring)


def _again(stage: Mounted, setting: Setting) -> Start:
    """A joint where it froze, molten again."""
    standing = setting.standing
    assert standing is not None
    bridge = _bridge(stage, setting, standing.standoff)
    package, names = stage.package.stack, [n for n in stage.melted if n not in setting.hung]
    if setting.hung:
        top, _ = first_touch(setting.above.stack, package, setting.hung)
    else:
        top = package.profile.locate(np.array(standing.line))
    foot, _ = first_touch(setting.stack, stage.solids, tuple(names))
    try:
        surface = solve(bridge.joint.guess((foot, top)), tolerance=1e-3)
    except ConvergenceError as error:
        at = format_length(standing.standoff)
        raise NoEquilibriumError("not_converged", UNMET.format(at)) from error
    held = Held((foot, top), ("free", "free"), surface)
    trail = Trail()
    for which, station in enumerate((foot, top)):
        trail.event("touches", bridge.joint.solids[which], station, "it had frozen here")
    return Start(bridge, held, trail, None)


def _hanging(stage: Mounted, setting: Setting) -> Liquid:
    """The liquid on a package before it meets anything, in the package's frame.

    Raises
    ------
    NoEquilibriumError
        Where it has no shape there.
    """
    stack, solids, names = setting.above.stack, stage.package.stack, setting.hung
    start, made = first_touch(stack, solids, names), setting.made(names)
    gravity, materials = -setting.gravity, setting.materials
    hung = solve_liquid(stack, solids, made, names, start, gravity, materials)
    if hung.refusal is not None:
        raise NoEquilibriumError(hung.refusal.reason, f"{in_words(names)}: {hung.refusal.detail}")
    return hung


def _join(stage: Mounted, setting: Setting, start: Start) -> tuple[Equilibrium, str]:
    """The joint, and what holds the package."""
    bridge, held, trail, standoff = start.bridge, start.held, start.trail, setting.standoff
    joint, height, lowest = bridge.joint, bridge.height, stage.touch.height
    drop = joint.drop
    if standoff is not None:
        held = move(joint, held, (standoff - height) / drop.length, trail)
        trail.package(joint.solids[1], (0.0, standoff - height), "the fixture takes it there")
        return bridge.held_still(held, trail), "fixture"
    assert stage.load is not None
    scaled = scaled_load(stage.load, drop)
    floats, touches = setting.standing is not None or height > lowest, 0
    carrier = support(stage)
    stopped = f"the {carrier or 'stack'} stops it"
    while floats:
        if touches == MAX_TOUCHES:
            raise NoEquilibriumError("not_converged", ENDLESS)
        try:
            held, floats = sink(joint, held, scaled, (lowest - height) / drop.length, trail)
        except GlidingError as error:
            held, touches = bridge.touched(error, trail), touches + 1
            continue
        if not floats:
            trail.package(joint.solids[1], (0.0, bridge.lift(held.surface)), stopped)
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
    if carrier is None:
        raise _collapsed(stage)
    carried = bridge.held_still(held, trail)
    if carried.values["joint_force_N"] > stage.load:
        raise NoEquilibriumError(
            "no_equilibrium",
            f"the liquid lifts the package off the {carrier}, but floats it nowhere",
        )
    return carried, carrier


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


def support(stage: Mounted) -> str | None:
    """What holds a package that rests on what is solid.

    "core": a solid bump, a core or a pillar, of the stack or of the package; "mask": a layer round
    one of the openings; None: the pads meet, or what is round them, and there is no gap.
    """
    if stage.touch.height <= 0.0:
        return None
    solids, package = stage.solids, stage.package.stack
    below = solids.region(solids.profile.pieces[stage.touch.station.piece].region).kind
    above = package.region(package.profile.pieces[stage.touch.above].region).kind
    if below not in ("pad", "base", "dielectric") or above in ("metal", "solder"):
        return "core"
    return "mask" if "dielectric" in (below, above) else None


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
        if held_by in ("core", "mask") and stage.load is not None:
            if found.values["joint_force_N"] > stage.load:
                return False
        if empty_corner(found) is not None:
            return False
        below, above = stage.solids.profile, stage.package.at(standoff).profile
        return find_penetration(found.curve, below, above, between=True) is None

    return admits
