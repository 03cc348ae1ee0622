"""What is marked in a stage's drawings: its metrics as dimensions, its contact line close up."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from bumpform.geometry.curve import Array, PolynomialCurve
from bumpform.picture.dimensions import angle_mark, dot, guide, horizontal, span, upright, vertical
from bumpform.picture.scene import Scene
from bumpform.picture.section import INK, SOFT, UM, Drawing, Window, write
from bumpform.result.contract import ContactLine
from bumpform.result.readable import number

#: Share of a detail's smaller side that what it shows takes up.
DETAIL_FILL: Final = 0.42
#: Room for the letter of a detail beside its frame, points.
LETTER: Final = 12.0


def mark_drawing(drawing: Drawing, scene: Scene) -> None:
    """Dimensions of the whole bump: protrusion, height, diameter, standoff, its contact lines."""
    w, apex, top = drawing.window, scene.apex, scene.top
    if top is not None:
        guide(drawing, w.left, w.right, top, dashed=True)
    left, right = w.left + drawing.pt(16.0), w.right - drawing.pt(14.0)
    protrusion = scene.length("protrusion_m")
    if apex is not None and top is not None and protrusion:
        guide(drawing, left - drawing.pt(3.0), -drawing.pt(3.0), apex)
        text = f"protrusion\n{number('x_m', protrusion / UM, 4)}"
        vertical(drawing, left, top, apex, text, side="left")
    height, gap = scene.length("ball_height_m"), scene.length("standoff_m")
    if gap:
        guide(drawing, 0.0, right + drawing.pt(3.0), gap)
        guide(drawing, 0.0, right + drawing.pt(3.0), 0.0)
        text = f"standoff\n{number('x_m', gap / UM, 4)}"
        vertical(drawing, right, 0.0, gap, text, side="right")
    elif height and apex is not None:
        same = protrusion is not None and abs(height - protrusion) < 1e-6 * abs(height)
        if not same:
            guide(drawing, drawing.pt(3.0), right + drawing.pt(3.0), apex)
            guide(drawing, 0.75 * right, right + drawing.pt(3.0), apex - height)
            text = f"ball height\n{number('x_m', height / UM, 4)}"
            vertical(drawing, right, apex - height, apex, text, side="right")
    diameter = scene.length("ball_diameter_m")
    equator = None if scene.shape is None else scene.shape.max_radius_z_m
    if diameter and apex is not None and equator is not None:
        level = apex + drawing.pt(12.0)
        for r in (-0.5 * diameter, 0.5 * diameter):
            upright(drawing, r, UM * equator, level + drawing.pt(3.0))
        text = f"⌀ {number('x_m', diameter / UM, 4)}"
        horizontal(drawing, -0.5 * diameter, 0.5 * diameter, level, text)
    for line in scene.contact_lines:
        for sign in (-1.0, 1.0):
            at = (sign * UM * line.r_m, UM * line.z_m)
            dot(drawing, at, filled=line.state == "pinned")


def detail_window(scene: Scene, aspect: float, whole: Window) -> Window | None:
    """Window of the close-up at the contact line; None where there is nothing to see.

    Parameters
    ----------
    aspect : float
        Width over height.
    whole : Window
        That of the whole drawing: the close-up lies in its right half.
    """
    widest = 0.5 * whole.width
    contact = scene.contact
    if contact is None:
        return None
    points = [contact]
    reach = widest / 8.0
    for other in (scene.rim, scene.juncture, scene.terminus):
        if other and math.hypot(other[0] - contact[0], other[1] - contact[1]) < widest / 2.0:
            points.append(other)
    if scene.barrier and scene.thickness:
        reach = scene.thickness
    box = np.array(points)
    low, high = box.min(axis=0), box.max(axis=0)
    size = float((high - low).max())
    if size > 1e-6 * widest:
        reach = max(size, scene.thickness or 0.0)
    height = min(reach / DETAIL_FILL, widest / aspect)
    middle = 0.5 * (low + high)
    width = height * aspect
    r = _within(float(middle[0]), width / 2, 0.0, whole.right)
    z = _within(float(middle[1]), height / 2, whole.bottom, whole.top)
    return Window(r - width / 2, r + width / 2, z - height / 2, z + height / 2)


def _within(middle: float, half: float, low: float, high: float) -> float:
    """The middle of a span nearest to this one that lies between two bounds."""
    return min(max(middle, low + half), high - half)


def mark_detail(drawing: Drawing, scene: Scene) -> None:
    """Dimensions at the contact line: d, t, the juncture's offset, the contact angle."""
    w, top, contact = drawing.window, scene.top, scene.contact
    if contact is None:
        return
    shows_top = top is not None and w.bottom < top < w.top
    # a line that has spread over the dielectric stands where labels would
    spread = contact[0] > (scene.rim or scene.juncture or contact)[0] + 0.1 * w.width
    if top is not None and shows_top:
        guide(drawing, w.left, w.right, top, dashed=True)
        side = w.left + drawing.pt(4.0) if spread else w.right - drawing.pt(4.0)
        write(
            drawing,
            (side, top + drawing.pt(2.5)),
            "dielectric top",
            size=7.0,
            color=SOFT,
            ha="left" if spread else "right",
            va="bottom",
            backed=True,
        )
    terminus, depth = scene.terminus, scene.depth
    x = (scene.rim or contact)[0]
    if top is not None and terminus is not None and depth and shows_top:
        at_r = x + 0.13 * w.width
        guide(drawing, terminus[0] + drawing.pt(3.0), at_r + drawing.pt(4.0), terminus[1])
        fraction = (scene.below or scene).value("terminus_fraction")
        text = f"d = {number('x_m', depth / UM, 4)}"
        if fraction is not None:
            text += f"\n({100 * fraction:.3g} % of h)"
        vertical(drawing, at_r, terminus[1], top, text, side="right", beside=True)
    _mark_barrier(drawing, scene, shows_top and not spread)
    for line in scene.contact_lines[:1]:
        _mark_angle(drawing, scene, line)
    if terminus is not None and terminus != contact and scene.below:
        dot(drawing, terminus, filled=scene.below.contact_lines[0].state == "pinned")


