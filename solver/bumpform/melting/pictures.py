"""Pictures of a melt: its outlines in time as a still, and those that a film is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.motion.melt import Frame, Melted
from bumpform.melting.shapes.shape import Line
from bumpform.melting.wording import rest_words, time_words
from bumpform.picture.section import (
    INK,
    SOFT,
    UM,
    Drawing,
    Window,
    draw_section,
    material_colors,
    open_drawing,
    scale_bar,
)
from bumpform.process.mounts.mounted import Mounted

#: Red, green and blue of a picture's dots.
Pixels = NDArray[np.uint8]
#: Outlines in a still; dots an inch.
OUTLINES: Final = 14
DPI: Final = 110
#: Colour of the deposit's outline.
FIRST: Final = (0.75, 0.18, 0.12)
#: Inches: longest side of a drawing, and room for the text over it.
SIDE: Final = 5.4
HEAD: Final = 0.62
EDGE: Final = 0.25
_STYLE: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "svg.fonttype": "none",
    "svg.hashsalt": "bumpform",
}


def spaced_frames(melted: Melted, count: int) -> list[Frame]:
    """So many frames between which the melt has gone equally far, the first and last among them."""
    frames = list(melted.frames)
    marks = np.array([_marks(frame) for frame in frames])
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(marks, axis=0)).max(axis=1))])
    if way[-1] == 0.0:
        return frames[-1:]
    wanted = np.linspace(0.0, way[-1], max(2, count))
    chosen = {int(np.argmin(np.abs(way - w))) for w in wanted} | {0, len(frames) - 1}
    return [frames[k] for k in sorted(chosen)]


def _marks(frame: Frame) -> Array:
    nodes = frame.step.shape.nodes
    return np.array([*nodes[0], *nodes[-1], nodes[:, 0].max(), nodes[:, 1].max()])


def draw_still(melted: Melted) -> Figure:
    """The outlines in time, from pale to dark, over what stays solid; the first ones in red."""
    with mpl.rc_context(_STYLE):
        figure, drawing = _sheet(melted)
        frames = spaced_frames(melted, OUTLINES)
        _fill(drawing, melted, frames[-1])
        _draw_package(drawing, melted, frames[-1])
        lines, shades = [], []
        for k, frame in enumerate(frames):
            shade = 1.0 if k == 0 else 0.25 + 0.75 * k / max(1, len(frames) - 1)
            for half in _both(UM * frame.outline):
                lines.append(half)
                shades.append((*(FIRST if frame is frames[0] else (0.0, 0.0, 0.0)), shade))
        drawing.axes.add_collection(LineCollection(lines, colors=shades, linewidths=0.8, zorder=6))
        begun = _package_outline(melted, frames[0])
        drawing.axes.add_collection(
            LineCollection(begun, colors=[FIRST], linewidths=0.8, linestyles="dashed", zorder=6)
        )
        _head(figure, melted, f"{time_words(frames[-1].time_s)} to {_ended(melted)}")
        return figure


def _ended(melted: Melted) -> str:
    if melted.stopped:
        return "where it was followed no further"
    return rest_words(melted.end)


def film_pictures(melted: Melted, count: int) -> list[Pixels]:
    """The melt as so many pictures, each of shape (height, width, 3)."""
    frames = spaced_frames(melted, count)
    with mpl.rc_context(_STYLE):
        figure, drawing = _sheet(melted)
        canvas = FigureCanvasAgg(figure)
        liquid = _fill(drawing, melted, frames[0])
        surface = LineCollection([], colors=INK, linewidths=1.1, zorder=6)
        drawing.axes.add_collection(surface)
        text = _head(figure, melted, "")
        pictures = []
        for frame in frames:
            liquid.set_verts(_both(UM * _region(melted, frame)))
            surface.set_segments(_both(UM * frame.outline))
            package = _draw_package(drawing, melted, frame)
            text.set_text(f"t = {time_words(frame.time_s)}")
            canvas.draw()
            for artist in package:
                artist.remove()
            pictures.append(np.array(canvas.buffer_rgba())[..., :3])
    return pictures


def _sheet(melted: Melted) -> tuple[Figure, Drawing]:
    """A figure with what stays solid, to scale."""
    window = _window(melted)
    scale = SIDE / max(window.width, window.height)
    width, height = window.width * scale, window.height * scale
    size = (width + 2 * EDGE, height + HEAD + 2 * EDGE)
    figure = Figure(figsize=size, facecolor="white", dpi=DPI)
    drawing = open_drawing(figure, (EDGE, 1.2 * EDGE, width, height), window)
    draw_section(drawing, melted.start.stage.solids, _colors(melted))
    scale_bar(drawing)
    return figure, drawing


def _window(melted: Melted) -> Window:
    nodes = np.vstack([f.outline for f in melted.frames]) * UM
    reach = 1.35 * float(nodes[:, 0].max())
    low, high = float(nodes[:, 1].min()), float(nodes[:, 1].max())
    solids = np.vstack([r.outline for r in melted.start.stage.solids.regions]) * UM
    near = solids[np.abs(solids[:, 0]) < reach]
    high = max(high, float(near[:, 1].max(initial=high)))
    low = min(low, 0.0)
    room = 0.12 * (high - low) + 0.05 * reach  # a package above is cut off by it
    return Window(-reach, reach, low - room, high + room)


def _colors(melted: Melted) -> dict[str, str]:
    before = melted.start.moment.before
    assert before is not None
    stage = melted.start.stage
    above = (stage.package.stack,) if isinstance(stage, Mounted) else ()
    return material_colors((before.stack, *above))


def _fill(drawing: Drawing, melted: Melted, frame: Frame) -> PolyCollection:
    before = melted.start.moment.before
    assert before is not None
    color = _colors(melted)[before.stack.region(melted.start.stage.melted[0]).material]
    liquid = PolyCollection(_both(UM * _region(melted, frame)), facecolors=color, zorder=1.5)
    drawing.axes.add_collection(liquid, autolim=False)
    return liquid


def _draw_package(drawing: Drawing, melted: Melted, frame: Frame) -> list[Artist]:
    """The package where it is at a moment, if there is one; what has been drawn."""
    stage, end = melted.start.stage, frame.step.shape.end
    if not isinstance(stage, Mounted) or end is None:
        return []
    before = set(drawing.axes.get_children())
    hung = stage.package.at(end.wall.lift * melted.start.drop.length)
    draw_section(drawing, replace(stage.package.stack, regions=hung.regions), _colors(melted))
    return [artist for artist in drawing.axes.get_children() if artist not in before]


def _package_outline(melted: Melted, frame: Frame) -> list[Array]:
    """What the package turns to the liquid, where it is at a moment, µm; none without one."""
    end = frame.step.shape.end
    if end is None or end.end != "top":
        return []
    return _both(UM * melted.start.drop.length * end.wall.outline)


def _region(melted: Melted, frame: Frame) -> Array:
    """Polygon of the liquid, into every corner that the mesh cuts off, m."""
    shape, length = frame.step.shape, melted.start.drop.length
    begin = melted.start.floor.profile.start
    if shape.end is not None and shape.end.end == "inner":
        begin = shape.end.at
    parts = [_wetted(shape.start, begin, length), frame.outline]
    if shape.end is not None and shape.end.end == "top":
        parts.append(_wetted(shape.end, shape.end.wall.profile.start, length)[::-1])
    return np.vstack(parts)


def _wetted(line: Line, begin: Station, length: float) -> Array:
    """The solid from a place to a contact line, m."""
    edges = line.wall.profile.between(begin, line.at)
    lift = np.array([0.0, line.wall.lift * length])
    return np.vstack([edge.sample() for edge in edges]) + lift


def _both(points: Array) -> list[Array]:
    return [points, points * [-1.0, 1.0]]


def _head(figure: Figure, melted: Melted, words: str) -> Text:
    width, height = figure.get_size_inches()
    start = melted.start
    title = f"{start.name}: from the deposit to rest"
    figure.text(EDGE / width, 1 - 0.3 / height, title, fontsize=10, color=INK)
    return figure.text(EDGE / width, 1 - 0.54 / height, words, fontsize=8, color=SOFT)
