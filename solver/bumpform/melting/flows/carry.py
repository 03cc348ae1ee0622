"""Values on the nodes of one mesh of quadratic triangles carried to other places."""

from __future__ import annotations

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.melting.shapes.free_curve import Numbers

#: Newton's iterations for a place in a bent triangle, and how far outside of it is still followed.
ITERATIONS, OUTSIDE = 8, 0.5
#: Places that are looked for at once.
CHUNK = 400


def shapes(s: Array, t: Array) -> tuple[Array, Array, Array]:
    """Quadratic shape functions at places (s, t) of the triangle, and their slopes: (n, 6) each."""
    r = 1.0 - s - t
    none = np.zeros_like(s)
    value = [r * (2 * r - 1), s * (2 * s - 1), t * (2 * t - 1), 4 * s * t, 4 * r * t, 4 * r * s]
    along_s = [1 - 4 * r, 4 * s - 1, none, 4 * t, -4 * t, 4 * (r - s)]
    along_t = [1 - 4 * r, none, 4 * t - 1, 4 * s, 4 * (r - t), -4 * s]
    return np.stack(value, -1), np.stack(along_s, -1), np.stack(along_t, -1)


def carried(points: Array, cells: Numbers, values: Array, places: Array) -> Array:
    """Values at places, by the triangle that each lies in, or that it is nearest to.

    Parameters
    ----------
    points : ndarray, shape (nodes, 2)
    cells : ndarray, shape (triangles, 6)
        Corners, then the middles of the sides opposite to each.
    values : ndarray, shape (nodes, m)
    places : ndarray, shape (n, 2)

    Returns
    -------
    ndarray, shape (n, m)
    """
    return np.vstack(
        [
            _carried(points, cells, values, places[k : k + CHUNK])
            for k in range(0, len(places), CHUNK)
        ]
    )


def _carried(points: Array, cells: Numbers, values: Array, places: Array) -> Array:
    a, b, c = (points[cells[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    flat = area == 0.0  # bent so far that its corners lie on a line
    area = np.where(flat, 1.0, area)
    off = places[:, None] - a
    s = (off[..., 0] * (c - a)[:, 1] - off[..., 1] * (c - a)[:, 0]) / area
    t = (off[..., 1] * (b - a)[:, 0] - off[..., 0] * (b - a)[:, 1]) / area
    depth = np.where(flat, -np.inf, np.minimum(np.minimum(s, t), 1.0 - s - t))  # of straight ones
    best = np.full(len(places), -np.inf)
    found = np.zeros((len(places), values.shape[1]))
    rows = np.arange(len(places))
    nearest = np.argsort(-depth, axis=1)[:, :3]  # where sides are bent, a neighbour may be it
    for choice in nearest.T:
        x = points[cells[choice]]
        u, v = s[rows, choice], t[rows, choice]
        for _ in range(ITERATIONS):
            value, du, dv = shapes(u, v)
            gap = places - np.einsum("na,nac->nc", value, x)
            ju, jv = np.einsum("na,nac->nc", du, x), np.einsum("na,nac->nc", dv, x)
            det = ju[:, 0] * jv[:, 1] - ju[:, 1] * jv[:, 0]
            det = np.where(np.abs(det) < 1e-30, 1e-30, det)
            u = np.clip(u + (gap[:, 0] * jv[:, 1] - gap[:, 1] * jv[:, 0]) / det, -1.0, 2.0)
            v = np.clip(v + (gap[:, 1] * ju[:, 0] - gap[:, 0] * ju[:, 1]) / det, -1.0, 2.0)
        inside = np.minimum(np.minimum(u, v), 1.0 - u - v)
        here = np.einsum("na,nac->nc", shapes(u, v)[0], values[cells[choice]])
        better = inside > best + 1e-12
        best, found[better] = np.where(better, inside, best), here[better]
    return found
