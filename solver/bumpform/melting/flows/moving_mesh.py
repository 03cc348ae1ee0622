"""A mesh that follows its free surface: inside by harmonic extension, on solid along it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.flows.backend import petsc
from bumpform.melting.flows.flow import Problem
from bumpform.melting.flows.system import basis_matrix, solver_of
from bumpform.melting.flows.velocities import admissible

#: Least Jacobian of an element, 1 for an equilateral one, with which a mesh is kept.
LEAST = 0.3
_CORNERS = np.array([[0, 0], [1, 0], [0, 1], [0.5, 0.5], [0, 0.5], [0.5, 0]])


class MovingMesh:
    """Where the nodes of a problem's mesh go when those of its free curve are moved.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, problem: Problem) -> None:
        self._mesh = mesh = problem.mesh
        held: dict[int, Array | None] = dict.fromkeys(mesh.curve.tolist())
        columns = admissible(mesh, held, rises=False)
        self._basis = basis_matrix(columns, 0)
        form = problem.form("laplacian", mesh.velocities, mesh.velocities)
        self._laplacian: Any = petsc.assemble_matrix(form)
        self._laplacian.assemble()
        self._reduced = self._laplacian.PtAP(self._basis)
        self._solver = solver_of(self._reduced, symmetric=True)
        self.stations: dict[int, Station] = {
            k: node.at for k, node in mesh.solid.items() if node.at is not None and node.way
        }

    def moved(
        self,
        base: Array,
        stations: dict[int, Station],
        curve: Array,
        lifts: tuple[float, float] = (0.0, 0.0),
    ) -> tuple[Array, dict[int, Station]]:
        """All nodes, from where they were, with the free curve's moved to given places.

        Parameters
        ----------
        base : ndarray, shape (nodes, 2)
        stations : dict of number to Station
            Where those on solid were.
        curve : ndarray
            New places of the free curve's nodes.
        lifts : pair of float
            Of the body above, before and after.
        """
        mesh = self._mesh
        given = np.zeros((mesh.count, 2))
        by = lifts[1] - lifts[0]
        given[mesh.node[mesh.roof], 1] = by
        given[mesh.node[mesh.curve]] = curve - base[mesh.curve]
        x, image = self._basis.createVecLeft(), self._basis.createVecLeft()
        right, y = self._basis.createVecRight(), self._basis.createVecRight()
        x.setArray(-given.ravel())
        self._laplacian.mult(x, image)
        self._basis.multTranspose(image, right)
        self._solver.solve(right, y)
        self._basis.mult(y, x)
        shift = (x.getArray().reshape(-1, 2) + given)[mesh.node]
        for item in (x, image, right, y):
            item.destroy()
        points = base + shift
        after = {}
        for k, at in stations.items():
            wall, way = mesh.solid[k].wall, shift[k]
            if wall.upper:
                wall, way = replace(wall, lift=lifts[1]), way - [0.0, by]
            after[k] = wall.moved(at, float(way @ wall.tangent(at)))
            points[k] = wall.point(after[k])
        return points, after

    def beyond(self, node: int, at: Station, to: Station, more: float) -> Station:
        """The place of a node on solid so much further on than from one place to another."""
        wall = self._mesh.solid[node].wall
        return wall.moved(at, more * wall.distance(at, to))


def is_good(points: Array, cells: Any) -> bool:
    """Whether no element is much worse than straight and round."""
    x = points[cells]
    s, t = _CORNERS.T
    rest = 1.0 - s - t
    none = 0.0 * s
    ds = np.stack([1 - 4 * rest, 4 * s - 1, none, 4 * t, -4 * t, 4 * (rest - s)], axis=1)
    dt = np.stack([1 - 4 * rest, none, 4 * t - 1, 4 * s, 4 * (rest - t), -4 * s], axis=1)
    js, jt = np.einsum("qa,eac->eqc", ds, x), np.einsum("qa,eac->eqc", dt, x)
    jacobian = js[..., 0] * jt[..., 1] - js[..., 1] * jt[..., 0]
    sides = x[:, [1, 2, 0]] - x[:, :3]
    square = (sides**2).sum(axis=(1, 2))
    return bool((jacobian * 2.0 * np.sqrt(3.0) / square[:, None]).min() > LEAST)
