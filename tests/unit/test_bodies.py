"""Plated discs and solid cores: exact volumes, what they cover, what is in their way."""

import math

import pytest
from shapely import Polygon

from bumpform.case.steps import Deposit
from bumpform.errors import ProcessError
from bumpform.process.bodies import Bodies, bodies_of
from bumpform.stack.bodies import core, plate
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat, substrate
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


def test_three_ubm_layers_on_each_other():
    stack = bare()
    for name, thickness in (("Cr", 0.1), ("Cu", 4.0), ("Au", 0.2)):
        stack = plate(stack, name=name, material=name, radius=30 * UM, thickness=thickness * UM)
    assert_gapless(stack)
    for name, thickness in (("Cr", 0.1), ("Cu", 4.0), ("Au", 0.2)):
        assert stack.region(name).volume == pytest.approx(
            math.pi * (30 * UM) ** 2 * thickness * UM, rel=1e-12
        )
    assert stack.profile.pieces[0].feature == "Au top"


def test_two_plates_of_one_material_have_names_of_their_own():
    stack = plate(bare(), name="Ni", material="Ni", radius=30 * UM, thickness=2 * UM)
    stack = plate(stack, name="Ni", material="Ni", radius=20 * UM, thickness=2 * UM)
    assert [r.name for r in stack.regions] == ["pad", "base", "Ni", "Ni 2"]
    assert stack.profile.pieces[0].feature == "Ni 2 top"


def test_a_plate_fills_an_opening_of_its_radius():
    stack = plate(masked(), name="Ni", material="Ni", radius=40 * UM, thickness=5 * UM)
    assert_gapless(stack)
    assert stack.region("Ni").volume == pytest.approx(math.pi * (40 * UM) ** 2 * 5 * UM, rel=1e-12)
    assert [p.feature for p in stack.profile] == ["Ni top", "resist wall", "resist top"]
    step = Deposit(solder="Sn", column={"radius": 40 * UM, "height": 30 * UM})
    plated = deposit(stack, step)[0]
    assert_gapless(plated)
    assert plated.region("Sn").volume == pytest.approx(
        math.pi * (40 * UM) ** 2 * 30 * UM, rel=1e-12
    )


def test_a_plate_over_a_passivation_s_step():
    stack = coat(
        bare(), layer="passivation", material="Si3N4", thickness=1 * UM, opening_radius=30 * UM
    )
    stack = plate(stack, name="Cu", material="Cu", radius=40 * UM, thickness=3 * UM)
    assert_gapless(stack)
    expected = math.pi * (30**2 * 3 + (40**2 - 30**2) * 2) * UM**3
    assert stack.region("Cu").volume == pytest.approx(expected, rel=1e-12)


def test_plates_that_cannot_be():
    stack = coat(
        bare(), layer="passivation", material="Si3N4", thickness=2 * UM, opening_radius=30 * UM
    )
    with pytest.raises(ProcessError, match="covers rises to z = 2e-06 m, above its top at 1e-06"):
        plate(stack, name="Cu", material="Cu", radius=40 * UM, thickness=1 * UM)
    with pytest.raises(ProcessError, match="outside the model"):
        plate(stack, name="Cu", material="Cu", radius=2 * OUTER, thickness=1 * UM)
    # the wall leans over the opening: the disc's side would run into it
    leaning = masked(sidewall=math.radians(110))
    with pytest.raises(ProcessError, match=r"rises to|in the way"):
        plate(leaning, name="Cu", material="Cu", radius=39 * UM, thickness=10 * UM)


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


def test_an_opening_whose_wall_would_run_through_a_ball():
    stack = core(bare(), material="Cu", diameter=60 * UM)
    with pytest.raises(ProcessError, match=r"run through|stands higher"):
        coat(
            stack,
            layer="film",
            material="polyimide",
            thickness=70 * UM,
            opening_radius=20 * UM,
        )
    wide = coat(
        stack, layer="film", material="polyimide", thickness=70 * UM, opening_radius=35 * UM
    )
    assert_gapless(wide)


@pytest.mark.parametrize("degrees", [91, 100, 114])
def test_a_plate_under_a_wall_that_leans_over_its_edge_is_refused(degrees):
    """Its side would rise through the wall; one as wide as the rim stands clear of it."""
    stack = masked(sidewall=math.radians(degrees))
    with pytest.raises(ProcessError, match="resist wall leans over its edge"):
        plate(stack, name="Ni", material="Ni", radius=40 * UM, thickness=5 * UM)
    rim = 40 * UM + 60 * UM / math.tan(math.radians(degrees))
    assert_gapless(plate(stack, name="Ni", material="Ni", radius=rim, thickness=5 * UM))


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
