"""How far every input may go, either way, before the first condition breaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bumpform.answers.basis.inputs import Input, asked_inputs
from bumpform.answers.basis.probe import Judged, Point, Probe
from bumpform.answers.basis.wording import header
from bumpform.brief import brief
from bumpform.case.case import Case
from bumpform.case.file import as_case
from bumpform.units.table import DIMENSIONS

__all__ = ["Limit", "Margin", "Margins", "limit_between", "margins"]

#: How well a limit is known, relative to itself.
LOCATED: Final = 1e-9
#: The first step outwards, relative; every further one is twice as far from the value.
FIRST: Final = 0.01
#: Values beyond which no input of a size is looked at: times its size, or that part of it.
FARTHEST: Final = 100.0
#: Part of the way to a limit of the schema, which is no value itself, that is not gone.
SHORT: Final = 1e-3
#: Runs that a root may take by secants before the bracket is halved for good.
SECANTS: Final = 12
#: Most runs of one root: more than halve any bracket.
MOST: Final = 100
#: Part of an input's size that is as good as 0 for a limit to be relative to.
SMALL: Final = 1e-6
#: How far past a limit there has to be a product for a condition to break there, relative.
PAST: Final = 1e-6
#: Limits beyond which a run ends with exit code 2, in words.
_WRONG: Final = "refused: input"
_NO_RUN: Final = {
    _WRONG: "the case: wrong input",
    "refused: stopped": "the process: a step cannot be done",
}


#: A bracket of a limit: a value that is good with its run, and one that is not.
type _Ends = tuple[float, Point, float, Point]


@dataclass(frozen=True)
class Limit:
    """Where an input has gone too far.

    Attributes
    ----------
    value : float
        SI; the middle of a bracket of 1e-9 of it.
    breaks : str
        Id of the condition that does not hold beyond it, "requirement STAGE.METRIC", or
        "refused: reason".
    detail : str
        The condition's statement with its stage, or the reason in words.
    """

    value: float
    breaks: str
    detail: str

    @property
    def words(self) -> str:
        """What breaks, as a table and a picture say it: what a run does not begin is no refusal."""
        return _NO_RUN.get(self.breaks, self.breaks)

    @property
    def ends(self) -> bool:
        """Whether there is no product beyond it; else a condition breaks there."""
        return self.breaks.startswith("refused: ")


@dataclass(frozen=True)
class Margin:
    """How far one input may go.

    Attributes
    ----------
    input : Input
    low, high : Limit or None
        None where nothing breaks within the schema's limits, or from a hundredth of the value to a
        hundred times.
    """

    input: Input
    low: Limit | None
    high: Limit | None

    @property
    def tied(self) -> bool:
        """Whether it stands where the case becomes a wrong one: with another input, which it meets.

        A pad is as thick as it is proud: alone neither goes one way, together both go far.
        """
        return any(
            limit is not None
            and limit.breaks == _WRONG
            and abs(limit.value - self.input.value) <= 2.0 * LOCATED * self.input.size
            for limit in (self.low, self.high)
        )


@dataclass(frozen=True)
class Margins:
    """Margins of every input.

    Attributes
    ----------
    case : Case
    inputs : tuple of Margin
    broken : tuple of str
        Conditions, named likewise, that the case itself breaks; margins are those of the others.
    runs : int
        Cases that have been solved for it.
    """

    case: Case
    inputs: tuple[Margin, ...]
    broken: tuple[str, ...]
    runs: int

    __repr__ = brief

    def to_dict(self) -> dict[str, Any]:
        """As in margins.json."""
        return {
            **header("margins", self.case),
            "runs": self.runs,
            "broken": list(self.broken),
            "inputs": [
                {
                    "path": m.input.path,
                    "value": m.input.value,
                    "low": None if m.low is None else m.low.value,
                    "high": None if m.high is None else m.high.value,
                    "low_breaks": None if m.low is None else m.low.breaks,
                    "high_breaks": None if m.high is None else m.high.breaks,
                    "low_detail": None if m.low is None else m.low.detail,
                    "high_detail": None if m.high is None else m.high.detail,
                    "unit": DIMENSIONS[m.input.quantity.dimension].si,
                }
                for m in self.inputs
            ],
        }


def margins(
    case: Case | str | Path,
    *,
    paths: Sequence[str] | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Margins:
    """Where, either way, every input alone breaks the first condition or ends the state.

    Outwards from the case's value, each step twice as far as the last one, until something breaks;
    then a root of the condition's own margin, where it has one, kept in a bracket that halves. What
    breaks and is whole again within one step is not seen.

    Parameters
    ----------
    case : Case, or str or Path
        A case, the name of a bundled one, or a file.
    paths : sequence of str, optional
        Inputs that are looked at; all by default.
    tell : callable, optional
        Is called with how many inputs are done, of how many.

    Raises
    ------
    CaseError
        If the case is wrong.
    NoEquilibriumError
        If it has no equilibrium: nothing is left to break.
    """
    case = as_case(case)
    probe = Probe(case)
    base = probe.sound()
    listed = asked_inputs(case, paths)
    found: list[Margin] = []
    for done, item in enumerate(listed):
        tell(done, len(listed))
        line = _Line(probe, item, base)
        found.append(Margin(item, line.limit(-1.0), line.limit(1.0)))
    tell(len(listed), len(listed))
    return Margins(
        case,
        tuple(found),
        tuple(dict.fromkeys(c.group for c in base.conditions if c.holds is False)),
        probe.runs,
    )


def limit_between(probe: Probe, item: Input, good: float, bad: float) -> Limit | None:
    """Where the first condition breaks on the way from one value of an input to another.

    Conditions that do not hold at the first value already are left out.

    Parameters
    ----------
    probe : Probe
    item : Input
    good, bad : float
        SI.

    Returns
    -------
    Limit or None
        None where the second value breaks nothing that the first one does not.
    """
    base = probe.at({item.place: good})
    line = _Line(probe, replace(item, value=good), base)
    return line.between(bad)


class _Line:
    """Runs along one input."""

    def __init__(self, probe: Probe, item: Input, base: Point) -> None:
        self._probe, self._item, self._base = probe, item, base

    def limit(self, sign: float) -> Limit | None:
        """Where the first condition breaks on one side."""
        good, last = self._item.value, self._base
        for value in self._outwards(sign):
            point = self._at(value)
            if self._breaks(point):
                return self._root(good, last, value, point)
            good, last = value, point
        return None

    def between(self, value: float) -> Limit | None:
        """Where the first condition breaks on the way to a value; None where it breaks none."""
        point = self._at(value)
        if not self._breaks(point):
            return None
        return self._root(self._item.value, self._base, value, point)

    def _at(self, value: float) -> Point:
        if value == self._item.value:
            return self._base
        return self._probe.at({self._item.place: value})

    def _outwards(self, sign: float) -> Iterator[float]:
        """Values away from the case's own, the last one at the limit of what is looked at."""
        item = self._item
        low, high = item.limits
        towards_zero = sign * item.value < 0.0
        step, last = FIRST, item.value
        while True:
            if towards_zero and low >= 0.0:  # nearer and nearer, in ratios
                value = item.value / (1.0 + step)
                end = value < max(low, item.size / FARTHEST)
            else:
                value = item.value + sign * step * item.size
                end = not low <= value <= high or step > FARTHEST
            if end or not item.allows(value):
                edge = min(max(value, low), high)
                if not item.allows(edge):  # the limit itself is none: almost up to it
                    edge -= SHORT * (edge - last)
                if item.allows(edge) and step <= FARTHEST and edge != last:
                    yield edge
                return
            yield value
            last = value
            step *= 2.0

    def _breaks(self, point: Point) -> str:
        """What a point breaks that the case itself does not; empty for nothing."""
        if point.refused:
            return f"refused: {point.refused}"
        broken = self._broken(point)
        return broken.group if broken is not None else ""

    def _broken(self, point: Point) -> Judged | None:
        """The first condition that more things break than of the case itself."""
        more = point.failing - self._base.failing
        return next((c for c in point.conditions if c.holds is False and more[c.group]), None)

    def _root(self, good: float, inside: Point, bad: float, outside: Point) -> Limit:
        """The limit between a value that is good and one that is not."""
        if not self._probe.is_case({self._item.place: bad}):
            edge, bad = self._edge(good, bad)
            if edge != good:
                point = self._at(edge)
                if self._breaks(point):
                    bad, outside = edge, point
                else:
                    good, inside = edge, point
        nudge, halve = 0.0, False
        before: _Ends = (good, inside, bad, outside)  # the bracket's last other ends
        for count in range(MOST):
            width = LOCATED * max(abs(good), abs(bad), SMALL * self._item.size)
            if abs(bad - good) <= width:
                break
            nudge = max(nudge, 0.3 * width)
            middle = 0.5 * (good + bad)
            guess = self._secant(good, inside, bad, outside)
            if guess is None and not halve:
                guess = _beyond(before, (good, inside, bad, outside))
            if guess is None or count > SECANTS:
                value = middle
            else:  # past the guess, so that the bracket closes from both sides
                towards = bad if abs(guess - good) < abs(guess - bad) else good
                value = guess + math.copysign(nudge, towards - guess)
                nudge *= 3.0
                if not min(good, bad) < value < max(good, bad):
                    value = middle
            wide, point = abs(bad - good), self._at(value)
            if self._breaks(point):
                before = (*before[:2], bad, outside)
                bad, outside = value, point
            else:
                before = (good, inside, *before[2:])
                good, inside = value, point
            halve = value != middle and abs(bad - good) > 0.5 * wide
        value = 0.5 * (good + bad)
        past = bad + math.copysign(PAST * max(abs(bad), SMALL * self._item.size), bad - good)
        beyond = self._at(past) if self._item.allows(past) else outside
        if beyond.refused or (outside.refused and self._breaks(beyond)):
            # what breaks a hair's breadth before a state ends does not end it; and at a limit point
            # neither state is stable, though another one follows
            outside = beyond
        broken = None if outside.refused else self._broken(outside)
        if broken is None:
            return Limit(value, f"refused: {outside.refused}", outside.detail)
        stage = (
            f" ({broken.stage})" if broken.stage and broken.stage not in broken.statement else ""
        )
        return Limit(value, broken.group, f"{broken.statement.rstrip('.')}{stage}")

    def _edge(self, good: float, bad: float) -> tuple[float, float]:
        """The last value that makes a case, and the first that does not, without any run."""
        for _ in range(MOST):
            if abs(bad - good) <= LOCATED * max(abs(good), abs(bad), SMALL * self._item.size):
                break
            middle = 0.5 * (good + bad)
            if self._probe.is_case({self._item.place: middle}):
                good = middle
            else:
                bad = middle
        return good, bad

    def _secant(self, good: float, inside: Point, bad: float, outside: Point) -> float | None:
        """Where the first of the conditions that break has no margin left, by their values."""
        before = {(c.group, c.stage): c.margin for c in inside.conditions}
        guesses = []
        for condition in outside.conditions:
            a, b = before.get((condition.group, condition.stage)), condition.margin
            if condition.holds is False and a is not None and b is not None and a > 0.0 > b:
                guesses.append(good + (bad - good) * a / (a - b))
        return min(guesses, key=lambda x: abs(x - good), default=None)


def _beyond(before: _Ends, now: _Ends) -> float | None:
    """Where a margin ends that is there on one side only, by two values on that side.

    A condition that holds by its limit and breaks off it (all is covered) has a margin where it
    fails; of a state that ends, what has a margin up to there may be what ends it.
    """
    good, inside, bad, outside = now
    guesses = []
    sides = (before[2], before[3], bad, outside), (before[0], before[1], good, inside)
    for x, far, y, near in sides:
        known = {(c.group, c.stage): c.margin for c in far.conditions}
        for c in near.conditions:
            a, b = known.get((c.group, c.stage)), c.margin
            if not a or not b or not 0.0 < b / a < 1.0:
                continue
            guess = y + (y - x) * b / (a - b)
            if min(good, bad) < guess < max(good, bad):
                guesses.append(guess)
    return min(guesses, key=lambda g: abs(g - good), default=None)
