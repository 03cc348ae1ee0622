"""How far melts are, told on stderr while they are followed."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from bumpform.cli.terminal.long_work import INTERVAL
from bumpform.cli.terminal.printing import complain

if TYPE_CHECKING:
    from bumpform.melting.beginning.options import Options
    from bumpform.melting.motion.melt import Frame
    from bumpform.melting.progress import Progress

__all__ = ["MeltLine"]


class MeltLine:
    """Of the melt that is followed: on a terminal one line, written over; else one now and then.

    Parameters
    ----------
    options : Options
        Of the melts.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._name = ""
        self._progress: Progress | None = None
        self._last = time.monotonic()

    def tell(self, frame: Frame) -> None:
        """How far a melt is, with its next frame."""
        from bumpform.melting.progress import Progress

        if self._progress is None or frame.start.name != self._name:
            self._name, self._progress = frame.start.name, Progress(self._options)
        text = f"{self._name}: {self._progress.words(frame)}"
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() > self._last + INTERVAL:
            self._last = time.monotonic()
            complain(text)

    def clear(self) -> None:
        """Take the line off a terminal."""
        if self._progress is not None and sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
