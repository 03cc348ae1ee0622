"""Output: tables and progress on a terminal, plain lines elsewhere, messages on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from bumpform.result.contract import Body, Condition, Result, Stage
from bumpform.result.readable import (
    angle_words,
    condition_limits,
    condition_value,
    coordinate,
    number,
    rank,
    verdict_summary,
    without_round_off,
)
from bumpform.result.states import state_words

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


def print_result(result: Result, out: Path) -> None:
    """Write what a run found: stages, conditions, and where the files are.

    Parameters
    ----------
    result : Result
        The run in numbers.
    out : Path
        Folder of the run.
    """
    name, conditions = result.case.name, result.conditions
    if conditions:
        say(f"{name}: {verdict_summary(conditions)}")
    liquids = [named for stage in result.stages for named in stage.liquids]
    print_table(
        f"{name}: stages",
        ("stage", "apex", "max radius", "pressure", "state"),
        [row for named in liquids for row in _stage_rows(*named)],
    )
    print_table(
        f"{name}: contact lines",
        ("stage", "ends on", "at r", "at z", "angle", "line"),
        [row for named in liquids for row in _line_rows(*named)],
    )
    told = [
        (s.name, without_round_off(result.metrics[s.name], result.metrics_error.get(s.name, {})))
        for s in result.stages
        if s.name in result.metrics
    ]
    held = [(stage, metrics) for stage, metrics in told if "standoff_m" in metrics]
    if held:
        print_table(
            f"{name}: packages",
            ("stage", "standoff", "held by", "joint force", "force on the core"),
            [_package_row(*one) for one in held],
        )
    for part, liquid in liquids:
        for line in () if liquid.surface is None else liquid.surface.contact_lines:
            if line.angle_deg > 180.0:
                say(f"{part}: the angle of the {line.end} line is {angle_words(line)}")
    stage = result.refused
    if stage is not None and stage.refused is not None:
        complain(f"{name}: {stage.name} refused, {stage.refused.reason}: {stage.refused.detail}")
    if conditions:
        print_table(
            f"{name}: conditions",
            ("holds", "value", "limits", "statement"),
            [
                (
                    {True: "yes", False: "no", None: "–"}[condition.holds],
                    condition_value(condition),
                    condition_limits(condition),
                    " ".join(filter(None, (condition.statement, _reason(condition)))),
                )
                for condition in sorted(conditions, key=rank)
            ],
        )
    say(f"files: {out}")


def _reason(condition: Condition) -> str:
    reason = condition.reason
    if not reason:
        return ""
    return f"Not judged: {reason}." if condition.holds is None else f"({reason})"


def _stage_rows(name: str, liquid: Stage | Body) -> list[tuple[str, ...]]:
    """One row of the liquid, and one of what it has frozen to, where that shrinks."""
    names = ("apex_z_m", "max_radius_m", "pressure_Pa")
    shapes: list[tuple[str, object, str]] = [(name, liquid.surface, _state(liquid))]
    if liquid.frozen is not None:
        shapes.append((f"{name}, frozen", liquid.frozen.surface, "solid at 25 °C"))
    return [
        (title, *(number(n, getattr(shape, n, None)) for n in names), state)
        for title, shape, state in shapes
    ]


def _line_rows(name: str, liquid: Stage | Body) -> list[tuple[str, ...]]:
    """One row a contact line; the stage's name in the first."""
    lines = () if liquid.surface is None else liquid.surface.contact_lines
    return [
        (
            name if index == 0 else "",
            line.feature or line.on,
            *(coordinate(value) for value in (line.r_m, line.z_m)),
            number("angle_deg", line.angle_deg),
            line.state,
        )
        for index, line in enumerate(lines)
    ]


def _package_row(name: str, metrics: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = ("joint_force_N", "core_force_N")
    return (
        name,
        number("standoff_m", metrics["standoff_m"]),
        str(metrics["held_by"]),
        *(number(n, metrics.get(n)) for n in numbers),
    )


def _state(liquid: Stage | Body) -> str:
    if isinstance(liquid, Stage) and liquid.refused is not None:
        return f"refused: {liquid.refused.reason}"
    return "–" if liquid.equilibrium is None else state_words(liquid.equilibrium)
