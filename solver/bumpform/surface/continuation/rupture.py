"""Where liquid parts that a fixture draws up: the fold of its states over the height.

At a fixed height the joint is a minimum of energy up to the fold, where the lowest eigenvalue of
the symmetric modes vanishes. Past it Newton's method finds a saddle, another branch, or nothing.
The fold of a coarse mesh is off by more than what the joint is known to, so it is followed on ever
finer ones.
"""

from __future__ import annotations

from typing import Final

from bumpform.errors import BumpformError
from bumpform.quick import replace
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.stability import analyse
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import settle_at_rest
from bumpform.surface.joints.loaded_body import SINK, come_to_rest, gap_of, lift_of, lifted

__all__ = ["drawn_up", "parting_lift"]

#: Accuracy of the fold, relative to the first height.
NEAR: Final = 1e-7
#: Elements that tell it to that.
FINE: Final = 64


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
    last = _last(joint, held, goal)
    return None if last is None or lift_of(last) >= goal else lift_of(last)


def drawn_up(joint: Joint, held: Held, goal: float) -> Held | None:
    """Lines at rest under a body that is drawn to a goal, on a mesh that tells its fold.

    Parameters
    ----------
    joint, held, goal
        As ``parting_lift``.

    Returns
    -------
    Held or None
        None where the liquid parts on the way, or the body is not drawn up at all.
    """
    last = _last(joint, held, goal) if lift_of(held) < goal else None
    return last if last is not None and lift_of(last) >= goal else None


def _last(joint: Joint, held: Held, goal: float) -> Held | None:
    """The last minimum of energy up to a goal; None where there is none at the first height."""
    try:
        here = _minimum(joint, come_to_rest(joint, held, lift_of(held)))
    except BumpformError:
        return None
    if here is None:
        return None
    least = NEAR * gap_of(here)
    while True:
        way = _followed(joint, here, goal, least)
        finer = _finer(joint, way) if here.surface.elements < FINE else None
        if finer is None:
            return way[-1]
        here = finer


def _followed(joint: Joint, here: Held, goal: float, least: float) -> list[Held]:
    """Minima from one on up to a goal, or as near to the fold as a least stride."""
    way, stride, parts, passed = [here], SINK * gap_of(here), False, 0
    while lift_of(here) < goal:
        try:
            there = _minimum(joint, lifted(joint, here, min(lift_of(here) + stride, goal)))
        except BumpformError:
            there = None
        if there is not None:
            here, passed = there, passed + 1
            way.append(here)
            if not parts:  # on a tall post it may begin next to nothing high
                stride = max(stride, SINK * gap_of(here))
            elif passed > 1:  # it is past the height that failed, which was no fold
                stride = min(2.0 * stride, SINK * gap_of(here))
        elif stride < least:
            break
        else:
            stride, parts, passed = 0.5 * stride, True, 0
    return way


def _finer(joint: Joint, way: list[Held]) -> Held | None:
    """The last one of minima that is one on a mesh twice as fine, too; None where none is."""
    for held in reversed(way):
        try:
            found = _minimum(joint, replace(held, surface=held.surface.refined()))
        except BumpformError:
            continue
        if found is not None:
            return found
    return None


def _minimum(joint: Joint, held: Held) -> Held | None:
    """Lines at rest where the body is, solved at once; None where that is no minimum.

    To the end: just past a fold a surface is all but one.
    """
    surface, lines = settle_at_rest(joint, held)
    surface = solve(surface)
    if not analyse(surface, (0,)).upright:
        return None
    first, last = lines
    return Held((first.station, last.station), (first.state, last.state), surface)
