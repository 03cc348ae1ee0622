"""Coarse equilibria with the contact line held, several in one assembly.

The landscape needs only the sign and the run of the force on the line, at many places.
Two elements a surface give it to 1e-5, and surfaces side by side on one mesh share the
cost of every Newton step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.stack.curve import Array
from bumpform.surface.forms import Interval, interval

#: Elements of a sampled surface, and how many surfaces are solved together.
ELEMENTS, TOGETHER = 2, 9
#: A sample is good when the last Newton step was below this: its error is the square.
STEP_TOLERANCE = 1e-3
MAX_STEPS = 12
#: Half the angle at the rim below which a cap is given this much of a bulge.
FLAT = 5e-7


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


def normals(mesh: Interval, x: Array, on_axis: bool) -> Array:
    """Unit normals at the nodes, into the gas's side; zero at ends that are contact lines.

    Parameters
    ----------
    mesh : Interval
    x : ndarray, shape (..., nodes, 2)
    on_axis : bool
        Whether the last end is on the axis, where the normal is vertical.
    """
    tangent = mesh.differentiate @ x
    dr, dz = tangent[..., 0], tangent[..., 1]
    speed = np.hypot(dr, dz)
    normal = np.empty_like(tangent)
    np.divide(dz, -speed, out=normal[..., 0])
    np.divide(dr, speed, out=normal[..., 1])
    normal[..., 0, :] = 0.0
    normal[..., -1, :] = (0.0, 1.0) if on_axis else 0.0
    return normal


def caps(points: Array, volumes: Array, bond: float, xi: Array) -> tuple[Array, Array]:
    """Spherical caps from contact lines to the axis: exact without gravity.

    Parameters
    ----------
    points : ndarray, shape (places, 2)
        Contact lines.
    volumes : ndarray, shape (places,)
        Volume/2π between each cap and the height of its line; negative below it.
    bond : float
    xi : ndarray, shape (nodes,)

    Returns
    -------
    ndarray, shape (places, nodes, 2)
        Nodes, equally spaced in angle.
    ndarray, shape (places,)
        Pressure at z = 0.
    """
    a, z = points[:, 0], points[:, 1]
    # a²H/4 + H³/12 is the volume/2π: one real root H for either sign
    half = np.arctan(2.0 * np.sinh(np.arcsinh(6.0 * volumes / a**3) / 3.0))
    half = np.where(np.abs(half) < FLAT, FLAT, half)
    rim = 2.0 * half[:, None]
    sine = np.sin(rim)
    radius = a[:, None] / sine
    x = np.empty((len(a), len(xi), 2))
    t = 1.0 - xi
    x[..., 0] = radius * np.sin(rim * t)
    x[..., 1] = z[:, None] + 2.0 * radius * np.sin(half[:, None] * (1.0 + t)) * np.sin(
        half[:, None] * xi
    )
    x[:, 0] = points
    return x, 2.0 * sine[:, 0] / a + bond * z


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
    parts = []
    for first in range(0, len(points), TOGETHER):
        chosen = np.minimum(np.arange(first, first + TOGETHER), len(points) - 1)
        parts.append(_hold(points[chosen], volumes[chosen], bond))
    count = len(points)
    return Held(
        np.concatenate([p.x for p in parts])[:count],
        np.concatenate([p.pressure for p in parts])[:count],
        np.concatenate([p.pull for p in parts])[:count],
        np.concatenate([p.converged for p in parts])[:count],
    )


def _hold(points: Array, volumes: Array, bond: float) -> Held:
    mesh = interval(ELEMENTS, TOGETHER)
    n = mesh.count
    x, p = caps(points, volumes, bond, mesh.xi)
    active = np.ones(TOGETHER, dtype=bool)
    converged = np.zeros(TOGETHER, dtype=bool)
    size = n + 1
    border = np.zeros((TOGETHER, n))
    right = np.empty((TOGETHER, size, 1))
    with np.errstate(all="ignore"):
        for _ in range(MAX_STEPS):
            normal = normals(mesh, x, on_axis=True)
            gradient, area, k = mesh.derivatives(x.reshape(-1, 2), bond, p)
            gradient, area = gradient.reshape(x.shape), area.reshape(x.shape)
            matrix = mesh.project(k, normal.reshape(-1, 2), [], size)
            matrix[:, 0, 0] = 1.0  # the line is held
            np.einsum("pna,pna->pn", normal, area, out=border)
            matrix[:, :-1, -1] = matrix[:, -1, :-1] = -border
            right[:, :-1, 0] = -np.einsum("pna,pna->pn", normal, gradient)
            right[:, -1, 0] = np.einsum("pna,pna->p", area, x) / 3.0 - volumes
            usable = np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(right).all(axis=(1, 2))
            active &= usable
            matrix[~usable], right[~usable] = np.eye(size), 0.0
            try:
                change = np.linalg.solve(matrix, right)[..., 0]
            except np.linalg.LinAlgError:
                break
            length = np.abs(np.diff(x, axis=1)).sum(axis=(1, 2))
            step = np.abs(change[:, :-1]).max(axis=1) / length
            damping = np.where(active, np.minimum(1.0, 0.2 / np.maximum(step, 1e-300)), 0.0)
            x += normal * (damping[:, None] * change[:, :-1])[..., None]
            p = p + damping * change[:, -1]
            converged = active & (step < STEP_TOLERANCE)
            active &= ~converged | (step > 0.0)
            if not np.any(active & ~converged):
                break
        return Held(x, p, _pull(x, p, bond), converged)


def _pull(x: Array, pressure: Array, bond: float) -> Array:
    """Reaction of the line, as ``Surface.pull``."""
    mesh = interval(ELEMENTS, TOGETHER)
    gradient, _ = mesh.gradients(x.reshape(-1, 2), bond, pressure)
    force = -np.einsum("n,pnc->pc", 1.0 - mesh.xi, gradient.reshape(x.shape))
    r, z = x[:, 0, 0], x[:, 0, 1]
    force[:, 1] -= 0.5 * r * r * (bond * z - pressure)
    return force / np.sqrt((force**2).sum(axis=-1, keepdims=True))
