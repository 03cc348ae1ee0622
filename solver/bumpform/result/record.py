"""A run in numbers, as the contract of `bumpform.result.contract` has them: SI, units in names."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal, cast

import numpy as np

from bumpform import __version__
from bumpform.case.file import case_sha256
from bumpform.findings.condition import Condition
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.melt import Melt
from bumpform.process.reflows.reflow import Liquid, Stage
from bumpform.process.reflows.shrinking import Frozen
from bumpform.result import contract
from bumpform.result.run import Run, RunStage
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.path import Move, legs
from bumpform.surface.drop.stability import Leaning, Stability
from bumpform.surface.search.alternatives import Alternative
from bumpform.units.measured import parted

__all__ = ["record"]

#: Heights, of which a liquid that hangs on a package has those in the package's frame.
_HEIGHTS = ("z_m", "apex_z_m", "top_z_m", "max_radius_z_m")
_FROZEN_SURFACE = ("apex_z_m", "top_z_m", "max_radius_m", "max_radius_z_m", "area_m2")
_FROZEN_LINE = ("r_m", "z_m", "angle_deg")


def record(run: Run) -> contract.Result:
    """The run as its result file states it."""
    case, stopped = run.case, None
    if run.stopped is not None:
        problems = tuple(
            contract.ProblemTold(path=p.path, message=p.message, came=p.came)
            for p in run.stopped.problems
        )
        stopped = contract.Stopped(step=run.stopped.step, problems=problems)
    parts = {name: parted(metrics) for name, metrics in run.measured.items()}
    return contract.Result(
        schema="bumpform/result-1",
        bumpform=__version__,
        case=contract.CaseName(name=case.name, title=case.title, sha256=case_sha256(case)),
        stages=tuple(_stage(stage) for stage in run.stages),
        metrics={name: values for name, (values, _) in parts.items()},
        metrics_error={name: errors for name, (_, errors) in parts.items()},
        conditions=tuple(_condition(condition) for condition in run.conditions),
        stopped=stopped,
        notes=run.remarks or None,
    )


def _stage(ran: RunStage) -> contract.Stage:
    stage = ran.outcome
    bodies = [_body(liquid) for liquid in stage.bodies]
    if isinstance(stage, Mounted) and stage.hung is not None:
        bodies.append(_hung(stage.hung, stage.standoff or 0.0))
    refusal = stage.refusal
    return contract.Stage(
        step=ran.index,
        name=ran.name,
        kind=ran.step.do,
        peak_K=ran.peak_K,
        orientation=ran.step.orientation,
        **_liquid(stage),
        bodies=tuple(bodies) or None,
        enclosed=stage.enclosed or None,
        refused=None
        if refusal is None
        else contract.Refused(reason=refusal.reason, detail=refusal.detail),
    )


def _body(liquid: Liquid) -> contract.Body:
    """A liquid that touches none of the others, as the stage states its first one."""
    return contract.Body(**_liquid(liquid))


def _liquid(stage: Liquid | Stage | Mounted) -> dict[str, Any]:
    """What a stage and each of its further liquids have."""
    melt: Melt = stage.melt
    told: dict[str, Any] = {
        "molten": melt.solders,
        "composition": melt.composition,
        "liquid": contract.LiquidValues(
            volume_m3=melt.volume,
            mass_kg=melt.mass,
            surface_tension_N_m=melt.surface_tension,
            density_kg_m3=melt.density,
        ),
        "frozen": None if stage.frozen is None else _frozen(stage.frozen),
        "warnings": stage.warnings or None,
    }
    if stage.equilibrium is not None and stage.stability is not None:
        told["surface"] = _surface(stage.equilibrium)
        told["equilibrium"] = _reached(stage, stage.equilibrium, stage.stability)
    return told


def _surface(found: Equilibrium) -> contract.Surface:
    values = found.values
    return contract.Surface(
        apex_z_m=values.get("apex_z_m"),
        top_z_m=values["top_z_m"],
        max_radius_m=values["max_radius_m"],
        max_radius_z_m=values["max_radius_z_m"],
        area_m2=values["area_m2"],
        pressure_Pa=values["pressure_Pa"],
        energy_J=values["energy_J"],
        contact_lines=_contact_lines(found),
    )


def _contact_lines(found: Equilibrium) -> tuple[contract.ContactLine, ...]:
    lines = []
    for line in found.lines:
        low, high = line.admissible
        angle = found.values[f"{line.end}.angle_deg"]
        lines.append(
            contract.ContactLine(
                end=line.end,
                r_m=found.values[f"{line.end}.r_m"],
                z_m=found.values[f"{line.end}.z_m"],
                on=line.material,
                feature=line.feature,
                state=cast(Literal["free", "pinned"], line.state),
                angle_deg=angle,
                admissible_deg=(math.degrees(low), math.degrees(high)),
                from_horizontal_deg=angle - math.degrees(line.tilt),
            )
        )
    return tuple(lines)


def _reached(
    stage: Liquid | Mounted, found: Equilibrium, stability: Stability
) -> contract.EquilibriumReached:
    return contract.EquilibriumReached(
        iterations=found.surface.iterations,
        residual=found.surface.residual,
        volume_error=found.surface.volume_error,
        elements=found.surface.elements,
        error_estimate=found.errors,
        **_stability(stability),
        name=found.name,
        path=tuple(_move(move) for move in legs(found.path)),
        searched=stage.searched,
        alternatives=tuple(_alternative(stage, found, other) for other in stage.alternatives),
    )


def _move(move: Move) -> contract.Move:
    start, stop = (
        contract.Place(z_m=z) if move.end == "package" else contract.Place(r_m=r, z_m=z)
        for r, z in move.places
    )
    return contract.Move(
        line=move.end,
        event=move.event,
        start=start,
        stop=stop,
        feature=move.feature,
        why=move.why,
    )


def _alternative(
    stage: Liquid | Mounted, reached: Equilibrium, other: Alternative
) -> contract.OtherEquilibrium:
    found, values = other.equilibrium, other.equilibrium.values
    lines = _contact_lines(found)
    above = values["energy_J"] - reached.values["energy_J"]
    joint: dict[str, Any] = {}
    if isinstance(stage, Mounted) and stage.gap is None:
        above += (stage.load or 0.0) * (values["standoff_m"] - reached.values["standoff_m"])
        joint = {name: values[name] for name in ("standoff_m", "joint_force_N")}
        joint["held_by"] = other.held_by
    stability = _stability(other.stability) | {"stable": other.stable}
    if not other.upright:
        stability["leans"] = None
    return contract.OtherEquilibrium(
        name=found.name,
        contact=lines[0],
        contact_lines=lines,
        **joint,
        energy_J=values["energy_J"],
        energy_above_reached_J=above,
        barrier_J=other.barrier,
        barrier_share=other.share,
        **stability,
    )


def _stability(stability: Stability) -> dict[str, Any]:
    return {
        "stable": stability.stable,
        "lowest_eigenvalues": {str(m): value for m, value in stability.lowest.items()},
        "neutral_modes": tuple(str(m) for m in stability.neutral),
        "stability_margin": stability.margin,
        "weakest_mode": stability.weakest,
        "leans": None if stability.leans is None else _leans(stability.leans),
    }


def _leans(leans: Leaning) -> contract.Leans:
    return contract.Leans(
        mode=leans.mode,
        margin=leans.margin,
        held_margin=leans.held_margin,
        holds_when_pinned=leans.holds_when_pinned,
    )


def _frozen(frozen: Frozen) -> contract.Frozen:
    """What a liquid has frozen to; its lines are held, so that they have no state."""
    shape = frozen.shape
    known = {*_FROZEN_SURFACE, *(f"{line.end}.{x}" for line in shape.lines for x in _FROZEN_LINE)}
    lines = tuple(
        contract.FrozenLine(
            end=line.end,
            r_m=shape.values[f"{line.end}.r_m"],
            z_m=shape.values[f"{line.end}.z_m"],
            angle_deg=shape.values[f"{line.end}.angle_deg"],
            on=line.material,
            feature=line.feature,
        )
        for line in shape.lines
    )
    values = {name: shape.values.get(name) for name in _FROZEN_SURFACE}
    return contract.Frozen(
        solidus_K=frozen.solidus,
        volume_m3=frozen.volume,
        density_kg_m3=frozen.density,
        surface=contract.FrozenSurface(**values, contact_lines=lines),
        error_estimate={name: e for name, e in shape.errors.items() if name in known},
    )


def _hung(liquid: Liquid, standoff: float) -> contract.Body:
    """A liquid on a package that has met nothing, as it hangs at a standoff, m."""
    found = liquid.equilibrium
    assert found is not None
    drop, body = found.drop, _body(liquid)
    rise = -drop.density * drop.gravity * standoff  # gravity is that in the package's frame

    def turned(value: Any, key: str = "") -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            parts = {f.name: turned(getattr(value, f.name), f.name) for f in fields(value)}
            return replace(value, **parts)
        if isinstance(value, tuple):
            return tuple(turned(v) for v in value)
        if isinstance(value, float) and key in _HEIGHTS:
            return standoff - value
        if isinstance(value, float) and key in ("pressure_Pa", "energy_J"):
            return value + rise * (1.0 if key == "pressure_Pa" else drop.volume)
        return value

    def lowest(found: Equilibrium) -> float:
        curve = found.curve
        return float(curve.point(np.linspace(0.0, curve.breaks[-1], 257))[:, 1].min())

    assert body.surface is not None
    body = replace(body, on="package", surface=replace(body.surface, top_z_m=lowest(found)))
    if body.frozen is not None and liquid.frozen is not None:
        surface = replace(body.frozen.surface, top_z_m=lowest(liquid.frozen.shape))
        body = replace(body, frozen=replace(body.frozen, surface=surface))
    told: contract.Body = turned(body)
    return told


def _condition(condition: Condition) -> contract.Condition:
    answer = condition.answer
    return contract.Condition(
        id=condition.id,
        route=condition.route,
        source=condition.sources[0],
        sources=condition.sources,
        statement=condition.statement,
        verdict=answer.verdict,
        holds=condition.holds,
        value=answer.value,
        error=answer.error if answer.value is not None else None,
        limits=answer.limits,
        strict=answer.strict,
        unit=answer.unit,
        metric=answer.metric,
        stage=answer.stage or None,
        reason=answer.reason,
    )
