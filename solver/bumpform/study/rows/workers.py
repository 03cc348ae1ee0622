"""Workers of a study: processes of this machine, or those of a Dask scheduler elsewhere.

A worker is a process even where there is one of them: a case that kills its process must not take
the study with it. Each computes one case after the other on one thread; what is asked of it is a
batch of rows, so long that handing it over costs nothing beside it.
"""

from __future__ import annotations

import json
import logging
import math
import os
import queue
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, Final, NamedTuple

import dask.config
from distributed import Client, Future, LocalCluster
from distributed.scheduler import KilledWorker
from distributed.utils import silence_logging_cmgr

from bumpform import __version__
from bumpform.errors import WorkersError
from bumpform.study.plan.study import Study
from bumpform.study.rows.code import code_sha256
from bumpform.study.rows.limit import GRACE
from bumpform.study.rows.row import LIMIT, Row
from bumpform.study.rows.worker import ENOUGH, compute

__all__ = ["Batch", "Workers", "local_workers", "remote_workers"]

#: Patience with workers that do not come back, s.
LOST: Final = 60.0
#: Patience with workers of this machine that come up, s: it may be busy with other things.
COMING: Final = 300.0
#: How long results are waited for before workers are looked after, s.
_MOMENT: Final = 0.5
#: How long a result that is there may take to come, s: its worker may die before it is fetched.
_FETCH: Final = 30.0
#: How many errors one after the other are too many for chance.
TRIES: Final = 10
#: Batches that wait beside the one that is being computed, so that no worker has to.
AHEAD: Final = 1
#: Under mpirun, what makes a process believe that it is a rank.
LAUNCHER: Final = ("PMI_", "PMIX_", "HYDI_", "HYDRA_", "MPI_LOCAL", "OMPI_")
#: What a worker is asked, in words: one that cannot import a function ends and does not say why.
_ASK: Final = "__import__('bumpform.study.rows.worker', fromlist=['fault']).fault(*told)"
_SETTINGS: Final = {
    "distributed.scheduler.allowed-failures": 0,  # the study itself tries again, case by case
    # a worker that has died may take long to come up again where the machine is busy
    "distributed.deploy.lost-worker-timeout": f"{COMING:g}s",
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
        Of the first of the numbers; the others are to be asked for again. None where the worker
        died of them.
    seconds : float
        What they took.
    """

    numbers: tuple[int, ...]
    rows: list[Row] | None
    seconds: float


class _Asked(NamedTuple):
    """A batch that is on its way, by whom it may be computed, and since when."""

    future: Future
    numbers: tuple[int, ...]
    addresses: frozenset[str]
    since: float


class Workers:
    """Workers that compute rows of a study.

    Each is asked first whether it can solve: whose bumpform is another one, or that lack a
    compiler, are told and left out, and cost no row.

    Parameters
    ----------
    study : Study
    client : distributed.Client
    wait : float
        How long to wait while there are no workers, s.
    limit : float
        Time that a row may take, s.
    warn : callable
        Is called with a sentence about workers that are left out, or are waited for.
    """

    def __init__(
        self,
        study: Study,
        client: Client,
        *,
        wait: float = COMING,
        limit: float = LIMIT,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.study = study
        self._client = client
        self._wait, self._limit, self._warn = wait, limit, warn
        self._asked: dict[Any, _Asked] = {}
        self._probes: dict[Any, tuple[Future, str]] = {}
        self._done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._fit: set[str] = set()
        self._unfit: dict[str, str] = {}  # why, by address
        self._looked = -math.inf
        self._errors = 0  # one after the other
        self._heard = -math.inf  # when a result came, or got lost with its worker

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
        """How many batches may be asked for at a time; 0 as long as no worker can solve."""
        self._look()
        return (1 + AHEAD) * len(self._fit)

    def submit(self, numbers: Sequence[int]) -> None:
        """Ask for some rows."""
        doubtful = self._unfit or self._probes
        addresses = frozenset(self._fit) if doubtful else frozenset[str]()
        future = self._client.submit(
            compute,
            self.study.of(numbers),
            tuple(numbers),
            (__version__, code_sha256()),
            self._limit,
            pure=False,
            retries=0,
            workers=sorted(addresses) or None,
        )
        self._asked[future.key] = _Asked(future, tuple(numbers), addresses, time.monotonic())
        future.add_done_callback(self._done.put)

    def take(self) -> list[Batch]:
        """Wait for a batch, and return all that are done by then; none where workers are ready.

        Raises
        ------
        WorkersError
            If there are no workers that can solve any more.
        """
        since, told = time.monotonic(), False
        while True:
            self._look()
            batches = [*self._lost(), *self._finished()]
            if batches or (self.ready and not self.busy):
                return batches
            now = time.monotonic()
            since = now if self._fit or self._probes else max(since, self._heard)
            if now - since > self._wait:
                raise WorkersError(self._none(now - since))
            if now - since > min(LOST, 0.5 * self._wait) and not told:
                told = True
                self._warn(f"{self._none(now - since)}: waiting up to {self._wait:g} s")

    def _none(self, seconds: float) -> str:
        reasons = "; ".join(sorted(set(self._unfit.values())))
        if reasons:
            return f"no worker can solve: {reasons}"
        return f"no worker has appeared for {seconds:.0f} s"

    def _look(self) -> None:
        """See who is there, once a second; ask those that are new whether they can solve."""
        if time.monotonic() - self._looked < 1.0:
            return
        try:
            there = set(self._client.nthreads())
        except Exception as error:  # whatever the connection raises
            raise WorkersError(f"the scheduler is gone: {error}") from error
        self._looked = time.monotonic()
        self._fit &= there
        self._unfit = {a: why for a, why in self._unfit.items() if a in there}
        gone = [key for key, (_, address) in self._probes.items() if address not in there]
        for key in gone:
            self._probes.pop(key)[0].cancel()
        known = self._fit | self._unfit.keys() | {address for _, address in self._probes.values()}
        for address in sorted(there - known):
            told = {"told": (__version__, code_sha256())}
            future = self._client.submit(eval, _ASK, told, workers=[address], pure=False, retries=0)
            self._probes[future.key] = future, address
            future.add_done_callback(self._done.put)

    def _finished(self) -> list[Batch]:
        """Batches that are done, of which the first is waited for a moment."""
        batches = []
        try:
            future = self._done.get(timeout=_MOMENT)
            while True:
                if future.key in self._probes:
                    self._probed(future)
                elif future.key in self._asked:
                    batches.append(self._result(future))
                self._heard = time.monotonic()
                future = self._done.get_nowait()
        except queue.Empty:
            return batches

    def _probed(self, future: Future) -> None:
        """Note whether a worker can solve."""
        _, address = self._probes.pop(future.key)
        try:
            why = future.result(timeout=_FETCH)
        except (
            KilledWorker,
            CancelledError,
            TimeoutError,
        ):  # it has gone: whoever comes in its place is asked
            return
        except Exception as error:  # bumpform cannot be imported there, …
            why = f"{type(error).__name__}: {' '.join(str(error).split())}"
        if why:
            self._leave_out(address, why)
        else:
            self._fit.add(address)

    def _leave_out(self, address: str, why: str) -> None:
        self._fit.discard(address)
        if address not in self._unfit:
            self._warn(f"worker {address} is left out: {why}")
        self._unfit[address] = why

    def _lost(self) -> list[Batch]:
        """Batches that nobody computes any more."""
        now, lost = time.monotonic(), []
        longest = (1 + AHEAD) * (ENOUGH + self._limit + GRACE) + LOST
        for key, asked in list(self._asked.items()):
            if asked.future.done() or now - asked.since < LOST:
                continue
            silent = self._fit and now - asked.since > longest
            if silent:
                for address, keys in self._client.processing().items():
                    if key in keys:
                        self._leave_out(address, "it does not answer")
            if silent or (asked.addresses and not asked.addresses & self._fit):
                del self._asked[key]
                asked.future.cancel()
                lost.append(Batch(asked.numbers, None, 0.0))
        return lost

    def _result(self, future: Future) -> Batch:
        numbers = self._asked.pop(future.key).numbers
        try:
            computed, seconds, address = future.result(timeout=_FETCH)
        except (KilledWorker, TimeoutError):
            return Batch(numbers, None, 0.0)
        except Exception as error:  # lost scheduler, worker without bumpform that nobody has asked
            self._errors += 1
            self._looked = -math.inf  # one that has just come up: it is asked before all others
            if self._errors >= TRIES:
                message = f"the workers failed: {type(error).__name__}: {error}"
                raise WorkersError(message) from error
            return Batch(numbers, [], 0.0)
        self._errors = 0
        if computed.fault:
            self._leave_out(address, computed.fault)
        return Batch(numbers, computed.rows, seconds)


@contextmanager
def local_workers(study: Study, count: int, **told: Any) -> Iterator[Workers]:
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
            yield Workers(study, client, **told)


@contextmanager
def remote_workers(
    study: Study, address: str | Path, wait: float, **told: Any
) -> Iterator[Workers]:
    """Workers of a scheduler at an address, or of which a file tells, that is waited for.

    Raises
    ------
    WorkersError
        If no scheduler answers there.
    """
    warn = told["warn"]
    if isinstance(address, Path):
        where: dict[str, Any] = {"scheduler_file": str(_awaited(address, wait, warn))}
    else:
        where = {"scheduler_file": address} if Path(address).is_file() else {"address": address}
    with silence_logging_cmgr(logging.CRITICAL):
        try:
            client = Client(**where, timeout="10s")
        except (OSError, ValueError) as error:
            message = f"no scheduler answers at {address}. Start one: dask scheduler. ({error})"
            raise WorkersError(message) from error
        with client:
            if link := _dashboard(client.dashboard_link):
                warn(f"the dashboard of the scheduler is at {link}")
            yield Workers(study, client, wait=wait, **told)


def _dashboard(link: str) -> str:
    """A dashboard's address, if there is one that shows anything: it takes bokeh."""
    try:
        with urllib.request.urlopen(link, timeout=2.0) as page:
            return "" if b"needs bokeh" in page.read(1000) else link
    except (OSError, ValueError):  # off, or not to be reached from here
        return ""


def _awaited(path: Path, wait: float, warn: Callable[[str], None]) -> Path:
    """A scheduler's file, once it is there as a whole."""
    started = time.monotonic()
    told = False
    while True:
        try:
            if json.loads(path.read_bytes())["address"]:
                return path
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass
        if time.monotonic() - started > wait:
            message = f"no scheduler has written {path} for {wait:g} s. Start one: dask scheduler "
            raise WorkersError(f"{message}--scheduler-file {path}")
        if not told:
            told = True
            warn(f"waiting up to {wait:g} s for a scheduler to write {path}")
        time.sleep(0.2)


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
