"""What a run tells of its solder: its angles, what holds it, paste, and where it is printed."""

from __future__ import annotations

import math
import tomllib

import pytest

from bump_process import masked_land
from bumpform.case.case import Case
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

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
"""
BALL_ON_PASTE += masked_land(pad=200, high=18, mask=20, opening=180, layer="resist")
BALL_ON_PASTE += """
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
