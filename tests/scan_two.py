"""Every equilibrium of a liquid between two lines, by marching from the outer one; scipy only.

Young–Laplace from the outer (lower) line, as in ``shooting_two``: r' = cos φ, z' = sin φ,
φ' = P − B z − sin φ / r, v' = ½ r² sin φ. The outer line is free on a piece of a floor at z = 0
(its angle known, its radius not) or pinned on an edge (its radius known, its angle between those of
the pieces). With P there are two unknowns. The march ends where it first meets a solid: the ball,
the floor or the roof, so that what it enters nowhere needs no check. It is an equilibrium if the
volume is right and the line there is at its angle, or on an edge that holds it. All pairs of
unknowns are marched at once on a grid; where both conditions change sign, scipy does the rest.

Lengths are in units of V^(1/3). Nothing here knows of bumpform.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad, solve_ivp

from shooting import Sphere

STEPS, STEP = 300, 0.028
UNKNOWNS, PRESSURES = 61, 401
LOWEST, HIGHEST = -7.0, 9.0
NOTHING, BALL, FLOOR, ROOF = 0, 1, 2, 3


@dataclass(frozen=True)
class Scene:
    """Floor with pieces ending at radii, with their angles; a ball on it, or a roof over it.

    ``edges`` are the outer ends of all pieces, ``angles`` rad. The ball is (radius, height of its
    centre, angle), cut by the floor; the roof is (height, edges, angles). ``capillarity`` is ρg/σ.
    """

    edges: tuple[float, ...]
    angles: tuple[float, ...]
    capillarity: float
    ball: tuple[float, float, float] | None = None
    roof: tuple[float, tuple[float, ...], tuple[float, ...]] | None = None

    @property
    def foot(self):
        """Radius at which the floor comes out from under the ball."""
        return math.sqrt(self.ball[0] ** 2 - self.ball[1] ** 2) if self.ball else 0.0

    @property
    def under(self):
        """∫½r²dz along all of the ball."""
        if self.ball is None:
            return 0.0
        radius, height, _ = self.ball
        return Sphere(radius, height).place(math.pi - math.acos(height / radius))[3]

    def scaled(self, unit):
        """In units of a length."""
        ball = self.ball and (self.ball[0] / unit, self.ball[1] / unit, self.ball[2])
        roof = self.roof and (
            self.roof[0] / unit,
            tuple(e / unit for e in self.roof[1]),
            self.roof[2],
        )
        edges = tuple(e / unit for e in self.edges)
        return Scene(edges, self.angles, self.capillarity * unit**2, ball, roof)


@dataclass(frozen=True)
class State:
    """An equilibrium: r, z, angle and state of the outer and of the other line; energy/2πσ."""

    r: tuple[float, float]
    z: tuple[float, float]
    theta: tuple[float, float]
    states: tuple[str, str]
    pressure: float
    energy: float


def scan(scene, volume):
    """Every equilibrium whose outer line is on the floor; SI in, SI out."""
    unit = volume ** (1.0 / 3.0)
    small = scene.scaled(unit)
    found = []
    starts = (small.foot, *small.edges[:-1])
    for k, (inside, outside) in enumerate(zip(starts, small.edges, strict=True)):
        gap = 1e-6 * (outside - inside)
        found += _from(small, (inside + gap, outside - gap), small.angles[k], "free")
        if k + 1 < len(small.edges):
            found += _from(small, small.angles[k : k + 2], outside, "pinned")
    return [
        State(
            tuple(unit * x for x in s.r),
            tuple(unit * x for x in s.z),
            s.theta,
            s.states,
            s.pressure / unit,
            s.energy * unit**2,
        )
        for s in found
    ]


def _from(scene, span, given, state):
    """Equilibria with the outer line in a state: free on a piece, or pinned on an edge."""
    if span[1] <= span[0]:
        return []
    x, p = np.linspace(*span, UNKNOWNS), np.linspace(LOWEST, HIGHEST, PRESSURES)
    xs, ps = (a.ravel() for a in np.meshgrid(x, p, indexing="ij"))
    held = np.full_like(xs, given)
    radius, theta = (xs, held) if state == "free" else (held, xs)
    hit = _march(scene, radius, theta, ps)
    found = []
    for target, place, angle, line in _targets(scene):
        kind, at, end_angle, volume = (a.reshape(len(x), len(p)) for a in hit)
        miss = at - place if angle is None else end_angle - angle
        cells = _crossings(kind == target, volume - 0.5 / math.pi, miss)
        for i, j in cells:
            guess = np.array([np.interp(i, range(len(x)), x), np.interp(j, range(len(p)), p)])
            one = _refined(scene, guess, given, state, (target, place, angle, line))
            if one is None or not span[0] - 1e-9 <= one[0] <= span[1] + 1e-9:
                continue
            if all(math.dist(one[1].r, other.r) > 1e-7 for other in found):
                found.append(one[1])
    return found


def _targets(scene):
    """Where the march may end: solid, place of an edge or None, angle or None, (low, high)."""
    if scene.ball is not None:
        yield BALL, None, scene.ball[2], None
    starts = (scene.foot, *scene.edges[:-1])
    for k, angle in enumerate(scene.angles):
        yield FLOOR, None, angle, (starts[k], scene.edges[k])
        if k + 1 < len(scene.edges):  # the wetted piece is outside of the edge
            yield FLOOR, scene.edges[k], None, (scene.angles[k + 1], scene.angles[k])
    if scene.roof is not None:
        _, edges, angles = scene.roof
        for k, angle in enumerate(angles):
            yield ROOF, None, angle, ((0.0, *edges)[k], edges[k])
            if k + 1 < len(edges):
                yield ROOF, edges[k], None, (angles[k], angles[k + 1])


def _crossings(good, f, g):
    """Where f and g vanish together, in cells of the grid, by planes through their corners."""
    corners = [(slice(a, a - 1 or None), slice(b, b - 1 or None)) for a in (0, 1) for b in (0, 1)]
    mixed = np.logical_and.reduce([good[c] for c in corners])
    both = [np.stack([h[c] for c in corners]) for h in (f, g)]
    for h in both:
        mixed &= (h.min(axis=0) <= 0.0) & (h.max(axis=0) >= 0.0)
    for i, j in np.argwhere(mixed):
        at = [h[:, i, j] for h in both]
        slopes = np.array([[c[2] + c[3] - c[0] - c[1], c[1] + c[3] - c[0] - c[2]] for c in at])
        if abs(np.linalg.det(slopes)) < 1e-14:
            continue
        u, v = 0.5 - 2.0 * np.linalg.solve(slopes, [c.mean() for c in at])
        if -1.5 <= u <= 2.5 and -1.5 <= v <= 2.5:  # the grid is coarse: look beside it too
            yield i + min(max(u, 0.0), 1.0), j + min(max(v, 0.0), 1.0)


def _slope(y, p, b):
    sine = np.sin(y[2])
    return np.stack([np.cos(y[2]), sine, p - b * y[1] - sine / y[0], 0.5 * y[0] ** 2 * sine])


def _march(scene, radius, theta, p):
    """Kind of solid that is met first, place there, angle there, volume/2π: on all at once."""
    b = scene.capillarity
    y = np.stack([radius, np.zeros_like(radius), math.pi - theta, np.zeros_like(radius)])
    count = len(radius)
    kind, at = np.zeros(count, dtype=int), np.zeros(count)
    angle, volume = np.zeros(count), np.zeros(count)
    on = np.arange(count)
    for _ in range(STEPS):
        with np.errstate(all="ignore"):
            k1 = _slope(y, p, b)
            k2 = _slope(y + 0.5 * STEP * k1, p, b)
            k3 = _slope(y + 0.5 * STEP * k2, p, b)
            k4 = _slope(y + STEP * k3, p, b)
            new = y + STEP / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        lost = ~np.isfinite(new).all(axis=0) | (new[0] < 0.02) | (np.abs(new[2]) > 12.0)
        for solid in (BALL, FLOOR, ROOF):
            before, after = _outside(scene, solid, y), _outside(scene, solid, new)
            met = ~lost & (kind[on] == NOTHING) & (after < 0.0)
            if not met.any():
                continue
            share = np.where(before > 0.0, before / (before - after + (before == after)), 0.0)[met]
            end = y[:, met] + share * (new[:, met] - y[:, met])
            kind[on[met]] = solid
            at[on[met]], angle[on[met]], volume[on[met]] = _read(scene, solid, end)
        going = ~lost & (kind[on] == NOTHING)
        y, p, on = new[:, going], p[going], on[going]
    return kind, at, angle, volume


def _outside(scene, solid, y):
    """Positive outside of a solid."""
    if solid == BALL:
        if scene.ball is None:
            return np.ones_like(y[0])
        return np.hypot(y[0], y[1] - scene.ball[1]) - scene.ball[0]
    if solid == FLOOR:
        return y[1]
    return scene.roof[0] - y[1] if scene.roof else np.ones_like(y[0])


def _read(scene, solid, y):
    """Place of the other line, its angle, and the liquid's volume/2π."""
    r, z, phi, v = y[:4]
    if solid == BALL:
        radius, height, _ = scene.ball
        polar = np.arctan2(r, z - height)
        c = np.cos(polar)
        inner = -0.5 * radius**3 * (2.0 / 3.0 - c + c**3 / 3.0)
        return polar, phi - math.pi + polar, v + scene.under - inner
    if solid == FLOOR:
        return r, phi - math.pi, v
    return r, phi, v + scene.under


