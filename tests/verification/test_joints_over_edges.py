"""Joints that a package presses over the edges of what they stand on, against shooting.

Problem    a ball squeezed over a mask that hardly wets; a land as flat as a QFN's thermal pad; a
           capped pillar, whose cap may run down its side: each with and without a line's way over
           an edge next to the height at which it floats
Reference  shooting from line to line (``shooting_two``), the states of the lines given
Expect     1e-9 relative, the product's promise; neighbours alike
"""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.runner import run
from bumpform.surface.joints.joint import GlidingError
from joints import UM
from shooting import plane, point
from shooting_two import Line, shoot_two
from two_lines import EARTH, TOLERANCE, liquid_of

pytestmark = pytest.mark.dolfinx


def solved(gravity, wetting, steps, mount):
    """A stack with solder on it and a package, as run; its last stage must be there."""
    made = Case.from_dict(
        {
            "case": {"name": "edges"},
            "environment": {"gravity": gravity},
            "wetting": wetting,
            "step": [
                *steps,
                {"do": "mount", "name": "joint", "base": {"material": "FR4"}, **mount},
            ],
        }
    )
    ran = run(made)
    assert ran.refused is None, ran.refused
    return ran


def substrate(pad, material="Cu", base="FR4"):
    made = {"radius": pad, "thickness": 30 * UM, "material": material}
    return {"do": "substrate", "pad": made, "base": {"material": base}}


def mask(thickness, opening, material="solder resist", layer="mask"):
    made = {"do": "coat", "layer": layer, "material": material, "thickness": thickness}
    return made | {"opening": {"radius": opening}}


def agrees(ran, lower, upper, load, size, gravity=EARTH):
    """Standoff, lines and width of the joint to 1e-9 of a length."""
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    volume, tension, b = liquid_of(stage, gravity)
    shot = shoot_two(lower, upper, volume, capillarity=b, top=True, load=load / tension)
    lines = stage["surface"]["contact_lines"]
    got = (metrics["standoff_m"], metrics["ball_diameter_m"], *(line["r_m"] for line in lines))
    exact = (shot.z[1], 2.0 * shot.max_r, *shot.r)
    assert got == pytest.approx(exact, rel=TOLERANCE, abs=TOLERANCE * size)
    assert metrics["joint_force_N"] == pytest.approx(load, abs=TOLERANCE * tension * size)
    return metrics["standoff_m"]


# a ball on a mask

OPENING, MASK = 150 * UM, 40 * UM


@pytest.mark.slow
@pytest.mark.parametrize("load", [5e-4, 1e-3, 2e-3])
@pytest.mark.parametrize("degrees", [157.5, 158, 170, 179.9])
def test_ball_squeezed_over_a_mask_that_hardly_wets(degrees, load):
    """A barrel far wider than its opening stands on the mask at Young's angle.

    On its way over the rim it overhangs the mask, and dips into its top for a step of the search:
    this is no angle below zero on the opening's wall, down which the line would dewet. Nor is the
    mirror image of Young's angle, above 180°, an angle at rest.
    """
    ran = solved(
        EARTH,
        {"Cu": "25 deg", "solder resist": f"{degrees} deg"},
        [
            substrate(175 * UM),
            mask(MASK, OPENING),
            {"do": "deposit", "solder": "SAC305", "ball": {"diameter": "450 um"}},
            {"do": "reflow", "name": "ball", "peak": "245 degC"},
        ],
        {"pad": {"radius": 172 * UM, "material": "Cu"}, "load": load, "peak": "245 degC"},
    )
    below, above = ran.result["stages"][-1]["surface"]["contact_lines"]
    assert (below["feature"], above["feature"]) == ("mask top", "package base")
    young = math.radians(above["admissible_deg"][0])
    hold = plane(MASK, 0.5 * OPENING**2 * MASK)
    lower = Line(hold, 230 * UM, math.radians(degrees))
    agrees(ran, lower, Line(plane(220 * UM), 260 * UM, young), load, OPENING)


# a flat land

LAND, LAND_MASK, WEIGHT = 1800 * UM, 25 * UM, 60e-6 * 9.80665


