"""Stacks: volumes of regions, and the profile that they expose."""

from __future__ import annotations

import itertools
import math

import pytest

from bumpform.geometry.curve import Line
from bumpform.geometry.edge import Edge
from bumpform.stack.layers import coat, substrate
from bumpform.stack.stack import Region, exposed_edges

UM = 1e-6
MADE = {
    "pad_radius": 60 * UM,
    "pad_thickness": 5 * UM,
    "pad_material": "Cu",
    "base_material": "SiO2",
    "outer": 150 * UM,
}


def box(r0, r1, z0, z1, name="box", shared=None):
    """Ring of rectangular section; ``shared`` replaces its lower side."""
    low = shared or Edge(Line((r0, z0), (r1, z0)), 0.0, 1.0)
    sides = [((r1, z0), (r1, z1)), ((r1, z1), (r0, z1)), ((r0, z1), (r0, z0))]
    loop = (low, *(Edge(Line(p, q), 0.0, 1.0) for p, q in sides))
    return Region.bounded(name, "m", loop, "dielectric")


def test_volume_of_a_ring():
    """π(R² − r²)h, and the moment of height about z = 0."""
    ring = box(1.0, 3.0, 2.0, 5.0)
    assert ring.volume == pytest.approx(math.pi * 8 * 3, rel=1e-14)
    assert ring.moments[1] * 2 * math.pi == pytest.approx(math.pi * 8 * 3 * 3.5, rel=1e-14)


def test_shared_edges_are_not_exposed():
    """Two boxes, one on part of the other: what they share, by the same curve, is inside."""
    top = Line((3.0, 1.0), (0.0, 1.0))
    lower = Region.bounded(
        "lower",
        "m",
        (
            Edge(Line((0.0, 0.0), (3.0, 0.0)), 0.0, 1.0),
            Edge(Line((3.0, 0.0), (3.0, 1.0)), 0.0, 1.0),
            Edge(top, 0.0, 1.0),
            Edge(Line((0.0, 1.0), (0.0, 0.0)), 0.0, 1.0, "axis"),
        ),
        "base",
    )
    upper = box(1.0, 2.0, 1.0, 4.0, "upper", shared=Edge(top, 2 / 3, 1 / 3))
    parts = [e for e in exposed_edges((lower, upper)) if e.curve is top]
    spans = sorted(tuple(sorted(float(p[0]) for p in (e.point(0.0), e.point(1.0)))) for e in parts)
    assert spans == [pytest.approx((0.0, 1.0)), pytest.approx((2.0, 3.0))]


@pytest.mark.parametrize("sliver", [6e-12, 1e-9])
def test_a_side_in_two_pieces_is_exposed_whole(sliver):
    """However short one of them: a film that passes an opening's rim has such, of round-off."""
    side = Line((3.0, 1.0), (0.0, 1.0))
    ends = 0.0, 0.6, 0.6 + sliver, 1.0
    pieces = tuple(Edge(side, a, b) for a, b in itertools.pairwise(ends))
    others = [((0.0, 1.0), (0.0, 0.0)), ((0.0, 0.0), (3.0, 0.0)), ((3.0, 0.0), (3.0, 1.0))]
    loop = (*pieces, *(Edge(Line(p, q), 0.0, 1.0) for p, q in others))
    region = Region.bounded("film", "Ni", loop, "metal")
    parts = [e for e in exposed_edges((region,)) if e.curve is side]
    lengths = [abs(e.last - e.first) for e in parts]
    assert sum(lengths) == pytest.approx(1.0, rel=1e-11)  # what counts as one place


@pytest.mark.parametrize("sidewall", [90.0, 75.0])
def test_profile_is_a_chain_from_axis_to_limit(sidewall):
    """Each piece starts where the one before it ends; solid is on the right."""
    stack = coat(
        substrate(**MADE),
        layer="dielectric",
        material="polyimide",
        thickness=30 * UM,
        opening_radius=50 * UM,
        sidewall=math.radians(sidewall),
    )
    profile = stack.profile
    assert profile.point(profile.start)[0] == 0.0
    assert profile.point(profile.end)[0] == pytest.approx(150 * UM, rel=1e-15)
    for inner, outer in zip(profile.pieces[:-1], profile.pieces[1:], strict=True):
        assert inner.point(1.0) == pytest.approx(outer.point(0.0), abs=1e-20)
    assert stack.voids == ()


def test_regions_keep_their_volume_in_the_sum():
    """Substrate to the model's limits: π R² times its height, whatever it is divided into."""
    stack = substrate(**MADE)
    total = sum(r.volume for r in stack.regions)
    assert total == pytest.approx(math.pi * stack.outer**2 * -stack.bottom, rel=1e-13)


def test_names_are_made_unique():
    """A second region of the same name gets a number; removal frees it."""
    stack = substrate(**MADE).with_region(box(1.0, 2.0, 1.0, 2.0, "x"))
    assert stack.unique_name("x") == "x 2"
    assert stack.unique_name("y") == "y"
    assert stack.without("x").unique_name("x") == "x"
    assert stack.region("pad").material == "Cu"
