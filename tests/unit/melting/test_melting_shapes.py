"""Curves, walls and first shapes of melts: closed forms and identities."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from scipy.interpolate import CubicSpline

from bumpform.geometry.curve import Line as Straight
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Station
from bumpform.melting.beginning.joining import under
from bumpform.melting.beginning.options import Options
from bumpform.melting.flows.flow import Fluid
from bumpform.melting.motion import overdamped
from bumpform.melting.shapes.body import Body
from bumpform.melting.shapes.corner import leave_corner
from bumpform.melting.shapes.edges import (
    LEAST,
    clear,
    cleared,
    onto_edge,
    over_edges,
    rolled_on,
    thin_words,
    thinned,
)
from bumpform.melting.shapes.free_curve import (
    Sizes,
    Spline,
    chords,
    forces,
    misfit,
    moments,
    redistributed,
    squeezed,
)
from bumpform.melting.shapes.outline import rounded
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.touch import HOLE, THIN, Jump, Stopped, meet, pass_piece
from bumpform.melting.shapes.union import height_over
from melts import cap, cap_volume, wall

pytestmark = pytest.mark.dolfinx

SIZES = Sizes(0.1, 0.04, 0.25, 0.1)


def arc(count):
    polar = np.linspace(0.5 * math.pi, 0.0, 2 * count + 1)
    points = np.stack([np.sin(polar), np.cos(polar)], axis=1)
    points[-1, 0] = 0.0
    return points


def test_moments_of_a_hemisphere_converge_with_order_four():
    exact = np.array([1.0, 1.0 / 3.0, 1.0 / 8.0])
    errors = [np.abs(np.array(moments(arc(n))) - exact).max() for n in (8, 16)]
    assert 3.7 < math.log2(errors[0] / errors[1]) < 4.3


@pytest.mark.parametrize("on_axis", [True, False])
def test_the_spline_is_the_cubic_that_another_library_gives(on_axis):
    points = arc(5)[:: 1 if on_axis else -1]
    s = chords(points)
    ends = [("not-a-knot", (order, 0.0)) if on_axis else "not-a-knot" for order in (2, 1)]
    at = np.linspace(0.0, s[-1], 40)
    there = [CubicSpline(s, points[:, k], bc_type=ends[k])(at) for k in (0, 1)]
    assert np.abs(Spline(points, on_axis=on_axis)(at) - np.stack(there, axis=1)).max() < 1e-14


def test_forces_on_a_curve_s_nodes_are_how_its_energy_falls():
    """By central differences, at every node but the ends, whose solid's side is left out."""
    t = np.linspace(0.0, 1.0, 9)
    nodes = np.stack([0.9 - 0.4 * t + 0.3 * t**2, 0.2 + t - 0.2 * t**3], axis=1)
    acting, grows = forces(nodes, 0.4)
    for k in range(1, 8):
        for c in range(2):
            by = np.zeros_like(nodes)
            by[k, c] = 1e-5
            change = (np.array(moments(nodes + by)) - moments(nodes - by)) / 2e-5
            assert -(change[0] + 0.4 * change[2]) == pytest.approx(acting[k, c], abs=1e-8)
            assert change[1] == pytest.approx(grows[k, c], abs=1e-8)


def test_nodes_anew_keep_the_ends_and_fit_the_sizes():
    before = arc(40)
    after = redistributed(before, SIZES, on_axis=True)
    assert np.array_equal(after[[0, -1]], before[[0, -1]])
    assert misfit(after, SIZES, on_axis=True) < 1.3
    assert np.abs(np.array(moments(after)) - moments(arc(400))).max() < 1e-5


@pytest.mark.parametrize("angle", [40.0, 90.0, 150.0])
def test_a_cap_has_its_angle_volume_and_fills_up_to_another(angle):
    floor = wall([(0.0, 0.0), (5.0, 0.0)], [angle])
    shape = cap(floor, Station(0, 0.2), angle, Options())
    assert abs(math.degrees(shape.angle(shape.start)) - angle) < 1.0
    assert abs(shape.volume / cap_volume(1.0, angle) - 1.0) < 1e-4
    filled = shape.filled(1.1 * shape.volume)
    assert abs(filled.volume / shape.volume - 1.1) < 1e-12
    assert np.array_equal(filled.nodes[0], shape.nodes[0])


