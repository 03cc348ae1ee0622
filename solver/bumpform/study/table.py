"""The table of a study: every row by its number, as CSV and as Parquet, the same bytes each time.

Every field of the Parquet file has its unit in its metadata, "unit"; what a row took is in neither
unless it is asked for, because it is another number every time.

Rows are read from the journal in turn, so that a long study takes no more memory than a short one.
"""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any, Final, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from bumpform.output.files import written_aside
from bumpform.study.columns import CONDITION, SECONDS, is_state, unit_of
from bumpform.study.journal import Journal
from bumpform.study.row import CONVERGED
from bumpform.study.study import Study

__all__ = ["Notable", "Summary", "write_table"]

#: Rows that are read at a time; a row group of the Parquet file.
GROUP: Final = 2_000
#: Rows that are told of as examples of what did not converge.
MOST_NOTABLE: Final = 3
_TYPES: Final = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}

type Row = Mapping[str, Any]


class Notable(NamedTuple):
    """A row that was refused or failed, and why."""

    number: int
    outcome: str
    reason: str
    detail: str


class _Column(NamedTuple):
    """A column: its name, its type, and its value in a row."""

    name: str
    type: type
    of: Callable[[Row], Any]


@dataclass
class _Survey:
    """What all rows have: types by name, names with an error, conditions, rows to tell of.

    A condition's units are those of its value: none where no row has one.
    """

    types: dict[str, set[type]] = field(default_factory=dict)
    states: dict[str, set[type]] = field(default_factory=dict)
    units: dict[str, set[str]] = field(default_factory=dict)
    uncertain: set[str] = field(default_factory=set)
    notable: list[Notable] = field(default_factory=list)
    good: int = 0
    broken: Counter[str] = field(default_factory=Counter)


class Summary(NamedTuple):
    """What the rows of a table come to.

    Attributes
    ----------
    good : int
        Rows that have converged and meet every condition.
    broken : mapping of a condition's id to int
        Rows in which it fails.
    notable : tuple of Notable
        The first rows that did not converge.
    """

    good: int
    broken: Mapping[str, int]
    notable: tuple[Notable, ...]


def write_table(study: Study, journal: Journal) -> Summary:
    """Write table.csv and table.parquet into the folder of a journal."""
    survey = _survey(journal.rows())
    columns = [*_known(study), *_chosen(study, survey)]
    columns.append(_Column("case_sha256", str, _case_sha256))
    schema = pa.schema(
        pa.field(c.name, _TYPES[c.type], metadata={"unit": unit_of(c.name)}) for c in columns
    )
    folder = journal.folder
    with (
        written_aside(folder / "table.csv") as text,
        written_aside(folder / "table.parquet") as binary,
        text.open("w", encoding="utf-8", newline="") as file,
        parquet.ParquetWriter(binary, schema) as groups,
    ):
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow([column.name for column in columns])
        for rows in itertools.batched(journal.rows(), GROUP):
            values = [[_typed(column, row) for row in rows] for column in columns]
            lines.writerows(zip(*(map(_spelt, column) for column in values), strict=True))
            arrays = [pa.array(v, kind) for v, kind in zip(values, schema.types, strict=True)]
            groups.write_table(pa.table(arrays, schema=schema), row_group_size=GROUP)
    return Summary(survey.good, +survey.broken, tuple(survey.notable))


def _survey(rows: Iterable[Row]) -> _Survey:
    found = _Survey()
    for row in rows:
        for table, types in (("values", found.types), ("states", found.states)):
            for name, value in row.get(table, {}).items():
                kinds = types.setdefault(name, set())
                if value is not None:
                    kinds.add(type(value))
        found.good += bool(_conditions_hold(row))
        for name, (verdict, *value) in row.get("conditions", {}).items():
            found.broken[name] += verdict == "fails"
            units = found.units.setdefault(name, set())
            if value:
                units.add(value[-1])
        found.uncertain.update(row.get("errors", {}))
        if row["outcome"] != CONVERGED and len(found.notable) < MOST_NOTABLE:
            told = (row[key] for key in ("number", "outcome", "reason", "detail"))
            found.notable.append(Notable(*told))
    return found


