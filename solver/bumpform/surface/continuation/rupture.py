"""Where liquid parts that a fixture draws up: the fold of its states over the height.

At a fixed height the joint is a minimum of energy up to the fold, where the lowest eigenvalue of
the symmetric modes vanishes. Past it Newton's method finds a saddle, another branch, or nothing.
"""

from __future__ import annotations

from typing import Final

from bumpform.errors import BumpformError
from bumpform.surface.drop.stability import analyse
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import settle_at_rest
from bumpform.surface.joints.loaded_body import SINK, come_to_rest, gap_of, lift_of, lifted

__all__ = ["parting_lift"]

#: Accuracy of the fold, relative to the first height.
NEAR: Final = 1e-7


def parting_lift(joint: Joint, held: Held, goal: float) -> float | None:
    """The largest lift of a body up to which the liquid under it holds together.

    Parameters
    ----------
    joint : Joint
    held : Held
        Lines held where the body has just touched the liquid.
    goal : float
        Scaled lift to which the body is drawn.

    Returns
    -------
    float or None
        Scaled; None where the liquid holds together up to the goal, or already does not where
        the body has touched it.
    """
    try:
        here = _minimum(joint, come_to_rest(joint, held, lift_of(held)))
    except BumpformError:
        return None
    if here is None:
        return None
    least, stride, parts, passed = NEAR * gap_of(here), SINK * gap_of(here), False, 0
    while lift_of(here) < goal:
        try:
            there = _minimum(joint, lifted(joint, here, min(lift_of(here) + stride, goal)))
        except BumpformError:
            there = None
        if there is not None:
            here, passed = there, passed + 1
            if not parts:  # on a tall post it may begin next to nothing high
                stride = max(stride, SINK * gap_of(here))
            elif passed > 1:  # it is past the height that failed, which was no fold
                stride = min(2.0 * stride, SINK * gap_of(here))
        elif stride < least:
            return lift_of(here)
        else:
            stride, parts, passed = 0.5 * stride, True, 0
    return None


def _minimum(joint: Joint, held: Held) -> Held | None:
    """Lines at rest where the body is, solved at once; None where that is no minimum."""
    surface, lines = settle_at_rest(joint, held)
    if not analyse(surface, (0,)).upright:
        return None
    first, last = lines
    return Held((first.station, last.station), (first.state, last.state), surface)