def test_a_wall_s_places_and_moments():
    floor = wall([(0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (4.0, 0.5)], [30.0, 120.0, 120.0])
    assert floor.solid(Station(2, 1 / 3)).volume == pytest.approx(0.25)
    wetting = 0.5 * math.cos(math.radians(30.0)) - 0.5 * 0.5 - 0.5 * 0.5 * (2.0**2 - 1.0)
    assert floor.solid(Station(2, 1 / 3)).wetting == pytest.approx(wetting)
    assert floor.moved(Station(1, 0.5), 1.0) == Station(1, 1.0)
    assert math.degrees(floor.turn(0)) == pytest.approx(90.0)
    raised = floor.raised(0.25)
    assert raised.point(Station(0, 0.5)).tolist() == [0.5, 0.25]
    at = Station(2, 1 / 3)
    assert raised.solid(at).moment == pytest.approx(
        floor.solid(at).moment + 0.25 * floor.solid(at).volume
    )


def test_an_outline_s_corner_is_rounded_between_its_own_pieces():
    side = Edge(Straight((1.0, 0.0), (1.0, 1.0)), 0.0, 1.0)
    top = Edge(Straight((1.0, 1.0), (0.0, 1.0)), 0.0, 1.0)
    points = rounded([side, top], 1.0)
    assert points[0].tolist() == [1.0, 0.0]
    assert points[-1].tolist() == [0.0, 1.0]
    # a parabola between the ends of its legs passes the corner at a quarter of them
    assert np.abs(points - [1.0, 1.0]).sum(axis=1).min() == pytest.approx(0.5 * 0.15, abs=1e-3)
    turns = np.diff(np.unwrap(np.arctan2(*np.diff(points, axis=0).T[::-1])))
    assert np.abs(turns).max() < 0.2


def test_a_surface_that_enters_dry_solid_moves_the_line_there():
    """To where it comes out of that, or to the foot of its next element's end, and straight to one
    of its next nodes."""
    floor = wall([(0.0, 0.0), (1.0, 0.0), (5.0, 0.0)], [30.0, 120.0])
    bulge = cap(floor, Station(1, 0.125), 150.0, Options())  # its line at r = 1.5
    points = np.add(bulge.nodes, [0.0, -0.2])
    points[0] = (1.0, 0.0)
    met = meet(Shape(points, Line("outer", floor, Station(0, 1.0), held=True)), floor)
    out = np.flatnonzero(points[:, 1] > 0.0)[0]
    (r, z), (r1, z1) = points[out - 1 : out + 1]
    feet = [r - z * (r1 - r) / (z1 - z), points[out + out % 2, 0]]
    places = np.array([jump.shape.start.place() for jump in met])
    assert places[:, 0] == pytest.approx(np.repeat(feet, 3))
    assert not places[:, 1].any()
    for jump in met:
        assert jump.shape.nodes[2].tolist() in points[out : out + 8].tolist()
        assert "jumps" in jump.event
        assert "no jump of the outer line to there loses energy" in jump.refused


def test_a_film_that_opens_beside_the_axis_is_not_followed():
    floor = wall([(0.0, 0.0), (2.0, 0.0), (5.0, 0.0)], [30.0, 120.0])
    points = cap(floor, Station(0, 1.0), 40.0, Options()).nodes.copy()
    dent = np.exp(-(((points[:, 0] - 1.0) / 0.2) ** 2))
    points[:, 1] -= 1.1 * dent * points[:, 1]
    with pytest.raises(Stopped, match="opens at r ="):
        meet(Shape(points, Line("outer", floor, Station(0, 1.0), held=True)), floor)


def test_a_film_that_opens_by_less_than_an_element_has_a_hole_as_wide_as_one():
    floor = wall([(0.0, 0.0), (2.0, 0.0), (5.0, 0.0)], [30.0, 120.0])
    shape = cap(floor, Station(0, 1.0), 40.0, Options())
    points = shape.nodes.copy()
    points[:, 1] -= points[-1, 1] * np.exp(
        -((points[:, 0] / 0.3) ** 2)
    )  # down to solid on the axis
    assert np.count_nonzero(points[1:, 1] < 1e-3) == 1
    (met,) = meet(Shape(points, shape.start), floor)
    assert met.event == "the film over the piece 0 opens"
    end = met.shape.end
    assert end is not None
    assert HOLE < end.place()[0] < HOLE + 2.0 * Options().element
    assert met.shape.nodes[-1].tolist() == list(end.place())


def test_liquid_leaves_a_corner_that_both_angles_forbid():
    """By the least cut that loses energy; where none does, gas is shut in."""
    points = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (5.0, 0.5)]
    for angles, leaves in (((160.0, 160.0, 140.0), True), ((120.0, 140.0, 140.0), False)):
        floor = wall(points, angles)
        shape = cap(floor, Station(1, 1.0), 120.0, Options())
        (before, volume), tried = shape.balance(0.0), []

        def falls(jump, before=before, volume=volume, tried=tried):
            tried.append(jump.shape.volume)
            return jump.shape.filled(volume).balance(0.0)[0] < before

        met = leave_corner(shape, floor, falls)
        assert (met is not None) is leaves
        if met is not None:
            assert met.shape.start.at.piece == 0
            assert met.shape.filled(volume).balance(0.0)[0] < before
            assert tried == sorted(tried, reverse=True)
            with pytest.raises(Stopped, match="gas comes into the corner beside the piece 0"):
                leave_corner(shape, floor, lambda jump: False)
        else:
            assert not tried


