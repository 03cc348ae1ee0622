"""What refusals and verdicts say of a joint or of a ball that hangs."""

from __future__ import annotations

import tomllib

import pytest

from bump_process import case_of, land, masked_land, mount, step
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.runner import run
from bumpform.surface.joints import sparing_joint
from judged_cases import place, sections
from second_judge.compare import compare

pytestmark = pytest.mark.dolfinx

JOINT = """
[case]
name = "joint"
pitch = "0.8 mm"
[wetting]
"Cu" = "25 deg"
"solder resist" = "140 deg"
"""
JOINT += masked_land(pad=200, high=30, mask=50, opening=175)
JOINT += """
[[step]]
do = "deposit"
solder = "SAC305"
ball = { diameter = "600 um" }
[[step]]
do = "mount"
name = "board"
pad = { radius = "175 um", material = "Cu" }
base = { material = "FR4" }
load = "300 mN"
peak = "245 degC"
"""
BALL = """
[case]
name = "ball"
pitch = "0.5 mm"
"""
BALL += masked_land(pad=125, high=20, mask=20, opening=120)
BALL += """
[[step]]
do = "core"
material = "Cu"
diameter = "200 um"
[[step]]
do = "deposit"
solder = "SAC305"
volume = "6 nl"
[[step]]
do = "reflow"
name = "a"
peak = "245 degC"
"""


def done(text, **values):
    data = tomllib.loads(text)
    for section, table in values.items():
        data[section] = data.get(section, {}) | table
    return run(Case.from_dict(data))


def verdict_of(ran, name):
    (entry,) = [c for c in ran.result["conditions"] if c["id"] == name]
    return entry["verdict"]


def test_a_squeezed_joint_says_that_it_would_meet_the_next():
    """300 mN on 0.1 µl press it out past half the pitch, 400 µm."""
    refused = done(JOINT).result["stages"][-1]["refused"]
    assert refused["reason"] == "off_model"
    assert (
        "spreads past the model's outer radius 400 µm: it would meet the next"
        in (refused["detail"])
    )


@pytest.mark.parametrize(("orientation", "verdict"), [("up", "holds"), ("down", "fails")])
def test_a_ball_that_lies_on_its_pad_by_a_point_hangs_on_the_melt_alone(orientation, verdict):
    """Upright the point carries it; head down only the liquid does."""
    ran = done(BALL, environment={"orientation": orientation})
    assert ran.result["stages"][-1].get("refused") is None
    assert verdict_of(ran, "nothing-on-liquid") == verdict


def test_a_gap_that_the_liquid_holds_is_told_of_the_package():
    """A light package on a large cap: it is the package that floats, not the core."""
    ran = run(load_case("core_and_cap", ["mounting.load=-0.1 mN"]))
    (entry,) = [c for c in ran.result["conditions"] if c["id"] == "standoff-held-by-core"]
    assert (entry["verdict"], entry["reason"]) == ("fails", "the liquid alone holds the package")


def test_a_core_that_is_level_with_what_is_beside_it_is_not_judged_to_hold_the_gap():
    """Abraded to one plane with a layer round it: the package lies on both."""
    data = load_case("core_and_cap").to_dict()
    data["step"] = [s for s in data["step"] if s.get("layer") != "resist"]
    mount = next(i for i, s in enumerate(data["step"]) if s["do"] == "mount")
    layer = {"do": "coat", "layer": "fill", "material": "solder resist", "thickness": "40 um"}
    data["step"][mount:mount] = [layer, {"do": "abrade", "to": "30 um"}]
    data["step"][-1] |= {"peak": "190 degC", "load": "50 mN"}  # colder than it froze
    ran = run(Case.from_dict(data))
    (entry,) = [c for c in ran.result["conditions"] if c["id"] == "standoff-held-by-core"]
    words = "what is beside the core is level with it, and the package rests on both"
    assert (entry["verdict"], entry["reason"]) == ("not judged", words)


