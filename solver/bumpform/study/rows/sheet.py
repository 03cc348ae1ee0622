"""Rows as columns: what a journal keeps in Parquet files, and what tables and reports read.

Every field says in its metadata what it is (`TABLE`), in which unit, and of which condition; two
sheets of a study have the same column under the same name. Columns without any value have Arrow's
type `null`, which goes with every other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bumpform.study.plan.columns import CONDITION, SECONDS, unit_of
from bumpform.study.rows.row import CONVERGED

__all__ = ["FIXED", "Sheet", "column_field", "conform", "joint_schema", "kind_of", "sheet_of"]

#: Metadata of a field: of which table of a row it is, and of a condition its id.
TABLE: Final = b"table"
OF: Final = b"condition"
#: What every row has.
FIXED: Final = {
    "number": pa.int64(),
    "outcome": pa.string(),
    "reason": pa.string(),
    "detail": pa.string(),
    "traceback": pa.string(),
    "conditions_hold": pa.bool_(),
    "conditions_broken": pa.string(),
    SECONDS: pa.float64(),
    "case_sha256": pa.string(),
}
#: What is kept of a condition that has a value, beside its verdict, and places in a row's answer.
_PARTS: Final = {"value": 1, "margin": 2, "low": 4, "high": 5}
_TYPES: Final = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}

type Array = NDArray[np.float64]
type Numbers = NDArray[np.int64]
type Mask = NDArray[np.bool_]


def column_field(name: str, kind: pa.DataType, table: str, condition: str = "") -> pa.Field:
    """Field of a sheet."""
    told = {"unit": unit_of(name), TABLE: table}
    return pa.field(name, kind, metadata={**told, OF: condition} if condition else told)


def kind_of(field: pa.Field) -> str:
    """Of which table of a row a field is: "values", "errors", "states", "conditions", "point"."""
    return str((field.metadata or {}).get(TABLE, b"").decode())


def sheet_of(rows: Iterable[Mapping[str, Any]], axes: Mapping[str, str]) -> pa.Table:
    """Rows as a journal's lines tell them, as columns.

    Parameters
    ----------
    rows : iterable of mapping
        As of `bumpform.study.rows.row.Row`.
    axes : mapping of path to str
        Name of the column of everything that varies.
    """
    found = _Gathered()
    for row in rows:
        for name in FIXED:
            found.put(name, "", row.get(name))
        broken = row.get("broken", ())
        if row["outcome"] == CONVERGED:
            found.put("conditions_hold", "", not broken)
        found.put("conditions_broken", "", "; ".join(broken))
        for path, value in row.get("point", {}).items():
            found.put(axes[path], "point", value)
        for name, value in row.get("values", {}).items():
            found.put(name, "values", value)
        for name, value in row.get("errors", {}).items():
            found.put(f"{name}_error", "errors", value)
        for name, value in row.get("states", {}).items():
            found.put(name, "states", value)
        for name, answer in row.get("conditions", {}).items():
            found.put(f"{CONDITION}{name}", "conditions", answer[0], name)
            if len(answer) > 1:
                ending = f"_{answer[3]}" if answer[3] else ""
                for part, place in _PARTS.items():
                    value = None if answer[place] is None else float(answer[place])
                    found.put(f"{CONDITION}{name}.{part}{ending}", "conditions", value, name)
        found.rows += 1
    return found.table()


class _Gathered:
    """Columns that grow with the rows; None where a row has no such value."""

    def __init__(self) -> None:
        self.rows = 0
        self._columns: dict[str, list[Any]] = {}
        self._told: dict[str, tuple[str, str]] = {}

    def put(self, name: str, table: str, value: Any, condition: str = "") -> None:
        """Set a column's value in the row that is being gathered."""
        if name not in self._columns:
            self._columns[name] = []
            self._told[name] = (table, condition)
        column = self._columns[name]
        if len(column) <= self.rows:
            column += [None] * (self.rows + 1 - len(column))
        column[self.rows] = value

    def table(self) -> pa.Table:
        fields, arrays = [], []
        for name, column in self._columns.items():
            column += [None] * (self.rows - len(column))
            kind = FIXED.get(name) or _joint(set(map(type, column)) - {type(None)})
            if kind == pa.string():
                column = [None if value is None else str(value) for value in column]
            elif kind == pa.float64():
                column = [None if value is None else float(value) for value in column]
            fields.append(column_field(name, kind, *self._told[name]))
            arrays.append(pa.array(column, kind))
        return pa.table(arrays, schema=pa.schema(fields))


