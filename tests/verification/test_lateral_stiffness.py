"""Lateral and tilt stiffness of joints: known numbers, and energies in three dimensions.

Known      Surface Evolver's column and ball grid array, pinned on both discs: the force on the
           shifted disc was differentiated on a full 3-D solve, to seven digits
Reference  ``pad_moves``: second derivatives of area, weight, volume and wetted area of the
           displaced surface, none of our formulas
Expect     1e-6 relative (measured: 1e-8; its central differences of 3e-5 leave 1e-9, its
           polynomials along the surface the rest)
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import pad_moves
import published
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile
from bumpform.runner import run
from bumpform.surface.drop.equilibrium import lines_at
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.stability import analyse
from bumpform.surface.joints.lateral_stiffness import lateral
from pad_moves import Body
from scenes import bridge, core, opening, plane, post, posts, straight
from second_variation import chebyshev

pytestmark = pytest.mark.dolfinx

A, GRAVITY = 100e-6, 1500.0
#: N/m for one dyn/cm.
DYN_CM = 1e-3


# ---------------------------------------------------------------- known numbers


def column(gravity=9.8):
    """Surface Evolver's column: σ 460, ρ 8, g 980, R 0.05, h 0.08, V 4.5e-4 (cgs)."""
    radius, height = 0.5e-3, 0.8e-3
    lower, upper = post(radius, 0.0, -radius), post(radius, height, radius)
    wetting = (1, 178, 178)
    return bridge(
        (lower, wetting),
        (upper, wetting),
        4.5e-10,
        gravity,
        starts=(1.0, 1.0),
        tension=0.46,
        density=8000.0,
    )


def test_column():
    """A shift of it is drawn back: dF/dx = −647.281 dyn/cm, and F = −15.83 dyn at 0.025 cm."""
    found = lateral(column(), 0.8e-3)
    assert found.shift.value == pytest.approx(647.281 * DYN_CM, abs=0.0005 * DYN_CM)
    assert found.tilt is not None and found.tilt.value < 0.0


def test_ball_grid_array():
    done = run(published.bga(9000.0, standoff=published.BGA_GAP))
    metrics, errors = done.metrics["mounting"], done.result["metrics_error"]["mounting"]
    exact = 1118.99 * DYN_CM
    assert metrics["lateral_stiffness_N_m"] == pytest.approx(exact, abs=0.005 * DYN_CM)
    for name in ("lateral_stiffness_N_m", "tilt_stiffness_N_m_rad"):
        assert 0.0 < errors[name] < 1e-8 * abs(metrics[name])


# ---------------------------------------------------------------- energies in three dimensions


def flat(z):
    return lambda t: (t, z + 0.0 * t)


def disc(radius, z, degrees=None):
    angle = None if degrees is None else math.radians(degrees)
    return Body(((flat(z / A), 0.0, radius / A),), angle)


def cone(first, last):
    """Straight wall between two places."""
    (r0, z0), (r1, z1) = np.array(first) / A, np.array(last) / A
    return lambda t: (r0 + t * (r1 - r0), z0 + t * (z1 - z0))


def sphere(radius, height, way):
    """From its foot (way −1) or its top (+1)."""
    return lambda t: (
        radius / A * np.sin(t),
        height / A + way * radius / A * np.cos(t),
    )


def lower_post(radius=A):
    return post(radius, 0.0, -radius), (1, 178, 178)


def upper_post(radius, height):
    return post(radius, height, radius), (1, 178, 178)


def on_posts(gravity):
    found = posts(A, 0.8 * A, 1.2 * A, 5 * A**3, gravity)
    return found, disc(A, 0.0), disc(0.8 * A, 1.2 * A), 1.2 * A


def recessed():
    """Upper pad behind a resist: pinned at the resist's edge, below the pad's face."""
    height, deep, inner, rim = 1.2 * A, 0.25 * A, 0.7 * A, 0.9 * A
    profile = Profile(
        (
            straight((0.0, height + deep), (inner, height + deep), "pad"),
            straight((inner, height + deep), (rim, height), "wall", "resist"),
            straight((rim, height), (9 * A, height), "resist"),
        )
    )
    found = bridge(lower_post(), (profile, (20, 60, 150)), 5 * A**3, GRAVITY, starts=(1.0, 1.0))
    assert found.lines[1].feature == "resist edge"
    wall = cone((inner, height + deep), (rim, height))
    upper = Body(((flat((height + deep) / A), 0.0, inner / A), (wall, 0.0, 1.0)))
    return found, disc(A, 0.0), upper, height + deep


