"""Ordinary drops find their rest, wherever their deposit touches the solid first.

Problem    balls, paste and columns on lands and planes, standing and hanging, and over openings
Exact      independent shooting; a spherical cap without gravity; the same amount put down otherwise
Expect     heights and radii to 1e-8 of the drop's length, from every start
"""

from __future__ import annotations

import math

import pytest

import scenes
from bumpform.case.case import Case
from bumpform.errors import NoEquilibriumError
from bumpform.geometry.profile import Profile, Station
from bumpform.runner import run
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.search.cap_or_ring import reach_any
from shooting import Cone, Sphere, plane, point, shoot
from shooting_two import Line, shoot_two
from two_lines import liquid_of

pytestmark = pytest.mark.dolfinx

UM, MM = 1e-6, 1e-3
BONDS = [0.0, 1e-3, 0.1, 0.3, 1.0, 2.0, 3.0]
BONDS += [pytest.param(bond, marks=pytest.mark.slow) for bond in (5.0, 8.0, 12.0, 20.0)]
DEGREES = [1, 3, 8, 20, 40, 60, 75, 90, 100, 110, 120, 130, 140, 150, 160, 165, 170, 174, 177, 179]


@pytest.mark.slow
@pytest.mark.parametrize("bond", BONDS)
def test_balls_on_planes(bond):
    """From their first touch on the axis, at which liquid sags over the line, to any angle."""
    gravity = bond * scenes.TENSION / (scenes.DENSITY * MM**2)
    for degrees in DEGREES:
        exact = shoot(
            plane(),
            MM**3,
            capillarity=bond / MM**2,
            angle=math.radians(degrees),
            bracket=(1e-3 * MM, 9 * MM),
        )
        found = scenes.rest(scenes.plane(12 * MM), (degrees,), MM**3, gravity, (0, 0.0))
        assert found.values["outer.r_m"] == pytest.approx(exact.r, rel=1e-8), degrees


def on_land(kind, radius, pitch, **amount):
    """One reflow on a land that copper or mask defines."""
    copper = {"radius": 1.3 * radius if kind == "mask" else radius, "thickness": 35 * UM}
    steps = [
        {"do": "substrate", "pad": {**copper, "material": "Cu"}, "base": {"material": "FR4"}},
        {"do": "deposit", "solder": "Sn63Pb37", **amount},
        {"do": "reflow", "name": "reflow", "peak": "215 degC"},
    ]
    if kind == "mask":
        mask = {"layer": "mask", "material": "solder resist", "thickness": 20 * UM}
        steps.insert(1, {"do": "coat", **mask, "opening": {"radius": radius}})
    return run(Case.from_dict({"case": {"name": "land", "pitch": pitch}, "step": steps}))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["copper", "mask"])
@pytest.mark.parametrize("ratio", [0.35, 0.7, 1.2])
@pytest.mark.parametrize("diameter", [50, 200, 630, 760, 1270, 2000])
def test_ball_volume_stencil_and_column_of_one_amount_end_alike(diameter, ratio, kind):
    """History does not differ on a land that is wetted: from the axis as from its edge.

    The stencil lies on the mask, 20 µm thick, and its paste fills the opening too. A ball that does
    not reach the land stays over the gas in the mask's opening.
    """
    half = 0.5 * diameter * UM
    volume, radius = 4 / 3 * math.pi * half**3, ratio * half
    height = volume / (math.pi * radius**2)
    part = height / (2 * height + (20 * UM if kind == "mask" else 0.0))
    amounts = [
        {"ball": {"diameter": 2 * half}},
        {"volume": volume},
        {"stencil": {"radius": radius, "thickness": 2 * height, "metal_fraction": part}},
        {"column": {"radius": radius, "height": height}},
    ]
    if kind == "mask" and ratio < 1.0 and half * (1.0 - math.sqrt(1.0 - ratio**2)) < 20 * UM:
        done = on_land(kind, radius, 20 * half, **amounts.pop(0))
        assert done.refused.reason == "gas_shut_in"
    told = [on_land(kind, radius, 20 * half, **a).metrics["reflow"] for a in amounts]
    for other in told[1:]:
        assert other["ball_height_m"] == pytest.approx(told[0]["ball_height_m"], abs=1e-8 * half)
        assert other["contact_radius_m"] == pytest.approx(
            told[0]["contact_radius_m"], abs=1e-8 * half
        )


