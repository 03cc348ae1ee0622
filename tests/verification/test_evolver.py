"""Surface Evolver, a program that shares nothing with ours, finds the same liquids at rest.

Problem    drops pinned, on walls, planes and cores, rings, joints held and loaded, and Evolver's
           own published joints
Reference  its string model with edges of order 8 (``evolver``), of which only the energy is ours:
           integrals along the meridian, and polynomials for the solid's side; and its facets in
           three dimensions (``evolver_3d``)
Expect     every number within 1e-9, the product's promise; and within our error estimate, plus
           what doubling Evolver's edges still changes in its answer, plus 1e-11: both come to
           rest by Newton steps whose energy is known to 1e-12
"""

from __future__ import annotations

import math

import pytest
from scipy.optimize import brentq

import evolver
import evolver_3d
import published
import scenes
from bumpform.case.file import load_case
from bumpform.geometry.profile import Station
from bumpform.runner import run
from bumpform.surface.search.cap_or_ring import reach_ring
from evolver import Deck, apex, core, disc, edge, floating, plane, round_core, sphere, wall
from published import BGA_GAP, BGA_RADIUS, BGA_TENSION, BGA_VOLUME, BGA_WEIGHT, GRAVITY, PAD_ANGLE
from scenes import TENSION, capillarity

pytestmark = [
    pytest.mark.dolfinx,
    pytest.mark.skipif(
        evolver.PROGRAM is None, reason="Surface Evolver is not installed (Debian: evolver)"
    ),
]

UM = 1e-6
PROMISE, ROUND_OFF = 1e-9, 1e-11


def agrees(values, errors, deck, length, tension=TENSION, last="apex"):
    """Ours, in SI, against a deck whose unit is ``length``; ``last`` names the second end."""
    once, twice = evolver.solve(deck, 8).values, evolver.solve(deck, 16).values
    units = {
        "energy_J": ("energy", tension * length**2),
        "pressure_Pa": ("pressure", tension / length),
        "max_radius_m": ("max r", length),
        "outer.r_m": ("first r", length),
        "outer.z_m": ("first z", length),
        "apex_z_m" if last == "apex" else f"{last}.z_m": ("last z", length),
    }
    if last != "apex":
        units[f"{last}.r_m"] = ("last r", length)
    for name, (theirs, unit) in units.items():
        off = abs(values[name] / unit - twice[theirs])
        size = max(1.0, abs(twice[theirs]))
        known = errors[name] / unit + abs(twice[theirs] - once[theirs]) + ROUND_OFF * size
        assert off <= PROMISE * size, (name, values[name] / unit, twice[theirs])
        assert off <= known, (name, values[name] / unit, twice[theirs], known)


def staged(stage):
    """Values and errors of a stage of result.json, by the same names."""
    surface = stage["surface"]
    lines = {
        f"{q['end']}.{key}": q[key] for q in surface["contact_lines"] for key in ("r_m", "z_m")
    }
    return surface | lines, stage["equilibrium"]["error_estimate"]


# drops; volumes in units of the cube of their solid's length, Bond numbers of that length


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [9.81, -9.81, 300.0])
@pytest.mark.parametrize("volume", [0.5, 4.0, 10.0])
def test_drop_on_an_edge(volume, gravity):
    """A drop pinned on its pad, from a flat cap to one that overhangs by 40 %."""
    a = 100 * UM
    found = scenes.rest(scenes.pad(a, 9 * a), (1, 179), volume * a**3, gravity, (0, 1.0))
    pinned = edge(1.0, 0.0) + disc(1.0, math.radians(1))
    deck = Deck(pinned, apex(), volume, capillarity(gravity) * a**2)
    assert found.state == "pinned"
    agrees(found.values, found.errors, deck, a)


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [9.81, -9.81, 300.0])
@pytest.mark.parametrize(("degrees", "volume"), [(125, 1.85), (100, 2.0), (70, 1.2)])
def test_drop_that_slides_on_a_wall(degrees, volume, gravity):
    """The dome, or the dish, in a round opening over a pad."""
    a, young = 60 * UM, math.radians(degrees)
    opening = scenes.opening(a, 2 * a, 6 * a)
    angles = (25, degrees, 170)
    found = scenes.rest(opening, angles, volume * a**3, gravity, (1, 0.9))
    b = capillarity(gravity) * a**2
    line = wall(1.0, young, 0.8 * volume / math.pi, b) + disc(1.0, math.radians(25))
    assert (found.state, found.feature) == ("free", "wall")
    agrees(found.values, found.errors, Deck(line, apex(), volume, b), a)


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [9.81, -9.81, 300.0])
@pytest.mark.parametrize("degrees", [40, 90, 140])
def test_drop_that_slides_on_a_plane(degrees, gravity):
    """Its base finds its radius; 1.5 at the start, in the unit of the volume's cube root."""
    a, young = 100 * UM, math.radians(degrees)
    radius = {40: 1.2, 90: 0.8, 140: 0.45}[degrees]
    found = scenes.rest(scenes.plane(9 * a), (degrees,), a**3, gravity, (0, radius / 9))
    deck = Deck(plane(0.0, young, radius), apex(), 1.0, capillarity(gravity) * a**2)
    agrees(found.values, found.errors, deck, a)


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [9.81, -9.81, 300.0])
@pytest.mark.parametrize(("degrees", "volume"), [(60, 0.6), (60, 2.2), (110, 1.0)])
def test_cap_that_slides_on_a_core(degrees, volume, gravity):
    """Liquid over a solid ball of radius 1 about (0, 0.8)."""
    a, young = 100 * UM, math.radians(degrees)
    polar = 0.9
    last = math.pi - math.acos(0.8)
    found = scenes.rest(
        scenes.core(a, 0.8 * a, 6 * a), (degrees, 175), volume * a**3, gravity, (0, polar / last)
    )
    b = capillarity(gravity) * a**2
    assert (found.state, found.feature) == ("free", "core")
    deck = Deck(sphere(1.0, 0.8, young, polar, b), apex(), volume, b)
    agrees(found.values, found.errors, deck, a)


