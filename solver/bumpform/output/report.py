"""The report of a run: one HTML page that contains everything it shows, ready to print.

It reads the run alone and imports neither dolfinx nor gmsh.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bumpform.case.toml import case_to_toml
from bumpform.errors import CaseError
from bumpform.files.whole import write_text
from bumpform.materials.material import MARKS, PROPERTY_DIMENSIONS, Property
from bumpform.materials.materials import Materials, describe
from bumpform.output.run_log import log_lines
from bumpform.result.contract import (
    Body,
    ContactLine,
    EquilibriumReached,
    FrozenLine,
    FrozenSurface,
    Stage,
    Surface,
)
from bumpform.result.readable import (
    angle_words,
    condition_limits,
    condition_value,
    coordinate,
    label,
    move_words,
    number,
    rank,
    scalars,
    verdict_summary,
    without_round_off,
)
from bumpform.result.run import Run, slug
from bumpform.result.states import alternative_words, leaning_words

__all__ = ["inline_svg", "page_template", "report_html", "write_report"]

#: Digits of the tables: what a drawing has; all of them are in the folds, in SI.
DIGITS: Final = 4
#: Largest film that the page holds, bytes; a larger one is beside it.
MOST_FILM: Final = 500_000
#: Where alternatives have been looked for, in words.
SEARCHED: Final = {
    "near": "with one contact line anywhere; with two next to the reached state",
    "all": "anywhere, with one contact line and with two",
}


def write_report(run: Run, folder: str | Path, *, svg: bytes | None = None) -> Path:
    """Write ``report.html``.

    Parameters
    ----------
    run : Run
    folder : path
    svg : bytes, optional
        The run's picture, if it has been drawn already.
    """
    return write_text(Path(folder) / "report.html", report_html(run, svg))


def report_html(run: Run, svg: bytes | None = None) -> str:
    """The page as text; no resource outside it is needed."""
    if svg is None:
        from bumpform.picture.picture import draw_stages, svg_bytes

        svg = svg_bytes(draw_stages(run))
    result = run.record
    materials = Materials(run.case.materials, run.case.wetting)
    return page_template("report.html.j2").render(
        result=result,
        title=run.case.title,
        failed=sum(c.holds is False for c in result.conditions),
        summary=verdict_summary(result.conditions),
        conditions=[
            (condition, condition_value(condition), condition_limits(condition))
            for condition in sorted(result.conditions, key=rank)
        ],
        picture=inline_svg(svg.decode()),
        landscapes=list(_landscapes(run)),
        melts=list(_melts(run)),
        stages=[_stage(*named, stage) for stage in result.stages for named in stage.liquids],
        metrics=[
            (name, list(_metrics(group, result.metrics_error.get(name, {}))))
            for name, group in result.metrics.items()
            if group
        ],
        shrinks=any(stage.frozen for stage in result.stages),
        materials=list(_materials(run, materials)),
        angles=list(_angles(run, materials)),
        marks=MARKS,
        case_file=case_to_toml(run.case),
        notes=list(dict.fromkeys(run.notes)),
        log="\n".join(log_lines(run)),
    )


def _metrics(
    group: Mapping[str, Any], errors: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str]]:
    """Name, value and error of every metric as a person reads them, and the value in SI."""
    bounds, shown = dict(scalars(errors)), dict(scalars(without_round_off(group, errors)))
    for name, value in scalars(group):
        yield (
            label(name),
            number(name, shown[name], DIGITS),
            _error(name, bounds.get(name)),
            _si(value),
        )


def _landscapes(run: Run) -> Iterator[tuple[str, str]]:
    """Name and picture of the energy over the contact lines, where it has been asked for."""
    for explored in run.landscapes:
        from bumpform.picture.energy_map import draw_landscape
        from bumpform.picture.picture import svg_bytes

        svg = inline_svg(svg_bytes(draw_landscape(explored)).decode())
        mark = f"{slug(explored.name)}-"  # two pictures of a page share no names
        yield explored.name, re.sub(r'(\sid="|url\(#|href="#)', rf"\g<1>{mark}", svg)


def _melts(run: Run) -> Iterator[dict[str, Any]]:
    """Words, numbers and pictures of every melt that has been followed in time."""
    for melt in run.melts:
        film = _embedded(melt.film, "gif") if len(melt.film) <= MOST_FILM else ""
        rows = [(label(name), value, off) for name, value, off in melt.rows]
        still = _embedded(melt.still, "png")
        yield {"name": melt.name, "words": melt.words, "rows": rows, "still": still, "film": film}


def _embedded(picture: bytes, kind: str) -> str:
    """A picture as an address that holds it."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


