"""Where the free surface comes near the solid, and what becomes of it where it meets it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import shapely
from shapely.ops import nearest_points

from bumpform.errors import BumpformError
from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.shapes.free_curve import Numbers, Sizes, chords, moments
from bumpform.melting.shapes.jump import FEWEST, Jump, jumps_to
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.wall import LEVEL, Wall

#: Depth in solid from which on a node has entered it, in units of L.
DEPTH = 1e-3
#: Nodes next to a contact line that are not asked.
BESIDE = 1
#: Thickness of a film over an edge, in units of L, from which on it is told: whether it holds is
#: not for the flow of a liquid to say.
THIN = 1e-4
#: Thickness below which liquid is film, which opens about the axis where all of it there is.
FILM = 0.04
#: Radius at which a neck, or a hole over solid, has closed, in units of L.
NECK = 0.02
#: Radius at which a hole over solid has closed, and at which the liquid has left its solid, in
#: units of L: the line of a drop at 179°, without gravity, rests at 0.011.
CLOSED, LEFT = 0.04, 0.01
#: Least radius of a hole that opens about the axis: about an element's length. One that is to be
#: smaller closes again.
HOLE = 0.1
#: Part of the first chord that is on solid anyway, and how near to an edge, or a line, a place is
#: that; part of the volume, beyond a film that opens, that is drawn in.
OFF, LITTLE = 0.05, 0.01
#: How far from the axis a hole's edge may be replaced by a smooth surface where it closes: as far
#: as costs least.
HEALED = (0.2, 0.1, 0.05)
#: How near, in units of L, a body above has come to lie on solid, if no more than this part of what
#: was between them is left by a step.
CLOSE, DRAINS = 5e-3, 0.95
#: Angle by which a surface cuts solid that it does not only touch; angles are as good as that, rad.
CUTS = 0.02
#: Why a surface that is all but gone is followed no further.
TOO_LITTLE = "too little of the surface is left to be followed"


class Stopped(BumpformError):
    """A melt that goes on where it is not followed; the message is what was seen."""


def room(shape: Shape, floor: Wall, sizes: Sizes) -> Array:
    """Length that elements of the free curve should not exceed, for thin liquid, shape (nodes,)."""
    points = shapely.points(shape.nodes)
    gaps = [shapely.distance(points, shapely.linestrings(w.outline)) for w in walls(shape, floor)]
    return np.asarray(np.min(gaps, axis=0)) + sizes.at_line


def walls(shape: Shape, floor: Wall) -> list[Wall]:
    """The floor, and the body above if there is one."""
    if shape.end is None or shape.end.end == "inner":
        return [floor]
    return [floor, shape.end.wall]


def meet(shape: Shape, floor: Wall, depth: float = DEPTH) -> list[Jump]:
    """What may become of a shape whose free surface has entered solid by this; empty without.

    On solid that was dry the contact line jumps there, and the gas between is lost. A film over
    solid that was wet opens: about the axis, the liquid becomes a ring.

    Raises
    ------
    Stopped
        If the film opens elsewhere, or the liquid leaves the solid.
    """
    for line in shape.lines:
        if line.place()[0] < (CLOSED if line.end == "inner" else LEFT):
            return _closed(shape, line, floor)
    for wall in walls(shape, floor):
        found = entered(shape, wall, depth)
        if len(found):
            return _jumped(shape, wall, found)
    return []


def laid_down(
    shape: Shape, before: Shape, floor: Wall, lowest: float, film: float = CLOSE
) -> Jump | None:
    """The shape with the body above on the solid that it comes to lie on about the axis.

    None where it does not come there, or is not yet as near. The last film, which would take for
    ever to drain, is pressed out beside it.

    Parameters
    ----------
    shape, before : Shape
        After and before a step.
    floor : Wall
    lowest : float
        Height of the body at which it lies there.
    film : float
        Thickness of what is pressed out between two levels.
    """
    if shape.end is None or shape.end.end != "top":
        return None
    assert before.end is not None
    roof = shape.end.wall
    by, level = lowest - roof.lift, min(floor.level, roof.level)
    if by < DRAINS * (lowest - before.end.wall.lift):
        return None  # it floats there
    foot = roof.point(roof.profile.start)[1] + by - floor.point(floor.profile.start)[1]
    least = min(float(line.place()[0]) for line in shape.lines)
    if not -(film if level else CLOSE) < by < 0.0 or abs(foot) > LEVEL or level > least:
        return None
    end = replace(shape.end, wall=roof.raised(by))
    s = chords(shape.nodes)
    nodes = shape.nodes + (s / s[-1])[:, None] * [0.0, by]
    nodes[-1] = end.place()
    words = "solid stops the body above"
    if level:
        feature = roof.profile.pieces[0].feature
        words = f"the last film under the {feature} is pressed out: {words}"
    return Jump(Shape(nodes, shape.start, end), words)


def entered(shape: Shape, wall: Wall, least: float = DEPTH) -> Numbers:
    """Numbers of nodes that lie in the solid of a wall, by more than this."""
    outline = wall.outline
    last = len(shape.nodes) if shape.on_axis else len(shape.nodes) - BESIDE
    nodes = shape.nodes[BESIDE:last]
    inside = np.flatnonzero(wall.inside(nodes))
    depth = shapely.distance(shapely.points(nodes[inside]), shapely.linestrings(outline))
    found = inside[depth > least] + BESIDE
    over = shape.nodes[-1, 1] - outline[0, 1]
    if shape.on_axis and not wall.upper and over < DEPTH:  # there is to be a mesh on the axis
        found = np.union1d(found, [len(shape.nodes) - 1])
    return np.asarray(found)


def in_solid(shape: Shape, floor: Wall) -> bool:
    """Whether a node of a free surface lies in the floor, or in the body above."""
    return any(len(entered(shape, wall)) for wall in walls(shape, floor))


def _jumped(shape: Shape, wall: Wall, inside: Numbers) -> list[Jump]:
    points = shape.nodes[inside] - [0.0, wall.lift]
    places = [wall.profile.locate(p * wall.length) for p in points]
    line = next((x for x in shape.lines if (x.end == "top") == wall.upper), shape.start)
    dry = [_is_dry(shape, line, place) for place in places]
    feature = wall.profile.pieces[places[0].piece].feature
    event = f"the surface meets the {feature}"
    beside = [abs(wall.distance(line.at, place)) < OFF for place in places]
    ways = [way for way in _ways_out(shape, line, wall, inside) if _is_dry(shape, line, way[0])]
    if ways and all(a or b for a, b in zip(dry, beside, strict=True)):
        jumps = [jump for at, first in ways for jump in jumps_to(shape, line, at, first, event)]
        if not jumps:
            raise Stopped(f"{event}, and {TOO_LITTLE}")
        return jumps
    last = len(shape.nodes) - 1
    film = shapely.distance(
        shapely.points(shape.nodes[inside[0] :]), shapely.linestrings(wall.outline)
    )
    near_axis = shape.on_axis and (inside[-1] >= last - 2 or float(film.max()) < FILM)
    if near_axis and not any(dry) and not wall.upper:
        k = min(int(inside[0]), int(np.flatnonzero(shape.nodes[:, 0] > HOLE)[-1]))
        k -= k % 2
        kept = shape.nodes[: k + 1].copy()
        at = _locate(wall, kept[-1])
        inner = Line("inner", wall, at, wall.is_vertex(at))
        if len(kept) < FEWEST:
            raise Stopped(f"the film over the {feature} opens, and {TOO_LITTLE}")
        kept[-1] = inner.place()
        return [Jump(Shape(kept, shape.start, inner), f"the film over the {feature} opens")]
    back, _ = _back(shape)
    if back is not None:
        return [back]
    r = float(points[0, 0] * wall.length)
    raise Stopped(
        f"the film over the {feature} opens at r = {r * 1e6:.3g} µm: liquid on either side of a "
        "hole that is not about the axis is not followed"
    )


def _ways_out(shape: Shape, line: Line, wall: Wall, inside: Numbers) -> list[tuple[Station, int]]:
    """Where a surface comes out of solid again, and the foot of its next element's end.

    Seen from its line, which it may have overtaken; each with the number of the next node from
    there on, counted from the line.
    """
    forwards = line is shape.start
    nodes = shape.nodes if forwards else shape.nodes[::-1]
    deepest = int(inside[-1]) if forwards else len(nodes) - 1 - int(inside[0])
    out = np.flatnonzero(np.logical_not(wall.inside(nodes[deepest:])))
    if not len(out):
        return []
    first = deepest + int(out[0])
    last_chord = shapely.LineString(nodes[first - 1 : first + 1])
    crossed = shapely.get_coordinates(last_chord.intersection(shapely.LineString(wall.outline)))
    off = np.hypot(*(crossed - nodes[first]).T)
    ways = [(_locate(wall, crossed[np.argmin(off)] if len(off) else nodes[first]), first)]
    end = first + first % 2
    if end < len(nodes):
        ways.append((_locate(wall, nodes[end]), end + 1))
    return ways


def _locate(wall: Wall, point: Array) -> Station:
    return wall.profile.locate((point - [0.0, wall.lift]) * wall.length)


def _is_dry(shape: Shape, line: Line, place: Station) -> bool:
    """Whether a place on a wall was not wetted."""
    if shape.end is not None and shape.end.end == "inner":
        return place > shape.start.at or place < shape.end.at
    return place > line.at


def _closed(shape: Shape, line: Line, floor: Wall) -> list[Jump]:
    """What may become of a line that runs into the axis."""
    feature = line.wall.profile.pieces[line.at.piece].feature
    if line.end != "inner":
        raise Stopped(
            f"the {line.end} line runs into the axis: the liquid leaves the {feature}, or rests on "
            f"less than {LEFT:g} V^(1/3) of it"
        )
    nodes, event = shape.nodes, f"the hole over the {feature} closes"
    beyond = [np.flatnonzero(nodes[:, 0] > radius) for radius in HEALED]
    ends = dict.fromkeys(int(k[-1]) - int(k[-1]) % 2 for k in beyond if len(k))
    low = float(floor.point(floor.profile.start)[1])
    found = []
    for k in ends:
        if k + 1 >= FEWEST and nodes[k, 1] > low:
            level = np.linspace(nodes[k], [0.0, nodes[k, 1]], 9)[1:]
            found.append(Jump(Shape(np.vstack([nodes[: k + 1], level]), shape.start), event))
    if not found:
        raise Stopped(f"{event}, and {TOO_LITTLE}")
    return found


def drawn_back(shape: Shape) -> Jump | None:
    """The shape with a line back where its surface touches solid that it wets; None without one.

    Between there and the line a film has opened, and hardly anything was in it.

    Raises
    ------
    Stopped
        Where a good part of the liquid is.
    """
    back, left = _back(shape)
    if left:
        raise Stopped(left)
    return back


def _back(shape: Shape) -> tuple[Jump | None, str]:
    """The shape with such a line back, or what is beyond where that is too much, in words."""
    left = ""
    for line in shape.lines:
        wall = line.wall
        forwards = line is shape.start
        nodes = shape.nodes if forwards else shape.nodes[::-1]
        chords = np.stack([nodes[:-2:2], nodes[2::2]], axis=1)
        chords[0, 0] += OFF * (chords[0, 1] - chords[0, 0])
        if not forwards or not shape.on_axis:
            chords = chords[:-1]  # the other line
        outline = shapely.linestrings(wall.outline)
        touching = np.flatnonzero(shapely.dwithin(shapely.linestrings(chords), outline, THIN))
        if not len(touching):
            continue
        last = int(touching[-1])
        where = nearest_points(outline, shapely.linestrings(chords[last]))[0]
        at = _locate(wall, np.array([where.x, where.y]))
        corners = [Station(k, 1.0) for k in (at.piece - 1, at.piece) if k >= 0]
        near = [c for c in corners if wall.is_vertex(c) and abs(wall.distance(at, c)) < OFF]
        at = near[0] if near else at
        if _is_dry(shape, line, at):
            continue
        moved = replace(line, at=at, held=wall.is_vertex(at))
        kept, place = nodes[2 * last + 2 :], moved.place()
        if len(kept) + 2 < FEWEST:
            continue
        kept = np.vstack([place, 0.5 * (place + kept[0]), kept])
        ends = (moved, shape.end) if forwards else (shape.start, moved)
        back = Shape(kept if forwards else kept[::-1], *ends)
        words = f"the film over the {wall.named(at)} opens"
        part = abs(back.volume / shape.volume - 1.0)
        if part < LITTLE:
            return Jump(back, f"{words}, and the {line.end} line is drawn back"), ""
        if part > 0.5:
            continue  # that is no film
        left = left or (
            f"{words}, and the liquid parts at r = {place[0] * wall.length * 1e6:.4g} µm: about "
            f"{percent(part)} of it is beyond, which is not followed"
        )
    return None, left


def percent(part: float) -> str:
    """A part in per cent to one digit: the second one is the mesh's."""
    return f"{float(f'{100.0 * part:.1g}'):g} %"


