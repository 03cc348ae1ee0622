"""Deposits: their room is what was asked for, and their outline is where it should be."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from shapely import Polygon

from bumpform.case.case import Case
from bumpform.errors import ProcessError
from bumpform.geometry.edge import Edge
from bumpform.growth.conformal import coat_conformal
from bumpform.growth.plated import plate
from bumpform.runner import run
from bumpform.stack.deposit import deposit, opening_rim
from bumpform.stack.layers import coat, substrate
from bumpform.stack.stack import Region, Stack, line
from bumpform.steps.kinds import Deposit
from solids import assert_gapless

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


@pytest.mark.parametrize("radius", [30, 60, 90, 200])
def test_a_print_fills_the_opening_below_its_stencil_too(radius):
    """Stencil on the rim, whatever its aperture: opening inside of it and aperture, transferred.

    Up to one as wide as the model, where it meets the next.
    """
    print_ = {"radius": radius * UM, "thickness": 50 * UM, "transfer": 0.8, "metal_fraction": 0.5}
    made, region, amount = put(opened(), stencil=print_)
    room = math.pi * (radius * UM) ** 2 * 50 * UM + math.pi * (min(radius, 60) * UM) ** 2 * DEPTH
    assert amount.bulk == pytest.approx(0.8 * room, rel=1e-12)
    assert amount.metal == pytest.approx(0.4 * room, rel=1e-12)
    assert region.volume == pytest.approx(0.8 * room, rel=1e-10)
    assert_gapless(made)


@pytest.mark.parametrize("radius", [40, 60, 70])
def test_a_whole_print_stands_as_high_as_its_stencil(radius):
    made, *_ = put(opened(sidewall=70), stencil={"radius": radius * UM, "thickness": 20 * UM})
    top = float(made.profile.polyline[0, 1])
    rim = 60 + 30 / math.tan(math.radians(70))
    assert top == pytest.approx(50 * UM, rel=1e-12)
    assert float(made.profile.pieces[0].point(1.0)[0]) == pytest.approx(radius * UM, rel=1e-12)
    assert radius < rim


def test_a_print_on_a_flat_place_is_its_aperture():
    _, _, amount = put(bare(), stencil={"radius": 90 * UM, "thickness": 50 * UM})
    assert amount.bulk == pytest.approx(math.pi * 90**2 * 50 * UM**3, rel=1e-12)


def test_a_print_fills_what_an_earlier_one_has_left():
    """Half a fill, then a wider mask: what is left of both openings, and the aperture."""
    first, *_ = put(opened(), volume=0.5 * CAVITY)
    masked = coat(
        first, layer="mask", material="dry film", thickness=40 * UM, opening_radius=80 * UM
    )
    left = 0.5 * CAVITY + math.pi * 80**2 * 40 * UM**3
    _, region, amount = put(masked, stencil={"radius": 100 * UM, "thickness": 30 * UM})
    assert amount.bulk == pytest.approx(left + math.pi * 100**2 * 30 * UM**3, rel=1e-12)
    assert region.volume == pytest.approx(amount.bulk, rel=1e-10)


def test_a_print_fills_the_trench_round_a_proud_pad():
    """The mask's top lies below the pad's: the stencil lies on the mask, the pad stands in it."""
    proud = substrate(
        pad_radius=A, pad_thickness=30 * UM, pad_material="Cu", base_material="FR4",
        outer=200 * UM, proud=30 * UM,
    )  # fmt: skip
    masked = coat(
        proud, layer="mask", material="solder resist", thickness=20 * UM, opening_radius=90 * UM
    )
    _, _, amount = put(masked, stencil={"radius": 100 * UM, "thickness": 80 * UM})
    trench = math.pi * (90**2 - 60**2) * 20 * UM**3
    assert amount.bulk == pytest.approx(math.pi * 100**2 * 80 * UM**3 + trench, rel=1e-12)
    _, _, on_pad = put(masked, stencil={"radius": 50 * UM, "thickness": 80 * UM})
    assert on_pad.bulk == pytest.approx(math.pi * 50**2 * 80 * UM**3, rel=1e-12)


@pytest.mark.parametrize(("radius", "height"), [(40, 25), (40, 45), (60, 30), (60, 75)])
def test_columns_narrower_or_higher_than_their_resist(radius, height):
    made, region, _ = put(opened(), column={"radius": radius * UM, "height": height * UM})
    assert region.volume == pytest.approx(math.pi * radius**2 * height * UM**3, rel=1e-12)
    assert float(made.profile.polyline[0, 1]) == pytest.approx(height * UM, rel=1e-12)
    assert region.outline[:, 0].max() == pytest.approx(radius * UM, rel=1e-12)
    assert_gapless(made)


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
        (
            {"column": {"radius": 300 * UM, "height": UM}},
            r"outside the model, which ends at r = \d+ µm.*: make it smaller, or the pitch larger",
        ),
        ({"volume": 1e-27}, "is nothing: leave the step out"),
        ({"stencil": {"radius": UM, "thickness": UM, "transfer": 1e-12}}, "is nothing"),
    ],
)
def test_impossible_deposits_are_refused(amount, words):
    """No such opening, outside the model, nothing."""
    with pytest.raises(ProcessError, match=words):
        put(opened(), **amount)


def test_solder_too_much_for_a_cap_in_the_model_is_drawn_level_and_taller():
    """On a flat place, as wide as neighbours leave room."""
    made, region, _ = put(bare(), volume=1e-10)
    assert_gapless(made)
    assert region.volume == pytest.approx(1e-10, rel=1e-12)
    assert region.outline[:, 0].max() == pytest.approx(0.9 * 200 * UM)


def test_a_full_opening_is_not_filled_again():
    stack, *_ = put(opened(), volume=1e-12)
    with pytest.raises(ProcessError, match="is nothing: the opening of dielectric is full"):
        put(stack, fill={"layer": "dielectric"})


@pytest.mark.parametrize("sidewall", [54.7, 70.0, 89.9, 90.0, 100.0, 125.0])
@pytest.mark.parametrize("diameter", [60, 100, 130, 160])
def test_a_ball_rests_where_it_first_meets_the_solid(sidewall, diameter):
    """At the axis, on a leaning wall (tangent to it), or on the rim; the gas below is kept."""
    stack, radius = opened(sidewall), 0.5 * diameter * UM
    made, region, _ = put(stack, ball={"diameter": 2 * radius})
    slope = math.radians(sidewall)
    rim = (A + DEPTH / math.tan(slope), DEPTH)
    places = [radius, rim[1] + math.sqrt(radius**2 - rim[0] ** 2) if rim[0] < radius else 0.0]
    if sidewall < 90.0:  # tangent to the wall's cone where that is between foot and rim
        centre = (radius - A * math.sin(slope)) / math.cos(slope)
        if 0.0 < centre - radius * math.cos(slope) < DEPTH:
            places.append(centre)
    assert float(made.profile.polyline[0, 1]) == pytest.approx(radius + max(places), rel=1e-9)
    assert region.volume == pytest.approx(math.pi / 6 * (2 * radius) ** 3, rel=1e-12)
    assert_gapless(made)
    assert bool(made.voids) == (max(places) > radius * (1.0 + 1e-9))
    assert made.without(region.name).profile.polyline == pytest.approx(stack.profile.polyline)


@pytest.mark.parametrize("sidewall", [90.0, 90.5, 100.0, 120.0])
def test_an_opening_that_is_wider_below_its_rim_is_filled_level(sidewall):
    """The wall's own foot is no bump that hides the opening."""
    stack = opened(sidewall)
    full = 2 * math.pi * float(stack.profile.moments(opening_rim(stack))[0])
    made, region, _ = put(stack, volume=0.5 * full)
    assert region.volume == pytest.approx(0.5 * full, rel=1e-12)
    tops = made.profile.pieces[0].tips
    assert tops[0, 1] == pytest.approx(tops[1, 1], abs=1e-12 * UM)
    assert 0.0 < tops[0, 1] < DEPTH


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


