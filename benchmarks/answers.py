"""Derivatives, margins, designs and yields, each by a second way that shares none of their code.

Run: python benchmarks/answers.py derivatives --cases 200 --seed 1 --jobs 2
     python benchmarks/answers.py margins --cases 40 --seed 1 --jobs 2
     python benchmarks/answers.py designs
     python benchmarks/answers.py yields --samples 100000 --jobs 2

The first two draw bundled cases with one to three of their numbers changed by up to half (as
`variations.py`), and of each case two of its inputs. A derivative is compared with differences of
eighth order at three steps of their own, a margin with plain bisection by `bumpform.run` and with
runs on the way to it. The third asks the questions that designers have, and counts cases; the last
draws plain random samples. Each ends with 1 where the two ways differ by more than they say.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import random
import sys
import time
import traceback
from functools import partial
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core a process

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np  # noqa: E402
from variations import draw  # noqa: E402

import bumpform  # noqa: E402
from bumpform.answers.basis.inputs import inputs_of  # noqa: E402
from bumpform.case.case import Case  # noqa: E402
from bumpform.errors import BumpformError  # noqa: E402

#: Weights of f(x ± k h), k = 1 ... 4: a central difference of eighth order.
EIGHTH = (4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0)
#: Relative steps of the second derivative: small ones are noisy, large ones leave their branch.
STEPS = (2e-2, 6e-3, 1.5e-3)
#: What is asked of a derivative, relative to itself or, of a weak one, to metric / input.
ASKED, WEAK = 1e-8, 1e-10
#: Yields by plain samples: what is set before, and how inputs scatter. Each fails for a reason of
#: its own (a requirement, a coverage, a terminus and a juncture, a state that ends).
SCATTER: dict[str, tuple[dict, dict]] = {
    "bga_ball": (
        {},
        {
            "deposit.SAC305.ball.diameter": {"std": "3 %"},
            "coat.resist.opening.radius": {"std": "3 %"},
        },
    ),
    "plated_column": (
        {"case.pitch": "150 um"},
        {
            "deposit.Sn63Pb37.column.height": {"std": "8 %"},
            "coat.polyimide.thickness": {"std": "8 %"},
        },
    ),
    "stacked_masks_one_reflow": (
        {"case.pitch": "170 um"},
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
        {"deposit.Pb95Sn5.volume": {"std": "3 %"}, "barrier.thickness": {"std": "10 %"}},
    ),
}


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


def drawn(seed: int, number: int) -> tuple[Case, list] | None:
    """A random case that is solved to its end, and two of its inputs."""
    try:
        case = Case.from_dict(draw(seed, number)[1])
    except BumpformError:
        return None
    if solved(case) is None:
        return None
    inputs = [item for item in inputs_of(case) if item.value]
    return case, random.Random(f"inputs {seed} {number}").sample(inputs, 2)


# --- derivatives ---------------------------------------------------------------------------------
def of_eighth_order(case: Case, item, names: list[str]) -> list[tuple[float, float]]:
    """Of each metric the derivative by differences of eighth order, and how sure it is."""
    rows = []
    for relative in STEPS:
        step = relative * item.size
        total = np.zeros(len(names))
        for k, weight in enumerate(EIGHTH, 1):
            for sign in (1.0, -1.0):
                value = item.value + sign * k * step
                found = (
                    solved(case.with_values({item.place: value})) if item.allows(value) else None
                )
                if found is None:
                    total[:] = np.nan
                else:
                    total += sign * weight * np.array([found.get(n, np.nan) for n in names])
        rows.append(total / step)
    pairs = []
    for column in np.array(rows).T:
        best, apart = math.nan, math.inf
        for a, b in ((0, 1), (1, 2)):
            if abs(column[a] - column[b]) < apart:
                best, apart = column[a if a else b], abs(column[a] - column[b])
        pairs.append((float(best), float(apart)))
    return pairs


def derivatives_of(seed: int, number: int) -> dict:
    """Every derivative of one random case by two of its inputs, both ways."""
    row = {"number": number, "compared": 0, "kinks": 0, "errors": [], "outside": []}
    try:
        found = drawn(seed, number)
        if found is None:
            return row | {"skipped": True}
        case, items = found
        told = bumpform.sensitivity(case, paths=[item.path for item in items])
        for item in items:
            names = list(told.metrics)
            second = of_eighth_order(case, item, names)
            for name, (value, apart) in zip(names, second, strict=True):
                metric = told.metrics[name]
                slope = metric.by[item.path]
                if slope.kink or slope.value is None:
                    row["kinks"] += 1
                    continue
                floor = WEAK * abs(metric.value) / item.size
                unsure = max(ASKED * abs(value), floor)
                if not apart <= 0.3 * unsure:  # the second way does not know it well enough
                    continue
                row["compared"] += 1
                error = abs(slope.value - value)
                row["errors"].append(ASKED * error / unsure if error else 0.0)
                if error > unsure:
                    row["outside"].append(
                        f"{number} {case.name}: d {name} / d {item.path}: {slope.value!r} "
                        f"+- {slope.error:.1e}, second way {value!r} +- {apart:.1e}"
                    )
    except Exception:
        row["outside"].append(f"{number}: {traceback.format_exc()[-800:]}")
    return row


def derivatives(rows: list[dict]) -> tuple[str, bool]:
    """What came of it."""
    errors = np.array([e for row in rows for e in row["errors"]])
    outside = [line for row in rows for line in row["outside"]]
    cases = sum(not row.get("skipped") for row in rows)
    text = (
        f"{cases} cases, {len(errors)} derivatives compared, "
        f"{sum(row['kinks'] for row in rows)} at kinks left out; relative difference: median "
        f"{np.median(errors):.1e}, 99 % {np.quantile(errors, 0.99):.1e}, largest "
        f"{errors.max():.1e}; beyond {ASKED:g}: {len(outside)}"
    )
    return "\n".join([text, *outside]), not outside


# --- margins -------------------------------------------------------------------------------------
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


def margins_of(seed: int, number: int) -> dict:
    """Both margins of two inputs of one random case, by bisection and by runs on the way."""
    row = {"number": number, "compared": 0, "errors": [], "outside": []}
    try:
        found = drawn(seed, number)
        if found is None:
            return row | {"skipped": True}
        case, items = found
        base = broken(case)
        told = bumpform.margins(case, paths=[item.path for item in items])
        for margin in told.inputs:
            item = margin.input

            def new(value: float, item=item) -> set[str]:
                try:
                    counts = broken(case.with_values({item.place: value}))
                except BumpformError:  # no such case
                    counts = {"refused": 1}
                return {name for name, n in counts.items() if n > base.get(name, 0)}

            for limit in (margin.low, margin.high):
                if limit is None:
                    continue
                name = limit.breaks.split(":")[0]
                sign = math.copysign(1.0, limit.value - item.value)
                room = max(1e-6 * abs(limit.value), 1e-12 * item.size)
                good, bad = limit.value - sign * room, limit.value + sign * room
                what = f"{number} {case.name}: {item.path} = {limit.value!r} ({limit.breaks})"
                if not item.allows(bad) or not item.allows(good):
                    continue
                row["compared"] += 1
                if new(good):
                    row["outside"].append(f"{what}: {new(good)} breaks before")
                    continue
                if name not in new(bad):
                    row["outside"].append(f"{what}: {new(bad) or 'nothing'} breaks beyond")
                    continue
                while abs(bad - good) > 1e-10 * abs(limit.value):
                    middle = 0.5 * (good + bad)
                    if middle in (good, bad):
                        break
                    good, bad = (good, middle) if new(middle) else (middle, bad)
                error = abs(0.5 * (good + bad) - limit.value) / max(
                    abs(limit.value), 1e-3 * item.size
                )
                row["errors"].append(error)
                if error > 1.1e-9:
                    row["outside"].append(f"{what}: by bisection {bad!r}")
                for share in np.linspace(0.1, 0.9, 5):
                    between = item.value + share * (limit.value - item.value)
                    if new(between):
                        row["outside"].append(f"{what}: {new(between)} already at {between!r}")
    except Exception:
        row["outside"].append(f"{number}: {traceback.format_exc()[-800:]}")
    return row


def margins(rows: list[dict]) -> tuple[str, bool]:
    """What came of it."""
    errors = np.array([e for row in rows for e in row["errors"]])
    outside = [line for row in rows for line in row["outside"]]
    text = (
        f"{sum(not row.get('skipped') for row in rows)} cases, "
        f"{sum(row['compared'] for row in rows)} margins compared with bisection: median "
        f"{np.median(errors):.1e}, largest {errors.max():.1e}; not as told: {len(outside)}"
    )
    return "\n".join([text, *outside]), not outside


# --- designs -------------------------------------------------------------------------------------
#: What is asked, of which case with what set before, and by which inputs.
DESIGNS: list[tuple[str, str, dict, dict, list[str]]] = [
    (
        "first volume for a terminus fraction of 0.2",
        "photoimaged_opening",
        {},
        {"first reflow.terminus_fraction": 0.2},
        ["deposit.Pb95Sn5.volume"],
    ),
    (
        "the same from 0.47 nl, where there is no terminus",
        "photoimaged_opening",
        {"deposit.Pb95Sn5.volume": "0.47 nl"},
        {"first reflow.terminus_fraction": 0.2},
        ["deposit.Pb95Sn5.volume"],
    ),
    (
        "barrier thickness for a flush juncture",
        "photoimaged_opening",
        {},
        {"barrier.juncture_offset_m": "0 um"},
        ["barrier.thickness"],
    ),
    (
        "both at once",
        "photoimaged_opening",
        {},
        {"first reflow.terminus_fraction": 0.2, "barrier.juncture_offset_m": "0 um"},
        ["deposit.Pb95Sn5.volume", "barrier.thickness"],
    ),
    (
        "polyimide for a ball's height",
        "plated_column",
        {},
        {"reflow.ball_height_m": "85 um"},
        ["coat.polyimide.thickness"],
    ),
    (
        "ball and opening for a drawing's height and width",
        "bga_ball",
        {},
        {"ball attach.ball_height_m": "0.62 mm", "ball attach.ball_diameter_m": "0.76 mm"},
        ["deposit.SAC305.ball.diameter", "coat.resist.opening.radius"],
    ),
    (
        "core for a standoff",
        "core_and_cap",
        {},
        {"mounting.standoff_m": "260 um"},
        ["deposit.Pb95Sn5.volume"],
    ),
    (
        "cap volume for full coverage",
        "core_and_cap",
        {"deposit.Sn63Pb37.volume": "4 nl"},
        {"cap reflow.coverage": 1.0},
        ["deposit.Sn63Pb37.volume"],
    ),
]
MOST_RUNS = 10
#: What a miss of a target of 0 is relative to: a thickness, m.
ZERO = 3e-6


def designs() -> tuple[str, bool]:
    """Every question: cases solved, and how near a run of the designed case is."""
    lines, good = [], True
    for question, name, before, targets, vary in DESIGNS:
        found = bumpform.design(bumpform.load_case(name).with_values(before), targets, vary)
        there = solved(found.case) or {}
        misses = [
            abs(there.get(metric, math.nan) - wanted) / (abs(wanted) or ZERO)
            for metric, wanted in found.targets.items()
        ]
        fine = max(misses) <= 1e-9 and found.runs <= MOST_RUNS
        good = good and fine
        values = ", ".join(f"{path} = {value:.10g}" for path, value in found.varied.items())
        lines.append(
            f"{'' if fine else 'NOT SO: '}{question}: {found.runs} cases, off by "
            f"{max(misses):.1e}, {values}{'; ' + found.why if found.why else ''}"
        )
    return "\n".join(lines), good


# --- yields --------------------------------------------------------------------------------------
def scattered(name: str) -> Case:
    """The case with its tolerances."""
    before, tolerances = SCATTER[name]
    data = bumpform.load_case(name).with_values(before).to_dict()
    return Case.from_dict({**data, "tolerances": tolerances}, name)


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


def main() -> int:
    """Ask, and ask again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("derivatives", "margins", "designs", "yields"))
    parser.add_argument("--cases", type=int, default=200, metavar="N", help="random cases drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=100_000, help="plain ones, of each case")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, help="folder for what was told, as JSON")
    options = parser.parse_args()
    rows: list[dict] = []
    if options.what == "designs":
        text, good = designs()
    elif options.what == "yields":
        text, good = yields(options.samples, options.jobs)
    else:
        one, all_of = {
            "derivatives": (derivatives_of, derivatives),
            "margins": (margins_of, margins),
        }[options.what]
        with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
            work = pool.imap_unordered(partial(one, options.seed), range(options.cases))
            for row in work:
                rows.append(row)
                for line in row["outside"]:
                    print(line, flush=True)
        text, good = all_of(rows)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        told = json.dumps({"text": text, "rows": rows}, indent=1)
        (options.out / f"{options.what}.json").write_text(told, "utf-8")
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
