"""A package that lies flat on what is solid, with liquid inside and outside of where it does."""

from __future__ import annotations

import math
from itertools import product

from bumpform.errors import NoEquilibriumError
from bumpform.geometry.profile import Profile
from bumpform.process.mounts.mounted import Mounted
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.units.units import format_length

__all__ = ["refuse_flat"]

#: Relative difference up to which heights are the same: rounding of places.
SAME = 1e-9


def refuse_flat(stage: Mounted, found: Equilibrium) -> None:
    """Refuse a joint that two level faces part which meet between its axis and its lines.

    Parameters
    ----------
    stage : Mounted
    found : Equilibrium
        A joint of it.

    Raises
    ------
    NoEquilibriumError
        "collapsed"
    """
    standoff = found.values["standoff_m"]
    if standoff > stage.touch.height * (1.0 + SAME):
        return
    line = min(found.values["outer.r_m"], found.values["top.r_m"])
    low, high = _levels(stage.solids.profile), _levels(stage.package.at(standoff).profile)
    for (low_r, low_end, z, face), (high_r, high_end, there, _) in product(low, high):
        inner, outer = max(low_r, high_r), min(low_end, high_end)
        if 0.0 < inner < min(outer, line) and abs(z - there) < SAME * outer:
            raise NoEquilibriumError(
                "collapsed",
                f"the package comes down flat on the {face}, from r = {format_length(inner)} "
                "outwards: it presses all liquid out from there, and parts what is inside from "
                "what is outside. Give less load, or more solder",
            )


def _levels(profile: Profile) -> list[tuple[float, float, float, str]]:
    """Level faces of a profile: where they begin and end, their height, m, and what they are.

    Faces that go on at one height (a pad let into its base) are one.
    """
    found: list[tuple[float, float, float, str]] = []
    for piece in profile.pieces:
        (r0, z0), (r1, z1) = piece.point(0.0).tolist(), piece.point(1.0).tolist()
        if not (piece.is_straight and math.isclose(z0, z1, abs_tol=SAME * abs(r1 - r0))):
            continue
        inner, outer, name = min(r0, r1), max(r0, r1), piece.feature
        if found and found[-1][1] == inner and abs(found[-1][2] - z0) < SAME * outer:
            inner, name = found[-1][0], found.pop()[3]
        found.append((inner, outer, z0, name))
    return found
