"""Metrics that need more than one moment of the process: of columns, and of what stays solid."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from bumpform.metrics.metric import also, metric
from bumpform.metrics.sample import Sample
from bumpform.metrics.shape import film
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.state import Cavity
from bumpform.units.measured import Measured

#: Round-off of a coordinate of the stack, relative.
ROUNDING = 1e-14


@metric(
    "solid_margin_K",
    "least solidus of the solder that stays solid − the peak",
    "process",
    when="solder stays solid, and its melting range is known",
)
def solid_margin(at: Sample) -> Measured | None:
    """How far an oven is from melting it."""
    materials, stacks = at.findings.materials, [at.stage.solids]
    if isinstance(at.stage, Mounted):
        stacks.append(at.stage.package.stack)
    solids = [
        materials.get(r.material).solidus
        for stack in stacks
        for r in stack.regions
        if r.is_solder and r.material in materials
    ]
    known = [solidus.value for solidus in solids if solidus is not None]
    if not known or len(known) < len(solids):
        return None
    return Measured(min(known) - at.step.peak_K, 1e-12)


def _joint_film(at: Sample) -> Measured | float | None:
    """A reflow's has been measured with its shape."""
    thin: Measured | float | None = film.measure(at) if isinstance(at.stage, Mounted) else None
    return thin


also(replace(film, measure=_joint_film), "process", file=__name__)


class _Column(NamedTuple):
    """The column just before the stage that melts it."""

    before: int
    cavity: Cavity
    protrusion: float
    height: float
    slack: float


def _column(at: Sample) -> _Column | None:
    """The column, if this is the stage that melts it."""
    found = at.findings
    column = found.column
    melting = column.column_melting
    if melting is None or not melting.solved or melting.stage_name != at.step.name:
        return None
    index = column.before_melting()
    cavity, out = column.cavity(index), column.protrusion(index)
    if cavity is None or out is None:
        return None
    stack = found.state(index).stack
    spans = [stack.region(n).axis_span for n in found.lineage.named(index, column.deposits)]
    height = sum(span[1] - span[0] for span in spans if span is not None)
    return _Column(index, cavity, out, height, ROUNDING * (abs(cavity.z_top) + height))


@metric(
    "column_protrusion_m",
    "plated column's top − z_top before the reflow",
    "process",
    when="a plated column stands in polyimide",
)
def column_protrusion(at: Sample) -> Measured | None:
    """What makes the ball stand out."""
    column = at.once(_column)
    return None if column is None else Measured(column.protrusion, column.slack)


@metric(
    "solder_height_m",
    "a plated column's own height on the axis before the reflow",
    "process",
    when="a plated column stands in polyimide",
)
def solder_height(at: Sample) -> Measured | None:
    """Without what it stands on."""
    column = at.once(_column)
    return None if column is None else Measured(column.height, column.slack)


@metric(
    "polyimide_thickness_m",
    "the coat round a plated column on the field before the reflow",
    "process",
    when="a plated column stands in polyimide",
)
def polyimide_thickness(at: Sample) -> Measured | None:
    """All of its layers."""
    column = at.once(_column)
    return None if column is None else Measured(column.cavity.thickness, column.slack)


@metric(
    "etch_gain_m",
    "what etching the polyimide has added to the column's protrusion",
    "process",
    when="it has been etched round a plated column",
)
def etch_gain(at: Sample) -> Measured | None:
    """Of all etches before the reflow."""
    column = at.once(_column)
    if column is None:
        return None
    route = at.findings.column
    etches = [i for i in route.etches if i <= column.before]
    before = route.protrusion(etches[0] - 1) if etches else None
    return None if before is None else Measured(column.protrusion - before, 2.0 * column.slack)
