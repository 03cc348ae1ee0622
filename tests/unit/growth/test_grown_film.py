"""Films on any exposed surface: closed forms, thickness, continuity, and shapely's volumes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.growth.film import grow_film
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from bumpform.stack.stack import Region, Stack, line
from films import bounds
from solids import assert_gapless

OUTER, BOTTOM = 100.0, -60.0


def body(*edges, grown):
    """A stack of one body whose profile has these edges; film grows on those with the numbers."""
    named = [
        Edge(e.curve, e.first, e.last, f"{'grown' if i in grown else 'bare'} {i}")
        for i, e in enumerate(edges)
    ]
    start, end = edges[0].point(0.0), edges[-1].point(1.0)
    loop = (
        Edge(line((0.0, BOTTOM), (OUTER, BOTTOM)), 0.0, 1.0, "bottom"),
        Edge(line((OUTER, BOTTOM), end), 0.0, 1.0, "outer"),
        *(e.reversed() for e in reversed(named)),
        Edge(line(start, (0.0, BOTTOM)), 0.0, 1.0, "axis"),
    )
    return Stack((Region.bounded("body", "Sn", loop, "solder"),), OUTER, BOTTOM)


def polygon(*points):
    """Straight edges from point to point."""
    return [Edge(line(a, b), 0.0, 1.0) for a, b in pairwise(points)]


def film(stack, thickness, name="film"):
    """The film on all that is grown on."""
    return grow_film(
        stack,
        name=name,
        material="Ni",
        thickness=thickness,
        on=lambda edge: edge.feature.startswith("grown"),
    )


def volume(found):
    return math.fsum(region.volume for region in found.regions)


# ---------------------------------------------------------------- closed forms

R, H, T = 20.0, 15.0, 3.0


def ring(radius, t, turn=math.pi / 2):
    """A sector of the circle of radius t about a circle, from the vertical outwards (Pappus)."""
    return 2 * math.pi * (turn * radius * t**2 / 2 + t**3 / 3 * (1 - math.cos(turn)))


def test_post_is_coated_with_a_rounded_corner():
    """Disc, quarter torus, tube and, on the base beside it, another quarter torus."""
    post = body(*polygon((0, H), (R, H), (R, 0), (OUTER, 0)), grown={0, 1})
    found = film(post, T)
    tube = math.pi * ((R + T) ** 2 - R**2) * H
    assert volume(found) == pytest.approx(math.pi * R**2 * T + ring(R, T) + tube, rel=1e-13)
    assert found.ends[0] == pytest.approx((R + T, 0.0), abs=1e-12)
    assert_gapless(found.stack)


def test_film_over_everything_is_trimmed_in_the_inner_corner():
    """On post and base, from the axis to the outer radius: conformal everywhere."""
    post = body(*polygon((0, H), (R, H), (R, 0), (OUTER, 0)), grown={0, 1, 2})
    found = film(post, T)
    over = math.pi * R**2 * T + ring(R, T) + math.pi * ((R + T) ** 2 - R**2) * H
    base = math.pi * (OUTER**2 - (R + T) ** 2) * T
    assert volume(found) == pytest.approx(over + base, rel=1e-13)
    assert_gapless(found.stack)


def over_inner_rim(radius, t):
    """What a film is over the rim of a hole, inwards of it: a quarter of a circle (Pappus)."""
    return 2 * math.pi * (radius * math.pi * t**2 / 4 - t**3 / 3)


def test_a_hole_as_wide_as_two_films_is_full():
    """What meets on its axis is no surface: none that is exposed, and no void."""
    wall, depth = 10.0, 20.0
    edges = polygon((0, 0), (wall, 0), (wall, depth), (OUTER, depth))
    found = film(body(*edges, grown=range(3)), wall)
    field = math.pi * (OUTER**2 - wall**2) * wall
    full = math.pi * wall**2 * depth + over_inner_rim(wall, wall) + field
    assert volume(found) == pytest.approx(full, rel=1e-12)
    assert found.stack.voids == ()
    assert found.stack.profile.point(found.stack.profile.start) == pytest.approx([0.0, depth])
    assert_gapless(found.stack)


@pytest.mark.parametrize("post", [15.0, 20.0, 25.0])
def test_a_trench_as_wide_as_two_films_is_full(post):
    """Round a post as high as its wall, lower or higher: its sides meet on a cylinder."""
    t, wall = 10.0, 20.0
    edges = polygon((0, post), (30, post), (30, 0), (50, 0), (50, wall), (OUTER, wall))
    found = film(body(*edges, grown=range(5)), t)
    assert found.stack.voids == ()
    assert_gapless(found.stack)
    near = film(body(*edges, grown=range(5)), t * (1.0 + 1e-9))
    assert volume(found) == pytest.approx(volume(near), rel=1e-7)
    if post == wall:
        tops = math.pi * (30**2 + OUTER**2 - 50**2) * t + ring(30.0, t) + over_inner_rim(50.0, t)
        full = math.pi * (50**2 - 30**2) * wall + tops
        assert volume(found) == pytest.approx(full, rel=1e-12)


def test_ball_on_a_post_is_coated_round_its_undercut():
    """Steiner: a sphere's shell, met with the plane that it stands on."""
    radius, cut = 25.0, 15.0  # the sphere's centre lies that far above the plane
    half = math.sqrt(radius**2 - cut**2)
    first, last = math.pi / 2, math.atan2(-cut, half)
    sphere = Edge(Arc((0.0, cut), radius, first, last), first, last)
    found = film(body(sphere, *polygon((half, 0), (OUTER, 0)), grown={0}), T)

    def above(r):  # the plane
        return math.pi * (2 / 3 * r**3 + r**2 * cut - cut**3 / 3)

    assert volume(found) == pytest.approx(above(radius + T) - above(radius), rel=1e-13)
    assert found.ends[0] == pytest.approx((math.sqrt((radius + T) ** 2 - cut**2), 0.0), abs=1e-12)


