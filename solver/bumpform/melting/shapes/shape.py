"""The liquid at one moment: its free curve, and where its ends stand on the solid."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Station
from bumpform.melting.shapes.free_curve import (
    Sizes,
    chords,
    end_direction,
    end_slope,
    misfit,
    moments,
    normals,
    redistributed,
)
from bumpform.melting.shapes.wall import Wall

#: Relative error of the volume at which it is exact.
EXACT = 1e-14


@dataclass(frozen=True, eq=False)
class Line:
    """A contact line.

    Attributes
    ----------
    end : str
        "outer", "inner" (of a ring) or "top" (on the body above).
    wall : Wall
    at : Station
    held : bool
        Whether an edge, or a change of material, holds it.
    """

    end: str
    wall: Wall
    at: Station
    held: bool = False

    @property
    def wets(self) -> int:
        """+1 where the liquid wets the wall from the axis to here, −1 where from here outwards."""
        return -1 if self.end == "inner" else 1

    @property
    def sign(self) -> int:
        """+1 where the liquid's outline runs along the wall from the axis to here."""
        return 1 if self.end == "outer" else -1

    def place(self) -> Array:
        """Scaled position, shape (2,)."""
        return self.wall.point(self.at)

    def sides(self) -> tuple[int, int]:
        """The pieces inside and outside of a line that is held."""
        return self.at.piece, self.at.piece + 1

    def on(self, piece: int) -> Station:
        """Its place on the piece that it is on or beside."""
        return Station(piece, self.at.u if piece == self.at.piece else 0.0)

    def tangent(self, piece: int) -> Array:
        """Unit tangent, outwards along the wall, of the piece that it is on or beside."""
        return self.wall.tangent(self.on(piece))


@dataclass(frozen=True, eq=False)
class Shape:
    """Liquid between a free curve and solid, in units of L.

    Attributes
    ----------
    nodes : ndarray, shape (2n + 1, 2)
        Of the free curve, from its first line to the second or to the axis.
    start : Line
    end : Line or None
        None where the curve ends on the axis.
    """

    nodes: Array
    start: Line
    end: Line | None = None

    @property
    def on_axis(self) -> bool:
        """Whether the free curve reaches the axis."""
        return self.end is None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its contact lines, the outer one first."""
        return (self.start,) if self.end is None else (self.start, self.end)

    def balance(self, bond: float, load: float = 0.0) -> tuple[float, float]:
        """Energy and volume per 2π, a floating body's load included."""
        area, volume, moment = moments(self.nodes)
        energy = area
        for line in self.lines:
            solid = line.wall.solid(line.at)
            volume += line.sign * solid.volume
            moment += line.sign * solid.moment
            energy -= line.wets * solid.wetting
        if self.end is not None:
            energy += load * self.end.wall.lift
        return energy + bond * moment, volume

    @property
    def volume(self) -> float:
        """Volume per 2π."""
        return self.balance(0.0)[1]

    def filled(self, volume: float) -> Shape:
        """The same, shifted along its normals, but at its lines, to a volume.

        Raises
        ------
        ConvergenceError
            If no such shift is found.
        """
        shape = self
        for _ in range(20):
            off = volume - shape.volume
            if abs(off) < EXACT * volume:
                return shape
            n = shape.filling()
            step = 1e-6
            slope = (moments(shape.nodes + step * n)[1] - moments(shape.nodes - step * n)[1]) / (
                2.0 * step
            )
            shift = off / slope
            if not math.isfinite(shift) or abs(shift) > 1.0:
                break
            before, shape = shape, replace(shape, nodes=shape.nodes + shift * n)
            if abs(shift) < 1e-15 or np.array_equal(before.nodes, shape.nodes):
                return shape
        if abs(volume - shape.volume) < 1e-12 * volume:
            return shape
        raise ConvergenceError("the volume cannot be held", 20, abs(volume / shape.volume - 1.0))

    def sunk(self, volume: float, lowest: float) -> Shape:
        """The same under a body that has moved until it is about filled, but not below a height."""
        assert self.end is not None
        by = (volume - self.volume) / (0.5 * float(self.end.place()[0]) ** 2)
        end = replace(self.end, wall=self.end.wall.raised(max(by, lowest - self.end.wall.lift)))
        s = chords(self.nodes)
        nodes = self.nodes + (s / s[-1])[:, None] * (end.place() - self.nodes[-1])
        return Shape(nodes, self.start, end)

    def filling(self) -> Array:
        """The shift by which a volume is made good: along the normals, but at the lines."""
        s = chords(self.nodes)
        weight = -np.expm1(-8.0 * s / s[-1])
        if not self.on_axis:
            weight *= -np.expm1(-8.0 * (1.0 - s / s[-1]))
        return np.asarray(normals(self.nodes, on_axis=self.on_axis) * weight[:, None])

    def evened(self, sizes: Sizes, room: Array | None = None, *, always: bool = False) -> Shape:
        """The same with nodes anew where elements are too long or too short."""
        on_axis = self.on_axis
        if always or misfit(self.nodes, sizes, on_axis=on_axis, room=room) > 1.3:
            return replace(self, nodes=redistributed(self.nodes, sizes, on_axis=on_axis, room=room))
        return self

    def angle(self, line: Line, piece: int | None = None) -> float:
        """Angle in the liquid between the free curve and a piece of solid at a line, rad."""
        return self._angle(line, piece, end_direction(self.nodes, last=line is self.end))

    def angle_told(self, line: Line) -> float:
        """The same as well as it is known, of the piece that it is on, or that it wets, rad."""
        slope = end_slope(self.nodes, last=line is self.end)
        wet = line.sides()[line.end == "inner"] if line.held else line.at.piece
        return self._angle(line, wet, np.array([math.cos(slope), math.sin(slope)]))

    def _angle(self, line: Line, piece: int | None, away: Array) -> float:
        last = line is self.end
        tangent = line.tangent(line.at.piece if piece is None else piece)
        wet = -line.wets * tangent
        # the liquid is on the curve's left at its first end, on its right seen from its last one
        a, b = (away, wet) if last else (wet, away)
        angle = math.atan2(a[1] * b[0] - a[0] * b[1], float(a @ b))
        return angle % (2.0 * math.pi)