def under_plane(lower_slides):
    height = 1.2 * A
    profile = Profile((straight((0.0, height), (30 * A, height), "plane"),))
    lower = (plane(30 * A), (80,)) if lower_slides else lower_post()
    starts = (1 / 30 if lower_slides else 1.0, 1 / 30)
    found = bridge(lower, (profile, (110,)), 4 * A**3, GRAVITY, starts=starts)
    below = disc(found.values["outer.r_m"], 0.0, 80) if lower_slides else disc(A, 0.0)
    return found, below, disc(found.values["top.r_m"], height, 110), height


def under_ball(lower_slides):
    height, radius = 1.2 * A, 1.5 * A
    arc = Arc((0.0, height + radius), radius, -math.pi / 2, 0.0)
    ball = Profile((Edge(arc, -math.pi / 2, 0.0, "ball", "ball", "ball"),))
    lower = (plane(30 * A), (80,)) if lower_slides else lower_post()
    starts = (1 / 30 if lower_slides else 1.0, 0.3)
    found = bridge(lower, (ball, (70,)), 4 * A**3, GRAVITY, starts=starts)
    last = math.asin(found.values["top.r_m"] / radius)
    upper = Body(((sphere(radius, height + radius, -1.0), 0.0, last),), math.radians(70))
    below = disc(found.values["outer.r_m"], 0.0, 80) if lower_slides else disc(A, 0.0)
    return found, below, upper, height


def on_core(degrees):
    centre, height = 0.8 * A, 2.4 * A
    found = bridge(
        (core(A, centre, 30 * A), (degrees, 179)),
        upper_post(0.9 * A, height),
        4 * A**3,
        GRAVITY,
        starts=(0.4, 1.0),
    )
    last = math.acos((found.values["outer.z_m"] - centre) / A)
    lower = Body(((sphere(A, centre, 1.0), 0.0, last),), math.radians(degrees))
    return found, lower, disc(0.9 * A, height), height


def on_wall():
    deep, height = A, 2 * A
    rim = A + deep / math.tan(math.radians(70))
    found = bridge(
        (opening(A, deep, 30 * A, 70.0), (25, 110, 125)),
        upper_post(1.2 * A, height),
        8 * A**3,
        GRAVITY,
        starts=(1.0, 1.0),
    )
    assert found.lines[0].feature == "wall"
    wall = cone((A, 0.0), (rim, deep))
    pieces = (flat(0.0), 0.0, 1.0), (wall, 0.0, found.lines[0].station.u)
    return found, Body(pieces, math.radians(110)), disc(1.2 * A, height), height


STATES = {
    "posts": lambda: on_posts(GRAVITY),
    "posts, no gravity": lambda: on_posts(0.0),
    "posts, hanging": lambda: on_posts(-GRAVITY),
    "recessed pad": recessed,
    "under a plane": lambda: under_plane(False),
    "under a ball": lambda: under_ball(False),
    "plane to ball": lambda: under_ball(True),
    "core 60": lambda: on_core(60),
    "core 110": lambda: on_core(110),
    "wall": on_wall,
}


@cache
def computed(name):
    """A joint's stiffness of both kinds and the independent one, scaled by σ and σA²."""
    found, lower, upper, centre = STATES[name]()
    x, _, _ = chebyshev(36)
    surface = found.surface
    scale = found.drop.length / A
    points = scale * surface.mesh.curve(surface.x).point(0.5 * surface.elements * (1.0 + x))
    bond = surface.bond / scale**2
    pressure = surface.pressure / scale
    exact = {
        kind: pad_moves.stiffness(points, pressure, bond, lower, upper, centre / A, kind)
        for kind in ("shift", "tilt")
    }
    ours, unit = lateral(found, centre), found.drop.surface_tension
    return {"shift": ours.shift.value / unit, "tilt": ours.tilt.value / (unit * A**2)}, exact


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["shift", "tilt"])
@pytest.mark.parametrize("name", STATES)
def test_against_energies_in_three_dimensions(name, kind):
    ours, exact = computed(name)
    assert ours[kind] == pytest.approx(exact[kind], rel=1e-6, abs=1e-7)


# ---------------------------------------------------------------- what costs nothing


@pytest.mark.parametrize("name", ["under a plane", "plane to ball"])
def test_a_joint_glides_on_a_level_plane(name):
    """It is exactly neutral where a line slides on one, above or below."""
    found, *_, centre = STATES[name]()
    assert lateral(found, centre).shift.value == 0.0


