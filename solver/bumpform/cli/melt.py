"""`bumpform melt`: the way of a stage from its deposit to rest, in time."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bumpform.cli.failures import tell_failure
from bumpform.cli.options import CaseArgument, SetOption
from bumpform.cli.printing import complain, print_table, say
from bumpform.errors import CaseError
from bumpform.output.readable import number

if TYPE_CHECKING:
    from bumpform.melting.melt import Frame, Melted
    from bumpform.process.outcome import Run

__all__ = ["melt"]


def melt(
    text: CaseArgument,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="NAME", help="One stage; else all of them.")
    ] = None,
    inertia: Annotated[
        bool, typer.Option("--inertia", help="With the liquid's mass: Navier–Stokes.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the files.")
    ] = None,
    frames: Annotated[
        int, typer.Option("--frames", metavar="N", min=2, max=1000, help="Pictures of the film.")
    ] = 40,
    sets: SetOption = None,
) -> None:
    """Follow the melt of a stage in time, from its deposit to rest, and write what it does.

    The exit code is 3 where a melt comes to no rest, which is told; what has been followed of it is
    kept. A stage of a kind that is not followed is told with exit code 2. A results folder may hold
    the case's run; one of another case's run, or of a study, is refused.
    """
    from bumpform.case.file import load_case

    try:
        case = load_case(text, sets or [])
        place = out or Path("runs") / case.name
        from bumpform.melting.files import case_told
        from bumpform.melting.start import stages_of
        from bumpform.output.folder import refuse_others
        from bumpform.runner import run

        refuse_others(place, case_told(case))
        done = run(case)
        names: list[str | None] = [stage] if stage else [*stages_of(done)] or [None]
        code = 0
        for name in names:
            code = max(code, _melt_one(done, name, inertia, place, frames, text))
            if code == 130:
                break
    except CaseError as error:
        code = tell_failure(CaseError(error.problems, text), text)
    except Exception as error:
        code = tell_failure(error, text)
    raise typer.Exit(code)


def _melt_one(
    done: Run, name: str | None, inertia: bool, place: Path, frames: int, text: str
) -> int:
    """Melt one stage and write its files; the exit code comes back."""
    from bumpform.melting.files import case_told, write_melt
    from bumpform.melting.melt import follow
    from bumpform.melting.start import NotFollowed
    from bumpform.output.folder import shared

    stopping = _Stopping()
    try:
        with stopping:
            melted = follow(done, name, inertia=inertia, told=stopping.tell)
    except NotFollowed as error:
        problem = error.problems[0]
        complain(f"{text}: {problem.came} cannot be followed: {problem.message}")
        return 2
    with shared(place, case_told(done.case)):
        write_melt(melted, place, frames=frames)
    _print(melted)
    say(f"files: {place}")
    if stopping.wanted:
        return 130
    return 3 if melted.stopped else 0


class _Stopping:
    """While a melt is followed: Ctrl-C ends it with what there is, a terminal shows how it goes."""

    def __init__(self) -> None:
        self.wanted = False
        self._before: Any = None

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGINT, self._stop)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def _stop(self, *_: object) -> None:
        self.wanted = True

    def tell(self, frame: Frame) -> None:
        """One line on a terminal, written over; the end of the melt if it is wanted."""
        from bumpform.melting.touch import Stopped

        if self.wanted:
            raise Stopped("it was interrupted")
        step = frame.step
        if sys.stderr.isatty():
            text = (
                f"t = {step.time:.3g} μL/σ   energy {step.energy:.6f} σL²   speed {step.speed:.1e}"
            )
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _print(melted: Melted) -> None:
    """What a melt has come to, in words and numbers."""
    name, end = melted.start.name, melted.end
    if melted.stopped:
        complain(f"{name}: followed to t = {melted.frames[-1].time_s:.3g} s: {melted.stopped}")
    else:
        where = {"equilibrium": "the equilibrium", "none": "none of the listed rests"}
        text = where.get(melted.settles_at, melted.settles_at)
        why = f": {end.why}" if end.why else ""
        say(f"{name}: the melt ends at {text} after {len(melted.frames) - 1} steps{why}")
    values = melted.frames[-1].values
    rows = [
        (key, number(key, value), number(key, _difference(melted, key)))
        for key, value in values.items()
        if key.endswith(("_m", "_deg"))
    ]
    print_table(f"{name}: end", ("", "value", "off the rest by"), rows)


def _difference(melted: Melted, name: str) -> float | None:
    """What a number is off the rest's by; 0 where that is round-off."""
    found = melted.end.differences.get(name)
    small = name.endswith("_m") and found is not None
    return 0.0 if small and abs(found or 0.0) < 1e-12 * melted.start.drop.length else found
