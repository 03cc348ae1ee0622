"""Metrics: what a shape means for the package. Definitions in the README's table.

Every function takes states and stages and returns plain floats in SI, keyed as in the
result file; what is meaningless for a stage is absent.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bumpform.case import Case
from bumpform.process import Cavity, GrownBarrier, State
from bumpform.reflow import Stage


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
    apex, top, widest = values["apex_z_m"], values["top_z_m"], values["max_radius_m"]
    metrics: dict[str, Any] = {
        "ball_height_m": top,
        "ball_diameter_m": 2.0 * widest,
        "height_above_contact_line_m": top - values["outer.z_m"],
        # a solved cap closes over all that stands under it
        "coverage": 1.0,
        "bare_polar_radius_m": 0.0,
    }
    if case.pitch is not None:
        metrics["clearance_m"] = case.pitch - 2.0 * widest
    if state.cavity is not None:
        metrics |= _against_opening(state.cavity, stage, apex)
    if state.barrier is not None:
        metrics |= _against_barrier(state.barrier, stage)
    return metrics


def _against_opening(cavity: Cavity, stage: Stage, apex: float) -> dict[str, float]:
    found = stage.equilibrium
    assert found is not None
    metrics = {
        "protrusion_m": apex - cavity.z_top,
        "height_above_dielectric_m": found.values["top_z_m"] - cavity.z_top,
    }
    piece = stage.solids.profile.pieces[found.station.piece]
    if piece.feature == f"{cavity.layer} wall":
        depth = cavity.z_top - found.values["outer.z_m"]
        if depth > 1e-12 * cavity.thickness:  # at the rim itself nothing ends below the top
            metrics["terminus_depth_m"] = depth
            metrics["terminus_fraction"] = depth / cavity.thickness
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
        metrics["barrier_fit_m"] = grown.step.total_thickness - depth
        metrics["juncture_offset_m"] = grown.juncture.z_m - cavity.z_top
        if grown.flush_thickness is not None and depth > 0.0:
            metrics["flush_thickness_m"] = grown.flush_thickness
    return metrics
