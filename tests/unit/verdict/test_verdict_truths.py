"""What the verdict says of processes that go another way: each is a bundled case, changed once."""

from __future__ import annotations

import tomllib

import pytest

from bumpform.case.bundled import bundled_cases
from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.findings.condition import Answer, Condition
from bumpform.result.readable import condition_limits, condition_value
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx


def sections(name):
    """A bundled case as its file has it."""
    return tomllib.loads(bundled_cases()[name].read_text("utf-8"))


def judged(data):
    """Conditions of a case by their id, the first of each."""
    found = {}
    for condition in run(Case.from_dict(data)).result["conditions"]:
        found.setdefault(condition["id"], condition)
    return found


def place(data, do, count=0):
    """Index of the step of a kind."""
    return [i for i, step in enumerate(data["step"]) if step["do"] == do][count]


def told(found, name):
    return found[name]["verdict"], found[name]["reason"]


# what the run has not reached


def test_masks_that_would_be_stripped_later_are_not_judged():
    data = sections("stacked_masks")
    data["step"][place(data, "reflow", 1)]["peak"] = "200 degC"
    found = judged(data)
    assert found["masks-removed"]["verdict"] == "not judged"
    assert "second reflow was refused" in found["masks-removed"]["reason"]
    assert told(found, "steps-in-order") == ("not judged", "second reflow was refused before it")


def test_a_package_that_is_not_reached_is_not_said_to_be_missing():
    data = sections("core_and_cap")
    data["step"][place(data, "coat")]["opening"]["radius"] = "180.1 um"
    data["wetting"]["FR4"] = "140 deg"
    found = judged(data)
    words = ("not judged", "cap reflow was refused before it")
    assert told(found, "standoff-held-by-core") == words
    assert found["corners-filled"]["verdict"] == "fails"
    assert found["corners-filled"]["value"] == pytest.approx(-10.0)  # 140° + 140° − 270°


def test_a_requirement_on_a_refused_stage_tells_the_refusal():
    data = sections("photoimaged_opening")
    data["step"][place(data, "deposit", 1)]["volume"] = "20 nl"
    data["requirements"] = {"second reflow.protrusion_m": {"min": "1 um"}}
    found = judged(data)
    assert found["requirement"]["reason"].startswith("second reflow was refused")
    assert found["neighbours-clear"]["verdict"] == "fails"  # it spreads to the next bump


# joints, and what is buried


def blanket(material="Si3N4", thickness="5 um"):
    return {"do": "coat", "layer": "cover", "material": material, "thickness": thickness}


@pytest.mark.parametrize("name", ["core_and_cap", "core_metal_ball"])
def test_a_joint_over_a_buried_pad_joins_no_pads(name):
    data = sections(name)
    assert judged(data)["joint-closed"]["verdict"] == "holds"
    at = next(i for i, s in enumerate(data["step"]) if s["do"] in ("core", "deposit"))
    data["step"].insert(at, blanket("solder resist"))
    found = judged(data)["joint-closed"]
    assert (found["verdict"], found["reason"]) == ("fails", "no metal leads from it to the pad")


@pytest.mark.parametrize("route", [True, False])
def test_a_buried_bump_that_melts_again_was_built_upon(route):
    data = sections("laminated_abraded")
    data["step"] = [s for s in data["step"] if s["do"] not in ("abrade", "barrier")]
    data["step"][place(data, "reflow", 1)]["peak"] = "330 degC"
    if not route:
        del data["case"]["route"]
    found = judged(data)["frozen-stays-solid"]
    assert (found["verdict"], found["reason"]) == ("fails", "Pb95Sn5 melts in second reflow")


# columns


def test_layers_of_polyimide_are_one_polyimide():
    data = sections("plated_column")
    more = {**blanket("polyimide", "10 um"), "layer": "PI2"}
    data["step"].insert(place(data, "reflow"), more)
    found = judged(data)
    assert found["column-protrudes"]["value"] == pytest.approx(45.4e-6)  # 81.2 − 35.8 um
    assert found["solder-higher-than-polyimide"]["value"] == pytest.approx(40e-6)  # 75 − 35 um
    for name in ("polyimide-on-passivation", "ball-above-polyimide", "ball-ends-at-edge"):
        assert found[name]["verdict"] == "holds", name


