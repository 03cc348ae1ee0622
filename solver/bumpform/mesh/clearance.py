"""Straight sides that keep clear of each other: where they do not, the curves get more nodes.

A chord cuts the corner of its curve. In a narrow place it may cut another boundary with
it, and gmsh never ends on a boundary that crosses itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from bumpform.errors import MeshError
from bumpform.geometry.curve import Array
from bumpform.mesh.graph import AIR, Graph
from bumpform.mesh.nodes import family
from bumpform.units.units import format_place

#: How often the chords that are in the way are halved.
ROUNDS = 24


def clear(graph: Graph, nodes: list[Array]) -> list[Array]:
    """Nodes on every segment, so many that no chord reaches another segment.

    Raises
    ------
    MeshError
        If two boundaries cross; names their regions.
    """
    for _ in range(ROUNDS):
        blocked, crossing = _blocked(graph, nodes)
        if not blocked:
            if crossing:
                raise _crossed(graph, nodes, crossing)
            return nodes
        nodes = halve(graph, nodes, blocked)
    if crossing:
        raise _crossed(graph, nodes, crossing)
    return nodes


def halve(graph: Graph, nodes: list[Array], chords: Iterable[tuple[int, int]]) -> list[Array]:
    """Nodes with one more in the middle of each of these chords.

    Segments that are parallel get it too, at the same parameter.

    Parameters
    ----------
    graph : Graph
    nodes : list of ndarray
        Parameters on every segment.
    chords : iterable of (int, int)
        Segment, and number of the chord on it.
    """
    wanted: dict[Hashable, set[float]] = defaultdict(set)
    for segment, chord in chords:
        t = nodes[segment]
        wanted[family(graph.segments[segment])].add(0.5 * float(t[chord] + t[chord + 1]))
    result = list(nodes)
    for number, s in enumerate(graph.segments):
        for new in sorted(wanted.get(family(s), ())):
            t = result[number]
            if not t[0] < new < t[-1]:
                continue
            i = int(np.searchsorted(t, new))
            if min(new - t[i - 1], t[i] - new) > 0.2 * (t[i] - t[i - 1]):
                result[number] = np.insert(t, i, new)
    return result


def _blocked(
    graph: Graph, nodes: list[Array]
) -> tuple[set[tuple[int, int]], tuple[int, int, int, int] | None]:
    """Curved chords that something is in the way of, and one crossing of two chords if any."""
    families = {f: i for i, f in enumerate(dict.fromkeys(family(s) for s in graph.segments))}
    starts, ends, middles, vertices, names, of_family = [], [], [], [graph.points], [], []
    member = np.zeros((len(graph.points), len(families)), dtype=bool)
    members = [member]
    first, last = [], []
    count = len(graph.points)
    for number, (s, t) in enumerate(zip(graph.segments, nodes, strict=True)):
        inner = s.curve.point(t[1:-1])
        x = np.vstack([graph.points[s.start], inner, graph.points[s.end]])
        mine = families[family(s)]
        member[[s.start, s.end], mine] = True
        ids = [s.start, *range(count, count + len(inner)), s.end]
        count += len(inner)
        members.append(np.arange(len(families)) == np.full((len(inner), 1), mine))
        vertices.append(inner)
        starts.append(x[:-1])
        ends.append(x[1:])
        chord_middles = 0.5 * (x[1:] + x[:-1])
        middles.append(chord_middles if s.is_straight else s.curve.point(0.5 * (t[1:] + t[:-1])))
        names += [(number, i) for i in range(len(t) - 1)]
        of_family += [mine] * (len(t) - 1)
        first += ids[:-1]
        last += ids[1:]
    a, b, v = np.vstack(starts), np.vstack(ends), np.vstack(vertices)
    sag = np.vstack(middles) - 0.5 * (a + b)
    height = np.hypot(sag[:, 0], sag[:, 1])
    curved = height > 1e-9 * np.hypot(*(b - a).T)
    i, j = np.array(first), np.array(last)
    reached = _reached(a[curved], b[curved], height[curved], v)
    vertex = np.arange(len(v))
    reached &= (vertex != i[curved, None]) & (vertex != j[curved, None])
    reached &= ~np.vstack(members)[:, np.array(of_family)[curved]].T
    blocked = {names[k] for k in np.flatnonzero(curved)[reached.any(axis=1)]}
    one, other = _crossings(a, b, i, j)
    blocked |= {names[k] for k in np.concatenate([one, other]) if curved[k]}
    crossing = (*names[one[0]], *names[other[0]]) if len(one) else None
    return blocked, crossing


def _reached(a: Array, b: Array, height: Array, v: Array) -> NDArray[np.bool_]:
    """Whether a vertex is nearer to a chord than the chord's curve, shape (chords, vertices)."""
    d = b - a
    length = np.hypot(d[:, 0], d[:, 1])[:, None]
    gap = v[None] - a[:, None]
    u = (gap[..., 0] * d[:, None, 0] + gap[..., 1] * d[:, None, 1]) / length**2
    off = np.abs(gap[..., 0] * d[:, None, 1] - gap[..., 1] * d[:, None, 0]) / length
    # a parabola's height over the chord
    return (u > 0.0) & (u < 1.0) & (off < 1.2 * 4.0 * height[:, None] * u * (1.0 - u))


def _crossings(a: Array, b: Array, i: Array, j: Array) -> tuple[Array, Array]:
    """Pairs of chords that cross each other, or touch at other than their common ends."""
    d = b - a

    def side(p: Array) -> Array:
        gap = p[None] - a[:, None]
        area = d[:, None, 0] * gap[..., 1] - d[:, None, 1] * gap[..., 0]
        size = np.hypot(d[:, 0], d[:, 1])[:, None] * np.hypot(gap[..., 0], gap[..., 1])
        return np.where(np.abs(area) <= 1e-13 * size, 0.0, area)  # in line but for round-off

    sa, sb = side(a), side(b)
    apart = (i[:, None] != i) & (i[:, None] != j) & (j[:, None] != i) & (j[:, None] != j)
    cross = (sa * sb < 0.0) & (sa * sb < 0.0).T & apart
    one, other = np.nonzero(np.triu(cross, 1))
    return one, other


def _crossed(graph: Graph, nodes: list[Array], crossing: tuple[int, int, int, int]) -> MeshError:
    one, chord, other, _ = crossing
    names: list[str] = []
    for number in (one, other):
        s = graph.segments[number]
        names += [f"'{graph.regions[r].name}'" for r in (s.left, s.right) if r != AIR]
    at = graph.segments[one].curve.point(nodes[one][chord])
    return MeshError(
        f"mesh: the boundaries of regions {', '.join(dict.fromkeys(names))} cross "
        f"near {format_place(at[0], at[1])}"
    )
