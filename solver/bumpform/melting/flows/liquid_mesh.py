"""The mesh of the liquid in dolfinx: P2 triangles whose sides on the boundary are curved."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from bumpform.errors import MeshError
from bumpform.geometry.curve import Array
from bumpform.melting.flows.backend import MPI, dolfinx, fem, ufl
from bumpform.melting.flows.boundary import Boundary, WallNode
from bumpform.melting.flows.weak_forms import BESIDE, FREE, PRESSURE, ROOF, VECTOR, WALL
from bumpform.mesh.triangles import Outline, triangulate

#: Middles of a triangle's sides as dolfinx orders them: each opposite to its corner.
_SIDES = ((1, 2), (0, 2), (0, 1))


class LiquidMesh:
    """Mesh, spaces, and what its nodes may do.

    Attributes
    ----------
    mesh : dolfinx.mesh.Mesh
    velocities, pressures : dolfinx.fem.FunctionSpace
    node : ndarray, shape (nodes,)
        Number in the velocity's space of every node of the mesh's geometry.
    curve : ndarray
        Numbers in the geometry of the free curve's nodes, in order.
    solid : dict of number in the geometry to WallNode
        Nodes on solid, but the contact lines.
    axis : ndarray
        Numbers in the geometry of the nodes on the axis.
    sides : dict of tag to ndarray, shape (n, 2)
        Cells and their sides on a part of the boundary.
    roof : ndarray
        Numbers in the geometry of the nodes on the body above.
    inner : Inner or None
        What is between that and the floor inside of the mesh.
    pumping : dict of number in the geometry to float
        Speed across of the node through which liquid is drawn in there as the body rises at 1.
    """

    def __init__(self, edge: Boundary) -> None:
        n = len(edge.corners)
        sides = np.stack([np.arange(n), (np.arange(n) + 1) % n], axis=1)
        if not shapely.Polygon(edge.corners).is_valid:
            raise MeshError("the liquid's boundary crosses itself")
        outline = Outline(0, "liquid", [list(range(1, n + 1))], thin=False)
        points, (cells, *_) = triangulate(edge.corners, sides, [outline])
        ends = np.sort(cells[:, _SIDES], axis=-1).reshape(-1, 2)
        unique, inverse = np.unique(ends, axis=0, return_inverse=True)
        middles = points[unique].mean(axis=1)
        key = unique[:, 0] * len(points) + unique[:, 1]
        low, high = sides.min(axis=1), sides.max(axis=1)
        found = np.searchsorted(key, low * len(points) + high)
        middles[found] = edge.middles
        nodes = np.vstack([points, middles])
        cells6 = np.hstack([cells, len(points) + inverse.reshape(-1, 3)])
        self.mesh = dolfinx.mesh.create_mesh(MPI.COMM_SELF, cells6, ufl.Mesh(VECTOR), nodes)
        self.velocities = fem.functionspace(self.mesh, VECTOR)
        self.pressures = fem.functionspace(self.mesh, PRESSURE)
        geometry = self.mesh.geometry
        self.cells = geometry.dofmaps[0]
        self.count = len(geometry.x)
        self.node = np.empty(self.count, dtype=np.int64)
        self.node[self.cells.ravel()] = self.velocities.dofmap.list.ravel()
        place = np.empty(self.count, dtype=np.int64)
        place[geometry.input_global_indices] = np.arange(self.count)
        middle_of = len(points) + found
        free = edge.free
        path = np.empty(2 * len(free) - 1, dtype=np.int64)
        path[::2], path[1::2] = place[free], place[middle_of[free[:-1]]]
        self.curve = path
        self.solid: dict[int, WallNode] = {
            **{int(place[k]): node for k, node in edge.on_corners.items()},
            **{int(place[middle_of[k]]): node for k, node in edge.on_middles.items()},
        }
        on_axis = np.abs(geometry.x[:, 0]) < 1e-12
        self.axis = np.flatnonzero(on_axis)
        tag_of = np.zeros(self.count, dtype=np.int64)
        tag_of[place[middle_of]] = edge.tags
        outer = np.zeros(self.count, dtype=bool)
        outer[place[middle_of]] = True
        mid = self.cells[:, 3:6]
        facets = np.argwhere(outer[mid]).astype(np.int32)
        tags = tag_of[mid[facets[:, 0], facets[:, 1]]]
        self.sides = {
            k: np.ascontiguousarray(facets[tags == k]).ravel() for k in (FREE, BESIDE, WALL, ROOF)
        }
        roof = np.flatnonzero(edge.tags == ROOF)
        above = np.concatenate([place[roof], place[(roof + 1) % n], place[middle_of[roof]]])
        self.roof = np.unique(above)
        self.inner = inner = edge.inner
        self.pumping: dict[int, float] = {}
        if inner is not None and not inner.lies:
            self.pumping[int(place[middle_of[inner.side]])] = inner.pumps

    @property
    def x(self) -> Array:
        """Positions of the geometry's nodes, shape (nodes, 2): a view."""
        positions: Array = self.mesh.geometry.x[:, :2]
        return positions

    def domains(self, form: Any) -> dict[Any, list[tuple[int, Any]]]:
        """What a form is integrated over."""
        kinds = {integral.integral_type() for integral in form.ufl_form.integrals()}
        found = {}
        if "cell" in kinds:
            cells = np.arange(len(self.cells), dtype=np.int32)
            found[fem.IntegralType.cell] = [(-1, cells)]
        if "exterior_facet" in kinds:
            found[fem.IntegralType.exterior_facet] = list(self.sides.items())
        return found
