"""Plated metal: exact volumes, what it covers, what ends it."""

import math

import pytest

from bumpform.errors import ProcessError
from bumpform.growth.plated import plate
from bumpform.stack.cut import strip
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat
from bumpform.steps.kinds import Deposit
from solids import OUTER, UM, assert_gapless, bare


def passivated(thickness, radius=30 * UM):
    return coat(
        bare(), layer="passivation", material="Si3N4", thickness=thickness, opening_radius=radius
    )


def masked(stack, radius=40 * UM, thickness=60 * UM, sidewall=math.pi / 2):
    return coat(
        stack,
        layer="resist",
        material="photoresist",
        thickness=thickness,
        opening_radius=radius,
        sidewall=sidewall,
    )


def plated(stack, **given):
    """Stack with metal plated on all but the resist; nothing is told of a level disc."""
    result = plate(stack, **given, resists=("resist",))
    assert not result.note
    return result.stack


def test_three_ubm_layers_on_each_other():
    stack = bare()
    for name, thickness in (("Cr", 0.1), ("Cu", 4.0), ("Au", 0.2)):
        stack = plated(stack, name=name, material=name, radius=30 * UM, thickness=thickness * UM)
    assert_gapless(stack)
    for name, thickness in (("Cr", 0.1), ("Cu", 4.0), ("Au", 0.2)):
        assert stack.region(name).volume == pytest.approx(
            math.pi * (30 * UM) ** 2 * thickness * UM, rel=1e-12
        )
    assert stack.profile.pieces[0].feature == "Au top"


def test_two_plates_of_one_material_have_names_of_their_own():
    stack = plated(bare(), name="Ni", material="Ni", radius=30 * UM, thickness=2 * UM)
    stack = plated(stack, name="Ni", material="Ni", radius=20 * UM, thickness=2 * UM)
    assert [r.name for r in stack.regions] == ["pad", "base", "Ni", "Ni 2"]
    assert stack.profile.pieces[0].feature == "Ni 2 top"


def test_a_plate_fills_an_opening_of_its_radius():
    stack = plated(masked(bare()), name="Ni", material="Ni", radius=40 * UM, thickness=5 * UM)
    assert_gapless(stack)
    assert stack.region("Ni").volume == pytest.approx(math.pi * (40 * UM) ** 2 * 5 * UM, rel=1e-12)
    assert [p.feature for p in stack.profile] == ["Ni top", "resist wall", "resist top"]
    step = Deposit(solder="Sn", column={"radius": 40 * UM, "height": 30 * UM})
    stack = deposit(stack, step)[0]
    assert_gapless(stack)
    assert stack.region("Sn").volume == pytest.approx(math.pi * (40 * UM) ** 2 * 30 * UM, rel=1e-12)


def test_a_plate_over_a_passivation_s_step():
    stack = coat(
        bare(), layer="passivation", material="Si3N4", thickness=1 * UM, opening_radius=30 * UM
    )
    stack = plated(stack, name="Cu", material="Cu", radius=40 * UM, thickness=3 * UM)
    assert_gapless(stack)
    expected = math.pi * (30**2 * 3 + (40**2 - 30**2) * 2) * UM**3
    assert stack.region("Cu").volume == pytest.approx(expected, rel=1e-12)


def test_over_a_step_higher_than_its_top_it_lies_as_thick_everywhere():
    """A film 1 µm thick over a step of 2 µm: at the wall as on both levels, its corner rounded."""
    for stack in (passivated(2 * UM), masked(passivated(2 * UM))):
        found = plate(
            stack, name="Cu", material="Cu", radius=40 * UM, thickness=1 * UM, resists=("resist",)
        )
        assert "passivation rises above its top" in found.note
        assert_gapless(found.stack)
        # the well's floor 1 thick, a ring 1 wide up to the step, a quarter round over its corner
        floor = math.pi * 30**2
        ring = math.pi * (30**2 - 29**2)
        quarter = 2 * math.pi * (math.pi / 4 * 30 - 1 / 3)
        over = math.pi * (40**2 - 30**2)
        expected = (floor + ring + quarter + over) * UM**3
        assert found.stack.region("Cu").volume == pytest.approx(expected, rel=1e-12)


def test_what_a_film_covers_is_covered_further():
    stack = masked(passivated(2 * UM))
    seed = plate(stack, name="Cu", material="Cu", radius=40 * UM, thickness=1 * UM,
                 resists=("resist",)).stack  # fmt: skip
    stack = plated(seed, name="Ni", material="Ni", radius=40 * UM, thickness=5 * UM)
    stack = strip(stack, "resist").stack
    assert_gapless(stack)
    ends = [p for p in stack.profile if p.region in ("Cu", "Ni") and p.point(0.5)[0] > 39.9 * UM]
    assert [p.region for p in ends] == ["Ni", "Cu"]  # both sides are straight, at one radius
    assert all(abs(r - 40 * UM) < 1e-12 * UM for p in ends for r in p.tips[:, 0])


@pytest.mark.parametrize("radius", [25, 29.999, 39.999])
def test_a_resist_narrower_than_a_plate_ends_it(radius):
    stack = masked(bare(), radius=radius * UM)
    found = plate(
        stack, name="Ni", material="Ni", radius=40 * UM, thickness=5 * UM, resists=("resist",)
    )
    assert "resist ends it at r = " in found.note
    assert_gapless(found.stack)
    assert found.stack.region("Ni").volume == pytest.approx(
        math.pi * (radius * UM) ** 2 * 5 * UM, rel=1e-12
    )


@pytest.mark.parametrize("angle", [70, 100, 110])
def test_a_resist_whose_wall_leans_ends_a_plate_at_that_wall(angle):
    radius = 40 if angle > 90 else 42  # it leans in over a foot at 40; it leans out within 42
    stack = masked(bare(), sidewall=math.radians(angle))
    found = plate(
        stack, name="Ni", material="Ni", radius=radius * UM, thickness=5 * UM, resists=("resist",)
    )
    assert_gapless(found.stack)
    top = 40 + 5 / math.tan(math.radians(angle))
    frustum = math.pi / 3 * 5 * (40**2 + 40 * top + top**2)
    assert found.stack.region("Ni").volume == pytest.approx(frustum * UM**3, rel=1e-12)


def test_plates_that_cannot_be():
    with pytest.raises(ProcessError, match="outside the model"):
        plate(bare(), name="Cu", material="Cu", radius=2 * OUTER, thickness=1 * UM)
    # lower than the disc, the wall of another layer leans in over its opening
    leaning = coat(bare(), layer="film", material="polyimide", thickness=5 * UM,
                   opening_radius=40 * UM, sidewall=math.radians(110))  # fmt: skip
    with pytest.raises(ProcessError, match="in the way"):
        plate(leaning, name="Cu", material="Cu", radius=39 * UM, thickness=10 * UM)
