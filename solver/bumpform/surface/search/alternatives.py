"""Other equilibria than the one that history selects: caps, rings, joints.

With one contact line they are read off its landscape (``rests.others``). With two, a chart of
sampled surfaces says where both lines may rest; each such place is solved accurately, and kept
if Gibbs' condition holds there and the surface enters no solid. The chart has the neighbourhood
of the reached lines, or on demand all of the solid.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from bumpform.brief import brief
from bumpform.errors import ConvergenceError
from bumpform.geometry.profile import Station
from bumpform.quick import cached_property, replace
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.corner import unfilled_corners
from bumpform.surface.drop.equilibrium import Equilibrium, accurate
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.newton import Surface, stiffness
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.drop.stability import Stability, analyse
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import settle
from bumpform.surface.search.chart import Candidate, Chart, Places, sample
from bumpform.surface.search.rests import others

#: Places this near to a known equilibrium's, relative to the drop's length, are that one's: as
#: sampled (in the same states), as solved on the first mesh, as solved accurately.
NEXT, KNOWN, SAME = 2e-3, 1e-4, 1e-7
#: Heights of a body that floats are told apart by this, relative to the drop's length.
HIGHER = 1e-2
#: A cap is tried as a ring where it is thinner over what stands in its middle than this part of
#: that body's height.
THIN = 0.25
#: Places of the inner line that are then tried.
TRIED = 9

Admits = Callable[[Equilibrium], bool]


@dataclass(frozen=True, eq=False)
class Alternative:
    """Another equilibrium of the same liquid on the same solid.

    Attributes
    ----------
    equilibrium : Equilibrium
    stability : Stability
    load : float, N, or None
        Weight that an upper body presses it with, where that floats.
    held_by : "core", "liquid", "fixture" or None
        What holds an upper body.
    barrier : float or None, J
        Energy at the saddle between it and the reached state, above that one; None where the
        landscape between them is not known.
    share : float or None
        Of the energy released since the deposit.
    """

    equilibrium: Equilibrium
    stability: Stability
    load: float | None = None
    held_by: str | None = None
    barrier: float | None = None
    share: float | None = None

    __repr__ = brief

    @property
    def stable(self) -> bool:
        """Whether it is a minimum of the energy, the height of a floating body included."""
        return self.stability.stable and self._stays

    @property
    def upright(self) -> bool:
        """Whether it is a minimum of all axisymmetric shapes."""
        return self.stability.upright and self._stays

    @property
    def gives_way(self) -> str:
        """To what it is unstable: "m = 1", or the height of a floating body; empty where stable."""
        if self.stable:
            return ""
        if not self.stability.upright:
            return "m = 0"
        if not self._stays:
            return "height"
        return f"m = {self.stability.weakest}"

    @property
    def _stays(self) -> bool:
        return self.load is None or stiffness(self.equilibrium.surface) > 0.0


class Found(NamedTuple):
    """What there is beside a reached equilibrium.

    Attributes
    ----------
    alternatives : tuple of Alternative
        Other equilibria of the same liquid on the same solid.
    released : float or None, J
        Energy of the deposit's outline less that of the equilibrium, where it is known.
    """

    alternatives: tuple[Alternative, ...] = ()
    released: float | None = None


class Others:
    """What there is beside a reached equilibrium: looked for when it is first asked for.

    It is told, but nothing is judged by it: the thousand runs of a study or an answer do without.

    Parameters
    ----------
    look : function
        Finds it.
    of : arguments
        Of that function.
    """

    def __init__(self, look: Callable[..., Found], *of: Any) -> None:
        self._look, self._of = look, of

    @cached_property
    def found(self) -> Found:
        """What there is."""
        return self._look(*self._of)


#: Where no others are looked for.
NO_OTHERS: Final = Others(Found)


def with_stability(
    found: Iterable[Equilibrium], load: float | None = None, held_by: str | None = None
) -> tuple[Alternative, ...]:
    """Equilibria with their stability."""
    return tuple(Alternative(e, analyse(e.surface), load, held_by) for e in found)


def on_profile(land: LineForce, reached: Equilibrium) -> list[Equilibrium]:
    """Other caps anywhere on the profile, and rings next to the reached state.

    Next to a ring: its lines at the edges beside them, and between those. Next to a cap: the
    ring that it leaves when it opens, where it is thin.
    """
    joint = ring_of(land)
    caps = others(land, reached)
    if len(reached.lines) == 2:
        return caps + solved_at(_beside(joint, reached), admits_ring, (reached,))
    return caps + _opened(joint, reached)


def ring_of(land: LineForce) -> Joint:
    """The drop of a landscape as a ring: its lines' solids."""
    return Joint(land.drop, (land.solid, Solid(land.profile, land.angles, "inner")))


def rings(joint: Joint, known: Iterable[Equilibrium]) -> list[Equilibrium]:
    """Every other ring on a profile."""
    return solved_at(sample(joint, _everywhere(joint)), admits_ring, known)


def beside_joint(reached: Equilibrium, admits: Admits, load: float | None) -> list[Equilibrium]:
    """Other joints with lines at the edges beside the reached ones, and between those.

    Parameters
    ----------
    reached : Equilibrium
    admits : callable
    load : float or None
        Force/2πσL on a body that floats.
    """
    joint = Joint(reached.drop, (reached.lines[0].solid, reached.lines[1].solid))
    return solved_at(_beside(joint, reached, load), admits, (reached,), load)


def joints(
    joint: Joint, known: Iterable[Equilibrium], admits: Admits, load: float | None, lift: float
) -> list[Equilibrium]:
    """Every other joint between two profiles.

    Parameters
    ----------
    joint : Joint
    known : iterable of Equilibrium
    admits : callable
    load : float or None
        Force/2πσL on a body that floats.
    lift : float
        Scaled rise of the upper body, or a guess of it.
    """
    return solved_at(sample(joint, _everywhere(joint), load, lift), admits, known, load)


