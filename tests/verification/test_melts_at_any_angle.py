"""Contact lines that come to rest nearly flat, or nearly round: caps of 1° to 179°."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

import scenes
from bumpform.geometry.profile import Station
from bumpform.melting.beginning.options import Options
from bumpform.melting.flows.flow import Fluid
from bumpform.melting.motion.overdamped import march
from bumpform.melting.shapes.body import Body
from bumpform.melting.shapes.shape import Line, Shape
from melts import ROUND_OFF, cap, cap_volume, steps, wall

pytestmark = pytest.mark.dolfinx

#: Volume per 2π of L³.
ONE = 0.5 / math.pi
WIDE = 12.0
#: How far off its equilibrium a line may rest: what the default mesh knows of it.
NEAR = 1e-4


def radius(angle):
    """Of the line of a cap of volume 1 by its angle in degrees."""
    return (ONE / cap_volume(1.0, angle)) ** (1 / 3)


def melted(floor, begin, *, bond=0.0):
    """The end of a cap of volume 1 that begins at an angle (degrees) on the first piece.

    At every step its energy falls, but for what the mesh does not know of it, and its volume stays.
    """
    options = Options()
    at = Station(0, radius(begin) / floor.size(0))
    shape = cap(floor, at, begin, options).filled(ONE)
    found = steps(shape, floor, options, bond=bond, most=options.most_steps)
    assert all(b.energy < a.energy + ROUND_OFF for a, b in pairwise(found))
    assert all(abs(step.shape.volume / ONE - 1.0) < 1e-12 for step in found)
    return found[-1].shape


@pytest.mark.parametrize(("young", "begin"), [(2.0, 20.0), (175.0, 155.0)])
def test_a_cap_comes_to_its_angle(young, begin):
    """Closed form: within 1e-4 V^(1/3) (measured: 3e-7), far from where it began. The energy that
    draws its line there is no more than the angle's square of what its surface and the solid have
    by themselves: a step that knows only the surface's goes a fiftieth of the way."""
    end = melted(wall([(0.0, 0.0), (WIDE, 0.0)], [young]), begin)
    assert abs(radius(begin) - radius(young)) > 0.1
    assert abs(end.nodes[0, 0] - radius(young)) < NEAR
    assert abs(math.degrees(end.angle_told(end.start)) - young) < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("young", [1.0, 3.0, 8.0, 172.0, 177.0, 178.0, 179.0])
@pytest.mark.parametrize("bond", [0.02, 0.2])
def test_a_heavy_cap_comes_to_its_angle(young, bond):
    """Where the solver of meridians has it, with gravity: within 1e-4 V^(1/3)."""
    floor = wall([(0.0, 0.0), (WIDE, 0.0)], [young])
    end = melted(floor, young + 20.0 if young < 90.0 else 150.0, bond=bond)
    length = 1e-4
    gravity = bond / scenes.capillarity(1.0) / length**2
    plane, start = scenes.plane(WIDE * length), (0, radius(young) / WIDE)
    rest = scenes.rest(plane, [young], length**3, gravity, start).values
    assert abs(end.nodes[0, 0] - rest["outer.r_m"] / length) < NEAR
    assert abs(end.nodes[-1, 1] - rest["apex_z_m"] / length) < NEAR


@pytest.mark.slow
@pytest.mark.parametrize(("young", "begin", "beside"), [(2.0, 20.0, 0.005), (178.0, 150.0, 0.005)])
def test_an_edge_beside_such_a_rest_does_not_hold_it(young, begin, beside):
    """A vertex a hair beyond the rest, in the way that the line goes, is not reached; one a hair
    before it is passed."""
    for edge in (radius(young) - beside, radius(young) + beside):
        floor = wall([(0.0, 0.0), (edge, 0.0), (WIDE, 0.0)], [young, young])
        options = Options()
        on = 0 if radius(begin) < edge else 1
        u = radius(begin) / edge if on == 0 else (radius(begin) - edge) / (WIDE - edge)
        shape = cap(floor, Station(on, u), begin, options).filled(ONE)
        end = steps(shape, floor, options, bond=0.0, most=options.most_steps)[-1].shape
        assert abs(end.nodes[0, 0] - radius(young)) < NEAR
        assert not end.start.held


