"""Mounts at their limits: attached by a point, drawn too far, never met, held impossibly, pressed.

Reference  geometry (balls, layers), the joint's own largest gap, shooting, and the other side of
           each limit
"""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.errors import CaseError
from bumpform.process.dry import dry_problems
from bumpform.runner import run
from bumpform.surface.continuation import floating_height
from joints import UM, mounted
from second_judge.answer import FAILS, HOLDS
from second_judge.judge import second_verdict
from shooting import Cone, Sphere, point
from shooting_two import Line, shoot_two
from two_lines import liquid_of

pytestmark = pytest.mark.dolfinx

MASK, RESIST = 20e-6, 15e-6
BALL = ({"do": "deposit", "solder": "SAC305", "ball": {"diameter": "350 um"}},
        {"do": "reflow", "name": "attach", "peak": "245 degC"})  # fmt: skip
PASTE = {"do": "deposit", "solder": "SAC305",
         "stencil": {"radius": "140 um", "thickness": "100 um", "metal_fraction": 0.5}}  # fmt: skip
FLAT = ({"do": "deposit", "solder": "SAC305", "volume": "0.2 nl"},
        {"do": "reflow", "name": "a", "peak": "245 degC"})  # fmt: skip
AGAIN = {"do": "reflow", "name": "again", "peak": "245 degC", "remelts": True}


def case(*steps, after=(), opening="130 um", **mount):
    """Lands of 150 µm in masks with openings of 130 µm, and what some steps put on the lower."""
    land = {"radius": "150 um", "material": "Cu"}
    lower = {"material": "solder resist", "thickness": MASK, "opening": {"radius": "130 um"}}
    upper = {"material": "solder resist", "thickness": RESIST, "opening": {"radius": opening}}
    return Case.from_dict(
        {
            "case": {"name": "limits", "pitch": "0.8 mm", "amounts": "liquid"},
            "wetting": {"Cu": "30 deg", "FR4": "140 deg", "solder resist": "140 deg"},
            "step": [
                {"do": "substrate", "pad": land | {"thickness": "30 um"},
                 "base": {"material": "FR4"}},
                {"do": "coat", "layer": "mask", **lower},
                *steps,
                {"do": "mount", "name": "joint", "pad": land, "base": {"material": "FR4"},
                 "resist": upper, "peak": "245 degC", **mount},
                *after,
            ],
        }
    )  # fmt: skip


def closed(done):
    """What both judges say of the joint, and the product's reason."""
    [entry] = [c for c in done.result["conditions"] if c["id"] == "joint-closed"]
    return entry["verdict"], entry["reason"] or "", second_verdict(done)["joint-closed"].verdict


# attached by a point


def cold(solder, **amount):
    return {"solder": solder, **amount}


def test_a_cold_ball_on_the_package_joins_nothing():
    """It touches its pad in a point; one that has been reflowed there is joined to it."""
    ball = cold("Pb90Sn10", ball={"diameter": "250 um"})
    done = run(case(PASTE, solder=ball, mass="1 mg"))
    assert done.refused is None
    assert closed(done) == (
        "fails", "what it ends on touches the package's pad in a point only", FAILS
    )  # fmt: skip


def test_a_cold_column_on_the_package_joins():
    """It stands on its pad with all of its face."""
    column = cold("Pb90Sn10", column={"radius": "80 um", "height": "100 um"})
    done = run(case(PASTE, solder=column, mass="1 mg"))
    assert done.refused is None
    assert closed(done) == ("holds", "", HOLDS)


# drawn too far


def parting(done):
    """Standoffs that a refusal tells, µm: at the parting, and asked for."""
    assert done.refused.reason == "no_joint"
    text = done.refused.detail
    at, short, asked = map(float, re.findall(r"([\d.]+) µm", text))
    assert at + short == pytest.approx(asked, abs=2e-3)
    assert closed(done)[0] == "fails"
    return at, asked


