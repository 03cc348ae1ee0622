"""Stability: eigenvalues of the second variation, their signs and their zeros.

Exact      spherical caps: −Δw − 2w/R² = λw on the sphere, solved by Legendre functions; motions
           that cost nothing (translation on a plane, rotation about a core's centre) give 0 at
           m = 1; a drop that can roll downhill is unstable
Expect     1e-8 relative for the Legendre eigenvalues (the eigenvalue converges twice as fast as
           the eigenfunction, and eight elements resolve it), zeros to 1e-6
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import lpmv

import scenes
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.geometry.profile import Profile, Station
from bumpform.runner import run
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.sampling import from_cap
from bumpform.surface.drop.stability import Leaning, Stability, analyse
from scenes import cap_volume, landscape, rest, straight

pytestmark = pytest.mark.dolfinx

A = 100e-6


def held(land, station, elements=8):
    """Surface with its line held at a station."""
    return solve(from_cap(land.guess(station, free=False, elements=elements), tolerance=1e-8))


def first_root(function, start, stop, steps=400):
    x = np.linspace(start, stop, steps)
    y = [function(v) for v in x]
    i = next(i for i in range(steps - 1) if y[i] * y[i + 1] < 0.0)
    return brentq(function, x[i], x[i + 1], xtol=1e-13)


def pinned_cap_eigenvalue(mode, psi):
    """Lowest λR² of a cap held at its rim, by Legendre functions P_ν^m of cos of the angle."""
    c = math.cos(psi)
    if mode > 0:
        nu = first_root(lambda v: lpmv(mode, v, c), mode + 1e-3, 40.0)
    else:  # w = P_ν − P_ν(c) keeps the volume: ∫ w dcos = 0

        def gap(v):
            mean = quad(lambda x: lpmv(0, v, x), c, 1.0, epsabs=1e-13, epsrel=1e-12)[0]
            return mean / (1.0 - c) - lpmv(0, v, c)

        nu = first_root(gap, 0.3 if psi > 2.0 else 1.001, 40.0)
        if abs(nu - 1.0) < 1e-9:  # w = 0 for ν = 0; ν = 1 is cosθ − c: no, its mean is not zero
            raise AssertionError
    return nu * (nu + 1.0) - 2.0


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [40, 90, 130, 160])
@pytest.mark.parametrize("mode", [0, 1, 2])
def test_pinned_cap_against_legendre_functions(mode, degrees):
    """Lowest eigenvalue of every mode of a cap on a pad's edge, without gravity."""
    psi = math.radians(degrees)
    volume = cap_volume(A, psi)
    land = landscape(scenes.pad(A, 20 * A), (1, 179), volume, 0.0)
    lowest = analyse(held(land, Station(0, 1.0))).lowest[mode]
    radius = A / math.sin(psi)
    exact = pinned_cap_eigenvalue(mode, psi) * (land.drop.length / radius) ** 2
    assert lowest == pytest.approx(exact, rel=1e-8)


@pytest.mark.parametrize(("mode", "exact"), [(0, 4.0), (1, 0.0), (2, 4.0)])
def test_sliding_hemisphere(mode, exact):
    """θ = 90° on a plane: w_s = 0 at the line, so λR² = l(l + 1) − 2 with l + m even."""
    found = rest(scenes.plane(20 * A), (90,), 2 * math.pi / 3 * A**3, 0.0, (0, 0.1))
    unit = (found.drop.length / A) ** 2
    assert analyse(found.surface).lowest[mode] == pytest.approx(exact * unit, abs=1e-8 * unit)


@pytest.mark.parametrize("gravity", [-9.81, 0.0, 9.81, 1000.0])
@pytest.mark.parametrize("degrees", [20, 60, 120, 160])
def test_translation_on_a_plane_is_neutral(degrees, gravity):
    """Moving the drop along a level plane costs nothing, at any Bond number: m = 1 is zero."""
    found = rest(scenes.plane(2e-3), (degrees,), 4e-13, gravity, (0, 0.05))
    verdict = analyse(found.surface)
    assert verdict.lowest[1] == pytest.approx(0.0, abs=1e-6)
    assert 1 in verdict.neutral
    assert verdict.stable
    assert verdict.lowest[0] > 0.0
    assert verdict.lowest[2] > 0.0


