"""The process: each step turns the state before it into the state after it."""

from __future__ import annotations

from typing import Any

from bumpform.case.case import Case
from bumpform.errors import CaseError, Problem, ProcessError
from bumpform.materials.materials import Materials
from bumpform.process.state import State
from bumpform.quick import replace
from bumpform.steps.kinds import AnyStep, Substrate


def apply_step(state: State | None, step: AnyStep, case: Case, materials: Materials) -> State:
    """The state after one step.

    Raises
    ------
    CaseError, ProcessError
        If the step cannot be done on the state.
    TypeError
        If it gives no state.
    """
    if isinstance(step, Substrate):
        return step.begin(case)
    if state is None:
        raise ProcessError("the first step must be a substrate")
    after: Any = step.apply(replace(state, stage=None), case, materials)
    if not isinstance(after, State):
        given = type(after).__name__
        raise TypeError(f"{step.do}: `apply` gave a {given}, not the State after the step")
    return after


def step_problem(case: Case, index: int, error: ProcessError | CaseError) -> CaseError:
    """A step's failure as a problem of the case, with the step's place, which is told once."""
    step = case.steps[index]
    where = f"step.{index}"
    name = (getattr(step, step.identity, "") or "") if step.identity else ""
    label = f"{step.do} {name}".strip()
    if isinstance(error, CaseError):
        return CaseError(
            [
                Problem(f"{where} ({label})", p.message, p.came, p.key)
                if p.key
                else Problem(p.path or where, f"{p.message} ({where}: {label})", p.came)
                for p in error.problems
            ],
            case.name,
        )
    message = str(error)
    for prefix in (f"{label}: ", f"{step.do}: "):
        message = message.removeprefix(prefix)
    return CaseError([Problem(f"{where} ({label})", message, key=error.key)], case.name)