def after_reflow(pad, *steps, pitch=None, base="121 deg"):
    """Stack after some steps on a land of nickel in polyimide; the last reflow is at 250 °C."""
    data = {
        "case": {"name": "deposit"} | ({"pitch": pitch} if pitch else {}),
        "environment": {"gravity": 9.81},
        "wetting": {"Ni": "47 deg", "polyimide": base, "glass": "132 deg"},
        "step": [
            {
                "do": "substrate",
                "pad": {"radius": pad, "thickness": "16 um", "material": "Ni"},
                "base": {"material": "polyimide"},
            },
            *steps,
            {"do": "reflow", "name": "one", "peak": "250 degC"},
        ],
    }
    return run(Case.from_dict(data)).history[-1].state.stack


@pytest.mark.dolfinx
@pytest.mark.parametrize("volume", [0.02, 0.08, 0.15, 0.19, 0.2, 0.21, 0.25, 0.35, 0.5, 1.0])
def test_solder_beside_a_ring_has_its_volume_and_does_not_cross_itself(volume):
    """Round a core stands a ring of solder: what is level outside of it flows over its ridge."""
    ring = after_reflow(
        "99.12 um",
        {"do": "core", "material": "glass", "diameter": "110.88 um"},
        {"do": "deposit", "solder": "Sn99.3Cu0.7", "volume": "1.3965 nl"},
    )
    made, region, _ = put(ring, volume=volume * 1e-12)
    assert region.volume == pytest.approx(volume * 1e-12, rel=1e-9)
    outline = np.vstack([e.sample(256)[:-1] for e in region.loop])
    assert Polygon(outline / UM).is_valid
    assert_gapless(made)


