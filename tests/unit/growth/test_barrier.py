"""Barriers on spherical domes: the parallel of a sphere is a sphere, so all is closed form."""

from __future__ import annotations

import math

import pytest

from bumpform.errors import ProcessError
from bumpform.growth.barrier import Layer, distance_to_surface, grow
from bumpform.stack.bodies import core
from bumpform.stack.cut import abrade
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat
from bumpform.steps.kinds import Deposit
from domes import UM, bare, with_dome
from solids import assert_gapless
from solids import bare as solids_bare

A, DEPTH = 60 * UM, 30 * UM


def sphere(slope, along=0.88):
    """Radius and height of the centre of the dome that ``with_dome`` makes."""
    radius = A / math.sin(slope)
    return radius, along * DEPTH - radius * math.cos(slope)


def cap_volume(radius, a):
    """Volume of a cap of a sphere over a circle of radius a."""
    height = radius - math.sqrt(radius**2 - a**2)
    return math.pi * height**2 * (3 * radius - height) / 3


@pytest.mark.parametrize("degrees", [20, 35, 60])
@pytest.mark.parametrize("thickness", [0.5, 1.0, 1.5])
def test_conformal_layer_on_a_sphere(degrees, thickness):
    """Below the rim: juncture where the sphere of R + t meets the wall; volume between spheres.

    The meridian is interpolated by eight elements of degree 6: 1e-10 of its radius.
    """
    slope, t = math.radians(degrees), thickness * UM
    stack, (juncture,) = grow(with_dome(slope=slope), (Layer("barrier", "Ni", t),))
    radius, centre = sphere(slope)
    height = centre + math.sqrt((radius + t) ** 2 - A * A)
    assert juncture.r_m == pytest.approx(A, rel=1e-12)
    assert juncture.z_m == pytest.approx(height, abs=1e-10 * A)
    under = math.pi * A * A * (height - 0.88 * DEPTH)
    volume = under + cap_volume(radius + t, A) - cap_volume(radius, A)
    assert stack.region("barrier").volume == pytest.approx(volume, rel=1e-9)
    # the wall is bare from there to the rim
    bare_wall = next(p for p in stack.profile if p.feature == "dielectric wall")
    assert bare_wall.length() == pytest.approx(DEPTH - height, rel=1e-8)


def test_two_layers_are_as_thick_as_one():
    """A finish on the barrier ends where one layer of both thicknesses would."""
    dome = with_dome()
    both, (end,) = grow(dome, (Layer("barrier", "Ni", 3 * UM), Layer("finish", "Au", 0.5 * UM)))
    one, (same,) = grow(dome, (Layer("barrier", "Ni", 3.5 * UM),))
    assert (end.r_m, end.z_m) == pytest.approx((same.r_m, same.z_m), rel=1e-12)
    volumes = both.region("barrier").volume + both.region("finish").volume
    assert volumes == pytest.approx(one.region("barrier").volume, rel=1e-11)
    assert both.profile.pieces[0].material == "Au"


def test_hollow_dome_is_filled_up_to_the_wall():
    """A dish grows inwards, its end away from the wall: an arc about its end closes the gap."""
    slope, t = math.radians(-30), 3 * UM
    stack, (juncture,) = grow(with_dome(slope=slope, along=0.6), (Layer("barrier", "Ni", t),))
    # the arc about the contact line ends on the wall, t above it
    assert juncture.r_m == pytest.approx(A, rel=1e-12)
    assert juncture.z_m == pytest.approx(0.6 * DEPTH + t, rel=1e-12)
    assert stack.region("barrier").volume > 0.0


