"""What a picture says in words: the numbers of a stage, why it was refused, the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bumpform.metrics.metric import FROZEN
from bumpform.picture.dimensions import text_width, wrap
from bumpform.picture.scene import Scene, outer_first
from bumpform.picture.section import UM
from bumpform.result.contract import Condition, ContactLine, Result, Stage
from bumpform.result.readable import condition_limits, condition_value, label, number, scalars
from bumpform.result.states import state_words

#: A line of the column of numbers: label, value, and that of what has frozen.
type Words = tuple[str, str, str]

#: Size of the numbers beside a stage, points.
SIZE: Final = 7.5
#: No-break spaces: SVG drops plain ones in front of a text.
_INDENT: Final = "\N{NO-BREAK SPACE}" * 3


@dataclass(frozen=True)
class Verdict:
    """One condition, wrapped to its column."""

    holds: bool | None
    statement: tuple[str, ...]
    value: str
    limits: str


def subtitle(stage: Stage | None) -> str:
    """Kind, melt and peak of a stage in a few words."""
    if stage is None:
        return ""
    turned = {None: "", "up": "upright", "down": "hanging"}[stage.orientation]
    kind = "mount" if stage.kind == "mount" else ""
    parts = (kind, " + ".join(stage.molten), number("peak_K", stage.peak_K), turned)
    return " · ".join(part for part in parts if part)


def stage_words(
    scene: Scene, before: Sequence[Scene], width: float
) -> tuple[tuple[Words, ...], tuple[str, ...]]:
    """Label and values beside a stage, and the lines that say why it was refused.

    What freezing changes has two values under a heading: that of the liquid, and that of what
    has frozen. ``width``, in points, is that of the column.
    """
    numbers: list[Words] = []
    if scene.barrier and not any(earlier.barrier for earlier in before):
        if scene.thickness:
            numbers.append((label("thickness_m"), number("x_m", scene.thickness / UM), ""))
        numbers += [
            (label(name), number(name, value), "")
            for name, value in scalars(scene.barrier)
            if name not in ("thickness_m", "juncture.r_m")
        ]
        numbers.append(("", "", ""))
    numbers += _metric_words(scene.values)
    refused: list[str] = []
    if scene.stage is not None:
        numbers += _liquid_words(scene.stage)
        if why := scene.stage.refused:
            refused = ["refused: " + why.reason.replace("_", " ")]
            refused += [*wrap(why.detail, SIZE, width), ""]
    return tuple(numbers), tuple(refused)


def _liquid_words(stage: Stage) -> Iterator[Words]:
    """Contact lines, pressure and state of the first liquid."""
    for line in outer_first(stage.surface):
        yield from _contact_numbers(line)
    if stage.surface is not None and stage.surface.pressure_Pa is not None:
        yield "pressure at z = 0", number("x_Pa", stage.surface.pressure_Pa), ""
    if stage.equilibrium is not None:
        yield "state", state_words(stage.equilibrium), ""
        estimates = stage.equilibrium.error_estimate.items()
        errors = [value for name, value in estimates if name.endswith("_m")]
        if errors:
            yield "error of lengths ≤", number("x_m", max(errors), 2), ""


def _metric_words(metrics: Mapping[str, Any]) -> list[Words]:
    """Every metric once; those of what has frozen beside the liquid's."""
    known = {k: v for k, v in scalars(metrics) if isinstance(v, bool | int | float | str)}
    frozen = {k.removeprefix(FROZEN): v for k, v in known.items() if k.startswith(FROZEN)}
    liquid = {k: v for k, v in known.items() if not k.startswith(FROZEN)}

    def told(values: Mapping[str, Any], name: str) -> str:
        return number(name, values[name]) if name in values else "–"

    both = [
        (label(name), told(liquid, name), told(frozen, name))
        for name in dict.fromkeys([*(k for k in liquid if k in frozen), *frozen])
        if not (_is_trivial(name, liquid) and _is_trivial(name, frozen))
    ]
    alone = [
        (label(name), number(name, value), "")
        for name, value in liquid.items()
        if name not in frozen and not _is_trivial(name, liquid)
    ]
    if not both:
        return alone
    return [("", "liquid", "frozen"), *both, ("of the liquid", "", ""), *alone]


def _contact_numbers(line: ContactLine) -> Iterator[Words]:
    yield f"{line.end} contact line", line.feature or line.on, ""
    yield _INDENT + line.state, f"on {line.on}", ""
    yield _INDENT + "contact angle", number("x_deg", line.angle_deg), ""
    lo, hi = (number("x_deg", angle) for angle in line.admissible_deg)
    if lo != hi:  # a free line has the one angle that it may have
        yield _INDENT + "admissible", f"{lo} … {hi}", ""
    if line.angle_deg > 180.0 and line.from_horizontal_deg is not None:
        yield _INDENT + "from the horizontal", number("x_deg", line.from_horizontal_deg), ""


def verdict_words(
    result: Result, width: float
) -> tuple[tuple[Verdict, ...], tuple[float, float, float]]:
    """Conditions, and where the columns of statement, value and limits begin (inches)."""
    conditions = result.conditions
    values = [condition_value(c) for c in conditions]
    limits = [condition_limits(c) for c in conditions]
    wide = [_widest(values), _widest(limits)]
    room = width - 0.3 - sum(wide) - 2 * 0.35
    statements = [
        wrap(" ".join(filter(None, (c.statement, _reason(c)))), 8.0, 72.0 * room)
        for c in conditions
    ]
    used = _widest([line for lines in statements for line in lines])
    columns = (0.25, 0.25 + used + 0.35, 0.25 + used + 0.35 + wide[0] + 0.35)
    return (
        tuple(
            Verdict(c.holds, tuple(s), v, lim)
            for c, s, v, lim in zip(conditions, statements, values, limits, strict=True)
        ),
        columns,
    )


def _reason(condition: Condition) -> str:
    """Why a condition is not judged, or what is otherwise."""
    told = condition.reason and condition.holds is None
    return f"Not judged: {condition.reason}." if told else condition.reason


def _widest(texts: list[str]) -> float:
    """Width of the widest of some texts of the verdict, inches."""
    return max([text_width(text, 8.0) for text in texts], default=0.0) / 72.0


def _is_trivial(name: str, metrics: Mapping[str, Any]) -> bool:
    """Whether a metric says what another one has said: the report has it still."""
    if name in ("coverage", "bare_polar_radius_m"):
        return "coverage" in metrics and metrics["coverage"] == 1.0
    if name == "liquid_bodies":
        return bool(metrics[name] == 1)
    if name == "height_above_dielectric_m":
        if "protrusion_m" not in metrics or name not in metrics:
            return name not in metrics
        value = metrics[name]
        return bool(abs(metrics["protrusion_m"] - value) <= 1e-9 * abs(value))
    return False
