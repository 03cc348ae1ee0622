"""Cases that people have: what each must give.

Problem    inputs made from public questions, data sheets and documents, in tests/people
Exact      closed forms, independent shooting, or the plain meaning of the words
Expect     every number to its last given digit; every sentence as it is
"""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

import bumpform
from bumpform.case.file import load_case
from bumpform.errors import CaseError

pytestmark = pytest.mark.dolfinx

PEOPLE = Path(__file__).parent.parent / "people"


@functools.cache
def ran(name, *sets):
    return bumpform.run(load_case(PEOPLE / f"{name}.toml", sets=list(sets)))


def verdicts(name, *sets):
    found = {}
    for condition in ran(name, *sets).result["conditions"]:
        found.setdefault(condition["id"], condition)
    return found


def of(name, stage, *sets):
    return next(s for s in ran(name, *sets).result["stages"] if s["name"] == stage)


def line(name, stage, *sets, end="outer"):
    lines = of(name, stage, *sets)["surface"]["contact_lines"]
    return next(x for x in lines if x["end"] == end)


# ---------------------------------------------------------------- drops


def test_a_standard_ball_rests_on_its_land():
    """30 mil on a land of 25 mil: pinned at the pad's edge."""
    surface = of("ball_30_mil", "reflow")["surface"]
    assert surface["apex_z_m"] == pytest.approx(628.5388e-6, abs=0.6e-10)
    assert surface["max_radius_m"] == pytest.approx(396.4861e-6, abs=0.6e-10)
    assert line("ball_30_mil", "reflow")["angle_deg"] == pytest.approx(127.381, abs=6e-4)
    assert line("ball_30_mil", "reflow")["state"] == "pinned"


def test_a_ball_over_a_via_in_its_pad():
    """The via fills; the bump stands on the land."""
    assert of("via_in_pad", "reflow")["surface"]["apex_z_m"] == pytest.approx(
        413.4316e-6, abs=6e-11
    )


def test_the_angle_of_a_mixture_is_the_case_s():
    outer = line("angle_of_a_mixture", "one")
    assert outer["state"] == "free"
    assert outer["r_m"] == pytest.approx(85.510e-6, abs=6e-10)
    apex = of("angle_of_a_mixture", "one")["surface"]["apex_z_m"]
    assert apex == pytest.approx(59.867e-6, abs=6e-10)


def test_a_deposit_of_nothing_is_told_in_one_line():
    with pytest.raises(CaseError) as caught:
        ran("fill_of_a_full_opening")
    assert len(caught.value.problems) == 1


def test_what_hangs_round_a_column_far_too_heavy_for_its_plane_slides_to_its_end():
    run = ran("heavy_column_on_plane")
    assert run.refused is None
    lower, upper = run.result["stages"][0]["surface"]["contact_lines"]
    assert (upper["feature"], upper["state"]) == ("Pb95Sn5 edge", "pinned")
    assert lower["angle_deg"] == pytest.approx(38.761314212781)  # Young's


# ---------------------------------------------------------------- joints


def test_a_ball_set_down_at_once_makes_the_joint_of_one_melted_before():
    at_once = ran("ball_set_down_at_once").metrics["mount"]
    assert at_once["held_by"] == "liquid"
    case = load_case(PEOPLE / "ball_set_down_at_once.toml").to_dict()
    case["step"].insert(2, {"do": "reflow", "name": "before", "peak": 488.15})
    before = bumpform.run(bumpform.Case.from_dict(case)).metrics["mount"]
    assert at_once["standoff_m"] == pytest.approx(before["standoff_m"], rel=2e-9)


def test_a_joint_without_load_draws_itself_together():
    joint = ran("joint_without_load").metrics["joint"]
    assert joint["standoff_m"] == pytest.approx(18.33224e-6, abs=6e-12)
    assert joint["joint_stiffness_N_m"] == pytest.approx(291.0, abs=0.5)
    assert line("joint_without_load", "joint")["r_m"] == pytest.approx(103.0092e-6, abs=6e-11)


def test_a_column_is_drawn_beyond_its_free_height():
    joint = ran("drawn_column").metrics["mount"]
    assert joint["joint_force_N"] == pytest.approx(-897.641e-6, abs=6e-10)
    pressure = of("drawn_column", "mount")["surface"]["pressure_Pa"]
    assert pressure == pytest.approx(516.52, abs=6e-3)
    angles = [line("drawn_column", "mount", end=end)["angle_deg"] for end in ("outer", "top")]
    assert sorted(angles, reverse=True) == pytest.approx([61.34, 60.20], abs=6e-3)


def test_the_core_carries_the_package_at_the_resist_s_edge():
    joint = ran("core_carries_resist_edge").metrics["mounting"]
    assert joint["held_by"] == "core"


# ---------------------------------------------------------------- who is liquid, and where


def test_what_does_not_touch_does_not_fuse():
    run = ran("bodies_apart")
    assert run.refused is None
    assert run.metrics["both"]["liquid_bodies"] == 2


