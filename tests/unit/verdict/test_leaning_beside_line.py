"""A ball that leans on a mask over a moat, however narrow: the place told is where it enters."""

from __future__ import annotations

import re

import pytest
from scipy.optimize import brentq

from bump_process import case_of, masked_land
from bumpform.runner import run

CASE = """
[case]
name = "moat"
amounts = "liquid"
freezing = "none"
pitch = "1 mm"
[environment]
gravity = "0 m/s^2"
[wetting]
"Cu" = "30 deg"
"solder resist" = "140 deg"
"FR4" = "140 deg"
"""
BALL = """
[[step]]
do = "deposit"
solder = "SAC305"
ball = { diameter = "300 um" }
[[step]]
do = "reflow"
name = "last"
peak = "245 degC"
"""


@pytest.mark.parametrize("gap", [1e-4, 1e-2, 1.0, 10.0])
def test_a_ball_enters_the_wall_that_it_meets_first(gap):
    """Without gravity a cap on the pad is a circle, which meets the wall at the gap's far side."""
    stack = masked_land(pad=120, high=18, proud=0, mask=20, opening=120 + gap, layer="m")
    refused = run(case_of(CASE + stack + BALL)).refused
    told = re.search(r"leans on m at r = (\S+) µm, z = (\S+) (µm|nm)", refused.detail)
    high = brentq(lambda h: h * (3 * 120**2 + h**2) - 300**3, 120, 400)
    centre, radius = (high**2 - 120**2) / (2 * high), (high**2 + 120**2) / (2 * high)
    right = centre - (radius**2 - (120 + gap) ** 2) ** 0.5
    assert float(told[1]) == pytest.approx(120 + gap, abs=1e-3)  # six digits are told
    up = float(told[2]) * (1e-3 if told[3] == "nm" else 1.0)
    assert up == pytest.approx(right, rel=2e-3, abs=0.0)  # chords of the surface
