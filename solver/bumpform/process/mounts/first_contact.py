"""Where a joint begins: the package meets what is molten, or stays apart from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from typing import NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.geometry.profile import Profile, Station
from bumpform.process.mounts.approach import (
    largest_gap,
    meeting,
    meets_metal_alone,
    refuse_pressed,
    ring_met_first,
)
from bumpform.process.mounts.capillary_bridge import Bridge, set_down_on
from bumpform.process.mounts.mounted import Mounted, Setting, scaled_load
from bumpform.process.reflows.bodies import in_words
from bumpform.process.reflows.gas import refuse_over
from bumpform.process.reflows.reflow import (
    Liquid,
    first_touch,
    separate_liquids,
    solve_liquid,
)
from bumpform.surface.drop.contact import NECK, Solid
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.path import Trail
from bumpform.surface.joints.joint import ClosedError, Held, Joint
from bumpform.surface.joints.loaded_body import SINK, come_to_rest, gap_of, lifted
from bumpform.surface.search.again import as_it_froze
from bumpform.surface.search.cap_or_ring import reach_any
from bumpform.surface.search.films import straight
from bumpform.units.measured import Measured
from bumpform.units.units import format_length

#: The package starts this far below the top of the liquid, so that it touches it; at the most so
#: far towards what stops it: on a tall post the liquid is a small part of all.
TOUCH, SHALLOW = 0.98, 0.25
#: Parts of the way from where it touches to where it stops at which a joint is begun in turn.
FURTHER = (0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0)
#: Where on the first piece of a solid a line may begin that spreads on it from a point.
SPREAD = (0.05, 0.1, 0.2, 0.4, 0.8)
#: Parts of the way from the furthest out of joining liquids to the furthest in.
BACK = (0.25, 0.5, 0.75, 1.0)
#: Part of a gap within which two are one: a limit is included.
RESOLVED = 1e-9
#: Why a line of a joint closes, on the stack and on the package; and what follows.
LETS_GO = "the liquid goes over to the package", "the liquid lets go of the package"
AGAIN = "the package comes down, and the liquid meets again"
#: Why a line of a joint that is molten again begins where it does.
FROZE, SPANS = "it had frozen here", "from here a surface spans to the package"
#: What is said where a joint cannot be begun.
UNMET = "at a standoff of {} no surface has been found between the lines from which it starts"


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


def bridge_at(stage: Mounted, setting: Setting, height: float) -> Bridge:
    """The liquid of a stage between the stack and the package at a height, m."""
    liquid, below = stage.melt, stage.solids.profile
    upper = stage.package.at(height).profile
    angles, wetting = (
        tuple(liquid.contact_angle(p.material, setting.materials) for p in profile)
        for profile in (below, upper)
    )
    solids = Solid(below, angles), Solid(upper, wetting, "top", height)
    return Bridge(Joint(liquid.drop(setting.gravity), solids), stage.package, height)


class Beside(NamedTuple):
    """The package's liquid joins metal of the stack without meeting the stack's liquid."""


def joining(
    stage: Mounted, setting: Setting, solve: Callable[[tuple[str, ...]], Liquid]
) -> tuple[tuple[str, ...], tuple[Liquid, ...]]:
    """The liquid that meets a package, or what hangs from it, first; and the others.

    Regions of the first one. ``solve``: the liquid of regions by name, at rest.
    """
    free = setting.bodies.free
    if len(free) == 1:
        return free[0], ()
    liquids = separate_liquids(free, solve)
    above = None
    if setting.hung:
        with suppress(NoEquilibriumError):  # where the joint begins, it is told
            above = hanging(stage, setting).equilibrium

    def reach(liquid: Liquid) -> float:
        if liquid.equilibrium is None:
            return -math.inf
        return largest_gap(stage.solids, stage.package, liquid.equilibrium, above).value

    first = max(liquids, key=reach)
    return first.melted, tuple(one for one in liquids if one is not first)


def begin(
    stage: Mounted, setting: Setting, names: tuple[str, ...], *, together: bool = False
) -> Start | Apart | Beside:
    """The package as it meets liquid of the stack, brings its own to it, or both; or does not.

    ``together``: whether the liquids are known to meet.
    """
    solids, lowest, alone = stage.solids, stage.touch.height, None
    if names:
        liquid = setting.made(names)
        angles = tuple(liquid.contact_angle(p.material, setting.materials) for p in solids.profile)
        land = LineForce(solids.profile, angles, liquid.drop(setting.gravity))
        first = first_touch(setting.stack, solids, names)
        refuse_over(setting.stack, solids, names, land, first[0])
        outline = [p for p in setting.stack.profile if p.region in names]
        if len(outline) == 1 and first[1] is None:
            alone = as_it_froze(land, outline[0], first[0], setting.frozen)
        alone = alone or reach_any(land, *first)
    hung = hanging(stage, setting) if setting.hung else None
    above = hung.equilibrium if hung is not None else None
    if alone is not None and above is not None and not together:
        if meets_metal_alone(solids, stage.package, alone, above):
            return Beside()
    reach = largest_gap(solids, stage.package, alone, above)
    if reach.value == -math.inf:
        raise NoEquilibriumError(
            "no_joint", "under what melts on the package no metal and no solder is exposed"
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
    height = max(TOUCH * reach.value, reach.value - SHALLOW * (reach.value - lowest))
    if above is not None:  # what hangs may be thin
        height = reach.value - (1.0 - TOUCH) * (reach.value - max(lowest, 0.0))
    bridge, held = _held_first(stage, setting, (alone, above), height)
    trail = Trail(alone.path if alone is not None else ())
    for which, met in ((0, alone), (1, None)):
        if met is None:
            why = "the package meets the liquid here" if which else "the package's liquid meets it"
            trail.event("touches", bridge.joint.solids[which], held.stations[which], why)
    ring = ring_met_first(solids, stage.package, alone, above, reach.value)
    return Start(bridge, held, trail, reach, ring)


def _held_first(
    stage: Mounted,
    setting: Setting,
    liquids: tuple[Equilibrium | None, Equilibrium | None],
    height: float,
) -> tuple[Bridge, Held]:
    """The joint between its first lines, where a package has met liquid.

    What parts again as soon as it has met goes on meeting while the package comes further down, to
    what holds it off or to its standoff; one that is drawn up stays off.

    Raises
    ------
    NoEquilibriumError
        "no_joint", where what draws the package up parts it; "not_converged".
    """
    pulled, lowest = _is_drawn(setting, height), max(stage.touch.height, setting.standoff or 0.0)
    for part in FURTHER[:1] if pulled else FURTHER:
        bridge = bridge_at(stage, setting, height + part * (min(lowest, height) - height))
        try:
            return bridge, set_down_on(bridge.joint, *liquids, drawn=pulled)
        except ConvergenceError as error:
            last = error
    if pulled:
        raise _parts_again(setting, height)
    raise NoEquilibriumError("not_converged", UNMET.format(format_length(height))) from last


def _is_drawn(setting: Setting, height: float) -> bool:
    """Whether a package that meets liquid at a height, m, is drawn up from there."""
    if setting.load is not None:
        return setting.load < 0.0
    return setting.standoff is not None and setting.standoff >= height


def _is_drawn_in(setting: Setting, start: Start) -> bool:
    """Whether a joint, where it begins, draws a package down against its pull.

    It comes down from there as one without a pull does.
    """
    if setting.load is None:
        return False
    pull = scaled_load(setting.load, start.bridge.joint.drop)
    return start.held.surface.force_on_body() < pull


def _parts_again(setting: Setting, height: float) -> NoEquilibriumError:
    """That liquid parts under a package which is drawn up from where it meets, m."""
    why = "the fixture draws the package up from there"
    if setting.load is not None:
        why = "it does not draw the package down against its pull"
    return NoEquilibriumError(
        "no_joint",
        f"the solder meets at a standoff of {format_length(height)}, and parts there again: {why}",
    )


def begin_again(stage: Mounted, setting: Setting) -> Start:
    """A joint where it froze, molten again.

    Where no surface spans there, what melts is more than it was solid, and lifts the package until
    its surface spans straight.
    """
    standing = setting.standing
    assert standing is not None
    bridge = bridge_at(stage, setting, standing.standoff)
    package, names = stage.package.stack, [n for n in stage.melted if n not in setting.hung]
    if setting.hung:
        top, _ = first_touch(setting.above.stack, package, setting.hung)
    else:
        top = package.profile.locate(np.array(standing.line))
    froze, *back = _feet(stage, setting, tuple(names))
    length = bridge.joint.drop.length
    feet = [*_spread(stage.solids.profile, froze, length), *back]
    tops = _spread(package.profile, top, length)
    # of a slender column the upper line may have frozen too far out: so far back towards its foot
    over = package.profile.crossings(0, float(stage.solids.profile.point(froze)[0]))
    lines = [*product(feet, tops)]
    lines += [*product(feet, _back(top, over[0]))] if over else []
    for (foot, top), lifts in product(lines, (False, True)):
        try:
            lift = max(0.0, straight(bridge.joint, (foot, top))[0]) if lifts else 0.0
            surface = solve(bridge.joint.guess((foot, top), lift), tolerance=1e-3)
            break
        except ConvergenceError as error:
            missed = error
    else:
        at = format_length(standing.standoff)
        raise NoEquilibriumError("not_converged", UNMET.format(at)) from missed
    held = Held((foot, top), ("free", "free"), surface)
    trail = Trail()
    for which, station in enumerate((foot, top)):
        why = FROZE if which or foot == froze else SPANS
        trail.event("touches", bridge.joint.solids[which], station, why)
    return Start(bridge, held, trail, None)


def _spread(profile: Profile, station: Station, length: float) -> list[Station]:
    """Where a line may begin: where it froze, or on its way out where that is a point."""
    if profile.point(station)[0] < NECK * length:
        return [Station(station.piece, part) for part in SPREAD]
    return [station]


def _feet(stage: Mounted, setting: Setting, names: tuple[str, ...]) -> Iterator[Station]:
    """Where the lower line of a joint may begin that is molten again, in turn.

    Where it froze. With liquid that runs into it from further out (a ring down a post), that may be
    so far out that no surface spans from there: then so far back towards what lies furthest in.
    """
    outmost, _ = first_touch(setting.stack, stage.solids, names)
    inmost = min(first_touch(setting.stack, stage.solids, (name,))[0] for name in names)
    yield outmost
    yield from _back(outmost, inmost)


def _back(outmost: Station, inmost: Station) -> Iterator[Station]:
    """Places on the way back from one to another further in; none where that is not."""
    if inmost < outmost:
        outer, inner = outmost.piece + outmost.u, inmost.piece + inmost.u
        for part in BACK:
            u, piece = math.modf(outer + part * (inner - outer))
            yield Station(int(piece), u)


def meet_again(stage: Mounted, setting: Setting, start: Start, error: ClosedError) -> Start:
    """A joint whose liquid has gone over to one body, where the other one meets it again.

    Where it would meet it right away, or has no rest on that body alone, the package comes down to
    the next height with a joint.

    Parameters
    ----------
    stage : Mounted
    setting : Setting
    start : Start
        Where the joint has begun.
    error : ClosedError
        With which it has ended.

    Raises
    ------
    NoEquilibriumError
        "no_joint" where the package does not come down as far, or is drawn up; ``ClosedError``, the
        same, where there is no joint lower down.
    ConvergenceError
    """
    if error.held is None:
        raise error
    bridge, lets_go = start.bridge, error.end == "top"
    joint, lift = bridge.joint, bridge.lift(error.held.surface)
    if _is_drawn(setting, bridge.height) and not _is_drawn_in(setting, start):
        raise _parts_again(setting, bridge.height + lift)
    lowest = max(stage.touch.height, setting.standoff or 0.0)
    trail = Trail(start.trail.moves)
    solid = joint.solids[1 if lets_go else 0]
    trail.event("closes", solid, solid.profile.start, LETS_GO[lets_go], lift if lets_go else 0.0)
    alone = _left_alone(stage, setting, bridge, error)
    if alone is not None:
        below, above = (alone, None) if lets_go else (None, alone)
        met = meeting(stage.solids, stage.package, below, above)
        if met <= lowest:
            raise NoEquilibriumError(
                "no_joint",
                f"{LETS_GO[lets_go]} at a standoff of {format_length(bridge.height + lift)}, and "
                f"would meet {'the package' if lets_go else 'the stack'} again at "
                f"{format_length(met)} only: the package stays at {format_length(lowest)}",
            )
        if met < bridge.height + lift:
            height = met - (1.0 - TOUCH) * (met - lowest)
            again, held = _held_first(stage, setting, (below, above), height)
            if below is not None:
                trail.moves += below.path
            place = held.stations[1 if lets_go else 0]
            trail.event("touches", again.joint.solids[1 if lets_go else 0], place, AGAIN)
            return start._replace(bridge=again, held=held, trail=trail)
    least = (lowest - bridge.height) / joint.drop.length
    further = max(lift / joint.drop.length - SINK * gap_of(start.held), least)
    held = come_to_rest(joint, lifted(joint, start.held, further), least, trail, parted=True)
    return start._replace(held=held, trail=trail)


def _left_alone(
    stage: Mounted, setting: Setting, bridge: Bridge, error: ClosedError
) -> Equilibrium | None:
    """A joint's liquid at rest on the body that it has gone over to; None where it has no rest."""
    lets_go = error.end == "top"
    profile = stage.solids.profile if lets_go else stage.package.stack.profile
    drop = bridge.joint.drop if lets_go else stage.melt.drop(-setting.gravity)
    land = LineForce(profile, bridge.joint.solids[0 if lets_go else 1].angles, drop)
    try:
        return reach_any(land, error.other)
    except (NoEquilibriumError, ConvergenceError):
        return None


def hanging(stage: Mounted, setting: Setting) -> Liquid:
    """The liquid on a package before it meets anything, in the package's frame.

    Parameters
    ----------
    stage : Mounted
    setting : Setting

    Raises
    ------
    NoEquilibriumError
        Where it has no shape there.
    """
    names = setting.hung
    hung = solve_liquid(
        setting.above.stack,
        stage.package.stack,
        setting.contents,
        setting.temperature,
        -setting.gravity,
        setting.materials,
        names,
    )
    if hung.refusal is not None:
        raise NoEquilibriumError(hung.refusal.reason, f"{in_words(names)}: {hung.refusal.detail}")
    return hung
