"""Orders at which a melt's flow converges in the mesh and in the time step, both sides of each.

A drop on a plane that it glides on without friction, at 90°: half a free drop, so that no contact
line spoils an order.

flow           velocity of quadratic elements on quadratic sides: 3 (measured 3.0 and 2.9)
overdamped     forces in the mean of a step, friction where it began: 1 (measured 1.3 and 1.1)
with inertia   two implicit stages: 2 (measured 1.8 to 1.9; the first steps are shorter, in the
               same proportion, and one less of an order then)
"""

from __future__ import annotations

import math
from itertools import islice, pairwise

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from bumpform.melting.beginning.options import Options
from bumpform.melting.flows.boundary import boundary
from bumpform.melting.flows.flow import Fluid, Problem
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.motion.inertial import march_inertial
from bumpform.melting.motion.overdamped import march
from bumpform.melting.motion.ringing import period
from melts import free_drop, wall

pytestmark = pytest.mark.dolfinx

FLOOR = wall([(0.0, 0.0), (5.0, 0.0)], [90.0])


def orders(values) -> list[float]:
    """Of what halves from one value to the next, by their differences."""
    steps = np.abs(np.diff(np.asarray(values)))
    return [math.log2(a / b) for a, b in pairwise(steps)]


def test_the_flow_converges_with_the_mesh_to_the_third_order():
    """Its speed at the apex, of one shape; the finest mesh is the reference."""
    speeds = []
    for element in (0.2, 0.1, 0.05, 0.025):
        sizes = Options(element=element).sizes
        mesh = LiquidMesh(boundary(free_drop(FLOOR, 0.1, sizes), FLOOR, sizes))
        ways = {int(mesh.curve[0]): np.array([1.0, 0.0])}
        flow = Problem(mesh, Fluid(0.0, 0.0)).solve(0.0, ways, {})
        speeds.append(float(flow.velocity[mesh.node[mesh.curve[-1]], 1]))
    found = orders(speeds)
    assert all(2.5 < order < 3.5 for order in found), (speeds, found)


@pytest.mark.slow
def test_an_overdamped_melt_converges_with_its_steps_to_the_first_order():
    """Its height at 0.8 μL/σ against that by steps of 0.0125, of a drop stretched by 0.3."""
    heights = []
    for step in (0.2, 0.1, 0.05, 0.0125):
        options = Options(
            element=0.2,
            slip_length=math.inf,
            first_step=step,
            longest_step=step,
            growth=1.0,
            move=1.0,
        )
        way = march(free_drop(FLOOR, 0.3, options.sizes), FLOOR, Fluid(0.0, 0.0), options)
        *_, last = islice(way, 1 + round(0.8 / step))
        assert last.time == pytest.approx(0.8)
        heights.append(last.shape.nodes[-1, 1])
    errors = np.abs(np.array(heights[:-1]) - heights[-1])
    found = [math.log2(a / b) for a, b in pairwise(errors)]
    assert all(0.85 < order < 1.6 for order in found), (heights, found)
    assert errors[-1] < 2e-4


@pytest.mark.slow
def test_a_melt_with_inertia_converges_with_its_steps_to_the_second_order():
    """Laplace number 1e3, after 0.6 of a period."""
    fluid = Fluid(0.0, 0.0, 1e3)
    whole, heights = period(fluid), []
    for steps in (20, 40, 80):
        options = Options(
            element=0.3, slip_length=math.inf, inertia=True, steps_per_period=steps, move=5.0
        )
        times, apexes = [], []
        for step in march_inertial(free_drop(FLOOR, 0.04, options.sizes), FLOOR, fluid, options):
            times.append(step.time / whole)
            apexes.append(step.shape.nodes[-1, 1])
            if times[-1] > 0.65:
                break
        heights.append(float(CubicSpline(times, apexes)(0.6)))
    [found] = orders(heights)
    assert 1.6 < found < 2.4, (heights, found)
