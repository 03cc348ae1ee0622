"""What refusals and verdicts say of a joint or of a ball that hangs."""

from __future__ import annotations

import math
import tomllib

import pytest

from bump_process import masked_land
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.runner import run
from bumpform.surface.continuation import pull_off
from judged_cases import place, sections

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
[[step]]
do = "substrate"
pad = { radius = "40 um", thickness = "18 um", material = "Cu", proud = "18 um" }
base = { material = "FR4" }
[[step]]
do = "coat"
layer = "resist"
material = "solder resist"
thickness = "15 um"
opening = { radius = "60 um" }
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
    monkeypatch.setattr(pull_off, "MOST_HELD", 3)
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


ASSUMED = """
[case]
name = "assumed"
amounts = "liquid"
"""
ASSUMED += masked_land(pad=300, high=18, mask=20, opening=200)
ASSUMED += """
[[step]]
do = "deposit"
solder = "SAC305"
ball = { diameter = "400 um" }
[[step]]
do = "reflow"
name = "a"
peak = "245 degC"
"""


def test_assumed_angles_are_told_and_no_others():
    """That on copper is measured, and the base lies under the resist."""
    data = tomllib.loads(ASSUMED)
    done = run(Case.from_dict(data))
    (note,) = done.remarks
    assert note == (
        "a contact angle is assumed by the library, as [wetting] gives none and no measured value "
        "was found: SAC305 on solder resist 140°"
    )
    assert done.result["notes"] == [note]
    given = run(Case.from_dict(data | {"wetting": {"solder resist": "140 deg"}}))
    assert given.remarks == ()
    assert "notes" not in given.result


def test_the_angle_of_any_solder_is_told_of_one_that_nobody_has_measured():
    """The source is of other solders: it says nothing of one that only the case has."""
    data = tomllib.loads(ASSUMED)
    data["materials"] = {
        "own": {"kind": "solder", "composition": {"Sn": 0.9, "Ag": 0.1}, "solidus": "221 degC",
                "liquidus": "240 degC", "density": "7200 kg/m^3", "surface_tension": "0.5 N/m"}
    }  # fmt: skip
    data["step"][2]["solder"] = "own"
    done = run(Case.from_dict(data))
    assert done.remarks[1] == (
        "a contact angle is the library's for any solder, as [wetting] gives none: own on Cu 25°"
    )
    assert any(v.startswith("own on Cu: contact_angle 25° (any solder, after") for v in done.notes)


def test_assumed_angles_on_a_package_are_told():
    data = tomllib.loads(ASSUMED)
    data["wetting"] = {"solder resist": "140 deg"}
    solder = {"solder": "SAC305", "ball": {"diameter": "450 um"}}
    pad = {"radius": "200 um", "material": "Cu"}
    data["step"][2] |= {"solder": "Sn42Bi58"}
    data["step"][3] = {"do": "mount", "name": "a", "pad": pad, "base": {"material": "FR4"},
                       "solder": solder, "load": "10 uN", "peak": "180 degC"}  # fmt: skip
    (note,) = (n for n in run(Case.from_dict(data)).remarks if "assumed" in n)
    assert note.endswith("Sn42Bi58 on SAC305 20°, Sn42Bi58 on FR4 140°")


def test_solder_that_meets_no_metal_is_told():
    """On a resist without its opening, or beside the pad: not where it touches the pad's edge."""
    data = tomllib.loads(ASSUMED)
    data["wetting"] = {"solder resist": "140 deg"}
    assert not any("no metal" in n for n in run(Case.from_dict(data)).remarks)
    del data["step"][1]["opening"]
    assert (
        "a: SAC305 lies on mask alone: no metal holds it there" in run(Case.from_dict(data)).remarks
    )


@pytest.mark.parametrize(
    ("pad", "coat", "told"),
    [
        ("Cu", "Cu", ()),
        ("Al", "NiV", ()),
        ("Cu", "seal", ("a: SAC305 lies on mask alone: no metal holds it there",)),
        ("Cu", "SiO2", ("a: SAC305 lies on mask alone: no metal holds it there",)),
        ("SiO2", None, ("a: SAC305 lies on pad alone: no metal holds it there",)),
    ],
)
def test_what_a_layer_is_made_of_says_whether_metal_holds_the_solder(pad, coat, told):
    """A coat may be of metal, a seed or a UBM; and what is called a pad may be of none."""
    data = tomllib.loads(ASSUMED)
    data["wetting"] = {m: "40 deg" for m in ("Al", "NiV", "seal", "SiO2", "solder resist")}
    data["materials"] = {"seal": {"kind": "dielectric"}}
    data["step"][0]["pad"]["material"] = pad
    data["step"][1]["material"] = coat
    del data["step"][1]["opening"]
    if coat is None:
        del data["step"][1]
    remarks = run(Case.from_dict(data)).remarks
    assert tuple(n for n in remarks if "no metal" in n) == told


