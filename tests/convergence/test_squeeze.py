"""A cylinder of liquid squeezed between two plates, in closed form: the flow with slip.

A column of radius R and height H between plates that come together at a speed U, its free side
straight, slip length b on both plates (lengths in H, σ = μ = 1, forces over 2π):

b infinite   the flow is u_r = Ur/2H, u_z = −Uz/H: linear, so the mesh holds it exactly; the force
             is Trouton's, 3/2 R²U/H, and so is what turns into heat
any b        u_r = r f(z), f = ½k (z(H − z) + bH), whose mean carries U, holds Stokes' equations and
             both plates' friction; at the free side its pull outwards is to vanish in the mean:
             F = ⅛kR⁴U + (U + f(0))R², k = 6/(1 + 6b). What is left there lies within some H.
             The first part is Reynolds'
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
@pytest.mark.parametrize("radius", [8.0, 16.0])
def test_with_slip_it_is_reynolds_s_and_trouton_s(radius, slip_length):
    """Within what the layer at the free side takes (measured 0.1 to 0.6 %): were there friction on
    the plate's way, too, not only on what slides along it, it would be 27 % more at most."""
    force, flow = squeezed(radius, slip_length, 0.3)
    k = 6.0 / (1.0 + 6.0 * slip_length)
    expected = k * radius**4 / 8.0 + (1.0 + 0.5 * k * slip_length) * radius**2
    assert force == pytest.approx(expected, rel=0.01)
    assert flow.power == pytest.approx(force, rel=1e-9)


@pytest.mark.parametrize("slope", [0.0, 0.2])
def test_a_plate_under_the_same_load_comes_as_fast(slope):
    """What floats under the force that a driven plate meets is the same flow: to round-off."""
    slip = 0.2
    floor = wall([(0.0, 0.0), (8.0, 0.0)], [90.0])
    roof = replace(wall([(0.0, 0.0), (8.0, 8.0 * slope)], [90.0]), upper=True).raised(1.0)
    at, above = (Station(0, 0.25),) * 2
    column = np.stack([np.full(9, 2.0), np.linspace(0.0, roof.point(above)[1], 9)], axis=1)
    shape = Shape(column, Line("outer", floor, at), Line("top", roof, above))
    mesh = LiquidMesh(boundary(shape, floor, Options(element=0.3).sizes))
    problem = Problem(mesh, Fluid(0.0, 1.0 / slip))
    tangents = (line.wall.tangent(line.at) for line in shape.lines)
    ways = dict(zip(mesh.curve[[0, -1]].tolist(), tangents, strict=True))
    driven = problem.solve(0.0, ways, {}, rise=-1.0)
    floats = problem.solve(0.0, ways, {}, load=driven.lifting)
    assert floats.rise == pytest.approx(-1.0, rel=1e-10)
    assert floats.lifting == pytest.approx(driven.lifting, rel=1e-10)
    assert floats.power == pytest.approx(driven.power, rel=1e-10)
    assert floats.velocity == pytest.approx(driven.velocity, abs=1e-9)
