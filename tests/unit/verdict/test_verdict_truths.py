"""What the verdict says of processes that go another way: each is a bundled case, changed once."""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.runner import run
from judged_cases import blanket, judged, place, sections, told
from second_judge.compare import compare

pytestmark = pytest.mark.dolfinx


# what the run has not reached


def test_masks_that_would_be_stripped_later_are_not_judged():
    data = sections("stacked_masks")
    data["step"][place(data, "reflow", 1)]["peak"] = "200 degC"
    found = judged(data)
    assert found["masks-removed"]["verdict"] == "not judged"
    assert "second reflow was refused" in found["masks-removed"]["reason"]
    assert told(found, "steps-in-order") == (
        "not judged",
        "second reflow was refused, before step 7 (strip)",
    )


def test_a_package_that_is_not_reached_is_not_said_to_be_missing():
    data = sections("core_and_cap")
    data["step"][place(data, "coat")]["opening"]["radius"] = "180.1 um"
    data["wetting"]["FR4"] = "140 deg"
    found = judged(data)
    words = ("not judged", "cap reflow was refused, before step 6 (mount)")
    assert told(found, "standoff-held-by-core") == words
    assert found["corners-filled"]["verdict"] == "fails"
    assert found["corners-filled"]["value"] == pytest.approx(-10.0)  # 140° + 140° − 270°


def test_neighbours_of_a_refused_reflow_that_another_follows():
    """SAC305 on Sn42Bi58 that melts under it: what is told is the refusal, not what follows it."""
    data = sections("bga_ball")
    under = {"do": "deposit", "solder": "Sn42Bi58"}
    under["column"] = {"radius": "200 um", "height": "60 um"}
    at = place(data, "deposit")
    data["step"][at : at + 1] = [under, data["step"][at]]
    data["step"].insert(at + 2, {"do": "reflow", "name": "low", "peak": "180 degC"})
    assert told(judged(data), "neighbours-clear") == ("not judged", "low was refused")


def test_a_requirement_on_a_refused_stage_tells_the_refusal():
    data = sections("photoimaged_opening")
    data["step"][place(data, "deposit", 1)]["volume"] = "20 nl"
    data["requirements"] = {"second reflow.protrusion_m": {"min": "1 um"}}
    found = judged(data)
    assert found["requirement"]["reason"].startswith("second reflow was refused")
    assert found["neighbours-clear"]["verdict"] == "fails"  # it spreads to the next bump


@pytest.mark.parametrize(
    ("peak", "more", "verdict", "margin"),
    [
        (200.0, {}, "holds", 17.0),  # SAC305 melts from 217 °C on
        (245.0, {}, "fails", -28.0),
        (245.0, {"remelts": True}, "not judged", None),
    ],
)
def test_a_ball_that_was_attached_to_the_package_stays_solid_too(peak, more, verdict, margin):
    """Once the board's solder has frozen on it; both verdicts say so."""
    data = sections("hybrid_joint")
    later = {"do": "reflow", "name": "later", "peak": f"{peak} degC", **more}
    data["step"].append(later)
    ran = run(Case.from_dict(data))
    [found] = [c for c in ran.conditions if c.id == "frozen-stays-solid"]
    assert found.verdict == verdict
    assert found.value == (margin if margin is None else pytest.approx(margin))
    assert ("SAC305 melts in later" in found.reason) is (verdict != "holds")
    assert compare(ran, ["frozen-stays-solid"]).differences == []


# joints, and what is buried


@pytest.mark.parametrize("name", ["core_and_cap", "core_metal_ball"])
def test_a_joint_over_a_buried_pad_joins_no_pads(name):
    data = sections(name)
    assert judged(data)["joint-closed"]["verdict"] == "holds"
    at = next(i for i, s in enumerate(data["step"]) if s["do"] in ("core", "deposit"))
    data["step"].insert(at, blanket("solder resist"))
    found = judged(data)["joint-closed"]
    assert (found["verdict"], found["reason"]) == ("fails", "no metal leads from it to the pad")


