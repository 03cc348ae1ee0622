"""Joints that are films: solder just more than its room holds, under a package that lies level.

Reference  the same joint followed on the package's way down, where that can be: by thicker films
Expect     1e-9 relative, the product's promise: both are the same equilibrium, found in two ways
Exact      where no way is followed, a film between two edges is as thick as what is more than the
           room holds, over the area that it covers; its surface's bulge is of the order of
           thickness/radius, 1e-6, of that
Shot       under a package with a mask that solder lifts: tests/shooting_two.py, in RK8, to 1e-9 of
           each number's size
"""

from __future__ import annotations

import math

import pytest

from bump_process import COAT, HEAD, case_of, mount, step
from bumpform.case.case import Case
from bumpform.errors import ConvergenceError
from bumpform.process.mounts import mount as mounts
from bumpform.process.mounts import only_joint
from bumpform.runner import run
from shooting import plane, point
from shooting_two import Line, shoot_two

pytestmark = [pytest.mark.dolfinx, pytest.mark.slow]

UM = 1e-6
#: Promised of every number, relative.
TOLERANCE = 1e-9
#: Of the opening, µm.
RADIUS, DEEP = 60, 30


def joined(more, load, pad=RADIUS):
    """Of an opening that is filled with a part more than it holds; load in mN, pad in µm."""
    volume = math.pi * RADIUS**2 * DEEP * (1.0 + more) * UM**3
    text = HEAD + COAT + step(f'do = "deposit"\nsolder = "Sn63Pb37"\nvolume = "{volume!r} m^3"')
    held = {"load": f'"{load} mN"', "pad": f'{{ radius = "{pad} um", material = "Cu" }}'}
    ran = run(case_of(text + mount(name='"joint"', **held)))
    assert ran.refused is None
    return ran.result["stages"][-1]


def sizes(stage):
    lines = stage["surface"]["contact_lines"]
    return [x for line in lines for x in (line["r_m"], line["z_m"], line["angle_deg"])]


@pytest.mark.parametrize(
    ("more", "load", "pad", "states"),
    [
        (1e-3, 1, 60, ["pinned", "pinned"]),  # the opening's edge and the pad's, opposite
        (1e-3, 1, 40, ["pinned", "free"]),  # of the opening alone
        (1e-2, 1, 90, ["free", "pinned"]),  # of the pad alone
        (1e-3, 1000, 60, ["free", "free"]),  # driven out between two faces
    ],
)
def test_a_film_is_the_joint_to_which_the_package_comes_down(monkeypatch, more, load, pad, states):
    """A chart of places as far apart as bumps are wide does not have it."""
    followed = joined(more, load, pad)
    assert [line["state"] for line in followed["surface"]["contact_lines"]] == states

    def lost(*_):
        raise ConvergenceError("lost", 0, 0.0)

    monkeypatch.setattr(mounts, "_join", lost)
    monkeypatch.setattr(mounts, "film_over_room", lambda *_: None)
    assert sizes(joined(more, load, pad)) == pytest.approx(sizes(followed), rel=1e-9)
    monkeypatch.setattr(only_joint, "films", lambda *_: [])
    with pytest.raises(AssertionError):
        joined(more, load, pad)


@pytest.mark.parametrize("more", [1e-4, 2e-5])
def test_a_film_thinner_than_any_way_is_followed_is_found(more):
    """It was `not_converged`: the force changes by all of itself within a hair's breadth."""
    stage = joined(more, 1)
    (_, foot), (_, top) = [(x["r_m"], x["z_m"]) for x in stage["surface"]["contact_lines"]]
    assert foot == pytest.approx(DEEP * UM, rel=1e-12)
    assert top - foot == pytest.approx(more * DEEP * UM, rel=1e-4)
    # its error estimate bounds the error, and is no thicker than a 1e-6 of the film: it was
    # 0.3 µm, as Newton's last step, a part of this short curve, was taken for one of the drop
    errors = stage["equilibrium"]["error_estimate"]
    assert abs(top - DEEP * UM * (1.0 + more)) < errors["top.z_m"] < 1e-6 * more * DEEP * UM


