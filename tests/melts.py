"""Melts on simple solids, whose ends are known in closed form."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bumpform.geometry.profile import Profile, Station
from bumpform.melting.beginning.options import Options
from bumpform.melting.flows.flow import Fluid
from bumpform.melting.motion.mean_force import LEAST
from bumpform.melting.motion.melt import Melted
from bumpform.melting.motion.overdamped import Step, march
from bumpform.melting.shapes.free_curve import Sizes, redistributed
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.wall import Wall
from bumpform.surface.drop.drop import Drop
from scenes import straight

Points = Sequence[tuple[float, float]]

#: What a mesh does not know of the energy: a millionth of σL², per 2π.
ROUND_OFF = 1e-6 / (2.0 * math.pi)


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


def free_drop(floor: Wall, amplitude: float, sizes: Sizes) -> Shape:
    """Half a free drop of volume 1, stretched by its second mode by a part of its radius."""
    polar = np.linspace(0.5 * math.pi, 0.0, 401)
    r = (0.75 / math.pi) ** (1.0 / 3.0)
    r = r * (1.0 + 0.5 * amplitude * (3.0 * np.cos(polar) ** 2 - 1.0))
    points = np.stack([r * np.sin(polar), r * np.cos(polar)], axis=1)
    points[0, 1] = points[-1, 0] = 0.0
    at = Station(0, points[0, 0] / floor.size(0))
    return Shape(points, Line("outer", floor, at)).evened(sizes, always=True)


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


def unbalanced(melted: Melted) -> float:
    """What of all that the liquids of a melt have lost by flowing has not become heat.

    Where they have lost less than a ten-thousandth of σL², as a part of that: of less the mesh
    itself, which knows the energy to a millionth, is a hundredth. Nothing flows where a line jumps.
    """
    ways: dict[Drop, dict[Step, None]] = {}
    for frame in melted.frames:
        for one in (frame, *frame.beside):
            ways.setdefault(one.start.drop, {})[one.step] = None
    lost = off = least = 0.0
    for drop, way in ways.items():
        unit = drop.surface_tension * drop.length**2
        least = max(least, LEAST * unit)
        for before, after in pairwise(way):
            if after.time > before.time:
                lost += unit * after.lost
                off += unit * (after.lost - after.heat)
    return off / max(lost, least)


def rises(melted: Melted) -> dict[str, float]:
    """By how much the energy of a liquid has risen, in units of σL², and what happened there.

    That of a load is in it, and what a joint wets of its package. Where a fixture does work, it is
    what the flow says that was lost.
    """
    ways: dict[tuple[Drop, bool], dict[Step, None]] = {}
    driven = set()
    for frame in melted.frames:
        for one in frame.liquids:
            which = one.start.drop, one.start.body is not None
            ways.setdefault(which, {})[one.step] = None
            if one.start.body is not None and one.start.body.load is None:
                driven.add(which)
    found = {}
    for which, way in ways.items():
        for before, after in pairwise(way):
            rise = after.energy - before.energy
            if which in driven and after.time > before.time:
                rise = -after.lost
            if rise > ROUND_OFF:
                found[f"{after.time}: {after.event}"] = rise
    return found
