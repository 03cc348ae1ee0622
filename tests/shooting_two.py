"""Independent liquid between two contact lines: arc-length shooting of Young–Laplace, scipy only.

From the outer (lower) line to the inner (upper) one, liquid on the left, φ the tangent's direction,

    r' = cos φ,   z' = sin φ,   φ' = P − B z − sin φ / r,   v' = ½ r² sin φ,

P the pressure at z = 0 over σ, B = ρg/σ. A line at a place t of its solid (radius R, height Z, rise
τ, moment M = ∫½r²dz from the axis) is pinned or meets it at an angle θ through the liquid:

    outer   θ = π + τ − φ,      inner (of a ring)   θ = φ − π − τ,      top   θ = φ.

The unknowns P, φ at the start, the arc length, the places of lines that slide and the height h of
a body that floats meet the end (R, Z), the angles, the volume V/2π = v + M(outer) − M(inner) and
the force of the liquid on a flat upper body, up positive,

    F/2πσ = ½ R² (P − B Z) − R sin φ.

Nothing here knows of bumpform.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from shooting import ShootingError

RTOL, ATOL = 1e-13, 1e-16


@dataclass(frozen=True)
class Line:
    """A contact line: a solid of ``shooting``, where it starts, its angle (rad; None: pinned)."""

    solid: object
    at: float
    angle: float | None = None


@dataclass(frozen=True)
class Pair:
    """A liquid between two lines, in the caller's unit; pressures and force over σ.

    ``force`` is that on a flat body at the upper line; ``r``, ``z``, ``theta`` and ``t`` are of
    the outer and of the other line.
    """

    r: tuple[float, float]
    z: tuple[float, float]
    theta: tuple[float, float]
    t: tuple[float, float]
    pressure: float
    force: float
    area: float
    max_r: float
    max_z: float
    lift: float
    length: float
    miss: float


def integrate(start, pressure, b, length):
    """State r, z, φ, v, ∫rds at an arc length."""

    def slope(_, y):
        r, z, phi = y[0], y[1], y[2]
        s = math.sin(phi)
        return (math.cos(phi), s, pressure - b * z - s / r, 0.5 * r * r * s, r)

    def axis(_, y):
        return y[0] - 1e-3

    axis.terminal = True
    found = solve_ivp(
        slope, (0.0, length), (*start, 0.0, 0.0), "DOP853", rtol=RTOL, atol=ATOL, events=axis
    )
    if found.status != 0 or not abs(found.y[2, -1]) < 12.0:
        raise ShootingError("the meridian curls up or meets the axis")
    return found.y[:, -1]


def arc(first, last, half_volume):
    """Half the opening angle, direction and length of the circular arc with a given ∫½r²dz."""
    chord = np.subtract(last, first)
    length, along = math.hypot(*chord), math.atan2(chord[1], chord[0])

    def miss(half):
        phi = along + half * np.linspace(-1.0, 1.0, 201)
        ds = length * (half / math.sin(half) if half else 1.0) / 200
        mid = 0.5 * (phi[1:] + phi[:-1])
        r = first[0] + np.concatenate(([0.0], np.cumsum(np.cos(mid) * ds)))
        if r.min() <= 0.0:
            return -math.inf
        rm = 0.5 * (r[1:] + r[:-1])
        return float(np.sum(0.5 * rm**2 * np.sin(mid) * ds)) - half_volume

    halves = np.linspace(-3.0, 3.05, 122)
    g = np.array([miss(h) for h in halves])
    ok = np.isfinite(g)
    rises = np.flatnonzero(ok[:-1] & ok[1:] & (g[:-1] <= 0.0) & (g[1:] > 0.0))
    if len(rises) == 0:
        raise ShootingError("no circular arc holds the volume")
    i = rises[np.argmin(np.abs(halves[rises]))]
    half = brentq(miss, halves[i], halves[i + 1])
    return half, along, length


class _Problem:
    def __init__(self, lines, top, half_volume, load):
        self.lines, self.top, self.half_volume, self.load = lines, top, half_volume, load
        self.free = [i for i in (0, 1) if lines[i].angle is not None]

    def places(self, x):
        t = [line.at for line in self.lines]
        for k, i in enumerate(self.free):
            t[i] = x[3 + k]
        lift = x[-1] if self.load is not None else 0.0
        first, last = (line.solid.place(at) for line, at in zip(self.lines, t, strict=True))
        return t, first, (last[0], last[1] + lift, *last[2:]), lift

    def state(self, x, b):
        t, first, last, lift = self.places(x)
        end = integrate((first[0], first[1], x[1]), x[0], b, x[2])
        theta = (
            math.pi + first[2] - x[1],
            end[2] if self.top else end[2] - math.pi - last[2],
        )
        return t, first, last, lift, end, theta

    def miss(self, x, b):
        _, first, last, _, end, theta = self.state(x, b)
        inner = 0.0 if self.top else last[3]
        f = [end[0] - last[0], end[1] - last[1], end[3] + first[3] - inner - self.half_volume]
        f += [theta[i] - self.lines[i].angle for i in self.free]
        if self.load is not None:
            f.append(force(x[0], b, last[0], last[1], end[2]) - self.load)
        return np.array(f)

    def newton(self, x, b, floor=1e-11):
        last = math.inf
        for _ in range(60):
            f = self.miss(x, b)
            j = np.empty((len(x), len(x)))
            for k in range(len(x)):
                step = np.zeros(len(x))
                step[k] = 1e-6 * max(1.0, abs(x[k]))
                j[:, k] = (self.miss(x + step, b) - self.miss(x - step, b)) / (2 * step[k])
            change = np.linalg.solve(j, -f)
            reach = float(np.abs(change / (1.0 + np.abs(x))).max())
            if not math.isfinite(reach):
                break
            x = x + min(1.0, 0.2 / reach if reach > 0.0 else 1.0) * change
            if reach < 1e-13 or (reach < floor and reach > 0.3 * last):
                return x, float(np.abs(f).max())
            last = reach
            if x[2] <= 0.0:
                break
        raise ShootingError("Newton's method does not converge")


def force(pressure, b, r, z, phi):
    """Force/2πσ of the liquid on a flat body above a line, up positive."""
    return 0.5 * r * r * (pressure - b * z) - r * math.sin(phi)


def shoot_two(outer, other, volume, *, capillarity, top, load=None):
    """Liquid of a volume between two lines.

    ``top``: whether ``other`` is on a flat body above (a bridge), or on the solid about the axis
    (a ring). ``load`` is the force/σ on that body, which then floats: its solid's height is where
    it starts. ``capillarity`` is ρg/σ.
    """
    unit = volume ** (1.0 / 3.0)
    lines = []
    for line in (outer, other):
        solid, of_t = line.solid.scaled(unit)
        lines.append(Line(solid, line.at * of_t, line.angle))
    scaled_load = None if load is None else load / (2.0 * math.pi * unit)
    b, half_volume = capillarity * unit**2, 0.5 / math.pi
    ends = [line.solid.place(line.at) for line in lines]
    inner = 0.0 if top else ends[1][3]
    half, along, chord = arc(ends[0][:2], ends[1][:2], half_volume - ends[0][3] + inner)
    length = chord * (half / math.sin(half) if half else 1.0)
    middle = 0.5 * (ends[0][0] + ends[1][0])
    pressure = 2.0 * half / length + math.sin(along) / middle
    # both lines held, then the angles, then the load
    held = _Problem([Line(q.solid, q.at) for q in lines], top, half_volume, None)
    x, miss = _by_gravity(held, np.array([pressure, along - half, length]), b)
    sliding = _Problem(lines, top, half_volume, None)
    if sliding.free:
        theta = held.state(x, b)[5]
        x = np.concatenate([x, [lines[i].at for i in sliding.free]])
        x, miss = _by_angles(lines, top, half_volume, theta, x, b)
    problem = sliding
    if scaled_load is not None:
        now = sliding.state(x, b)
        start = force(x[0], b, now[2][0], now[2][1], now[4][2])
        x = np.concatenate([x, [0.0]])

        def loaded(part):
            at = start + part * (scaled_load - start)
            return _Problem(lines, top, half_volume, at)

        x, miss = _steps(lambda x, part: loaded(part).newton(x, b, _floor(part)), x)
        problem = loaded(1.0)
    return _read(problem, x, b, unit, miss, lines, outer, other)


def _by_gravity(problem, x, b):
    return _steps(lambda x, part: problem.newton(x, b * part, _floor(part)), x)


def _by_angles(lines, top, half_volume, theta, x, b):
    def at(part):
        changed = [
            q if q.angle is None else Line(q.solid, q.at, now + part * (q.angle - now))
            for q, now in zip(lines, theta, strict=True)
        ]
        return _Problem(changed, top, half_volume, None)

    return _steps(lambda x, part: at(part).newton(x, b, _floor(part)), x)


def _floor(part):
    """Round-off at which a step has converged: on the way, of a stiff film, that may be more."""
    return 1e-10 if part == 1.0 else 1e-8


def _steps(solve, x):
    reached, step = 0.0, 1.0
    while True:
        goal = min(1.0, reached + step)
        try:
            x, miss = solve(x, goal)
        except (ShootingError, np.linalg.LinAlgError, ValueError):
            step *= 0.4
            if step < 1e-3:
                raise ShootingError(f"stopped at {reached:.1%}") from None
            continue
        if goal == 1.0:
            return x, miss
        reached, step = goal, 1.5 * step


def _read(problem, x, b, unit, miss, lines, outer, other):
    t, first, last, lift, end, theta = problem.state(x, b)
    widest = max((first[:2], last[:2]))
    start = (first[0], first[1], x[1])

    def at(s):
        return np.array([*start, 0.0, 0.0]) if s == 0.0 else integrate(start, x[0], b, s)

    def turn(s):
        return float(at(s)[2]) - 0.5 * math.pi

    # widest where φ rises through 90°: it may do so after a neck
    grid = np.linspace(0.0, x[2], 17)
    turns = [turn(s) for s in grid]
    for k in range(16):
        if turns[k] < 0.0 <= turns[k + 1]:
            y = at(brentq(turn, grid[k], grid[k + 1], xtol=1e-14, rtol=1e-14))
            widest = max((widest, (y[0], y[1])))
    of_t = [q.at / p.at if p.at else 1.0 / unit for q, p in zip(lines, (outer, other), strict=True)]
    return Pair(
        r=(first[0] * unit, last[0] * unit),
        z=(first[1] * unit, last[1] * unit),
        theta=theta,
        t=(t[0] / of_t[0], t[1] / of_t[1]),
        pressure=x[0] / unit,
        force=2.0 * math.pi * unit * force(x[0], b, last[0], last[1], end[2]),
        area=2.0 * math.pi * end[4] * unit**2,
        max_r=float(widest[0]) * unit,
        max_z=float(widest[1]) * unit,
        lift=lift * unit,
        length=x[2] * unit,
        miss=miss,
    )
