"""The table of a study: every row by its number, as CSV and as Parquet, the same bytes each time.

Every field of the Parquet file has its unit in its metadata, "unit"; what a row took is in neither
unless it is asked for, because it is another number every time.

Rows are read from the journal in turn, so that a long study takes no more memory than a short one.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from bumpform.output.files import written_aside
from bumpform.study.columns import CONDITION, SECONDS, is_state, unit_of
from bumpform.study.journal import Journal
from bumpform.study.row import CONVERGED
from bumpform.study.study import Study
from bumpform.study.survey import Survey

__all__ = ["write_table"]

#: Rows that are read at a time; a row group of the Parquet file.
GROUP: Final = 2_000
_TYPES: Final = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
_WORDS: Final = {True: "true", False: "false"}

type Rows = Sequence[Mapping[str, Any]]


class _Column(NamedTuple):
    """A column: its name, its type, and its values in some rows."""

    name: str
    type: type
    of: Callable[[Rows], list[Any]]


def write_table(
    study: Study, journal: Journal, watch: Callable[[Rows], None] = lambda rows: None
) -> Survey:
    """Write table.csv and table.parquet into the folder of a journal.

    Parameters
    ----------
    study : Study
    journal : Journal
    watch : callable, optional
        Is called with the rows as they are read, some at a time, by number.

    Returns
    -------
    Survey
        What the rows come to.
    """
    survey = Survey()
    for rows in itertools.batched(journal.rows(), GROUP):
        survey.add(rows)
        watch(rows)
    columns = [*_known(study), *_chosen(study, survey)]
    columns.append(_Column("case_sha256", str, partial(_top, "case_sha256")))
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
            values = [_typed(column, rows) for column in columns]
            lines.writerows(zip(*map(_spelt, columns, values), strict=True))
            arrays = [pa.array(v, kind) for v, kind in zip(values, schema.types, strict=True)]
            groups.write_table(pa.table(arrays, schema=schema), row_group_size=GROUP)
    return survey


def _known(study: Study) -> Iterator[_Column]:
    """Columns of every study: what was asked for, and what came of it."""
    yield _Column("number", int, partial(_top, "number"))
    for axis in study.varied:
        levels = range(len(axis.levels))
        kinds: set[type] = {float} if axis.dimension else {type(axis.levels[i]) for i in levels}
        name = study.column(axis)
        yield _Column(name, _joint(kinds), partial(_within, "point", axis.path))
    for name in ("outcome", "reason", "detail"):
        yield _Column(name, str, partial(_top, name))
    yield _Column("conditions_hold", bool, _conditions_hold)
    yield _Column("conditions_broken", str, _conditions_broken)


def _conditions_hold(rows: Rows) -> list[Any]:
    return [not r["broken"] if r["outcome"] == CONVERGED else None for r in rows]


def _conditions_broken(rows: Rows) -> list[Any]:
    return ["; ".join(r.get("broken", ())) for r in rows]


def _chosen(study: Study, survey: Survey) -> Iterator[_Column]:
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
            yield _Column(SECONDS, float, partial(_top, SECONDS))
        elif name == "conditions":
            for condition in survey.units:
                yield from _condition(condition, survey)
        elif name.startswith(CONDITION):
            yield from _condition(name.removeprefix(CONDITION), survey)
        else:
            yield from _number(name, survey)


def _number(name: str, survey: Survey) -> Iterator[_Column]:
    """A metric with its error, or what a stage tells of its equilibrium."""
    if is_state(name):
        kind = _joint(survey.states.get(name, set()))
        yield _Column(name, kind, partial(_within, "states", name))
        return
    kind = _joint(survey.types.get(name, set()))
    yield _Column(name, kind, partial(_within, "values", name))
    if name in survey.uncertain:
        yield _Column(f"{name}_error", float, partial(_within, "errors", name))


def _condition(name: str, survey: Survey) -> Iterator[_Column]:
    """Verdict of a condition; value and margin where any row has one."""
    yield _Column(f"{CONDITION}{name}", str, partial(_answer, name, 0))
    for unit in sorted(survey.units.get(name, ())):
        ending = f"_{unit}" if unit else ""
        yield _Column(f"{CONDITION}{name}.value{ending}", float, partial(_answer, name, 1))
        yield _Column(f"{CONDITION}{name}.margin{ending}", float, partial(_answer, name, 2))


def _top(name: str, rows: Rows) -> list[Any]:
    return [r.get(name) for r in rows]


def _within(table: str, name: str, rows: Rows) -> list[Any]:
    return [r[table].get(name) if table in r else None for r in rows]


def _answer(name: str, place: int, rows: Rows) -> list[Any]:
    answers = _within("conditions", name, rows)
    return [a[place] if a is not None and place < len(a) else None for a in answers]


def _joint(kinds: set[type]) -> type:
    """Type of a column that has values of some types."""
    if kinds <= {int, float} and kinds != {int}:
        return float
    return next(iter(kinds)) if len(kinds) == 1 else str


def _typed(column: _Column, rows: Rows) -> list[Any]:
    """Values of a column, all of its type."""
    kind, values = column.type, column.of(rows)
    if set(map(type, values)) <= {kind, type(None)}:
        return values
    return [None if value is None else kind(value) for value in values]


def _spelt(column: _Column, values: list[Any]) -> list[Any]:
    """Values as CSV has them: of numbers the shortest digits that read back as the same one."""
    return [_WORDS.get(value) for value in values] if column.type is bool else values