@pytest.mark.slow
def test_one_parting_whatever_the_search_finds_past_it():
    """Past the fold there is a saddle, or nothing: the same standoff each time, of the pads' gap.

    Told to six digits; just below it the joint is there, just above it is not.
    """
    found = [parting(run(case(*BALL, standoff=f"{s} um"))) for s in (640, 646.2, 650, 900)]
    assert [asked for _, asked in found] == [640, 646.2, 650, 900]
    at = found[0][0]
    assert [p for p, _ in found] == pytest.approx(4 * [at], abs=1e-3)
    below = run(case(*BALL, standoff=f"{at - 0.01} um"))
    assert (below.refused, closed(below)[0]) == (None, "holds")
    assert parting(run(case(*BALL, standoff=f"{at + 0.02} um")))[0] == pytest.approx(at, abs=1e-3)


# held impossibly, met exactly, never met


def test_a_package_cannot_be_held_where_its_ball_does_not_fit():
    ball = cold("SAC305", ball={"diameter": "300 um"})
    held = {"solder": ball, "lifted": True}
    with pytest.raises(CaseError, match=r"off its standoff of 250 µm: give .*fits from 300 µm"):
        run(case(PASTE, standoff="250 um", **held))
    assert [p.message for p in dry_problems(case(PASTE, standoff="250 um", **held))]
    assert run(case(PASTE, standoff="300 um", **held)).refused is None
    assert run(case(PASTE, standoff="250 um", solder=ball)).refused is None  # set down, not held


def test_the_largest_joining_gap_joins():
    """Limits are included, and widened by 1e-9."""
    most = run(case(*BALL, standoff="400 um", lifted=True)).metrics["joint"]
    gap = most["largest_joining_gap_m"]
    at, beyond = (run(case(*BALL, standoff=gap * k, lifted=True)) for k in (1.0, 1.0 + 1e-8))
    assert at.refused is None
    assert closed(at)[0] == "holds"
    assert closed(beyond)[0] == "fails"
    assert beyond.metrics["joint"]["open_gap_m"] == pytest.approx(1e-8 * gap, rel=1e-6)


@pytest.mark.parametrize("standoff", [50.0, 300.0])
def test_a_fixture_takes_a_package_to_its_standoff_though_it_meets_no_solder(standoff):
    """35 µm of layers are between the pads, and the solder is 20.7 µm high."""
    done = run(case(*FLAT, standoff=f"{standoff:g} um", after=[AGAIN]))
    for stage in ("joint", "again"):
        metrics = done.metrics[stage]
        assert metrics["held_by"] == "fixture"
        assert metrics["standoff_m"] == pytest.approx(standoff * 1e-6, rel=1e-12)
        assert metrics["open_gap_m"] > 0.0
    judged = [c["verdict"] for c in done.result["conditions"] if c["id"] == "joint-closed"]
    assert judged == ["fails", "fails"]
    assert second_verdict(done)["joint-closed"].verdict == "fails"


# pressed


@pytest.mark.parametrize("load", ["2 mN", "5 mN", "10 mN"])
def test_a_joint_that_is_pressed_into_an_empty_corner(load):
    """140° and 140° do not fill the 90° between base and resist, however hard it is pressed."""
    done = run(case(*BALL, load=load, opening="260 um"))
    assert done.refused.reason == "unfilled_corner"
    corner = "corner of package base and package resist wall at r = 260 µm: the contact angles"
    assert corner in done.refused.detail


# pressed to a film


def on_post(height, load, radius=65e-6, volume=5.7e-14, **mount):
    """A little solder on the level top of a plated post, of one wetted metal, under a package."""
    return Case.from_dict(
        {
            "case": {"name": "film", "pitch": "0.5 mm", "amounts": "liquid"},
            "wetting": {"Cu": "36 deg", "Pd": "20 deg", "FR4": "140 deg",
                        "solder resist": "103 deg"},
            "step": [
                {"do": "substrate", "base": {"material": "FR4"},
                 "pad": {"radius": radius, "thickness": "5 um", "material": "Cu"}},
                {"do": "plate", "material": "Pd", "radius": radius, "thickness": height},
                {"do": "deposit", "solder": "Sn96.5Ag3.5", "volume": volume},
                {"do": "mount", "name": "joint", "pad": {"radius": "36 um", "material": "Cu"},
                 "base": {"material": "FR4"}, "load": load, "peak": "245 degC", **mount},
            ],
        }
    )  # fmt: skip


