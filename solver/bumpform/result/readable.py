"""Numbers of a result as a person reads them: the unit from the name, digits that matter.

Every number of the result contract ends in its unit (``protrusion_m``, ``peak_K``); here that
ending picks the unit in which a drawing, a report or a log shows it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from bumpform.findings.condition import RESOLVED
from bumpform.metrics.metric import called
from bumpform.result.contract import ContactLine, Move, Place
from bumpform.units.naming import split_unit
from bumpform.units.units import format_quantity

__all__ = [
    "angle_words",
    "condition_limits",
    "condition_value",
    "coordinate",
    "label",
    "move_words",
    "number",
    "rank",
    "scalars",
    "split_unit",
    "verdict_summary",
]

#: Digits that a value has, and that it may have to tell it from a limit.
FEWEST, MOST = 4, 12
#: Digits up to which a limit is told as it was given.
AS_WRITTEN: Final = 8
#: Lengths that are round-off of a bump's coordinates, m.
ROUND_OFF: Final = 1e-16

_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: What is told beside metrics, where it is not called as its name says.
_WORDS: Final = {"stability_margin": "stability margin, σ/L²"}


def label(name: str) -> str:
    """What a person calls a number of the result: ``"ball height"`` for ``"ball_height_m"``."""
    return (
        called(name) or _WORDS.get(name) or split_unit(name)[0].replace("_", " ").replace(".", " ")
    )


def number(name: str, value: Any, digits: int = 4) -> str:
    """Value of a named number, in the unit that suits its size; words stay words.

    Examples
    --------
    >>> number("protrusion_m", 2.34125e-05), number("stable", True), number("apex_z_m", None)
    ('23.41 µm', 'yes', '–')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        if not value:
            return "none"
        return "[" + ", ".join(number(name, item, digits) for item in value) + "]"
    if not isinstance(value, int | float):
        return str(value)
    return _in_unit(float(value), split_unit(name)[1], digits)


def coordinate(value: float, digits: int = 4) -> str:
    """Radius or height of a place; 0 where it is round-off of a bump's coordinates.

    Examples
    --------
    >>> coordinate(1.5e-4), coordinate(1e-20)
    ('150.0 µm', '0')
    """
    return number("place_m", value if abs(value) > ROUND_OFF else 0.0, digits)


def angle_words(line: ContactLine) -> str:
    """A contact angle; one that overhangs the covered solid by more than a half turn twice.

    Against a wall, 195° are hard to see: from the horizontal they are 105°.
    """
    words = number("x_deg", line.angle_deg)
    if line.angle_deg <= 180.0 or line.from_horizontal_deg is None:
        return words
    return f"{words}; from the horizontal {number('x_deg', line.from_horizontal_deg)}"


def _in_unit(value: float, dimension: str, digits: int) -> str:
    if dimension == "degrees":
        return _minus(f"{value:.2f}°") if abs(value) >= 0.01 else f"{_digits(value, 2)}°"
    if not dimension:
        return _short(value, digits)
    if dimension == "temperature":
        return f"{value - 273.15:.6g} °C"
    if dimension == "temperature difference":
        return f"{_short(value, digits)} K"
    if value == 0.0:
        return "0"
    if dimension == "length" and abs(value) < 1e-11:
        return _digits(value, min(digits, 2)) + " m"
    head, _, unit = format_quantity(value, dimension, max(digits + 2, 8)).rpartition(" ")
    return f"{_digits(float(head), digits)} {unit}"


def _digits(value: float, digits: int) -> str:
    """So many significant digits, with a true minus sign and powers of ten as one writes them."""
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 1e7:
        text = f"{value:#.{digits}g}" if value != int(value) or abs(value) < 1000 else f"{value:g}"
        if "e" in text:
            text = f"{value:.0f}"
        return _minus(text.rstrip("."))
    return _raised(f"{value:.{digits - 1}e}")


def _short(value: float, digits: int) -> str:
    """At most so many significant digits, without zeros at their end."""
    return _raised(f"{value:.{digits}g}")


def _raised(text: str) -> str:
    """A number with a true minus sign and its power of ten, if it has one, as one writes it.

    >>> _raised("-1e-14")
    '−1 × 10⁻¹⁴'
    """
    mantissa, _, power = text.partition("e")
    return _minus(mantissa) + (" × 10" + str(int(power)).translate(_RAISED) if power else "")


def _minus(text: str) -> str:
    return "−" + text[1:] if text.startswith("-") else text


def without_round_off(metrics: Mapping[str, Any], errors: Mapping[str, Any]) -> dict[str, Any]:
    """Metrics with 0 for those that their errors do not set apart from it.

    Examples
    --------
    >>> without_round_off({"spread_m": 1.4e-20, "juncture": {"r_m": 6e-5}}, {"spread_m": 3e-18})
    {'spread_m': 0.0, 'juncture': {'r_m': 6e-05}}
    """
    return {
        name: without_round_off(value, errors.get(name) or {})
        if isinstance(value, Mapping)
        else 0.0
        if isinstance(value, float) and abs(value) <= (errors.get(name) or 0.0)
        else value
        for name, value in metrics.items()
    }


