"""The command `bumpform`: one file per command; numbers come from the modules beside it.

Exit codes: 0 done · 1 bumpform itself failed · 2 the input is wrong · 3 no admissible
equilibrium · 4 a study finished with failed rows; of several cases, the highest.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from bumpform import __version__
from bumpform.cli import cases, check, materials, run

__all__ = ["app", "main"]

app = typer.Typer(
    name="bumpform",
    help="Shapes of molten solder in every reflow stage of a bumping process.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(name="run")(run.run)
app.command(name="check")(check.check)
app.add_typer(cases.app, name="cases")
app.command(name="materials")(materials.materials)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bumpform {__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Entry point of the command `bumpform`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # "µm" must not stop an ASCII terminal
            stream.reconfigure(errors="replace")
    app()
