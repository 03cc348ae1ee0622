"""Abrading, etching and stripping leave exact volumes, closed regions and a gapless profile."""

import itertools
import math

import numpy as np
import pytest

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Line, PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.growth.plated import plate
from bumpform.stack.cut import abrade, abrade_below_top, etch, strip
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat, overhang
from bumpform.stack.stack import Region, Stack, line
from bumpform.steps.kinds import Deposit
from solids import OUTER, UM, assert_gapless, bare


def with_ball(radius=40 * UM):
    """A solder sphere that rests on the pad."""
    return deposit(bare(), Deposit(solder="Sn", ball={"diameter": 2 * radius}))[0]


def with_paraboloid(radius=60 * UM, height=40 * UM):
    """Solder of the shape z = h (1 − r²/a²): a polynomial meridian of known volume."""
    t = np.array([0.0, 0.5, 1.0])
    points = np.stack([radius * (1.0 - t), height * (1.0 - (1.0 - t) ** 2)], axis=-1)
    free = Edge(PolynomialCurve.from_nodes(points, (0.0, 0.5, 1.0)), 0.0, 1.0)
    stack = bare(radius)
    under = stack.profile.between(stack.profile.start, stack.profile.crossings(0, radius)[0])
    loop = (*under, free, Edge(line((0.0, height), (0.0, 0.0)), 0.0, 1.0, "axis"))
    return stack.with_region(Region.bounded("Sn", "Sn", loop, "solder"))


def segment(radius, height):
    """Volume of a sphere below a height over its lowest point."""
    return math.pi * height**2 * (radius - height / 3)


def test_a_ball_stands_without_the_layer_round_it():
    """It rests on the pad in a point, as before the layer was coated."""
    stack = with_ball()
    coated = coat(stack, layer="film", material="polyimide", thickness=30 * UM)
    left = strip(coated, "film").stack
    assert [r.name for r in left.regions] == [r.name for r in stack.regions]
    assert left.region("Sn").volume == stack.region("Sn").volume


@pytest.mark.parametrize("height", [10, 39.9, 40, 55, 79])
def test_abraded_sphere_in_laminate(height):
    h, radius = height * UM, 40 * UM
    stack = coat(with_ball(), layer="film", material="polyimide", thickness=100 * UM)
    assert_gapless(stack)
    assert stack.region("film").volume == pytest.approx(
        math.pi * OUTER**2 * 100 * UM - 4 / 3 * math.pi * radius**3, rel=1e-12
    )
    cut = abrade(stack, h)
    assert_gapless(cut.stack)
    assert cut.parts["Sn"] == ("Sn",)
    assert cut.stack.region("Sn").volume == pytest.approx(segment(radius, h), rel=1e-12)
    assert cut.stack.region("film").volume == pytest.approx(
        math.pi * OUTER**2 * h - segment(radius, h), rel=1e-12
    )
    features = [p.feature for p in cut.stack.profile]
    assert features == ["Sn cut", "film top"]
    assert cut.stack.profile.pieces[0].curve is cut.stack.profile.pieces[1].curve


@pytest.mark.parametrize("height", [1e-3, 13, 25, 39.99])
def test_abraded_polynomial_meridian(height):
    stack = with_paraboloid()
    cut = abrade(stack, height * UM).stack
    assert_gapless(cut)
    whole, left = math.pi * (60 * UM) ** 2 * 20 * UM, 1 - height / 40
    assert cut.region("Sn").volume == pytest.approx(whole * (1 - left**2), rel=1e-12)


def test_recess_keeps_the_layer_and_its_wall():
    stack = coat(with_ball(), layer="film", material="polyimide", thickness=100 * UM)
    flat = abrade(stack, 60 * UM).stack
    cut = abrade_below_top(flat, "film", 5 * UM).stack
    assert_gapless(cut)
    assert cut.region("film") is flat.region("film")
    assert cut.region("Sn").volume == pytest.approx(segment(40 * UM, 55 * UM), rel=1e-12)
    pieces = cut.profile.pieces
    assert [p.feature for p in pieces] == ["Sn cut", "film wall", "film top"]
    assert pieces[1].point(0.0)[1] == pytest.approx(55 * UM, rel=1e-12)
    assert pieces[1].point(1.0)[1] == pytest.approx(60 * UM, rel=1e-12)


