"""The flow in one mesh of the liquid: assembled by dolfinx, solved at once by MUMPS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.melting.flows.backend import MPI, PETSc, fem, petsc
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.flows.velocities import Admissible, admissible
from bumpform.melting.flows.weak_forms import weak_forms


class Swung(NamedTuple):
    """A floating body's mass, over 2πμ²L²/σ, and its speed before."""

    mass: float
    rise: float


class Ahead(NamedTuple):
    """How far ahead in time surface tension is taken, within the surface and beside its lines."""

    within: float
    beside: float


@dataclass(frozen=True)
class Fluid:
    """The dimensionless numbers of a melt.

    Attributes
    ----------
    bond : float
        ρgL²/σ.
    slip : float
        Friction on solid, L over the slip length.
    laplace : float
        ρσL/μ²; 0 where inertia is left out.
    """

    bond: float
    slip: float
    laplace: float = 0.0


@dataclass(frozen=True, eq=False)
class Flow:
    """A solved flow.

    Attributes
    ----------
    velocity : ndarray, shape (nodes, 2)
        By number in the velocity's space.
    pressure : ndarray
        P = p + Bo z, by number in the pressure's space.
    forces : dict of number in the geometry to ndarray, shape (2,)
        What the liquid and its surface exert on the nodes at contact lines, Young's force on
        the line left out.
    power : float
        That it turns into heat, per 2π.
    rise : float
        Speed of the body above.
    lifting : float
        Force of the liquid on it, upwards, over 2πσL.
    """

    velocity: Array
    pressure: Array
    forces: dict[int, Array]
    power: float = 0.0
    rise: float = 0.0
    lifting: float = 0.0


class Problem:
    """Matrices and vectors of a flow on one mesh."""

    def __init__(self, mesh: LiquidMesh, fluid: Fluid) -> None:
        self.mesh, self.fluid = mesh, fluid
        forms = weak_forms()
        values = {
            forms.step: 0.0,
            forms.ahead: 0.0,
            forms.beside: 0.0,
            forms.bond: fluid.bond,
            forms.slip: fluid.slip,
            forms.laplace: fluid.laplace,
            forms.zero: 0.0,
        }
        self._constants = {k: fem.Constant(mesh.mesh, float(v)) for k, v in values.items()}
        self.last, self.base, self.mesh_velocity = (fem.Function(mesh.velocities) for _ in range(3))
        self._coefficients = {
            forms.last: self.last,
            forms.base: self.base,
            forms.mesh_velocity: self.mesh_velocity,
        }
        self._made: dict[str, Any] = {}

    def form(self, name: str, *spaces: Any) -> Any:
        """One of the weak forms on this mesh."""
        if name not in self._made:
            compiled = weak_forms().compiled(name)
            domains = self.mesh.domains(compiled)
            self._made[name] = fem.create_form(
                compiled,
                list(spaces),
                self.mesh.mesh,
                domains,
                self._coefficients,
                self._constants,
            )
        return self._made[name]

    def vector(self, name: str) -> Array:
        """A linear form of the velocity, shape (2 nodes,)."""
        found: Array = fem.assemble_vector(self.form(name, self.mesh.velocities)).array.copy()
        return found

    def kinetic(self, velocity: Array) -> float:
        """Kinetic energy of a velocity, per 2π."""
        self.last.x.array[:] = velocity.ravel()
        value: Any = fem.assemble_scalar(self.form("kinetic"))
        return float(value)

    def solve(
        self,
        step: float,
        ways: dict[int, Array | None],
        pulls: dict[int, Array],
        *,
        ahead: Ahead | None = None,
        bends: dict[int, float] | None = None,
        load: float | None = None,
        rise: float = 0.0,
        swung: Swung | None = None,
    ) -> Flow:
        """The flow over a step of time.

        Parameters
        ----------
        step : float
        ways : dict of number in the geometry to direction or None
            How contact lines may move.
        pulls : dict of number in the geometry to ndarray, shape (2,)
            Young's forces r cosθ t on those that move.
        ahead : Ahead, optional
            How far ahead surface tension is taken; by the whole step if not given.
        bends : dict of number in the geometry to float
            Stiffness of moving lines against their way along solid that is bent.
        load : float or None
            On a body above that floats, over 2πσL; None where it does not.
        rise : float
            Speed of a body above that is driven.
        swung : Swung, optional
            The mass and last speed of one that floats.

        Raises
        ------
        ConvergenceError
            If the matrix is singular.
        """
        mesh = self.mesh
        v, q = mesh.velocities, mesh.pressures
        self._constants[weak_forms().step].value[...] = step
        within, beside = ahead or Ahead(step, step)
        self._constants[weak_forms().ahead].value[...] = within
        self._constants[weak_forms().beside].value[...] = beside
        name = "inertial" if self.fluid.laplace else "overdamped"
        blocks = [
            [self.form(name, v, v), self.form("gradient", v, q)],
            [self.form("divergence", q, v), self.form("nothing", q, q)],
        ]
        matrix: Any = petsc.assemble_matrix(blocks)
        matrix.assemble()
        for node, stiffness in (bends or {}).items():
            way = ways[node]
            if way is not None:
                i = 2 * int(mesh.node[node])
                values = step * stiffness * np.outer(way, way)
                matrix.setValues([i, i + 1], [i, i + 1], values, addv=True)
        matrix.assemble()
        drive = self.vector("drive")
        if len(mesh.roof):
            drive += self.vector("roof weight")
        if self.fluid.laplace:
            drive += self.vector("momentum") + self.vector("iterated")
        plain = drive.copy()
        for node, pull in pulls.items():
            i = 2 * mesh.node[node]
            drive[i : i + 2] += pull
        floats = load is not None
        columns = admissible(mesh, ways, rises=floats)
        pressures = q.dofmap.index_map.size_local
        basis = basis_matrix(columns, pressures)
        x, image = basis.createVecLeft(), basis.createVecLeft()
        driven = np.zeros(2 * mesh.count + pressures)
        driven[2 * mesh.node[mesh.roof] + 1] = rise
        if rise:
            x.setArray(driven)
            matrix.mult(x, image)
            moved = image.getArray()
            drive = drive - moved[: 2 * mesh.count]
            right = np.concatenate([_transposed(columns, drive), -moved[2 * mesh.count :]])
        else:
            right = np.concatenate([_transposed(columns, drive), np.zeros(pressures)])
        if load is not None:
            right[columns.count - 1] -= load
        reduced = matrix.PtAP(basis)
        if floats and swung is not None:
            last, inertia = columns.count - 1, swung.mass / step
            reduced.setValue(last, last, inertia, addv=True)
            reduced.assemble()
            right[last] += inertia * swung.rise
        found = _solved(reduced, right, symmetric=not self.fluid.laplace)
        y = basis.createVecRight()
        y.setArray(found)
        basis.mult(y, x)
        x.setArray(x.getArray() + driven)
        matrix.mult(x, image)
        values, acting = x.getArray().copy(), image.getArray().copy()
        for item in (matrix, basis, reduced, x, y, image):
            item.destroy()
        size = 2 * mesh.count
        velocity, pressure = values[:size].reshape(-1, 2), values[size:]
        left = (plain - acting[:size]).reshape(-1, 2)
        forces = {node: left[mesh.node[node]] for node in ways}
        lifting = float(left[mesh.node[mesh.roof], 1].sum())
        if floats:
            rise = float(found[columns.count - 1])
        self.last.x.array[:] = velocity.ravel()
        power: Any = fem.assemble_scalar(self.form("power"))
        return Flow(velocity, pressure, forces, float(power), rise, lifting)


