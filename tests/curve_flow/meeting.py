"""Where the free curve meets solid, a film opens, a hole closes, a corner empties."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import shapely

from .curve import Curve, Line
from .wall import Wall

#: Depth in solid from which on a node has entered it; nodes at a line, which are not asked; nodes
#: beside it, over wet solid too: there the line draws back over an edge.
DEPTH, BESIDE, NEAR = 2e-3, 1, 8
#: Radius at which a line has run into the axis, and how far the closed surface is smoothed.
CLOSED, HEALED = 0.04, 0.15
#: Thickness of a film that opens.
THIN = 0.02
#: Length of the foot that a line gets inside of a corner that empties; turn from which on one is
#: re-entrant, and sum of its angles beyond the limit, rad.
FOOT, LEVEL, EMPTY = 0.15, 1e-3, 1e-3


class Broken(Exception):
    """Liquid that parts; the message is where."""


def meet(curve: Curve, floor: Wall) -> tuple[Curve, str] | None:
    """The curve after its surface has met solid, or a line the axis; None where neither has."""
    for line in curve.lines:
        if line.point[0] < CLOSED and line.end == "inner":
            return _closed(curve, floor)
        if line.point[0] < 0.5 * CLOSED:
            raise Broken(f"the {line.end} line runs into the axis")
    walls = [floor] if curve.lines[-1].end != "top" else [floor, curve.lines[-1].wall]
    for wall in walls:
        inside = _inside(curve, wall)
        if len(inside):
            return _jumped(curve, wall, inside)
    return None


def _inside(curve: Curve, wall: Wall) -> np.ndarray:
    outline = wall.outline
    far = outline[:, 1].max() + 9.0 if wall.upper else outline[:, 1].min() - 9.0
    solid = shapely.make_valid(
        shapely.Polygon(np.vstack([outline, [[outline[-1, 0], far], [0.0, far]]]))
    )
    shapely.prepare(solid)
    to = len(curve.x) if curve.on_axis else len(curve.x) - BESIDE
    found = BESIDE + np.flatnonzero(shapely.contains_xy(solid, *curve.x[BESIDE:to].T))
    if not len(found):
        return found
    depth = shapely.distance(shapely.points(curve.x[found]), shapely.LineString(outline))
    return found[depth > DEPTH]


def _jumped(curve: Curve, wall: Wall, inside: np.ndarray) -> tuple[Curve, str]:
    end = "top" if wall.upper else "outer"
    line = next(k for k in curve.lines if k.end == end)
    places = [wall.nearest(curve.x[k]) for k in inside]
    name = wall.names[places[0][0]]
    inner = next((k.s for k in curve.lines if k.end == "inner"), -1.0)
    dry = [s > line.s or s < inner for _, s in places]
    beside = inside[-1] < NEAR if end == "outer" else inside[0] > len(curve.x) - NEAR
    if (all(dry) and places[0][1] > line.s) or beside:
        k = int(inside[-1 if end == "outer" else 0])
        piece, s = wall.nearest(curve.x[k])
        new = replace(line, wall=wall, piece=piece, s=s, held=False)
        x = curve.x[k:].copy() if end == "outer" else curve.x[: k + 1].copy()
        x[0 if end == "outer" else -1] = new.point
        lines = tuple(new if k is line else k for k in curve.lines)
        return replace(curve, x=x, lines=lines), f"meets the {name}"
    if all(dry) and inner >= 0.0:
        k = int(inside[0])
        piece, s = wall.nearest(curve.x[k])
        new = Line("inner", wall, piece, s)
        x = np.vstack([curve.x[:k], new.point])
        return replace(curve, x=x, lines=(line, new)), f"meets the {name}"
    gaps = shapely.distance(shapely.points(curve.x), shapely.LineString(wall.outline))
    thick = np.flatnonzero(gaps > THIN)
    k = int(thick[-1]) + 1 if len(thick) else 0
    if k <= inside[0] and not wall.upper and not any(dry):  # from there on all is film
        piece, s = wall.nearest(curve.x[k])
        new = Line("inner", wall, piece, s)
        if k > 10 and new.point[0] > 2.0 * CLOSED:
            x = np.vstack([curve.x[:k], new.point])
            return replace(curve, x=x, lines=(line, new)), f"the film over the {name} opens"
    raise Broken(f"the film over the {name} opens off the axis")


def _closed(curve: Curve, floor: Wall) -> tuple[Curve, str]:
    k = int(np.flatnonzero(curve.x[:, 0] > HEALED)[-1])
    r, z = curve.x[k]
    x = np.linspace(1.0, 0.0, 12)[1:]
    x = np.stack([r * x, np.full(len(x), z)], axis=1)
    if k < 10 or z <= floor.outline[0, 1]:
        raise Broken("a hole closes with hardly any liquid about it")
    x = np.vstack([curve.x[: k + 1], x])
    return replace(curve, x=x, lines=curve.lines[:1]), "the hole closes"


def leave_corner(curve: Curve, floor: Wall) -> tuple[Curve, str] | None:
    """The curve without a corner that liquid cannot fill (Concus and Finn); None without one."""
    low = curve.lines[1].s if curve.lines[-1].end == "inner" else 0.0
    for line in curve.lines:
        if line.end == "inner":
            continue
        wall = floor if line.end == "outer" else line.wall
        for k in reversed(range(len(wall.spans) - 1)):
            s = float(wall.ends[k + 1])
            if (low if line.end == "outer" else 0.0) < s < line.s and _empty(wall, k):
                return _without(curve, line, k, s), "leaves a corner"
    return None


def _empty(wall: Wall, k: int) -> bool:
    """Whether liquid cannot fill a piece's outer end; a ball's foot on the axis is a cusp."""
    turn = -wall.turn(k) if wall.upper else wall.turn(k)
    if abs(turn) > math.pi - 1e-6:
        turn = math.pi
    angles = math.acos(wall.cosines[k]) + math.acos(wall.cosines[k + 1])
    return turn > LEVEL and angles > 2.0 * math.pi - turn + EMPTY


def _without(curve: Curve, line: Line, k: int, s: float) -> Curve:
    """With a line a little short of a corner."""
    wall, start = line.wall, float(line.wall.ends[k])
    new = Line(line.end, wall, k, s - min(FOOT, 0.5 * (s - start)))
    x = curve.x if line.end == "outer" else curve.x[::-1]
    corner, _, _ = wall.place(k, s)
    far = np.hypot(*(x - x[0]).T) > np.hypot(*(x[0] - corner)) + FOOT
    far |= x[:, 0] < new.point[0]
    keep = x[int(np.argmax(far)) :]
    x = np.vstack([np.linspace(new.point, keep[0], 12)[:-1], keep])
    x = x if line.end == "outer" else x[::-1]
    return replace(curve, x=x, lines=tuple(new if q is line else q for q in curve.lines))
