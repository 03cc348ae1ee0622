"""Spherical caps without gravity, and laws that hold exactly at any Bond number.

Problem    one drop on a plane, a pad, or the wall of an opening
Exact      cap: H/a = tan(θ/2), V = πH(3a² + H²)/6, p = 2σ sin θ/a, E from areas; hydrostatics:
           π a² p_base − 2π a σ sin θ = ρ g V for what stands on a plane
Expect     round-off: without gravity the first guess is exact but for the interpolation of the
           circle with degree 6; the force balance holds for the discrete drop to its error
"""

from __future__ import annotations

import math

import pytest

import scenes
import shooting
from scenes import TENSION, cap_volume, rest

pytestmark = pytest.mark.dolfinx

UM = 1e-6
ROUND_OFF = 1e-11


@pytest.mark.parametrize("degrees", [5, 20, 45, 60, 89.999, 90, 120, 150, 170, 175])
def test_sliding_cap_on_a_plane(degrees):
    """Height, pressure, area and energy of a spherical cap at its contact angle.

    E = σ(A − πa² cosθ) with A = π(a² + H²): 1e-11 holds for every angle from 5° to 175°.
    """
    theta, a = math.radians(degrees), 80 * UM
    height = a * math.tan(theta / 2)
    found = rest(
        scenes.plane(20 * height + 20 * a), (degrees,), cap_volume(a, theta), 0.0, (0, 0.05)
    )
    size = found.drop.length
    area = math.pi * (a * a + height * height)
    energy = TENSION * (area - math.pi * a * a * math.cos(theta))
    values = found.values
    assert found.state == "free"
    assert values["outer.r_m"] == pytest.approx(a, abs=ROUND_OFF * size)
    assert values["apex_z_m"] == pytest.approx(height, abs=ROUND_OFF * size)
    assert values["pressure_Pa"] == pytest.approx(
        2 * TENSION * math.sin(theta) / a, abs=ROUND_OFF * TENSION / size
    )
    assert values["area_m2"] == pytest.approx(area, abs=ROUND_OFF * size**2 + ROUND_OFF * area)
    assert values["energy_J"] == pytest.approx(energy, abs=ROUND_OFF * TENSION * max(area, size**2))


@pytest.mark.parametrize("degrees", [2, 30, 90, 135, 160])
def test_pinned_cap_on_a_pad(degrees):
    """Height a tan(ψ/2), rim angle ψ and largest radius a/sin ψ of a cap on a pad's edge."""
    psi, a = math.radians(degrees), 60 * UM
    found = rest(scenes.pad(a, 20 * a), (1, 179), cap_volume(a, psi), 0.0, (0, 1.0))
    size = found.drop.length
    values = found.values
    assert found.state == "pinned"
    assert values["apex_z_m"] == pytest.approx(a * math.tan(psi / 2), abs=ROUND_OFF * size)
    assert values["outer.angle_deg"] == pytest.approx(degrees, abs=1e-8)
    widest = a / math.sin(psi) if psi > math.pi / 2 else a
    assert values["max_radius_m"] == pytest.approx(widest, abs=ROUND_OFF * size)
    if psi > math.pi / 2:  # the centre of the sphere
        centre = -a / math.tan(psi)
        # r is flat there: an error ε of the tangent moves the place by ε R
        assert values["max_radius_z_m"] == pytest.approx(centre, abs=1e-9 * size)


@pytest.mark.parametrize(("degrees", "side"), [(125, 90), (100, 80), (150, 90), (70, 90), (95, 70)])
def test_dome_on_a_wall(degrees, side):
    """Slope at the wall ψ = θ − side: H = r tan(ψ/2), whatever the volume below."""
    a = 60 * UM
    found = rest(
        scenes.opening(a, 6 * a, 30 * a, side), (25, degrees, 120), 3 * a**3, 0.0, (1, 0.2)
    )
    r, z = found.values["outer.r_m"], found.values["outer.z_m"]
    height = r * math.tan(math.radians(degrees - side) / 2)
    frustum = math.pi * z * (a * a + a * r + r * r) / 3
    cap = math.pi * height * (3 * r * r + height * height) / 6
    assert (found.feature, found.state) == ("wall", "free")
    assert r == pytest.approx(a + z / math.tan(math.radians(side)), rel=1e-13)
    assert found.values["apex_z_m"] - z == pytest.approx(height, abs=ROUND_OFF * a)
    assert frustum + cap == pytest.approx(3 * a**3, rel=ROUND_OFF)


@pytest.mark.parametrize("gravity", [-100.0, -9.81, 9.81, 500.0, 1000.0])
@pytest.mark.parametrize("degrees", [20, 60, 100, 140, 170])
def test_vertical_force_balance_on_a_plane(gravity, degrees):
    """π a² p_base − 2π a σ sin θ = ρ g V at any Bond number and angle, of the discrete drop too.

    Scaled by 2πaσ the balance holds to 1e-10: it inherits the errors of p and a alone.
    """
    volume = 3e-13
    found = rest(scenes.plane(2e-3), (degrees,), volume, gravity, (0, 0.05))
    a, p = found.values["outer.r_m"], found.values["pressure_Pa"]
    theta = math.radians(found.values["outer.angle_deg"])
    force = math.pi * a * a * p - 2 * math.pi * a * TENSION * math.sin(theta)
    missing = force - scenes.DENSITY * gravity * volume
    assert abs(missing) <= 1e-10 * 2 * math.pi * TENSION * max(a, found.drop.length)


@pytest.mark.parametrize("gravity", [-9.81, 9.81, 1000.0])
def test_volume_is_held(gravity):
    """Volume is met to 1e-12, which the product promises, and residual forces to 1e-10."""
    for degrees in (20, 90, 160):
        found = rest(scenes.plane(3e-3), (degrees,), 1e-12, gravity, (0, 0.05))
        assert found.surface.volume_error <= 1e-12
        assert found.surface.residual <= 1e-10


@pytest.mark.parametrize("psi", [-60, -20, 1, 45, 90, 135, 170])
def test_shooting_itself_against_spheres(psi):
    """The reference solver is good to 1e-12 where the answer is known.

    Its error at 1e-13 per step: measured below 5e-13 up to 170°.
    """
    a = 60 * UM
    slope = math.radians(psi)
    base = math.pi * a**3
    shot = shooting.shoot(
        shooting.point(a, a, base / (2 * math.pi)), base + cap_volume(a, slope), capillarity=0.0
    )
    height = a * math.tan(slope / 2)
    assert shot.apex_z - a == pytest.approx(height, abs=1e-12 * a, rel=1e-12)
    assert shot.psi == pytest.approx(slope, abs=1e-12)
    assert shot.pressure == pytest.approx(2 * math.sin(slope) / a, abs=1e-12 / a)
    assert 2 * math.pi * shot.area == pytest.approx(math.pi * (a * a + height**2), rel=1e-12)


@pytest.mark.parametrize("gravity", [-9.81, 1000.0])
def test_shooting_itself_keeps_the_force_balance(gravity):
    """π a² p_base − 2π a σ sin θ = ρ g V for the reference solver as well, to 1e-12."""
    b = scenes.capillarity(gravity)
    volume = 3e-13
    shot = shooting.shoot(
        shooting.plane(), volume, capillarity=b, angle=math.radians(140), bracket=(1e-6, 1e-3)
    )
    force = math.pi * shot.r**2 * shot.pressure - 2 * math.pi * shot.r * math.sin(shot.theta)
    assert force == pytest.approx(b * volume, abs=1e-12 * 2 * math.pi * volume ** (1 / 3))
