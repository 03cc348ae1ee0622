"""The free surface's meridian: quadratic elements from its first contact line to its other end.

Nodes are the rows of an array of shape (2n + 1, 2): ends of elements at even numbers, their
middles at odd ones. The liquid lies to the left.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.geometry.curve import Array

#: Numbers of nodes.
Numbers = NDArray[np.int64]

_X, _W = np.polynomial.legendre.leggauss(6)
_XI, _WEIGHTS = 0.5 * (_X + 1.0), 0.5 * _W
#: Growth of an element's length along the curve.
GRADE = 0.2
#: Samples of an element on which sizes are worked out.
SAMPLES = 10


class Sizes(NamedTuple):
    """How long elements should be, in units of L.

    Attributes
    ----------
    most : float
    at_line : float
        At contact lines.
    bend : float
        Times the curvature.
    free : float
        On the free surface.
    """

    most: float
    at_line: float
    bend: float
    free: float


def shapes(xi: Array) -> tuple[Array, Array]:
    """Quadratic shape functions and their derivatives on [0, 1], each of shape (points, 3)."""
    value = np.stack([(1 - xi) * (1 - 2 * xi), 4 * xi * (1 - xi), xi * (2 * xi - 1)], axis=-1)
    slope = np.stack([4 * xi - 3, 4 - 8 * xi, 4 * xi - 1], axis=-1)
    return value, slope


_VALUE, _SLOPE = shapes(_XI)


def moments(nodes: Array) -> tuple[float, float, float]:
    """Area, ∫½r²dz and ∫½r²z dz of a curve, per 2π."""
    elements = np.stack([nodes[:-2:2], nodes[1::2], nodes[2::2]], axis=1)
    x = np.einsum("qa,eac->eqc", _VALUE, elements)
    d = np.einsum("qa,eac->eqc", _SLOPE, elements)
    r, z = x[..., 0], x[..., 1]
    half = 0.5 * r**2 * d[..., 1]
    area = r * np.hypot(d[..., 0], d[..., 1])
    return (
        float((area @ _WEIGHTS).sum()),
        float((half @ _WEIGHTS).sum()),
        float(((half * z) @ _WEIGHTS).sum()),
    )


def forces(nodes: Array, bond: float) -> tuple[Array, Array]:
    """Forces of tension and weight on the nodes of a curve, and how they make the volume grow.

    Per 2π, each of shape (nodes, 2). What a moving end does along the solid is left out: the
    solid's side takes it back.
    """
    elements = np.stack([nodes[:-2:2], nodes[1::2], nodes[2::2]], axis=1)
    x = np.einsum("qa,eac->eqc", _VALUE, elements)
    d = np.einsum("qa,eac->eqc", _SLOPE, elements)
    r, speed = x[..., 0], np.hypot(d[..., 0], d[..., 1])
    out = r[..., None] * np.stack([d[..., 1], -d[..., 0]], axis=-1)
    grows = np.einsum("q,qa,eqc->eac", _WEIGHTS, _VALUE, out)
    acting = -bond * np.einsum("q,qa,eqc->eac", _WEIGHTS, _VALUE, x[..., 1:] * out)
    acting -= np.einsum("q,qa,eqc->eac", _WEIGHTS, _SLOPE, (r / speed)[..., None] * d)
    acting[..., 0] -= np.einsum("q,qa,eq->ea", _WEIGHTS, _VALUE, speed)
    found = np.zeros((2, *nodes.shape))
    for sums, parts in zip(found, (acting, grows), strict=True):
        for k in range(3):
            sums[k : len(nodes) - 2 + k : 2] += parts[:, k]
    return found[0], found[1]


def chords(nodes: Array) -> Array:
    """Distance along the nodes from the first one, shape (nodes,)."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(nodes, axis=0).T))])


def end_direction(nodes: Array, *, last: bool = False) -> Array:
    """Unit direction in which the curve leaves its first end, or its last one, shape (2,)."""
    p = nodes[::-1] if last else nodes
    d = -3.0 * p[0] + 4.0 * p[1] - p[2]
    return d / np.hypot(d[0], d[1])


