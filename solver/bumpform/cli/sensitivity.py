"""`bumpform sensitivity`: how every metric follows from every input."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bumpform.cli.failures import tell_failure
from bumpform.cli.long_work import INPUT_HELP, OUT_HELP, telling
from bumpform.cli.printing import print_table, say
from bumpform.cli.run import CASES_HELP, SET_HELP

__all__ = ["sensitivity"]

#: Inputs that the table tells of each metric.
TOLD = 3


def sensitivity(
    case: Annotated[str, typer.Argument(metavar="CASE", help=CASES_HELP)],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=OUT_HELP)] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help=SET_HELP)
    ] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", metavar="PATH", help=INPUT_HELP)
    ] = None,
    plot: Annotated[bool, typer.Option(help="Draw what moves each metric most.")] = True,
) -> None:
    """Differentiate every metric by every input, through all stages.

    With [tolerances] also what they make of each metric, and each input's part of its variance.
    Writes sensitivity.json (SI) and a picture.
    """
    from bumpform.case.file import load_case

    try:
        loaded = load_case(case, sets or [])
        place = out or Path("runs") / loaded.name
        from bumpform.answers.files import write_answer
        from bumpform.answers.sensitivity import sensitivity as differentiate

        with telling(f"{loaded.name}: inputs") as tell:
            found = differentiate(loaded, paths=inputs or None, tell=tell)
        figure = None
        if plot:
            from bumpform.answers.tornado import draw_tornado

            figure = draw_tornado(found)
        written = write_answer(place, "sensitivity", found.to_dict(), figure)
        from bumpform.answers.summary import sensitivity_rows, sensitivity_words

        say(f"{loaded.name}: {sensitivity_words(found)}")
        headers, rows = sensitivity_rows(found, TOLD)
        print_table(f"{loaded.name}: what moves each metric most", headers, rows)
        say(f"files: {', '.join(str(path) for path in sorted(written))}")
    except Exception as error:
        raise typer.Exit(tell_failure(error, case)) from None
