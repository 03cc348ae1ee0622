"""The result: the contract ``bumpform/result-1`` as plain data, SI, units in the names."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bumpform.process.melt import Melt
from bumpform.process.mounted import Mounted
from bumpform.process.reflow import Liquid, Stage
from bumpform.process.shrinking import Frozen
from bumpform.surface.alternatives import Alternative
from bumpform.surface.equilibrium import Equilibrium
from bumpform.surface.path import legs
from bumpform.surface.stability import Leaning, Stability

SCHEMA = "bumpform/result-1"

#: Those of a frozen surface, and of each of its lines.
_FROZEN_SURFACE = ("apex_z_m", "top_z_m", "max_radius_m", "max_radius_z_m", "area_m2")
_FROZEN_LINE = ("r_m", "z_m", "angle_deg")
#: Values of a surface that the result names the same.
_HEIGHTS = ("z_m", "apex_z_m", "top_z_m", "max_radius_z_m")
_SURFACE = (
    "apex_z_m",
    "top_z_m",
    "max_radius_m",
    "max_radius_z_m",
    "area_m2",
    "pressure_Pa",
    "energy_J",
)


def stage_result(
    stage: Stage | Mounted,
    *,
    step: int,
    name: str,
    kind: str,
    peak_K: float,
    orientation: str | None = None,
) -> dict[str, Any]:
    """One stage of the result.

    Parameters
    ----------
    stage : Stage or Mounted
    step : int
        Index of the step in the case.
    name, kind : str
    peak_K : float
    orientation : "up", "down" or None
        Of a step that says its own.
    """
    result: dict[str, Any] = {
        "step": step,
        "name": name,
        "kind": kind,
        "peak_K": peak_K,
        **({} if orientation is None else {"orientation": orientation}),
        **_liquid(stage.melt),
    }
    if stage.equilibrium is not None and stage.stability is not None:
        result |= _solved(stage, stage.equilibrium, stage.stability)
    if stage.frozen is not None:
        result["frozen"] = _frozen(stage.frozen)
    bodies = [_body(liquid) for liquid in stage.bodies]
    if isinstance(stage, Mounted) and stage.hung is not None:
        bodies.append(_hung(stage.hung, stage.standoff or 0.0))
    if bodies:
        result["bodies"] = bodies
    if stage.enclosed:
        result["enclosed"] = list(stage.enclosed)
    if stage.warnings:
        result["warnings"] = list(stage.warnings)
    if stage.refusal is not None:
        result["refused"] = {"reason": stage.refusal.reason, "detail": stage.refusal.detail}
    return result


def _liquid(melt: Melt) -> dict[str, Any]:
    return {
        "molten": list(melt.solders),
        "composition": melt.composition,
        "liquid": {
            "volume_m3": melt.volume,
            "mass_kg": melt.mass,
            "surface_tension_N_m": melt.surface_tension,
            "density_kg_m3": melt.density,
        },
    }


def _body(liquid: Liquid) -> dict[str, Any]:
    """A liquid that touches none of the others, as the stage states its first one."""
    body = _liquid(liquid.melt)
    if liquid.equilibrium is not None and liquid.stability is not None:
        body |= _solved(liquid, liquid.equilibrium, liquid.stability)
    if liquid.frozen is not None:
        body["frozen"] = _frozen(liquid.frozen)
    if liquid.warnings:
        body["warnings"] = list(liquid.warnings)
    return body


def _frozen(frozen: Frozen) -> dict[str, Any]:
    """What a liquid has frozen to; its lines are held, so that they have no state."""
    shape = frozen.shape
    kept: dict[str, Any] = {name: shape.values.get(name) for name in _FROZEN_SURFACE}
    known = {*_FROZEN_SURFACE, *(f"{line.end}.{x}" for line in shape.lines for x in _FROZEN_LINE)}
    kept["contact_lines"] = [
        {
            "end": line.end,
            **{x: shape.values[f"{line.end}.{x}"] for x in _FROZEN_LINE},
            "on": line.material,
            "feature": line.feature,
        }
        for line in shape.lines
    ]
    return {
        "solidus_K": frozen.solidus,
        "volume_m3": frozen.volume,
        "density_kg_m3": frozen.density,
        "surface": kept,
        "error_estimate": {name: e for name, e in shape.errors.items() if name in known},
    }


def _hung(liquid: Liquid, standoff: float) -> dict[str, Any]:
    """A liquid on a package that has met nothing, as it hangs at a standoff, m."""
    found = liquid.equilibrium
    assert found is not None
    drop, body = found.drop, _body(liquid)
    rise = -drop.density * drop.gravity * standoff  # gravity is that in the package's frame

    def turned(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: turned(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [turned(v) for v in value]
        if isinstance(value, float) and key in _HEIGHTS:
            return standoff - value
        if isinstance(value, float) and key in ("pressure_Pa", "energy_J"):
            return value + rise * (1.0 if key == "pressure_Pa" else drop.volume)
        return value

    shapes = [(body, body["equilibrium"], found.curve)]
    if liquid.frozen is not None:
        shapes.append((body["frozen"], body["frozen"], liquid.frozen.shape.curve))
    estimates = []
    for part, told, curve in shapes:
        z = curve.point(np.linspace(0.0, curve.breaks[-1], 257))[:, 1]
        part["surface"]["top_z_m"] = float(z.min())
        estimates.append(told.pop("error_estimate"))
    body = turned(body)
    body["equilibrium"]["error_estimate"] = estimates[0]
    if liquid.frozen is not None:
        body["frozen"]["error_estimate"] = estimates[1]
    return {"on": "package", **body}


def _solved(stage: Liquid | Mounted, found: Equilibrium, stability: Stability) -> dict[str, Any]:
    surface: dict[str, Any] = {name: found.values.get(name) for name in _SURFACE}
    surface["contact_lines"] = contact_lines(found)
    return {
        "surface": surface,
        "equilibrium": {
            "iterations": found.surface.iterations,
            "residual": found.surface.residual,
            "volume_error": found.surface.volume_error,
            "elements": found.surface.elements,
            "error_estimate": dict(found.errors),
            **_stability(stability),
            "name": found.name,
            "path": [move.to_dict() for move in legs(found.path)],
            "searched": stage.searched,
            "alternatives": [_alternative(stage, found, other) for other in stage.alternatives],
        },
    }


def _alternative(
    stage: Liquid | Mounted, reached: Equilibrium, other: Alternative
) -> dict[str, Any]:
    found = other.equilibrium
    lines = contact_lines(found)
    above = found.values["energy_J"] - reached.values["energy_J"]
    joint: dict[str, Any] = {}
    if isinstance(stage, Mounted) and stage.gap is None:
        above += (stage.load or 0.0) * (found.values["standoff_m"] - reached.values["standoff_m"])
        joint = {name: found.values[name] for name in ("standoff_m", "joint_force_N")}
        joint["held_by"] = other.held_by
    return {
        "name": found.name,
        "contact": lines[0],
        "contact_lines": lines,
        **joint,
        "energy_J": found.values["energy_J"],
        "energy_above_reached_J": above,
        **({} if other.barrier is None else {"barrier_J": other.barrier}),
        **({} if other.share is None else {"barrier_share": other.share}),
        **_stability(other.stability),
        "stable": other.stable,
        **({} if other.upright else {"leans": None}),
    }


def _stability(stability: Stability) -> dict[str, Any]:
    return {
        "stable": stability.stable,
        "lowest_eigenvalues": {str(m): value for m, value in stability.lowest.items()},
        "neutral_modes": [str(m) for m in stability.neutral],
        "stability_margin": stability.margin,
        "weakest_mode": stability.weakest,
        "leans": None if stability.leans is None else _leans(stability.leans),
    }


def _leans(leans: Leaning) -> dict[str, Any]:
    return {
        "mode": leans.mode,
        "margin": leans.margin,
        "held_margin": leans.held_margin,
        "holds_when_pinned": leans.holds_when_pinned,
    }


def contact_lines(found: Equilibrium) -> list[dict[str, Any]]:
    """Contact lines as the result states them."""
    lines = []
    for line in found.lines:
        low, high = line.admissible
        lines.append(
            {
                "end": line.end,
                "r_m": found.values[f"{line.end}.r_m"],
                "z_m": found.values[f"{line.end}.z_m"],
                "on": line.material,
                "feature": line.feature,
                "state": line.state,
                "angle_deg": found.values[f"{line.end}.angle_deg"],
                "admissible_deg": [math.degrees(low), math.degrees(high)],
            }
        )
    return lines
