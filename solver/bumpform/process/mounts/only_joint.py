"""What is known where a search by turns comes to no joint: the only one, or that liquid parts."""

from __future__ import annotations

import math

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.process.mounts.capillary_bridge import empty_corner
from bumpform.process.mounts.first_contact import Apart, Start, bridge_at
from bumpform.process.mounts.flat_contact import full_room
from bumpform.process.mounts.mounted import Mounted, Setting, scaled_load, support
from bumpform.process.reflows.reflow import Refusal
from bumpform.surface.continuation.rupture import drawn_up, parting_lift
from bumpform.surface.drop.corner import Corner, UnfilledCornerError
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.newton import stiffness
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.drop.stability import analyse
from bumpform.surface.joints.loaded_body import parts
from bumpform.surface.search.alternatives import Admits, joints
from bumpform.surface.search.films import films
from bumpform.units.units import format_length

__all__ = ["admits_joint", "drawn", "film_over_room", "no_way", "only_joint", "parted"]

#: Parts of a package's way down at which the only joint that floats it is looked for.
GUESSES = (0.5, 0.1)
#: What the search for a joint may end in past the height at which its liquid parts.
_PAST_FOLD = ("no_joint", "no_equilibrium", "not_converged", "unstable")
#: Part of the room under a package up to which what is more than it holds is a film over it.
FILM = 1e-2


def film_over_room(
    stage: Mounted, setting: Setting, start: Start
) -> tuple[Equilibrium, str] | None:
    """The joint of a package that floats on a film over a room which its liquid fills; or None.

    The film draws the package down where it is thicker, and presses it up where it is thinner, by
    so much within a hair's breadth that no step finds it.
    """
    if setting.load is None or setting.load < 0.0:
        return None
    room = full_room(stage)
    film = stage.melt.volume - room.volume
    if not 0.0 < film <= FILM * room.volume:
        return None
    height = stage.touch.height + film / (math.pi * room.radius**2)
    joint, admits = bridge_at(stage, setting, height).joint, admits_joint(stage, "liquid")
    load = scaled_load(setting.load, joint.drop)

    def stays(found: Equilibrium) -> bool:
        return _rests(found, load) and admits(found)

    found = films(joint, [], stays, load)
    return (found[0].reached(start.trail), "liquid") if len(found) == 1 else None


def only_joint(stage: Mounted, setting: Setting, start: Start) -> tuple[Equilibrium, str] | None:
    """The one joint at rest, and what holds the package; None if there is none, or more than one.

    What goes downhill comes to it wherever it goes, if it comes to any: its way need not be known.
    A package that is drawn up may come off instead.

    Raises
    ------
    UnfilledCornerError
        Where every joint at rest covers a corner that the liquid does not fill.
    """
    load, lowest, above = stage.load, stage.touch.height, start.bridge.height
    floats: float | None = None
    ways: list[tuple[float, str]] = []
    if setting.standoff is not None:
        ways.append((setting.standoff, "fixture"))
    elif load is not None and load >= 0.0:
        floats = scaled_load(load, start.bridge.joint.drop)
        ways += [(lowest + part * (above - lowest), "liquid") for part in GUESSES]
        carrier = support(stage)
        ways += [] if carrier is None else [(lowest, carrier)]
    stable: list[tuple[Equilibrium, str]] = []
    empty: list[Corner] = []

    def staying(held_by: str, carried: float | None) -> Admits:
        admits = admits_joint(stage, held_by)

        def stays(found: Equilibrium) -> bool:
            rests = _rests(found, carried)
            place = empty_corner(found)
            if rests and place is not None:
                empty.append(place[1])
            return rests and admits(found)

        return stays

    for height, held_by in ways:
        joint = bridge_at(stage, setting, height).joint
        carried = floats if held_by == "liquid" else None
        known = [found for found, by in stable if by == held_by]
        found = joints(joint, known, staying(held_by, carried), carried, 0.0)
        stable += [(one, held_by) for one in found]
    if floats is not None:  # a film's height is its own
        known = [found for found, by in stable if by == "liquid"]
        thin = films(start.bridge.joint, known, staying("liquid", floats), floats)
        stable += [(one, "liquid") for one in thin]
    if not stable and empty:
        raise UnfilledCornerError(empty[0])
    if len(stable) != 1:
        return None
    only, held_by = stable[0]
    return only.reached(start.trail), held_by


def no_way(start: Start | Apart | None, setting: Setting, error: ConvergenceError) -> Refusal:
    """That no way to a joint is found, in words that tell where it begins and leads."""
    if not isinstance(start, Start):
        return Refusal("not_converged", str(error))
    begins = "the package meets the liquid" if setting.standing is None else "the joint melts"
    leads, change = "to where the liquid carries the package", "load"
    if setting.standoff is not None:
        leads, change = f"to the fixture's, {format_length(setting.standoff)}", "standoff"
    return Refusal(
        "not_converged",
        f"{begins} at a standoff of {format_length(start.bridge.height)}; on the way from there "
        f"{leads}, no surface is found between its contact lines any further ({error.reason}), so "
        "that it is not known where it comes to rest. Give a little more or less solder, or "
        f"another {change}",
    )


def drawn(
    setting: Setting, start: Start, error: NoEquilibriumError | ConvergenceError
) -> Equilibrium | None:
    """The joint at a fixture's standoff next to its fold, which a coarse mesh misses; or None."""
    past = not isinstance(error, NoEquilibriumError) or error.reason in _PAST_FOLD
    if setting.standoff is None or not past:
        return None
    bridge = start.bridge
    goal = (setting.standoff - bridge.height) / bridge.joint.drop.length
    held = drawn_up(bridge.joint, start.held, goal)
    if held is None:
        return None
    try:
        return bridge.held_still(held, start.trail)
    except (ConvergenceError, NoEquilibriumError):
        return None


def parted(start: Start | Apart | None, setting: Setting, refusal: Refusal) -> Refusal | None:
    """That liquid parts which a fixture draws to its standoff; None where it does not.

    Past its fold the search for the joint may end in one way or another.
    """
    if setting.standoff is None or not isinstance(start, Start) or refusal.reason not in _PAST_FOLD:
        return None
    joint = start.bridge.joint
    goal = (setting.standoff - start.bridge.height) / joint.drop.length
    lift = parting_lift(joint, start.held, goal)
    return None if lift is None else Refusal("no_joint", parts(joint, lift, goal))


def _rests(found: Equilibrium, floats: float | None) -> bool:
    """Whether a joint is a minimum of energy; of a package that floats on it, at its height too."""
    at_height = floats is None or stiffness(found.surface) > 0.0
    return at_height and analyse(found.surface).upright


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
        if any(line.is_mirrored(found.surface) for line in found.lines):
            return False
        if empty_corner(found) is not None:
            return False
        below, above = stage.solids.profile, stage.package.at(standoff).profile
        return find_penetration(found.curve, below, above, between=True) is None

    return admits
