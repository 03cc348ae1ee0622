"""The pages that the documentation makes of the program itself, so that they cannot be untrue.

Case file, study file and result come from their schemas, the commands from their help, the gallery
from the bundled cases, each run and drawn anew.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

import bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.case.schema import case_schema
from bumpform.cli.commands import app
from bumpform.melting.film import gif_bytes
from bumpform.melting.motion.melt import follow
from bumpform.melting.pictures import draw_still, film_pictures
from bumpform.melting.wording import end_words
from bumpform.picture.picture import png_bytes, write_stages
from bumpform.result.contract import result_schema
from bumpform.result.readable import verdict_summary
from bumpform.result.run import slug
from bumpform.study.plan.schema import study_schema

__all__ = ["write_pages"]

#: Stages of bundled cases that the page of melts shows, and what there is to be seen.
MELTS = (
    ("photoimaged_opening", "second reflow", "A paste over a curved barrier draws in to a dome."),
    ("plated_column", "reflow", "A column of solder melts to a ball, held by an edge."),
    ("bga_ball", "ball attach", "A ball sinks into its opening."),
    ("core_metal_ball", "cap reflow", "A paste flows round a ball that stays solid."),
    (
        "stacked_masks_three",
        "fusing reflow",
        "Two solders fuse and leave a corner that they cannot fill.",
    ),
    ("core_and_cap", "mounting", "A package sinks until the core stops it."),
    ("drawn_joint", "joint", "A fixture draws a joint out."),
    ("hanging_package", "hanging", "A package hangs in its joint."),
    ("bga_joint", "assembly", "A ball and the paste under it melt and become one."),
)
#: Pictures of a film there.
PICTURES = 24

Schema = Mapping[str, Any]


def write_pages(folder: Path) -> None:
    """Write every page of this module into a folder, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pages = {
        "case_file": _schema_page("Case file", case_schema()),
        "study_file": _schema_page("Study file", study_schema()),
        "result": _schema_page("result.json", result_schema()),
        "commands": _commands(),
        "gallery": _gallery(folder),
        "rooms": _rooms(),
        "melts": _melts(folder),
    }
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, "utf-8")


def _schema_page(title: str, schema: Schema) -> str:
    """All tables of a file: the file's own first, then every model that one of them names."""
    parts = [f"# {title}\n"]
    if schema.get("description"):
        parts.append(f"{_prose(schema['description'])}\n")
    parts.append(_table(schema))
    for name, model in schema["$defs"].items():
        body = _table(model) if "properties" in model else f"{_kind(model)}\n"
        parts.append(f"({title.split()[0].lower()}-{_slug(name)})=\n## {_name(name)}\n")
        parts.append(f"{_prose(model.get('description', ''))}\n\n{body}")
    text = "\n".join(parts)
    prefix = title.split()[0].lower()
    return re.sub(r"\{\{(\w+)\}\}", lambda m: f"[{_name(m[1])}](#{prefix}-{_slug(m[1])})", text)


def _table(model: Schema) -> str:
    needed = set(model.get("required", ()))
    rows = ["| key | what it holds | without it |", "| --- | --- | --- |"]
    for key, value in model.get("properties", {}).items():
        if value.get("type") == "object" and "properties" in value:
            for inner, held in value["properties"].items():
                rows.append(_row(f"[{key}] {inner}", held, inner in value.get("required", ())))
        else:
            rows.append(_row(key, value, key in needed))
    return "\n".join(rows) + "\n"


def _row(key: str, value: Schema, needed: bool) -> str:
    default = "must be there" if needed else ""
    if not needed and value.get("default") not in (None, ""):
        default = f"`{value['default']}`"
    return f"| `{key}` | {_kind(value)} | {default} |"


