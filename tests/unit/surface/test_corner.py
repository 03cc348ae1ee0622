"""Which way a profile turns where two of its pieces meet: closed forms."""

from __future__ import annotations

import math

import pytest

from bumpform.geometry.curve import Arc, Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile
from bumpform.surface.drop.corner import turn_at, unfilled_corners

QUARTER = 0.5 * math.pi
DOME = Edge(Arc((0.0, 0.0), 1.0, 0.0, QUARTER), QUARTER, 0.0, "dome")
TOP = Edge(Line((1.0, 0.6), (3.0, 0.6)), 0.0, 1.0, "top")


@pytest.mark.parametrize("lean", [0.0, 1e-9, -1e-9, 0.1])
def test_a_wall_beside_a_dome_at_its_widest_leaves_a_cusp_of_liquid(lean):
    """Both tangents are upright there: half a turn to the left, however they are rounded."""
    wall = Edge(Line((1.0, 0.0), (1.0 + 0.6 * math.sin(lean), 0.6)), 0.0, 1.0, "wall")
    turn = turn_at(Profile((DOME, wall, TOP)), 0)
    assert turn == pytest.approx(math.pi - max(lean, 0.0), abs=2e-3)
    assert turn > 0.0


def test_a_fin_without_thickness_turns_the_other_way():
    """A wall that comes down where it went up: the solid's own cusp, no corner under liquid."""
    up = Edge(Line((1.0, 0.0), (1.0, 1.0)), 0.0, 1.0, "up")
    down = Edge(Arc((2.0, 1.0), 1.0, math.pi, 1.5 * math.pi), math.pi, 1.5 * math.pi, "down")
    assert turn_at(Profile((up, down)), 0) == pytest.approx(-math.pi)


@pytest.mark.parametrize(("angle", "empty"), [(89.0, 0), (91.0, 1)])
def test_liquid_fills_a_cusp_of_its_own_by_the_sum_of_both_angles(angle, empty):
    """Without a wedge the limit is half a turn: θ1 + θ2 < 180°."""
    wall = Edge(Line((1.0, 0.0), (1.0, 0.6)), 0.0, 1.0, "wall")
    angles = (math.radians(angle),) * 3
    found = list(unfilled_corners(Profile((DOME, wall, TOP)), angles, 0, 2))
    assert len(found) == empty
