"""A second way to the equilibrium of a drop with one line: held shots along the whole profile.

With the line held at many places of the profile, shooting gives the liquid's angle θ there, and so
the outward force r (cosθ_Young − cosθ). From the deposit's first touch the line walks downhill:
outwards where the force is positive, until it changes sign (a line that slides), a vertex holds it
(Gibbs), or the profile ends. Where the surface at rest would enter solid, the walk goes on from
there. Coarse on purpose (1e-8): it decides which equilibrium there is, not its digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shots import ShotError, from_apex, newton
from sides import Side

COARSE = 1e-9
GRID = 14


@dataclass(frozen=True)
class Outcome:
    """Where the walk ends.

    Attributes
    ----------
    kind : str
        "rest", "off_model", "dewets", "opens" (the surface would enter what it covers), "itself"
        (it would cross itself or the axis), "lost" (no shot found where one was needed).
    piece : int
    u : float
    state : str
    top : float, m
        Highest point of the liquid at rest.
    """

    kind: str
    piece: int = -1
    u: float = math.nan
    state: str = ""
    top: float = math.nan


class Walk:
    """Held shots of one drop on one profile."""

    def __init__(self, side: Side, volume: float, bond: float) -> None:
        self.side, self.length, self.b = side, volume ** (1.0 / 3.0), bond
        self._shots: dict[tuple[int, float], tuple[float, float] | None] = {}
        self._grids: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def shot(self, piece: int, u: float, near: tuple[float, float] | None = None):
        """Apex pressure and arc length with the line held, and ψ at the line; None if none."""
        key = (piece, u)
        if key in self._shots:
            return self._shots[key]
        r, _, _ = self.side.place(piece, u)
        r /= self.length
        free = 0.5 / math.pi - self.side.under(piece, u)[0] / self.length**3
        found = None
        if r > 2e-3:
            height = 2.0 * r * math.sinh(math.asinh(6.0 * free / r**3) / 3.0)
            psi = 2.0 * math.atan2(height, r)
            cap = (4.0 * height / (r * r + height * height), r * psi / math.sin(psi)) if (
                abs(math.sin(psi)) > 1e-9) else (0.0, r)  # fmt: skip
            for start, steps in ((cap, 1), (near, 1), (cap, 6)):
                if start is None or found is not None:
                    continue
                found = self._solve(r, free, start, steps)
        self._shots[key] = found
        return found

    def _solve(self, r: float, free: float, start, steps: int):
        x = np.array(start)
        try:
            for n in range(1, steps + 1):
                b = self.b * n / steps

                def miss(x, b=b):
                    path = from_apex(float(x[0]), b, float(x[1]), rtol=COARSE)
                    end, by_p = path.end[:, 0].real, path.end[:, 0].imag / 1e-40
                    f = np.array([end[0] - r, end[3] - free])
                    j = np.array([[by_p[0], path.slope[0]], [by_p[3], path.slope[3]]])
                    return f, j, end[2]

                x, psi, _ = newton(miss, x, tolerance=1e-7)
        except (ShotError, ValueError, OverflowError):
            return None
        return float(x[0]), float(x[1]), float(psi)

    def force(self, piece: int, u: float, near=None) -> float:
        """Outward force at a place, against its own piece; NaN where there is no shot."""
        r, _, tau = self.side.place(piece, u)
        if r < 1e-9 * self.length:
            return 0.0
        found = self.shot(piece, u, near)
        if found is None:
            return math.nan
        return r / self.length * _advance(found[2] + tau, self.side.angles[piece])

    def grid(self, piece: int) -> tuple[np.ndarray, np.ndarray]:
        """Places and forces along a piece; each shot starts from its neighbour's."""
        if piece in self._grids:
            return self._grids[piece]
        edge = self.side.profile.pieces[piece]
        long = edge.length() / self.length
        count = GRID if long < 2.0 else 2 * GRID
        y = np.linspace(0.0, 1.0, count + 1)
        stretch = math.log1p(long / 2.0)
        u = np.expm1(stretch * y) / math.expm1(stretch) if stretch > 0.3 else y
        u[-1] = 1.0
        if self.side.place(piece, 0.0)[0] < 1e-9 * self.length:
            u[0] = min(0.5, 2.5e-3 / long)
        f = np.full(len(u), math.nan)
        for order in (range(len(u) - 1, -1, -1), range(len(u))):
            near = None
            for i in order:
                if math.isnan(f[i]):
                    self._shots.pop((piece, float(u[i])), None)
                    f[i] = self.force(piece, float(u[i]), near)
                found = self._shots.get((piece, float(u[i])))
                near = found[:2] if found else near
        self._grids[piece] = u, f
        return u, f

    def root(self, piece: int, low: float, high: float) -> float:
        """Place between two where the force changes its sign, by bisection."""
        rising = self.force(piece, low) < 0.0
        for _ in range(24):
            middle = 0.5 * (low + high)
            f = self.force(piece, middle)
            if math.isnan(f):
                break
            if (f < 0.0) == rising:
                low = middle
            else:
                high = middle
        return 0.5 * (low + high)

    def walk(self, piece: int, u: float) -> Outcome:
        """From the first touch to rest."""
        direction = 0
        for _ in range(12):
            out = self._to_rest(piece, u, direction)
            if out.kind != "rest":
                return out
            met = self._touched(out)
            if met is None:
                return out
            if isinstance(met, str):
                return Outcome(met, out.piece, out.u, out.state)
            (piece, u), direction = met, 0
        return Outcome("lost")

    def rests(self, last: int) -> Iterator[Outcome]:
        """Every place up to the end of a piece at which the line is held from both sides."""
        for piece in range(last + 1):
            grid, f = self.grid(piece)
            for i, k in pairwise(range(len(f))):
                if f[i] > 0.0 > f[k]:
                    place = self.root(piece, float(grid[i]), float(grid[k]))
                    yield self._rest(piece, place, "free")
            if piece < last and f[-1] >= 0.0 >= self.grid(piece + 1)[1][0]:
                yield self._rest(piece, 1.0, "pinned")

    def back_from(self, piece: int) -> Outcome | None:
        """Where the line comes to inwards of a piece's end; None where it is driven outwards."""
        inside = self.grid(piece)[1][-1]
        if inside >= 0.0:
            return None
        return Outcome("lost") if math.isnan(inside) else self._to_rest(piece, 1.0 - 1e-9, -1)

    def stays_out(self, rest: Outcome) -> bool:
        """Whether the surface at rest enters neither solid nor itself."""
        return rest.kind == "rest" and self._touched(rest) is None

    def _to_rest(self, piece: int, u: float, direction: int) -> Outcome:
        last = len(self.side.profile) - 1
        for _ in range(3 * (last + 2)):
            if u >= 1.0 and piece < last:
                inside, outside = self.grid(piece)[1][-1], self.grid(piece + 1)[1][0]
                if math.isnan(inside) or math.isnan(outside):
                    return Outcome("lost", piece, u)
                if inside == 0.0 == outside:
                    return Outcome("dewets", piece, u)
                stops = direction == 0 or (direction > 0) != (outside > 0.0)
                if direction < 0:
                    stops = inside >= 0.0
                if stops and inside >= 0.0 >= outside:
                    return self._rest(piece, 1.0, "pinned")
                if direction == 0 or stops:
                    direction = 1 if outside > max(0.0, -inside) else -1
                if direction > 0:
                    piece, u = piece + 1, 0.0
            grid, f = self.grid(piece)
            if direction == 0:
                here = self.force(piece, max(u, float(grid[0])))
                if math.isnan(here):
                    return Outcome("lost", piece, u)
                direction = 1 if here >= 0.0 else -1
            pairs = list(zip(range(len(f) - 1), range(1, len(f)), strict=True))
            if direction < 0:
                pairs.reverse()
            for i, k in pairs:
                ahead = grid[k] > u if direction > 0 else grid[i] < u
                if not ahead:
                    continue
                if math.isnan(f[i]) or math.isnan(f[k]):
                    return Outcome("lost", piece, float(grid[i]))
                if f[i] > 0.0 > f[k]:
                    return self._rest(piece, self.root(piece, float(grid[i]), float(grid[k])),
                                      "free")  # fmt: skip
            if direction > 0:
                if piece == last:
                    return Outcome("off_model", piece, 1.0)
                u = 1.0
            else:
                if piece == 0:
                    return Outcome("dewets", 0, 0.0)
                piece, u = piece - 1, 1.0
        return Outcome("lost", piece, u)

    def curve(self, piece: int, u: float) -> np.ndarray:
        """The surface at a place, from its apex to its line, m."""
        p, s, _ = self.shot(piece, u)
        path = from_apex(p, self.b, s, rtol=COARSE)
        points = np.vstack([[0.0, 0.0], path.polyline(12)])
        height = self.side.place(piece, u)[1] / self.length + points[-1, 1]
        points[:, 1] = height - points[:, 1]
        return points * self.length

    def _rest(self, piece: int, u: float, state: str) -> Outcome:
        if self.shot(piece, u) is None:
            return Outcome("lost", piece, u)
        return Outcome("rest", piece, u, state, float(self.curve(piece, u)[:, 1].max()))

    def _touched(self, out: Outcome):
        """Where the surface meets solid further out; "opens" or "itself"; None: nowhere."""
        curve = self.curve(out.piece, out.u)
        if not shapely.LineString(curve).is_simple:
            return "itself"
        if self.side.depth(curve) < 3e-5 * self.length:
            return None
        surface = shapely.LineString(curve[::-1])
        inside = shapely.intersection(surface, self.side.body)
        points = shapely.get_coordinates(inside)
        edges = self.side.profile
        stations = [tuple(edges.locate(point)) for point in points]
        here = (out.piece, out.u)
        slack = 1e-3
        beyond = [s for s in stations if (s[0] + s[1]) > (here[0] + here[1]) + slack]
        if beyond:
            along = [surface.project(shapely.Point(edges.pieces[p].point(u))) for p, u in beyond]
            return beyond[int(np.argmin(along))]
        return "opens"


def _advance(angle: float, young: float) -> float:
    """Outward force by the angle; beyond 180° and below 0° the solid itself pushes."""
    inside = min(max(angle, 0.0), math.pi)
    return math.cos(young) - math.cos(inside) + (angle - inside)
