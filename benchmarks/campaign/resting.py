"""Whether a surface that is told to rest does: a gradient flow of the curve, `tests/curve_flow`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import bumpform

sys.path.append(str(Path(__file__).parents[2] / "tests"))

#: Way that the flow may go, relative to V^(1/3): its own error is mostly a third of it. Where it is
#: more, as of a ring that gives way easily, segments half as long tell.
MOVES, FINER = 1e-3, 0.5


def leaves(done: bumpform.Run) -> list[str]:
    """Stages whose equilibrium the flow, begun there, goes away from; in words."""
    from curve_flow.curve import SEGMENT
    from curve_flow.flow import Lost
    from curve_flow.stages import apart, rest, stages

    found = []
    for name, moment in stages(done).items():
        stage = moment.state.stage
        if stage.refusal is not None or stage.equilibrium is None:
            continue
        curve, values = stage.equilibrium.curve, stage.equilibrium.values
        outline = curve.point(np.linspace(0.0, curve.breaks[-1], 400))
        for segment in (SEGMENT, FINER * SEGMENT):
            try:
                end = rest(done, name, outline, values.get("standoff_m"), segment)
            except Lost:  # several liquids, an open joint
                break
            off = apart(end.values, values, stage.equilibrium.drop.length)
            if not end.why and off <= MOVES:
                break
        else:
            what = end.why or f"ends {off:.1e} away ({'; '.join(end.events)})"
            found.append(f"{name}: the flow, begun at the equilibrium, {what}")
    return found
