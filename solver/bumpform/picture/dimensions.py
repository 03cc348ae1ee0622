"""Dimensions as an engineer draws them: extension lines, arrows, the number beside or on them."""

from __future__ import annotations

import functools
import math
from typing import Any, Final

import numpy as np
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.patches import Arc, FancyArrowPatch

from bumpform.picture.section import INK, Drawing, write

FONT: Final = "DejaVu Sans"
LINE: Final = 0.55
#: Size at which the font is measured, points.
EM: Final = 12.0
#: Shorter spans get their arrows from outside, points.
SHORT: Final = 15.0


@functools.cache
def _font(weight: str) -> Any:
    return get_font(findfont(FontProperties(family=FONT, weight=weight)))


@functools.cache
def _advance(character: str, weight: str) -> float:
    """Width of a character with its margins, in ems."""
    font = _font(weight)
    font.set_size(EM, 72)  # matplotlib, which has it too, sets it to others
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536.0 / EM


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text, points: its characters', which stand no closer together."""
    return size * math.fsum(_advance(character, weight) for character in text)


def wrap(text: str, size: float, width: float, weight: str = "normal") -> list[str]:
    """Lines of a text that fit a width in points."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def guide(
    drawing: Drawing, x0: float, x1: float, z: float, *, dashed: bool = False, color: str = INK
) -> None:
    """Thin level line: an extension line, or a dashed reference."""
    style = (0, (5, 3)) if dashed else "-"
    drawing.axes.plot([x0, x1], [z, z], color=color, lw=LINE if dashed else 0.4, ls=style, zorder=8)


def upright(drawing: Drawing, x: float, z0: float, z1: float) -> None:
    """Thin vertical extension line."""
    drawing.axes.plot([x, x], [z0, z1], color=INK, lw=0.4, zorder=8)


def arrow(
    drawing: Drawing, tail: tuple[float, float], head: tuple[float, float], *, both: bool = False
) -> None:
    """Thin arrow with a small filled head."""
    drawing.axes.add_patch(
        FancyArrowPatch(
            tail,
            head,
            arrowstyle="<|-|>,head_length=4,head_width=1.3"
            if both
            else "-|>,head_length=4,head_width=1.3",
            mutation_scale=1.0,
            shrinkA=0.0,
            shrinkB=0.0,
            lw=LINE,
            color=INK,
            zorder=9,
        )
    )


def span(drawing: Drawing, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Dimension line between two points; returns whether its arrows stand inside."""
    a, b = np.array(start), np.array(end)
    length = float(np.hypot(*(b - a)))
    if length >= drawing.pt(SHORT):
        arrow(drawing, start, end, both=True)
        return True
    if length > 0.0:
        tail = drawing.pt(10.0) * (b - a) / length
        arrow(drawing, tuple(a - tail), start)
        arrow(drawing, tuple(b + tail), end)
        drawing.axes.plot(*zip(start, end, strict=True), color=INK, lw=LINE, zorder=8)
    return False


def vertical(
    drawing: Drawing, x: float, z0: float, z1: float, text: str, *, side: str, beside: bool = False
) -> None:
    """Dimension of a height; its number along the line where it fits, else above it, in lines.

    Parameters
    ----------
    side : "left" or "right"
        Which edge of the drawing the line is near; with ``beside``, where the number stands.
    beside : bool
        The number level beside the line, or under it where that is short.
    """
    z0, z1 = sorted((z0, z1))
    inside = span(drawing, (x, z0), (x, z1))
    room = (z1 - z0) / drawing.um_per_pt
    sign = -1.0 if side == "left" else 1.0
    if beside:
        level = 0.5 * (z0 + z1) if inside else z0 - drawing.pt(3.0)
        at = (x + sign * drawing.pt(5.0), level)
        ha, va = "right" if side == "left" else "left", "center" if inside else "top"
        write(drawing, at, text, ha=ha, va=va, backed=True)
    elif inside and text_width(text.replace("\n", " "), 7.5) < room - 4.0:
        text = text.replace("\n", " ")
        at = (x - drawing.pt(2.5), 0.5 * (z0 + z1))
        write(drawing, at, text, ha="center", va="bottom", rotation=90.0, backed=True)
    else:
        at = (x + sign * drawing.pt(13.0), z1 + drawing.pt(3.0 if inside else 12.0))
        write(drawing, at, text, ha=side, va="bottom", backed=True)


def horizontal(drawing: Drawing, x0: float, x1: float, z: float, text: str) -> None:
    """Dimension of a width, its number above the line."""
    span(drawing, (x0, z), (x1, z))
    at = (0.5 * (x0 + x1), z + drawing.pt(3.0))
    write(drawing, at, text, ha="center", va="bottom", backed=True)


def angle_mark(
    drawing: Drawing,
    at: tuple[float, float],
    first: float,
    sweep: float,
    text: str,
    *,
    radius: float = 17.0,
) -> None:
    """Arc of an angle about a point, with its legs, and its number outside the arc.

    Parameters
    ----------
    first, sweep : float, rad
        From the first leg, anticlockwise where positive.
    radius : float, points
    """
    r = drawing.pt(radius)
    lo, hi = sorted((first, first + sweep))
    drawing.axes.add_patch(
        Arc(at, 2 * r, 2 * r, theta1=math.degrees(lo), theta2=math.degrees(hi), lw=0.7, color=INK,
            zorder=9)
    )  # fmt: skip
    for leg in (lo, hi):
        c, s = math.cos(leg), math.sin(leg)
        drawing.axes.plot(
            [at[0], at[0] + 1.35 * r * c],
            [at[1], at[1] + 1.35 * r * s],
            color=INK,
            lw=0.4,
            zorder=8,
        )
    middle = 0.5 * (lo + hi)
    c, s = math.cos(middle), math.sin(middle)
    ha = "left" if c > 0.35 else "right" if c < -0.35 else "center"
    va = "bottom" if s > 0.5 else "top" if s < -0.5 else "center"
    reach = r + drawing.pt(3.5)
    if ha == "center" and abs(sweep) < 0.5 * math.pi:  # where the wedge is as wide as the text
        reach = max(reach, drawing.pt(min(20.0 / math.sin(0.5 * abs(sweep)), 44.0)))
    write(drawing, (at[0] + reach * c, at[1] + reach * s), text, ha=ha, va=va, backed=True)


def dot(drawing: Drawing, at: tuple[float, float], *, filled: bool = True) -> None:
    """Small disc (pinned) or ring (free) at a contact line or a juncture."""
    drawing.axes.plot(
        [at[0]], [at[1]], marker="o", ms=3.6, mfc=INK if filled else "white", mec=INK, mew=0.7,
        ls="none", zorder=12,
    )  # fmt: skip
