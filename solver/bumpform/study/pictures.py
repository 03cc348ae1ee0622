"""Pictures of a study: windows over two axes, and main effects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bumpform.answers.told import input_value
from bumpform.answers.yields import wilson
from bumpform.picture.picture import DPI
from bumpform.picture.section import INK
from bumpform.study.axis import Span
from bumpform.study.effects import GOOD, Effect
from bumpform.study.told import number_of
from bumpform.study.window import FAILED, REFUSED, Boundary, Node, Window

__all__ = ["draw_effects", "draw_window"]

HOLDS: Final = "#cfe8d5"
NO_SHAPE: Final = "#c9ced6"
NO_CASE: Final = "#ffffff"
#: What breaks, the most frequent first; then all others.
BREAKS: Final = ("#f6d5c9", "#f4e3b2", "#cfdcf2", "#e2d1ee", "#f2c6d4", "#c9e6e6")
OTHERS: Final = "#e6dfd3"
EDGES: Final = ("#c0322b", "#b07a00", "#2b5fa8", "#7b3f9d", "#a3194f", "#1d7f7f", "#5d6672")
LINE: Final = "#2b5fa8"
SOFT: Final = "#8a94a0"
#: Inches: a map with its key; a panel of main effects; above and below them.
MAP: Final = (7.6, 6.4)
PANEL: Final = (2.9, 2.1)
AROUND: Final = 0.5
#: Marks on an axis of a map, and of a panel.
TICKS, FEW_TICKS = 6, 3
#: How many letters of a name fit beside a panel.
LETTERS: Final = 32


def draw_window(window: Window, edge: Boundary | None) -> Figure:
    """Draw what holds over two axes, and what ends it; of samples the share that is good."""
    figure = Figure(figsize=MAP, dpi=DPI, facecolor="white", layout="constrained")
    axes = figure.subplots()
    if window.drawn:
        _draw_shares(figure, axes, window)
    else:
        _draw_broken(axes, window)
    if edge is not None:
        _draw_boundary(axes, window, edge)
    for axis, along in ((window.x, axes.xaxis), (window.y, axes.yaxis)):
        if isinstance(axis.levels, Span) and axis.levels.spacing == "log":
            getattr(axes, f"set_{along.axis_name}scale")("log")
        levels = [float(v) for v in axis.levels[:]] if not isinstance(axis.levels, Span) else None
        marks = _marks(levels or [axis.levels[i] for i in range(len(axis.levels))], TICKS)
        along.set_ticks(marks, [input_value(v, axis.dimension, 4) for v in marks], fontsize=8)
        along.set_minor_locator(MaxNLocator(1))
        along.set_tick_params(which="minor", length=0, labelbottom=False, labelleft=False)
        along.set_label_text(axis.path, fontsize=9, color=INK)
    return figure


def _edges(values: Sequence[float], *, log: bool) -> Any:
    """Borders half way between neighbouring values; the outermost at the values themselves."""
    x = np.log(values) if log else np.asarray(values, dtype=float)
    borders = np.concatenate([x[:1], 0.5 * (x[1:] + x[:-1]), x[-1:]])
    return np.exp(borders) if log else borders


def _grid(window: Window) -> tuple[Any, Any, list[int], list[int]]:
    """Borders of the patches, and the nodes in the order of the values."""
    found = []
    for axis, levels in ((window.x, window.columns), (window.y, window.lines)):
        values = [float(axis.levels[k]) for k in levels]
        order = sorted(range(len(values)), key=values.__getitem__)
        log = isinstance(axis.levels, Span) and axis.levels.spacing == "log"
        found.append((_edges([values[i] for i in order], log=log), order))
    (x, columns), (y, lines) = found
    return x, y, columns, lines


def _draw_shares(figure: Figure, axes: Axes, window: Window) -> None:
    x, y, columns, lines = _grid(window)
    empty = Node()
    nodes = [[window.nodes.get((i, j), empty) for i in columns] for j in lines]
    shares = np.array([[n.good / n.rows if n.rows else np.nan for n in row] for row in nodes])
    drawn = axes.pcolormesh(x, y, 100.0 * shares, cmap="RdYlGn", vmin=0.0, vmax=100.0)
    bar = figure.colorbar(drawn, ax=axes)
    bar.set_label("meet every condition, %", fontsize=9)


def _draw_broken(axes: Axes, window: Window) -> None:
    x, y, columns, lines = _grid(window)
    kinds = Counter(node.broken for node in window.nodes.values())
    colors: dict[tuple[str, ...], str] = {(): HOLDS, (REFUSED,): NO_SHAPE, (FAILED,): NO_CASE}
    broken = [kind for kind, _ in kinds.most_common() if kind not in colors]
    colors |= dict(zip(broken, BREAKS, strict=False))
    picture = np.ones((len(lines), len(columns), 3))
    for row, j in enumerate(lines):
        for column, i in enumerate(columns):
            node = window.nodes.get((i, j))
            if node is not None:
                picture[row, column] = to_rgb(colors.get(node.broken, OTHERS))
    axes.pcolormesh(x, y, picture, linewidth=0)
    points = np.array([window.value(place) for place in sorted(window.nodes)])
    if len(points) <= 1000:
        axes.plot(*points.T, ".", color=INK, markersize=1.2, alpha=0.5, linestyle="none")
    patches = [
        Patch(facecolor=color, edgecolor=SOFT, linewidth=0.5, label=_kind(kind))
        for kind, color in colors.items()
        if kind in kinds
    ]
    if len(broken) > len(BREAKS):
        patches.append(Patch(facecolor=OTHERS, edgecolor=SOFT, linewidth=0.5, label="others"))
    axes.figure.legend(
        handles=patches, loc="outside lower center", fontsize=7.5, frameon=False, ncols=1,
        title="at each row", title_fontsize=7.5,
    )  # fmt: skip


def _kind(broken: tuple[str, ...]) -> str:
    if not broken:
        return "every condition holds"
    if broken[0] in (REFUSED, FAILED):
        return broken[0]
    return "breaks " + ", ".join(broken)


def _draw_boundary(axes: Axes, window: Window, edge: Boundary) -> None:
    """Draw pieces in the colour of what breaks there, half each where their ends differ."""
    names = [n for n, _ in Counter(end.breaks for end in edge.ends.values()).most_common()]
    colors = {name: EDGES[min(i, len(EDGES) - 1)] for i, name in enumerate(names)}
    for a, b in edge.pieces:
        middle = 0.5 * (a.x + b.x), 0.5 * (a.y + b.y)
        for end in (a, b):
            axes.plot(
                [end.x, middle[0]], [end.y, middle[1]], color=colors[end.breaks], linewidth=1.8,
                solid_capstyle="round",
            )  # fmt: skip
    for end in edge.ends.values():
        face = colors[end.breaks] if end.located else "white"
        axes.plot(
            [end.x], [end.y], "o", markersize=3.2, color=colors[end.breaks],
            markerfacecolor=face, markeredgewidth=0.8,
        )  # fmt: skip
    if names:
        handles = [
            Line2D([], [], color=colors[name], linewidth=1.8, label=f"breaks first: {name}")
            for name in names
        ]
        axes.legend(handles=handles, fontsize=7.5, loc="best", framealpha=0.9)


def draw_effects(
    effects: Mapping[str, Sequence[Effect]], units: Mapping[str, str], *, drawn: bool
) -> Figure:
    """Draw means of some numbers over everything that varies, a line of panels each.

    Of samples a share has the interval that holds the true one.
    """
    wide = max(map(len, effects.values()))
    figure = Figure(
        figsize=(PANEL[0] * wide + AROUND, PANEL[1] * len(effects) + AROUND),
        dpi=DPI,
        facecolor="white",
        layout="constrained",
    )
    panels = figure.subplots(len(effects), wide, squeeze=False, sharey="row")
    for line, (name, found) in zip(panels, effects.items(), strict=True):
        for axes, effect in zip(line, found, strict=True):
            _draw_effect(axes, effect, share=name == GOOD, drawn=drawn)
        unit = units.get(name, "")
        line[0].yaxis.set_major_formatter(FuncFormatter(lambda v, _, u=unit: number_of(v, u, 4)))
        if name == GOOD:
            line[0].yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:g} %"))
        line[0].set_ylabel(_wrapped(name), fontsize=7.5, color=INK)
    for axes, effect in zip(panels[-1], list(effects.values())[-1], strict=True):
        axes.set_xlabel(_wrapped(effect.scale.axis.path), fontsize=7.5, color=INK)
    return figure


def _draw_effect(axes: Axes, effect: Effect, *, share: bool, drawn: bool) -> None:
    scale = effect.scale
    words = not scale.axis.dimension
    values = list(range(len(scale.values))) if words else list(scale.values)
    axes.plot(values, effect.means, ".-", color=LINE, markersize=3, linewidth=1.0)
    if share and drawn:
        pairs = zip(effect.means, effect.counts, strict=True)
        bounds = [wilson(round(m * n), n) if n else (np.nan, np.nan) for m, n in pairs]
        axes.vlines(values, *np.array(bounds).T, color=SOFT, linewidth=0.8)
    if share:
        axes.set_ylim(-0.05, 1.05)
    marks = _marks(values, FEW_TICKS)
    dimension = scale.axis.dimension
    texts = [str(scale.values[v]) if words else input_value(v, dimension, 4) for v in marks]
    axes.set_xticks(marks, texts, fontsize=6.5)
    axes.tick_params(axis="y", labelsize=6.5)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_title(f"{100 * effect.part:.0f} % of the variance", fontsize=6.5, color=SOFT)
    axes.grid(color="#e4e7ea", linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _marks(values: Sequence[Any], most: int) -> list[Any]:
    """Some of the values, spread evenly, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    return [values[round(i * (len(values) - 1) / (most - 1))] for i in range(most)]


def _wrapped(name: str) -> str:
    """A name in lines, broken at its points."""
    lines = [""]
    for part in name.replace(".", ".\0").split("\0"):
        if lines[-1] and len(lines[-1] + part) > LETTERS:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
