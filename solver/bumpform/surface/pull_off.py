r"""The largest pull that a joint bears: the fold of its force over its height.

Drawn up with its lines at rest, the liquid pulls the body with P(h). The largest P, where

.. math:: \frac{dP}{dh} = 0 ,

is what the joint bears: under more, nothing holds the body at any height.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from bumpform.errors import BumpformError
from bumpform.stack.profile import Station
from bumpform.stack.root import find_root
from bumpform.surface.contact import LineAt
from bumpform.surface.equilibrium import FIRST_ELEMENTS, Equilibrium, lines_at
from bumpform.surface.floating import height_of, heights, lift_of, lifted, stiffness
from bumpform.surface.interval import interval
from bumpform.surface.joint import Held, Joint
from bumpform.surface.measured import Measured
from bumpform.surface.meridian import Surface, solve
from bumpform.surface.settling import settle_at_rest

#: Surfaces with held lines that are solved for a largest pull before the search is given up: many
#: where the lines leave edges and slide, a few dozen where they stay.
MOST_HELD = 1200
#: Accuracy of the height on the first mesh, relative to it; and how often it is corrected on a
#: finer one.
NEAR, CORRECTIONS = 1e-7, 6
#: Least error of a pull and of its height, relative to the drop's σL and L: round-off, where the
#: force hardly changes with the height.
ROUND_OFF = (1e-12, 1e-10)


class PullOff(NamedTuple):
    """The largest pull, and where the body is then.

    Attributes
    ----------
    pull : Measured
        N; of the liquid on the body, downwards.
    standoff : Measured
        m
    """

    pull: Measured
    standoff: Measured


class SpentError(BumpformError):
    """More surfaces have been solved than a search may."""


@dataclass(frozen=True, eq=False)
class SparingJoint(Joint):
    """Liquid between two lines that is held only so many times.

    Attributes
    ----------
    done : list of int
        One number: how often it has been.
    """

    done: list[int] = field(default_factory=lambda: [0])

    def hold(self, stations: tuple[Station, Station], near: Surface) -> Surface:
        """As of any joint.

        Raises
        ------
        ConvergenceError
        SpentError
        """
        self.done[0] += 1
        if self.done[0] > MOST_HELD:
            raise SpentError("the search for the largest pull is too long")
        return super().hold(stations, near)


def pull_off(found: Equilibrium) -> PullOff | None:
    """The largest pull that a joint bears from where it is on upwards.

    Where it pulls more further down already, from there.

    Parameters
    ----------
    found : Equilibrium
        Of a joint with a body above.

    Returns
    -------
    PullOff or None
        None where the pull is largest at an end of what could be followed, or the search for it
        is too long.
    """
    joint = SparingJoint(found.drop, (found.lines[0].solid, found.lines[1].solid))
    try:
        return peak(joint, heights(joint, _first(joint, found)))
    except BumpformError:
        return None


def peak(joint: Joint, way: list[tuple[Held, float]]) -> PullOff | None:
    """The largest pull of those on a way up (``heights``), and between them."""
    best = max(range(len(way)), key=lambda i: way[i][1])
    if not 0 < best < len(way) - 1:
        return None
    (low, _), (held, _), (high, _) = way[best - 1 : best + 2]
    reach = NEAR * height_of(held)
    try:
        at = find_root(
            lambda lift: _rate(joint, held, lift), lift_of(low), lift_of(high), tolerance=reach
        )
        surface, lines = settle_at_rest(joint, _put(joint, held, at))
        coarse, fine = (_exact(s, reach) for s in (surface.refined(), surface.refined().refined()))
    except (BumpformError, ValueError):
        return None
    if not all(line.holds(fine) for line in lines_at(lines, fine)):
        return None
    return _measured(joint, lines, coarse, fine)


def _measured(joint: Joint, lines: tuple[LineAt, ...], coarse: Surface, fine: Surface) -> PullOff:
    """The pull of the finer of two surfaces; what they differ by is the error."""
    length = joint.drop.length
    unit = 2.0 * math.pi * joint.drop.surface_tension * length
    reference = lines[1].solid.reference
    (pull, lift), (other, below) = (
        (-s.force_on_body(), s.end.lift) for s in (fine, coarse) if s.end is not None
    )
    return PullOff(
        unit * Measured(pull, abs(pull - other) + ROUND_OFF[0]),
        Measured(reference + length * lift, length * (abs(lift - below) + ROUND_OFF[1])),
    )


def _first(joint: Joint, found: Equilibrium) -> Held:
    """An equilibrium's lines, held, on the first mesh."""
    near = found.surface
    x = near.mesh.curve(near.x).point(interval(FIRST_ELEMENTS).xi * near.elements)
    first, last = found.lines
    stations, states = (first.station, last.station), (first.state, last.state)
    return Held(stations, states, joint.hold(stations, replace(near, x=x)))


def _rate(joint: Joint, held: Held, lift: float) -> float:
    """dP/dh at a lift, the lines at rest."""
    surface, _ = settle_at_rest(joint, _put(joint, held, lift))
    return stiffness(surface)


def _put(joint: Joint, held: Held, lift: float) -> Held:
    return lifted(joint, held, lift) if lift != lift_of(held) else held


def _exact(surface: Surface, reach: float) -> Surface:
    """The surface at the fold next to one, by the secant method on its mesh."""

    def at(lift: float, near: Surface) -> Surface:
        assert near.end is not None
        x = near.x.copy()
        x[:, 1] += near.mesh.xi * (lift - near.end.lift)
        return solve(replace(near, x=x, end=replace(near.end, lift=lift)))

    assert surface.end is not None
    a = surface.end.lift
    surface = at(a, surface)
    b, before = a + 100.0 * reach, stiffness(surface)
    for _ in range(CORRECTIONS):
        surface = at(b, surface)
        now = stiffness(surface)
        if now == before:
            break
        a, b, before = b, b - now * (b - a) / (now - before), now
        if abs(b - a) < 0.1 * ROUND_OFF[1]:
            break
    return surface