def test_a_joint_leaves_a_corner_of_the_body_above():
    """The same as on the floor, upside down."""
    floor = wall([(0.0, 0.0), (5.0, 0.0)], [140.0])
    steps = [(0.0, 1.5), (1.0, 1.5), (1.0, 1.2), (5.0, 1.2)]
    roof = replace(wall(steps, [140.0, 140.0, 140.0]), upper=True)
    foot, top = Line("outer", floor, Station(0, 0.2)), Line("top", roof, Station(1, 1.0), held=True)
    bulge = np.linspace(0.0, 1.0, 61)
    nodes = np.stack([1.0 + 0.2 * np.sin(math.pi * bulge), 1.2 * bulge], axis=1)
    met = leave_corner(Shape(nodes, foot, top), floor, lambda jump: True)
    assert met is not None
    assert met.shape.start is foot
    assert met.shape.end is not None
    assert met.shape.end.at.piece == 0


def test_a_body_floats_until_solid_stops_it_and_lifts_off_by_force():
    body = Body(lowest=1.0, load=0.5)
    assert body.floats(1.2, 0.0)
    assert not body.floats(1.0, 0.4)
    assert body.floats(1.0, 0.6)
    assert body.share(1.2, -0.4) == pytest.approx(0.5)
    assert body.share(1.2, -0.1) == 1.0
    driven = Body(lowest=0.0, goal=2.0)
    assert driven.driven(1.0, 1e9) == pytest.approx(1e-9)
    assert driven.driven(3.0, 1e-3) < 0.0
    assert not driven.floats(1.0, 9.0)


@pytest.mark.parametrize(("angle", "passes"), [(170.0, True), (100.0, False)])
def test_a_line_passes_a_short_slope_that_the_surface_cuts(angle, passes):
    """A slope of 63° beside the line: from 117° on the surface lies in it, beyond any node."""
    floor = wall([(0.0, 0.0), (1.0, 0.0), (1.001, 0.002), (5.0, 0.002)], [30.0, 30.0, 140.0])
    shape = cap(floor, Station(0, 1.0), angle, Options())
    found = pass_piece(shape)
    assert (found is not None) is passes
    if found is not None:
        assert found.shape.start.at == Station(1, 1.0)
        assert found.shape.start.held
        assert found.shape.nodes[0] == pytest.approx([1.001, 0.002])