def end_slope(nodes: Array, *, last: bool = False) -> float:
    """Angle of that direction with the horizontal, rad, to another order in the elements.

    A quadratic element's slope is best known at two places inside of it (Gauss's); from there on it
    turns evenly.
    """
    p = nodes[::-1] if last else nodes
    near, far = 0.5 - 0.5 / math.sqrt(3.0), 0.5 + 0.5 / math.sqrt(3.0)
    (a, b), (c, d) = (
        (4.0 * x - 3.0) * p[0] + (4.0 - 8.0 * x) * p[1] + (4.0 * x - 1.0) * p[2]
        for x in (near, far)
    )
    turn = math.atan2(a * d - b * c, a * c + b * d)
    return math.atan2(b, a) - turn * near / (far - near)


def normals(nodes: Array, *, on_axis: bool) -> Array:
    """Unit normals out of the liquid at the nodes, shape (nodes, 2)."""
    d = np.gradient(nodes, axis=0)
    if on_axis:
        d[-1] = (-1.0, 0.0)
    return np.stack([d[:, 1], -d[:, 0]], axis=1) / np.hypot(*d.T)[:, None]


class Spline:
    """Cubic through nodes by the length of their chords; even about the axis where it ends there.

    Parameters
    ----------
    nodes : ndarray, shape (n, 2)
    on_axis : bool
        Whether the last one lies on the axis.
    """

    def __init__(self, nodes: Array, *, on_axis: bool) -> None:
        self.places = s = chords(nodes)
        self._nodes = nodes
        h, n = np.diff(s), len(s)
        rates = np.diff(nodes, axis=0) / h[:, None]
        matrix, right = np.zeros((n, n)), np.zeros((n, 2))
        inner = np.arange(1, n - 1)
        matrix[inner, inner - 1] = h[1:]
        matrix[inner, inner] = 2.0 * (h[1:] + h[:-1])
        matrix[inner, inner + 1] = h[:-1]
        right[1:-1] = 3.0 * (h[1:, None] * rates[:-1] + h[:-1, None] * rates[1:])
        self._not_a_knot(matrix, right, h, rates)
        if on_axis:  # r is odd there, z even
            last = matrix.copy()
            last[-1], right[-1, 1] = 0.0, 0.0
            last[-1, -1] = 1.0
            matrix[-1], right[-1, 0] = 0.0, 3.0 * rates[-1, 0]
            matrix[-1, -2:] = 1.0, 2.0
            self._slopes = np.stack(
                [np.linalg.solve(matrix, right[:, 0]), np.linalg.solve(last, right[:, 1])], axis=1
            )
        else:
            self._slopes = np.linalg.solve(matrix, right)

    @staticmethod
    def _not_a_knot(matrix: Array, right: Array, h: Array, rates: Array) -> None:
        for end, a, b, da, db in (
            (0, h[0], h[1], rates[0], rates[1]),
            (-1, h[-1], h[-2], rates[-1], rates[-2]),
        ):
            beside = 1 if end == 0 else -2
            matrix[end, end], matrix[end, beside] = b, a + b
            right[end] = ((a + 2.0 * (a + b)) * b * da + a**2 * db) / (a + b)

    def __call__(self, at: Array) -> Array:
        """Points, shape (..., 2)."""
        return self._hermite(at, 0)

    def curvature(self, at: Array) -> Array:
        """Absolute curvature in the plane."""
        d, dd = self._hermite(at, 1), self._hermite(at, 2)
        return np.abs(d[:, 0] * dd[:, 1] - d[:, 1] * dd[:, 0]) / np.hypot(*d.T) ** 3

    def _hermite(self, at: Array, order: int) -> Array:
        s, x, m = self.places, self._nodes, self._slopes
        k = np.clip(np.searchsorted(s, at, side="right") - 1, 0, len(s) - 2)
        h = (s[k + 1] - s[k])[:, None]
        t = (at - s[k])[:, None] / h
        weights = {
            0: ((1 + 2 * t) * (1 - t) ** 2, t * (1 - t) ** 2, t * t * (3 - 2 * t), t * t * (t - 1)),
            1: (6 * t * t - 6 * t, 3 * t * t - 4 * t + 1, 6 * t - 6 * t * t, 3 * t * t - 2 * t),
            2: (12 * t - 6, 6 * t - 4, 6 - 12 * t, 6 * t - 2),
        }[order]
        a, b, c, d = weights
        found = a * x[k] + b * h * m[k] + c * x[k + 1] + d * h * m[k + 1]
        return np.asarray(found / h**order)


