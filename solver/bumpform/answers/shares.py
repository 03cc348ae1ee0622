"""The picture of a yield: which conditions fail how often, and what makes each metric scatter."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpform.answers.basis.wording import metric_value, spread_words
from bumpform.answers.methods.yields import Yield
from bumpform.picture.picture import DPI
from bumpform.picture.section import INK, SOFT
from bumpform.result.readable import label

__all__ = ["draw_shares", "judged_spreads"]

FAILS: Final = "#c0322b"
COLOURS: Final = ("#2b5fa8", "#c0622b", "#1b7f4b", "#8a5fa8", "#b59a2b", "#4aa0b5", "#a84f6b")
REST: Final = "#c9ced4"
#: Scatter that is told, relative to the mean: less is round-off.
SEEN: Final = 1e-9
#: Inches: the picture's width, a bar's height, title and axis; most bars of a panel.
WIDE, BAR, AROUND, MOST = 12.5, 0.34, 1.5, 14


def judged_spreads(found: Yield) -> list[str]:
    """Metrics that are told: those required, else those whose parts are known, else all."""
    required = [name for name in found.case.requirements if name in found.spreads]
    known = [name for name, s in found.spreads.items() if s.first]
    return (
        required
        or known
        or [name for name, s in found.spreads.items() if s.std > SEEN * abs(s.mean)]
    )


def draw_shares(found: Yield) -> Figure:
    """Draw the share that fails by each condition, and the parts of each metric's variance."""
    broken = sorted(
        (c for c in found.conditions.items() if c[1].share < 1.0), key=lambda c: c[1].share
    )
    names = judged_spreads(found)[:MOST]
    rows = max(len(broken[:MOST]), len(names), 2)
    figure = Figure(
        figsize=(WIDE, BAR * rows + AROUND), dpi=DPI, facecolor="white", layout="constrained"
    )
    left, right = figure.subplots(1, 2)
    low, high = found.good.interval
    figure.suptitle(
        f"{found.case.name}: {100 * found.good.share:.4g} % meet every condition "
        f"({100 * low:.4g} … {100 * high:.4g} % by {found.samples} samples)",
        fontsize=10,
        color=INK,
        x=0.01,
        ha="left",
    )
    for row, (_, share) in enumerate(broken[:MOST]):
        fails = 100.0 * (1.0 - share.share)
        ends = [100.0 * (1.0 - end) for end in reversed(share.interval)]
        left.barh(row, fails, color=FAILS, height=0.6)
        left.plot(ends, [row, row], color=INK, linewidth=1.0)
        left.text(ends[1], row, f"  {fails:.3g} %", va="center", fontsize=7, color=SOFT)
    _frame(left, [name for name, _ in broken[:MOST]], rows, "fails it, % of product")
    left.set_xlim(0.0, 1.2 * left.get_xlim()[1])
    words = "no sample fails any"
    if found.exists.share < 1.0:
        words = f"{100 * (1 - found.exists.share):.3g} % give no product"
    if not broken:
        left.text(0.5, 0.5, words, transform=left.transAxes, ha="center", color=SOFT)
    paths = [item.path for item in found.inputs]
    for row, name in enumerate(names):
        at, first = 0.0, found.spreads[name].first
        for number, path in enumerate(paths):
            part = first[path].share if path in first else 0.0
            colour = COLOURS[number % len(COLOURS)]
            right.barh(
                row, part, left=at, color=colour, height=0.6, label=path if row == 0 else None
            )
            at += part
        if first and at < 1.0:
            right.barh(row, 1.0 - at, left=at, color=REST, height=0.6)
    titles = [
        f"{name.rpartition('.')[0]}: {label(name.rpartition('.')[2])}\n"
        f"{metric_value(name, found.spreads[name].mean)} ± "
        f"{spread_words(name, found.spreads[name].std)}"
        for name in names
    ]
    _frame(right, titles, rows, "part of the variance by one input alone (grey: together)")
    right.set_xlim(0.0, 1.0)
    if names:
        right.legend(
            fontsize=7, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, frameon=False
        )
    return figure


def _frame(axes: Axes, names: list[str], rows: int, words: str) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_xlabel(words, fontsize=8, color=SOFT)
    axes.tick_params(axis="x", labelsize=7, colors=SOFT)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
