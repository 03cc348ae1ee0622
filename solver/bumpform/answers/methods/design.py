"""Inverse design: a case whose metrics are what they should be, or the nearest one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bumpform.answers.basis.probe import Probe
from bumpform.answers.basis.wording import header
from bumpform.answers.methods.search import MOST, Search, Vary
from bumpform.brief import brief
from bumpform.case.case import Case
from bumpform.case.file import case_sha256

__all__ = ["Design", "meet_targets"]


@dataclass(frozen=True)
class Design:
    """What a search has found.

    Attributes
    ----------
    start : Case
    case : Case
        As found: the nearest where the targets are not met.
    targets : mapping of "STAGE.METRIC" to float
    varied : mapping of path to float
    achieved : mapping of "STAGE.METRIC" to float
        Without those that mean nothing there.
    runs : int
        Cases that have been solved for it.
    reached : bool
        Whether every target is met to 1e-9.
    nearest : mapping of "STAGE.METRIC" to float or None
        What is achieved less the target.
    why : str
        What stands in the way, in a sentence; empty where nothing does.
    failing : tuple of str
        Ids of the conditions that the found case breaks.
    """

    start: Case
    case: Case
    targets: Mapping[str, float]
    varied: Mapping[str, float]
    achieved: Mapping[str, float]
    runs: int
    reached: bool
    nearest: Mapping[str, float | None]
    why: str
    failing: tuple[str, ...]

    __repr__ = brief

    def to_dict(self) -> dict[str, Any]:
        """As in design.json."""
        return {
            **header("design", self.start),
            "designed": {"name": self.case.name, "sha256": case_sha256(self.case)},
            "targets": dict(self.targets),
            "varied": dict(self.varied),
            "achieved": dict(self.achieved),
            "runs": self.runs,
            "reached": self.reached,
            "nearest": dict(self.nearest),
            "why": self.why,
            "failing": list(self.failing),
        }


def meet_targets(
    case: Case,
    targets: Mapping[str, float],
    vary: Sequence[Vary],
    *,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Design:
    """Values of inputs at which metrics are what they should be.

    Parameters
    ----------
    case : Case
        Where the search begins.
    targets : mapping of "STAGE.METRIC" to float
        SI.
    vary : sequence of Vary
    tell : callable, optional
        Is called with the runs that have been done, and the most that there may be.

    Raises
    ------
    CaseError
        If the case is wrong.
    """
    probe = Probe(case, lambda: tell(probe.runs, MOST))
    search = Search(probe, targets, vary)
    search.run()
    found = search.found()
    metrics = found.point.metrics
    achieved = {name: metrics[name] for name in targets if name in metrics}
    missed = {name: value - targets[name] for name, value in achieved.items()}
    values = dict(zip(vary, found.values, strict=True))
    return Design(
        case,
        _designed(case, values),
        targets,
        {v.input.path: value for v, value in values.items()},
        achieved,
        probe.runs,
        found.reached,
        {name: missed.get(name) for name in targets},
        found.why,
        tuple(dict.fromkeys(c.group for c in found.point.conditions if c.holds is False)),
    )


def _designed(case: Case, values: Mapping[Vary, float]) -> Case:
    """The case at some values; where their scatter is cut off moves with them."""
    places: dict[str, float] = {}
    for item, value in ((v.input, value) for v, value in values.items()):
        places[item.place] = value
        names = [name for name, t in case.tolerances.items() if t is item.tolerance]
        for name, end in itertools.product(names, ("low", "high")):
            cut = getattr(case.tolerances[name], end)
            if cut is not None:
                places[f"tolerances.{name}.{end}"] = cut + value - item.value
    return case.with_values(places)
