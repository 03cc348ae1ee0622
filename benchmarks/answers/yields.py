"""Yields beside plain random samples."""

from __future__ import annotations

import csv
import math
import multiprocessing
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from margins import broken

import bumpform
from bumpform.answers.basis.inputs import inputs_of
from bumpform.case.case import Case
from bumpform.errors import BumpformError


class Question(NamedTuple):
    """A case whose inputs scatter: what is set before, and samples of a level where few fail."""

    case: str
    before: dict
    tolerances: dict
    rare: int = 0


#: Yields by plain samples. The first five fail for a reason of their own each (requirements,
#: neighbours, a state that ends, a juncture), in 5 to 70 % of their products; the last two in 1e-2
#: and 1e-3 of them, which a subset simulation finds as well.
QUESTIONS: dict[str, Question] = {
    "bga_ball": Question(
        "bga_ball",
        {},
        {
            "deposit.SAC305.ball.diameter": {"std": "3 %"},
            "coat.resist.opening.radius": {"std": "3 %"},
        },
    ),
    "plated_column": Question(
        "plated_column",
        {"case.pitch": "89.5 um"},
        {
            "deposit.Sn63Pb37.column.height": {"std": "8 %"},
            "coat.polyimide.thickness": {"std": "8 %"},
        },
    ),
    "stacked_masks_one_reflow": Question(
        "stacked_masks_one_reflow",
        {"requirements": {"reflow.ball_height_m": {"min": "86 um"}}},
        {
            "deposit.0.fill.metal_fraction": {"std": "6 %", "low": 0.4, "high": 0.6},
            "coat.first mask.thickness": {"half_width": "15 %"},
        },
    ),
    "photoimaged_opening_no_barrier": Question(
        "photoimaged_opening_no_barrier",
        {},
        {
            "deposit.Pb95Sn5.volume": {"std": "6 %"},
            "coat.dielectric.opening.radius": {"std": "1 um", "low": "58 um", "high": "62 um"},
            "wetting.polyimide": {"half_width": "6 deg"},
        },
    ),
    "photoimaged_opening": Question(
        "photoimaged_opening",
        {},
        {"deposit.Pb95Sn5.volume": {"std": "1 %"}, "barrier.thickness": {"std": "4 %"}},
    ),
    "stacked_masks_one_reflow, 1e-2": Question(
        "stacked_masks_one_reflow",
        {"requirements": {"reflow.ball_height_m": {"min": "86 um"}}},
        {
            "deposit.0.fill.metal_fraction": {"std": "2.4 %", "low": 0.4, "high": 0.6},
            "coat.first mask.thickness": {"std": "3.2 %"},
        },
        rare=1000,
    ),
    "plated_column, 1e-3": Question(
        "plated_column",
        {"case.pitch": "89.5 um"},
        {
            "deposit.Sn63Pb37.column.height": {"std": "2.2 %"},
            "coat.polyimide.thickness": {"std": "2.2 %"},
        },
        rare=1000,
    ),
}


def scattered(name: str) -> Case:
    """The case of a question, with its tolerances."""
    case, before, tolerances, _ = QUESTIONS[name]
    required = {key: before[key] for key in before if key == "requirements"}
    values = {key: value for key, value in before.items() if key not in required}
    data = bumpform.load_case(case).with_values(values).to_dict()
    return Case.from_dict({**data, **required, "tolerances": tolerances}, case)


def plain(tolerance, value: float, rng: np.random.Generator) -> float:
    """One value of an input, by the definition of its tolerance: drawn again where cut off."""
    width = tolerance.width(value)
    if tolerance.half_width is not None:
        return rng.uniform(value - width, value + width)
    low = -math.inf if tolerance.low is None else tolerance.low
    high = math.inf if tolerance.high is None else tolerance.high
    while not low <= (drawn_value := rng.normal(value, width)) <= high:
        pass
    return drawn_value


def sampled(job: tuple[str, int, int]) -> tuple[tuple[str, int, int], int]:
    """How many of plain random products are good."""
    name, chunk, count = job
    case = scattered(name)
    inputs = [item for item in inputs_of(case) if item.tolerance is not None]
    free = Case.from_dict({k: v for k, v in case.to_dict().items() if k != "tolerances"}, name)
    rng = np.random.default_rng([chunk, *name.encode()])
    good = 0
    for _ in range(count):
        values = {item.place: plain(item.tolerance, item.value, rng) for item in inputs}
        try:
            good += not broken(free.with_values(values))
        except BumpformError:  # no such case
            continue
    return job, good


def yields(samples: int, jobs: int, asked: Sequence[str], folder: Path | None) -> tuple[str, bool]:
    """Yields beside those of plain samples: of all questions, or of those that are asked.

    What has been sampled is kept in the folder, a hundredth part in a line, and the
    same command goes on there.
    """
    names = [name for name in QUESTIONS if not asked or name in asked]
    chunk = max(1, samples // 100)
    work = [(name, i, chunk) for name in names for i in range(samples // chunk)]
    kept = None if folder is None else folder / "yields_plain.csv"
    done = set()
    counts = {name: [0, 0] for name in names}
    for name, i, size, good in _lines(kept):
        if (name, i, size) in work:
            done.add((name, i, size))
            counts[name][0] += good
            counts[name][1] += size
    left = [job for job in work if job not in done]
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for number, (job, good) in enumerate(pool.imap_unordered(sampled, left), 1):
            name, i, size = job
            counts[name][0] += good
            counts[name][1] += size
            if kept is not None:
                with kept.open("a", encoding="utf-8") as file:
                    csv.writer(file).writerow([name, i, size, good])
            rest = (time.perf_counter() - start) * (len(left) / number - 1.0)
            print(f"\r{number}/{len(left)}, {rest / 60.0:.1f} min left", end="", file=sys.stderr)
    told = [beside(name, *counts[name]) for name in names]
    return "\n".join(line for line, _ in told), all(agrees for _, agrees in told)


def _lines(kept: Path | None) -> list[tuple[str, int, int, int]]:
    """Question, part, samples and how many are good, of all parts that have been sampled."""
    if kept is None or not kept.exists():
        return []
    with kept.open(newline="", encoding="utf-8") as file:
        return [(name, int(i), int(size), int(good)) for name, i, size, good in csv.reader(file)]


def beside(name: str, good: int, count: int) -> tuple[str, bool]:
    """A yield, and the share that fails by subset simulation, beside plain samples."""
    rare = QUESTIONS[name].rare
    found = bumpform.yield_of(scattered(name), samples=1024, rare=rare)
    share = good / count
    # The plain share scatters too, by three of its own standard deviations.
    unsure = 3.0 * math.sqrt(share * (1.0 - share) / count)
    low, high = found.good.interval
    agrees = low - unsure <= share <= high + unsure
    told = (
        f"{found.good.share:.4f} of {found.samples} samples ({low:.4f} to {high:.4f}), "
        f"{share:.5f} of {count} plain ones"
    )
    if found.rare is not None:
        low, high = found.rare.interval
        agrees = agrees and low - unsure <= 1.0 - share <= high + unsure
        told += (
            f"; fail: {found.rare.share:.5f} ({low:.5f} to {high:.5f}) by {found.rare.runs} cases "
            f"of a subset simulation, {1.0 - share:.5f} ± {unsure:.5f} of the plain ones"
        )
    return f"{'' if agrees else 'NOT SO: '}{name}: {told}", agrees