@pytest.mark.parametrize(("mil", "land"), [(12, 5.5), (20, 9), (30, 12.5), (40, 16), (60, 30)])
def test_balls_of_the_trade_pinned_on_their_lands(mil, land):
    """The drop on the land's edge, by shooting with the stage's own liquid."""
    inch = 25.4 * UM
    done = on_land("copper", land * inch, 20 * mil * inch, ball={"diameter": mil * inch})
    liquid, told = done.result["stages"][0]["liquid"], done.metrics["reflow"]
    weight = liquid["density_kg_m3"] * 9.81 / liquid["surface_tension_N_m"]
    exact = shoot(point(land * inch), liquid["volume_m3"], capillarity=weight, bracket=0.0)
    assert told["ball_height_m"] == pytest.approx(exact.apex_z, rel=1e-8)
    assert told["ball_diameter_m"] == pytest.approx(2 * exact.max_r, rel=1e-8)
    if mil == 30:
        assert told["ball_height_m"] == pytest.approx(628.5388 * UM, abs=1e-10)
        assert told["ball_diameter_m"] == pytest.approx(2 * 396.4861 * UM, abs=1e-10)
        assert math.degrees(exact.theta) == pytest.approx(127.381, abs=1e-3)


def hanging(share, start, degrees=(25, 140)):
    """Drop under a pad of 1 mm at a Bond number of 3, its volume relative to the largest."""
    gravity = -3.0 * scenes.TENSION / (scenes.DENSITY * MM**2)
    volume = share * 2.062200580 * MM**3
    return scenes.rest(scenes.pad(MM, 6 * MM), degrees, volume, gravity, start), volume


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.9, 0.985, 0.995, 0.9999, 0.99999])
def test_a_hanging_drop_is_found_from_every_start_on_its_pad(share):
    """Also where no line short of the edge can hold it; the apex by shooting."""
    for start in [(0, 0.0), (0, 0.5), (0, 0.9), (0, 0.992), (0, 1.0)]:
        found, volume = hanging(share, start)
        assert (found.state, found.feature) == ("pinned", "pad / base")
        if share < 0.99:  # nearer to the fold, shooting in steps of gravity does not come
            exact = shoot(point(MM), volume, capillarity=-3.0 / MM**2, bracket=0.0)
            assert found.values["apex_z_m"] == pytest.approx(exact.apex_z, rel=1e-8), start


@pytest.mark.parametrize("share", [1.001, 1.1, 3.0])
@pytest.mark.parametrize("start", [(0, 0.0), (0, 0.992), (0, 1.0), (1, 0.1)])
def test_more_than_hangs_falls_from_every_start(share, start):
    with pytest.raises(NoEquilibriumError, match="the liquid falls"):
        hanging(share, start)


@pytest.mark.slow
@pytest.mark.parametrize("volume", [48.0, 60.0, 100.0])
def test_a_bump_that_hangs_past_its_limit_is_told_to_fall(volume):
    """The largest at a Bond number of 0.1 is 47.99791 radii cubed; in less gravity it hangs."""
    wetting = {"Cu": "25 deg", "FR4": "140 deg"}
    liquid = {"surface_tension": 0.48, "density": 8400.0}
    case = {
        "case": {"name": "hanging"},
        "environment": {"gravity": -0.1 * 0.48 / (8400.0 * MM**2)},
        "wetting": wetting,
        "materials": {"Sn63Pb37": liquid},
        "step": [
            {
                "do": "substrate",
                "pad": {"radius": MM, "thickness": 2e-5, "material": "Cu"},
                "base": {"material": "FR4"},
            },
            {"do": "deposit", "solder": "Sn63Pb37", "volume": volume * MM**3},
            {"do": "reflow", "name": "bump", "peak": "220 degC"},
        ],
    }
    refused = run(Case.from_dict(case)).refused
    assert refused is not None
    assert refused.reason == "no_equilibrium"
    assert refused.detail.startswith("the liquid falls: ")


