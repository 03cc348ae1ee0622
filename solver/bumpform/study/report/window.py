"""Windows of a study: what holds over two of its axes, and what it is that ends."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bumpform.study.plan.axis import Axis, Level, Span
from bumpform.study.plan.study import Numbers, Study
from bumpform.study.rows.row import CONVERGED, FAILED, NO_EQUILIBRIUM
from bumpform.study.rows.sheet import Sheet

__all__ = ["FAILED", "MOST_LEVELS", "REFUSED", "Window", "windows_of"]

#: Levels of an axis that a map has at the most; of a finer one it has some.
MOST_LEVELS: Final = 101
#: Maps of a study.
MOST_WINDOWS: Final = 3
#: Places between which a map is drawn, along each axis, or a few more.
PLACES: Final = 240
#: What a row is, where it is no product.
REFUSED: Final = "no equilibrium"
_OUTCOMES: Final = (CONVERGED, NO_EQUILIBRIUM, FAILED)

type Place = tuple[int, int]
type Array = NDArray[np.float64]
type Mask = NDArray[np.bool_]


class Window:
    """A map over two axes, all others at the middle one of their levels.

    Between its nodes a value that is judged is taken as bilinear, and so is each of its limits:
    these change smoothly where a margin, the nearer of two, does not. What has no value is as at
    the nearest node.

    Parameters
    ----------
    study : Study
    x, y : int
        Places of the axes among those of the study.

    Attributes
    ----------
    x, y : Axis
    held : dict of Axis to Level
        The others.
    columns, lines : list of int
        Levels of x, and of y, that the map has, in the order of their values.
    drawn : bool
        Whether its nodes are of samples: all of them at a point, where others have one row.
    """

    def __init__(self, study: Study, x: int, y: int) -> None:
        self._study, self._x, self._y = study, x, y
        self.x, self.y = study.axes[x], study.axes[y]
        self.columns, self.lines = _some(self.x), _some(self.y)
        self.drawn = study.drawn
        free = {axis.place for block in study.together if block.drawn for axis in block.axes}
        self._held = {
            i: len(axis.levels) // 2
            for i, axis in enumerate(study.varied)
            if i not in (x, y) and axis.place not in free
        }
        self.held: dict[Axis, Level] = {
            study.varied[i]: study.varied[i].levels[k] for i, k in self._held.items()
        }
        self._column = _places_of(self.columns, len(self.x.levels))
        self._line = _places_of(self.lines, len(self.y.levels))
        shape = (len(self.lines), len(self.columns))
        self._rows = np.zeros(shape, dtype=np.int64)
        self._good = np.zeros(shape, dtype=np.int64)
        #: Of single rows: places in _OUTCOMES, whether a condition fails, its value and limits.
        self._outcome = np.full(shape, -1, dtype=np.int8)
        self._fails: dict[str, Mask] = {}
        self._judged: dict[str, Array] = {}

    def add(self, sheet: Sheet) -> None:
        """Take from some rows those that the map shows."""
        places = self._study.places(sheet.numbers)
        column, line = self._column[places[self._x]], self._line[places[self._y]]
        shown = (column >= 0) & (line >= 0)
        for i, level in self._held.items():
            shown &= places[i] == level
        found = np.flatnonzero(shown)
        if not len(found):
            return
        at = line[found], column[found]
        np.add.at(self._rows, at, 1)
        np.add.at(self._good, at, sheet.good[found])
        if self.drawn:
            return
        self._outcome[at] = [_OUTCOMES.index(word) for word in sheet.words("outcome", found)]
        product = sheet.converged[found]
        for name, units in sheet.units.items():
            fails = self._fails.setdefault(name, np.zeros(self._rows.shape, dtype=bool))
            fails[at] = sheet.said(name, "fails")[found] & product
            for unit in units:
                judged = self._judged.setdefault(name, np.full((3, *self._rows.shape), np.nan))
                for into, part in zip(judged, ("value", "low", "high"), strict=True):
                    numbers = sheet.judged(name, part, unit)
                    if numbers is not None:
                        there = product & ~np.isnan(numbers[found])
                        into[at[0][there], at[1][there]] = numbers[found][there]

    @property
    def nodes(self) -> list[Place]:
        """Columns and lines at which there are rows."""
        return [(int(i), int(j)) for j, i in zip(*np.nonzero(self._rows), strict=True)]

    @property
    def shares(self) -> Array:
        """Share of the rows at each node that is good, a line for each of y; NaN where none is."""
        there = np.where(self._rows, self._rows, 1)
        return np.where(self._rows, self._good / there, np.nan)

    # ------------------------------------------------------------ between the nodes

    @cached_property
    def between(self) -> tuple[int, int]:
        """How many places there are from one node to the next, along x and along y."""
        counts = (max(1, len(levels) - 1) for levels in (self.columns, self.lines))
        x, y = (math.ceil(PLACES / count) for count in counts)
        return x, y

    def at(self, column: float, line: float) -> tuple[float, float]:
        """Values of both axes at a place between nodes, SI."""
        return self._value(0, column), self._value(1, line)

    def _value(self, along: int, place: float) -> float:
        values = self._values[along]
        if place == int(place):
            return values[int(place)]
        steps = range(len(values))
        if not _is_log((self.x, self.y)[along]):
            return float(np.interp(place, steps, values))
        value = math.exp(float(np.interp(place, steps, np.log(np.abs(values)))))
        return math.copysign(value, values[0])

    @cached_property
    def _values(self) -> tuple[list[float], list[float]]:
        """Values of x, and of y, at the nodes."""
        along_x = [float(self.x.levels[k]) for k in self.columns]
        return along_x, [float(self.y.levels[k]) for k in self.lines]

    @cached_property
    def places(self) -> tuple[Array, Array]:
        """Places along x and along y, in nodes from the first."""
        found = []
        for count, parts in zip((len(self.columns), len(self.lines)), self.between, strict=True):
            found.append(np.arange((count - 1) * parts + 1) / parts)
        return found[0], found[1]

    @property
    def margins(self) -> dict[str, tuple[Array, ...]]:
        """How far inside of its lower and its upper limit a condition's value is, at all places.

        By id: an array for each limit that there is; NaN where a node beside has no value, or one
        that is the limit itself, as a coverage of 1, from which nothing tells where it ends.
        """
        return {name: sides for name in self._judged if (sides := self._sides(name))}

    def _sides(self, name: str) -> tuple[Array, ...]:
        """The same of one condition; nothing where no row has a value."""
        if name not in self._judged:
            return ()
        value, low, high = self._judged[name]
        sides = [np.where(side == 0.0, np.nan, side) for side in (value - low, high - value)]
        return tuple(self._bilinear(side) for side in sides if np.isfinite(side).any())

    @cached_property
    def broken(self) -> dict[str, Mask]:
        """Where a condition fails, or there is no product ("no equilibrium", "failed")."""
        found: dict[str, Mask] = {}
        products = self._nearest(self._outcome == _OUTCOMES.index(CONVERGED))
        for name, nodes in self._fails.items():
            fails = self._nearest(nodes)
            sides = self._sides(name)
            for side in sides:
                fails = np.where(np.isfinite(side), False, fails)
            for side in sides:
                fails = fails | (side < 0.0)
            found[name] = fails & products
        for told, outcome in ((REFUSED, NO_EQUILIBRIUM), (FAILED, FAILED)):
            found[told] = self._nearest(self._outcome == _OUTCOMES.index(outcome))
        return {name: mask for name, mask in found.items() if mask.any()}

    def _bilinear(self, numbers: Array) -> Array:
        x, y = self.places
        i = np.minimum(x.astype(int), max(0, len(self.columns) - 2))
        j = np.minimum(y.astype(int), max(0, len(self.lines) - 2))
        u, v = (x - i)[None, :], (y - j)[:, None]
        i, j = i[None, :], j[:, None]
        low = _weighed(1.0 - u, numbers[j, i]) + _weighed(u, numbers[j, i + 1])
        high = _weighed(1.0 - u, numbers[j + 1, i]) + _weighed(u, numbers[j + 1, i + 1])
        return _weighed(1.0 - v, low) + _weighed(v, high)

    def _nearest(self, mask: Mask) -> Mask:
        x, y = (np.rint(places).astype(int) for places in self.places)
        return mask[y[:, None], x[None, :]]


def windows_of(study: Study) -> list[Window]:
    """Maps over the pairs of a study's axes that are quantities, the first ones."""
    axes = [i for i, axis in enumerate(study.axes) if axis.dimension and len(axis.levels) > 1]
    pairs = itertools.islice(itertools.combinations(axes, 2), MOST_WINDOWS)
    return [Window(study, x, y) for x, y in pairs]


def _some(axis: Axis) -> list[int]:
    """Levels that a map has, by their values: all, or some, the least and the largest included."""
    count = len(axis.levels)
    if isinstance(axis.levels, Span):
        levels = list(range(count))
        levels = levels if axis.levels.first < axis.levels.last else levels[::-1]
    else:
        levels = sorted(range(count), key=lambda k: axis.levels[k])
    if count <= MOST_LEVELS:
        return levels
    return [levels[i * (count - 1) // (MOST_LEVELS - 1)] for i in range(MOST_LEVELS)]


def _places_of(levels: Sequence[int], count: int) -> Numbers:
    """Place of each of so many levels among those of a map; -1 of those that it has not."""
    places = np.full(count, -1)
    places[levels] = np.arange(len(levels))
    return places


def _is_log(axis: Axis) -> bool:
    return isinstance(axis.levels, Span) and axis.levels.spacing == "log"


def _weighed(weights: Array, numbers: Array) -> Array:
    """Numbers by their weights; what weighs nothing does not matter, be it a number or not."""
    return np.where(weights == 0.0, 0.0, weights * numbers)
