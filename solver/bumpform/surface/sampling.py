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
from bumpform.surface.forms import interval

#: Elements of a sampled surface, and how many surfaces are solved together.
ELEMENTS, TOGETHER = 2, 9
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
    height = 2.0 * a * np.sinh(np.arcsinh(6.0 * volumes / a**3) / 3.0)
    rim = 2.0 * np.arctan2(height, a)[:, None]
    t = 1.0 - xi
    # sin(rim t)/sin(rim) with its limit for a flat cap
    flat = np.abs(rim) < 1e-6
    rim_ = np.where(flat, 1e-6, rim)
    sine = np.sin(rim_)
    r = np.where(flat, t, np.sin(rim_ * t) / sine)
    rise = 2.0 * np.sin(0.5 * rim_ * (1.0 + t)) * np.sin(0.5 * rim_ * (1.0 - t)) / sine
    rise = np.where(flat, 0.5 * rim * (1.0 - t * t), rise)
    x = np.stack([a[:, None] * r, z[:, None] + a[:, None] * rise], axis=-1)
    x[:, 0] = points
    x[:, -1, 0] = 0.0
    return x, 2.0 * np.sin(rim[:, 0]) / a + bond * z


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
    matrix = np.zeros((TOGETHER, n, n))
    right = np.zeros((TOGETHER, n, 1))
    with np.errstate(all="ignore"):
        for _ in range(MAX_STEPS):
            tangent = mesh.differentiate @ x
            normal = np.stack([-tangent[..., 1], tangent[..., 0]], axis=-1)
            normal /= np.sqrt((normal**2).sum(axis=-1, keepdims=True))
            normal[:, -1] = (0.0, 1.0)
            flat = x.reshape(-1, 2)
            gradient, area, k = mesh.derivatives(flat, bond, p)
            gradient, area, k = gradient.reshape(x.shape), area.reshape(x.shape), k[:, 2:, 2:]
            a, b = normal[:, 1:, 0], normal[:, 1:, 1]
            kn = k[:, :, 0::2] * a[:, None] + k[:, :, 1::2] * b[:, None]
            matrix[:, :-1, :-1] = a[..., None] * kn[:, 0::2] + b[..., None] * kn[:, 1::2]
            border = (normal * area).sum(axis=-1)[:, 1:]
            matrix[:, :-1, -1] = matrix[:, -1, :-1] = -border
            right[:, :-1, 0] = -(normal * gradient).sum(axis=-1)[:, 1:]
            right[:, -1, 0] = (area * x).sum(axis=(1, 2)) / 3.0 - volumes
            usable = np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(right).all(axis=(1, 2))
            active &= usable
            matrix[~usable], right[~usable] = np.eye(n), 0.0
            try:
                change = np.linalg.solve(matrix, right)[..., 0]
            except np.linalg.LinAlgError:
                break
            length = np.abs(np.diff(x, axis=1)).sum(axis=(1, 2))
            step = np.abs(change[:, :-1]).max(axis=1) / length
            damping = np.where(active, np.minimum(1.0, 0.2 / np.maximum(step, 1e-300)), 0.0)
            x[:, 1:] += normal[:, 1:] * (damping[:, None] * change[:, :-1])[..., None]
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