@pytest.mark.parametrize("name", ["enclosed_first_solder", "enclosed_second_reflow"])
def test_what_is_free_is_solved_beside_what_is_enclosed(name):
    run = ran(name)
    stages = {s["name"]: s for s in run.result["stages"]}
    stage = stages["second reflow" if name == "enclosed_first_solder" else "third reflow"]
    assert stage["enclosed"]
    assert "refused" not in stage
    assert verdicts(name)["frozen-stays-solid"]["holds"] is False


def test_a_ball_that_rests_on_paste_encloses_nothing():
    run = ran("ball_rests_on_paste")
    assert run.result["stages"][0].get("enclosed") in (None, [])


# ---------------------------------------------------------------- the barrier's growth

BARRIERS = (
    "barrier_on_stepped_ball",
    "barrier_on_frozen_flank",
    "barrier_on_coined_bump",
    "barrier_on_proud_plane_after_etch",
    "barrier_proud_of_flush_plane",
)


@pytest.mark.parametrize("name", BARRIERS)
def test_a_barrier_covers_all_that_was_bare(name):
    route = "case.route=photoimaged_opening"
    found = verdicts(name, route)
    assert found["barrier-on-first-bump"]["holds"]
    assert found["no-closed-void"]["holds"]


def test_a_plane_s_barrier_that_is_proud_is_not_aligned():
    found = verdicts("barrier_proud_of_flush_plane", "case.route=laminated_abraded")
    assert found["barrier-top-aligned"]["holds"] is False
    assert found["barrier-top-aligned"]["value"] == pytest.approx(2e-6, rel=1e-9)
    assert found["plane-below-top"]["holds"] is False


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    "name", ["collapse_joint", "mounted_plated_column", "wlcsp_ball", "copper_pillar"]
)
def test_ordinary_joints_are_judged_by_no_route(name):
    assert {c["route"] for c in ran(name).result["conditions"]} == {"general"}
    assert ran(name).refused is None


def test_the_first_bump_must_stay_solid():
    found = verdicts("first_bump_melts_again", "case.route=photoimaged_opening")
    assert found["frozen-stays-solid"]["holds"] is False
    assert verdicts("first_bump_melts_again")["frozen-stays-solid"]["holds"] is False


def test_bodies_must_fuse():
    found = verdicts("nothing_fuses", "case.route=stacked_masks")["bodies-fuse"]
    assert found["holds"] is False
    assert "Pb95Sn5 stays solid" in found["reason"]


def test_a_small_ball_covers_half_a_dome():
    found = verdicts("small_ball_on_large_dome", "case.route=photoimaged_opening")
    assert found["second-covers-first"]["holds"] is False
    assert found["second-covers-first"]["value"] == pytest.approx(0.57, abs=0.005)
    assert ran("small_ball_on_large_dome").metrics["second reflow"]["coverage"] == pytest.approx(
        found["second-covers-first"]["value"], rel=1e-9
    )


def test_a_further_reflow_changes_no_list():
    route = "case.route=photoimaged_opening"
    ids = [c["id"] for c in ran("extra_reflow_before_barrier", route).result["conditions"]]
    with_one = bumpform.run(load_case("photoimaged_opening")).result["conditions"]
    stages = ("stands-upright", "corners-filled", "film-thickness")
    assert [i for i in ids if i not in stages] == [
        c["id"] for c in with_one if c["id"] not in stages
    ]


def test_two_prints_of_one_paste_are_one_solder():
    route = "case.route=photoimaged_opening"
    found = verdicts("first_paste_in_two_prints", route)
    assert found["first-melts-higher"]["holds"]
    assert found["first-melts-higher"]["value"] == pytest.approx(129.0, abs=1e-9)
    assert ran("first_paste_in_two_prints").result["stages"][0]["molten"] == ["Pb95Sn5"]


def test_additional_copper_is_no_ubm():
    roles = ("seed", "UBM nickel", "additional copper")
    sets = [
        f"plate.{layer}.role={role}"
        for layer, role in zip(roles, ("seed", "ubm", "additional"), strict=True)
    ]
    found = verdicts("copper_under_solder", "case.route=plated_column", *sets)
    assert found["ubm-thickness"]["value"] == pytest.approx(5e-6, rel=1e-9)
    assert found["ubm-thickness"]["holds"]
    assert any("it is not UBM" in n for n in ran(
        "copper_under_solder", "case.route=plated_column", *sets).notes)  # fmt: skip


def test_a_column_may_be_plated_by_a_fill():
    found = verdicts("plated_column_by_fill", "case.route=plated_column")
    assert [i for i, c in found.items() if c["holds"] is False] == []
    assert found["column-protrudes"]["holds"]


def test_neighbours_that_touch_are_told_on_every_route():
    assert verdicts("bridging")["neighbours-clear"]["value"] == pytest.approx(-35.7e-6, abs=6e-8)
    assert verdicts("bridging")["neighbours-clear"]["holds"] is False
