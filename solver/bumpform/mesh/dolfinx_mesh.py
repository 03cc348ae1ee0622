"""A stack's mesh in dolfinx: cells tagged by region, facets by interface."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bumpform.kernel.backend import MPI, basix, dolfinx, ufl
from bumpform.mesh.stack_mesh import StackMesh


class DolfinxMesh(NamedTuple):
    """Mesh, tags and what they mean.

    Attributes
    ----------
    mesh : dolfinx.mesh.Mesh
        Coordinates x[0] = r, x[1] = z, in m.
    cell_tags : dolfinx.mesh.MeshTags
    facet_tags : dolfinx.mesh.MeshTags
    regions : dict of str to int
        Cell tags by region name, from 1 as in the MSH file.
    interfaces : dict of str to int
        Facet tags by interface name.
    """

    mesh: Any
    cell_tags: Any
    facet_tags: Any
    regions: dict[str, int]
    interfaces: dict[str, int]


def to_dolfinx(stack_mesh: StackMesh, comm: Any = None) -> DolfinxMesh:
    """The mesh as dolfinx has it.

    Parameters
    ----------
    stack_mesh : StackMesh
        The same on every rank; rank 0's is distributed.
    comm : mpi4py.MPI.Comm, optional
        ``MPI.COMM_SELF`` if not given.

    Raises
    ------
    BumpformError
        On import of this module, if dolfinx is not installed; says how to install it.
    """
    comm = MPI.COMM_SELF if comm is None else comm
    own = slice(None) if comm.rank == 0 else slice(0)  # nodes and cells come from rank 0
    element = basix.ufl.element(
        "P",
        "triangle",
        stack_mesh.order,
        basix.LagrangeVariant.equispaced,
        shape=(2,),
        dtype=np.float64,
    )
    # gmsh's middles 0–1, 1–2, 2–0 are dolfinx's 2, 0, 1: each opposite to its corner
    order = [0, 1, 2, 4, 5, 3][: stack_mesh.cells.shape[1]]
    mesh = dolfinx.mesh.create_mesh(
        comm, stack_mesh.cells[own][:, order], ufl.Mesh(element), stack_mesh.points[own]
    )
    return DolfinxMesh(
        mesh,
        _tags(mesh, 2, stack_mesh.cells[own][:, order], stack_mesh.cell_region[own] + 1),
        _tags(mesh, 1, stack_mesh.lines[own], stack_mesh.line_interface[own] + 1),
        {name: i for i, name in enumerate(stack_mesh.regions, 1)},
        {name: i for i, name in enumerate(stack_mesh.interfaces, 1)},
    )


def _tags(mesh: Any, dim: int, connected: Any, values: Any) -> Any:
    found, tags = dolfinx.io.utils.distribute_entity_data(
        mesh, dim, np.ascontiguousarray(connected), values.astype(np.int32)
    )
    mesh.topology.create_connectivity(dim, 2)
    tagged = dolfinx.mesh.meshtags_from_entities(
        mesh, dim, dolfinx.graph.adjacencylist(found), tags
    )
    tagged.name = "regions" if dim == 2 else "interfaces"
    return tagged
