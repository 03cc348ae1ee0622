"""Substrates and coats: geometry in closed form, what is exposed, what is refused."""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.errors import CaseError, ProcessError
from bumpform.runner import run
from bumpform.stack.bodies import core
from bumpform.stack.layers import coat, substrate
from solids import assert_gapless

UM = 1e-6
OUTER = 150 * UM


def made(**changes):
    settings = {
        "pad_radius": 60 * UM,
        "pad_thickness": 5 * UM,
        "pad_material": "Cu",
        "base_material": "SiO2",
        "outer": OUTER,
    }
    return substrate(**{**settings, **changes})


def coated(stack=None, **changes):
    settings = {"layer": "dielectric", "material": "polyimide", "thickness": 30 * UM}
    return coat(stack or made(), **{**settings, **changes})


def features(stack):
    return [p.feature for p in stack.profile.pieces]


@pytest.mark.parametrize("proud", [0.0, 2.0, 5.0])
def test_pad_and_base(proud):
    """Pad: πa²t. Base: the rest up to its top at z = −proud."""
    stack = made(proud=proud * UM)
    pad = stack.region("pad")
    assert pad.volume == pytest.approx(math.pi * (60 * UM) ** 2 * 5 * UM, rel=1e-13)
    depth = -stack.bottom
    below = math.pi * OUTER**2 * (depth - proud * UM)
    inside = math.pi * (60 * UM) ** 2 * (5 - proud) * UM
    assert stack.region("base").volume == pytest.approx(below - inside, rel=1e-12)
    expected = ["pad", "base"] if proud == 0.0 else ["pad", "pad side", "base"]
    assert features(stack) == expected


@pytest.mark.parametrize("sidewall", [60.0, 75.0, 90.0, 100.0])
def test_opening_is_a_frustum(sidewall):
    """Layer's volume: cylinder less the opening's frustum; rim at a + h cot(sidewall)."""
    a, h = 50 * UM, 30 * UM
    stack = coated(opening_radius=a, sidewall=math.radians(sidewall))
    rim = a + h / math.tan(math.radians(sidewall))
    hole = math.pi * h * (a * a + a * rim + rim * rim) / 3
    layer = stack.region("dielectric")
    assert layer.volume == pytest.approx(math.pi * OUTER**2 * h - hole, rel=1e-12)
    assert features(stack)[-2:] == ["dielectric wall", "dielectric top"]
    assert stack.profile.pieces[-1].point(0.0) == pytest.approx([rim, h], rel=1e-12)
    assert stack.profile.pieces[0].feature == "pad"


def test_blanket_layer():
    """Without an opening it covers everything, and closes on the axis."""
    stack = coated()
    assert features(stack) == ["dielectric top"]
    assert stack.region("dielectric").volume == pytest.approx(math.pi * OUTER**2 * 30 * UM)


def test_coat_planarises_over_a_proud_pad():
    """Thickness counts from the field: the top lies at −proud + thickness, less metal below."""
    proud = 3 * UM
    stack = coated(made(proud=proud), opening_radius=80 * UM)
    assert stack.profile.pieces[-1].point(1.0)[1] == pytest.approx(30 * UM - proud, rel=1e-13)
    ring = math.pi * (OUTER**2 - (80 * UM) ** 2) * 30 * UM
    assert stack.region("dielectric").volume == pytest.approx(ring, rel=1e-12)
    assert "pad side" in features(stack)


def test_second_coat_on_the_first():
    """Layers of one name get numbers, and lie on each other."""
    stack = coated(coated(opening_radius=50 * UM), opening_radius=80 * UM, thickness=10 * UM)
    assert stack.region("dielectric 2").volume == pytest.approx(
        math.pi * (OUTER**2 - (80 * UM) ** 2) * 10 * UM, rel=1e-12
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outer": 60 * UM}, "larger pitch"),
        ({"proud": 6 * UM}, "more than its thickness"),
    ],
)
def test_impossible_substrates_are_refused(changes, words):
    """The message says what is too large."""
    with pytest.raises(ProcessError, match=words):
        made(**changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"opening_radius": 200 * UM}, "does not lie inside the model"),
        ({"opening_radius": OUTER, "sidewall": math.radians(100)}, "does not lie inside"),
        ({"opening_radius": 145 * UM, "sidewall": math.radians(60)}, "outside the model"),
        ({"opening_radius": 10 * UM, "sidewall": math.radians(120)}, "rim would be at"),
    ],
)
def test_impossible_openings_are_refused(changes, words):
    """Opening or rim outside the model, or closed below the top."""
    with pytest.raises(ProcessError, match=words):
        coated(**changes)


