"""Edges, stations, profiles: places, crossings, integrals along a chain."""

from __future__ import annotations

import math

import numpy as np
import pytest

import scenes
from bumpform.geometry.curve import Arc, Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station


@pytest.fixture
def opening():
    """Pad of radius 1, wall to (1, 2), top to r = 5."""
    return scenes.opening(1.0, 2.0, 5.0)


@pytest.fixture
def core():
    """Sphere of radius 1 about z = 0.6, cut at z = 0, on a base to r = 5."""
    return scenes.core(1.0, 0.6, 5.0)


def test_edge_runs_backwards_where_its_parameters_do():
    """Points, tangents and integrals follow the edge's own direction."""
    edge = Edge(Line((0.0, 0.0), (2.0, 1.0)), 1.0, 0.5, "x", "r", "m")
    assert edge.point(0.0) == pytest.approx([2.0, 1.0])
    assert edge.point(1.0) == pytest.approx([1.0, 0.5])
    assert edge.tangent(0.3) == pytest.approx(np.array([-2.0, -1.0]) / math.sqrt(5))
    assert edge.moments() == pytest.approx(edge.reversed().moments() * [-1, -1, 1])
    assert edge.length() == pytest.approx(math.sqrt(5) / 2)
    part = edge.part(0.25, 0.75)
    assert part.point(0.0) == pytest.approx(edge.point(0.25))
    assert (part.region, part.material) == ("r", "m")


def test_fractions_of_a_whole_arc_all_rise():
    """The last span ends where the arc does, whatever adding up spans comes to."""
    for end in np.linspace(-0.9, 1.5, 200):
        arc = Arc((0.0, 0.0), 1.0, -0.5 * math.pi, float(end))
        for edge in (Edge(arc, *arc.breaks[:: len(arc.breaks) - 1]),
                     Edge(arc, *arc.breaks[:: 1 - len(arc.breaks)])):  # fmt: skip
            u = edge.fractions(8)
            assert len(u) == 8 * (len(arc.breaks) - 1) + 1
            assert np.diff(u).min() > 0.9 * np.diff(u).max()


def test_edge_moments_between_fractions_are_signed():
    """u1 below u0 gives the negative, of the area too."""
    edge = scenes.straight((1.0, 0.0), (2.0, 3.0))
    assert edge.moments(0.8, 0.3) == pytest.approx(-edge.moments(0.3, 0.8), rel=1e-13)


@pytest.mark.parametrize("angle", [0.2, 0.9, 1.4])
def test_nearest_place_of_an_arc_is_radial(angle):
    """From any distance, in or out."""
    edge = Edge(Arc((0.5, 0.2), 1.0, 0.0, 1.5), 0.0, 1.5)
    for distance in (0.4, 1.3):
        point = np.array([0.5 + distance * math.cos(angle), 0.2 + distance * math.sin(angle)])
        assert edge.nearest(point) == pytest.approx(angle / 1.5, abs=1e-9)


def test_crossings_of_a_profile(opening):
    """Levels are met on the wall; a vertex counts once; a level piece has none."""
    assert opening.crossings(1, 0.5) == [Station(1, 0.25)]
    assert opening.crossings(0, 3.0) == [Station(2, 0.5)]
    assert opening.crossings(0, 7.0) == []
    assert len([s for s in opening.crossings(1, 2.0) if s.u < 1.0]) <= 1


def test_crossings_of_a_core(core):
    """A sphere is met at r = 0.9 above and below its equator, and beyond is the base."""
    places = [core.point(s) for s in core.crossings(0, 0.9)]
    height = math.sqrt(1 - 0.81)
    heights = sorted(float(z) for _, z in places)
    assert heights[-1] == pytest.approx(0.6 + height, abs=1e-12)
    assert heights[-2] == pytest.approx(0.6 - height, abs=1e-12)


def test_moments_from_the_axis(opening, core):
    """∫½r²dz to a place is the volume/2π under it, its first moment likewise."""
    assert opening.moments(Station(1, 0.5))[:2] == pytest.approx([0.5, 0.25])
    assert opening.moments(opening.end)[2] == pytest.approx(0.5 + 2.0 + 12.0)
    under = 2 / 3 - 0.6 + 0.6**3 / 3  # cap from the top down to z = 0.6 + 0.6, per half
    c = 0.6
    station = core.crossings(1, 0.6 + c)[0]
    assert core.moments(station)[0] == pytest.approx(-0.5 * under, rel=1e-12)
    assert core.moments(station)[2] == pytest.approx(1 - c, rel=1e-12)


