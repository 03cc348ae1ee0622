"""A stage's liquids cooled to the solid that they become, where what freezes shrinks."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import Final

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.geometry.profile import Profile
from bumpform.materials.materials import Materials
from bumpform.process.mounts.capillary_bridge import MAX_TOUCHES, Bridge
from bumpform.process.mounts.mounted import Mounted, scaled_load, support
from bumpform.process.reflows.coalescence import coalesce
from bumpform.process.reflows.reflow import Liquid, Refusal, Stage
from bumpform.process.reflows.shrinking import (
    Frozen,
    as_guess,
    at_its_solidus,
    cooled,
    refuse_entering,
    solid_volume,
    taken,
)
from bumpform.quick import replace
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.newton import solve, stiffness
from bumpform.surface.drop.path import Trail
from bumpform.surface.joints.joint import NEAR, Held, Joint
from bumpform.surface.joints.joint_equilibrium import settle
from bumpform.surface.joints.loaded_body import lifted
from bumpform.units.units import format_quantity

__all__ = ["shrunk"]

#: Up to this part of the standoff a gap at a contact line is none.
SHUT: Final = 1e-9


def shrunk[S: Stage | Mounted](stage: S, peak: float, materials: Materials) -> S:
    """A stage with all of its liquids frozen; one that is refused as it is.

    Parameters
    ----------
    stage : Stage or Mounted
    peak : float, K
    materials : Materials

    Returns
    -------
    Stage or Mounted
        Refused ("freezing") where a liquid has no rest at its solidus, or no solid of its mass
        has its edge where the liquid's was.

    Raises
    ------
    CaseError
        If a solidus or a solid's density is not known.
    """
    if stage.refusal is not None:
        return stage
    joint = isinstance(stage, Mounted) and stage.gap is None
    bodies = tuple(_frozen(body, _alone, peak, materials) for body in stage.bodies)
    stage = replace(_frozen(stage, _joint if joint else _alone, peak, materials), bodies=bodies)
    every: tuple[Liquid | Mounted, ...] = (stage, *bodies)
    if isinstance(stage, Mounted) and stage.hung is not None:
        hung = _frozen(stage.hung, _alone, peak, materials)
        stage, every = replace(stage, hung=hung), (*every, hung)
    refusal = next((q.refusal for q in every if q.refusal is not None), None)
    return replace(stage, refusal=refusal or _met(stage))


def _frozen[L: Liquid | Mounted](
    liquid: L,
    way: Callable[[Liquid | Mounted, Equilibrium, float, Materials], Frozen],
    peak: float,
    materials: Materials,
) -> L:
    """One liquid frozen, or refused; one that has no shape of its own as it is."""
    found = liquid.equilibrium
    if found is None:
        return liquid
    try:
        return replace(liquid, frozen=way(liquid, found, peak, materials))
    except (NoEquilibriumError, ConvergenceError) as error:
        detail = error.detail if isinstance(error, NoEquilibriumError) else str(error)
        at = format_quantity(at_its_solidus(liquid.melt, peak, materials)[0], "temperature")
        words = f"as it cools and freezes at {at}: {detail}"
        return replace(liquid, refusal=Refusal("freezing", words))


def _met(stage: Stage | Mounted) -> Refusal | None:
    """That two liquids run into each other as they cool, if two do."""
    every = [q.frozen.rest for q in (stage, *stage.bodies) if q.frozen is not None]
    if any(coalesce(one, other) for one, other in combinations(every, 2)):
        return Refusal("freezing", "as they cool to where they freeze, two bodies of liquid meet")
    return None


def _alone(
    liquid: Liquid | Mounted, found: Equilibrium, peak: float, materials: Materials
) -> Frozen:
    return cooled(found, liquid.melt, peak, materials)


def _joint(
    stage: Liquid | Mounted, found: Equilibrium, peak: float, materials: Materials
) -> Frozen:
    """A joint at rest at its solidus, and frozen under the package's load, or where that is."""
    assert isinstance(stage, Mounted)
    solidus, cool = at_its_solidus(stage.melt, peak, materials)
    drop = cool.drop(found.drop.gravity)
    below, above = (
        replace(s, angles=tuple(cool.contact_angle(p.material, materials) for p in s.profile))
        for s in (line.solid for line in found.lines)
    )
    assert found.surface.end is not None
    height = found.values["standoff_m"] - found.surface.end.lift * found.drop.length
    bridge = Bridge(Joint(drop, (below, above)), stage.package, height)
    load = stage.load if stage.held_by == "liquid" else None
    lowest, lying = stage.touch.height, stage.package.at(stage.touch.height).profile
    if load is not None:
        _refuse_closed(found, drop.volume, below.profile, lying, lowest)
    held = _near(bridge.joint, found, None if load is None else scaled_load(load, drop))
    rest, held_by = _rest(bridge, held, stage)
    volume, mass = solid_volume(stage.melt, materials), stage.melt.mass
    if held_by == "liquid":
        _refuse_closed(rest, volume, below.profile, lying, lowest)
    shape = taken(rest, volume, mass, load=stage.load if held_by == "liquid" else None)
    if held_by == "liquid" and shape.values["standoff_m"] < lowest:
        held_by = _carrier(stage)
        shape = taken(rest, volume, mass, standoff=lowest)
    upper = stage.package.at(shape.values["standoff_m"]).profile
    refuse_entering(shape, below.profile, upper)
    return Frozen(solidus, volume, mass / volume, rest, shape, held_by)


