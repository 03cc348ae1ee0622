"""Cases that differ in some values.

Identity  made by their sizes alone they are those that the whole file would give, with its hash,
          or are refused with its words
"""

import itertools

import pytest

import bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.case.file import case_sha256
from bumpform.case.variation import Hashes, Variation

SIZES = {
    "deposit.Pb95Sn5.volume": (0.36e-12, 0.41e-12),
    "coat.dielectric.opening.sidewall": (1.4, 1.6),
    "case.pitch": (250e-6, 300e-6),
}
OTHERS = {
    "reflow.first reflow.peak": (600.0, 620.0),
    "wetting.polyimide": (2.1, 2.2),
    "barrier.material": ("Ni", "Co"),
    "conditions.tolerance": (0.2, 0.25),
}


def whole(case, places, values):
    """The case as its file with other values says it."""
    return case.with_values(dict(zip(places, values, strict=True)))


@pytest.mark.parametrize("axes", [SIZES, OTHERS, SIZES | OTHERS])
def test_a_case_with_other_values_is_the_one_of_the_whole_file(axes):
    case = bumpform.load_case("photoimaged_opening")
    varied, hashes = Variation(case, tuple(axes)), Hashes()
    for values in itertools.product(*axes.values()):
        made, told = varied.at(values), whole(case, axes, values)
        assert made == told
        assert hashes.of(made) == case_sha256(told)


@pytest.mark.parametrize("name", sorted(bundled_cases()))
def test_hashes_of_one_case_after_another_are_those_of_their_files(name):
    """Of every bundled case, with and without its pitch, names that need escaping included."""
    hashes, case = Hashes(), bumpform.load_case(name)
    for other in (case, case.with_values({"case.title": 'µ "\0"'}), case):
        assert hashes.of(other) == case_sha256(other)


def test_a_value_that_a_tolerance_cannot_be_about_is_refused_as_in_a_file():
    place = "coat.dielectric.thickness"
    case = bumpform.load_case("photoimaged_opening").with_values(
        {f"tolerances.{place}.{key}": v for key, v in (("std", "1 %"), ("low", "29 um"))}
    )
    varied = Variation(case, (place,))
    assert varied.at((31e-6,)) == whole(case, (place,), (31e-6,))
    messages = []
    for make in (varied.at, lambda values: whole(case, (place,), values)):
        with pytest.raises(bumpform.errors.CaseError, match="cuts off what lies farther") as error:
            make((28e-6,))
        messages.append(str(error.value))
    assert messages[0] == messages[1]


def test_a_wrong_size_is_refused_as_in_a_file():
    case = bumpform.load_case("photoimaged_opening")
    with pytest.raises(bumpform.errors.CaseError, match=r"deposit\.Pb95Sn5\.volume"):
        Variation(case, ("deposit.Pb95Sn5.volume",)).at((-1e-12,))
