"""Where melts end in time, beside the equilibria: variations of the bundled cases, every stage.

Run: python benchmarks/melting.py --cases 200 --seed 1 --out DIR, or --case I for one of them.
Writes DIR/melting.md and .json: a table of differences (the largest of all lengths, relative to
the cube root of the volume), steps and processor times, and every stage that ends elsewhere or was
not followed to its end, with what was seen. Ends with 1 when a melt had a traceback.
"""

from __future__ import annotations

import argparse
import collections
import json
import multiprocessing
import os
import statistics
import sys
import time
import traceback
from functools import partial
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core a process

#: Difference up to which a melt has ended where the equilibrium is.
SAME = 1e-3


def main() -> int:
    """Melt the variations, or those of one case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--case", type=int, metavar="I", help="this one alone, and print it")
    parser.add_argument("--out", type=Path, default=Path("runs/melting"))
    options = parser.parse_args()
    if options.case is not None:
        print(json.dumps(outcomes(options.seed, options.case), indent=1))
        return 0
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        found = pool.imap(partial(outcomes, options.seed), range(options.cases))
        rows = []
        for part in found:
            rows += part
            for row in part:
                told = (row["number"], row["case"], row["stage"], row["outcome"], row["difference"])
                print(*told, row["why"], file=sys.stderr, flush=True)
    text = report(rows, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "melting.md").write_text(text, "utf-8")
    (options.out / "melting.json").write_text(json.dumps(rows, indent=1), "utf-8")
    print(text)
    return 1 if any(row["outcome"] == "traceback" for row in rows) else 0


def outcomes(seed: int, number: int) -> list[dict]:
    """What became of every stage of one variation that has an equilibrium."""
    from variations import draw

    from bumpform.case.case import Case
    from bumpform.errors import CaseError
    from bumpform.melting.melt import follow
    from bumpform.melting.start import stages_of
    from bumpform.runner import run

    name, content, changed = draw(seed, number)
    try:
        done = run(Case.from_dict(content))
    except CaseError:
        return []
    rows = []
    for stage, moment in stages_of(done).items():
        if moment.state.stage.refusal is not None:
            continue
        start = time.process_time()
        row = {"number": number, "case": name, "stage": stage, "changed": changed}
        row |= {"outcome": "", "difference": None, "steps": 0, "why": ""}
        try:
            melted = follow(done, stage)
            length = melted.start.drop.length
            off = [abs(v) / length for k, v in melted.end.differences.items() if k.endswith("_m")]
            row |= {"outcome": melted.settles_at, "steps": len(melted.frames) - 1}
            row |= {"difference": max(off, default=None), "why": melted.end.why}
            if melted.stopped:
                row["outcome"] = "stopped"
        except CaseError as error:
            row |= {"outcome": "not followed", "why": error.problems[0].message}
        except Exception:
            row |= {"outcome": "traceback", "why": traceback.format_exc()[-1500:]}
        rows.append(row | {"seconds": time.process_time() - start})
    return rows


def report(rows: list[dict], seed: int) -> str:
    """Counts, differences and times by stage, and every melt that ended elsewhere, as Markdown."""
    by_stage = collections.defaultdict(list)
    for row in rows:
        by_stage[row["case"], row["stage"]].append(row)
    same = [r for r in rows if r["outcome"] == "equilibrium" and r["difference"] < SAME]
    others = [r for r in rows if r not in same]
    median = statistics.median([r["difference"] for r in same]) if same else float("nan")
    seconds = [r["seconds"] for r in rows]
    lines = [
        "# Melts in time beside the equilibria",
        "",
        f"{len(rows)} stages, seed {seed}: {len(same)} end within {SAME:g} of the equilibrium "
        f"(median {median:.1e}), {len(others)} do not. Processor time: median "
        f"{statistics.median(seconds):.2f} s, largest {max(seconds):.2f} s.",
        "",
        "| case | stage | melts | within | median | largest | steps | s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for (case, stage), some in sorted(by_stage.items()):
        off = [r["difference"] for r in some if r in same]
        lines.append(
            f"| {case} | {stage} | {len(some)} | {len(off)} | "
            f"{statistics.median(off) if off else float('nan'):.1e} | "
            f"{max(off, default=float('nan')):.1e} | "
            f"{statistics.median(r['steps'] for r in some):.0f} | "
            f"{statistics.median(r['seconds'] for r in some):.2f} |"
        )
    lines.append("")
    for row in others:
        changed = ", ".join(f"{where} = {value}" for where, value in row["changed"].items())
        off = "" if row["difference"] is None else f" off by {row['difference']:.1e},"
        lines.append(
            f"- {row['number']} {row['case']}, {row['stage']} ({changed}): {row['outcome']},{off} "
            f"after {row['steps']} steps: {row['why']}"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
