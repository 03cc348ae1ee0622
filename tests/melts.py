"""Melts on simple solids, whose ends are known in closed form."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bumpform.melting.flow import Fluid
from bumpform.melting.free_curve import redistributed
from bumpform.melting.march import Step, march
from bumpform.melting.options import Options
from bumpform.melting.shape import Line, Shape
from bumpform.melting.wall import Wall
from bumpform.stack.profile import Profile, Station
from scenes import straight

Points = Sequence[tuple[float, float]]


def wall(points: Points, angles: Sequence[float]) -> Wall:
    """A polyline of solid from the axis outwards, lengths in units of L, angles in degrees."""
    pieces = tuple(straight(a, b, f"piece {i}") for i, (a, b) in enumerate(pairwise(points)))
    return Wall(Profile(pieces), tuple(math.cos(math.radians(a)) for a in angles), 1.0)


def cap(floor: Wall, at: Station, angle: float, options: Options, *, flat: float = 1.0) -> Shape:
    """A spherical cap with an angle (degrees) on a level place, its height multiplied."""
    r, z = floor.point(at)
    theta = math.radians(angle)
    polar = np.linspace(theta, 0.0, 201)
    points = np.stack([np.sin(polar), np.cos(polar) - math.cos(theta)], axis=1)
    points *= r / math.sin(theta)
    points[:, 1] *= flat
    points[:, 1] += z
    points[-1, 0] = 0.0
    line = Line("outer", floor, at, floor.is_vertex(at))
    return Shape(redistributed(points, options.sizes, on_axis=True), line)


def cap_volume(radius: float, angle: float) -> float:
    """Volume per 2π of a cap by the radius and the angle (degrees) of its line."""
    t = math.radians(angle)
    return radius**3 / math.sin(t) ** 3 * (2.0 - 3.0 * math.cos(t) + math.cos(t) ** 3) / 6.0


def steps(
    shape: Shape, floor: Wall, options: Options, *, bond: float = 0.0, most: int = 200
) -> list[Step]:
    """All steps of a melt."""
    found = []
    for step in march(shape, floor, Fluid(bond, 1.0 / options.slip_length), options):
        found.append(step)
        assert len(found) < most
    return found