def test_recess_of_a_bump_that_stands_through_its_layer():
    stack = coat(with_ball(), layer="film", material="polyimide", thickness=50 * UM)
    assert stack.profile.pieces[-1].feature == "film top"
    cut = abrade_below_top(stack, "film", 5 * UM).stack
    assert_gapless(cut)
    assert cut.region("Sn").volume == pytest.approx(segment(40 * UM, 45 * UM), rel=1e-12)


def test_a_layer_that_covers_the_bump_is_abraded_first():
    stack = coat(with_ball(), layer="film", material="polyimide", thickness=100 * UM)
    with pytest.raises(ProcessError, match=r"covers all.*z = 80 µm.*abrade to a height"):
        abrade_below_top(stack, "film", 5 * UM)


def test_abrading_nothing_says_how_far_down_to_go():
    with pytest.raises(ProcessError, match=r"z = 95 µm: go further down; the highest .* z = 80 µm"):
        abrade(with_ball(), 95 * UM)


def test_abrading_the_pad_is_refused():
    with pytest.raises(ProcessError, match="pad's top"):
        abrade(with_ball(), -1 * UM)
    stack = coat(with_ball(), layer="film", material="polyimide", thickness=50 * UM)
    with pytest.raises(ProcessError, match="pad's top"):
        abrade_below_top(stack, "film", 50 * UM)


def arch():
    """Solder that stands on two rings: cut below its roof it comes apart."""
    stack = bare(10 * UM)
    top = stack.region("base").loop[2].curve
    assert isinstance(top, Line)

    def foot(r0, r1):
        span = OUTER - 10 * UM
        return Edge(top, (r0 * UM - 10 * UM) / span, (r1 * UM - 10 * UM) / span)

    corners = [(70, 0), (70, 30), (20, 30), (20, 0)]
    outside = [line(np.array(a) * UM, np.array(b) * UM) for a, b in itertools.pairwise(corners)]
    inner = [(30, 0), (30, 20), (60, 20), (60, 0)]
    inside = [line(np.array(a) * UM, np.array(b) * UM) for a, b in itertools.pairwise(inner)]
    loop = (
        foot(20, 30),
        *(Edge(c, 0.0, 1.0) for c in inside),
        foot(60, 70),
        *(Edge(c, 0.0, 1.0) for c in outside),
    )
    return stack.with_region(Region.bounded("Sn", "Sn", loop, "solder"))


def test_a_cut_that_separates_a_region():
    stack = arch()
    assert len(stack.voids) == 1
    cut = abrade(stack, 10 * UM)
    assert cut.parts["Sn"] == ("Sn", "Sn part 2")
    assert_gapless(cut.stack)
    volumes = [cut.stack.region(name).volume for name in cut.parts["Sn"]]
    rings = [math.pi * (b**2 - a**2) * 10 * UM**3 for a, b in ((20, 30), (60, 70))]
    assert sorted(volumes) == pytest.approx(rings, rel=1e-12)
    # on the roof's lower face nothing is left of the roof
    level = abrade(stack, 20 * UM)
    assert math.fsum(level.stack.region(n).volume for n in level.parts["Sn"]) == pytest.approx(
        2 * math.fsum(rings), rel=1e-12
    )


def test_a_plane_that_meets_a_flat_top_cuts_only_what_is_higher():
    stack = plate(bare(), name="Ni", material="Ni", radius=30 * UM, thickness=20 * UM).stack
    stack = coat(stack, layer="film", material="polyimide", thickness=30 * UM)
    cut = abrade(stack, 20 * UM)
    assert_gapless(cut.stack)
    assert cut.stack.region("Ni") is stack.region("Ni")
    assert [p.feature for p in cut.stack.profile] == ["Ni top", "film top"]


def test_what_lies_above_the_plane_is_gone():
    stack = coat(bare(), layer="low", material="polyimide", thickness=10 * UM)
    stack = coat(stack, layer="high", material="polyimide", thickness=10 * UM)
    cut = abrade(stack, 10 * UM)
    assert cut.parts["high"] == ()
    assert_gapless(cut.stack)


def column(height=70 * UM, film=40 * UM):
    step = Deposit(solder="Sn", column={"radius": 30 * UM, "height": height})
    return coat(deposit(bare(), step)[0], layer="film", material="polyimide", thickness=film)


