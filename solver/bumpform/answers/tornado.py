"""The picture of derivatives: for every metric that is judged, what moves it most."""

from __future__ import annotations

import math
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpform.answers.basis.inputs import Input
from bumpform.answers.basis.wording import change, metric_value, spread_words
from bumpform.answers.methods.sensitivity import MetricSensitivity, Sensitivity
from bumpform.picture.picture import DPI
from bumpform.picture.section import INK, SOFT
from bumpform.result.readable import label

__all__ = ["draw_tornado", "strongest", "told_change"]

#: Bars of a metric, and metrics of a picture.
BARS: Final = 7
#: Least part of the longest bar that is seen.
SEEN: Final = 1e-3
PANELS: Final = 12
UP: Final = "#c0622b"
DOWN: Final = "#2b5fa8"
#: Inches: a panel's width, the height of a bar, of a panel's title and axis; the picture's title.
WIDE, BAR, AROUND, TITLE = 6.4, 0.22, 0.75, 0.5


def step_of(item: Input) -> float:
    """The change of an input that its bar stands for: its scatter, or 1 % of its value."""
    return item.std if item.std is not None else 0.01 * item.size


def strongest(found: Sensitivity, metric: MetricSensitivity) -> list[tuple[Input, float, float]]:
    """Inputs that move a metric, the strongest first: input, change downwards, change upwards."""
    scattered = any(item.std is not None for item in found.inputs)
    bars = []
    for item in found.inputs:
        slope = metric.by[item.path]
        if (scattered and item.std is None) or (slope.value is None and slope.one_sided is None):
            continue
        below, above = slope.one_sided or (slope.value, slope.value)
        step = step_of(item)
        ends = -step * (below or 0.0), step * (above or 0.0)
        if any(ends):
            bars.append((item, *ends))
    bars.sort(key=lambda bar: -larger(*bar[1:]))
    return [bar for bar in bars if larger(*bar[1:]) >= SEEN * larger(*bars[0][1:])]


def larger(below: float, above: float) -> float:
    """Size of the larger of two changes."""
    return max(abs(below), abs(above))


def told_change(name: str, below: float, above: float) -> str:
    """The larger of the changes by an input, and whether it is the one downwards."""
    if abs(below) > 1.001 * abs(above):
        return f"{change(name, below)} downwards"
    return change(name, above)


def draw_tornado(found: Sensitivity) -> Figure:
    """Draw the changes of every judged metric by its strongest inputs.

    Where the case has tolerances, by one standard deviation of those; else by 1 % of every input.
    """
    names = [n for n in (found.asked or found.metrics) if strongest(found, found.metrics[n])]
    names = names[:PANELS]
    columns = 2 if len(names) > 1 else 1
    rows = max(1, math.ceil(len(names) / columns))
    bars = [min(BARS, len(strongest(found, found.metrics[name]))) for name in names]
    high = [max(bars[i * columns : (i + 1) * columns], default=1) for i in range(rows)]
    heights = [BAR * n + AROUND for n in high]
    figure = Figure(
        figsize=(WIDE * columns, sum(heights) + TITLE),
        dpi=DPI,
        facecolor="white",
        layout="constrained",
    )
    scattered = any(item.std is not None for item in found.inputs)
    by = "one standard deviation of each input" if scattered else "1 % of each input"
    figure.suptitle(
        f"{found.case.name}: change of metrics by {by} (orange: raised, blue: lowered)",
        fontsize=10,
        color=INK,
        x=0.01,
        ha="left",
    )
    grid = figure.subplots(rows, columns, squeeze=False, height_ratios=heights)
    for axes, name in zip(grid.flat, names, strict=False):
        _draw(axes, found, name)
    for axes in list(grid.flat)[len(names) :]:
        axes.set_visible(False)
    return figure


def _draw(axes: Axes, found: Sensitivity, name: str) -> None:
    metric = found.metrics[name]
    bars = strongest(found, metric)[:BARS]
    largest = larger(*bars[0][1:])
    for row, (item, below, above) in enumerate(bars):
        for x, colour in sorted(((below, DOWN), (above, UP)), key=lambda end: -abs(end[0])):
            axes.barh(row, x, color=colour, height=0.7)
        kink = " (kink)" if metric.by[item.path].kink else ""
        share = metric.shares.get(item.path)
        told = (
            f"{100 * share:.1f} % of variance"
            if share is not None
            else told_change(name, below, above)
        )
        right = max(below, above, 0.0)
        axes.text(right + 0.02 * largest, row, f"{told}{kink}", fontsize=7, va="center", color=SOFT)
    axes.set_yticks(range(len(bars)), [bar[0].path for bar in bars], fontsize=7.5)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(-1.1 * largest, 1.75 * largest)
    axes.set_xticks([-largest, 0.0, largest], [change(name, -largest), "0", change(name, largest)])
    axes.tick_params(axis="x", labelsize=7, colors=SOFT)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    stage, _, last = name.partition(".")
    width = f" ± {spread_words(name, metric.std)}" if metric.std is not None else ""
    axes.set_title(
        f"{stage}: {label(last)} = {metric_value(name, metric.value)}{width}",
        fontsize=9,
        loc="left",
        color=INK,
    )
