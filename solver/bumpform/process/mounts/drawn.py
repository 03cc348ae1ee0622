"""What a fixture draws up to its standoff: the joint there, or that its liquid parts on the way."""

from __future__ import annotations

from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.process.mounts.first_contact import Apart, Start
from bumpform.process.mounts.mounted import Setting
from bumpform.process.reflows.reflow import Refusal
from bumpform.surface.continuation.rupture import drawn_up, parting_lift
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.joints.loaded_body import parts

__all__ = ["drawn", "parted"]

#: What the search for a joint may end in past the height at which its liquid parts.
_PAST_FOLD = ("no_joint", "no_equilibrium", "not_converged", "unstable")


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
