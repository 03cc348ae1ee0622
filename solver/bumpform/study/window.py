"""Windows of a study: where, over two of its axes, every condition holds, and what ends it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from bumpform.answers.inputs import Input
from bumpform.answers.margins import limit_between
from bumpform.answers.probe import Probe
from bumpform.case.case import Case
from bumpform.case.paths import locate
from bumpform.case.quantities import quantity_at
from bumpform.errors import BumpformError
from bumpform.study.axis import Axis, Level
from bumpform.study.row import CONVERGED, NO_EQUILIBRIUM
from bumpform.study.study import Study

__all__ = ["Boundary", "End", "Node", "Window", "boundary", "windows_of"]

#: Levels of an axis that a map has at the most; of a finer one it has some.
MOST_LEVELS: Final = 101
#: Maps of a study.
MOST_WINDOWS: Final = 3
#: Places of a boundary that are located by runs; of a longer one the margins of its rows do.
MOST_LOCATED: Final = 60
#: Runs that locating all of a study's boundaries may take.
MOST_RUNS: Final = 1000
#: What a row is, where it is no product.
REFUSED: Final = "no equilibrium"
FAILED: Final = "failed"

type Place = tuple[int, int]


@dataclass
class Node:
    """What the rows at a point of a map come to: one of them, or all samples.

    Attributes
    ----------
    rows, good : int
    broken : tuple of str
        Conditions that fail, by id; of what is no product why: "no equilibrium", "failed". Of
        samples those of any.
    margins : dict of a condition's id to float
        Of a single row.
    """

    rows: int = 0
    good: int = 0
    broken: tuple[str, ...] = ()
    margins: dict[str, float] = field(default_factory=dict)


class End(NamedTuple):
    """A place where the window ends, between two neighbours.

    Attributes
    ----------
    x, y : float
        SI.
    breaks : str
        What breaks first: a condition's id, or "refused: …".
    located : bool
        Whether runs have located it to 1e-9; otherwise margins of the two rows tell it.
    """

    x: float
    y: float
    breaks: str
    located: bool


@dataclass(frozen=True)
class Boundary:
    """The boundary of a window.

    Attributes
    ----------
    ends : mapping of a pair of neighbours to End
        On the lines of the grid.
    pieces : tuple of (End, End)
        Straight between them, cell by cell.
    runs : int
        Cases that have been solved for it.
    """

    ends: Mapping[tuple[Place, Place], End]
    pieces: tuple[tuple[End, End], ...]
    runs: int

    @property
    def located(self) -> int:
        """How many of its places runs have located."""
        return sum(end.located for end in self.ends.values())


class Window:
    """A map over two axes, all others at the middle one of their levels.

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
        Levels of x, and of y, that the map has.
    nodes : dict of (column, line) to Node
    drawn : bool
        Whether its nodes are of samples.
    """

    def __init__(self, study: Study, x: int, y: int) -> None:
        self._study, self._x, self._y = study, x, y
        self.x, self.y = study.axes[x], study.axes[y]
        self.columns, self.lines = _some(len(self.x.levels)), _some(len(self.y.levels))
        self.drawn = any(block.drawn for block in study.together)
        free = {axis.place for block in study.together if block.drawn for axis in block.axes}
        self._held = {
            i: len(axis.levels) // 2
            for i, axis in enumerate(study.varied)
            if i not in (x, y) and axis.place not in free
        }
        self.held: dict[Axis, Level] = {
            study.varied[i]: study.varied[i].levels[k] for i, k in self._held.items()
        }
        self.nodes: dict[Place, Node] = {}
        self._column = {level: i for i, level in enumerate(self.columns)}
        self._line = {level: i for i, level in enumerate(self.lines)}

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take from some rows those that the map shows."""
        places = self._study.places(np.array([row["number"] for row in rows]))
        shown = np.isin(places[self._x], self.columns) & np.isin(places[self._y], self.lines)
        for i, level in self._held.items():
            shown &= places[i] == level
        for k in map(int, np.flatnonzero(shown)):
            column, line = int(places[self._x][k]), int(places[self._y][k])
            node = self.nodes.setdefault((self._column[column], self._line[line]), Node())
            self._note(node, rows[k])

    def _note(self, node: Node, row: Mapping[str, Any]) -> None:
        conditions = row.get("conditions", {})
        broken = [name for name, answer in conditions.items() if answer[0] == "fails"]
        if row["outcome"] != CONVERGED:
            broken = [REFUSED if row["outcome"] == NO_EQUILIBRIUM else FAILED]
        node.rows += 1
        node.good += not broken
        if self.drawn:
            return
        node.broken = tuple(broken)
        node.margins = {n: a[2] for n, a in conditions.items() if len(a) > 2 and a[2] is not None}

    def value(self, place: Place) -> tuple[float, float]:
        """Values of both axes at a point, SI."""
        column, line = place
        x, y = self.x.levels[self.columns[column]], self.y.levels[self.lines[line]]
        return float(x), float(y)

    def edges(self) -> Iterator[tuple[Place, Place]]:
        """Neighbours of which one is good and the other is not, the good one first."""
        for (i, j), node in sorted(self.nodes.items()):
            for other in ((i + 1, j), (i, j + 1)):
                there = self.nodes.get(other)
                if there is not None and bool(node.good) != bool(there.good):
                    yield ((i, j), other) if node.good else (other, (i, j))


