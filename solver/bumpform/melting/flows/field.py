"""Velocity and pressure at one moment, on the nodes of the mesh that they were solved on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.melting.flows.backend import MPI, dolfinx, fem, ufl
from bumpform.melting.flows.flow import Flow
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.flows.weak_forms import PRESSURE, VECTOR
from bumpform.melting.shapes.free_curve import Numbers


@dataclass(frozen=True, eq=False)
class Field:
    """What a solved flow leaves; meshes of dolfinx are too dear to be kept for every step.

    Attributes
    ----------
    points : ndarray, shape (nodes, 2)
    cells : ndarray, shape (cells, 6)
        Quadratic triangles: corners, then the middles of the sides opposite to each.
    velocity : ndarray, shape (nodes, 2)
    pressure : ndarray, shape (nodes,)
        P = p + Bo z, linear on every triangle.
    """

    points: Array
    cells: Numbers
    velocity: Array
    pressure: Array

    def scaled(self, length: float, speed: float, stress: float) -> Field:
        """The same in other units."""
        return Field(
            self.points * length, self.cells, self.velocity * speed, self.pressure * stress
        )

    def turned(self, height: float) -> Field:
        """The same upside down, from the frame of a package at a height."""
        down = np.array([1.0, -1.0])
        points = self.points * down + [0.0, height]
        cells = self.cells[:, [0, 2, 1, 3, 5, 4]]  # counter-clockwise again
        return Field(points, cells, self.velocity * down, self.pressure)

    def functions(self) -> tuple[Any, Any]:
        """Velocity and pressure as functions of dolfinx, on a mesh of their own."""
        element = ufl.Mesh(VECTOR)
        cells = self.cells.astype(np.int64)
        mesh = dolfinx.mesh.create_mesh(MPI.COMM_SELF, cells, element, self.points)
        velocity = fem.Function(fem.functionspace(mesh, VECTOR), name="velocity")
        pressure = fem.Function(fem.functionspace(mesh, PRESSURE), name="pressure")
        given = mesh.geometry.input_global_indices
        nodes = mesh.geometry.dofmaps[0]
        by_node = velocity.x.array.reshape(-1, 2)
        by_node[velocity.function_space.dofmap.list] = self.velocity[given][nodes]
        pressure.x.array[pressure.function_space.dofmap.list] = self.pressure[given][nodes[:, :3]]
        return velocity, pressure


def joined_fields(fields: Sequence[Field]) -> Field:
    """Fields of liquids apart from each other as one."""
    if len(fields) == 1:
        return fields[0]
    starts = np.cumsum([0, *(len(one.points) for one in fields[:-1])])
    return Field(
        np.vstack([one.points for one in fields]),
        np.vstack([one.cells + start for one, start in zip(fields, starts, strict=True)]),
        np.vstack([one.velocity for one in fields]),
        np.concatenate([one.pressure for one in fields]),
    )


def field_of(mesh: LiquidMesh, flow: Flow) -> Field:
    """What a flow on a mesh leaves."""
    cells = mesh.cells
    pressure = np.zeros(mesh.count)
    corners = flow.pressure[mesh.pressures.dofmap.list]
    pressure[cells[:, :3]] = corners
    pressure[cells[:, 3:]] = 0.5 * (corners[:, [1, 0, 0]] + corners[:, [2, 2, 1]])
    return Field(mesh.x.copy(), cells.astype(np.int64), flow.velocity[mesh.node], pressure)
