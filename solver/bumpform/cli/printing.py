"""Output: tables and progress on a terminal, plain lines elsewhere, messages on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from bumpform.output.readable import (
    condition_limits,
    condition_value,
    liquids_of,
    number,
    verdict_summary,
)
from bumpform.output.states import state_words

__all__ = ["complain", "print_result", "print_table", "progress", "say"]


def say(text: str) -> None:
    """Write a line to stdout; nothing any more once its reader has gone, as in ``| head``."""
    _write(text, err=False)


def complain(message: object) -> None:
    """Write a message to stderr as it stands."""
    _write(str(message), err=True)


def _write(text: str, *, err: bool) -> None:
    try:
        typer.echo(text, err=err)
    except BrokenPipeError:  # what is left to do is done, and its exit code tells how
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2 if err else 1)


@contextmanager
def progress(done: int, total: int, name: str) -> Iterator[None]:
    """While one of several works runs, a bar on a terminal, elsewhere a line; both on stderr."""
    if total == 1:
        yield
    elif not sys.stderr.isatty():
        complain(f"{done + 1} of {total}: {name}")
        yield
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}", markup=False),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            bar.add_task(name, total=total, completed=done)
            yield


def print_table(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows as a table on a terminal, as aligned plain lines elsewhere."""
    if sys.stdout.isatty():
        _print_rich(title, headers, rows)
        return
    lines = [list(headers), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headers))]
    say(title)
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        say(f"  {'  '.join(cells)}".rstrip())


def _print_rich(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title, "bold"), title_justify="left", box=box.SIMPLE_HEAD)
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, _STYLES.get(cell, "")) for cell in row))
    Console(highlight=False).print(table)


_STYLES = {"yes": "green", "no": "bold red", "stable": "green", "unstable": "bold red"}


def print_result(result: dict[str, Any], out: Path) -> None:
    """Write what a run found: stages, conditions, and where the files are.

    Parameters
    ----------
    result : dict
        In the shape of result.json, schema ``bumpform/result-1``.
    out : Path
        Folder of the run.
    """
    name = result.get("case", {}).get("name", "")
    conditions = result.get("conditions") or ()
    if conditions:
        say(f"{name}: {verdict_summary(conditions)}")
    liquids = [part for stage in result.get("stages", ()) for part in liquids_of(stage)]
    print_table(
        f"{name}: stages",
        ("stage", "apex", "max radius", "pressure", "state"),
        [_stage_row(liquid) for liquid in liquids],
    )
    print_table(
        f"{name}: contact lines",
        ("stage", "ends on", "at r", "at z", "angle", "line"),
        [row for liquid in liquids for row in _line_rows(liquid)],
    )
    for stage in result.get("stages", ()):
        if refused := stage.get("refused"):
            detail = f": {refused['detail']}" if refused.get("detail") else ""
            complain(f"{name}: {stage.get('name', '')} refused, {refused['reason']}{detail}")
    if conditions:
        print_table(
            f"{name}: conditions",
            ("holds", "value", "limits", "statement"),
            [
                (
                    {True: "yes", False: "no", None: "–"}[condition["holds"]],
                    condition_value(condition),
                    condition_limits(condition),
                    " ".join(filter(None, (condition["statement"], _reason(condition)))),
                )
                for condition in sorted(conditions, key=_rank)
            ],
        )
    say(f"files: {out}")


def _rank(condition: dict[str, Any]) -> int:
    """What fails first, what is not judged last."""
    return [False, True, None].index(condition["holds"])


def _reason(condition: dict[str, Any]) -> str:
    reason = condition.get("reason", "")
    if not reason:
        return ""
    return f"Not judged: {reason}." if condition["holds"] is None else f"({reason})"


def _stage_row(stage: Mapping[str, Any]) -> tuple[str, ...]:
    surface = stage.get("surface") or {}
    names = ("apex_z_m", "max_radius_m", "pressure_Pa")
    return (
        str(stage.get("name", "")),
        *(number(name, surface.get(name)) for name in names),
        _state(stage),
    )


def _line_rows(stage: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """One row a contact line; the stage's name in the first."""
    lines = (stage.get("surface") or {}).get("contact_lines") or ()
    return [
        (
            str(stage.get("name", "")) if index == 0 else "",
            str(line.get("feature") or line.get("on")),
            *(number(name, line.get(name)) for name in ("r_m", "z_m", "angle_deg")),
            str(line.get("state", "–")),
        )
        for index, line in enumerate(lines)
    ]


def _state(stage: Mapping[str, Any]) -> str:
    if refused := stage.get("refused"):
        return f"refused: {refused.get('reason', '')}"
    equilibrium = stage.get("equilibrium") or {}
    return "–" if equilibrium.get("stable") is None else state_words(equilibrium)
