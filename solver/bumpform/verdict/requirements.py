"""The user's own limits on metrics, judged beside the claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bumpform.findings.condition import Answer, judged, not_judged
from bumpform.findings.findings import Findings
from bumpform.metrics.metric import FROZEN, registered
from bumpform.steps.kinds import Barrier, Mount, Reflow


def requirements(found: Findings) -> Iterator[Answer]:
    """The user's own limits, each by name."""
    for name, limits in found.case.requirements.items():
        stage, metric = _split(found, name)
        refused = _refused(found, stage)
        value = found.measured(stage, metric)
        ending = re.search(r"_(m|K|N|Pa|deg|m2|m3)$", metric)
        unit = ending.group(1) if ending else ""
        told: dict[str, Any] = {"about": name, "metric": metric, "stage": stage, "unit": unit}
        if value is not None and not refused:
            scale = abs(value.value)
            yield judged(value, limits.min, limits.max, scale=scale, **told)
        else:
            bounds = (limits.min, limits.max)
            why = refused or _why_absent(found, stage, metric)
            yield not_judged(why, limits=bounds, **told)


def _split(found: Findings, name: str) -> tuple[str, str]:
    stages = [m.step.name for m in found.history if isinstance(m.step, Reflow | Mount)]
    known = [
        *stages,
        *(s.name for s in found.case.steps if isinstance(s, Reflow | Mount)),
        "barrier",
    ]
    stage = max((s for s in known if name.startswith(f"{s}.")), key=len)
    return stage, name.removeprefix(f"{stage}.")


def _refused(found: Findings, stage: str) -> str:
    """That a stage was refused, and why; empty where it was not."""
    for moment in found.history:
        step, done = moment.step, moment.state.stage
        if isinstance(step, Reflow | Mount) and step.name == stage and done is not None:
            if done.refusal is not None:
                return f"{stage} was refused: {done.refusal.detail}"
    return ""


def _why_absent(found: Findings, stage: str, metric: str) -> str:
    if stage not in found.metrics:
        if stage == "barrier":
            return found.not_reached(lambda s: isinstance(s, Barrier)) or "there is no barrier"
        return found.not_reached(lambda s: getattr(s, "name", "") == stage)
    known = (entry.when for entry in registered() if entry.name == metric.removeprefix(FROZEN))
    when = next(known, "")
    told = f": it is told where {when}" if when else ""
    return f"{metric} means nothing in {stage}{told}"
