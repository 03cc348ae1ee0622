"""Conditions: every geometric statement that a route makes, judged on the metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from bumpform.case.case import Case
from bumpform.case.steps import Abrade, Barrier, Coat, Core, Deposit, Mount, Plate
from bumpform.materials.materials import Materials
from bumpform.verdict.condition import Condition, Findings
from bumpform.verdict.conditions_ball import core_and_cap, plated_column, stacked_masks
from bumpform.verdict.conditions_barrier import (
    TERMINUS_WINDOW,
    laminated_abraded,
    photoimaged_opening,
)

__all__ = ["TERMINUS_WINDOW", "Condition", "judge", "routes_of"]

_JUDGES: Final[dict[str, Callable[[Findings], list[Condition]]]] = {
    "photoimaged_opening": photoimaged_opening,
    "laminated_abraded": laminated_abraded,
    "plated_column": plated_column,
    "core_and_cap": core_and_cap,
    "stacked_masks": stacked_masks,
}


def routes_of(case: Case) -> tuple[str, ...]:
    """Routes whose steps a case has.

    An abraded bump, a column plated on UBM, several filled masks, a core or a mounting each
    mark a route; a bump in an opening that is none of these is photoimaged.
    """
    kinds = {type(step) for step in case.steps}
    deposits = [s for s in case.steps if isinstance(s, Deposit)]
    openings = [s for s in case.steps if isinstance(s, Coat) and s.opening is not None]
    filled = {s.fill.layer for s in deposits if s.fill is not None}
    found = []
    if Abrade in kinds:
        found.append("laminated_abraded")
    if Plate in kinds and any(s.column is not None for s in deposits):
        found.append("plated_column")
    if len([s for s in openings if s.layer in filled]) > 1:
        found.append("stacked_masks")
    if kinds & {Mount, Core}:
        found.append("core_and_cap")
    if openings and (not found or (Barrier in kinds and Abrade not in kinds)):
        found.insert(0, "photoimaged_opening")
    return tuple(found)


def judge(
    case: Case, metrics: dict[str, dict[str, Any]], stage_names: list[str], materials: Materials
) -> list[Condition]:
    """Conditions of the case's routes, as far as its stages were solved.

    Parameters
    ----------
    case : Case
    metrics : dict
        By stage name, and "barrier".
    stage_names : list of str
        Solved stages in order.
    materials : Materials
    """
    findings = Findings(case, metrics, stage_names, materials)
    return [c for route in routes_of(case) for c in _JUDGES[route](findings)]
