"""Second variation of the energy on a shot meridian, with Legendre polynomials of the arc length.

The same functional as in `bumpform.surface.drop.stability`, whose source is Finn (1986), in another
discretisation on another curve:

    J_m(w) = ∫ [w'² + (m²/r² − κ1² − κ2² + b n_z) w²] r ds + q r w² at lines that slide,

q = −(κ1 cosθ − κ_solid)/sinθ; against ∫ w² r ds, ∫ w r ds = 0 for m = 0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.polynomial import legendre
from scipy.linalg import eigh

BASIS, POINTS = 36, 90
_X, _W = legendre.leggauss(POINTS)
_V = legendre.legvander(_X, BASIS - 1)
_D = np.stack(
    [legendre.legval(_X, legendre.legder(np.eye(BASIS)[k])) for k in range(BASIS)], axis=1
)


def lowest(path, found, sides, exact, b, *, apex: bool) -> dict[int, float]:
    """Lowest eigenvalue of m = 0, 1, 2 in σ/L²."""
    first, last = (0.0 if apex else float(path.s[0])), float(path.s[-1])
    half = 0.5 * (last - first)
    s = first + half * (_X + 1.0)
    states = path.at(np.maximum(s, path.s[0]))
    r, z, phi = states[:, 0], states[:, 1], states[:, 2]
    r = np.where(s < path.s[0], s, r) if apex else r
    pressure = exact["pressure"] - (b * exact["apex_z_m"] / found.drop.length if apex else 0.0)
    total = pressure + b * z if apex else pressure - b * z
    across = np.where(s < path.s[0], 0.5 * total, np.sin(phi) / r)  # equal at the apex
    along = total - across
    up = np.cos(phi) if apex else -np.cos(phi)
    weight = _W * half * r
    derivative = _D / half
    base = derivative.T * weight @ derivative
    base += (_V.T * (weight * (b * up - along**2 - across**2))) @ _V
    inverse = (_V.T * (weight / r**2)) @ _V
    mass = (_V.T * weight) @ _V
    ends = {"outer": 1.0 if apex else -1.0, "inner": 1.0, "top": 1.0}
    pinned = []
    for line, side, u in zip(found.lines, sides, (exact["u"], exact.get("u1")), strict=False):
        value = legendre.legvander(np.array([ends[line.end]]), BASIS - 1)[0]
        if line.state == "pinned":
            pinned.append(value)
        else:
            base += _line(line, side, u, path, pressure, b, found.drop.length, apex) * np.outer(
                value, value
            )
    result = {}
    for mode in (0, 1, 2):
        rows = list(pinned)
        if mode == 0:
            rows.append(weight @ _V)
        elif apex:
            rows.append(legendre.legvander(np.array([-1.0]), BASIS - 1)[0])
        matrix, against = base + mode**2 * inverse, mass
        if rows:
            kept = np.linalg.qr(np.array(rows).T, mode="complete")[0][:, len(rows) :]
            matrix, against = kept.T @ matrix @ kept, kept.T @ against @ kept
        values = eigh(matrix, against, eigvals_only=True, subset_by_index=(0, 0))
        result[mode] = float(values[0])
    return result


def _line(line, side, u, path, pressure, b, length, apex: bool) -> float:
    """q·r of a line that slides."""
    piece = line.station.piece
    _, _, bend = side.rates(piece, u)
    edge = side.profile.pieces[piece]
    speed = math.hypot(*edge.derivative(u).tolist())
    # convex solid turns clockwise outwards; one that lies above, the other way round
    convex = -bend / speed * length
    if line.end == "top":
        convex = -convex
    state = path.states[0 if line.end == "outer" and not apex else -1]
    r, z, phi = state[:3]
    total = pressure + b * z if apex else pressure - b * z
    along = total - math.sin(phi) / r
    theta = side.angles[piece]
    return -(along * math.cos(theta) - convex) / math.sin(theta) * r
