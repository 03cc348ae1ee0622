"""Independent axisymmetric drops: arc-length shooting of the Young–Laplace equation, scipy only.

From the apex downwards, with the depth y under the apex and the slope angle ψ,

    r' = cos ψ,   y' = sin ψ,   ψ' = P + B y − sin ψ / r,   v' = ½ r² sin ψ,

P the pressure at the apex over σ, B = ρg/σ, v the volume/2π above the point reached. The
unknowns P, the arc length S and the place t of the contact line on the solid meet

    r(S) = R(t),   v(S) + M(t) = V/2π,   ψ(S) + τ(t) = θ  (t given instead, when pinned),

R and τ the radius and slope of the solid, M the solid's ∫½r²dz from the axis. The derivatives
by P are integrated along, so that Newton's method is exact; the spherical cap is the start, and
gravity is brought in by steps where it has to be. Nothing here knows of bumpform.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import DOP853
from scipy.optimize import brentq

RTOL, ATOL = 1e-13, 1e-16
FIRST_STEP = 1e-3


@dataclass(frozen=True)
class Cone:
    """Straight solid from a foot, rising by tau from the horizontal: plane 0, cylinder π/2.

    ``t`` is the distance from the foot; ``moment`` is ∫½r²dz from the axis to the foot.
    """

    radius: float
    height: float
    tau: float
    moment: float = 0.0

    def place(self, t):
        c, s = math.cos(self.tau), math.sin(self.tau)
        c = 0.0 if abs(c) < 1e-15 else c
        a, r = self.radius, self.radius + t * c
        moment = self.moment + s * t * (a * a + a * r + r * r) / 6.0
        return r, self.height + t * s, self.tau, moment

    def slopes(self, t):
        c, s = math.cos(self.tau), math.sin(self.tau)
        c = 0.0 if abs(c) < 1e-15 else c
        return c, 0.0, 0.5 * (self.radius + t * c) ** 2 * s

    def scaled(self, k):
        return Cone(self.radius / k, self.height / k, self.tau, self.moment / k**3), 1.0 / k


@dataclass(frozen=True)
class Sphere:
    """Core about (0, height); ``t`` is the polar angle from its top."""

    radius: float
    height: float

    def place(self, t):
        c = math.cos(t)
        moment = -0.5 * self.radius**3 * (2.0 / 3.0 - c + c**3 / 3.0)
        return self.radius * math.sin(t), self.height + self.radius * c, -t, moment

    def slopes(self, t):
        return self.radius * math.cos(t), -1.0, -0.5 * self.radius**3 * math.sin(t) ** 3

    def scaled(self, k):
        return Sphere(self.radius / k, self.height / k), 1.0


@dataclass(frozen=True)
class Lip:
    """Rounded edge about a circle; ``t`` is the angle turned from where it begins.

    ``first`` is the polar angle there, ``moment`` is ∫½r²dz from the axis to there.
    """

    rim: float
    height: float
    radius: float
    first: float
    moment: float

    def place(self, t):
        r, z = self._at(t)
        moment = self.moment + self._integral(self.first - t) - self._integral(self.first)
        return r, z, self.first - t - 0.5 * math.pi, moment

    def _at(self, t):
        angle = self.first - t
        return (
            self.rim + self.radius * math.cos(angle),
            self.height + self.radius * math.sin(angle),
        )

    def _integral(self, angle):
        c, s, a, b = math.cos(angle), math.sin(angle), self.rim, self.radius
        return 0.5 * b * (a * a * s + a * b * (angle + s * c) + b * b * (s - s**3 / 3.0))

    def slopes(self, t):
        r, z = self._at(t)
        return z - self.height, -1.0, -0.5 * r * r * (r - self.rim)

    def scaled(self, k):
        lip = Lip(self.rim / k, self.height / k, self.radius / k, self.first, self.moment / k**3)
        return lip, 1.0


def plane(height=0.0, moment=0.0):
    """Horizontal plane; t is the radius itself."""
    return Cone(0.0, height, 0.0, moment)


def point(radius, height=0.0, moment=0.0):
    """Edge to pin a line on (t = 0)."""
    return Cone(radius, height, 0.0, moment)


@dataclass(frozen=True)
class Shot:
    """A drop: all lengths in the caller's unit, pressures over σ, integrals over 2π."""

    t: float
    r: float
    z: float
    psi: float
    theta: float
    apex_z: float
    apex_pressure: float
    pressure: float
    area: float
    weight: float
    arclength: float
    capillarity: float
    max_r: float
    max_r_z: float
    top_z: float


