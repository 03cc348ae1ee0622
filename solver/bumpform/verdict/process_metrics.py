"""Metrics that need more than one moment of the process: of columns, and of what stays solid."""

from __future__ import annotations

from collections.abc import Iterator

from bumpform.case.steps import Mount, Reflow
from bumpform.process.mounted import Mounted
from bumpform.surface.measured import Measured
from bumpform.verdict.film import film_thickness
from bumpform.verdict.findings import Findings, axis_span

__all__ = ["process_metrics"]

#: Round-off of a coordinate of the stack, relative.
ROUNDING = 1e-14


def process_metrics(found: Findings) -> dict[str, dict[str, Measured]]:
    """Metrics by stage: of solved stages only.

    ``column_protrusion_m``, ``solder_height_m``, ``polyimide_thickness_m``, ``etch_gain_m``
        Of the column just before the stage that melts it: above the polyimide's top; its own
        height on the axis; what of the polyimide is left on the field; by how much etching it
        has raised the protrusion.
    ``film_thickness_m``
        Of mounts: over what the joint covers of the lower body.
    ``solid_margin_K``
        Least solidus of the solder that stays solid, above the peak.
    """
    metrics: dict[str, dict[str, Measured]] = {}
    for name, margin in _margins(found):
        metrics.setdefault(name, {})["solid_margin_K"] = margin
    for moment in found.history:
        stage, step = moment.state.stage, moment.step
        if isinstance(stage, Mounted) and moment.before is not None:
            if stage.refusal is None and isinstance(step, Reflow | Mount):
                thin = film_thickness(moment.before, stage).get("film_thickness_m")
                if isinstance(thin, Measured):
                    metrics.setdefault(step.name, {})["film_thickness_m"] = thin
    column = found.column
    melting = column.column_melting
    if melting is None or not melting.solved:
        return metrics
    index = column.before_melting()
    cavity, out = column.cavity(index), column.protrusion(index)
    if cavity is None or out is None:
        return metrics
    stack = found.state(index).stack
    spans = [axis_span(stack.region(n)) for n in found.lineage.named(index, column.deposits)]
    height = sum(span[1] - span[0] for span in spans if span is not None)
    slack = ROUNDING * (abs(cavity.z_top) + height)
    told = metrics.setdefault(melting.stage_name, {})
    told["column_protrusion_m"] = Measured(out, slack)
    told["solder_height_m"] = Measured(height, slack)
    told["polyimide_thickness_m"] = Measured(cavity.thickness, slack)
    etches = [i for i in column.etches if i <= index]
    before = column.protrusion(etches[0] - 1) if etches else None
    if before is not None:
        told["etch_gain_m"] = Measured(out - before, 2.0 * slack)
    return metrics


def _margins(found: Findings) -> Iterator[tuple[str, Measured]]:
    for moment in found.history:
        step, stage = moment.step, moment.state.stage
        if stage is None or not isinstance(step, Reflow | Mount) or stage.equilibrium is None:
            continue
        if stage.refusal is not None:
            continue
        solids = [
            found.materials.get(r.material).solidus
            for r in stage.solids.regions
            if r.kind == "solder" and r.material in found.materials
        ]
        known = [solidus.value for solidus in solids if solidus is not None]
        if known and len(known) == len(solids):
            yield step.name, Measured(min(known) - step.peak_K, 1e-12)
