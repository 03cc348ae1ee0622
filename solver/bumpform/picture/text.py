"""Words of a picture: the header with its legend, the numbers of a stage, the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from bumpform.picture.dimensions import text_width
from bumpform.picture.layout import LINE, MARGIN, NUMBERS, SWATCH, Row, Sheet
from bumpform.picture.section import FRAME, INK, SOFT
from bumpform.picture.words import SIZE
from bumpform.result.contract import Result
from bumpform.result.readable import verdict_summary

GOOD: Final = "#1b7f4b"
BAD: Final = "#c0322b"
#: Width of the values of what has frozen, inches.
FROZEN_COLUMN: Final = 0.7


class _Pen:
    """Writes on a figure in inches from its lower left corner."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.width, self.height = figure.get_size_inches()

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        style = {"fontsize": SIZE, "color": INK, "ha": "left", "va": "baseline", **style}
        self.figure.text(x / self.width, y / self.height, text, parse_math=False, **style)

    def rule(self, x0: float, x1: float, y: float, color: str = FRAME) -> None:
        self.figure.add_artist(
            Line2D(
                [x0 / self.width, x1 / self.width],
                [y / self.height] * 2,
                color=color,
                lw=0.6,
            )
        )

    def box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        self.figure.add_artist(
            Rectangle(
                (x / self.width, y / self.height),
                width / self.width,
                height / self.height,
                facecolor=color,
                edgecolor=INK,
                lw=0.5,
            )
        )


def draw_header(figure: Figure, sheet: Sheet, result: Result, colors: Mapping[str, str]) -> None:
    """Name of the case, and every material with its colour, once."""
    pen = _Pen(figure)
    top = sheet.height - MARGIN
    case = result.case
    name = case.name.replace("_", " ")
    pen.text(MARGIN, top - 0.14, name, fontsize=12.5, fontweight="bold")
    x = MARGIN + text_width(name, 12.5, "bold") / 72.0 + 0.15
    if case.title:
        pen.text(x, top - 0.14, case.title, fontsize=9.5, color=SOFT)
    for material, left, down in sheet.legend:
        pen.box(left, top - down - 0.01, 0.19, 0.11, colors[material])
        pen.text(left + SWATCH, top - down, material, fontsize=8)
    x = sheet.width - MARGIN
    gap = "\N{NO-BREAK SPACE}" * 3
    words = gap.join(("● contact line pinned", "○ free", "– – dielectric's top, extended"))
    pen.text(x, top - 0.14, words, color=SOFT, ha="right")


def draw_row_text(figure: Figure, sheet: Sheet, row: Row) -> None:
    """Title of a stage, its numbers, and why it was refused."""
    pen = _Pen(figure)
    y = row.top - 0.17
    pen.rule(MARGIN, sheet.width - MARGIN, row.top)
    pen.text(row.left, y, row.title, fontsize=9.5, fontweight="bold")
    x = row.left + text_width(row.title, 9.5, "bold") / 72.0 + 0.12
    pen.text(x, y, row.subtitle, fontsize=8.5, color=SOFT)
    x, y = row.text
    y -= 0.1
    for i, line in enumerate(row.refused):
        weight = "bold" if i == 0 else "normal"
        pen.text(x, y, line, color=BAD, fontweight=weight)
        y -= LINE
    for name, value, frozen in row.numbers:
        pen.text(x, y, name, color=SOFT)
        right = x + NUMBERS - 0.1
        if frozen:
            pen.text(right, y, frozen, ha="right")
            right -= FROZEN_COLUMN
        pen.text(right, y, value, ha="right")
        y -= LINE


def draw_verdict(figure: Figure, sheet: Sheet, result: Result) -> None:
    """Every condition with a check or a cross, its value and its limits."""
    pen = _Pen(figure)
    y = sheet.verdict_top
    pen.rule(MARGIN, sheet.width - MARGIN, y)
    y -= 0.2
    words, color = _summary(sheet, result)
    pen.text(MARGIN, y, "Verdict", fontsize=9.5, fontweight="bold")
    pen.text(MARGIN + 0.68, y, words, fontsize=9, color=color, fontweight="bold")
    y -= 0.2
    statement, value, limits = (MARGIN + column for column in sheet.columns)
    pen.text(sheet.width - MARGIN, MARGIN, provenance(result), fontsize=7, color=SOFT, ha="right")
    if sheet.verdicts:
        for x, head in ((value, "value"), (limits, "limits")):
            pen.text(x, y + 0.02, head, fontsize=7, color=SOFT)
        y -= 0.17
    for verdict in sheet.verdicts:
        mark, color = {True: ("✓", GOOD), False: ("✗", BAD), None: ("–", SOFT)}[verdict.holds]
        pen.text(MARGIN + 0.02, y, mark, color=color, fontsize=10)
        ink = {True: INK, False: BAD, None: SOFT}[verdict.holds]
        pen.text(value, y, verdict.value, fontsize=8, color=ink)
        pen.text(limits, y, verdict.limits, fontsize=8, color=SOFT)
        for line in verdict.statement:
            pen.text(statement, y, line, fontsize=8, color=ink)
            y -= 1.15 * LINE


def provenance(result: Result) -> str:
    """Version and case that made the result."""
    return f"bumpform {result.bumpform} · case {result.case.sha256[:12]}"


def _summary(sheet: Sheet, result: Result) -> tuple[str, str]:
    stage = result.refused
    if stage is not None and stage.refused is not None:
        return f"{stage.name} was refused: {stage.refused.reason.replace('_', ' ')}", BAD
    if result.stopped is not None:
        return f"the process stops at step {result.stopped.step}: see the log", BAD
    if not sheet.verdicts:
        return "no geometric condition applies", SOFT
    failed = any(v.holds is False for v in sheet.verdicts)
    return verdict_summary(result.conditions), BAD if failed else GOOD
