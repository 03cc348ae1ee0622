"""What the second judge says, and how near to a limit it says it."""

from __future__ import annotations

from dataclasses import dataclass, replace

HOLDS, FAILS, OPEN = "holds", "fails", "not judged"


@dataclass(frozen=True)
class Answer:
    """One verdict.

    Attributes
    ----------
    verdict : "holds", "fails" or "not judged"
    why : str
    near : bool
        Nearer to a limit than polygons can tell.
    stage : str or None
        Which stage, body or pair it is about, where there is one answer for each.
    """

    verdict: str
    why: str = ""
    near: bool = False
    stage: str | None = None

    def of(self, stage):
        return replace(self, stage=stage)


def unjudged(why):
    return Answer(OPEN, why)


def yes(holds, why=""):
    """Of a statement without a limit that could be near."""
    return Answer(HOLDS if holds else FAILS, why)


def above(value, limit, slack, why="", *, or_equal=False):
    """value > limit (or ≥); near where they differ by about the slack, yet not by round-off.

    A difference of at most a thousandth of the slack is none: both numbers are exact nodes.
    """
    gap = value - limit
    holds = gap > -slack if or_equal else gap > slack
    near = 1e-3 * slack < abs(gap) < 1e2 * slack
    return Answer(HOLDS if holds else FAILS, why or f"{value:.6g} against {limit:.6g}", near)


def within(value, low, high, slack, why=""):
    """low ≤ value ≤ high."""
    return both(
        above(value, low, slack, why, or_equal=True),
        above(-value, -high, slack, why, or_equal=True),
    )


def both(*answers):
    """All of them: fails if one fails; not judged only if none fails and one is not judged."""
    failed = [a for a in answers if a.verdict == FAILS]
    near = any(a.near for a in answers)
    if failed:
        sure = [a for a in failed if not a.near]
        return replace(failed[0], near=not sure)
    opened = [a for a in answers if a.verdict == OPEN]
    if opened:
        return replace(opened[0], near=near)
    return replace(answers[0], near=near)


def worst(answers):
    """One answer of several about different bodies: what is not judged does not count."""
    answers = list(answers)
    judged = [a for a in answers if a.verdict != OPEN]
    return both(*judged) if judged else (answers[0] if answers else None)