def flat(pad, stencil, gravity=EARTH, weight=WEIGHT):
    """Paste on a land of 1.8 mm in a mask, under a package's pad as flat."""
    paste = {"radius": "1.5 mm", "thickness": stencil, "metal_fraction": 0.5, "transfer": 0.9}
    return solved(
        gravity,
        {},
        [
            substrate(2000 * UM),
            mask(LAND_MASK, LAND),
            {"do": "deposit", "solder": "SAC305", "stencil": paste},
        ],
        {
            "pad": {"radius": pad, "material": "Cu"},
            "base": {"material": "epoxy"},
            "load": weight,
            "peak": "245 degC",
        },
    )


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [EARTH, 0.0])
@pytest.mark.parametrize("stencil", [80.1, 81, 86, 130, 200])
def test_flat_land(stencil, gravity):
    """Between rims alike it is all but a cylinder, whatever the paste: its height is the volume's.

    As the package comes down its pull is thousands of times its weight, and turns into a push
    within a thousandth of the gap as the liquid climbs the opening's wall.
    """
    ran = flat(LAND, stencil * UM, gravity)
    hold = point(LAND, LAND_MASK, 0.5 * LAND**2 * LAND_MASK)
    volume = liquid_of(ran.result["stages"][-1], gravity)[0]
    height = volume / (math.pi * LAND**2)
    lower, upper = Line(hold, 0.0), Line(point(LAND, height), 0.0)
    standoff = agrees(ran, lower, upper, WEIGHT, LAND, gravity)
    assert standoff == pytest.approx(height, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("pad", [1.79, 1.8, 1.81])
def test_flat_land_under_a_pad_of_another_size(pad):
    """It leans in or out of the land's rim to the pad's, and holds at both."""
    ran = flat(pad * 1e-3, 125 * UM)
    hold = point(LAND, LAND_MASK, 0.5 * LAND**2 * LAND_MASK)
    height = liquid_of(ran.result["stages"][-1], EARTH)[0] / (
        math.pi * LAND**2
    )  # nearly a flat disc
    agrees(ran, Line(hold, 0.0), Line(point(pad * 1e-3, height), 0.0), WEIGHT, LAND)


def test_flat_land_under_a_wider_pad():
    """Further out than the land the lower line slides on the mask after the pad's rim."""
    pad = 1860 * UM
    ran = flat(pad, 125 * UM)
    below, above = ran.result["stages"][-1]["surface"]["contact_lines"]
    assert (below["feature"], above["state"]) == ("mask top", "pinned")
    hold = plane(LAND_MASK, 0.5 * LAND**2 * LAND_MASK)
    lower = Line(hold, pad - 15 * UM, math.radians(below["angle_deg"]))
    volume = liquid_of(ran.result["stages"][-1], EARTH)[0]
    height = LAND_MASK + (volume / math.pi - LAND**2 * LAND_MASK) / pad**2  # nearly flat discs
    agrees(ran, lower, Line(point(pad, height), 0.0), WEIGHT, LAND)


# a capped pillar

PILLAR, PILLAR_TOP, NICKEL = 30 * UM, 43 * UM, 3 * UM


def capped(height, copper, nickel, load, pad=PILLAR):
    """A copper pillar with nickel and a column of solder on it, melted, under a package's pad."""
    plated = {"do": "plate", "role": "additional", "radius": PILLAR}
    return solved(
        EARTH,
        {"Cu": f"{copper} deg", "Ni": f"{nickel} deg", "SiO2": "140 deg"},
        [
            substrate(40 * UM, "Al", "SiO2"),
            mask(5 * UM, 25 * UM, "polyimide", "passivation"),
            mask(80 * UM, PILLAR, "photoresist", "resist"),
            {**plated, "layer": "pillar", "material": "Cu", "thickness": PILLAR_TOP - NICKEL},
            {**plated, "layer": "ni", "material": "Ni", "thickness": NICKEL},
            {
                "do": "deposit",
                "solder": "Sn96.5Ag3.5",
                "column": {"radius": PILLAR, "height": height},
            },
            {"do": "strip", "layer": "resist"},
            {"do": "reflow", "name": "cap", "peak": "250 degC"},
        ],
        {
            "pad": {"radius": pad, "thickness": 10 * UM, "material": "Cu", "proud": 10 * UM},
            "load": load,
            "peak": "250 degC",
        },
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("copper", "nickel", "load"),
    [(30, 30, 1e-5), (35, 35, 5e-5), (35, 25, 5e-5), (20, 40, -5e-6)],
)
@pytest.mark.parametrize("height", [3, 6, 8, 8.13, 10.5, 10.64])
def test_capped_pillar(height, copper, nickel, load):
    """A thin cap holds at the pillar's rim and at the pad's, however it got there.

    A package that comes down by a step beyond the balance would press it over both rims and down
    the sides, where other balances are, some of them unstable.
    """
    ran = capped(height * UM, copper, nickel, load)
    lower = Line(point(PILLAR, PILLAR_TOP), 0.0)
    agrees(ran, lower, Line(point(PILLAR, PILLAR_TOP + height * UM), 0.0), load, PILLAR)


@pytest.mark.slow
@pytest.mark.parametrize("height", [22, 23, 24])
def test_cap_that_runs_down_to_the_copper(height):
    """A thicker one under a wider pad runs over the nickel's side, and stops where the copper is.

    Gibbs' bound at the rim is 25° + 90°; the copper wets less than the nickel.
    """
    ran = capped(height * UM, 35, 25, 1e-6, pad=35 * UM)
    below, _ = ran.result["stages"][-1]["surface"]["contact_lines"]
    assert below["z_m"] == pytest.approx(PILLAR_TOP - NICKEL, rel=TOLERANCE)
    hold = point(PILLAR, PILLAR_TOP - NICKEL, -0.5 * PILLAR**2 * NICKEL)
    upper = Line(point(35 * UM, 60 * UM), 0.0)
    agrees(ran, Line(hold, 0.0), upper, 1e-6, PILLAR)


@pytest.mark.slow
@pytest.mark.parametrize("load", [2e-3, 4e-3])
def test_film_that_one_edge_holds(load):
    """Pressed to a film on a wide land, its upper line slides on a package that hardly wets.

    The lower line passes its edge within a hair's breadth of the height where the film carries the
    load: held there, the upper one goes on to where it is at rest.
    """
    land, heavy = 630 * UM, 169.0
    pad = {"radius": land, "thickness": 250 * UM, "material": "Cu", "proud": 250 * UM}
    ran = solved(
        heavy,
        {"Cu": "60 deg", "SiO2": "140 deg", "FR4": "119.2 deg"},
        [{"do": "substrate", "pad": pad, "base": {"material": "SiO2"}}],
        {
            "pad": {"radius": 295 * UM, "material": "Cu"},
            "solder": {"solder": "SAC105", "volume": "8 nl"},
            "load": load,
            "peak": "239 degC",
        },
    )
    upper = Line(plane(7 * UM), 625 * UM, math.radians(119.2))
    agrees(ran, Line(point(land), 0.0), upper, load, land, heavy)


def test_a_joint_inside_of_the_solid_is_none():
    """Squeezed out of a cavity that hardly wets, its surface would run below the mask.

    The mirror image of Young's angle at the cavity's floor, 242°, has the same cosine. Such a line
    is pushed on, out of the cavity, to the corner that both masks make and it does not fill.
    """
    made = Case.from_dict(
        {
            "case": {"name": "squeezed"},
            "wetting": {"Au": "58 deg", "Ni": "47.2 deg", "polyimide": "117.6 deg",
                        "solder resist": "163.5 deg", "BCB": "121.9 deg"},
            "step": [
                substrate(20.4066 * UM, "Au", "polyimide"),
                {**mask(2.68425 * UM, 21.57776 * UM, layer="lower"),
                 "opening": {"radius": 21.57776 * UM, "sidewall": "67.4 deg"}},
                {**mask(5.082 * UM, 24.33095 * UM, "BCB", "upper"),
                 "opening": {"radius": 24.33095 * UM, "sidewall": "114.915 deg"}},
                {"do": "deposit", "solder": "Pb90Sn10",
                 "stencil": {"radius": 24.33095 * UM, "thickness": 9.29133 * UM,
                             "transfer": 0.967245, "metal_fraction": 1.0}},
                {"do": "mount", "name": "joint", "base": {"material": "polyimide"},
                 "pad": {"radius": 28.1918 * UM, "material": "Ni"}, "load": 1.18e-3,
                 "peak": "335.68 degC"},
            ],
        }
    )  # fmt: skip
    ran = run(made)
    assert ran.refused is not None
    assert ran.refused.reason == "unfilled_corner"
    assert "corner of lower top and upper wall" in ran.refused.detail


def test_a_limit_of_turns_is_no_verdict_on_the_liquid():
    """Lines that still move when the search gives up have not converged."""
    assert GlidingError(None).reason == "not_converged"


@pytest.mark.parametrize("part", [0.93, 0.94])
def test_a_corner_of_the_opening_stays_empty_from_where_the_joint_is_as_wide_as_that(part):
    """Copper ends 10 µm short of the wall: base and wall repel, 140° + 144° are more than the
    180° + 90° of their corner. What is shot between both bases alone says whether it is met."""
    volume = part * math.pi * 60**2 * 30 * UM**3
    pad = {"material": "Cu", "radius": 50 * UM}
    opening = {"radius": 60 * UM}
    steps = [
        {"do": "substrate", "pad": pad | {"thickness": 5 * UM}, "base": {"material": "SiO2"}},
        {
            "do": "coat",
            "layer": "mask",
            "material": "polyimide",
            "thickness": 30 * UM,
            "opening": opening,
        },
        {"do": "deposit", "solder": "Sn63Pb37", "volume": volume},
        {
            "do": "mount",
            "name": "joint",
            "pad": pad,
            "base": {"material": "SiO2"},
            "load": 1e-3,
            "peak": "220 degC",
        },
    ]
    data = {"case": {"name": "corner", "pitch": "400 um"}, "environment": {"gravity": 0.0}}
    angles = {"Cu": "25 deg", "SiO2": "140 deg", "polyimide": "144 deg"}
    ran = run(Case.from_dict(data | {"wetting": angles, "step": steps}))
    young = math.radians(140.0)
    ends = Line(plane(), 53 * UM, young), Line(plane(30 * UM), 53 * UM, young)
    shot = shoot_two(*ends, volume, capillarity=0.0, top=True)
    if shot.max_r > 60 * UM:
        assert ran.refused.reason == "unfilled_corner"
    else:
        assert ran.result["stages"][-1]["surface"]["max_radius_m"] == pytest.approx(
            shot.max_r, rel=1e-9
        )
    assert (shot.max_r > 60 * UM) == (part > 0.935)
