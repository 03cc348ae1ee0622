"""Random cases that are solved to their end, and what is looked at of each."""

from __future__ import annotations

import random
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from variations import draw

import bumpform
from bumpform.answers.basis.inputs import Input, inputs_of
from bumpform.case.case import Case
from bumpform.errors import BumpformError


def numbers(done: bumpform.Run) -> dict[str, float]:
    """Every metric of a run that is a plain number."""
    return {
        f"{stage}.{name}": value
        for stage, table in done.metrics.items()
        for name, value in table.items()
        if isinstance(value, float)
    }


def solved(case: Case) -> dict[str, float] | None:
    """Metrics of a case; None where there is no such product."""
    try:
        done = bumpform.run(case)
    except BumpformError:
        return None
    return None if done.refused or done.stopped else numbers(done)


def changed(case: Case, item: Input, value: float) -> Case | None:
    """The case with another value of an input; None where there is no such case."""
    try:
        return case.with_values({item.place: value}) if item.allows(value) else None
    except BumpformError:
        return None


def drawn(seed: int, number: int) -> tuple[Case, list[Input]] | None:
    """A random case that is solved to its end, and two of its inputs."""
    try:
        case = Case.from_dict(draw(seed, number)[1])
    except BumpformError:
        return None
    if solved(case) is None:
        return None
    inputs = [item for item in inputs_of(case) if item.value]
    return case, random.Random(f"inputs {seed} {number}").sample(inputs, 2)


def looked(look: Callable[[dict, Case, list[Input]], None], seed: int, number: int) -> dict:
    """What a look at one random case and two of its inputs has put down.

    Returns
    -------
    dict
        compared: how many numbers; errors: theirs, relative; weak: how many are beyond what is
        asked, and say so; outside: what is not as told, in words; skipped: whether there is no
        such case.
    """
    row: dict = {"number": number, "compared": 0, "errors": [], "outside": [], "skipped": False}
    row["weak"] = 0
    try:
        found = drawn(seed, number)
        if found is None:
            row["skipped"] = True
        else:
            look(row, *found)
    except Exception:
        row["outside"].append(f"{number}: {traceback.format_exc()[-800:]}")
    return row


def told(rows: list[dict], what: str) -> tuple[str, bool]:
    """What came of the looks, in words, and whether all is as told."""
    errors = sorted(e for row in rows for e in row["errors"]) or [0.0]
    outside = [line for row in rows for line in row["outside"]]
    text = (
        f"{sum(not row['skipped'] for row in rows)} cases, "
        f"{sum(row['compared'] for row in rows)} {what} compared: median "
        f"{errors[len(errors) // 2]:.1e}, 99 % {errors[int(0.99 * len(errors))]:.1e}, largest "
        f"{errors[-1]:.1e}; beyond what is asked, as their estimates say: "
        f"{sum(row['weak'] for row in rows)}; not as told: {len(outside)}"
    )
    return "\n".join([text, *outside]), not outside