def test_an_edge_holds_a_flat_cap():
    """Between 2° and 60° the edge of a pad holds the line of a drop that meets it at 3°."""
    edge = radius(3.0)
    end = melted(wall([(0.0, 0.0), (edge, 0.0), (WIDE, 0.0)], [2.0, 60.0]), 20.0)
    assert end.start.held
    assert end.start.at == Station(0, 1.0)
    assert abs(end.nodes[-1, 1] - edge * math.tan(math.radians(1.5))) < NEAR


@pytest.mark.parametrize(
    ("angles", "gap", "load", "bond"),
    [
        ((2.0, 2.0), 0.1, None, 0.0),
        ((178.0, 178.0), 0.5, 0.3, 0.0),
        pytest.param((178.0, 178.0), 0.5, 0.05, 0.1, marks=pytest.mark.slow),
        pytest.param((2.0, 90.0), 0.3, None, 0.0, marks=pytest.mark.slow),
        pytest.param((90.0, 120.0), 0.7, 0.1, 0.0, marks=pytest.mark.slow),
    ],
)
def test_a_joint_comes_to_its_angles(angles, gap, load, bond):
    """Between plates that are held, or float under a load: where the solver of meridians has it,
    within 1e-4 V^(1/3) (measured: 3e-5). As a plate rises the pressure's work grows with the area
    that its line encloses; without that such steps are none (200 to 300 steps, and here at most
    40 to 50)."""
    floor = wall([(0.0, 0.0), (WIDE, 0.0)], [angles[0]])
    roof = replace(wall([(0.0, 0.0), (WIDE, 0.0)], [angles[1]]), upper=True, lift=gap)
    at = Station(0, 1.0 / math.sqrt(math.pi * gap) / WIDE)
    z = np.linspace(0.0, gap, 81)
    column = np.stack([np.full_like(z, WIDE * at.u), z], axis=1)
    shape = Shape(column, Line("outer", floor, at), Line("top", roof, at))
    shape = shape.evened(Options().sizes, always=True).filled(ONE)
    body = Body(gap, goal=gap) if load is None else Body(1e-3, load=load)
    found = list(islice(march(shape, floor, Fluid(bond, 10.0), Options(), body), 60))
    end, rise = found[-1].shape, [b.energy - a.energy for a, b in pairwise(found)]
    assert len(found) < 60
    assert max(rise) < ROUND_OFF
    length = 1e-4
    planes = [
        (scenes.Profile((scenes.straight((0.0, h), (WIDE * length, h), "plane"),)), [angle])
        for h, angle in zip((0.0, gap * length), angles, strict=True)
    ]
    gravity = bond / scenes.capillarity(1.0) / length**2
    rest = scenes.bridge(*planes, length**3, gravity, starts=(at.u, at.u), load=load).values
    mine = [float(line.place()[0]) for line in end.lines] + [end.end.wall.lift]
    theirs = [rest[name] / length for name in ("outer.r_m", "top.r_m", "standoff_m")]
    assert max(abs(a - b) for a, b in zip(mine, theirs, strict=True)) < NEAR


def test_a_column_that_would_part_does_not_rest():
    """A column between plates that it meets at 90°, as high as its circumference, balances its
    forces, but a waist of it grows (Plateau). Steps that balance forces alone end there: from a
    waist of 1e-5, which costs less than is known of the energy, they make it smaller."""
    height = 2.0 * math.pi
    floor = wall([(0.0, 0.0), (4.0, 0.0)], [90.0])
    plate = replace(floor, upper=True, lift=height)
    z = np.linspace(0.0, height, 81)
    r = 1.0 + 1e-5 * np.cos(math.pi * z / height)
    at, top = (Station(0, float(x) / 4.0) for x in (r[0], r[-1]))
    shape = Shape(
        np.stack([r, z], axis=1), Line("outer", floor, at), Line("top", plate, top)
    ).evened(Options().sizes, always=True)
    held = Body(height, goal=height)
    for step in islice(march(shape, floor, Fluid(0.0, 10.0), Options(), held), 200):
        foot, head = (float(line.place()[0]) for line in step.shape.lines)
        if foot - head > 0.1:
            return
    pytest.fail("it stays a column")
