"""Stacks as polygons: who touches whom and by how much area, who faces air, what is joined.

A border is sampled so finely that its chords are off by less than ``SAGITTA`` of the stack's
size; two bodies touch where the middle of a piece of one's border lies on the other's border.
Pieces end at every corner of every body, so that no piece belongs to two neighbours.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from shapely import LineString, Polygon

#: How far a chord may be off the curve, and how near is "on it", relative to the size.
SAGITTA, ON = 2e-7, 1e-6
#: Least shared area, relative to the size squared: a ball on a plane feigns 1e-5.
TOUCH = 1e-4
#: The same of the area of the smaller body: less than the edge of a thin film.
SHARE = 1e-3
AIR, LIMIT = "air", "limit"


@dataclass(frozen=True, eq=False)
class Body:
    """One region: its polygon, and the corners at which edges of it end."""

    name: str
    material: str
    kind: str
    points: np.ndarray
    corners: np.ndarray

    @cached_property
    def polygon(self):
        return shapely.make_valid(Polygon(self.points))

    @cached_property
    def border(self):
        line = LineString(self.points)
        shapely.prepare(line)
        return line

    @property
    def top(self):
        return float(self.points[:, 1].max())

    @property
    def foot(self):
        return float(self.points[:, 1].min())

    @property
    def widest(self):
        return float(self.points[:, 0].max())

    @cached_property
    def surface(self):
        """Area of all its border turned round the axis, m²."""
        r, lengths = self.points[:, 0], np.hypot(*np.diff(self.points, axis=0).T)
        return float(math.pi * ((r[:-1] + r[1:]) * lengths).sum())

    @cached_property
    def volume(self):
        """2π∫½r²dz round the polygon, m³."""
        r, z = self.points.T
        dz = np.diff(z)
        square = (r[:-1] ** 2 + r[:-1] * r[1:] + r[1:] ** 2) / 3.0
        return abs(float(math.pi * (square * dz).sum()))


def body_of(region, size):
    """Body of a region of the product's stack."""
    parts, corners = [], []
    for edge in region.loop:
        points = sampled(edge, SAGITTA * size)
        parts.append(points[:-1])
        corners.append(points[0])
    points = np.vstack([*parts, parts[0][:1]])
    apart = np.r_[True, np.abs(np.diff(points, axis=0)).max(axis=1) > 1e-14 * size]
    points = points[apart]
    return Body(region.name, region.material, region.kind, points, np.array(corners))


def sampled(edge, finest):
    """Points of an edge whose chords are off by less than a length."""
    count = 8
    while True:
        points = np.atleast_2d(edge.sample(count))
        if len(points) < 3 or count >= 4096:
            return points
        chord = points[2:] - points[:-2]
        off = points[1:-1] - points[:-2]
        length = np.maximum(np.hypot(*chord.T), 1e-300)
        sag = np.abs(chord[:, 0] * off[:, 1] - chord[:, 1] * off[:, 0]) / length
        worst = 0.25 * float(sag.max())
        if worst <= finest:
            return points
        count = min(4096, count * max(2, math.ceil(math.sqrt(worst / finest))))


@dataclass(frozen=True)
class Piece:
    """A piece of a body's border, the body on its left, and who is on its right."""

    start: np.ndarray
    end: np.ndarray
    other: str

    @property
    def area(self):
        """Of its surface of revolution, m²."""
        return math.pi * (self.start[0] + self.end[0]) * math.dist(self.start, self.end)

    @property
    def middle(self):
        return 0.5 * (self.start + self.end)