def _joint(kinds: set[type]) -> pa.DataType:
    """Type of a column that has values of some types."""
    if not kinds:
        return pa.null()
    if kinds == {int, float}:
        return pa.float64()
    return _TYPES[next(iter(kinds))] if len(kinds) == 1 else pa.string()


def joint_schema(schemas: Iterable[pa.Schema], known: Iterable[str]) -> pa.Schema:
    """Columns of several sheets: each once, of a type for the values of all.

    In an order that does not depend on which rows came first.

    Parameters
    ----------
    schemas : iterable of pyarrow.Schema
    known : iterable of str
        Names of columns in their order (`known_columns`); others come after those of their kind.
    """
    fields: dict[str, pa.Field] = {}
    for schema in schemas:
        for field in schema:
            before = fields.get(field.name, field)
            fields[field.name] = field.with_type(_common(before.type, field.type))
    places = {name: i for i, name in enumerate(known)}
    return pa.schema(sorted(fields.values(), key=lambda field: _order(field, places)))


def _order(field: pa.Field, places: Mapping[str, int]) -> tuple[Any, ...]:
    """Values with their errors as metrics stand, states by name, then conditions."""
    table = kind_of(field)
    if table in ("values", "errors"):
        name = field.name.removesuffix("_error") if table == "errors" else field.name
        near, last = name, len(places)
        while near and near not in places:  # "barrier.juncture.r_m" of "barrier.juncture"
            near = near.rpartition(".")[0]
        group = [i for other, i in places.items() if other.startswith(name.partition(".")[0])]
        return (1, min(group, default=last), places.get(near, last), name, table == "errors")
    if table == "conditions":
        name = f"{CONDITION}{field.metadata[OF].decode()}"
        part = field.name.removeprefix(name).removeprefix(".").partition("_")[0]
        parts = ("", *_PARTS)
        return (3, places.get(name, len(places)), name, parts.index(part), field.name)
    return (2 if table == "states" else 0, field.name)


def _common(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    kinds = {one, other} - {pa.null()}
    if len(kinds) < 2:
        return next(iter(kinds), pa.null())
    return pa.float64() if kinds == {pa.int64(), pa.float64()} else pa.string()


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A sheet with the columns of a schema: what it does not have is null."""
    there = set(table.column_names)
    arrays = [
        table[f.name].cast(f.type) if f.name in there else pa.nulls(len(table), f.type)
        for f in schema
    ]
    return pa.table(arrays, schema=schema)


class Sheet:
    """Rows as columns, as a report reads them.

    Parameters
    ----------
    table : pyarrow.Table
        Of `sheet_of`, or of several of them.
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @cached_property
    def numbers(self) -> Numbers:
        """Numbers of the rows."""
        return np.asarray(self.table["number"])

    @cached_property
    def converged(self) -> Mask:
        """Which rows have converged."""
        return np.asarray(pc.equal(self.table["outcome"], CONVERGED))

    @cached_property
    def good(self) -> Mask:
        """Which rows have converged and meet every condition."""
        return np.asarray(self.table["conditions_hold"].fill_null(False))

    @cached_property
    def units(self) -> dict[str, list[str]]:
        """Of every condition by its id the units in which its values are: none without a value."""
        units: dict[str, list[str]] = {}
        for field in self.table.schema:
            if kind_of(field) == "conditions":
                name = field.metadata[OF].decode()
                known = units.setdefault(name, [])
                start = f"{CONDITION}{name}.value"
                if field.name.startswith(start):
                    known.append(field.name.removeprefix(start).removeprefix("_"))
        return units

    def number(self, name: str) -> Array | None:
        """A column's numbers, NaN where there is none; None of words, or of no such column."""
        if name not in self.table.column_names or pa.types.is_string(
            self.table.schema.field(name).type
        ):
            return None
        column = self.table[name]
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        return np.asarray(column.cast(pa.float64()).fill_null(np.nan))

    def judged(self, condition: str, part: str, unit: str) -> Array | None:
        """A condition's "value", "margin", "low" or "high", in a unit that its values have."""
        return self.number(f"{CONDITION}{condition}.{part}{f'_{unit}' if unit else ''}")

    def said(self, condition: str, verdict: str) -> Mask:
        """In which rows a condition has a verdict."""
        column = self.table[f"{CONDITION}{condition}"]
        if pa.types.is_null(column.type):
            return np.zeros(len(self), dtype=bool)
        return np.asarray(pc.equal(column, verdict).fill_null(False))

    def words(self, name: str, places: Numbers) -> list[str]:
        """A column's words in some rows."""
        return [word or "" for word in self.table[name].take(places).to_pylist()]
