"""Order-2 triangles: mid-side nodes on the exact curves, and elements that stay valid.

Where a bent side would turn a thin element inside out, the inner sides near it are
bent along with it: their mid-side nodes move by the harmonic extension of the bend.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bumpform.geometry.curve import Array, Curve

Cells = NDArray[np.int64]

#: Smallest Jacobian, relative to that of the straight triangle, above which nothing is done.
GOOD: Final = 0.5
_SIDES: Final = np.array([[0, 1], [1, 2], [2, 0]])


def sides_of(cells: Cells) -> tuple[Cells, Cells]:
    """Sides of triangles, each once.

    Returns
    -------
    ndarray, shape (s, 2)
        Their nodes, rising.
    ndarray, shape (m, 3)
        Numbers of each triangle's sides: nodes 0–1, 1–2, 2–0.
    """
    both = np.sort(cells[:, _SIDES].reshape(-1, 2), axis=1)
    stride = int(cells.max()) + 1
    keys, inverse = np.unique(both[:, 0] * stride + both[:, 1], return_inverse=True)
    return np.stack([keys // stride, keys % stride], axis=1), inverse.reshape(-1, 3)


def middles(curve: Curve, t: Array, shift: float = 0.0) -> Array:
    """Points of a curve between consecutive parameters, as far from the one as from the other.

    Parameters
    ----------
    curve : Curve
    t : ndarray, shape (n,)
        Rising.
    shift : float
        Moves them along the curve, in chords.

    Returns
    -------
    ndarray, shape (n - 1, 2), m
    """
    x = curve.point(t)
    chord, middle = np.diff(x, axis=0), 0.5 * (x[1:] + x[:-1])
    target = np.sum((middle + shift * chord) * chord, axis=1)
    lo, hi = t[:-1], t[1:]
    s = 0.5 * (lo + hi)
    for _ in range(5):
        rest = np.sum(curve.point(s) * chord, axis=1) - target
        s = np.clip(s - rest / np.sum(curve.derivative(s) * chord, axis=1), lo, hi)
    return curve.point(s)


def smallest_jacobian(x: Array) -> Array:
    """Lower bound of the Jacobian over every element, relative to the straight triangle's.

    From the Bernstein coefficients of the determinant, a quadratic.

    Parameters
    ----------
    x : ndarray, shape (m, 6 or 3, 2)
        Nodes of the elements.

    Returns
    -------
    ndarray, shape (m,)
        Above 0: valid. Negative infinity where the straight triangle itself is inverted.
    """
    a, b = x[:, 1] - x[:, 0], x[:, 2] - x[:, 0]
    straight = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        if x.shape[1] == 3:
            return np.where(straight > 0.0, 1.0, -np.inf)
        value = jacobians(x, _NODES)
        middle = 2.0 * value[:, 3:] - 0.5 * (value[:, :3] + value[:, [1, 2, 0]])
        least = np.minimum(value[:, :3].min(axis=1), middle.min(axis=1))
        return np.where(straight > 0.0, least / straight, -np.inf)


_NODES: Final = np.array([[0, 0], [1, 0], [0, 1], [0.5, 0], [0.5, 0.5], [0, 0.5]], dtype=float)


def lagrange(at: Array, order: int) -> tuple[Array, Array]:
    """Lagrange functions of a triangle and their derivatives.

    Parameters
    ----------
    at : ndarray, shape (q, 2)
        Places in the reference triangle.
    order : 1 or 2

    Returns
    -------
    ndarray, shape (q, k)
    ndarray, shape (q, k, 2)
    """
    bary = np.stack([1.0 - at[:, 0] - at[:, 1], at[:, 0], at[:, 1]], axis=1)
    slope = np.array([[-1.0, -1.0], [1.0, 0.0], [0.0, 1.0]])
    if order == 1:
        return bary, np.broadcast_to(slope, (len(at), 3, 2))
    i, j = _SIDES.T
    value = np.hstack([bary * (2.0 * bary - 1.0), 4.0 * bary[:, i] * bary[:, j]])
    corner = (4.0 * bary - 1.0)[:, :, None] * slope
    side = 4.0 * (bary[:, i, None] * slope[j] + bary[:, j, None] * slope[i])
    return value, np.concatenate([corner, side], axis=1)


def jacobians(x: Array, at: Array) -> Array:
    """Determinants of the elements' Jacobians, shape (m, q)."""
    _, slope = lagrange(at, 2 if x.shape[1] == 6 else 1)
    d = np.einsum("qki,mkc->mqic", slope, x, optimize=True)
    return d[..., 0, 0] * d[..., 1, 1] - d[..., 0, 1] * d[..., 1, 0]


