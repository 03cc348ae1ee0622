"""Small changes of one input: what changes little in, must change little out, or say why.

An input is changed by 1e-4 of itself. Where a number follows by far more than that while every
word of the result stays the same, the change is halved again and again, always keeping the half
that has more of the difference: a jump is what is still there at the end.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from readings import Reading, numbers, state

import bumpform
from bumpform.case.case import Case
from bumpform.errors import CaseError

SMALL, LARGE = 1e-7, 1e-4
#: A number may follow an input so many times as much before it is looked at.
STEEP = 300.0
#: What jumps alone where a slit opens, or a film of no thickness: it counts which sides are wetted.
WETTED = "energy_J"
#: Times that an interval is halved, and the share of a change that is then a jump.
HALVINGS, JUMP = 14, 0.5

type Data = dict[str, Any]
type Path = tuple[str | int, ...]


def inputs(value: Any, path: Path = ()) -> list[Path]:
    """Paths of all numbers of a case's data."""
    if isinstance(value, float):
        return [path] if value != 0.0 else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if (
        isinstance(value, list)) else ()  # fmt: skip
    return [found for key, item in items for found in inputs(item, (*path, key))]


def changed(data: Data, path: Path, factor: float) -> Data:
    """The data with one number times a factor."""
    data = copy.deepcopy(data)
    inner: Any = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] *= factor
    return data


def jump(data: Data, first: bumpform.Run, draw: random.Random) -> tuple[str, str, str]:
    """What a small change of one input does.

    Returns
    -------
    path : str
    verdict : "smooth", "told" (a word of the result changes) or "jump"
    words : str
    """
    path = draw.choice(inputs({k: v for k, v in data.items() if k != "conditions"}))
    label = ".".join(map(str, path))

    def at(change: float) -> tuple[tuple, dict[str, Reading]]:
        try:
            done = bumpform.run(Case.from_dict(changed(data, path, 1.0 + change)))
        except CaseError as error:
            return ("input", str(error.problems[0].path)), {}
        return state(done), numbers(done.result)

    here = state(first), numbers(first.result)
    sign = draw.choice((-1.0, 1.0))
    for change in (SMALL, LARGE):
        there = at(sign * change)
        if there[0] != here[0]:
            return label, "told", f"at {sign * change:g}: {_difference(here[0], there[0])}"
        far = _followed(here[1], there[1], STEEP * change)
        if far and all(name.endswith(WETTED) for name in far):
            return label, "told", f"at {sign * change:g}: {far[0]}, by which sides are wetted"
        if far:
            words = _halved(at, here, there, sign * change, far[0])
            if words:
                return label, "jump", words
    return label, "smooth", ""


def _followed(one: dict[str, Reading], other: dict[str, Reading], limit: float) -> list[str]:
    """Names of numbers that differ by more than a limit, the largest difference first."""
    gaps = {name: _gap(one, other, name) for name in one.keys() & other.keys()}
    far = [name for name, gap in gaps.items() if gap > limit]
    return sorted(far, key=lambda name: -gaps[name])


def _gap(one: dict[str, Reading], other: dict[str, Reading], name: str) -> float:
    a, b = one[name], other[name]
    return max(0.0, abs(a.value - b.value) - a.error - b.error) / max(a.size, b.size)


def _halved(
    at: Callable[[float], tuple[tuple, dict[str, Reading]]],
    low: tuple[tuple, dict[str, Reading]],
    high: tuple[tuple, dict[str, Reading]],
    change: float,
    name: str,
) -> str:
    """The jump of one number between no change and this, in words; empty if there is none."""
    whole = _gap(low[1], high[1], name)
    a, b = 0.0, change
    for _ in range(HALVINGS):
        middle = at(0.5 * (a + b))
        if middle[0] != low[0]:
            return ""  # told in between
        if _gap(low[1], middle[1], name) >= _gap(middle[1], high[1], name):
            high, b = middle, 0.5 * (a + b)
        else:
            low, a = middle, 0.5 * (a + b)
        if _gap(low[1], high[1], name) < JUMP * whole:
            return ""
    one, other = low[1][name], high[1][name]
    return f"{name} jumps from {one.value:.9g} to {other.value:.9g} between {a:.9g} and {b:.9g}"


def _difference(one: tuple, other: tuple) -> str:
    """The first words that differ."""
    if len(one) != len(other) or "input" in (*one[:1], *other[:1]):
        return f"{str(one)[:80]} / {str(other)[:80]}"
    pair = next(((a, b) for a, b in zip(one, other, strict=True) if a != b), (one, other))
    return f"{str(pair[0])[:200]} / {str(pair[1])[:200]}"
