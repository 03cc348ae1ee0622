"""Joints whose liquid meets solid or leaves an edge on its way; and how long that may take.

Problem    masks that repel the liquid; corners that stay empty; loads and pulls that a search looks
           for in vain
Reference  shooting from line to line (``shooting_two``); the mirrored joint, where gravity is none
Expect     1e-9 relative, the product's promise; counts of solves, since times depend on the machine
"""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.materials.materials import Materials
from bumpform.process.apply import apply_step
from bumpform.process.stages import held_at
from bumpform.runner import run
from bumpform.surface.continuation import branch
from bumpform.surface.joints import sparing_joint
from bumpform.surface.joints.joint import Joint
from bumpform.surface.joints.sparing_joint import MOST_HELD
from joints import UM, mounted
from shooting import plane, point
from shooting_two import Line, shoot_two
from two_lines import TOLERANCE, liquid_of

pytestmark = pytest.mark.dolfinx

PAD = {"material": "Cu"}


def detail_of(ran):
    return ran.refused.detail


# a package that is flush with the mask that it comes down to


def in_an_opening(ball, load):
    """Solder in a mask's opening that it fills, as a ball or as its volume, under a package."""
    volume = 0.1089e-12
    amount = {"ball": {"diameter": (6.0 * volume / math.pi) ** (1.0 / 3.0)}}
    pad = {**PAD, "radius": 50 * UM, "thickness": 26 * UM, "proud": 0.0}
    steps = [
        {"do": "substrate", "pad": pad, "base": {"material": "Si"}},
        {
            "do": "coat",
            "layer": "mask",
            "material": "BCB",
            "thickness": 26.6 * UM,
            "opening": {"radius": 35.2 * UM},
        },
        {"do": "plate", "material": "Al", "radius": 23.6 * UM, "thickness": 0.3 * UM},
        {"do": "deposit", "solder": "Pb90Sn10", **(amount if ball else {"volume": volume})},
        {
            "do": "mount",
            "name": "joint",
            "pad": {**PAD, "radius": 68 * UM, "proud": 0.0},
            "base": {"material": "FR4"},
            "load": load,
            "peak": "317 degC",
        },
    ]
    wet = {"Cu": "43 deg", "Al": "110 deg", "BCB": "134 deg", "FR4": "135 deg", "Si": "98 deg"}
    head = {"name": "opening", "amounts": "liquid", "freezing": "none"}
    return Case.from_dict({"case": head, "wetting": wet, "step": steps})


@pytest.mark.slow
@pytest.mark.parametrize("load", [2e-6, 17e-6, 60e-6])
def test_a_ball_squeezed_in_an_opening_meets_its_wall_before_the_package_lies_on_the_mask(load):
    """It is more than the opening holds, so that it comes out over the rim as its volume does."""
    ball, volume = (run(in_an_opening(which, load)) for which in (True, False))
    assert ball.refused is None, detail_of(ball)
    found, other = (ran.history[-1].state.stage for ran in (ball, volume))
    assert [line.feature for line in found.equilibrium.lines] == [
        "mask top",
        "package pad / package base",
    ]
    assert (found.held_by, other.held_by) == ("liquid", "liquid")
    assert found.standoff == pytest.approx(other.standoff, rel=TOLERANCE)


# a core's cap on a mask that repels it


def core_and_cap(core, cap, *, mask, opening, pad, load, angle, on_core=20):
    """A core of solder in a mask's opening with a cap, and a package."""
    coat = {"do": "coat", "layer": "mask", "material": "solder resist", "thickness": mask}
    melted = {"do": "reflow", "name": "core", "peak": "350 degC"}
    steps = [
        {
            "do": "substrate",
            "pad": {**PAD, "radius": 1.2 * opening, "thickness": 30 * UM},
            "base": {"material": "FR4"},
        },
        coat | {"opening": {"radius": opening}},
        {"do": "deposit", "solder": "Pb95Sn5", "volume": core},
        melted,
        {"do": "deposit", "solder": "Sn63Pb37", "volume": cap},
        melted | {"name": "cap", "peak": "220 degC"},
        {
            "do": "mount",
            "name": "joint",
            "pad": {**PAD, "radius": pad},
            "base": {"material": "FR4"},
            "load": load,
            "peak": "220 degC",
        },
    ]
    wet = {
        "Cu": "25 deg",
        "solder resist": f"{angle} deg",
        "Sn63Pb37 on Pb95Sn5": f"{on_core} deg",
    }
    return Case.from_dict({"case": {"name": "core"}, "wetting": wet, "step": steps})