def bend_inner_sides(
    x: Array, cells: Cells, sides: Cells, of_cell: Cells, bend: Array, fixed: NDArray[np.bool_]
) -> Array:
    """Bends of all sides: those given on fixed sides, and extended to the inner ones if needed.

    Parameters
    ----------
    x : ndarray, shape (n, 2)
        Corner nodes.
    cells, sides, of_cell : ndarray
        Triangles, sides, and the sides of the triangles.
    bend : ndarray, shape (s, 2)
        Mid-side node less the middle of the chord; zero on inner sides.
    fixed : ndarray of bool, shape (s,)
        Sides on segments of the graph, whose bend stays.

    Returns
    -------
    ndarray, shape (s, 2)
    """
    middle = 0.5 * (x[sides[:, 0]] + x[sides[:, 1]])

    def worst(bends: Array) -> Array:
        nodes = np.concatenate([x[cells], (middle + bends)[of_cell]], axis=1)
        return smallest_jacobian(nodes)

    bad = worst(bend) < GOOD
    for rings in (2, 6):
        if not bad.any():
            break
        patch = _grown(bad, of_cell, len(sides), rings)
        extended = _harmonic(
            x, cells[patch], of_cell[patch], bend, fixed, patch_of(patch, of_cell, len(sides))
        )
        after = worst(extended)
        if after.min() >= min(GOOD, worst(bend).min()):
            bend = extended
        bad = after < GOOD
    return bend


def patch_of(patch: NDArray[np.bool_], of_cell: Cells, count: int) -> NDArray[np.bool_]:
    """Sides all of whose triangles are in the patch."""
    inside = np.ones(count, dtype=bool)
    inside[of_cell[~patch].ravel()] = False
    return inside


def _grown(chosen: NDArray[np.bool_], of_cell: Cells, count: int, rings: int) -> NDArray[np.bool_]:
    """The chosen triangles and some rings of neighbours."""
    for _ in range(rings):
        touched = np.zeros(count, dtype=bool)
        touched[of_cell[chosen].ravel()] = True
        chosen = touched[of_cell].any(axis=1)
    return chosen


def _stiffness_tensor() -> Array:
    """∫∇b_a·∇b_c over a triangle of area 1 for the side bubbles b = 4 λi λj, by ∇λm·∇λn."""
    tensor = np.zeros((3, 3, 3, 3))
    mass = (np.ones((3, 3)) + np.eye(3)) / 12.0
    for a, c in product(range(3), repeat=2):
        (i, j), (k, m) = _SIDES[a], _SIDES[c]
        for p, q, u, v in ((i, j, k, m), (i, j, m, k), (j, i, k, m), (j, i, m, k)):
            tensor[a, c, q, v] += 16.0 * mass[p, u]
    return tensor


_STIFFNESS: Final = _stiffness_tensor()


def _harmonic(
    x: Array,
    cells: Cells,
    of_cell: Cells,
    bend: Array,
    fixed: NDArray[np.bool_],
    inside: NDArray[np.bool_],
) -> Array:
    """Bends of the inner sides of a patch that make the displacement field harmonic."""
    corners = x[cells]
    opposite = corners[:, [2, 0, 1]] - corners[:, [1, 2, 0]]
    gradient = np.stack([-opposite[..., 1], opposite[..., 0]], axis=-1)
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    twice = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    gram = np.einsum("mic,mjc->mij", gradient, gradient) / (2.0 * twice)[:, None, None]
    local = np.einsum("acij,mij->mac", _STIFFNESS, gram)
    free = np.zeros(len(bend), dtype=bool)
    free[of_cell.ravel()] = True
    free &= inside & ~fixed
    if not free.any():
        return bend
    number = np.cumsum(free) - 1
    row = np.repeat(of_cell, 3, axis=1).ravel()
    column = np.tile(of_cell, (1, 3)).ravel()
    value = local.ravel()
    into = free[row] & free[column]
    size = int(free.sum())
    place = number[row[into]] * size + number[column[into]]
    matrix = np.bincount(place, value[into], size * size).reshape(size, size)
    given = free[row] & ~free[column]
    load = np.zeros((size, 2))
    np.add.at(load, number[row[given]], -value[given, None] * bend[column[given]])
    result = bend.copy()
    result[free] = np.linalg.solve(matrix, load)
    return result
