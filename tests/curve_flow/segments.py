"""Area, volume and moment of a polyline turned about the axis, with two derivatives, per 2π.

Every sum is over segments from (r0, z0) to (r1, z1): gradients have shape (segments, 4), second
derivatives (segments, 4, 4), in the order r0, z0, r1, z1.
"""

from __future__ import annotations

import numpy as np


def area(x):
    """∫ r ds."""
    d, m = np.diff(x, axis=0), 0.5 * (x[1:, 0] + x[:-1, 0])
    size = np.hypot(*d.T)
    u = d / size[:, None]
    gradient = np.empty((len(d), 4))
    gradient[:, :2], gradient[:, 2:] = -m[:, None] * u, m[:, None] * u
    gradient[:, [0, 2]] += 0.5 * size[:, None]
    bend = (m / size)[:, None, None] * (np.eye(2) - u[:, :, None] * u[:, None, :])
    first = np.zeros((len(d), 2, 2))  # e_r uᵀ / 2
    first[:, 0] = 0.5 * u
    other = first.transpose(0, 2, 1)
    second = np.empty((len(d), 4, 4))
    second[:, :2, :2] = bend - first - other
    second[:, 2:, 2:] = bend + first + other
    second[:, :2, 2:] = first - other - bend
    second[:, 2:, :2] = second[:, :2, 2:].transpose(0, 2, 1)
    return float((m * size).sum()), gradient, second


def volume(x):
    """∫ ½r² dz."""
    (r0, z0), (r1, z1) = x[:-1].T, x[1:].T
    d, s = z1 - z0, (r0**2 + r0 * r1 + r1**2) / 6.0
    s0, s1 = (2.0 * r0 + r1) / 6.0, (r0 + 2.0 * r1) / 6.0
    gradient = np.stack([d * s0, -s, d * s1, s], axis=1)
    nought = 0.0 * d
    rows = [[d / 3.0, -s0, d / 6.0, s0], [nought, nought, -s1, nought], [nought, nought, d / 3, s1]]
    return float((d * s).sum()), gradient, _symmetric([*rows, [nought] * 4])


def moment(x):
    """∫ ½r²z dz."""
    (r0, z0), (r1, z1) = x[:-1].T, x[1:].T
    d = z1 - z0
    s, t = (r0**2 + r0 * r1 + r1**2) / 6.0, (r0**2 + 2.0 * r0 * r1 + 3.0 * r1**2) / 24.0
    s0, s1 = (2.0 * r0 + r1) / 6.0, (r0 + 2.0 * r1) / 6.0
    t0, t1 = (r0 + r1) / 12.0, (r0 + 3.0 * r1) / 12.0
    here, here0, here1 = z0 * s + d * t, z0 * s0 + d * t0, z0 * s1 + d * t1
    gradient = np.stack([d * here0, d * (s - t) - here, d * here1, here + d * t], axis=1)
    rows = [
        [d * (z0 / 3 + d / 12), d * (s0 - t0) - here0, d * (z0 / 6 + d / 12), here0 + d * t0],
        [0 * d, -2.0 * (s - t), d * (s1 - t1) - here1, s - 2.0 * t],
        [0 * d, 0 * d, d * (z0 / 3 + d / 4), here1 + d * t1],
        [0 * d, 0 * d, 0 * d, 2.0 * t],
    ]
    return float((d * here).sum()), gradient, _symmetric(rows)


def _symmetric(rows):
    upper = np.moveaxis(np.array(rows), -1, 0)
    return upper + np.triu(upper, 1).transpose(0, 2, 1)