def test_wide_groove_is_lined_and_a_narrow_one_fills():
    """A groove of width w: its walls meet in the middle from t = w/2 on."""
    depth, width = 10.0, 5.0
    points = ((0, 0), (R, 0), (R, -depth), (R + width, -depth), (R + width, 0), (OUTER, 0))
    groove = body(*polygon(*points), grown={0, 1, 2, 3, 4})

    def ring_of(a, b, height):
        return math.pi * (b**2 - a**2) * height

    flat = ring_of(0, OUTER, 1.0)
    lined = volume(film(groove, 2.0))
    walls = ring_of(R, R + 2, depth - 2) + ring_of(R + width - 2, R + width, depth - 2)
    assert lined == pytest.approx(
        2 * ring_of(0, R, 1)
        + 2 * ring_of(R + width, OUTER, 1)
        + ring_of(R, R + width, 2)
        + walls
        + ring(R, 2.0)
        + inward(R + width, 2.0),
        rel=1e-13,
    )
    t = 4.0  # over the filled groove two arcs meet, a valley
    sag = math.sqrt(t**2 - (width / 2) ** 2)
    filled = film(groove, t)
    tops = filled.stack.profile
    assert min(float(e.tips[:, 1].min()) for e in tops) == pytest.approx(sag, rel=1e-12)
    assert volume(filled) < t * flat + ring_of(R, R + width, depth)
    assert_gapless(filled.stack)


def inward(radius, t):
    """The quarter of a circle of radius t about a circle on the side of the axis."""
    return 2 * math.pi * (math.pi / 4 * radius * t**2 - t**3 / 3)


