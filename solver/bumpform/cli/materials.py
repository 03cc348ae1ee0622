"""`bumpform materials`: the material library, with sources."""

from __future__ import annotations

from typing import Annotated

import typer

from bumpform.cli.terminal.printing import complain, print_table, say
from bumpform.errors import CaseError
from bumpform.materials.library import load_library
from bumpform.materials.material import MARKS, Material, describe
from bumpform.materials.materials import TRACE, Materials, split_wetting_key
from bumpform.units.units import format_quantity

__all__ = ["materials"]


def materials(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A material; omit it for a list.")
    ] = None,
) -> None:
    """Print the material library: every value, its source, and how sure it is."""
    if name is None:
        _list()
    else:
        try:
            material = Materials().get(name)
        except CaseError as error:
            complain(f"{name}: {error.problems[0].message}")
            raise typer.Exit(2) from None
        _show(material)
    say("marks: " + " · ".join(f"{mark} {words}" for mark, words in MARKS.items()))


def _list() -> None:
    rows = []
    for material in load_library().materials.values():
        melts = [
            f"{format_quantity(prop.value, 'temperature')} [{prop.verified}]"
            for prop in (material.solidus, material.liquidus)
            if prop
        ]
        tension = material.surface_tension
        rows.append(
            (
                material.name,
                material.kind,
                " to ".join(dict.fromkeys(melts)),
                f"{describe('surface_tension', tension)} [{tension.verified}]" if tension else "",
                ", ".join(material.aliases),
            )
        )
    headers = ("material", "kind", "solidus to liquidus", "surface tension", "aliases")
    print_table("material library", headers, rows)


def _show(material: Material) -> None:
    words = [
        material.kind,
        *(["group VIIIB"] if material.group_viiib else []),
        *(["noble"] if material.noble else []),
        *(f"{element} {100 * part:.4g} %" for element, part in material.composition),
    ]
    title = f"{material.name}: {', '.join(words)}"
    if material.aliases:
        title += f" (also {', '.join(material.aliases)})"
    rows: list[tuple[str, ...]] = []
    for key, prop in material.properties():
        label = key.replace("_", " ")
        rows.append((label, describe(key, prop), prop.verified, prop.source))
        rows += [("", text, "", "another value") for text in prop.other]
    for pair, angle in load_library().contact_angles.items():
        if material.name in split_wetting_key(pair):
            subject = pair if " on " in pair else f"any solder on {pair}"
            rows.append((subject, describe("contact_angle", angle), angle.verified, angle.source))
            rows += [("", text, "", "another value") for text in angle.other]
    own = {element for element, share in material.composition if share >= TRACE}
    for system, eutectic in load_library().systems.items():
        if material.is_solder and own <= set(system.split("+")):
            subject = f"fused to {system}, solid below"
            rows.append(
                (subject, describe("solidus", eutectic), eutectic.verified, eutectic.source)
            )
            rows += [("", text, "", "another value") for text in eutectic.other]
    print_table(title, ("property", "value", "mark", "source"), rows)
