"""Force on a contact line, over all the solid that it could stand on.

With the line held at a place s of the profile and the liquid in equilibrium otherwise,
the energy falls outwards with the force

    f(s) = −dE/ds = r (cosθ_Young − cosθ(s)),      scaled by 2πσL,

θ(s) measured through the liquid. Where f changes from + to − along a piece, a line that
slides is in stable equilibrium; an edge of the solid holds it where f ≥ 0 on the piece
inside and f ≤ 0 on the piece outside, which is Gibbs' condition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.errors import ConvergenceError
from bumpform.geometry.chebyshev import DENSER, changes, dense, grid_points, open_intervals
from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Profile, Station
from bumpform.geometry.roots import find_root
from bumpform.kernel.native import doubles, library
from bumpform.quick import cached_property, quick, replace
from bumpform.surface.drop.contact import NECK, Solid, advance
from bumpform.surface.drop.contact_line import ContactLine
from bumpform.surface.drop.corner import Corner, unfilled_corners
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.newton import Surface, solve
from bumpform.surface.drop.reference_element import reference_mesh
from bumpform.surface.drop.sampling import ELEMENTS, MAX_STEPS, STEP_TOLERANCE, caps, from_cap

#: First number of intervals of the Chebyshev grid on a piece, doubled until f is resolved.
FIRST_GRID, LAST_GRID = 8, 64
#: A piece's force is resolved when its last coefficients are below this fraction of the largest.
RESOLVED = 2e-3
#: How many times the last quarter of its coefficients a piece's polynomial may be off by.
TAIL = 2.0
#: How many times samples are put closer about roots that the polynomial does not tell.
CLOSER = 2
#: A place this near to a sampled root, relative to the drop's length, may be on either side of it.
NEXT_TO = 5e-2
#: Length of a surface's pull, 1 but for the discretisation error, from which on it tells nothing.
TOLD = 2.0
#: Below this Bond number a hanging drop may have two shapes, and each sample is checked.
HANGING = -0.1


@quick
@dataclass(frozen=True)
class Rest:
    """A place where the contact line can rest.

    Attributes
    ----------
    station : Station
    state : "free" or "pinned"
    stable : bool
        Whether the energy rises to both sides along the profile.
    """

    station: Station
    state: str
    stable: bool


class Grid(NamedTuple):
    """Samples of the force on one piece, by fractions of it.

    Attributes
    ----------
    u, f : ndarray, shape (samples,)
    fine_u, fine_f : ndarray
        From where roots are read: of the polynomial through the samples, where it is good, since
        two roots may be close; else the samples.
    """

    u: Array
    f: Array
    fine_u: Array
    fine_f: Array


class Held(NamedTuple):
    """Surfaces whose lines are held, as they came to rest.

    Attributes
    ----------
    x : ndarray, shape (places, count, 2)
    pressure : ndarray, shape (places,)
    converged : list of int, length places
        Those that have not are 0.
    """

    x: Array
    pressure: Array
    converged: list[int]


class LineForce:
    """Sampled contact-line force of one drop on one profile.

    Parameters
    ----------
    profile : Profile
    angles : tuple of float, rad
        Young's contact angle on each piece, through the liquid.
    drop : Drop
    """

    def __init__(self, profile: Profile, angles: tuple[float, ...], drop: Drop) -> None:
        self.profile = profile
        self.angles = angles
        self.drop = drop
        self.solid = Solid(profile, angles)
        self._surfaces: dict[Station, Surface | None] = {}
        self._grids: dict[int, Grid] = {}
        self._first_grids: list[tuple[Array, Array]] = []

    @cached_property
    def corner(self) -> Corner | None:
        """The first corner outwards that the liquid does not fill: no cap's line lies beyond."""
        return next(unfilled_corners(self.profile, self.angles, 0, len(self.profile) - 1), None)

    @cached_property
    def last(self) -> int:
        """The last piece that a cap's line may lie on."""
        return self.corner.number if self.corner else len(self.profile) - 1

    def line(self, station: Station, *, free: bool) -> ContactLine:
        """Contact line at a station."""
        return self.solid.line(station, free=free, scale=self.drop.length)

    def guess(self, station: Station, *, free: bool, elements: int) -> Surface:
        """Spherical cap to start a solve from: exact without gravity."""
        line, volume, bond = self.line(station, free=free), self.drop.scaled_volume, self.drop.bond
        above = np.array([volume - line.solid[0]])
        x, pressure = caps(reference_mesh(elements), np.array([line.place]), above, bond)
        return Surface(x[0], line, None, bond, float(pressure[0]), volume)

    def surface(self, station: Station) -> Surface | None:
        """Coarse equilibrium with the line held at a station; None where there is none."""
        if station.u == 1.0 and station.piece + 1 < len(self.profile):
            station = Station(station.piece + 1, 0.0)
        if station not in self._surfaces:
            try:
                guess = self.guess(station, free=False, elements=ELEMENTS)
                found = from_cap(guess, tolerance=1e-3, finest=0.25)
            except ConvergenceError:
                found = None
            self._surfaces[station] = found
        return self._surfaces[station]

    def force(self, station: Station) -> float:
        """Outward force on the line against the station's own piece; NaN where undefined."""
        if self.profile.point(station)[0] < 1e-9 * self.drop.length:
            return 0.0  # vanishes with the radius: a ball that hangs from a point
        surface = self.surface(station)
        if surface is None or not math.hypot(*surface.pull()) < TOLD:
            return math.nan
        angle = self.solid.angle(surface, station)
        return _weight(float(surface.x[0, 0])) * advance(angle, self.angles[station.piece])

    def forces(self, piece: int, fractions: Array) -> Array:
        """Outward forces at several places of one piece, NaN where undefined."""
        return self._forces([(piece, fractions)])[0]

    def _forces(self, places: Sequence[tuple[int, Array]]) -> list[Array]:
        """The same of several pieces, all at once."""
        if self.drop.bond < HANGING:
            return [
                np.array([self.force(Station(piece, float(u))) for u in fractions])
                for piece, fractions in places
            ]
        numbers = [piece for piece, _ in places]
        sizes = [len(fractions) for _, fractions in places]
        u = np.concatenate([fractions for _, fractions in places])
        mesh, count = reference_mesh(ELEMENTS), len(u)
        x, pressure, force = np.empty((count, mesh.count, 2)), np.empty(count), np.empty(count)
        ffi, compiled = library()
        converged = ffi.new("int[]", count)
        if not compiled.line_forces(
            *mesh.given,
            len(numbers),
            ffi.new("edge *[]", [self.profile.pieces[i].table for i in numbers]),
            sizes,
            [self._below[i] for i in numbers],
            [self.angles[i] for i in numbers],
            [self.solid.headings[i] for i in numbers],
            self.drop.length,
            NECK,
            self.drop.scaled_volume,
            self.drop.bond,
            STEP_TOLERANCE,
            MAX_STEPS,
            doubles(u),
            doubles(x),
            doubles(pressure),
            doubles(force),
            converged,
        ):
            raise MemoryError
        found, end, held = [], 0, ffi.unpack(converged, count)
        for (piece, fractions), size in zip(places, sizes, strict=True):
            part = slice(end, end := end + size)
            forces = force[part]
            if 0 in held[part] and np.isnan(forces).any():
                self._walk(piece, fractions, forces, Held(x[part], pressure[part], held[part]))
            found.append(forces)
        return found

    @cached_property
    def _below(self) -> list[float]:
        """∫½r²dz from the axis to the start of each piece, m³."""
        below: list[float] = self.profile.cumulative[:, 0].tolist()
        return below

    def _walk(self, piece: int, fractions: Array, force: Array, held: Held) -> None:
        """Fill in missing forces from the nearest surface that was found, outwards from it."""
        for direction in (1, -1):
            near: Surface | None = None
            for i in range(len(force))[::direction]:
                station = Station(piece, float(fractions[i]))
                line = self.line(station, free=False)
                if not math.isnan(force[i]):
                    p = float(held.pressure[i])
                    if held.converged[i]:
                        volume, bond = self.drop.scaled_volume, self.drop.bond
                        near = Surface(held.x[i], line, None, bond, p, volume)
                elif near is not None:
                    try:
                        near = solve(replace(near, start=line), tolerance=1e-3)
                    except ConvergenceError:
                        near = None
                        continue
                    self._surfaces[station] = near
                    force[i] = self.force(station)

    def neck(self, piece: int) -> float:
        """Smallest fraction of a piece at which the line is followed (above 0 at the axis)."""
        return self.solid.neck(piece, self.drop.length)

    def places(self, piece: int, x: Array) -> Array:
        """Fractions of a piece for coordinates x in [−1, 1] of its grid, the last of which is 1.

        Closer towards the inner end of a piece that is long beside the drop, where the
        force varies.
        """
        u = np.empty(len(x))
        library()[1].spread_out(len(x), doubles(x), *self._spacing(piece), doubles(u))
        return u

    def _spacing(self, piece: int) -> tuple[float, float]:
        """Least fraction of a piece, and how much closer places are there (0: not at all)."""
        stretch = math.log1p(self.profile.pieces[piece].length() / (2.0 * self.drop.length))
        return self.neck(piece), stretch if stretch > 0.5 else 0.0

    def next_to(self, piece: int) -> float:
        """``NEXT_TO`` as a fraction of a piece."""
        return NEXT_TO * self.drop.length / self.profile.pieces[piece].length()

    def grid(self, piece: int) -> Grid:
        """Samples on a Chebyshev grid fine enough for the piece, and more.

        More where its polynomial leaves a root in doubt, or where there is no polynomial because
        a force is undefined.
        """
        if piece not in self._grids:
            count, (_, compiled) = FIRST_GRID, library()
            u, f = self._first_grid(piece)
            while (told := _resolution(f)) != compiled.RESOLVED and count < LAST_GRID:
                if told == compiled.UNDEFINED and count >= 2 * FIRST_GRID:
                    break
                count *= 2
                coarse = f  # the coarse points are every other one
                u = self.places(piece, grid_points(count))
                f = np.empty(count + 1)
                f[0::2] = coarse
                f[1::2] = self.forces(piece, u[1::2])
            self._grids[piece] = self._refined(piece, u, f)
        return self._grids[piece]

    def _first_grid(self, piece: int) -> tuple[Array, Array]:
        """Places and forces of the first grid of a piece, sampled with those of all others."""
        x = grid_points(FIRST_GRID)
        if self.drop.bond < HANGING:  # one by one: only what is asked for
            u = self.places(piece, x)
            return u, self.forces(piece, u)
        if not self._first_grids:
            places = [(i, self.places(i, x)) for i in range(len(self.profile))]
            self._first_grids = list(zip((u for _, u in places), self._forces(places), strict=True))
        return self._first_grids[piece]

    def _refined(self, piece: int, u: Array, f: Array) -> Grid:
        """With closer samples about roots that the grid's polynomial does not tell."""
        _, compiled = library()
        if _resolution(f) == compiled.UNDEFINED:
            doubtful = open_intervals(f)
        else:
            polynomial = dense(len(f) - 1)
            fine_u, fine_f = np.empty((2, len(polynomial.places)))
            if compiled.tells(
                len(f),
                len(fine_u),
                doubles(polynomial.coefficients),
                doubles(polynomial.matrix),
                doubles(polynomial.places),
                *self._spacing(piece),
                TAIL,
                self.next_to(piece),
                doubles(f),
                doubles(fine_u),
                doubles(fine_f),
            ):
                return Grid(u, f, fine_u, fine_f)
            doubtful = np.union1d(changes(f), changes(fine_f) // DENSER)
        for _ in range(CLOSER):
            if doubtful.size:
                u, f = self._closer(piece, u, f, doubtful)
                doubtful = open_intervals(f)
        return Grid(u, f, u, f)

    def _closer(
        self, piece: int, u: Array, f: Array, intervals: NDArray[np.intp]
    ) -> tuple[Array, Array]:
        """With seven more samples in some of the intervals."""
        between = np.linspace(u[intervals], u[intervals + 1], 9)[1:-1].T.ravel()
        place = np.repeat(intervals + 1, 7)
        return np.insert(u, place, between), np.insert(f, place, self.forces(piece, between))

    def roots(self, piece: int) -> list[tuple[float, bool]]:
        """Fractions where the force vanishes inside a piece, with their stability."""
        *_, u, f = self.grid(piece)
        change = changes(f)
        if not change.size:
            return []
        at = u[change] + (u[change + 1] - u[change]) * f[change] / (f[change] - f[change + 1])
        return [(float(x), bool(f[i] > 0.0)) for x, i in zip(at, change, strict=True)]

    def root_near(self, station: Station) -> float:
        """The root next to a sampled one, by bisection on held surfaces.

        Raises
        ------
        ConvergenceError
            If the line cannot be held at a place on the way.
        """
        u = self.grid(station.piece).u
        k = int(np.clip(np.searchsorted(u, station.u), 1, len(u) - 1))
        low, high = float(u[k - 1]), float(u[k])

        def force(x: float) -> float:
            value = self.force(Station(station.piece, x))
            if math.isnan(value):
                raise ConvergenceError("the contact line cannot be held", 0, math.inf, "its root")
            return value

        ends = [self.force(Station(station.piece, x)) for x in (low, high)]
        if not ends[0] * ends[1] < 0.0:
            return station.u
        return find_root(force, low, high, tolerance=1e-6)

    def vertex(self, number: int) -> tuple[float, float]:
        """Forces against the pieces inside and outside of a vertex (after piece ``number``)."""
        # the ends of a piece are places of its first grid, too
        inside = float(self._first_grid(number)[1][-1])
        outside = float(self._first_grid(number + 1)[1][0])
        if math.isnan(inside) or math.isnan(outside):  # too coarse a surface: near to a fold
            here, beyond = Station(number, 1.0), Station(number + 1, 0.0)
            guess = self.guess(here, free=False, elements=4 * ELEMENTS)
            try:
                self._surfaces[beyond] = from_cap(guess, tolerance=1e-3)
            except ConvergenceError:
                return inside, outside
            return self.force(here), self.force(beyond)
        return inside, outside

    def rests(self) -> list[Rest]:
        """Every place of the profile where the line is in equilibrium, axis outwards."""
        found: list[Rest] = []
        for piece in range(self.last + 1):
            found += [Rest(Station(piece, u), "free", s) for u, s in self.roots(piece)]
            if piece < self.last:
                inside, outside = self.vertex(piece)
                if inside > 0.0 > outside:
                    found.append(Rest(Station(piece, 1.0), "pinned", True))
        return found


def _resolution(f: Array) -> int:
    """Whether forces on a grid are defined, and its polynomial resolves them: see the kernel."""
    coefficients = doubles(dense(len(f) - 1).coefficients)
    found: int = library()[1].resolution(len(f), coefficients, RESOLVED, doubles(f))
    return found


def _weight[T: (float, Array)](radius: T) -> T:
    """What a force per length is multiplied with: zero on the axis, level far from it.

    So that the far end of a long plane does not drown what goes on near the drop.
    """
    return radius / (1.0 + radius)