def _beyond(shape: Shape, k: int) -> float:
    """Part of a liquid that lies beyond a node of its surface, seen from its contact line."""
    return moments(shape.nodes[k - k % 2 :])[1] / shape.volume


def neck(shape: Shape) -> tuple[float, float] | None:
    """Radius of a cap's narrowest neck, and the part of the liquid beyond it; None without one."""
    r = shape.nodes[:, 0]
    least = (np.flatnonzero((r[1:-1] < r[:-2]) & (r[1:-1] <= r[2:])) + 1).tolist()
    necks = [int(k) for k in least if r[k] < 0.5 * min(r[:k].max(), r[k:].max())]
    if not shape.on_axis or not necks:
        return None
    k = min(necks, key=lambda k: float(r[k]))
    return float(r[k]), _beyond(shape, k)


def pinched(shape: Shape) -> None:
    """See to it that liquid which breaks is told, and not followed.

    Raises
    ------
    Stopped
        Where a neck of it, or a hole, has closed but for a thread.
    """
    r = shape.nodes[:, 0]
    least = np.flatnonzero((r[1:-1] < NECK) & (r[1:-1] <= r[:-2]) & (r[1:-1] <= r[2:])) + 1
    for k in least.tolist():
        if shape.on_axis and r[k:].max() < 2.0 * NECK:
            continue  # the surface's own end
        if shape.end is not None and shape.end.end == "inner":
            raise Stopped("the hole closes over the solid: enclosed gas is not followed")
        if shape.end is not None:
            raise Stopped("the liquid breaks between what it joins, which is not followed")
        part = percent(_beyond(shape, k))
        raise Stopped(
            f"the liquid's neck breaks, and about {part} of it comes off, which is not followed"
        )


