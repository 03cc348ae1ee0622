"""`bumpform margins`: how far every input may go, either way."""

from __future__ import annotations

from typing import Annotated

import typer

from bumpform.cli.terminal.long_work import asked, tell_files, telling
from bumpform.cli.terminal.options import CaseArgument, InputOption, OutOption, SetOption
from bumpform.cli.terminal.printing import print_table, say

__all__ = ["margins"]


def margins(
    case: CaseArgument,
    out: OutOption = None,
    sets: SetOption = None,
    inputs: InputOption = None,
    plot: Annotated[bool, typer.Option(help="Draw how far each input may go.")] = True,
) -> None:
    """Find how far each input alone may go, either way, and which condition breaks there first.

    Limits are exact to 1e-9. Writes margins.json (SI) and a picture.
    """
    with asked(case, sets, out) as (loaded, place):
        from bumpform.answers.files import write_answer
        from bumpform.answers.methods.margins import margins as find

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
        rows, details = margins_rows(found)
        print_table(f"{loaded.name}: margins, the tightest first", headers, rows)
        for detail in details:
            say(detail)
        tell_files(written)