@pytest.mark.parametrize("solder", ["SAC305", "Pb95Sn5"])
def test_paste_that_stays_on_the_pad_is_named(solder):
    """Of either: what leads from the joint to the pad is no metal before it has melted."""
    data = sections("bga_joint")
    print_ = {"radius": "0.26 mm", "thickness": "0.1 mm", "metal_fraction": 0.5}  # all the pad
    data["step"][place(data, "deposit")] |= {"solder": solder, "stencil": print_}
    data["step"][place(data, "mount")]["solder"] = {"solder": "Sn42Bi58", "volume": "10 nl"}
    data["step"][place(data, "mount")]["peak"] = "180 degC"
    found = judged(data)["joint-closed"]
    assert found["reason"] == "between it and the pad is paste that has not melted"


def test_a_pillar_that_is_pressed_onto_the_pad_has_no_solder_between():
    """What is told is that it lies there: metal does lead to the pad, and is joined to nothing."""
    pad = {"radius": "25 um", "thickness": "18 um", "material": "Cu"}
    paste = {"radius": "25 um", "thickness": "20 um", "metal_fraction": 0.5}
    cap = {"solder": "SAC305", "column": {"radius": "25 um", "height": "20 um"}}
    joint = {"do": "mount", "name": "joint", "base": {"material": "SiO2"}, "peak": "245 degC"}
    pillar = {"material": "Cu", "radius": "25 um", "height": "40 um"}
    joint |= {"pad": {**pad, "radius": "30 um"}, "pillar": pillar, "load": "20 uN"}
    steps = [
        {"do": "substrate", "pad": pad, "base": {"material": "FR4"}},
        {"do": "deposit", "solder": "SAC305", "stencil": paste},
        joint | {"solder": cap | {"attached": "245 degC"}},
    ]
    wet = {"Cu": "30 deg", "FR4": "140 deg", "SiO2": "140 deg"}
    head = {"name": "pillar", "pitch": "160 um"}
    ran = run(Case.from_dict({"case": head, "wetting": wet, "step": steps}))
    [found] = [c for c in ran.conditions if c.id == "joint-closed"]
    assert ran.metrics["joint"]["standoff_m"] == pytest.approx(40e-6)
    words = "the package lies on the pad: the solder is pressed out of between"
    assert (found.verdict, found.reason) == ("fails", words)
    assert compare(ran, ["joint-closed"]).differences == []


@pytest.mark.parametrize("route", [True, False])
def test_a_buried_bump_that_melts_again_was_built_upon(route):
    data = sections("laminated_abraded")
    data["step"] = [s for s in data["step"] if s["do"] not in ("abrade", "barrier")]
    data["step"][place(data, "reflow", 1)]["peak"] = "330 degC"
    if not route:
        del data["case"]["route"]
    found = judged(data)["frozen-stays-solid"]
    assert (found["verdict"], found["reason"]) == ("fails", "Pb95Sn5 melts in second reflow")


# masks


def test_a_first_solder_that_melts_under_the_second_mask_melts_alone_and_late():
    data = sections("stacked_masks")
    mask = data["step"].pop(place(data, "coat", 1))
    data["step"].insert(place(data, "reflow"), mask)
    found = judged(data)
    assert found["pre-solder-body"]["verdict"] == "holds"
    words = ("fails", "mask 2 comes before reflow of the first solder")
    assert told(found, "steps-in-order") == words


def test_an_empty_first_mask_leaves_the_order_open():
    data = sections("stacked_masks_three")
    del data["step"][place(data, "reflow")]
    del data["step"][place(data, "deposit")]
    words = ("not judged", "there is no solder in the opening of first mask")
    assert told(judged(data), "steps-in-order") == words


def test_one_mask_is_told_as_such():
    data = sections("stacked_masks")
    del data["step"][place(data, "deposit", 1)]
    assert "one mask only" in judged(data)["pre-solder-body"]["reason"]


# cores


