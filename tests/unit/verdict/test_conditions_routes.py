"""Conditions on real runs: one thing is changed, and the one that speaks of it says so."""

from __future__ import annotations

import pytest

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.runner import run
from bumpform.verdict.conditions import looks_like
from second_judge.compare import compare
from two_lines import done

pytestmark = pytest.mark.dolfinx


def verdicts(name, *sets):
    found = {}
    for condition in done(name, *sets).result["conditions"]:
        found.setdefault(condition["id"], condition)
    return found


CHANGES = [
    # case, what is changed, condition, its answer then
    ("photoimaged_opening", "deposit.Pb95Sn5.volume=0.20 nl", "dome-protrudes", "fails"),
    ("photoimaged_opening", "deposit.Pb95Sn5.volume=0.47 nl", "dome-ends-below-top", "fails"),
    ("photoimaged_opening", "deposit.Pb95Sn5.volume=0.47 nl", "defined-distance-window",
     "not judged"),
    ("photoimaged_opening", "barrier.Ni.thickness=2 um", "barrier-thickness-matches", "fails"),
    ("photoimaged_opening", "barrier.Ni.thickness=2 um", "second-ends-at-juncture", "not judged"),
    ("photoimaged_opening", "barrier.Ni.material=Cu", "barrier-group-viiib", "fails"),
    ("photoimaged_opening", "barrier.Ni.material=Ir", "barrier-group-viiib", "holds"),
    ("photoimaged_opening", "barrier.Ni.material=NiP", "barrier-group-viiib", "holds"),
    ("photoimaged_opening", "barrier.Ni.finish.material=Cu", "barrier-noble-coating", "fails"),
    ("photoimaged_opening", "barrier.Ni.finish.material=Rh", "barrier-noble-coating", "holds"),
    ("photoimaged_opening", "barrier.Ni.growth=planar", "barrier-thickness-matches", "holds"),
    ("photoimaged_opening", "case.pitch=124 um", "neighbours-clear", "fails"),
    ("laminated_abraded", "deposit.Sn63Pb37.volume=21.693 pl", "second-covers-barrier", "fails"),
    ("plated_column", "plate.UBM nickel.thickness=12 um", "ubm-thickness", "fails"),
    ("plated_column", "plate.UBM nickel.material=Cu", "ubm-metals", "fails"),
    ("plated_column", "plate.UBM nickel.material=Cu", "ubm-thickness", "not judged"),
    ("plated_column", "substrate.pad.material=Au", "pad-metal", "fails"),
    ("plated_column", "substrate.pad.material=AlCu", "pad-metal", "holds"),
    ("plated_column_etched", "etch.polyimide.by=0.5 um", "etch-raises-protrusion", "fails"),
    ("stacked_masks", "coat.second mask.opening.radius=45 um", "upper-opening-larger", "fails"),
    ("stacked_masks", "coat.first mask.material=polyimide", "mask-material", "fails"),
    ("core_and_cap", "coat.resist.opening.radius=185 um", "opening-within-pad", "fails"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("name", "change", "condition", "verdict"), CHANGES)
def test_a_change_is_told_by_its_condition(name, change, condition, verdict):
    assert verdicts(name)[condition]["verdict"] in ("holds", "not judged")
    found = verdicts(name, change)[condition]
    assert found["verdict"] == verdict, found
    assert found["holds"] is {"holds": True, "fails": False, "not judged": None}[verdict]
    if verdict == "not judged":
        assert found["reason"]


def test_without_a_route_only_general_conditions_are_judged():
    case = load_case("photoimaged_opening")
    bare = case.model_copy(update={"route": None})
    from bumpform.runner import run

    found = run(bare)
    assert {c["route"] for c in found.result["conditions"]} == {"general"}
    assert sum("[case] route" in note for note in found.notes) == 1


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("photoimaged_opening", "photoimaged_opening"),
        ("laminated_abraded", "laminated_abraded"),
        ("plated_column", "plated_column"),
        ("core_metal_ball", "core_and_cap"),
        ("stacked_masks", "stacked_masks"),
    ],
)
def test_what_a_case_looks_like_is_told_not_taken(name, route):
    assert looks_like(load_case(name)) == route


def test_requirements_are_judged_with_their_names():
    sets = (
        "requirements.second reflow.protrusion_m.min=70 um",
        "requirements.second reflow.protrusion_m.max=78 um",
        "requirements.first reflow.standoff_m.max=78 um",
        "requirements.barrier.juncture.r_m.min=50 um",
    )
    found = [
        c
        for c in done("photoimaged_opening", *sets).result["conditions"]
        if c["id"] == "requirement"
    ]
    assert [c["verdict"] for c in found] == ["fails", "not judged", "holds"]
    assert found[0]["value"] == pytest.approx(79.07e-6, rel=1e-3)
    assert "means nothing" in found[1]["reason"]


@pytest.mark.parametrize("where", ["case.", "reflow.second reflow."])
@pytest.mark.parametrize("route", [True, False])
def test_what_may_melt_is_not_judged_where_it_melts_but_by_a_claim(where, route):
    """But by the route's claim; wherever the case says it; the peak of 350 °C melts both."""
    case, hot = "photoimaged_opening_no_barrier", "reflow.second reflow.peak=350 degC"
    allowed = f"{where}remelts=true"

    def says(*sets):
        data = load_case(case, list(sets)).to_dict()
        if not route:
            del data["case"]["route"]
        ran = run(Case.from_dict(data))
        assert compare(ran, ["frozen-stays-solid"]).differences == []
        (found,) = [c for c in ran.conditions if c.id == "frozen-stays-solid"]
        return found.verdict, found.value

    assert says(hot)[0] == "fails"
    assert says(hot, allowed) == (says(hot) if route else ("not judged", None))
    assert says(allowed) == says()  # what does not melt is judged, whether it may or not
    assert says()[0] == "holds"