def test_a_line_does_not_pass_a_slope_that_has_nodes_over_it():
    floor = wall([(0.0, 0.0), (1.0, 0.0), (1.3, 0.6), (5.0, 0.6)], [30.0, 30.0, 140.0])
    assert pass_piece(cap(floor, Station(0, 1.0), 170.0, Options())) is None


def test_an_element_that_becomes_much_shorter_is_squeezed():
    nodes = arc(8)
    assert not squeezed(nodes, 0.5 * nodes, 0.4)
    assert squeezed(nodes, 0.3 * nodes, 0.4)
    beyond = nodes.copy()
    beyond[-2, 0] *= -1.0
    assert squeezed(nodes, beyond, 0.4)


RIM = np.array([0.5, 0.6])


def over_a_rim(film):
    """Liquid of a spherical surface over a cup's rim, a film thick there."""
    floor = wall([(0.0, 0.0), (0.5, 0.0), (0.5, 0.6), (3.0, 0.6)], [60.0, 60.0, 60.0])
    shape = cap(floor, Station(2, 0.2), 60.0, Options())  # its line is at r = 1
    radius = 1.0 / math.sin(math.radians(60.0))
    off = RIM - [0.0, math.sqrt((radius - film) ** 2 - RIM[0] ** 2)]
    center = 0.6 - radius * math.cos(math.radians(60.0))
    return floor, Shape(np.add(shape.nodes, [0.0, off[1] - center]), shape.start)


@pytest.mark.parametrize("film", [0.1, 1e-3, -1e-3])
def test_liquid_over_an_edge_is_as_thick_as_the_surface_is_off_it(film):
    floor, shape = over_a_rim(film)
    films = over_edges(shape, floor)
    assert films == {("outer", 1): pytest.approx(film, abs=2e-5)}  # its elements are quadratic


def test_a_film_over_an_edge_is_not_cut_by_a_chord():
    """Elements are halved until their chords leave half of it; the curve stays as it is."""
    floor, shape = over_a_rim(2e-4)
    finer, film = cleared(shape, floor), over_edges(shape, floor)["outer", 1]
    rim, ends = shapely.Point(RIM), [[0.0, 0.0], [1.0, 0.0]]
    assert not shapely.Polygon([*ends, *shape.nodes[::2]]).contains(rim)
    assert shapely.Polygon([*ends, *finer.nodes[::2]]).contains(rim)
    assert shapely.LineString(finer.nodes[::2]).distance(rim) > 1e-4
    assert moments(finer.nodes) == pytest.approx(moments(shape.nodes), rel=1e-12)
    assert over_edges(finer, floor)["outer", 1] == pytest.approx(film, abs=1e-12)


def test_a_line_jumps_to_an_edge_that_stands_into_the_liquid_between_two_nodes():
    """A line on the floor, a surface that overhangs a step beside it by a hundredth or not."""
    for off, jumps in ((0.01, True), (-0.01, False)):
        bulge = cap(wall([(0.0, 0.0), (5.0, 0.0)], [60.0]), Station(0, 0.2), 140.0, Options())
        k = 9  # the middle of an element
        along = bulge.nodes[k + 1] - bulge.nodes[k - 1]
        edge = bulge.nodes[k] + off * np.array([-along[1], along[0]]) / np.hypot(*along)
        floor = wall([(0.0, 0.0), (edge[0], 0.0), tuple(edge), (5.0, edge[1])], [60.0] * 3)
        line = Line("outer", floor, Station(0, 1.0 / edge[0]))
        met = onto_edge(Shape(bulge.nodes, line))
        assert bool(met) == jumps
        for jump, first in zip(met, range(k + 1, k + 7, 2), strict=jumps):
            assert jump.event == "the surface meets the piece 1, and the outer line jumps there"
            assert "shuts in gas beside the outer line" in jump.refused
            assert jump.shape.start.at == Station(1, 1.0)
            assert jump.shape.nodes[0] == pytest.approx(edge)
            assert np.array_equal(jump.shape.nodes[2:], bulge.nodes[first:])


