"""Metrics of a mounted joint, with their errors."""

from __future__ import annotations

import math

from bumpform.case.case import Case
from bumpform.process.mounted import Mounted
from bumpform.surface.equilibrium import Equilibrium
from bumpform.surface.floating import stiffness
from bumpform.surface.lateral import lateral
from bumpform.surface.measured import Measured
from bumpform.surface.pull_off import pull_off


def joint_metrics(stage: Mounted, case: Case) -> dict[str, Measured | str | int]:
    """Metrics of a solved joint with their errors.

    Standoff, what holds it, force, width, stiffness against shift and tilt; that against its height
    where the liquid or a fixture holds it; the largest gap at which it forms; the largest pull
    where it is pulled, or held by a fixture, which may.

    Parameters
    ----------
    stage : Mounted
    case : Case
    """
    found = stage.equilibrium
    if stage.gap is not None:
        return _open_metrics(stage, case)
    if found is None or stage.standoff is None:
        return {}
    values = found.measured
    metrics: dict[str, Measured | str | int] = {
        "liquid_bodies": 1 + len(stage.bodies),
        "standoff_m": values["standoff_m"],
        "held_by": stage.held_by,
        "joint_force_N": values["joint_force_N"],
        "ball_diameter_m": 2.0 * values["max_radius_m"],
    }
    if stage.held_by in ("liquid", "fixture"):
        scale, surface = 2.0 * math.pi * found.drop.surface_tension, found.surface
        stiff = stiffness(surface)
        error = abs(stiffness(surface.refined()) - stiff)
        # a stiff joint's, where little room is left, changes with a place as fast as it is large
        error += 10.0 * max(1.0, abs(stiff)) * found.doubt.place / found.drop.length
        metrics["joint_stiffness_N_m"] = scale * Measured(stiff, error)
    beside = lateral(found)
    metrics["lateral_stiffness_N_m"] = beside.shift
    if beside.tilt is not None:
        metrics["tilt_stiffness_N_m_rad"] = beside.tilt
    if stage.load is None or stage.load < 0.0:
        metrics |= _pull_off_metrics(found)
    if stage.load is not None and stage.held_by == "core":
        metrics["core_force_N"] = stage.load - values["joint_force_N"]
    if stage.reach is not None:
        metrics["largest_joining_gap_m"] = stage.reach
    if case.pitch is not None:
        metrics["clearance_m"] = case.pitch - 2.0 * values["max_radius_m"]
    return metrics


def _open_metrics(stage: Mounted, case: Case) -> dict[str, Measured | str | int]:
    """Metrics of a joint that stays open."""
    assert stage.standoff is not None
    assert stage.reach is not None
    assert stage.gap is not None
    liquids = [*stage.liquids, *([stage.hung] if stage.hung is not None else [])]
    found = [q.equilibrium for q in liquids if q.equilibrium is not None]
    widest = max((q.measured["max_radius_m"] for q in found), key=float)
    metrics: dict[str, Measured | str | int] = {
        "liquid_bodies": len(liquids),
        "standoff_m": Measured(stage.standoff),
        "held_by": stage.held_by,
        "open_gap_m": stage.gap,
        "largest_joining_gap_m": stage.reach,
        "ball_diameter_m": 2.0 * widest,
    }
    if case.pitch is not None:
        metrics["clearance_m"] = case.pitch - 2.0 * widest
    return metrics


def _pull_off_metrics(found: Equilibrium) -> dict[str, Measured]:
    """The largest pull; what it stands on is off by what the joint is."""
    most = pull_off(found)
    if most is None:
        return {}
    at, errors = most.standoff, found.errors
    return {
        "largest_pull_N": most.pull + Measured(0.0, errors["joint_force_N"]),
        "standoff_at_largest_pull_m": at + Measured(0.0, errors["standoff_m"]),
    }
