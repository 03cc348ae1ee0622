"""The mesh of a stack as plain arrays, its volumes and its validity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bumpform.errors import MeshError
from bumpform.geometry.curve import Array
from bumpform.mesh.curved import jacobians, lagrange, smallest_jacobian
from bumpform.units.units import format_place

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class StackMesh:
    """Triangles and lines of a stack's section (r, z), in m.

    Nodes of an element: its corners, then for order 2 the middles of its sides 0–1, 1–2, 2–0
    (the order of gmsh, VTK and meshio); of a line: its ends, then its middle.

    Attributes
    ----------
    points : ndarray, shape (n, 2), m
        In the order of their first use by the lines, then by the cells.
    cells : ndarray of int, shape (m, 3 or 6)
        Counter-clockwise, sorted by region.
    cell_region : ndarray of int, shape (m,)
        Index into ``regions``.
    lines : ndarray of int, shape (l, 2 or 3)
    line_interface : ndarray of int, shape (l,)
        Index into ``interfaces``.
    regions : tuple of str
        Names, as in the stack.
    materials : tuple of str
        Of the regions.
    interfaces : tuple of str
        Names, sorted.
    order : int
    """

    points: Array
    cells: Numbers
    cell_region: Numbers
    lines: Numbers
    line_interface: Numbers
    regions: tuple[str, ...]
    materials: tuple[str, ...]
    interfaces: tuple[str, ...]
    order: int

    @cached_property
    def quality(self) -> Array:
        """Smallest Jacobian of every element, relative to the straight triangle, shape (m,)."""
        return smallest_jacobian(self.points[self.cells])

    def region_volumes(self) -> Array:
        """Volumes of the bodies of revolution, shape (regions,), m³; exact on the elements."""
        x = self.points[self.cells]
        value, _ = lagrange(_QUADRATURE[0], self.order)
        r = np.einsum("qk,mk->mq", value, x[..., 0])
        volume = 2.0 * np.pi * (r * jacobians(x, _QUADRATURE[0])) @ _QUADRATURE[1]
        return np.bincount(self.cell_region, volume, minlength=len(self.regions))

    def check(self) -> None:
        """Refuse elements that are turned inside out, and regions without elements.

        Raises
        ------
        MeshError
            With the regions' names.
        """
        bad = self.quality <= 0.0
        if bad.any():
            where = self.points[self.cells[int(np.argmin(self.quality))]][:3].mean(axis=0)
            raise MeshError(
                f"mesh: {int(bad.sum())} of {len(bad)} elements are inverted in "
                f"{_named(self.regions, self.cell_region[bad])}, "
                f"the worst at {format_place(where[0], where[1])}"
            )
        empty = np.bincount(self.cell_region, minlength=len(self.regions)) == 0
        if empty.any():
            raise MeshError(f"mesh: no elements in {_named(self.regions, np.flatnonzero(empty))}")


def _dunavant4() -> tuple[Array, Array]:
    """Six points on the reference triangle, exact for degree 4; weights sum to 1/2."""
    points, weights = [], []
    root = np.sqrt(10.0)
    inner = np.sqrt(38.0 - 44.0 * np.sqrt(0.4))
    for sign in (1.0, -1.0):
        a = (8.0 - root + sign * inner) / 18.0
        weight = (620.0 + sign * np.sqrt(213125.0 - 53320.0 * root)) / 7440.0
        points += [(a, a), (1.0 - 2.0 * a, a), (a, 1.0 - 2.0 * a)]
        weights += [weight] * 3
    return np.array(points), np.array(weights)


_QUADRATURE = _dunavant4()


def _named(names: tuple[str, ...], indices: Numbers) -> str:
    chosen = [f"'{names[i]}'" for i in sorted({int(i) for i in indices})]
    return f"region{'' if len(chosen) == 1 else 's'} {', '.join(chosen)}"
