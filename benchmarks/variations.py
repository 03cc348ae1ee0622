"""The bundled cases with one to three of their numbers changed by up to half.

Run: python benchmarks/variations.py --cases 500 --seed 1 --out DIR, or --case I for one of them.
Writes DIR/variations.md and .json: what became of the cases, by reason, and every refusal, stop
and wrong input with its reason in one line. What the second method of the campaign says of a
refusal stands beside it. Ends with 1 when a case had a traceback.
"""

from __future__ import annotations

import argparse
import collections
import json
import math
import multiprocessing
import os
import random
import re
import sys
import time
import tomllib
import traceback
import warnings
from functools import partial
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core a process

sys.path.insert(0, str(Path(__file__).parent / "campaign"))
FOLDER = Path(__file__).parent.parent / "cases"
BUNDLED = sorted(path.stem for path in FOLDER.glob("*.toml"))
#: What is varied, and between which numbers of its unit it stays.
FREE = ("radius", "thickness", "volume", "diameter", "height", "by", "to", "pitch", "load")
LIMITS = {
    **dict.fromkeys(FREE, (0.0, math.inf)),
    "sidewall": (60.0, 120.0),  # deg
    "transfer": (0.0, 1.0),
    "metal_fraction": (0.0, 1.0),
    "wetting": (1.0, 179.0),  # deg
}
FACTORS = (0.5, 1.5)
SLOW = 2.0  # s
OUTCOMES = ("solved", "refused", "stopped", "input", "traceback")


def main() -> int:
    """Run the variations, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=500, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--case", type=int, metavar="I", help="this one alone, and print it")
    parser.add_argument("--out", type=Path, default=Path("runs/variations"))
    options = parser.parse_args()
    if options.case is not None:
        return one(options.seed, options.case)
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        rows = pool.map(partial(outcome, options.seed), range(options.cases), chunksize=5)
    text = report(rows, options.seed, time.perf_counter() - start)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "variations.md").write_text(text, "utf-8")
    (options.out / "variations.json").write_text(json.dumps(rows, indent=1), "utf-8")
    print(text)
    return 1 if any(row["outcome"] == "traceback" for row in rows) else 0


def draw(seed: int, number: int) -> tuple[str, dict, dict[str, str]]:
    """Name of a bundled case, its content with some numbers changed, and what they are now."""
    rng = random.Random(f"variations {seed} {number}")
    name = BUNDLED[number % len(BUNDLED)]
    content = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    for step in content["step"]:
        if "opening" in step:
            step["opening"].setdefault("sidewall", "90 deg")
    inputs = list(_inputs(content, "", (-math.inf, math.inf)))
    changed = {}
    for where, holder, key, (low, high) in rng.sample(inputs, rng.randint(1, 3)):
        number_text, _, unit = str(holder[key]).partition(" ")
        value = float(number_text)
        low = max(low, FACTORS[0] * value)
        high = min(high, FACTORS[1] * value)
        value = math.exp(rng.uniform(math.log(low), math.log(high)))
        holder[key] = f"{value:.6g} {unit}" if unit else float(f"{value:.6g}")
        changed[where] = str(holder[key])
    return name, content, changed


def _inputs(content, path, limits, key="", holder=None):
    """Every number that is varied: its path, its table, its key and its limits."""
    if isinstance(content, dict):
        for inner, value in content.items():
            if inner in ("conditions", "environment"):
                continue
            within = LIMITS.get("wetting") if key == "wetting" else LIMITS.get(inner)
            yield from _inputs(value, f"{path}.{inner}".lstrip("."), within, inner, content)
    elif isinstance(content, list):
        least = -math.inf  # peaks stay above the liquidus of what they melt
        for index, step in enumerate(content):
            if "solder" in step:
                least = max(least, _liquidus(step["solder"]))
            yield from _inputs(step, f"{path}.{index}", None)
            if "peak" in step:
                melts = [_liquidus(s["solder"]) for s in content[:index] if "solder" in s]
                peak = float(step["peak"].split()[0])
                above = max(t for t in melts if t < peak) + 1.0
                yield f"{path}.{index}.peak", step, "peak", (above, math.inf)
    elif limits is not None and holder is not None:
        yield path, holder, key, limits


def _liquidus(solder: str | dict[str, Any]) -> float:
    """Liquidus of a solder of the library, °C; a package's solder says its amount, too."""
    from bumpform.materials.materials import Materials

    if isinstance(solder, dict):
        solder = solder["solder"]
    return Materials({}, {}).get(solder).liquidus.at(0.0) - 273.15