def test_a_line_beside_an_edge_that_its_surface_runs_through_jumps_there():
    """Right at the line there is no node that could be in solid."""
    bulge = cap(wall([(0.0, 0.0), (5.0, 0.0)], [60.0]), Station(0, 0.2), 140.0, Options())
    floor = wall([(0.0, 0.0), (1.0, 0.0), (1.0, 0.02), (5.0, 0.02)], [60.0, 140.0, 140.0])
    met = onto_edge(Shape(bulge.nodes, Line("outer", floor, Station(0, 1.0), held=True)))
    assert {jump.shape.start.at for jump in met} == {Station(1, 1.0)}


def test_a_hole_closes_about_as_much_of_the_axis_as_costs_least():
    """Over a dome the film is highest at a tenth of its radius: to level all within two tenths, as
    over flat solid, would fill a hollow that is none, and take energy."""
    polar = np.linspace(0.0, 1.25, 101)
    dome = np.stack([np.sin(polar), np.cos(polar)], axis=1)
    floor = wall([(r, z) for r, z in dome.tolist()], [10.0] * 100)
    hole, foot = 0.03, math.sin(1.2)
    r = np.linspace(foot, hole, 121)
    film = 0.2 * (r - hole) * (1.0 - r / foot)
    points = np.stack([r, np.sqrt(1.0 - r**2) + film], axis=1)
    at = [floor.profile.locate(points[k]) for k in (0, -1)]
    points[0], points[-1] = (floor.point(place) for place in at)
    ring = Shape(points, Line("outer", floor, at[0]), Line("inner", floor, at[1]))
    volume, energy = ring.volume, ring.balance(0.0)[0]
    found = [jump.shape.evened(SIZES, always=True).filled(volume) for jump in meet(ring, floor)]
    costs = [shape.balance(0.0)[0] - energy for shape in found]
    assert costs[0] > 1e-5
    assert min(costs) < -4e-5
    assert all(shape.on_axis and shape.nodes[-1, 1] > 1.0 for shape in found)


@pytest.mark.parametrize(
    ("below", "leans", "rolls"), [(0.005, 5.0, True), (0.005, 0.5, False), (0.1, 5.0, False)]
)
def test_a_line_right_below_a_rim_is_on_it_once_its_surface_leans_over_it(below, leans, rolls):
    """By an angle that is known to a degree; where the rim is further than its element ends there
    is a node in solid to see."""
    floor = wall([(0.0, 0.0), (0.3, 0.0), (0.3, 0.12), (2.0, 0.12)], [15.0, 170.0, 170.0])
    lean = math.radians(leans)
    foot = np.array([0.3, 0.12 - below])
    rim = foot + np.linspace(0.0, 0.8, 21)[:, None] * [math.sin(lean), math.cos(lean)]
    top = np.linspace(rim[-1], [0.0, 1.2], 11)[1:]
    line = Line("outer", floor, Station(1, 1.0 - below / 0.12))
    found = rolled_on(Shape(np.vstack([rim, top]), line))
    assert bool(found) == rolls
    for jump in found:
        assert jump.event == "the surface meets the piece 1, and the outer line jumps there"
        assert (jump.shape.start.at, jump.shape.start.held) == (Station(1, 1.0), True)


def test_of_two_ways_only_one_clear_of_solid_is_right():
    """A surface that meets a step's top a tenth beyond its edge: on the wall it would cut that."""
    floor = wall([(0.0, 0.0), (1.0, 0.0), (1.0, 0.1), (5.0, 0.1)], [60.0, 140.0, 140.0])
    shape = cap(floor, Station(1, 1.0), 120.0, Options())
    assert clear(shape, floor)
    nodes = shape.nodes.copy()
    nodes[0] = 1.0, 0.05
    low = replace(shape.start, at=Station(1, 0.5), held=False)
    assert not clear(Shape(nodes, low), floor)


def test_a_step_goes_half_through_a_film_at_most():
    edge = ("outer", 1)
    assert thinned({edge: 0.01}, {edge: 0.004})
    assert thinned({edge: 0.01}, {edge: -0.01})
    assert not thinned({edge: 0.01}, {edge: 0.006})
    assert not thinned({edge: 0.01}, {})  # a line has come to it
    assert not thinned({edge: 0.5 * LEAST}, {edge: -LEAST})  # less than an atom


