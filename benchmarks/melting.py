"""Where melts end in time, beside the equilibria: variations of the bundled cases, every stage.

Run: python benchmarks/melting.py --cases 200 --seed 1 --out DIR, or --case I for one of them;
--bundled melts the bundled cases as they are.
A second opinion on every end is a gradient flow of the curve alone (tests/curve_flow).
Writes DIR/melting.md and .jsonl: a table of differences (the largest of all lengths, relative to
the cube root of the volume), how much less or more than what was lost has become heat, steps and
processor times, and every stage of which the three do not say the same, with what was seen and
which of them is at fault. Stopped with Ctrl-C it goes on
where it was when it is run again. Ends with 1 when a melt had a traceback.
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
import tomllib
import traceback
from functools import partial
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core a process
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

#: Difference up to which a melt has ended where the equilibrium is.
SAME = 1e-3


def main() -> int:
    """Melt the variations, or those of one case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bundled", action="store_true", help="the bundled cases, unchanged")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--case", type=int, metavar="I", help="this one alone, and print it")
    parser.add_argument("--out", type=Path, default=Path("runs/melting"))
    options = parser.parse_args()
    seed, count = options.seed, options.cases
    if options.bundled:
        from variations import BUNDLED

        seed, count = None, len(BUNDLED)
    if options.case is not None:
        print(json.dumps(outcomes(seed, options.case), indent=1))
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"melting_{'bundled' if seed is None else seed}.jsonl"
    done = (
        [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    )
    left = sorted(set(range(count)) - {part["number"] for part in done})
    try:
        with path.open("a", encoding="utf-8") as file:
            with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
                for part in pool.imap_unordered(partial(_part, seed), left):
                    done.append(part)
                    print(json.dumps(part), file=file, flush=True)
                    for row in part["rows"]:
                        told = (row[k] for k in ("number", "case", "stage", "judged", "difference"))
                        print(*told, file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("interrupted: run it again to go on", file=sys.stderr)
    rows = [row for part in sorted(done, key=lambda part: part["number"]) for row in part["rows"]]
    text = report(rows, seed)
    (options.out / "melting.md").write_text(text, "utf-8")
    print(text)
    return 1 if any(row["outcome"] == "traceback" for row in rows) else 0


def _part(seed: int | None, number: int) -> dict:
    return {"number": number, "rows": outcomes(seed, number)}


def outcomes(seed: int | None, number: int) -> list[dict]:
    """What became of every stage of one variation, or bundled case, that has an equilibrium."""
    from variations import BUNDLED, FOLDER, draw

    from bumpform.case.case import Case
    from bumpform.errors import CaseError
    from bumpform.runner import run
    from curve_flow.stages import stages

    if seed is None:
        name, changed = BUNDLED[number], {}
        content = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    else:
        name, content, changed = draw(seed, number)
    try:
        done = run(Case.from_dict(content))
    except CaseError:
        return []
    return [
        {"number": number, "case": name, "stage": stage, "changed": changed} | _stage(done, stage)
        for stage, moment in stages(done).items()
        if moment.state.stage.refusal is None and moment.state.stage.equilibrium is not None
    ]


def _stage(done, stage: str) -> dict:
    """Where its melt and the flow of its curve end, and what comes of them."""
    from bumpform.errors import CaseError
    from bumpform.melting.motion.melt import follow
    from curve_flow.flow import Lost
    from melts import unbalanced

    row = {"outcome": "", "difference": None, "steps": 0, "why": "", "seconds": 0.0, "heat": None}
    row |= {"flow": "", "flow_difference": None, "flow_seconds": 0.0, "judged": ""}
    melted = flowed = None
    start = time.process_time()
    try:
        melted = follow(done, stage)
        length = melted.start.drop.length
        off = [abs(v) / length for k, v in melted.end.differences.items() if k.endswith("_m")]
        row |= {"outcome": melted.settles_at, "steps": len(melted.frames) - 1}
        row |= {"difference": max(off, default=None), "why": melted.end.why}
        row["heat"] = unbalanced(melted)
        if melted.stopped:
            row["outcome"] = "stopped"
    except CaseError as error:
        row |= {"outcome": "not followed", "why": error.problems[0].message}
    except Exception:
        row |= {"outcome": "traceback", "why": traceback.format_exc()[-1500:]}
    middle = time.process_time()
    try:
        flowed = _flowed(done, stage, melted)
        row |= {"flow": flowed.why or "; ".join(flowed.events)}
    except Lost as error:
        row |= {"flow": f"not begun: {error}"}
    except Exception:
        row |= {"flow": f"traceback: {traceback.format_exc()[-1500:]}"}
    row |= {"seconds": middle - start, "flow_seconds": time.process_time() - middle}
    return row | judged(done, stage, row, melted, flowed)


def _flowed(done, stage: str, melted):
    """Where the curve's flow ends; begun as the melt has where it knows no beginning of its own."""
    from curve_flow.flow import Lost
    from curve_flow.stages import rest

    try:
        return rest(done, stage)
    except Lost:
        if melted is None or melted.frames[0].beside:
            raise
        first = melted.frames[0]
        return rest(done, stage, first.outline, first.values.get("standoff_m"))


def judged(done, stage: str, row: dict, melted, flowed) -> dict:
    """Which of the equilibrium, the melt's end and the flow's is at fault, where they differ.

    Where the melt or the equilibrium stands alone, the flow is begun again with that very surface:
    a rest is one where it stays.
    """
    from curve_flow.stages import apart, rest, stages

    equilibrium = stages(done)[stage].state.stage.equilibrium
    length = equilibrium.drop.length
    flows = flowed is not None and not flowed.why
    off = apart(flowed.values, equilibrium.values, length) if flows else None
    same = row["outcome"] == "equilibrium" and row["difference"] < SAME
    told = {"flow_difference": off}
    if row["outcome"] == "not followed":
        return told | {"judged": "not followed"}
    if same and flows:
        return told | {"judged": "agree" if off < SAME else "flow elsewhere"}
    if same:
        begun = not row["flow"].startswith("not begun")
        return told | {"judged": "agree, flow lost" if begun else "agree, flow not begun"}
    if row["outcome"] in ("stopped", "traceback"):
        return told | {"judged": "melt stopped"}
    end = melted.frames[-1]
    ended = {k: v for k, v in end.values.items() if k.endswith("_m")}

    def stays(outline, values) -> bool:
        again = rest(done, stage, outline, values.get("standoff_m"))
        return not again.why and apart(again.values, values, length) < SAME

    standing = stays(equilibrium.curve.point(_even(equilibrium.curve)), equilibrium.values)
    rests = stays(end.outline, ended)
    with_melt = flows and apart(flowed.values, ended, length) < SAME
    told |= {"equilibrium_stands": standing, "melt_rests": rests, "flow_with_melt": with_melt}
    if not standing:
        return told | {"judged": "landscape: what it calls the equilibrium does not stand"}
    if not rests:
        return told | {"judged": "melt: where it ends is no rest"}
    if row["outcome"].startswith("alternative"):
        way = "the flow, too" if with_melt else "the flow ends at the equilibrium"
        return told | {"judged": f"both are rests: the melt takes the listed other one, {way}"}
    return told | {"judged": "landscape: it does not list where the melt rests"}


def _even(curve):
    import numpy as np

    return np.linspace(curve.breaks[0], curve.breaks[-1], 400)


def report(rows: list[dict], seed: int | None) -> str:
    """Counts, differences and times by stage, and every stage that is not agreed on."""
    followed = [r for r in rows if r["outcome"] != "not followed"]
    by_stage = collections.defaultdict(list)
    for row in followed:
        by_stage[row["case"], row["stage"]].append(row)
    same = [r for r in followed if r["judged"].startswith(("agree", "flow"))]
    median = statistics.median([r["difference"] for r in same]) if same else float("nan")
    seconds = [r["seconds"] for r in followed] or [0.0]
    flows = [r["flow_seconds"] for r in followed] or [0.0]
    warm = [abs(r["heat"]) for r in followed if r["heat"] is not None] or [0.0]
    kinds = collections.Counter(r["judged"] for r in rows)
    which = "the bundled cases" if seed is None else f"seed {seed}"
    lines = [
        "# Melts in time beside the equilibria",
        "",
        f"{len(followed)} stages, {which}: {len(same)} end within {SAME:g} of the equilibrium "
        f"(median {median:.1e}), {len(followed) - len(same)} do not; {len(rows) - len(followed)} "
        f"more are not followed. Processor time: median {statistics.median(seconds):.2f} s, "
        f"largest {max(seconds):.2f} s; of the curve's flow {statistics.median(flows):.2f} s. Heat "
        f"is what the flow has lost but for {statistics.median(warm):.1e} of it at the median, "
        f"{max(warm):.1e} at most.",
        "",
        "| what the three say | stages |",
        "| --- | --- |",
        *(f"| {kind} | {count} |" for kind, count in kinds.most_common()),
        "",
        "| case | stage | melts | within | median | largest | flow's largest | heat off "
        "| steps | s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    nothing = float("nan")
    for (case, stage), some in sorted(by_stage.items()):
        off = [r["difference"] for r in some if r in same]
        flow = [r["flow_difference"] for r in some if r["judged"] == "agree"]
        lines.append(
            f"| {case} | {stage} | {len(some)} | {len(off)} | "
            f"{statistics.median(off) if off else nothing:.1e} | {max(off, default=nothing):.1e} | "
            f"{max(flow, default=nothing):.1e} | "
            f"{max((abs(r['heat'] or 0.0) for r in some), default=nothing):.1e} | "
            f"{statistics.median(r['steps'] for r in some):.0f} | "
            f"{statistics.median(r['seconds'] for r in some):.2f} |"
        )
    lines.append("")
    for row in rows:
        if row["judged"] in ("agree", "agree, flow not begun", "not followed"):
            continue
        changed = ", ".join(f"{where} = {value}" for where, value in row["changed"].items())
        off, of_flow = (
            "" if value is None else f", off by {value:.1e}"
            for value in (row["difference"], row["flow_difference"])
        )
        flow = f"flow{of_flow} ({row['flow']})" if row["flow"] else f"flow{of_flow}"
        lines.append(
            f"- {row['number']} {row['case']}, {row['stage']} ({changed}): {row['judged']}. "
            f"Melt: {row['outcome']}{off}, {row['steps']} steps: {row['why']}; {flow}"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
