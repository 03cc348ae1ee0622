"""Metrics of a barrier as grown, and of the bump on it."""

from __future__ import annotations

import math

import numpy as np

from bumpform.geometry.names import is_coating
from bumpform.metrics.metric import metric
from bumpform.metrics.opening import placed
from bumpform.metrics.sample import Sample
from bumpform.process.state import Cavity, GrownBarrier, State
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.units.measured import Measured


@metric(
    "juncture_miss_m",
    "arc length from the juncture to the contact line, positive outside",
    "reflow",
    when="there is a barrier in one part whose edge shows",
    frozen=True,
)
def miss(at: Sample) -> Measured | None:
    """Where a bump ends with respect to the barrier under it."""
    grown = at.before.barrier
    if grown is None or len(grown.edges) > 1:
        return None
    if not any(is_coating(piece.region) for piece in at.stage.solids.profile):
        return None
    return juncture_miss(grown.juncture, grown.juncture_error, at.found)


@metric(
    "covers_barrier",
    "whether that length is not negative",
    "reflow",
    when="there is a barrier in one part whose edge shows",
    frozen=True,
    words=True,
    label="covers the barrier",
)
def covers_barrier(at: Sample) -> bool | None:
    """To what is resolved."""
    length = miss.measure(at)
    return None if length is None else length.value >= -1e-9 * at.found.values["max_radius_m"]


def juncture_miss(
    juncture: tuple[float, float], error: float, shape: Equilibrium
) -> Measured | None:
    """Length along the solid from a barrier's juncture, off by an error, to a bump's line, m.

    None where the juncture no longer shows: cut off, or buried under a later layer.
    """
    profile = shape.lines[0].solid.profile
    edge = np.array(juncture)
    place = profile.locate(edge)
    if math.dist(profile.point(place), edge) > 1e-9 * juncture[0]:
        return None
    r, z = shape.measured["outer.r_m"], shape.measured["outer.z_m"]
    length = profile.arclength(place, shape.station)
    return Measured(length, math.hypot(r.error, z.error) + error)


def _of(state: State) -> GrownBarrier:
    assert state.barrier is not None
    return state.barrier


@metric("thickness_m", "t of barrier and finish", "barrier", label="barrier thickness t")
def thickness(state: State) -> float:
    """As the case gives it."""
    return _of(state).step.total_thickness


@metric(
    "juncture.r_m",
    "r where the barrier's top ends: on the wall, past its rim on the top, or at its own side; of "
    "several parts that of the one next to the axis",
    "barrier",
    label="juncture radius r",
)
def juncture_r(state: State) -> Measured:
    """Where the next bump may end."""
    return placed(_of(state).juncture.r_m, _of(state).juncture_error)


@metric("juncture.z_m", "z of the same", "barrier", label="juncture height z")
def juncture_z(state: State) -> Measured:
    """Where the next bump may end."""
    return placed(_of(state).juncture.z_m, _of(state).juncture_error)


@metric(
    "barrier_fit_m",
    "t − d, t on the axis",
    "barrier",
    when="there is an opening",
    label="barrier fit t − d",
)
def barrier_fit(state: State) -> Measured | None:
    """How much thicker it is, on the axis, than the solder ends deep."""
    grown, cavity = _of(state), state.cavity
    if cavity is None:
        return None
    return _settled(grown.thickness - _depth(grown, cavity), cavity)


@metric(
    "juncture_offset_m",
    "z of the juncture − z_top",
    "barrier",
    when="there is an opening",
)
def juncture_offset(state: State) -> Measured | None:
    """Positive: proud; 0: flush."""
    if state.cavity is None:
        return None
    return _settled(juncture_z.measure(state) - placed(state.cavity.z_top), state.cavity)


@metric(
    "edge_to_rim_m",
    "distance of the juncture from the opening's rim",
    "barrier",
    when="there is an opening",
)
def edge_to_rim(state: State) -> Measured | None:
    """On the wall or on the top."""
    grown = _of(state)
    if state.cavity is None or grown.edge_to_rim is None:
        return None
    return placed(grown.edge_to_rim, grown.juncture_error)


@metric(
    "flush_thickness_m",
    "the t whose top would be flush with the dielectric's",
    "barrier",
    when="there is an opening, and the solder ends below its rim",
)
def flush_thickness(state: State) -> Measured | None:
    """The distance to a surface is off by no more than the surface."""
    grown, cavity = _of(state), state.cavity
    if cavity is None or grown.flush_thickness is None:
        return None
    if not _depth(grown, cavity).value > 1e-12 * cavity.thickness:
        return None
    return placed(grown.flush_thickness, grown.shape_error)


def _depth(grown: GrownBarrier, cavity: Cavity) -> Measured:
    """How deep the solder under a barrier ends on the wall, m."""
    foot = placed(float(grown.surface[-1].point(1.0)[1]), grown.shape_error)
    return placed(cavity.z_top) - foot


def _settled(difference: Measured, cavity: Cavity) -> Measured:
    """A difference of heights, 0 where it is their round-off."""
    if abs(difference.value) <= 1e-14 * abs(cavity.z_top):
        return Measured(0.0, difference.error)
    return difference