@pytest.mark.dolfinx
@pytest.mark.parametrize("volume", [0.01, 0.05, 0.3])
def test_solder_on_a_ball_that_overhangs_the_model_stands_on_it(volume):
    """Its radius of 84 um is twice the half pitch."""
    ball = after_reflow(
        "36 um",
        {"do": "deposit", "solder": "SAC305", "volume": "2.4 nl"},
        pitch="82 um",
        base="170 deg",
    )
    _, region, _ = put(ball, volume=volume * 1e-12)
    assert region.volume == pytest.approx(volume * 1e-12, rel=1e-9)
    outline = np.vstack([e.sample(256)[:-1] for e in region.loop])
    assert Polygon(outline / UM).is_valid
    assert min(outline[:, 1]) > 100 * UM


@pytest.mark.parametrize("volume", [0.2, 0.3, 0.46, 0.6, 0.9])
def test_solder_stands_outside_of_a_level_overhang(volume):
    """Of metal plated over a layer that is stripped again: no solder stands up through it."""
    pad = {"radius": "40 um", "thickness": "5 um", "material": "Cu"}
    spacer = {"layer": "spacer", "material": "SiO2", "thickness": "21 um"}
    column = {"radius": "39 um", "height": "25 um"}
    steps = [
        {"do": "substrate", "pad": pad, "base": {"material": "SiO2"}},
        {"do": "coat", **spacer, "opening": {"radius": "50 um"}},
        {"do": "deposit", "solder": "SAC305", "fill": {"layer": "spacer", "metal_fraction": 1.0}},
        {"do": "plate", "material": "Cu", "radius": "84 um", "thickness": "3 um"},
        {"do": "deposit", "solder": "SAC305", "column": column},
        {"do": "strip", "layer": "spacer"},
    ]
    shelf = run(Case.from_dict({"case": {"name": "shelf"}, "step": steps})).history[-1].state.stack
    made, region, _ = put(shelf, volume=volume * 1e-12)
    assert region.volume == pytest.approx(volume * 1e-12, rel=1e-9)
    outline = np.vstack([e.sample(256)[:-1] for e in region.loop])
    assert Polygon(outline / UM).is_valid
    assert_gapless(made)


def test_solder_on_solder_as_wide_stands_on_it():
    """In a narrow model both are drawn as wide: the second starts at the side's top, not its foot.

    The model's radius is 200 um, of which they take 0.9.
    """
    first = put(bare(), volume=60e-12)[0]
    made, region, _ = put(first, volume=20e-12)
    outline = np.vstack([e.point(0.0) for e in region.loop])
    low = 60e-12 / (math.pi * (180 * UM) ** 2)
    assert min(outline[:, 1]) == pytest.approx(low, rel=1e-9)
    assert region.volume == pytest.approx(20e-12, rel=1e-9)
    assert_gapless(made)


