"""Hanging liquid that falls: up to which gravity it would hang."""

from __future__ import annotations

from bumpform.errors import BumpformError, ConvergenceError, NoEquilibriumError
from bumpform.geometry.profile import Station
from bumpform.quick import replace
from bumpform.surface.continuation.limit_points import turning_point
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.search.cap_or_ring import reach_any
from bumpform.units.units import format_quantity

#: Part of a gravity to which the largest that a liquid hangs in is halved down; a fold is exact.
HALVED = 1e-3
#: Reasons of a refusal that may mean that hanging liquid falls; others say what happens instead.
FALLING = ("dewets", "no_equilibrium")


def why_it_falls(land: LineForce, start: Station, inner: Station | None) -> str | None:
    """That a hanging liquid falls, in words; None if it does not.

    Its branch ends at less gravity, or it is past its end.

    A drop that touches in a point, or nearly, may fall where one that has spread would hang.
    """
    drop, last = land.drop, _last_to_hang(land, start, inner)
    if last is None:
        return None
    found, low, high = last
    volume = format_quantity(drop.volume, "volume", 6)
    most = f"{-low * drop.gravity:.3g}" if low > 0.0 else f"less than {-high * drop.gravity:.3g}"
    try:
        end = turning_point(found, "gravity", -1.0, leaning=True)
    except BumpformError:
        pass
    else:
        if end is None or end.value < drop.gravity:
            return (
                "where it is put down nothing holds the liquid: it falls, unless it spreads before "
                f"to where {volume} would hang; which of both comes first is not followed"
            )
        if end.is_fold:
            most = f"{-end.value:.9g}"
    hangs = f"{volume} hang here up to a gravity of {most} m/s², not {-drop.gravity:.9g} m/s²"
    detail = f"the liquid falls: {hangs}"
    if len(found.lines) > 1:
        detail = f"as a ring {hangs}: it falls, or it closes over its middle"
    return detail


def _last_to_hang(
    land: LineForce, start: Station, inner: Station | None
) -> tuple[Equilibrium, float, float] | None:
    """The last state that a hanging liquid reaches as gravity grows; None if it reaches none.

    With the parts of its gravity at which it was reached, and a little above, not any more.
    """
    drop, best, low, high = land.drop, None, 0.0, 1.0
    if drop.bond >= 0.0:
        return None
    part = 0.0
    while high - low > HALVED:
        lighter = LineForce(land.profile, land.angles, replace(drop, gravity=part * drop.gravity))
        try:
            best, low = reach_any(lighter, start, inner), part
        except ConvergenceError:
            high = part
        except NoEquilibriumError as error:
            if error.reason not in FALLING:
                return None
            high = part
        if best is None:
            return None
        part = 0.5 * (low + high)
    assert best is not None
    return best, low, high
