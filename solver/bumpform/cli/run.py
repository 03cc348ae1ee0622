"""`bumpform run`: every stage of one or several cases."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bumpform.cli.terminal.failures import tell_failure
from bumpform.cli.terminal.options import CASES_HELP, SetOption
from bumpform.cli.terminal.printing import print_result, progress, say
from bumpform.errors import CaseError, Problem

if TYPE_CHECKING:
    from bumpform.melting.motion.melt import Frame

__all__ = ["run"]


def run(
    cases: Annotated[list[str], typer.Argument(metavar="CASE...", help=CASES_HELP)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Results folder; of several cases, DIR/NAME each."
        ),
    ] = None,
    sets: SetOption = None,
    mesh: Annotated[bool, typer.Option(help="Mesh the stack of every stage.")] = True,
    plot: Annotated[bool, typer.Option(help="Draw the stages and write the report.")] = True,
    landscape: Annotated[
        bool, typer.Option(help="Find all equilibria of every stage and draw their energies.")
    ] = False,
    melt: Annotated[
        bool, typer.Option("--melt", help="Follow every melt in time, and judge where it ends.")
    ] = False,
) -> None:
    """Compute every reflow stage of the cases and write their results.

    A results folder holds one run: what another run left there is removed, other files stay, and
    a folder that holds a study, or into which another run is being written, is refused.
    """
    worst = 0
    places: set[Path] = set()
    for done, text in enumerate(cases):
        if done > 0:  # the command has switched the collector off
            gc.collect()
        wanted = {"mesh": mesh, "plot": plot, "landscape": landscape, "melt": melt}
        code = _run_one(text, sets or [], out, (done, len(cases)), places, wanted)
        worst = max(worst, code)
    raise typer.Exit(worst)


def _run_one(
    text: str,
    sets: list[str],
    out: Path | None,
    count: tuple[int, int],
    places: set[Path],
    wanted: dict[str, bool],
) -> int:
    """Run one case, so many done of so many; whatever happens to it, its exit code comes back."""
    from bumpform.case.file import load_case

    try:
        case = load_case(text, sets)
        place = out if out is not None and count[1] == 1 else (out or Path("runs")) / case.name
        if place in places:
            message = "an earlier case of this command has this name and folder. Rename one."
            raise CaseError([Problem("case.name", message, f'"{case.name}"')], text)
        places.add(place)

        with progress(*count, text):
            from bumpform.runner import run_case

            if wanted["plot"] or wanted["landscape"]:
                _spare_matplotlib_its_docs()

            with _melts_told(shown=wanted["melt"], alone=count[1] == 1) as tell:
                result = run_case(case, out=place, tell=tell, **wanted)
    except CaseError as error:
        return tell_failure(CaseError(error.problems, text), text)  # by the name that the user gave
    except Exception as error:  # whatever it is, it must not take the other cases with it
        return tell_failure(error, text)
    print_result(result.record, place)
    for note in result.remarks:
        say(f"note: {note}")
    if result.stopped is not None:
        return tell_failure(CaseError(result.stopped.problems, text), text)
    return 3 if result.refused else 0


@contextmanager
def _melts_told(*, shown: bool, alone: bool) -> Iterator[Callable[[Frame], None] | None]:
    """What tells how far melts are; none on a terminal where a bar of several cases stands."""
    if not shown or (not alone and sys.stderr.isatty()):
        yield None
        return
    from bumpform.cli.terminal.melts import MeltLine
    from bumpform.melting.beginning.options import Options

    line = MeltLine(Options())
    try:
        yield line.tell
    finally:
        line.clear()


def _spare_matplotlib_its_docs() -> None:
    """Leave out the lists of properties in matplotlib's docstrings: a quarter of its import."""
    import matplotlib.artist

    matplotlib.artist.kwdoc = lambda artist: ""
