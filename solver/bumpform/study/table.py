"""The table of a study: every row by its number, as CSV and as Parquet, the same bytes each time.

Every field of the Parquet file has its unit in its metadata, "unit"; what a row took is in neither
unless it is asked for, because it is another number every time.

Rows are read from the journal's files some thousands at a time, as columns, so that a long study
takes no more memory than a short one; of columns that nobody asks for nothing is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from bumpform.files.whole import written_aside
from bumpform.study.plan.columns import CONDITION, is_state, unit_of
from bumpform.study.plan.study import Study
from bumpform.study.rows.journal import Journal
from bumpform.study.rows.sheet import OF, Sheet, conform, kind_of
from bumpform.study.rows.survey import Survey

__all__ = ["write_table"]

#: What every table has before its other columns, beside what varies.
_FIRST: Final = ("outcome", "reason", "detail", "conditions_hold", "conditions_broken")
#: Lines of the CSV file that are spelt at a time.
LINES: Final = 2_000
_NEEDS_QUOTES: Final = '[",\r\n]'


def write_table(
    study: Study, journal: Journal, watch: Callable[[Sheet], None] = lambda sheet: None
) -> Survey:
    """Write table.csv and table.parquet into the folder of a journal.

    Parameters
    ----------
    study : Study
    journal : Journal
    watch : callable, optional
        Is called with the rows as they are read, some at a time, by number: with what is judged,
        and with the columns that the study asks for.

    Returns
    -------
    Survey
        What the rows come to.
    """
    journal.seal()
    survey = Survey()
    known = journal.schema()
    schema = pa.schema(_columns(study, known))
    judged = [f for f in known if kind_of(f) == "conditions" and f.name not in schema.names]
    wanted = pa.schema([*(known.field(f.name) for f in schema if f.name in known.names), *judged])
    csv_path, parquet_path = (journal.folder / f"table.{kind}" for kind in ("csv", "parquet"))
    with (
        written_aside(csv_path) as text,
        written_aside(parquet_path) as binary,
        _naming(csv_path),
        text.open("wb") as file,
        _naming(parquet_path),
        parquet.ParquetWriter(binary, schema) as groups,
    ):
        with _naming(csv_path):
            header = pa.table([[name] for name in schema.names], names=schema.names)
            _write_lines(file, header)
        for table in journal.sheets(wanted):
            sheet = Sheet(table)
            survey.add(sheet)
            watch(sheet)
            shown = conform(table, schema)
            with _naming(csv_path):
                for first in range(0, len(shown), LINES):
                    _write_lines(file, shown.slice(first, LINES))
            groups.write_table(shown)
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


def _write_lines(file: BinaryIO, table: pa.Table) -> None:
    """Write rows as CSV: of numbers the shortest digits that read back as the same one."""
    cells = [_spelt(column) for column in table.itercolumns()]
    lines = pc.binary_join_element_wise(
        *cells, ",", null_handling="replace", null_replacement=""
    ).to_pylist()
    file.write(("\n".join(lines) + "\n").encode())


def _spelt(column: pa.ChunkedArray) -> pa.ChunkedArray:
    words = column.cast(pa.string())
    if not pa.types.is_string(column.type):
        return words
    apart = pc.match_substring_regex(words, _NEEDS_QUOTES)
    if not pc.any(apart).as_py():
        return words
    doubled = pc.replace_substring(words, '"', '""')
    return pc.if_else(apart, pc.binary_join_element_wise('"', doubled, '"', ""), words)


def _columns(study: Study, known: pa.Schema) -> Iterator[pa.Field]:
    """Fields of the table: of every study, those that it asks for, and the hash of the case."""
    axes = (study.column(axis) for axis in study.varied)
    for name in ("number", *axes, *_FIRST, *_chosen(study, known), "case_sha256"):
        kind = known.field(name).type if name in known.names else pa.null()
        if pa.types.is_null(kind):  # no row has a value
            words = name.startswith(CONDITION) or is_state(name)
            kind = pa.string() if words else pa.float64()
        yield pa.field(name, kind, metadata={"unit": unit_of(name)})


def _chosen(study: Study, known: pa.Schema) -> Iterator[str]:
    """Columns that the study asks for, in its order; all but the seconds where it asks for none."""
    if not study.columns:
        for field in known:
            if kind_of(field) in ("values", "errors", "states") or _is_told(field):
                yield field.name
    for name in study.columns:
        if name == "conditions":
            yield from (field.name for field in known if _is_told(field))
        elif name.startswith(CONDITION):
            condition = name.removeprefix(CONDITION).encode()
            told = [f.name for f in known if _is_told(f) and f.metadata[OF] == condition]
            yield from told or [name]
        else:
            yield name
            if f"{name}_error" in known.names:
                yield f"{name}_error"


def _is_told(field: pa.Field) -> bool:
    """Whether a field is of a condition, and the table has it: limits are for the report alone."""
    if kind_of(field) != "conditions":
        return False
    start = f"{CONDITION}{field.metadata[OF].decode()}"
    part = field.name.removeprefix(start)
    return not part or part.startswith((".value", ".margin"))
