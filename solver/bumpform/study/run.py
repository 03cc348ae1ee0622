"""Run a study: what is missing is computed and kept as it comes; then all becomes a table."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bumpform.study.plan.study import Study
from bumpform.study.report.page import Reported
from bumpform.study.rows.journal import Journal
from bumpform.study.rows.parts import part_folder, take_parts
from bumpform.study.rows.row import FAILED, LIMIT, NO_EQUILIBRIUM, failed_row
from bumpform.study.rows.survey import Notable
from bumpform.study.table import write_table

if TYPE_CHECKING:
    from bumpform.study.rows.workers import Workers

__all__ = ["Finished", "Progress", "run_study"]

#: How long to wait for the workers of a scheduler, s: they may be queued in a cluster.
WAIT: Final = 3600.0
#: What a batch should take, s: long beside the 2 ms of handing it over, short to lose.
BATCH: Final = 1.0
#: Rows of the first batches, before it is known what a row takes; and at the most.
FIRST_ROWS, MOST_ROWS_OF_BATCH = 4, 1000
#: How often a case may kill the worker that computes nothing else.
TRIES: Final = 2


class Progress(NamedTuple):
    """How far a study is: rows that were there, that are there now, and that there will be.

    At last its tables are written.
    """

    earlier: int
    done: int
    rows: int
    refused: int
    failed: int
    tables: bool = False


class Finished(NamedTuple):
    """A finished study.

    Attributes
    ----------
    folder : Path
        Has table.csv, table.parquet and report.html, but for one of several parts.
    progress : Progress
    notable : tuple of Notable
        The first rows that were refused or failed.
    seconds : float
        What computing the rows took.
    good : int
        Rows that meet every condition.
    broken : mapping of a condition's id to int
        Rows in which it fails.
    tabled : bool
        Whether the tables have been written.
    """

    folder: Path
    progress: Progress
    notable: tuple[Notable, ...]
    seconds: float
    good: int = 0
    broken: Mapping[str, int] = MappingProxyType({})
    tabled: bool = True

    @property
    def rate(self) -> float:
        """Rows a second, of those that were computed."""
        computed = self.progress.done - self.progress.earlier
        return computed / self.seconds if self.seconds else 0.0


def run_study(
    study: Study,
    *,
    out: str | Path,
    workers: int | None = None,
    scheduler: str | Path | None = None,
    wait: float = WAIT,
    limit: float = LIMIT,
    retry: bool = False,
    part: tuple[int, int] | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
    warn: Callable[[str], None] = lambda text: None,
) -> Finished:
    """Run a study, or what is missing of it, and write its tables.

    A script calls this under ``if __name__ == "__main__":``, because the workers are processes
    that import it.

    Parameters
    ----------
    study : Study
    out : path
        Folder of the study; made if need be. Rows that are there are kept.
    workers : int, optional
        Processes on this machine; by default one a core.
    scheduler : str or Path, optional
        Address of a Dask scheduler whose workers are to be used instead, or its scheduler file;
        one that is given as a Path is waited for.
    wait : float
        How long to wait for such a file, and whenever a scheduler has no workers, s.
    limit : float
        Time limit of a row, s; a row that takes longer fails.
    retry : bool
        Whether failed rows are computed again.
    part : (int, int), optional
        The k-th of n parts is computed, in the folder's own folder for it; no tables are written.
        Without, what parts have computed is taken over first.
    tell : callable, optional
        Is called with the progress before the first rows, whenever some are done, and before the
        tables are written.
    warn : callable, optional
        Is called with a sentence about workers that are left out, or are waited for.

    Raises
    ------
    CaseError
        If the folder is in use, or of another study or version of bumpform.
    WorkersError
        If there are no workers, or no more; the rows so far are kept.
    """
    folder = Path(out)
    with Journal(study, folder if part is None else part_folder(folder, part)) as journal:
        if part is None and len(journal) < len(study):
            take_parts(journal)
            journal.take_former()
        if retry:
            journal.forget_failed()
        rows = journal.share(part)
        left = sum(1 for _ in journal.missing(part))
        earlier = rows - left

        def progress() -> Progress:
            counts = journal.counts
            return Progress(earlier, len(journal), rows, counts[NO_EQUILIBRIUM], counts[FAILED])

        tell(progress())
        seconds = 0.0
        if left:
            told: dict[str, Any] = {"limit": limit, "warn": warn}
            with _workers(study, workers, scheduler, wait, left, told) as pool:
                started = time.perf_counter()
                _compute(journal, pool, journal.missing(part), left, lambda: tell(progress()))
                seconds = time.perf_counter() - started
        if part is not None:
            journal.seal()
            return Finished(journal.folder, progress(), (), seconds, tabled=False)
        tell(progress()._replace(tables=True))
        reported = Reported(study)
        summary = write_table(study, journal, reported.add)
        reported.write(folder, summary)
        notable = tuple(summary.notable)
        return Finished(folder, progress(), notable, seconds, summary.good, +summary.broken)


def _workers(
    study: Study,
    workers: int | None,
    scheduler: str | Path | None,
    wait: float,
    rows: int,
    told: Mapping[str, Any],
) -> AbstractContextManager[Workers]:
    """Open the workers; Dask is imported only where there is something to compute."""
    from bumpform.study.rows.workers import local_workers, remote_workers

    if scheduler is not None:
        return remote_workers(study, scheduler, wait, **told)
    from bumpform.kernel.native import library

    library()  # compiles the solver where that has not been done yet: once, not in every worker
    count = workers or len(os.sched_getaffinity(0))
    return local_workers(study, min(count, rows), **told)


def _compute(
    journal: Journal, workers: Workers, numbers: Iterator[int], left: int, tell: Callable[[], None]
) -> None:
    """Have rows computed, in batches of about the same time, smaller at the end."""
    suspects: list[int] = []
    back: list[int] = []  # for which there was no time in their batch
    size = FIRST_ROWS
    while left or workers.busy:
        while left and workers.ready:
            count = min(size, -(-left // max(1, workers.places)))
            asked = [*back[:count], *itertools.islice(numbers, max(0, count - len(back)))]
            del back[:count]
            left -= len(asked)
            workers.submit(asked)
        batches = workers.take()
        journal.append(row for batch in batches for row in batch.rows or ())
        for batch in batches:
            if batch.rows is None:
                suspects += batch.numbers
                continue
            rest = batch.numbers[len(batch.rows) :]
            back += rest
            left += len(rest)
            if batch.rows:
                wanted = round(BATCH * len(batch.rows) / batch.seconds)
                size = max(1, min(wanted, 4 * size, MOST_ROWS_OF_BATCH))
        tell()
    for number in sorted(suspects):
        _compute_alone(journal, workers, number)
        tell()


def _compute_alone(journal: Journal, workers: Workers, number: int) -> None:
    """Compute a row of a batch that a worker died of, with nothing beside it to take the blame."""
    died = 0
    while died < TRIES:
        while not workers.ready:
            workers.take()
        workers.submit([number])
        while not (batches := workers.take()):
            pass
        [batch] = batches
        if batch.rows:
            journal.append(batch.rows)
            return
        died += batch.rows is None
    message = f"{TRIES} workers died of it: not enough memory, or a bug in bumpform."
    journal.append([failed_row(journal.study, number, "worker_died", message)])