# liquids between two lines


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [9.81, -9.81, 100.0])
@pytest.mark.parametrize(("below", "above"), [(50, 30), (60, 40)])
def test_ring_that_slides_on_a_plane_and_a_core(below, above, gravity):
    """The ring round a solid ball that stands in a plane, both lines at Young's angles."""
    a = 100 * UM
    profile = scenes.core(a, 0.8 * a, 9 * a)
    land = scenes.landscape(profile, (above, below), 3.0 * a**3, gravity)
    last, foot = math.pi - math.acos(0.8), 0.6
    polar, radius = 1.25, 1.55
    start = Station(1, (radius - foot) / (9.0 - foot)), Station(0, polar / last)
    found = reach_ring(land, *start)
    b = capillarity(gravity) * a**2
    inner, outer = math.radians(above), math.radians(below)
    dry = disc(foot, math.pi - outer)  # of the plane, what the core stands on is not wetted
    whole = core(1.0, 0.8, inner, b)
    deck = Deck(
        plane(0.0, outer, radius) + whole + dry, round_core(1.0, 0.8, inner, polar, b), 3.0, b
    )
    assert [line.state for line in found.lines] == ["free", "free"]
    agrees(found.values, found.errors, deck, a, last="inner")


@pytest.mark.parametrize("printed", [0.35, 0.5, 0.6])
def test_joint_round_a_ball(printed):
    """A bundled case by --set: solder round a copper ball that holds the gap between two pads."""
    share = f"deposit.Sn63Pb37.stencil.metal_fraction={printed}"
    ran = run(load_case("core_metal_ball", sets=[share]))
    assert ran.metrics["mounting"]["held_by"] == "core"
    stage, ball, pad, copper = ran.result["stages"][-1], 150 * UM, 4 / 3, math.radians(25)
    liquid = stage["liquid"]
    tension = liquid["surface_tension_N_m"]
    b = liquid["density_kg_m3"] * 9.81 * ball**2 / tension
    pads = disc(pad, copper)
    deck = Deck(
        edge(pad, 0.0) + core(1.0, 1.0, copper, b) + pads,
        edge(pad, 2.0) + pads,
        liquid["volume_m3"] / ball**3,
        b,
    )
    agrees(*staged(stage), deck, ball, tension, "top")


def joint(last, density):
    """The published joint's deck, in units of the pad's radius."""
    b = density * GRAVITY * BGA_RADIUS**2 / BGA_TENSION
    pads = disc(1.0, PAD_ANGLE)
    volume = BGA_VOLUME / BGA_RADIUS**3
    return Deck(edge(1.0, 0.0) + pads, last + pads, volume, b)


@pytest.mark.parametrize("density", [8900.0, 9000.0])
def test_published_ball_grid_array(density):
    """Evolver's bga-3 and bga-30, in our case and in a deck of ours."""
    ran = run(published.bga(density, standoff=BGA_GAP))
    deck = joint(edge(1.0, BGA_GAP / BGA_RADIUS), density)
    agrees(*staged(ran.result["stages"][-1]), deck, BGA_RADIUS, BGA_TENSION, "top")