def _some(count: int) -> list[int]:
    """Levels that a map has: all, or some with the first and the last among them."""
    if count <= MOST_LEVELS:
        return list(range(count))
    return [i * (count - 1) // (MOST_LEVELS - 1) for i in range(MOST_LEVELS)]


def windows_of(study: Study) -> list[Window]:
    """Maps over the pairs of a study's axes that are quantities, the first ones."""
    axes = [i for i, axis in enumerate(study.axes) if axis.dimension and len(axis.levels) > 1]
    pairs = itertools.islice(itertools.combinations(axes, 2), MOST_WINDOWS)
    return [Window(study, x, y) for x, y in pairs]


def boundary(study: Study, window: Window, runs: int = MOST_RUNS) -> Boundary:
    """Where a window ends.

    On every line of the grid between a row that is good and one that is not, at the value at which
    the first condition breaks, as `margins` finds it; where there are more than `MOST_LOCATED` such
    places, or no runs are left, where the margins of both rows, taken as straight, are 0, and half
    way where there are none.

    Parameters
    ----------
    study : Study
    window : Window
        Of single rows.
    runs : int
        Cases that may be solved for it.
    """
    edges = list(window.edges())
    lines = _Lines(study, window)
    ends: dict[tuple[Place, Place], End] = {}
    for good, bad in edges:
        found = None
        if len(edges) <= MOST_LOCATED and lines.runs < runs:
            found = lines.end(good, bad)
        ends[good, bad] = found or _between(window, good, bad)
    return Boundary(ends, tuple(_pieces(ends)), lines.runs)


class _Lines:
    """Runs along the lines of a map's grid."""

    def __init__(self, study: Study, window: Window) -> None:
        self._case, self._window = study.case, window
        self._held: dict[str, Level] = {axis.place: v for axis, v in window.held.items()}
        self._probes: dict[tuple[str, float], Probe] = {}

    @property
    def runs(self) -> int:
        """Cases that have been solved."""
        return sum(probe.runs for probe in self._probes.values())

    def end(self, good: Place, bad: Place) -> End | None:
        """The place between two neighbours; None where no run tells it."""
        axes = (self._window.x, self._window.y)
        inside, outside = self._window.value(good), self._window.value(bad)
        along = 0 if good[1] == bad[1] else 1
        item, across = axes[along], axes[1 - along]
        key = across.place, inside[1 - along]
        try:
            if key not in self._probes:
                at = {item.place: inside[along], across.place: inside[1 - along]}
                self._probes[key] = Probe(self._case.with_values({**self._held, **at}))
            probe = self._probes[key]
            found = limit_between(
                probe, _input(probe.case, item, inside[along]), inside[along], outside[along]
            )
        except BumpformError:  # this machine cannot solve, though the workers could
            return None
        if found is None:
            return None
        place = [inside[0], inside[1]]
        place[along] = found.value
        return End(place[0], place[1], found.breaks, True)


def _input(case: Case, axis: Axis, value: float) -> Input:
    data = case.to_dict()
    quantity = quantity_at(data, locate(data, axis.place))
    assert quantity is not None  # of an axis with a dimension
    return Input(axis.path, axis.place, value, quantity, abs(value) or 1.0)


def _between(window: Window, good: Place, bad: Place) -> End:
    """The place between two neighbours at which their margins, taken as straight, end."""
    inside, outside = window.nodes[good], window.nodes[bad]
    parts = []
    for name in outside.broken:
        a, b = inside.margins.get(name), outside.margins.get(name)
        if a is not None and b is not None and a >= 0.0 > b:
            parts.append((a / (a - b), name))
    part, breaks = min(parts, default=(0.5, outside.broken[0] if outside.broken else ""))
    (x, y), (other_x, other_y) = window.value(good), window.value(bad)
    return End(x + part * (other_x - x), y + part * (other_y - y), breaks, False)


def _pieces(ends: Mapping[tuple[Place, Place], End]) -> Iterator[tuple[End, End]]:
    """Straight pieces within the cells of the grid, from one of its sides to another."""
    sides: dict[Place, list[End]] = {}
    for (a, b), end in ends.items():
        (i, j), across = min(a, b), a[0] == b[0]  # the side runs along y, or along x
        for cell in ((i - 1, j) if across else (i, j - 1), (i, j)):
            sides.setdefault(cell, []).append(end)
    for cell in sorted(sides):
        found = sides[cell]
        if len(found) == 4:  # two corners across are good: each is cut off alone
            around = sorted(found, key=lambda e: _angle(found, e))
            found = around
        yield from zip(found[::2], found[1::2], strict=False)


def _angle(ends: Sequence[End], end: End) -> float:
    """Direction of a place from the middle of some."""
    x = sum(e.x for e in ends) / len(ends)
    y = sum(e.y for e in ends) / len(ends)
    wide = max(abs(e.x - x) for e in ends) or 1.0
    high = max(abs(e.y - y) for e in ends) or 1.0
    return math.atan2((end.y - y) / high, (end.x - x) / wide)
