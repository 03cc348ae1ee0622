"""Steps that change no shape; a cure that would melt solder is refused."""

from __future__ import annotations

import pytest

import bumpform
from bump_process import BUMP, case_of, mount, step
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.errors import CaseError
from bumpform.output.run_log import log_lines
from bumpform.process.dry import dry_problems

pytestmark = pytest.mark.dolfinx


def with_steps(name, *added):
    """A bundled case with steps put in before an index."""
    data = load_case(name).to_dict()
    for index, more in sorted(added, key=lambda pair: -pair[0]):
        data["step"].insert(index, more)
    return Case.from_dict(data)


def conditions(run):
    return {c["id"]: c for c in run.result["conditions"]}


def test_flux_note_and_cure_change_no_number():
    plain = bumpform.run(load_case("plated_column"))
    told = bumpform.run(
        with_steps(
            "plated_column",
            (3, {"do": "cure", "layer": "resist", "temperature": "350 degC", "time": "2 h"}),
            (8, {"do": "flux"}),
            (8, {"do": "note", "text": "reflowed in nitrogen"}),
        )
    )
    assert told.metrics == plain.metrics
    assert [c["verdict"] for c in told.result["conditions"] if c["id"] != "cure-window"] == [
        c["verdict"] for c in plain.result["conditions"] if c["id"] != "cure-window"
    ]


def test_the_log_says_what_changes_no_number():
    run = bumpform.run(load_case("plated_column_as_claimed", sets=["reflow.atmosphere=nitrogen"]))
    lines = list(log_lines(run))
    for line in (
        "step 2: note: The pad's oxide is sputtered away before the seed.",
        "step 6: cure resist at 350 °C for 2 h",
        "step 12: flux",
        "step 13: reflow reflow in nitrogen",
    ):
        assert line in lines
    plain = bumpform.run(load_case("plated_column_as_claimed"))
    assert run.metrics == plain.metrics


@pytest.mark.parametrize("name", ["barrier", "Ni", "barrier.Ni"])
def test_a_barrier_that_a_step_names_as_a_layer_is_told_to_be_none(name):
    """It stands there: what is not there yet is another thing."""
    steps = [step["do"] for step in load_case("photoimaged_opening").to_dict()["step"]]
    etch = {"do": "etch", "layer": name, "by": "0.1 um"}
    grown = steps.index("barrier")
    with pytest.raises(CaseError, match="a barrier is no layer"):
        with_steps("photoimaged_opening", (grown + 1, etch))
    with pytest.raises(CaseError, match="no such layer yet"):
        with_steps("photoimaged_opening", (grown, etch))


@pytest.mark.parametrize(
    ("temperature", "time", "verdict"),
    [
        ("350 degC", "2 h", "holds"),
        ("300 degC", "1.5 h", "holds"),
        ("400 degC", "2.5 h", "holds"),
        ("350 degC", None, "holds"),
        ("290 degC", "2 h", "fails"),
        ("350 degC", "1 h", "fails"),
    ],
)
def test_the_window_of_the_resist_s_cure(temperature, time, verdict):
    cure = {"do": "cure", "temperature": temperature} | ({"time": time} if time else {})
    run = bumpform.run(with_steps("plated_column", (3, cure)))
    assert conditions(run)["cure-window"]["verdict"] == verdict


def test_a_cure_of_a_layer_that_is_not_there_is_refused():
    with pytest.raises(CaseError, match=r'no such layer yet\. Did you mean "resist"\?'):
        with_steps("plated_column", (3, {"do": "cure", "layer": "resits", "temperature": 600}))


def test_a_cure_that_would_melt_solder_is_refused():
    hot = with_steps("plated_column", (8, {"do": "cure", "temperature": "350 degC"}))
    with pytest.raises(CaseError, match="would melt at 350 °C"):
        bumpform.run(hot)


def test_a_cure_is_not_told_to_melt_the_solder():
    """Of solder between its solidus and its liquidus, too: what is cured is to stay as it is."""
    mushy = with_steps("plated_column", (8, {"do": "cure", "temperature": "183 degC"}))
    with pytest.raises(CaseError) as caught:
        bumpform.run(mushy)
    (problem,) = caught.value.problems
    assert (problem.path, problem.key) == ("step.8 (cure)", "temperature")
    assert problem.message == (
        "Sn63Pb37 would begin to melt at 183 °C: cure before it is put there, or below 183 °C"
    )


@pytest.mark.parametrize(
    ("place", "cured", "sooner"),
    [
        ("resist", "resist", True),  # there before the solder: so may its cure be
        ("resist", None, True),  # of what is not said
        ("cover", "cover", False),  # put over the solder: it cannot be cured before
        ("cover", "resist", True),
        ("cover", None, True),
    ],
)
@pytest.mark.parametrize("at", ["183 degC", "200 degC"])
def test_a_cure_is_told_to_come_before_the_solder_only_where_it_can(place, cured, sooner, at):
    coat = {"do": "coat", "material": "photoresist", "thickness": "60 um"}
    cure = {"do": "cure", "temperature": at} | ({"layer": cured} if cured else {})
    steps = [
        {"do": "substrate", "base": {"material": "SiO2"},
         "pad": {"radius": "60 um", "thickness": "5 um", "material": "Cu"}},
        coat | {"layer": "resist", "opening": {"radius": "50 um"}},
        {"do": "deposit", "solder": "Sn63Pb37", "volume": "0.1 nl"},
        *([coat | {"layer": "cover"}] if place == "cover" else []),
        cure,
    ]  # fmt: skip
    (problem,) = dry_problems(Case.from_dict({"case": {"name": "cure", "pitch": "400 um"},
                                              "step": steps}))  # fmt: skip
    lower = "below 183 °C"
    if at == "200 degC":
        lower = "at a lower temperature, or write a reflow at that temperature"
    words = "cure before it is put there, or " if sooner else "cure "
    assert problem.message.endswith(f": {words}{lower}")


def test_a_cure_that_melts_what_a_package_brought_may_come_before_it():
    brought = '{ solder = "SAC305", volume = "0.1 nl" }'
    text = BUMP + mount(solder=brought).replace("220", "250")
    text += step('do = "cure"\ntemperature = "240 degC"')
    stopped = bumpform.run(case_of(text)).stopped
    assert stopped is not None
    assert "SAC305 would melt at 240 °C: cure before it is put there, or at a lower" in str(
        stopped.problems[0].message
    )