def outcome(seed: int, number: int) -> dict:
    """What became of one variation."""
    from record import run_recorded
    from refusals import confirm

    from bumpform.case.case import Case
    from bumpform.errors import CaseError

    name, content, changed = draw(seed, number)
    row = {"number": number, "case": name, "changed": changed, "outcome": "solved"}
    row |= {"where": "", "reason": "", "detail": "", "second": ""}
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            case = Case.from_dict(content)
            recorded = run_recorded(case)
        seconds, done = time.perf_counter() - start, recorded.done
        if done.refused:
            row |= {"outcome": "refused", "where": done.stages[-1].name}
            row |= {"reason": done.refused.reason, "detail": done.refused.detail}
            row["second"] = ": ".join(confirm(case, recorded.moments[-1], {}))
        elif done.stopped:
            row |= {"outcome": "stopped", **_told(done.stopped.problems[0]._asdict())}
    except CaseError as error:
        seconds = time.perf_counter() - start
        row |= {"outcome": "input", **_told(error.problems[0]._asdict())}
    except Exception:
        seconds = time.perf_counter() - start
        row |= {"outcome": "traceback", "reason": "traceback"}
        row |= {"detail": traceback.format_exc()[-1500:]}
    return row | {"seconds": seconds}


def _told(problem: dict) -> dict:
    """Place, kind and words of a problem; the kind is its words without what varies."""
    kind = re.sub(r"[-+]?\d[\d.]*(e[-+]?\d+)?", "…", problem["message"].split(":")[0])
    return {"where": problem["path"], "reason": kind, "detail": problem["message"]}


def report(rows: list[dict], seed: int, seconds: float) -> str:
    """Counts by outcome, case and reason, and every one that did not end, as Markdown."""
    told = [row for row in rows if row["outcome"] != "solved"]
    slow = [row for row in rows if row["seconds"] > SLOW]
    by_case = collections.defaultdict(collections.Counter)
    for row in rows:
        by_case[row["case"]][row["outcome"]] += 1
    reasons = collections.defaultdict(collections.Counter)
    for row in told:
        reasons[row["outcome"], row["reason"]][row["second"].split(":")[0]] += 1
    lines = [
        "# Variations of the bundled cases",
        "",
        f"{len(rows)} cases, seed {seed}, {seconds:.0f} s: {len(rows) - len(told)} solved to the "
        f"end, {len(told)} not, {len(slow)} slower than {SLOW:g} s.",
        "",
        f"| case | {' | '.join(OUTCOMES)} |",
        f"| --- |{' --- |' * len(OUTCOMES)}",
        *(
            f"| {case} | {' | '.join(str(by_case[case][o]) for o in OUTCOMES)} |"
            for case in sorted(by_case)
        ),
        "",
        "| outcome | reason | cases | by a second method |",
        "| --- | --- | --- | --- |",
        *(
            f"| {o} | {reason} | {second.total()} | "
            f"{', '.join(f'{n} {word}' for word, n in second.items() if word)} |"
            for (o, reason), second in sorted(reasons.items(), key=lambda item: -item[1].total())
        ),
        "",
    ]
    for row in told + [row for row in slow if row not in told]:
        changed = ", ".join(f"{where} = {value}" for where, value in row["changed"].items())
        what = f"{row['outcome']}, {row['where']}: {row['reason']}: {row['detail']}"
        if row["second"]:
            what += f" ({row['second']})"
        if row["outcome"] == "solved":
            what = f"{row['seconds']:.1f} s"
        lines.append(f"- {row['number']} {row['case']} ({changed}): {what}")
    return "\n".join(lines) + "\n"


def one(seed: int, number: int) -> int:
    """Print a variation's file, and what became of it."""
    from bumpform.case.case import Case
    from bumpform.case.file import case_to_toml
    from bumpform.errors import CaseError

    try:
        print(case_to_toml(Case.from_dict(draw(seed, number)[1])))
    except CaseError as error:
        print(error)
    row = outcome(seed, number)
    print(json.dumps(row, indent=1))
    return 1 if row["outcome"] == "traceback" else 0


if __name__ == "__main__":
    sys.exit(main())
