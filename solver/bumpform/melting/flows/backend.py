"""What the melting takes from dolfinx and PETSc, loaded after the wheel that brings them."""

from __future__ import annotations

import importlib

from bumpform.errors import MachineError
from bumpform.kernel.backend import MPI, basix, dolfinx, ufl

fem = dolfinx.fem

try:
    petsc = importlib.import_module("dolfinx.fem.petsc")
    PETSc = importlib.import_module("petsc4py.PETSc")
except ImportError as error:
    raise MachineError(
        f"PETSc cannot be imported ({error}), without which nothing melts in time: install "
        "bumpform with its extra, 'bumpform[dolfinx]', or bring dolfinx with petsc4py and MUMPS."
    ) from error

__all__ = ["MPI", "PETSc", "basix", "dolfinx", "fem", "petsc", "ufl"]