def basis_matrix(columns: Admissible, pressures: int) -> Any:
    """The columns of velocities beside the pressures' own, as PETSc has it."""
    rows = len(columns.starts) - 1
    starts = np.concatenate([columns.starts, columns.starts[-1] + 1 + np.arange(pressures)])
    column = np.concatenate([columns.columns, columns.count + np.arange(pressures)])
    values = np.concatenate([columns.values, np.ones(pressures)])
    shape = (rows + pressures, columns.count + pressures)
    return PETSc.Mat().createAIJ(
        shape, csr=(starts.astype(np.int32), column.astype(np.int32), values), comm=MPI.COMM_SELF
    )


def _transposed(columns: Admissible, vector: Array) -> Array:
    """What a vector on the nodes is on the columns."""
    row = np.repeat(np.arange(len(columns.starts) - 1), np.diff(columns.starts))
    weights = columns.values * vector[row]
    found: Array = np.bincount(columns.columns, weights=weights, minlength=columns.count)
    return found


def solver_of(matrix: Any, *, symmetric: bool) -> Any:
    """A direct solver of a symmetric indefinite, or an unsymmetric, matrix."""
    solver = PETSc.KSP().create(MPI.COMM_SELF)
    solver.setType("preonly")
    if symmetric:
        matrix.setOption(PETSc.Mat.Option.SYMMETRIC, True)
    solver.setOperators(matrix)
    factors = solver.getPC()
    factors.setType("cholesky" if symmetric else "lu")
    factors.setFactorSolverType("mumps")
    return solver


def _solved(matrix: Any, right: Array, *, symmetric: bool) -> Array:
    solver = solver_of(matrix, symmetric=symmetric)
    x, y = matrix.createVecs()
    y.setArray(right)
    solver.solve(y, x)
    found: Array = x.getArray().copy()
    for item in (solver, x, y):
        item.destroy()
    if not np.isfinite(found).all():
        raise ConvergenceError("the flow has no solution", 1, float("inf"))
    return found
