"""A pull that a joint does not bear: that the body comes off, with the largest that it does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NoReturn

from bumpform.errors import BumpformError, ConvergenceError, NoEquilibriumError
from bumpform.surface.continuation.pull_off import peak
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.loaded_body import brought_to, heights, lift_of, pull_of
from bumpform.surface.joints.sparing_joint import SparingJoint, SpentError
from bumpform.units.units import format_quantity

#: Times the largest pull at the heights looked at from which on there is none in between, and into
#: how many parts what is between these is parted beside the largest.
FAR_OFF, BESIDE = 1.05, 8
#: Digits of a force on the first mesh, lines nearly at rest.
SAMPLED = 6


def refuse_pull(
    joint: SparingJoint,
    way: list[tuple[Held, float]],
    load: float,
    lowest: float,
    error: BumpformError,
) -> NoReturn:
    """Refuse a pull that is larger than the largest on a way up; else raise what came of it.

    Parameters
    ----------
    joint : SparingJoint
    way : list of (Held, float)
        Joints at rest and their pulls, from below (``heights``).
    load : float
        Force/2πσL on the body, negative.
    lowest : float
        Scaled lift at which the body sits on what is solid.
    error : BumpformError
        That nothing holds the body, or why it is not known.

    Raises
    ------
    NoEquilibriumError
        "no_equilibrium" with the largest pull, where the load is larger.
    BumpformError
        ``error`` where it is not.
    """
    pull, highest = -load * joint.drop.force_unit, max(pull for _, pull in way)
    largest = peak(joint, way, lowest)
    if largest is None and highest != way[0][1]:
        try:
            highest = max([highest, *_pulls_beside_highest(joint, way)])
        except SpentError:
            raise error from None
    most = highest * joint.drop.force_unit
    if largest is not None or highest == way[0][1]:  # else it pulls less, the higher it is
        most = most if largest is None else largest.pull.value
        if pull <= most:
            raise error
        digits = SAMPLED if largest is None else 9
        held_most = f"the largest that the liquid holds is {format_quantity(most, 'force', digits)}"
    elif -load > FAR_OFF * highest:  # a line lets go on the way
        held_most = "where the liquid has been looked at on the way up it holds "
        held_most += f"{format_quantity(most, 'force', 3)} at the most"
    else:
        raise error
    raise NoEquilibriumError(
        "no_equilibrium",
        f"the upper body comes off under a pull of {format_quantity(pull, 'force', 9)}: "
        f"{held_most}",
    ) from error


def refuse_held(
    joint: Joint, held: Held, load: float, lowest: float, error: ConvergenceError
) -> NoReturn:
    """The same of a body that the first mesh alone holds: next to the largest pull it holds more.

    Parameters
    ----------
    joint : Joint
    held : Held
        Lines at rest on that mesh.
    load, lowest, error
        As of ``refuse_pull``.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
        As ``refuse_pull``.
    """
    sparing = SparingJoint(joint.drop, joint.solids)
    try:
        way = heights(sparing, held, lowest)
    except (SpentError, ConvergenceError, NoEquilibriumError):
        raise error from None
    refuse_pull(sparing, way, load, lowest, error)


def _pulls_beside_highest(joint: Joint, way: list[tuple[Held, float]]) -> Iterator[float]:
    """Pulls at heights between that of the largest pull and those before and after it."""
    at = max(range(len(way)), key=lambda i: way[i][1])
    for low, high in pairwise(way[max(at - 1, 0) : at + 2]):
        held, start, end = low[0], lift_of(low[0]), lift_of(high[0])
        for part in range(1, BESIDE):
            try:
                held = brought_to(joint, held, start + part / BESIDE * (end - start))
            except (ConvergenceError, NoEquilibriumError):
                break
            yield pull_of(held)
