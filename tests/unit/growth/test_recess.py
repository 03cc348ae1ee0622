"""Barriers in a recess whose wall the bump itself has shaped: exact volumes and junctures."""

import math

import numpy as np
import pytest

from bumpform.growth.barrier import Layer, grow
from bumpform.stack.cut import abrade, abrade_below_top
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat
from bumpform.steps.kinds import Deposit
from solids import UM, assert_gapless, bare

RADIUS = 40 * UM


def recess(top, depth):
    """A sphere in a film abraded to a height, recessed by a depth."""
    stack = deposit(bare(), Deposit(solder="Sn", ball={"diameter": 2 * RADIUS}))[0]
    stack = coat(stack, layer="film", material="polyimide", thickness=100 * UM)
    stack = abrade(stack, top * UM).stack
    return abrade_below_top(stack, "film", depth * UM).stack


def below(height):
    """Volume of the sphere below a height."""
    return math.pi * height**2 * (RADIUS - height / 3)


def side(height):
    """Radius of the sphere at a height."""
    return math.sqrt(RADIUS**2 - (height - RADIUS) ** 2)


@pytest.mark.parametrize("growth", ["planar", "conformal"])
@pytest.mark.parametrize("thickness", [0.5, 3.0, 5.0])
def test_over_the_belly_the_wall_leans_over_the_plane(growth, thickness):
    stack, t = recess(60, 5), thickness * UM
    grown, (juncture,) = grow(stack, (Layer("barrier", "Ni", t),), growth=growth)
    assert_gapless(grown)
    assert grown.region("barrier").volume == pytest.approx(
        below(55 * UM + t) - below(55 * UM), rel=1e-11
    )
    assert juncture.z_m == pytest.approx(55 * UM + t, rel=1e-13)
    assert juncture.r_m == pytest.approx(side(55 * UM + t), rel=1e-12)
    walls = [p for p in grown.profile if p.feature == "film wall"]
    assert (walls == []) is (thickness == 5.0)


def test_barrier_and_finish_share_the_wall():
    layers = (Layer("barrier", "Ni", 3 * UM), Layer("finish", "Au", 1 * UM))
    grown, (juncture,) = grow(recess(60, 5), layers, growth="planar")
    assert_gapless(grown)
    assert grown.region("finish").volume == pytest.approx(
        below(59 * UM) - below(58 * UM), rel=1e-10
    )
    assert juncture.z_m == pytest.approx(59 * UM, rel=1e-13)
    assert [p.feature for p in grown.profile] == ["finish", "film wall", "film top"]


def test_level_and_proud_of_the_recess_it_goes_straight_up():
    layers = (Layer("barrier", "Ni", 7 * UM), Layer("finish", "Au", 1 * UM))
    grown, (juncture,) = grow(recess(60, 5), layers, growth="planar")
    assert_gapless(grown)
    rim = side(60 * UM)
    assert juncture.r_m == pytest.approx(rim, rel=1e-12)
    assert juncture.z_m == pytest.approx(63 * UM, rel=1e-12)
    assert grown.region("barrier").volume == pytest.approx(
        below(60 * UM) - below(55 * UM) + math.pi * rim**2 * 2 * UM, rel=1e-11
    )


def test_proud_of_the_recess_it_spreads_over_its_rim():
    """As far past the rim as it is thicker than the rim is far from the plane, which is 5 um.

    The rim lies inside of the plane's edge, so the plane's part under it is in its shadow.
    """
    layers = (Layer("barrier", "Ni", 7 * UM), Layer("finish", "Au", 1 * UM))
    grown, (juncture,) = grow(recess(60, 5), layers)
    assert_gapless(grown)
    rim, t = side(60 * UM), 8 * UM
    assert (juncture.r_m, juncture.z_m) == pytest.approx((rim + 3 * UM, 60 * UM), rel=1e-12)
    past = 3 * UM
    torus = math.pi * (math.pi / 2 * rim * past**2 + 2 * past**3 / 3)
    filled = below(60 * UM) - below(55 * UM) + math.pi * rim**2 * (t - 5 * UM)
    volume = grown.region("barrier").volume + grown.region("finish").volume
    assert volume == pytest.approx(filled + torus, rel=1e-11)


def test_under_the_belly_the_wall_falls_away():
    stack, t = recess(30, 6), 4 * UM
    flat, (at,) = grow(stack, (Layer("barrier", "Ni", t),), growth="planar")
    assert_gapless(flat)
    assert at.r_m == pytest.approx(side(28 * UM), rel=1e-12)
    round_, (at,) = grow(stack, (Layer("barrier", "Ni", t),), growth="conformal")
    assert_gapless(round_)
    # an arc about the plane's edge, as far from it as the layer is thick
    assert math.hypot(at.r_m - side(24 * UM), at.z_m - 24 * UM) == pytest.approx(t, rel=1e-12)
    assert math.hypot(at.r_m, at.z_m - RADIUS) == pytest.approx(RADIUS, rel=1e-12)
    disc = math.pi * side(24 * UM) ** 2 * t
    assert disc < round_.region("barrier").volume < flat.region("barrier").volume


@pytest.mark.parametrize("gap", [1e-9, 1e-16])
def test_a_mask_on_the_rim_is_wall_too(gap):
    """A level layer fills up to it, whether its opening is as wide as the recess or nearly."""
    stack = recess(60, 5)
    rim = float(stack.profile.pieces[1].point(1.0)[0])
    radius = max(rim * (1 + gap), float(np.nextafter(rim, 1.0)))
    upper = coat(
        stack,
        layer="mask",
        material="photoresist",
        thickness=20 * UM,
        opening_radius=radius,
    )
    thin, _ = grow(upper, (Layer("barrier", "Ni", 4 * UM),), growth="planar")
    assert_gapless(thin)
    thick, (juncture,) = grow(upper, (Layer("barrier", "Ni", 15 * UM),))
    assert_gapless(thick)
    assert (juncture.r_m, juncture.z_m) == pytest.approx((radius, 70 * UM), rel=2e-9)


@pytest.mark.parametrize("top", [30, 60])
def test_solder_fills_a_recess_level(top):
    """Also where the bump's belly, ground away above, is wider than the rim: no bump hides it."""
    stack, volume = recess(top, 5), 0.5 * (below(top * UM) - below((top - 5) * UM))
    filled = deposit(stack, Deposit(solder="Sn63Pb37", volume=volume))[0]
    assert_gapless(filled)
    tops = filled.profile.pieces[0].tips[:, 1]
    assert (top - 5) * UM < tops[0] < top * UM
    assert tops[1] == pytest.approx(tops[0], abs=1e-12 * UM)
    assert filled.region("Sn63Pb37").volume == pytest.approx(volume, rel=1e-11)
