"""A drop with inertia rings down, its swings are left, and it rests where its angle has it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bumpform.geometry.profile import Station
from bumpform.melting.beginning.options import Options
from bumpform.melting.flows.flow import Fluid
from bumpform.melting.motion.inertial import RISE, SWINGS_LEFT, march_inertial
from bumpform.melting.motion.ringing import LEFT
from melts import cap, cap_volume, wall

pytestmark = pytest.mark.dolfinx


@pytest.fixture(scope="module")
def way():
    """A cap of 80° lets its line go on solid of 60°, at a Laplace number of 300."""
    floor = wall([(0.0, 0.0), (5.0, 0.0)], [60.0])
    options = Options(element=0.4, inertia=True, steps_per_period=40)
    shape = cap(floor, Station(0, 0.17), 80.0, options)
    return list(march_inertial(shape, floor, Fluid(0.0, 10.0, 300.0), options))


def test_it_ends_as_a_cap_of_its_volume_and_angle(way):
    shape = way[-1].shape
    r = shape.start.place()[0]
    assert cap_volume(r, 60.0) == pytest.approx(shape.volume, rel=2e-4)


def test_it_rings_first_then_fades_and_says_when(way):
    """The kinetic energy is there as long as it rings; one step tells how that was left."""
    first = next(k for k, step in enumerate(way) if step.kinetic is None)
    assert all(step.kinetic is None for step in way[first:])
    assert [k for k, step in enumerate(way) if step.left is not None] == [first]
    assert way[first].event.startswith(SWINGS_LEFT)
    left, last = way[first].left, way[first - 1]
    assert left.time == last.time
    assert left.energy == last.energy + last.kinetic
    begun, rest = way[0].energy, way[-1].energy
    assert left.share == pytest.approx((left.energy - rest) / (begun - rest), rel=1e-9)
    assert 0.0 < left.share <= LEFT
    assert max(step.kinetic for step in way[:first]) > 0.1 * (begun - rest)


def test_its_energy_kinetic_and_potential_falls(way):
    total = [step.energy + (step.kinetic or 0.0) for step in way]
    assert all(after <= before + RISE for before, after in pairwise(total))
    assert all(after.time > before.time for before, after in pairwise(way))