def test_a_resist_left_on_the_polyimide_is_none():
    data = sections("plated_column")
    mask = {**blanket("photoresist", "5 um"), "layer": "mask", "opening": {"radius": "60 um"}}
    data["step"].insert(place(data, "reflow"), mask)
    data["wetting"]["photoresist"] = "140 deg"
    found = judged(data)
    assert found["column-protrudes"]["value"] == pytest.approx(55.4e-6)
    assert found["ball-ends-at-edge"]["verdict"] == "holds"


def test_a_stripped_polyimide_covers_nothing():
    data = sections("plated_column")
    data["step"].insert(place(data, "reflow"), {"do": "strip", "layer": "polyimide"})
    found = judged(data)
    words = ("not judged", "what is coated round the column is removed before it melts")
    assert told(found, "column-protrudes") == words
    assert told(found, "ball-above-polyimide") == words


def test_a_passivation_of_two_layers_is_one():
    data = sections("plated_column")
    over = {**blanket("SiO2", "0.4 um"), "opening": {"radius": "32 um"}}
    data["step"].insert(place(data, "coat") + 1, over)
    found = judged(data)
    assert found["ubm-ends-at-solder"]["verdict"] == "holds"
    assert found["polyimide-on-passivation"]["verdict"] == "holds"


def test_a_column_melted_in_its_resist_is_told_everywhere():
    data = sections("plated_column")
    reflow = data["step"].pop(place(data, "reflow"))
    data["step"].insert(place(data, "strip"), reflow)
    data["wetting"]["photoresist"] = "140 deg"
    found = judged(data)
    assert told(found, "steps-in-order") == ("fails", "reflow comes before polyimide")
    assert found["masks-removed"]["verdict"] == "fails"
    assert found["column-protrudes"]["verdict"] == "not judged"
    assert found["ball-above-polyimide"]["verdict"] == "holds"


@pytest.mark.parametrize(("to", "verdict"), [("60 um", "holds"), ("10 um", "fails")])
def test_a_ball_cut_before_its_polyimide_is_as_high_as_what_is_left(to, verdict):
    data = sections("plated_column")
    late = data["step"].pop(place(data, "coat", 2))
    data["wetting"]["Si3N4"] = "140 deg"
    late["opening"] = {"radius": "50 um"}
    data["step"] += [{"do": "abrade", "to": to}, late]
    found = judged(data)
    top = float(to.split()[0]) * 1e-6
    plane = 25e-6 + 0.8e-6  # of the polyimide, on the passivation
    assert found["ball-above-polyimide"]["verdict"] == verdict
    assert found["ball-above-polyimide"]["value"] == pytest.approx(top - plane)
    words = {
        "holds": "the bump is cut before the polyimide is coated: it is no ball any more",
        "fails": "the bump does not stand above the polyimide's plane",
    }
    assert told(found, "ball-spherical") == ("not judged", words[verdict])


def test_a_ball_worn_off_before_its_polyimide_is_not_judged():
    data = sections("plated_column")
    late = data["step"].pop(place(data, "coat", 2))
    data["wetting"]["Si3N4"] = "140 deg"
    data["step"] += [{"do": "abrade", "to": "5 um"}, late]
    words = ("not judged", "nothing of the bump is left when the polyimide is coated")
    assert told(judged(data), "ball-above-polyimide") == words


def test_a_ball_melted_again_without_its_polyimide_is_not_judged_by_it():
    data = sections("plated_column")
    again = {"do": "reflow", "name": "again", "peak": data["step"][place(data, "reflow")]["peak"]}
    data["step"] += [{"do": "strip", "layer": "polyimide"}, again]
    found = judged(data)
    words = ("not judged", "the polyimide is gone when the bump is last melted")
    for name in ("ball-above-polyimide", "ball-spherical", "ball-ends-at-edge"):
        assert told(found, name) == words
    assert found["column-protrudes"]["verdict"] == "holds"