def test_a_groove_of_twice_the_thickness_is_told_or_filled():
    """The two fronts coincide: whatever round-off says, the answer is whole or a clear error."""
    points = ((0, 0), (R, 0), (R, -9), (R + 4, -9), (R + 4, 0), (OUTER, 0))
    groove = body(*polygon(*points), grown={0, 1, 2, 3, 4})
    for t in (2.0 * (1 - 1e-9), 2.0 * (1 + 1e-9)):
        assert_gapless(film(groove, t).stack)
    try:
        assert_gapless(film(groove, 2.0).stack)
    except ProcessError as error:
        assert "change its thickness" in str(error)


def test_a_bottle_closes_over_gas():
    """A cavity wider than its mouth: the mouth closes first; the pocket is a void of the film."""
    points = ((0, -30), (25, -30), (25, -5), (6, -5), (6, 0), (OUTER, 0))
    bottle = body(*polygon(*points), grown={0, 1, 2, 3, 4})
    found = film(bottle, 7.0)
    assert len(found.stack.voids) == 1
    assert len(found.regions) == 1
    assert len(found.ends) == 1  # what lines the pocket is no top
    cavity = math.pi * (25**2 * 25 + 6**2 * 5)
    pocket = 2 * math.pi * abs(sum(float(e.moments()[0]) for e in found.stack.voids[0]))
    over = 2 * math.pi * found.stack.profile.cumulative[-1, 0]  # negative: below the top
    before = 2 * math.pi * bottle.profile.cumulative[-1, 0]
    raised = float(found.stack.profile.pieces[-1].point(1.0)[1]) * math.pi * OUTER**2
    assert volume(found) == pytest.approx(raised - over + before - pocket, rel=1e-12)
    assert 0.0 < pocket < cavity
    mesh = build_mesh(found.stack, find_recipe("coarse"))
    assert mesh.region_volumes()[mesh.regions.index("film")] == pytest.approx(
        volume(found), rel=1e-3
    )


# ---------------------------------------------------------------- the law


STEPPED = ((0, 30), (12, 30), (12, 20), (25, 24), (18, 10), (18, 3), (26, 0), (OUTER, 0))


@pytest.mark.parametrize("t", [0.5, 2.0, 5.0, 9.0])
def test_every_place_of_the_top_is_as_far_as_the_film_is_thick(t):
    """Nothing grown on is nearer, and something is as near."""
    stack = body(*polygon(*STEPPED), grown=set(range(6)))
    under = LineString(STEPPED[:7])
    found = film(stack, t)
    for region in found.regions:
        for edge in region.loop:
            if edge.feature != "film" or edge.curve in {e.curve for e in stack.profile}:
                continue
            for point in edge.point(np.linspace(0.0, 1.0, 9)):
                assert under.distance(Point(*point)) == pytest.approx(t, rel=1e-9)


@pytest.mark.parametrize(("one", "other"), [(1.0, 2.0), (2.5, 0.1), (4.0, 4.0)])
def test_two_films_are_as_thick_as_one(one, other):
    """The front of the second starts from that of the first: the way goes on."""
    stack = body(*polygon(*STEPPED), grown={0, 1, 2, 3})
    first = film(stack, one)
    second = grow_film(
        first.stack,
        name="second",
        material="Au",
        thickness=other,
        on=lambda edge: edge.region == "film",
    )
    both = film(stack, one + other)
    assert volume(first) + volume(second) == pytest.approx(volume(both), rel=1e-12)
    assert second.ends[0] == pytest.approx(both.ends[0], rel=1e-12)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_corners_that_vanish_leave_no_trace(side):
    """An outer and an inner corner of ever smaller turns tend to the plane, to first order."""

    def found(fall):
        points = ((0, 0), (40, 0), (70, -30 * fall), (OUTER, -30 * fall))
        return film(body(*polygon(*points), grown={0, 1, 2}), 2.0)

    flat = volume(found(0.0))
    for exponent in range(1, 16):
        turn = 10.0**-exponent
        bent = found(side * turn)
        assert_gapless(bent.stack)
        assert volume(bent) == pytest.approx(flat, rel=turn + 1e-13)