@pytest.mark.parametrize("load", [2e-5, 1e-3])
def test_a_film_is_as_thick_on_a_post_of_any_height(load):
    """Nothing but the gap counts: a search by steps of the whole height ran through the film."""
    gaps = []
    for height in (40e-6, 58.8e-6, 80e-6, 150e-6):
        done = run(on_post(height, load))
        assert done.refused is None, height
        assert done.metrics["joint"]["held_by"] == "liquid"
        gaps.append(done.metrics["joint"]["standoff_m"] - height)
    assert 4e-6 < gaps[0] < 5e-6
    assert gaps == pytest.approx([gaps[0]] * 4, rel=1e-7)


MASKED = {"pad": {"radius": "6 um", "material": "Cu"},
          "resist": {"material": "solder resist", "thickness": "11 um",
                     "opening": {"radius": "8 um"}},
          "solder": {"solder": "Sn96.5Ag3.5",
                     "column": {"radius": "7.5 um", "height": "14 um"}}}  # fmt: skip


def test_a_package_that_comes_down_flat_parts_the_liquid():
    """Its mask on the post, from its opening outwards; under less load a film is left between."""
    done = run(on_post(38e-6, 2e-3, 117e-6, 5.2e-13, **MASKED))
    assert done.refused is not None
    assert done.refused.reason == "collapsed"
    assert "comes down flat on the Pd top, from r = 8 µm outwards" in done.refused.detail
    light = run(on_post(38e-6, 1e-4, 117e-6, 5.2e-13, **MASKED))
    assert light.refused is None
    assert light.metrics["joint"]["standoff_m"] > 50e-6


@pytest.mark.parametrize("etched", [None, 0.7])
def test_what_lies_flat_from_the_axis_on_parts_no_liquid(etched):
    """All of it is driven out, and carries on round the plate that was etched to the same height.

    Its cut began off the axis by round-off: it was said to part what is inside of there.
    """
    plated = {"do": "plate", "layer": "cap", "material": "Co", "radius": 66 * UM}
    thick = (1.4 + (etched or 0.0)) * UM
    cut = [{"do": "etch", "layer": "cap", "by": etched * UM}] if etched else []
    paste = {"radius": 60 * UM, "thickness": 155 * UM, "transfer": 0.65, "metal_fraction": 0.92}
    pad, base = {"radius": 74 * UM, "material": "Ni"}, {"material": "SiO2"}
    steps = [
        {"do": "substrate", "pad": {"radius": 80 * UM, "thickness": 9 * UM, "material": "Cu"}}
        | {"base": base},
        {"do": "core", "material": "Pb95Sn5", "diameter": 100 * UM},
        {"do": "deposit", "solder": "Pb90Sn10", "ball": {"diameter": 136 * UM}},
        plated | {"thickness": thick},
        *cut,
        {"do": "deposit", "solder": "Sn63Pb37", "stencil": paste},
        {"do": "mount", "name": "joint", "pad": pad, "base": base, "load": 0.5e-3}
        | {"lifted": False, "peak": "194 degC"},
    ]
    wet = {"Co": "30 deg", "Ni": "60 deg", "Pb90Sn10": "30 deg", "SiO2": "107 deg"}
    done = run(Case.from_dict({"case": {"name": "flat"}, "wetting": wet, "step": steps}))
    assert done.refused is None
    stage = done.result["stages"][-1]
    lower, upper = stage["surface"]["contact_lines"]
    ball, height = Sphere(68 * UM, 168 * UM), done.metrics["joint"]["standoff_m"]
    assert height == pytest.approx(237.4 * UM, rel=1e-12)
    edge, polar = math.asin(66 * UM / ball.radius), math.pi - math.asin(lower["r_m"] / ball.radius)
    side = -0.5 * (66 * UM) ** 2 * (height - ball.place(edge)[1]) - ball.place(edge)[3]
    volume, _, b = liquid_of(stage, 9.81)
    shot = shoot_two(
        Line(ball, polar, math.radians(30)),
        Line(Cone(0.0, height, 0.0), upper["r_m"], math.radians(107)),
        volume - 2.0 * math.pi * side,
        capillarity=b,
        top=True,
    )
    assert lower["r_m"] == pytest.approx(shot.r[0], rel=1e-9)
    assert upper["r_m"] == pytest.approx(shot.r[1], rel=1e-9)


