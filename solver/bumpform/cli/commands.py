"""All commands under one roof."""

from __future__ import annotations

from typing import Annotated

import typer

from bumpform import __version__
from bumpform.cli import (
    cases,
    check,
    design,
    margins,
    materials,
    melt,
    run,
    schema,
    sensitivity,
    study,
    yields,
)
from bumpform.cli.terminal.failures import EXIT_CODES

__all__ = ["app"]

app = typer.Typer(
    name="bumpform",
    help="Shapes of molten solder in every reflow stage of a bumping process.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(name="run")(run.run)
app.command(name="check")(check.check)
app.command(name="study")(study.study)
app.command(name="sensitivity")(sensitivity.sensitivity)
app.command(name="margins")(margins.margins)
app.command(name="design")(design.design)
app.command(name="melt")(melt.melt)
app.command(name="yield")(yields.yields)
app.add_typer(cases.app, name="cases")
app.command(name="materials")(materials.materials)
app.command(name="schema")(schema.schema)


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
