"""Metrics: what a shape means for the package. Definitions in the README's table.

Every function takes states and stages and returns plain floats in SI, keyed as in the
result file; what is meaningless for a stage is absent.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bumpform.case.case import Case
from bumpform.case.steps import Deposit
from bumpform.process.process import Cavity, GrownBarrier, State
from bumpform.process.reflow import Stage


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
    values = found.values
    top, widest = values["top_z_m"], values["max_radius_m"]
    foot = values["outer.r_m"]
    rise = top - values["outer.z_m"]
    metrics: dict[str, Any] = {
        "ball_height_m": top,
        "ball_diameter_m": 2.0 * widest,
        "height_above_contact_line_m": rise,
        "contact_radius_m": foot,
        "rests_on": stage.solids.profile.pieces[0].material,
        **_coverage(stage),
        **_amounts(state, stage, case),
    }
    if widest > foot * (1.0 + 1e-9):
        metrics["sphericity"] = widest / (0.5 * (foot**2 + rise**2) / rise)
    if case.pitch is not None:
        metrics["clearance_m"] = case.pitch - 2.0 * widest
    if state.cavity is not None:
        metrics |= _against_opening(state, state.cavity, stage, case)
    if state.barrier is not None:
        metrics |= _against_barrier(state.barrier, stage)
    return metrics


def _coverage(stage: Stage) -> dict[str, float]:
    """How much of the solid bump about the axis the liquid covers, and what stays bare."""
    found = stage.equilibrium
    assert found is not None
    inner = next((line for line in found.lines if line.end == "inner"), None)
    if inner is None:  # a closed surface covers all that stands under it
        return {"coverage": 1.0, "bare_polar_radius_m": 0.0}
    profile = stage.solids.profile
    kinds = {r.name: r.kind for r in stage.solids.regions}
    count = 0
    while count < len(profile) and kinds[profile.pieces[count].region] in ("solder", "core"):
        count += 1
    whole = float(profile.cumulative[count, 2]) or float(profile.moments(found.station)[2])
    bare = float(profile.moments(inner.station)[2])
    return {"coverage": 1.0 - bare / whole, "bare_polar_radius_m": found.values["inner.r_m"]}


def _amounts(state: State, stage: Stage, case: Case) -> dict[str, Any]:
    """How many bodies have fused, and whether their mass is the liquid's."""
    solid = {r.name for r in stage.solids.regions}
    gone = [r.name for r in state.stack.regions if r.name not in solid and r.name in state.contents]
    metrics: dict[str, Any] = {}
    if len(gone) > 1:
        metrics["fused_bodies"] = len(gone)
    melt = stage.melt
    density = {s: m / v for s, m, v in zip(melt.solders, melt.masses, melt.volumes, strict=True)}
    weighed = [  # a deposit is weighed when it first melts
        mass or state.contents[name].volume * density[solder]
        for name in gone
        for solder, mass in state.contents[name].alloys
    ]
    if not any("+" in name for name in case.materials):  # no mixture with a density of its own
        metrics["mass_balance"] = melt.mass / math.fsum(weighed) - 1.0
    return metrics


def _against_opening(state: State, cavity: Cavity, stage: Stage, case: Case) -> dict[str, float]:
    found = stage.equilibrium
    assert found is not None
    values = found.values
    metrics = {"height_above_dielectric_m": values["top_z_m"] - cavity.z_top}
    if "apex_z_m" in values:
        metrics["protrusion_m"] = values["apex_z_m"] - cavity.z_top
    solid = {r.name for r in stage.solids.regions}
    tops = [
        float(r.outline[:, 1].max())
        for r in state.stack.regions
        if r.name in state.contents
        and r.name not in solid
        and state.contents[r.name].liquid_at is None
    ]
    columns = {s.solder for s in case.steps if isinstance(s, Deposit) and s.column is not None}
    if tops and columns & set(stage.melt.solders):
        metrics["column_protrusion_m"] = max(tops) - cavity.z_top
    if state.plane is not None:
        metrics["plane_depth_m"] = cavity.z_top - state.plane
        metrics["plane_fraction"] = metrics["plane_depth_m"] / cavity.thickness
    piece = stage.solids.profile.pieces[found.station.piece]
    if piece.feature == f"{cavity.layer} wall":
        depth = cavity.z_top - values["outer.z_m"]
        if depth > 1e-12 * cavity.thickness:  # at the rim itself nothing ends below the top
            metrics["terminus_depth_m"] = depth
            metrics["terminus_fraction"] = depth / cavity.thickness
    if abs(values["outer.z_m"] - cavity.z_top) <= 1e-9 * cavity.thickness:
        metrics["spread_m"] = values["outer.r_m"] - cavity.rim_r
    return metrics


def _against_barrier(grown: GrownBarrier, stage: Stage) -> dict[str, Any]:
    """Where a bump ends with respect to the barrier under it."""
    found = stage.equilibrium
    assert found is not None
    profile = stage.solids.profile
    names = {"barrier", "finish"}
    if not any(piece.region.split(" ")[0] in names for piece in profile):
        return {}
    miss = profile.arclength(
        profile.locate(np.array([grown.juncture.r_m, grown.juncture.z_m])), found.station
    )
    return {
        "juncture_miss_m": miss,
        "covers_barrier": miss >= -1e-9 * found.values["max_radius_m"],
    }


def barrier_metrics(grown: GrownBarrier, cavity: Cavity | None) -> dict[str, Any]:
    """Metrics of a barrier as grown; those that need an opening only where there is one."""
    metrics: dict[str, Any] = {
        "thickness_m": grown.step.total_thickness,
        "juncture": {"r_m": grown.juncture.r_m, "z_m": grown.juncture.z_m},
    }
    if cavity is not None:
        foot = float(grown.surface[-1].point(1.0)[1])
        depth = cavity.z_top - foot
        metrics["barrier_fit_m"] = _settled(grown.step.total_thickness - depth, cavity)
        metrics["juncture_offset_m"] = _settled(grown.juncture.z_m - cavity.z_top, cavity)
        if grown.flush_thickness is not None and depth > 0.0:
            metrics["flush_thickness_m"] = grown.flush_thickness
    return metrics


def _settled(difference: float, cavity: Cavity) -> float:
    """A difference of heights, 0 where it is their round-off."""
    return 0.0 if abs(difference) <= 1e-14 * abs(cavity.z_top) else difference
