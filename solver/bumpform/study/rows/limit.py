"""A time limit of single rows, on whatever thread of a worker they are computed."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Self

__all__ = ["GRACE", "RowTimeout", "Watch"]

#: What a row that is stopped may take to notice, s; then its process ends.
GRACE: Final = 20.0
#: How often the clock is looked at, s.
_TICK: Final = 0.1


class RowTimeout(BaseException):
    """A row has taken too long; no `Exception`, so that nothing on the way takes it for one."""


class Watch:
    """Raises `RowTimeout` in the thread that made it where a row takes too long; a context.

    Where that is not noticed, because the row never comes back to Python, its process ends.

    Parameters
    ----------
    limit : float
        Of every row, s.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._row_thread = threading.get_ident()
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._end: float | None = None
        self._raised = False
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._clock.join()

    @contextmanager
    def row(self) -> Iterator[None]:
        """What is done inside may take the limit."""
        with self._lock:
            self._deadline = time.monotonic() + self.limit
        try:
            yield
        finally:
            with self._lock:
                self._deadline = self._end = None
                if self._raised:
                    self._raise(None)  # that comes too late

    def _look(self) -> None:
        while not self._over.wait(_TICK):
            now = time.monotonic()
            with self._lock:
                if self._deadline is not None and now > self._deadline:
                    self._deadline, self._end = None, now + GRACE
                    self._raise(RowTimeout)
                elif self._end is not None and now > self._end:
                    os._exit(os.EX_SOFTWARE)

    def _raise(self, error: type[BaseException] | None) -> None:
        self._raised = error is not None
        told = None if error is None else ctypes.py_object(error)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._row_thread), told)
