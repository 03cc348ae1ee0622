"""Pictures of a melt: its outlines in time as a still, and those that a film is made of."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
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
#: Least half width of a drawing, as a part of its height.
NARROWEST: Final = 0.32
_STYLE: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "svg.fonttype": "none",
    "svg.hashsalt": "bumpform",
}


def spaced_frames(melted: Melted, count: int) -> list[Frame]:
    """At most so many frames between which the melt has gone equally far, with the first and last.

    Of a melt with few steps, or long ones, they are fewer.
    """
    frames = list(melted.frames)
    way = np.cumsum([0.0, *(_gone(a, b) for a, b in pairwise(frames))])
    if way[-1] == 0.0:
        return frames[-1:]
    wanted = np.linspace(0.0, way[-1], max(2, count))
    chosen = {int(np.argmin(np.abs(way - w))) for w in wanted} | {0, len(frames) - 1}
    return [frames[k] for k in sorted(chosen)]


def _gone(before: Frame, after: Frame) -> float:
    """How far the liquids have gone from one frame to the next, m; none where two have met."""
    if len(before.liquids) != len(after.liquids):
        return 0.0
    pairs = zip(before.liquids, after.liquids, strict=True)
    return max(float(np.abs(_marks(a) - _marks(b)).max()) for a, b in pairs)


def _marks(liquid: Frame) -> Array:
    nodes = liquid.outline
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
            for half in _surfaces(frame):
                lines.append(half)
                shades.append((*(FIRST if frame is frames[0] else (0.0, 0.0, 0.0)), shade))
        drawing.axes.add_collection(LineCollection(lines, colors=shades, linewidths=0.8, zorder=6))
        begun = _package_outline(frames[0])
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
    """The melt as at most so many pictures, each of shape (height, width, 3)."""
    frames = spaced_frames(melted, count)
    with mpl.rc_context(_STYLE):
        figure, drawing = _sheet(melted)
        canvas = FigureCanvasAgg(figure)
        surface = LineCollection([], colors=INK, linewidths=1.1, zorder=6)
        drawing.axes.add_collection(surface)
        text = _head(figure, melted, "")
        pictures = []
        for frame in frames:
            surface.set_segments(_surfaces(frame))
            moving = [_fill(drawing, melted, frame), *_draw_package(drawing, melted, frame)]
            text.set_text(f"t = {time_words(frame.time_s)}")
            canvas.draw()
            for artist in moving:
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
    nodes = np.vstack([one.outline for f in melted.frames for one in f.liquids]) * UM
    reach = 1.35 * float(nodes[:, 0].max())
    low, high = float(nodes[:, 1].min()), float(nodes[:, 1].max())
    solids = np.vstack([r.outline for r in melted.start.stage.solids.regions]) * UM
    near = solids[np.abs(solids[:, 0]) < reach]
    high = max(high, float(near[:, 1].max(initial=high)))
    low = min(low, 0.0)
    room = 0.12 * (high - low) + 0.05 * reach  # a package above is cut off by it
    reach = max(reach, NARROWEST * (high - low + 2.0 * room))  # the words over it have room, too
    return Window(-reach, reach, low - room, high + room)


def _colors(melted: Melted) -> dict[str, str]:
    before = melted.start.moment.before
    assert before is not None
    stage = melted.start.stage
    above = (stage.brought.stack,) if isinstance(stage, Mounted) else ()
    return material_colors((before.stack, *above))


def _fill(drawing: Drawing, melted: Melted, frame: Frame) -> PolyCollection:
    """Every liquid, in the colour of the first solder in it."""
    before, stage = melted.start.moment.before, melted.start.stage
    assert before is not None
    brought = stage.brought.stack.regions if isinstance(stage, Mounted) else ()
    materials = {r.name: r.material for r in (*brought, *before.stack.regions)}
    colors = _colors(melted)
    halves, fills = [], []
    for one in frame.liquids:
        halves += _both(UM * _region(one))
        fills += [colors[materials[one.start.melted[0]]]] * 2
    liquid = PolyCollection(halves, facecolors=fills, zorder=1.5)
    drawing.axes.add_collection(liquid, autolim=False)
    return liquid


def _surfaces(frame: Frame) -> list[Array]:
    """The free surfaces of all liquids, µm."""
    return [half for one in frame.liquids for half in _both(UM * one.outline)]


def _draw_package(drawing: Drawing, melted: Melted, frame: Frame) -> list[Artist]:
    """The package where it is at a moment, if that is known; what has been drawn.

    One that lies on solid, or is held off the liquid, is where the stage has it.
    """
    stage = melted.start.stage
    if not isinstance(stage, Mounted):
        return []
    height = next((h for one in frame.liquids if (h := _height(one)) is not None), None)
    if height is None and stage.gap is not None:
        height = stage.standoff
    if height is None:
        return []
    before = set(drawing.axes.get_children())
    hung = stage.package.at(height)
    draw_section(drawing, replace(stage.package.stack, regions=hung.regions), _colors(melted))
    return [artist for artist in drawing.axes.get_children() if artist not in before]


def _height(liquid: Frame) -> float | None:
    """Of the package's pad that a liquid is on, m; None where it is on none."""
    end = liquid.step.shape.end
    if end is not None and end.end == "top":
        return end.wall.lift * liquid.start.drop.length
    return liquid.start.turned


def _package_outline(frame: Frame) -> list[Array]:
    """What the package turns to the liquids, where it is at a moment, µm; none without one."""
    for one in frame.liquids:
        end, start = one.step.shape.end, one.start
        if end is not None and end.end == "top":
            return _both(UM * start.drop.length * end.wall.outline)
        if start.turned is not None:
            return _both(UM * start.placed(start.floor.outline))
    return []


def _region(liquid: Frame) -> Array:
    """Polygon of a liquid, into every corner that the mesh cuts off, m."""
    shape, start = liquid.step.shape, liquid.start
    begin = start.floor.profile.start
    if shape.end is not None and shape.end.end == "inner":
        begin = shape.end.at
    parts = [start.placed(_wetted(shape.start, begin)), liquid.outline]
    if shape.end is not None and shape.end.end == "top":
        parts.append(start.placed(_wetted(shape.end, shape.end.wall.profile.start)[::-1]))
    return np.vstack(parts)


def _wetted(line: Line, begin: Station) -> Array:
    """The solid from a place to a contact line, scaled."""
    edges = line.wall.profile.between(begin, line.at)
    lift = np.array([0.0, line.wall.lift])
    return np.vstack([edge.sample() for edge in edges]) / line.wall.length + lift


def _both(points: Array) -> list[Array]:
    return [points, points * [-1.0, 1.0]]


def _head(figure: Figure, melted: Melted, words: str) -> Text:
    width, height = figure.get_size_inches()
    start = melted.start
    title = f"{start.name}: from the deposit {'on' if melted.stopped else 'to rest'}"
    figure.text(EDGE / width, 1 - 0.3 / height, title, fontsize=10, color=INK)
    return figure.text(EDGE / width, 1 - 0.54 / height, words, fontsize=8, color=SOFT)
