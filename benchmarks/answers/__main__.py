"""Derivatives, margins, designs and yields, each by a second way that shares none of their code.

Run: python benchmarks/answers derivatives --cases 200 --seed 1 --jobs 2
     python benchmarks/answers margins --cases 40 --seed 1 --jobs 2
     python benchmarks/answers designs
     python benchmarks/answers yields --samples 100000 --jobs 2

The first two draw bundled cases with one to three of their numbers changed by up to half (as
`variations.py`), and of each case two of its inputs. A derivative is compared with differences of
eighth order at three steps of their own, a margin with plain bisection by `bumpform.run` and with
runs on the way to it. The third asks the questions that designers have, and counts cases; the last
draws plain random samples, which takes hours (`--only NAME` for some of the yields; with `--out`
the same command goes on where it was stopped). Each ends with 1 where the two ways differ by more
than they say.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from functools import partial
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core a process


def main() -> int:
    """Ask, and ask again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("derivatives", "margins", "designs", "yields"))
    parser.add_argument("--cases", type=int, default=200, metavar="N", help="random cases drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], help="a question of yields by name")
    parser.add_argument("--samples", type=int, default=100_000, help="plain ones, of each case")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, help="folder for what was told, as JSON")
    options = parser.parse_args()
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
    rows: list[dict] = []
    if options.what == "designs":
        from designs import designs

        text, good = designs()
    elif options.what == "yields":
        from yields import yields

        text, good = yields(options.samples, options.jobs, options.only, options.out)
    else:
        from drawn import told

        rows = run(options.what, options.seed, options.cases, options.jobs)
        text, good = told(rows, options.what)
    if options.out is not None:
        kept = json.dumps({"text": text, "rows": rows}, indent=1)
        (options.out / f"{options.what}.json").write_text(kept, "utf-8")
    print(text)
    return 0 if good else 1


def run(what: str, seed: int, cases: int, jobs: int) -> list[dict]:
    """Looks at random cases, and what is not as told as it comes."""
    from drawn import looked

    if what == "derivatives":
        from derivatives import look
    else:
        from margins import look
    rows = []
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for row in pool.imap_unordered(partial(looked, look, seed), range(cases)):
            rows.append(row)
            for line in row["outside"]:
                print(line, file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
