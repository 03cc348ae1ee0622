"""Random cases over all bundled routes, each judged by independent checks.

Run: python benchmarks/campaign --cases 10000 --seed 1 --jobs 2 --out DIR, or --case I for one of
them. Writes DIR/campaign.md, campaign.json, campaign.csv and pictures. Ends with 1 when a case
had a traceback or a wrong number, else with 0.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from functools import partial
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core a process


def main() -> int:
    """Run the campaign, or one case of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=500, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--case", type=int, metavar="I", help="run this one again and print it")
    parser.add_argument("--sample", type=float, default=0.03, metavar="SHARE",
                        help="of the solved cases, whose choice is walked to again")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("runs/campaign"))
    options = parser.parse_args()
    if options.case is not None:
        return one(options.seed, options.case)
    start = time.perf_counter()
    rows = run(options.seed, options.cases, options.jobs, options.sample)
    seconds = time.perf_counter() - start
    from report import write

    write(rows, options.out, seed=options.seed, jobs=options.jobs, seconds=seconds)
    print((options.out / "campaign.md").read_text("utf-8"))
    wrong = [r for r in rows if r["outcome"] == "traceback" or r["failures"]]
    return 1 if wrong else 0


def run(seed: int, cases: int, jobs: int, sample: float) -> list[dict]:
    """Rows of all cases, in order; a line of progress on the error stream."""
    from judge import judge

    rows, start, shown = [], time.perf_counter(), 0.0
    pool = multiprocessing.get_context("spawn").Pool(jobs)
    work = partial(judge, seed, sample=sample)
    for row in pool.imap(work, range(cases), chunksize=5):
        rows.append(row)
        if row["outcome"] == "traceback" or row["failures"]:
            words = "; ".join(row["failures"]) or row["detail"].strip().splitlines()[-1]
            print(f"\ncase {row['number']}, {row['route']}: {words[:300]}", file=sys.stderr)
        now = time.perf_counter()
        if now - shown > 5.0 or len(rows) == cases:
            shown = now
            rate = len(rows) / (now - start)
            bad = sum(r["outcome"] == "traceback" or bool(r["failures"]) for r in rows)
            left = (cases - len(rows)) / rate / 60.0
            print(f"\r{len(rows)}/{cases}  {rate:.1f} cases/s  {left:.1f} min left  {bad} wrong",
                  end="", file=sys.stderr, flush=True)  # fmt: skip
    pool.close()
    pool.join()
    print(file=sys.stderr)
    return rows


def one(seed: int, number: int) -> int:
    """Print a case's file, and what the checks say of it."""
    from draws import draw
    from judge import judge

    from bumpform.case.file import case_to_toml
    from bumpform.errors import CaseError

    try:
        print(case_to_toml(draw(seed, number).case()))
    except CaseError as error:
        print(error)
    row = judge(seed, number, sample=1.0)
    print(json.dumps(row, indent=1))
    return 1 if row["outcome"] == "traceback" or row["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
