"""Solid cores: exact volumes, what they cover, what is in their way."""

import math

import pytest
from shapely import Polygon

from bumpform.errors import ProcessError
from bumpform.growth.plated import plate
from bumpform.process.reflows.bodies import Bodies, bodies_of
from bumpform.stack.bodies import core, seat_note
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat, substrate
from bumpform.steps.kinds import Deposit
from solids import OUTER, UM, assert_gapless, bare


def masked(radius=40 * UM, thickness=60 * UM, sidewall=math.pi / 2):
    return coat(
        bare(),
        layer="resist",
        material="photoresist",
        thickness=thickness,
        opening_radius=radius,
        sidewall=sidewall,
    )


def test_a_core_rests_at_the_axis():
    stack = core(bare(), material="Cu", diameter=60 * UM)
    assert_gapless(stack)
    ball = stack.region("core")
    assert (ball.kind, ball.material) == ("core", "Cu")
    assert ball.volume == pytest.approx(math.pi / 6 * (60 * UM) ** 3, rel=1e-12)
    assert stack.profile.pieces[0].point(0.0)[1] == pytest.approx(60 * UM, rel=1e-12)


def test_a_core_that_a_rim_holds_up_is_refused():
    with pytest.raises(ProcessError, match="does not reach the surface"):
        core(masked(radius=20 * UM, thickness=30 * UM), material="Cu", diameter=100 * UM)


def test_solder_round_a_core():
    stack = core(substrate_of(80), material="Cu", diameter=60 * UM)
    stack = deposit(stack, Deposit(solder="Sn", column={"radius": 70 * UM, "height": 90 * UM}))[0]
    assert_gapless(stack)


def test_solder_too_little_to_close_over_a_core_stands_level_round_it():
    stack = core(substrate_of(80), material="Cu", diameter=60 * UM)
    volume = 1e-13
    filled = deposit(stack, Deposit(solder="Sn", volume=volume))[0]
    assert_gapless(filled)
    assert filled.region("Sn").volume == pytest.approx(volume, rel=1e-11)
    assert filled.profile.pieces[0].region == "core"


def substrate_of(radius):
    return substrate(
        pad_radius=radius * UM,
        pad_thickness=5 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=OUTER,
    )


def test_laminating_round_an_overhanging_ball():
    stack = core(bare(), material="Cu", diameter=60 * UM)
    for top, under in ((20, "core"), (30, "core"), (45, "core")):
        film = coat(stack, layer="film", material="polyimide", thickness=top * UM)
        assert_gapless(film)
        h = top * UM
        ball = math.pi * h**2 * (30 * UM - h / 3)
        assert film.region("film").volume == pytest.approx(math.pi * OUTER**2 * h - ball, rel=1e-12)
        assert film.profile.pieces[0].region == under


@pytest.mark.parametrize("radius", [1, 20, 29.9])
def test_an_opening_over_a_ball_stands_on_it(radius):
    """The film flows under the ball's overhang; its opening shows the ball's top alone."""
    stack = core(bare(), material="Cu", diameter=60 * UM)
    film = coat(
        stack, layer="film", material="polyimide", thickness=70 * UM, opening_radius=radius * UM
    )
    assert_gapless(film)
    ball = 4.0 / 3.0 * math.pi * 30**3
    cap = 2.0 / 3.0 * math.pi * (30**3 - (30**2 - radius**2) ** 1.5)
    above = math.pi * radius**2 * 40 - cap
    expected = math.pi * OUTER**2 * 70 * UM - (ball + above) * UM**3
    assert film.region("film").volume == pytest.approx(expected, rel=1e-12)
    assert [p.region for p in film.profile] == ["core", "film", "film"]


def test_an_opening_round_a_ball():
    stack = core(bare(), material="Cu", diameter=60 * UM)
    wide = coat(
        stack, layer="film", material="polyimide", thickness=70 * UM, opening_radius=35 * UM
    )
    assert_gapless(wide)