def on_an_abraded_bump(**held):
    """Solder under a mask with more in its opening, hung: a line lets go as it is drawn."""
    wet = {"Au": 54.933, "polyimide": 117.288, "Sn42Bi58": 47.72, "epoxy": 162.222}
    wet |= {"Cu": 45.414, "FR4": 157.635, "solder resist": 118.865}
    solder = {"solder": "Sn42Bi58"}
    print_of_it = {"radius": 112.1624 * UM, "thickness": 37.5483 * UM, "metal_fraction": 0.5}
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": 95.9665 * UM, "thickness": 1.848 * UM, "material": "Au"},
            "base": {"material": "polyimide"},
        },
        {"do": "deposit", **solder, "ball": {"diameter": 122.1552 * UM}},
        {"do": "reflow", "name": "ball", "peak": 444.136},
        {"do": "deposit", **solder, "volume": 5.892712e-13},
        {"do": "reflow", "name": "bump", "peak": 438.007},
        {"do": "abrade", "to": 64.8376 * UM},
        {"do": "coat", "layer": "mask", "material": "epoxy", "thickness": 10.5255 * UM},
        {
            "do": "mount",
            "name": "joint",
            "pad": {"radius": 127.1779 * UM, "material": "Cu"},
            "base": {"material": "FR4"},
            "peak": 422.652,
            "resist": {
                "material": "solder resist",
                "opening": {"radius": 81.8479 * UM},
                "thickness": 6.6688 * UM,
            },
            "solder": solder | {"stencil": print_of_it},
            **held,
        },
    ]
    data = {
        "case": {"name": "pull", "freezing": "shrinks"},
        "environment": {"gravity": -9.81},
        "wetting": {name: math.radians(angle) for name, angle in wet.items()},
        "step": steps,
    }
    return run(Case.from_dict(data))


@pytest.mark.slow
@pytest.mark.parametrize("beyond", [1.08, 1.2, 5.0])
def test_a_pull_past_all_that_a_joint_has_been_seen_to_hold_takes_the_package_off(beyond):
    """Its largest is where a line lets go, which no turn of the force tells."""
    heights = (95.0, 100.0, 102.5, 105.0, 110.0, 120.0)
    drawn = [on_an_abraded_bump(standoff=h * UM) for h in heights]
    held = max(-one.metrics["joint"]["joint_force_N"] for one in drawn)
    refused = on_an_abraded_bump(load=-beyond * held).refused
    assert refused.reason == "no_equilibrium"
    said = re.search(r"on the way up it holds ([\d.]+) µN at the most", refused.detail)
    assert held <= float(said[1]) * 1e-6 * 1.003  # three digits are said
    assert float(said[1]) * 1e-6 < 1.05 * held
    assert on_an_abraded_bump(load=-0.99 * held).refused is None


# drawn in against a pull


def in_a_mask(pull):
    """A little solder in a mask's opening, and a package with a mask of its own that is drawn up.

    Where it meets the solder that pulls it with 60 µN, and with more the further it has come down.
    """
    mask = {"material": "solder resist", "thickness": 1.4e-6, "opening": {"radius": 18e-6}}
    pad = {"radius": 14.4e-6, "material": "Cu", "thickness": 2.6e-6}
    return run(
        mounted(
            {"volume": 5e-15},
            {"pad": pad, "resist": mask, "load": -pull},
            pad=20e-6,
            mask=(6.8e-6, 14.5e-6),
            gravity=0.0,
            wetting={"Cu": "35 deg", "FR4": "140 deg", "solder resist": "135 deg"},
        )
    )


