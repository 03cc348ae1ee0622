"""What shall stay solid does so at every peak, whatever step has put it there."""

from __future__ import annotations

import pytest

from bumpform.case.case import Case
from bumpform.errors import CaseError

PAD = {"radius": 5e-5, "thickness": 2e-5, "material": "Cu"}
MOUNT = {
    "do": "mount",
    "pad": {"radius": 5e-5, "material": "Cu"},
    "base": {"material": "FR4"},
    "load": 0,
    "peak": "160 degC",
}
#: Melts from 138 °C; Sn63Pb37 from 183 °C.
COLUMN = {"do": "deposit", "solder": "Sn42Bi58", "column": {"radius": 5e-5, "height": 3e-5}}
COOL = {"do": "reflow", "name": "cool", "peak": "160 degC"}
HOT = {"do": "reflow", "name": "hot", "peak": "200 degC"}
COAT = {"do": "coat", "layer": "mask", "material": "Sn63Pb37", "thickness": 1e-5}
PLATE = {"do": "plate", "layer": "cap", "material": "Sn63Pb37", "radius": 5e-5, "thickness": 1e-5}
BARRIER = {"do": "barrier", "material": "Sn63Pb37", "thickness": 1e-6}
FINISH = {"material": "Sn63Pb37", "thickness": 1e-7}


def problems(*steps, pad="Cu", base="FR4", materials=None):
    substrate = {"do": "substrate", "pad": PAD | {"material": pad}, "base": {"material": base}}
    data = {"case": {"name": "x"}, "step": [substrate, *steps], "materials": materials or {}}
    try:
        Case.from_dict(data)
    except CaseError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("steps", "options", "what"),
    [
        ([COLUMN], {"pad": "Sn63Pb37"}, "the pad"),
        ([COLUMN], {"base": "Sn63Pb37"}, "the base"),
        ([COAT, COLUMN], {}, "coat mask"),
        ([PLATE, COLUMN], {}, "plate cap"),
        ([COLUMN, COOL, BARRIER], {}, "the barrier"),
        (
            [COLUMN, COOL, BARRIER | {"material": "Ni", "finish": FINISH}],
            {},
            "the barrier's finish",
        ),
    ],
)
@pytest.mark.parametrize("peak", ["183 °C", "200 °C"])
def test_a_solid_of_solder_is_refused_from_its_solidus_on(steps, options, what, peak):
    hot = HOT | {"peak": peak}
    (line,) = problems(*steps, hot, **options)
    assert line.startswith(f"reflow.hot.peak: {what} (Sn63Pb37) would melt at {peak}: ")
    assert 'do = "deposit"' in line
    assert problems(*steps, HOT | {"peak": "182 degC"}, **options) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"pad": {"radius": 5e-5, "material": "Sn63Pb37"}}, "the package's pad"),
        ({"base": {"material": "Sn63Pb37"}}, "the package's base"),
        (
            {"resist": {"material": "Sn63Pb37", "thickness": 1e-5, "opening": {"radius": 6e-5}}},
            "the package's resist",
        ),
    ],
)
def test_so_is_a_package_of_solder(changed, what):
    (line,) = problems(COLUMN, MOUNT | changed | {"peak": "200 degC"})
    assert f"{what} (Sn63Pb37) would melt" in line
    assert problems(COLUMN, MOUNT | changed) == []


def test_a_cure_melts_no_layer_either():
    cure = {"do": "cure", "temperature": "190 degC"}
    (line,) = problems(COAT, cure, COLUMN, COOL)
    assert line.startswith("cure.temperature: coat mask (Sn63Pb37) would melt at 190 °C: ")


def test_a_cure_is_told_what_helps_a_cure():
    """It has no peak and melts no deposit: it is cooler, or comes before what would melt."""
    seal = COAT | {"layer": "seal", "material": "photoresist"}
    cure = {"do": "cure", "layer": "seal", "temperature": "190 degC"}
    (line,) = problems(seal, COAT, cure, COLUMN)
    assert line.endswith("Cure below 183 °C, or before coat mask is there.")
    assert problems(seal, COAT, cure | {"temperature": "182.9 degC"}, COLUMN) == []
    assert problems(seal, cure, COAT, COLUMN) == []


@pytest.mark.parametrize("cured", ["mask", "seal"])
def test_what_is_cured_or_lies_under_it_cannot_come_after_the_cure(cured):
    """Nor can the pad: only a cooler cure is left."""
    seal = COAT | {"layer": "seal", "material": "photoresist"}
    cure = {"do": "cure", "layer": cured, "temperature": "190 degC"}
    (line,) = problems(COAT, seal, cure, COLUMN)
    assert line.endswith("Cure below 183 °C.")
    lines = problems(cure | {"layer": "seal"}, pad="Sn63Pb37")
    assert any(line.endswith("Cure below 183 °C.") for line in lines), lines


def test_what_has_been_stripped_may_melt():
    strip = {"do": "strip", "layer": "mask"}
    assert problems(COAT, COLUMN, strip, HOT) == []


def test_a_fused_solder_as_a_layer_is_refused_where_it_may_melt():
    """Its proportions are not known: below `solid_below` of the library it is solid, else not."""
    fused = PLATE | {"material": "Sn42Bi58+Sn63Pb37"}
    lines = problems(fused, COLUMN, COOL)
    assert any("plate cap (Sn42Bi58+Sn63Pb37) would melt" in line for line in lines), lines


def test_a_plated_cap_that_shall_melt_is_told_to_be_a_deposit():
    lines = problems(PLATE, HOT)
    assert any(
        "reflow.hot: nothing to melt has been put on the stack before it: what is plated stays "
        'solid. Put solder on with do = "deposit"; plated solder is a deposit with a column.'
        in line
        for line in lines
    ), lines
    copper = problems(PLATE | {"material": "Cu"}, HOT)
    assert copper == [
        "reflow.hot: nothing to melt has been put on the stack before it. Deposit solder first."
    ]
