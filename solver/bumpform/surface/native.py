"""The compiled part of the solver: FFCx's code of the weak forms, and the files of C beside.

The C compiler makes one library of all at first use, which is kept in the user's cache
(``$XDG_CACHE_HOME/bumpform``, ~/.cache/bumpform). FFCx and dolfinx are imported only then.
"""

from __future__ import annotations

import hashlib
import math
import os
import sysconfig
import tempfile
from contextlib import redirect_stdout
from functools import lru_cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bumpform.errors import MachineError

if TYPE_CHECKING:
    from bumpform.stack.profile import Edge

#: Standard C: no reordering of sums, so that every machine comes to the same digits.
ARGUMENTS = ["-std=c17", "-O3", "-g0", "-ffp-contract=off"]
#: The files of C, in the order in which they build on each other.
FILES = ("elements.c", "curve.c", "chords.c", "stability.c", "newton.c", "solve.c", "guess.c")
#: What they offer. ``curved`` is Python's: see ``Curved``.
FUNCTIONS = """
extern const double places[...];
void gradients(int elements, const double *x, double bond, double pressure, double *gradient,
               double *volume);
void integrals(int elements, int copies, const double *x, double *sums);
void through(const double *matrix, int pieces, int powers, const double *points,
             double *coefficients);
void curve(const double *coefficients, int pieces, int powers, double distance, int order,
           int count, const double *t, double *values);
void jet(const double *coefficients, int pieces, int powers, double distance, double t,
         double *numbers);
int spread(const double *coefficients, int pieces, int powers, double distance, double first,
           double last, int steps, double *u, double *points, double *slopes);
void moments(const double *coefficients, int pieces, int powers, double distance, double first,
             double last, double *sums);
int crossing_chords(int edges, int count, const int *starts, const double *u, const double *points,
                    const double *sags, double slack, double beyond, int most, int *pairs,
                    double *found);
typedef struct { ...; } survey;
void read_off(const double *monomials, const double *slope, const double *xi, int elements,
              const double *x, double bond, double pressure, const double *gradient, survey *s);
void second_variation(int elements, const double *x, double bond, double pressure,
                      double *stiffness, double *inverse, double *mass);
int lowest(int count, int first, int last, const double *stiffness, const double *inverse,
           const double *mass, double square, int keeps_volume, double *value);
int newton(const double *slope, const double *xi, int elements, int closed, int ends,
           const double *unknowns, double coupling, const double *x, double bond, double pressure,
           double excess, double *gradient, double *volume, double *normal, double *right,
           double *change, double *sizes, double *matrix);
typedef struct {
    int held, free;
    void *edge;
    const double *coefficients;
    int pieces, powers;
    double distance, first, last;
    double straight[4];
    double scale, u, lift;
    double cosine;
    double sign, before;
    double place[2];
    ...;
} contact_line;
typedef struct {
    contact_line line[2];
    double bond, pressure, volume;
    int loaded;
    double load;
    double tolerance;
    int most;
    int iterations;
    double step, residual, volume_error, moved;
} problem;
enum { SOLVED, NO_MEMORY, SINGULAR, NOT_CONVERGED };
extern "Python" void curved(void *edge, double u, double *numbers);
int ends(problem *p, double *numbers, double *coupling, double *excess);
void displace(const double *xi, int elements, const double *normal, const double *change,
              problem *p, double *x);
int solve(const double *slope, const double *xi, int elements, problem *p, double *x,
          double *gradient);
int relax(const double *slope, const double *xi, int elements, int copies, int closed, double bond,
          const double *volumes, const double *weights, double tolerance, int most, double *x,
          double *pressure, double *lift, double *pull, double *rises, int *converged);
void caps(const double *xi, int elements, int copies, const double *points, const double *volumes,
          double bond, double *x, double *pressure);
double arc(const double *xi, int elements, const double *ends, double volume, double *x);
void arcs(const double *xi, int elements, int copies, const double *first, const double *last,
          const double *volumes, double *x, double *curvature);
"""


