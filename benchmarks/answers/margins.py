"""Margins beside plain bisection by runs, and runs on the way to them."""

from __future__ import annotations

import math
from collections.abc import Callable

from drawn import changed

import bumpform
from bumpform.answers.basis.inputs import Input
from bumpform.answers.methods.margins import Limit
from bumpform.case.case import Case
from bumpform.errors import BumpformError

#: Where runs look on the way to a limit, as parts of it.
ON_THE_WAY = (0.1, 0.3, 0.5, 0.7, 0.9)
#: How far beyond a limit a run looks, relative: nearer where something else breaks soon after,
#: in whose presence the first condition may not be judged any more.
BEYOND = (1e-6, 1e-7, 1e-8, 3e-9)
#: How well a limit is known, relative: what is promised, and what bisection adds.
KNOWN = 1.1e-9


def broken(case: Case) -> dict[str, int]:
    """How many conditions of each id fail, or that there is no such product."""
    try:
        done = bumpform.run(case)
    except BumpformError:
        return {"refused": 1}
    if done.refused or done.stopped:
        return {"refused": 1}
    counts: dict[str, int] = {}
    for condition in done.result["conditions"]:
        if condition["holds"] is False:
            name = condition["id"]
            if name == "requirement":
                name += f" {condition['stage']}.{condition['metric']}"
            counts[name] = counts.get(name, 0) + 1
    return counts


def look(row: dict, case: Case, items: list[Input]) -> None:
    """Both margins of two inputs of a case."""
    base = broken(case)
    for margin in bumpform.margins(case, paths=[item.path for item in items]).inputs:
        item = margin.input

        def new(value: float, item: Input = item) -> set[str]:
            other = changed(case, item, value)
            counts = {"refused": 1} if other is None else broken(other)
            return {name for name, n in counts.items() if n > base.get(name, 0)}

        for limit in (margin.low, margin.high):
            if limit is not None:
                _look(row, item, limit, new, f"{row['number']} {case.name}: {item.path}")


def _look(
    row: dict, item: Input, limit: Limit, new: Callable[[float], set[str]], where: str
) -> None:
    """One limit, with what breaks at a value that the case itself does not."""
    sign = math.copysign(1.0, limit.value - item.value)
    size = max(abs(limit.value), 1e-6 * item.size)
    good = limit.value - sign * BEYOND[0] * size
    past = [limit.value + sign * part * size for part in BEYOND]
    if not item.allows(past[0]) or not item.allows(good):
        return
    what = f"{where} = {limit.value!r} ({limit.breaks})"
    row["compared"] += 1
    first = limit.breaks.split(":")[0]
    bad = next((value for value in past if first in new(value)), None)
    if (before := new(good)) or bad is None:
        beyond = new(past[0]) or "nothing"
        told = f"{before} breaks before" if before else f"{beyond} breaks beyond"
        row["outside"].append(f"{what}: {told}")
        return
    while abs(bad - good) > 1e-10 * abs(limit.value):
        middle = 0.5 * (good + bad)
        if middle in (good, bad):
            break
        good, bad = (good, middle) if new(middle) else (middle, bad)
    error = abs(0.5 * (good + bad) - limit.value) / max(abs(limit.value), 1e-3 * item.size)
    row["errors"].append(error)
    if error > KNOWN:
        row["outside"].append(f"{what}: by bisection {bad!r}")
    if abs(limit.value - item.value) <= KNOWN * size:
        return  # what the way is, is not known that well
    for share in ON_THE_WAY:
        between = item.value + share * (limit.value - item.value)
        if already := new(between):
            row["outside"].append(f"{what}: {already} already at {between!r}")
