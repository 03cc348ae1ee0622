"""Where a window ends along the lines of its grid, located by runs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from bumpform.answers.basis.inputs import Input
from bumpform.answers.basis.probe import Probe
from bumpform.answers.methods.margins import limit_between
from bumpform.case.case import Case
from bumpform.case.checks.addresses import locate
from bumpform.case.checks.quantities import quantity_at
from bumpform.errors import BumpformError
from bumpform.study.plan.axis import Axis
from bumpform.study.plan.study import Study
from bumpform.study.report.window import Window

__all__ = ["MOST_RUNS", "End", "Ends", "ends_of"]

#: Ends of a window that are located; where there are more, none is.
MOST_ENDS: Final = 60
#: Runs that locating all ends of a study's windows may take.
MOST_RUNS: Final = 600


class End(NamedTuple):
    """A place where a window ends on a line of its grid.

    Attributes
    ----------
    x, y : float
        SI; to 1e-9 along the line.
    breaks : str
        What breaks first beyond it: a condition's id, or "refused: …".
    """

    x: float
    y: float
    breaks: str


@dataclass(frozen=True)
class Ends:
    """Ends of a window.

    Attributes
    ----------
    located : tuple of End
    count : int
        How many there are by the rows and what is between them.
    runs : int
        Cases that have been solved for it.
    """

    located: tuple[End, ...]
    count: int
    runs: int


def ends_of(study: Study, window: Window, runs: int = MOST_RUNS) -> Ends:
    """Where a window ends along the lines of its grid, as `margins` finds it.

    Of every line the rows and what is between them tell about where; from there, two runs on either
    side, the value at which the first condition breaks is found to 1e-9.

    Parameters
    ----------
    study : Study
    window : Window
        Of single rows.
    runs : int
        Cases that may be solved for it.
    """
    found = list(_changes(window))
    lines = _Lines(study, window)
    located: list[End] = []
    for good, bad in found if len(found) <= MOST_ENDS else ():
        if lines.runs >= runs:
            break
        end = lines.end(good, bad)
        if end is not None:
            located.append(end)
    return Ends(tuple(located), len(found), lines.runs)


def _changes(window: Window) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Neighbouring places on lines of the grid, of which the first is good and the other is not."""
    x, y = window.places
    bad = np.zeros((len(y), len(x)), dtype=bool)
    for mask in window.broken.values():
        bad |= mask
    along_x, along_y = window.between
    for j in range(0, len(y), along_y):
        for i in map(int, np.flatnonzero(bad[j, 1:] != bad[j, :-1])):
            pair = ((x[i], y[j]), (x[i + 1], y[j]))
            yield pair if bad[j, i + 1] else pair[::-1]
    for i in range(0, len(x), along_x):
        for k in map(int, np.flatnonzero(bad[1:, i] != bad[:-1, i])):
            pair = ((x[i], y[k]), (x[i], y[k + 1]))
            yield pair if bad[k + 1, i] else pair[::-1]


class _Lines:
    """Runs along the lines of a map's grid."""

    def __init__(self, study: Study, window: Window) -> None:
        self._study, self._window = study, window
        self._probes: dict[tuple[str, float], Probe] = {}

    @property
    def runs(self) -> int:
        """Cases that have been solved."""
        return sum(probe.runs for probe in self._probes.values())

    def end(self, good: tuple[float, float], bad: tuple[float, float]) -> End | None:
        """The end between two places; None where no run tells it."""
        window = self._window
        axes = (window.x, window.y)
        along = 0 if good[1] == bad[1] else 1
        item, across = axes[along], axes[1 - along]
        inside, outside = window.at(*good), window.at(*bad)
        key = across.place, inside[1 - along]
        try:
            if key not in self._probes:
                self._probes[key] = Probe(self._case(inside))
            probe = self._probes[key]
            one = _input(probe.case, item, inside[along])
            values = [inside[along], outside[along]]
            for i, node in enumerate(_nodes(good[along], bad[along])):
                if probe.at({one.place: values[i]}).good != (i == 0):
                    # what is between the nodes is wrong here: back to the node
                    back = (node, good[1]) if along == 0 else (good[0], node)
                    values[i] = window.at(*back)[along]
            if not probe.at({one.place: values[0]}).good:
                return None
            found = limit_between(probe, one, *values)
        except BumpformError:  # this machine cannot solve, though the workers could
            return None
        if found is None:
            return None
        x, y = (found.value, inside[1]) if along == 0 else (inside[0], found.value)
        return End(x, y, found.breaks)

    def _case(self, values: tuple[float, float]) -> Case:
        window = self._window
        held = {axis.place: value for axis, value in window.held.items()}
        at = {window.x.place: values[0], window.y.place: values[1]}
        return self._study.case.with_values({**held, **at})


def _nodes(good: float, bad: float) -> tuple[float, float]:
    """The nodes beside two places between them: that before the good one, that after the bad."""
    if bad > good:
        return float(math.floor(good)), float(math.ceil(bad))
    return float(math.ceil(good)), float(math.floor(bad))


def _input(case: Case, axis: Axis, value: float) -> Input:
    data = case.to_dict()
    quantity = quantity_at(data, locate(data, axis.place))
    assert quantity is not None  # of an axis with a dimension
    return Input(axis.path, axis.place, value, quantity, abs(value) or 1.0)