@pytest.mark.parametrize(("way", "falls"), [("volume", False), ("ball", True)])
def test_a_ball_that_nothing_holds_where_it_is_put_down_is_not_told_a_gravity(way, falls):
    """By its point nothing hangs; spread out, the same amount does, in 17 times the gravity too."""
    amount = {"volume": 2.888 * UM**3 * 1e3}
    if way == "ball":
        amount = {"ball": {"diameter": (6.0 / math.pi * amount["volume"]) ** (1.0 / 3.0)}}
    case = {
        "case": {"name": "hanging"},
        "environment": {"gravity": -1640.0},
        "wetting": {"SiO2": "164 deg"},
        "materials": {"SAC305": {"surface_tension": 0.53, "density": 6978.0}},
        "step": [
            {
                "do": "substrate",
                "pad": {"radius": 26 * UM, "thickness": 3 * UM, "material": "Ni"},
                "base": {"material": "FR4"},
            },
            {"do": "coat", "layer": "cover", "material": "SiO2", "thickness": UM},
            {"do": "deposit", "solder": "SAC305", **amount},
            {"do": "reflow", "name": "bump", "peak": "341 degC"},
        ],
    }
    refused = run(Case.from_dict(case)).refused
    assert bool(refused) is falls
    if falls:
        assert refused.detail.startswith(
            "where it is put down nothing holds the liquid: it falls, "
        )
        assert "unless it spreads before to where 2.888 pl would hang" in refused.detail


def test_a_ball_over_a_via_in_its_pad():
    """It rests on the via's rim and fills it: without gravity a cap on the mask's edge."""
    via, edge, depth, mask = 60 * UM, 175 * UM, 80 * UM, 25 * UM
    case = {
        "case": {"name": "via", "pitch": 800 * UM},
        "environment": {"gravity": 0},
        "step": [
            {
                "do": "substrate",
                "pad": {"radius": 100 * UM, "thickness": 18 * UM, "material": "Cu"},
                "base": {"material": "FR4"},
            },
            {
                "do": "coat",
                "layer": "land",
                "material": "Cu",
                "thickness": depth,
                "opening": {"radius": via},
            },
            {
                "do": "coat",
                "layer": "mask",
                "material": "solder resist",
                "thickness": mask,
                "opening": {"radius": edge},
            },
            {"do": "deposit", "solder": "SAC305", "ball": {"diameter": 400 * UM}},
            {"do": "reflow", "name": "reflow", "peak": "245 degC"},
        ],
    }
    done = run(Case.from_dict(case))
    above = math.pi / 6 * (400 * UM) ** 3 - math.pi * (via**2 * depth + edge**2 * mask)
    height = 2 * edge * math.sinh(math.asinh(3 * above / (math.pi * edge**3)) / 3)
    assert done.metrics["reflow"]["ball_height_m"] == pytest.approx(depth + mask + height, rel=1e-9)
    assert depth + mask + height == pytest.approx(413.4316 * UM, abs=1e-10)
    first = done.result["stages"][0]["equilibrium"]["path"][0]
    assert first["event"] == "touches"
    assert first["from"] == pytest.approx({"r_m": via, "z_m": depth})


def two_openings(thickness, angles):
    """Two masks over a pad, the upper one of an opening 80/50 as wide; profile and angles."""
    corners = [(0, 0), (50, 0), (50, 40), (80, 40), (80, 40 + thickness), (250, 40 + thickness)]
    names = ["pad", "first wall", "first top", "second wall", "second top"]
    ends = [(r * UM, z * UM) for r, z in corners]
    pieces = [scenes.straight(a, b, n) for a, b, n in zip(ends, ends[1:], names, strict=False)]
    return Profile(tuple(pieces)), angles


@pytest.mark.parametrize("volume", [550, 590, 640, 700, 900])
def test_a_corner_that_stays_empty_is_never_under_the_liquid(volume):
    """At 140° on both sides (280° against 270°) the line ends at the lower rim, as by shooting."""
    profile, angles = two_openings(60, (30, 140, 140, 140, 140))
    land = scenes.landscape(profile, angles, volume * 1e3 * UM**3, 9.81)
    found = reach_any(land, Station(3, 1.0))
    assert found.values["outer.r_m"] == pytest.approx(50 * UM, rel=1e-12)
    assert found.values["outer.z_m"] == pytest.approx(40 * UM, rel=1e-12)
    moment = 0.5 * (50 * UM) ** 2 * 40 * UM
    solid = point(50 * UM, 40 * UM, moment)
    exact = shoot(solid, land.drop.volume, capillarity=scenes.capillarity(9.81), bracket=0.0)
    assert found.values["apex_z_m"] == pytest.approx(exact.apex_z, rel=1e-9)
    assert all(rest.station.piece <= 2 for rest in land.rests())


def test_a_corner_that_is_filled_is_covered_as_before():
    """At 130° (260°) the same liquid rests on the upper mask's wall."""
    profile, angles = two_openings(60, (30, 140, 130, 130, 140))
    land: LineForce = scenes.landscape(profile, angles, 640e3 * UM**3, 9.81)
    assert land.corner is None
    assert reach_any(land, Station(3, 1.0)).feature == "second wall"


