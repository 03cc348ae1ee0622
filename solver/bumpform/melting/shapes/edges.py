"""How thin liquid is over the edges of solid that it covers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.shapes.free_curve import halved, shapes
from bumpform.melting.shapes.jump import Jump, jumps_to
from bumpform.melting.shapes.shape import Shape
from bumpform.melting.shapes.touch import CUTS, DEPTH, THIN, Stopped, in_solid, meet
from bumpform.melting.shapes.wall import Wall
from bumpform.surface.drop.corner import SMOOTH

#: Along solid, how near to a contact line an edge is beside it rather than under a film, in units
#: of L.
BESIDE_LINE = 0.15
#: Chords of an element from the nearest of which the nearest point is sought, by so many of
#: Newton's steps.
CHORDS, NEWTON = 8, 4
#: Part of a film that a step leaves, and a chord of the free curve: else it is shorter.
LEFT = 0.5
#: Thickness down to which it is followed, in units of L: less than the size of an atom.
LEAST = 1e-6
#: Times that they are halved at most.
HALVINGS = 4


#: A wall, by the end of its line, and the number of an edge on it.
Edge = tuple[str, int]


def over_edges(shape: Shape, floor: Wall) -> dict[Edge, float]:
    """Thickness of the liquid over the edges of solid that it covers, in units of L.

    Negative where the edge is out of it; an edge that is next to a contact line has no film.
    """
    found = ((edge, _off(shape, place)) for edge, place in covered(shape, floor).items())
    return {edge: film for edge, film in found if film is not None}


def thinned(before: dict[Edge, float], after: dict[Edge, float]) -> bool:
    """Whether a step has gone further through a film over an edge than can be followed."""
    return any(
        film > LEAST and edge in after and after[edge] < LEFT * film
        for edge, film in before.items()
    )


def cleared(shape: Shape, floor: Wall) -> Shape:
    """The same curve, of shorter elements where a chord would cut through liquid over an edge."""
    for _ in range(HALVINGS):
        ends, places = shape.nodes[::2], covered(shape, floor).values()
        near = [(*_nearest(ends, place), _off(shape, place) or 0.0) for place in places]
        cut = {k for k, chord, film in near if film > 0.0 and chord < LEFT * film}
        if not cut:
            break
        parts = [shape.nodes[2 * k : 2 * k + 3] for k in range(len(ends) - 1)]
        parts = [(halved(part) if k in cut else part)[:-1] for k, part in enumerate(parts)]
        shape = replace(shape, nodes=np.vstack([*parts, shape.nodes[-1:]]))
    return shape


def covered(shape: Shape, floor: Wall) -> dict[Edge, Array]:
    """Places of the edges of solid that liquid covers, off its contact lines."""
    found: dict[Edge, Array] = {}
    inner = shape.end if shape.end is not None and shape.end.end == "inner" else None
    for line, other in ((shape.start, inner), (shape.end, None)):
        if line is None or line is inner:
            continue
        wall = line.wall
        first = other.at if other is not None else wall.profile.start
        ends = [one.at for one in (line, other) if one is not None]
        for stop in wall.stops(first, line.at)[1:-1]:
            off = min(abs(wall.distance(stop, at)) for at in ends)
            if _is_edge(wall, stop) and off > BESIDE_LINE:
                found[line.end, stop.piece] = wall.point(stop)
    return found


def met(shape: Shape, floor: Wall) -> list[Jump]:
    """What may become of a shape that has met solid in a step, with a node or between two of them.

    Of several ways, one that is clear of solid is right; of those the one with the least energy.

    Raises
    ------
    Stopped
        As ``meet`` does.
    """
    return [*meet(shape, floor), *onto_edge(shape)]


def clear(shape: Shape, floor: Wall) -> bool:
    """Whether no node lies in solid, and no dry edge stands into the liquid between two of them."""
    return not in_solid(shape, floor) and not onto_edge(shape)


def onto_edge(shape: Shape) -> list[Jump]:
    """The shape with a line on an edge of dry solid that stands into it between two of its nodes.

    Empty where none does.
    """
    ends = shape.nodes[::2]
    for line in shape.lines:
        wall, forwards = line.wall, line is shape.start
        first, last = line.at, Station(len(wall.profile) - 1, 1.0)
        if line.wets < 0:
            first, last = wall.profile.start, line.at
        for stop in wall.stops(first, last)[1:-1]:
            place = wall.point(stop)
            k, _ = _nearest(ends, place)
            beside = k == 0 if forwards else k == len(ends) - 2
            long = float(np.hypot(*(ends[k + 1] - ends[k])))
            if beside and float(np.hypot(*(place - line.place()))) > long:
                continue  # it is beyond the line's end
            if not _is_edge(wall, stop) or (_off(shape, place) or 0.0) < DEPTH:
                continue
            event = f"the surface meets the {wall.profile.pieces[stop.piece].feature}"
            beyond = 2 * k + 2 if forwards else len(shape.nodes) - 1 - 2 * k
            return jumps_to(shape, line, stop, beyond, event)
    return []


def rolled_on(shape: Shape) -> list[Jump]:
    """The shape with a line on the edge before it, where its surface has turned into the solid.

    Between a line and an edge that is nearer than its element ends the surface has no node: at more
    than 180° it rolls onto what is there. (Young's force on such a line would pull it back.) Empty
    where none does.
    """
    for line, nodes in zip(shape.lines, (shape.nodes, shape.nodes[::-1]), strict=False):
        piece, wall = line.at.piece, line.wall
        edge = Station(piece if line.wets > 0 else piece - 1, 1.0)
        if line.held or edge.piece < 0 or not wall.is_vertex(edge) or not _is_edge(wall, edge):
            continue
        brief = abs(wall.distance(line.at, edge)) < float(np.hypot(*(nodes[2] - nodes[0])))
        if brief and math.pi + CUTS < shape.angle(line) < 1.5 * math.pi:
            event = f"the surface meets the {wall.profile.pieces[piece].feature}"
            return jumps_to(shape, line, edge, 2, event)
    return []


def _is_edge(wall: Wall, vertex: Station) -> bool:
    """Whether solid stands out at a vertex."""
    return wall.turn(vertex.piece) < -SMOOTH


def _off(shape: Shape, place: Array) -> float | None:
    """Distance of a place on the free curve's left; negative on its right.

    None where a contact line is next to it: a curve has no sides beyond its end.
    """
    nodes = shape.nodes
    elements = np.stack([nodes[:-2:2], nodes[1::2], nodes[2::2]], axis=1)
    xi = np.linspace(0.0, 1.0, CHORDS + 1)
    fine = np.einsum("qa,eac->eqc", shapes(xi[:-1])[0], elements).reshape(-1, 2)
    chord, _ = _nearest(np.vstack([fine, nodes[-1]]), place)
    element, part = elements[chord // CHORDS], chord % CHORDS
    bend, at = np.array([4.0, -8.0, 4.0]) @ element, float(xi[part : part + 2].mean())
    for _ in range(NEWTON):
        value, slope = (weights[0] @ element for weights in shapes(np.array([at])))
        off = place - value
        at += float(off @ slope) / float(slope @ slope - off @ bend)
        at = min(1.0, max(0.0, at))
    if (chord == 0 and at == 0.0) or (chord == CHORDS * len(elements) - 1 and at == 1.0):
        return None
    value, slope = (weights[0] @ element for weights in shapes(np.array([at])))
    return _signed(place - value, slope)


def _nearest(points: Array, place: Array) -> tuple[int, float]:
    """Number of the chord next to a place, and its distance; negative if that is on its right."""
    a, d = points[:-1], np.diff(points, axis=0)
    along = np.clip(np.sum((place - a) * d, axis=1) / np.sum(d * d, axis=1), 0.0, 1.0)
    off = place - (a + along[:, None] * d)
    k = int(np.argmin(np.hypot(off[:, 0], off[:, 1])))
    return k, _signed(off[k], d[k])


def _signed(off: Array, along: Array) -> float:
    """Length of a way, negative if it leads to the right of another."""
    left = along[0] * off[1] - along[1] * off[0] >= 0.0
    return float(np.hypot(*off)) * (1.0 if left else -1.0)


def thin_words(shape: Shape, floor: Wall) -> dict[Edge, str]:
    """Of the films over edges that are so thin that it is told: over which, where, how thin."""
    found = {}
    for edge in _thin(shape, floor):
        where, wall = _film_words(shape, floor, edge)
        found[edge] = f"{where} is thinner than {1e9 * THIN * wall.length:.2g} nm"
    return found


def _thin(shape: Shape, floor: Wall) -> dict[Edge, float]:
    """Films over edges that are so thin that it is told, and how thin they are."""
    return {edge: film for edge, film in over_edges(shape, floor).items() if film < THIN}


def _film_words(shape: Shape, floor: Wall, edge: Edge) -> tuple[str, Wall]:
    """Which film over an edge that is, in words, and the wall that it lies on."""
    end, number = edge
    wall = shape.end.wall if shape.end is not None and end == "top" else floor
    at = Station(number, 1.0)
    r = 1e6 * wall.length * float(wall.point(at)[0])
    return f"the film over the {wall.named(at)}, at r = {r:.4g} µm,", wall


def parted(shape: Shape, floor: Wall) -> None:
    """See to it that liquid whose mesh has no room over an edge is told as what it is.

    Raises
    ------
    Stopped
    """
    films = _thin(shape, floor)
    if films:
        edge = min(films, key=lambda at: films[at])
        where, wall = _film_words(shape, floor, edge)
        left = max(0.0, 1e9 * films[edge] * wall.length)
        raise Stopped(f"{where} is {left:.2g} nm thin, and the mesh finds no room in it any more")
