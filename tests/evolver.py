"""Independent liquid surfaces by Surface Evolver: writes its decks, runs it, reads what it found.

A deck is the meridian in the (r, z) plane, Evolver's string model with x = r and y = z, in the
caller's unit of length and with σ = 1:

    energy   ∫ 2πr ds + ∫ πB r²z dz + the ends' energies,      B = ρg/σ,
    volume   ∫ πr² dz + the ends' volumes, a fixed quantity,

so that the volume's multiplier is the pressure at z = 0 over σ. An end of the meridian is a vertex:
fixed, or on a constraint that is the solid's profile. What the solid side adds to energy and volume
depends on the place of that vertex alone; for planes, cylinders and spheres it is a polynomial.
A load on a flat upper body is a vertex that may rise and sink, with the energy load·z.

Edges are Lagrange elements, whose order is raised step by step, each with Evolver's own Newton
method (``hessian``); on a rough guess Newton's method runs away, so that straight edges go downhill
first. Nothing here knows of bumpform. Surface Evolver: K. A. Brakke, Experimental Mathematics 1
(1992) 141-165; Debian's package ``evolver``.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.polynomial import Polynomial
from scipy.optimize import brentq

PROGRAM = shutil.which("evolver")
#: A step of no length, for the pressure that ``hessian`` asks for; and downhill from there.
STILL = "m 0; g;"
DOWNHILL = f"{STILL} optimize on; g 40;"
#: Edges of the first run.
COARSE = 4
#: Orders of the elements, and Newton's steps at each: sought downhill first, then plain.
RAISE = (
    "lagrange 2; {hessian_seek} 4; {hessian} 2; lagrange 4; {hessian} 2; lagrange 8; {hessian} 4;"
)
#: Two successive energies, and the volume, have to agree to this.
AT_REST = 1e-12


def _zero() -> Polynomial:
    return Polynomial([0.0])


class EvolverError(Exception):
    """Evolver has not come to rest, or has answered with something else than numbers."""


@dataclass(frozen=True)
class End:
    """An end of the meridian.

    ``start`` is its (r, z) to begin with, ``on`` the equation in x and y of what it slides on
    (empty: fixed). ``energy`` and ``volume`` are the solid side's, polynomials in ``variable``.
    """

    start: tuple[float, float]
    on: str = ""
    energy: Polynomial = field(default_factory=_zero)
    volume: Polynomial = field(default_factory=_zero)
    variable: str = "y"

    def at_start(self, what: Polynomial) -> float:
        return float(what(self.start[0 if self.variable == "x" else 1]))

    def __add__(self, solid: Solid) -> End:
        """The same end on more solid, which lies between it and the axis."""
        return End(
            self.start,
            self.on,
            self.energy + solid.energy,
            self.volume + solid.volume,
            self.variable,
        )


@dataclass(frozen=True)
class Solid:
    """Energy and volume of what is wetted for good, and so does not change."""

    energy: float
    volume: float = 0.0


def apex() -> End:
    """End on the axis; its height is the first guess's."""
    return End((0.0, 0.0), "x = 0")


def edge(r: float, z: float) -> End:
    """Edge that holds a line."""
    return End((r, z))


def plane(height: float, angle: float, r: float) -> End:
    """Line on a horizontal plane, the liquid above or below it; it starts at r."""
    wetted = Polynomial([0.0, 0.0, math.pi])
    return End((r, height), f"y = {height!r}", -math.cos(angle) * wetted, _zero(), "x")


def wall(radius: float, angle: float, z: float, b: float) -> End:
    """Line on a cylinder that stands on z = 0, the liquid inside it; it starts at z."""
    area = math.pi * radius**2
    energy = Polynomial([0.0, -2.0 * math.pi * radius * math.cos(angle), 0.5 * b * area])
    return End((radius, z), f"x = {radius!r}", energy, Polynomial([0.0, area]))


def sphere(radius: float, centre: float, angle: float, polar: float, b: float) -> End:
    """Line on a core about (0, centre), the liquid over its top; it starts at a polar angle."""
    start = radius * math.sin(polar), centre + radius * math.cos(polar)
    on = f"x^2 + (y - ({centre!r}))^2 = {radius!r}^2"
    return End(start, on, *_over(radius, centre, angle, b))


def round_core(radius: float, centre: float, angle: float, polar: float, b: float) -> End:
    """As ``sphere``, the liquid being a ring below the line: what lies over it is left out."""
    line = sphere(radius, centre, angle, polar, b)
    return End(line.start, line.on, -line.energy, -line.volume)


def floating(radius: float, load: float, height: float) -> End:
    """Edge of a flat body that is pressed down with a load/σ; it starts at a height."""
    return End((radius, height), f"x = {radius!r}", Polynomial([0.0, load]))


def disc(radius: float, angle: float) -> Solid:
    return Solid(-math.cos(angle) * math.pi * radius**2)


def core(radius: float, centre: float, angle: float, b: float) -> Solid:
    """What of a core is above z = 0."""
    energy, volume = _over(radius, centre, angle, b)
    return Solid(float(energy(0.0)), float(volume(0.0)))