def test_a_core_under_a_barrier_is_a_core():
    data = sections("core_and_cap")
    barrier = {"do": "barrier", "material": "Ni", "thickness": "2 um"}
    data["step"].insert(place(data, "deposit", 1), barrier)
    data["wetting"]["Ni"] = "35 deg"
    found = judged(data)
    for name in ("core-spherical", "standoff-held-by-core", "standoff-equals-core"):
        assert found[name]["verdict"] == "holds", found[name]


def test_a_steady_standoff_says_between_which_temperatures():
    found = judged(sections("core_metal_ball"))
    assert told(found, "standoff-steady") == ("holds", "tried from 200 to 240 °C")


def test_solder_that_melts_shut_in_limits_no_oven_as_a_solid_does():
    """Under a barrier below the core it is molten, too: no reason to try colder only."""
    data = sections("core_metal_ball")
    data["wetting"]["Ni"] = "35 deg"
    data["step"][1:1] = [
        {"do": "deposit", "solder": "Sn63Pb37", "column": {"radius": "200 um", "height": "9 um"}},
        {"do": "reflow", "name": "tinning", "peak": "220 degC"},
        {"do": "barrier", "material": "Ni", "thickness": "5 um"},
    ]
    assert told(judged(data), "standoff-steady") == ("holds", "tried from 200 to 240 °C")


def test_liquid_level_with_what_holds_the_package_may_join_or_not():
    """Ground flush with its layer, the solder melts to a plane, on which the package's pad lies."""
    layer = {"layer": "mask", "material": "SiO2", "thickness": "10 um"}
    pad = {"radius": "50 um", "thickness": "5 um", "material": "Cu"}
    data = {
        "case": {"name": "flush"},
        "environment": {"gravity": "0 m/s^2"},
        "wetting": {"Cu": "25 deg", "SiO2": "80 deg"},
        "step": [
            {"do": "substrate", "pad": pad, "base": {"material": "SiO2"}},
            {"do": "coat", **layer, "opening": {"radius": "40 um"}},
            {"do": "deposit", "solder": "SAC305",
             "fill": {"layer": "mask", "metal_fraction": 1.0}},
            {"do": "abrade", "to": "6 um"},
            {"do": "mount", "pad": {"radius": "60 um", "material": "Cu"},
             "base": {"material": "SiO2"}, "load": "10 uN", "peak": "240 degC"},
        ],
    }  # fmt: skip
    found = judged(data)["joint-closed"]
    assert found["verdict"] == "not judged"
    assert "level with the 6 µm" in found["reason"]


@pytest.mark.parametrize(("land", "named"), [("0.25 mm", ""), ("0.45 mm", " (widest: pad)")])
def test_neighbours_name_the_metal_that_is_wider_than_the_liquid(land, named):
    """The clearance between liquids is another number then, and is not said to be the same."""
    data = sections("bga_ball")
    data["step"][0]["pad"]["radius"] = land
    ran = run(Case.from_dict(data))
    [found] = [c for c in ran.conditions if c.id == "neighbours-clear"]
    assert found.statement == f"Neighbouring bumps stay clear of each other{named}."
    clearance = ran.metrics["ball attach"]["clearance_m"]
    if named:
        assert found.metric == ""
        assert found.value == pytest.approx(ran.case.pitch - 2 * 450e-6)
        assert found.value < clearance
    else:
        assert (found.metric, found.value) == ("clearance_m", clearance)


@pytest.mark.parametrize(
    ("without", "named"),
    [
        ((), ""),
        (("seed",), " (but for seed, which reaches from one to the next)"),
        (("UBM", "seed"), " (but for seed and UBM, which reach from one to the next)"),
    ],
)
def test_neighbours_name_the_metal_that_no_step_parts_between_them(without, named):
    """A seed and UBM are common to all bumps until they are etched, and then to none."""
    data = sections("plated_column_as_claimed")
    bare = [s["layer"] for s in data["step"] if s["do"] == "etch" and s.get("mask") == "above"]
    assert bare == ["UBM", "seed"]
    data["step"] = [s for s in data["step"] if s["do"] != "etch" or s["layer"] not in without]
    _, found = both_say(data, "neighbours-clear")
    assert found["neighbours-clear"][0] == "holds"
    [found] = [c for c in run(Case.from_dict(data)).conditions if c.id == "neighbours-clear"]
    assert found.statement == f"Neighbouring bumps stay clear of each other{named}."


