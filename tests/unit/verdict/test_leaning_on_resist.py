"""A joint that leans on a rim over a corner that it does not fill: said as of a ball alone."""

from __future__ import annotations

import tomllib

import pytest

from bumpform.case.case import Case
from bumpform.runner import run
from second_judge.compare import compare

STACK = """
[case]
name = "moat"
amounts = "liquid"
freezing = "none"
pitch = "1 mm"
[wetting]
"Cu" = "30 deg"
"solder resist" = "140 deg"
"FR4" = "140 deg"
[[step]]
do = "substrate"
pad = { radius = "180 um", thickness = "18 um", material = "Cu", proud = "18 um" }
base = { material = "FR4" }
"""
RESIST = """
[[step]]
do = "coat"
layer = "resist"
material = "solder resist"
thickness = "25 um"
opening = { radius = "195 um" }
"""
BALL = """
[[step]]
do = "deposit"
solder = "SAC305"
ball = { diameter = "440 um" }
"""
REFLOW = """
[[step]]
do = "reflow"
name = "last"
peak = "245 degC"
"""
MOUNT = """
[[step]]
do = "mount"
name = "last"
pad = { radius = "180 um", material = "Cu", thickness = "18 um" }
base = { material = "FR4", thickness = "0.3 mm" }
load = "100 uN"
peak = "245 degC"
"""
PACKAGE_RESIST = (
    'resist = { material = "solder resist", thickness = "25 um", opening = { radius = "195 um" } }'
)
ALONE = STACK + RESIST + BALL + REFLOW
BELOW = STACK + RESIST + BALL + MOUNT
ABOVE = STACK + BALL + MOUNT + PACKAGE_RESIST
CASES = [
    pytest.param(ALONE, "resist", "r = 180 µm, z = -18 µm", id="alone"),
    pytest.param(BELOW, "resist", "r = 180 µm, z = -18 µm", id="below"),
    pytest.param(ABOVE, "package resist", "r = 180 µm", id="above"),
]


def ran(text):
    return run(Case.from_dict(tomllib.loads(text)))


@pytest.mark.parametrize(("text", "resist", "line"), CASES)
def test_what_leans_on_a_resist_says_where_and_what_helps(text, resist, line):
    """Its line is at the land's foot, and each remedy takes the resist out of its way."""
    refused = ran(text).refused
    assert refused.reason == "unfilled_corner"
    assert f"with its line short of it, at {line}, it leans on {resist} at r = " in refused.detail
    assert f"give less solder, or keep {resist} clear of it (thinner, or further out)" in (
        refused.detail
    )
    for remedy in ('"440 um"=>"300 um"', '"25 um"=>"5 um"', '"195 um"=>"250 um"'):
        stands = ran(text.replace(*remedy.split("=>")))
        assert stands.refused is None, (remedy, stands.refused)


@pytest.mark.parametrize(("text", "resist", "line"), CASES)
def test_no_condition_says_other_than_the_refusal(text, resist, line):
    """It does rest on the resist; and of gas that is not followed nobody knows that it is none."""
    done = ran(text)
    told = {c["id"]: (c["verdict"], c["reason"]) for c in done.result["conditions"]}
    assert told["corners-filled"] == ("fails", "last was refused for this corner")
    assert told["no-closed-void"] == (
        "not judged",
        "last was refused for a corner that the liquid leaves empty: the gas in it is not followed",
    )
    assert not compare(done).differences
