"""A campaign's rows as tables (Markdown, JSON, CSV) and pictures."""

from __future__ import annotations

import csv
import json
import math
import platform
from collections import Counter
from pathlib import Path

import numpy as np
from draws import ROUTES
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

import bumpform

_COLUMNS = ("number", "route", "wild", "outcome", "reason", "detail", "second", "second_words",
            "held", "failed", "seconds", "check_seconds")  # fmt: skip


def write(rows: list[dict], out: Path, *, seed: int, jobs: int, seconds: float) -> None:
    """Write all of a campaign into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    summary = {
        "bumpform": bumpform.__version__,
        "python": platform.python_version(),
        "seed": seed,
        "cases": len(rows),
        "jobs": jobs,
        "seconds": seconds,
        "routes": {name: _route([r for r in rows if r["route"] == name]) for name in _names()},
        "all": _route(rows),
    }
    (out / "campaign.json").write_text(json.dumps({"summary": summary, "rows": rows}), "utf-8")
    (out / "campaign.md").write_text(markdown(summary, rows), "utf-8")
    with (out / "campaign.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow([*_COLUMNS, "stages", "worst_error", "worst_ratio", "failures"])
        for row in rows:
            worst = [(s["worst"] or 0.0, s["ratio"] or 0.0) for s in row["stages"]] or [(0.0, 0.0)]
            table.writerow(
                [*(row[c] for c in _COLUMNS), len(row["stages"]), *np.max(worst, axis=0).tolist(),
                 " | ".join(row["failures"])]
            )  # fmt: skip
    pictures(rows, out)


def _names() -> list[str]:
    return [route.__name__ for route in ROUTES]


def _verified(stage: dict) -> bool:
    """Whether a stage has a surface, and all checks of it agree."""
    return stage["worst"] is not None and not stage["failures"]


def _route(rows: list[dict]) -> dict:
    """Counts of some rows."""
    stages = [s for r in rows for s in r["stages"] if s["worst"] is not None]
    walked = Counter(s["selection"] for s in stages if s["selection"])
    times = sorted(r["seconds"] for r in rows) or [math.nan]
    refused = [r for r in rows if r["outcome"] == "refused"]
    return {
        "cases": len(rows),
        **{k: sum(r["outcome"] == k for r in rows) for k in
           ("solved", "refused", "input", "traceback")},
        "wrong": sum(bool(r["failures"]) for r in rows),
        "held": sum(r["held"] for r in rows),
        "failed": sum(r["failed"] for r in rows),
        "reasons": dict(Counter(r["reason"] for r in refused)),
        "second": dict(Counter(f"{r['reason']}: {r['second']}" for r in refused)),
        "surfaces": len(stages),
        "verified": sum(map(_verified, stages)),
        "worst_error": max((s["worst"] for s in stages), default=0.0),
        "worst_ratio": max((s["ratio"] for s in stages), default=0.0),
        "worst_eigenvalue": max(
            (abs(a - b) / max(1.0, abs(b)) for s in stages for a, b in s["eigenvalues"].values()),
            default=0.0,
        ),
        "walked": sum(walked.values()),
        "walked_same": walked["same"],
        "walked_open": walked["open"],
        "median_ms": 1e3 * times[len(times) // 2],
        "slow_ms": 1e3 * times[int(0.99 * (len(times) - 1))],
    }  # fmt: skip


def markdown(summary: dict, rows: list[dict]) -> str:
    """The tables for a reader."""
    text = [
        f"# Campaign: {summary['cases']} random cases, seed {summary['seed']}",
        "",
        f"bumpform {summary['bumpform']}, Python {summary['python']}, {summary['jobs']} "
        f"process{'' if summary['jobs'] == 1 else 'es'}, {summary['seconds'] / 60.0:.1f} min. "
        "`wrong`: cases in which a check disagrees. Errors are relative, of the worst of all "
        "reported numbers; ratio: true error over its estimate. Times are of the run alone.",
        "",
        "| route | cases | solved | refused | input refused | tracebacks | wrong | surfaces "
        "| verified | worst error | worst ratio | eigenvalues | conditions held / not "
        "| median, 99 % |",
        "| --- |" + " ---: |" * 13,
    ]
    for name, q in [*summary["routes"].items(), ("**all**", summary["all"])]:
        text.append(
            f"| {name} | {q['cases']} | {q['solved']} | {q['refused']} | {q['input']} "
            f"| {q['traceback']} | {q['wrong']} | {q['surfaces']} | {q['verified']} "
            f"| {q['worst_error']:.1e} | {q['worst_ratio']:.2f} | {q['worst_eigenvalue']:.1e} "
            f"| {q['held']} / {q['failed']} | {q['median_ms']:.0f}, {q['slow_ms']:.0f} ms |"
        )
    q = summary["all"]
    text += [
        "",
        f"Choice of equilibrium walked to again by held shots: {q['walked']} stages, "
        f"{q['walked_same']} end at the same place, {q['walked_open']} could not be followed, "
        f"{q['walked'] - q['walked_same'] - q['walked_open']} elsewhere.",
        "",
        "## Refusals, and what a second method says of them",
        "",
        "| route | reason | cases | confirmed | missed | open |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for name, q in summary["routes"].items():
        for reason, count in sorted(q["reasons"].items(), key=lambda item: -item[1]):
            said = [q["second"].get(f"{reason}: {k}", 0) for k in ("confirmed", "missed", "open")]
            text.append(f"| {name} | {reason} | {count} | {said[0]} | {said[1]} | {said[2]} |")
    text += ["", "## Cases to look at", ""]
    listed = [
        *((r, "traceback: " + r["detail"].strip().splitlines()[-1])
          for r in rows if r["outcome"] == "traceback"),
        *((r, "; ".join(r["failures"])) for r in rows if r["failures"]),
        *((r, f"missed ({r['reason']}): {r['second_words']}")
          for r in rows if r["second"] == "missed"),
        *((r, f"not converged: {r['detail']}; {r['second_words']}")
          for r in rows if r["reason"] == "not_converged" and r["second"] != "missed"),
    ]  # fmt: skip
    text += [f"- {row['number']} {row['route']}: {words[:300]}" for row, words in listed[:200]]
    if not listed:
        text.append("None.")
    inputs = Counter(
        " ".join(r["detail"].split(":")[:2])[:70] for r in rows if r["outcome"] == "input"
    )
    text += ["", "## Input refused with a message", ""]
    text += [f"- {count} × {words}" for words, count in inputs.most_common(20)] or ["None."]
    return "\n".join(text) + "\n"


_INK = {"solved": "#2b6cb0", "refused": "#d97706", "input": "#9ca3af", "traceback": "#b91c1c"}


def pictures(rows: list[dict], out: Path) -> None:
    """errors.png: true errors and their estimates; planes.png: outcomes by volume and angle."""
    pairs = np.array(
        [pair for r in rows for s in r["stages"] for pair in s.get("errors", {}).values()]
    ).reshape(-1, 2)
    figure = Figure(figsize=(9.0, 3.6), dpi=150, layout="constrained")
    left, right = figure.subplots(1, 2)
    floor = 1e-17
    left.hist(np.log10(pairs[:, 0] + floor), bins=80, color=_INK["solved"])
    left.axvline(-9.0, color="#b91c1c", lw=1.0)
    left.set(xlabel="log10 of the true relative error", ylabel="reported numbers")
    from verify import ROUND_OFF

    ratio = np.log10(pairs[:, 0] / (pairs[:, 1] + ROUND_OFF) + floor)
    right.hist(ratio, bins=80, color=_INK["refused"])
    right.axvline(0.0, color="#b91c1c", lw=1.0)
    right.set(xlabel="log10 of true error / (estimate + round-off)", ylabel="reported numbers")
    figure.savefig(out / "errors.png")
    figure = Figure(figsize=(12.0, 5.0), dpi=130, layout="constrained")
    for axes, name in zip(figure.subplots(2, 5).ravel(), _names(), strict=True):
        amounts = []
        for outcome, ink in _INK.items():
            chosen = [r for r in rows if r["route"] == name and r["outcome"] == outcome]
            points = np.array([_place(r["values"]) for r in chosen]).reshape(-1, 2)
            axes.scatter(*points.T, s=4, color=ink, label=outcome, linewidths=0)
            amounts += points[:, 0].tolist()
        # a route that few cases drew may have no amount to scale by
        if not name.startswith("stacked") and any(amount > 0.0 for amount in amounts):
            axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_title(name, fontsize=7)
        axes.tick_params(labelsize=6)
    figure.supxlabel("first deposit / pad radius³ (fills: metal fraction)", fontsize=8)
    figure.supylabel("contact angle on the dielectric, mask or resist, °", fontsize=8)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=4, fontsize=7)
    figure.savefig(out / "planes.png")


def _place(values: dict) -> tuple[float, float]:
    """Amount of the first deposit and angle of the wall, of a case."""
    pad = values["step.0.pad.radius"]
    amount = next((v for k, v in values.items() if k.endswith(".volume")), None)
    size = math.nan
    if amount is not None:
        size = amount / pad**3
    else:
        for step in range(1, 8):
            if f"step.{step}.stencil.thickness" in values:
                print_radius = values[f"step.{step}.stencil.radius"]
                size = math.pi * print_radius**2 * values[f"step.{step}.stencil.thickness"]
                size *= values[f"step.{step}.stencil.metal_fraction"] / pad**3
            elif f"step.{step}.column.height" in values:
                size = math.pi * values[f"step.{step}.column.radius"] ** 2
                size *= values[f"step.{step}.column.height"] / pad**3
            elif f"step.{step}.fill.metal_fraction" in values:
                size = values[f"step.{step}.fill.metal_fraction"]
            else:
                continue
            break
    wall = next(
        v for k, v in values.items()
        if k in ("wetting.polyimide", "wetting.photoresist", "wetting.solder resist")
    )  # fmt: skip
    return size, math.degrees(wall)
