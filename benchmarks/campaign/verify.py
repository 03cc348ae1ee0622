"""What independent shooting says of a solved surface: true errors, conditions, balances.

Every number that a result reports is compared with the exact solution of the same problem (the
same line on the same piece of solid), which Newton's method on the shot finds from there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from ritz import lowest
from shots import Path, ShotError, extrema, from_apex, from_line, newton
from sides import Side

from bumpform.surface.drop.equilibrium import Equilibrium

#: Round-off of the comparison itself, relative to the drop's size.
ROUND_OFF = 3e-12
#: How deep a surface may seem to lie in solid, relative to its size: chords of polylines.
CHORD = 2e-5
#: Largest slack in Gibbs' inequalities, rad.
SLACK = 1e-7


@dataclass
class Verdict:
    """What the checks of one surface have found.

    Attributes
    ----------
    kind : "drop", "ring" or "joint"
    errors : dict of value to (true error, estimate), both relative to its size
    failures : list of str
        Empty: everything agrees.
    eigenvalues : dict of mode to (reported, found)
    missed : float
        By how much the shot itself misses its end's place, angle or volume, relative: a film of
        many capillary lengths multiplies its round-off from one end to the other.
    """

    kind: str
    errors: dict[str, tuple[float, float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    eigenvalues: dict[str, tuple[float, float]] = field(default_factory=dict)
    missed: float = 0.0

    @property
    def worst(self) -> float:
        """Largest true error, relative."""
        return max((e for e, _ in self.errors.values()), default=math.nan)

    @property
    def ratio(self) -> float:
        """Largest true error over its estimate, the comparison's own error allowed for."""
        own = ROUND_OFF + self.missed
        return max((e / (s + own) for e, s in self.errors.values()), default=math.nan)


def verify(
    found: Equilibrium, sides: list[Side], load: float | None, reported: dict[str, float | None]
) -> Verdict:
    """Check an equilibrium.

    Parameters
    ----------
    found : Equilibrium
        Where its lines stand, and its error estimates.
    sides : list of Side
    load : float or None, N
        On an upper body that floats on the liquid.
    reported : dict
        Numbers as the result states them.
    """
    kind = "drop" if len(sides) == 1 else "ring" if sides[1].kind == "inner" else "joint"
    verdict = Verdict(kind)
    try:
        exact, path, scale, b = (_drop if kind == "drop" else _pair)(found, sides, load)
    except ShotError as error:
        verdict.failures.append(f"shooting: {error}")
        return verdict
    verdict.missed = exact.pop("missed")
    _compare(verdict, found, exact, reported)
    _lines(verdict, found, sides, exact)
    _balance(verdict, found, sides, reported)
    _penetration(verdict, found, sides, path, kind, exact, scale)
    _stability(verdict, found, sides, path, exact, b, kind)
    return verdict


def _units(found: Equilibrium) -> tuple[float, float, float]:
    drop = found.drop
    length = drop.volume ** (1.0 / 3.0)
    return (
        length,
        drop.surface_tension,
        drop.density * drop.gravity * length**2 / (drop.surface_tension),
    )


def _drop(found: Equilibrium, sides: list[Side], load: float | None):
    """Exact solution of a drop with an apex."""
    length, tension, b = _units(found)
    (side,), (line,) = sides, found.lines
    piece, free = line.station.piece, line.state == "free"
    angle = side.angles[piece]
    apex = found.values["apex_z_m"] / length
    p = found.values["pressure_Pa"] * length / tension - b * apex
    points = found.curve.point(np.linspace(0.0, found.curve.breaks[-1], 400)) / length
    s = float(np.hypot(*np.diff(points, axis=0).T).sum())

    def miss(x: np.ndarray):
        u = float(x[2])
        path = from_apex(float(x[0]), b, float(x[1]))
        end, by_p = path.end[:, 0].real, path.end[:, 0].imag / 1e-40
        (r, _, tau), (dr, dz, dtau) = side.place(piece, u), side.rates(piece, u)
        under = side.under(piece, u)[0] / length**3
        f = [end[0] - r / length, end[3] + under - 0.5 / math.pi, 0.0]
        j = [
            [by_p[0], path.slope[0], -dr / length],
            [by_p[3], path.slope[3], 0.5 * (r / length) ** 2 * dz / length],
            [0.0, 0.0, 1.0],
        ]
        if free:
            f[2] = math.remainder(end[2] + tau - angle, 2.0 * math.pi)
            j[2] = [by_p[2], path.slope[2], dtau]
        return np.array(f), np.array(j), path

    (p, s, u), path, missed = newton(miss, np.array([p, s, line.station.u]))
    r, z, tau = side.place(piece, u)
    end = path.end[:, 0].real
    apex = z / length + end[1]
    (max_r, at), (_, top) = extrema(path, b, p, apex=True)
    under = side.under(piece, u)
    # weight ∫½r²z dz along the surface, z = apex − depth
    weight = apex * end[3] - end[5] + under[1] / length**4
    exact = {
        "outer.r_m": r,
        "outer.z_m": z,
        "outer.angle_deg": math.degrees(end[2] + tau),
        "apex_z_m": apex * length,
        "top_z_m": max((apex - top) * length, z),
        "max_radius_m": max_r * length,
        "max_radius_z_m": (apex - at) * length,
        "pressure_Pa": (p + b * apex) * tension / length,
        "area_m2": 2.0 * math.pi * end[4] * length**2,
        "energy_J": 2.0 * math.pi * tension * (
            (end[4] + b * weight) * length**2 - under[2]
        ),
        "u": u,
        "pressure": p + b * apex,
        "missed": missed,
    }  # fmt: skip
    return exact, path, length, b