def _kind(value: Schema) -> str:
    """What a value is, in words; a model by its name in double braces, linked afterwards."""
    if "$ref" in value:
        return f"{{{{{value['$ref'].rsplit('/', 1)[1]}}}}}"
    if described := value.get("description"):
        return _prose(described)
    if "const" in value:
        return f"`{value['const']!r}`"
    if "enum" in value:
        return " or ".join(f"`{choice!r}`" for choice in value["enum"])
    if choices := value.get("anyOf") or value.get("oneOf"):
        kinds = dict.fromkeys(_kind(c) for c in choices if c.get("type") != "null")
        return " or ".join(kinds)
    if value.get("type") == "array":
        items = value.get("items") or {"anyOf": value.get("prefixItems", [])}
        return f"list of {_kind(items)}"
    if value.get("type") == "object":
        extra = value.get("additionalProperties")
        return f"table, each value {_kind(extra)}" if isinstance(extra, Mapping) else "table"
    words = {"string": "text", "boolean": "true or false", "integer": "whole number"}
    return words.get(value.get("type", "any value"), value.get("type", "any value"))


def _prose(text: str) -> str:
    first = text.split("\n\nAttributes\n")[0].split("\n\nParameters\n")[0]
    return re.sub(r"\s+", " ", first).replace("|", "\\|").strip()


def _name(name: str) -> str:
    """A model's name as a heading: a mapping by what it holds."""
    if inner := re.search(r"Frozen_(?:Annotated_)?(\w+?)_", name):
        return f"Table of {'numbers' if inner[1] == 'float' else inner[1]}"
    return name


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _commands() -> str:
    """Every command with its arguments and options, as its `--help` has them."""
    parts = ["# Commands\n"]
    for path, command in _leaves(get_command(app), ("bumpform",)):
        context = typer.Context(command, info_name=" ".join(path), max_content_width=100)
        parts.append(f"## {' '.join(path)}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def _leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", None)
    if not inner:
        yield path, command
        return
    for name, child in inner.items():
        yield from _leaves(child, (*path, name))


def _gallery(folder: Path) -> str:
    """Every bundled case: its title, its verdict, its picture."""
    parts = ["# Gallery\n", "Every bundled case, run when this page was built.\n"]
    for name in bundled_cases():
        done = bumpform.run(bumpform.load_case(name))
        png, _ = write_stages(done, folder / "pictures" / name)
        parts.append(
            f"## {name}\n\n{done.case.title}. {verdict_summary(done.conditions)}.\n\n"
            f"```{{image}} pictures/{name}/{png.name}\n:alt: all stages of {name}\n```\n"
        )
    return "\n".join(parts)


def _melts(folder: Path) -> str:
    """Some stages of bundled cases in time: the outlines as a still, and a film."""
    parts = ["# Melts in time\n", "Followed when this page was built; the first outline is red.\n"]
    place = folder / "pictures" / "melts"
    place.mkdir(parents=True)
    for name, stage, seen in MELTS:
        melted = follow(bumpform.run(bumpform.load_case(name)), stage)
        base = f"{name}_{slug(stage)}"
        (place / f"{base}.png").write_bytes(png_bytes(draw_still(melted)))
        (place / f"{base}.gif").write_bytes(gif_bytes(film_pictures(melted, PICTURES)))
        parts.append(f"## {name}, {stage}\n\n{seen} {end_words(melted)}.\n")
        parts += [
            f"```{{image}} pictures/melts/{base}.{kind}\n:alt: {what} of {stage} of {name}\n"
            ":width: 49%\n```\n"
            for kind, what in (("png", "outlines in time"), ("gif", "film"))
        ]
    return "\n".join(parts)


def _rooms() -> str:
    """The rooms of the package, in its docstring's order, each with what its own docstring says."""
    listed = re.findall(r"``([a-z_.]+)``", (bumpform.__doc__ or "").partition("\nRooms,")[2])
    parts = [
        "# Rooms\n",
        "What stands where under `solver/bumpform`, from the foundation up: each room imports only "
        "what stands before it.\n",
    ]
    for room in listed:
        face = import_module(f"bumpform.{room}").__doc__ or ""
        parts.append(f"## {room.replace('.', '/')}\n\n{face.strip()}\n")
    return "\n".join(parts)