def test_between_and_arclength(opening):
    """Parts of pieces between two places; negative when the second lies inside."""
    a, b = Station(0, 0.5), Station(2, 0.25)
    assert [round(e.length(), 12) for e in opening.between(a, b)] == [0.5, 2.0, 1.0]
    assert opening.arclength(a, b) == pytest.approx(3.5)
    assert opening.arclength(b, a) == pytest.approx(-3.5)
    assert opening.between(Station(0, 1.0), Station(1, 0.0)) == ()
    assert opening.arclength(a, a) == 0.0


def test_locate_prefers_the_inner_end_of_a_vertex(opening, core):
    """A vertex is the end of the piece inside of it; elsewhere the nearest place."""
    assert opening.locate(np.array([1.0, 2.0])) == Station(1, 1.0)
    assert opening.locate(np.array([1.0, 0.0])) == Station(0, 1.0)
    assert opening.locate(np.array([0.9, 1.0])) == Station(1, 0.5)
    station = core.locate(np.array([0.0, 3.0]))
    assert core.point(station) == pytest.approx([0.0, 1.6])


def test_volumes_at_many_places(core):
    """Running volumes equal those asked for one by one."""
    edge = core.pieces[0]
    u = np.array([0.0, 0.1, 0.4, 0.8, 1.0])
    expected = [edge.moments(0.0, float(x))[0] for x in u]
    assert edge.volumes(u) == pytest.approx(expected, abs=1e-14)


def test_stations_are_ordered_along_the_profile():
    """A station compares by piece, then by place."""
    assert Station(0, 1.0) < Station(1, 0.0) < Station(1, 0.5)
    profile = Profile((scenes.straight((0.0, 0.0), (1.0, 0.0)),))
    assert profile.start < profile.end


def test_a_short_part_of_a_line_has_the_lines_direction():
    """A sliver of wall above a dome: 1e-12 of the line, its slope is still the line's."""
    wall = Edge(Line((1.19e-4, 0.0), (1.21e-4, 3e-5)), 1.0 - 1e-12, 1.0)
    _, _, dr, dz, *_ = wall.jet(0.5)
    assert dr / dz == pytest.approx(2e-6 / 3e-5, rel=1e-14)


@pytest.mark.parametrize("over", [1e-4, 1e-2, 0.1])
def test_a_level_through_an_end_is_crossed_again_beside_it(over):
    """A circle that starts just under its equator has its first radius once more above it.

    Both places lie within one step of the samples, which shows no change of sign.
    """
    edge = Edge(Arc((0.0, 0.0), 1.0, -over, math.pi / 2), -over, math.pi / 2)
    for one in (edge, edge.reversed()):
        heights = [float(one.point(u)[1]) for u in one.crossings(0, math.cos(over))]
        assert sorted(heights) == pytest.approx([-math.sin(over), math.sin(over)], abs=1e-12)


def test_between_leaves_out_what_rounding_makes_a_point():
    """Fractions that differ, of a piece so short that its places do not."""
    short = Edge(Line((0.0, 0.0), (1.0, 0.0)), 0.5, 0.5 + 1e-9)
    profile = Profile((short,))
    assert profile.between(Station(0, 0.3), Station(0, 0.3 + 1e-8)) == ()


@pytest.mark.parametrize("over", [-0.6, -0.005, 0.0, 0.3])
@pytest.mark.parametrize("depth", [1e-10, 1e-7, 1e-5, 3e-4])
def test_an_arc_passes_a_level_and_comes_back_between_two_samples(over, depth):
    """Its furthest place lies a little past the level, near an end or in the middle of it."""
    first, last = math.pi + over - 1.2 * math.sqrt(2.0 * depth), 2.0 * math.pi - 0.3
    one = Edge(Arc((2.0, 5.0), 1.0, last, first), first, last, "nose", "nose")
    found = [float(one.point(u)[1]) for u in one.crossings(0, 1.0 + depth)]
    off = math.sqrt(2.0 * depth - depth**2)
    exact = [5.0 + off, 5.0 - off] if over <= 0.0 else []
    assert found == pytest.approx(exact, abs=2e-15 / off)  # the level's own rounding


@pytest.mark.parametrize("parameters", [(0.0, 1.0), (1.0, 0.0), (0.3, 0.9), (0.7, 0.2)])
def test_a_straight_edge_ends_where_the_library_has_it_to_the_bit(parameters):
    """Loops close, and levels are level, only if both say the same."""
    edge = Edge(Line((0.1, 0.7), (1.3, 0.2)), *parameters)
    points = edge.point(np.array([0.0, 1.0]))
    assert edge.ends == tuple(map(tuple, points.tolist()))
    (inner, outer), (_, top) = np.sort(points, axis=0).T.tolist()
    assert edge.reach == (inner, outer, top)
