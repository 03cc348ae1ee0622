"""How melts with inertia end: every stage of the bundled cases, or of those that are named.

Run: python benchmarks/melting_swings.py [CASE ...] --out DIR
Writes DIR/melting_swings.md and .jsonl: the Laplace number, the periods of a free drop and the
steps that were followed, the share of the energy released with which the swings were left, their
period and decay beside a free drop's, where the melt ends, and processor time. Stopped with Ctrl-C
it goes on where it was when it is run again. Ends with 1 when a melt had a traceback.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core

COLUMNS = (
    ("case", "case"),
    ("stage", "stage"),
    ("La", "laplace"),
    ("periods", "periods"),
    ("steps", "steps"),
    ("energy left", "share"),
    ("period", "period"),
    ("decay", "decay"),
    ("ends at", "end"),
    ("s", "seconds"),
)


def main() -> int:
    """Melt the stages of the cases, each with inertia."""
    from variations import BUNDLED

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", default=list(BUNDLED))
    parser.add_argument("--out", type=Path, default=Path("runs/melting"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "melting_swings.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines]
    done = {(row["case"], row["stage"]) for row in rows}
    try:
        with path.open("a", encoding="utf-8") as file:
            for row in _rows(options.cases, done):
                rows.append(row)
                print(json.dumps(row), file=file, flush=True)
                print(row["case"], row["stage"], row["end"], row["seconds"], file=sys.stderr)
    except KeyboardInterrupt:
        print("interrupted: run it again to go on", file=sys.stderr)
    rows = sorted(rows, key=lambda row: (row["case"], row["stage"]))
    text = report([row for row in rows if row["case"] in options.cases])
    (options.out / "melting_swings.md").write_text(text, "utf-8")
    print(text)
    return 1 if any(row["end"] == "traceback" for row in rows) else 0


def _rows(cases, done):
    from bumpform.case.file import load_case
    from bumpform.melting.beginning.start import stages_of
    from bumpform.runner import run

    for case in cases:
        result = run(load_case(case))
        for stage, moment in stages_of(result).items():
            solved = moment.state.stage
            if solved.refusal is None and solved.equilibrium is not None:
                if (case, stage) not in done:
                    yield {"case": case, "stage": stage} | outcome(result, stage)


def outcome(result, stage: str) -> dict:
    """What became of one stage: the first liquid's numbers, and the words of the end."""
    from bumpform.errors import CaseError
    from bumpform.melting.motion.melt import follow
    from bumpform.melting.motion.ringing import decay, period

    row = dict.fromkeys(("laplace", "periods", "steps", "share", "period", "decay"))
    row |= {"end": "", "why": "", "events": 0}
    begun = time.process_time()
    try:
        melted = follow(result, stage, inertia=True)
        fluid, clock = melted.start.fluid, melted.start.clock
        whole = period(fluid) * clock
        rung = [f for f in melted.frames if f.step.kinetic is not None]
        row |= {"laplace": melted.start.laplace, "steps": len(melted.frames) - 1}
        row |= {"periods": rung[-1].time_s / whole, "events": len(melted.events)}
        row |= {"end": melted.settles_at, "why": melted.end.why}
        if melted.stopped:
            row |= {"end": "stopped", "why": melted.stopped}
        if melted.left:
            start, left = melted.left[0]
            row["share"] = max(one.share for _, one in melted.left)
            row["period"] = left.period and left.period / period(start.fluid)
            row["decay"] = left.decay and left.decay / decay(start.fluid)
    except CaseError as error:
        row |= {"end": "not followed", "why": error.problems[0].message}
    except Exception:
        row |= {"end": "traceback", "why": traceback.format_exc()[-1500:]}
    return row | {"seconds": round(time.process_time() - begun, 1)}


def report(rows: list[dict]) -> str:
    """The table, and why those ended that have come to no equilibrium."""
    ends = [row for row in rows if row["end"] == "equilibrium"]
    lines = [
        "# Melts with inertia",
        "",
        f"{len(rows)} stages: {len(ends)} end at their equilibrium. Periods are those of a free "
        "drop; period and decay are the swings', relative to its.",
        "",
        "| " + " | ".join(name for name, _ in COLUMNS) + " |",
        "| " + " | ".join("---" for _ in COLUMNS) + " |",
    ]
    for row in rows:
        lines.append("| " + " | ".join(_told(row[key]) for _, key in COLUMNS) + " |")
    lines.append("")
    lines += [f"- {row['case']}, {row['stage']}: {row['why']}" for row in rows if row not in ends]
    return "\n".join(lines) + "\n"


def _told(value) -> str:
    if isinstance(value, float):
        return f"{value:.2g}"
    return "" if value is None else str(value)


if __name__ == "__main__":
    sys.exit(main())