@pytest.mark.parametrize("angle", [89.0, 90.000001, 91.0])
@pytest.mark.parametrize("side", ["pad", "package pad"])
def test_a_pad_that_the_solder_does_not_wet_is_told(side, angle):
    """Liquid that leans on a pad is joined to it by no more than what keeps water on wax."""
    data = tomllib.loads(ASSUMED)
    data["wetting"] = {"solder resist": "140 deg", "FR4": "140 deg", "Cu": "30 deg",
                       "Al": f"{angle} deg"}  # fmt: skip
    pad = {"radius": "200 um", "material": "Al" if side == "package pad" else "Cu"}
    data["step"][0]["pad"]["material"] = "Al" if side == "pad" else "Cu"
    data["step"].append(
        {"do": "mount", "name": "b", "pad": pad, "base": {"material": "FR4"}, "load": "10 uN",
         "peak": "245 degC"}
    )  # fmt: skip
    ran = run(Case.from_dict(data))
    told = [note for note in ran.remarks if "wet" in note]
    words = f"SAC305 does not wet {side} ({angle:g}°): above 90° it only leans there"
    assert told == ([f"{'a' if side == 'pad' else 'b'}: {words}"] if angle > 90.5 else [])
    (closed,) = [c for c in ran.result["conditions"] if c["id"] == "joint-closed"]
    assert (closed["verdict"], closed["reason"]) == ("holds", words if angle > 90.5 else "")


def test_paste_that_does_not_melt_is_told():
    """A ball that melts on it would sink in between its grains; metal, or paste that melts, not."""
    data = tomllib.loads(ASSUMED)
    data["wetting"] = {"solder resist": "140 deg", "SAC305": "20 deg"}
    low = {"do": "deposit", "solder": "Sn63Pb37", "ball": {"diameter": "300 um"}}
    data["step"].insert(3, low)
    data["step"][4]["peak"] = "200 degC"
    print_ = {"radius": "200 um", "thickness": "120 um", "metal_fraction": 0.5}
    block = {"radius": "200 um", "height": "140 um"}

    def pastes(peak, **amount):
        data["step"][2] = {"do": "deposit", "solder": "SAC305", **amount}
        data["step"][4]["peak"] = peak
        return [n for n in run(Case.from_dict(data)).remarks if "paste" in n]

    assert pastes("200 degC", stencil=print_) == [
        "a: SAC305 is a paste that has not melted, 50 % metal by volume: it is computed as a solid "
        "of its outline; that a liquid sinks into it is not followed"
    ]
    assert pastes("250 degC", stencil=print_) == []
    assert pastes("200 degC", column=block) == []


def test_paste_that_melts_with_metal_all_round_it_is_no_unmelted_paste():
    """It keeps its outline, and is told as molten alone; what it has joined, it joins."""
    data = tomllib.loads(ASSUMED)
    low = {"do": "deposit", "solder": "Sn63Pb37"}
    low["stencil"] = {"radius": "100 um", "thickness": "50 um", "metal_fraction": 0.5}
    shell = {"do": "plate", "layer": "shell", "material": "Ni", "radius": "180 um"}
    shell["thickness"] = "20 um"
    data["wetting"] = {"solder resist": "140 deg", "Ni": "30 deg"}
    data["step"][1:1] = [low, shell]
    ran = run(Case.from_dict(data))
    told = [n for n in ran.remarks if "Sn63Pb37" in n]
    assert any("molten with no free surface: Sn63Pb37 inside" in n for n in told)
    assert not any("paste that has not melted" in n for n in told)


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


STENCILED = """
[case]
name = "stenciled"
pitch = "1 mm"
amounts = "liquid"
[wetting]
"Cu" = "30 deg"
"FR4" = "140 deg"
[[step]]
do = "substrate"
pad = { radius = "100 um", thickness = "18 um", material = "Cu" }
base = { material = "FR4" }
[[step]]
do = "plate"
layer = "post"
radius = "50 um"
thickness = "120 um"
material = "Cu"
[[step]]
do = "deposit"
solder = "SAC305"
stencil = { radius = "150 um", thickness = "100 um", transfer = 0.9, metal_fraction = 0.5 }
[[step]]
do = "reflow"
name = "reflow"
peak = "245 degC"
"""


