"""A cylinder of liquid squeezed between two plates, in closed form: the flow with slip.

A column of radius R and height H between plates that come together at a speed U, its free side
straight, slip length b on both plates (lengths in H, σ = μ = 1, forces over 2π):

b infinite   the flow is u_r = Ur/2H, u_z = −Uz/H: linear, so the mesh holds it exactly; the force
             is Trouton's, 3/2 R²U/H, and so is what turns into heat
R large      Reynolds': F = ¾ R⁴U/H³ / (1 + 6b/H), but for the edge's (H/R)²
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bumpform.geometry.profile import Station
from bumpform.melting.beginning.options import Options
from bumpform.melting.flows.boundary import boundary
from bumpform.melting.flows.flow import Flow, Fluid, Problem
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.shapes.shape import Line, Shape
from melts import wall

pytestmark = pytest.mark.dolfinx


def squeezed(radius: float, slip_length: float, element: float) -> tuple[float, Flow]:
    """Force on the upper plate at a speed of 1, less that of capillarity, and the flow."""
    far = 4.0 * radius
    floor = wall([(0.0, 0.0), (far, 0.0)], [90.0])
    roof = replace(floor, upper=True).raised(1.0)
    z = np.linspace(0.0, 1.0, 2 * max(4, round(1.0 / element)) + 1)
    at = Station(0, radius / far)
    column = np.stack([np.full_like(z, radius), z], axis=1)
    shape = Shape(column, Line("outer", floor, at), Line("top", roof, at))
    mesh = LiquidMesh(boundary(shape, floor, Options(element=element).sizes))
    problem = Problem(mesh, Fluid(0.0, 1.0 / slip_length))
    ways = {int(mesh.curve[end]): np.array([1.0, 0.0]) for end in (0, -1)}
    still, coming = (problem.solve(0.0, ways, {}, rise=rise) for rise in (0.0, -1.0))
    return coming.lifting - still.lifting, coming


@pytest.mark.parametrize("radius", [1.0, 3.0])
def test_without_friction_it_is_trouton_s(radius):
    """To round-off, on a coarse mesh: a linear velocity is in its space."""
    force, flow = squeezed(radius, math.inf, 0.3)
    assert force == pytest.approx(1.5 * radius**2, rel=1e-12)
    assert flow.power == pytest.approx(1.5 * radius**2, rel=1e-12)


@pytest.mark.parametrize("slip_length", [0.05, 0.2, 1.0])
def test_with_slip_it_is_reynolds_s_but_for_the_edge(slip_length):
    """What it is more than that falls with (H/R)², measured 4.1 to 4.3 a halving; without that part
    it is within 1 % (measured 0.6 %, which is the edge's next part)."""
    excess = []
    for radius in (8.0, 16.0):
        force, _ = squeezed(radius, slip_length, 0.3)
        excess.append(force * (1.0 + 6.0 * slip_length) / (0.75 * radius**4) - 1.0)
    assert 3.7 < excess[0] / excess[1] < 4.6, excess
    assert abs(4.0 * excess[1] - excess[0]) / 3.0 < 0.01