def test_coat_that_does_not_cover_is_refused():
    """A coat thinner than the proud pad that its opening's foot stands on."""
    with pytest.raises(ProcessError, match="make it thicker"):
        coated(made(proud=4 * UM), opening_radius=40 * UM, thickness=2 * UM)


def test_a_coat_is_refused_where_what_it_covers_reaches_past_the_model():
    """A ball wider than the pitch: the layer's edge would run through it."""
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": 50e-6, "thickness": 5e-6, "material": "Cu"},
            "base": {"material": "SiO2"},
        },
        {"do": "deposit", "solder": "Sn63Pb37", "volume": 1.05e-12},
        {"do": "reflow", "name": "first", "peak": 493.15},
        {"do": "coat", "layer": "fill", "material": "polyimide", "thickness": 20e-6},
    ]
    wetting = {"Cu": 0.4, "SiO2": 2.6}
    data = {"case": {"name": "wide", "pitch": 120e-6}, "wetting": wetting, "step": steps}
    done = run(Case.from_dict(data))
    assert done.stopped is not None
    assert "past the model's outer radius 60 µm" in done.stopped.problems[0].message


#: A pad of 60 µm that stands 35 µm proud of its base.
HIGH = {"pad_thickness": 35 * UM, "proud": 35 * UM}
#: Room round it in the model, per height, m².
AROUND = math.pi * (OUTER**2 - (60 * UM) ** 2)


@pytest.mark.parametrize("radius", [60 * UM, 60 * UM * (1 - 1e-15), 60 * UM * (1 + 1e-15), 6e-5])
@pytest.mark.parametrize("thickness", [0.001, 20.0, 34.999, 35.0])
def test_an_opening_as_wide_as_a_pad_that_stands_higher_lies_against_it(radius, thickness):
    """Its wall is the pad's side: the coat fills the room round the pad up to its own top.

    That is what the coat without an opening does, and what is neither over the pad nor beside a
    slit; round-off in either radius makes none.
    """
    stack = coated(made(**HIGH), opening_radius=radius, thickness=thickness * UM)
    assert stack.region("dielectric").volume == pytest.approx(AROUND * thickness * UM, rel=1e-12)
    free = ["pad side"] if thickness < 35.0 else []
    assert features(stack) == ["pad", *free, "dielectric top"]
    assert stack.profile.pieces[-1].ends[0] == (60 * UM, pytest.approx((thickness - 35) * UM))
    blanket = coated(made(**HIGH), thickness=thickness * UM)
    assert stack.region("dielectric").loop[0].ends == blanket.region("dielectric").loop[0].ends
    assert features(blanket) == features(stack)
    assert_gapless(stack)


def test_an_opening_of_a_hair_over_the_pad_has_a_wall_of_its_own():
    """1 nm higher than the pad its wall is 1 nm high; 1 nm wider there is a slit of 1 nm."""
    higher = coated(made(**HIGH), opening_radius=60 * UM, thickness=35.001 * UM)
    assert features(higher) == ["pad", "dielectric wall", "dielectric top"]
    assert higher.profile.pieces[1].length() == pytest.approx(1e-9, rel=1e-6)
    wider = coated(made(**HIGH), opening_radius=60.001 * UM, thickness=20 * UM)
    assert features(wider)[1:] == ["pad side", "base", "dielectric wall", "dielectric top"]
    assert wider.profile.pieces[2].length() == pytest.approx(1e-9, rel=1e-6)


@pytest.mark.parametrize("thickness", [20.0, 35.0])
def test_a_coat_lower_than_what_it_is_to_cover_says_what_would_do(thickness):
    """1 nm of the pad cannot be covered by what is lower; each advice is followed."""
    stack, settings = made(**HIGH), {"thickness": thickness * UM}
    with pytest.raises(ProcessError) as refused:
        coated(stack, opening_radius=59.999 * UM, **settings)
    assert refused.value.key == "thickness"
    assert str(refused.value) == (
        f"coat dielectric: its top at z = {thickness - 35:g} µm does not rise above pad "
        "(z = 0 µm) where its opening ends, at r = 59.999 µm: make it thicker, or the opening's "
        "radius larger by 1 nm; without an opening it ends on pad"
    )
    for advice in ({"opening_radius": 59.999 * UM + 1e-9}, {}):
        done = coated(stack, **settings, **advice)
        assert done.region("dielectric").volume == pytest.approx(AROUND * thickness * UM, rel=1e-5)
    assert coated(stack, opening_radius=59.999 * UM, thickness=36 * UM)


