r"""The discrete free surface: weak forms on a reference interval, compiled once.

A meridian X(ξ) = (r, z), 0 ≤ ξ ≤ 1, runs from the outer contact line upwards to the
apex, liquid on its left. Lengths are scaled by a length L of the problem, energies by
2πσL². In these units, with the Bond number Bo = ρ g L²/σ and the pressure p at z = 0,

.. math::
    A = \int r\,|X'|\,dξ, \quad W = \int \tfrac12 r^2 z\,z'\,dξ, \quad
    V = \int \tfrac12 r^2 z'\,dξ, \qquad \mathcal L = A + \mathrm{Bo}\,W - p\,V .

UFL derives the residual and the Hessian of 𝓛 in X, both coordinates in the Lagrange
space; ``meridian`` reduces them to normal displacements and contact lines.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from bumpform.backend import MPI, basix, dolfinx, ufl
from bumpform.curve import Array, PolynomialCurve

#: Polynomial degree of the elements along the meridian.
DEGREE = 6


class Interval:
    """Reference mesh of the meridian with its compiled forms.

    Nodes are numbered along the curve here, whatever dolfinx's numbering is.

    Attributes
    ----------
    elements : int
    coordinate : dolfinx.fem.Function
        Stands for X in forms; its values are handed over packed.
    count : int
        Number of nodes, ``elements * DEGREE + 1``.
    xi : ndarray, shape (count,)
        The nodes' places in [0, 1].
    differentiate : ndarray, shape (count, count)
        Nodal values → derivative by ξ at the nodes (the mean at element ends).
    """

    def __init__(self, elements: int) -> None:
        self.elements = elements
        self.count = elements * DEGREE + 1
        mesh = dolfinx.mesh.create_interval(MPI.COMM_SELF, elements, [0.0, 1.0])
        self.scalar_element = basix.ufl.element(
            "Lagrange", "interval", DEGREE, lagrange_variant=basix.LagrangeVariant.gll_warped
        )
        element = basix.ufl.blocked_element(self.scalar_element, shape=(2,))
        space = dolfinx.fem.functionspace(mesh, element)
        self.coordinate = dolfinx.fem.Function(space)
        place = space.tabulate_dof_coordinates()[:, 0]
        order = np.argsort(place)
        rank = np.argsort(order)
        self.xi = place[order]
        self.local = tuple(float(x) for x in self.xi[: DEGREE + 1] * elements)
        self._order = order
        self._cells = rank[space.dofmap.list]
        self._compile(mesh, space)
        self._scatter(space, rank)
        self.differentiate = self._differentiation()

    def _compile(self, mesh: dolfinx.mesh.Mesh, space: dolfinx.fem.FunctionSpace) -> None:
        x = self.coordinate
        test, trial = ufl.TestFunction(space), ufl.TrialFunction(space)
        bond = dolfinx.fem.Constant(mesh, 0.0)
        pressure = dolfinx.fem.Constant(mesh, 0.0)
        dxi = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 4 * DEGREE})
        r, z = x[0], x[1]
        d = x.dx(0)
        area = r * ufl.sqrt(ufl.dot(d, d)) * dxi
        weight = 0.5 * r**2 * z * d[1] * dxi
        volume = 0.5 * r**2 * d[1] * dxi
        residual = ufl.derivative(area + bond * weight - pressure * volume, x, test)
        self._area = dolfinx.fem.form(area)
        self._weight = dolfinx.fem.form(weight)
        self._volume_gradient = dolfinx.fem.form(ufl.derivative(volume, x, test))
        self._residual = dolfinx.fem.form(residual)
        self._hessian = dolfinx.fem.form(ufl.derivative(residual, x, trial))
        self._matrix = dolfinx.fem.create_matrix(self._hessian)
        self._vector = np.zeros(2 * self.count)
        (self._key,) = dolfinx.fem.pack_coefficients(self._hessian).keys()
        self._none = np.empty(0)

    def _scatter(self, space: dolfinx.fem.FunctionSpace, rank: Array) -> None:
        """Where each entry of the sparse matrix goes in the dense one, nodes in order."""
        matrix = self._matrix
        rows = np.repeat(np.arange(len(matrix.indptr) - 1), np.diff(matrix.indptr))
        n = 2 * self.count
        if tuple(matrix.block_size) == (1, 1):
            row, column = rows, matrix.indices
            i = 2 * rank[row // 2] + row % 2
            j = 2 * rank[column // 2] + column % 2
            self._target = i * n + j
        else:  # 2 × 2 blocks, row by row
            i = (2 * rank[rows])[:, None, None] + np.array([[0, 0], [1, 1]])
            j = (2 * rank[matrix.indices])[:, None, None] + np.array([[0, 1], [0, 1]])
            self._target = (i * n + j).ravel()

    def _differentiation(self) -> Array:
        local = np.array(self.local)
        x = 2.0 * local - 1.0
        vander = np.vander(x, increasing=True)
        slope = np.zeros_like(vander)
        slope[:, 1:] = vander[:, :-1] * np.arange(1, DEGREE + 1)
        block = 2.0 * self.elements * slope @ np.linalg.inv(vander)
        result = np.zeros((self.count, self.count))
        share = np.zeros(self.count)
        for e in range(self.elements):
            nodes = slice(e * DEGREE, (e + 1) * DEGREE + 1)
            result[nodes, nodes] += block
            share[nodes] += 1.0
        return result / share[:, None]

    def pack(self, x: Array) -> dict[Any, Array]:
        """Nodal coordinates as dolfinx's assemblers take them."""
        return {self._key: x[self._cells].reshape(self.elements, -1)}

    def _assemble_vector(self, form: dolfinx.fem.Form, constants: Array, packed: dict[Any, Array]) -> Array:
        self._vector[:] = 0.0
        dolfinx.fem.assemble_vector(self._vector, form, constants=constants, coeffs=packed)
        return self._vector.reshape(-1, 2)[self._order]

    def gradients(self, x: Array, bond: float, pressure: float) -> tuple[Array, Array]:
        """Gradient of 𝓛 and of V at the nodes.

        Parameters
        ----------
        x : ndarray, shape (count, 2)
        bond, pressure : float

        Returns
        -------
        ndarray, ndarray, shape (count, 2) each
        """
        packed = self.pack(x)
        residual = self._assemble_vector(self._residual, np.array([bond, pressure]), packed)
        return residual, self._assemble_vector(self._volume_gradient, self._none, packed)

    def hessian(self, x: Array, bond: float, pressure: float) -> Array:
        """Hessian of 𝓛, shape (2 count, 2 count), node by node (r, z)."""
        self._matrix.set_value(0.0)
        dolfinx.fem.assemble_matrix(
            self._matrix,
            self._hessian,
            constants=np.array([bond, pressure]),
            coeffs=self.pack(x),
        )
        n = 2 * self.count
        dense = np.zeros(n * n)
        dense[self._target] = self._matrix.data
        return dense.reshape(n, n)

    def area_and_weight(self, x: Array) -> tuple[float, float]:
        """A and W of the free surface."""
        packed = self.pack(x)
        return (
            float(dolfinx.fem.assemble_scalar(self._area, constants=self._none, coeffs=packed)),
            float(dolfinx.fem.assemble_scalar(self._weight, constants=self._none, coeffs=packed)),
        )

    def curve(self, x: Array) -> PolynomialCurve:
        """The exact curve through the nodes."""
        return PolynomialCurve.from_nodes(x, self.local)


@lru_cache(maxsize=8)
def interval(elements: int) -> Interval:
    """The reference mesh with so many elements; made once a process."""
    return Interval(elements)


@lru_cache(maxsize=1)
def _halving() -> tuple[Array, Array]:
    """Nodal values of one element → those of its two halves."""
    local = np.array(interval(1).local)
    vander = np.linalg.inv(np.vander(2.0 * local - 1.0, increasing=True))
    halves = [np.vander(2.0 * (0.5 * local + h) - 1.0, increasing=True) @ vander for h in (0.0, 0.5)]
    return halves[0], halves[1]


def refine(x: Array) -> Array:
    """The same curve on twice as many elements, exactly."""
    elements = (len(x) - 1) // DEGREE
    nodes = np.arange(elements)[:, None] * DEGREE + np.arange(DEGREE + 1)
    cells = x[nodes]
    fine = np.empty((2 * elements * DEGREE + 1, 2))
    for side, half in enumerate(_halving()):
        fine[nodes + nodes[:, :1] + side * DEGREE] = np.einsum("ij,ejc->eic", half, cells)
    return fine


def warm() -> None:
    """Compile every form into the cache, for an image or a fresh machine."""
    interval(1)


if __name__ == "__main__":
    warm()
