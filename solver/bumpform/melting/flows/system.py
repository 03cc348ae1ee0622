"""The linear system of a flow on the velocities that the solid admits, solved by MUMPS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.melting.flows.backend import MPI, PETSc
from bumpform.melting.flows.velocities import Admissible

#: MUMPS' room for pivots that it puts off, in per cent: other values of a matrix may need more.
_ROOM: Final = (14, 100)

#: MUMPS' count of the negative pivots of a symmetric matrix.
_NEGATIVE: Final = 12


@dataclass(eq=False)
class Reduced:
    """A matrix on the admissible velocities, and its solver.

    That keeps its order of elimination as long as the columns are of the same nodes.
    """

    basis: Any
    matrix: Any
    solver: Any
    columns: Admissible

    def take(self, columns: Admissible, matrix: Any) -> None:
        """The same of other values."""
        if not np.array_equal(columns.values, self.columns.values):
            starts, column, values = _rows(columns, self.basis.size[0] - len(columns.starts) + 1)
            self.basis.setValuesCSR(starts, column, values)
            self.basis.assemble()
        self.columns = columns
        matrix.PtAP(self.basis, result=self.matrix)

    def destroy(self) -> None:
        """Free what PETSc holds."""
        for item in (self.solver, self.matrix, self.basis):
            item.destroy()


@dataclass(frozen=True, eq=False)
class System:
    """A flow's linear system."""

    matrix: Any
    reduced: Reduced
    columns: Admissible
    right: Array
    plain: Array
    driven: Array
    lifted: Array
    clinging: Array
    buoyancy: float
    floats: bool
    step: float
    ways: dict[int, Array | None]
    bends: dict[int, float]

    def solved(self, right: Array) -> Array:
        """What the columns come to, and the pressures."""
        x, y = self.reduced.matrix.createVecs()
        y.setArray(right)
        self.reduced.solver.solve(y, x)
        found: Array = x.getArray().copy()
        x.destroy()
        y.destroy()
        if not np.isfinite(found).all():
            raise ConvergenceError("the flow has no solution", 1, float("inf"))
        return found

    @property
    def lowest(self) -> bool:
        """Whether a symmetric one is positive on what has no divergence.

        Then it has as many negative pivots as there are pressures.
        """
        negative = int(self.reduced.solver.getPC().getFactorMatrix().getMumpsInfog(_NEGATIVE))
        return negative == len(self.right) - self.columns.count

    def spread(self, found: Array) -> tuple[Array, Array]:
        """Velocities and pressures on all nodes, and the matrix times them."""
        basis = self.reduced.basis
        x, image = basis.createVecLeft(), basis.createVecLeft()
        y = basis.createVecRight()
        y.setArray(found)
        basis.mult(y, x)
        x.setArray(x.getArray() + self.driven)
        self.matrix.mult(x, image)
        values, acting = x.getArray().copy(), image.getArray().copy()
        for item in (x, y, image):
            item.destroy()
        return values, acting


def reduced_to(columns: Admissible, pressures: int, matrix: Any, *, symmetric: bool) -> Reduced:
    """A matrix on all velocities and pressures, on the admissible ones."""
    basis = basis_matrix(columns, pressures)
    found = matrix.PtAP(basis)
    return Reduced(basis, found, solver_of(found, symmetric=symmetric), columns)


def basis_matrix(columns: Admissible, pressures: int) -> Any:
    """The columns of velocities beside the pressures' own, as PETSc has it."""
    rows = len(columns.starts) - 1
    shape = (rows + pressures, columns.count + pressures)
    return PETSc.Mat().createAIJ(shape, csr=_rows(columns, pressures), comm=MPI.COMM_SELF)


def _rows(columns: Admissible, pressures: int) -> tuple[Any, Any, Array]:
    """Starts of the rows, columns and values of that matrix."""
    starts = np.concatenate([columns.starts, columns.starts[-1] + 1 + np.arange(pressures)])
    column = np.concatenate([columns.columns, columns.count + np.arange(pressures)])
    values = np.concatenate([columns.values, np.ones(pressures)])
    return starts.astype(np.int32), column.astype(np.int32), values


def transposed(columns: Admissible, vector: Array) -> Array:
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
    factors.setFactorSetUpSolverType()
    factors.getFactorMatrix().setMumpsIcntl(*_ROOM)
    return solver