SUBSTRATE = {
    "do": "substrate",
    "pad": {"radius": 5.7e-4, "thickness": 3e-5, "material": "Cu"},
    "base": {"material": "polyimide"},
}
#: A ring of solder round a cut ball, bulging over the cut.
BULGING = [
    SUBSTRATE,
    {"do": "core", "material": "glass", "diameter": 5.1e-4},
    {"do": "deposit", "solder": "Pb90Sn10", "column": {"height": 1.4e-3, "radius": 5.7e-4}},
    {"do": "abrade", "to": 3.5e-4},
    {"do": "reflow", "name": "first", "peak": 598.7},
    {"do": "deposit", "solder": "Sn99.3Cu0.7", "volume": 5e-11},
]
#: Metal plated up the wall of an opening: a cup whose edge stands over the layer.
CUP = [
    SUBSTRATE,
    {
        "do": "coat",
        "layer": "layer",
        "material": "polyimide",
        "thickness": 3e-4,
        "opening": {"radius": 4.5e-4},
    },
    {"do": "plate", "material": "Co", "radius": 5e-4, "thickness": 5e-5},
    {
        "do": "deposit",
        "solder": "Sn60Pb40",
        "stencil": {"radius": 5.4e-4, "thickness": 2e-5},
    },
]
#: A ball in an opening that leans over it, under a ball that rests on the rim.
UNDER = [
    SUBSTRATE,
    {
        "do": "coat",
        "layer": "layer",
        "material": "polyimide",
        "thickness": 6e-4,
        "opening": {"radius": 4.6e-4, "sidewall": 1.822},
    },
    {"do": "deposit", "solder": "Pb95Sn5", "ball": {"diameter": 3.1e-4}},
    {"do": "deposit", "solder": "Sn63Pb37", "ball": {"diameter": 8e-4}},
]


@pytest.mark.parametrize(
    ("steps", "voids"), [(BULGING, 0), (CUP, 0), (UNDER, 1)], ids=["bulging", "cup", "under"]
)
def test_a_deposit_beside_a_ridge_or_over_a_ball_does_not_cross_itself(steps, voids):
    wetting = {"polyimide": 2.2, "glass": 1.9, "Pb95Sn5": 0.6, "Pb90Sn10": 0.6}
    data = {"case": {"name": "ridge"}, "wetting": wetting, "step": steps}
    stack = run(Case.from_dict(data)).history[-1].state.stack
    assert Polygon(stack.regions[-1].outline).is_valid
    assert len(stack.voids) == voids


@pytest.mark.parametrize("outer", [150.0, 220.0, 330.0, 1000.0])
def test_a_volume_stands_on_a_step_however_wide_the_model_is(outer):
    """A cap of 90° fits on top of a pillar, and there is a wider one that would stand round it."""
    ground = substrate(
        pad_radius=42 * UM,
        pad_thickness=5 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=outer * UM,
    )
    pillar = plate(ground, name="Cu", material="Cu", radius=42 * UM, thickness=43 * UM).stack
    made, region, _ = put(pillar, volume=1.419e-13)
    radius = (1.419e-13 * 1.5 / math.pi) ** (1 / 3)
    assert region.volume == pytest.approx(1.419e-13, rel=1e-10)
    assert float(made.profile.polyline[0, 1]) == pytest.approx(43 * UM + radius, rel=1e-9)


@pytest.mark.parametrize("sidewall", [88.0, 90.0, 92.0])
def test_a_fill_ends_where_its_level_meets_a_lining(sidewall):
    """Metal that lies as high over the rim stays bare: no film of no thickness lies on it."""
    lined = plate(opened(sidewall), name="Ni", material="Ni", radius=A + 3 * UM, thickness=2 * UM)
    stack = lined.stack
    stack, region, _ = put(stack, fill={"layer": "dielectric", "metal_fraction": 1.0})
    assert_gapless(stack)
    top = max(e.point(0.0)[1] for e in region.loop)
    level = [e for e in region.loop if all(z > top - 1e-12 for _, z in e.ends)]
    assert len(level) == 1 and level[0].feature != "Ni top"