RING = """
[case]
name = "ring"
route = "core_and_cap"
pitch = "1 mm"
[wetting]
"Cu" = "25 deg"
"FR4" = "140 deg"
"Sn63Pb37 on Pb95Sn5" = "20 deg"
"""
RING += land(pad=150, high=30) + step(
    'do = "plate"\nlayer = "post"\nmaterial = "Cu"\nradius = "60 um"\nthickness = "80 um"'
)
RING += step('do = "deposit"\nsolder = "Pb95Sn5"\nvolume = "1.8 nl"')
RING += step('do = "reflow"\nname = "core reflow"\npeak = "350 degC"')
RING += step('do = "deposit"\nsolder = "Sn63Pb37"\nvolume = "8 nl"')
RING += step('do = "reflow"\nname = "cap reflow"\npeak = "220 degC"')
RING += mount(name='"mounting"', load='"5 mN"')


@pytest.mark.parametrize("volume", ["1.6 nl", "1.8 nl"])
def test_a_ring_that_ends_on_the_edge_of_its_post_carries_nothing(volume):
    """It comes up to the package in that edge alone; lower on the post it does not reach it."""
    ran = run(case_of(RING.replace("1.8 nl", volume)))
    core = ran.result["stages"][0]["surface"]["contact_lines"][1]
    assert core["state"] == ("pinned" if volume == "1.8 nl" else "free")
    (entry,) = [c for c in ran.result["conditions"] if c["id"] == "standoff-held-by-core"]
    assert (entry["verdict"], entry["reason"]) == ("fails", "the package rests on post")
    assert ran.metrics["mounting"]["core_force_N"] > 0.0  # of what is solid between the pads
    assert not compare(ran).differences


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("barrier.material=polyimide", "barrier-group-viiib"),
        (
            "barrier.Ni.finish={ material = 'polyimide', thickness = '0.1 um' }",
            "barrier-noble-coating",
        ),
    ],
)
def test_what_is_no_metal_is_no_barrier_metal_either(value, name):
    """Its composition is of no matter: it fails, where an unknown alloy would not be judged."""
    sets = [value, "wetting.polyimide=30 deg"]
    ran = run(load_case("photoimaged_opening", sets))
    (entry,) = [c for c in ran.result["conditions"] if c["id"] == name]
    assert (entry["verdict"], entry["reason"]) == ("fails", "polyimide is none")


PILLAR = """
[case]
name = "pillar"
pitch = "150 um"
amounts = "liquid"
[wetting]
"Cu" = "30 deg"
"solder resist" = "140 deg"
"FR4" = "140 deg"
"""
PILLAR += masked_land(pad=40, high=18, proud=18, mask=15, opening=60, layer="resist")
PILLAR += """
[[step]]
do = "mount"
name = "joint"
pad = { radius = "40 um", material = "Cu", thickness = "20 um" }
base = { material = "FR4", thickness = "0.3 mm" }
pillar = { radius = "30 um", height = "40 um", material = "Cu" }
solder = { solder = "SnAg1.8", column = { radius = "30 um", height = "25 um" } }
standoff = "45 um"
peak = "250 degC"
"""


def test_a_largest_pull_that_is_not_told_says_why(monkeypatch):
    """Where the search is given up; a joint that only is pressed has none to tell."""
    monkeypatch.setattr(sparing_joint, "MOST_HELD", 3)
    done = run(Case.from_dict(tomllib.loads(PILLAR)))
    assert "largest_pull_N" not in done.metrics["joint"]
    assert (
        "joint: the largest pull is not given: the search for the largest pull is too long"
    ) in done.remarks
    drawn = PILLAR.replace("standoff =", "load = 0 #")
    assert not any("largest pull" in n for n in run(Case.from_dict(tomllib.loads(drawn))).notes)


def test_angles_that_nothing_needs_are_told():
    wetting = {"Ni": "30 deg", "SAC305 on Cu": "30 deg", "SnAg1.8 on Cu": "30 deg"}
    data = tomllib.loads(PILLAR)
    case = Case.from_dict(data | {"wetting": data["wetting"] | wetting})
    assert [note for note in case.notes if "contact angle" in note] == [
        'contact angles that are not used: "Ni" (nothing in the case is of Ni), "SAC305 on Cu" '
        "(no step puts down SAC305)",
    ]


