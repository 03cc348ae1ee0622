"""Laws that hold for every drop: similarity, mirror, monotony, least energy.

Inputs are drawn by hypothesis; each law is exact, so that tolerances are round-off and the
solver's own error (1e-9, the product's promise) alone.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenes
from bumpform.geometry.profile import Station
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.sampling import from_cap
from bumpform.surface.search.descent import reach
from scenes import TENSION, cap_volume, capillarity, landscape, rest
from shooting import point, shoot

pytestmark = pytest.mark.dolfinx

few = settings(deadline=None, max_examples=25, derandomize=True)
A = 100e-6

angles = st.floats(15.0, 165.0)
ratios = st.floats(0.3, 6.0)
bonds = st.floats(-0.2, 0.6)


def gravity_for(bond, volume, tension=TENSION):
    """Acceleration that gives ρgV^(2/3)/σ."""
    return bond * tension / (scenes.DENSITY * volume ** (2 / 3))


@few
@given(angle=angles, ratio=ratios, bond=bonds, scale=st.floats(1e-2, 1e2))
def test_similar_drops_have_similar_shapes(angle, ratio, bond, scale):
    """All lengths times s at the same Bond number: lengths times s, pressure over s, energy s²."""
    values = []
    for unit in (A, scale * A):
        volume = ratio * unit**3
        profile = scenes.plane(12 * unit)
        found = rest(profile, (angle,), volume, gravity_for(bond, volume), (0, 0.5))
        v = found.values
        values.append(
            [
                v["outer.r_m"] / unit,
                v["apex_z_m"] / unit,
                v["max_radius_m"] / unit,
                v["pressure_Pa"] * unit,
                v["energy_J"] / unit**2 / TENSION,
                v["area_m2"] / unit**2,
            ]
        )
    assert values[0] == pytest.approx(values[1], rel=1e-10, abs=1e-10)


@few
@given(angle=angles, ratio=ratios, bond=bonds, factor=st.floats(0.1, 10.0))
def test_shape_depends_on_the_bond_number_alone(angle, ratio, bond, factor):
    """σ and ρ times the same factor: the same shape, pressure times the factor."""
    volume = ratio * A**3
    g = gravity_for(bond, volume)
    profile = scenes.plane(12 * A)
    one = rest(profile, (angle,), volume, g, (0, 0.5)).values
    two = rest(
        profile,
        (angle,),
        volume,
        g,
        (0, 0.5),
        tension=factor * TENSION,
        density=factor * scenes.DENSITY,
    ).values
    for name in ("outer.r_m", "apex_z_m", "area_m2"):
        assert two[name] == pytest.approx(one[name], rel=1e-10)
    assert two["pressure_Pa"] == pytest.approx(factor * one["pressure_Pa"], rel=1e-9, abs=1e-6)


@pytest.mark.slow
@few
@given(psi=st.floats(20.0, 120.0), bond=st.floats(0.0, 0.3))
def test_hanging_is_the_mirror_of_standing(psi, bond):
    """Gravity mirrored about the pad is gravity reversed: the shot with −g, upside down.

    A drop under −g on a pad is the mirror image of one that hangs from it under +g. The image
    is computed by shooting with the sign of B and of the depth changed.
    """
    volume = cap_volume(A, math.radians(psi))
    g = -gravity_for(bond, volume)
    found = rest(scenes.pad(A, 20 * A), (1, 179), volume, g, (0, 1.0))
    shot = shoot(point(A), volume, capillarity=capillarity(g))
    assert found.values["apex_z_m"] == pytest.approx(shot.apex_z, rel=1e-9)
    up = rest(scenes.pad(A, 20 * A), (1, 179), volume, -g, (0, 1.0))
    # weight flattens the one that stands and stretches the one that hangs
    assert found.values["apex_z_m"] >= up.values["apex_z_m"] - 1e-12 * A


@few
@given(
    ratios=st.tuples(st.floats(0.05, 8.0), st.floats(1.001, 1.5)),
    bond=st.floats(0.0, 0.3),
)
def test_more_liquid_on_a_pad_stands_higher(ratios, bond):
    """On a pad that holds its edge, the apex rises with the volume at the same liquid."""
    ratio, more = ratios
    g = gravity_for(bond, A**3)
    apex = [
        rest(scenes.pad(A, 30 * A), (0.1, 179.9), v * A**3, g, (0, 1.0)).values["apex_z_m"]
        for v in (ratio, more * ratio)
    ]
    assert apex[1] > apex[0]


@few
@given(
    wall=st.floats(95.0, 150.0),
    ratio=st.floats(2.0, 4.0),
    bond=bonds,
    side=st.floats(70.0, 90.0),
    shift=st.floats(0.002, 0.05),
)
def test_no_neighbour_along_the_wall_has_less_energy(wall, ratio, bond, side, shift):
    """Energy with the line held a little off its place is higher, to both sides."""
    volume = ratio * A**3
    profile = scenes.opening(A, 3 * A, 30 * A, side)
    land = landscape(profile, (25, wall, 125), volume, gravity_for(bond, volume))
    found = reach(land, Station(1, 0.5))
    assert (found.state, found.feature) == ("free", "wall")
    energy = found.surface.energy()
    for u in (found.station.u - shift, found.station.u + shift):
        guess = land.guess(Station(1, u), free=False, elements=found.surface.elements)
        assert solve(from_cap(guess, tolerance=1e-8)).energy() > energy


@few
@given(
    psi=st.floats(20.0, 140.0),
    bond=bonds,
    seed=st.integers(0, 2**20),
    size=st.floats(1e-4, 3e-2),
)
def test_no_surface_of_the_same_volume_has_less_energy(psi, bond, seed, size):
    """Random wrinkles of a pinned drop, brought back to its volume, cost energy.

    The volume is restored exactly by a stretch of the heights, V being linear in z.
    """
    volume = cap_volume(A, math.radians(psi))
    land = landscape(scenes.pad(A, 30 * A), (1, 179), volume, gravity_for(bond, volume))
    found = reach(land, Station(0, 1.0))
    surface = found.surface
    t = 1.0 - surface.mesh.xi
    random = np.random.default_rng(seed)
    wrinkle = sum(np.sin(n * np.pi * t)[:, None] * random.standard_normal(2) for n in (1, 2, 3))
    x = surface.x + size * wrinkle
    _, gradient = surface.mesh.gradients(x, 0.0, 0.0)
    stretch = 0.5 / math.pi / (float(np.vdot(gradient, x)) / 3.0)
    x[:, 1] *= stretch
    # heights start at z = 0, so the pinned line has not moved
    other = replace(surface, x=x)
    assert other.energy() >= surface.energy() - 1e-12 * abs(surface.energy())