class ShootingError(Exception):
    """No solution found from the spherical cap."""


def integrate(p, b, length, *, extra=None):
    """States at an arc length: r, y, ψ, v and their derivatives by p; then ∫rds, ∫½r²y dy.

    ``extra(r, y, psi, dpsi)`` gives one more integrand, for what stands on the drop later.
    """
    s0 = FIRST_STEP * min(length, 1.0)
    k, c3 = 0.5 * p, b * p / 16.0
    y0 = 0.5 * k * s0**2 + (c3 - k**3 / 6.0) * s0**4 / 4.0
    start = [
        s0 - k * k * s0**3 / 6.0,
        y0,
        k * s0 + c3 * s0**3,
        k * s0**4 / 8.0,
        -k * s0**3 / 6.0,
        0.25 * s0**2 + (b / 16.0 - k * k / 4.0) * s0**4 / 4.0,
        0.5 * s0 + b * s0**3 / 16.0,
        s0**4 / 16.0,
        0.5 * s0**2,
        0.0,
        0.0,
    ]
    sin, cos = math.sin, math.cos

    def slope(_, state):
        r, y, psi, _, dr, dy, dpsi, _, _, _, _ = state.tolist()
        s, c = sin(psi), cos(psi)
        turn = p + b * y - s / r
        more = extra(r, y, psi, turn) if extra else 0.0
        half = 0.5 * r * r
        return np.array(
            [
                c,
                s,
                turn,
                half * s,
                -s * dpsi,
                c * dpsi,
                1.0 + b * dy - (c * dpsi - s * dr / r) / r,
                r * s * dr + half * c * dpsi,
                r,
                half * y * s,
                more,
            ]
        )

    solver = DOP853(slope, s0, np.array(start), length, rtol=RTOL, atol=ATOL)
    while solver.status == "running":
        solver.step()
        if not abs(solver.y[2]) < 12.0 or solver.y[0] <= 0.0:
            raise ShootingError("the meridian curls up or meets the axis")
    if solver.status != "finished":
        raise ShootingError("the step size became too small")
    return solver.y, slope(0.0, solver.y)


def cap(r, v):
    """Spherical cap on a radius: apex pressure, arc length, slope angle at the rim."""
    height = 2.0 * r * math.sinh(math.asinh(6.0 * v / r**3) / 3.0)
    psi = 2.0 * math.atan2(height, r)
    bulge = psi / math.sin(psi) if abs(psi) > 1e-9 else 1.0
    return 4.0 * height / (r * r + height * height), r * bulge, psi


def _newton(solid, half_volume, b, angle, unknowns):
    p, length, t = unknowns
    for _ in range(25):
        y, slope = integrate(p, b, length)
        radius, _, tau, moment = solid.place(t)
        d_radius, d_tau, d_moment = solid.slopes(t)
        size = max(abs(half_volume), 1e-3 * radius**3)
        f = np.array([y[0] - radius, (y[3] + moment - half_volume) / size, 0.0])
        j = np.array(
            [
                [y[4], slope[0], -d_radius],
                [y[7] / size, slope[3] / size, d_moment / size],
                [0.0, 0.0, 1.0],
            ]
        )
        if angle is not None:
            f[2] = y[2] + tau - angle
            j[2] = [y[6], slope[2], d_tau]
        change = np.linalg.solve(j, -f)
        reach = max(abs(change[0]) / (1.0 + abs(p)), abs(change[1]) / length, abs(change[2]))
        if not math.isfinite(reach):
            break
        factor = min(1.0, 0.25 / reach) if reach > 0.0 else 1.0
        p, length, t = (float(x) for x in (p, length, t) + factor * change)
        if reach < 1e-12 or (reach < 1e-10 and np.abs(f).max() < 1e-12):
            return p, length, t
        if length <= 0.0:
            break
    raise ShootingError("Newton's method does not converge")