def admits_ring(found: Equilibrium) -> bool:
    """Whether a ring enters no solid and covers no empty corner, its lines in order."""
    outer, inner = found.lines
    if not inner.station < outer.station:
        return False
    solid, over = outer.solid, (inner.station.piece, outer.station.piece)
    if any(unfilled_corners(solid.profile, solid.angles, *over)):
        return False
    return find_penetration(found.curve, outer.solid.profile, between=True) is None


def solved_at(
    chart: Chart,
    admits: Admits,
    known: Iterable[Equilibrium] = (),
    load: float | None = None,
    candidates: Iterable[Candidate] | None = None,
) -> list[Equilibrium]:
    """Accurate equilibria at the candidates of a chart.

    Parameters
    ----------
    chart : Chart
    admits : callable
        Whether an equilibrium enters no solid and carries what it must.
    known : iterable of Equilibrium
        Not to be found again.
    load : float or None
        As the chart was sampled.
    candidates : iterable of Candidate, optional
        All of the chart's.
    """
    found: list[Equilibrium] = []
    known = list(known)
    for candidate in chart.candidates() if candidates is None else candidates:
        if any(_is_next(chart, candidate, e) for e in (*known, *found)):
            continue
        try:
            surface, lines = settle(chart.joint, _held(chart, candidate), load)
            if not all(line.holds(surface) for line in lines):
                continue
            if any(apart(surface, e) < KNOWN for e in (*known, *found)):
                continue
            other = accurate(surface, lines, chart.joint.drop)
        except ConvergenceError:
            continue
        if (
            all(line.holds(other.surface) for line in other.lines)
            and admits(other)
            and all(apart(other.surface, e) > SAME for e in (*known, *found))
        ):
            found.append(other)
    return found


def _everywhere(joint: Joint) -> tuple[Places, Places]:
    first, last = (Places.everywhere(solid, joint.drop.length) for solid in joint.solids)
    return first, last


def _beside(joint: Joint, reached: Equilibrium, load: float | None = None) -> Chart:
    """Chart of the reached lines and the edges on both sides of each."""
    end = reached.surface.end
    assert end is not None
    first, last = (
        Places.beside(solid, line.station)
        for solid, line in zip(joint.solids, reached.lines, strict=True)
    )
    return sample(joint, (first, last), load, end.lift)


def _opened(joint: Joint, cap: Equilibrium) -> list[Equilibrium]:
    """Rings that leave bare some of what a cap covers thinly."""
    outer, inner = joint.solids
    profile, line = outer.profile, cap.lines[0]
    foot = float(profile.point(profile.start)[1])
    ends = [Station(i, 1.0) for i in range(line.station.piece)] + [line.station]
    stands = foot - min(float(profile.point(s)[1]) for s in ends)
    if cap.values["apex_z_m"] - foot > THIN * stands:
        return []
    grid = Places.everywhere(inner, joint.drop.length).stations
    within = [s for s in grid if s < line.station]
    if not within:  # the line is next to the axis itself
        return []
    chosen = dict.fromkeys(within[round(k * (len(within) - 1) / (TRIED - 1))] for k in range(TRIED))
    first = Places(outer, (line.station,))
    chart = sample(joint, (first, Places(inner, tuple(chosen))))
    return solved_at(chart, admits_ring, (cap,), None, chart.candidates_of_last(line.state))


def _held(chart: Chart, candidate: Candidate) -> Held:
    """Lines at a candidate's places, with the sampled surface next to it."""
    joint, scale = chart.joint, chart.joint.drop.length
    corner = chart.nearest(candidate)
    at = chart.index[corner]
    sampled = chart.surfaces
    first, last = (
        axis.solid.line(axis.stations[k], free=False, scale=scale)
        for axis, k in zip(chart.places, corner, strict=True)
    )
    x = sampled.x[at]
    last = replace(last, lift=float(x[-1, 1] - last.point()[1]))
    bond, volume = joint.drop.bond, joint.drop.scaled_volume
    near = Surface(x, first, last, bond, float(sampled.pressure[at]), volume).refined()
    a, b = (
        axis.solid.vertex(axis.at(place))
        for axis, place in zip(chart.places, candidate.places, strict=True)
    )
    return Held((a, b), candidate.states, joint.hold((a, b), near))


def _is_next(chart: Chart, candidate: Candidate, other: Equilibrium) -> bool:
    """Whether a candidate is an equilibrium's sampled image."""
    if len(other.lines) < 2 or tuple(line.state for line in other.lines) != candidate.states:
        return False
    near = NEXT * chart.joint.drop.length
    end = other.surface.end
    sampled = chart.surfaces.x[chart.index[chart.nearest(candidate)]]
    if end is not None and end.lift and abs(end.point()[1] - sampled[-1, 1]) > HIGHER:
        return False  # the body floats at another height
    return all(
        math.dist(axis.solid.profile.point(axis.at(place)), line.solid.profile.point(line.station))
        < near
        for axis, place, line in zip(chart.places, candidate.places, other.lines, strict=True)
    )


def apart(surface: Surface, other: Equilibrium) -> float:
    """How far the lines of two surfaces are apart, scaled; one that has fewer is far away."""
    ends = other.surface.end
    if (surface.end is None) != (ends is None):
        return math.inf
    gap = math.dist(surface.start.point(), other.surface.start.point())
    if surface.end is not None and ends is not None:
        gap = max(gap, math.dist(surface.end.point(), ends.point()))
    return gap
