"""The table of a study: every row by its number, as CSV and as Parquet, the same bytes each time.

Every field of the Parquet file has its unit in its metadata, "unit"; what a row took is in neither
unless it is asked for, because it is another number every time.

Rows are read from the journal in turn, so that a long study takes no more memory than a short one.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from bumpform.files.whole import written_aside
from bumpform.study.plan.columns import CONDITION, SECONDS, is_state, unit_of
from bumpform.study.plan.study import Study
from bumpform.study.rows.journal import Journal
from bumpform.study.rows.row import CONVERGED
from bumpform.study.rows.survey import Survey

__all__ = ["write_table"]

#: Rows that are read at a time: the memory that a table takes goes with them.
CHUNK: Final = 500
#: How many times as many are a row group of the Parquet file.
CHUNKS: Final = 10
#: What a row keeps by name.
_TABLES: Final = ("point", "values", "errors", "states", "conditions")
_TYPES: Final = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
_WORDS: Final = {True: "true", False: "false"}

type Rows = Sequence[Mapping[str, Any]]


class _Read:
    """Some rows, and each of their tables by itself; empty where a row has none."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        none: Mapping[str, Any] = {}
        self.tables = {table: [row.get(table, none) for row in rows] for table in _TABLES}


class _Column(NamedTuple):
    """A column: its name, its type, and its values in some rows."""

    name: str
    type: type
    of: Callable[[_Read], list[Any]]


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
    for rows in itertools.batched(journal.rows(), CHUNK):
        survey.add(rows)
        watch(rows)
    columns = [*_known(study), *_chosen(study, survey)]
    columns.append(_Column("case_sha256", str, partial(_top, "case_sha256")))
    schema = pa.schema(
        pa.field(c.name, _TYPES[c.type], metadata={"unit": unit_of(c.name)}) for c in columns
    )
    csv_path, parquet_path = (journal.folder / f"table.{kind}" for kind in ("csv", "parquet"))
    with (
        written_aside(csv_path) as text,
        written_aside(parquet_path) as binary,
        _naming(csv_path),
        text.open("w", encoding="utf-8", newline="") as file,
        _naming(parquet_path),
        parquet.ParquetWriter(binary, schema) as groups,
    ):

        def write(lines: Iterable[Any]) -> None:
            with _naming(csv_path):
                writer.writerows(lines)

        writer = csv.writer(file, lineterminator="\n")
        write([[column.name for column in columns]])
        chunks = _chunks(journal, columns, schema, write)
        for group in itertools.batched(chunks, CHUNKS):
            groups.write_table(pa.concat_tables(group), row_group_size=CHUNK * CHUNKS)
    return survey


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say of an error which file it is of, where two are written side by side: of a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno and error.filename is None:
            error.filename = str(path)
        raise


def _chunks(
    journal: Journal,
    columns: Sequence[_Column],
    schema: pa.Schema,
    write: Callable[[Iterable[Any]], None],
) -> Iterator[pa.Table]:
    """Chunks of the table, whose lines are written on the way."""
    for rows in itertools.batched(journal.rows(), CHUNK):
        read = _Read(rows)
        values = [_typed(column, read) for column in columns]
        write(zip(*map(_spelt, columns, values), strict=True))
        arrays = [pa.array(v, kind) for v, kind in zip(values, schema.types, strict=True)]
        yield pa.table(arrays, schema=schema)


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


def _conditions_hold(read: _Read) -> list[Any]:
    return [not r["broken"] if r["outcome"] == CONVERGED else None for r in read.rows]


def _conditions_broken(read: _Read) -> list[Any]:
    return ["; ".join(r.get("broken", ())) for r in read.rows]


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


def _top(name: str, read: _Read) -> list[Any]:
    return [r.get(name) for r in read.rows]


def _within(table: str, name: str, read: _Read) -> list[Any]:
    return [values.get(name) for values in read.tables[table]]


def _answer(name: str, place: int, read: _Read) -> list[Any]:
    answers = _within("conditions", name, read)
    return [a[place] if a is not None and place < len(a) else None for a in answers]


def _joint(kinds: set[type]) -> type:
    """Type of a column that has values of some types."""
    if kinds <= {int, float} and kinds != {int}:
        return float
    return next(iter(kinds)) if len(kinds) == 1 else str


def _typed(column: _Column, read: _Read) -> list[Any]:
    """Values of a column, all of its type."""
    kind, values = column.type, column.of(read)
    if set(map(type, values)) <= {kind, type(None)}:
        return values
    return [None if value is None else kind(value) for value in values]


def _spelt(column: _Column, values: list[Any]) -> list[Any]:
    """Values as CSV has them: of numbers the shortest digits that read back as the same one."""
    return [_WORDS.get(value) for value in values] if column.type is bool else values