def _first(solid, half_volume, angle, bracket):
    """The spherical cap: exact without gravity."""
    if angle is None:
        radius, _, _, moment = solid.place(bracket)
        p, length, _ = cap(radius, half_volume - moment)
        return p, length, bracket

    def miss(t):
        radius, _, tau, moment = solid.place(t)
        return cap(radius, half_volume - moment)[2] + tau - angle

    t = np.linspace(*bracket, 400)
    g = np.array([miss(x) for x in t])
    falls = np.flatnonzero((g[:-1] > 0.0) & (g[1:] <= 0.0))
    if len(falls) == 0:
        falls = np.flatnonzero(g[:-1] * g[1:] <= 0.0)
    if len(falls) == 0:
        raise ShootingError("no spherical cap has this angle in the bracket")
    at = brentq(miss, t[falls[0]], t[falls[0] + 1], xtol=1e-15)
    radius, _, _, moment = solid.place(at)
    p, length, _ = cap(radius, half_volume - moment)
    return p, length, at


def shoot(solid, volume, *, capillarity, angle=None, bracket=0.0):
    """Drop of a volume on a solid.

    ``capillarity`` is ρg/σ (negative: hanging). With ``angle`` (rad) the line slides and starts
    from the cap found in ``bracket`` = (t0, t1); without, it is pinned at t = ``bracket``.
    """
    unit = volume ** (1.0 / 3.0)
    scaled, of_t = solid.scaled(unit)
    b, half_volume = capillarity * unit**2, 0.5 / math.pi
    if angle is None:
        guess = _first(scaled, half_volume, None, bracket * of_t)
    else:
        guess = _first(scaled, half_volume, angle, tuple(x * of_t for x in bracket))
    reached, step = 0.0, 1.0
    unknowns = guess
    while reached < 1.0:
        goal = min(1.0, reached + step)
        try:
            unknowns = _newton(scaled, half_volume, b * goal, angle, unknowns)
            reached, step = goal, 1.5 * step
        except (ShootingError, np.linalg.LinAlgError) as error:
            step *= 0.4
            if step < 1e-3:
                raise ShootingError(f"stopped at {reached:.1%} of gravity: {error}") from None
    return _read(scaled, b, unknowns, unit, of_t)


def _read(solid, b, unknowns, unit, of_t):
    p, length, t = unknowns
    y, _ = integrate(p, b, length)
    radius, height, tau, _ = solid.place(t)
    apex = height + y[1]
    widest = (radius, height)
    if y[2] > 0.5 * math.pi:
        s = length * 0.5 * math.pi / y[2]
        for _ in range(30):
            at, slope = integrate(p, b, s)
            change = (0.5 * math.pi - at[2]) / slope[2]
            s += max(-0.3 * s, min(change, 0.5 * (length - s)))
            if abs(change) < 1e-12:
                break
        widest = (at[0], apex - at[1])
    return Shot(
        t=t / of_t,
        r=radius * unit,
        z=height * unit,
        psi=y[2],
        theta=y[2] + tau,
        apex_z=apex * unit,
        apex_pressure=p / unit,
        pressure=(p + b * apex) / unit,
        area=y[8] * unit**2,
        weight=(apex * y[3] - y[9]) * unit**4,
        arclength=length * unit,
        capillarity=b / unit**2,
        max_r=float(widest[0]) * unit,
        max_r_z=float(widest[1]) * unit,
        top_z=max(apex, height) * unit,
    )