def test_liquid_that_has_no_place_but_over_an_empty_corner_is_refused():
    """A drop that its cavity cannot keep off the corner: it names the corner and its angles."""
    profile, angles = two_openings(60, (30, 140, 140, 140, 140))
    land = scenes.landscape(profile, angles, 4e6 * UM**3, 9.81)
    with pytest.raises(NoEquilibriumError, match="280°, not less than 180° \\+ 90°") as caught:
        reach_any(land, Station(4, 0.1))
    assert caught.value.reason == "unfilled_corner"


# paste round a ball


@pytest.mark.parametrize("fraction", [0.3, 0.5, 0.6, 0.8])
def test_paste_round_a_ball_in_an_opening_sinks_to_its_metal(fraction):
    """It fills the opening from the ball to the wall; between where it was printed to, a surface
    of the metal alone has no shape."""
    opening, thickness, radius = 35 * UM, 26 * UM, 19 * UM
    mask = {"layer": "mask", "material": "solder resist", "thickness": thickness}
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": 50 * UM, "thickness": 5 * UM, "material": "Ni"},
            "base": {"material": "FR4"},
        },
        {"do": "coat", **mask, "opening": {"radius": opening}},
        {"do": "core", "material": "Ni", "diameter": 2 * radius},
        {
            "do": "deposit",
            "solder": "Sn63Pb37",
            "fill": {"layer": "mask", "metal_fraction": fraction},
        },
        {"do": "reflow", "name": "ring", "peak": "215 degC"},
    ]
    wet = {"Ni": "10 deg", "solder resist": "140 deg", "FR4": "130 deg"}
    ran = run(Case.from_dict({"case": {"name": "paste"}, "wetting": wet, "step": steps}))
    assert ran.refused is None
    stage = ran.result["stages"][-1]
    outer, inner = stage["surface"]["contact_lines"]
    volume, tension, b = liquid_of(stage, 9.81)
    # the opening to the mask's top, less what of the ball is in it
    ball = math.pi * thickness**2 * (radius - thickness / 3.0)
    room = math.pi * opening**2 * thickness - ball
    assert volume == pytest.approx(fraction * room, rel=1e-9)
    whole = -2.0 / 3.0 * radius**3  # -V/2π of the ball
    wall = Cone(opening, 0.0, 0.5 * math.pi, whole)
    lower = Line(point(opening, 0.0, whole), 0.0)
    if outer["state"] == "free":
        lower = Line(wall, outer["z_m"], math.radians(140))
    polar = math.acos((inner["z_m"] - radius) / radius)
    upper = Line(Sphere(radius, radius), polar, math.radians(10))
    shot = shoot_two(lower, upper, volume, capillarity=b, top=False)
    assert stage["surface"]["pressure_Pa"] == pytest.approx(shot.pressure * tension, rel=1e-9)
    assert inner["r_m"] == pytest.approx(shot.r[1], rel=1e-9)
    assert outer["z_m"] == pytest.approx(shot.z[0], rel=1e-9, abs=1e-9 * opening)
    assert outer["angle_deg"] == pytest.approx(math.degrees(shot.theta[0]), rel=1e-9)


@pytest.mark.parametrize(("gravity", "splits"), [(9.81, False), (500.0, True), (1774.0, True)])
def test_a_ring_over_the_rim_of_a_post_parts_where_its_first_surface_meets_the_post(
    gravity, splits
):
    """A print down a tall post and up the ball on it: at rest it is whole while weight is little.

    Of more weight no surface spans from the ball to the base, and a weightless one, which sags
    less, enters the post already.
    """
    radius = 93 * UM
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": radius, "thickness": 5 * UM, "material": "Au"},
            "base": {"material": "FR4"},
        },
        {"do": "plate", "material": "Au", "radius": radius, "thickness": 317 * UM},
        {"do": "core", "material": "Cu", "diameter": 115 * UM},
        {
            "do": "deposit",
            "solder": "Pb95Sn5",
            "column": {"radius": 120 * UM, "height": 200 * UM},
        },
        {"do": "reflow", "name": "ring", "peak": "333 degC"},
    ]
    wet = {"Au": "20 deg", "Cu": "25 deg", "FR4": "130 deg"}
    head, weight = {"name": "post"}, {"gravity": gravity}
    ran = run(Case.from_dict({"case": head, "environment": weight, "wetting": wet, "step": steps}))
    if not splits:
        assert ran.refused is None
        return
    assert ran.refused.reason == "penetration"
    assert "at the Au side that the liquid covers: it would part there" in ran.refused.detail
