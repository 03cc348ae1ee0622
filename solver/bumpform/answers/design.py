"""Inverse design: values of some inputs at which some metrics are what they should be.

Newton's method within bounds: slopes come from one small step of each input and are then brought
up to date by the runs themselves (Broyden), so that a design takes about as many runs as it has
inputs, and five more. A step that leads to no such product, or to where a metric has no meaning, is
halved until it does not; where the case itself is no such place, the inputs are first moved
outwards until every target means something. A single input that finds nothing so is looked at from
bound to bound.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from bumpform.answers.inputs import Input
from bumpform.answers.probe import Point, Probe
from bumpform.answers.told import header, input_value, metric_value
from bumpform.case.case import Case
from bumpform.case.file import case_sha256

__all__ = ["Design", "Vary", "meet"]

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
#: Values of a single input that are looked at where the search has found none.
LOOKS: Final = 24
#: Runs that the first of many values that meet a target may take.
EDGES: Final = 3


@dataclass(frozen=True)
class Vary:
    """An input that may change, and its bounds, SI."""

    input: Input
    low: float
    high: float


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


def meet(
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
    search = _Search(probe, targets, vary)
    search.run()
    return search.told()


@dataclass(frozen=True, eq=False)
class _Try:
    """Inputs relative to their sizes, what the targets are missed by there, and the run."""

    x: Array
    miss: Array
    point: Point

    @property
    def far(self) -> float:
        return float(np.linalg.norm(self.miss))


class _Search:
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

    def run(self) -> None:
        """Search until the targets are met, or nothing gets nearer."""
        start = np.clip([v.input.value for v in self._vary] / self._size, self._low, self._high)
        here = self._at(start) or self._outwards(start)
        if here is None:
            self._why = f"no value that was looked at gives {' and '.join(self._targets)}"
            return
        self._descend(here)
        if len(self._vary) == len(self._wanted) == 1:
            if not self._hit():
                self._look()
            elif self._tries[-1].far == 0.0:
                self._to_the_edge()

    def _at(self, x: Array) -> _Try | None:
        """The run at some inputs; None where a target has no meaning, or there is no product."""
        values = dict(zip((v.input.place for v in self._vary), x * self._size, strict=True))
        point = self._probe.at({place: float(value) for place, value in values.items()})
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

    def _descend(self, here: _Try) -> None:
        """Newton's steps from a place, until they lead nowhere."""
        slopes, fresh = self._slopes(here, FIRST), True
        reach = LARGEST
        while not self._met(here) and self._probe.runs < MOST:
            step = self._step(here, slopes, reach)
            size = _relative(step, here.x)
            there = self._walk(here, step) if size > EDGE else None
            if there is not None and there.far < here.far:
                taken = there.x - here.x
                more = there.miss - here.miss - slopes @ taken
                slopes, fresh = slopes + np.outer(more, taken) / (taken @ taken), False
                reach = min(LARGEST, 2.0 * max(reach, _relative(taken, here.x)))
                if _relative(taken, here.x) < 0.9 * size:  # it was stopped on its way
                    reach = _relative(taken, here.x)
                here = there
            elif not fresh:
                slopes, fresh = self._slopes(here, min(FIRST, max(0.1 * size, EDGE))), True
            elif size > EDGE:
                reach = 0.25 * size
            else:
                self._why = self._why or self._stuck(here, slopes)
                return

    def _walk(self, here: _Try, step: Array) -> _Try | None:
        """The run a step away, or half of it, and so on, until the targets mean something."""
        while _relative(step, here.x) > EDGE and self._probe.runs < MOST:
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
                x[i] += sign * step * abs(x[i] or 1.0)
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
        up, down = reach * np.abs(here.x), reach / (1.0 + reach) * np.abs(here.x)
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
        low, high = float(self._low[0]), float(self._high[0])
        spaced = np.geomspace if low > 0.0 else np.linspace
        for x in spaced(low, high, LOOKS):
            self._at(np.array([float(x)]))
        looked = sorted(self._tries, key=lambda t: float(t.x[0]))
        for one, other in itertools.pairwise(looked):
            if one.miss[0] * other.miss[0] > 0.0 or self._hit():
                continue
            while _relative(other.x - one.x, one.x) > EDGE and not self._hit():
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
        values = dict(zip((v.input.place for v in self._vary), x * self._size, strict=True))
        point = self._probe.at({place: float(value) for place, value in values.items()})
        missing = [name for name in self._targets if name not in point.metrics]
        why = point.detail or f"there is no {' and '.join(missing)}"
        return f"beyond {self._words(x)}: {why}"

    def _words(self, x: Array) -> str:
        return ", ".join(
            f"{v.input.path} = {input_value(float(value), v.input.quantity.dimension)}"
            for v, value in zip(self._vary, x * self._size, strict=True)
        )

    def _stuck(self, here: _Try, slopes: Array) -> str:
        """Why no step leads nearer, in words."""
        ends = [
            f"{v.input.path} is at its bound {input_value(end, v.input.quantity.dimension)}"
            for v, x in zip(self._vary, here.x * self._size, strict=True)
            for end in (v.low, v.high)
            if abs(x - end) <= EDGE * abs(end)
        ]
        if ends:
            return "; ".join(ends)
        idle = [
            v.input.path for v, column in zip(self._vary, slopes.T, strict=True) if not column.any()
        ]
        if idle:
            return f"no target moves with {' and '.join(idle)}"
        if len(self._targets) > len(self._vary):
            return "the targets want different values of what is varied"
        return f"an extreme or a change of state lies at {self._words(here.x)}"

    def told(self) -> Design:
        """What has been found."""
        names = list(self._targets)
        best = min(self._tries, key=self._rank, default=None)
        if best is None:
            start = {v.input.path: v.input.value for v in self._vary}
            none: dict[str, float | None] = dict.fromkeys(names)
            case, runs = self._probe.case, self._probe.runs
            return Design(case, case, self._targets, start, {}, runs, False, none, self._why, ())
        values = [float(x) for x in best.x * self._size]
        reached = self._met(best)
        return Design(
            self._probe.case,
            self._designed(values),
            self._targets,
            {v.input.path: x for v, x in zip(self._vary, values, strict=True)},
            {name: best.point.metrics[name] for name in names},
            self._probe.runs,
            reached,
            dict(zip(names, map(float, best.miss), strict=True)),
            "" if reached else self._why or f"{MOST} runs did not suffice",
            tuple(dict.fromkeys(c.id for c in best.point.conditions if c.holds is False)),
        )

    def _designed(self, values: Sequence[float]) -> Case:
        """The case at some values; where their scatter is cut off moves with them."""
        case = self._probe.case
        places: dict[str, float] = {}
        for item, value in zip((v.input for v in self._vary), values, strict=True):
            places[item.place] = value
            names = [name for name, t in case.tolerances.items() if t is item.tolerance]
            for name, end in itertools.product(names, ("low", "high")):
                cut = getattr(case.tolerances[name], end)
                if cut is not None:
                    places[f"tolerances.{name}.{end}"] = cut + value - item.value
        return case.with_values(places)

    def _rank(self, one: _Try) -> tuple[bool, bool, float]:
        """What is met first, on the side from which it was come to; else what is nearest."""
        scale = np.where(self._scale > 0.0, self._scale, 1.0)
        far = float(np.linalg.norm(one.miss / scale))
        return not self._met(one), one.far == 0.0, far


def _relative(step: Array, x: Array) -> float:
    return float((np.abs(step) / np.where(x == 0.0, 1.0, np.abs(x))).max())


def _inverse(tries: Sequence[_Try]) -> float:
    """Input at which a polynomial of the misses says that nothing is missed."""
    total = 0.0
    for one in tries:
        rest = [t for t in tries if t is not one]
        weights = (t.miss[0] / (t.miss[0] - one.miss[0]) for t in rest)
        total += float(one.x[0] * np.prod(list(weights)))
    return total
