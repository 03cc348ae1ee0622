"""The height at which a body that comes down touches another one first: closed forms, 1e-15."""

import math
from itertools import pairwise

import pytest

from bumpform.geometry.curve import Arc, Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.first_touch import first_touch_of
from bumpform.geometry.profile import Profile
from bumpform.process.mounts.package import package

R, Z = 1.5e-4, 2e-4


def chain(*points):
    """Profile of straight pieces through points."""
    lines = (Line(a, b) for a, b in pairwise(points))
    return Profile(tuple(Edge(line, 0.0, 1.0) for line in lines))


#: A ball about the axis, its centre at height Z, on a floor.
BALL = Profile(
    (
        Edge(Arc((0.0, Z), R, -math.pi / 2, math.pi / 2), math.pi / 2, -math.pi / 2),
        Edge(Line((0.0, Z - R), (1e-3, Z - R)), 0.0, 1.0),
    )
)


def resist(opening, thickness=2e-5):
    return chain((0.0, 0.0), (opening, 0.0), (opening, thickness), (1e-3, thickness))


@pytest.mark.parametrize("opening", [1e-6, 1.234e-5, 5e-5, 7.1e-5])
def test_a_ball_is_met_by_the_edge_of_a_narrow_resist(opening):
    found = first_touch_of(BALL, resist(opening))
    assert found.height == pytest.approx(2e-5 + Z + math.sqrt(R**2 - opening**2), rel=1e-15)
    r, _ = BALL.point(found.station)
    assert r == pytest.approx(opening, rel=1e-9)


@pytest.mark.parametrize("opening", [7.5e-5, 1e-4, 1.49e-4, 2e-4])
def test_a_ball_reaches_through_a_wide_opening(opening):
    """From r = √(2Rt − t²) = 74.8 µm on, its top is higher than the resist is thick."""
    found = first_touch_of(BALL, resist(opening))
    assert found.height == pytest.approx(Z + R, rel=1e-15)
    assert found.station == BALL.start


@pytest.mark.parametrize("degrees", [5, 20, 44, 60])
def test_a_ball_is_met_by_a_funnel_where_it_has_its_slope(degrees):
    """A cone over a ball touches it at the polar angle of its slope: at R/cos + Z on the axis."""
    slope = math.tan(math.radians(degrees))
    funnel = chain((0.0, 0.0), (1.6e-4, 1.6e-4 * slope), (1e-3, 0.0))
    found = first_touch_of(BALL, funnel)
    assert found.height == pytest.approx(Z + R / math.cos(math.radians(degrees)), rel=1e-15)
    r, _ = BALL.point(found.station)
    assert r == pytest.approx(R * math.sin(math.radians(degrees)), rel=1e-12)


def test_flat_faces_meet_at_their_sum():
    mask = chain((0.0, 0.0), (1e-4, 0.0), (1e-4, 3e-5), (1e-3, 3e-5))
    assert first_touch_of(mask, resist(5e-5)).height == pytest.approx(5e-5, rel=1e-15)
    assert first_touch_of(mask, resist(2e-4)).height == pytest.approx(5e-5, rel=1e-15)
    pillar = chain((0.0, 8e-5), (4e-5, 8e-5), (4e-5, 0.0), (1e-3, 0.0))
    assert first_touch_of(pillar, resist(5e-5)).height == pytest.approx(8e-5, rel=1e-15)
    assert first_touch_of(pillar, resist(3e-5)).height == pytest.approx(1e-4, rel=1e-15)


def test_a_package_rests_on_what_stands_highest_under_it():
    above = package(
        pad_radius=1e-4,
        pad_material="Cu",
        base_material="FR4",
        outer=1e-3,
        resist=("solder resist", 2e-5, 6e-5),
    )
    assert above.touch(BALL).height == pytest.approx(2e-5 + Z + math.sqrt(R**2 - 3.6e-9), rel=1e-15)


def test_a_ball_on_a_ring_that_is_round():
    """Both are curved: they touch where their centres are as far apart as their radii together."""
    ring, ball, middle = 40e-6, 70e-6, 60e-6
    below = [Edge(Arc((middle, 0.0), ring, math.pi, 0.0), math.pi, 0.0)]
    above = [Edge(Arc((0.0, 0.0), ball, math.pi / 2, 0.0), math.pi / 2, 0.0)]
    found = first_touch_of(below, above)
    assert found.height == pytest.approx(math.sqrt((ring + ball) ** 2 - middle**2), rel=1e-12)
    r, z = below[0].point(found.station.u)
    assert [r, z] == pytest.approx(
        [middle * ball / (ring + ball), found.height * ring / (ring + ball)], rel=1e-9
    )


def test_two_balls_on_the_axis():
    balls = [Edge(Arc((0.0, 0.0), r, math.pi / 2, 0.0), math.pi / 2, 0.0) for r in (5e-5, 8e-5)]
    assert first_touch_of(balls[:1], balls[1:]).height == pytest.approx(13e-5, rel=1e-12)
