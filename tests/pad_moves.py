r"""Independent stiffness of a joint against moves of its upper body: energies in three dimensions.

The surface of revolution through given points is displaced by

    n(x) cosφ Σ c_j (1 − x²) T_j(x) + fades of its ends' displacements, x = −1 … 1 along it,

its lower line staying where it is, or moving to t + τ cosφ of its solid, its upper line likewise on
a body that is shifted or tilted by ε as a rigid body. Area, volume, weight and wetted area of that
liquid are integrals over its closed surface, the wetted solids included; the stiffness is the
second derivative by ε of E − pV, made stationary in c and τ,

    k = E_εε − E_εc E_cc⁻¹ E_cε,

gradients by complex steps, their derivatives by central differences. No formula of the second
variation, of a line, or of a force is used. Nothing here knows of bumpform. Lengths are scaled by
L, energies by σL².
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from second_variation import chebyshev

AROUND, BASIS = 12, 16
_X, _D, _W = chebyshev(36)
_V, _DV, _WV = chebyshev(12)
_PHI = 2.0 * math.pi * np.arange(AROUND) / AROUND
_COS, _SIN = np.cos(_PHI), np.sin(_PHI)


def _around():
    """Matrix of the derivative by φ."""
    k = np.fft.fftfreq(AROUND, 1.0 / AROUND)
    k[AROUND // 2] = 0.0
    wave = np.fft.fft(np.eye(AROUND), axis=0)
    return np.real(np.fft.ifft(1j * k[:, None] * wave, axis=0))


_TURN = _around()


@dataclass(frozen=True)
class Body:
    """A wetted solid, from the axis to the line: pieces (place of t → (r, z), first t, last t).

    ``angle`` is Young's on the last piece, on which the line slides; None where it is pinned.
    """

    pieces: tuple
    angle: float | None = None


def stiffness(points, pressure, bond, lower, upper, centre, kind):
    """Second derivative of the energy, of a "shift" or a "tilt" about (0, 0, centre).

    ``points``: r and z at the Chebyshev points of ``second_variation.chebyshev(36)``.
    """
    free = [body.angle is not None for body in (lower, upper)]
    count = BASIS + sum(free) + 1

    def gradient(at):
        """By c, τ and ε."""
        tiny = 1e-30
        return np.array(
            [_energy(at + 1j * tiny * e, points, pressure, bond, lower, upper, centre, kind).imag
             / tiny for e in np.eye(count)]
        )  # fmt: skip

    step = 3e-5
    hessian = np.array(
        [(gradient(step * e) - gradient(-step * e)) / (2.0 * step) for e in np.eye(count)]
    )
    inner, mixed = hessian[:-1, :-1], hessian[:-1, -1]
    return hessian[-1, -1] - mixed @ np.linalg.solve(inner, mixed)


def _energy(at, points, pressure, bond, lower, upper, centre, kind):
    """E − pV."""
    c, more, eps = at[:BASIS], list(at[BASIS:-1]), at[-1]
    tangent = _D @ points
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1)
    normal /= np.sqrt((normal**2).sum(axis=1))[:, None]
    w = (1.0 - _X**2) * np.polynomial.chebyshev.chebval(_X, c)
    meridian = points[:, None] + (w[:, None] * normal)[:, None] * _COS[:, None]
    x = _revolved(meridian[..., 0], meridian[..., 1])
    total = 0.0
    for body, rest, fade, moves, way in (
        (lower, points[0], 0.5 * (1.0 - _X), 0.0, -1.0),
        (upper, points[-1], 0.5 * (1.0 + _X), eps, 1.0),
    ):
        rate = more.pop(0) if body.angle is not None else 0.0
        last = body.pieces[-1][2] + rate * _COS
        at_line = _moved(_revolved(*body.pieces[-1][0](last)), moves, centre, kind)
        x = x + fade[:, None, None] * (at_line - _revolved(*(np.full(AROUND, q) for q in rest)))
        for k, (place, first, stop) in enumerate(body.pieces):
            stops = last if k == len(body.pieces) - 1 else np.full(AROUND, stop)
            t = first + 0.5 * (1.0 + _V[:, None]) * (stops - first)
            wall = _moved(_revolved(*place(t)), moves, centre, kind)
            across = way * np.cross(_along(wall, _DV), _turned(wall))
            total += _bulk(wall, across, _WV, pressure, bond)
            if k == len(body.pieces) - 1 and body.angle is not None:
                total -= math.cos(body.angle) * _sum(np.sqrt((across**2).sum(axis=-1)), _WV)
    across = np.cross(_turned(x), _along(x, _D))
    total += _sum(np.sqrt((across**2).sum(axis=-1)), _W)
    return total + _bulk(x, across, _W, pressure, bond)


def _revolved(r, z):
    return np.stack([r * _COS, r * _SIN, z + 0.0 * r], axis=-1)


def _moved(x, eps, centre, kind):
    """A rigid body's points after its move."""
    if kind == "shift":
        return x + eps * np.array([1.0, 0.0, 0.0])
    c, s = np.cos(eps), np.sin(eps)
    height = x[..., 2] - centre
    return np.stack(
        [c * x[..., 0] + s * height, x[..., 1], centre + c * height - s * x[..., 0]], axis=-1
    )


def _along(x, matrix):
    return np.einsum("ij,jkc->ikc", matrix, x)


def _turned(x):
    return np.einsum("kl,ilc->ikc", _TURN, x)


def _sum(values, weight):
    return (weight @ values).sum() * 2.0 * math.pi / AROUND


def _bulk(x, across, weight, pressure, bond):
    """Weight less p·volume, by the divergence theorem."""
    z = x[..., 2]
    return _sum((0.5 * bond * z**2 - pressure * z) * across[..., 2], weight)
