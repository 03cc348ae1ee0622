"""Workers of a study: processes of this machine, or those of a Dask scheduler elsewhere.

A worker is a process even where there is one of them: a case that kills its process must not take
the study with it. Each computes one case after the other on one thread; what is asked of it is a
batch of rows, so long that handing it over costs nothing beside it.
"""

from __future__ import annotations

import gc
import logging
import os
import queue
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, Final, NamedTuple

import dask.config
from distributed import Client, Future, LocalCluster
from distributed.scheduler import KilledWorker
from distributed.utils import silence_logging_cmgr

from bumpform import __version__
from bumpform.errors import WorkersError
from bumpform.study.row import Row, compute_rows
from bumpform.study.study import Study

__all__ = ["Batch", "Workers", "local_workers", "remote_workers"]

#: Patience with workers that do not come back, s.
LOST: Final = 60.0
#: Batches that wait beside the one that is being computed, so that no worker has to.
AHEAD: Final = 1
#: Under mpirun, what makes a process believe that it is a rank.
LAUNCHER: Final = ("PMI_", "PMIX_", "HYDI_", "HYDRA_", "MPI_LOCAL", "OMPI_")
_SETTINGS: Final = {
    "distributed.scheduler.allowed-failures": 0,  # the study itself tries again, case by case
    # what watches over many small tasks takes a tenth of the time, and nobody looks at it
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.cycle": "10s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


class Batch(NamedTuple):
    """Rows that have been asked for, and what came back.

    Attributes
    ----------
    numbers : tuple of int
    rows : list of Row or None
        None where the worker died of them.
    seconds : float
        What they took.
    """

    numbers: tuple[int, ...]
    rows: list[Row] | None
    seconds: float


class Workers:
    """Workers that compute rows of a study.

    Parameters
    ----------
    study : Study
    client : distributed.Client
    patient : bool
        Whether to wait for workers as long as there are none: they may be queued in a cluster.
    """

    def __init__(self, study: Study, client: Client, *, patient: bool) -> None:
        self.study = study
        self._client = client
        self._patient = patient
        self._asked: dict[Any, tuple[Future, tuple[int, ...]]] = {}
        self._done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._count, self._counted = 0, -1.0  # workers, and when that was

    @property
    def busy(self) -> bool:
        """Whether something is being computed."""
        return bool(self._asked)

    @property
    def ready(self) -> bool:
        """Whether another batch should be handed over."""
        return len(self._asked) < self.places

    @property
    def places(self) -> int:
        """How many batches may be asked for at a time."""
        return (1 + AHEAD) * max(1, self._workers())

    def submit(self, numbers: Sequence[int]) -> None:
        """Ask for some rows."""
        future = self._client.submit(
            _compute, self.study, tuple(numbers), __version__, pure=False, retries=0
        )
        self._asked[future.key] = future, tuple(numbers)
        future.add_done_callback(self._done.put)

    def take(self) -> list[Batch]:
        """Wait for a batch, and return all that are done by then.

        Raises
        ------
        WorkersError
            If there are no workers any more, or they are of another version.
        """
        futures = [self._wait()]
        while True:
            try:
                futures.append(self._done.get_nowait())
            except queue.Empty:
                return [self._result(future) for future in futures]

    def _wait(self) -> Future:
        seen = time.monotonic()
        while True:
            try:
                return self._done.get(timeout=1.0)
            except queue.Empty:
                now = time.monotonic()
                seen = now if self._patient or self._workers() else seen
                if now - seen > LOST:
                    raise WorkersError(f"no worker has come up for {LOST:g} s") from None

    def _result(self, future: Future) -> Batch:
        _, numbers = self._asked.pop(future.key)
        try:
            rows, seconds = future.result()
        except KilledWorker:
            return Batch(numbers, None, 0.0)
        except WorkersError:
            raise
        except Exception as error:  # lost scheduler, worker without bumpform, …
            raise WorkersError(f"the workers failed: {type(error).__name__}: {error}") from error
        return Batch(numbers, rows, seconds)

    def _workers(self) -> int:
        if time.monotonic() - self._counted > 1.0:
            try:
                self._count = len(self._client.nthreads())
            except Exception as error:  # whatever the connection raises
                raise WorkersError(f"the scheduler is gone: {error}") from error
            self._counted = time.monotonic()
        return self._count


@contextmanager
def local_workers(study: Study, count: int) -> Iterator[Workers]:
    """Workers on this machine, one process and one thread each.

    They end with this process, however it ends, and leave Ctrl-C to it.
    """
    with dask.config.set(_SETTINGS), _environment():
        # the mask passes on to the threads that start the workers, and from them to the workers;
        # the tracker's own start, inside of which the mask is lifted, comes before
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            cluster = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                host="127.0.0.1",
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                memory_limit=None,
                silence_logs=logging.CRITICAL,
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        with cluster, Client(cluster) as client:
            yield Workers(study, client, patient=False)


@contextmanager
def remote_workers(study: Study, address: str) -> Iterator[Workers]:
    """Workers of a scheduler at an address, or of which a file tells.

    Raises
    ------
    WorkersError
        If no scheduler answers there.
    """
    where: dict[str, Any] = (
        {"scheduler_file": address} if Path(address).is_file() else {"address": address}
    )
    with silence_logging_cmgr(logging.CRITICAL):
        try:
            client = Client(**where, timeout="10s")
        except (OSError, ValueError) as error:
            message = f"no scheduler answers at {address}. Start one: dask scheduler. ({error})"
            raise WorkersError(message) from error
        with client:
            yield Workers(study, client, patient=True)


def _compute(study: Study, numbers: Sequence[int], version: str) -> tuple[list[Row], float]:
    """What a worker does with a batch: its rows, and the seconds that they took."""
    if version != __version__:
        message = f"a worker has bumpform {__version__}, the study {version}: install the same."
        raise WorkersError(message)
    started = time.perf_counter()
    rows = compute_rows(study, numbers)
    _keep_loaded()
    return rows, time.perf_counter() - started


@cache
def _keep_loaded() -> None:
    """Let the garbage collector pass over what has been loaded, once and for all."""
    gc.freeze()


@contextmanager
def _environment() -> Iterator[None]:
    """Environment of the workers: not of a rank of mpirun; silent about what Ctrl-C has left."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(LAUNCHER):
            del os.environ[name]
    filters = [os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker"]
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, filters))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