def test_an_opening_whose_wall_would_run_through_a_ball():
    stack = core(bare(), material="Cu", diameter=60 * UM)
    with pytest.raises(ProcessError, match=r"run through"):
        coat(
            stack,
            layer="film",
            material="polyimide",
            thickness=70 * UM,
            opening_radius=35 * UM,
            sidewall=math.radians(100),
        )
    wide = coat(
        stack, layer="film", material="polyimide", thickness=70 * UM, opening_radius=35 * UM
    )
    assert_gapless(wide)


@pytest.mark.parametrize("degrees", [91, 100, 114])
def test_a_plate_under_a_wall_that_leans_over_its_edge_fills_up_to_it(degrees):
    """A resist's wall ends it; one as wide as the rim stands clear of it."""
    stack = masked(sidewall=math.radians(degrees))
    rim = 40 * UM + 60 * UM / math.tan(math.radians(degrees))
    for radius in (40 * UM, rim):
        plated = plate(
            stack, name="Ni", material="Ni", radius=radius, thickness=5 * UM, resists=("resist",)
        )
        assert_gapless(plated.stack)


@pytest.mark.parametrize("share", [0.05, 0.3, 1.0, 3.0])
def test_a_deposit_under_a_ball_stands_clear_of_its_bulge(share):
    """In the gap below the ball first, then over it: never through its side."""
    ball = 40 * UM
    stack = core(bare(), material="Cu", diameter=2 * ball)
    step = Deposit(solder="Sn", volume=share * 2 * math.pi / 3 * ball**3)
    stack = deposit(stack, step)[0]
    assert_gapless(stack)
    assert stack.region("Sn").volume == pytest.approx(step.volume, rel=1e-9)
    assert Polygon(stack.region("Sn").outline).is_valid


def pool_under_a_ball(apart=True):
    """Solder low in an opening, and a ball on the opening's rim: a void between them, or none."""
    stack = deposit(masked(), Deposit(solder="Sn", volume=5e-14 if apart else 4e-13))[0]
    return deposit(stack, Deposit(solder="Pb", ball={"diameter": 120 * UM}))[0]


def test_solder_on_either_side_of_a_void_runs_together():
    """Once the ball flows, what lay under it is bare."""
    stack = pool_under_a_ball()
    assert len(stack.voids) == 1
    assert bodies_of(stack, ("Sn", "Pb")) == Bodies((("Sn", "Pb"),), ())
    assert bodies_of(stack, ("Pb",)) == Bodies((("Pb",),), ())
    assert bodies_of(stack, ("Sn",)) == Bodies((), (("Sn",),))  # under a solid lid


def test_a_ball_rests_on_a_wall_that_leans_away_beneath_its_equator():
    """It touches the wall near its own widest radius, between two samples of a long steep wall."""
    stack = masked(radius=35 * UM, thickness=180 * UM, sidewall=math.radians(77.6))
    with pytest.raises(ProcessError, match="does not reach the surface at the axis"):
        core(stack, material="Cu", diameter=133 * UM)
    assert_gapless(core(stack, material="Cu", diameter=60 * UM))


def test_a_ball_that_only_just_passes_an_opening_is_told():
    """A hair wider it would lie on the rim: another start, a void, another shape.

    The ball is no closer to what its drawing says than a per cent.
    """
    profile = masked(radius=40 * UM, thickness=60 * UM).profile
    for diameter in (79.5, 80.0):
        assert seat_note(profile, 0.5 * diameter * UM) == (
            f"its ball of {diameter:g} µm comes down to the axis; one of more than 80 µm would be "
            "held up at r = 40 µm"
        )
    assert seat_note(profile, 0.5 * 80.4 * UM) == (
        "its ball of 80.4 µm is held up at r = 40 µm; one of 80 µm would come down to the axis"
    )


@pytest.mark.parametrize("diameter", [60.0, 79.0, 81.0, 100.0])
def test_a_ball_whose_seat_is_certain_has_no_note(diameter):
    assert seat_note(masked().profile, 0.5 * diameter * UM) is None


@pytest.mark.parametrize("diameter", [60.0, 80.0, 100.0])
def test_a_ball_over_a_shallow_opening_lies_on_the_axis_however_wide(diameter):
    assert seat_note(masked(thickness=10 * UM).profile, 0.5 * diameter * UM) is None
