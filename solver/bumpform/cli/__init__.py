"""The command `bumpform`: one file per command; numbers come from the modules beside it.

`commands` lists them.

May import: `units`, `materials`, `files`, `steps`, `case.checks`, `case`, `stack`,
`process.mounts`, `process`, `result`, `melting.shapes`, `melting.beginning`, `melting.motion`,
`melting`, `runner`, `answers.methods`, `answers`, `study.plan`, `study.report`, `study`,
`cli.terminal`.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import signal
import sys
from typing import Any

__all__ = ["app", "main", "stop"]


def main() -> None:
    """Entry point of the command `bumpform`."""
    signal.signal(signal.SIGINT, stop)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # "µm" must not stop an ASCII terminal
            stream.reconfigure(errors="replace")
    # PETSc's handlers would make an abort with MPI of every closed pipe
    options = os.environ.get("PETSC_OPTIONS", "")
    os.environ["PETSC_OPTIONS"] = f"{options} -no_signal_handler".strip()
    # a command leaves little garbage, and looking for it takes a fifth of its time
    gc.disable()
    atexit.register(gc.freeze)
    __getattr__("app")()


def stop(*_: object) -> None:
    """End on Ctrl-C at once: an exception would crash the libraries in C++ that it passes."""
    if "bumpform.files.whole" in sys.modules:
        sys.modules["bumpform.files.whole"].discard_unfinished()
    if sys.stderr.isatty():
        os.write(2, b"\x1b[?25h")  # the cursor, which a progress bar has hidden
    os._exit(130)


def __getattr__(name: str) -> Any:
    """Import the commands at first use (PEP 562), after `main` has set the scene."""
    if name == "app":
        from bumpform.cli.commands import app

        return app
    raise AttributeError(f"module 'bumpform.cli' has no attribute {name!r}")