def test_a_pull_that_is_less_than_holds_a_package_on_its_mask_leaves_it_there():
    """As without a pull: it is put on once the solder has drawn the package in."""
    free = in_a_mask(0.0)
    assert free.refused is None
    stage, metrics = free.result["stages"][-1], free.metrics["joint"]
    lower, upper = stage["surface"]["contact_lines"]
    assert (metrics["held_by"], lower["feature"], upper["state"]) == ("mask", "mask wall", "pinned")
    volume, tension, b = liquid_of(stage, 0.0)
    shot = shoot_two(
        Line(Cone(14.5e-6, 0.0, 0.5 * math.pi), lower["z_m"], math.radians(135)),
        Line(point(14.4e-6, metrics["standoff_m"]), 0.0),
        volume,
        capillarity=b,
        top=True,
    )
    held = -shot.force * tension
    assert metrics["joint_force_N"] == pytest.approx(-held, rel=1e-9)
    for pull in (0.3, 0.6, 0.7, 0.9, 0.999):
        ran = in_a_mask(pull * held)
        assert ran.refused is None, pull
        told = ran.metrics["joint"]
        assert told["held_by"] == "mask"
        for name in ("standoff_m", "joint_force_N"):
            assert told[name] == pytest.approx(metrics[name], rel=1e-9)
    gone = in_a_mask(1.001 * held).refused
    assert gone.reason == "no_equilibrium"
    assert gone.detail.endswith(f"the largest that the liquid holds is {1e6 * held:.9g} µN")


def test_of_a_dish_drawn_up_from_its_rim_it_is_told_where_its_way_ends():
    """A cup of barrier, cut open: the liquid is level with its rim as the package meets it.

    Two joints are at rest at the fixture's standoff, and from a film of 20 nm no way is found to
    either. The words were those of a first guess: "no arc holds the volume".
    """
    pad = {"radius": "435.4 um", "thickness": "8.2 um", "material": "Cu"}
    steps = [
        {"do": "substrate", "pad": pad, "base": {"material": "FR4"}},
        {"do": "plate", "material": "Ti", "radius": "435.4 um", "thickness": "78.2 um"},
        {"do": "deposit", "solder": "Sn42Bi58", "ball": {"diameter": "967.8 um"}},
        {"do": "reflow", "name": "ball", "peak": "155.1 degC"},
        {"do": "barrier", "material": "Pd", "thickness": "12.3 um"},
        {"do": "abrade", "to": "279.6 um"},
        {"do": "reflow", "name": "dish", "peak": "147.3 degC", "remelts": True},
        {"do": "mount", "name": "joint", "pad": {"radius": "538.6 um", "material": "Au"},
         "base": {"material": "polyimide"}, "standoff": "411.8 um", "lifted": False,
         "peak": "155.6 degC", "remelts": True},
    ]  # fmt: skip
    wet = {"Ti": "106.4 deg", "FR4": "133 deg", "Sn42Bi58": "59.1 deg", "Cu": "49 deg"}
    wet |= {"Pd": "9.3 deg", "Au": "16.5 deg", "polyimide": "115.9 deg"}
    refused = run(Case.from_dict({"case": {"name": "dish"}, "wetting": wet, "step": steps})).refused
    assert refused.reason == "not_converged"
    told = r"meets the liquid at a standoff of (\S+) µm; .* to the fixture's, 411.8 µm, no surface"
    # as high as the dish's top, which its expansion has raised over the rim
    assert float(re.search(told, refused.detail)[1]) == pytest.approx(279.6, abs=0.1)


@pytest.mark.slow
def test_no_step_is_solved_twice(monkeypatch):
    """A step of a package that leads nowhere is made smaller: not cut off to the same again.

    Those down to where it sits were, of one that squeezes its liquid over an edge; a margin, which
    comes that near to its limit, took a fifth of its time for them.
    """
    steps = Counter()

    def told(there):
        def made(joint, held, lift, *more):
            steps[id(held), lift] += 1
            kept.append(held)
            return there(joint, held, lift, *more)

        return made

    kept = []  # so that each has an id of its own
    for name in ("brought_to", "drawn_to"):
        monkeypatch.setattr(floating_height, name, told(getattr(floating_height, name)))
    run(load_case("hybrid_joint").with_values({"mount.resist.thickness": 419.9372e-6}))
    assert sum(steps.values()) > 20
    assert max(steps.values()) == 1
