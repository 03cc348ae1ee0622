"""A joint that leans on a rim over a corner that it does not fill: said as of a ball alone."""

from __future__ import annotations

import pytest

from bump_process import case_of, land, masked_land
from bumpform.runner import run
from second_judge.compare import compare

HEAD = """
[case]
name = "moat"
amounts = "liquid"
freezing = "none"
pitch = "1 mm"
[wetting]
"Cu" = "30 deg"
"solder resist" = "140 deg"
"FR4" = "140 deg"
"""
LAND = land(pad=180, high=18, proud=18)
MASKED = masked_land(pad=180, high=18, proud=18, mask=25, opening=195, layer="resist")
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
ALONE = HEAD + MASKED + BALL + REFLOW
BELOW = HEAD + MASKED + BALL + MOUNT
ABOVE = HEAD + LAND + BALL + MOUNT + PACKAGE_RESIST
CASES = [
    pytest.param(ALONE, "resist", "r = 180 µm, z = -18 µm", id="alone"),
    pytest.param(BELOW, "resist", "r = 180 µm, z = -18 µm", id="below"),
    pytest.param(ABOVE, "package resist", "r = 180 µm", id="above"),
]


def ran(text):
    return run(case_of(text))


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


SMALL = HEAD + masked_land(pad=18, high=18, proud=18, mask=15, opening=25, layer="resist")
SMALL += BALL.replace("440 um", "50 um") + REFLOW


def test_a_small_ball_that_leans_on_a_rim_over_a_corner_says_so():
    """It would rest at the land's foot; the resist is in its way, and each remedy takes it out."""
    refused = ran(SMALL).refused
    assert refused.reason == "unfilled_corner"
    assert (
        "short of it, at r = 18 µm, z = -18 µm, it leans on resist at r = 25 µm" in refused.detail
    )
    for cure in ('"50 um" }=>"36 um" }', '"15 um"=>"5 um"', '"25 um"=>"35 um"'):
        stands = ran(SMALL.replace(*cure.split("=>")))
        assert stands.refused is None, cure