@pytest.mark.parametrize("bond", [0.2, 40.0, 210.0])
def test_a_wide_puddle_is_as_neutral_as_a_small_cap(bond):
    """24 times as wide as high at 210: on a quarter of its elements zero took 7e-5, and held."""
    size = math.sqrt(bond / scenes.capillarity(9.81))
    found = rest(scenes.plane(9 * size), (141.71,), size**3, 9.81, (0, 0.5))
    assert 1 in analyse(found.surface).neutral


@pytest.mark.parametrize("degrees", [30, 60, 90, 130])
def test_rotation_about_a_core_is_neutral_without_gravity(degrees):
    """A cap on a sphere can turn about its centre at no cost."""
    found = rest(scenes.core(A, 0.7 * A, 20 * A), (degrees, 179), 0.8 * A**3, 0.0, (0, 0.3))
    verdict = analyse(found.surface)
    assert found.feature == "core"
    assert verdict.lowest[1] == pytest.approx(0.0, abs=1e-6)
    assert verdict.stable


@pytest.mark.parametrize(("gravity", "stable"), [(9.81, False), (-9.81, True)])
def test_cap_on_a_core_rolls_down(gravity, stable):
    """Above the core's centre the cap's weight turns it over; hanging, it comes back.

    The eigenvalue is of first order in the Bond number, here 0.002: far above 1e-6.
    """
    found = rest(scenes.core(A, 0.7 * A, 20 * A), (60, 179), 0.8 * A**3, gravity, (0, 0.3))
    lowest = analyse(found.surface).lowest[1]
    assert abs(lowest) > 1e-4
    assert (lowest > 0.0) == stable


def test_line_is_stable_in_an_opening():
    """A dome that slides on a wall is centred by it: every mode costs energy."""
    found = rest(scenes.opening(A, 2 * A, 20 * A), (25, 125, 125), 2.5 * A**3, 9.81, (1, 1.0))
    verdict = analyse(found.surface)
    assert found.feature == "wall"
    assert verdict.stable
    assert min(verdict.lowest.values()) > 0.1


def pillar():
    """Pad on a tall pillar that stands on a base."""
    return Profile(
        (
            straight((0.0, 0.0), (A, 0.0), "pad"),
            straight((A, 0.0), (A, -2 * A), "side", "pad"),
            straight((A, -2 * A), (30 * A, -2 * A), "base"),
        )
    )


@pytest.mark.parametrize(
    ("profile", "degrees", "ratio", "place", "stable"),
    [
        # ψ = θ + 90°: further down there is more liquid over the line, so it runs on
        (pillar(), (20, 40, 100), None, Station(1, 0.5), False),
        (scenes.opening(A, 2 * A, 20 * A), (25, 125, 125), 3.0, None, True),
        (scenes.core(A, 0.7 * A, 20 * A), (60, 179), 1.0, None, True),
        (scenes.plane(20 * A), (120,), 1.0, None, True),
    ],
    ids=["pillar", "opening", "core", "plane"],
)
@pytest.mark.parametrize("gravity", [0.0, 300.0])
def test_sign_at_m_0_is_that_of_the_energy_along_the_solid(
    profile, degrees, ratio, place, stable, gravity
):
    """The energy with the line held near its place is lowest (highest) there, as λ₀ > 0 (< 0).

    d²E/ds² by central differences of the held surfaces' energies; a line that slides to a
    stationary place also has dE/ds = 0, to the difference's error.
    """
    if place is None:
        found = rest(profile, degrees, ratio * A**3, gravity, (len(profile) - 1, 0.1))
        land, station = landscape(profile, degrees, ratio * A**3, gravity), found.station
        surface = found.surface
    else:
        # the volume of a cap with the sliding slope at the middle of the side
        psi = math.radians(degrees[place.piece] + 90)
        below = 2 * math.pi * profile.moments(place)[0]
        land = landscape(profile, degrees, float(below + cap_volume(A, psi)), gravity)
        guess = held(land, place)
        surface = solve(replace(guess, start=replace(guess.start, free=True)))
        station = Station(place.piece, surface.start.u)
    assert 0.0 < station.u < 1.0
    step = 0.01 * land.drop.length / profile.pieces[station.piece].length()
    energy = [held(land, Station(station.piece, station.u + k * step)).energy() for k in (-1, 0, 1)]
    slope, curvature = (energy[2] - energy[0]) / 2, energy[2] - 2 * energy[1] + energy[0]
    assert abs(slope) < 0.02 * abs(curvature)
    assert (curvature > 0.0) == stable
    assert (analyse(surface).lowest[0] > 0.0) == stable


