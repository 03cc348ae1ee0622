"""`bumpform yield`: the share of product that meets every condition under the tolerances."""

from __future__ import annotations

from typing import Annotated

import typer

from bumpform.cli.terminal.long_work import asked, tell_files, telling
from bumpform.cli.terminal.options import CaseArgument, OutOption, SetOption
from bumpform.cli.terminal.printing import complain, print_table, say

__all__ = ["yields"]

#: Samples of every level of a subset simulation: ppm to a factor of 2 or 3.
LEVEL = 500


def yields(
    case: CaseArgument,
    out: OutOption = None,
    sets: SetOption = None,
    samples: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=2,
            max=2**16,
            help="Number of samples, rounded up to a power of 2, at least 64.",
        ),
    ] = 1024,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same samples.")] = 0,
    rare: Annotated[
        bool, typer.Option("--rare", help="Also find the share that fails, down to ppm.")
    ] = False,
    plot: Annotated[bool, typer.Option(help="Draw what fails, and what makes it scatter.")] = True,
) -> None:
    """Find the share of product that meets every condition, under the case's [tolerances].

    Also each condition's share, each input's part of every metric's variance, and Cpk of each
    requirement. Writes yield.json (SI) and a picture.
    """
    with asked(case, sets, out) as (loaded, place):
        from bumpform.answers.files import write_answer
        from bumpform.answers.methods.yields import yield_of

        with telling(f"{loaded.name}: cases") as tell:
            level = LEVEL if rare else 0
            found = yield_of(loaded, samples=samples, seed=seed, rare=level, tell=tell)
        if found.samples != samples:
            complain(f"{loaded.name}: {samples} samples are rounded up to {found.samples}")
        figure = None
        if plot:
            from bumpform.answers.shares import draw_shares

            figure = draw_shares(found)
        written = write_answer(place, "yield", found.to_dict(), figure)
        from bumpform.answers.summary import condition_rows, spread_rows, yield_words

        say(f"{loaded.name}: {yield_words(found)}")
        print_table(f"{loaded.name}: what fails", ("share", "condition"), condition_rows(found))
        headers = ("metric", "mean", "std", "Cpk", "part of its variance")
        print_table(f"{loaded.name}: what scatters", headers, spread_rows(found))
        tell_files(written)
