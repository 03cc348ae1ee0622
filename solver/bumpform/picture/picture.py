"""The picture of a run: the stack after every stage, to scale, with its metrics and the verdict.

One row a stage: its snapshots side by side, a close-up of the contact line, its numbers. All
whole drawings share one scale. Below them, every condition with its mark, value and limits.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from bumpform.files.whole import write_bytes
from bumpform.picture.layout import Row, Sheet, plan_sheet
from bumpform.picture.marks import detail_frame, mark_detail, mark_drawing
from bumpform.picture.raster import pixels
from bumpform.picture.section import (
    draw_section,
    material_colors,
    open_drawing,
    scale_bar,
)
from bumpform.picture.text import draw_header, draw_row_text, draw_verdict
from bumpform.result.run import Run

__all__ = ["draw_stages", "png_bytes", "svg_bytes", "write_stages"]

DPI: Final = 150
_STYLE: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "svg.fonttype": "none",
    "svg.hashsalt": "bumpform",
    "path.simplify": True,
    "axes.unicode_minus": True,
    "text.hinting": "no_hinting",  # to scale, and three times as quick
}


def draw_stages(run: Run) -> Figure:
    """Draw every snapshot of a run to scale, its metrics as dimensions, and the verdict.

    Parameters
    ----------
    run : Run
        Only its snapshots and its record are read.

    Returns
    -------
    matplotlib.figure.Figure
        With no canvas of a window system; `write_stages` writes it.
    """
    with mpl.rc_context(_STYLE):
        sheet = plan_sheet(run.snapshots, run.record)
        colors = material_colors(tuple(s.stack for s in run.snapshots))
        figure = Figure(figsize=(sheet.width, sheet.height), facecolor="white", dpi=DPI)
        draw_header(figure, sheet, run.record, colors)
        letter = ord("A")
        for row in sheet.rows:
            letter += _draw_row(figure, sheet, row, colors, chr(letter))
        draw_verdict(figure, sheet, run.record)
        return figure


def _draw_row(figure: Figure, sheet: Sheet, row: Row, colors: dict[str, str], letter: str) -> int:
    """One stage; returns how many letters for details it has used."""
    draw_row_text(figure, sheet, row)
    for cell in row.cells:
        drawing = open_drawing(figure, cell.box, sheet.window)
        draw_section(drawing, cell.snapshot.stack, colors, cell.snapshot.meridians)
        scale_bar(drawing)
        if cell.snapshot is row.final:
            mark_drawing(drawing, row.scene)
            if row.detail:
                detail_frame(drawing, row.detail.window, letter)
        caption = cell.snapshot.caption or cell.snapshot.moment
        if cell.snapshot is row.final and row.scene.is_frozen:
            caption += ", shape and dimensions as frozen"
        drawing.axes.set_title(
            caption,
            fontsize=8,
            loc="left",
            pad=3.5,
            color="#3c4550",
        )
    if not row.detail or row.scene.stack is None:
        return 0
    drawing = open_drawing(figure, row.detail.box, row.detail.window)
    draw_section(drawing, row.scene.stack, colors, row.scene.surfaces, mirrored=False)
    mark_detail(drawing, row.scene)
    scale_bar(drawing)
    times = sheet.um_per_inch / (row.detail.window.width / row.detail.box[2])
    drawing.axes.set_title(
        f"detail {letter}: contact line, ×{_round(times)}",
        fontsize=8, loc="left", pad=3.5, color="#3c4550",
    )  # fmt: skip
    return 1


def _round(times: float) -> str:
    """Magnification with two digits."""
    step = 10.0 ** (math.floor(math.log10(times)) - 1)
    value = round(times / step) * step
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def write_stages(run: Run, folder: str | Path) -> tuple[Path, Path]:
    """Write ``stages.png`` and ``stages.svg``; the same run gives the same bytes.

    Returns
    -------
    tuple of Path
        The PNG and the SVG.
    """
    figure, folder = draw_stages(run), Path(folder)
    return (
        write_bytes(folder / "stages.png", png_bytes(figure)),
        write_bytes(folder / "stages.svg", svg_bytes(figure)),
    )


def png_bytes(figure: Figure) -> bytes:
    """The picture as PNG; quickly packed, which suits its even colours."""
    with mpl.rc_context(_STYLE):
        drawn = pixels(figure)
    height, width, _ = drawn.shape
    rows = np.zeros((height, 3 * width + 1), dtype=np.uint8)  # first in a row: no filter
    for channel in range(3):  # numpy copies a long row three times as fast as many triples
        rows[:, 1 + channel :: 3] = drawn[..., channel]

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    dots = round(DPI / 0.0254)  # per m
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            chunk(b"pHYs", struct.pack(">IIB", dots, dots, 1)),
            chunk(b"IDAT", zlib.compress(rows, 3)),
            chunk(b"IEND", b""),
        )
    )


def svg_bytes(figure: Figure) -> bytes:
    """The picture as SVG; its text is text, its identifiers do not change."""
    metadata: dict[str, Any] = {"Date": None, "Creator": "bumpform"}
    with mpl.rc_context(_STYLE):
        buffer = io.BytesIO()
        FigureCanvasSVG(figure).print_svg(buffer, metadata=metadata)
        return buffer.getvalue()
