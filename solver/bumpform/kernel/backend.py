"""The one place that imports dolfinx, and says how to get it where it is missing."""

from __future__ import annotations

from bumpform.errors import MachineError
from bumpform.kernel.form_compiler import basix, cffi, ffcx, ufl

try:
    import dolfinx
    from mpi4py import MPI
except ImportError as error:
    raise MachineError(
        f"dolfinx cannot be imported ({error}). Install bumpform with its extra, "
        "'bumpform[dolfinx]', or bring dolfinx 0.11 from conda, Spack or your distribution."
    ) from error

__all__ = ["MPI", "basix", "cffi", "dolfinx", "ffcx", "ufl"]
