"""Mounting: the melted solder joins the bump and the package; load and core fix the gap.

The package comes from above. With a load, it sinks until the liquid carries it, or until
a solid core does; the core and the pad never overlap. With a standoff given, the force
on it is the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.geometry.names import is_of_package
from bumpform.geometry.profile import Station
from bumpform.process.mounts.approach import refuse_overlap
from bumpform.process.mounts.capillary_bridge import MAX_TOUCHES, Bridge, DownError, TouchedError
from bumpform.process.mounts.first_contact import (
    Apart,
    Beside,
    Start,
    begin,
    begin_again,
    joining,
    meet_again,
)
from bumpform.process.mounts.flat_contact import refuse_flat, refuse_full, refuse_room, ring_of_gas
from bumpform.process.mounts.mounted import Holding, Mounted, Setting, scaled_load, support
from bumpform.process.mounts.only_joint import (
    admits_joint,
    drawn,
    film_over_room,
    no_way,
    only_joint,
    parted,
)
from bumpform.process.mounts.package import Package
from bumpform.process.reflows.bodies import in_words
from bumpform.process.reflows.coalescence import coalesce
from bumpform.process.reflows.gas import refuse_standing
from bumpform.process.reflows.reflow import (
    Liquid,
    Refusal,
    refused_before,
    solve_liquid,
    touching,
    warnings_and_refusal,
)
from bumpform.quick import replace
from bumpform.surface.continuation.comes_off import refuse_held
from bumpform.surface.continuation.floating_height import SqueezedError, TouchesError, sink
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.newton import stiffness
from bumpform.surface.drop.path import Trail
from bumpform.surface.drop.stability import analyse
from bumpform.surface.joints.joint import ClosedError, GlidingError, Held
from bumpform.surface.joints.loaded_body import move, nearer
from bumpform.surface.joints.rest import PartedError
from bumpform.surface.search.alternatives import Found, Others, beside_joint, with_stability
from bumpform.surface.search.hollow import pressure_of, spanned
from bumpform.units.units import format_length, format_quantity

#: Why a package is where it is.
CARRIES = "the liquid carries it"
#: What is told where it is known that there is one joint alone, and not the way to it.
NOT_FOLLOWED = (
    "how the solder comes to this joint has not been followed to its end: it is the only one at "
    "rest between these surfaces"
)
#: The same of a film whose force no step of the package's way resolves.
ON_A_FILM = (
    "how the solder comes to this joint has not been followed to its end: it fills the room under "
    "the package, which floats on the film that is left"
)


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
    told = warnings_and_refusal(setting.stack, setting.bodies, (stage, *stage.bodies))
    return replace(stage, others=Others(_beside, stage, found, held_by, floats), **told)


def _beside(stage: Mounted, found: Equilibrium, held_by: str, floats: float | None) -> Found:
    """Other joints of the same liquid, with lines next to the reached ones."""
    scaled = None if floats is None else scaled_load(floats, found.drop)
    beside = beside_joint(found, admits_joint(stage, held_by), scaled)
    return Found(with_stability(beside, floats, held_by))


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

    solve = partial(
        solve_liquid,
        stack,
        solids,
        setting.contents,
        setting.temperature,
        setting.gravity,
        setting.materials,
    )

    def before(names: tuple[str, ...], others: tuple[Liquid, ...] = ()) -> Mounted:
        made, brought = setting.made(names or bodies.shut_in), setting.above
        stage = Mounted(made, solids, package, brought, touch, setting.load, melted=names)
        return replace(stage, bodies=others, enclosed=bodies.shut_in)

    refusal = refused_before(stack, solids, bodies) if bodies.free or not hung else None
    if refusal is not None:
        return replace(before(bodies.melted), refusal=refusal)
    names, others = joining(before(bodies.melted), setting, solve) if bodies.free else ((), ())
    stage = before((*names, *hung), others)
    refuse_overlap(setting.standoff, touch.height)
    start: Start | Apart | None = None
    met: tuple[Liquid, ...] = ()
    try:
        while True:  # the joint takes in what it runs into
            if setting.standing:
                start = begin_again(stage, setting)
            else:
                first = begin(stage, setting, names, together=bool(met))
                if isinstance(first, Beside):
                    stage, names = before(hung, (solve(names), *stage.bodies)), ()
                    first = begin(stage, setting, names)
                    assert not isinstance(first, Beside)  # there is one liquid alone
                start = first
            if isinstance(start, Apart):
                return _open(replace(stage, melted=names), setting, start, solve)
            stage = replace(stage, reach=start.reach)
            stage, found, held_by = _joint(stage, setting, start)
            refuse_flat(stage, found)
            if start.ring is not None:
                stage = replace(stage, gas=_run_over(stage, setting, found, held_by, *start.ring))
            met = _met(found, stage.bodies)
            if not met:
                break
            names = (*names, *(name for one in met for name in one.melted))
            stage = before((*names, *hung), tuple(b for b in stage.bodies if b not in met))
    except NoEquilibriumError as error:
        refusal = Refusal(error.reason, error.detail)
        told = parted(start, setting, refusal) or ring_of_gas(stage, error) or refusal
        return replace(stage, refusal=told)
    except ConvergenceError as error:
        refusal = no_way(start, setting, error)
        return replace(stage, refusal=parted(start, setting, refusal) or refusal)
    stability = analyse(found.surface)
    if not stability.upright:
        refusal = Refusal("unstable", f"the joint is not a minimum of energy: {stability.reason()}")
        if comes_apart := parted(start, setting, refusal):
            return replace(stage, refusal=comes_apart)
    stage = replace(
        stage,
        equilibrium=found,
        stability=stability,
        standoff=found.values["standoff_m"],
        held_by=held_by,
        bodies=_under(package, found.values["standoff_m"], stage.bodies),
    )
    return replace(stage, refusal=refusal)


def _joint(stage: Mounted, setting: Setting, start: Start) -> tuple[Mounted, Equilibrium, str]:
    """The joint, and what holds the package; where no way to it is found, the only one there is.

    That no surface is found from solid further out is no way either, but where it shuts in gas; nor
    that liquid is taken to part, where the package comes down further.
    """
    try:
        return stage, *_join(stage, setting, start)
    except (NoEquilibriumError, ConvergenceError) as error:
        film = film_over_room(stage, setting, start)
        if film is not None:
            return replace(stage, warnings=(ON_A_FILM,)), *film
        if (near := drawn(setting, start, error)) is not None:
            return stage, near, "fixture"
        touched = isinstance(error, TouchedError) and ring_of_gas(stage, error) is None
        lost = not isinstance(error, NoEquilibriumError) or error.reason == "not_converged"
        sinks = isinstance(error, PartedError) and setting.standoff is None
        if not (lost or touched or sinks):
            if error.reason in ("no_equilibrium", "penetration", "off_model"):
                refuse_full(stage)
            raise
        sole = only_joint(stage, setting, start)
        if sole is not None:
            return replace(stage, warnings=(NOT_FOLLOWED,)), *sole
        if isinstance(error, DownError):
            refuse_room(stage, error)
        refuse_full(stage)
        raise


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
        names = [name for name in stage.melted if is_of_package(name) != bool(which)]
        refuse_standing(solids, over, ring, in_words(tuple(names)))
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
        shown = ("melt", "equilibrium", "stability", "others", "refusal", "warnings")
        stage = replace(stage, **{name: getattr(own, name) for name in (*shown, "searched")})
    others = (*stage.bodies, *((apart.hung,) if apart.hung is not None else ()))
    return replace(stage, **warnings_and_refusal(setting.stack, setting.bodies, (stage, *others)))


def _met(found: Equilibrium, bodies: tuple[Liquid, ...]) -> tuple[Liquid, ...]:
    """Liquids that a joint runs into."""
    return tuple(b for b in bodies if b.equilibrium is not None and coalesce(found, b.equilibrium))


def _under(package: Package, standoff: float, bodies: tuple[Liquid, ...]) -> tuple[Liquid, ...]:
    """Liquids beside a joint, refused where they would enter the package at a standoff, m."""
    if not bodies:
        return ()
    above = package.at(standoff).profile
    return tuple(touching(body, above) for body in bodies)


def _join(stage: Mounted, setting: Setting, start: Start) -> tuple[Equilibrium, str]:
    """The joint, and what holds the package: begun again where its liquid leaves one body."""
    for _ in range(MAX_TOUCHES):
        try:
            return _joined(stage, setting, start)
        except ClosedError as error:
            start = meet_again(stage, setting, start, error)
    return _joined(stage, setting, start)


def _joined(stage: Mounted, setting: Setting, start: Start) -> tuple[Equilibrium, str]:
    """The same, from where it has begun."""
    moves = start.trail.moves
    try:
        return _pressed(stage, setting, start)
    except (ConvergenceError, NoEquilibriumError) as error:
        lost = not isinstance(error, NoEquilibriumError) or error.reason == "not_converged"
        if not lost and error.reason != "penetration":
            raise
        start.trail.moves = moves
        further = start.bridge.touching(start.held, start.trail)
        if further is not None:  # it has begun in solid
            return _pressed(stage, setting, start._replace(held=further))
        if lost or setting.standoff is not None:
            raise
        carried = _carried(stage, start)
        if carried is None:
            raise
        return carried


def _carried(stage: Mounted, start: Start) -> tuple[Equilibrium, str] | None:
    """The joint of a package that comes down to a core by steps at rest; None where it does not.

    A film may be squeezed so fast that its held lines balance the load on the way, with a surface
    that enters solid; at rest it presses back less.
    """
    carrier, bridge = support(stage), start.bridge
    assert stage.load is not None
    if carrier is None:
        return None
    lift = (stage.touch.height - bridge.height) / bridge.joint.drop.length
    try:
        held = move(bridge.joint, start.held, lift, start.trail)
        found = _lying(stage.load, bridge, held, start.trail)
    except (ConvergenceError, NoEquilibriumError):
        return None
    if found is None:
        return None
    stops = f"the {carrier} stops it"
    start.trail.package(bridge.joint.solids[1], bridge.heights(found.surface), stops)
    return found, carrier


def _lying(load: float, bridge: Bridge, held: Held, trail: Trail) -> Equilibrium | None:
    """The joint of a package that lies on what carries it; None where the liquid lifts it off."""
    found = bridge.held_still(held, trail)
    return None if found.values["joint_force_N"] > load else found


def _pressed(stage: Mounted, setting: Setting, start: Start) -> tuple[Equilibrium, str]:
    """The same, the package let down under its load as far as the liquid carries it."""
    bridge, held, trail, standoff = start.bridge, start.held, start.trail, setting.standoff
    joint, height, lowest = bridge.joint, bridge.height, stage.touch.height
    drop = joint.drop
    if standoff is not None:
        held = move(joint, held, (standoff - height) / drop.length, trail)
        trail.package(joint.solids[1], (height, standoff), "the fixture takes it there")
        return bridge.held_still(held, trail), "fixture"
    assert stage.load is not None
    scaled = scaled_load(stage.load, drop)
    if setting.standing is not None:
        afloat = bridge.afloat(held, trail, scaled)
        if afloat is not None and afloat.values["standoff_m"] >= lowest:
            trail.package(joint.solids[1], bridge.heights(afloat.surface), CARRIES)
            return afloat.reached(trail), "liquid"
    floats, touches = setting.standing is not None or height > lowest, 0
    carrier = support(stage)
    stopped, begun = f"the {carrier or 'stack'} stops it", trail.moves
    while floats:
        if touches == MAX_TOUCHES:
            raise bridge.endless(held)
        try:
            down = (lowest - height) / drop.length
            held, floats = sink(joint, held, scaled, down, trail, bridge.touching)
        except TouchesError as error:
            held, touches = error.held, touches + 1
            if trail.comes_back:  # no rest at this height: its way is forgotten
                held = nearer(joint, held, (lowest - height) / drop.length)
                trail.moves = [*begun, trail.moves[-1]]
            continue
        except GlidingError as error:
            held, touches = bridge.touched(error, trail), touches + 1
            continue
        except SqueezedError as error:
            raise DownError(error.held, error) from None
        if not floats:
            trail.package(joint.solids[1], bridge.heights(held.surface), stopped)
            break
        try:
            found = bridge.reached(held, trail, scaled)
        except ConvergenceError as error:
            if scaled < 0.0:
                refuse_held(joint, held, scaled, down, error)
            raise
        if isinstance(found, Held):
            held, touches = found, touches + 1
            continue
        trail.package(joint.solids[1], bridge.heights(found.surface), CARRIES)
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
    try:
        carried = _lying(stage.load, bridge, held, trail)
    except (ConvergenceError, NoEquilibriumError) as error:
        if isinstance(error, NoEquilibriumError) and error.reason != "not_converged":
            raise
        last = error.held if isinstance(error, GlidingError) else held
        raise DownError(last, error) from error
    if carried is None:
        raise NoEquilibriumError(
            "no_equilibrium",
            f"the liquid lifts the package off the {carrier}, but carries its load at no height "
            "above that",
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
