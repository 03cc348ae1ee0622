"""Contact angles are counted from the solid, whatever its slope."""

from __future__ import annotations

import math

import pytest

from bumpform.surface.contact import between_angle, outer_angle


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
