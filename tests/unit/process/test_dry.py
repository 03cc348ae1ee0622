"""A process gone through dry: what is wrong whatever the solved surfaces are, and only that."""

from __future__ import annotations

import itertools
import math
import re

import pytest

from bump_process import (
    BUMP,
    COAT,
    CORE,
    DEPOSIT,
    HEAD,
    LATER,
    REFLOW,
    SECOND,
    case_of,
    mount,
    step,
    told,
)
from bumpform.case.bundled import bundled_cases
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.errors import CaseError
from bumpform.materials.materials import Materials
from bumpform.process.apply import apply_step
from bumpform.process.dry import dry_problems
from bumpform.process.reflows.melt import fuse
from bumpform.process.stand_in import WAYS, stand_in
from bumpform.runner import run


@pytest.mark.parametrize("name", bundled_cases())
def test_nothing_is_wrong_with_the_bundled_cases(name):
    assert dry_problems(load_case(name)) == ()


CERTAIN = {
    "the angle on what a strip lays bare": (
        BUMP.replace("polyimide", "ceramic").replace('"ceramic" = ', '"polyimide" = ')
        + step('do = "strip"\nlayer = "dielectric"'),
        ['wetting."ceramic"'],
        "no contact angle is known for Pb95Sn5 on ceramic",
    ),
    "the angle on the field, beside a bump of any shape": (
        BUMP
        + step('do = "coat"\nlayer = "second"\nmaterial = "ceramic"\nthickness = "1 um"\n'
               'opening = { radius = "120 um" }')
        + SECOND,
        ['wetting."ceramic"'],
        "no contact angle is known for Sn63Pb37 on ceramic",
    ),
    "the angle on the package's base": (
        HEAD + DEPOSIT.replace("Pb95Sn5", "Sn63Pb37")
        + mount().replace("SiO2", "ceramic"),
        ['wetting."ceramic"'],
        "no contact angle is known for Sn63Pb37 on ceramic",
    ),
    "a package's pad as wide as the model": (
        BUMP.replace("350 degC", "351 degC") + SECOND
        + mount(pad='{ radius = "200 um", material = "Cu" }'),
        ["step.6 (mount mount)"],
        "reaches the model's outer radius",
    ),
    "a standoff below the core's top": (
        HEAD + CORE + mount(load="", standoff='"79 um"'),
        ["step.3 (mount mount)"],
        "would overlap what stays solid: give at least 80 µm",
    ),
    "nothing melts": (
        BUMP + step('do = "reflow"\nname = "cold"\npeak = "200 degC"'),
        ["step.4 (reflow cold)"],
        "nothing melts at 200 °C (there is Pb95Sn5): raise the peak above 312 °C",
    ),
    "nothing melts, on the package either": (
        BUMP + mount(solder='{ solder = "Pb90Sn10", volume = "0.1 nl" }'),
        ["step.4 (mount mount)"],
        "nothing melts at 220 °C (there is Pb95Sn5, Pb90Sn10): raise",
    ),
    "nothing melts, over a bump on which a barrier does not grow whatever its shape": (
        BUMP.replace("0.4 nl", "1 nl")
        + step('do = "barrier"\nmaterial = "Ni"\nthickness = "3 um"')
        + SECOND.replace("220", "170"),
        ["step.6 (reflow second)"],
        "nothing melts at 170 °C (there is Pb95Sn5, Sn63Pb37): raise the peak above 183 °C",
    ),
    "a peak in degC without its unit": (
        BUMP + step('do = "reflow"\nname = "bare"\npeak = 350'),
        ["step.4 (reflow bare)"],
        'nothing melts at 76.85 °C (there is Pb95Sn5): raise the peak above 312 °C; a bare '
        'number is in K: for 350 °C write "350 degC"',
    ),
    "a fused solder's range is not known": (
        BUMP
        + SECOND.replace("220", "351")
        + step('do = "reflow"\nname = "third"\npeak = "300 degC"'),
        ["step.6 (reflow third)"],
        "has fused from different solders",
    ),
    "an opening outside the model": (
        HEAD + COAT.replace('"60 um"', '"250 um"') + DEPOSIT + REFLOW,
        ["step.1 (coat dielectric)"],
        "does not lie inside the model",
    ),
    "more etched than there is": (
        HEAD + COAT + step('do = "etch"\nlayer = "dielectric"\nby = "40 um"') + DEPOSIT + REFLOW,
        ["step.2 (etch dielectric)"],
        "is not less than the thickness",
    ),
    "abraded to below the pad": (
        BUMP + step('do = "abrade"\nbelow_top = { layer = "dielectric", by = "31 um" }'),
        ["step.4 (abrade)"],
        "does not lie above the pad's top",
    ),
    "abraded far above all": (
        BUMP + step('do = "abrade"\nto = "500 um"'),
        ["step.4 (abrade)"],
        "nothing stands above the plane at z = 500 µm: go further down",
    ),
    "a barrier thicker than the model is wide": (
        BUMP + step('do = "barrier"\nmaterial = "Ni"\nthickness = "201 um"'),
        ["step.4 (barrier Ni)"],
        "more than the model's outer radius",
    ),
    "a print wider than the model": (
        BUMP
        + step('do = "deposit"\nsolder = "Sn63Pb37"\n'
               'stencil = { radius = "210 um", thickness = "20 um" }'),
        ["step.4 (deposit Sn63Pb37)"],
        "lies outside the model",
    ),
    "a pad as wide as the model": (
        HEAD.replace("400 um", "120 um") + DEPOSIT + REFLOW,
        ["step.0 (substrate)"],
        "reaches the model's outer radius",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", CERTAIN)
def test_what_is_certain_is_told(kind):
    text, paths, message = CERTAIN[kind]
    found = told(text)
    assert [path for path, _ in found] == paths
    assert message in found[0][1]


@pytest.mark.parametrize("kind", CERTAIN)
def test_a_run_tells_the_same(kind):
    case = case_of(CERTAIN[kind][0])
    with pytest.raises(CaseError) as caught:
        run(case)
    assert caught.value.problems == dry_problems(case)


def test_all_is_told_at_once():
    """An angle, a peak and a plane of the same process, though each alone would stop it."""
    text = (
        HEAD.replace('"SiO2" = "140 deg"\n', "").replace("SiO2", "ceramic")
        + DEPOSIT
        + REFLOW
        + step('do = "reflow"\nname = "cold"\npeak = "200 degC"')
        + step('do = "abrade"\nto = "900 um"')
    )
    paths = [path for path, _ in told(text)]
    assert paths == ['wetting."ceramic"', "step.3 (reflow cold)", "step.4 (abrade)"]


def test_what_only_follows_from_an_earlier_problem_is_not_told():
    """The mask that cannot be made cannot be filled or stripped either, and bares no base."""
    text = (
        HEAD.replace('"SiO2" = "140 deg"\n', "").replace("SiO2", "ceramic")
        + step(
            'do = "coat"\nlayer = "mask"\nmaterial = "polyimide"\nthickness = "30 um"\n'
            'opening = { radius = "250 um" }'
        )
        + step('do = "deposit"\nsolder = "Pb95Sn5"\nfill = { layer = "mask" }')
        + REFLOW
    )
    assert [path for path, _ in told(text)] == ["step.1 (coat mask)"]


def test_what_has_nothing_to_do_with_an_earlier_problem_is_told():
    text = (
        HEAD
        + COAT.replace('"60 um"', '"250 um"')
        + step(
            'do = "deposit"\nsolder = "Pb95Sn5"\ncolumn = { radius = "300 um", height = "20 um" }'
        )
        + REFLOW
    )
    paths = [path for path, _ in told(text)]
    assert paths == ["step.1 (coat dielectric)", "step.2 (deposit Pb95Sn5)"]


@pytest.mark.parametrize("height", [20, 40, 70, 90])
def test_what_hangs_on_a_surface_is_left_to_the_run(height):
    """Whether a bump of 0.4 nl reaches a plane at 40 to 90 µm, only its surface knows."""
    assert told(BUMP + step(f'do = "abrade"\nto = "{height} um"')) == []


def test_a_full_opening_may_have_room_again_when_its_solder_has_melted():
    fill = step('do = "deposit"\nsolder = "Pb95Sn5"\nfill = { layer = "dielectric" }')
    full = HEAD + COAT + fill
    assert told(full + REFLOW + fill.replace("Pb95Sn5", "Sn63Pb37")) == []


@pytest.mark.parametrize(
    ("way", "volume"),
    [
        *itertools.product([w for w in WAYS if w != "bulging"], ["0.2 nl", "0.5 nl"]),
        ("bulging", "2 nl"),  # less than that is no half of a ball over the opening
    ],
)
def test_a_stand_in_has_the_volume_of_what_melts(way, volume):
    """Exactly, as a closed boundary: round-off alone (a cap's height is found to 1e-15)."""
    case = load_case("photoimaged_opening", [f"deposit.Pb95Sn5.volume={volume}"])
    materials = Materials(case.materials, case.wetting)
    state = None
    for each in case.steps[:3]:
        state = apply_step(state, each, case, materials)
    liquid = fuse([state.contents["Pb95Sn5"]], 623.15, materials)
    after = stand_in(state, way, ("Pb95Sn5",), liquid, 623.15)
    [name] = [r.name for r in after.stack.regions if r.kind == "solder"]
    assert after.stack.region(name).volume == pytest.approx(liquid.volume, rel=1e-9)
    assert after.contents[name].liquid_at == 623.15
    assert math.fsum(m for _, m in after.contents[name].alloys) == pytest.approx(liquid.mass)


def test_a_run_that_meets_a_wrong_step_late_keeps_what_it_computed():
    """A plane that the frozen dome does not reach: the stage before it is there."""
    case = case_of(BUMP + step('do = "abrade"\nto = "70 um"') + SECOND)
    done = run(case)
    assert done.refused is None
    assert [stage["name"] for stage in done.result["stages"]] == ["first"]
    assert done.metrics["first"]["ball_height_m"] > 0.0
    assert done.stopped.step == 4
    [problem] = done.stopped.problems
    assert problem.path == "step.4 (abrade)"
    assert "nothing stands above the plane at z = 70 µm" in problem.message
    assert dry_problems(case) == ()


def test_a_run_tells_of_the_step_that_stopped_it_and_of_what_is_wrong_later():
    """A late step that is wrong on any surface does not hide the one that ended the run."""
    case = case_of(BUMP + step('do = "abrade"\nto = "70 um"') + LATER)
    [wrong] = dry_problems(case)
    assert wrong.path.startswith("step.5")
    done = run(case)
    assert [stage["name"] for stage in done.result["stages"]] == ["first"]
    assert done.stopped.step == 4
    paths = [problem.path for problem in done.stopped.problems]
    assert paths == ["step.4 (abrade)", wrong.path]


@pytest.mark.parametrize("kind", CERTAIN)
def test_a_step_is_named_once_and_lengths_are_in_the_units_of_a_case(kind):
    for path, message in told(CERTAIN[kind][0]):
        label = path.partition("(")[2].rstrip(")")
        assert not label or not message.startswith((f"{label}:", f"{label.split(' ')[0]}:"))
        assert not re.search(r"\d (m|N|m³)\b", message), message


def test_what_the_stand_ins_do_not_share_is_left_out():
    """How high a bump is that nobody has solved yet: no number, and no gap where one would be."""
    text = BUMP + step('do = "abrade"\nto = "500 um"')
    (found,) = told(text)
    assert found[1] == "nothing stands above the plane at z = 500 µm: go further down"


#: Two solders on either side of a plate: in a wide lake they would meet, on the plate they do not.
APART = [
    {
        "do": "substrate",
        "pad": {"radius": 5e-05, "thickness": 1.3e-06, "proud": 9.8e-07, "material": "Ni"},
        "base": {"material": "SiO2"},
    },
    {"do": "core", "material": "Cu", "diameter": 4e-05},
    {"do": "deposit", "solder": "Sn99.3Cu0.7", "column": {"radius": 3.9e-05, "height": 2.9e-05}},
    {"do": "plate", "material": "Ni", "radius": 3e-05, "thickness": 3.7e-07},
    {"do": "deposit", "solder": "Sn99.3Cu0.7", "volume": 9.2e-14},
    {"do": "deposit", "solder": "SAC405", "ball": {"diameter": 8.7e-06}},
    {"do": "reflow", "name": "first", "peak": 505.7},
    {
        "do": "coat",
        "layer": "resist",
        "material": "photoresist",
        "opening": {"radius": 5.7e-05, "sidewall": 1.793},
        "thickness": 0.00015,
    },
    {"do": "reflow", "name": "second", "peak": 540.4},
    {"do": "reflow", "name": "third", "peak": 530.8},
]
#: An etch that only a lake over the layer would stop.
ETCHED = [
    {
        "do": "substrate",
        "pad": {"radius": 0.0005, "thickness": 2.1e-06, "material": "Cu"},
        "base": {"material": "FR4"},
    },
    {
        "do": "coat",
        "layer": "layer",
        "material": "polyimide",
        "opening": {"radius": 0.00061},
        "thickness": 0.00047,
    },
    {"do": "abrade", "to": 1.8e-06},
    {"do": "deposit", "solder": "SAC105", "volume": 1.4e-09},
    {"do": "reflow", "name": "first", "peak": 532.9},
    {"do": "etch", "layer": "layer", "by": 0.00042},
    {"do": "barrier", "material": "Cu", "thickness": 2.3e-05},
]
#: A barrier over a mixture of which no angle is known.
COVERED = [
    {
        "do": "substrate",
        "pad": {"radius": 4.8e-05, "thickness": 1.6e-05, "material": "Cu"},
        "base": {"material": "SiO2"},
    },
    {"do": "deposit", "solder": "Sn60Pb40", "ball": {"diameter": 4.6e-05}},
    {"do": "abrade", "to": 3.7e-06},
    {"do": "reflow", "name": "first", "peak": 479.2},
    {
        "do": "coat",
        "layer": "layer",
        "material": "SiO2",
        "opening": {"radius": 5.5e-05},
        "thickness": 1.9e-05,
    },
    {"do": "deposit", "solder": "SAC405", "volume": 4.4e-13},
    {"do": "reflow", "name": "second", "peak": 529.4},
    {"do": "barrier", "material": "Co", "thickness": 3.9e-07, "growth": "planar"},
    {"do": "deposit", "solder": "SAC405", "volume": 5.9e-14},
    {"do": "reflow", "name": "third", "peak": 508.6},
]
MIXTURE = {"SAC405+Sn60Pb40": {"solidus": 595.0, "liquidus": 613.2}}


@pytest.mark.parametrize("steps", [APART, ETCHED, COVERED], ids=["apart", "etched", "covered"])
def test_what_only_some_stand_ins_show_is_left_to_the_run(steps):
    data = {"case": {"name": "dry", "remelts": True}, "step": steps, "materials": MIXTURE}
    data["wetting"] = {"SiO2": 1.872, "polyimide": 1.875}
    case = Case.from_dict(data)
    assert dry_problems(case) == ()
    done = run(case)
    assert done.stopped is None
    assert done.refused is None


def test_what_cannot_be_done_for_one_reason_or_another_is_left_to_the_run():
    """Each stand-in covers the plating or lies on it; what runs down its side does neither."""
    text = (
        HEAD
        + DEPOSIT.replace("0.4 nl", "1.98 nl")
        + REFLOW
        + step('do = "plate"\nmaterial = "Ni"\nradius = "50.7 um"\nthickness = "0.5 um"')
        + SECOND.replace("0.4 nl", "1.15 nl")
        + step('do = "strip"\nlayer = "Ni"')
    )
    for angle in ("Ni", "Pb95Sn5"):
        text = text.replace("[wetting]", f'[wetting]\n"{angle}" = "12 deg"')
    assert told(text) == []
    assert run(case_of(text)).stopped is None


def test_a_cut_ring_may_rise_again_over_the_plane_as_it_melts():
    """On the bare substrate nothing would stand above a plane either, whatever solder does."""
    text = HEAD.replace("[wetting]", '[wetting]\n"Ni" = "130 deg"')
    text += step('do = "plate"\nmaterial = "Ni"\nradius = "40 um"\nthickness = "2 um"')
    text += COAT + step('do = "deposit"\nsolder = "Pb95Sn5"\nfill = { layer = "dielectric" }')
    text += REFLOW + step('do = "abrade"\nto = "1 um"') + REFLOW.replace("first", "second")
    text += step('do = "abrade"\nto = "1.2 um"')
    assert run(case_of(text)).stopped is None
    assert told(text) == []


def test_solder_that_a_bump_has_bulged_over_hangs_on_no_layer_upon_it():
    """On an upright bump it lies on the plating; under a bulge it stands on the base."""
    second = SECOND.replace("0.4 nl", "0.1 nl").partition('[[step]]\ndo = "reflow"')[0]
    text = HEAD + DEPOSIT.replace("0.4 nl", "3 nl") + REFLOW
    text += step('do = "plate"\nmaterial = "Ni"\nradius = "50 um"\nthickness = "20 um"')
    text += second + step('do = "strip"\nlayer = "Ni"')
    assert run(case_of(text)).stopped is None
    assert told(text) == []


@pytest.mark.parametrize(
    ("volume", "words"),
    [
        ("20 pl", "without Ni, Pb95Sn5 would hang in the air: "),
        ("1 nl", "Ni is covered on all sides, nothing reaches it under Pb95Sn5: "),
    ],
)
def test_a_layer_under_solder_cannot_be_stripped(volume, words):
    """What the run says can be done: solder is no layer that could be stripped first."""
    plate = step('do = "plate"\nmaterial = "Ni"\nradius = "40 um"\nthickness = "2 um"')
    text = HEAD.replace("[wetting]", '[wetting]\n"Ni" = "30 deg"') + plate
    text += DEPOSIT.replace("0.4 nl", volume) + REFLOW + step('do = "strip"\nlayer = "Ni"')
    stopped = run(case_of(text)).stopped
    assert stopped is not None
    assert stopped.problems[0].message == f"{words}strip Ni before Pb95Sn5 is put there"


def test_what_only_stands_in_an_opening_keeps_no_resist_from_being_stripped():
    """Named is what closes the resist's top, and not the pillar that the strip lays bare."""
    text = HEAD + step(
        'do = "coat"\nlayer = "resist"\nmaterial = "photoresist"\nthickness = "80 um"\n'
        'opening = { radius = "35 um" }'
    )
    text += step(
        'do = "plate"\nlayer = "pillar"\nmaterial = "Cu"\n'
        'fill = { layer = "resist", height = "45 um" }'
    )
    over = step('do = "coat"\nlayer = "x"\nmaterial = "SiO2"\nthickness = "1 um"')
    strip = step('do = "strip"\nlayer = "resist"')
    assert run(case_of(text + strip)).stopped is None
    ((_, words),) = told(text + over + strip)
    assert words.startswith("resist is covered on all sides, nothing reaches it under x: strip x")


def test_what_stands_on_a_cover_is_not_told_to_cover_the_resist():
    """A seed lines the opening and its resist; the solder in it keeps nothing from the open.

    It would hang in the air without the seed: the seed cannot go first, so the resist has to.
    """
    text = HEAD.replace("[wetting]", '[wetting]\n"Ni" = "30 deg"') + step(
        'do = "coat"\nlayer = "resist"\nmaterial = "photoresist"\nthickness = "40 um"\n'
        'opening = { radius = "50 um" }'
    )
    text += step('do = "coat"\nlayer = "seed"\nmaterial = "Ni"\nthickness = "1 um"\n'
                 'growth = "conformal"')  # fmt: skip
    strip = step('do = "strip"\nlayer = "resist"')
    covered = "resist is covered on all sides, nothing reaches it under seed: "
    for solder in (DEPOSIT.replace("0.4 nl", "0.1 nl"), DEPOSIT.replace("0.4 nl", "1 nl")):
        ((_, words),) = told(text + solder + strip)
        assert words == f"{covered}strip resist before seed and Pb95Sn5 are put there"
    ((_, words),) = told(text + strip)
    assert words.startswith(f"{covered}strip seed first; a lift-off")


def test_solder_that_lies_on_a_ball_alone_is_gone_when_the_ball_is_cut():
    """Two solders fuse on top of glass; abraded, none is left whose angle would be wanted."""
    text = """
[case]
name = "dry"
pitch = "2 mm"
[[step]]
do = "substrate"
pad = { radius = "166 um", thickness = "2 um", material = "Ni" }
base = { material = "Si" }
[[step]]
do = "core"
material = "glass"
diameter = "180 um"
[[step]]
do = "deposit"
solder = "SAC305"
volume = "20 nl"
[[step]]
do = "reflow"
name = "first"
peak = "230 degC"
[[step]]
do = "deposit"
solder = "Sn96.5Ag3.5"
volume = "3.5 nl"
[[step]]
do = "reflow"
name = "second"
peak = "235 degC"
[[step]]
do = "abrade"
to = "12 um"
[[step]]
do = "deposit"
solder = "Sn42Bi58"
volume = "45 nl"
[[step]]
do = "reflow"
name = "third"
peak = "175 degC"
[wetting]
"Ni" = "130 deg"
"Si" = "140 deg"
"glass" = "133 deg"
"""
    ran = run(case_of(text))
    assert ran.stopped is None
    assert ran.refused is None
    assert told(text) == []
