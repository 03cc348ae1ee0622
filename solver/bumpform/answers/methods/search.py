"""Inverse design: values of some inputs at which some metrics are what they should be.

Newton's method within bounds: slopes come from one small step of each input and are then brought
up to date by the runs themselves (Broyden), so that a design takes about as many runs as it has
inputs, and five more. A step that leads to no such product, or to where a metric has no meaning, is
halved until it does not; where the case itself is no such place, the inputs are first moved
outwards until every target means something. What finds nothing so, or does not move a target where
the search stands, is looked at from bound to bound.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from bumpform.answers.basis.inputs import Input
from bumpform.answers.basis.probe import Point, Probe
from bumpform.answers.basis.wording import input_value, metric_value

__all__ = ["MOST", "Found", "Search", "Vary"]

type Array = NDArray[np.float64]

#: How well a target is hit: relative to it, or, of 0, to what the inputs make of it.
HIT: Final = 1e-9
#: First step of each input, relative; and the factors by which it is moved where a target means
#: nothing.
FIRST: Final = 1e-3
OUTWARDS: Final = (1.05, 1.15, 1.4, 2.0, 4.0, 8.0)
#: Most that an input grows in one step, relative to what it is; it shrinks by the same factor.
LARGEST: Final = 2.0
#: Runs after which a search ends; steps below which it is at an edge.
MOST: Final = 80
EDGE: Final = 1e-10
#: Values of an input that are looked at where the search has found none; halvings that follow from
#: the last one at which every target means something towards where one does not.
LOOKS: Final = 24
HALVINGS: Final = 6
#: Runs that the first of many values that meet a target may take.
EDGES: Final = 3
#: How near a run on another branch is, relative, where that is what a search is stopped by.
BESIDE: Final = 1e-2


@dataclass(frozen=True)
class Vary:
    """An input that may change, and its bounds, SI."""

    input: Input
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Found:
    """Where a search has ended.

    Attributes
    ----------
    values : sequence of float
        Of what may vary, SI.
    point : Point
        The run there.
    reached : bool
        Whether every target is met.
    why : str
        What stands in the way; empty where nothing does.
    """

    values: Sequence[float]
    point: Point
    reached: bool
    why: str


@dataclass(frozen=True, eq=False)
class _Try:
    """Inputs relative to their sizes, what the targets are missed by there, and the run."""

    x: Array
    miss: Array
    point: Point

    @property
    def far(self) -> float:
        return float(np.linalg.norm(self.miss))


class Search:
    """A search from the case's own values."""

    def __init__(self, probe: Probe, targets: Mapping[str, float], vary: Sequence[Vary]) -> None:
        self._probe, self._targets, self._vary = probe, targets, vary
        self._size = np.array([v.input.size for v in vary])
        self._low = np.array([v.low for v in vary]) / self._size
        self._high = np.array([v.high for v in vary]) / self._size
        self._wanted = np.array(list(targets.values()))
        self._scale = np.abs(self._wanted)  # of a target of 0, as soon as a slope is known
        self._tries: list[_Try] = []
        self._why = ""
        self._idle: list[int] = []

    def run(self) -> None:
        """Search until the targets are met, or nothing gets nearer."""
        start = self._start()
        here = self._at(start) or self._outwards(start) or self._anywhere(start)
        if here is None:
            self._why = self._nowhere(start)
            return
        self._descend(here)
        if len(self._vary) == len(self._wanted) == 1:
            if not self._hit():
                self._look()
            elif self._tries[-1].far == 0.0:
                self._to_the_edge()
        elif not self._hit() and self._idle:
            self._look_along_idle()

    def _large(self, x: Array) -> Array:
        """What steps are relative to: the inputs; of one that may pass 0 its own size at least."""
        signed = (self._low < 0.0) & (self._high > 0.0)
        return np.where(signed, np.maximum(np.abs(x), 1.0), np.where(x == 0.0, 1.0, np.abs(x)))

    def _relative(self, step: Array, x: Array) -> float:
        return float((np.abs(step) / self._large(x)).max())

    def _start(self) -> Array:
        """The case's own values, or the bounds next to them."""
        own = np.array([v.input.value for v in self._vary])
        return np.clip(own / self._size, self._low, self._high)

    def _point(self, x: Array) -> Point:
        values = dict(zip((v.input.place for v in self._vary), x * self._size, strict=True))
        return self._probe.at({place: float(value) for place, value in values.items()})

    def _at(self, x: Array) -> _Try | None:
        """The run at some inputs; None where a target has no meaning, or there is no product."""
        point = self._point(x)
        found = [point.metrics.get(name) for name in self._targets]
        if point.refused or None in found:
            return None
        here = _Try(x, np.array(found, dtype=float) - self._wanted, point)
        self._tries.append(here)
        return here

    def _outwards(self, start: Array) -> _Try | None:
        for factor in OUTWARDS:
            for i, way in itertools.product(range(len(start)), (1.0 / factor, factor)):
                x = start.copy()
                x[i] *= way
                inside = self._low[i] <= x[i] <= self._high[i]
                if inside and (found := self._at(x)) is not None:
                    return found
        return None

    def _anywhere(self, start: Array) -> _Try | None:
        """The nearest of values from bound to bound, one input at a time."""
        found = [t for i in range(len(start)) for t in self._along(start, i)]
        return min(found, key=self._rank, default=None)

    def _along(self, x: Array, i: int) -> list[_Try]:
        """Runs from one bound of an input to the other, and close to where a target ends."""
        low, high = float(self._low[i]), float(self._high[i])
        spaced = np.geomspace if low > 0.0 else np.linspace
        looked: list[tuple[float, _Try | None]] = []
        for value in map(float, np.clip(spaced(low, high, LOOKS), low, high)):
            looked.append((value, self._at(_with(x, i, value))))
        for (a, one), (b, other) in itertools.pairwise(list(looked)):
            if (one is None) == (other is None):
                continue
            there, gone = (a, b) if one is not None else (b, a)
            for _ in range(HALVINGS):
                middle = 0.5 * (there + gone)
                looked.append((middle, self._at(_with(x, i, middle))))
                there, gone = (there, middle) if looked[-1][1] is None else (middle, gone)
        return [found for _, found in looked if found is not None]

    def _look_along_idle(self) -> None:
        """Go on from where an input that did not move the targets does, and brings them nearest."""
        stood = min(self._tries, key=self._rank)
        words, moved = [], []
        for i in self._idle:
            tries = self._along(stood.x, i)
            words.append(self._told_idle(stood, i, tries))
            moved += [t for t in tries if (np.abs(t.miss - stood.miss) > HIT * self._scale).any()]
        self._why = ""
        if moved:
            self._descend(min(moved, key=self._rank))
        if min(self._tries, key=self._rank) is stood:
            self._why = "; ".join(words)

    def _told_idle(self, here: _Try, i: int, tries: Sequence[_Try]) -> str:
        """What runs along an input that moves nothing near where it is have told of it."""
        path, dimension = self._vary[i].input.path, self._vary[i].input.quantity.dimension
        values = [float(t.x[i] * self._size[i]) for t in (here, *tries)]
        own, *ends = (input_value(v, dimension) for v in (values[0], min(values), max(values)))
        span = f"from {ends[0]} to {ends[1]}"
        misses = np.array([t.miss for t in (here, *tries)])
        if (np.ptp(misses, axis=0) <= HIT * self._scale).all():
            return f"no target moves with {path}, {span}"
        told = [
            f"{name} is {' to '.join(metric_value(name, float(m + wanted)) for m in between)}"
            for name, wanted, between in zip(
                self._targets,
                self._wanted,
                zip(misses.min(0), misses.max(0), strict=True),
                strict=True,
            )
        ]
        return f"no target moves with {path} near {own}; {span}, {' and '.join(told)}"

    def _nowhere(self, start: Array) -> str:
        """That no value gives the targets; and why the first does not, where that is known."""
        point = self._point(start)
        spans = []
        for v in self._vary:
            low, high = (input_value(x, v.input.quantity.dimension) for x in (v.low, v.high))
            spans.append(f"{v.input.path} from {low} to {high}")
        missing = [name for name in self._targets if name not in point.metrics]
        why = f"; at {self._words(start)}: {_going_on(point.detail)}" if point.detail else ""
        return (
            f"no value that was looked at ({', '.join(spans)}) gives {' and '.join(missing)}{why}"
        )

    def _descend(self, here: _Try) -> None:
        """Newton's steps from a place, until they lead nowhere."""
        slopes, fresh = self._slopes(here, FIRST), True
        reach = LARGEST
        while not self._met(here) and self._probe.runs < MOST:
            step = self._step(here, slopes, reach)
            size = self._relative(step, here.x)
            there = self._walk(here, step) if size > EDGE else None
            if there is not None and there.far < here.far:
                taken = there.x - here.x
                more = there.miss - here.miss - slopes @ taken
                slopes, fresh = slopes + np.outer(more, taken) / (taken @ taken), False
                reach = min(LARGEST, 2.0 * max(reach, self._relative(taken, here.x)))
                if self._relative(taken, here.x) < 0.9 * size:  # it was stopped on its way
                    reach = self._relative(taken, here.x)
                here = there
            elif not fresh:
                slopes, fresh = self._slopes(here, min(FIRST, max(0.1 * size, EDGE))), True
            elif size > EDGE:
                reach = 0.25 * size
            else:
                self._idle = np.flatnonzero(~slopes.any(axis=0)).tolist()
                self._why = self._why or self._stuck(here)
                return

    def _walk(self, here: _Try, step: Array) -> _Try | None:
        """The run a step away, or half of it, and so on, until the targets mean something."""
        while self._relative(step, here.x) > EDGE and self._probe.runs < MOST:
            there = self._at(here.x + step)
            if there is not None:
                return there
            self._why = self._beyond(here.x + step)
            step = 0.5 * step
        return None

    def _slopes(self, here: _Try, step: float) -> Array:
        """Change of every target by every input, per its size."""
        columns = []
        for i in range(len(here.x)):
            column = np.zeros(len(self._wanted))
            for sign in (1.0, -1.0):
                x = here.x.copy()
                x[i] += sign * step * self._large(x)[i]
                if not self._low[i] <= x[i] <= self._high[i]:
                    continue
                there = self._at(x)
                if there is not None:
                    column = (there.miss - here.miss) / (x[i] - here.x[i])
                    break
            columns.append(column)
        slopes = np.array(columns).T
        makes = np.abs(slopes) @ np.abs(here.x)
        self._scale = np.where(self._wanted == 0.0, np.maximum(makes, self._scale), self._scale)
        return slopes

    def _step(self, here: _Try, slopes: Array, reach: float) -> Array:
        """The step within the bounds that comes nearest by the slopes."""
        large = self._large(here.x)
        up, down = reach * large, reach / (1.0 + reach) * large
        low = np.maximum(self._low - here.x, -np.where(here.x > 0.0, down, up))
        high = np.minimum(self._high - here.x, np.where(here.x > 0.0, up, down))
        free = high - low > 0.0
        scale = np.where(self._scale > 0.0, self._scale, 1.0)[:, None]
        step = np.zeros(len(here.x))
        if free.any():
            solved = lsq_linear(
                (slopes / scale)[:, free],
                -here.miss / scale[:, 0],
                (low[free], high[free]),
                tol=1e-14,
            )
            step[free] = np.clip(solved.x, low[free], high[free])
        return step

    def _met(self, here: _Try) -> bool:
        return bool((np.abs(here.miss) <= HIT * self._scale).all())

    def _hit(self) -> bool:
        return any(self._met(t) for t in self._tries)

    def _to_the_edge(self) -> None:
        """Of values that all meet a target (all is covered, all is flush), the first one.

        Where the runs on this side of it lead to, by inverse interpolation; in between otherwise.
        """
        hit = self._tries[-1]
        own = [
            t
            for t in self._tries
            if t.far > 0.0 and t.point.signature == self._tries[0].point.signature
        ]
        if not own or hit.point.signature == own[-1].point.signature:
            return
        for _ in range(EDGES):
            own.sort(key=lambda t: t.far)
            near = own[:4]
            guess = _inverse(near)
            side = np.sign(hit.x[0] - near[0].x[0])
            nudge = HIT * self._scale[0] * abs(guess - near[0].x[0]) / near[0].far
            guess -= 0.3 * side * nudge
            if not min(near[0].x[0], hit.x[0]) < guess < max(near[0].x[0], hit.x[0]):
                guess = 0.5 * (near[0].x[0] + hit.x[0])
            there = self._at(np.array([guess]))
            if there is None:
                return
            if there.far > 0.0:
                own.append(there)
                if self._met(there):
                    return
            else:
                hit = there

    def _look(self) -> None:
        """Look at a single input from bound to bound, and close in where a target is passed."""
        here = min(self._tries, key=self._rank)
        tries = self._along(here.x, 0)
        if self._idle:
            self._why = self._told_idle(here, 0, tries)
        looked = sorted(self._tries, key=lambda t: float(t.x[0]))
        for one, other in itertools.pairwise(looked):
            if one.miss[0] * other.miss[0] > 0.0 or self._hit():
                continue
            while self._relative(other.x - one.x, one.x) > EDGE and not self._hit():
                part = one.miss[0] / (one.miss[0] - other.miss[0])
                part = min(max(part, 0.1), 0.9)
                middle = self._at(one.x + part * (other.x - one.x))
                if middle is None:
                    break
                one, other = (
                    (middle, other) if middle.miss[0] * one.miss[0] > 0.0 else (one, middle)
                )
            [name], [vary] = self._targets, self._vary
            at = input_value(float(one.x[0] * self._size[0]), vary.input.quantity.dimension)
            ends = (metric_value(name, float(t.miss[0] + self._wanted[0])) for t in (one, other))
            self._why = f"{name} jumps from {' to '.join(ends)} at {vary.input.path} = {at}"

    def _beyond(self, x: Array) -> str:
        """Why there is no way on."""
        point = self._point(x)
        missing = [name for name in self._targets if name not in point.metrics]
        why = _going_on(point.detail) or f"there is no {' and '.join(missing)}"
        return f"beyond {self._words(x)}: {why}"

    def _words(self, x: Array) -> str:
        return ", ".join(
            f"{v.input.path} = {input_value(float(value), v.input.quantity.dimension)}"
            for v, value in zip(self._vary, x * self._size, strict=True)
        )

    def _stuck(self, here: _Try) -> str:
        """Why no step leads nearer, in words."""
        ends = [
            f"{v.input.path} is at its bound {input_value(end, v.input.quantity.dimension)}"
            for v, x in zip(self._vary, here.x * self._size, strict=True)
            for end in (v.low, v.high)
            if abs(x - end) <= EDGE * abs(end)
        ]
        if ends:
            return "; ".join(ends)
        if self._idle:
            idle = [self._vary[i].input.path for i in self._idle]
            return f"no target moves with {' and '.join(idle)}"
        if len(self._targets) > len(self._vary):
            return "the targets want different values of what is varied"
        told = (f"{n} comes to {metric_value(n, here.point.metrics[n])}" for n in self._targets)
        return (
            f"{' and '.join(told)} at {self._words(here.x)}, and no step from there leads nearer: "
            f"{self._turns(here)}"
        )

    def _turns(self, here: _Try) -> str:
        """What lies where no step leads nearer: another state beside it, or an extreme."""
        beside = (t for t in self._tries if self._relative(t.x - here.x, here.x) < BESIDE)
        if any(t.point.signature != here.point.signature for t in beside):
            return "the bump goes over to another state beside it"
        what = "it has an extreme" if len(self._targets) == 1 else "together they come no nearer"
        return f"{what} there"

    def found(self) -> Found:
        """What is nearest to the targets, within the bounds."""
        best = min(self._tries, key=self._rank, default=None)
        at = self._start() if best is None else best.x
        reached = best is not None and self._met(best)
        why = "" if reached else self._why or f"{MOST} runs did not suffice"
        return Found([float(x) for x in at * self._size], self._point(at), reached, why)

    def _rank(self, one: _Try) -> tuple[bool, bool, float]:
        """What is met first, on the side from which it was come to; else what is nearest."""
        scale = np.where(self._scale > 0.0, self._scale, 1.0)
        far = float(np.linalg.norm(one.miss / scale))
        return not self._met(one), one.far == 0.0, far


def _going_on(sentence: str) -> str:
    """A sentence within another one."""
    return sentence.removesuffix(".")


def _with(x: Array, i: int, value: float) -> Array:
    moved = x.copy()
    moved[i] = value
    return moved


def _inverse(tries: Sequence[_Try]) -> float:
    """Input at which a polynomial of the misses says that nothing is missed."""
    total = 0.0
    for one in tries:
        rest = [t for t in tries if t is not one]
        weights = (t.miss[0] / (t.miss[0] - one.miss[0]) for t in rest)
        total += float(one.x[0] * np.prod(list(weights)))
    return total