def test_roles_that_are_given_and_swapped_fail():
    data = sections("plated_column")
    seed, ubm = place(data, "plate", 0), place(data, "plate", 1)
    data["step"][seed], data["step"][ubm] = data["step"][ubm], data["step"][seed]
    found = judged(data)
    assert told(found, "steps-in-order") == ("fails", "UBM nickel comes before seed")
    assert found["metal-path"]["verdict"] == "fails"
    assert found["ubm-metals"]["verdict"] == found["ubm-thickness"]["verdict"] == "holds"


def test_nickel_on_nickel_is_as_thick_as_both():
    data = sections("plated_column")
    at = place(data, "plate", 1)
    data["step"][at]["thickness"] = "6 um"
    data["step"].insert(at, {**data["step"][at], "layer": "first nickel"})
    found = judged(data)["ubm-thickness"]
    assert (found["verdict"], found["value"]) == ("fails", pytest.approx(12e-6))


def test_a_resist_that_only_metal_is_plated_through_is_not_said_to_be_missing():
    """Nor a UBM that is not under the solder, nor a polyimide that is not round it."""
    data = sections("plated_column")
    at = place(data, "deposit")
    ball = {"do": "deposit", "solder": data["step"][at]["solder"], "ball": {"diameter": "90 um"}}
    post = {"do": "plate", "layer": "post", "material": "Cu"}
    data["step"][at] = post | {"fill": {"layer": "resist", "height": "5 um"}}
    data["step"].insert(place(data, "reflow"), ball)
    found = judged(data)
    words = "there is no resist through which a column is deposited"
    assert told(found, "steps-in-order") == ("not judged", words)
    assert "resist" in {step.get("layer") for step in data["step"]}


def test_a_column_without_a_resist_leaves_its_removal_and_cure_open():
    data = sections("plated_column")
    data["step"] = [step for step in data["step"] if step.get("layer") != "resist"]
    at = place(data, "deposit")
    solder = data["step"][at]["solder"]
    column = {"radius": "50 um", "height": "60 um"}
    data["step"][at] = {"do": "deposit", "solder": solder, "column": column}
    found = judged(data)
    words = ("not judged", "there is no resist through which a column is deposited")
    for name in ("steps-in-order", "masks-removed", "cure-window"):
        assert told(found, name) == words


def test_the_hottest_cure_is_the_cure():
    data = sections("plated_column")
    at = place(data, "coat", 1) + 1
    data["step"][at:at] = [
        {"do": "cure", "temperature": "100 degC", "time": "2 min"},
        {"do": "cure", "temperature": "350 degC", "time": "2 h"},
    ]
    assert judged(data)["cure-window"]["verdict"] == "holds"


def test_a_resist_is_cured_before_metal_is_plated_through_it():
    """A cure of another layer may come later."""
    data = sections("plated_column_added_copper")
    assert judged(data)["steps-in-order"]["verdict"] == "holds"
    cure = data["step"].pop(place(data, "cure"))
    data["step"].insert(place(data, "deposit"), cure)
    words = ("fails", "added copper comes before cure of the resist")
    assert told(judged(data), "steps-in-order") == words
    cure["layer"] = "passivation"
    assert judged(data)["steps-in-order"]["verdict"] == "holds"


def test_a_blanket_passivation_is_not_said_to_be_missing():
    data = sections("plated_column")
    del data["step"][place(data, "coat")]["opening"]
    found = judged(data)
    assert "blanket" in found["opening-exposes-pad"]["reason"]
    assert found["polyimide-on-passivation"]["verdict"] == "holds"


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


# numbers as they read


@pytest.mark.parametrize(
    ("value", "limits", "unit", "words"),
    [
        (1.0000001e-5, (1e-6, 1e-5), "m", ("10.000001 µm", "1.0000000 µm … 10.000000 µm")),
        (87.99999, (88.0, None), "K", ("87.99999 K", "≥ 88 K")),
        (6.8e-21, (None, 0.0), "m", ("0", "≤ 0")),
        (12e-6, (1e-6, 1e-5), "m", ("12.00 µm", "1.000 µm … 10.00 µm")),
    ],
)
def test_a_value_does_not_read_as_the_limit_that_it_misses(value, limits, unit, words):
    answer = Answer("fails", value=value, limits=limits, unit=unit)
    condition = Condition("id", "general", ("general",), "It is so.", answer)
    assert (condition_value(condition), condition_limits(condition)) == words


