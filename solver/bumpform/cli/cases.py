"""`bumpform cases`: the bundled cases and studies."""

from __future__ import annotations

import difflib
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from bumpform.case.bundled import bundled_cases, bundled_studies
from bumpform.cli.terminal.failures import tell_failure
from bumpform.cli.terminal.printing import complain, print_table, say

__all__ = ["app"]

app = typer.Typer(help="List the bundled cases and studies, or copy one.", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_cases()


@app.command(name="list")
def list_cases() -> None:
    """List the bundled cases (routes, their variants, ordinary joints) and studies."""
    groups: dict[str, list[tuple[str, str]]] = {"routes": [], "variants": [], "ordinary joints": []}
    for name, path in bundled_cases().items():
        head = _head(path, "case")
        route = head.get("route")
        group = "routes" if route == name else "variants" if route else "ordinary joints"
        groups[group].append((name, str(head.get("title", ""))))
    for group, rows in groups.items():
        print_table(group, ("case", "title"), rows)
    studies = bundled_studies().items()
    rows = [(name, str(_head(path, "study").get("title", ""))) for name, path in studies]
    print_table("studies", ("study", "title"), rows)


def _head(path: Path, section: str) -> Mapping[str, object]:
    return tomllib.loads(path.read_text("utf-8")).get(section, {})


@app.command(name="copy")
def copy_case(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A bundled case or study.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to copy it to.")],
) -> None:
    """Copy a bundled case or study into a folder."""
    bundled = bundled_cases() | bundled_studies()
    path = bundled.get(name)
    if path is None:
        near = difflib.get_close_matches(name, bundled, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Bundled: {', '.join(bundled)}."
        complain(f"{name}: there is no bundled case or study of this name. {hint}")
        raise typer.Exit(2)
    target = folder / path.name
    if target.exists():
        complain(f"{target}: exists already, and is left as it is. Choose another folder.")
        raise typer.Exit(2)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    except OSError as error:
        raise typer.Exit(tell_failure(error, name)) from None
    say(str(target))
