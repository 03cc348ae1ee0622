"""What the verdict says of plated columns made another way, and of what lies under them."""

from __future__ import annotations

import pytest

from judged_cases import blanket, judged, place, sections, told

pytestmark = pytest.mark.dolfinx


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


@pytest.mark.parametrize(
    ("layer", "words"),
    [("seed", "etch of the seed"), ("copper", "etch of the seed copper")],
)
def test_an_etch_that_lacks_is_named_once(layer, words):
    data = sections("plated_column_as_claimed")
    data["step"] = [s for s in data["step"] if s["do"] != "etch" or s["layer"] != "seed"]
    for step in data["step"]:
        if step.get("layer") == "seed":
            step["layer"] = layer
    assert told(judged(data), "steps-in-order") == ("not judged", f"there is no {words}")


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