def test_words_have_no_limits():
    data = sections("photoimaged_opening")
    data["requirements"] = {"second reflow.covers_barrier": {"min": 1}}
    with pytest.raises(CaseError, match="covers_barrier is not a number"):
        Case.from_dict(data)


# the column, and what lies under it


def test_a_ball_on_a_ring_of_metal_is_put_on_it():
    """Over a step in the passivation the plating has a hollow, which the ball spans."""
    pad = {"radius": "50 um", "thickness": "5 um", "material": "Cu"}
    data = {
        "case": {"name": "ring", "route": "plated_column"},
        "step": [
            {"do": "substrate", "pad": pad, "base": {"material": "SiO2"}},
            {"do": "coat", "layer": "passivation", "material": "SiO2", "thickness": "20 um",
             "opening": {"radius": "20 um"}},
            {"do": "plate", "material": "Ni", "radius": "40 um", "thickness": "5 um"},
            {"do": "coat", "layer": "resist", "material": "photoresist", "thickness": "30 um",
             "opening": {"radius": "40 um"}},
            {"do": "deposit", "solder": "SAC305", "ball": {"diameter": "70 um"}},
        ],
    }  # fmt: skip
    assert told(judged(data), "ubm-metals") == ("holds", "")


def test_metal_laid_on_the_solder_is_no_layer_under_it():
    """Without a column, too: what the order is judged of lies under the first solder."""
    data = sections("plated_column")
    del data["step"][place(data, "strip")]
    data["step"][place(data, "coat", 1)]["material"] = "epoxy"
    deposit = data["step"][place(data, "deposit")]
    deposit["volume"] = "0.4 nl"
    del deposit["column"]
    del data["step"][place(data, "coat", 2)]
    metal = {"do": "plate", "layer": "late", "role": "seed", "material": "Au"}
    data["step"].append({**metal, "radius": "20 um", "thickness": "1 um"})
    assert judged(data)["steps-in-order"]["verdict"] == "not judged"


def test_metal_that_is_stripped_again_is_no_layer():
    data = sections("plated_column")
    metal = {"do": "plate", "layer": "trial", "material": "Ni", "radius": "40 um"}
    data["step"].insert(1, {**metal, "thickness": "1 um"})
    data["step"].insert(2, {"do": "strip", "layer": "trial"})
    found = judged(data)
    assert found["metal-path"]["verdict"] == "holds"
    assert "trial" not in found["steps-in-order"]["reason"]


def test_metal_plated_under_a_ubm_is_no_added_metal():
    data = sections("plated_column")
    del data["step"][place(data, "plate")]["role"]
    found = judged(data)
    assert found["ubm-metals"]["verdict"] == "holds"
    assert found["metal-path"]["verdict"] == "holds"


def test_a_column_plated_in_two_is_one():
    data = sections("plated_column")
    at = place(data, "deposit")
    halves = [{"radius": "40 um", "height": height} for height in ("40 um", "35 um")]
    data["step"][at : at + 1] = [{**data["step"][at], "column": half} for half in halves]
    found = judged(data)
    assert found["solder-higher-than-polyimide"]["value"] == pytest.approx(50e-6)


def test_a_resist_that_stands_when_the_column_melts_was_not_removed():
    """Whether the run ends there or not: it should have been gone before."""
    data = sections("plated_column")
    data["step"].append(data["step"].pop(place(data, "strip")))
    found = judged(data)
    assert told(found, "masks-removed") == ("fails", "resist still stands")


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


def test_a_mask_s_solder_that_melts_mixed_with_other_is_wanted_molten():
    """What is put on the ball without a mask freezes with it; the mixture melts under a barrier."""
    data = sections("stacked_masks")
    more = {"do": "deposit", "solder": "Sn63Pb37", "volume": "0.02 nl"}
    again = {"do": "reflow", "name": "fourth reflow", "peak": "250 degC"}
    over = {"do": "deposit", "solder": "Pb95Sn5", "volume": "0.02 nl"}
    last = {"do": "reflow", "name": "fifth reflow", "peak": "250 degC"}
    data["step"] += [more, again, over, last]
    assert told(judged(data), "frozen-stays-solid") == ("not judged", "claim 1 wants it melted")


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
