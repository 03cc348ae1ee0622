"""Energy and forces over the places of two contact lines, and where both can rest.

Each line is held on a grid of places along its profile, the edges of the solid among them. At
an edge a line has a force against the piece on either side. Where forces change sign between
places, or an edge holds against both its pieces (Gibbs), an equilibrium is near.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.geometry.curve import Array
from bumpform.geometry.interpolation import hermite
from bumpform.geometry.profile import Station
from bumpform.quick import cached_property
from bumpform.surface.drop.contact import Solid, advance, between_angle, bridge_angle
from bumpform.surface.drop.sampling import Relaxed
from bumpform.surface.joints.joint import Joint
from bumpform.surface.search.pairs import Load, hold_pairs

#: Spacing of places along a piece, relative to the drop's length; fewest and most on a piece.
SPACING, FEWEST, MOST = 0.12, 4, 20
#: Distance from the axis of the first place, relative to the drop's length, and places more
#: between it and the grid.
SMALLEST, HOLES = 0.01, 5
#: Places looked at between two sampled ones, by splines.
BETWEEN = 4
#: Slack in the sampled forces, relative to the radius: their accuracy.
SLACK = 2e-3


@dataclass(frozen=True, eq=False)
class Places:
    """Places of one line along its profile, outwards.

    Attributes
    ----------
    solid : Solid
    stations : tuple of Station
        An edge of the solid is there once, as the outer end of the piece inside of it.
    """

    solid: Solid
    stations: tuple[Station, ...]

    @classmethod
    def everywhere(cls, solid: Solid, scale: float) -> Places:
        """Every edge, and a grid on every piece."""
        stations = []
        for number, piece in enumerate(solid.profile):
            count = int(np.clip(math.ceil(piece.length() / (SPACING * scale)), FEWEST, MOST))
            # closer towards the inner end of a long piece, where the drop is
            stretch = max(1e-3, math.log1p(piece.length() / (2.0 * scale)) - 0.5)
            u = np.expm1(stretch * np.arange(1, count + 1) / count) / math.expm1(stretch)
            u[-1] = 1.0
            if number == 0:  # a small hole's force goes with the logarithm of its radius
                least = min(0.5 * u[0], SMALLEST * scale / piece.length())
                u = np.concatenate([np.geomspace(least, u[0], HOLES + 1)[:-1], u])
            stations += [Station(number, float(v)) for v in u]
        return cls(solid, tuple(stations))

    @classmethod
    def within(cls, solid: Solid, window: tuple[float, float], count: int) -> Places:
        """About so many places, and every edge, between two arc lengths from the axis, m."""
        low, high = window
        stations: list[Station] = []
        start = 0.0
        for number, piece in enumerate(solid.profile):
            length = piece.length()
            a, b = max(0.0, (low - start) / length), min(1.0, (high - start) / length)
            start += length
            if a >= b:
                continue
            steps = max(2, round(count * (b - a) * length / (high - low)))
            u = np.linspace(a, b, steps + 1)[1 if stations else 0 :]
            stations += [Station(number, float(v)) for v in u]
        return cls(solid, tuple(stations))

    @classmethod
    def beside(cls, solid: Solid, station: Station) -> Places:
        """A place, and on both sides of it the next edge and the next that can hold a line.

        Where there is no edge any more: the profile's end, or half of the way to the axis.
        """
        piece, u = station
        if u <= 0.0 < piece:
            piece, u = piece - 1, 1.0
        edges = [Station(i, 1.0) for i in range(len(solid.profile) - 1)]
        inwards = [edge for edge in reversed(edges) if edge < (piece, u)]
        outwards = [edge for edge in edges if edge > (piece, u)]
        around = {Station(piece, u)}
        for side, end in ((inwards, Station(0, 0.5 * u)), (outwards, solid.profile.end)):
            around |= set(side[:1] or [end])
            around |= set([edge for edge in side if _can_hold(solid, edge)][:1])
        return cls(solid, tuple(sorted(around)))

    def __len__(self) -> int:
        """Number of places."""
        return len(self.stations)

    @cached_property
    def inside(self) -> list[int]:
        """Number of the piece inside of each place."""
        return [station.piece for station in self.stations]

    @cached_property
    def outside(self) -> list[int]:
        """Number of the piece outside of each place: another one at an edge."""
        last = len(self.solid.profile) - 1
        return [s.piece + 1 if s.u == 1.0 and s.piece < last else s.piece for s in self.stations]

    @cached_property
    def edges(self) -> list[int]:
        """Which places are edges of the solid."""
        return [i for i, (a, b) in enumerate(zip(self.inside, self.outside, strict=True)) if a != b]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """First and last place of every piece that has two."""
        spans = []
        for number in range(len(self.solid.profile)):
            on = [
                i for i in range(len(self)) if self.inside[i] == number or self.outside[i] == number
            ]
            if len(on) > 1:
                spans.append((on[0], on[-1]))
        return spans

    @cached_property
    def arclengths(self) -> Array:
        """Length along the profile from the axis to each place, m."""
        profile = self.solid.profile
        return np.array([profile.arclength(profile.start, s) for s in self.stations])

    def at(self, place: float) -> Station:
        """The station at a place between two, by their numbers; on one piece."""
        i = min(int(place), len(self) - 2) if len(self) > 1 else 0
        share = place - i
        if share <= 0.0:
            return self.stations[i]
        if share >= 1.0:
            return self.stations[i + 1]
        piece, end = self.inside[i + 1], self.stations[i + 1].u
        start = self.stations[i].u if self.inside[i] == piece else 0.0
        return Station(piece, start + share * (end - start))


def _can_hold(solid: Solid, edge: Station) -> bool:
    """Whether Gibbs' condition allows any angle on an edge."""
    low, high = solid.gibbs_range(solid.vertex(edge), "pinned")
    return low < high


