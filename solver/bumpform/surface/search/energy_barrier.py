"""The barrier of energy between two rests of a cap, along its contact line's landscape.

With the line held at every place between them, the liquid in equilibrium otherwise, the energy is
highest at an equilibrium that is no minimum, or at a re-entrant edge from which the line is driven
to both sides. A barrier is told only where the whole way is known: a surface at every sampled
place, none of which enters solid or is higher.
"""

from __future__ import annotations

from collections.abc import Sequence

from bumpform.errors import ConvergenceError
from bumpform.geometry.profile import Station
from bumpform.quick import replace
from bumpform.surface.drop.contact import LineAt
from bumpform.surface.drop.equilibrium import Equilibrium, accurate
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.search.alternatives import Alternative
from bumpform.surface.search.chart import Places
from bumpform.surface.search.energy_map import of_caps
from bumpform.surface.search.rests import held_first

#: How far a sampled energy may lie above the crest's, sampled likewise, relative to 2πσL².
SAMPLED = 1e-6


def with_barriers(
    land: LineForce,
    reached: Equilibrium,
    alternatives: Sequence[Alternative],
    released: float | None,
) -> tuple[Alternative, ...]:
    """Alternatives with the barrier between them and the reached cap, where it is known.

    Parameters
    ----------
    land : LineForce
    reached : Equilibrium
    alternatives : sequence of Alternative
        All that there are with one line: those in between are the crests.
    released : float or None, J
        Energy set free since the deposit, of which the barrier's share is told.
    """
    if len(reached.lines) != 1:
        return tuple(alternatives)
    found = []
    for other in alternatives:
        height = None
        if other.upright and len(other.equilibrium.lines) == 1:
            height = _barrier(land, reached, other.equilibrium, alternatives)
        share = height / released if height is not None and released and released > 0.0 else None
        found.append(replace(other, barrier=height, share=share))
    return tuple(found)


def _barrier(
    land: LineForce, reached: Equilibrium, other: Equilibrium, alternatives: Sequence[Alternative]
) -> float | None:
    """Height of the saddle above the reached cap, J."""
    low, high = sorted((reached.station, other.station))
    crests = [
        a.equilibrium
        for a in alternatives
        if len(a.equilibrium.lines) == 1 and low < a.equilibrium.station < high
    ]
    for number in range(low.piece, high.piece):
        inside, outside = land.vertex(number)
        edge = Station(number, 1.0)
        if inside < 0.0 < outside and low < edge < high:
            try:
                line = LineAt(land.solid, edge, "pinned")
                crests.append(accurate(held_first(land, edge), (line,), land.drop))
            except ConvergenceError:
                return None
    if not crests:
        return None
    top = max(e.values["energy_J"] for e in crests) - reached.values["energy_J"]
    way = [e.station for e in crests]
    way += [
        Station(piece, float(u))
        for piece in range(low.piece, high.piece + 1)
        for u in land.grid(piece).u
        if low < (piece, u) < high
    ]
    sampled = of_caps(land, Places(land.solid, tuple(way)), reached)
    least = sampled.energy[: len(crests)].max() + SAMPLED * land.drop.energy_unit
    return top if sampled.clear.all() and sampled.energy.max() < least else None
