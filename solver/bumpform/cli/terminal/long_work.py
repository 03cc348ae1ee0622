"""What commands of long work share: what they ask about, how far they are, what they leave."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from bumpform.cli.terminal.failures import tell_failure
from bumpform.cli.terminal.printing import complain, say

if TYPE_CHECKING:
    from bumpform.case.case import Case

__all__ = ["asked", "tell_files", "telling"]

#: Time between two lines of progress where there is no terminal, s.
INTERVAL: Final = 10.0


@contextmanager
def asked(text: str, sets: Sequence[str] | None, out: Path | None) -> Iterator[tuple[Case, Path]]:
    """The case that is asked about, and the folder of the answer; what fails ends the command."""
    from bumpform.case.file import load_case

    try:
        case = load_case(text, sets or [])
        yield case, out or Path("runs") / case.name
    except Exception as error:
        raise typer.Exit(tell_failure(error, text)) from None


def tell_files(written: Iterable[Path]) -> None:
    """Write which files an answer has left."""
    say(f"files: {', '.join(str(path) for path in sorted(written))}")


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
