"""What melts in time say of a run: whether each of its stages ends at its equilibrium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bumpform.findings.condition import GENERAL, Answer, Condition, fails, holds, not_judged
from bumpform.melting.beginning.start import NotFollowed, stages_of
from bumpform.melting.motion.end import SAME
from bumpform.melting.motion.melt import Frame, Melted, follow
from bumpform.result.run import Run
from bumpform.verdict.routes.melt import ENDS_THERE, STATEMENT


def melts_of(
    run: Run,
    followed: Callable[[Melted], object] | None = None,
    told: Callable[[Frame], None] | None = None,
) -> tuple[Run, list[Melted]]:
    """The run with what the melts of its solved stages say, and the melts.

    Every solved stage is followed overdamped; its end is one more condition and one more note.

    Parameters
    ----------
    run : Run
    followed : function, optional
        Called with every melt when it has been followed.
    told : function, optional
        Called with every frame meanwhile.
    """
    melts: list[Melted] = []
    notes: list[str] = []
    conditions: list[Condition] = []
    for name, moment in stages_of(run).items():
        stage = moment.state.stage
        if stage is None or stage.refusal is not None:
            continue
        try:
            melted = follow(run, name, told=told)
        except NotFollowed as error:
            answer = not_judged(error.problems[0].message, stage=name)
        else:
            melts.append(melted)
            if followed is not None:
                followed(melted)
            answer = _answer(melted)
        words = {"holds": "yes", "fails": "no", "not judged": "not known"}[answer.verdict]
        reason = f", {answer.reason}" if answer.reason else ""
        notes.append(f"{name}: the melt itself ends there: {words}{reason}")
        statement = STATEMENT.format(name)
        conditions.append(Condition(ENDS_THERE, GENERAL, (GENERAL,), statement, answer))
    judged = (*run.conditions, *conditions)
    return replace(run, conditions=judged, notes=(*run.notes, *notes)), melts


def _answer(melted: Melted) -> Answer:
    length, name = melted.start.drop.length, melted.start.name
    if melted.stopped:
        return not_judged(melted.stopped, stage=name)
    off = [abs(v) for key, v in melted.end.differences.items() if key.endswith("_m")]
    told: dict[str, Any] = {"value": max(off), "limits": (None, SAME * length), "stage": name}
    if melted.settles_at == "equilibrium":
        return holds(**told)
    return fails(melted.end.why or f"it ends at {melted.settles_at}", **told)
