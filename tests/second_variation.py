r"""Independent second variation: its differential equation by collocation, and the 3-D energy.

Over the arc length s of a meridian that has been shot, the displacement w(s) cos(mφ) along the
outward normal is an eigenmode where

    −(r w')'/r + [m²/r² − κ₁² − κ₂² + B n_z] w = λ w + μ,      ∫ w r ds = 0 (m = 0; μ = 0 else),

with w = 0 at a pinned line, w' + q w = 0 (the derivative towards the line) at one that slides,
q = (κ_solid − κ₁ cosθ)/sinθ, and on the axis w' = 0 (m = 0) or w = 0. Chebyshev polynomials.

``energy_quotient`` checks all of it, q above all, without any such formula: area, volume, weight
and wetted area of the surface that is displaced in three dimensions, its line on the solid, by
quadrature; the second difference of E − pV over the displacement's norm is λ.

Nothing here knows of bumpform. Lengths are scaled by L, energies by σL².
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import eig

from shooting import Sphere

POINTS = 44


@dataclass(frozen=True)
class End:
    """An end of a meridian: the axis (no solid), or a line at a place of a solid.

    ``wets`` is −1 where the liquid is on the side of growing t (inner line of a ring); ``volume``
    is the sign with which the solid's ∫½r²dz from its start counts for the liquid.
    """

    solid: object = None
    t: float = 0.0
    angle: float | None = None
    wets: int = 1
    volume: int = 1


@dataclass(frozen=True)
class Meridian:
    """Chebyshev points of a meridian, first end to last, liquid on the left."""

    s: np.ndarray
    r: np.ndarray
    z: np.ndarray
    phi: np.ndarray
    pressure: float
    capillarity: float
    ends: tuple[End, End]

    @property
    def across(self):
        on_axis = self.r < 1e-12
        safe = np.where(on_axis, 1.0, self.r)
        apex = 0.5 * (self.pressure - self.capillarity * self.z)
        return np.where(on_axis, apex, np.sin(self.phi) / safe)

    @property
    def along(self):
        return self.pressure - self.capillarity * self.z - self.across


def chebyshev(count):
    """Points −1 … 1, differentiation matrix, weights of Clenshaw and Curtis."""
    k = np.arange(count + 1)
    x = -np.cos(np.pi * k / count)
    c = np.where((k == 0) | (k == count), 2.0, 1.0) * (-1.0) ** k
    gap = x[:, None] - x[None, :] + np.eye(count + 1)
    d = np.outer(c, 1.0 / c) / gap
    d -= np.diag(d.sum(axis=1))
    vander = np.polynomial.chebyshev.chebvander(x, count)
    n = np.arange(count + 1)
    moments = np.where(n % 2 == 0, 2.0 / (1.0 - np.where(n % 2 == 0, n, 0) ** 2.0), 0.0)
    return x, d, np.linalg.solve(vander.T, moments)


def trace(first, last, ends, *, pressure, capillarity, length):
    """Meridian from a state (r, z, φ) at the outer line; ``last`` is the exact end."""
    x, _, _ = chebyshev(POINTS)
    s = 0.5 * length * (x + 1.0)

    def slope(_, y):
        turn = pressure - capillarity * y[1] - math.sin(y[2]) / y[0]
        return (math.cos(y[2]), math.sin(y[2]), turn)

    inner = s[1:-1]
    found = solve_ivp(
        slope, (0.0, inner[-1]), first, "DOP853", t_eval=inner, rtol=1e-13, atol=1e-15
    )
    r, z, phi = np.column_stack([np.array(first), found.y, np.array(last)])
    return Meridian(s, r, z, phi, pressure, capillarity, ends)


def of_drop(shot, solid, angle, unit):
    """Meridian of a shot drop, line to apex, scaled by a length."""
    scaled, of_t = solid.scaled(unit)
    line = End(scaled, shot.t * of_t, angle)
    return trace(
        (shot.r / unit, shot.z / unit, math.pi - shot.psi),
        (0.0, shot.apex_z / unit, math.pi),
        (line, End()),
        pressure=shot.pressure * unit,
        capillarity=shot.capillarity * unit**2,
        length=shot.arclength / unit,
    )


def of_pair(pair, outer, other, capillarity, unit, *, top):
    """Meridian of liquid shot between two lines (of ``shooting_two``), scaled by a length."""
    ends, states = [], []
    for i, line in enumerate((outer, other)):
        scaled, of_t = line.solid.scaled(unit)
        sides = (1, 1) if i == 0 else ((1, 0) if top else (-1, -1))
        ends.append(End(scaled, pair.t[i] * of_t, line.angle, *sides))
        tau = scaled.place(pair.t[i] * of_t)[2]
        if i == 0:
            phi = math.pi + tau - pair.theta[0]
        else:
            phi = pair.theta[1] if top else pair.theta[1] + math.pi + tau
        states.append((pair.r[i] / unit, pair.z[i] / unit, phi))
    return trace(
        *states,
        tuple(ends),
        pressure=pair.pressure * unit,
        capillarity=capillarity * unit**2,
        length=pair.length / unit,
    )


def line_term(meridian, last):
    """q of a sliding line."""
    end = meridian.ends[-1 if last else 0]
    solid = 1.0 / end.solid.radius if isinstance(end.solid, Sphere) else 0.0
    along = float(meridian.along[-1 if last else 0])
    return (solid - along * math.cos(end.angle)) / math.sin(end.angle)


def lowest(meridian, mode):
    """Lowest λ and its w at the points."""
    x, d, weight = chebyshev(POINTS)
    half = 0.5 * meridian.s[-1]
    d, weight = d / half, weight * half
    r, n = meridian.r, len(x)
    on_axis = r < 1e-12
    safe = np.where(on_axis, 1.0, r)
    well = meridian.along**2 + meridian.across**2 + meridian.capillarity * np.cos(meridian.phi)
    a = -(d @ d) - (np.cos(meridian.phi) / safe)[:, None] * d
    a += np.diag((mode / safe) ** 2 - well)
    b = np.eye(n)
    for i, outwards, end in ((0, -1.0, meridian.ends[0]), (n - 1, 1.0, meridian.ends[1])):
        a[i], b[i] = 0.0, 0.0
        if end.solid is None:
            a[i] = d[i] if mode == 0 else np.eye(n)[i]
        elif end.angle is None:
            a[i, i] = 1.0
        else:
            a[i] = outwards * d[i]
            a[i, i] += line_term(meridian, i > 0)
    if mode == 0:
        a = np.pad(a, ((0, 1), (0, 1)))
        b = np.pad(b, ((0, 1), (0, 1)))
        a[1 : n - 1, n] = -1.0
        a[n, :n] = weight * r
    # the rows without λ give some of the unknowns by the others
    fixed = np.flatnonzero(~b.any(axis=1))
    free = np.setdiff1d(np.arange(len(a)), fixed)
    # at m = 0 the volume gives a displacement in the middle
    dependent = [0, n - 1] if mode else [0, n - 1, n // 2]
    kept = np.setdiff1d(np.arange(len(a)), dependent)
    slaves = -np.linalg.solve(a[np.ix_(fixed, dependent)], a[np.ix_(fixed, kept)])
    full = np.zeros((len(a), len(kept)))
    full[kept] = np.eye(len(kept))
    full[dependent] = slaves
    values, vectors = eig(a[free] @ full, b[free] @ full)
    real = np.isfinite(values) & (np.abs(values.imag) < 1e-6 * (1.0 + np.abs(values.real)))
    values = np.where(real & (np.abs(values) < 1e6), values.real, np.inf)
    k = int(np.argmin(values))
    w = (full @ vectors[:, k].real)[:n]
    return float(values[k]), w / np.abs(w).max()


def energy_quotient(meridian, mode, w):
    """(E − pV)'' over the norm of w cos(mφ), from the 3-D surface that is displaced by it."""
    x, d, weight = chebyshev(POINTS)
    half = 0.5 * meridian.s[-1]
    d, weight = d / half, weight * half
    azimuth = 2.0 * math.pi * np.arange(24) / 24
    wave = np.cos(mode * azimuth)
    swing = -mode * np.sin(mode * azimuth)
    normal = np.stack([np.sin(meridian.phi), -np.cos(meridian.phi)])
    base = np.stack([meridian.r, meridian.z])
    fades = (0.5 * (1.0 - x)) ** 2, (0.5 * (1.0 + x)) ** 2
    sliding = []  # fade, end, rate of t, place in the points
    pure = w.copy()
    for fade, end, i in ((fades[0], meridian.ends[0], 0), (fades[1], meridian.ends[1], -1)):
        if end.solid is None or end.angle is None:
            continue
        jump = slope_of(end.solid, end.t)
        rate = w[i] / float(jump @ normal[:, i])
        sliding.append((fade, end, rate, i))
        pure = pure - fade * ((rate * jump - w[i] * normal[:, i]) @ normal)

    def energy(eps):
        """E − pV, all round; r, z and their derivatives have shape (points, azimuths)."""
        moved = base[:, :, None] + eps * (normal * pure)[:, :, None] * wave
        turned = eps * (normal * pure)[:, :, None] * swing
        total = 0.0
        for fade, end, rate, i in sliding:
            at = end.t + eps * rate * wave
            here = np.stack([point_of(end.solid, t) for t in at], axis=1)
            shift = here - (base[:, i][:, None] + eps * (normal[:, i] * pure[i])[:, None] * wave)
            spin = np.stack([slope_of(end.solid, t) for t in at], axis=1) * eps * rate * swing
            spin -= eps * (normal[:, i] * pure[i])[:, None] * swing
            moved = moved + fade[:, None] * shift[:, None, :]
            turned = turned + fade[:, None] * spin[:, None, :]
            total += sum(solid_energy(end, t, meridian) for t in at)
        (r, z), (r_phi, z_phi) = moved, turned
        r_s, z_s = d @ r, d @ z
        area = np.sqrt(r**2 * (r_s**2 + z_s**2) + (r_s * z_phi - z_s * r_phi) ** 2)
        head = meridian.capillarity * z - meridian.pressure
        # divergence theorem: the volume is ∮½r²dz dφ, its moment of height ∮½r²z dz dφ
        total += float((weight @ (area + 0.5 * r**2 * head * z_s)).sum())
        return total * 2.0 * math.pi / len(azimuth)

    norm = float(weight @ (w**2 * meridian.r)) * (math.pi if mode else 2.0 * math.pi)
    first = 0.01 * meridian.s[-1]
    middle = energy(0.0)
    steps = [first / 2**k for k in range(3)]
    table = [(energy(h) - 2.0 * middle + energy(-h)) / h**2 for h in steps]
    for k in (1, 2):  # Richardson
        table = [b + (b - a) / (4**k - 1) for a, b in pairwise(table)]
    return table[0] / norm


def point_of(solid, t):
    return np.array(solid.place(t)[:2])


def slope_of(solid, t):
    """dS/dt: along the profile outwards."""
    tau = solid.place(t)[2]
    speed = solid.radius if isinstance(solid, Sphere) else 1.0
    return speed * np.array([math.cos(tau), math.sin(tau)])


_GAUSS = np.polynomial.legendre.leggauss(16)


def solid_energy(end, t, meridian):
    """Solid side's ½r²(Bz − p) dz and wetted area, per angle, from the line's own place."""
    at = end.t + 0.5 * (t - end.t) * (1.0 + _GAUSS[0])
    step = 0.5 * (t - end.t) * _GAUSS[1]
    total = 0.0
    for u, du in zip(at, step, strict=True):
        r, z = end.solid.place(u)[:2]
        dr, dz = slope_of(end.solid, u)
        head = meridian.capillarity * z - meridian.pressure
        total += du * end.volume * 0.5 * r * r * head * dz
        total -= du * end.wets * math.cos(end.angle) * r * math.hypot(dr, dz)
    return total