def _refuse_closed(
    rest: Equilibrium, volume: float, below: Profile, above: Profile, lowest: float
) -> None:
    """Refuse a joint that shrinks by more than the film through which its lines are apart.

    Parameters
    ----------
    rest : Equilibrium
        Before it cools, or before it freezes.
    volume : float, m³
        Of the liquid at its solidus, or of the solid.
    below, above : Profile
        The package's where it lies on solid.
    lowest : float, m
        Its standoff there.

    Raises
    ------
    NoEquilibriumError
        Where package and stack touch at a contact line, and the film between them holds less than
        what is lost: between faces that touch there is no room for the surface of what froze.
    """
    outer, inner = (line.station for line in rest.lines)
    sunk = rest.values["standoff_m"] - lowest
    for station, own, other in ((outer, below, above), (inner, above, below)):
        place = own.point(station)
        met = other.locate(place)
        film = math.pi * float(place[0]) ** 2 * sunk
        touch = math.dist(place, other.point(met)) <= SHUT * lowest
        if touch and rest.drop.volume - volume > film:
            faces = f"{other.pieces[met.piece].feature} and {own.pieces[station.piece].feature}"
            raise NoEquilibriumError(
                "collapsed",
                f"the solder shrinks until {faces} touch at its contact line, and leave it no "
                "surface there",
            )


def _near(joint: Joint, found: Equilibrium, load: float | None) -> Held:
    """A joint of another temperature near to one at rest: its lines and load as they were.

    With the lines held where all at once finds nothing.

    Raises
    ------
    ConvergenceError
    """
    first, last = found.lines
    guess = as_guess(found, joint.drop)
    held = Held((first.station, last.station), (first.state, last.state), guess)
    try:
        surface, lines = settle(joint, held, load)
    except ConvergenceError:
        lines = ()
    if not lines or not all(0.0 <= line.station.u <= 1.0 for line in lines):
        return replace(held, surface=solve(guess, tolerance=NEAR))
    return replace(held, stations=(lines[0].station, lines[1].station), surface=surface)


def _carrier(stage: Mounted) -> str:
    """What solid holds a package off what lies round the bump.

    Raises
    ------
    NoEquilibriumError
        If nothing does.
    """
    carrier = support(stage)
    if carrier is None:
        raise NoEquilibriumError(
            "collapsed", "the solder shrinks until the package lies on what surrounds the bump"
        )
    return carrier


def _rest(bridge: Bridge, held: Held, stage: Mounted) -> tuple[Equilibrium, str]:
    """The joint at rest from where it was at the peak, and what holds the package."""
    joint, lowest = bridge.joint, stage.touch.height
    if stage.held_by == "fixture":
        return bridge.held_still(held, Trail()), "fixture"
    assert stage.load is not None
    if stage.held_by != "liquid":
        sits = bridge.held_still(held, Trail())
        if sits.values["joint_force_N"] <= stage.load:
            return sits, stage.held_by
    floats = _floating(bridge, held, scaled_load(stage.load, joint.drop))
    if floats.values["standoff_m"] >= lowest:
        return floats, "liquid"
    carrier, lift = _carrier(stage), (lowest - bridge.height) / joint.drop.length
    return bridge.held_still(lifted(joint, held, lift), Trail()), carrier


def _floating(bridge: Bridge, held: Held, load: float) -> Equilibrium:
    """The joint that carries a load, from lines near to rest."""
    trail = Trail()
    for _ in range(MAX_TOUCHES):
        found = bridge.reached(held, trail, load)
        if isinstance(found, Equilibrium):
            if not stiffness(found.surface) > 0.0:
                raise NoEquilibriumError("unstable", "the package comes off or sinks")
            return found
        held = found
    raise bridge.endless(held)
