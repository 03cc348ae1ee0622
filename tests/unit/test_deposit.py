"""Deposits: their room is what was asked for, and their outline is where it should be."""

from __future__ import annotations

import math

import pytest

from bumpform.case.steps import Deposit
from bumpform.errors import ProcessError
from bumpform.stack.deposit import deposit, opening_rim
from bumpform.stack.layers import coat, substrate

UM = 1e-6
A, DEPTH = 60 * UM, 30 * UM
CAVITY = math.pi * A * A * DEPTH


def bare():
    return substrate(
        pad_radius=A,
        pad_thickness=5 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=200 * UM,
    )


def opened(sidewall=90.0):
    return coat(
        bare(),
        layer="dielectric",
        material="polyimide",
        thickness=DEPTH,
        opening_radius=A,
        sidewall=math.radians(sidewall),
    )


def put(stack, **amount):
    step = Deposit.model_validate({"do": "deposit", "solder": "Sn63Pb37", **amount})
    made, got = deposit(stack, step)
    return made, made.regions[-1], got


@pytest.mark.parametrize("ratio", [0.2, 0.999, 1.0, 1.001, 3.0])
@pytest.mark.parametrize("sidewall", [75.0, 90.0])
def test_volume_fills_the_cavity_then_stands_on_its_rim(ratio, sidewall):
    """Level from the bottom; the excess is a cylinder over the rim: the region has the volume."""
    stack = opened(sidewall)
    rim = stack.profile.point(opening_rim(stack))
    full = 2 * math.pi * stack.profile.moments(opening_rim(stack))[0]
    made, region, amount = put(stack, volume=float(ratio * full))
    assert region.volume == pytest.approx(ratio * full, rel=1e-12)
    assert amount.metal == amount.bulk == pytest.approx(ratio * full)
    top = float(made.profile.polyline[0, 1])
    if ratio >= 1.0:
        assert top == pytest.approx(DEPTH + (ratio - 1) * full / (math.pi * rim[0] ** 2), rel=1e-9)
    else:
        assert top < DEPTH


def test_volume_on_a_flat_place_is_a_hemisphere():
    """A cap of 90°: V = 2πr³/3."""
    made, region, _ = put(bare(), volume=2e-13)
    radius = (2e-13 * 1.5 / math.pi) ** (1 / 3)
    assert region.volume == pytest.approx(2e-13, rel=1e-10)
    assert float(made.profile.polyline[0, 1]) == pytest.approx(radius, rel=1e-9)


def test_fill_takes_the_opening_and_its_metal_fraction():
    """Bulk: the opening; metal: the fraction of it."""
    _, region, amount = put(opened(), fill={"layer": "dielectric", "metal_fraction": 0.5})
    assert amount.bulk == pytest.approx(CAVITY, rel=1e-12)
    assert amount.metal == pytest.approx(0.5 * CAVITY, rel=1e-12)
    assert region.volume == pytest.approx(CAVITY, rel=1e-12)


def test_stencil_takes_transfer_and_metal_fraction():
    """Aperture times transfer is what stands there; metal is its fraction."""
    print_ = {"radius": 90 * UM, "thickness": 50 * UM, "transfer": 0.8, "metal_fraction": 0.5}
    _, region, amount = put(opened(), stencil=print_)
    aperture = math.pi * (90 * UM) ** 2 * 50 * UM
    assert amount.bulk == pytest.approx(0.8 * aperture, rel=1e-12)
    assert amount.metal == pytest.approx(0.4 * aperture, rel=1e-12)
    assert region.volume == pytest.approx(0.8 * aperture, rel=1e-10)


def test_column_stands_on_the_pad():
    """πr²h of metal, on its own outline."""
    _, region, amount = put(bare(), column={"radius": 40 * UM, "height": 70 * UM})
    expected = math.pi * (40 * UM) ** 2 * 70 * UM
    assert amount.metal == pytest.approx(expected, rel=1e-12)
    assert region.volume == pytest.approx(expected, rel=1e-12)


def test_ball_rests_on_the_axis():
    """A sphere: πd³/6."""
    _, region, amount = put(opened(), ball={"diameter": 80 * UM})
    assert amount.metal == pytest.approx(math.pi / 6 * (80 * UM) ** 3, rel=1e-12)
    assert region.volume == pytest.approx(amount.metal, rel=1e-10)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ({"fill": {"layer": "resist"}}, "resist"),
        ({"column": {"radius": 300 * UM, "height": UM}}, "outside the model"),
        ({"ball": {"diameter": 400 * UM}}, "ball"),
    ],
)
def test_impossible_deposits_are_refused(amount, words):
    """No such opening, outside the model, too large for the opening."""
    with pytest.raises(ProcessError, match=words):
        put(opened(), **amount)


def test_a_cap_too_large_for_the_model_is_refused():
    """On a flat place the hemisphere must end inside the model."""
    with pytest.raises(ProcessError, match="does not fit"):
        put(bare(), volume=1e-10)


def test_a_column_at_the_foot_of_a_deep_hole_has_its_volume():
    """33 mm deep, 80 um wide: round-off of the wall's foot must not hide the floor."""
    deep = coat(
        bare(),
        layer="resist",
        material="photoresist",
        thickness=33776.257069712934 * UM,
        opening_radius=40 * UM,
    )
    _, region, amount = put(deep, column={"radius": 40 * UM, "height": 60 * UM})
    assert region.volume == pytest.approx(amount.bulk, rel=1e-9)
