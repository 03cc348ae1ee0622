"""Rows of random processes as tables: Markdown, JSON, CSV."""

from __future__ import annotations

import csv
import json
import math
import platform
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import bumpform

#: What a fault of each kind is.
KINDS = {
    "tracebacks": ("traceback", "late"),
    "wrong numbers": (
        "stack",
        "metal",
        "fused",
        "surface",
        "result",
        "rewrite",
        "again",
        "mesh",
        "rest",
    ),
    "untrue sentences": ("verdict", "untrue", "sentence", "reason", "check", "run"),
    "unexplained jumps": ("jump",),
    "faults of a check": ("checker",),
}
#: What the kinds of wrong numbers and untrue sentences are, for a reader.
MEANS = {
    "traceback": "an exception, or a warning",
    "late": "still at work after a minute",
    "stack": "regions overlap, cross themselves, leave gaps, or have another volume",
    "metal": "what went in is not what is liquid, or what froze",
    "fused": "one liquid of bodies that do not touch, or two of what touches",
    "surface": "a number of a surface, by shooting",
    "result": "not JSON, or a number without an error",
    "rewrite": "the same process written otherwise gives other numbers",
    "again": "the last reflow, done once more, changes something",
    "rest": "a gradient flow of the curve leaves an equilibrium",
    "mesh": "a mesh's volumes are not those of the stack",
    "verdict": "the second verdict differs",
    "untrue": "a note, a stage or a refusal says what is not so",
    "sentence": "what no person says",
    "reason": "a refusal's reason that is none",
    "check": "`check` and `run` do not agree",
    "run": "a run does not tell of the step that ended it",
    "jump": "a number jumps and no word of the result changes",
    "checker": "the check itself fell over",
}
_COLUMNS = ("number", "wild", "outcome", "reason", "detail", "stages", "seconds")
#: Most faults that the tables name one by one.
LISTED = 150

type Row = dict[str, Any]


