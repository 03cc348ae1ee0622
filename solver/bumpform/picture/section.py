"""Cross-section of a stack to scale: filled regions, interfaces, layers too thin to fill.

All coordinates in a drawing are micrometres; a drawing knows how many of them one point
(1/72 inch) of paper shows, so that gaps and text sizes are right at every magnification.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from bumpform.geometry.curve import Array, PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.materials.library import load_library
from bumpform.stack.stack import LIMITS, Region, Stack

#: Micrometres in a metre.
UM: Final = 1e6

INK: Final = "#20262e"
SOFT: Final = "#6b7480"
FRAME: Final = "#c9ced6"

#: A region drawn thinner than this many points is a coloured line instead.
THINNEST: Final = 1.3
THIN_LINE: Final = 1.0

#: A polyline may leave its curve by so many points of paper.
DEVIATION: Final = 0.1
#: Of a chord: beyond them the curve's own round-off is magnified.
MOST_HALVINGS: Final = 20

#: For materials that the library does not know, in their order of appearance.
_OTHERS: Final = ("#8fb4a5", "#c58fa9", "#8f9fd0", "#c7b36b", "#7fa9a9", "#b58a6c")


class Window(NamedTuple):
    """What a drawing shows, µm."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        """Of the view, µm."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Of the view, µm."""
        return self.top - self.bottom


@dataclass(frozen=True)
class Drawing:
    """Axes whose data are µm, and how many µm a point of paper shows."""

    axes: Axes
    window: Window
    um_per_pt: float

    def pt(self, points: float) -> float:
        """Length in µm of so many points of paper."""
        return points * self.um_per_pt


def open_drawing(figure: Figure, box: tuple[float, float, float, float], window: Window) -> Drawing:
    """Axes without ticks in a box (left, bottom, width, height in inches), framed.

    The window's proportions must be those of the box; then the scale is the same both ways.
    """
    width, height = figure.get_size_inches()
    rect = (box[0] / width, box[1] / height, box[2] / width, box[3] / height)
    axes = figure.add_axes(rect, xticks=[], yticks=[], facecolor="white")
    for spine in axes.spines.values():
        spine.set(color=FRAME, linewidth=0.6, zorder=20)
    axes.set_xlim(window.left, window.right)
    axes.set_ylim(window.bottom, window.top)
    return Drawing(axes, window, window.width / (72.0 * box[2]))


def material_colors(stacks: tuple[Stack, ...]) -> dict[str, str]:
    """Colour of every material that the stacks contain, in the order of appearance."""
    library = load_library()
    colors: dict[str, str] = {}
    others = iter(_OTHERS)
    for stack in stacks:
        for region in stack.regions:
            name = region.material
            if name in colors:
                continue
            parts = [library.aliases.get(part, part) for part in name.split("+")]
            if all(part in library.materials for part in parts):
                colors[name] = _mixed([library.materials[part].color for part in parts])
            else:
                colors[name] = next(others, "#b0b0b0")
    return colors


def _mixed(colors: list[str]) -> str:
    """Mean of colours: what solders fused together are drawn in."""
    channels = np.mean([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colors], axis=0)
    return "#" + "".join(f"{round(x):02x}" for x in channels)


def draw_section(
    drawing: Drawing,
    stack: Stack,
    colors: Mapping[str, str],
    surfaces: Sequence[PolynomialCurve] = (),
    *,
    mirrored: bool = True,
) -> None:
    """Fill the regions, draw their interfaces and, heavier, the solved free surfaces.

    Parameters
    ----------
    drawing : Drawing
    stack : Stack
    colors : mapping of material to colour
    surfaces : sequence of PolynomialCurve
        The free surfaces of the stage.
    mirrored : bool
        Whether the other half, at negative radius, is drawn too.
    """
    fills: list[Array] = []
    faces: list[str] = []
    thin: list[Array] = []
    thin_colors: list[str] = []
    drawn = _Curves(drawing, stack)
    for region in stack.regions:
        points = np.vstack([drawn.edge(edge)[:-1] for edge in region.loop])
        outline = np.vstack([points, points[:1]])
        is_thin = _mean_thickness(outline) < drawing.pt(THINNEST)
        color = colors[region.material]
        for half in _halves(outline, mirrored):
            if not is_thin:
                fills.append(half)
                faces.append(color)
        if is_thin:
            for edge in region.loop:
                if edge.feature not in LIMITS:
                    lines = _halves(drawn.edge(edge), mirrored)
                    thin += lines
                    thin_colors += [color] * len(lines)
    axes = drawing.axes
    # the hairline in the region's own colour hides the seam that anti-aliasing leaves
    axes.add_collection(
        PolyCollection(fills, facecolors=faces, edgecolors=faces, linewidths=0.3, zorder=1),
        autolim=False,
    )
    strokes = [
        half for edge in _interfaces(stack.regions) for half in _halves(drawn.edge(edge), mirrored)
    ]
    _add_lines(drawing, strokes, INK, 0.4, 2)
    for surface in surfaces:
        end = surface.breaks[-1]
        points = smooth(surface.point, np.linspace(0.0, end, 1 + 12 * int(end)), drawing)
        _add_lines(drawing, _halves(points, mirrored), INK, 1.1, 3)
    _add_lines(drawing, thin, thin_colors, THIN_LINE, 4)
    if mirrored:
        w = drawing.window
        axes.plot(
            [0.0, 0.0], [w.bottom, w.top], color=INK, lw=0.45, dashes=(9, 3, 1.5, 3), zorder=5
        )


