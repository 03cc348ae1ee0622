"""A figure's pixels: as matplotlib's Agg draws them, but for text, which is drawn line by line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.figure import Figure
from numpy.typing import NDArray


class _Renderer(RendererAgg):
    """Agg, which draws a line of text at once: one glyph at a time takes three times as long."""

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """A line that starts at a place on the base line, turned by an angle in degrees."""
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        font = self._prepare_font(prop)
        font.set_text(s, 0.0, flags=get_hinting_flag())
        font.draw_glyphs_to_bitmap(antialiased=gc.get_antialiased())
        right, down = (shift / 64.0 for shift in font.get_bitmap_offset())
        below, turned = font.get_descent() / 64.0, math.radians(angle)
        left = round(x + right + below * math.sin(turned))
        foot = round(y + down + below * math.cos(turned))
        self._renderer.draw_text_image(font.get_image(), left, foot + 1, angle, gc)


class _Canvas(FigureCanvasAgg):
    def get_renderer(self) -> _Renderer:
        """One for the canvas, which draws one figure."""
        if not hasattr(self, "renderer"):
            self.renderer = _Renderer(*self.figure.bbox.size, self.figure.dpi)
        return self.renderer


def pixels(figure: Figure) -> NDArray[np.uint8]:
    """Red, green and blue of every pixel, rows from above, shape (height, width, 3)."""
    canvas = _Canvas(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]  # all of it is opaque
