"""Coarse equilibria with the contact lines held, many at once.

The landscape needs only the sign and the run of the force on the line, at many places.
Two elements a surface give it to 1e-5.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.stack.curve import Array
from bumpform.surface.interval import END, interval

#: Elements of a sampled surface.
ELEMENTS = 2
#: A sample is good when the last Newton step was below this: its error is the square.
STEP_TOLERANCE = 1e-3
MAX_STEPS = 12


class Held(NamedTuple):
    """Equilibria with the line held, scaled as in ``meridian``.

    Attributes
    ----------
    x : ndarray, shape (places, nodes, 2)
    pressure : ndarray, shape (places,)
    pull : ndarray, shape (places, 2)
        Unit vector along the surface away from the line.
    converged : ndarray of bool, shape (places,)
    """

    x: Array
    pressure: Array
    pull: Array
    converged: NDArray[np.bool_]


class Relaxed(NamedTuple):
    """How guesses came to rest.

    Attributes
    ----------
    lift : ndarray, shape (places,)
        Rise of the last ends, where they carry a weight.
    converged : ndarray of bool, shape (places,)
    """

    lift: Array
    converged: NDArray[np.bool_]


def hold(points: Array, volumes: Array, bond: float) -> Held:
    """Equilibria with the line held at each of some places.

    Parameters
    ----------
    points : ndarray, shape (places, 2)
        Scaled contact lines.
    volumes : ndarray, shape (places,)
        Volume/2π of the free part: the liquid's less the solid side's.
    bond : float
    """
    mesh = interval(ELEMENTS)
    with np.errstate(all="ignore"):
        x, pressure = mesh.caps(points, volumes, bond)
        done = relax(x, pressure, volumes, bond, closed=True, steps=MAX_STEPS)
        gradient, _ = mesh.gradients(x, bond, pressure)
        return Held(x, pressure, pulls(x, gradient, bond, pressure), done.converged)


def relax(
    x: Array,
    pressure: Array,
    volumes: Array,
    bond: float,
    *,
    closed: bool,
    steps: int,
    weights: Array | None = None,
) -> Relaxed:
    """Newton's method from guesses with their lines held; those that fail are left.

    Parameters
    ----------
    x : ndarray, shape (places, nodes, 2)
        Moved; not finite where there is no guess.
    pressure : ndarray, shape (places,)
        Changed.
    volumes : ndarray, shape (places,)
        Volume/2π of the free part.
    bond : float
    closed : bool
        Whether the last ends are on the axis.
    steps : int
        At the most.
    weights : ndarray, shape (places,), optional
        Force/2πσL that presses each last end down: these rise until the liquid carries it.
    """
    mesh = interval(ELEMENTS)
    converged, lift = np.zeros(len(x), dtype=bool), np.zeros(len(x))
    ends = np.zeros((len(x), 0 if weights is None else END))
    if weights is not None:
        ends[:, 0] = ends[:, 2] = 1.0
        ends[:, 5] = weights
    todo = np.flatnonzero(np.isfinite(x).all(axis=(1, 2)))
    for _ in range(steps):
        if todo.size == 0:
            break
        here = x[todo]
        newton = mesh.newton(
            here, bond, pressure[todo], -volumes[todo], ends[todo].ravel(), closed=closed
        )
        step = newton.sizes[:, 0] / np.abs(np.diff(here, axis=1)).sum(axis=(1, 2))
        damping = np.minimum(1.0, 0.2 / np.maximum(step, 1e-300))  # NaN where there is no step
        change = damping[:, None] * newton.change
        here += newton.normal * change[:, : mesh.count, None]
        if weights is not None:
            rise = change[:, mesh.count]
            lift[todo] += rise
            here[..., 1] += mesh.xi * rise[:, None]
        x[todo] = here
        pressure[todo] += change[:, -1]
        converged[todo] = step < STEP_TOLERANCE
        todo = todo[step >= STEP_TOLERANCE]
    return Relaxed(lift, converged)


def pulls(x: Array, gradient: Array, bond: float, pressure: Array, *, last: bool = False) -> Array:
    """Reactions of the lines at one end, unit vectors: see ``Surface.pull``."""
    xi = interval(ELEMENTS).xi
    force = -np.einsum("n,pnc->pc", xi if last else 1.0 - xi, gradient)
    r, z = x[:, -1 if last else 0].T
    head = 0.5 * r * r * (bond * z - pressure)
    force[:, 1] += head if last else -head
    unit: Array = force / np.sqrt((force**2).sum(axis=-1, keepdims=True))
    return unit
