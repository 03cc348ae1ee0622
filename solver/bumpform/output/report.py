"""The report of a run: one HTML page that contains everything it shows, ready to print.

It reads the run alone and imports neither dolfinx nor gmsh.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bumpform.case.toml import case_to_toml
from bumpform.errors import CaseError
from bumpform.materials.material import MARKS, PROPERTY_DIMENSIONS, Property
from bumpform.materials.materials import Materials, describe
from bumpform.output.files import write_text
from bumpform.output.readable import (
    condition_limits,
    condition_value,
    label,
    liquids_of,
    number,
    scalars,
    verdict_summary,
    way_words,
)
from bumpform.output.run_log import log_lines
from bumpform.output.states import alternative_words, leaning_words
from bumpform.process.outcome import Run, slug

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
    result, metrics = run.result, run.result["metrics"]
    refused = next((stage for stage in result["stages"] if stage.get("refused")), None)
    materials = Materials(run.case.materials, run.case.wetting)
    return page_template("report.html.j2").render(
        case=result["case"],
        title=run.case.title,
        version=result["bumpform"],
        refused=refused,
        stopped=result.get("stopped"),
        failed=sum(c["holds"] is False for c in result["conditions"]),
        summary=verdict_summary(result["conditions"]),
        conditions=[
            {
                **condition,
                "value": condition_value(condition),
                "limits": condition_limits(condition),
            }
            for condition in sorted(result["conditions"], key=_rank)
        ],
        picture=inline_svg(svg.decode()),
        landscapes=list(_landscapes(run)),
        melts=list(_melts(run)),
        stages=[_stage(part) for stage in result["stages"] for part in liquids_of(stage)],
        metrics=[
            (name, list(_metrics(group, result["metrics_error"].get(name, {}))))
            for name, group in metrics.items()
            if group
        ],
        shrinks=any(stage.get("frozen") for stage in result["stages"]),
        materials=list(_materials(run, materials)),
        angles=list(_angles(run, materials)),
        marks=MARKS,
        case_file=case_to_toml(run.case),
        notes=list(dict.fromkeys(run.notes)),
        log="\n".join(log_lines(run)),
    )


def _rank(condition: Mapping[str, Any]) -> int:
    """What fails first, what is not judged last."""
    return [False, True, None].index(condition["holds"])


def _metrics(
    group: Mapping[str, Any], errors: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str]]:
    """Name, value and error of every metric as a person reads them, and the value in SI."""
    bounds = dict(scalars(errors))
    for name, value in scalars(group):
        error = bounds.get(name)
        yield label(name), _resolved(name, value, error), _error(name, error), _si(value)


def _resolved(name: str, value: Any, error: float | None) -> str:
    """A value; 0 where it is not told from it."""
    unseen = isinstance(value, float) and error is not None and abs(value) <= error
    return number(name, 0.0 if unseen else value, DIGITS)


def _landscapes(run: Run) -> Iterator[tuple[str, str]]:
    """Name and picture of the energy over the contact lines, where it has been asked for."""
    for explored in run.landscapes:
        from bumpform.picture.landscape import draw_landscape
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


def _stage(stage: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of one stage, as text."""
    equilibrium, frozen = stage.get("equilibrium") or {}, stage.get("frozen") or {}
    liquid = {f"liquid {label(k)}": (k, v) for k, v in (stage.get("liquid") or {}).items()}
    solid = {
        label(k): (k, frozen[k]) for k in ("solidus_K", "volume_m3", "density_kg_m3") if k in frozen
    }
    quantities, lines = _surface(
        stage.get("surface") or {}, equilibrium.get("error_estimate") or {}, liquid
    )
    frozen_quantities, frozen_lines = _surface(
        frozen.get("surface") or {}, frozen.get("error_estimate") or {}, solid
    )
    return {
        "name": stage["name"],
        "kind": stage.get("kind", ""),
        "peak": number("x_K", stage.get("peak_K")),
        "molten": " + ".join(stage.get("molten") or []),
        "composition": ", ".join(
            f"{element} {_fraction(share)}"
            for element, share in (stage.get("composition") or {}).items()
        ),
        "refused": stage.get("refused"),
        "quantities": quantities,
        "lines": lines,
        "frozen_quantities": frozen_quantities,
        "frozen_lines": frozen_lines,
        "checks": list(_checks(equilibrium)),
        "reached": equilibrium.get("name", ""),
        "way": [way_words(move) for move in equilibrium.get("path") or []],
        "searched": SEARCHED.get(equilibrium.get("searched", ""), ""),
        "alternatives": [alternative_words(a) for a in equilibrium.get("alternatives") or []],
    }


def _surface(
    surface: Mapping[str, Any],
    estimates: Mapping[str, Any],
    bulk: Mapping[str, tuple[str, Any]],
) -> tuple[list[tuple[str, str, str, str]], list[dict[str, str]]]:
    """A surface and its lines as text: (label, value, error, SI) of each quantity, and the lines.

    ``bulk`` has the further quantities, of what the surface bounds: label to name and value.
    """
    errors = dict(estimates)
    quantities = []
    for name, value in surface.items():
        if name != "contact_lines":
            error = errors.pop(name, None)
            shown = _resolved(name, value, error)
            quantities.append((label(name), shown, _error(name, error), _si(value)))
    for text, (name, value) in bulk.items():
        quantities.append((text, number(name, value, DIGITS), "", _si(value)))
    lines = []
    for line in surface.get("contact_lines") or []:
        end = line.get("end", "outer")
        lines.append(
            {
                "end": end,
                "r": number("r_m", line.get("r_m"), DIGITS),
                "r_error": _error("r_m", errors.pop(f"{end}.r_m", None)),
                "z": number("z_m", line.get("z_m"), DIGITS),
                "z_error": _error("z_m", errors.pop(f"{end}.z_m", None)),
                "on": line.get("on", ""),
                "feature": line.get("feature", ""),
                "state": line.get("state", ""),
                "angle": number("x_deg", line.get("angle_deg")),
                "admissible": " … ".join(
                    dict.fromkeys(number("x_deg", a) for a in line.get("admissible_deg") or [])
                ),
            }
        )
    quantities += [(f"error of {label(k)}", "", _error(k, v), "") for k, v in errors.items()]
    return quantities, lines


def _fraction(share: Any) -> str:
    if isinstance(share, int | float):
        return f"{100 * share:.4g} %"
    return ", ".join(f"{k} {_fraction(v)}" for k, v in dict(share).items())


def _checks(equilibrium: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in equilibrium.items():
        if name == "lowest_eigenvalues":
            for mode, lowest in dict(value).items():
                yield f"lowest eigenvalue, mode {mode}", number("", lowest)
        elif name == "leans":
            yield "leans", "no" if value is None else leaning_words(value)
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
    molten = (name for stage in run.result["stages"] for name in stage.get("molten") or [])
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
    names = [shot.name for shot in run.snapshots]
    seen: set[tuple[str, str]] = set()
    for stage in run.result["stages"]:
        if stage["name"] not in names:
            continue
        stack = run.snapshots[len(names) - 1 - names[::-1].index(stage["name"])].stack
        surfaces = dict.fromkeys(r.material for r in stack.regions if r.kind != "solder")
        for solder in stage.get("molten") or []:
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
