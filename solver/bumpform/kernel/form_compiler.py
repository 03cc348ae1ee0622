"""What makes the compiled library: FFCx with basix and UFL, and cffi. No dolfinx."""

from __future__ import annotations

import importlib
import importlib.util

from bumpform.errors import MachineError

# The PyPI wheel must be loaded before what it brings; conda, Spack and Debian do without it.
if importlib.util.find_spec("dolfinx_solver"):
    importlib.import_module("dolfinx_solver")

try:
    import basix
    import basix.ufl
    import cffi
    import ffcx.codegeneration
    import ffcx.compiler
    import ufl
except ImportError as error:
    raise MachineError(
        f"FFCx, which writes the solver's code, cannot be imported ({error}). Install bumpform "
        "with its extra, 'bumpform[dolfinx]', or bring fenics-ffcx 0.11 from conda, Spack or your "
        "distribution."
    ) from error

__all__ = ["basix", "cffi", "ffcx", "ufl"]
