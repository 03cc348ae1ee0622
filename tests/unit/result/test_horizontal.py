"""Contact angles as seen from the horizontal are the slopes of the meridian where it ends."""

import math

import pytest

import bumpform
from bumpform.result.readable import angle_words

pytestmark = pytest.mark.dolfinx


@pytest.mark.parametrize("name", ["photoimaged_opening", "core_and_cap", "drawn_joint"])
def test_they_are_slopes_of_the_meridian(name):
    """Through the liquid: from inwards at an outer line, from inwards and upside down at a top one.

    Both angles are of one surface, so that they differ from its slope by round-off alone.
    """
    run = bumpform.run(bumpform.load_case(name))
    seen = set()
    for stage, told in zip(run.stages, run.record.stages, strict=True):
        curve = stage.meridian
        for line in told.surface.contact_lines:
            sign, t = {"outer": (1.0, 0.0), "top": (-1.0, curve.breaks[-1])}[line.end]
            _, _, r, z = curve.jet(t)[:4]
            away = math.atan2(z, -sign * r)  # along the surface, away from the line
            assert line.from_horizontal_deg == pytest.approx(math.degrees(away) % 360.0, abs=1e-6)
            seen.add(line.end)
    assert seen >= {"outer"}


def test_they_are_told_where_the_angle_overhangs_the_solid_that_is_covered():
    first, second = bumpform.run(bumpform.load_case("photoimaged_opening")).record.stages
    assert angle_words(first.surface.contact_lines[0]) == "125.00°"
    assert angle_words(second.surface.contact_lines[0]) == "195.61°; from the horizontal 105.61°"