def test_between_two_planes_a_tilt_has_no_answer():
    found, *_, centre = under_plane(True)
    both = lateral(found, centre)
    assert (both.shift.value, both.tilt) == (0.0, None)
    assert 1 in analyse(found.surface).neutral


def test_a_shift_of_the_upper_body_is_one_of_the_lower():
    """Turned upside down, with gravity turned, the joint has the same lateral stiffness."""
    first = posts(A, 0.8 * A, 1.2 * A, 5 * A**3, GRAVITY)
    second = posts(0.8 * A, A, 1.2 * A, 5 * A**3, -GRAVITY)
    one, other = (lateral(found, 1.2 * A) for found in (first, second))
    assert one.shift.value == pytest.approx(other.shift.value, rel=1e-9)


@pytest.mark.parametrize(("height", "ratio"), [(1.0, 1.860269202), (2.0, 2.920993949)])
def test_between_equal_discs_it_vanishes_where_the_joint_begins_to_lean(height, ratio):
    """Gillette and Dyson: at m = 1's neutral volume the profile is tangent to the discs' planes.

    A shift of a disc then displaces nothing normal to the surface: the stiffness passes zero there,
    and that against tilt, to which the neutral mode answers, a pole.
    """
    height *= A
    for share, sign in ((1.0 - 1e-5, 1.0), (1.0 + 1e-5, -1.0)):
        found = posts(A, A, height, share * ratio * math.pi * A**2 * height)
        assert math.copysign(1.0, analyse(found.surface).lowest[1]) == sign
        moves, unit = lateral(found, height), found.drop.surface_tension
        assert 0.0 < sign * moves.shift.value < 1e-4 * unit
        assert sign * moves.tilt.value < -100.0 * unit * A**2


@pytest.mark.parametrize("name", ["posts", "under a ball", "core 60", "near the pole"])
def test_error_estimates_hold(name):
    """On a surface of four times the elements both differ by less, beside the pole, too."""
    if name == "near the pole":
        found, centre = posts(A, A, A, (1.0 - 1e-5) * 1.860269202 * math.pi * A**3), A
    else:
        found, *_, centre = STATES[name]()
    finer = solve(solve(found.surface.refined()).refined())
    again = replace(found, surface=finer, lines=lines_at(found.lines, finer))
    first, second = (lateral(one, centre) for one in (found, again))
    for ours, exact in ((first.shift, second.shift), (first.tilt, second.tilt)):
        assert abs(ours.value - exact.value) < ours.error < 1e-4 * abs(ours.value)


def test_what_the_liquid_hides_of_the_package_is_nothing_to_it():
    """A pillar inside of a liquid feels pressure all round, which turns it as a flat face.

    Without weight the longer one, with as much less solder, has the same free surface: a package
    tilts about the middle of its pad, wherever its pillar ends.
    """
    data = load_case("bga_joint").to_dict()
    data["environment"]["gravity"] = 0.0
    del data["step"][3]["mass"]
    joints = []
    for height in (20e-6, 50e-6):
        column = {"radius": 100e-6, "height": 100e-6 - height}
        data["step"][3] |= {
            "load": 1e-4,
            "pillar": {"radius": 100e-6, "height": height, "material": "Cu"},
            "solder": {"solder": "SAC305", "column": column},
        }
        joints.append(run(Case.from_dict(data)).metrics["assembly"])
    one, other = joints
    assert one["held_by"] == "liquid" and one["standoff_m"] > 55e-6
    for name in ("standoff_m", "lateral_stiffness_N_m", "tilt_stiffness_N_m_rad"):
        assert one[name] == pytest.approx(other[name], rel=1e-9), name


@pytest.mark.parametrize(
    ("name", "values", "held_by"),
    [
        ("bga_joint", {}, "liquid"),
        ("bga_joint", {"mount.mass": None, "mount.standoff": "250 um"}, "fixture"),
        ("core_and_cap", {}, "core"),
    ],
)
def test_what_is_the_liquid_s_share_is_told_as_that(name, values, held_by):
    """A foot or a fixture resists tilt and shift, too: that such a joint tips would be untrue."""
    ran = run(load_case(name).with_values(values))
    stage = ran.stages[-1].name
    assert ran.metrics[stage]["held_by"] == held_by
    [told] = [note for note in ran.notes if "a shifted package" in note]
    alone = f"{stage}: the liquid alone, without the {held_by} that holds the package, "
    assert told.startswith(f"{stage}: the joint " if held_by == "liquid" else alone)