def _pair(found: Equilibrium, sides: list[Side], load: float | None):
    """Exact solution between two lines; a loaded body finds its height."""
    length, tension, b = _units(found)
    top = sides[1].kind == "top"
    lines = found.lines
    pieces = [line.station.piece for line in lines]
    free = [line.state == "free" for line in lines]
    floats = load is not None
    goal = load / (2.0 * math.pi * tension * length) if floats else 0.0
    curve = found.curve
    points = curve.point(np.linspace(0.0, curve.breaks[-1], 400)) / length
    s = float(np.hypot(*np.diff(points, axis=0).T).sum())
    away = curve.derivative(0.0)
    lift0 = found.surface.end.lift * length
    if top:  # the package's profile is at the height from which it was lifted
        lift0 = found.values["top.z_m"] - sides[1].place(pieces[1], lines[1].station.u)[1]
    x0 = [
        found.values["pressure_Pa"] * length / tension,
        math.atan2(away[1], away[0]),
        s,
        lines[0].station.u,
        lines[1].station.u,
        lift0 / length,
    ]
    if x0[1] < -0.5 * math.pi:
        x0[1] += 2.0 * math.pi

    def miss(x: np.ndarray):
        pressure, phi, s, u0, u1, lift = (float(c) for c in x)
        first, last = (side.place(n, u) for side, n, u in zip(sides, pieces, (u0, u1), strict=True))
        rates = [side.rates(n, u) for side, n, u in zip(sides, pieces, (u0, u1), strict=True)]
        path = from_line(first[0] / length, first[1] / length, phi, pressure, b, s)
        end, by = path.end[:, 0].real, path.end.imag / 1e-40  # columns: P, φ, r, z
        v0, v1 = (
            side.under(n, u)[0] / length**3
            for side, n, u in zip(sides, pieces, (u0, u1), strict=True)
        )
        (dr0, dz0, dt0), (dr1, dz1, dt1) = rates
        dr0, dz0, dr1, dz1 = (c / length for c in (dr0, dz0, dr1, dz1))
        by_u0 = by[:, 2] * dr0 + by[:, 3] * dz0
        # the start's own v is 0 wherever it is
        rows, f = np.zeros((6, 6)), np.zeros(6)
        for row, k in ((0, 0), (1, 1), (2, 3)):
            rows[row, :4] = (by[k, 0], by[k, 1], path.slope[k], by_u0[k])
        f[0] = end[0] - last[0] / length
        f[1] = end[1] - last[1] / length - lift
        rows[0, 4], rows[1, 4], rows[1, 5] = -dr1, -dz1, -1.0
        f[2] = end[3] + v0 - v1 - 0.5 / math.pi
        rows[2, 3] += 0.5 * (first[0] / length) ** 2 * dz0
        rows[2, 4] = -0.5 * (last[0] / length) ** 2 * dz1
        f[3], rows[3, 3] = u0 - x0[3], 1.0
        if free[0]:
            theta = sides[0].angle(phi, first[2])
            f[3] = math.remainder(theta - sides[0].angles[pieces[0]], 2.0 * math.pi)
            rows[3] = (0.0, -1.0, 0.0, dt0, 0.0, 0.0)
        f[4], rows[4, 4] = u1 - x0[4], 1.0
        if free[1]:
            theta = sides[1].angle(end[2], last[2])
            f[4] = math.remainder(theta - sides[1].angles[pieces[1]], 2.0 * math.pi)
            rows[4] = (by[2, 0], by[2, 1], path.slope[2], by_u0[2], -dt1, 0.0)
        f[5], rows[5, 5] = lift - x0[5], 1.0
        if floats:
            force, d = roof_force(end, by, by_u0, path.slope, pressure, b)
            f[5], rows[5] = force + b * v1 - goal, d  # v1: ∫½r²dz along the roof's steps
            rows[5, 4] += 0.5 * b * (last[0] / length) ** 2 * dz1
        return f, rows, (path, first, last, rows)

    x, (path, first, last, rows), missed = newton(miss, np.array(x0))
    pressure, phi, _, u0, u1, lift = (float(c) for c in x)
    first, last = (side.place(n, u) for side, n, u in zip(sides, pieces, (u0, u1), strict=True))
    end = path.end[:, 0].real
    under = [side.under(n, u) for side, n, u in zip(sides, pieces, (u0, u1), strict=True)]
    (max_r, at), (_, high) = extrema(path, b, pressure, apex=False)
    name = "top" if top else "inner"
    lifted = under[1][1] + lift * length * under[1][0]
    weight = end[5] + (under[0][1] - lifted) / length**4
    wetted = under[0][2] + (under[1][2] if top else -under[1][2])
    exact = {
        "outer.r_m": first[0],
        "outer.z_m": first[1],
        "outer.angle_deg": math.degrees(sides[0].angle(phi, first[2])),
        f"{name}.r_m": last[0],
        f"{name}.z_m": last[1] + lift * length,
        f"{name}.angle_deg": math.degrees(sides[1].angle(float(end[2]), last[2])),
        "top_z_m": high * length,
        "max_radius_m": max_r * length,
        "max_radius_z_m": at * length,
        "pressure_Pa": pressure * tension / length,
        "area_m2": 2.0 * math.pi * end[4] * length**2,
        "energy_J": 2.0 * math.pi * tension * ((end[4] + b * weight) * length**2 - wetted),
        "u": u0,
        "u1": u1,
        "pressure": pressure,
        "missed": missed,
    }
    if top:
        force = _roof(sides[1], pieces[1], u1, lift, end, pressure, b, length)
        exact["joint_force_N"] = 2.0 * math.pi * tension * length * force
        exact["standoff_m"] = sides[1].place(0, 0.0)[1] + sides[1].hangs + lift * length
        if floats:
            answer = np.linalg.solve(rows, np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0]))
            exact["yield"] = float(answer[5])  # rise by a force that pushes up the roof
    return exact, path, length, b


