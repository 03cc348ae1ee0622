"""Independent solutions: Young–Laplace shot along its meridian by DOP853; no bumpform in it.

Scaled by L = V^(1/3), integrals over 2π, pressures over σ/L, b = ρgL²/σ. From the apex outwards,
the depth y under it and the slope angle ψ; or from the outer line on, the liquid on the left:

    r' = cos φ,   z' = sin φ,   φ' = P − b z − sin φ / r,   v' = ½ r² sin φ,   area' = r,
    weight' = ½ r² z sin φ.

An apex' shot is the same read backwards: ψ = π − φ. All derivatives come from complex steps:
each column of the state carries one parameter with an imaginary part of 1e-40.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import DOP853

RTOL, ATOL = 1e-13, 1e-15
TINY = 1e-40
NEAR_AXIS = 5e-4


class ShotError(Exception):
    """No solution was found from the start that was given."""


@dataclass
class Path:
    """A shot meridian: its end with derivatives, and its way.

    Attributes
    ----------
    end : ndarray, shape (6, columns), complex
        r, z, φ, v, area, weight.
    slope : ndarray, shape (6,)
        Derivative of the end by the arc length.
    s : ndarray, shape (steps + 1,)
    states : ndarray, shape (steps + 1, 6)
    dense : list of interpolants, one a step
    """

    end: np.ndarray
    slope: np.ndarray
    s: np.ndarray
    states: np.ndarray
    dense: list

    def at(self, s: np.ndarray) -> np.ndarray:
        """Real states at arc lengths, shape (n, 6); about 1e-10."""
        which = np.clip(np.searchsorted(self.s, s) - 1, 0, len(self.dense) - 1)
        out = np.empty((len(s), 6))
        for k in np.unique(which).tolist():
            chosen = which == k
            values = self.dense[k](s[chosen]).reshape(6, -1, int(chosen.sum()))
            out[chosen] = values[:, 0, :].real.T
        return out

    def polyline(self, per_step: int = 4) -> np.ndarray:
        """Points along it, shape (n, 2)."""
        inner = self.s[:-1, None] + np.diff(self.s)[:, None] * np.arange(per_step) / per_step
        return self.at(np.append(inner.ravel(), self.s[-1]))[:, :2]


def integrate(
    start: np.ndarray, pressure: np.ndarray, b: float, s0: float, s1: float, *, rtol: float = RTOL
) -> Path:
    """States of all columns from s0 to s1.

    Parameters
    ----------
    start : ndarray, shape (6, columns), complex
    pressure : ndarray, shape (columns,), complex
        P at z = 0.
    """
    shape = start.shape

    def slope(_: float, flat: np.ndarray) -> np.ndarray:
        r, z, phi = flat.reshape(shape)[:3]
        sine, half = np.sin(phi), 0.5 * r * r
        out = np.empty(shape, complex)
        out[0], out[1], out[2] = np.cos(phi), sine, pressure - b * z - sine / r
        out[3] = half * sine
        out[4] = r
        out[5] = out[3] * z
        return out.ravel()

    solver = DOP853(slope, s0, start.astype(complex).ravel(), s1, rtol=rtol, atol=ATOL)
    s, states, dense = [s0], [start[:, 0].real], []
    while solver.status == "running":
        solver.step()
        now = solver.y.reshape(shape)[:, 0].real
        if now[0] <= 1e-4 or abs(now[2]) > 14.0 or len(s) > 2000:
            raise ShotError("the meridian meets the axis or curls up")
        s.append(solver.t)
        states.append(now)
        dense.append(solver.dense_output())
    if solver.status != "finished":
        raise ShotError("the step size became too small")
    end = solver.y.reshape(shape)
    return Path(end, slope(0.0, solver.y).reshape(shape)[:, 0].real, np.array(s),
                np.array(states), dense)  # fmt: skip


def from_apex(p: float, b: float, length: float, *, rtol: float = RTOL) -> Path:
    """Shot from an apex at depth 0 with the pressure p there; z is the depth, φ is ψ.

    The one column carries p; the first piece is the series at the axis.
    """
    q = p + 1j * TINY
    s = NEAR_AXIS * min(1.0, length)
    k, c = 0.5 * q, b * q / 16.0
    start = np.array(
        [
            s - k * k * s**3 / 6.0,
            0.5 * k * s**2 + (c - k**3 / 6.0) * s**4 / 4.0,
            k * s + c * s**3,
            k * s**4 / 8.0,
            0.5 * s**2 - k * k * s**4 / 6.0,
            k * k * s**6 / 24.0,
        ]
    )[:, None]
    # z grows downwards here, and so does the pressure: b has the other sign
    return integrate(start, np.array([q]), -b, s, length, rtol=rtol)


def from_line(
    r: float, z: float, phi: float, pressure: float, b: float, length: float, *, rtol: float = RTOL
) -> Path:
    """Shot from an outer line; the columns carry pressure, φ, r and z of the start."""
    start = np.zeros((6, 4), complex)
    start[0], start[1], start[2] = r, z, phi
    start[2, 1] += 1j * TINY
    start[0, 2] += 1j * TINY
    start[1, 3] += 1j * TINY
    head = np.full(4, pressure, complex)
    head[0] += 1j * TINY
    return integrate(start, head, b, 0.0, length, rtol=rtol)


def newton(miss, x: np.ndarray, *, tolerance: float = 2e-14, steps: int = 12):
    """Root of ``miss(x) -> (f, jacobian, anything)``.

    Returns the unknowns, the last anything, and what was still missed then.
    """
    best = math.inf
    for _ in range(steps):
        f, jacobian, found = miss(x)
        try:
            change = np.linalg.solve(jacobian, -f)
        except np.linalg.LinAlgError:
            break
        size = float(np.abs(change / (1.0 + np.abs(x))).max())
        if not math.isfinite(size):
            break
        if size < tolerance or (size < 1e-10 and size > 0.1 * best):
            return x + change, found, float(np.abs(f).max())
        best = size
        x = x + min(1.0, 0.3 / size) * change
    raise ShotError("Newton's method does not converge")


def extrema(path: Path, b: float, pressure: float, *, apex: bool) -> tuple[tuple, tuple]:
    """Points (r, z) of largest r and of largest z (least depth, from an apex) of a shot."""
    sign = -1.0 if apex else 1.0
    found = []
    for k, direction in ((0, 1.0), (1, sign)):
        values = direction * path.states[:, k]
        best = path.states[int(values.argmax()), :2]
        if apex and k == 1 and values.max() <= 0.0:
            best = np.zeros(2)  # the apex itself
        rate = direction * (np.cos if k == 0 else np.sin)(path.states[:, 2])
        for i in np.flatnonzero((rate[:-1] > 0.0) & (rate[1:] < 0.0)).tolist():
            point = _turning(path, i, k, b, pressure, apex)
            if direction * point[k] > direction * best[k]:
                best = point
        found.append((float(best[0]), float(best[1])))
    return found[0], found[1]


def _turning(path: Path, i: int, k: int, b: float, pressure: float, apex: bool) -> np.ndarray:
    """Where r (k = 0) or z turns within step i, integrated anew from the step's start."""
    start = low = float(path.s[i])
    high = float(path.s[i + 1])
    head, bond = np.array([pressure], complex), -b if apex else b
    turn = 0.5 * math.pi if k == 0 else 0.0
    before, after = (float(path.states[n, 2]) for n in (i, i + 1))
    goal = math.pi * round((0.5 * (before + after) - turn) / math.pi) + turn
    s = 0.5 * (low + high)
    state = path.states[i]
    for _ in range(60):
        here = integrate(path.states[i][:, None].astype(complex), head, bond, start, s)
        state, slope = here.states[-1], here.slope
        low, high = (s, high) if (state[2] < goal) == (before < goal) else (low, s)
        change = (goal - state[2]) / slope[2]
        s = s + change if low < s + change < high else 0.5 * (low + high)
        if abs(change) < 1e-13 or high - low < 1e-15:
            break
    return state[:2]
