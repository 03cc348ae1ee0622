"""The one place that imports dolfinx, and says how to get it where it is missing."""

from __future__ import annotations

import importlib
import importlib.util

from bumpform.errors import MachineError

# The PyPI wheel must be loaded before dolfinx; conda, Spack and Debian do without it.
if importlib.util.find_spec("dolfinx_solver"):
    importlib.import_module("dolfinx_solver")

try:
    import basix
    import basix.ufl
    import cffi
    import dolfinx
    import ffcx.codegeneration
    import ffcx.compiler
    import ufl
    from mpi4py import MPI
except ImportError as error:
    raise MachineError(
        f"dolfinx cannot be imported ({error}). Install bumpform with its extra, "
        "'bumpform[dolfinx]', or bring dolfinx 0.11 from conda, Spack or your distribution."
    ) from error

__all__ = ["MPI", "basix", "cffi", "dolfinx", "ffcx", "ufl"]