def roof_force(end, by, by_u0, slope, pressure, b):
    """Force on a flat roof/2πσL, up positive, and its derivatives by the unknowns."""
    r, z, phi = end[:3]
    head, sine, cosine = pressure - b * z, math.sin(phi), math.cos(phi)
    value = 0.5 * r * r * head - r * sine
    d = np.zeros(6)
    for k, way in ((0, by[:, 0]), (1, by[:, 1]), (2, slope), (3, by_u0)):
        d[k] = (r * head - sine) * way[0] - 0.5 * r * r * b * way[1] - r * cosine * way[2]
    d[0] += 0.5 * r * r
    return value, d


def _roof(side, piece, u, lift, end, pressure, b, length):
    """Force on the roof as pressure over its wetted face and the pull at its line, /2πσL.

    Upwards: ∫(P − bz) r dr over the face = ½r²(P − bz) at the line + b∫½r²dz along the face.
    """
    r, z, phi = end[:3]
    face = side.under(piece, u)[0] / length**3
    return 0.5 * r * r * (pressure - b * z) + b * face - r * math.sin(phi)


def _compare(verdict, found, exact, reported) -> None:
    """True errors of all values; those beyond their estimates are failures."""
    length, tension, _ = _units(found)
    sizes = {
        "area_m2": length**2,
        "pressure_Pa": tension / length,
        "energy_J": tension * length**2,
        "joint_force_N": tension * length,
    }
    for name, value in found.values.items():
        size = max(abs(exact[name]), sizes.get(name, 57.3 if "deg" in name else length))
        error = value - exact[name]
        if "deg" in name:
            error = math.remainder(error, 360.0)
        error, estimate = abs(error) / size, found.errors[name] / size
        verdict.errors[name] = (error, estimate)
        if error > estimate + ROUND_OFF + verdict.missed:
            verdict.failures.append(f"{name} is off by {error:.2e}, estimate {estimate:.2e}")
        if error > 1e-9:
            verdict.failures.append(f"{name} is off by {error:.2e}, more than 1e-9")
        if name in reported and reported[name] != value:
            verdict.failures.append(f"{name} is reported as {reported[name]}, solved as {value}")