def test_etching_lowers_the_layer_alone():
    stack = column()
    cut = etch(stack, "film", 15 * UM)
    assert_gapless(cut.stack)
    assert cut.stack.region("Sn") is stack.region("Sn")
    ring = math.pi * (OUTER**2 - (30 * UM) ** 2)
    assert cut.stack.region("film").volume == pytest.approx(ring * 25 * UM, rel=1e-12)
    assert [p.feature for p in cut.stack.profile][-1] == "film top"


def test_etching_a_tapered_opening():
    stack = coat(
        bare(),
        layer="film",
        material="polyimide",
        thickness=40 * UM,
        opening_radius=40 * UM,
        sidewall=math.radians(70),
    )
    cut = etch(stack, "film", 10 * UM).stack
    assert_gapless(cut)
    rim = (40 + 30 / math.tan(math.radians(70))) * UM
    assert cut.profile.pieces[-1].point(0.0)[0] == pytest.approx(rim, rel=1e-12)


@pytest.mark.parametrize(
    ("layer", "by", "message"),
    [
        ("film", 40, "40 µm is not less than the thickness of film, 40 µm: etch less, or strip"),
        ("film", 90, "90 µm is not less than"),
        ("flim", 10, "there is no flim on the stack"),
    ],
)
def test_etching_what_cannot_be(layer, by, message):
    with pytest.raises(ProcessError, match=message):
        etch(column(), layer, by * UM)


def test_etching_under_something_is_refused():
    stack = coat(
        bare(), layer="low", material="polyimide", thickness=10 * UM, opening_radius=40 * UM
    )
    upper = coat(
        stack, layer="high", material="photoresist", thickness=10 * UM, opening_radius=80 * UM
    )
    with pytest.raises(ProcessError, match="something stands on low's top"):
        etch(upper, "low", 5 * UM)


def test_stripping_masks_from_the_top():
    stack = coat(
        bare(), layer="low", material="photoresist", thickness=30 * UM, opening_radius=50 * UM
    )
    stack = coat(
        stack, layer="high", material="photoresist", thickness=20 * UM, opening_radius=70 * UM
    )
    stack = deposit(stack, Deposit(solder="Sn", fill={"layer": "high"}))[0]
    volume = stack.region("Sn").volume
    assert volume == pytest.approx(math.pi * (50**2 * 30 + 70**2 * 20) * UM**3, rel=1e-12)
    with pytest.raises(
        ProcessError, match="without low, high would hang in the air: strip high first"
    ):
        strip(stack, "low")
    once = strip(stack, "high").stack
    assert_gapless(once)
    free = strip(once, "low")
    assert free.parts["low"] == ()
    assert free.stack.region("Sn").volume == volume
    assert free.stack.unsupported == ()
    assert_gapless(free.stack)  # the stepped flank, with the overhang of its ledge


def test_stripping_under_solder_alone_is_refused():
    stack = coat(bare(), layer="low", material="photoresist", thickness=30 * UM)
    stack = deposit(stack, Deposit(solder="Sn", column={"radius": 30 * UM, "height": 9 * UM}))[0]
    with pytest.raises(ProcessError, match="Sn would hang in the air: strip low before Sn is put"):
        strip(stack, "low")
    with pytest.raises(ProcessError, match="there is no lowe"):
        strip(stack, "lowe")


@pytest.mark.parametrize("height", [10.0, 39.0, 40.0, 100.0])
def test_room_under_an_overhang(height):
    """The cylinder round a sphere without the sphere, up to the layer's top or the equator."""
    room, radius = overhang(with_ball(), height * UM), 40 * UM
    assert room is not None
    assert room.body == "Sn"
    level = min(height * UM, radius)
    expected = math.pi * radius**2 * level - segment(radius, level)
    assert room.volume == pytest.approx(expected, rel=1e-9)
    assert overhang(bare(), height * UM) is None
    assert overhang(with_paraboloid(), height * UM) is None


def test_numbers_do_not_depend_on_scale():
    small = abrade(with_ball(), 30 * UM).stack.region("Sn").volume
    assert isinstance(with_ball(), Stack)
    assert small == pytest.approx(segment(40 * UM, 30 * UM), rel=1e-12)
