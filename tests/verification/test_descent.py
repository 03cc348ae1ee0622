"""A contact line reaches its rest from wherever it starts beside it.

Problem    drops on a plane; the force on the line is sampled, so that the place of rest is first
           known to a few per cent of the drop's length only
Exact      on a plane there is one equilibrium, and every start leads to it
Expect     the same radius to 1e-9, also for starts between the sampled place and the true one
"""

from __future__ import annotations

import numpy as np
import pytest

import scenes

pytestmark = pytest.mark.dolfinx


@pytest.mark.parametrize(
    ("degrees", "gravity"), [(40, 300.0), (40, 9.81), (90, 300.0), (140, -9.81)]
)
def test_starts_on_both_sides_of_the_rest(degrees, gravity):
    """From 6 % inside to 6 % outside, in steps finer than the sampling's error."""
    a = 1e-4
    plane = scenes.plane(9 * a)
    exact = scenes.rest(plane, (degrees,), a**3, gravity, (0, 0.3)).values["outer.r_m"]
    for start in exact * np.linspace(0.94, 1.06, 25):
        found = scenes.rest(plane, (degrees,), a**3, gravity, (0, float(start / (9 * a))))
        assert found.values["outer.r_m"] == pytest.approx(exact, rel=1e-9), start / exact