def test_eigenvalues_grow_with_the_mode():
    """For m ≥ 1 the form grows with m², so m = 1 decides for all above."""
    found = rest(scenes.opening(A, 2 * A, 20 * A), (25, 125, 125), 2.5 * A**3, 9.81, (1, 1.0))
    lowest = analyse(found.surface, modes=(1, 2, 3, 4)).lowest
    assert sorted(lowest.values()) == [lowest[m] for m in (1, 2, 3, 4)]


def test_margin_is_that_of_the_weakest_mode_that_costs_energy():
    """A neutral translation is no instability and no margin."""
    free = Stability({0: 4.0, 1: 1e-9, 2: 5.0}, (1,))
    assert (free.stable, free.weakest, free.margin) == (True, 0, 4.0)
    rolls = Stability({0: 4.0, 1: -0.5, 2: 5.0}, (), Leaning(1, -0.5, 2.0))
    assert (rolls.stable, rolls.upright, rolls.weakest, rolls.margin) == (False, True, 1, -0.5)
    assert rolls.reason().startswith("the liquid gives way to one side")
    falls = Stability({0: -0.1, 1: -0.5, 2: 5.0}, ())
    assert (falls.stable, falls.upright) == (False, False)
    assert falls.reason().endswith("(mode m = 0, eigenvalue -0.1 σ/L²)")


@pytest.mark.parametrize("name", ["photoimaged_opening", "core_metal_ball"])
def test_every_stage_tells_its_margin(name):
    """The lowest eigenvalue of its modes, none of which is neutral on these solids."""
    for stage in run(load_case(name)).result["stages"]:
        equilibrium = stage["equilibrium"]
        modes = equilibrium["lowest_eigenvalues"]
        assert equilibrium["stability_margin"] == min(modes.values()) > 0.0
        assert equilibrium["stability_margin"] == modes[str(equilibrium["weakest_mode"])]


def hanging_case(bond, volume):
    """Bump on a pad of 1 mm that hangs; the volume in units of its radius cubed."""
    radius, tension, density = 1e-3, 0.48, 8400.0
    step = [
        {
            "do": "substrate",
            "pad": {"radius": radius, "thickness": 2e-5, "material": "Cu"},
            "base": {"material": "FR4"},
        },
        {"do": "deposit", "solder": "Sn63Pb37", "volume": volume * radius**3},
        {"do": "reflow", "name": "bump", "peak": "220 degC"},
    ]
    return Case.from_dict(
        {
            "case": {"name": "hanging"},
            "environment": {"gravity": -bond * tension / (density * radius**2)},
            "wetting": {"Cu": "5 deg", "FR4": "175 deg"},
            "materials": {"Sn63Pb37": {"surface_tension": tension, "density": density}},
            "step": step,
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize(("bond", "most"), [(0.1, 47.99791), (1.0, 5.261758)])
def test_more_than_hangs_falls(bond, most):
    """0.999 of the published largest volume hangs; 1.001, 1.05 and 3 times it is told to fall."""
    stage = run(hanging_case(bond, 0.999 * most)).result["stages"][-1]
    assert "refused" not in stage
    assert 0.0 < stage["equilibrium"]["stability_margin"] < 1.0
    assert stage["equilibrium"]["weakest_mode"] == 0
    for share in (1.001, 1.05, 3.0):
        refused = run(hanging_case(bond, share * most)).refused
        assert refused is not None
        assert refused.reason == "no_equilibrium"
        assert refused.detail.startswith("the liquid falls")
