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
import numpy.typing as npt

from bumpform.stack.curve import Array, PolynomialCurve
from bumpform.surface.backend import MPI, basix, dolfinx, ufl

#: Polynomial degree of the elements along the meridian.
DEGREE = 6


class Interval:
    """Reference mesh of one meridian, or of several side by side, with the compiled forms.

    Nodes are numbered along the curve here, whatever dolfinx's numbering is.

    Parameters
    ----------
    elements : int
        Of each meridian.
    copies : int
        Number of meridians, each on an interval of its own: one assembly serves them all.

    Attributes
    ----------
    count : int
        Number of nodes of a meridian, ``elements * DEGREE + 1``.
    xi : ndarray, shape (count,)
        The nodes' places in [0, 1].
    coordinate, pressure : dolfinx.fem.Function
        Stand for X and p in forms; their values are handed over packed.
    differentiate : ndarray, shape (count, count)
        Nodal values → derivative by ξ at the nodes (the mean at element ends).
    """

    def __init__(self, elements: int, copies: int = 1) -> None:
        self.elements = elements
        self.copies = copies
        self.count = elements * DEGREE + 1
        mesh = _intervals(elements, copies)
        self.scalar_element = basix.ufl.element(
            "Lagrange", "interval", DEGREE, lagrange_variant=basix.LagrangeVariant.gll_warped
        )
        space = dolfinx.fem.functionspace(
            mesh, basix.ufl.blocked_element(self.scalar_element, shape=(2,))
        )
        self.coordinate = dolfinx.fem.Function(space)
        self.pressure = dolfinx.fem.Function(dolfinx.fem.functionspace(mesh, ("DG", 0)))
        place = space.tabulate_dof_coordinates()[:, 0]
        self._order = np.argsort(place)
        rank = np.argsort(self._order)
        self.xi = place[self._order][: self.count]
        self.local = tuple(float(x) for x in self.xi[: DEGREE + 1] * elements)
        self._cells = rank[space.dofmap.list]
        self._copy_of_cell = self._cells[:, 0] // self.count
        self._compile(mesh, space)
        self._target = self._scatter(rank)
        self.differentiate = self._differentiation()

    def _compile(self, mesh: dolfinx.mesh.Mesh, space: dolfinx.fem.FunctionSpace) -> None:
        x, pressure = self.coordinate, self.pressure
        test, trial = ufl.TestFunction(space), ufl.TrialFunction(space)
        bond = dolfinx.fem.Constant(mesh, 0.0)
        dxi = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 4 * DEGREE})
        r, z = x[0], x[1]
        d = x.dx(0)
        area = r * ufl.sqrt(ufl.dot(d, d)) * dxi
        weight = 0.5 * r**2 * z * d[1] * dxi
        volume = 0.5 * r**2 * d[1] * dxi
        residual = ufl.derivative(
            area + bond * weight - 0.5 * pressure * r**2 * d[1] * dxi, x, test
        )
        self._area = dolfinx.fem.form(area)
        self._weight = dolfinx.fem.form(weight)
        self._volume_gradient = dolfinx.fem.form(ufl.derivative(volume, x, test))
        self._residual = dolfinx.fem.form(residual)
        self._hessian = dolfinx.fem.form(ufl.derivative(residual, x, trial))
        self._matrix = dolfinx.fem.create_matrix(self._hessian)
        self._vector = np.zeros(2 * self.count * self.copies)
        packed: Any = dolfinx.fem.pack_coefficients(self._hessian)
        (self._key,) = packed.keys()
        self._none = np.empty(0)

    def _scatter(self, rank: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Where each entry of the sparse matrix goes in the dense blocks, one a copy."""
        matrix = self._matrix
        rows = rank[np.repeat(np.arange(len(matrix.indptr) - 1), np.diff(matrix.indptr))]
        columns = rank[matrix.indices]
        n = 2 * self.count
        block = (rows // self.count * n * n)[:, None, None]
        # 2 × 2 blocks, row by row
        i = (2 * (rows % self.count))[:, None, None] + np.array([[0, 0], [1, 1]])
        j = (2 * (columns % self.count))[:, None, None] + np.array([[0, 1], [0, 1]])
        return (block + i * n + j).ravel()

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

    def pack(self, x: Array, pressure: float | Array = 0.0) -> dict[Any, Array]:
        """Nodal coordinates and pressures as dolfinx's assemblers take them.

        Parameters
        ----------
        x : ndarray, shape (copies * count, 2)
        pressure : float, or ndarray of shape (copies,)
        """
        packed = np.empty((len(self._cells), 2 * DEGREE + 3))
        packed[:, :-1] = x[self._cells].reshape(len(self._cells), -1)
        packed[:, -1] = (
            pressure[self._copy_of_cell] if isinstance(pressure, np.ndarray) else pressure
        )
        return {self._key: packed}

    def _assemble_vector(
        self, form: dolfinx.fem.Form, constants: Array, packed: dict[Any, Array]
    ) -> Array:
        self._vector[:] = 0.0
        dolfinx.fem.assemble_vector(self._vector, form, constants=constants, coeffs=packed)  # type: ignore[arg-type,misc]
        return self._vector.reshape(-1, 2)[self._order]

    def gradients(self, x: Array, bond: float, pressure: float | Array) -> tuple[Array, Array]:
        """Gradient of 𝓛 and of V at the nodes.

        Parameters
        ----------
        x : ndarray, shape (copies * count, 2)
        bond : float
        pressure : float, or ndarray of shape (copies,)

        Returns
        -------
        ndarray, ndarray, shape (copies * count, 2) each
        """
        return self._gradients(np.array([bond]), self.pack(x, pressure))

    def _gradients(self, bond: Array, packed: dict[Any, Array]) -> tuple[Array, Array]:
        residual = self._assemble_vector(self._residual, bond, packed)
        return residual, self._assemble_vector(self._volume_gradient, self._none, packed)

    def derivatives(
        self, x: Array, bond: float, pressure: float | Array
    ) -> tuple[Array, Array, Array]:
        """Gradients of 𝓛 and V as ``gradients``, and the Hessian of 𝓛.

        Returns
        -------
        ndarray, ndarray, shape (copies * count, 2) each
        ndarray, shape (copies, 2 count, 2 count)
            Node by node (r, z).
        """
        packed, constants = self.pack(x, pressure), np.array([bond])
        self._matrix.set_value(0.0)
        dolfinx.fem.assemble_matrix(self._matrix, self._hessian, constants=constants, coeffs=packed)
        n = 2 * self.count
        dense = np.zeros(self.copies * n * n)
        dense[self._target] = self._matrix.data
        return *self._gradients(constants, packed), dense.reshape(self.copies, n, n)

    def area_and_weight(self, x: Array) -> tuple[float, float]:
        """A and W of the free surface."""
        packed = self.pack(x)
        area, weight = (
            dolfinx.fem.assemble_scalar(form, constants=self._none, coeffs=packed).real
            for form in (self._area, self._weight)
        )
        return float(area), float(weight)

    def curve(self, x: Array) -> PolynomialCurve:
        """The exact curve through the nodes."""
        return PolynomialCurve.from_nodes(x, self.local)


def _intervals(elements: int, copies: int) -> dolfinx.mesh.Mesh:
    """Unit intervals side by side, with a gap between them."""
    points = (2.0 * np.arange(copies)[:, None] + np.linspace(0.0, 1.0, elements + 1)).ravel()
    first = (np.arange(copies)[:, None] * (elements + 1) + np.arange(elements)).ravel()
    cells = np.stack([first, first + 1], axis=1).astype(np.int64)
    line = basix.ufl.element("Lagrange", "interval", 1, shape=(1,))
    coordinates: Any = line  # dolfinx's annotation leaves basix.ufl's elements out
    return dolfinx.mesh.create_mesh(MPI.COMM_SELF, cells, coordinates, points[:, None])


@lru_cache(maxsize=16)
def interval(elements: int, copies: int = 1) -> Interval:
    """The reference mesh with so many elements; made once a process."""
    return Interval(elements, copies)


@lru_cache(maxsize=1)
def _halving() -> tuple[Array, Array]:
    """Nodal values of one element → those of its two halves."""
    local = np.array(interval(1).local)
    vander = np.linalg.inv(np.vander(2.0 * local - 1.0, increasing=True))
    halves = [
        np.vander(2.0 * (0.5 * local + h) - 1.0, increasing=True) @ vander for h in (0.0, 0.5)
    ]
    return halves[0], halves[1]


@lru_cache(maxsize=8)
def _refinement(elements: int) -> Array:
    """Nodal values on so many elements → on twice as many."""
    nodes = np.arange(elements)[:, None] * DEGREE + np.arange(DEGREE + 1)
    matrix = np.zeros((2 * elements * DEGREE + 1, elements * DEGREE + 1))
    for side, half in enumerate(_halving()):
        for cell in nodes:
            rows = cell + cell[0] + side * DEGREE
            matrix[np.ix_(rows, cell)] = half
    return matrix


def refine(x: Array) -> Array:
    """The same curve on twice as many elements, exactly."""
    return _refinement((len(x) - 1) // DEGREE) @ x


def warm() -> None:
    """Compile every form into the cache, for an image or a fresh machine."""
    interval(1)


if __name__ == "__main__":
    warm()