MUSHROOM = """
[case]
name = "mushroom"
pitch = "120 um"
amounts = "liquid"
[wetting]
"Cu" = "30 deg"
"SiO2" = "140 deg"
[[step]]
do = "substrate"
pad = { radius = "30 um", thickness = "1 um", material = "Al" }
base = { material = "SiO2" }
[[step]]
do = "coat"
layer = "seed"
material = "Cu"
thickness = "0.3 um"
growth = "conformal"
role = "seed"
[[step]]
do = "coat"
layer = "resist"
material = "photoresist"
thickness = "20 um"
opening = { radius = "25 um" }
[[step]]
do = "plate"
layer = "stud"
material = "Cu"
fill = { layer = "resist", height = "26 um" }
[[step]]
do = "deposit"
solder = "SnAg1.8"
volume = "0.02 nl"
[[step]]
do = "strip"
layer = "resist"
[[step]]
do = "etch"
layer = "seed"
by = "0.3 um"
mask = "above"
"""


def etched(text):
    """Notes of a process without a stage that tell of an etch."""
    return [note for note in run(Case.from_dict(tomllib.loads(text))).notes if "etch" in note]


def test_what_an_overhang_keeps_from_an_etch_is_told():
    """20 µm of resist, 26 µm of copper: the mushroom's rim is 6 µm wider than the opening."""
    assert etched(MUSHROOM) == [
        "etch seed: from r = 25 µm to 31 µm it lies bare under the overhang of stud and stays, as "
        "it is etched straight down only; a wet etch would reach it"
    ]
    assert etched(MUSHROOM.replace("26 um", "20 um")) == []


def test_solder_that_overhangs_its_resist_shades_an_etch_too():
    """What is filled in by a wider stencil lies on the resist's rim, and over what is under it."""
    start, end = MUSHROOM.index('[[step]]\ndo = "plate"'), MUSHROOM.index('[[step]]\ndo = "strip"')
    column = '[[step]]\ndo = "deposit"\nsolder = "SnAg1.8"\nstencil = { radius = "32 um", thickness = "10 um" }\n'  # noqa: E501
    assert etched(MUSHROOM[:start] + column + MUSHROOM[end:]) == [
        "etch seed: from r = 25 µm to 32 µm it lies bare under the overhang of SnAg1.8 and stays, "
        "as it is etched straight down only; a wet etch would reach it"
    ]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("SAC305", "SAC405", "both melt at 220 °C (liquidus)"),
        ("SAC305", "Sn63Pb37", "the first melts 37 K above the second (liquidus)"),
    ],
)
def test_solders_of_one_liquidus_melt_at_it(first, second, words):
    data = sections("stacked_masks")
    for solder, count in ((first, 0), (second, 1)):
        data["step"][place(data, "deposit", count)]["solder"] = solder
    data["wetting"] = {**data["wetting"], "Cu": "30 deg"}
    said = [n for n in run(Case.from_dict(data)).notes if n.startswith("the solders differ")]
    assert said == [f"the solders differ: {first} and {second}; {words}"]


HANGING_LAND = """
[case]
name = "hanging"
pitch = "20 mm"
[environment]
orientation = "down"
[wetting]
"Cu" = "30 deg"
"FR4" = "140 deg"
[[step]]
do = "substrate"
pad = { radius = "500 um", thickness = "18 um", material = "Cu" }
base = { material = "FR4" }
[[step]]
do = "deposit"
solder = "SAC305"
ball = { diameter = "5 mm" }
[[step]]
do = "reflow"
name = "a"
peak = "245 degC"
"""


@pytest.mark.parametrize("coated", [False, True])
def test_gas_of_a_liquid_that_falls_is_not_judged_since_that_was_refused(coated):
    """Solder has melted there: that is why it falls. That no coat encloses any is another thing."""
    data = tomllib.loads(HANGING_LAND)
    if coated:
        mask = {"do": "coat", "layer": "mask", "material": "polyimide", "thickness": "10 um",
                "opening": {"radius": "0.2 mm"}}  # fmt: skip
        data["step"].insert(1, mask)
    found = {c["id"]: c for c in run(Case.from_dict(data)).result["conditions"]}
    for name in ("no-closed-void", "neighbours-clear"):
        assert (found[name]["verdict"], found[name]["reason"]) == ("not judged", "a was refused")