def test_a_volume_that_would_stand_in_a_moat_too_is_one_body():
    """A lining that ends below the rim parts a moat from the opening: it fills the inside first."""
    lined = plate(opened(85.0), name="Ni", material="Ni", radius=A + 1.5 * UM, thickness=2 * UM)
    rim = opening_rim(lined.stack)
    full = 2 * math.pi * lined.stack.profile.moments(rim)[0]
    for share in np.linspace(0.3, 1.0, 36):
        made, region, _ = put(lined.stack, volume=float(share * full))
        assert Polygon([e.point(0.0) for e in region.loop]).is_valid, share
        assert region.volume == pytest.approx(share * full, rel=1e-9)
        assert_gapless(made)


@pytest.mark.parametrize("height", [10 * UM, 40 * UM])
def test_a_volume_fills_the_opening_of_a_film_over_a_step(height):
    """On a proud pad: the film's top goes down the pad's edge in an arc, outside of the opening.

    Its rim is the opening's, so the volume stands in a cylinder of its radius, to the height that
    it has there; it was put round the pad.
    """
    radius, film = 40 * UM, 20 * UM
    proud = substrate(
        pad_radius=A,
        pad_thickness=10 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=200 * UM,
        proud=10 * UM,
    )
    stack = coat_conformal(
        proud, layer="film", material="polyimide", thickness=film, opening_radius=radius
    )
    volume = math.pi * radius**2 * height
    step = Deposit(do="deposit", solder="Sn63Pb37", volume=f"{volume} m^3")
    filled, _ = deposit(stack, step)
    region = filled.regions[-1]
    assert region.widest == pytest.approx(radius, rel=1e-12)
    assert region.top == pytest.approx(height, rel=1e-9)
    assert region.volume == pytest.approx(volume, rel=1e-9)


def test_a_cap_that_no_radius_gives_lies_level():
    """Inside a ring, which is no opening: a cap of 90° there is too small, one over it too large.

    V is between the half ball of the ring's inner radius a, 2πa³/3, and that on top of it with the
    room under it, πa²h more. So it lies level over the ring's room, V/(πa²) high; a cap of another
    volume was put down, or one of none.
    """
    a, high, outer = 30.0, 20.0, 100.0
    points = [(0.0, 0.0), (a, 0.0), (a, high), (50.0, high), (50.0, 0.0), (outer, 0.0)]
    loop = [(0.0, -50.0), (outer, -50.0), *reversed(points), (0.0, -50.0)]
    names = ["bottom", "outer", *["body"] * 5, "axis"]
    edges = tuple(
        Edge(line(p, q), 0.0, 1.0, name) for (p, q), name in zip(pairwise(loop), names, strict=True)
    )
    stack = Stack((Region.bounded("body", "Cu", edges, "metal"),), outer, -50.0)
    volume = 2.0 / 3.0 * math.pi * a**3 + 0.5 * math.pi * a**2 * high
    step = Deposit.model_construct(solder="Sn63Pb37", volume=volume)
    region = deposit(stack, step)[0].regions[-1]
    assert region.volume == pytest.approx(volume, rel=1e-9)
    assert region.top == pytest.approx(volume / (math.pi * a**2), rel=1e-9)


def test_a_coat_that_ends_on_a_higher_pad_has_nothing_to_fill():
    """The opening as wide as a pad prouder than the mask: solder is put on the pad, by volume."""
    land = substrate(
        pad_radius=A, pad_thickness=35 * UM, pad_material="Cu", base_material="FR4",
        outer=4 * A, proud=35 * UM,
    )  # fmt: skip
    mask = coat(land, layer="mask", material="FR4", thickness=20 * UM, opening_radius=A)
    words = "fill of 'mask', which ends on pad, at least as high as its top there"
    with pytest.raises(ProcessError, match=words):
        put(mask, fill={"layer": "mask", "metal_fraction": 1.0})
    _, region, _ = put(mask, volume=1e-13)
    assert region.volume == pytest.approx(1e-13, rel=1e-10)
    assert min(z for e in region.loop for _, z in e.ends) == 0.0
