"""Pictures of a study: windows over two axes, and main effects."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bumpform.answers.basis.wording import input_value
from bumpform.answers.methods.yields import wilson
from bumpform.picture.picture import DPI
from bumpform.picture.section import INK
from bumpform.study.plan.axis import Span
from bumpform.study.plan.columns import CONDITION
from bumpform.study.plan.kept_values import number_of
from bumpform.study.report.effects import GOOD, Effect
from bumpform.study.report.ends import Ends
from bumpform.study.report.window import FAILED, REFUSED, Array, Window

__all__ = ["draw_effects", "draw_window"]

HOLDS: Final = "#cfe8d5"
NO_SHAPE: Final = "#c9ced6"
NO_CASE: Final = "#ffffff"
#: What breaks, the most frequent first; then all others.
BREAKS: Final = ("#f6d5c9", "#f4e3b2", "#cfdcf2", "#e2d1ee", "#f2c6d4", "#c9e6e6")
OTHERS: Final = "#e6dfd3"
EDGES: Final = ("#c0322b", "#b07a00", "#2b5fa8", "#7b3f9d", "#a3194f", "#1d7f7f", "#5d6672")
_NO_PRODUCT: Final = {(): HOLDS, (REFUSED,): NO_SHAPE, (FAILED,): NO_CASE}
#: Nodes of a map that are marked.
MOST_NODES: Final = 1000
LINE: Final = "#2b5fa8"
SOFT: Final = "#8a94a0"
#: Inches: a map with its key; a panel of main effects; above and below them.
MAP: Final = (7.6, 7.0)
PANEL: Final = (2.9, 2.1)
AROUND: Final = 0.5
#: Marks on an axis of a map, and of a panel.
TICKS, FEW_TICKS = 6, 3
#: How many letters of a name fit beside a panel.
LETTERS: Final = 32


def draw_window(window: Window, ends: Ends | None) -> Figure:
    """Draw what holds over two axes, and what ends it; of samples the share that is good."""
    figure = Figure(figsize=MAP, dpi=DPI, facecolor="white", layout="constrained")
    axes = figure.subplots()
    if window.drawn:
        _draw_shares(figure, axes, window)
    else:
        _draw_broken(axes, window)
    if ends is not None:
        for end in ends.located:
            axes.plot([end.x], [end.y], "o", color=INK, markersize=3.4, zorder=5)
    for axis, levels, along in (
        (window.x, window.columns, axes.xaxis),
        (window.y, window.lines, axes.yaxis),
    ):
        if isinstance(axis.levels, Span) and axis.levels.spacing == "log":
            getattr(axes, f"set_{along.axis_name}scale")("log")
        marks = _marks([float(axis.levels[k]) for k in levels], TICKS)
        along.set_ticks(marks, [input_value(v, axis.dimension, 4) for v in marks], fontsize=8)
        along.set_ticks([], minor=True)
        along.set_label_text(axis.path, fontsize=9, color=INK)
    return figure


def _draw_shares(figure: Figure, axes: Axes, window: Window) -> None:
    """The share of samples at each node, each up to half way to its neighbours."""
    borders = []
    for count, along in ((len(window.columns), 0), (len(window.lines), 1)):
        middles = [0.0, *(i + 0.5 for i in range(count - 1)), count - 1.0]
        borders.append([window.at(*((m, 0.0) if not along else (0.0, m)))[along] for m in middles])
    drawn = axes.pcolormesh(*borders, 100.0 * window.shares, cmap="RdYlGn", vmin=0.0, vmax=100.0)
    bar = figure.colorbar(drawn, ax=axes)
    bar.set_label("meet every condition, %", fontsize=9)


def _draw_broken(axes: Axes, window: Window) -> None:
    """What breaks at every place, and for each condition a line where its value is at a limit."""
    x, y = window.places
    broken = window.broken
    sets = np.zeros((len(y), len(x)), dtype=np.int64)
    for bit, mask in enumerate(broken.values()):
        sets |= mask.astype(np.int64) << bit
    found, kinds, counts = np.unique(sets, return_inverse=True, return_counts=True)
    names = {k: _names(k, list(broken)) for k in map(int, found)}
    colors = {k: _NO_PRODUCT.get(n) for k, n in names.items()}
    rest = [int(found[i]) for i in np.argsort(-counts, kind="stable") if not colors[int(found[i])]]
    colors |= dict(zip(rest, BREAKS, strict=False))
    palette = np.array([to_rgb(colors[k] or OTHERS) for k in map(int, found)])
    across = np.array([window.at(place, 0.0)[0] for place in x])
    up = np.array([window.at(0.0, place)[1] for place in y])
    picture = palette[kinds.reshape(sets.shape)]
    axes.pcolormesh(across, up, picture, shading="nearest", rasterized=True)
    lines = _draw_limits(axes, window, across, up)
    nodes = np.array([window.at(*place) for place in sorted(window.nodes)])
    if len(nodes) <= MOST_NODES:
        axes.plot(*nodes.T, ".", color=INK, markersize=1.4, alpha=0.5)
    patches = [
        Patch(facecolor=colors[k] or OTHERS, edgecolor=SOFT, linewidth=0.5, label=_words(names[k]))
        for k in (*(k for k in names if k not in rest), *rest[: len(BREAKS)])
    ]
    if len(rest) > len(BREAKS):
        patches.append(Patch(facecolor=OTHERS, edgecolor=SOFT, linewidth=0.5, label="others"))
    axes.figure.legend(
        handles=[*patches, *lines], loc="outside lower left", fontsize=7.5, frameon=False
    )
    axes.set_xlim(across[0], across[-1])
    axes.set_ylim(up[0], up[-1])


def _draw_limits(axes: Axes, window: Window, across: Array, up: Array) -> list[Line2D]:
    """A line for every condition where its value is at one of its limits."""
    handles = []
    margins = window.margins
    broken = [name for name in window.broken if name in margins]
    for name, color in zip(broken, itertools.cycle(EDGES), strict=False):
        sides = [s for s in margins[name] if np.nanmin(s) < 0.0 <= np.nanmax(s)]
        for side in sides:
            axes.contour(across, up, side, levels=[0.0], colors=[color], linewidths=1.3)
        if sides:
            handles.append(Line2D([], [], color=color, linewidth=1.3, label=f"limit of {name}"))
    return handles


def _names(bits: int, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for bit, name in enumerate(names) if bits >> bit & 1)


def _words(broken: tuple[str, ...]) -> str:
    if not broken:
        return "every condition holds"
    if broken in _NO_PRODUCT:
        return broken[0]
    return "breaks " + ", ".join(broken)


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
        line[0].set_ylabel(_wrapped(_told(name)), fontsize=7.5, color=INK)
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


def _told(name: str) -> str:
    return "meet every condition" if name == GOOD else name.removeprefix(CONDITION)


def _wrapped(name: str) -> str:
    """A name in lines, broken at its points."""
    lines = [""]
    for part in name.replace(".", ".\0").split("\0"):
        if lines[-1] and len(lines[-1] + part) > LETTERS:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
