"""Metrics: what a shape means for the package. Definitions in the README's table.

Every function takes states and stages and returns numbers in SI with their errors, keyed as in the
result file; what is meaningless for a stage is absent. A plain float is exact.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bumpform.case.case import Case
from bumpform.materials.library import load_library
from bumpform.process.reflow import Liquid, Stage
from bumpform.process.state import Cavity, GrownBarrier, State
from bumpform.surface.equilibrium import Equilibrium
from bumpform.surface.measured import Measured
from bumpform.verdict.coverage import coverage
from bumpform.verdict.film import film_thickness

#: Round-off of a coordinate of the stack, and of a mass, relative.
WEIGHING = 1e-14


def stage_metrics(state: State, stage: Stage, case: Case) -> dict[str, Any]:
    """Metrics of one solved stage.

    Parameters
    ----------
    state : State
        Before the stage (its opening and barrier).
    stage : Stage
    case : Case
    """
    found = stage.equilibrium
    if found is None:
        return {}
    values = found.measured
    top, widest = values["top_z_m"], values["max_radius_m"]
    foot = values["outer.r_m"]
    rise = top - values["outer.z_m"]
    metrics: dict[str, Any] = {
        "ball_height_m": top,
        "ball_diameter_m": 2.0 * widest,
        "height_above_contact_line_m": rise,
        "contact_radius_m": foot,
        "rests_on": stage.solids.profile.pieces[0].material,
        **coverage(state, stage),
        **film_thickness(state, stage),
        **_amounts(state, stage, case),
    }
    if "apex_z_m" in values and rise.value > 0.0 and widest.value > foot.value * (1.0 + 1e-9):
        metrics["sphericity"] = widest / (0.5 * (foot * foot + rise * rise) / rise)
    if case.pitch is not None:
        metrics["clearance_m"] = case.pitch - 2.0 * widest
    if state.cavity is not None:
        metrics |= _against_opening(state, state.cavity, stage)
    if state.barrier is not None:
        metrics |= _against_barrier(state.barrier, stage)
    return metrics


def _amounts(state: State, stage: Stage, case: Case) -> dict[str, Any]:
    """How many liquids there are, what has fused to the first, and whether masses are kept.

    The balance is that of the liquid that is furthest off.
    """
    metrics: dict[str, Any] = {"liquid_bodies": len(stage.liquids)}
    if len(stage.melted) > 1:
        metrics["fused_bodies"] = len(stage.melted)
    if not any("+" in name for name in case.materials):  # no mixture with a density of its own
        balances = [_balance(state, liquid) for liquid in stage.liquids]
        metrics["mass_balance"] = max(balances, key=lambda balance: abs(balance.value))
    return metrics


def _balance(state: State, liquid: Liquid) -> Measured:
    """Mass of a liquid over that of the regions that have melted to it, less 1."""
    melt = liquid.melt
    aliases = load_library().aliases
    density = {
        aliases.get(s, s): m / v
        for s, m, v in zip(melt.solders, melt.masses, melt.volumes, strict=True)
    }
    weighed = [  # a deposit is weighed when it first melts
        mass or state.contents[name].volume * density[aliases.get(solder, solder)]
        for name in liquid.melted
        for solder, mass in state.contents[name].alloys
    ]
    return Measured(melt.mass / math.fsum(weighed), len(weighed) * WEIGHING) - 1.0


def _against_opening(state: State, cavity: Cavity, stage: Stage) -> dict[str, Measured]:
    found = stage.equilibrium
    assert found is not None
    values, z_top = found.measured, _placed(cavity.z_top)
    metrics = {"height_above_dielectric_m": values["top_z_m"] - z_top}
    if "apex_z_m" in values:
        metrics["protrusion_m"] = values["apex_z_m"] - z_top
    if state.plane is not None:
        metrics["plane_depth_m"] = z_top - _placed(state.plane)
        metrics["plane_fraction"] = metrics["plane_depth_m"] / cavity.wall
    piece = stage.solids.profile.pieces[found.station.piece]
    if piece.feature == f"{cavity.layer} wall":
        depth = z_top - values["outer.z_m"]
        if depth.value > 1e-12 * cavity.thickness:  # at the rim itself nothing ends below the top
            metrics["terminus_depth_m"] = depth
            metrics["terminus_fraction"] = depth / cavity.wall
    if abs(found.values["outer.z_m"] - cavity.z_top) <= 1e-9 * cavity.thickness:
        metrics["spread_m"] = values["outer.r_m"] - _placed(cavity.rim_r)
    return metrics


def _against_barrier(grown: GrownBarrier, stage: Stage) -> dict[str, Any]:
    """Where a bump ends with respect to the barrier under it; nothing where its edge is hidden."""
    found = stage.equilibrium
    assert found is not None
    names = {"barrier", "finish"}
    if not any(piece.region.split(" ")[0] in names for piece in stage.solids.profile):
        return {}
    miss = juncture_miss(grown, found)
    if miss is None:
        return {}
    covers = miss.value >= -1e-9 * found.values["max_radius_m"]
    return {"juncture_miss_m": miss, "covers_barrier": covers}


def juncture_miss(grown: GrownBarrier, shape: Equilibrium) -> Measured | None:
    """Length along the solid from a barrier's juncture to a bump's line, m.

    None where the juncture no longer shows: cut off, or buried under a later layer.
    """
    profile = shape.lines[0].solid.profile
    edge = np.array([grown.juncture.r_m, grown.juncture.z_m])
    place = profile.locate(edge)
    if math.dist(profile.point(place), edge) > 1e-9 * grown.juncture.r_m:
        return None
    r, z = shape.measured["outer.r_m"], shape.measured["outer.z_m"]
    length = profile.arclength(place, shape.station)
    return Measured(length, math.hypot(r.error, z.error) + grown.juncture_error)


def barrier_metrics(grown: GrownBarrier, cavity: Cavity | None) -> dict[str, Any]:
    """Metrics of a barrier as grown; those that need an opening only where there is one."""
    r, z = (
        _placed(place, grown.juncture_error) for place in (grown.juncture.r_m, grown.juncture.z_m)
    )
    metrics: dict[str, Any] = {
        "thickness_m": grown.step.total_thickness,
        "juncture": {"r_m": r, "z_m": z},
    }
    if cavity is not None:
        z_top = _placed(cavity.z_top)
        foot = _placed(float(grown.surface[-1].point(1.0)[1]), grown.shape_error)
        depth = z_top - foot
        metrics["barrier_fit_m"] = _settled(grown.thickness_at_edge - depth, cavity)
        metrics["juncture_offset_m"] = _settled(z - z_top, cavity)
        if grown.edge_to_rim is not None:
            metrics["edge_to_rim_m"] = _placed(grown.edge_to_rim, grown.juncture_error)
        if grown.flush_thickness is not None and depth.value > 1e-12 * cavity.thickness:
            # the distance to a surface is off by no more than the surface
            metrics["flush_thickness_m"] = _placed(grown.flush_thickness, grown.shape_error)
    return metrics


def _placed(place: float, error: float = 0.0) -> Measured:
    """A coordinate of a stack, which is exact to round-off, or to the error of a solved surface."""
    return Measured(place, error + WEIGHING * abs(place))


def _settled(difference: Measured, cavity: Cavity) -> Measured:
    """A difference of heights, 0 where it is their round-off."""
    if abs(difference.value) <= 1e-14 * abs(cavity.z_top):
        return Measured(0.0, difference.error)
    return difference
