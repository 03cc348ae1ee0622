"""What two cases have in common: their first steps, and so all that stands there after these."""

from __future__ import annotations

from typing import Final

from bumpform.case.case import Case
from bumpform.process.state import State, model_radius
from bumpform.result.run import Run
from bumpform.steps.kinds import Strip

#: Fields of a case that say nothing of what its steps do.
TOLD: Final = frozenset(
    {
        "name",
        "title",
        "steps",
        "tolerance",
        "mesh_recipe",
        "route",
        "requirements",
        "tolerances",
    }
)


def common_states(done: Run, case: Case) -> list[State]:
    """States after the first steps of a case that a run of another one has done alike.

    Parameters
    ----------
    done : Run
    case : Case

    Returns
    -------
    list of State
        After step i at place i; none where a step would see anything else of the case otherwise.
    """
    other = done.case
    if any(getattr(case, n) != getattr(other, n) for n in Case.model_fields if n not in TOLD):
        return []
    # what steps see of those that follow them
    if model_radius(case) != model_radius(other) or _stripped(case) != _stripped(other):
        return []
    states = []
    for step, moment in zip(case.steps, done.history, strict=False):
        if step is not moment.step and step != moment.step:
            break
        states.append(moment.state)
    return states


def _stripped(case: Case) -> set[str]:
    return {step.layer for step in case.steps if isinstance(step, Strip)}