class Candidate(NamedTuple):
    """Where two lines may rest.

    Attributes
    ----------
    places : tuple of float
        Of both lines, by the numbers of sampled places.
    states : tuple of str
    """

    places: tuple[float, float]
    states: tuple[str, str]


@dataclass(frozen=True, eq=False)
class Chart:
    """Surfaces sampled with both lines held, on all pairs of places.

    Attributes
    ----------
    joint : Joint
    places : tuple of Places
        Of the first and of the last line.
    surfaces : Relaxed
        Of the pairs that can be, row by row.
    index : ndarray of int, shape (places, places)
        Which of the surfaces each pair has; −1 where there is none.
    energy : ndarray, shape (places, places)
        Energy/2πσL² with the body's load; NaN where there is no surface.
    forces : ndarray, shape (2, 2, places, places)
        Outward force on each line, against the piece inside and outside of its place.
    """

    joint: Joint
    places: tuple[Places, Places]
    surfaces: Relaxed
    index: NDArray[np.int64]
    energy: Array
    forces: Array

    def candidates(self) -> Iterator[Candidate]:
        """Every pair of places where both lines may rest, to the accuracy of the samples."""
        first, last = self.places
        for i, j in itertools.product(first.edges, last.edges):
            if self._edge_holds(0, i, j) and self._edge_holds(1, i, j):
                yield Candidate((i, j), ("pinned", "pinned"))
        for i in first.edges:
            for place in self._roots(1, i):
                if self._edge_holds(0, i, place):
                    yield Candidate((i, place), ("pinned", "free"))
        for j in last.edges:
            for place in self._roots(0, j):
                if self._edge_holds(1, place, j):
                    yield Candidate((place, j), ("free", "pinned"))
        for both in self._both_free():
            yield Candidate(both, ("free", "free"))

    def candidates_of_last(self, state: str) -> Iterator[Candidate]:
        """Where the last line may rest while the first is at its only place, in a state."""
        last = self.places[1]
        for j in last.edges:
            if self._edge_holds(1, 0, j):
                yield Candidate((0, j), (state, "pinned"))
        for place in self._roots(1, 0):
            yield Candidate((0, place), (state, "free"))

    def nearest(self, candidate: Candidate) -> tuple[int, int]:
        """Sampled pair next to a candidate."""
        best, gap = (0, 0), math.inf
        a, b = candidate.places
        rows, columns = ((math.floor(p), math.ceil(p)) for p in (a, b))
        for i, j in itertools.product(rows, columns):
            far = abs(i - a) + abs(j - b)
            if self.index[i, j] >= 0 and far < gap:
                best, gap = (i, j), far
        return best

    def _line(self, which: int, side: int, at: float) -> Array:
        """Force on a line over its own places, the other line at a place."""
        forces = self.forces[which, side]
        along = forces if which == 0 else forces.T
        low, high = math.floor(at), math.ceil(at)
        return np.asarray(along[:, low] + (at - low) * (along[:, high] - along[:, low]))

    def _edge_holds(self, which: int, i: float, j: float) -> bool:
        """Whether an edge holds a line against the pieces on both its sides."""
        mine, other = (int(i), j) if which == 0 else (int(j), i)
        inside, outside = (self._line(which, side, other)[mine] for side in (0, 1))
        place = self.places[which]
        slack = SLACK * place.solid.profile.point(place.stations[mine])[0] / self.joint.drop.length
        return bool(inside > -slack and outside < slack)

    def _roots(self, which: int, other: int) -> Iterator[float]:
        """Places where the force on a line vanishes inside a piece, the other line held."""
        inside, outside = (self._line(which, side, other) for side in (0, 1))
        for low, high in self.places[which].spans:
            force = inside[low : high + 1].copy()
            force[0] = outside[low] if low in self.places[which].edges else force[0]
            at = np.arange(low, high + 1.0)
            for a, b in _runs(np.isfinite(force)):
                x, f = _denser(at[a:b], force[a:b])
                for k in np.flatnonzero(f[:-1] * f[1:] < 0.0):
                    yield float(x[k] + (x[k + 1] - x[k]) * f[k] / (f[k] - f[k + 1]))

    def _both_free(self) -> Iterator[tuple[float, float]]:
        """Places where both forces vanish inside pieces, from flat patches of the grid."""
        for rows, columns in itertools.product(*(p.spans for p in self.places)):
            part = slice(rows[0], rows[1] + 1), slice(columns[0], columns[1] + 1)
            f = self.forces[0, 0][part].copy()
            g = self.forces[1, 0][part].copy()
            if rows[0] in self.places[0].edges:
                f[0] = self.forces[0, 1][rows[0], part[1]]
            if columns[0] in self.places[1].edges:
                g[:, 0] = self.forces[1, 1][part[0], columns[0]]
            x, y = np.arange(rows[0], rows[1] + 1.0), np.arange(columns[0], columns[1] + 1.0)
            if np.isfinite(f).all():
                both = np.stack([f, g], axis=-1)
                x, both = _denser(x, both)
                y, both = _denser(y, both.swapaxes(0, 1))
                f, g = both[..., 0].T, both[..., 1].T
            yield from _crossings(x, y, f, g)


