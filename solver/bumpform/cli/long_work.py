"""What commands of long work share: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from bumpform.cli.printing import complain

__all__ = ["INPUT_HELP", "OUT_HELP", "telling"]

INPUT_HELP: Final = "An input, as of --set; may be given several times. All by default."
OUT_HELP: Final = "Results folder; runs/NAME by default."
#: Time between two lines of progress where there is no terminal, s.
INTERVAL: Final = 10.0


@contextmanager
def telling(name: str) -> Iterator[Callable[[int, int], None]]:
    """Show how much is done, of how much; on stderr. Ctrl-C says that nothing is kept."""
    before = signal.getsignal(signal.SIGINT)

    def stop(*received: Any) -> None:
        words = f"\n{name.partition(':')[0]}: stopped by Ctrl-C; nothing is written\n"
        os.write(2, words.encode())
        if callable(before):
            before(*received)

    if callable(before):
        signal.signal(signal.SIGINT, stop)
    try:
        with _shown(name) as tell:
            yield tell
    finally:
        if callable(before):
            signal.signal(signal.SIGINT, before)


@contextmanager
def _shown(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, lines elsewhere."""
    if not sys.stderr.isatty():
        yield _lines(name)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(name, total=None)
        yield lambda done, of: bars.update(bar, completed=done, total=of)


def _lines(name: str) -> Callable[[int, int], None]:
    last = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= INTERVAL:
            last = now
            complain(f"{name}: {done} of {of}")

    return tell