def _over(radius: float, centre: float, angle: float, b: float) -> tuple[Polynomial, Polynomial]:
    """Energy and volume (∫πr²dz, negative) of the solid from the top of a sphere down to y."""
    top = centre + radius
    slice_ = math.pi * Polynomial([radius**2 - centre**2, 2.0 * centre, -1.0])
    weight = b * (slice_ * Polynomial([0.0, 1.0])).integ(lbnd=top)
    wetted = 2.0 * math.pi * radius * Polynomial([top, -1.0])
    return weight - math.cos(angle) * wetted, slice_.integ(lbnd=top)


@dataclass(frozen=True)
class Deck:
    """A liquid of a volume between two ends: outer contact line first, then apex or other line."""

    first: End
    last: End
    volume: float
    b: float

    def guess(self, edges: int) -> np.ndarray:
        """Circular arc between the starts that holds the volume, shape (edges + 1, 2)."""
        free = self.volume - self.first.at_start(self.first.volume)
        free -= self.last.at_start(self.last.volume)
        t = np.linspace(0.0, 1.0, edges + 1)
        r, z = self.first.start
        if self.last.start[0] == 0.0:
            height = 2.0 * r * math.sinh(math.asinh(3.0 * free / (math.pi * r**3)) / 3.0)
            psi = 2.0 * math.atan2(height, r)
            at, bulge = psi * (1.0 - t), r / math.sin(psi)
            return np.stack([bulge * np.sin(at), z + bulge * (np.cos(at) - math.cos(psi))], axis=1)
        chord = np.subtract(self.last.start, self.first.start)
        out = np.array([chord[1], -chord[0]])

        def arc(half: float, t: np.ndarray) -> np.ndarray:
            at = half * (2.0 * t - 1.0)
            along = 0.5 * (1.0 + np.sin(at) / math.sin(half))
            aside = 0.5 * (np.cos(at) - math.cos(half)) / math.sin(half)
            return self.first.start + along[:, None] * chord + aside[:, None] * out

        def excess(half: float) -> float:
            x = arc(half, np.linspace(0.0, 1.0, 401))
            return 0.5 * math.pi * float((x[1:, 0] ** 2 + x[:-1, 0] ** 2) @ np.diff(x[:, 1])) - free

        # from nearly flat outwards, or inwards as long as the arc stays clear of the axis
        side = 1e-3 if excess(1e-3) < 0.0 else -1e-3
        far = side
        while excess(far) * side < 0.0:
            far *= 1.5
            if abs(far) > 3.0 or arc(far, t)[:, 0].min() <= 0.0:
                raise EvolverError("no circular arc holds the volume")
        return arc(brentq(excess, side, far) if far != side else side, t)

    def text(self, points: np.ndarray) -> str:
        """The datafile, with straight edges through points, shape (edges + 1, 2)."""
        lines = [
            "STRING",
            "space_dimension 2",
            "quantity free_area energy method edge_scalar_integral",
            "scalar_integrand: 2*pi*x",
            "quantity weight_energy energy method edge_vector_integral",
            f"vector_integrand: q1: 0 q2: {self.b!r}*pi*x^2*y",
            "method_instance free_side method edge_vector_integral",
            "vector_integrand: q1: 0 q2: pi*x^2",
        ]
        ends = (self.first, self.last)
        for i, end in enumerate(ends, 1):
            lines += [
                f"quantity energy_{i} energy method vertex_scalar_integral",
                f"scalar_integrand: {expression(end.energy, end.variable)}",
                f"method_instance solid_side_{i} method vertex_scalar_integral",
                f"scalar_integrand: {expression(end.volume, end.variable)}",
            ]
        sides = "method free_side method solid_side_1 method solid_side_2"
        lines.append(f"quantity liquid fixed = {self.volume!r} {sides}")
        for i, end in enumerate(ends, 1):
            if end.on:
                lines += [f"constraint {i}", f"formula: {end.on}"]
        edges = len(points) - 1
        lines.append("vertices")
        for number, (r, z) in enumerate(points, 1):
            place = f"{number} {float(r)!r} {float(z)!r}"
            if number in (1, edges + 1):
                i = 1 if number == 1 else 2
                place += f" energy_{i} solid_side_{i}"
                place += f" constraint {i}" if ends[i - 1].on else " fixed"
            lines.append(place)
        lines.append("edges")
        on = "free_area weight_energy free_side tension 0"
        lines += [f"{i} {i} {i + 1} {on}" for i in range(1, edges + 1)]
        return "\n".join([*lines, "read", "quiet on", "hessian_normal", ""])


def expression(polynomial: Polynomial, variable: str) -> str:
    """A polynomial, in Evolver's words."""
    powers = ["1", variable, *(f"{variable}^{k}" for k in range(2, len(polynomial.coef)))]
    terms = zip(polynomial.coef.tolist(), powers, strict=False)
    return " + ".join(f"({c!r})*{power}" for c, power in terms)


