"""Random cases over all bundled routes, each judged by independent checks.

Run: python benchmarks/campaign --cases 10000 --seed 1 --jobs 2 --out DIR, or --case I for one of
them; with --processes, random steps in any order instead of random numbers on given routes.
Writes DIR/campaign.md, campaign.json, campaign.csv and pictures (of processes none). Ends with 1
when a case had a traceback or a wrong number, or a process any fault, else with 0.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core a process


def main() -> int:
    """Run the campaign, or one case of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", action="store_true", help="random steps, not only numbers")
    parser.add_argument("--cases", type=int, default=500, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="I", help="number of the first")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--case", type=int, metavar="I", help="run this one again and print it")
    parser.add_argument("--sample", type=float, metavar="SHARE",
                        help="of the solved cases, whose choice is walked to again (0.03); of the "
                             "processes, that are written otherwise (0.1)")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("runs/campaign"))
    options = parser.parse_args()
    if options.processes:
        from trial import trial as judge

        share = {"share": 0.1 if options.sample is None else options.sample}
    else:
        from judge import judge

        share = {"sample": 0.03 if options.sample is None else options.sample}
    if options.case is not None:
        return one(options.seed, options.case, options.processes)
    start = time.perf_counter()
    numbers = range(options.first, options.first + options.cases)
    rows = run(partial(judge, options.seed, **share), numbers, options.jobs)
    seconds = time.perf_counter() - start
    if options.processes:
        from tables import write
    else:
        from report import write

    write(rows, options.out, seed=options.seed, jobs=options.jobs, seconds=seconds)
    print((options.out / "campaign.md").read_text("utf-8"))
    return 1 if any(map(_words, rows)) else 0


def _words(row: dict) -> str:
    """What is wrong with a row; empty if nothing is."""
    if row["outcome"] == "traceback":
        return row["detail"].strip().splitlines()[-1]
    return "; ".join(row["failures"]) if "failures" in row else "; ".join(map(str, row["faults"]))


def run(work: Callable[[int], dict], numbers: range, jobs: int) -> list[dict]:
    """Rows of all cases, in order; a line of progress on the error stream."""
    cases = len(numbers)
    rows, wrong, start, shown = [], 0, time.perf_counter(), 0.0
    pool = multiprocessing.get_context("spawn").Pool(jobs)
    for row in pool.imap(work, numbers, chunksize=5):
        rows.append(row)
        words = _words(row)
        if words:
            wrong += 1
            name = row.get("route", "process")
            print(f"\ncase {row['number']}, {name}: {words[:300]}", file=sys.stderr)
        now = time.perf_counter()
        if now - shown > 5.0 or len(rows) == cases:
            shown = now
            rate = len(rows) / (now - start)
            left = (cases - len(rows)) / rate / 60.0
            print(f"\r{len(rows)}/{cases}  {rate:.1f} cases/s  {left:.1f} min left  {wrong} wrong",
                  end="", file=sys.stderr, flush=True)  # fmt: skip
    pool.close()
    pool.join()
    print(file=sys.stderr)
    return rows


def one(seed: int, number: int, process: bool) -> int:
    """Print a case's file, and what the checks say of it."""
    from bumpform.case.toml import case_to_toml
    from bumpform.errors import CaseError

    if process:
        from processes import draw
        from trial import trial

        row = trial(seed, number, share=1.0, deep=1.0, refusals=1.0)
    else:
        from draws import draw
        from judge import judge

        row = judge(seed, number, sample=1.0)
    try:
        print(case_to_toml(draw(seed, number).case()))
    except CaseError as error:
        print(error)
    print(json.dumps(row, indent=1))
    return 1 if _words(row) else 0


if __name__ == "__main__":
    sys.exit(main())
