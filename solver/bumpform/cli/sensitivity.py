"""`bumpform sensitivity`: how every metric follows from every input."""

from __future__ import annotations

from typing import Annotated

import typer

from bumpform.cli.terminal.long_work import asked, tell_files, telling
from bumpform.cli.terminal.options import CaseArgument, InputOption, OutOption, SetOption
from bumpform.cli.terminal.printing import print_table, say

__all__ = ["sensitivity"]

#: Inputs that the table tells of each metric.
TOLD = 3


def sensitivity(
    case: CaseArgument,
    out: OutOption = None,
    sets: SetOption = None,
    inputs: InputOption = None,
    plot: Annotated[bool, typer.Option(help="Draw what moves each metric most.")] = True,
) -> None:
    """Differentiate every metric by every input, through all stages.

    With [tolerances] also what they make of each metric, and each input's part of its variance.
    Writes sensitivity.json (SI) and a picture.
    """
    with asked(case, sets, out) as (loaded, place):
        from bumpform.answers.files import write_answer
        from bumpform.answers.methods.sensitivity import sensitivity as differentiate

        with telling(f"{loaded.name}: inputs") as tell:
            found = differentiate(loaded, paths=inputs or None, tell=tell)
        figure = None
        if plot:
            from bumpform.answers.tornado import draw_tornado

            figure = draw_tornado(found)
        written = write_answer(place, "sensitivity", found.to_dict(), figure)
        from bumpform.answers.summary import sensitivity_rows, sensitivity_title, sensitivity_words

        say(f"{loaded.name}: {sensitivity_words(found)}")
        headers, rows = sensitivity_rows(found, TOLD)
        print_table(f"{loaded.name}: {sensitivity_title(found)}", headers, rows)
        tell_files(written)