def test_a_film_between_two_edges_that_are_not_opposite_is_found():
    """The pad is 1 nm wider than the opening, and the film twice as thick as that: it was
    `not_converged`, between thinner ones, which the mask's face holds, and thicker ones."""
    more, pad = 6.3e-5, 60.001
    stage = joined(more, 1, pad)
    assert [line["state"] for line in stage["surface"]["contact_lines"]] == ["pinned", "pinned"]
    over = RADIUS**2 + RADIUS * pad + pad**2
    thick = 3.0 * more * DEEP * RADIUS**2 / over * UM
    (_, foot), (_, top) = [(x["r_m"], x["z_m"]) for x in stage["surface"]["contact_lines"]]
    assert top - foot == pytest.approx(thick, abs=1e-9 * DEEP * UM)


@pytest.mark.parametrize("more", [0.063, 0.0631, 0.07, 0.075])
def test_a_package_that_squeezes_its_liquid_over_an_edge_comes_down_to_the_film(more):
    """Half way there Newton's method left for a surface that crosses itself: `penetration`, for
    some amounts between others."""
    load, pad, angle = 0.01, 62, math.radians(125.0)
    stage = joined(more, load, pad)
    liquid, (lower, upper) = stage["liquid"], stage["surface"]["contact_lines"]
    shot = shoot_two(
        Line(plane(DEEP * UM), lower["r_m"], angle),
        Line(point(pad * UM, upper["z_m"]), 0.0),
        math.pi * RADIUS**2 * DEEP * more * UM**3,
        capillarity=9.81 * liquid["density_kg_m3"] / liquid["surface_tension_N_m"],
        top=True,
        load=load * 1e-3 / liquid["surface_tension_N_m"],
    )
    assert upper["z_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)
    assert lower["r_m"] == pytest.approx(shot.r[0], rel=TOLERANCE)
    assert upper["angle_deg"] == pytest.approx(math.degrees(shot.theta[1]), rel=TOLERANCE)


#: Of copper in glass; of the mask over the package's pad, and its opening; of solder that fills it
#: and is a third as thick below as the pad is wide; µm.
PAD, MASK, OPENING = 21, 27, 17
LIFTED = f"""
[case]
name = "lifted"
pitch = "70 um"
[environment]
gravity = "0 m/s^2"
[wetting]
"Cu" = "25 deg"
"SiO2" = "140 deg"
"solder resist" = "140 deg"
[[step]]
do = "substrate"
pad = {{ radius = "{PAD} um", thickness = "20 um", material = "Cu" }}
base = {{ material = "SiO2" }}
[[step]]
do = "deposit"
solder = "Sn63Pb37"
"""


@pytest.mark.parametrize("amount", [0.034, 0.032])
def test_solder_that_lifts_a_mask_off_carries_it_higher_than_where_it_met_the_pad(amount):
    """It was `not_converged`: heights were looked at from there downwards only.

    With less, the search met solid further out and no surface from there: it was `penetration`.
    """
    resist = f'{{ material = "solder resist", thickness = "{MASK} um", '
    resist += f'opening = {{ radius = "{OPENING} um" }} }}'
    load = 0.1e-3
    pad = f'{{ radius = "{PAD} um", material = "Cu" }}'
    held = {"load": f'"{load} N"', "pad": pad, "resist": resist}
    ran = run(case_of(LIFTED + f'volume = "{amount} nl"\n' + mount(name='"joint"', **held)))
    assert ran.refused is None
    stage = ran.result["stages"][-1]
    liquid, (lower, upper) = stage["liquid"], stage["surface"]["contact_lines"]
    assert (lower["state"], upper["state"]) == ("pinned", "free")
    room = math.pi * (OPENING * UM) ** 2 * MASK * UM
    lines = (
        Line(point(PAD * UM), 0.0),
        Line(plane(upper["z_m"]), upper["r_m"], math.radians(140.0)),
    )
    shot = shoot_two(
        *lines,
        liquid["volume_m3"] - room,
        capillarity=0.0,
        top=True,
        load=load / liquid["surface_tension_N_m"],
    )
    assert upper["z_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)
    assert upper["r_m"] == pytest.approx(shot.r[1], rel=TOLERANCE)
    assert lower["angle_deg"] == pytest.approx(math.degrees(shot.theta[0]), rel=TOLERANCE)


def between_masks(fraction, wider=0.0, load=None, **case):
    """A package of 1 mg over two masks of 20 µm; of 60 µm of paste as wide, half fills both.

    Under a load, N, it is weightless, and its mask may be wider open.
    """
    opening = 150 * UM
    mask = {"material": "solder resist", "thickness": 20 * UM, "opening": {"radius": opening}}
    printed = {"radius": opening, "thickness": 60 * UM, "metal_fraction": fraction}
    steps = [
        {
            "do": "substrate",
            "pad": {"material": "Cu", "radius": 175 * UM, "thickness": 20 * UM},
            "base": {"material": "BT"},
        },
        {"do": "coat", "layer": "mask", **mask},
        {"do": "deposit", "solder": "SAC305", "stencil": printed},
        {
            "do": "mount",
            "name": "joint",
            "pad": {"material": "Cu", "radius": opening + wider, "thickness": 20 * UM},
            "base": {"material": "BT"},
            "resist": mask | {"opening": {"radius": opening + wider}},
            "peak": "245 degC",
            **({"mass": 1e-6} if load is None else {"load": load}),
        },
    ]
    case = {"name": "full", "pitch": "0.65 mm"} | case
    gravity = {} if load is None else {"environment": {"gravity": 0.0}}
    return run(Case.from_dict({"case": case, "step": steps} | gravity))


@pytest.mark.parametrize("more", [2e-3, 2e-4, 3e-5])
def test_what_is_more_than_the_room_between_two_masks_is_a_film_on_which_the_package_floats(more):
    """Its edges hold both lines, so it is as thick as volume and area say: what it bulges
    goes with the cube of that, below 1e-9 of the standoff. It was driven past the model's end."""
    ran = between_masks(0.5 * (1.0 + more))
    assert ran.refused is None
    metrics = ran.metrics["joint"]
    assert metrics["held_by"] == "liquid"
    assert metrics["standoff_m"] == pytest.approx(40 * UM * (1.0 + more), rel=1e-9)
    assert metrics["joint_force_N"] == pytest.approx(9.81e-6, rel=1e-9)


@pytest.mark.parametrize("more", [1e-4, 6e-4])
def test_a_film_may_hang_on_an_edge_and_on_the_wall_beside_it(more):
    """The package's mask is 0.2 µm wider open: the wall holds a line at its own angle, and the
    liquid's force is the load. Between 1e-5 and 1e-3 it was "past the model's outer radius".

    In closed form: so short a surface is an arc of the curvature that carries the load, to the
    square of its length by its radius, 4e-6."""
    wide, low, load = 150.2 * UM, 20 * UM, 1e-5
    room = math.pi * (150 * UM) ** 2 * low, math.pi * wide**2 * low
    fraction = sum(room) * (1.0 + more) / (4.0 * room[0])
    ran = between_masks(fraction, 0.2 * UM, load)
    assert ran.refused is None
    (stage,), standoff = ran.result["stages"], ran.metrics["joint"]["standoff_m"]
    lower, upper = stage["surface"]["contact_lines"]
    assert (lower["state"], upper["feature"]) == ("pinned", "package resist wall")
    (r, z), (s, top) = ((line["r_m"], line["z_m"]) for line in (lower, upper))
    length, along = math.hypot(s - r, top - z), math.atan2(top - z, s - r)
    end = math.radians(upper["admissible_deg"][0]) - 0.5 * math.pi  # against the level, by Young
    presses = load / (math.pi * wide**2) / stage["liquid"]["surface_tension_N_m"]
    curved = presses + (2.0 * math.sin(end) - math.sin(along)) / wide
    assert along + 0.5 * curved * length == pytest.approx(end, abs=4e-6)
    over = math.pi * (top - z) * (r * r + r * s + s * s) / 3.0
    bulge = 2.0 * math.pi * s * curved * length**3 / 12.0
    volume = room[0] + over + bulge + math.pi * wide**2 * (standoff - top)
    assert volume == pytest.approx(stage["liquid"]["volume_m3"], rel=TOLERANCE)


@pytest.mark.parametrize("fraction", [0.5 * (1.0 - 1e-9), 0.5, 0.5 * (1.0 + 1e-6)])
def test_a_room_between_two_masks_that_is_full_spreads_nowhere(fraction):
    """No surface is left, so none is told, nor that the liquid meets the next bump."""
    ran = between_masks(fraction)
    assert ran.refused.reason == "not_converged"
    assert ran.refused.detail.startswith("the liquid fills the room under the package to 0.001 %")
    assert "at a standoff of 40 µm, up to r = 150 µm" in ran.refused.detail
    (clear,) = (c for c in ran.conditions if c.id.startswith("neighbours-clear"))
    assert clear.verdict == "not judged"


def test_a_joint_that_lay_on_its_cup_when_it_froze_floats_again_when_it_melts():
    """Solid, it just fills the cup of a barrier that was cut off, and the package lies on the cut;
    molten it is more, and lifts it: no surface spans at the standoff at which it froze."""
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": 180 * UM, "thickness": 2 * UM, "material": "Ni"},
            "base": {"material": "FR4"},
        },
        {"do": "deposit", "solder": "SAC305", "volume": 8e-12},
        {"do": "reflow", "name": "bump", "peak": "260 degC"},
        {"do": "barrier", "material": "Co", "thickness": 4 * UM, "growth": "conformal"},
        {"do": "abrade", "to": 11 * UM},
        {
            "do": "mount",
            "name": "joint",
            "pad": {"radius": 120 * UM, "material": "Cu"},
            "base": {"material": "polyimide"},
            "load": 2e-5,
            "peak": "260 degC",
        },
        {"do": "reflow", "name": "again", "peak": "260 degC"},
    ]
    angles = {"Ni": "40 deg", "Co": "54 deg", "FR4": "140 deg"}
    angles |= {"polyimide": "145 deg", "Cu": "33 deg"}
    ran = run(
        Case.from_dict(
            {
                "case": {"name": "cup", "freezing": "shrinks"},
                "environment": {"gravity": 0.0},
                "wetting": angles,
                "step": steps,
            }
        )
    )
    assert ran.refused is None
    _, joint, again = ran.result["stages"]
    (foot, z), (line, top) = ((q["r_m"], q["z_m"]) for q in joint["surface"]["contact_lines"])
    gained = joint["liquid"]["volume_m3"] - joint["frozen"]["volume_m3"]
    film = math.pi * (top - z) * (foot**2 + foot * line + line**2) / 3.0
    assert film == pytest.approx(gained, rel=1e-5)  # what it bulges is 6e-6 of it
    assert sizes(again) == pytest.approx(sizes(joint), rel=TOLERANCE)


@pytest.mark.parametrize("more", [2e-2, 2e-4])
def test_a_film_that_goes_as_its_liquid_cools_is_told_however_thin_it_is(more):
    """Thinner than what the liquid loses on its way to its solidus it had no number, and ended in
    the words of Newton's method."""
    ran = between_masks(0.5 * (1.0 + more), freezing="shrinks")
    assert ran.refused.reason == "freezing"
    assert "shrinks until package resist wall and mask wall touch" in ran.refused.detail
