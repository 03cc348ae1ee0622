"""Metrics of what a stage's liquids have frozen to, where what freezes shrinks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bumpform.case.case import Case
from bumpform.process.mounted import Mounted
from bumpform.process.reflow import Liquid, Stage
from bumpform.process.state import State
from bumpform.surface.measured import Measured
from bumpform.units.metric_names import FROZEN, SHAPE_METRICS
from bumpform.verdict.metrics import WEIGHING, stage_metrics

__all__ = ["frozen_metrics"]


def frozen_metrics(state: State, stage: Stage | Mounted, case: Case) -> dict[str, Any]:
    """Metrics of the solid, each by its name with ``frozen_`` before it.

    Parameters
    ----------
    state : State
        Before the stage.
    stage : Stage or Mounted
    case : Case

    Returns
    -------
    dict
        Empty where the stage has no frozen shape of its own.
    """
    if stage.frozen is None or any(body.frozen is None for body in stage.bodies):
        return {}
    cold = replace(stage, equilibrium=stage.shape, bodies=tuple(map(_cold, stage.bodies)))
    liquids: list[Stage | Mounted | Liquid] = [stage, *stage.bodies]
    if not isinstance(cold, Mounted):
        measured = stage_metrics(state, cold, case)
    elif cold.gap is None:
        measured = _joint(cold, case)
    else:
        measured = {}
        liquids += [cold.hung] if cold.hung is not None else []
    balances = [_balance(liquid) for liquid in liquids]
    measured["mass_balance"] = max(balances, key=lambda balance: abs(balance.value))
    return {FROZEN + name: measured[name] for name in SHAPE_METRICS if name in measured}


def _cold(liquid: Liquid) -> Liquid:
    return replace(liquid, equilibrium=liquid.shape)


def _joint(cold: Mounted, case: Case) -> dict[str, Any]:
    assert cold.equilibrium is not None
    assert cold.frozen is not None
    values = cold.equilibrium.measured
    metrics: dict[str, Any] = {
        "standoff_m": values["standoff_m"],
        "held_by": cold.frozen.held_by,
        "ball_diameter_m": 2.0 * values["max_radius_m"],
    }
    if case.pitch is not None:
        metrics["clearance_m"] = case.pitch - metrics["ball_diameter_m"]
    return metrics


def _balance(liquid: Stage | Mounted | Liquid) -> Measured:
    """Mass of the solid that has been solved for over that of the liquid, less 1."""
    frozen = liquid.frozen
    assert frozen is not None
    solved = frozen.volume * (1.0 + frozen.shape.surface.volume_error)
    return Measured(frozen.density * solved / liquid.melt.mass - 1.0, WEIGHING)