@functools.cache
def page_template(name: str) -> Template:
    """A page that stands alone, of the templates beside this file."""
    environment = Environment(
        loader=PackageLoader("bumpform.output"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def inline_svg(svg: str) -> str:
    """The ``<svg>`` element for an HTML page: no prolog, no metadata, no namespaces to declare."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    return re.sub(r'(<svg[^>]*?) height="[^"]*"([^>]*?) width="[^"]*"', r"\1\2", svg, count=1)


def _stage(name: str, liquid: Stage | Body, stage: Stage) -> dict[str, Any]:
    """What the page shows of one liquid of a stage, as text."""
    found, frozen = liquid.equilibrium, liquid.frozen
    bulk = {f"liquid {label(k)}": (k, v) for k, v in asdict(liquid.liquid).items()}
    quantities, lines = _surface(liquid.surface, found.error_estimate if found else {}, bulk)
    solid: tuple[Any, Any] = [], []
    if frozen is not None:
        names = ("solidus_K", "volume_m3", "density_kg_m3")
        bulk = {label(k): (k, getattr(frozen, k)) for k in names}
        solid = _surface(frozen.surface, frozen.error_estimate, bulk)
    return {
        "name": name,
        "kind": stage.kind,
        "peak": number("x_K", stage.peak_K),
        "molten": " + ".join(liquid.molten),
        "composition": ", ".join(
            f"{element} {_fraction(share)}" for element, share in liquid.composition.items()
        ),
        "refused": stage.refused if liquid is stage else None,
        "quantities": quantities,
        "lines": lines,
        "frozen_quantities": solid[0],
        "frozen_lines": solid[1],
        "checks": [] if found is None else list(_checks(found)),
        "reached": "" if found is None else found.name,
        "path": [] if found is None else [move_words(move) for move in found.path],
        "searched": "" if found is None else SEARCHED.get(found.searched, ""),
        "alternatives": [] if found is None else [alternative_words(a) for a in found.alternatives],
    }


def _surface(
    surface: Surface | FrozenSurface | None,
    estimates: Mapping[str, float],
    bulk: Mapping[str, tuple[str, Any]],
) -> tuple[list[tuple[str, str, str, str]], list[dict[str, str]]]:
    """A surface and its lines as text: (label, value, error, SI) of each quantity, and the lines.

    ``bulk`` has the further quantities, of what the surface bounds: label to name and value.
    """
    errors = dict(estimates)
    quantities = []
    for field in () if surface is None else fields(surface):
        if field.name != "contact_lines":
            name, value = field.name, getattr(surface, field.name)
            error = errors.pop(name, None)
            shown = number(name, without_round_off({name: value}, {name: error})[name], DIGITS)
            quantities.append((label(name), shown, _error(name, error), _si(value)))
    for text, (name, value) in bulk.items():
        quantities.append((text, number(name, value, DIGITS), "", _si(value)))
    lines = [_line(line, errors) for line in (() if surface is None else surface.contact_lines)]
    quantities += [(f"error of {label(k)}", "", _error(k, v), "") for k, v in errors.items()]
    return quantities, lines


def _line(line: ContactLine | FrozenLine, errors: dict[str, float]) -> dict[str, str]:
    """A contact line as text; its errors are taken from those that are left."""
    told = {
        "end": line.end,
        "r": coordinate(line.r_m, DIGITS),
        "r_error": _error("r_m", errors.pop(f"{line.end}.r_m", None)),
        "z": coordinate(line.z_m, DIGITS),
        "z_error": _error("z_m", errors.pop(f"{line.end}.z_m", None)),
        "on": line.on,
        "feature": line.feature,
        "angle": number("x_deg", line.angle_deg),
    }
    if isinstance(line, FrozenLine):
        return told
    told["angle"] = angle_words(line)
    bounds = dict.fromkeys(number("x_deg", angle) for angle in line.admissible_deg)
    return {**told, "state": line.state, "admissible": " … ".join(bounds)}


def _fraction(share: Any) -> str:
    if isinstance(share, int | float):
        return f"{100 * share:.4g} %"
    return ", ".join(f"{k} {_fraction(v)}" for k, v in dict(share).items())


def _checks(found: EquilibriumReached) -> Iterator[tuple[str, str]]:
    for name in (field.name for field in fields(found)):
        value = getattr(found, name)
        if name == "lowest_eigenvalues":
            for mode, lowest in found.lowest_eigenvalues.items():
                yield f"lowest eigenvalue, mode {mode}", number("", lowest)
        elif name == "leans":
            yield "leans", "no" if found.leans is None else leaning_words(found.leans)
        elif name not in ("error_estimate", "alternatives", "path", "name", "searched"):
            yield label(name), number("" if isinstance(value, float) else name, value)


def _error(name: str, value: Any) -> str:
    return "" if value is None else "± " + number(name, value, 2)


def _si(value: Any) -> str:
    """Shortest digits that read back as the same number."""
    return repr(float(value)) if isinstance(value, float) else ""


def _materials(run: Run, materials: Materials) -> Iterator[dict[str, Any]]:
    """Every material of the stacks and melts, with its properties, sources and marks."""
    stacks = (region.material for shot in run.snapshots for region in shot.stack.regions)
    molten = (name for stage in run.record.stages for name in stage.molten)
    for name in dict.fromkeys([*stacks, *molten]):
        if name not in materials:
            continue
        material = materials.get(name)
        rows = [
            (key.replace("_", " "), describe(key, prop), prop.verified, prop.source)
            for key, prop in material.properties()
            if key in PROPERTY_DIMENSIONS
        ]
        yield {"name": name, "kind": material.kind, "color": material.color, "rows": rows}


def _angles(run: Run, materials: Materials) -> Iterator[tuple[str, str, str, str]]:
    """Young's angle of every melt on everything that stood there, where one is known."""
    stacks = {shot.name: shot.stack for shot in run.snapshots}  # the last one of each stage
    seen: set[tuple[str, str]] = set()
    for stage in run.record.stages:
        if stage.name not in stacks:
            continue
        surfaces = dict.fromkeys(r.material for r in stacks[stage.name].regions if not r.is_solder)
        for solder in stage.molten:
            for surface in surfaces:
                if (solder, surface) in seen:
                    continue
                seen.add((solder, surface))
                angle = _angle(materials, solder, surface)
                if angle is not None:
                    text = describe("contact_angle", angle)
                    yield f"{solder} on {surface}", text, angle.verified, angle.source


def _angle(materials: Materials, solder: str, surface: str) -> Property | None:
    try:
        return materials.contact_angle_property(solder, surface)
    except CaseError:
        return None