def drawn_off(shape: Shape, before: Shape, lowest: float) -> None:
    """See to it that a body which is drawn off its liquid is told, and not followed.

    A thread would go on for ever. No liquid between two bodies is at rest where it is longer than
    its largest circumference (Plateau).

    Parameters
    ----------
    shape, before : Shape
        Now, and a step ago.
    lowest : float
        Height at which solid stops the body.

    Raises
    ------
    Stopped
        Where it is drawn out to more, and goes on.
    """
    if shape.end is None or before.end is None or shape.end.end != "top":
        return
    lift, wall = shape.end.wall.lift, shape.start.wall
    gap, widest = lift - lowest, float(shape.nodes[:, 0].max())
    if lift > before.end.wall.lift and gap > math.tau * widest:
        long, wide = (f"{wall.length * x * 1e6:.4g} µm" for x in (gap, 2.0 * widest))
        raise Stopped(
            f"the body above comes off: what joins it is drawn out to {long}, {wide} wide at most, "
            "and so long it is at rest nowhere"
        )


def pass_piece(shape: Shape) -> Jump | None:
    """The shape with a line beyond a piece of dry solid that its surface cuts; None without one.

    Over a piece shorter than an element the surface has no node: its angle tells.
    """
    for line, nodes in zip(shape.lines, (shape.nodes, shape.nodes[::-1]), strict=False):
        if not line.held:
            continue
        dry = line.sides()[line.wets > 0]
        at = Station(dry - (line.wets < 0), 1.0)
        brief = line.wall.size(dry) < float(np.hypot(*(nodes[2] - nodes[0])))
        if not brief or not line.wall.is_vertex(at):
            continue
        if math.pi + CUTS < shape.angle(line, dry) < 1.5 * math.pi:
            moved = replace(line, at=at)
            kept = shape.nodes.copy()
            kept[0 if line is shape.start else -1] = moved.place()
            lines = (moved if one is line else one for one in shape.lines)
            feature = line.wall.profile.pieces[dry].feature
            event = f"the surface meets the {feature}, and the {line.end} line jumps there"
            return Jump(Shape(kept, *lines), event)
    return None