def test_plates_as_wide_as_the_pitch_touch():
    """A plate ends where it is said to, though the model ends there too: no blanket layer."""
    data = sections("bga_ball")
    plate = {"do": "plate", "layer": "UBM", "material": "Ni", "thickness": "5 um"}
    data["step"].insert(1, plate | {"radius": "0.635 mm"})
    ran, found = both_say(data, "neighbours-clear")
    assert found["neighbours-clear"][0] == "fails"
    assert "(widest: UBM)" in str([c.statement for c in ran.conditions])


def test_metal_that_does_not_lead_to_the_bump_joins_no_neighbours():
    """A plane round a land of 365 µm: from 420 µm on clear of it, from 330 µm on it lies on it."""
    data, said = sections("bga_ball"), []
    for radius in ("420 um", "330 um"):
        plane = blanket("Cu", "18 um") | {"layer": "plane", "opening": {"radius": radius}}
        data["step"][1:1] = [plane]
        [found] = [c for c in run(Case.from_dict(data)).conditions if c.id == "neighbours-clear"]
        said.append("but for plane" in found.statement)
        del data["step"][1]
    assert said == [False, True]


def test_neighbours_are_judged_by_solder_that_melts_on_the_package_alone():
    """Nothing has been put on the stack, and the joint stays open."""
    solder = {"solder": "SAC305", "volume": "0.01 nl"}
    data = {
        "case": {"name": "open", "pitch": "400 um"},
        "environment": {"gravity": "0 m/s^2"},
        "wetting": {"Cu": "25 deg", "SiO2": "140 deg"},
        "step": [
            {"do": "substrate", "pad": {"radius": "50 um", "thickness": "5 um", "material": "Cu"},
             "base": {"material": "SiO2"}},
            {"do": "coat", "layer": "mask", "material": "SiO2", "thickness": "60 um",
             "opening": {"radius": "40 um"}},
            {"do": "mount", "pad": {"radius": "60 um", "material": "Cu"}, "solder": solder,
             "base": {"material": "SiO2"}, "load": "10 uN", "peak": "240 degC"},
        ],
    }  # fmt: skip
    found = judged(data)
    assert found["joint-closed"]["verdict"] == "fails"
    assert found["neighbours-clear"]["verdict"] == "holds"
    assert found["neighbours-clear"]["value"] == pytest.approx(280e-6)


# a requirement of what is no number


def test_words_have_no_limits():
    data = sections("photoimaged_opening")
    data["requirements"] = {"second reflow.covers_barrier": {"min": 1}}
    with pytest.raises(CaseError, match="covers_barrier is not a number"):
        Case.from_dict(data)


def test_a_core_that_melted_with_its_cap_is_no_core():
    data = sections("core_and_cap")
    data["materials"] = {"Pb95Sn5+Sn63Pb37": {"solidus": "250 degC", "liquidus": "300 degC"}}
    data["wetting"]["Sn63Pb37 on Pb95Sn5+Sn63Pb37"] = "20 deg"
    data["step"][place(data, "reflow", 1)] |= {"peak": "350 degC", "remelts": True}
    more = {"do": "deposit", "solder": "Sn63Pb37", "volume": "16 nl"}
    data["step"].insert(place(data, "mount"), more)
    found = judged(data)
    for name in ("cap-covers-core", "standoff-held-by-core", "standoff-equals-core"):
        assert told(found, name) == ("not judged", "the core melted in cap reflow")


# claims that want solder molten


