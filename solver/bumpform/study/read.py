"""A study's table as other programs take it, with the unit of every column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from bumpform.brief import brief
from bumpform.errors import CaseError, Problem

__all__ = ["StudyTable", "read_study"]


@dataclass(frozen=True, eq=False)
class StudyTable:
    """The table of a finished study.

    Attributes
    ----------
    arrow : pyarrow.Table
        A row for each case; the unit of a column is its field's metadata ``b"unit"`` too.
    units : dict
        Unit of every column; empty for words and pure numbers.
    """

    arrow: pa.Table
    units: dict[str, str]

    __repr__ = brief

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame, the units in its ``attrs["units"]``.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        frame = self.arrow.to_pandas()
        frame.attrs["units"] = dict(self.units)
        return frame

    def to_polars(self) -> Any:
        """The table as a polars DataFrame, which has no place for units: see `units`.

        Raises
        ------
        ImportError
            If polars is not installed.
        """
        import polars as pl

        return pl.from_arrow(self.arrow)


def read_study(folder: str | Path) -> StudyTable:
    """Read the table that `bumpform study` has written.

    Parameters
    ----------
    folder : path
        Of the study: "runs/NAME".

    Raises
    ------
    CaseError
        If there is no table, or it is none of a study.
    """
    path = Path(folder) / "table.parquet"
    try:
        table = parquet.read_table(path)
    except FileNotFoundError:
        message = "does not exist yet: let the study finish first."
        raise CaseError([Problem("table.parquet", message)], str(folder)) from None
    except pa.ArrowInvalid as error:
        message = "is not a Parquet file. Run the study again: it rewrites the table."
        raise CaseError([Problem("table.parquet", message)], str(folder)) from error
    units = {f.name: (f.metadata or {}).get(b"unit", b"").decode() for f in table.schema}
    return StudyTable(table, units)
