"""Conditions as data: what is asked, of which claims, and the three answers there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from bumpform.quick import quick
from bumpform.units.measured import Measured

if TYPE_CHECKING:
    from bumpform.findings.findings import Findings

__all__ = [
    "CONDITIONS",
    "EVERY",
    "GENERAL",
    "Answer",
    "Condition",
    "Entry",
    "condition",
    "fails",
    "holds",
    "holds_if",
    "judged",
    "not_judged",
]

type Verdict = Literal["holds", "fails", "not judged"]

#: The route of conditions that apply to every case.
GENERAL: Final = "general"
#: Claims of what every case is asked.
EVERY: Final[dict[str, tuple[str, ...]]] = {GENERAL: (GENERAL,)}
#: Part of a length that no comparison with a limit resolves.
RESOLVED: Final = 1e-9


@quick
@dataclass(frozen=True)
class Answer:
    """What a condition says of a run.

    Attributes
    ----------
    verdict : "holds", "fails" or "not judged"
    reason : str
        Why it is not judged, or what is otherwise; empty where the value says it all.
    value : float or None
    error : float
        How far off the value may be.
    limits : tuple of float or None
        What the value must lie between; None: no bound on that side.
    strict : bool
        Whether the value must lie above the lower limit, not on it.
    unit : str
        Of the value and the limits: "m", "K", "deg", or "" for a ratio.
    metric : str
        Name of what is judged, as in the result: "protrusion_m".
    stage : str
        Name of the stage that it is judged in.
    about : str
        What of several the answer speaks of, for the statement: "second mask on first mask".
    """

    verdict: Verdict
    reason: str = ""
    value: float | None = None
    error: float = 0.0
    limits: tuple[float | None, float | None] = (None, None)
    strict: bool = False
    unit: str = "m"
    metric: str = ""
    stage: str = ""
    about: str = ""


def holds(reason: str = "", **told: Any) -> Answer:
    """It is so."""
    return Answer("holds", reason, **told)


def fails(reason: str = "", **told: Any) -> Answer:
    """What the statement speaks of is there, and is otherwise."""
    return Answer("fails", reason, **told)


def not_judged(reason: str, **told: Any) -> Answer:
    """It is not there, or cannot be known."""
    return Answer("not judged", reason, **told)


def holds_if(so: bool, reason: str = "", **told: Any) -> Answer:
    """It is so, or it is not; the reason is told where it is not."""
    return holds(**told) if so else fails(reason, **told)


def judged(
    value: Measured | float,
    low: float | None = None,
    high: float | None = None,
    *,
    strict: bool = False,
    scale: float = 0.0,
    **told: Any,
) -> Answer:
    """Whether a value lies between two limits.

    Parameters
    ----------
    value : Measured or float
    low, high : float, optional
    strict : bool
        Whether the value must lie beyond the lower limit by more than is resolved; otherwise
        the limits are included, and widened by that.
    scale : float
        Length L of which 1e-9 is not resolved.
    """
    number, error = (value.value, value.error) if isinstance(value, Measured) else (value, 0.0)
    slack = error + RESOLVED * scale
    so = True
    if low is not None:
        so = number > low + slack if strict else number >= low - slack
    if high is not None:
        so = so and number <= high + slack
    return Answer(
        "holds" if so else "fails",
        value=number,
        error=error,
        limits=(low, high),
        strict=strict,
        **told,
    )


@quick
@dataclass(frozen=True)
class Condition:
    """One statement about a run, and whether it holds.

    Attributes
    ----------
    id : str
        "dome-protrudes": of its kind.
    route : str
        Whose claim it is; ``GENERAL``, or "requirement".
    sources : tuple of str
        Claims that it comes from: "000 claim 7"; or what it is: "general", "requirement".
    statement : str
    answer : Answer
    """

    id: str
    route: str
    sources: tuple[str, ...]
    statement: str
    answer: Answer

    @property
    def verdict(self) -> Verdict:
        """One of the three answers."""
        return self.answer.verdict

    @property
    def holds(self) -> bool | None:
        """Whether it holds; None where it is not judged."""
        return None if self.verdict == "not judged" else self.verdict == "holds"

    @property
    def measured(self) -> Measured | None:
        """What is judged, with its error; None where there is no number."""
        return None if self.value is None else Measured(self.value, self.answer.error)

    @property
    def value(self) -> float | None:
        """What is judged, in `unit`; None where there is no number."""
        return self.answer.value

    @property
    def error(self) -> float | None:
        """How far off the value may be."""
        return None if self.value is None else self.answer.error

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """What the value must lie between; None: no bound on that side."""
        return self.answer.limits

    @property
    def strict(self) -> bool:
        """Whether the value must lie above the lower limit, not on it."""
        return self.answer.strict

    @property
    def margin(self) -> float | None:
        """How far the value lies inside of its limits, negative outside; None of words."""
        value, (low, high) = self.answer.value, self.answer.limits
        if value is None or low is None:
            return None if value is None or high is None else high - value
        return value - low if high is None else min(value - low, high - value)

    @property
    def unit(self) -> str:
        """Of the value and the limits: "m", "K", "deg", or "" for a ratio."""
        return self.answer.unit

    @property
    def metric(self) -> str:
        """Name of the metric that it judges, as in the stage's; empty where it is none."""
        return self.answer.metric

    @property
    def stage(self) -> str:
        """Name of the stage that it is judged in; empty where it is none."""
        return self.answer.stage

    @property
    def reason(self) -> str:
        """Why it is not judged, or what is otherwise."""
        return self.answer.reason

    def __repr__(self) -> str:
        """Id, verdict and statement."""
        return f"Condition({self.id!r}, {self.verdict}: {self.statement!r})"


@dataclass(frozen=True)
class Entry:
    """A condition that can be asked.

    Attributes
    ----------
    id, statement : str
    claims : mapping of route to tuple of str
        Claims of each route that it comes from; of ``GENERAL``, where every case is asked.
    judge : function of Findings
        Gives its answer; several where it is asked of several things; None where it is not listed.
    """

    id: str
    statement: str
    claims: Mapping[str, tuple[str, ...]]
    judge: Callable[[Findings], Answer | Iterable[Answer] | None]

    def ask(self, found: Findings, route: str) -> list[Condition]:
        """Its conditions of a run, with the claims of a route."""
        answers = self.judge(found)
        if answers is None:
            return []
        listed = [answers] if isinstance(answers, Answer) else list(answers)
        return [
            Condition(
                self.id,
                route,
                self.claims[route],
                self.statement.rstrip(".") + f" ({a.about})." if a.about else self.statement,
                a,
            )
            for a in listed
        ]


#: Every condition, in the order in which they are told.
CONDITIONS: Final[dict[str, Entry]] = {}


def condition(
    id: str, statement: str, **claims: tuple[str, ...]
) -> Callable[[Callable[[Findings], Any]], Callable[[Findings], Any]]:
    """Enter a function as the judge of a condition; keywords are routes with their claims."""

    def enter(judge: Callable[[Findings], Any]) -> Callable[[Findings], Any]:
        CONDITIONS[id] = Entry(id, statement, claims, judge)
        return judge

    return enter


def claims(document: str, *numbers: int | str) -> tuple[str, ...]:
    """Claims of one document: ``claims("000", 7, 16)`` is ("000 claim 7", "000 claim 16")."""
    return tuple(
        f"{document} claim {n}" if isinstance(n, int) else f"{document} {n}" for n in numbers
    )