def in_steps(*peaks):
    """Sn63Pb37 over Sn96.5Ag3.5, reflowed to some temperatures, °C; masks off before the last."""
    data = sections("stacked_masks")
    data["wetting"]["Sn63Pb37 on Sn96.5Ag3.5"] = "20 deg"
    for number, peak in enumerate(peaks):
        data["step"][place(data, "reflow", number)]["peak"] = f"{peak} degC"
    for number, solder in enumerate(("Sn96.5Ag3.5", "Sn63Pb37")):
        data["step"][place(data, "deposit", number)]["solder"] = solder
    return data


def both_say(data, *names):
    """Verdict, reason and stage by condition; the second judge agrees."""
    ran = run(Case.from_dict(data))
    assert compare(ran, names).differences == []
    found = {c["id"]: c for c in ran.result["conditions"]}
    return ran, {n: (found[n]["verdict"], found[n]["reason"], found[n]["stage"]) for n in names}


ROUTE_004 = ("bodies-fuse", "ball-on-ubm", "frozen-stays-solid", "steps-in-order")


def test_solders_that_fuse_in_a_later_reflow_are_judged_there():
    """The second melts at 200 °C on the first, which melts at 221 °C: at 250 °C they are one."""
    data = in_steps(250, 200, 250)
    ran, found = both_say(data, *ROUTE_004)
    assert found["bodies-fuse"] == ("holds", "", "third reflow")
    assert found["ball-on-ubm"][0] == "holds"
    assert found["frozen-stays-solid"][:2] == ("not judged", "claim 1 wants it melted")
    assert found["steps-in-order"][0] == "fails"  # the masks are off before the solders fuse
    assert any("ball contains lead" in note for note in ran.remarks)
    del data["case"]["route"]
    _, general = both_say(data, "frozen-stays-solid")
    words = ("fails", "Sn96.5Ag3.5 melts in third reflow", "third reflow")
    assert general["frozen-stays-solid"] == words


def test_there_is_no_ball_of_solders_that_never_fuse():
    ran, found = both_say(in_steps(250, 200, 200), *ROUTE_004)
    words = "Sn96.5Ag3.5 stays solid: it melts at 221 °C, the peak is 200 °C"
    assert found["bodies-fuse"] == ("fails", words, "third reflow")
    words = "there is no ball: the solders do not fuse into one"
    assert found["ball-on-ubm"][:2] == ("not judged", words)
    assert found["frozen-stays-solid"][0] == "holds"
    assert found["steps-in-order"][0] == "holds"
    assert [n for n in ran.remarks if "fused" in n] == [
        "the lead of a fused ball is not told: the solders do not fuse"
    ]


def test_a_wall_that_begins_in_an_opening_below_leans_all_the_way_up():
    """In a hole 45 µm deep it is 65 µm high, not the 20 µm by which its layer covers the field."""
    data = sections("stacked_masks")
    hole = {"do": "coat", "layer": "hole", "material": "polyimide", "thickness": "45 um"}
    data["step"].insert(1, {**hole, "opening": {"radius": "120 um"}})
    first, second = data["step"][place(data, "coat", 1)], data["step"][place(data, "coat", 2)]
    first |= {"thickness": "20 um", "opening": {"radius": "80 um", "sidewall": "100 deg"}}
    second["opening"] = {"radius": "72 um"}
    data["wetting"]["polyimide"] = "140 deg"
    ran, found = both_say(data, "upper-opening-larger")
    assert found["upper-opening-larger"][0] == "holds"
    (value,) = (c.value for c in ran.conditions if c.id == "upper-opening-larger")
    at_its_top = 80e-6 - 65e-6 * math.tan(math.radians(10.0))
    assert value == pytest.approx(72e-6 - at_its_top, rel=1e-9)


def test_a_ball_is_judged_where_it_last_had_a_shape_without_the_masks():
    """It spreads off the land; that a later stage is refused does not undo it."""
    data = sections("stacked_masks")
    data["wetting"]["SiO2"] = "50 deg"
    cap = {"do": "plate", "material": "Ni", "radius": "30 um", "thickness": "1 um"}
    data["step"] += [cap, {"do": "reflow", "name": "fourth reflow", "peak": "250 degC"}]
    ran, found = both_say(data, "ball-on-ubm")
    assert ran.refused.reason == "carried"
    assert found["ball-on-ubm"][::2] == ("fails", "third reflow")


