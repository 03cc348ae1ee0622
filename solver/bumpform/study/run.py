"""Run a study: what is missing is computed and kept as it comes; then all becomes a table."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from bumpform.study.journal import Journal
from bumpform.study.row import FAILED, NO_EQUILIBRIUM, failed_row
from bumpform.study.study import Study
from bumpform.study.table import Notable, write_table

if TYPE_CHECKING:
    from bumpform.study.workers import Workers

__all__ = ["Finished", "Progress", "run_study"]

#: What a batch should take, s: long beside the 2 ms of handing it over, short to lose.
BATCH: Final = 1.0
#: Rows of the first batches, before it is known what a row takes; and at the most.
FIRST_ROWS, MOST_ROWS_OF_BATCH = 4, 1000
#: How often a case may kill the worker that computes nothing else.
TRIES: Final = 2


class Progress(NamedTuple):
    """How far a study is: rows that were there, that are there now, and that there will be."""

    earlier: int
    done: int
    rows: int
    refused: int
    failed: int


class Finished(NamedTuple):
    """A finished study.

    Attributes
    ----------
    folder : Path
        Has table.csv and table.parquet.
    progress : Progress
    notable : tuple of Notable
        The first rows that were refused or failed.
    seconds : float
        What computing the rows took.
    """

    folder: Path
    progress: Progress
    notable: tuple[Notable, ...]
    seconds: float

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
    scheduler: str | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
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
    scheduler : str, optional
        Address of a Dask scheduler whose workers are to be used instead, or its scheduler file.
    tell : callable, optional
        Is called with the progress before the first rows and whenever some are done.

    Raises
    ------
    CaseError
        If the folder is in use, or of another study or version of bumpform.
    WorkersError
        If there are no workers, or no more; the rows so far are kept.
    """
    with Journal(study, Path(out)) as journal:
        earlier = len(journal)

        def progress() -> Progress:
            counts = journal.counts
            return Progress(
                earlier, len(journal), len(study), counts[NO_EQUILIBRIUM], counts[FAILED]
            )

        tell(progress())
        seconds = 0.0
        if earlier < len(study):
            with _workers(study, workers, scheduler, len(study) - earlier) as pool:
                started = time.perf_counter()
                _compute(journal, pool, lambda: tell(progress()))
                seconds = time.perf_counter() - started
        notable = write_table(study, journal)
        return Finished(Path(out), progress(), notable, seconds)


def _workers(
    study: Study, workers: int | None, scheduler: str | None, rows: int
) -> AbstractContextManager[Workers]:
    """Open the workers; Dask is imported only where there is something to compute."""
    from bumpform.study.workers import local_workers, remote_workers

    if scheduler is not None:
        return remote_workers(study, scheduler)
    from bumpform.surface.native import library

    library()  # compiles the solver where that has not been done yet: once, not in every worker
    count = workers or len(os.sched_getaffinity(0))
    return local_workers(study, min(count, rows))


def _compute(journal: Journal, workers: Workers, tell: Callable[[], None]) -> None:
    """Have the missing rows computed, in batches of about the same time, smaller at the end."""
    missing = journal.missing()
    left = len(journal.study) - len(journal)
    suspects: list[int] = []
    size = FIRST_ROWS
    while True:
        while workers.ready and left:
            numbers = list(itertools.islice(missing, min(size, -(-left // workers.places))))
            left -= len(numbers)
            workers.submit(numbers)
        if not workers.busy:
            break
        batches = workers.take()
        journal.append(row for batch in batches for row in batch.rows or ())
        for batch in batches:
            if batch.rows is None:
                suspects += batch.numbers
            else:
                wanted = round(BATCH * len(batch.numbers) / batch.seconds)
                size = max(1, min(wanted, 4 * size, MOST_ROWS_OF_BATCH))
        tell()
    for number in sorted(suspects):
        _compute_alone(journal, workers, number)
        tell()


def _compute_alone(journal: Journal, workers: Workers, number: int) -> None:
    """Compute a row of a batch that a worker died of, with nothing beside it to take the blame."""
    for _ in range(TRIES):
        workers.submit([number])
        [batch] = workers.take()
        if batch.rows is not None:
            journal.append(batch.rows)
            return
    message = f"{TRIES} workers died of it: not enough memory, or a mistake of bumpform's own."
    journal.append([failed_row(journal.study, number, "worker_died", message)])