def wanted(
    nodes: Array, sizes: Sizes, *, on_axis: bool, room: Array | None = None
) -> tuple[Array, Array, Spline]:
    """Elements' lengths on samples along a curve: places, lengths, and the curve's spline.

    Parameters
    ----------
    nodes : ndarray
    sizes : Sizes
    on_axis : bool
        Whether it ends there, rather than at a second contact line.
    room : ndarray, optional
        Distance to the solid at the nodes: an element should be no longer.
    """
    spline = Spline(nodes, on_axis=on_axis)
    end = spline.places[-1]
    at = np.linspace(0.0, end, SAMPLES * len(nodes))
    size = np.minimum(sizes.free, sizes.bend / np.maximum(spline.curvature(at), 1e-9))
    if room is not None:
        size = np.minimum(size, np.interp(at, spline.places, room))
    size = np.maximum(size, 0.2 * sizes.most)
    size = np.minimum(size, sizes.at_line + GRADE * at)
    if not on_axis:
        size = np.minimum(size, sizes.at_line + GRADE * (end - at))
    rise = GRADE * at  # no sample may exceed another by more than this much a distance
    size = np.minimum.accumulate(size - rise) + rise
    size = (np.minimum.accumulate((size + rise)[::-1]))[::-1] - rise
    return at, size, spline


def redistributed(nodes: Array, sizes: Sizes, *, on_axis: bool, room: Array | None = None) -> Array:
    """Nodes anew along the curve, as far apart as they should be."""
    at, size, spline = wanted(nodes, sizes, on_axis=on_axis, room=room)
    density = np.concatenate(
        [[0.0], np.cumsum(0.5 * (1.0 / size[1:] + 1.0 / size[:-1]) * np.diff(at))]
    )
    count = max(4, round(float(density[-1])))
    new = spline(np.interp(np.linspace(0.0, density[-1], 2 * count + 1), density, at))
    new[0], new[-1] = nodes[0], nodes[-1]
    return new


def misfit(nodes: Array, sizes: Sizes, *, on_axis: bool, room: Array | None = None) -> float:
    """Largest ratio between lengths of elements and what they should be, either way."""
    at, size, _ = wanted(nodes, sizes, on_axis=on_axis, room=room)
    s = chords(nodes)[::2]
    ratio = np.diff(s) / np.interp(0.5 * (s[1:] + s[:-1]), at, size)
    return max(float(ratio.max()), 0.7 / float(ratio.min()))


def skewness(nodes: Array) -> float:
    """How far the middles of the first and the last element are off it, as parts of them."""
    ends = (nodes[:3], nodes[-3:])
    return max(abs(float(s[1] / s[2]) - 0.5) for s in map(chords, ends))


def widest(nodes: Array) -> float:
    """Largest radius of the curve."""
    xi = np.linspace(0.0, 1.0, 21)
    elements = np.stack([nodes[:-2:2], nodes[1::2], nodes[2::2]], axis=1)
    return float((shapes(xi)[0] @ elements[..., 0].T).max())


def halved(nodes: Array) -> Array:
    """The same curve with every element in two."""
    at = np.linspace(0.0, 1.0, 5)[:-1]
    elements = np.stack([nodes[:-2:2], nodes[1::2], nodes[2::2]], axis=1)
    inner = np.einsum("qa,eac->eqc", shapes(at)[0], elements).reshape(-1, 2)
    return np.vstack([inner, nodes[-1]])


def squeezed(before: Array, after: Array, part: float) -> bool:
    """Whether a step has left an element shorter than a part of it, or nodes beyond the axis.

    Parameters
    ----------
    before, after : ndarray, shape (2n + 1, 2)
    part : float
    """
    long, short = (np.hypot(*np.diff(nodes[::2], axis=0).T) for nodes in (before, after))
    return bool((short < part * long).any() or (after[:-1, 0] <= 0.0).any())


def turned(before: Array, after: Array) -> float:
    """Largest angle by which a step has turned an element's chord, rad.

    Parameters
    ----------
    before, after : ndarray, shape (2n + 1, 2)
    """
    (a, b), (c, d) = (np.diff(nodes[::2], axis=0).T for nodes in (before, after))
    return float(np.abs(np.arctan2(a * d - b * c, a * c + b * d)).max())
