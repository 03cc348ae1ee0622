"""Contact angles are counted from the solid, whatever its slope."""

from __future__ import annotations

import math

import numpy as np
import pytest

import scenes
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.contact import (
    LineAt,
    Solid,
    advance,
    between_angle,
    bridge_angle,
    outer_angle,
)
from bumpform.surface.drop.corner import headings
from bumpform.surface.drop.newton import Surface
from bumpform.surface.drop.reference_element import reference_mesh


def vectors(angle, slope):
    """Pull of a surface with a contact angle on a solid that rises outwards by a slope, degrees."""
    rise, slope = math.radians(angle - slope), math.radians(slope)
    return (-math.cos(rise), math.sin(rise)), (math.cos(slope), math.sin(slope))


@pytest.mark.parametrize("slope", [-170, -100, -90, -45, 0, 45, 90, 100, 170])
@pytest.mark.parametrize("angle", [-80, -5, 0, 5, 90, 175, 180, 185, 260])
def test_of_a_ring_or_joint_in_one_turn_about_the_solid(angle, slope):
    """From dishes deeper than the solid to overhangs beyond it; to round-off."""
    assert between_angle(*vectors(angle, slope)) == pytest.approx(math.radians(angle), abs=1e-12)


@pytest.mark.parametrize("chord", [10, 60, 90, 120, 170])
@pytest.mark.parametrize("half", [-150, -90, 0, 90, 135, 170])
def test_of_a_line_between_two_bodies_as_far_as_its_arc_bulges(half, chord):
    """Chord and half the arc's opening, to round-off; past half a turn the line is driven on."""
    tangent = vectors(0, 0)[1]
    pull, to_other = vectors(chord + half, 0)[0], vectors(chord, 0)[0]
    found = bridge_angle(pull, to_other, tangent)
    assert found == pytest.approx(math.radians(chord + half), abs=1e-12)
    if found > math.pi:
        assert advance(found, math.radians(150)) > 0.0


@pytest.mark.parametrize("slope", [-45, 0, 45, 90])
@pytest.mark.parametrize("angle", [-380, -100, -20, 5, 175, 285, 340, 400])
def test_of_a_cap_in_as_many_turns_as_its_meridian_makes(angle, slope):
    """From deep dishes to drops that sag over their own foot and further; to round-off."""
    rise, tangent = math.radians(angle - slope), vectors(angle, slope)[1]
    turned = np.linspace(rise, 0.0, 13)[:-1, None]  # from the line to the apex, level there
    steps = 0.1 * np.concatenate([-np.cos(turned), np.sin(turned)], axis=1)
    x = np.cumsum(np.vstack([[3.0, 0.0], steps]), axis=0)
    gradient = np.zeros_like(x)  # whose first reaction is the pull
    gradient[0] = -3.0 * np.array(vectors(angle, slope)[0])
    found = outer_angle(reference_mesh(2).reactions(x, 0.0, 0.0, gradient).rise, tangent)
    assert found == pytest.approx(math.radians(angle), abs=1e-12)


@pytest.mark.parametrize("slope", [-1e-3, 0.0, 1e-3])
def test_an_underside_is_counted_as_the_solid_has_turned_to_it(slope):
    """Down over the rim of a mushroom's cap, or up out of a recess: level ones a turn apart."""
    dip = 5.0 * slope
    mushroom = Profile((
        scenes.straight((0.0, 20.0), (10.0, 20.0)),
        Edge(Arc((10.0, 15.0), 5.0, math.pi / 2, 0.0), math.pi / 2, 0.0),
        scenes.straight((15.0, 15.0), (10.0, 15.0 + dip)),
        scenes.straight((10.0, 15.0 + dip), (10.0, 0.0)),
        scenes.straight((10.0, 0.0), (50.0, 0.0)),
    ))  # fmt: skip
    found = [math.degrees(x) for x in headings(mushroom)]
    tilt = math.degrees(math.atan(slope))
    assert found == pytest.approx([0.0, -45.0, -180.0 - tilt, -90.0, 0.0], abs=1e-9)
    recess = Profile((
        scenes.straight((0.0, 0.0), (15.0, 0.0)),
        scenes.straight((15.0, 0.0), (15.0, 5.0)),
        scenes.straight((15.0, 5.0), (10.0, 5.0 + dip)),
        scenes.straight((10.0, 5.0 + dip), (10.0, 8.0)),
        scenes.straight((10.0, 8.0), (50.0, 8.0)),
    ))  # fmt: skip
    found = [math.degrees(x) for x in headings(recess)]
    assert found == pytest.approx([0.0, 90.0, 180.0 - tilt, 90.0, 0.0], abs=1e-9)


def test_a_ball_on_its_foot_has_turned_half_round():
    found = headings(scenes.core(10.0, 10.0, 50.0))
    assert [math.degrees(x) for x in found] == pytest.approx([-90.0, 0.0], abs=1e-9)


@pytest.mark.parametrize("state", ["free", "pinned"])
def test_nothing_is_held_on_the_axis(state):
    """A line that has run into it has no length: it holds no surface, and has no angle."""
    solid, station = Solid(scenes.plane(1e-3), (1.0,)), Station(0, 0.0)
    line = solid.line(station, free=state == "free", scale=1e-4)
    x = np.stack([np.zeros(7), np.linspace(0.0, 1.0, 7)], axis=1)
    surface = Surface(x, line, None, 0.0, 1.0, 0.1)
    assert not LineAt(solid, station, state).holds(surface)