class Curved:
    """An edge whose places the library asks of Python: of a curve that it does not know.

    Attributes
    ----------
    edge : Edge
    error : BaseException or None
        What went wrong when it was asked: it cannot be raised through C.
    """

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.error: BaseException | None = None

    def numbers(self, u: float) -> list[float]:
        """r, z, r', z', r'', z'' at u, and ∫½r²dz from the edge's start; NaN after an error."""
        try:
            return [*self.edge.jet(u), float(self.edge.moments(0.0, u)[0])]
        except BaseException as error:
            self.error = error
            return [math.nan] * 7


@lru_cache(maxsize=1)
def library() -> tuple[Any, Any]:
    """The interface to memory (cffi's), and the functions of the files of C.

    Raises
    ------
    MachineError
        Where the library has to be compiled and cannot be, or cannot be loaded.
    """
    folder = files("bumpform.surface")
    forms, *parts = (
        folder.joinpath(name).read_text(encoding="utf-8") for name in ("weak_forms.py", *FILES)
    )
    # machines that share a home may have different C libraries
    libc = "CS_GNU_LIBC_VERSION"
    machine = (sysconfig.get_config_var("CFLAGS"), libc in os.confstr_names and os.confstr(libc))
    what = repr((forms, parts, FUNCTIONS, ARGUMENTS, machine))
    name = f"bumpform_{hashlib.sha256(what.encode()).hexdigest()[:16]}"
    path = cache() / (name + EXTENSION_SUFFIXES[0])
    if not os.path.exists(path):  # nor where it cannot be looked for
        _compile(name, "".join(parts), path)
    spec = spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    try:
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    except ImportError as error:
        raise MachineError(
            f"the compiled solver cannot be loaded ({error}): remove it, or set XDG_CACHE_HOME to "
            "a folder from which programs may be run"
        ) from error

    def curved(edge: Any, u: float, numbers: Any) -> None:
        numbers[0:7] = module.ffi.from_handle(edge).numbers(u)

    module.ffi.def_extern()(curved)
    return module.ffi, module.lib


def doubles(values: NDArray[np.float64]) -> Any:
    """Numbers as the library takes them: no copy, but of what does not lie in one row."""
    return library()[0].from_buffer("double[]", np.ascontiguousarray(values, dtype=float))


def cache() -> Path:
    """Folder of compiled libraries.

    Raises
    ------
    MachineError
        Where there is neither ``XDG_CACHE_HOME`` nor a home.
    """
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bumpform"
    except RuntimeError as error:
        raise MachineError(
            "the compiled solver has no place to be kept (this user has no home): set "
            "XDG_CACHE_HOME to a folder that can be written"
        ) from error


def _compile(name: str, ours: str, path: Path) -> None:
    """Compile aside, then rename: others may do the same at this moment."""
    # these bring dolfinx, which takes longer than a case: only here, once
    from bumpform.surface.backend import cffi, ffcx
    from bumpform.surface.weak_forms import code

    builder = cffi.FFI()
    builder.cdef(FUNCTIONS)
    builder.set_source(
        name,
        code() + ours,
        include_dirs=[ffcx.codegeneration.get_include_path()],
        extra_compile_args=ARGUMENTS,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            with open(os.devnull, "w") as quiet, redirect_stdout(quiet):
                made = builder.compile(tmpdir=folder)
            os.replace(made, path)
    except OSError as error:
        raise MachineError(
            f"the compiled solver cannot be kept in {path.parent} ({error.strerror}): "
            "set XDG_CACHE_HOME to a folder that can be written"
        ) from error
    except cffi.VerificationError as error:
        raise MachineError(
            f"the solver cannot be compiled ({error}): it needs a C compiler and Python's headers "
            "(Debian, Ubuntu: apt-get install gcc libc6-dev python3-dev)"
        ) from error


if __name__ == "__main__":  # for an image, or a fresh machine
    library()
