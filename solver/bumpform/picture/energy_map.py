"""Pictures of the energy over the places of contact lines, with the equilibria and the path taken.

Lengths are arc lengths along the profile from the axis; energies are above the reached
equilibrium's. One contact line gives a curve, two give a map.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bumpform.files.whole import write_bytes
from bumpform.picture.picture import DPI, png_bytes, svg_bytes
from bumpform.picture.section import INK, SOFT, UM
from bumpform.result.run import slug

if TYPE_CHECKING:
    from bumpform.process.explore import Explored
    from bumpform.surface.drop.equilibrium import Equilibrium
    from bumpform.surface.search.chart import Places
    from bumpform.surface.search.energy_map import EnergyMap

__all__ = ["draw_landscape", "write_landscape"]

PATH: Final = "#c0322b"
REACHED: Final = "#1b7f4b"
OTHER: Final = "#2b5fa8"
#: Part of the range of energies that is left free above and below.
MARGIN: Final = 0.15
#: Inches: width of a panel, of a curve's axes and of a map's; height of both; a letter's width;
#: height of the legend, and of what is between it and the axes.
PANEL: Final = 7.2
WIDE: Final = 6.1
NARROW: Final = 4.9
TALL: Final = 3.2
LETTER: Final = 0.058
LEGEND: Final = 0.80
LABELS: Final = 0.45
#: Names of lines on the axes.
_LINES: Final = {"outer": "outer", "inner": "inner", "top": "upper"}
_UNITS: Final = ((1e-6, "µJ"), (1e-9, "nJ"), (1e-12, "pJ"), (1e-15, "fJ"))


class _Mark(NamedTuple):
    """An equilibrium in the picture: places of its lines, µm; energy, J; what unsettles it."""

    places: tuple[float, ...]
    energy: float
    upright: bool
    reached: bool
    gives_way: str = ""


def write_landscape(explored: Explored, folder: str | Path) -> tuple[Path, Path]:
    """Write ``landscape_<stage>.png`` and ``.svg``; the same run gives the same bytes."""
    figure = draw_landscape(explored)
    path = Path(folder) / f"landscape_{slug(explored.name)}"
    return (
        write_bytes(path.with_name(path.name + ".png"), png_bytes(figure)),
        write_bytes(path.with_name(path.name + ".svg"), svg_bytes(figure)),
    )


def draw_landscape(explored: Explored) -> Figure:
    """The energy of one stage: one panel for each of its maps."""
    bottom = LEGEND + LABELS
    width, height = PANEL * len(explored.maps), bottom + TALL + 0.6
    figure = Figure(figsize=(width, height), facecolor="white", dpi=DPI)
    figure.text(
        0.16 / width, 1.0 - 0.26 / height, f"{explored.name}: energy over the contact line",
        fontsize=10, color=INK,
    )  # fmt: skip
    for number, energy in enumerate(explored.maps):
        lines = len(energy.places)
        span = WIDE if lines == 1 else NARROW
        left = (number * PANEL + 0.8) / width
        axes = figure.add_axes((left, bottom / height, span / width, TALL / height))
        axes.tick_params(labelsize=7.5, color=SOFT)
        for spine in axes.spines.values():
            spine.set(color=SOFT, linewidth=0.6)
        draw = _curve if lines == 1 else _map
        draw(axes, energy, list(_marks(explored, lines)), _way(explored, lines))
    _legend(figure, explored)
    return figure


def _marks(explored: Explored, lines: int) -> Iterator[_Mark]:
    """Equilibria with so many contact lines, the reached one last."""
    for other in explored.shown(lines):
        energy = explored.above(other.equilibrium)
        yield _Mark(_places(other.equilibrium), energy, other.upright, False, other.gives_way)
    if len(explored.reached.lines) == lines:
        yield _Mark(_places(explored.reached), 0.0, explored.upright, True)


def _places(found: Equilibrium) -> tuple[float, ...]:
    profiles = ((line.solid.profile, line.station) for line in found.lines)
    return tuple(UM * profile.arclength(profile.start, at) for profile, at in profiles)


def _way(explored: Explored, lines: int) -> list[tuple[float, ...]]:
    """Places that the lines went through, µm, from where as many of them as that were there."""
    ends = [line.end for line in explored.reached.lines]
    if len(ends) != lines:
        return []
    at: dict[str, float] = {}
    path: list[tuple[float, ...]] = []
    for move in explored.reached.path:
        if move.end == "package" or move.end not in ends:
            continue
        profile = move.solid.profile
        for station in (move.start, move.stop):
            at[move.end] = UM * profile.arclength(profile.start, station)
            place = tuple(at[end] for end in ends if end in at)
            if len(place) == lines and (not path or place != path[-1]):
                path.append(place)
    return path


def _features(axes: Axes, places: Places, across: bool, inches: float) -> None:
    """Edges of the solid as lines, the names of its pieces outside the frame.

    ``inches`` is the length of the axis; names take turns in two rows where they need to.
    """
    low, high = axes.get_xlim() if across else axes.get_ylim()
    spans, start = [], 0.0
    for piece in places.solid.profile:
        a, b = max(start, low), min(start + UM * piece.length(), high)
        start += UM * piece.length()
        if low < start < high:
            (axes.axvline if across else axes.axhline)(
                start, color=SOFT, lw=0.6, ls=(0, (4, 3)), zorder=3
            )
        if a < b:
            spans.append((0.5 * (a + b), (b - a) / (high - low) * inches, piece.feature))
    crowded = any(room < LETTER * len(text) for _, room, text in spans)
    for number, (middle, _, text) in enumerate(spans):
        away = number % 2 if crowded else 0
        style: dict[str, Any] = {"fontsize": 7, "color": SOFT, "clip_on": False}
        if across:
            axes.text(
                middle, 1.015 + 0.045 * away, text, ha="center", va="bottom",
                transform=axes.get_xaxis_transform(), **style,
            )  # fmt: skip
        else:
            axes.text(
                1.012 + 0.028 * away, middle, text, ha="left", va="center", rotation=90,
                transform=axes.get_yaxis_transform(), **style,
            )  # fmt: skip


def _unit(size: float) -> tuple[float, str]:
    """Unit in which an energy has the fewest digits before the point."""
    return next(((u, name) for u, name in _UNITS if size >= u), _UNITS[-1])


def _curve(
    axes: Axes, energy: EnergyMap, marks: list[_Mark], path: list[tuple[float, ...]]
) -> None:
    """Energy of a cap by the place of its line."""
    (places,) = energy.places
    s, all_of_it = UM * places.arclengths, energy.energy
    clear = np.where(energy.clear, all_of_it, np.nan)
    on_path = [float(np.interp(place[0], s, all_of_it)) for place in path]
    heights = [e for e in (*on_path, *(mark.energy for mark in marks)) if np.isfinite(e)]
    low = min(heights)
    # nothing but one equilibrium: a fair part of the valley that it lies in
    high = max(*heights, low + 0.3 * float(np.nanmax(clear, initial=low) - low))
    unit, name = _unit(max(abs(low), abs(high)))
    axes.plot(s, all_of_it / unit, color=SOFT, lw=0.9, ls=(0, (2, 2)), zorder=4)
    axes.plot(s, clear / unit, color=INK, lw=1.3, zorder=5)
    axes.set_xlim(float(s[0]), float(s[-1]))
    room = MARGIN * (high - low)
    axes.set_ylim((low - room) / unit, (high + room) / unit)
    for (a,), (b,) in itertools.pairwise(path):
        part = np.linspace(a, b, 60)
        axes.plot(
            part, np.interp(part, s, all_of_it) / unit, color=PATH, lw=3.0, alpha=0.6,
            solid_capstyle="butt", zorder=6,
        )  # fmt: skip
    if path:
        axes.plot(path[0][0], on_path[0] / unit, marker="|", color=PATH, ms=14, mew=2.0, zorder=7)
    for mark in marks:
        _mark(axes, mark.places[0], mark.energy / unit, mark)
    _features(axes, places, True, WIDE)
    axes.set_xlabel("contact line, arc length along the profile from the axis, µm", fontsize=8)
    axes.set_ylabel(f"energy above the reached one, {name}", fontsize=8)


def _map(axes: Axes, energy: EnergyMap, marks: list[_Mark], path: list[tuple[float, ...]]) -> None:
    """Energy by the places of two lines, as filled contours where no solid is entered."""
    first, last = energy.places
    x, y = UM * first.arclengths, UM * last.arclengths
    clear = np.ma.masked_invalid(np.where(energy.clear, energy.energy, np.nan))
    axes.set_facecolor("#e3e6ea")
    axes.set_xlim(float(x[0]), float(x[-1]))
    axes.set_ylim(float(y[0]), float(y[-1]))
    if clear.count() > 3:
        values = clear.compressed()
        low, high = float(values.min()), float(np.quantile(values, 0.85))
        unit, name = _unit(max(abs(low), abs(high)))
        # closer where the energy is low: there the equilibria are
        levels = (low + (high - low) * np.linspace(0.0, 1.0, 25) ** 1.7) / unit
        filled = axes.contourf(
            x, y, clear.T / unit, levels=levels, cmap="YlGnBu_r", extend="max", zorder=1
        )
        axes.contour(
            x, y, clear.T / unit, levels=levels[1::2], colors="white", linewidths=0.4, zorder=2
        )
        box = axes.get_position()
        figure = axes.get_figure()
        assert figure is not None
        beside = figure.add_axes((box.x1 + 0.09 * box.width, box.y0, 0.03 * box.width, box.height))
        bar = figure.colorbar(filled, cax=beside, ticks=MaxNLocator(8), spacing="proportional")
        bar.ax.tick_params(labelsize=7, color=SOFT)
        bar.set_label(f"energy above the reached one, {name}", fontsize=8)
    if path:
        axes.plot(*zip(*path, strict=True), color=PATH, lw=1.6, zorder=6)
        axes.plot(*path[0], marker="+", color=PATH, ms=11, mew=2.0, zorder=7)
    for mark in marks:
        _mark(axes, mark.places[0], mark.places[1], mark)
    _features(axes, first, True, NARROW)
    _features(axes, last, False, TALL)
    height = ", at the reached standoff" if last.solid.hangs else ""
    axes.set_xlabel(f"outer line, arc length from the axis, µm{height}", fontsize=8)
    axes.set_ylabel(f"{_LINES[last.solid.kind]} line, arc length from the axis, µm", fontsize=8)


def _mark(axes: Axes, x: float, y: float, mark: _Mark) -> None:
    color = REACHED if mark.reached else OTHER
    axes.plot(
        x, y, marker="o", ms=9 if mark.reached else 7, mew=1.6, color=color,
        mfc=color if mark.upright else "white", ls="none", zorder=9, clip_on=False,
    )  # fmt: skip
    if mark.gives_way:
        axes.annotate(
            f"unstable: {mark.gives_way}", (x, y), (7.0, -11.0), textcoords="offset points",
            fontsize=7, color=INK, zorder=10, parse_math=False,
            bbox={"boxstyle": "square,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8},
        )  # fmt: skip


def _legend(figure: Figure, explored: Explored) -> None:
    """The reached equilibrium by name, and what the signs mean."""
    axes = figure.add_axes((0.0, 0.0, 1.0, LEGEND / figure.get_figheight()))
    axes.set_axis_off()
    axes.set_xlim(0.0, figure.get_figwidth())
    axes.set_ylim(0.0, LEGEND)
    dot: dict[str, Any] = {"marker": "o", "ms": 7, "mew": 1.6}
    dash: dict[str, Any] = {"marker": "_", "ms": 11}
    inside = REACHED if explored.upright else "white"
    reached = f"reached: {explored.reached.name}"
    rows: tuple[tuple[tuple[str, dict[str, Any]], ...], ...] = (
        ((reached, {**dot, "color": REACHED, "mfc": inside}),),
        (
            ("other, a minimum", {**dot, "color": OTHER}),
            ("other, no minimum", {**dot, "color": OTHER, "mfc": "white"}),
            ("path, from the first touch", {**dash, "color": PATH, "mew": 2.5}),
        ),
        (("grey: no surface, or it enters solid", {**dash, "color": SOFT, "mew": 1.0}),),
    )
    letter = LETTER * 8.0 / 7.0  # its width is that of a name, of 7 points
    for number, row in enumerate(rows):
        x, y = 0.2, LEGEND - 0.15 - 0.25 * number
        for text, style in row:
            axes.plot(x, y, ls="none", **style)
            axes.text(x + 0.14, y, text, fontsize=8, color=INK, va="center", parse_math=False)
            x += 0.44 + letter * len(text)
