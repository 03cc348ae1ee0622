"""Where edges cross each other."""

from __future__ import annotations

from collections.abc import Sequence

from bumpform.geometry.edge import Edge
from bumpform.kernel.native import library

#: Crossings that room is made for at first.
MOST = 64


def crossings(edges: Sequence[Edge], obstacles: Sequence[Edge], slack: float) -> list[list[float]]:
    """Fractions at which each edge crosses another one, or an obstacle.

    Parameters
    ----------
    edges, obstacles : sequences of Edge
        Each turns by less than 180°, so that none crosses itself.
    slack : float, m
        An edge that ends this near to another one meets it.

    Returns
    -------
    list of list of float
        One for each of the edges, in no order.
    """
    (ffi, compiled), count = library(), len(edges)
    tables = ffi.new("edge *[]", [edge.table for edge in (*edges, *obstacles)])
    room = MOST
    while True:
        pairs, places = ffi.new("int[]", 2 * room), ffi.new("double[]", 2 * room)
        met = compiled.crossings(len(tables), count, tables, slack, room, pairs, places)
        if met < 0:
            raise MemoryError
        if met <= room:
            break
        room = met
    found: list[list[float]] = [[] for _ in edges]
    for number, place in zip(pairs[0 : 2 * met], places[0 : 2 * met], strict=True):
        if number < count:
            found[number].append(place)
    return found


def cross(one: Edge, other: Edge, u: float, w: float, slack: float) -> tuple[float, float] | None:
    """Fractions of two edges where they cross, from a first guess (Newton); None if they do not.

    The fractions may lie outside 0 … 1.
    """
    ffi, compiled = library()
    places = ffi.new("double[2]", (u, w))
    if not compiled.meet(one.table, other.table, slack, places, places + 1):
        return None
    return places[0], places[1]