def test_a_film_that_is_thin_is_told_with_its_place():
    floor, shape = over_a_rim(0.2 * THIN)
    told = "the film over the edge between piece 1 and piece 2, at r = 5e+05 µm, is thinner than 1e"
    assert thin_words(shape, floor)["outer", 1].startswith(told)
    assert not thin_words(*over_a_rim(5.0 * THIN)[::-1])


def test_a_body_that_ends_at_a_node_of_the_surface_gives_no_element_without_length():
    floor = wall([(0.0, 0.0), (5.0, 0.0)], [60.0])
    nodes = np.linspace([1.0, 0.0], [1.0, 1.0], 9)
    roof = replace(floor, upper=True, lift=0.5)
    shape = under(Shape(nodes, Line("outer", floor, Station(0, 0.2))), roof)
    assert shape.nodes[-1] == pytest.approx([1.0, 0.5])
    assert np.diff(shape.nodes[:, 1]).min() > 1e-3


def test_a_jump_that_would_take_energy_is_not_made(monkeypatch):
    """Of two, that which loses more is: a moat that fills, and empties again with more energy,
    would do so for ever."""
    floor = wall([(0.0, 0.0), (5.0, 0.0)], [60.0])
    options = Options(element=0.4)
    radii = {angle: cap_volume(1.0, angle) ** (-1.0 / 3.0) for angle in (90.0, 75.0, 65.0)}
    shape, low, lower = (
        cap(floor, Station(0, 0.2 * r), angle, options) for angle, r in radii.items()
    )
    fills = [Jump(low, "the moat is half full"), Jump(lower, "the moat fills")]
    jumps = iter([fills, [Jump(shape, "the moat empties")]])
    monkeypatch.setattr(overdamped, "met", lambda *_: next(jumps))
    told = []
    with pytest.raises(Stopped, match="the moat empties, which would take energy"):
        for step in overdamped.march(shape, floor, Fluid(0.0, 10.0), options):
            told.append(step.event)
    assert told[2] == "the moat fills"
    assert len(told) == 4


def test_what_a_jump_takes_is_taken_where_it_costs_less():
    """Under a wide body that floats on a thin joint from under that; where a fixture holds it, or
    it lies on solid, from the free surface, whose ends stay."""
    floor = wall([(0.0, 0.0), (5.0, 0.0)], [60.0])
    roof = replace(floor, upper=True, lift=0.05)
    at = Station(0, 0.4)
    nodes = np.linspace([2.0, 0.0], [2.0, 0.05], 9)
    shape = Shape(nodes, Line("outer", floor, at), Line("top", roof, at))
    volume = 0.98 * shape.volume
    free, sunk = (
        overdamped._filled(shape, volume, 0.0, body)
        for body in (Body(0.0, goal=0.05), Body(0.0, load=0.0))
    )
    assert free[1].end.wall.lift == 0.05
    assert sunk[1].end.wall.lift == pytest.approx(0.98 * 0.05)
    assert sunk[0] < free[0] - 0.01
    for energy, there in (free, sunk):
        assert there.volume == pytest.approx(volume, rel=1e-12)
        assert energy == there.balance(0.0)[0]
    lying, _ = overdamped._filled(shape, volume, 0.0, Body(0.05, load=0.0))
    assert lying == free[0]


def test_a_level_film_meets_another_one_where_both_are():
    """Level but for round-off, which must not be what they are looked at by."""
    r = np.linspace(0.0, 1e-4, 60)
    low, high = (np.column_stack([r, np.full(60, z)]) for z in (1e-6, 3e-7))
    low[1, 1] = np.nextafter(1e-6, 1.0)
    assert height_over(low, high) == pytest.approx(1.3e-6, rel=1e-12)
    dome = np.column_stack([r, 1e-5 * (1.0 - (r / 1e-4) ** 2)])
    assert height_over(dome, high) == pytest.approx(1.03e-5, rel=1e-3)
