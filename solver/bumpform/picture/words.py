"""What a picture says in words: the numbers of a stage, why it was refused, the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bumpform.output.readable import condition_limits, condition_value, label, number, scalars
from bumpform.output.states import state_words
from bumpform.picture.dimensions import text_width, wrap
from bumpform.picture.scene import Scene
from bumpform.picture.section import UM

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


def subtitle(stage: Mapping[str, Any]) -> str:
    """Kind, melt and peak of a stage in a few words."""
    parts = ["mount" if stage.get("kind") == "mount" else ""]
    parts.append(" + ".join(stage.get("molten") or []))
    if isinstance(stage.get("peak_K"), int | float):
        parts.append(number("peak_K", stage["peak_K"]))
    parts.append({"up": "upright", "down": "hanging"}.get(str(stage.get("orientation")), ""))
    return " · ".join(part for part in parts if part)


def stage_words(
    scene: Scene, before: Sequence[Scene], width: float
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Pairs of label and value beside a stage, and the lines that say why it was refused.

    ``width``, in points, is that of the column.
    """
    numbers: list[tuple[str, str]] = []
    if scene.barrier and not any(earlier.barrier for earlier in before):
        if scene.thickness:
            numbers.append((label("thickness_m"), number("x_m", scene.thickness / UM)))
        numbers += [
            (label(name), number(name, value))
            for name, value in scalars(scene.barrier)
            if name not in ("thickness_m", "juncture.r_m")
        ]
        numbers.append(("", ""))
    numbers += [
        (label(name), number(name, value))
        for name, value in scalars(scene.metrics)
        if isinstance(value, bool | int | float | str) and not _is_trivial(name, scene.metrics)
    ]
    for line in scene.contact_lines:
        numbers += _contact_numbers(line)
    equilibrium = scene.stage.get("equilibrium") or {}
    if scene.shape.get("pressure_Pa") is not None:
        numbers.append(("pressure at z = 0", number("x_Pa", scene.shape["pressure_Pa"])))
    if "stable" in equilibrium:
        numbers.append(("state", state_words(equilibrium)))
    errors = [
        value
        for name, value in (equilibrium.get("error_estimate") or {}).items()
        if name.endswith("_m") and isinstance(value, float)
    ]
    if errors:
        numbers.append(("error of lengths ≤", number("x_m", max(errors), 2)))
    refused: list[str] = []
    if scene.stage.get("refused"):
        words = scene.stage["refused"]
        refused = ["refused: " + str(words.get("reason", "")).replace("_", " ")]
        refused += [*wrap(str(words.get("detail", "")), SIZE, width), ""]
    return tuple(numbers), tuple(refused)


def _contact_numbers(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    place = str(line.get("feature") or line.get("on", ""))
    numbers = [
        (f"{line.get('end', 'outer')} contact line", place),
        (_INDENT + str(line.get("state", "")), f"on {line.get('on', '')}"),
        (_INDENT + "contact angle", number("x_deg", line.get("angle_deg"))),
    ]
    admissible = line.get("admissible_deg")
    if admissible:
        lo, hi = (number("x_deg", angle) for angle in admissible)
        numbers.append((_INDENT + "admissible", lo if lo == hi else f"{lo} … {hi}"))
    return numbers


def verdict_words(
    result: Mapping[str, Any], width: float
) -> tuple[tuple[Verdict, ...], tuple[float, float, float]]:
    """Conditions, and where the columns of statement, value and limits begin (inches)."""
    conditions = result["conditions"]
    values = [condition_value(c) for c in conditions]
    limits = [condition_limits(c) for c in conditions]
    wide = [_widest(values), _widest(limits)]
    room = width - 0.3 - sum(wide) - 2 * 0.35
    statements = [
        wrap(" ".join(filter(None, (c["statement"], _reason(c)))), 8.0, 72.0 * room)
        for c in conditions
    ]
    used = _widest([line for lines in statements for line in lines])
    columns = (0.25, 0.25 + used + 0.35, 0.25 + used + 0.35 + wide[0] + 0.35)
    return (
        tuple(
            Verdict(c["holds"], tuple(s), v, lim)
            for c, s, v, lim in zip(conditions, statements, values, limits, strict=True)
        ),
        columns,
    )


def _reason(condition: Mapping[str, Any]) -> str:
    """Why a condition is not judged, or what is otherwise."""
    reason = condition.get("reason", "")
    return f"Not judged: {reason}." if reason and condition["holds"] is None else reason


def _widest(texts: list[str]) -> float:
    """Width of the widest of some texts of the verdict, inches."""
    return max([text_width(text, 8.0) for text in texts], default=0.0) / 72.0


def _is_trivial(name: str, metrics: Mapping[str, Any]) -> bool:
    """Whether a metric says what another one has said: the report has it still."""
    if name in ("coverage", "bare_polar_radius_m"):
        return metrics.get("coverage") == 1.0
    if name == "liquid_bodies":
        return bool(metrics[name] == 1)
    if name == "height_above_dielectric_m":
        other, value = metrics.get("protrusion_m"), metrics[name]
        return isinstance(other, float) and abs(other - value) <= 1e-9 * abs(value)
    return False