@dataclass(eq=False)
class Picture:
    """All bodies at one moment."""

    bodies: dict[str, Body]
    outer: float
    bottom: float
    size: float
    memory: dict = field(default_factory=dict)
    _pieces: dict[str, list[Piece]] = field(default_factory=dict)

    @property
    def tol(self):
        return ON * self.size

    @cached_property
    def roof(self):
        """Height at which a package is cut off; infinite without one."""
        tops = [b.top for n, b in self.bodies.items() if n.startswith("package ")]
        return max(tops, default=math.inf)

    def __contains__(self, name):
        return name in self.bodies

    def __getitem__(self, name):
        return self.bodies[name]

    def without(self, *names):
        """The picture without some bodies."""
        left = {n: b for n, b in self.bodies.items() if n not in names}
        return Picture(left, self.outer, self.bottom, self.size, self.memory)

    def pieces(self, name):
        """Border of a body in order, each piece with its neighbour."""
        if name not in self._pieces:
            self._pieces[name] = self._neighbours(name)
        return self._pieces[name]

    def _neighbours(self, name):
        body, tol = self.bodies[name], self.tol
        others = [
            b for b in self.bodies.values() if b is not body and _near(b.points, body.points, tol)
        ]
        key = (id(body), self.roof, *(id(b) for b in others))
        if key not in self.memory:
            self.memory[key] = self._found(body, others)
        return self.memory[key]

    def _found(self, body, others):
        tol = self.tol
        points = _split(body, [b.corners for b in others], tol)
        start, end = points[:-1], points[1:]
        middle = 0.5 * (start + end)
        length = np.hypot(*(end - start).T)
        names = np.full(len(middle), AIR, dtype=object)
        dots = shapely.points(middle)
        hits = [shapely.dwithin(other.border, dots, tol) for other in others]
        for other, hit in zip(others, hits, strict=True):
            names[hit] = other.name
        for i in np.flatnonzero(np.sum(hits, axis=0) > 1) if hits else ():
            near = [other for other, hit in zip(others, hits, strict=True) if hit[i]]
            names[i] = min(near, key=lambda b: shapely.distance(b.border, dots[i])).name
        r, z = middle.T
        limit = (
            (r < tol)
            | (np.abs(r - self.outer) < tol)
            | (z < self.bottom + tol)
            | (z > self.roof - tol)
        )
        flat = (np.abs(np.diff(points[:, 0])) < tol) | (np.abs(np.diff(points[:, 1])) < tol)
        names[limit & flat] = LIMIT
        pieces, short = [], []
        for a, b, name, ok in zip(start, end, names, length > 4.0 * tol, strict=True):
            if short and (ok or short[-1].other != name):
                pieces += _one_of(short, tol)
                short = []
            (pieces if ok else short).append(Piece(a, b, str(name)))
        return pieces + _one_of(short, tol)

    def area(self, one, other):
        """Area of revolution that two bodies (or sets of them) share; "air" is a partner."""
        ones, others = _names(one), _names(other)
        return sum(
            p.area for n in ones if n in self.bodies for p in self.pieces(n) if p.other in others
        )

    def touch(self, one, other):
        """Whether they share more than what sampling may feign, also of the smaller one of both."""
        shared = self.area(one, other)
        if shared > TOUCH * self.size**2:
            return True
        sides = (
            sum(self.bodies[n].surface for n in _names(names) if n in self.bodies)
            for names in (one, other)
        )
        return shared > SHARE * min(sides)

    def surface(self, name):
        """Points of a body's air side in order, outer end first: (chain, is closed on the axis).

        The largest chain of those that the air side falls into, if it falls into several.
        """
        chains = _chains([p for p in self.pieces(name) if p.other == AIR], 8.0 * self.tol)
        if not chains:
            return np.empty((0, 2)), False
        chain = max(chains, key=lambda c: float(np.hypot(*np.diff(c, axis=0).T).sum()))
        closed = bool(chain[-1, 0] < 8.0 * self.tol)
        return chain, closed

    def profile(self, *left_out):
        """Outline of all solids towards air, axis outwards, without some bodies."""
        rest = self.without(*left_out)
        pieces = [p for n in rest.bodies for p in rest.pieces(n) if p.other == AIR]
        chains = _chains(pieces, 16.0 * self.tol)
        if not chains:
            return np.empty((0, 2))
        # bodies lie on the left, so that the outline runs inwards: its end is on the axis
        on_axis = [c for c in chains if c[-1, 0] < 16.0 * self.tol]
        return max(on_axis or chains, key=len)[::-1]

    def column(self, r):
        """Bodies from below at a radius: (name, z from, z to)."""
        ray = LineString([(r, self.bottom - self.size), (r, 1e3 * self.size)])
        found = []
        for name, body in self.bodies.items():
            cut = body.polygon.intersection(ray)
            for part in getattr(cut, "geoms", [cut]):
                if not part.is_empty and part.length > self.tol:
                    z = [c[1] for c in part.coords]
                    found.append((min(z), max(z), name))
        return [(name, low, high) for low, high, name in sorted(found)]

    def joined(self, names, by_point=True):
        """Sets of those names that are joined by borders, or by a point on the axis.

        Where points do not count, a border is more than what a ball that rests on one feigns.
        """
        names = [n for n in names if n in self.bodies]
        links = defaultdict(set)
        for n in names:
            for m in {p.other for p in self.pieces(n)} & set(names):
                if by_point or self.touch(n, m) or self.touch(m, n):
                    links[n].add(m)
                    links[m].add(n)
        on_axis = [
            (self[n].points[self[n].points[:, 0] < self.tol, 1], n) for n in names if by_point
        ]
        for i, (a, n) in enumerate(on_axis):
            for b, m in on_axis[i + 1 :]:
                if len(a) and len(b) and np.abs(a[:, None] - b[None, :]).min() < self.tol:
                    links[n].add(m)
                    links[m].add(n)
        groups, left = [], set(names)
        while left:
            group, new = set(), [left.pop()]
            while new:
                n = new.pop()
                group.add(n)
                new += [m for m in links[n] if m not in group]
            left -= group
            groups.append(group)
        return groups

    def on_axis(self, name):
        """(lowest, highest) z of a body on the axis; None where it does not come there."""
        z = self[name].points[self[name].points[:, 0] < self.tol, 1]
        return (float(z.min()), float(z.max())) if len(z) else None

    def hole(self, slit=4.0):
        """Largest room that all bodies and their mirror images enclose, m².

        A slit of twice so many tolerances is none: chords leave one where bodies touch.
        """
        return max((room.area for room in self._rooms(slit)), default=0.0)

    def faces_outside(self, name):
        """Whether a body has a side to the air that no other bodies, but a package, enclose."""
        alone = self.without(*(n for n in self.bodies if n.startswith("package ")))
        shut = alone.shut_rooms()
        bare = (shapely.Point(p.middle) for p in self.pieces(name) if p.other == AIR)
        return any(not any(room.contains(point) for room in shut) for point in bare)

    def shut_rooms(self):
        """Polygons of the rooms that bodies enclose, and of what is next to them."""
        least = 1e-8 * self.size**2
        return [r.buffer(8.0 * self.tol) for r in self._rooms(4.0) if r.area > least]

    def _rooms(self, slit):
        """Polygons of the rooms that all bodies and their mirror images enclose."""
        grown = [b.polygon.buffer(slit * self.tol, 1) for b in self.bodies.values()]
        half = shapely.union_all(grown)
        whole = half.union(shapely.transform(half, lambda p: p * (-1.0, 1.0)))
        parts = getattr(whole, "geoms", [whole])
        return [Polygon(ring) for part in parts for ring in part.interiors]