def _mark_barrier(drawing: Drawing, scene: Scene, with_offset: bool) -> None:
    w, top, juncture = drawing.window, scene.top, scene.juncture
    thickness = scene.thickness
    dome = scene.below.surface if scene.below else None
    if thickness and dome is not None:
        foot = _point_left_of(dome, w, 0.27)
        if foot is not None:
            place, normal = foot
            tip = place + thickness * normal
            span(drawing, (place[0], place[1]), (float(tip[0]), float(tip[1])))
            inside = thickness > drawing.pt(15.0)
            under = place - normal * drawing.pt(5.0 if inside else 15.0)
            text = f"t = {number('x_m', thickness / UM, 4)}"
            write(
                drawing,
                (float(under[0]), float(under[1])),
                text,
                ha="center",
                va="top",
                backed=True,
            )
    offset = scene.length("juncture_offset_m")
    if juncture is None or top is None or offset is None or not with_offset:
        return
    past_rim = scene.length("edge_to_rim_m")
    if past_rim and abs(offset) < 1e-6 * past_rim:  # it ends on the dielectric's top
        span(drawing, (juncture[0] - past_rim, top), (juncture[0], top))
        text = f"juncture {number('x_m', past_rim / UM, 3)} past the rim"
        at = (w.right - drawing.pt(4.0), top + drawing.pt(13.0))
        write(drawing, at, text, ha="right", va="bottom", backed=True)
        return
    at_r = juncture[0] + (0.21 if offset >= 0.0 else 0.05) * w.width
    if abs(offset) > drawing.pt(1.0):
        guide(drawing, juncture[0] + drawing.pt(3.0), at_r + drawing.pt(4.0), juncture[1])
    span(drawing, (at_r, min(top, juncture[1])), (at_r, max(top, juncture[1])))
    sign = "+" if offset > 0 else ""
    text = f"juncture {sign}{number('x_m', offset / UM, 3)}"
    at = (w.right - drawing.pt(4.0), max(top, juncture[1]) + drawing.pt(13.0))
    write(drawing, at, text, ha="right", va="bottom", backed=True)


def _point_left_of(curve: PolynomialCurve, w: Window, share: float) -> tuple[Array, Array] | None:
    """Point of the dome at a share of the window's width, and its normal to the outside."""
    end = curve.breaks[-1]
    t = np.linspace(0.0, end, 1 + 400)
    points = UM * curve.point(t)
    inside = (points[:, 0] > w.left) & (points[:, 1] > w.bottom) & (points[:, 1] < w.top)
    if inside.sum() < 2:
        t = np.linspace(0.0, end / 400.0, 2001)
        points = UM * curve.point(t)
        inside = (points[:, 0] > w.left) & (points[:, 1] > w.bottom) & (points[:, 1] < w.top)
    if not inside.any():
        return None
    target = w.left + share * w.width
    i = int(np.argmin(np.where(inside, np.abs(points[:, 0] - target), np.inf)))
    d = curve.derivative(float(t[i]))
    normal = np.array([d[1], -d[0]]) / np.hypot(*d)  # the liquid lies to the left
    return points[i], normal


def _mark_angle(drawing: Drawing, scene: Scene, line: ContactLine) -> None:
    """Contact angle through the liquid, from the free surface to the wetted solid."""
    at = (UM * line.r_m, UM * line.z_m)
    if scene.surface is not None:
        curve, last = scene.surface, scene.surface.breaks[-1]
        ends = UM * curve.point(np.array([0.0, last]))
        begins = np.hypot(*(ends[0] - at)) <= np.hypot(*(ends[1] - at))
        d = curve.derivative(0.0) if begins else -curve.derivative(last)
        first = math.atan2(d[1], d[0])
        state = "frozen" if scene.is_frozen else line.state
        sweep = math.radians(line.angle_deg) * (1.0 if begins else -1.0)
        text = f"{number('x_deg', line.angle_deg, 4)}\n{state}"
        angle_mark(drawing, at, first, sweep, text)
    dot(drawing, at, filled=line.state == "pinned")


def detail_frame(drawing: Drawing, window: Window, letter: str) -> None:
    """Where the close-up lies in the whole drawing."""
    w = drawing.window
    half_r = max(window.width / 2, drawing.pt(5.0))
    half_z = max(window.height / 2, drawing.pt(4.5))
    r = _within(0.5 * (window.left + window.right), half_r, w.left, w.right)
    z = _within(0.5 * (window.bottom + window.top), half_z, w.bottom, w.top)
    x, y = (r - half_r, r + half_r), (z - half_z, z + half_z)
    drawing.axes.plot(
        [x[0], x[1], x[1], x[0], x[0]], [y[0], y[0], y[1], y[1], y[0]], color=INK, lw=0.6, zorder=13
    )
    # at the corner that leaves it room: below and to the right where it can
    above = y[0] - drawing.pt(LETTER) < w.bottom
    before = x[1] + drawing.pt(LETTER) > w.right
    at = (
        x[0] - drawing.pt(2.5) if before else x[1] + drawing.pt(2.5),
        y[0] + drawing.pt(2.0) if above else y[0] - drawing.pt(1.0),
    )
    write(
        drawing, at, letter, ha="right" if before else "left", va="bottom" if above else "top",
        weight="bold", backed=True,
    )  # fmt: skip
