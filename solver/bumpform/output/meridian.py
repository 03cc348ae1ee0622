"""A stage's interfaces: points along each, and the table of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge
from bumpform.result.run import Snapshot
from bumpform.stack.stack import Stack

__all__ = ["interfaces", "meridian_csv"]

#: Steps on each smooth span of a curve in the files of meridians.
SAMPLES: Final = 24


def meridian_csv(shot: Snapshot) -> str:
    """Table of every interface after a stage: interface, r_m, z_m."""
    lines = ["interface,r_m,z_m"]
    for name, points in interfaces(shot.stack):
        quoted = '"' + name.replace('"', '""') + '"' if set(name) & set(',"') else name
        lines += [f"{quoted},{r!r},{z!r}" for r, z in points.tolist()]
    return "\n".join(lines) + "\n"


def interfaces(stack: Stack, per_span: int = SAMPLES) -> Iterator[tuple[str, Array]]:
    """Every interface with its name and its points, shape (n, 2), m.

    Between two regions it is called "A | B", towards the surroundings "A | air". It runs from
    the axis outwards: the free surface from the apex to the contact line. Where two regions
    meet in places that do not join, the second is called "A | B (2)".
    """
    pieces: dict[str, list[Array]] = {}
    for name, edge in _pieces(stack):
        pieces.setdefault(name, []).append(np.asarray(edge.sample(per_span)))
    for name, parts in pieces.items():
        for count, chain in enumerate(_chains(parts), 1):
            yield name if count == 1 else f"{name} ({count})", chain


def _pieces(stack: Stack) -> Iterator[tuple[str, Edge]]:
    """Parts of curves with the same regions on their sides, in the order of the regions."""
    for border in stack.borders.all:
        edge = border.edge
        yield (
            " | ".join(border.sides),
            Edge(edge.curve, min(edge.first, edge.last), max(edge.first, edge.last)),
        )


def _chains(parts: list[Array]) -> list[Array]:
    """Join pieces whose ends meet; each chain runs from its end nearer to the axis."""
    size = max(float(np.abs(part).max()) for part in parts)
    chains = list(parts)
    joined = True
    while joined and len(chains) > 1:
        joined = False
        for i in range(len(chains)):
            for j in range(len(chains)):
                if i != j and (both := _joined(chains[i], chains[j], 1e-9 * size)) is not None:
                    chains = [c for k, c in enumerate(chains) if k not in (i, j)]
                    chains.insert(min(i, j), both)
                    joined = True
                    break
            if joined:
                break
    return [c[::-1] if c[-1, 0] < c[0, 0] else c for c in chains]


def _joined(a: Array, b: Array, near: float) -> Array | None:
    for first in (a, a[::-1]):
        for second in (b, b[::-1]):
            if np.abs(first[-1] - second[0]).max() <= near:
                return np.vstack([first, second[1:]])
    return None
