"""Where a volume lies that something stands in is told, of boards and of packages alike.

Problem    a copper post of 40 µm in radius and 60 µm in height, a copper ball of 60 µm
Exact      a half ball round a post holds the post's volume, too; a post, and all within its side
"""

from __future__ import annotations

import math
import re

import pytest

from bumpform.case.case import Case
from bumpform.geometry.roots import find_root
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

UM = 1e-6
RADIUS, HEIGHT = 40 * UM, 60 * UM
PAD = {"radius": 150 * UM, "thickness": 18 * UM, "material": "Cu"}
POST = {"do": "plate", "layer": "post", "material": "Cu", "radius": RADIUS, "thickness": HEIGHT}
BALL = {"do": "core", "material": "Cu", "diameter": 60 * UM}
WET = {"Cu": "30 deg", "FR4": "140 deg"}


def on_board(volume, *standing, deposit=None):
    """What is told of a volume, or another deposit, on a land with something on it."""
    steps = [
        {"do": "substrate", "pad": PAD, "base": {"material": "FR4"}},
        *standing,
        {"do": "deposit", "solder": "SAC305", **(deposit or {"volume": volume})},
    ]
    return _told(steps)


def on_package(volume):
    """The same of a package whose pillar is the post, its pad as wide as that."""
    paste = {"radius": 150 * UM, "thickness": 100 * UM, "metal_fraction": 0.5}
    steps = [
        {"do": "substrate", "pad": PAD, "base": {"material": "FR4"}},
        {"do": "deposit", "solder": "SAC305", "stencil": paste},
        {
            "do": "mount",
            "name": "joint",
            "pad": {**PAD, "radius": RADIUS},
            "base": {"material": "FR4"},
            "pillar": {"material": "Cu", "radius": RADIUS, "height": HEIGHT},
            "solder": {"solder": "SAC305", "volume": volume},
            "load": "10 uN",
            "peak": "245 degC",
        },
    ]
    return _told(steps)


def _told(steps):
    ran = run(Case.from_dict({"case": {"name": "volume"}, "wetting": WET, "step": steps}))
    return [note for note in ran.notes if "its volume" in note or "the column" in note]


def half_ball(volume):
    """Radius of a half ball that holds a volume and the post, µm, as it is told."""
    whole = volume + math.pi * RADIUS**2 * HEIGHT
    return f"{(1.5 * whole / math.pi) ** (1.0 / 3.0) / UM:.6g} µm"


def test_a_volume_beside_nothing_or_on_a_flat_top_is_where_it_is_looked_for():
    assert on_board(1e-12) == []
    assert on_package(1e-13) == []


def test_a_volume_on_a_posts_top_is_told_where_its_land_shows():
    """Of 36 µm in radius; on a land no wider than the post there is no other place for it."""
    on_top = "deposit SAC305: its volume lies on top of the post, and round its foot there is none"
    [told] = on_board(1e-13, POST)
    assert told == f"{on_top}: a column wider and lower than it would lie round it"
    assert on_board(1e-13, {**POST, "radius": PAD["radius"]}) == []


def test_a_column_round_a_post_is_no_column_on_the_axis():
    """The remedy, taken: it lies round the post, and has no height on the axis to be told."""
    column = {"radius": 150 * UM, "height": 5 * UM}
    [told] = on_board(None, POST, deposit={"column": column})
    assert told.startswith("deposit SAC305: its volume lies round the post, from r = 40 µm to 150")


def test_a_volume_over_a_post_is_told_to_stand_at_its_root():
    out = half_ball(1e-12)
    covers = "SAC305: its volume covers the {} and lies round it, out to r = {} on the {}"
    assert on_board(1e-12, POST) == [f"deposit {covers.format('post', out, 'pad')}"]
    assert on_package(1e-12) == [f"joint: the package's {covers.format('pillar', out, 'base')}"]


def test_a_volume_round_a_ball_over_an_opening_lies_round_the_ball():
    """Not round the pad in the opening, which is what it reaches next to the axis."""
    resist = {
        "do": "coat",
        "layer": "resist",
        "material": "solder resist",
        "thickness": 10 * UM,
        "opening": {"radius": 50 * UM},
    }
    [told] = on_board(1e-13, resist, BALL)
    assert told.startswith("deposit SAC305: its volume lies round the core, from r = 0 µm to ")


@pytest.mark.parametrize(
    ("standing", "name", "inner"), [((BALL,), "core", "0"), ((POST, BALL), "post", "40")]
)
def test_a_volume_at_the_foot_of_a_ball_or_of_its_post_is_told_to_lie_there(standing, name, inner):
    """Too little to cover the ball: round it; on a post, at the post's root."""
    [told] = on_board(5e-14, *standing)
    assert told.startswith(f"deposit SAC305: its volume lies round the {name}, from r = {inner} µm")
    assert told.endswith(
        "leaves the top bare: a ball, or a column no wider than the top, would lie on it"
    )


@pytest.mark.parametrize("first", ["1.1 nl", "2.2 nl"])
def test_a_volume_round_a_dome_that_ends_on_a_wall_begins_where_its_level_meets_the_dome(first):
    """The dome is a piece of a ball but for its weight, ρ g r²/σ = 2e-3: of the cylinder on its
    line, up to the level, the dome's part is taken off. In the opening and over its rim alike."""
    opening, volume = 100 * UM, 5e-13
    resist = {"material": "solder resist", "thickness": 60 * UM, "opening": {"radius": opening}}
    steps = [
        {"do": "substrate", "pad": PAD, "base": {"material": "FR4"}},
        {"do": "coat", "layer": "mask", **resist},
        {"do": "deposit", "solder": "Pb95Sn5", "volume": first},
        {"do": "reflow", "name": "first", "peak": "350 degC"},
        {"do": "deposit", "solder": "Sn63Pb37", "volume": volume},
    ]
    ran = run(Case.from_dict({"case": {"name": "dome"}, "step": steps}))
    surface = ran.result["stages"][0]["surface"]
    high = surface["apex_z_m"] - surface["contact_lines"][0]["z_m"]
    ball = (opening**2 + high**2) / (2.0 * high)

    def left(under):  # of the volume, over a level so far under the apex
        caps = (math.pi * h**2 * (ball - h / 3.0) for h in (high, under))
        return volume - math.pi * opening**2 * (high - under) + next(caps) - next(caps)

    under = find_root(left, 0.0, high)
    [told] = [note for note in ran.notes if "its volume" in note]
    inner = re.search(r"lies round the Pb95Sn5, from r = (\S+) µm to 100 µm", told)
    assert float(inner[1]) * UM == pytest.approx(math.sqrt(under * (2.0 * ball - under)), rel=2e-3)
