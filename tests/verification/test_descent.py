"""A contact line reaches its rest from wherever it starts beside it.

Problem    drops on a plane; the force on the line is sampled, so that the place of rest is first
           known to a few per cent of the drop's length only
Exact      on a plane there is one equilibrium, and every start leads to it
Expect     the same radius to 1e-9, also for starts between the sampled place and the true one

A ring on a ball of which the liquid covers the top at rest closes over it, however wide the hole
at which its neck can no longer be held; liquid that parts is told.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

import scenes
from bumpform.errors import NoEquilibriumError
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.path import Trail
from bumpform.surface.drop.penetration import Penetration
from bumpform.surface.search.cap_or_ring import reach_any
from bumpform.surface.search.descent import _met
from shooting import Sphere, shoot

pytestmark = pytest.mark.dolfinx


@pytest.mark.parametrize(
    ("degrees", "gravity"), [(40, 300.0), (40, 9.81), (90, 300.0), (140, -9.81)]
)
def test_starts_on_both_sides_of_the_rest(degrees, gravity):
    """From 6 % inside to 6 % outside, in steps finer than the sampling's error."""
    a = 1e-4
    plane = scenes.plane(9 * a)
    exact = scenes.rest(plane, (degrees,), a**3, gravity, (0, 0.3)).values["outer.r_m"]
    for start in exact * np.linspace(0.94, 1.06, 25):
        found = scenes.rest(plane, (degrees,), a**3, gravity, (0, float(start / (9 * a))))
        assert found.values["outer.r_m"] == pytest.approx(exact, rel=1e-9), start / exact


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [8, 40, 90, 140, 160, 174])
@pytest.mark.parametrize("bond", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("lengths", [6, 30, 150])
def test_starts_next_to_the_rest_on_long_planes(lengths, bond, degrees):
    """However many drops long the plane is; the radius as on one of three (ten for flat drops)."""
    size = 1e-4
    gravity = bond * scenes.TENSION / (scenes.DENSITY * size**2)
    short = 3 if degrees > 30 else 10
    near = scenes.rest(scenes.plane(short * size), (degrees,), size**3, gravity, (0, 0.3))
    exact = near.values["outer.r_m"]
    plane = scenes.plane(lengths * size)
    for share in (0.9, 0.97, 0.99, 0.999, 1.001, 1.01, 1.03, 1.1):
        start = (0, share * exact / (lengths * size))
        found = scenes.rest(plane, (degrees,), size**3, gravity, start)
        assert found.values["outer.r_m"] == pytest.approx(exact, rel=1e-9), share


@pytest.mark.parametrize("gravity", [432.0, 600.0])
def test_liquid_too_heavy_for_a_pad_spreads_over_what_does_not_wet(gravity):
    """No drop of this weight is held on the pad's rim, from where it starts: it goes outwards.

    To the same rest as from a place far out on the top of the resist.
    """
    a = 1e-3
    profile = scenes.opening(0.289 * a, 0.007 * a, 1.635 * a)
    angles = (18, 164.6, 164.6)
    exact = scenes.rest(profile, angles, a**3, gravity, (2, 0.6))
    found = scenes.rest(profile, angles, a**3, gravity, (1, 1.0))
    assert found.lines[0].feature == "top"
    assert found.values["outer.r_m"] == pytest.approx(exact.values["outer.r_m"], rel=1e-9)


def ring_on_a_ball(volume, degrees, outer, inner):
    """What a ring of so many radii cubed comes to, and the cap on the ball by shooting; radius."""
    radius = 30e-6
    liquid = volume * radius**3
    land = scenes.landscape(scenes.core(radius, 0.0, 4 * radius), (degrees, 110), liquid, 0.0)
    found = reach_any(land, Station(0, outer), Station(0, inner))
    shot = shoot(
        Sphere(radius, 0.0),
        liquid,
        capillarity=0.0,
        angle=math.radians(degrees),
        bracket=(0.1, 1.5),
    )
    return found, shot, radius


@pytest.mark.parametrize("inner", [0.3, 0.4])
@pytest.mark.parametrize("degrees", [40, 50])
@pytest.mark.parametrize("volume", [0.3, 0.5, 0.8])
def test_a_ring_whose_neck_lets_go_covers_the_ball(volume, degrees, inner):
    """The line as of a cap on the ball, by shooting; 1e-9 of the ball."""
    found, shot, radius = ring_on_a_ball(volume, degrees, 0.9, inner)
    assert len(found.lines) == 1
    assert found.values["outer.r_m"] == pytest.approx(shot.r, abs=1e-9 * radius)
    assert found.values["apex_z_m"] == pytest.approx(shot.apex_z, abs=1e-9 * radius)


@pytest.mark.parametrize("part", [-1e-9, -1e-10, -1e-11, -1e-12, 0.0, 1e-12, 1e-11, 1e-10, 1e-9])
def test_a_line_that_slides_up_to_the_rim_or_is_just_held_there(part):
    """A round cap that meets the wall at Young's angle right at the rim, whatever rounds off."""
    a, angle = 6e-5, 125
    full = math.pi * a**2 * 0.5 * a + scenes.cap_volume(a, math.radians(angle - 90))
    well = scenes.opening(a, 0.5 * a, 3 * a)
    found = scenes.rest(well, (25, angle, angle), full * (1 + part), 0.0, (1, 1.0))
    line = found.values["outer.r_m"], found.values["outer.z_m"]
    assert line == pytest.approx((a, 0.5 * a), rel=3e-9)  # a part of the volume is one of the depth
    assert found.values["outer.angle_deg"] == pytest.approx(angle, rel=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("volume", "degrees", "outer", "inner"),
    [(0.02, 61, 0.9, 0.7), (0.02, 40, 0.9, 0.7), (0.005, 61, 0.9, 0.8), (0.01, 80, 0.8, 0.6)],
)
def test_a_narrow_ring_glides_up_a_ball(volume, degrees, outer, inner):
    """Both lines go the same way, far beside the ring's width, and it closes on the top."""
    found, shot, radius = ring_on_a_ball(volume, degrees, outer, inner)
    assert len(found.lines) == 1
    assert found.values["outer.r_m"] == pytest.approx(shot.r, abs=1e-9 * radius)


def test_liquid_that_parts_is_refused_as_such():
    """In two stacked openings it stays in the corner of the upper one and in the lower one."""
    um = 1e-6
    corners = [(0, 0), (43.69, 0), (43.69, 35.16), (51.63, 35.16), (51.63, 37.96), (206.5, 37.96)]
    ends = [(r * um, z * um) for r, z in corners]
    well = Profile(tuple(scenes.straight(a, b) for a, b in itertools.pairwise(ends)))
    land = scenes.landscape(well, (13.5, 77.4, 77.4, 77.4, 77.4), (57.46 * um) ** 3, 3.385)
    with pytest.raises(NoEquilibriumError, match="splits in two") as caught:
        reach_any(land, Station(3, 1.0))
    assert caught.value.reason == "no_equilibrium"
    assert "in the middle and around it: its surface comes down to the solid" in str(caught.value)


def test_liquid_that_parts_at_an_underside_is_told_as_such():
    """A rim that overhangs: the surface does not come down to it, it draws back up to it."""
    um = 1e-6
    corners = [(0, 40), (30, 40), (30, 30), (10, 30), (10, 0), (90, 0)]
    ends = [(r * um, z * um) for r, z in corners]
    pieces = [scenes.straight(a, b, "rim", "stud") for a, b in itertools.pairwise(ends)]
    land = scenes.landscape(Profile(tuple(pieces)), (30.0,) * 5, (30 * um) ** 3, 9.81)
    met = Penetration("solid", 20 * um, 30 * um, land.profile, Station(2, 0.5))
    surface = land.surface(Station(4, 0.3))
    lifted = replace(surface, x=surface.x + np.array([0.0, 2.0]))
    with pytest.raises(NoEquilibriumError) as caught:
        _met(land, Station(4, 0.3), lifted, met, Trail())
    assert (
        "the liquid splits in two, over the rim of stud and under it: its surface draws back to "
        "the solid at r = 20 µm, z = 30 µm (rim)"
    ) in str(caught.value)


@pytest.mark.parametrize(("degrees", "height", "volume"), [(20, 1.6, 2.4), (45, 0.6, 0.3)])
def test_a_joint_whose_neck_parts_is_refused_as_such(degrees, height, volume):
    """Below a post's edge the liquid runs out over a plane, or draws back, until its neck parts."""
    a = 1e-4
    lower = scenes.plane(9 * a), (degrees,)
    upper = scenes.post(a, height * a, a), (1, 178, 178)
    with pytest.raises(NoEquilibriumError, match=r"a neck of .* is taken to part there") as caught:
        scenes.bridge(lower, upper, volume * a**3, 0.0, starts=(0.12, 1.0))
    assert caught.value.reason == "no_equilibrium"


@pytest.mark.parametrize("degrees", [179.7, 179.9, 180.0])
def test_a_line_is_followed_to_a_little_way_from_the_axis_and_what_is_nearer_is_told_so(degrees):
    """Without weight a ball on a face that it hardly wets stands on R sin θ, of a sphere."""
    a = 1e-4
    sphere = a * (3.0 / (4.0 * math.pi)) ** (1 / 3)  # its caps below 1e-9 of it
    foot, least = sphere * math.sin(math.radians(degrees)), 2e-3 * a
    if foot > least:
        found = scenes.rest(scenes.plane(9 * a), (degrees,), a**3, 0.0, (0, 0.3))
        assert found.values["outer.r_m"] == pytest.approx(foot, rel=1e-6)
        return
    with pytest.raises(NoEquilibriumError, match=r"nearer to it than 0\.2 µm.* nothing further"):
        scenes.rest(scenes.plane(9 * a), (degrees,), a**3, 0.0, (0, 0.3))