class _Curves:
    """Edges of a stack as polylines of a drawing, each sampled once."""

    def __init__(self, drawing: Drawing, stack: Stack) -> None:
        self._drawing, self._stack = drawing, stack
        self._known: dict[Edge, Array] = {}

    def edge(self, edge: Edge) -> Array:
        """Points of an edge, µm."""
        if edge not in self._known:
            points = UM * edge.tips
            if not edge.is_straight:
                points = smooth(edge.point, edge.fractions(), self._drawing)
            self._known[edge] = _carried_on(points, self._stack, self._drawing)
        return self._known[edge]


def smooth(point: Callable[[Array], Array], at: Array, drawing: Drawing) -> Array:
    """Points of a curve, µm, so close that its chords are told from it nowhere in the window.

    Chords are halved until their middles are off by less than `DEVIATION`; those outside the
    window stay as they are.

    Parameters
    ----------
    point : callable
        Points, m, of an array of parameters.
    at : array
        The parameters to begin with.
    """
    points, w = UM * point(at), drawing.window
    low, high = np.array([w.left, w.bottom]), np.array([w.right, w.top])
    for _ in range(MOST_HALVINGS):
        middle = 0.5 * (at[:-1] + at[1:])
        on = UM * point(middle)
        ends = points[:-1], points[1:]
        off = np.hypot(*(on - 0.5 * (ends[0] + ends[1])).T)
        nearest, farthest = np.minimum(*ends) - off[:, None], np.maximum(*ends) + off[:, None]
        seen = ((nearest <= high) & (farthest >= low)).all(axis=1)
        split = np.flatnonzero(seen & (off > drawing.pt(DEVIATION)))
        if not split.size:
            break
        at = np.insert(at, split + 1, middle[split])
        points = np.insert(points, split + 1, on[split], axis=0)
    return points


def _add_lines(
    drawing: Drawing, lines: list[Array], color: str | list[str], width: float, order: int
) -> None:
    if lines:
        drawing.axes.add_collection(
            LineCollection(
                lines, colors=color, linewidths=width, zorder=order, capstyle="round",
                joinstyle="round",
            ),
            autolim=False,
        )  # fmt: skip


def _carried_on(points: Array, stack: Stack, drawing: Drawing) -> Array:
    """What ends at the model's outer radius, carried on to the frame: it is no edge of a chip."""
    outer, right = UM * stack.outer, 1.02 * drawing.window.right
    if right <= outer:
        return points
    points = points.copy()
    points[points[:, 0] > outer * (1.0 - 1e-9), 0] = right
    return points


def _halves(points: Array, mirrored: bool) -> list[Array]:
    return [points, points * np.array([-1.0, 1.0])] if mirrored else [points]


def _interfaces(regions: tuple[Region, ...]) -> list[Edge]:
    """Every edge once, those at the model's limits left out."""
    seen: dict[tuple[int, float, float], Edge] = {}
    for region in regions:
        for edge in region.loop:
            if edge.feature not in LIMITS:
                lo, hi = sorted((edge.first, edge.last))
                seen.setdefault((id(edge.curve), round(lo, 9), round(hi, 9)), edge)
    return list(seen.values())


def _mean_thickness(outline: Array) -> float:
    """Twice the area over the length of the outline: the thickness of a long layer."""
    r, z = outline[:, 0], outline[:, 1]
    area = 0.5 * abs(float(np.sum(r[:-1] * z[1:] - r[1:] * z[:-1])))
    length = float(np.hypot(np.diff(r), np.diff(z)).sum())
    return 2.0 * area / length if length else 0.0


def scale_bar(drawing: Drawing, longest: float = 0.28) -> None:
    """Bar of a round length under the frame's left corner."""
    w = drawing.window
    room = longest * w.width
    power = 10.0 ** np.floor(np.log10(room))
    length = max(m * power for m in (1.0, 2.0, 5.0) if m * power <= room)
    y, tick = w.bottom - drawing.pt(8.0), drawing.pt(2.2)
    x0, x1 = w.left + drawing.pt(1.0), w.left + drawing.pt(1.0) + length
    drawing.axes.plot(
        [x0, x0, x0, x1, x1, x1],
        [y - tick, y + tick, y, y, y - tick, y + tick],
        color=INK,
        lw=0.8,
        clip_on=False,
        solid_capstyle="butt",
    )
    text = f"{length * 1e3:g} nm" if length < 1.0 else f"{length:g} µm"
    if length >= 1000.0:
        text = f"{length / 1e3:g} mm"
    write(drawing, (x1 + drawing.pt(4.0), y), text, size=7.0, va="center_baseline")


def write(
    drawing: Drawing,
    at: tuple[float, float],
    text: str,
    *,
    size: float = 7.5,
    color: str = INK,
    ha: str = "left",
    va: str = "center",
    rotation: float = 0.0,
    weight: str = "normal",
    backed: bool = False,
) -> None:
    """Text at a place of the drawing; backed: on a pale ground, over lines."""
    drawing.axes.text(
        *at,
        text,
        fontsize=size,
        color=color,
        ha=ha,
        va=va,
        rotation=rotation,
        rotation_mode="anchor" if rotation else "default",
        fontweight=weight,
        parse_math=False,
        zorder=15,
        bbox=BACKING if backed else None,
    )


BACKING: Final = {"boxstyle": "square,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.88}