def _refined(scene, guess, given, state, target):
    """Newton's method at 1e-13 from a cell of the grid; None where it leaves."""
    solid, place, angle, limits = target
    b = scene.capillarity

    def end(x):
        radius, theta = (x[0], given) if state == "free" else (given, x[0])

        def slope(_, y):
            s = math.sin(y[2])
            head = 0.5 * y[0] ** 2 * s
            return (math.cos(y[2]), s, x[1] - b * y[1] - s / y[0], head, y[0], head * y[1])

        def meets(_, y):
            return float(_outside(scene, solid, np.array(y)))

        meets.terminal, meets.direction = True, -1
        start = (radius, 0.0, math.pi - theta, 0.0, 0.0, 0.0)
        run = solve_ivp(
            slope, (0.0, STEPS * STEP), start, "DOP853", rtol=1e-13, atol=1e-15, events=meets
        )
        if run.status != 1:
            raise ArithmeticError
        return run.y[:, -1]

    def miss(x):
        at, theta, volume = _read(scene, solid, end(x))
        return np.array([volume - 0.5 / math.pi, at - place if angle is None else theta - angle])

    x, last = guess, math.inf
    try:
        for _ in range(30):
            f = miss(x)
            j = np.stack([(miss(x + d) - miss(x - d)) / 2e-6 for d in np.eye(2) * 1e-6], axis=1)
            change = np.linalg.solve(j, -f)
            size = float(np.abs(change).max())
            x = x + min(1.0, 0.1 / size) * change
            if size < 1e-13 or (size < 1e-11 and size > 0.3 * last):
                break
            last = size
        else:
            return None
        y = end(x)
    except (ArithmeticError, np.linalg.LinAlgError, ValueError):
        return None
    at, theta, _ = (float(q) for q in _read(scene, solid, y))
    if angle is None and not limits[0] <= theta <= limits[1]:
        return None
    if angle is not None and limits is not None and not limits[0] < y[0] < limits[1]:
        return None
    radius, outer = (x[0], given) if state == "free" else (given, x[0])
    states = state, "pinned" if angle is None else "free"
    energy = y[4] + b * y[5] + _solid_energy(scene, radius, solid, float(y[0]), at)
    lines = (float(radius), float(y[0])), (0.0, float(y[1])), (float(outer), theta)
    return float(x[0]), State(*lines, states, float(x[1]), float(energy))


def _solid_energy(scene, outer, solid, r, at):
    """Weight/2π of the solid side, less Σ cosθ·wetted area/2π."""
    inside = r if solid == FLOOR else scene.foot
    energy = -_wetting(scene.edges, scene.angles, inside, outer)
    if solid == ROOF:
        _, edges, angles = scene.roof
        energy -= _wetting(edges, angles, 0.0, r)
    if solid == BALL:
        radius, height, angle = scene.ball
        last = math.pi - math.acos(height / radius)

        def weight(t):  # of ∫½r²z dz downwards along the ball
            return -0.5 * (radius * math.sin(t)) ** 3 * (height + radius * math.cos(t))

        energy += scene.capillarity * quad(weight, at, last, epsabs=1e-14, epsrel=1e-13)[0]
        energy -= math.cos(angle) * radius**2 * (math.cos(at) - math.cos(last))
    return energy


def _wetting(edges, angles, inside, outside):
    """Σ cosθ·area/2π of a flat between two radii."""
    total = 0.0
    for low, high, angle in zip((0.0, *edges), edges, angles, strict=False):
        a, b = max(low, inside), min(high, outside)
        if b > a:
            total += 0.5 * math.cos(angle) * (b * b - a * a)
    return total
