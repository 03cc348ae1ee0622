"""Joints over a post on the stack, whose package comes to lie on it, followed in time.

Reference  the meridian solver's rest, a wholly independent way to the same one
Expect     1e-4 of the drop's length
"""

from __future__ import annotations

from itertools import pairwise

import pytest

import bumpform
from bump_process import case_of, land
from bumpform.melting.motion.melt import follow
from bumpform.melting.shapes.edges import over_edges
from melts import rises

pytestmark = [pytest.mark.dolfinx, pytest.mark.slow]

CASE = """
[case]
name = "post"
[wetting]
"Cu" = "30 deg"
"FR4" = "140 deg"
{land}
[[step]]
do = "plate"
layer = "post"
material = "Cu"
radius = "{post[0]} um"
thickness = "{post[1]} um"
[[step]]
do = "deposit"
solder = "Sn42Bi58"
stencil = {{ radius = "{paste[0]} um", thickness = "{paste[1]} um", metal_fraction = 0.5 }}
[[step]]
do = "mount"
name = "joint"
pad = {{ radius = "{pad} um", material = "Cu" }}
base = {{ material = "FR4" }}
peak = "180 degC"
{hold}
"""


def followed(**values):
    text = CASE.format(land=land(pad=200, high=35, proud=0), **values)
    return follow(bumpform.run(case_of(text)), "joint")


def off(melted):
    """The largest difference of a length, by the drop's."""
    differences, length = melted.end.differences, melted.start.drop.length
    return max(abs(v) / length for k, v in differences.items() if k.endswith("_m"))


@pytest.mark.parametrize("pad", [58, 60])
def test_what_leaves_a_package_that_lies_on_a_post_is_a_ring(pad):
    """Its line on the package comes in to the post's edge, and there is nothing between the two
    from there on. (The film over that edge was told as 0 nm thin.)"""
    melted = followed(post=(60, 100), paste=(180, 110), pad=pad, hold='load = "50 uN"')
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    assert off(melted) < 1e-4
    told = [words for _, words in melted.events if "leaves" in words]
    assert told == [
        "the liquid leaves the package pad, which lies on the post top: it is a ring round that"
    ]
    assert not rises(melted)
    rows = melted.history
    assert "standoff_m" in rows[0]
    assert rows[-1]["inner.r_m"] == pytest.approx(60e-6, rel=1e-9)
    assert all(a["dissipated_J"] <= b["dissipated_J"] for a, b in pairwise(rows))
    ring = [row for row in rows if "inner.r_m" in row]
    lost = ring[0]["energy_J"] - ring[-1]["energy_J"]
    heat = ring[-1]["dissipated_J"] - ring[0]["dissipated_J"]
    assert heat == pytest.approx(lost, rel=0.01)


def test_paste_on_a_post_begins_outside_of_it():
    """As high as its metal lies level it would not cover the post: it sinks onto that, and its
    outline ran through the post's edge."""
    melted = followed(post=(80, 30), paste=(200, 40), pad=60, hold='standoff = "36 um"')
    first = melted.frames[0]
    assert all(film > 0.0 for film in over_edges(first.step.shape, first.start.floor).values())
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    assert off(melted) < 1e-4
