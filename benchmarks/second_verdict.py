"""The verdict judged a second time on random cases that are made to break each condition.

Run: python benchmarks/second_verdict.py --cases 2000 --seed 1 --jobs 2 --out DIR, or --case I for
one of them. Writes DIR/second_verdict.md and .json: by condition how often both judges said what,
how often a case was too near to a limit to be compared, and every difference. Ends with 1 when
there is one.

stands-upright is judged by the three-dimensional energy of displaced surfaces (second_judge/
upright.py in tests/), on a sample (--sample SHARE) and wherever the product says that it leans.
"""

from __future__ import annotations

import argparse
import collections
import json
import multiprocessing
import os
import random
import sys
import time
import traceback
import warnings
from functools import partial
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core a process
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))


def main() -> int:
    """Run the comparison, or one case of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=2000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--case", type=int, metavar="I", help="this one alone, and print it")
    parser.add_argument("--sample", type=float, default=0.05, metavar="SHARE",
                        help="of the cases, whose stages are displaced off the axis")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("runs/second_verdict"))
    options = parser.parse_args()
    if options.case is not None:
        return one(options.seed, options.case)
    start = time.perf_counter()
    rows = run(options.seed, options.cases, options.jobs, options.sample)
    text = report(rows, options.seed, time.perf_counter() - start)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "second_verdict.md").write_text(text, "utf-8")
    (options.out / "second_verdict.json").write_text(json.dumps(rows, indent=1), "utf-8")
    print(text)
    return 1 if any(r["differences"] or r["outcome"] == "traceback" for r in rows) else 0


def judge(seed: int, number: int, sample: float) -> dict:
    """A random case, judged twice."""
    import bumpform
    from bumpform.errors import CaseError
    from second_judge import breakers
    from second_judge.compare import compare
    from second_judge.upright import upright

    drawn = breakers.draw(seed, number)
    row = {"number": number, "base": drawn.base, "condition": drawn.condition, "aim": drawn.aim}
    row |= {"outcome": "judged", "detail": "", "compared": [], "near": [], "differences": []}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            done = bumpform.run(drawn.case())
        if done.refused:
            row["outcome"] = f"refused: {done.refused.reason}"
        found = compare(done)
        row["compared"] = [list(pair) for pair in found.compared]
        row["near"] = list(found.near)
        row["differences"] = [[d.condition, str(d)] for d in found.differences]
        leans = any(c.id == "stands-upright" and c.holds is False
                    for c in done.conditions)  # fmt: skip
        if leans or random.Random(f"upright {seed} {number}").random() < sample:
            agreed, differ = upright(done)
            row["compared"] += agreed
            row["differences"] += differ
    except CaseError as error:
        row |= {"outcome": "input", "detail": str(error.problems[0])}
    except Exception:
        row |= {"outcome": "traceback", "detail": traceback.format_exc()[-1500:]}
    return row


def run(seed: int, cases: int, jobs: int, sample: float) -> list[dict]:
    """Rows of all cases, in order; a line of progress on the error stream."""
    rows, start, shown = [], time.perf_counter(), 0.0
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for row in pool.imap(partial(judge, seed, sample=sample), range(cases), chunksize=5):
            rows.append(row)
            now = time.perf_counter()
            if now - shown > 5.0 or len(rows) == cases:
                shown, rate = now, len(rows) / (now - start)
                bad = sum(bool(r["differences"]) or r["outcome"] == "traceback" for r in rows)
                print(f"\r{len(rows)}/{cases}  {rate:.1f} cases/s  {bad} differ", end="",
                      file=sys.stderr, flush=True)  # fmt: skip
    print(file=sys.stderr)
    return rows


def report(rows: list[dict], seed: int, seconds: float) -> str:
    """The tables, as Markdown."""
    outcomes = collections.Counter(r["outcome"] for r in rows)
    by = collections.defaultdict(collections.Counter)
    for row in rows:
        for name, verdict in row["compared"]:
            by[name][verdict] += 1
        for name in row["near"]:
            by[name]["near"] += 1
        for name, _ in row["differences"]:
            by[name]["differ"] += 1
    columns = ("holds", "fails", "not judged", "near", "differ")
    lines = [
        "# Second verdict",
        "",
        f"{len(rows)} cases, seed {seed}, {seconds:.0f} s: "
        + ", ".join(f"{n} {o}" for o, n in outcomes.most_common()),
        "",
        "| condition | both hold | both fail | both not judged | too near | differ |",
        "| --- | --- | --- | --- | --- | --- |",
        *(f"| {name} | {' | '.join(str(by[name][c]) for c in columns)} |" for name in sorted(by)),
        "",
        f"Differences: {sum(c['differ'] for c in by.values())}",
        "",
    ]
    for row in rows:
        for _, text in row["differences"]:
            lines.append(f"- {row['number']} {row['base']} ({row['condition']}): {text}")
        if row["outcome"] == "traceback":
            lines.append(f"- {row['number']} {row['base']}: traceback\n\n```\n{row['detail']}\n```")
    return "\n".join(lines) + "\n"


def one(seed: int, number: int) -> int:
    """Print a case's file, and what both judges say of it."""
    from bumpform.case.file import case_to_toml
    from bumpform.errors import CaseError
    from second_judge import breakers

    try:
        print(case_to_toml(breakers.draw(seed, number).case()))
    except CaseError as error:
        print(error)
    row = judge(seed, number, sample=1.0)
    print(json.dumps(row, indent=1))
    return 1 if row["differences"] or row["outcome"] == "traceback" else 0


if __name__ == "__main__":
    sys.exit(main())
