"""The picture of margins: for every input how far it may go, either way, and what breaks there."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpform.answers.basis.wording import input_value
from bumpform.answers.methods.margins import Limit, Margin, Margins
from bumpform.picture.picture import DPI
from bumpform.picture.section import INK

__all__ = ["draw_ruler", "headroom"]

FREE: Final = "#7fb08f"
END: Final = "#c0322b"
#: Inches: the picture's width, a row's height, title and axis.
WIDE, ROW, AROUND = 12.5, 0.42, 1.1
#: Part of an input's value up to which the ruler is even; beyond it each tenfold takes as much.
EVEN: Final = 1e-3
#: Ends of the ruler, in sizes of the input.
ENDS: Final = 100.0
#: Its left end where nothing is negative; how far out, either way, an end is labelled outside.
LEFT, INSIDE, OUTSIDE = 5.0, 0.18, 8.0


def headroom(margin: Margin) -> float:
    """How far an input may go towards its nearer limit, in sizes of it; infinite without one."""
    distances = [
        abs(limit.value - margin.input.value) / margin.input.size
        for limit in (margin.low, margin.high)
        if limit is not None
    ]
    return min(distances, default=float("inf"))


def draw_ruler(found: Margins) -> Figure:
    """Draw a row for every input, the tightest at the top, on a scale of per cent of its value."""
    rows = sorted(found.inputs, key=headroom)
    figure = Figure(
        figsize=(WIDE, ROW * max(1, len(rows)) + AROUND),
        dpi=DPI,
        facecolor="white",
        layout="constrained",
    )
    axes = figure.subplots()
    for number, margin in enumerate(rows):
        _draw(axes, number, margin)
    axes.set_xscale("symlog", linthresh=EVEN, linscale=0.5)
    lowest = min((_end(margin, margin.low, -1.0) for margin in rows if margin.low), default=0.0)
    axes.set_xlim(max(-ENDS, min(-LEFT, 2.0 * lowest)), ENDS)
    axes.set_ylim(len(rows) - 0.3, -0.7)
    axes.set_yticks(
        range(len(rows)),
        [f"{m.input.path}\n{input_value(m.input.value, m.input.quantity.dimension)}" for m in rows],
        fontsize=7,
    )
    shown = axes.get_xlim()
    ticks = [0.001, 0.01, 0.1, 1.0, 10.0, 100.0]
    axes.set_xticks(
        [*(-t for t in reversed(ticks)), 0.0, *ticks],
        [*(f"−{100 * t:g} %" for t in reversed(ticks)), "0", *(f"+{100 * t:g} %" for t in ticks)],
        fontsize=7,
    )
    axes.set_xlim(shown)
    axes.minorticks_off()
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.grid(axis="x", color="#e4e7ea", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    broken = f"; the case itself breaks {', '.join(found.broken)}" if found.broken else ""
    axes.set_title(
        f"{found.case.name}: how far each input may go, and what breaks there{broken}",
        fontsize=10,
        loc="left",
        color=INK,
    )
    return figure


def _draw(axes: Axes, number: int, margin: Margin) -> None:
    low, high = (_end(margin, limit, s) for limit, s in ((margin.low, -1.0), (margin.high, 1.0)))
    axes.barh(number, high - low, left=low, height=0.34, color=FREE)
    for limit, x, sign in ((margin.low, low, -1.0), (margin.high, high, 1.0)):
        if limit is None:
            continue
        axes.plot([x, x], [number - 0.3, number + 0.3], color=END, linewidth=1.6)
        value = input_value(limit.value, margin.input.quantity.dimension)
        outside = -INSIDE < x < OUTSIDE
        axes.annotate(
            f"{value}, {limit.words}",
            (x, number),
            xytext=(4.0 * sign if outside else -4.0 * sign, 0.0),
            textcoords="offset points",
            ha="left" if (sign > 0) == outside else "right",
            va="center",
            fontsize=6.5,
            color=INK,
        )


def _end(margin: Margin, limit: Limit | None, sign: float) -> float:
    """Place of a limit on the ruler, in sizes of the input; the ruler's end where there is none."""
    if limit is None:
        return sign * ENDS
    return float(np.clip((limit.value - margin.input.value) / margin.input.size, -ENDS, ENDS))
