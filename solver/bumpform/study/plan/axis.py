"""An axis of a study: a value of the case, and what it takes in turn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, Literal

from pydantic import Field

from bumpform.case.case import Case
from bumpform.case.checks.addresses import locate
from bumpform.case.checks.order import use_problem
from bumpform.case.checks.problems import raise_if, spell
from bumpform.case.checks.quantities import annotation_at, marks
from bumpform.errors import CaseError, Problem, QuantityError
from bumpform.materials.materials import Materials
from bumpform.units.fields import Model, Quantity, Uses
from bumpform.units.table import DIMENSIONS

__all__ = ["MOST_ROWS", "Axis", "Few", "Level", "Range", "Span", "resolve_axis", "resolve_values"]

#: Most rows of a study: a month and a half of one core.
MOST_ROWS: Final = 10_000_000

type Level = float | str | bool
type Spacing = Literal["linear", "log"]


@dataclass(frozen=True)
class Span:
    """Numbers from one to another, evenly spaced, or with equal ratios ("log").

    A number of a linear span is the float nearest to the exact decimal, so that it is the one
    which a list would have given.

    Examples
    --------
    >>> list(Span(0.3, 0.6, 4)), list(Span(1.0, 100.0, 3, "log"))
    ([0.3, 0.4, 0.5, 0.6], [1.0, 10.0, 100.0])
    """

    first: float
    last: float
    count: int
    spacing: Spacing = "linear"

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> float:
        if not 0 <= index < self.count:
            raise IndexError(index)
        if index in (0, self.count - 1):
            return self.last if index else self.first
        if self.spacing == "log":
            return float(self.first * (self.last / self.first) ** (index / (self.count - 1)))
        first, step, below = self._exact
        return (first + step * index) / below

    @cached_property
    def _exact(self) -> tuple[int, int, int]:
        """The first number and the step to the next, as the decimals that were given.

        Over a common denominator, which is last: Python rounds a ratio of integers once.
        """
        first, last = Fraction(repr(self.first)), Fraction(repr(self.last))
        step = (last - first) / (self.count - 1)
        below = math.lcm(first.denominator, step.denominator)
        return int(first * below), int(step * below), below


@dataclass(frozen=True)
class Few:
    """A few of the values of a list, each at its place: what some rows take of a long one."""

    count: int
    values: Mapping[int, Level]

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Level:
        return self.values[index]

    def __iter__(self) -> Iterator[Level]:
        """The values that are there."""
        return iter(self.values.values())


@dataclass(frozen=True)
class Axis:
    """A value that a study varies.

    Attributes
    ----------
    path : str
        As the study spells it.
    place : str
        The same by its place in the process: it fits also where another axis has changed the
        solder that `path` names.
    dimension : str
        Key of `bumpform.units.table.DIMENSIONS`; empty for words.
    levels : Span, tuple or Few
        Numbers in SI, or words.
    """

    path: str
    place: str
    dimension: str
    levels: Span | tuple[Level, ...] | Few

    @property
    def column(self) -> str:
        """Its name in a table, with the unit."""
        si = DIMENSIONS[self.dimension].si if self.dimension else ""
        unit = si.replace("^", "").replace("/", "_")
        return f"{self.path}_{unit}" if unit else self.path

    @property
    def step(self) -> int:
        """Step that it changes, from 0; -1 for what is no step's, and so of all."""
        section, _, rest = self.place.partition(".")
        return int(rest.partition(".")[0]) if section == "step" else -1

    def at(self, places: Iterable[int]) -> Axis:
        """The same with the values at some places alone, which is less to send."""
        if isinstance(self.levels, Span):
            return self
        few = {place: self.levels[place] for place in places}
        return replace(self, levels=Few(len(self.levels), few))

    def to_dict(self) -> dict[str, Any]:
        """What its rows follow from, as plain data."""
        if isinstance(self.levels, Span):
            span = self.levels
            levels: Any = [span.first, span.last, span.count, span.spacing]
            return {"place": self.place, "span": levels}
        return {"place": self.place, "levels": list(self.levels)}


class Range(Model):
    """A span as a study file gives it."""

    first: Any = Field(alias="from")
    last: Any = Field(alias="to")
    count: int = Field(strict=True, ge=2, le=MOST_ROWS)
    spacing: Spacing = "linear"


