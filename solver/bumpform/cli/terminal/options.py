"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

__all__ = ["CASES_HELP", "CaseArgument", "InputOption", "OutOption", "SetOption"]

CASES_HELP: Final = "A case file, or the name of a bundled case."

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help=CASES_HELP)]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help='Another value for this run: PATH=VALUE, as coat.dielectric.thickness="25 um".',
    ),
]
#: Of the commands that answer; a run's and a melt's folder say more.
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Results folder; runs/NAME by default."),
]
InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="PATH",
        help="An input, as of --set; may be given several times. All by default.",
    ),
]
