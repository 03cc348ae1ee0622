"""Necks, jets and films of melts with inertia: what is told, and what is given up."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from bumpform.geometry.profile import Station
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.touch import Stopped, drawn_back, drawn_off, pinched
from melts import wall

pytestmark = pytest.mark.dolfinx

FLOOR = wall([(0.0, 0.0), (3.0, 0.0)], [90.0])
#: A pad that stands out of its base.
PAD = wall([(0.0, 0.0), (0.5, 0.0), (0.5, -0.1), (2.0, -0.1)], [30.0, 60.0, 120.0])


def two_lobes(neck, other=None):
    """Half a sphere on the floor, and a smaller one on it, joined by a neck of a radius."""
    t = np.linspace(0.0, 1.0, 121)
    z = 1.5 * t
    lobes = np.sqrt(np.maximum(0.0, 1.0 - z**2)) + 0.5 * np.sqrt(
        np.maximum(0.0, 0.0625 - (z - 1.25) ** 2)
    )
    r = np.where(t < 1.0, np.maximum(lobes, neck), 0.0)
    r[0] = 1.0
    line = Line("outer", FLOOR, FLOOR.profile.locate(np.array([1.0, 0.0])))
    points = np.stack([r, z], axis=1)
    return Shape(points if other is None else points[:-2], line, other)


def test_a_neck_that_breaks_is_told_with_what_comes_off():
    """The upper lobe: a spheroid of 0.125 across and 0.25 along; the lower: half a ball."""
    upper = 4.0 / 3.0 * math.pi * 0.125**2 * 0.25
    share = 100.0 * upper / (upper + 2.0 / 3.0 * math.pi)
    with pytest.raises(Stopped) as told:
        pinched(two_lobes(0.01))
    found = re.search(r"neck breaks, and about (\S+) % of it comes off", str(told.value))
    assert found[1] == f"{share:.1g}"  # it is known to a digit


def test_a_neck_that_holds_is_followed():
    pinched(two_lobes(0.05))


def test_the_surface_s_own_end_on_the_axis_is_no_neck():
    t = np.linspace(0.0, 0.5 * math.pi, 401)
    points = np.stack([np.cos(t), np.sin(t)], axis=1)
    points[-1, 0] = 0.0
    line = Line("outer", FLOOR, FLOOR.profile.locate(np.array([1.0, 0.0])))
    pinched(Shape(points, line))


@pytest.mark.parametrize(
    ("end", "words"),
    [("top", "the liquid breaks between what it joins"), ("inner", "the hole closes over")],
)
def test_other_liquid_that_breaks_is_told_by_its_kind(end, words):
    with pytest.raises(Stopped, match=words):
        pinched(two_lobes(0.01, Line(end, FLOOR, Station(0, 0.5))))


def between(lift):
    """A column of a radius of 0.5 up to a body at a height."""
    line = Line("outer", FLOOR, FLOOR.profile.locate(np.array([0.5, 0.0])))
    above = wall([(0.0, 0.0), (3.0, 0.0)], [90.0]).raised(lift)
    top = Line("top", above, above.profile.locate(np.array([0.5, 0.0])))
    z = np.linspace(0.0, lift, 41)
    return Shape(np.stack([np.full(41, 0.5), z], axis=1), line, top)


def test_a_body_is_drawn_off_where_the_liquid_is_longer_than_round():
    """Plateau's limit: a column as long as its circumference; shorter, or sinking, it may rest."""
    for lift, before in ((0.99 * math.pi, 0.9 * math.pi), (1.2 * math.pi, 1.3 * math.pi)):
        drawn_off(between(lift), between(before), 0.0)
    drawn_off(between(1.2 * math.pi), between(1.1 * math.pi), 0.3 * math.pi)  # solid is between
    with pytest.raises(Stopped, match=r"drawn out to 3\.173e\+06 µm, 1e\+06 µm wide at most"):
        drawn_off(between(1.01 * math.pi), between(math.pi), 0.0)


def beside_the_pad(r):
    """A cap with its line a little down the pad's side, and its surface at a radius over that."""
    polar = np.linspace(0.0, 0.5 * math.pi, 31)
    high = np.stack([r * np.cos(polar), 0.02 + 0.8 * np.sin(polar)], axis=1)
    high[-1, 0] = 0.0
    line = Line("outer", PAD, Station(1, 0.2))
    foot = np.array([[0.5, -0.02], [0.502, 0.0]])
    return Shape(np.vstack([foot, high]), line)


def test_a_line_is_drawn_back_to_the_edge_that_its_surface_touches():
    """A film of 2e-5 of the liquid was beside it; the line is at the pad's edge, which holds it."""
    jump = drawn_back(beside_the_pad(0.4999))
    assert jump is not None
    edge = "the edge between piece 0 and piece 1"  # the solid that it touches, not the line's
    assert jump.event == f"the film over {edge} opens, and the outer line is drawn back"
    line = jump.shape.start
    assert (line.at, line.held) == (Station(0, 1.0), True)
    assert jump.shape.nodes[0] == pytest.approx([0.5, 0.0])
    assert len(jump.shape.nodes) % 2 == 1
    assert jump.shape.volume == pytest.approx(beside_the_pad(0.4999).volume, rel=1e-2)


def test_a_line_whose_surface_is_clear_of_the_solid_stays():
    assert drawn_back(beside_the_pad(0.52)) is None
