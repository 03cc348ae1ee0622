r"""Coarse equilibria with both contact lines held, several in one assembly.

What ``sampling`` is for caps, for rings and bridges: two elements a surface, nine surfaces on
one mesh. 𝓛's parts are homogeneous in X, which gives the energy from its gradients alone:

.. math:: ∇A·X = 2A, \qquad ∇W·X = 4W, \qquad ∇V·X = 3V .
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.stack.curve import Array
from bumpform.surface.forms import Interval, interval
from bumpform.surface.sampling import ELEMENTS, STEP_TOLERANCE, TOGETHER, normals

#: Arcs are looked for up to this half of their opening angle, rad.
WIDEST = 0.97 * math.pi
#: Halvings of the range of arcs: to 1e-6 rad.
HALVINGS = 22
#: Newton steps: what an arc is near to takes four, what takes more has left its shape.
MAX_STEPS = 8


class Pairs(NamedTuple):
    """Equilibria with both lines held, scaled as in ``meridian``.

    Attributes
    ----------
    x : ndarray, shape (places, nodes, 2)
    pressure : ndarray, shape (places,)
    lift : ndarray, shape (places,)
        Rise of the last ends, where an upper body floats.
    pulls : ndarray, shape (places, 2, 2)
        Unit vectors along the surface away from the first and from the last line.
    energy : ndarray, shape (places,)
        A + Bo·W of the free surface.
    converged : ndarray of bool, shape (places,)
    """

    x: Array
    pressure: Array
    lift: Array
    pulls: Array
    energy: Array
    converged: NDArray[np.bool_]


class Load(NamedTuple):
    """What a floating upper body weighs on each place.

    Attributes
    ----------
    force : float
        Force/2πσL that presses it down.
    volumes : ndarray, shape (places,)
        Solid-side volume/2π of the last lines, which the liquid's weight acts through.
    """

    force: float
    volumes: Array


def arcs(first: Array, last: Array, volumes: Array, xi: Array) -> tuple[Array, Array]:
    r"""Circular arcs that hold volumes: exact without gravity only between equal discs.

    An arc of half angle h and radius R over a chord from X₀ to X₁ holds the chord's frustum and,
    by Pappus, its segment: area R²(h − sin h cos h), with the moment about the chord
    R³(⅔ sin³h − cos h (h − sin h cos h)).

    Parameters
    ----------
    first, last : ndarray, shape (places, 2)
    volumes : ndarray, shape (places,)
        ∫½r²dz along each.
    xi : ndarray, shape (nodes,)

    Returns
    -------
    ndarray, shape (places, nodes, 2)
        Nodes, equally spaced in angle; NaN where no arc holds the volume.
    ndarray, shape (places,)
        Curvature of each arc, positive where it bulges from the liquid.
    """
    chord = last - first
    length = np.sqrt((chord**2).sum(axis=1))
    out = np.stack([chord[:, 1], -chord[:, 0]], axis=1) / length[:, None]
    r0, r1 = first[:, 0], last[:, 0]
    frustum = chord[:, 1] * (r0 * r0 + r0 * r1 + r1 * r1) / 6.0
    middle = 0.5 * (r0 + r1)

    def excess(half: Array) -> Array:
        h = np.where(np.abs(half) < 1e-3, 1e-3, half)
        sine, cosine = np.sin(h), np.cos(h)
        radius = 0.5 * length / sine
        segment = h - sine * cosine
        area = np.where(h == half, radius**2 * segment, length**2 * half / 6.0)
        moment = radius**3 * (2.0 / 3.0 * sine**3 - cosine * segment)
        return np.asarray(frustum + area * middle + out[:, 0] * moment - volumes)

    low, high = np.full(len(length), -WIDEST), np.full(len(length), WIDEST)
    for _ in range(HALVINGS):
        half = 0.5 * (low + high)
        small = excess(half) < 0.0
        low, high = np.where(small, half, low), np.where(small, high, half)
    half = 0.5 * (low + high)
    half = np.where(np.abs(half) > 0.99 * WIDEST, np.nan, np.where(half == 0.0, 1e-9, half))
    angle = half[:, None] * (2.0 * xi - 1.0)
    radius = (0.5 * length / np.sin(half))[:, None, None]
    along = chord / length[:, None]
    shift = np.sin(angle)[..., None] * along[:, None]
    shift += (np.cos(angle) - np.cos(half)[:, None])[..., None] * out[:, None]
    x = 0.5 * (first + last)[:, None] + radius * shift
    x[:, 0], x[:, -1] = first, last
    x[(x[..., 0] < 0.0).any(axis=1)] = np.nan
    return x, 2.0 * np.sin(half) / length


def hold_pairs(
    first: Array, last: Array, volumes: Array, bond: float, load: Load | None = None
) -> Pairs:
    """Equilibria with both lines held at each pair of places.

    Parameters
    ----------
    first, last : ndarray, shape (places, 2)
        Scaled contact lines.
    volumes : ndarray, shape (places,)
        Volume/2π of the free part: the liquid's less both solid sides'.
    bond : float
    load : Load, optional
        Then the last lines rise until the liquid carries it; ``last`` is a guess.
    """
    parts = []
    for start in range(0, len(first), TOGETHER):
        chosen = np.minimum(np.arange(start, start + TOGETHER), len(first) - 1)
        some = load and Load(load.force, load.volumes[chosen])
        parts.append(_hold(first[chosen], last[chosen], volumes[chosen], bond, some))
    fields = (np.concatenate(field)[: len(first)] for field in zip(*parts, strict=True))
    return Pairs(*fields)


def _hold(first: Array, last: Array, volumes: Array, bond: float, load: Load | None) -> Pairs:
    mesh = interval(ELEMENTS, TOGETHER)
    count = mesh.count
    with np.errstate(all="ignore"):
        x, curved = arcs(first, last, volumes, mesh.xi)
        # curvature across: a line round the axis adds the slope's share
        pressure = curved + bond * first[:, 1]
        active = np.isfinite(x).all(axis=(1, 2))
        x[~active] = 0.5
        converged = np.zeros(TOGETHER, dtype=bool)
        lift = np.zeros(TOGETHER)
        for _ in range(MAX_STEPS):
            matrix, right, normal = _balance(mesh, x, pressure, volumes, bond, load)
            usable = np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(right).all(axis=(1, 2))
            active &= usable
            matrix[~active], right[~active] = np.eye(matrix.shape[-1]), 0.0
            try:
                change = np.linalg.solve(matrix, right)[..., 0]
            except np.linalg.LinAlgError:
                break
            length = np.abs(np.diff(x, axis=1)).sum(axis=(1, 2))
            step = np.abs(change[:, :-1]).max(axis=1) / length
            damping = np.where(active, np.minimum(1.0, 0.2 / np.maximum(step, 1e-300)), 0.0)
            x += normal * (damping[:, None] * change[:, :count])[..., None]
            if load is not None:
                rise = damping * change[:, count]
                lift += rise
                x[..., 1] += mesh.xi * rise[:, None]
            pressure = pressure + damping * change[:, -1]
            converged = active & (step < STEP_TOLERANCE)
            if not np.any(active & ~converged):
                break
        return _measured(mesh, x, pressure, volumes, bond, lift, converged)


def _balance(
    mesh: Interval, x: Array, pressure: Array, volumes: Array, bond: float, load: Load | None
) -> tuple[Array, Array, Array]:
    """Bordered Hessians and what is out of balance, by normal displacements (and the lift)."""
    count = mesh.count
    normal = normals(mesh, x, on_axis=False)
    gradient, area, k = mesh.derivatives(x.reshape(-1, 2), bond, pressure)
    gradient, area = gradient.reshape(x.shape), area.reshape(x.shape)
    # raising the last end takes every node along
    rise = [] if load is None else [np.tile(mesh.fade[1] * (0.0, 1.0), (len(x), 1))]
    size = count + len(rise) + 1
    matrix = mesh.project(k, normal.reshape(-1, 2), rise, size)
    matrix[:, 0, 0] = matrix[:, count - 1, count - 1] = 1.0  # the lines are held
    right = np.zeros((len(x), size, 1))
    right[:, :count, 0] = -np.vecdot(normal, gradient)
    border = np.zeros((len(x), size))
    border[:, :count] = -np.vecdot(normal, area)
    if load is not None:
        border[:, count] = -area[..., 1] @ mesh.xi
        right[:, count, 0] = -(gradient[..., 1] @ mesh.xi + bond * load.volumes + load.force)
    matrix[:, :, -1] = matrix[:, -1, :] = border
    right[:, -1, 0] = (area * x).sum(axis=(1, 2)) / 3.0 - volumes
    return matrix, right, normal


def _measured(
    mesh: Interval,
    x: Array,
    pressure: Array,
    volumes: Array,
    bond: float,
    lift: Array,
    converged: NDArray[np.bool_],
) -> Pairs:
    gradient, _ = mesh.gradients(x.reshape(-1, 2), bond, pressure)
    gradient = gradient.reshape(x.shape)
    bare, _ = mesh.gradients(x.reshape(-1, 2), 0.0, np.zeros(len(x)))
    area = 0.5 * (bare.reshape(x.shape) * x).sum(axis=(1, 2))
    heavy = (gradient * x).sum(axis=(1, 2)) - 2.0 * area + 3.0 * pressure * volumes
    pulls = np.empty((len(x), 2, 2))
    for end, node, share, sign in ((0, 0, 1.0 - mesh.xi, -1.0), (1, -1, mesh.xi, 1.0)):
        force = -np.einsum("n,pnc->pc", share, gradient)
        r, z = x[:, node, 0], x[:, node, 1]
        force[:, 1] += sign * 0.5 * r * r * (bond * z - pressure)
        pulls[:, end] = force / np.sqrt((force**2).sum(axis=-1, keepdims=True))
    return Pairs(x, pressure, lift, pulls, area + 0.25 * heavy, converged)