def picture_of(regions, outer, bottom, size, known):
    """Picture of regions; ``known`` keeps bodies of regions from moment to moment."""
    bodies = {}
    for region in regions:
        if id(region) not in known:
            known[id(region)] = (region, body_of(region, size))
        bodies[region.name] = known[id(region)][1]
    return Picture(bodies, outer, bottom, size, known.setdefault("pieces", {}))


def _names(one):
    return {one} if isinstance(one, str) else set(one)


def _near(a, b, tol):
    low, high = a.min(axis=0) - tol, a.max(axis=0) + tol
    return bool(np.all(b.max(axis=0) >= low) and np.all(b.min(axis=0) <= high))


def _one_of(short, tol):
    """Pieces that are too short to tell, in a row, as one; none where that is too short as well."""
    if not short or math.dist(short[0].start, short[-1].end) <= 4.0 * tol:
        return []
    return [Piece(short[0].start, short[-1].end, short[0].other)]


def _split(body, corners, tol):
    """The border's points with the corners of others that lie on it."""
    points = body.points
    if not corners:
        return points
    corners = np.vstack(corners)
    corners = corners[shapely.dwithin(body.border, shapely.points(corners), tol)]
    places = []
    start, step = points[:-1], np.diff(points, axis=0)
    square = np.maximum((step**2).sum(axis=1), 1e-300)
    for corner in corners:
        u = np.clip(((corner - start) * step).sum(axis=1) / square, 0.0, 1.0)
        gap = np.hypot(*(start + u[:, None] * step - corner).T)
        for i in np.flatnonzero(gap < tol):
            if tol < u[i] * math.sqrt(square[i]) < math.sqrt(square[i]) - tol:
                places.append((int(i), float(u[i])))
    if not places:
        return points
    places = sorted(set(places))
    at = [i + 1 for i, _ in places]
    return np.insert(points, at, [points[i] + u * step[i] for i, u in places], axis=0)


def _chains(pieces, slack):
    """Pieces linked end to start, as arrays of points."""
    chains = []
    for piece in pieces:
        if chains and math.dist(chains[-1][-1], piece.start) < slack:
            chains[-1].append(piece.end)
        else:
            chains.append([piece.start, piece.end])
    merged = True
    while merged and len(chains) > 1:
        merged = False
        for i, a in enumerate(chains):
            for j, b in enumerate(chains):
                if i != j and math.dist(a[-1], b[0]) < slack:
                    chains[i] = a + b[1:]
                    del chains[j]
                    merged = True
                    break
            if merged:
                break
    return [np.array(c) for c in chains]