def _lines(verdict, found, sides, exact) -> None:
    """Young's angle where free, Gibbs' bounds where pinned; on the piece."""
    for line, side, u in zip(found.lines, sides, (exact["u"], exact.get("u1")), strict=False):
        low, high = side.bounds(line.station.piece, line.station.u, line.state)
        angle = math.radians(exact[f"{line.end}.angle_deg"])
        off = min(
            max(low - turned, turned - high)
            for turned in (angle, angle + 2.0 * math.pi, angle - 2.0 * math.pi)
        )
        if off > SLACK:
            verdict.failures.append(
                f"{line.end} angle {math.degrees(angle):.6f} outside "
                f"{math.degrees(low):.6f} … {math.degrees(high):.6f} ({line.state})"
            )
        if not -1e-9 <= u <= 1.0 + 1e-9:
            verdict.failures.append(f"{line.end} line is off its piece: u = {u:.9f}")
        if not math.isclose(low, line.admissible[0], abs_tol=1e-9):
            verdict.failures.append(f"{line.end} bound {line.admissible[0]} is not {low}")


def _balance(verdict, found, sides, reported) -> None:
    """Vertical forces on the liquid over the outer line's plane, from reported numbers alone."""
    length, tension, _ = _units(found)
    drop, v = found.drop, found.values
    if len(sides) == 2 and sides[1].kind == "inner":
        return  # a ring's inner side takes part of the force: shooting has judged it
    line = found.lines[0]
    r, z = v["outer.r_m"], v["outer.z_m"]
    rise = math.radians(v["outer.angle_deg"]) - sides[0].place(*line.station)[2]
    weight = drop.density * drop.gravity
    above = drop.volume - 2.0 * math.pi * sides[0].under(*line.station)[0]
    up = math.pi * r**2 * (v["pressure_Pa"] - weight * z)
    up += -2.0 * math.pi * r * tension * math.sin(rise) - weight * above
    up -= v.get("joint_force_N", 0.0)
    size = tension * length
    if abs(up) > 1e-8 * max(size, abs(v["pressure_Pa"]) * math.pi * r**2):
        verdict.failures.append(f"vertical forces miss by {up / size:.2e} σL")


def _penetration(verdict, found, sides, path: Path, kind, exact, length) -> None:
    """The shot curve against the solid's cross section, itself and the axis."""
    curve = path.polyline()
    if kind == "drop":
        curve = np.vstack([[0.0, 0.0], curve])
        curve[:, 1] = exact["apex_z_m"] / length - curve[:, 1]
    curve = curve * length
    if not shapely.LineString(curve).is_simple:
        verdict.failures.append("the surface crosses itself")
    for number, side in enumerate(sides):
        moved = curve
        if kind == "joint" and number == 1:
            moved = curve - (0.0, exact["top.z_m"] - side.place(
                found.lines[1].station.piece, exact["u1"])[1])  # fmt: skip
        if kind == "ring" and number == 1:
            continue  # the same solid
        deep = side.depth(moved)
        if deep > CHORD * length:
            verdict.failures.append(f"the surface lies {deep / length:.1e} L deep in solid")


def _stability(verdict, found, sides, path, exact, b, kind) -> None:
    """Lowest eigenvalues of the second variation on the shot, by a Ritz basis in arc length."""
    from bumpform.surface.drop.stability import analyse

    stability = analyse(found.surface)
    values = lowest(path, found, sides, exact, b, apex=kind == "drop")
    for mode, value in values.items():
        reported = stability.lowest[mode]
        verdict.eigenvalues[str(mode)] = (reported, value)
        apart = abs(reported - value)
        if apart > 1e-5 * max(1.0, abs(value)):
            verdict.failures.append(
                f"eigenvalue of m = {mode} is reported as {reported:.6g}, found {value:.6g}"
            )
        neutral = abs(value) < 1e-5
        if stability.stable and value < 0.0 and not neutral:
            verdict.failures.append(f"m = {mode} lowers the energy: {value:.3g}")
    if exact.get("yield", -1.0) > 0.0:
        verdict.failures.append("the floating body is in unstable balance")