@pytest.mark.slow
@pytest.mark.parametrize("angle", [140, 160, 170, 175, 177, 178])
def test_a_line_leaves_its_edge_whose_angle_hardly_pulls_it(angle):
    """Next to 180° a degree too much pulls with a ten-thousandth of σ: the line goes on all the
    same, onto the mask, and meets Young's angle there."""
    mask, opening, pad = 32.2 * UM, 85 * UM, 203 * UM
    ran = run(
        core_and_cap(
            "13.1 nl", "23 nl", mask=mask, opening=opening, pad=pad, load="0.381 mN", angle=angle
        )
    )
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    core, _, _ = liquid_of(ran.result["stages"][0], 9.81)
    volume, tension, b = liquid_of(stage, 9.81)
    moment = 0.5 * opening**2 * mask - core / (2.0 * math.pi)
    first = Line(point(opening, mask, moment), 0.0)
    if lower["state"] == "free":
        first = Line(plane(mask, moment), lower["r_m"], math.radians(angle))
    last = Line(point(pad, metrics["standoff_m"]), 0.0)
    shot = shoot_two(first, last, volume, capillarity=b, top=True)
    size = tension * opening
    assert metrics["joint_force_N"] == pytest.approx(
        shot.force * tension, rel=TOLERANCE, abs=TOLERANCE * size
    )
    assert lower["r_m"] == pytest.approx(shot.r[0], rel=TOLERANCE)
    assert lower["angle_deg"] == pytest.approx(math.degrees(shot.theta[0]), rel=TOLERANCE)
    assert upper["angle_deg"] == pytest.approx(math.degrees(shot.theta[1]), rel=TOLERANCE)


# a rim that overhangs the liquid


def under_a_lip(mask, load):
    """Half a ball of solder with polyimide round it, nearly to its top, under a wide pad."""
    steps = [
        {
            "do": "substrate",
            "pad": {**PAD, "radius": 148 * UM, "thickness": 3 * UM},
            "base": {"material": "Si"},
        },
        {"do": "deposit", "solder": "Sn63Pb37", "volume": 6.8e-12},
        {"do": "coat", "layer": "polyimide", "material": "polyimide", "thickness": mask},
        {
            "do": "mount",
            "name": "joint",
            "pad": {**PAD, "radius": 116 * UM},
            "base": {"material": "SiO2"},
            "load": load,
            "peak": "220 degC",
        },
    ]
    wet = {"Cu": "20 deg", "polyimide": "140 deg", "SiO2": "140 deg", "Si": "80 deg"}
    head = {"name": "lip"}
    return run(Case.from_dict({"case": head, "wetting": wet, "step": steps}))


