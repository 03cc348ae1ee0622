"""`bumpform melt`: the way of a stage from its deposit to rest, in time."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bumpform.cli.terminal.failures import tell_failure
from bumpform.cli.terminal.melts import MeltLine
from bumpform.cli.terminal.options import CaseArgument, SetOption
from bumpform.cli.terminal.printing import complain, print_table, say
from bumpform.errors import CaseError

if TYPE_CHECKING:
    from bumpform.melting.beginning.options import Options
    from bumpform.melting.motion.melt import Frame, Melted
    from bumpform.result.run import Run

__all__ = ["melt"]


def melt(
    text: CaseArgument,
    stage: Annotated[
        list[str] | None,
        typer.Option(
            "--stage",
            metavar="NAME",
            help="A stage; may be given several times. All of them by default.",
        ),
    ] = None,
    inertia: Annotated[
        bool, typer.Option("--inertia", help="With the liquid's mass: Navier–Stokes.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the files.")
    ] = None,
    frames: Annotated[
        int,
        typer.Option(
            "--frames", metavar="N", min=2, max=1000, help="At most so many pictures of the film."
        ),
    ] = 40,
    sets: SetOption = None,
) -> None:
    """Follow the melt of a stage in time, from its deposit to rest, and write what it does.

    The exit code is 3 where a melt comes to no rest, which is told; what has been followed of it is
    kept. A stage of a kind that is not followed is told with exit code 2, and so is a later step
    that turns out to be wrong. A results folder may hold the case's run; one of another case's run,
    or of a study, is refused.
    """
    from bumpform.case.file import load_case

    try:
        case = load_case(text, sets or [])
        place = out or Path("runs") / case.name
        from bumpform.files.folder import refuse_others, tried
        from bumpform.melting.beginning.start import stages_asked
        from bumpform.melting.files import case_told
        from bumpform.runner import checked_run

        refuse_others(place, case_told(case))
        done = checked_run(case)
        code = 0
        asked = stages_asked(done, stage or ())
        tried(place)
        for name in asked:
            code = max(code, _melt_one(done, name, inertia, place, frames, text))
            if code == 130:
                break
        if done.stopped is not None:
            code = max(code, tell_failure(CaseError(done.stopped.problems, text), text))
    except CaseError as error:
        code = tell_failure(CaseError(error.problems, text), text)
    except Exception as error:
        code = tell_failure(error, text)
    raise typer.Exit(code)


def _melt_one(done: Run, name: str, inertia: bool, place: Path, frames: int, text: str) -> int:
    """Melt one stage and write its files; the exit code comes back."""
    from bumpform.files.folder import shared
    from bumpform.melting.beginning.options import Options
    from bumpform.melting.beginning.start import NotFollowed
    from bumpform.melting.files import case_told, write_melt
    from bumpform.melting.motion.melt import beside_overdamped, follow

    stopping = _Stopping(Options(inertia=inertia))
    try:
        with stopping:
            melted = follow(done, name, inertia=inertia, told=stopping.tell)
            if inertia and not stopping.wanted:
                melted = beside_overdamped(done, melted)
            with shared(place, case_told(done.case)):  # its files are written whole, whatever comes
                write_melt(melted, place, frames=frames)
    except NotFollowed as error:
        problem = error.problems[0]
        complain(f"{text}: {problem.came} cannot be followed: {problem.message}")
        return 2
    _print(melted)
    say(f"files: {place}")
    if stopping.wanted:
        return 130
    return 3 if melted.stopped else 0


class _Stopping:
    """While a melt is followed: Ctrl-C ends it with what there is, and it tells how it goes."""

    def __init__(self, options: Options) -> None:
        self.wanted = False
        self._line = MeltLine(options)
        self._before: Any = None

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGINT, self._stop)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)
        self._line.clear()

    def _stop(self, *_: object) -> None:
        self.wanted = True

    def tell(self, frame: Frame) -> None:
        """How it goes; the end of the melt if it is wanted."""
        from bumpform.melting.shapes.touch import Stopped

        if self.wanted:
            raise Stopped("it was interrupted")
        self._line.tell(frame)


def _print(melted: Melted) -> None:
    """What a melt has come to, in words and numbers."""
    from bumpform.melting.wording import end_rows, end_words

    tell = complain if melted.stopped else say
    tell(end_words(melted))
    title = f"{melted.start.name}: end"
    print_table(title, ("", "value", "off the rest by"), end_rows(melted))
