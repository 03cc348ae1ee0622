"""`bumpform margins`: how far every input may go, either way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bumpform.cli.failures import tell_failure
from bumpform.cli.long_work import INPUT_HELP, OUT_HELP, telling
from bumpform.cli.printing import print_table, say
from bumpform.cli.run import CASES_HELP, SET_HELP

__all__ = ["margins"]


def margins(
    case: Annotated[str, typer.Argument(metavar="CASE", help=CASES_HELP)],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=OUT_HELP)] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help=SET_HELP)
    ] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", metavar="PATH", help=INPUT_HELP)
    ] = None,
    plot: Annotated[bool, typer.Option(help="Draw how far each input may go.")] = True,
) -> None:
    """Find how far each input alone may go, either way, and which condition breaks there first.

    Limits are exact to 1e-9. Writes margins.json (SI) and a picture.
    """
    from bumpform.case.file import load_case

    try:
        loaded = load_case(case, sets or [])
        place = out or Path("runs") / loaded.name
        from bumpform.answers.files import write_answer
        from bumpform.answers.margins import margins as find

        with telling(f"{loaded.name}: inputs") as tell:
            found = find(loaded, paths=inputs or None, tell=tell)
        figure = None
        if plot:
            from bumpform.answers.ruler import draw_ruler

            figure = draw_ruler(found)
        written = write_answer(place, "margins", found.to_dict(), figure)
        from bumpform.answers.summary import margins_rows, margins_words

        say(f"{loaded.name}: {margins_words(found)}")
        headers = ("input", "value", "least", "breaks", "most", "breaks")
        print_table(f"{loaded.name}: margins, the tightest first", headers, margins_rows(found))
        say(f"files: {', '.join(str(path) for path in sorted(written))}")
    except Exception as error:
        raise typer.Exit(tell_failure(error, case)) from None
