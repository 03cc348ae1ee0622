"""Reference for error bars: Young–Laplace by Taylor series in extended precision, numpy only.

Along the arc length, ψ the tangent's direction, many meridians side by side,

    r' = cos ψ,   y' = sin ψ,   ψ' = P + B y − sin ψ / r,
    v' = ½ r² sin ψ,   a' = r,   w' = ½ r² y sin ψ,

a drop from its apex downwards (y the depth under it, B = ρg/σ), a ring or a bridge from its outer
line to the other (y = z, B = −ρg/σ). Each step is the Taylor polynomial of degree 30, as long as
its last terms are below 1e-20 (long double: 64 bits of mantissa on x86). The unknowns meet the
solids, the angles, the volume and the load by Newton's method from a guess: a solution that is to
be judged serves, for the boundary conditions alone fix the result. Nothing here knows of bumpform.

Lengths are scaled by V^(1/3), pressures by σ over it, integrals are over 2π.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DEGREE, MARGIN, MAX_STEPS = 30, 1e-20, 400
REAL = np.longdouble
PI = REAL("3.14159265358979323846264338327950288")
#: Largest residual of a converged boundary value problem.
MET = 1e-17
#: Parts of a step of Taylor series, in each of which a level is passed once at the most.
PARTS = 16
_GAUSS = np.polynomial.legendre.leggauss(40)


class ExactError(Exception):
    """The boundary conditions are not met near the guess."""


@dataclass(frozen=True)
class Straight:
    """Straight solid from (r0, z0) by (dr, dz) for t from 0 to 1, the liquid on its left.

    ``before`` are ∫½r²dz, ∫½r²z dz and Σ cosθ·∫r ds from the axis to its start, ``cosine`` its own.
    """

    r0: float
    z0: float
    dr: float
    dz: float
    cosine: float
    before: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def place(self, t):
        return self.r0 + t * self.dr, self.z0 + t * self.dz, np.arctan2(self.dz, self.dr)

    def moments(self, t):
        a, za = self.r0, self.z0
        b, zb, _ = self.place(t)
        dz = zb - za
        squares = a * a + a * b + b * b
        raised = za * (3 * a * a + 2 * a * b + b * b) + zb * (a * a + 2 * a * b + 3 * b * b)
        own = (dz * squares / 6, dz * raised / 24, (a + b) / 2 * np.hypot(b - a, dz) * self.cosine)
        return tuple(x + y for x, y in zip(self.before, own, strict=True))


@dataclass(frozen=True)
class Round:
    """Circular arc about (0, centre), polar angle from the r axis ``first`` to ``last``."""

    centre: float
    radius: float
    first: float
    last: float
    cosine: float
    before: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def _at(self, t):
        return self.first + t * (self.last - self.first)

    def place(self, t):
        at = self._at(t)
        turn = PI / 2 if self.last > self.first else -PI / 2
        return self.radius * np.cos(at), self.centre + self.radius * np.sin(at), at + turn

    def moments(self, t):
        a, b = self.first, self._at(t)
        at = a + (b - a) * (1 + _GAUSS[0].astype(REAL)) / 2
        w = (b - a) * _GAUSS[1].astype(REAL) / 2
        r, z = self.radius * np.cos(at), self.centre + self.radius * np.sin(at)
        dz = self.radius * np.cos(at) * w
        own = (
            (r * r / 2 * dz).sum(),
            (r * r / 2 * z * dz).sum(),
            (r * self.radius * np.abs(w)).sum() * self.cosine,
        )
        return tuple(x + y for x, y in zip(self.before, own, strict=True))


@dataclass(frozen=True)
class End:
    """Where a surface ends: "outer", "inner" or "top", at t; sliding at an angle, or pinned."""

    kind: str
    solid: Straight | Round
    t: float
    angle: float | None = None


@dataclass(frozen=True)
class Problem:
    """One equilibrium: its ends (outer first), and a guess of what is not known.

    ``guess`` is the pressure (at z = 0), the arc length and, with two ends, the direction of the
    surface at the outer one. ``load`` is force/2πσL on the body of the last end, which then floats.
    """

    ends: tuple[End, ...]
    volume: float
    bond: float
    guess: tuple[float, ...]
    load: float | None = None


# the series


def _series(r0, y0, psi0, p, b, axis):
    """Taylor coefficients of r, y, ψ, v, a, w at the current points."""
    n = len(r0)
    r, y, psi, sin, cos, u, q, t, v, a, w = np.zeros((11, DEGREE + 2, n), REAL)
    r[0], y[0], psi[0], sin[0], cos[0] = r0, y0, psi0, np.sin(psi0), np.cos(psi0)
    for k in range(DEGREE + 1):
        m = np.arange(1, k + 1)[:, None].astype(REAL)
        if k:
            sin[k] = (m * psi[1 : k + 1] * cos[k - 1 :: -1][:k]).sum(0) / k
            cos[k] = -(m * psi[1 : k + 1] * sin[k - 1 :: -1][:k]).sum(0) / k
        r[k + 1], y[k + 1] = cos[k] / (k + 1), sin[k] / (k + 1)
        head = b * y[k] + (p if k == 0 else 0)
        if axis:  # r u = sin ψ, one order on
            known = (m * psi[1 : k + 1] * cos[k:0:-1]).sum(0) / (k + 1)
            known = known - (r[2 : k + 2] * u[k - 1 :: -1][:k]).sum(0) if k else known
            u[k] = (head / (k + 1) + known) / (1 + REAL(1) / (k + 1))
        else:
            u[k] = (sin[k] - (r[1 : k + 1] * u[k - 1 :: -1][:k]).sum(0)) / r0
        psi[k + 1] = (head - u[k]) / (k + 1)
        q[k] = (r[: k + 1] * r[k::-1][: k + 1]).sum(0) / 2
        t[k] = (q[: k + 1] * sin[k::-1][: k + 1]).sum(0)
        v[k + 1], a[k + 1] = t[k] / (k + 1), r[k] / (k + 1)
        w[k + 1] = (y[: k + 1] * t[k::-1][: k + 1]).sum(0) / (k + 1)
    return np.stack([r, y, psi, v, a, w])


def _sum(c, h):
    value = c[:, -1]
    for k in range(c.shape[1] - 2, -1, -1):
        value = value * h + c[:, k]
    return value


def integrate(start, p, b, length, *, axis, keep=False):
    """States r, y, ψ, v, a, w at an arc length, shape (6, n); and the steps, when kept."""
    state = np.zeros((6, len(p)), REAL)
    state[:3] = start
    left = np.array(length, REAL)
    steps = []
    for number in range(MAX_STEPS):
        c = _series(*state[:3], p, b, axis and number == 0)
        last = np.maximum(np.abs(c[:, -1]).max(0), np.abs(c[:, -2]).max(0))
        h = (MARGIN / np.maximum(last, REAL(1e-300))) ** (REAL(1) / (DEGREE + 1))
        if not (axis and number == 0):
            h = np.minimum(h, REAL(0.7) * np.abs(state[0]))
        h = np.minimum(h, left)
        if not (np.isfinite(h).all() and (h >= 0).all()):
            raise ExactError("the meridian runs into the axis")
        base = state[3:].copy()
        state = _sum(c, h)
        state[3:] += base
        left = left - h
        if keep:
            steps.append((c[:3], h))
        if (left <= 0).all():
            return state, steps
    raise ExactError("too many steps")


# the boundary value problems


def _unknowns(problem):
    slides = [end.t for end in problem.ends if end.angle is not None]
    lift = [0.0] if problem.load is not None else []
    return np.array([*problem.guess, *slides, *lift], REAL)


def _places(problem, x):
    """Places, points with rise and moments of the ends, height by which the body is raised."""
    count = len(problem.guess)
    t, points = [], []
    lift = x[-1] if problem.load is not None else REAL(0)
    for end in problem.ends:
        at = REAL(end.t)
        if end.angle is not None:
            at, count = x[count], count + 1
        r, z, rise = end.solid.place(at)
        t.append(at)
        points.append((r, z + (lift if end.kind == "top" else 0), rise, end.solid.moments(at)))
    return t, points, lift


def _start(problem, x):
    """r, y, ψ where the integration starts, its P and B."""
    if len(problem.ends) == 1:
        return (REAL(0), REAL(0), REAL(0)), x[0], REAL(problem.bond)
    (r, z, _, _), *_ = _places(problem, x)[1]
    return (r, z, x[2]), x[0], -REAL(problem.bond)


def _shoot(problems, xs, keep=False):
    starts, p, b = zip(*(_start(q, x) for q, x in zip(problems, xs, strict=True)), strict=True)
    lengths = np.array([x[1] for x in xs], REAL)
    single = len(problems[0].ends) == 1
    return integrate(
        np.array(starts, REAL).T, np.array(p, REAL), np.array(b, REAL), lengths, axis=single,
        keep=keep,
    )  # fmt: skip


def _angles(problem, x, points, psi):
    if len(points) == 1:
        return (psi + points[0][2],)
    other = psi if problem.ends[1].kind == "top" else psi - PI - points[1][2]
    return PI + points[0][2] - x[2], other


def _force(problem, x, point, psi):
    return point[0] ** 2 / 2 * (x[0] - problem.bond * point[1]) - point[0] * np.sin(psi)


def _miss(problem, x, state):
    _, points, _ = _places(problem, x)
    r, y, psi, v = state[:4]
    end, half = points[-1], REAL(problem.volume)
    if len(points) == 1:
        f = [r - end[0], v + end[3][0] - half]
    else:
        taken = end[3][0] if problem.ends[1].kind == "inner" else 0
        f = [r - end[0], y - end[1], v + points[0][3][0] - taken - half]
    theta = _angles(problem, x, points, psi)
    f += [a - e.angle for a, e in zip(theta, problem.ends, strict=True) if e.angle is not None]
    if problem.load is not None:
        f.append(_force(problem, x, end, psi) - problem.load)
    return np.array(f, REAL)


def _missed(problems, xs):
    """What each set of unknowns leaves unmet; one integration for all."""
    state, _ = _shoot(problems, xs)
    return [_miss(q, x, state[:, i]) for i, (q, x) in enumerate(zip(problems, xs, strict=True))]


def _slopes(problems, xs, missed):
    """Derivatives of what is unmet by the unknowns, good for eight digits."""
    lanes, shifted = [], []
    for q, x in zip(problems, xs, strict=True):
        for k in range(len(x)):
            other = x.copy()
            other[k] += REAL(1e-9) * max(REAL(1), abs(x[k]))
            lanes.append(q)
            shifted.append(other)
    moved = iter(_missed(lanes, shifted))
    return [
        np.stack(
            [(next(moved) - f) / (REAL(1e-9) * max(REAL(1), abs(x[k]))) for k in range(len(x))], 1
        ).astype(float)
        for x, f in zip(xs, missed, strict=True)
    ]


def solve(problems, *, chords=8):
    """Exact values of problems that all have as many ends; scaled.

    The slopes are taken once: a guess that is right to six digits gains eight each time.

    Raises
    ------
    ExactError
        If one of them is not met to ``MET``.
    """
    xs = [_unknowns(q) for q in problems]
    slopes: list = []
    for _ in range(chords):
        missed = _missed(problems, xs)
        if max(np.abs(f).max() for f in missed) < MET:
            return _read(problems, xs)
        slopes = slopes or _slopes(problems, xs, missed)
        for x, f, j in zip(xs, missed, slopes, strict=True):
            x -= np.linalg.solve(j, f.astype(float))
    raise ExactError(f"residuals {sorted(float(np.abs(f).max()) for f in missed)[-3:]}")


# numbers


def _turns(steps, lane, quantity, start):
    """Points r, y where ψ passes an odd (quantity "r") or even ("y") multiple of 90°."""
    shift = PI / 2 if quantity == "r" else REAL(0)
    points, before = [], start
    for c, h in steps:
        own, length = c[2, :, lane], h[lane]
        slope = np.polynomial.polynomial.polyder(own)
        # ψ may pass a level and come back within one step
        places = length * np.arange(1, PARTS + 1) / PARTS
        low = REAL(0)
        for high, after in zip(places, np.polynomial.polynomial.polyval(places, own), strict=True):
            level = np.floor((max(before, after) - shift) / PI) * PI + shift
            if length > 0 and min(before, after) < level < max(before, after):
                at = low + (high - low) * (level - before) / (after - before)
                for _ in range(60):
                    value = np.polynomial.polynomial.polyval(at, own) - level
                    change = value / np.polynomial.polynomial.polyval(at, slope)
                    at = min(max(at - change, low), high)
                    if abs(change) < 1e-18:
                        break
                points.append(
                    tuple(np.polynomial.polynomial.polyval(at, c[i, :, lane]) for i in (0, 1))
                )
            before, low = after, high
    return points


def _read(problems, xs):
    state, steps = _shoot(problems, xs, keep=True)
    return [
        _values(q, x, state[:, i], steps, i)
        for i, (q, x) in enumerate(zip(problems, xs, strict=True))
    ]


def _values(problem, x, state, steps, lane):
    """Every number by bumpform's names, scaled; angles in degrees."""
    _, points, _ = _places(problem, x)
    _, y, psi, v, area, weight = state
    theta = _angles(problem, x, points, psi)
    single = len(points) == 1
    apex = points[0][1] + y
    pressure = x[0] + problem.bond * apex if single else x[0]
    free = apex * v - weight if single else weight
    ends = [p[:2] for p in points] + ([(REAL(0), apex)] if single else [])
    first = REAL(0) if single else x[2]

    def lies(point):
        return (point[0], apex - point[1]) if single else point

    widest = max(ends + [lies(p) for p in _turns(steps, lane, "r", first)])
    top = max(p[1] for p in ends + [lies(p) for p in _turns(steps, lane, "y", first)])
    energy = area + problem.bond * free
    values = {}
    for end, (r, z, _, (_, w, wetted)), angle in zip(problem.ends, points, theta, strict=True):
        inner = end.kind == "inner"
        energy += problem.bond * (-w if inner else w) - (-wetted if inner else wetted)
        values |= {f"{end.kind}.r_m": r, f"{end.kind}.z_m": z}
        values[f"{end.kind}.angle_deg"] = angle * 180 / PI
    values |= {
        "top_z_m": top,
        "max_radius_m": widest[0],
        "max_radius_z_m": widest[1],
        "area_m2": 2 * PI * area,
        "pressure_Pa": pressure,
        "energy_J": 2 * PI * energy,
    }
    if single:
        values["apex_z_m"] = apex
    elif problem.ends[1].kind == "top":
        values["standoff_m"] = points[1][1]
        values["joint_force_N"] = 2 * PI * _force(problem, x, points[1], psi)
    return values