@pytest.mark.parametrize("load", [-32e-6, 5e-6])
@pytest.mark.parametrize("mask", [130, 135, 140])
def test_liquid_drawn_from_under_a_lip_goes_on_where_its_surface_comes_out(mask, load):
    """At first the pad draws so much out that the surface would pass through the lip, and from
    where it meets it draw back as before. The package comes down, to a film on the lip's top."""
    mask *= UM
    ran = under_a_lip(mask, load)
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    assert [lower["feature"], upper["feature"]] == ["polyimide top", "package pad / package base"]
    volume, tension, b = liquid_of(stage, 9.81)
    radius = (1.5 * volume / math.pi) ** (1.0 / 3.0)
    hollow = 0.5 * (radius**2 * mask - mask**3 / 3.0)
    shot = shoot_two(
        Line(plane(mask, hollow), lower["r_m"], math.radians(140)),
        Line(point(116 * UM, metrics["standoff_m"]), 0.0),
        volume,
        capillarity=b,
        top=True,
        load=load / tension,
    )
    assert metrics["joint_force_N"] == pytest.approx(load, rel=TOLERANCE)
    assert metrics["standoff_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)
    assert lower["r_m"] == pytest.approx(shot.r[0], rel=TOLERANCE)
    assert upper["angle_deg"] == pytest.approx(math.degrees(shot.theta[1]), rel=TOLERANCE)


# a well in the package that the liquid just fills


@pytest.mark.parametrize(("off", "held_by"), [(-1e-4, "liquid"), (0.0, None), (1e-4, "mask")])
def test_a_well_that_is_just_full_leaves_no_surface_and_says_so(off, held_by):
    """A resist on the package, as deep as the liquid is high in it, down to a pad of its radius.

    A little less deep, the package floats on the rest; deeper, the resist comes down on the pad.
    What is between has a surface of nanometres, or none; none of it parts.
    """
    case = load_case("bga_joint")
    volume = run(case).result["stages"][-1]["liquid"]["volume_m3"]
    deep = volume / (math.pi * (200 * UM) ** 2) * (1.0 + off)
    ran = run(case.with_values({"mount.resist.thickness": deep}))
    if held_by is None:
        assert ran.refused.reason == "not_converged"
        assert detail_of(ran).startswith("the liquid fills the room under the package to 0.001 %")
    else:
        assert ran.refused is None
        assert ran.metrics["assembly"]["held_by"] == held_by


# a soft film between a mask on the package and the board's pad


@pytest.mark.parametrize("load", [15e-6, 18e-6, 19e-6, 20e-6, 25e-6])
def test_a_film_pressed_onto_a_package_s_mask_rests_at_every_load(load):
    """It gives way so easily that lines which are nearly at rest are too far from its rest."""
    pad, opening, thickness = 80 * UM, 70 * UM, 15 * UM
    mask = {"material": "solder resist", "thickness": thickness, "opening": {"radius": opening}}
    steps = [
        {
            "do": "substrate",
            "pad": {**PAD, "radius": pad, "thickness": 35 * UM, "proud": 0.0},
            "base": {"material": "FR4"},
        },
        {
            "do": "mount",
            "name": "joint",
            "pad": {**PAD, "radius": opening, "thickness": 18 * UM},
            "base": {"material": "SiO2"},
            "resist": mask,
            "solder": {"solder": "SAC305", "volume": 3e-13},
            "load": load,
            "peak": "245 degC",
        },
    ]
    wet = {"Cu": "30 deg", "FR4": "140 deg", "SiO2": "140 deg", "solder resist": "140 deg"}
    head = {"name": "film", "pitch": 400 * UM, "amounts": "liquid"}
    ran = run(Case.from_dict({"case": head, "wetting": wet, "step": steps}))
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    volume, _, b = liquid_of(stage, 9.81)
    shot = shoot_two(
        Line(point(pad, 0.0), 0.0),
        Line(plane(metrics["standoff_m"] - thickness), upper["r_m"], math.radians(140)),
        volume - math.pi * opening**2 * thickness,
        capillarity=b,
        top=True,
    )
    assert metrics["joint_force_N"] == pytest.approx(load, rel=TOLERANCE)
    assert upper["r_m"] == pytest.approx(shot.r[1], rel=TOLERANCE)
    # the shot's height is the standoff, known to 1e-9 of it; the film is a fifth of that, and soft
    assert lower["angle_deg"] == pytest.approx(math.degrees(shot.theta[0]), rel=1e-7)


# corners that the liquid does not fill


def between_bases(side, angle, standoff):
    """Pads of 100 µm on bases that repel, one of them with a wide mask round it, no gravity."""
    mask = {"material": "solder resist", "thickness": 30 * UM, "opening": {"radius": 150 * UM}}
    pad = {**PAD, "radius": 100 * UM}
    return run(
        mounted(
            {"volume": "3 nl"},
            {"pad": pad, "standoff": standoff} | ({"resist": mask} if side == "package" else {}),
            pad=100 * UM,
            mask=(30 * UM, 150 * UM) if side == "stack" else None,
            gravity=0.0,
            wetting={"Cu": "25 deg", "FR4": "140 deg", "solder resist": f"{angle} deg"},
        )
    )


@pytest.mark.parametrize(("side", "angle"), [("stack", 140), ("package", 140), ("package", 120)])
def test_short_of_a_corner_a_mask_makes_no_difference(side, angle):
    """What lies beyond the line is not touched: the joint is that without a mask."""
    bare, masked = between_bases(None, angle, 45 * UM), between_bases(side, angle, 45 * UM)
    assert masked.refused is None
    for name in ("joint_force_N", "ball_diameter_m", "standoff_m"):
        exact = bare.metrics["joint"][name]
        assert masked.metrics["joint"][name] == pytest.approx(exact, rel=TOLERANCE)


@pytest.mark.parametrize("side", ["stack", "package"])
def test_a_joint_is_refused_over_a_corner_that_stays_empty(side):
    """140° + 140° is more than 180° + 90°: no state covers the corner, above as below."""
    ran = between_bases(side, 140, 40 * UM)
    assert ran.refused.reason == "unfilled_corner"
    assert "add up to 280°, not less than 180° + 90°" in detail_of(ran)
    names = {"stack": "base and mask wall", "package": "package base and package resist wall"}
    assert names[side] in detail_of(ran)


@pytest.mark.parametrize("standoff", [40, 42])
def test_a_corner_that_is_filled_is_covered(standoff):
    """At 140° + 120° the line goes over it onto the package's mask, and agrees with shooting."""
    ran = between_bases("package", 120, standoff * UM)
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    assert [lower["feature"], upper["feature"]] == ["base", "package resist top"]
    volume, tension, b = liquid_of(stage, 0.0)
    recess = math.pi * (150 * UM) ** 2 * 30 * UM
    shot = shoot_two(
        Line(plane(0.0), lower["r_m"], math.radians(140)),
        Line(plane((standoff - 30) * UM), upper["r_m"], math.radians(120)),
        volume - recess,
        capillarity=b,
        top=True,
    )
    assert metrics["joint_force_N"] == pytest.approx(shot.force * tension, rel=TOLERANCE)
    assert lower["r_m"] == pytest.approx(shot.r[0], rel=TOLERANCE)
    assert upper["r_m"] == pytest.approx(shot.r[1], rel=TOLERANCE)


# what holds the package at another temperature


CORE = {"mask": 34 * UM, "opening": 68 * UM, "pad": 259 * UM, "on_core": 11}


@pytest.mark.slow
@pytest.mark.parametrize("peak", [200.0, 220.0, 240.0])
@pytest.mark.parametrize("load", ["0.27 mN", "0.05 mN", "3 mN"])
def test_what_holds_a_package_is_what_a_mount_at_that_peak_tells(load, peak):
    case = core_and_cap("11.8 nl", "11 nl", load=load, angle=150, **CORE)
    ran = run(case)
    step, before, kelvin = case.steps[-1], ran.history[-1].before, peak + 273.15
    materials = Materials(case.materials, case.wetting)
    found = held_at(before, step, kelvin, case, materials)
    again = apply_step(before, step.model_copy(update={"peak": kelvin}), case, materials).stage
    assert found == (again.held_by, again.standoff)


def test_nothing_holds_where_the_mount_is_refused():
    """At 350 degC the core melts too, and a load of 1 N presses the package on the mask."""
    case = core_and_cap("11.8 nl", "11 nl", load="1 N", angle=150, **CORE)
    ran = run(case)
    step, before = case.steps[-1], ran.history[-1].before
    materials = Materials(case.materials, case.wetting)
    assert held_at(before, step, 623.15, case, materials) is None


# how long a search may take


def counted(monkeypatch, owner, name):
    """How often a function has been called since, as the one number of a list."""
    calls, function = [0], getattr(owner, name)

    def count(*args, **options):
        calls[0] += 1
        return function(*args, **options)

    monkeypatch.setattr(owner, name, count)
    return calls


def test_a_balance_is_looked_for_no_further_than_the_package_moves(monkeypatch):
    """The core carries this load; a branch on which the liquid would, far off, is not followed.

    Followed to its end it took 380 points for each of three mounts.
    """
    calls = counted(monkeypatch, branch, "correct")
    ran = run(core_and_cap("11.8 nl", "11 nl", load="0.269 mN", angle=178, **CORE))
    assert ran.metrics["joint"]["held_by"] == "core"
    assert 0 < calls[0] < 60


def test_the_largest_pull_may_be_where_a_line_lets_go_of_its_edge(monkeypatch):
    """A film between mask and pad pulls most where its line leaves the pad's edge: a kink of P(h).

    Held there by a fixture it pulls as much, and less on either side; hung, it bears a part in 1e6
    less, and not a part in 1e6 more.
    """
    calls = counted(monkeypatch, Joint, "hold")

    def film(**mount):
        return mounted(
            {"stencil": {"radius": 130.3 * UM, "thickness": 31 * UM, "metal_fraction": 0.5}},
            {"pad": {"radius": 97.2 * UM, "material": "Ni"}, **mount},
            pad=117.8 * UM,
            mask=(24.17 * UM, 100.4 * UM),
            wetting={"Cu": 0.4915, "Ni": 0.8647, "FR4": 2.386, "solder resist": 1.7142},
        )

    held = run(film(standoff=39.06 * UM))
    assert calls[0] < 2 * MOST_HELD
    most, at = (held.metrics["joint"][n] for n in ("largest_pull_N", "standoff_at_largest_pull_m"))

    def pull(standoff):
        return -run(film(standoff=standoff)).metrics["joint"]["joint_force_N"]

    assert pull(at) == pytest.approx(most, rel=1e-9)
    low, high = (most - pull(at + step) for step in (-1e-10, 1e-10))
    assert low > 2.0 * high > 0.0  # it rises steeply to there, and falls from there on
    assert run(film(load=-most * (1.0 - 1e-6))).refused is None
    gone = run(film(load=-most * (1.0 + 1e-6))).refused
    assert gone is not None
    assert gone.reason == "no_equilibrium"
    monkeypatch.setattr(sparing_joint, "MOST_HELD", 50)
    told = "joint: the largest pull is not given: the search for the largest pull is too long"
    assert told in run(film(standoff=39.06 * UM)).notes


@pytest.mark.parametrize("load", [1e-5, 5e-4, 2e-3])
def test_a_joint_on_a_post_is_the_same_however_tall_that_is(load):
    """The liquid's own size says how far down the package meets it, and comes at a time."""
    wet = {"Co": "48.6 deg", "Au": "40 deg", "solder resist": "155 deg", "SiO2": "135 deg"}
    mask = {"material": "solder resist", "thickness": 35 * UM, "opening": {"radius": 173 * UM}}
    above = []
    for post in (50 * UM, 500 * UM, 5000 * UM):
        steps = [
            {
                "do": "substrate",
                "pad": {"material": "Cu", "radius": 240 * UM, "thickness": 2 * UM},
                "base": {"material": "SiO2"},
            },
            {"do": "plate", "material": "Co", "radius": 239 * UM, "thickness": post},
            {"do": "deposit", "solder": "SAC305", "volume": "5.6 nl"},
            {
                "do": "mount",
                "name": "joint",
                "pad": {"material": "Au", "radius": 173 * UM},
                "base": {"material": "Si"},
                "resist": mask,
                "load": load,
                "peak": "245 degC",
            },
        ]
        head = {"name": "tall", "pitch": "2 mm", "amounts": "liquid", "freezing": "none"}
        ran = run(Case.from_dict({"case": head, "wetting": wet, "step": steps}))
        assert ran.refused is None, ran.refused.detail
        assert ran.metrics["joint"]["held_by"] == "liquid"
        above.append(ran.metrics["joint"]["standoff_m"] - post)
    assert above[1:] == pytest.approx([above[0]] * 2, abs=1e-9 * 5000 * UM)
