"""Forces on the lines of a joint that is sampled on all pairs of places."""

from __future__ import annotations

import math

import pytest

from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.newton import solve
from bumpform.surface.joints.joint import Joint
from bumpform.surface.search.chart import Places, sample
from scenes import straight
from two_lines import UM, liquid

pytestmark = pytest.mark.dolfinx

GAP = 6 * UM


def level(z):
    return Profile(
        (
            straight((0.0, z), (100 * UM, z), "face"),
            straight((100 * UM, z), (300 * UM, z), "round"),
        )
    )


@pytest.mark.parametrize(("lower", "upper"), [(0.02, 0.06), (0.05, 0.09), (0.05, 0.02)])
def test_of_a_film_that_bulges_past_270_degrees_a_line_is_driven_outwards(lower, upper):
    """As a surface that is held there says; counted from −90° on it would be drawn back."""
    angles = math.radians(30.0), math.radians(140.0)
    solids = Solid(level(0.0), angles), Solid(level(GAP), angles, "top", GAP)
    joint = Joint(liquid(math.pi * (130 * UM) ** 2 * GAP, 0.0), solids)
    pair = Station(1, lower), Station(1, upper)
    places = [Places(solid, (station,)) for solid, station in zip(solids, pair, strict=True)]
    chart = sample(joint, (places[0], places[1]))
    held = joint.hold(pair, solve(joint.guess(pair), tolerance=1e-3))
    seen = [solid.angle(held, station) for solid, station in zip(solids, pair, strict=True)]
    assert max(seen) > math.radians(270.0)
    for which in (0, 1):
        exact = joint.force(held, which, pair[which])
        assert chart.forces[which, 0, 0, 0] == pytest.approx(exact, abs=1e-3)  # of a sample
    assert chart.forces[seen.index(max(seen)), 0, 0, 0] > 0.0
