"""`bumpform design`: values of some inputs at which some metrics are what they should be."""

from __future__ import annotations

from typing import Annotated

import typer

from bumpform.cli.terminal.long_work import asked, tell_files, telling
from bumpform.cli.terminal.options import CaseArgument, OutOption, SetOption
from bumpform.cli.terminal.printing import complain, print_table, say

__all__ = ["design"]

TARGET_HELP = 'What a metric should be: STAGE.METRIC=VALUE, as "reflow.ball_height_m=80 um".'
VARY_HELP = (
    "An input that may change, PATH or PATH=LO:HI; a tenth to ten times its value without bounds."
)


def design(
    case: CaseArgument,
    targets: Annotated[
        list[str], typer.Option("--target", metavar="METRIC=VALUE", help=TARGET_HELP)
    ],
    vary: Annotated[list[str], typer.Option("--vary", metavar="PATH[=LO:HI]", help=VARY_HELP)],
    out: OutOption = None,
    sets: SetOption = None,
) -> None:
    """Find the inputs at which metrics are what they should be, to 1e-9.

    Writes design.json (SI) and case_designed.toml; of targets that cannot be met, the nearest case
    and what stands in the way (exit code 3).
    """
    with asked(case, sets, out) as (loaded, place):
        from bumpform.answers.files import write_answer
        from bumpform.answers.methods.asked import read_targets, read_vary
        from bumpform.answers.methods.design import meet_targets
        from bumpform.case.toml import case_to_toml
        from bumpform.files.whole import write_text

        wanted, varied = read_targets(loaded, targets), read_vary(loaded, vary)
        with telling(f"{loaded.name}: runs") as tell:
            found = meet_targets(loaded, wanted, varied, tell=tell)
        written = write_answer(place, "design", found.to_dict())
        written.append(write_text(place / "case_designed.toml", case_to_toml(found.case)))
        from bumpform.answers.summary import design_rows, design_words

        say(f"{loaded.name}: {design_words(found)}")
        headers = ("what", "was", "is", "target")
        print_table(f"{loaded.name}: design", headers, design_rows(found, loaded))
        if found.failing:
            complain(f"{loaded.name}: the designed case breaks {', '.join(found.failing)}")
        tell_files(written)
    if not found.reached:
        raise typer.Exit(3)