def resolve_axis(case: Case, path: str, given: Range | Sequence[Any]) -> Axis:
    """Axis of a case, its values read as the case would read them.

    Parameters
    ----------
    case : Case
    path : str
        As of `Case.with_values`.
    given : Range or sequence

    Raises
    ------
    CaseError
        If the path fits nothing or several steps, or values are wrong: all of them.
    """
    place, mark = _placed(case, path)
    levels = (
        _span(path, given, mark)
        if isinstance(given, Range)
        else _listed(path, given, mark, Materials(case.materials))
    )
    return _axis(path, place, mark, levels)


def resolve_values(case: Case, path: str, given: Sequence[tuple[str, Any]]) -> Axis:
    """Axis of values that vary together with others: any of them may be there again.

    Parameters
    ----------
    case : Case
    path : str
        As of `Case.with_values`.
    given : sequence of (where it stands, value)

    Raises
    ------
    CaseError
        If the path fits nothing or several steps, or values are wrong: all of them.
    """
    place, mark = _placed(case, path)
    materials = Materials(case.materials)
    problems: list[Problem] = []
    levels: list[Level] = []
    for where, value in given:
        try:
            levels.append(_level(where, value, mark, materials))
        except CaseError as error:
            problems += error.problems
    raise_if(problems)
    return _axis(path, place, mark, tuple(levels))


def _placed(case: Case, path: str) -> tuple[str, Quantity | Uses | None]:
    """Where the value at a path of a case stands, and what it is; None for words and flags."""
    data = case.to_dict()
    keys = locate(data, path)
    found = marks(annotation_at(data, keys))
    return ".".join(keys), found[0] if len(found) == 1 else None


def _axis(
    path: str, place: str, mark: Quantity | Uses | None, levels: Span | tuple[Level, ...]
) -> Axis:
    dimension = mark.dimension if isinstance(mark, Quantity) else ""
    return Axis(path.replace('"', "").replace("'", ""), place, dimension, levels)


def _listed(
    path: str, given: Sequence[Any], mark: Quantity | Uses | None, materials: Materials
) -> tuple[Level, ...]:
    problems: list[Problem] = []
    levels: dict[Level, None] = {}
    for value in given:
        try:
            level = _level(path, value, mark, materials)
        except CaseError as error:
            problems += error.problems
            continue
        if level in levels:
            problems.append(Problem(path, "is given twice: leave one out.", spell(value)))
        levels[level] = None
    if not given:
        message = "no value is given. Write for example " + (
            f'["{DIMENSIONS[mark.dimension].example}"].'
            if isinstance(mark, Quantity)
            else "[ ... ]."
        )
        problems.append(Problem(path, message, "[]"))
    raise_if(problems)
    return tuple(levels)


def _level(path: str, value: Any, mark: Quantity | Uses | None, materials: Materials) -> Level:
    if isinstance(mark, Quantity):
        return _quantity(path, value, mark)
    if not isinstance(value, str | int | float | bool):
        raise CaseError([Problem(path, "quantities or words are needed.", spell(value))])
    problem = use_problem(path, str(value), mark, materials) if mark else None
    raise_if([problem] if problem else [])
    return value


def _quantity(path: str, value: Any, quantity: Quantity) -> float:
    try:
        return quantity.read(value)
    except QuantityError as error:
        raise CaseError([Problem(path, str(error), spell(value))]) from error


def _span(path: str, given: Range, mark: Quantity | Uses | None) -> Span:
    if not isinstance(mark, Quantity):
        message = "only a quantity runs from one value to another; list these: [ ... ]."
        raise CaseError([Problem(path, message)])
    problems: list[Problem] = []
    ends: list[float] = []
    for key, value in (("from", given.first), ("to", given.last)):
        try:
            ends.append(_quantity(f"{path}.{key}", value, mark))
        except CaseError as error:
            problems += error.problems
    if not problems and ends[0] == ends[1]:
        problems.append(
            Problem(f"{path}.to", "must differ from the first value.", spell(given.last))
        )
    elif not problems and given.spacing == "log" and ends[0] * ends[1] <= 0.0:
        message = 'both ends must be above 0, or both below, where the spacing is "log".'
        problems.append(Problem(path, message))
    raise_if(problems)
    return Span(ends[0], ends[1], given.count, given.spacing)