def write(rows: list[Row], out: Path, *, seed: int, jobs: int, seconds: float) -> None:
    """Write all of a campaign into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    summary = {
        "bumpform": bumpform.__version__, "python": platform.python_version(), "seed": seed,
        "processes": len(rows), "jobs": jobs, "seconds": seconds, "all": counts(rows),
        "sensible": counts([r for r in rows if not r["wild"]]),
        "wild": counts([r for r in rows if r["wild"]]),
    }  # fmt: skip
    text = json.dumps({"summary": summary, "rows": rows})
    (out / "campaign.json").write_text(text, "utf-8")
    (out / "campaign.md").write_text(markdown(summary, rows), "utf-8")
    with (out / "campaign.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow([*_COLUMNS, "steps", "left_out", "faults"])
        for row in rows:
            faults = " | ".join(f"{kind}: {words}" for kind, words in row["faults"])
            table.writerow([*(row[c] for c in _COLUMNS), " ".join(row["steps"]),
                            len(row["left_out"]), faults])  # fmt: skip


def counts(rows: list[Row]) -> dict[str, Any]:
    """Counts of some rows."""
    times = sorted(r["seconds"] for r in rows) or [math.nan]
    kinds = [{kind for kind, _ in r["faults"]} for r in rows]
    return {
        "processes": len(rows),
        **{k: sum(r["outcome"] == k for r in rows) for k in ("solved", "refused", "input")},
        "stages": sum(r["stages"] for r in rows),
        **{name: sum(bool(found & {*group}) for found in kinds) for name, group in KINDS.items()},
        "median_s": times[len(times) // 2],
        "slow_s": times[int(0.99 * (len(times) - 1))],
    }  # fmt: skip


def markdown(summary: dict[str, Any], rows: list[Row]) -> str:
    """The tables for a reader."""
    text = [
        f"# Campaign: {summary['processes']} random processes, seed {summary['seed']}",
        "",
        f"bumpform {summary['bumpform']}, Python {summary['python']}, {summary['jobs']} at a time, "
        f"{summary['seconds'] / 60.0:.1f} min. Counted are processes; each is checked as "
        "`benchmarks/README.md` says. Sensible: each step mostly finds what it needs; wild: steps "
        "and sizes anywhere. Steps that are refused are left out, and the rest is run.",
        "",
        f"| | processes | solved | refused | no result | stages | {' | '.join(KINDS)} "
        "| median, 99 % |",
        "| --- |" + " ---: |" * (6 + len(KINDS)),
    ]
    for name in ("sensible", "wild", "all"):
        q = summary[name]
        found = " | ".join(str(q[kind]) for kind in KINDS)
        text.append(
            f"| {name} | {q['processes']} | {q['solved']} | {q['refused']} | {q['input']} "
            f"| {q['stages']} | {found} | {q['median_s']:.2f}, {q['slow_s']:.1f} s |"
        )
    parts = (_faults, _refusals, _looked, _conditions, _inputs, _times)
    return "\n".join([*text, *(line for part in parts for line in part(rows))]) + "\n"


def _faults(rows: list[Row]) -> list[str]:
    """Kinds of faults, and the faults themselves, alike ones together."""
    kinds = Counter(kind for r in rows for kind in {k for k, _ in r["faults"]})
    text = ["", "## Faults", "", "| kind | processes | what it is |", "| --- | ---: | --- |"]
    for group, names in KINDS.items():
        text += [f"| {group}: {k} | {kinds[k]} | {MEANS[k]} |" for k in names if kinds[k]]
    alike: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for row in rows:
        for kind, words in row["faults"]:
            alike[kind, plain(words)].setdefault(row["number"], words)
    order = [kind for names in KINDS.values() for kind in names]
    listed = sorted(alike.items(), key=lambda item: (order.index(item[0][0]), -len(item[1])))
    text.append("")
    for (kind, _), found in listed[:LISTED]:
        numbers = ", ".join(map(str, [*found][:6])) + (" …" if len(found) > 6 else "")
        text.append(f"- {kind}, {len(found)} × ({numbers}): {next(iter(found.values()))[:280]}")
    if len(listed) > LISTED:
        text.append(f"- {len(listed) - LISTED} more in campaign.csv")
    return text if listed else [*text[:2], "", "None."]


def plain(words: str) -> str:
    """Words without their numbers and names, so that alike ones are the same."""
    if re.match(r"[a-z-]+: product ", words):  # a verdict: which, and what each says
        return re.sub(r"\(.*?\)(?=, second|$)", "", words)
    words = re.sub(r"requirements\.\S+: ", "requirements: ", words)
    words = re.sub(r"\b(layer|reflow|mount) \d+( \d+)?", "NAME", words)
    words = re.sub(r"\b(Sn|Pb|SAC|Cu|Ni|Au|Co|Pd|Ti|Al)[\w.+]*( \d\b)?", "METAL", words)
    return re.sub(r"[-+−]?\d[\d.]*(e[-+]?\d+)?", "#", words)[:90]


def _refusals(rows: list[Row]) -> list[str]:
    """Refusals by reason, and what a second method says of a sample."""
    reasons = Counter(r["reason"] for r in rows if r["reason"])
    said = Counter((reason, verdict) for r in rows for reason, verdict, _ in r["second"])
    text = ["", "## Refusals, and what a second method says of a sample", "",
            "| reason | processes | looked at | confirmed | missed | open |",
            "| --- |" + " ---: |" * 5]  # fmt: skip
    for reason, count in reasons.most_common():
        each = [said[reason, k] for k in ("confirmed", "missed", "open")]
        text.append(f"| {reason} | {count} | {sum(each)} | {' | '.join(map(str, each))} |")
    text.append("")
    for row in rows:
        text += [f"- {row['number']}: missed ({reason}): {words[:200]}"
                 for reason, verdict, words in row["second"] if verdict == "missed"]  # fmt: skip
    return text


def _looked(rows: list[Row]) -> list[str]:
    """How often each way to look was taken, and what was told that is no fault."""
    looked = Counter(name for r in rows for name in r["looked"])
    told = Counter(kind for r in rows for kind, _ in r["told"])
    return ["", "## Samples", "",
            "Looked at: " + ", ".join(f"{k} {n}" for k, n in sorted(looked.items())) + ".",
            "", "Told, and no fault: "
            + (", ".join(f"{k} {n}" for k, n in sorted(told.items())) or "nothing")
            + "."]  # fmt: skip


def _conditions(rows: list[Row]) -> list[str]:
    """How often each condition has held, failed, or was not judged."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name, verdict in row["conditions"]:
            seen[name][verdict] += 1
    text = ["", "## Conditions", "", "| condition | holds | fails | not judged |",
            "| --- | ---: | ---: | ---: |"]  # fmt: skip
    for name, found in sorted(seen.items()):
        each = " | ".join(str(found[v]) for v in ("holds", "fails", "not judged"))
        text.append(f"| {name} | {each} |")
    return text


def _inputs(rows: list[Row]) -> list[str]:
    """Steps that were refused and left out, by what was said."""
    said = Counter(f"{kind}: {plain(words)}" for r in rows for kind, words in r["left_out"])
    return ["", "## Steps refused with a message, and left out", "",
            *(f"- {count} × {words}" for words, count in said.most_common(30))]  # fmt: skip


def _times(rows: list[Row]) -> list[str]:
    """Where the time goes."""
    spent: Counter[str] = Counter()
    for row in rows:
        spent.update(row["times"])
    each = ", ".join(f"{k} {1e3 * t / len(rows):.0f} ms" for k, t in spent.most_common())
    slow = sorted(rows, key=lambda r: -r["seconds"])[:5]
    worst = ", ".join(f"{r['number']} ({r['seconds']:.1f} s)" for r in slow)
    return ["", "## Processor time of a process, in the mean", "", f"{each}.", "",
            f"Slowest: {worst}."]  # fmt: skip