def scalars(metrics: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Metrics as flat pairs: ``juncture {r_m, z_m}`` gives "juncture.r_m", "juncture.z_m"."""
    for name, value in metrics.items():
        if isinstance(value, float) or not isinstance(value, Mapping):  # most are numbers
            yield name, value
        else:
            for inner, item in value.items():
                yield f"{name}.{inner}", item


def move_words(move: Move) -> str:
    """One move of a contact line, or event on its path, as a sentence.

    Examples
    --------
    >>> place = Place(r_m=6e-5, z_m=3e-5)
    >>> move_words(Move(line="outer", event="rests", start=place, stop=place, feature="wall",
    ...                why="Young's angle of 125° is met"))
    "outer line rests on wall at r = 60.00 µm, z = 30.00 µm: Young's angle of 125° is met"
    """
    start, stop = _place(move.start), _place(move.stop)
    if move.line == "package":
        return f"package {move.event} from {start} to {stop}: {move.why}"
    if start == stop:
        where = f"on {move.feature} at {stop}"
    else:
        where = f"over {move.feature} from {start} to {stop}"
    return f"{move.line} line {move.event} {where}: {move.why}"


def _place(place: Place) -> str:
    radius = "" if place.r_m is None else f"r = {coordinate(place.r_m)}, "
    return f"{radius}z = {coordinate(place.z_m)}"


class Told(Protocol):
    """A condition as it is told: of a run, or of its result file."""

    @property
    def holds(self) -> bool | None:
        """Whether it holds; None where it is not judged."""

    @property
    def value(self) -> float | None:
        """What is judged."""

    @property
    def error(self) -> float | None:
        """How far off that may be."""

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """What it must lie between."""

    @property
    def strict(self) -> bool:
        """Whether it must lie above the lower one, not on it."""

    @property
    def unit(self) -> str:
        """Of all of them."""

    @property
    def metric(self) -> str:
        """Name of what is judged."""


def verdict_summary(conditions: Sequence[Told]) -> str:
    """How many conditions hold, fail and are not judged: "2 hold, 1 fails, 1 not judged"."""
    hold, fail, rest = (sum(c.holds is x for c in conditions) for x in (True, False, None))
    words = [f"{hold} hold{'s' if hold == 1 else ''}", f"{fail} fail{'s' if fail == 1 else ''}"]
    return ", ".join([*words, f"{rest} not judged"])


def rank(condition: Told) -> int:
    """Place in a list in which what fails comes first, what is not judged last."""
    return [False, True, None].index(condition.holds)


def _condition_name(condition: Told) -> str:
    """A name with the unit of a condition's value: its metric's, or one made of its unit."""
    if condition.unit == "K":  # conditions compare temperatures: a difference
        return "difference_dK"
    if condition.metric:
        return condition.metric
    return "value_" + condition.unit.replace("/", "_").replace("^", "") if condition.unit else ""


def _resolved(condition: Told) -> float:
    """Value of a condition; 0 where it is below its error, or round-off of a length."""
    assert condition.value is not None
    unresolved = condition.error or 0.0
    if condition.unit == "m":
        unresolved = max(unresolved, ROUND_OFF)
    return 0.0 if abs(condition.value) <= unresolved else condition.value


def _on_limits(condition: Told) -> list[float]:
    """Limits that a value lies on to what is resolved; one that breaks them lies on none."""
    if condition.value is None or (condition.holds is False and not condition.strict):
        return []
    value, error = condition.value, condition.error or 0.0
    limits = [x for x in condition.limits if x is not None]
    return [x for x in limits if abs(value - x) <= error + RESOLVED * max(abs(value), abs(x))]


def _reads_so(condition: Told) -> bool:
    """Whether a value lies within its limits as a number."""
    assert condition.value is not None
    (low, high), value = condition.limits, _resolved(condition)
    above = low is None or value > low or (value == low and not condition.strict)
    return above and (high is None or value <= high)


def _digits_apart(condition: Told) -> int:
    """How many digits tell a condition's value from its limits, and those as they are given.

    4, where those do. A value that lies on a limit to what is resolved is not told from it.
    """
    fewest = max(_digits_given(limit) for limit in condition.limits)
    if condition.value is None:
        return fewest
    name, value = _condition_name(condition), _resolved(condition)
    on = _on_limits(condition)
    limits = [x for x in condition.limits if x is not None and x != value and x not in on]
    if condition.holds and not _reads_so(condition):
        limits = []
    for digits in range(fewest, MOST):
        told = number(name, value, digits)
        if all(number(name, limit, digits) != told for limit in limits):
            return digits
    return MOST


def _digits_given(limit: float | None) -> int:
    """How many digits a limit was given with; 4, where it has fewer, or was computed."""
    if limit is None:
        return FEWEST
    written = range(FEWEST, AS_WRITTEN + 1)
    exact = (n for n in written if math.isclose(float(f"{limit:.{n}g}"), limit, rel_tol=1e-14))
    return next(exact, FEWEST)


def condition_value(condition: Told) -> str:
    """Value of a condition with its unit; empty where it has none.

    0 where it is not resolved; more digits where it would read as a limit that it breaks: 10.00001
    µm between 1.000000 µm and 10.00000 µm. A value that lies on a limit within its error, and
    reads as if it were on the other side, says so.
    """
    if condition.value is None:
        return ""
    name, digits = _condition_name(condition), _digits_apart(condition)
    text = number(name, _resolved(condition), digits)
    on = [number(name, limit, digits) for limit in _on_limits(condition)]
    if not on or text in on or _reads_so(condition) == condition.holds:
        return text
    return f"{text} (on its limit within its error)"


def condition_limits(condition: Told) -> str:
    """Limits of a condition: "0.0001 … 0.5", "≥ 0 nm", "≤ 5 µm"."""
    name, digits = _condition_name(condition), _digits_apart(condition)
    low, high = condition.limits
    if low is None and high is None:
        return ""
    if high is None:
        return f"{'>' if condition.strict else '≥'} {number(name, low, digits)}"
    if low is None:
        return f"≤ {number(name, high, digits)}"
    return f"{number(name, low, digits)} … {number(name, high, digits)}"