@pytest.mark.parametrize("degrees", [20, 35, 60])
@pytest.mark.parametrize("thickness", [6.0, 12.0])
def test_past_the_rim_it_goes_on_as_an_arc_about_it(degrees, thickness):
    """With s from the dome to the rim, an arc of radius t − s ends t − s past it, on the top.

    Volume by Pappus: the shell between the spheres within the cone through the rim, a sector of
    the circle about the rim, and less than nothing elsewhere.
    """
    slope, t = math.radians(degrees), thickness * UM
    stack, (juncture,) = grow(with_dome(slope=slope, along=0.88), (Layer("barrier", "Ni", t),))
    radius, centre = sphere(slope)
    s = math.hypot(A, DEPTH - centre) - radius
    assert (juncture.r_m, juncture.z_m) == pytest.approx((A + t - s, DEPTH), rel=1e-10)
    assert [p.feature for p in stack.profile] == ["barrier", "barrier", "dielectric top"]
    polar = math.atan2(A, DEPTH - centre)
    shell = 2 * math.pi / 3 * ((radius + t) ** 3 - radius**3) * (1 - math.cos(polar))
    # below that cone: between the dome, the wall and the ray from the centre to the rim
    ray = math.pi / 3 * A**2 * (DEPTH - centre)
    foot = 0.88 * DEPTH - centre
    wall = math.pi * A**2 * (DEPTH - centre - foot) + math.pi / 3 * A**2 * foot
    wedge = wall - ray - 2 * math.pi / 3 * radius**3 * (math.cos(polar) - math.cos(slope))
    # the arc's sector, from the ray down to the dielectric's top
    turn, b = math.pi / 2 - polar, t - s
    sector = math.pi * (turn * A * b**2 + 2 * b**3 / 3 * math.sin(turn))
    assert stack.region("barrier").volume == pytest.approx(shell + wedge + sector, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("slope", [-20, 5, 35, 70])
@pytest.mark.parametrize("sidewall", [75, 90])
def test_the_overhang_grows_continuously_as_the_dome_ends_nearer_to_the_rim(slope, sidewall):
    """Edge and volume tend to those of a dome that ends at the rim, to first order in d."""
    layers = (Layer("barrier", "Ni", 3.6 * UM), Layer("finish", "Au", 0.05 * UM))

    def grown(d):
        dome = with_dome(
            along=1.0 - d / DEPTH, slope=math.radians(slope), sidewall=math.radians(sidewall)
        )
        stack, (edge,) = grow(dome, layers)
        assert_gapless(stack)
        return edge, sum(stack.region(layer.name).volume for layer in layers)

    at_rim, full = grown(0.0)
    rim = with_dome(sidewall=math.radians(sidewall)).region("dielectric")
    r_rim = min(float(e.tips[:, 0].min()) for e in rim.loop if e.feature == "dielectric top")
    assert at_rim.r_m == pytest.approx(r_rim + 3.65 * UM, rel=1e-12)
    for exponent in range(7, 16):
        d = 10.0**-exponent
        edge, volume = grown(d)
        assert at_rim.r_m - 1.1 * d - 1e-18 <= edge.r_m <= at_rim.r_m + 1e-18
        assert edge.z_m == pytest.approx(DEPTH, rel=1e-15)
        # by less than a ring of height d over the film's width of 10 um, and its wall
        assert abs(volume / full - 1.0) < 1.2 * d / UM + 1e-11


def test_a_plane_flush_with_the_top_is_covered_past_its_edge():
    """Grown on a plane that ends at the dielectric's top: a quarter torus over the edge."""
    stack = deposit(solids_bare(), Deposit(solder="Sn", ball={"diameter": 80 * UM}))[0]
    stack = coat(stack, layer="film", material="polyimide", thickness=100 * UM)
    stack, t = abrade(stack, 55 * UM).stack, 2 * UM
    r = math.sqrt((40 * UM) ** 2 - (15 * UM) ** 2)
    grown, (edge,) = grow(stack, (Layer("barrier", "Ni", t),))
    assert (edge.r_m, edge.z_m) == pytest.approx((r + t, 55 * UM), rel=1e-12)
    torus = math.pi * (math.pi / 2 * r * t**2 + 2 * t**3 / 3)
    assert grown.region("barrier").volume == pytest.approx(math.pi * r**2 * t + torus, rel=1e-12)
    level, (edge,) = grow(stack, (Layer("barrier", "Ni", t),), growth="planar")
    assert (edge.r_m, edge.z_m) == pytest.approx((r, 57 * UM), rel=1e-12)
    assert level.region("barrier").volume == pytest.approx(math.pi * r**2 * t, rel=1e-12)


def test_it_grows_on_solder_that_the_axis_does_not_cross():
    """A ring of solder about a core is coated, the core is not; level growth needs the axis."""
    stack = core(solids_bare(), material="Cu", diameter=60 * UM)
    ring = Deposit(solder="Sn", volume=0.05e-12)
    stack, t = deposit(stack, ring)[0], UM
    grown, _ = grow(stack, (Layer("barrier", "Ni", t),))
    assert_gapless(grown)
    assert grown.profile.pieces[0].region == "core"
    assert not any(p.region == "Sn" for p in grown.profile)
    with pytest.raises(ProcessError, match="at the axis"):
        grow(stack, (Layer("barrier", "Ni", t),), growth="planar")


def test_level_growth_on_what_overhangs_is_refused():
    stack = deposit(solids_bare(), Deposit(solder="Sn", ball={"diameter": 80 * UM}))[0]
    with pytest.raises(ProcessError, match="wider above"):
        grow(stack, (Layer("barrier", "Ni", UM),), growth="planar")


def test_level_growth_under_a_wall_that_leans_over_it_is_refused():
    """The bump ends at the rim; the layer over it is open further out, and leans back in."""
    dome = with_dome(slope=math.radians(20), along=1.0)
    upper = {"layer": "upper", "material": "epoxy", "thickness": 10 * UM}
    stack = coat(dome, **upper, opening_radius=A + 4 * UM, sidewall=math.radians(135))
    with pytest.raises(ProcessError, match="leans over it at z = 34 µm"):
        grow(stack, (Layer("barrier", "Ni", 5 * UM),), growth="planar")


def test_a_film_that_reaches_the_outer_radius_is_refused():
    stack = deposit(solids_bare(), Deposit(solder="Sn", ball={"diameter": 80 * UM}))[0]
    with pytest.raises(ProcessError, match="outer radius"):
        grow(stack, (Layer("barrier", "Ni", 170 * UM),))


def test_planar_layer():
    """Level at its thickness above the dome's apex, up to the wall's line."""
    slope, t = math.radians(20), 2 * UM
    dome = with_dome(slope=slope, along=0.5)
    stack, (juncture,) = grow(dome, (Layer("barrier", "Ni", t),), growth="planar")
    radius, centre = sphere(slope, 0.5)
    assert juncture.z_m == pytest.approx(centre + radius + t, rel=1e-9)
    height = juncture.z_m - 0.5 * DEPTH
    volume = math.pi * A * A * height - cap_volume(radius, A)
    assert stack.region("barrier").volume == pytest.approx(volume, rel=1e-9)


def test_flush_thickness_is_the_distance_of_the_rim():
    """The parallel curve at this distance passes through the rim: distance to the sphere."""
    slope = math.radians(35)
    stack = with_dome(slope=slope)
    radius, centre = sphere(slope)
    dome = tuple(p for p in stack.profile.pieces if p.region == "bump")
    flush = distance_to_surface((A, DEPTH), dome)
    assert flush == pytest.approx(math.hypot(A, DEPTH - centre) - radius, rel=1e-7)
    _, (juncture,) = grow(stack, (Layer("barrier", "Ni", flush),))
    assert juncture.z_m == pytest.approx(DEPTH, rel=1e-9)


@pytest.mark.parametrize("thickness", [70.0, 80.0])
def test_thicker_than_the_hollow_it_fills_it(thickness):
    """Past a dish's centre of curvature (at 69.3 um) no parallel is left, only arcs about rims.

    Each of these is as far past the rim as the film is thicker than the rim is far from the dish.
    """
    dish, t = with_dome(slope=math.radians(-60)), thickness * UM
    stack, (juncture,) = grow(dish, (Layer("barrier", "Ni", t),))
    assert_gapless(stack)
    rim = 0.12 * DEPTH  # from the dish's end up the wall
    assert (juncture.r_m, juncture.z_m) == pytest.approx((A + t - rim, DEPTH), rel=1e-9)
    assert not stack.voids


def test_without_solder_is_refused():
    """The message says what is exposed instead."""
    with pytest.raises(ProcessError, match="no solder is exposed"):
        grow(bare(), (Layer("barrier", "Ni", UM),))


def test_a_second_barrier_is_told_to_be_the_finish_of_the_first():
    """Ni, Pd, Au: no solder is exposed any more, and more of it would not help."""
    nickel, _ = grow(with_dome(), (Layer("barrier", "Ni", UM),))
    with pytest.raises(ProcessError, match="lies under barrier already"):
        grow(nickel, (Layer("barrier", "Pd", 0.1 * UM), Layer("finish", "Au", 0.05 * UM)))


def test_a_barrier_thicker_than_the_model_is_wide_is_refused():
    """Millimetres for micrometres: told, not grown."""
    with pytest.raises(ProcessError, match="more than the model's outer radius"):
        grow(with_dome(), (Layer("barrier", "Ni", 50e-3),))


def test_level_growth_leaves_an_upright_side_bare():
    """What rises straight from the foot of a side has no thickness there."""
    step = Deposit(solder="Sn", column={"radius": 30 * UM, "height": 20 * UM})
    stack = deposit(solids_bare(), step)[0]
    grown, (end,) = grow(stack, (Layer("barrier", "Ni", 3 * UM),), growth="planar")
    assert_gapless(grown)
    assert tuple(end) == pytest.approx((30 * UM, 23 * UM), rel=1e-12)
    assert grown.region("barrier").volume == pytest.approx(
        math.pi * (30 * UM) ** 2 * 3 * UM, rel=1e-12
    )
    sides = [p for p in grown.profile if p.region == "Sn"]
    assert sum(p.length() for p in sides) == pytest.approx(20 * UM, rel=1e-12)
