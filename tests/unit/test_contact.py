"""Contact angles are counted from the solid, whatever its slope."""

from __future__ import annotations

import math

import numpy as np
import pytest

import scenes
from bumpform.stack.profile import Station
from bumpform.surface.contact import LineAt, Solid, between_angle, outer_angle
from bumpform.surface.meridian import Surface


def vectors(angle, slope):
    """Pull of a surface with a contact angle on a solid that rises outwards by a slope, degrees."""
    rise, slope = math.radians(angle - slope), math.radians(slope)
    return (-math.cos(rise), math.sin(rise)), (math.cos(slope), math.sin(slope))


@pytest.mark.parametrize("slope", [-170, -100, -90, -45, 0, 45, 90, 100, 170])
@pytest.mark.parametrize("angle", [-80, -5, 0, 5, 90, 175, 180, 185, 260])
def test_of_a_ring_or_joint_in_one_turn_about_the_solid(angle, slope):
    """From dishes deeper than the solid to overhangs beyond it; to round-off."""
    assert between_angle(*vectors(angle, slope)) == pytest.approx(math.radians(angle), abs=1e-12)


@pytest.mark.parametrize("angle", [5, 90, 175])
@pytest.mark.parametrize("slope", [-45, 0, 45])
def test_of_a_cap_the_same_on_gentle_slopes(angle, slope):
    """Where no turn is in question; to round-off."""
    pull, tangent = vectors(angle, slope)
    assert outer_angle(pull, tangent, True) == pytest.approx(math.radians(angle), abs=1e-12)


def test_of_a_cap_on_a_wall():
    """A deep dish has a negative angle, an overhang one above 180°."""
    pull, tangent = vectors(-20, 90)
    assert outer_angle(pull, tangent, False) == pytest.approx(math.radians(-20), abs=1e-12)
    pull, tangent = vectors(200, 90)
    assert outer_angle(pull, tangent, True) == pytest.approx(math.radians(200), abs=1e-12)


@pytest.mark.parametrize("state", ["free", "pinned"])
def test_nothing_is_held_on_the_axis(state):
    """A line that has run into it has no length: it holds no surface, and has no angle."""
    solid, station = Solid(scenes.plane(1e-3), (1.0,)), Station(0, 0.0)
    line = solid.line(station, free=state == "free", scale=1e-4)
    x = np.stack([np.zeros(7), np.linspace(0.0, 1.0, 7)], axis=1)
    surface = Surface(x, line, None, 0.0, 1.0, 0.1)
    assert not LineAt(solid, station, state).holds(surface)
