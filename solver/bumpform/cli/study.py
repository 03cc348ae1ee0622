"""`bumpform study`: a case varied along axes, as a table that an interrupted run goes on with."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bumpform.cli import stop
from bumpform.cli.terminal.failures import tell_failure
from bumpform.cli.terminal.printing import complain, say
from bumpform.errors import WorkersError
from bumpform.units.fields import listed

if TYPE_CHECKING:
    from bumpform.study.plan.study import Study
    from bumpform.study.run import Finished, Progress

__all__ = ["study"]


class Retry(StrEnum):
    """Which rows are computed again."""

    FAILED = "failed"


#: Conditions that are told as those that fail most often.
MOST_BROKEN: Final = 3
#: Time between two lines of progress where there is no terminal, s.
INTERVAL: Final = 10.0
#: Rows from which on writing a table takes long enough to be told of.
MANY: Final = 10_000


def study(
    study: Annotated[
        str,
        typer.Argument(metavar="STUDY", help="A study file, or the name of a bundled study."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Results folder; runs/NAME by default."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Processes on this machine; one per core by default."
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="A Dask scheduler (or its file) whose workers are used."
        ),
    ] = None,
    scheduler_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File of a Dask scheduler; it is waited for."),
    ] = None,
    wait: Annotated[
        float,
        typer.Option(
            metavar="S", min=1.0, help="How long to wait for a scheduler's file and workers, s."
        ),
    ] = 3600.0,
    time_limit: Annotated[
        float,
        typer.Option(
            metavar="S", min=1.0, help="Time limit of a row, s; a row that takes longer fails."
        ),
    ] = 120.0,
    retry: Annotated[
        Retry | None,
        typer.Option(help="Compute the failed rows again."),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option(
            metavar="K/N",
            help="The K-th of N parts, in a folder of its own. The same command without it takes "
            "the parts together.",
        ),
    ] = None,
) -> None:
    """Run all cases of a study into one table; the same command again goes on with it."""
    ways = {"--workers": workers, "--scheduler": scheduler, "--scheduler-file": scheduler_file}
    came = [option for option, value in ways.items() if value]
    if len(came) > 1:
        message = f"give only one of {listed(list(ways))}, not {listed(came)}."
        raise typer.BadParameter(message)
    share = None if part is None else _share(part)
    gc.enable()  # a study may last for days
    options = {
        "workers": workers,
        "scheduler": scheduler_file or scheduler,
        "wait": wait,
        "limit": time_limit,
        "retry": retry is not None,
        "part": share,
    }
    raise typer.Exit(_run(study, out, options))


def _share(text: str) -> tuple[int, int]:
    """The part that "2/8" means."""
    first, _, last = text.partition("/")
    if first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last):
        return int(first), int(last)
    raise typer.BadParameter('--part is written K/N, as "2/8": K from 1 to N.')


def _run(text: str, out: Path | None, options: Mapping[str, Any]) -> int:
    """Run a study; whatever happens to it, its exit code comes back."""
    from bumpform.study.plan.file import load_study

    try:
        loaded = load_study(text)
        place = out or Path("runs") / loaded.name
        with _resumable(place), _telling(loaded.name) as tell:
            from bumpform.study.run import run_study

            done = run_study(
                loaded,
                out=place,
                tell=tell,
                warn=lambda words: complain(f"{loaded.name}: {words}"),
                **options,
            )
    except WorkersError as error:
        kept = f"{error}\nFinished rows are kept; the same command goes on with them."
        return tell_failure(WorkersError(kept), text)
    except Exception as error:
        return tell_failure(error, text)
    _print_finished(loaded, done)
    return 4 if done.progress.refused or done.progress.failed else 0


@contextmanager
def _resumable(place: Path) -> Iterator[None]:
    """Say on Ctrl-C how to go on."""

    def say_and_stop(*_: object) -> None:
        message = f"\nstopped. Finished rows are in {place}; the same command goes on with them.\n"
        os.write(2, message.encode(errors="replace"))
        stop()

    before = signal.signal(signal.SIGINT, say_and_stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _telling(name: str) -> Iterator[Callable[[Progress], None]]:
    """Show the progress: a bar on a terminal, elsewhere a line now and then; both on stderr."""
    tell = _lines(name)
    if not sys.stderr.isatty():
        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns: tuple[Any, ...] = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(name, total=None)

        def show(progress: Progress) -> None:
            bars.update(
                bar, total=progress.rows, completed=progress.done, description=_doing(progress)
            )

        yield show


def _lines(name: str) -> Callable[[Progress], None]:
    """Write a line at the start, and whenever some time has passed."""
    last: float | None = None

    def tell(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if last is None and progress.earlier:
            complain(f"{name}: {progress.earlier} of {progress.rows} rows are there")
        if last is None:
            last = now
        if progress.tables and progress.rows >= MANY:
            complain(f"{name}: {_doing(progress)}")
        elif now - last >= INTERVAL:
            last = now
            complain(f"{name}: {progress.done} of {progress.rows} rows{_worse(progress, ', ')}")

    return tell


def _doing(progress: Progress) -> str:
    """What is done beside counting rows, in words."""
    return "writing table and report" if progress.tables else _worse(progress)


def _worse(progress: Progress, before: str = "") -> str:
    """How many rows have no shape, in words; nothing where all have one."""
    counts = ((progress.refused, "refused"), (progress.failed, "failed"))
    words = ", ".join(f"{count} {word}" for count, word in counts if count)
    return before + words if words else ""


def _print_finished(study: Study, done: Finished) -> None:
    """Write what a study has come to, and where its files are."""
    name, progress = study.name, done.progress
    computed = progress.done - progress.earlier
    there = f", {progress.earlier} of them there before" if progress.earlier else ""
    rate = f", {computed} computed at {done.rate:.3g} a second" if computed else ""
    say(f"{name}: {progress.rows} rows{there}{rate}{_worse(progress, '; ')}")
    for row in done.notable:
        complain(f"{name}: {row}")
    if (more := progress.refused + progress.failed - len(done.notable)) > 0:
        complain(f"{name}: and {more} more: see the table's outcome, reason and detail")
    if not done.tabled:
        say(f"files: {done.folder / 'rows'}; without --part the study takes all parts")
        return
    from bumpform.study.report.shares import share_words

    share = share_words(done.good, progress.rows, drawn=study.all_drawn)
    good = f"{done.good} of {progress.rows} meet every condition: {share}"
    say(f"{name}: {good}{_breaks(done.broken)}")
    say(f"files: {done.folder / 'table.csv'}, table.parquet, report.html, rows")


def _breaks(broken: Mapping[str, int]) -> str:
    """The conditions that fail most often, in words; nothing where none does."""
    most = sorted(broken.items(), key=lambda item: (-item[1], item[0]))[:MOST_BROKEN]
    told = ", ".join(f"{name} {count}" for name, count in most)
    return f"; most often broken: {told}" if told else ""
