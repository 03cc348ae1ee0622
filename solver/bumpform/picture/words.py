"""What a picture says in words: the numbers of a stage, why it was refused, the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bumpform.output.readable import condition_limits, condition_value, label, number, scalars
from bumpform.output.states import state_words
from bumpform.picture.dimensions import text_width, wrap
from bumpform.picture.scene import Scene, outer_first
from bumpform.picture.section import UM
from bumpform.units.metric_names import FROZEN

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
    for line in outer_first(scene.told):
        numbers += _contact_numbers(line)
    equilibrium = scene.stage.get("equilibrium") or {}
    pressure = (scene.told.get("surface") or {}).get("pressure_Pa")
    if pressure is not None:
        numbers.append(("pressure at z = 0", number("x_Pa", pressure), ""))
    if "stable" in equilibrium:
        numbers.append(("state", state_words(equilibrium), ""))
    errors = [
        value
        for name, value in (equilibrium.get("error_estimate") or {}).items()
        if name.endswith("_m") and isinstance(value, float)
    ]
    if errors:
        numbers.append(("error of lengths ≤", number("x_m", max(errors), 2), ""))
    refused: list[str] = []
    if scene.stage.get("refused"):
        words = scene.stage["refused"]
        refused = ["refused: " + str(words.get("reason", "")).replace("_", " ")]
        refused += [*wrap(str(words.get("detail", "")), SIZE, width), ""]
    return tuple(numbers), tuple(refused)


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


def _contact_numbers(line: Mapping[str, Any]) -> list[Words]:
    place = str(line.get("feature") or line.get("on", ""))
    numbers = [
        (f"{line.get('end', 'outer')} contact line", place, ""),
        (_INDENT + str(line.get("state", "")), f"on {line.get('on', '')}", ""),
        (_INDENT + "contact angle", number("x_deg", line.get("angle_deg")), ""),
    ]
    admissible = line.get("admissible_deg")
    if admissible:
        lo, hi = (number("x_deg", angle) for angle in admissible)
        if lo != hi:  # a free line has the one angle that it may have
            numbers.append((_INDENT + "admissible", f"{lo} … {hi}", ""))
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
        other, value = metrics.get("protrusion_m"), metrics.get(name)
        if not isinstance(other, float) or not isinstance(value, float):
            return value is None
        return abs(other - value) <= 1e-9 * abs(value)
    return False
