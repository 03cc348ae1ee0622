"""Yields beside plain random samples."""

from __future__ import annotations

import math
import multiprocessing
import sys
import time

import numpy as np
from margins import broken

import bumpform
from bumpform.answers.basis.inputs import inputs_of
from bumpform.case.case import Case
from bumpform.errors import BumpformError

#: Yields by plain samples: what is set before, and how inputs scatter. Each fails for a reason of
#: its own (requirements, neighbours, a state that ends, a juncture), in 5 to 70 % of its products.
SCATTER: dict[str, tuple[dict, dict]] = {
    "bga_ball": (
        {},
        {
            "deposit.SAC305.ball.diameter": {"std": "3 %"},
            "coat.resist.opening.radius": {"std": "3 %"},
        },
    ),
    "plated_column": (
        {"case.pitch": "89.5 um"},
        {
            "deposit.Sn63Pb37.column.height": {"std": "8 %"},
            "coat.polyimide.thickness": {"std": "8 %"},
        },
    ),
    "stacked_masks_one_reflow": (
        {"requirements": {"reflow.ball_height_m": {"min": "86 um"}}},
        {
            "deposit.0.fill.metal_fraction": {"std": "6 %", "low": 0.4, "high": 0.6},
            "coat.first mask.thickness": {"half_width": "15 %"},
        },
    ),
    "photoimaged_opening_no_barrier": (
        {},
        {
            "deposit.Pb95Sn5.volume": {"std": "6 %"},
            "coat.dielectric.opening.radius": {"std": "1 um", "low": "58 um", "high": "62 um"},
            "wetting.polyimide": {"half_width": "6 deg"},
        },
    ),
    "photoimaged_opening": (
        {},
        {"deposit.Pb95Sn5.volume": {"std": "1 %"}, "barrier.thickness": {"std": "4 %"}},
    ),
}


def scattered(name: str) -> Case:
    """The case with its tolerances."""
    before, tolerances = SCATTER[name]
    required = {key: before[key] for key in before if key == "requirements"}
    values = {key: value for key, value in before.items() if key not in required}
    data = bumpform.load_case(name).with_values(values).to_dict()
    return Case.from_dict({**data, **required, "tolerances": tolerances}, name)


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


def sampled(job: tuple[str, int, int]) -> tuple[str, int, int]:
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
    return name, good, count


def yields(samples: int, jobs: int) -> tuple[str, bool]:
    """Five yields beside those of plain samples."""
    chunks = 100
    work = [(name, chunk, samples // chunks) for name in SCATTER for chunk in range(chunks)]
    start = time.perf_counter()
    good, count = dict.fromkeys(SCATTER, 0), dict.fromkeys(SCATTER, 0)
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for done, (name, some, of) in enumerate(pool.imap_unordered(sampled, work), 1):
            good[name] += some
            count[name] += of
            rest = (time.perf_counter() - start) * (len(work) / done - 1.0)
            print(f"\r{done}/{len(work)}, {rest / 60.0:.1f} min left", end="", file=sys.stderr)
    lines, fine = [], True
    for name in SCATTER:
        found = bumpform.yield_of(scattered(name), samples=1024)
        low, high = found.good.interval
        share = good[name] / count[name]
        # The plain share scatters too, by three of its own standard deviations.
        unsure = 3.0 * math.sqrt(share * (1.0 - share) / count[name])
        agrees = low - unsure <= share <= high + unsure
        fine = fine and agrees
        lines.append(
            f"{'' if agrees else 'NOT SO: '}{name}: {found.good.share:.4f} of {found.samples} "
            f"samples ({low:.4f} to {high:.4f}), {share:.5f} of {count[name]} plain ones"
        )
    return "\n".join(lines), fine
