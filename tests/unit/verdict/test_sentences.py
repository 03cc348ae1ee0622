"""What refusals and verdicts say of a joint or of a ball that hangs."""

from __future__ import annotations

import tomllib

import pytest

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

JOINT = """
[case]
name = "joint"
pitch = "0.8 mm"
[wetting]
"Cu" = "25 deg"
"solder resist" = "140 deg"
[[step]]
do = "substrate"
pad = { radius = "200 um", thickness = "30 um", material = "Cu" }
base = { material = "FR4" }
[[step]]
do = "coat"
layer = "mask"
material = "solder resist"
thickness = "50 um"
opening = { radius = "175 um" }
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
[[step]]
do = "substrate"
pad = { radius = "125 um", thickness = "20 um", material = "Cu" }
base = { material = "FR4" }
[[step]]
do = "coat"
layer = "mask"
material = "solder resist"
thickness = "20 um"
opening = { radius = "120 um" }
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
    assert (entry["verdict"], entry["reason"]) == ("fails", "the package floats on the liquid")


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