def _runs(good: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First and past-the-last of every stretch of at least two good samples."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(int), [0]))))
    yield from ((int(a), int(b)) for a, b in edges.reshape(-1, 2) if b - a > 1)


def _denser(x: Array, values: Array) -> tuple[Array, Array]:
    """Values between samples, along the first axis, by cubics."""
    if len(x) < 4:
        return x, values
    dense = np.linspace(x[0], x[-1], BETWEEN * (len(x) - 1) + 1)
    return dense, hermite(x, values, np.gradient(values, x, axis=0, edge_order=2), dense)


def _crossings(x: Array, y: Array, f: Array, g: Array) -> Iterator[tuple[float, float]]:
    """Where f and g vanish together, by a plane through the corners of every cell of a grid."""
    corners = [(slice(a, len(x) - 1 + a), slice(b, len(y) - 1 + b)) for a in (0, 1) for b in (0, 1)]
    fs, gs = np.stack([f[c] for c in corners]), np.stack([g[c] for c in corners])
    with np.errstate(invalid="ignore"):
        mixed = (fs.min(axis=0) < 0.0) & (fs.max(axis=0) > 0.0)
        mixed &= (gs.min(axis=0) < 0.0) & (gs.max(axis=0) > 0.0)
    for i, j in np.argwhere(mixed).tolist():
        plane = [
            (c.mean(), 0.5 * (c[2] + c[3] - c[0] - c[1]), 0.5 * (c[1] + c[3] - c[0] - c[2]))
            for c in (fs[:, i, j], gs[:, i, j])
        ]
        (f0, fx, fy), (g0, gx, gy) = plane
        determinant = fx * gy - fy * gx
        if determinant == 0.0:
            continue
        u = 0.5 - (f0 * gy - g0 * fy) / determinant
        v = 0.5 - (g0 * fx - f0 * gx) / determinant
        if -0.1 <= u <= 1.1 and -0.1 <= v <= 1.1:  # the plane is not the force
            u, v = min(max(u, 0.0), 1.0), min(max(v, 0.0), 1.0)
            yield float(x[i] + u * (x[i + 1] - x[i])), float(y[j] + v * (y[j + 1] - y[j]))


def sample(
    joint: Joint, places: tuple[Places, Places], load: float | None = None, lift: float = 0.0
) -> Chart:
    """Hold both lines at every pair of places.

    Parameters
    ----------
    joint : Joint
    places : tuple of Places
        Of the first and of the last line.
    load : float or None
        Force/2πσL on an upper body that floats; None keeps its height.
    lift : float
        Scaled rise of the upper body, or a guess of it.
    """
    scale, bond = joint.drop.length, joint.drop.bond
    lines = [
        [axis.solid.line(s, free=False, scale=scale, lift=rise) for s in axis.stations]
        for axis, rise in zip(places, (0.0, lift), strict=True)
    ]
    points = [np.array([line.point() for line in each]) for each in lines]
    solid = [np.array([line.solid for line in each]) for each in lines]
    shape = len(places[0]), len(places[1])
    allowed = np.ones(shape, dtype=bool)
    if places[1].solid.is_inner:
        allowed = np.array([[b < a for b in places[1].stations] for a in places[0].stations])
    i, j = np.nonzero(allowed)
    index = np.full(shape, -1)
    index[i, j] = np.arange(len(i))
    volumes = joint.drop.scaled_volume - solid[0][i, 0] - solid[1][j, 0]
    loaded = None if load is None else Load(load, solid[1][j, 0])
    held, free = hold_pairs(points[0][i], points[1][j], volumes, bond, loaded)
    index[i, j] = np.where(held.converged, index[i, j], -1)
    energy = np.full(shape, math.nan)
    energy[i, j] = free + sum(
        bond * part[k, 1] - part[k, 2] for part, k in zip(solid, (i, j), strict=True)
    )
    if load is not None:
        energy[i, j] += held.lift * bond * solid[1][j, 0] + load * (lift + held.lift)
    forces = np.full((2, 2, *shape), math.nan)
    chord = held.x[:, -1] - held.x[:, 0]
    for which, at in enumerate((i, j)):
        radius = points[which][at, 0]
        for side, pieces in enumerate((places[which].inside, places[which].outside)):
            forces[which, side][i, j] = radius * _advances(
                places[which],
                np.array(pieces)[at],
                at,
                held.pulls[:, which],
                (chord, -chord)[which] if joint.solids[1].hangs else None,
            )
    missing = index < 0
    energy[missing] = math.nan
    forces[:, :, missing] = math.nan
    return Chart(joint, places, held, index, energy, forces)


def _advances(
    axis: Places, pieces: NDArray[np.int64], at: NDArray[np.int64], pull: Array, chord: Array | None
) -> Array:
    """Outward force on a line by its length, at places and against the given pieces.

    Of a joint its chord to the other line is known: a squeezed film bulges past 270°.
    """
    solid = axis.solid
    sides = {}
    for piece, place in set(zip(pieces.tolist(), at.tolist(), strict=True)):
        station = axis.stations[place]
        u = 0.0 if piece != station.piece else station.u
        sides[piece, place] = solid.dry_side(Station(piece, u))
    seen = [sides[key] for key in zip(pieces.tolist(), at.tolist(), strict=True)]
    pulls = (pull * solid.side.mirror).tolist()
    if chord is None:
        angles = [between_angle(p, t, turn) for p, (t, turn) in zip(pulls, seen, strict=True)]
    else:
        chords = (chord * solid.side.mirror).tolist()
        rows = zip(pulls, chords, seen, strict=True)
        angles = [bridge_angle(p, c, t, turn) for p, c, (t, turn) in rows]
    young = [solid.angles[piece] for piece in pieces.tolist()]
    towards_dry = [advance(a, y) for a, y in zip(angles, young, strict=True)]
    return np.array(towards_dry) * solid.side.dry
