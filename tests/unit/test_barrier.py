"""Barriers on spherical domes: the parallel of a sphere is a sphere, so all is closed form."""

from __future__ import annotations

import math

import pytest

from bumpform.errors import ProcessError
from bumpform.stack.barrier import Layer, distance_to_surface, grow
from domes import UM, bare, with_dome

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
@pytest.mark.parametrize("thickness", [1.0, 3.6, 6.0])
def test_conformal_layer_on_a_sphere(degrees, thickness):
    """Juncture where the sphere of R + t meets the wall; volume between the two spheres.

    The meridian is interpolated by eight elements of degree 6: 1e-10 of its radius.
    """
    slope, t = math.radians(degrees), thickness * UM
    stack, juncture = grow(with_dome(slope=slope), (Layer("barrier", "Ni", t),))
    radius, centre = sphere(slope)
    height = centre + math.sqrt((radius + t) ** 2 - A * A)
    assert juncture.r_m == pytest.approx(A, rel=1e-12)
    assert juncture.z_m == pytest.approx(height, abs=1e-10 * A)
    under = math.pi * A * A * (height - 0.88 * DEPTH)
    volume = under + cap_volume(radius + t, A) - cap_volume(radius, A)
    assert stack.region("barrier").volume == pytest.approx(volume, rel=1e-9)
    # a fraction of the wall that is still bare
    assert juncture.along == pytest.approx((height / DEPTH - 0.88) / 0.12, rel=1e-8)


def test_two_layers_are_as_thick_as_one():
    """A finish on the barrier ends where one layer of both thicknesses would."""
    dome = with_dome()
    both, end = grow(dome, (Layer("barrier", "Ni", 3 * UM), Layer("finish", "Au", 0.5 * UM)))
    one, same = grow(dome, (Layer("barrier", "Ni", 3.5 * UM),))
    assert (end.r_m, end.z_m) == pytest.approx((same.r_m, same.z_m), rel=1e-12)
    volumes = both.region("barrier").volume + both.region("finish").volume
    assert volumes == pytest.approx(one.region("barrier").volume, rel=1e-11)
    assert both.profile.pieces[0].material == "Au"


def test_hollow_dome_is_filled_up_to_the_wall():
    """A dish grows inwards, its end away from the wall: an arc about its end closes the gap."""
    slope, t = math.radians(-30), 3 * UM
    stack, juncture = grow(with_dome(slope=slope, along=0.6), (Layer("barrier", "Ni", t),))
    # the arc about the contact line ends on the wall, t above it
    assert juncture.r_m == pytest.approx(A, rel=1e-12)
    assert juncture.z_m == pytest.approx(0.6 * DEPTH + t, rel=1e-12)
    assert stack.region("barrier").volume > 0.0


def test_barrier_proud_of_the_rim_shows_its_side():
    """Grown past the rim it stands on the layer's top's edge with a straight side."""
    stack, juncture = grow(with_dome(along=0.95), (Layer("barrier", "Ni", 6 * UM),))
    assert juncture.along > 1.0
    features = [p.feature for p in stack.profile.pieces]
    assert features == ["barrier", "barrier side", "dielectric top"]


def test_planar_layer():
    """Level at its thickness above the dome's apex, up to the wall's line."""
    slope, t = math.radians(20), 2 * UM
    dome = with_dome(slope=slope, along=0.5)
    stack, juncture = grow(dome, (Layer("barrier", "Ni", t),), growth="planar")
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
    _, juncture = grow(stack, (Layer("barrier", "Ni", flush),))
    assert juncture.z_m == pytest.approx(DEPTH, rel=1e-9)


def test_thicker_than_the_hollow_is_refused():
    """A dish's parallel curve folds where the layer exceeds the radius of curvature."""
    with pytest.raises(ProcessError, match="radius of curvature"):
        grow(with_dome(slope=math.radians(-60)), (Layer("barrier", "Ni", 80 * UM),))


def test_without_solder_is_refused():
    """The message says what is exposed instead."""
    with pytest.raises(ProcessError, match="no solder is exposed"):
        grow(bare(), (Layer("barrier", "Ni", UM),))


def test_a_barrier_thicker_than_the_model_is_wide_is_refused():
    """Millimetres for micrometres: told, not grown."""
    with pytest.raises(ProcessError, match="more than the model's outer radius"):
        grow(with_dome(), (Layer("barrier", "Ni", 50e-3),))