def _known(study: Study) -> Iterator[_Column]:
    """Columns of every study: what was asked for, and what came of it."""
    yield _Column("number", int, itemgetter("number"))
    for index, axis in enumerate(study.varied):
        levels = range(len(axis.levels))
        kinds: set[type] = {float} if axis.dimension else {type(axis.levels[i]) for i in levels}
        yield _Column(study.column(axis), _joint(kinds), partial(_level, study, index))
    for name in ("outcome", "reason", "detail"):
        yield _Column(name, str, itemgetter(name))
    yield _Column("conditions_hold", bool, _conditions_hold)
    yield _Column("conditions_broken", str, _conditions_broken)


def _level(study: Study, index: int, row: Row) -> Any:
    return study.point(row["number"])[index]


def _conditions_hold(row: Row) -> bool | None:
    return not row["broken"] if row["outcome"] == CONVERGED else None


def _conditions_broken(row: Row) -> str:
    return "; ".join(row.get("broken", ()))


def _chosen(study: Study, survey: _Survey) -> Iterator[_Column]:
    """Columns that the study asks for, in its order; all but the seconds where it asks for none.

    Those of a stage stand together, in the order in which they came.
    """
    groups = dict.fromkeys(name.partition(".")[0] for name in survey.types)
    every = (
        *(n for group in groups for n in survey.types if n.partition(".")[0] == group),
        *sorted(survey.states),
        "conditions",
    )
    for name in study.columns or every:
        if name == SECONDS:
            yield _Column(SECONDS, float, _seconds)
        elif name == "conditions":
            for condition in survey.units:
                yield from _condition(condition, survey)
        elif name.startswith(CONDITION):
            yield from _condition(name.removeprefix(CONDITION), survey)
        else:
            yield from _number(name, survey)


def _number(name: str, survey: _Survey) -> Iterator[_Column]:
    """A metric with its error, or what a stage tells of its equilibrium."""
    if is_state(name):
        kind = _joint(survey.states.get(name, set()))
        yield _Column(name, kind, partial(_within, "states", name))
        return
    kind = _joint(survey.types.get(name, set()))
    yield _Column(name, kind, partial(_within, "values", name))
    if name in survey.uncertain:
        yield _Column(f"{name}_error", float, partial(_within, "errors", name))


def _condition(name: str, survey: _Survey) -> Iterator[_Column]:
    """Verdict of a condition; value and margin where any row has one."""
    yield _Column(f"{CONDITION}{name}", str, partial(_answer, name, 0))
    for unit in sorted(survey.units.get(name, ())):
        ending = f"_{unit}" if unit else ""
        yield _Column(f"{CONDITION}{name}.value{ending}", float, partial(_answer, name, 1))
        yield _Column(f"{CONDITION}{name}.margin{ending}", float, partial(_answer, name, 2))


def _answer(name: str, place: int, row: Row) -> Any:
    answer = row.get("conditions", {}).get(name, ())
    return answer[place] if place < len(answer) else None


def _seconds(row: Row) -> Any:
    return row.get("seconds")


def _within(table: str, name: str, row: Row) -> Any:
    return row.get(table, {}).get(name)


def _case_sha256(row: Row) -> Any:
    return row.get("case_sha256")


def _joint(kinds: set[type]) -> type:
    """Type of a column that has values of some types."""
    if kinds <= {int, float} and kinds != {int}:
        return float
    return next(iter(kinds)) if len(kinds) == 1 else str


def _typed(column: _Column, row: Row) -> Any:
    value = column.of(row)
    return None if value is None else column.type(value)


def _spelt(value: Any) -> Any:
    """Value as CSV has it: the shortest digits that read back as the same float."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else value
