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

    Nodes are numbered along the curve here, those of a second meridian after those of the
    first. dolfinx assembles element by element (discontinuous space); shared nodes are summed
    up here.

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
    fade : tuple of ndarray, shape (count, 1) each
        Smooth weights of the two ends: 1 − ξ and ξ.
    cells : ndarray of int, shape (copies * elements, DEGREE + 1)
        Nodes of each element, in the order of its Hessian.
    monomials : ndarray, shape (DEGREE + 1, DEGREE + 1)
        Nodal values of an element → coefficients in x = −1 … 1 along it.
    differentiate : ndarray, shape (count, count)
        Nodal values → derivative by ξ at the nodes (the mean at element ends).
    """

    def __init__(self, elements: int, copies: int = 1) -> None:
        self.elements = elements
        self.copies = copies
        self.count = elements * DEGREE + 1
        self.mesh = _intervals(elements, copies)
        self.scalar_element = basix.ufl.element(
            "Lagrange",
            "interval",
            DEGREE,
            lagrange_variant=basix.LagrangeVariant.gll_warped,
            discontinuous=True,
        )
        space = dolfinx.fem.functionspace(
            self.mesh, basix.ufl.blocked_element(self.scalar_element, shape=(2,))
        )
        # dolfinx numbers a discontinuous space element by element
        assert np.array_equal(np.ravel(space.dofmap.list), np.arange(space.dofmap.list.size))
        place = space.tabulate_dof_coordinates()[:, 0].reshape(-1, DEGREE + 1)
        start = np.floor(0.5 * place.mean(axis=1))  # of the meridian's interval: 0, 2, 4, …
        within = (place - 2.0 * start[:, None]) * elements
        first = start * self.count + np.floor(within.mean(axis=1)) * DEGREE
        self.cells = (first[:, None] + within.argsort(axis=1).argsort(axis=1)).astype(np.int64)
        self.local = tuple(np.sort(within[int(np.argmin(first))]).tolist())
        self.xi = np.empty(self.count * copies)
        self.xi[self.cells] = within / elements
        self.xi = self.xi[: self.count]
        self.fade = (1.0 - self.xi[:, None], self.xi[:, None])
        self._copy_of_cell = start.astype(np.int64)
        self._compile(space)
        self.monomials = np.linalg.inv(np.vander(2.0 * np.array(self.local) - 1.0, increasing=True))
        self.differentiate = self._differentiation()
        self._pairs: dict[tuple[int, int], npt.NDArray[np.int64]] = {}

    def _compile(self, space: dolfinx.fem.FunctionSpace) -> None:
        mesh = self.mesh
        #: stand for X and p in forms; their values are handed over packed
        self.coordinate = x = dolfinx.fem.Function(space)
        self.pressure = pressure = dolfinx.fem.Function(dolfinx.fem.functionspace(mesh, ("DG", 0)))
        bond = dolfinx.fem.Constant(mesh, 0.0)
        dxi = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 4 * DEGREE})
        r, z = x[0], x[1]
        d = x.dx(0)
        area = r * ufl.sqrt(ufl.dot(d, d)) * dxi
        weight = 0.5 * r**2 * z * d[1] * dxi
        volume = 0.5 * r**2 * d[1] * dxi
        lagrangian = area + bond * weight - 0.5 * pressure * r**2 * d[1] * dxi
        # both gradients in one vector: four numbers a node
        both = dolfinx.fem.functionspace(
            mesh, basix.ufl.blocked_element(self.scalar_element, shape=(4,))
        )
        test = ufl.TestFunction(both)
        gradients = ufl.derivative(lagrangian, x, ufl.as_vector([test[0], test[1]]))
        gradients += ufl.derivative(volume, x, ufl.as_vector([test[2], test[3]]))
        residual = ufl.derivative(lagrangian, x, ufl.TestFunction(space))
        self._area = dolfinx.fem.form(area)
        self._weight = dolfinx.fem.form(weight)
        self._gradients_form = dolfinx.fem.form(gradients)
        self._hessian = dolfinx.fem.form(ufl.derivative(residual, x, ufl.TrialFunction(space)))
        self._matrix = dolfinx.fem.create_matrix(self._hessian)
        nodes = DEGREE + 1
        self._blocks = self._matrix.data.reshape(-1, nodes, nodes, 2, 2)
        self._vector = np.zeros(4 * self.cells.size)
        self._sums = (4 * self.cells.ravel()[:, None] + np.arange(4)).ravel()
        packed: Any = dolfinx.fem.pack_coefficients(self._hessian)
        (self._key,) = packed.keys()
        self._none = np.empty(0)

    def _differentiation(self) -> Array:
        vander = np.vander(2.0 * np.array(self.local) - 1.0, increasing=True)
        slope = np.zeros_like(vander)
        slope[:, 1:] = vander[:, :-1] * np.arange(1, DEGREE + 1)
        block = 2.0 * self.elements * slope @ self.monomials
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
        packed = np.empty((len(self.cells), 2 * DEGREE + 3))
        packed[:, :-1] = x[self.cells].reshape(len(self.cells), -1)
        packed[:, -1] = (
            pressure[self._copy_of_cell] if isinstance(pressure, np.ndarray) else pressure
        )
        return {self._key: packed}

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
        self._vector.fill(0.0)
        dolfinx.fem.assemble_vector(
            self._vector,
            self._gradients_form,
            constants=bond,
            coeffs=packed,  # type: ignore[misc]
        )
        both = np.bincount(self._sums, self._vector).reshape(-1, 4)
        return both[:, :2], both[:, 2:]

    def derivatives(
        self, x: Array, bond: float, pressure: float | Array
    ) -> tuple[Array, Array, Array]:
        """Gradients of 𝓛 and V as ``gradients``, and the Hessian of 𝓛.

        Returns
        -------
        ndarray, ndarray, shape (copies * count, 2) each
        ndarray, shape (copies * elements, DEGREE + 1, DEGREE + 1, 2, 2)
            ∂²𝓛/∂X[cells[e, i], a] ∂X[cells[e, j], b] as [e, i, j, a, b]; overwritten by the
            next call.
        """
        packed, constants = self.pack(x, pressure), np.array([bond])
        self._blocks.fill(0.0)
        dolfinx.fem.assemble_matrix(self._matrix, self._hessian, constants=constants, coeffs=packed)
        return *self._gradients(constants, packed), self._blocks

    def project(self, k: Array, normal: Array, fields: list[Array], size: int) -> Array:
        """Dense Hessians in normal displacements and further fields: BᵀKB.

        Parameters
        ----------
        k : ndarray
            As from `derivatives`.
        normal : ndarray, shape (copies * count, 2)
        fields : list of ndarray, shape (copies * count, 2) each
        size : int
            Of each matrix; nodes come first, then the fields, then rows of zeros.

        Returns
        -------
        ndarray, shape (copies, size, size)
        """
        nodes = DEGREE + 1
        basis = np.zeros((len(self.cells), nodes, 2, nodes + len(fields)))
        np.einsum("eiai->eia", basis[..., :nodes])[...] = normal[self.cells]
        for i, field in enumerate(fields, start=nodes):
            basis[..., i] = field[self.cells]
        columns = basis.reshape(len(self.cells), 2 * nodes, -1)
        hessian = k.transpose(0, 1, 3, 2, 4).reshape(-1, 2 * nodes, 2 * nodes)
        local = columns.transpose(0, 2, 1) @ (hessian @ columns)
        flat = np.bincount(self.pairs(size, len(fields)), local.ravel(), self.copies * size * size)
        result: Array = flat.reshape(self.copies, size, size)
        return result

    def pairs(self, size: int, fields: int = 0) -> npt.NDArray[np.int64]:
        """Where the entries [e, i, j] of elements' matrices go in flat dense ones of ``size``.

        One dense matrix a meridian: its nodes come first, then so many fields.
        """
        if (size, fields) not in self._pairs:
            copy, node = np.divmod(self.cells, self.count)
            more = np.broadcast_to(self.count + np.arange(fields), (len(node), fields))
            unknown = np.hstack([node, more])
            flat = unknown[:, :, None] * size + unknown[:, None, :]
            self._pairs[size, fields] = (copy[:, :1, None] * size * size + flat).ravel()
        return self._pairs[size, fields]

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
