"""The verdict: every condition that applies to a run, judged."""

from __future__ import annotations

from typing import Final

from bumpform.case.case import Case
from bumpform.findings.condition import CONDITIONS, GENERAL, Condition
from bumpform.findings.findings import Findings
from bumpform.quick import replace
from bumpform.steps.kinds import Abrade, Barrier, Coat, Core, Deposit, Plate, Strip
from bumpform.verdict.requirements import requirements
from bumpform.verdict.routes import (
    bump_materials,
    core_and_cap,
    corners_and_films,
    domes,
    general,
    joints,
    planes,
    plated_column,
    shared,
    stacked_masks,
    two_bumps,
)

__all__ = ["CONDITIONS", "ORDERED", "Condition", "judge", "looks_like"]

#: Where the conditions stand, in the order in which they are told; importing them enters them.
MODULES: Final = (
    shared,
    domes,
    planes,
    two_bumps,
    bump_materials,
    plated_column,
    core_and_cap,
    stacked_masks,
    general,
    corners_and_films,
    joints,
)
ORDERED: Final = [
    entry
    for module in MODULES
    for entry in CONDITIONS.values()
    if entry.judge.__module__ == module.__name__
]


def judge(found: Findings) -> list[Condition]:
    """Conditions of the case's route, of every case, and the user's own.

    Parameters
    ----------
    found : Findings
    """
    route = found.case.route
    answers: list[Condition] = []
    for entry in ORDERED:
        if route is not None and route in entry.claims:
            answers += [_of_leaning(found, c) for c in entry.ask(found, route)]
        elif GENERAL in entry.claims:
            answers += entry.ask(found, GENERAL)
    for answer in requirements(found):
        statement = f"{answer.about} lies within the limits that the case requires."
        answers.append(Condition("requirement", "requirement", ("requirement",), statement, answer))
    return answers


def _of_leaning(found: Findings, condition: Condition) -> Condition:
    """A claim on the shape of a stage that leans is judged on its upright state, and says so."""
    leans = condition.answer.stage in found.leaning and condition.holds is not None
    if not leans:
        return condition
    words = f"{condition.statement.rstrip('.')} (upright state; it leans)."
    return replace(condition, statement=words)


def looks_like(case: Case) -> str | None:
    """The route that a case without one may mean, by its steps; None where it is like none."""
    kinds = {type(step) for step in case.steps}
    deposits = [s for s in case.steps if isinstance(s, Deposit)]
    if Barrier in kinds:
        return "laminated_abraded" if Abrade in kinds else "photoimaged_opening"
    if Core in kinds:
        return "core_and_cap"
    filled = {s.fill.layer for s in deposits if s.fill is not None}
    masks = [s.layer for s in case.steps if isinstance(s, Coat) and s.opening is not None]
    if len(filled & set(masks)) > 1:
        return "stacked_masks"
    if Plate in kinds and Strip in kinds and _coated_round_a_column(case):
        return "plated_column"
    return None


def _coated_round_a_column(case: Case) -> bool:
    """Whether something is coated after a column of solder is plated."""
    column = False
    for step in case.steps:
        if column and isinstance(step, Coat):
            return True
        column |= isinstance(step, Deposit) and step.column is not None
    return False