BALL_ON_PASTE = """\
[case]
name = "ball on paste"
pitch = "800 um"
[wetting]
"Cu" = "43 deg"
"solder resist" = "140 deg"
"SAC305" = "20 deg"
[[step]]
do = "substrate"
pad = { radius = "200 um", thickness = "18 um", material = "Cu" }
base = { material = "FR4" }
[[step]]
do = "coat"
layer = "resist"
material = "solder resist"
thickness = "20 um"
opening = { radius = "180 um" }
[[step]]
do = "deposit"
solder = "Sn42Bi58"
stencil = { radius = "180 um", thickness = "100 um", metal_fraction = 0.5 }
[[step]]
do = "deposit"
solder = "SAC305"
ball = { diameter = "400 um" }
[[step]]
do = "reflow"
name = "reflow"
peak = "180 degC"
"""


def test_the_remedy_for_a_ball_on_paste_that_melts_before_it_is_one():
    """The ball first, and an aperture wider than it; a smaller one is told to print on the ball."""
    data = tomllib.loads(BALL_ON_PASTE)
    refused = run(Case.from_dict(data)).refused
    assert refused is not None
    assert refused.detail.endswith(
        "put it down before what melts round it, and print that through an aperture wider than it"
    )
    data["step"][2:4] = reversed(data["step"][2:4])
    on_top = run(Case.from_dict(data))
    z = 200.0 + math.sqrt(200.0**2 - 180.0**2)
    (note,) = [note for note in on_top.notes if "on top" in note]
    assert note == (
        f"deposit Sn42Bi58: the stencil's aperture ends on the SAC305 at z = {z:.3f} µm, which is "
        "wider (r = 200 µm): it is printed on top of it, not round it"
    )
    data["step"][3]["stencil"]["radius"] = "230 um"
    joined = run(Case.from_dict(data))
    assert joined.refused is None
    lines = joined.result["stages"][0]["surface"]["contact_lines"]
    assert {line["feature"] for line in lines} == {"resist top edge", "SAC305"}
    assert not any("on top" in note for note in joined.notes)


def test_what_stands_in_a_stencils_aperture_is_told():
    """π·50²·100 µm³ of the post lie in the aperture of π·150²·100 µm³, 20 µm of it above."""
    done = run(Case.from_dict(tomllib.loads(STENCILED)))
    assert (
        "deposit SAC305: 0.7854 nl of solid stand in the stencil's aperture; the amount is that of "
        "the whole aperture, nothing is taken off (transfer = 0.8 takes it off)"
    ) in done.notes
    assert done.stages[0].melt.volume == pytest.approx(0.45 * math.pi * 150**2 * 100e-18, rel=1e-12)
    low = run(Case.from_dict(tomllib.loads(STENCILED.replace("120 um", "10 nm"))))
    assert not any("aperture" in note for note in low.notes)


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


SMALL_LAND = """
[case]
name = "small_land"
pitch = "1 mm"
[wetting]
"Cu" = "30 deg"
"solder resist" = "140 deg"
"FR4" = "140 deg"
[[step]]
do = "substrate"
pad = { radius = "18 um", thickness = "18 um", material = "Cu", proud = "18 um" }
base = { material = "FR4" }
[[step]]
do = "coat"
layer = "resist"
material = "solder resist"
thickness = "15 um"
opening = { radius = "25 um" }
[[step]]
do = "deposit"
solder = "SAC305"
ball = { diameter = "50 um" }
[[step]]
do = "reflow"
name = "attach"
peak = "245 degC"
"""


def test_a_ball_that_leans_on_a_rim_over_a_corner_says_so():
    """It would rest at the land's foot; the resist is in its way, and each remedy takes it out."""
    refused = run(Case.from_dict(tomllib.loads(SMALL_LAND))).refused
    assert refused.reason == "unfilled_corner"
    assert (
        "short of it, at r = 18 µm, z = -18 µm, it leans on resist at r = 25 µm" in refused.detail
    )
    for cure in ('"50 um" }=>"36 um" }', '"15 um"=>"5 um"', '"25 um"=>"35 um"'):
        stands = run(Case.from_dict(tomllib.loads(SMALL_LAND.replace(*cure.split("=>")))))
        assert stands.refused is None, cure


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


def test_gas_of_a_liquid_that_falls_is_not_judged_since_that_was_refused():
    """Solder has melted there: that is why it falls."""
    found = {
        c["id"]: c for c in run(Case.from_dict(tomllib.loads(HANGING_LAND))).result["conditions"]
    }
    for name in ("no-closed-void", "neighbours-clear"):
        assert (found[name]["verdict"], found[name]["reason"]) == ("not judged", "a was refused")
