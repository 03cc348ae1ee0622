"""All equilibria of a solved stage, and the landscape of energy that they lie in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from bumpform.process.mounts.mounted import Mounted, scaled_load, support
from bumpform.process.mounts.only_joint import admits_joint
from bumpform.process.reflows.reflow import Stage
from bumpform.surface.drop.contact import NECK, Solid
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.joints.joint import Joint
from bumpform.surface.search.alternatives import Alternative, joints, ring_of, rings, with_stability
from bumpform.surface.search.chart import Places, sample
from bumpform.surface.search.energy_barrier import with_barriers
from bumpform.surface.search.energy_map import EnergyMap, of_caps, of_pairs
from bumpform.surface.search.rests import others as other_caps

#: Places of a line in a picture: where there is one line, and where there are two.
ALONE, PAIRED = 160, 32
#: Rises of a floating body that are tried, relative to its standoff: a pulled joint balances
#: its load at two heights.
HEIGHTS = (0.0, -0.3, 0.4)
#: Part of what is of interest that is shown beyond it, inwards and outwards.
ROOM = 0.35


@dataclass(frozen=True, eq=False)
class Explored:
    """A stage's equilibria: the reached one, all others, and the energy between them.

    Attributes
    ----------
    name : str
        Of the stage.
    reached : Equilibrium
    upright : bool
        Whether the reached one is a minimum of all axisymmetric shapes.
    alternatives : tuple of Alternative
    maps : tuple of EnergyMap
        Of caps, where any are possible; of rings, where any equilibrium is one; of joints at
        the reached standoff.
    load : float, N
        Of an upper body: its energy load·standoff counts.
    """

    name: str
    reached: Equilibrium
    upright: bool
    alternatives: tuple[Alternative, ...]
    maps: tuple[EnergyMap, ...]
    load: float = 0.0

    def shown(self, lines: int) -> Iterator[Alternative]:
        """Alternatives on the map of so many lines: joints at the reached standoff only."""
        for other in self.alternatives:
            if len(other.equilibrium.lines) == lines and (
                "standoff_m" not in other.equilibrium.values
                or same_height(other.equilibrium, self.reached)
            ):
                yield other

    def above(self, other: Equilibrium) -> float:
        """Energy of an equilibrium above the reached one, J, with that of the load."""
        values, reached = other.values, self.reached.values
        rise = values.get("standoff_m", 0.0) - reached.get("standoff_m", 0.0)
        return values["energy_J"] - reached["energy_J"] + self.load * rise


def explore(stage: Stage | Mounted, name: str) -> Explored | None:
    """Search all of the solid for equilibria of a stage; None where it has no solved one.

    Parameters
    ----------
    stage : Stage or Mounted
    name : str
        Of the stage.
    """
    if stage.equilibrium is None or stage.stability is None:
        return None
    if isinstance(stage, Mounted) and stage.gap is None:
        return _explore_joint(stage, stage.equilibrium, name, stage.stability.upright)
    reached = stage.equilibrium
    solid = reached.lines[0].solid
    land = LineForce(solid.profile, solid.angles, reached.drop)
    caps = other_caps(land, reached)
    joint = ring_of(land)
    found = rings(joint, (reached,))
    maps: list[EnergyMap] = []
    every = (reached, *caps, *found)
    if any(len(e.lines) == 1 for e in every):
        maps.append(of_caps(land, _shown((land.solid,), every, ALONE)[0], reached))
    if any(len(e.lines) == 2 for e in every):
        first, last = _shown(joint.solids, every, PAIRED)
        maps.append(of_pairs(sample(joint, (first, last)), reached))
    upright = stage.stability.upright
    spent = stage.others.found.released if isinstance(stage, Stage) else None
    others = with_barriers(land, reached, with_stability((*caps, *found)), spent)
    return Explored(name, reached, upright, others, tuple(maps))


def _shown(
    solids: tuple[Solid, ...], every: tuple[Equilibrium, ...], count: int
) -> tuple[Places, ...]:
    """Places of the lines on some solids round all that is of interest."""
    shown = []
    for k, solid in enumerate(solids):
        profile, kind = solid.profile, solid.kind
        stations = [e.lines[k].station for e in every if len(e.lines) == len(solids)]
        for move in every[0].path if len(every[0].lines) == len(solids) else ():
            stations += [move.start, move.stop] if move.end == kind else []
        at = [profile.arclength(profile.start, station) for station in stations]
        near = NECK * every[0].drop.length
        room = ROOM * max(max(at) - min(at), 0.3 * max(at))
        limit = profile.arclength(profile.start, profile.end)
        window = max(near, min(at) - room), min(limit, max(at) + room)
        shown.append(Places.within(solid, window, count))
    return tuple(shown)


def _explore_joint(stage: Mounted, reached: Equilibrium, name: str, upright: bool) -> Explored:
    drop, end = reached.drop, reached.surface.end
    assert end is not None
    joint = Joint(drop, (reached.lines[0].solid, reached.lines[1].solid))
    lowest = stage.touch.height
    height = joint.solids[1].reference
    sits = (lowest - height) / drop.length
    ways = [stage.held_by]
    if stage.load is not None:  # a body that the core holds might float, and the other way round
        ways += [way for way in ("liquid", support(stage)) if way not in (None, stage.held_by)]
    alternatives: list[Alternative] = []
    for way in ways:
        load = stage.load if way == "liquid" else None
        scaled = None if load is None else scaled_load(load, drop)
        lift = sits if way in ("core", "mask") else end.lift
        gap = (end.lift * drop.length + height) / drop.length
        found: list[Equilibrium] = []
        for rise in HEIGHTS if way == "liquid" else (0.0,):
            known = (reached, *found)
            found += joints(joint, known, admits_joint(stage, way), scaled, lift + rise * gap)
        alternatives += with_stability(found, load, way)
    level = [a.equilibrium for a in alternatives if same_height(a.equilibrium, reached)]
    first, last = _shown(joint.solids, (reached, *level), PAIRED)
    chart = sample(joint, (first, last), None, end.lift)
    maps = (of_pairs(chart, reached),)
    return Explored(name, reached, upright, tuple(alternatives), maps, stage.load or 0.0)


def same_height(one: Equilibrium, other: Equilibrium) -> bool:
    """Whether two joints hold the package at the same height."""
    return math.isclose(one.values["standoff_m"], other.values["standoff_m"], rel_tol=1e-6)