def test_claim_1_wants_nothing_molten_once_the_ball_has_fused():
    """What is put on the ball freezes with it; under Pb95Sn5 the mixture should stay solid."""
    data = sections("stacked_masks")
    more = {"do": "deposit", "solder": "Sn63Pb37", "volume": "0.02 nl"}
    again = {"do": "reflow", "name": "fourth reflow", "peak": "250 degC"}
    over = {"do": "deposit", "solder": "Pb95Sn5", "volume": "0.02 nl"}
    last = {"do": "reflow", "name": "fifth reflow", "peak": "250 degC"}
    data["step"] += [more, again, over, last]
    _, found = both_say(data, "frozen-stays-solid")
    assert found["frozen-stays-solid"][0] == "fails"
    assert found["frozen-stays-solid"][1].endswith("melts in fourth reflow")


def test_a_stacked_ball_that_first_melts_at_mounting_is_told_so():
    data = sections("stacked_masks")
    reflows = [place(data, "reflow", n) for n in range(3)]
    mount = {"do": "mount", "pad": {"radius": "50 um", "material": "Ni"},
             "base": {"material": "SiO2"}, "standoff": "90 um", "peak": "250 degC"}  # fmt: skip
    for index in reversed(reflows):
        del data["step"][index]
    data["step"].append(mount)
    words = ("not judged", "the solder first melts at mounting")
    assert told(judged(data), "bodies-fuse") == words


def test_two_platings_of_one_metal_are_two_layers_on_the_path():
    """The second lies on the first, and the solder on the second."""
    data = sections("stacked_masks")
    plates = [{"do": "plate", "material": "Ni", "radius": "50 um", "thickness": t, "role": role}
              for t, role in (("3 um", "ubm"), ("2 um", "additional"))]  # fmt: skip
    data["step"][place(data, "deposit") : place(data, "deposit")] = plates
    assert judged(data)["metal-path"]["verdict"] == "holds"


def test_a_metal_that_is_stripped_from_under_the_solder_leaves_no_path():
    """It was the UBM; what is left is no pad that itself is one."""
    data = sections("stacked_masks")
    post = {"do": "plate", "material": "Ni", "layer": "post", "radius": "30 um",
            "thickness": "50 um"}  # fmt: skip
    at = place(data, "deposit")
    data["step"] = [*data["step"][:at], post, data["step"][at], {"do": "strip", "layer": "post"}]
    assert told(judged(data), "metal-path") == ("fails", "post is not there any more")


def test_a_polyimide_that_is_laid_and_etched_after_the_reflow_raises_no_protrusion():
    """The column is a ball by then, and nothing melts it in its polyimide."""
    data = sections("plated_column")
    reflow = data["step"].pop(place(data, "reflow"))
    coats = [i for i, step in enumerate(data["step"]) if step["do"] == "coat"]
    data["step"] = [*data["step"][: coats[-1]], reflow, data["step"][coats[-1]]]
    data["step"].append({"do": "etch", "layer": data["step"][-1]["layer"], "by": "2 um"})
    words = ("not judged", "the polyimide is etched after the reflow")
    assert told(judged(data), "etch-raises-protrusion") == words


def test_masks_that_are_abraded_are_gone_as_if_stripped():
    """Down into the passivation below them; the ball "is not melted without the masks" was said."""
    data = sections("stacked_masks")
    below = {"do": "coat", "layer": "below", "material": "polyimide", "thickness": "5 um"}
    data["step"].insert(1, {**below, "opening": {"radius": "50 um"}})
    data["wetting"]["polyimide"] = "120 deg"
    data["step"] = [s for s in data["step"] if s["do"] != "strip"]
    data["step"].insert(-1, {"do": "abrade", "to": "4 um"})
    _, found = both_say(data, "ball-on-ubm")
    assert found["ball-on-ubm"][::2] == ("holds", "third reflow")