def test_two_coats_against_a_pad():
    """Each lies on the one below, both against the pad; a third rises over it, with a wall."""
    first = coated(made(**HIGH), opening_radius=60 * UM, thickness=10 * UM)
    second = coated(first, opening_radius=60 * UM, thickness=15 * UM)
    third = coated(second, opening_radius=60 * UM, thickness=10 * UM)
    fourth = coated(third, opening_radius=60 * UM, thickness=10 * UM)
    for number, thickness in enumerate([15, 10, 10], 2):
        layer = fourth.region(f"dielectric {number}")
        assert layer.volume == pytest.approx(AROUND * thickness * UM, rel=1e-12)
    assert features(second) == ["pad", "pad side", "dielectric 2 top"]
    assert features(third) == ["pad", "dielectric 3 top"]  # 10 + 15 + 10: flush, whatever round-off
    assert features(fourth) == ["pad", "dielectric 4 wall", "dielectric 4 top"]
    assert_gapless(fourth)


def test_a_wall_that_leans_stands_beside_a_pad_or_would_run_through_it():
    """At 80° a groove is left, a triangle round the pad; at 100° the wall would be in the pad."""
    a, h = 60 * UM, 20 * UM
    rim = a + h / math.tan(math.radians(80))
    stack = coated(made(**HIGH), opening_radius=a, thickness=h, sidewall=math.radians(80))
    hole = math.pi * h * (a * a + a * rim + rim * rim) / 3
    ring = math.pi * OUTER**2 * h - hole
    assert stack.region("dielectric").volume == pytest.approx(ring, rel=1e-12)
    assert features(stack) == ["pad", "pad side", "dielectric wall", "dielectric top"]
    with pytest.raises(ProcessError, match="would run through what stands at r = 60 µm"):
        coated(made(**HIGH), opening_radius=a, thickness=h, sidewall=math.radians(100))


def test_an_opening_as_wide_as_a_ball_stands_round_it():
    """A coat lower than the ball's equator has its wall on the base, at the ball's radius."""
    ball = core(made(pad_radius=30 * UM), material="Cu", diameter=100 * UM)
    for wider in (0.0, 1e-9):
        done = coated(ball, opening_radius=50 * UM + wider, thickness=20 * UM)
        ring = math.pi * (OUTER**2 - (50 * UM + wider) ** 2) * 20 * UM
        assert done.region("dielectric").volume == pytest.approx(ring, rel=1e-12)
    words = "at r = 49.999 µm: make it thicker, or the opening's radius larger by 1 nm; without"
    with pytest.raises(ProcessError, match=words):
        coated(ball, opening_radius=49.999 * UM, thickness=20 * UM)


@pytest.mark.parametrize(("beyond", "through"), [(-1e-6, False), (1e-6, True), (1e-3, True)])
def test_a_wall_that_leans_into_a_dome_by_less_than_chords_tell_is_told(beyond, through):
    """Its foot is 0.2 µm beside a hemisphere of 50 µm: past acos(50 / 50.2) it is a secant."""
    radius, foot = 50 * UM, 50.2 * UM
    leans = math.acos(radius / foot) + beyond
    laid = {"do": "deposit", "solder": "SAC305", "volume": 2.0 / 3.0 * math.pi * radius**3}
    layer = {"do": "coat", "layer": "resist", "material": "polyimide", "thickness": 60 * UM,
             "opening": {"radius": foot, "sidewall": math.pi / 2 + leans}}  # fmt: skip
    pad = {"radius": 60 * UM, "thickness": 5 * UM, "material": "Cu"}
    steps = [{"do": "substrate", "pad": pad, "base": {"material": "SiO2"}}, laid, layer]
    case = Case.from_dict({"case": {"name": "leans"}, "step": steps})
    if not through:
        assert_gapless(run(case).history[-1].state.stack)
        return
    with pytest.raises(CaseError, match=r"would run through what stands at r = 50\.2 µm"):
        run(case)