def test_it_is_continuous_in_the_thickness():
    """Through the filling of corners and grooves, by the area of its front at most."""
    stack = body(*polygon(*STEPPED), grown=set(range(6)))
    steps = np.linspace(0.5, 12.0, 200)
    volumes = np.array([volume(film(stack, float(t))) for t in steps])
    rates = np.diff(volumes) / np.diff(steps)
    area = 2 * math.pi * (40.0 + steps[1:]) * (90.0 + 4.0 * steps[1:])
    assert np.all((rates > 0.0) & (rates < area))


def test_nothing_to_grow_on_is_told():
    with pytest.raises(ProcessError, match="exposed"):
        film(body(*polygon((0, 0), (OUTER, 0)), grown=set()), 1.0)


# ---------------------------------------------------------------- against shapely


@st.composite
def profiles(draw):
    """Chains of straight pieces with undercuts and hollows, and some of them to grow on."""
    near = st.floats(3.0, 40.0, allow_nan=False)
    corners = draw(st.lists(st.tuples(near, st.floats(0.0, 40.0)), min_size=2, max_size=5))
    points = [(0.0, draw(st.floats(0.0, 40.0))), *corners, (OUTER, corners[-1][1])]
    points[1] = (points[1][0], points[0][1])
    d = np.diff(np.array(points), axis=0)
    assume(np.hypot(*d.T).min() > 0.5)
    d /= np.hypot(*d.T)[:, None]
    # no thin blades: shapely's steps leak through what is thinner than they are long
    assume(np.all(np.sum(d[1:] * d[:-1], axis=1) > -0.7))
    chain = LineString(points)
    assume(chain.is_simple)
    assume(LineString(points[:-1]).buffer(-0.0).is_empty)
    gaps = [
        LineString(a).distance(LineString(b))
        for i, a in enumerate(pairwise(points))
        for j, b in enumerate(pairwise(points))
        if j > i + 1
    ]
    assume(min(gaps, default=1.0) > 1.0)
    grown = draw(st.sets(st.integers(0, len(points) - 3), min_size=1))
    return points, grown


@pytest.mark.slow
@settings(max_examples=25, deadline=None, derandomize=True)
@given(profiles(), st.floats(0.5, 8.0))
def test_volumes_are_those_of_small_steps(profile, t):
    """Where corners are bare, a step leaks round them by less than itself."""
    points, grown = profile
    found = film(body(*polygon(*points), grown=grown), t)
    edges = polygon(*points)
    bare = [edges[i] for i in sorted(grown)]
    least, largest = bounds(edges, bare, t)
    assert least <= volume(found) <= largest
    whole = film(body(*edges, grown=set(range(len(edges)))), t)
    least, largest = bounds(edges, edges, t)
    assert least <= volume(whole) <= largest
    if not found.stack.voids:
        assert_gapless(found.stack)


@pytest.mark.parametrize("slope", [0.0, 1e-11, -1e-11])
def test_a_ball_that_a_film_buries_leaves_no_gap_over_it(slope):
    """It stands on what the film grows on, which meets the axis as level as a solver leaves it.

    The front of the film was cut off there by an arc of no length, told as a void. Its volume is
    that of a plate less that of the ball, but for a slope's part in a thousand million.
    """
    radius, thickness = 2.0, 10.0
    ball = Arc((0.0, radius), radius, 0.5 * math.pi, -0.5 * math.pi)
    plane = Edge(line((0.0, 0.0), (OUTER, slope * OUTER)), 0.0, 1.0)
    stack = body(Edge(ball, ball.first, ball.last), plane, grown={1})
    found = film(stack, thickness)
    assert found.stack.voids == ()
    exact = math.pi * (OUTER**2 * thickness - 4.0 / 3.0 * radius**3)
    assert volume(found) == pytest.approx(exact, rel=1e-9)