def test_published_ball_grid_array_under_its_weight():
    """Evolver's bga-5: the upper pad weighs 200 dyn and finds its height, 1e-9 of it.

    A floating deck has the weight's energy besides the liquid's.
    """
    ran = run(published.bga(load=BGA_WEIGHT))
    load = BGA_WEIGHT / (BGA_TENSION * BGA_RADIUS)
    values, errors = staged(ran.result["stages"][-1])
    raised = values | {"energy_J": values["energy_J"] + BGA_WEIGHT * values["top.z_m"]}
    deck = joint(floating(1.0, load, BGA_GAP / BGA_RADIUS), 9000.0)
    more = {"energy_J": errors["energy_J"] + BGA_WEIGHT * errors["top.z_m"]}
    agrees(raised, errors | more, deck, BGA_RADIUS, BGA_TENSION, "top")


def ceramic(degrees):
    """The published ring's deck, in units of the ball's radius."""
    angle, b = math.radians(degrees), published.CBGA_DENSITY * GRAVITY / published.CBGA_TENSION
    b *= published.CBGA_BALL**2
    pinned = edge(1.0, 0.0) + core(1.0, 1.0, angle, b) + disc(1.0, published.CBGA_PAD_ANGLE)
    ring = round_core(1.0, 1.0, angle, math.radians(100), b)
    return Deck(pinned, ring, published.CBGA_VOLUME / published.CBGA_BALL**3, b)


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [20, 45, 60, 90])
def test_published_ceramic_ball_grid_array(degrees):
    """Evolver's cbga1 and cbga2 (90°), and better wetting."""
    ran = run(published.cbga(degrees))
    given = staged(ran.result["stages"][0])
    agrees(*given, ceramic(degrees), published.CBGA_BALL, published.CBGA_TENSION, "inner")


# in three dimensions

#: Layers and sectors of facets of order 4. Measured on them, against the meridian: energies
#: to 7e-7, pressures to 6.1e-6; twice that is asked for. What is coarse is the circles.
FACETS, ENERGY, PRESSURE = (4, 16), 1.4e-6, 1.3e-5


def same_in_three_dimensions(stage, deck, length, tension):
    """The shape and the number of unstable ways, of which a mode m > 0 is two."""
    whole = evolver_3d.solve(deck, *FACETS)
    energy = stage["surface"]["energy_J"] / (tension * length**2)
    pressure = stage["surface"]["pressure_Pa"] * length / tension
    assert whole.energy == pytest.approx(energy, abs=ENERGY)
    assert whole.pressure == pytest.approx(pressure, abs=PRESSURE)
    lowest = stage["equilibrium"]["lowest_eigenvalues"]
    assert whole.negative == sum(1 if m == "0" else 2 for m, value in lowest.items() if value < 0)


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [60, 90])
def test_ceramic_joint_in_three_dimensions(degrees):
    """Free to leave its symmetry, Evolver's surface has the same shape, and at 90° a way out."""
    stage = run(published.cbga(degrees)).result["stages"][0]
    length, tension = published.CBGA_BALL, published.CBGA_TENSION
    same_in_three_dimensions(stage, ceramic(degrees), length, tension)


@pytest.mark.slow
def test_ball_grid_array_in_three_dimensions():
    """As its datafiles pose it, with facets all the way round."""
    stage = run(published.bga(standoff=BGA_GAP)).result["stages"][-1]
    deck = joint(edge(1.0, BGA_GAP / BGA_RADIUS), 9000.0)
    same_in_three_dimensions(stage, deck, BGA_RADIUS, BGA_TENSION)


@pytest.mark.slow
def test_angle_at_which_the_ceramic_joint_bulges_to_one_side():
    """Where our eigenvalue of m = 1 passes zero, Evolver's facets gain two negative ones.

    The sign of an eigenvalue needs no norm. Evolver's facets are stiffer than the surface: from
    above, their angle comes down to ours as their order rises (0.45° above it at order 4,
    0.15° at 6), so it is looked for 1° on either side.
    """

    def lowest(degrees):
        stage = run(published.cbga(degrees)).result["stages"][0]
        return stage["equilibrium"]["lowest_eigenvalues"]["1"]

    critical = brentq(lowest, 60.0, 65.0, xtol=1e-3)
    assert evolver_3d.solve(ceramic(critical - 1.0), 3, 12).negative == 0
    assert evolver_3d.solve(ceramic(critical + 1.0), 3, 12).negative == 2