@dataclass(frozen=True)
class Found:
    """What Evolver says of a deck, in the deck's unit and over σ.

    ``nodes`` are those of the edges, shape (edges, order + 1, 2), evenly spaced in the edge's
    parameter; ``first`` and ``last`` the ends.
    """

    energy: float
    pressure: float
    nodes: np.ndarray

    @property
    def first(self) -> tuple[float, float]:
        return tuple(self.nodes[0, 0].tolist())

    @property
    def last(self) -> tuple[float, float]:
        return tuple(self.nodes[-1, -1].tolist())

    def evenly(self, edges: int) -> np.ndarray:
        """Points at equal distances along the curve, shape (edges + 1, 2)."""
        t = np.linspace(-1.0, 1.0, self.nodes.shape[1])
        fine = np.linspace(-1.0, 1.0, 200)
        pieces = [np.stack([_through(t, x)(fine) for x in edge.T], axis=1) for edge in self.nodes]
        curve = np.concatenate(pieces)
        length = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))))
        at = np.linspace(0.0, length[-1], edges + 1)
        points = np.stack([np.interp(at, length, x) for x in curve.T], axis=1)
        points[0], points[-1] = self.first, self.last
        return points

    @property
    def max_radius(self) -> float:
        """Largest r of the polynomials through the nodes."""
        t = np.linspace(-1.0, 1.0, self.nodes.shape[1])
        largest = float(self.nodes[:, :, 0].max())
        for edge in self.nodes[:, :, 0]:
            r = _through(t, edge)
            turns = (x.real for x in r.deriv().roots() if abs(x.imag) < 1e-6 and abs(x.real) < 1.0)
            largest = max([largest, *(float(r(x)) for x in turns)])
        return largest

    @property
    def values(self) -> dict[str, float]:
        (r0, z0), (r1, z1) = self.first, self.last
        return {
            "energy": self.energy,
            "pressure": self.pressure,
            "first r": r0,
            "first z": z0,
            "last r": r1,
            "last z": z1,
            "max r": self.max_radius,
        }


def _through(t: np.ndarray, x: np.ndarray) -> Polynomial:
    return Polynomial.fit(t, x, len(t) - 1)


def run(datafile: str, commands: str) -> str:
    """What Evolver prints when it reads a datafile, deck.fe, and then carries commands out.

    Raises
    ------
    EvolverError
        If it does not come to an end.
    """
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory() as name:
        deck, script = Path(name, "deck.fe"), Path(name, "deck.cmd")
        deck.write_text(datafile, "utf-8")
        script.write_text(commands + "\n", "utf-8")
        try:
            done = subprocess.run(
                [PROGRAM, f"-f{script.name}", deck.name],
                cwd=name,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=60.0,
                check=True,
            )
        except subprocess.SubprocessError as error:
            raise EvolverError(str(error)) from error
    return done.stdout


#: Prints energy, pressure and what is missing of the volume.
TELL = 'printf "state %.17g %.17g %.17g\\n", total_energy, liquid.pressure, '
TELL += "liquid.value - liquid.target;"
#: Prints the nodes of every edge.
NODES = "foreach edge ee do foreach ee.vertex vv do "
NODES += 'printf "node %d %.17g %.17g\\n", ee.id, vv.x, vv.y;'


def solve(deck: Deck, edges: int = 8) -> Found:
    """The deck's liquid at rest, on a number of edges of order 8.

    Few edges find the shape from the circular arc; more of them start from points of that shape.

    Raises
    ------
    EvolverError
        If the last Newton step still changes something.
    """
    rough = _solve(deck, deck.guess(COARSE), DOWNHILL)
    return _solve(deck, rough.evenly(edges), STILL)


def _solve(deck: Deck, points: np.ndarray, start: str) -> Found:
    printed = run(deck.text(points), f"{start} {RAISE} {TELL} hessian; {TELL} {NODES}")
    return read(printed, len(points) - 1)


def read(printed: str, edges: int) -> Found:
    """The answer in what Evolver has printed, where it was told to ``TELL`` it twice.

    Raises
    ------
    EvolverError
        If there is none, or if it has changed in between.
    """
    states, found = answer(printed, edges)
    if len(states) < 2:
        raise EvolverError(f"not told twice:\n{printed[-2000:]}")
    (before, *_), (energy, _, missing) = states[-2:]
    if not abs(energy - before) + abs(missing) < AT_REST * (1.0 + abs(energy)):
        raise EvolverError(f"not at rest: energy {before} then {energy}, volume off by {missing}")
    return found


def answer(printed: str, edges: int) -> tuple[list[list[float]], Found]:
    """Every state that has been told, and the last one with its nodes."""
    words = [line.split() for line in printed.splitlines()]
    states = [[float(x) for x in w[1:]] for w in words if w[:1] == ["state"]]
    nodes = np.array([[float(x) for x in w[2:]] for w in words if w[:1] == ["node"]])
    if not states or not len(nodes) or len(nodes) % edges or not np.isfinite(nodes).all():
        raise EvolverError(f"no answer in:\n{printed[-2000:]}")
    return states, Found(*states[-1][:2], nodes.reshape(edges, -1, 2))
