"""Coarse equilibria with the contact lines held, many at once, or one from a spherical cap.

The landscape needs only the sign and the run of the force on the line, at many places.
Two elements a surface give it to 1e-5.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.kernel.native import doubles, library
from bumpform.quick import replace
from bumpform.surface.drop.newton import Surface, solve
from bumpform.surface.drop.reference_element import ReferenceMesh, reference_mesh
from bumpform.surface.drop.stability import analyse

#: Elements of a sampled surface.
ELEMENTS = 2
#: A sample is good when the last Newton step was below this: its error is the square.
STEP_TOLERANCE = 1e-3
MAX_STEPS = 12


class Relaxed(NamedTuple):
    """How guesses came to rest with their lines held.

    Attributes
    ----------
    x : ndarray, shape (places, count, 2)
    pressure : ndarray, shape (places,)
    lift : ndarray, shape (places,)
        Rise of the last ends, where they carry a weight.
    pulls : ndarray, shape (places, 2, 2)
        Vectors along the surface away from the first and from the last line, as in ``Reactions``.
    rises : ndarray, shape (places,)
        Rises of caps at their lines, as in ``Reactions``.
    converged : ndarray of bool, shape (places,)
    """

    x: Array
    pressure: Array
    lift: Array
    pulls: Array
    rises: Array
    converged: NDArray[np.bool_]


def caps(mesh: ReferenceMesh, points: Array, volumes: Array, bond: float) -> tuple[Array, Array]:
    """Spherical caps from contact lines to the axis: exact without gravity.

    Parameters
    ----------
    mesh : ReferenceMesh
        Whose nodes are put on them, equally spaced in angle.
    points : ndarray, shape (places, 2)
        Contact lines.
    volumes : ndarray, shape (places,)
        Volume/2π between each cap and the height of its line; negative below it.
    bond : float

    Returns
    -------
    ndarray, shape (places, count, 2)
        Nodes; not finite where there is no cap.
    ndarray, shape (places,)
        Pressure at z = 0.
    """
    _, compiled = library()
    x, pressure = np.empty((len(points), mesh.count, 2)), np.empty(len(points))
    compiled.caps(
        *mesh.given[1:],
        len(points),
        doubles(points),
        doubles(volumes),
        bond,
        doubles(x),
        doubles(pressure),
    )
    return x, pressure


def relax(
    mesh: ReferenceMesh,
    x: Array,
    pressure: Array,
    volumes: Array,
    bond: float,
    *,
    closed: bool,
    tolerance: float,
    most: int,
    weights: Array | None = None,
) -> Relaxed:
    """Newton's method from guesses with their lines held; those that fail are left.

    Parameters
    ----------
    mesh : ReferenceMesh
    x : ndarray, shape (places, count, 2)
        Guesses, not finite where there is none.
    pressure : ndarray, shape (places,)
    volumes : ndarray, shape (places,)
        Volume/2π of the free part.
    bond : float
    closed : bool
        Whether the last ends are on the axis.
    tolerance : float
        Largest step, relative to a guess's length, after which to stop.
    most : int
        Matrices, after which to give up.
    weights : ndarray, shape (places,), optional
        Force/2πσL that presses each last end down: these rise until the liquid carries it.
    """
    (ffi, compiled), places = library(), len(x)
    x, pressure = np.array(x), np.array(pressure)
    lift, pulls = np.zeros(places), np.empty((places, 2, 2))
    rises = np.empty(places)
    converged = np.zeros(places, dtype=np.intc)
    enough = compiled.relax(
        *mesh.given,
        places,
        closed,
        bond,
        doubles(volumes),
        ffi.NULL if weights is None else doubles(weights),
        tolerance,
        most,
        doubles(x),
        doubles(pressure),
        doubles(lift),
        doubles(pulls),
        doubles(rises),
        ffi.from_buffer("int[]", converged),
    )
    if not enough:
        raise MemoryError
    return Relaxed(x, pressure, lift, pulls, rises, converged.astype(bool))


def hold(points: Array, volumes: Array, bond: float) -> Relaxed:
    """Equilibria with the line held at each of some places.

    Parameters
    ----------
    points : ndarray, shape (places, 2)
        Scaled contact lines.
    volumes : ndarray, shape (places,)
        Volume/2π of the free part: the liquid's less the solid side's.
    bond : float
    """
    mesh = reference_mesh(ELEMENTS)
    x, pressure = caps(mesh, points, volumes, bond)
    return relax(
        mesh, x, pressure, volumes, bond, closed=True, tolerance=STEP_TOLERANCE, most=MAX_STEPS
    )


def from_cap(guess: Surface, *, tolerance: float, finest: float = 0.01) -> Surface:
    """Equilibrium from a spherical guess; gravity is brought in by steps where needed.

    Raises
    ------
    ConvergenceError
        If even small steps of gravity fail.
    """
    last = ConvergenceError("the drop falls", 0, math.inf)
    try:
        surface = solve(guess, tolerance=tolerance)
        if guess.bond >= 0.0 or _is_minimum(surface):
            return surface
    except ConvergenceError as failure:
        if guess.bond == 0.0:
            raise
        last = failure
    target, reached = guess.bond, 0.0
    # a hanging drop's two branches meet where it falls: small steps stay on the lower one
    step = 0.5 if target > 0.0 else 0.1
    surface = guess
    while reached < 1.0:
        goal = min(1.0, reached + step)
        try:
            surface = solve(replace(surface, bond=target * goal), tolerance=min(tolerance, 1e-4))
            reached, step = goal, (1.5 if target > 0.0 else 1.0) * step
        except ConvergenceError as failure:
            last, step = failure, 0.5 * step
            if step < finest:
                raise ConvergenceError(
                    last.reason, last.iterations, last.residual, f"{reached:.0%} of gravity"
                ) from None
            continue
        if guess.bond < 0.0 and not _is_minimum(surface):
            raise ConvergenceError(
                "the drop falls", surface.iterations, surface.residual, f"{goal:.0%} of gravity"
            )
    return surface


def _is_minimum(surface: Surface) -> bool:
    """Whether no axisymmetric displacement lowers the energy (a hanging drop may fall)."""
    try:
        return analyse(surface, (0,)).stable
    except np.linalg.LinAlgError:  # a curve across the axis has no second variation
        return False
