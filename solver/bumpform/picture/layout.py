"""Where everything of a picture stands: one scale for all drawings, one row a stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bumpform.geometry.names import is_barrier
from bumpform.picture.dimensions import text_width
from bumpform.picture.marks import detail_window
from bumpform.picture.scene import Scene, as_frozen
from bumpform.picture.section import UM, Window
from bumpform.picture.words import Verdict, Words, stage_words, subtitle, verdict_words
from bumpform.result.contract import Result
from bumpform.result.readable import without_round_off
from bumpform.result.run import Snapshot

#: All in inches.
MARGIN: Final = 0.3
GAP: Final = 0.22
DRAWING: Final = 3.4
DETAIL: Final = 3.15
NUMBERS: Final = 2.75
ROW_HEAD: Final = 0.50
ROW_FOOT: Final = 0.32
LINE: Final = 0.162
#: Room round what a drawing shows: beside it for dimensions, above it, below it.
BESIDE: Final = 0.7
ABOVE: Final = 0.5
BELOW: Final = 0.08
TALLEST: Final = 4.2
#: Coloured box of the legend with the gap behind it.
SWATCH: Final = 0.25

type Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Cell:
    """A snapshot and its box (left, bottom, width, height)."""

    snapshot: Snapshot
    box: Box


@dataclass(frozen=True)
class Detail:
    """The close-up: its box, and what it shows."""

    box: Box
    window: Window


@dataclass(frozen=True, eq=False)
class Row:
    """One stage.

    Attributes
    ----------
    top, left : float
        Upper left corner.
    final : Snapshot or None
        The one whose drawing carries the dimensions.
    text : tuple of float
        Left and top of the column of numbers.
    """

    title: str
    subtitle: str
    top: float
    left: float
    cells: tuple[Cell, ...]
    scene: Scene
    final: Snapshot | None
    detail: Detail | None
    text: tuple[float, float]
    numbers: tuple[Words, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sheet:
    """The whole figure."""

    width: float
    height: float
    window: Window
    um_per_inch: float
    rows: tuple[Row, ...]
    verdicts: tuple[Verdict, ...]
    verdict_top: float
    columns: tuple[float, float, float]
    legend: tuple[tuple[str, float, float], ...]


def plan_sheet(snapshots: Sequence[Snapshot], result: Result) -> Sheet:
    """Place every drawing, number and condition of a run."""
    groups = _groups(snapshots, result)
    window, drawn_height = _window(snapshots)
    scale = window.width / DRAWING
    count = max([len(shots) for _, shots in groups], default=1)
    scenes = _scenes(groups, result)
    details = [
        detail_window(s, DETAIL / drawn_height, window) if s.surface else None for s in scenes
    ]
    has_detail = any(details)
    width = 2 * MARGIN + max(count, 1) * (DRAWING + GAP) + NUMBERS
    width += (DETAIL + GAP) if has_detail else 0.0
    width = max(width, 8.6)
    texts = [
        stage_words(scene, scenes[:i], 72.0 * (NUMBERS - 0.1)) for i, scene in enumerate(scenes)
    ]
    heights = []
    for (_, shots), (numbers, refused) in zip(groups, texts, strict=True):
        lines = LINE * (len(numbers) + len(refused) + 1)
        drawn = drawn_height + ROW_FOOT if shots else 0.0
        heights.append(ROW_HEAD + max(drawn, lines))
    verdicts, columns = verdict_words(result, width - 2 * MARGIN)
    legend, head = _legend(snapshots, width)
    verdict_height = 0.65 + LINE * 1.15 * sum(len(v.statement) for v in verdicts)
    height = MARGIN + head + sum(heights) + verdict_height + MARGIN
    rows = []
    top = height - MARGIN - head
    for (name, shots), scene, close, (numbers, refused), tall in zip(
        groups, scenes, details, texts, heights, strict=True
    ):
        bottom = top - ROW_HEAD - drawn_height
        left = MARGIN
        if shots and shots[-1].meridians:  # solved shapes stand in one column
            left += (count - len(shots)) * (DRAWING + GAP)
        cells = tuple(
            Cell(shot, (left + i * (DRAWING + GAP), bottom, DRAWING, drawn_height))
            for i, shot in enumerate(shots)
        )
        x = MARGIN + count * (DRAWING + GAP)
        detail = Detail((x, bottom, DETAIL, drawn_height), close) if close and shots else None
        x = x + (DETAIL + GAP if has_detail else 0.0)
        if not shots:
            x = MARGIN
        final = shots[-1] if scene.surface is not None and scene.shape is not None else None
        rows.append(
            Row(
                name, subtitle(scene.stage), top, MARGIN, cells, scene, final, detail,
                (x + 0.05, top - ROW_HEAD), numbers, refused,
            )
        )  # fmt: skip
        top -= tall
    return Sheet(width, height, window, scale, tuple(rows), verdicts, top, columns, legend)


def _groups(snapshots: Sequence[Snapshot], result: Result) -> list[tuple[str, list[Snapshot]]]:
    """Names of stages with their snapshots, in the order of the process; some have none."""
    names = dict.fromkeys([*(s.name for s in snapshots), *(s.name for s in result.stages)])
    return [(name, [s for s in snapshots if s.name == name]) for name in names]


def _scenes(groups: list[tuple[str, list[Snapshot]]], result: Result) -> list[Scene]:
    scenes: list[Scene] = []
    shots_before: list[Snapshot] = []
    stages = {stage.name: stage for stage in result.stages}
    told_of = {
        n: without_round_off(group, result.metrics_error.get(n, {}))
        for n, group in result.metrics.items()
    }
    barrier = told_of.get("barrier", {})
    shown = False
    for number, (name, shots) in enumerate(groups, 1):
        shots_before += shots
        stack = shots_before[-1].stack if shots_before else None
        stage, values = stages.get(name), told_of.get(name, {})
        shape, metrics, is_frozen = (
            (None, values, False) if stage is None else as_frozen(stage, values)
        )
        has_barrier = stack is not None and any(is_barrier(region.name) for region in stack.regions)
        # a barrier that no later stage shows is told with the last one
        last = number == len(groups) and not shown
        shown = shown or has_barrier
        below = next((s for s in reversed(scenes) if "terminus_depth_m" in s.metrics), None)
        scenes.append(
            Scene(
                stage,
                shape,
                is_frozen,
                values,
                metrics,
                barrier if has_barrier or last else {},
                stack,
                shots[-1].meridians if shots else (),
                below if has_barrier else None,
            )
        )
    return scenes


def _window(snapshots: Sequence[Snapshot]) -> tuple[Window, float]:
    """What every whole drawing shows, and how high it is on paper."""
    radius, low, high = 1.0, 0.0, 1.0
    for shot in snapshots:
        outer = UM * shot.stack.outer
        for region in shot.stack.regions:
            points = UM * region.outline
            wide = float(points[:, 0].max())
            for edge in region.loop:
                if edge.feature.endswith((" wall", " side")):
                    radius = max(radius, *(UM * float(edge.point(u)[0]) for u in (0.0, 1.0)))
            if wide < 0.999 * outer:
                radius = max(radius, wide)
                low = min(low, float(points[:, 1].min()))
            if not region.is_base:
                high = max(high, float(points[:, 1].max()))
    low = max(low - 0.12 * (high - low), min(UM * s.stack.bottom for s in snapshots)) if (
        snapshots
    ) else low  # fmt: skip
    radius *= 1.06
    per_inch = max(
        2.0 * radius / (DRAWING - 2.0 * BESIDE), (high - low) / (TALLEST - ABOVE - BELOW)
    )
    floor = max([UM * s.stack.bottom for s in snapshots], default=low)
    bottom = max(low - BELOW * per_inch, floor)
    height = max((high - bottom) / per_inch + ABOVE, 1.7)
    half = 0.5 * DRAWING * per_inch
    return Window(-half, half, bottom, bottom + height * per_inch), height


def _legend(
    snapshots: Sequence[Snapshot], width: float
) -> tuple[tuple[tuple[str, float, float], ...], float]:
    """Every material with its place from the upper left corner, and how high the header is."""
    names = dict.fromkeys(r.material for s in snapshots for r in s.stack.regions)
    x, y = MARGIN, 0.42
    placed = []
    for name in names:
        room = SWATCH + text_width(name, 8.0) / 72.0
        if x > MARGIN and x + room > width - MARGIN:
            x, y = MARGIN, y + 0.19
        placed.append((name, x, y))
        x += room + 0.24
    return tuple(placed), y + 0.2
