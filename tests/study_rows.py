"""Rows that a study's folder holds, read without the journal's code."""

from __future__ import annotations

import json

from pyarrow import parquet


def rows_in(folder):
    """Of every row its number and what came of it: files first, then lines."""
    rows = []
    for path in sorted(folder.glob("rows/*.parquet")):
        rows += parquet.read_table(path, columns=["number", "outcome"]).to_pylist()
    path = folder / "rows.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return rows + [json.loads(line) for line in lines]
