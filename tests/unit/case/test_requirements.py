"""The user's own limits on metrics, read with their units; a forgotten unit is told."""

import pytest

from bumpform.answers.methods.asked import read_targets
from bumpform.case.checks.requirements import read_requirements
from bumpform.case.file import load_case
from bumpform.errors import CaseError

STAGES = ["first reflow", "second reflow", "barrier"]


def test_limits_are_read_in_si():
    tables = {
        "second reflow.protrusion_m": {"min": "70 um", "max": 9e-5},
        "second reflow.terminus_fraction": {"max": 0.5},
    }
    limits, problems = read_requirements(tables, STAGES)
    assert not problems
    assert limits["second reflow.protrusion_m"] == pytest.approx({"min": 7e-5, "max": 9e-5})
    assert limits["second reflow.terminus_fraction"] == {"max": 0.5}


def test_a_least_above_the_most_is_told_as_it_was_written():
    name = "second reflow.protrusion_m"
    limits, [problem] = read_requirements({name: {"min": "0.5 mm", "max": "0.1 mm"}}, STAGES)
    assert limits == {}
    assert str(problem) == (
        f'requirements.{name}.min = "0.5 mm": is above max = "0.1 mm": nothing can meet it.'
    )


@pytest.mark.parametrize("value", [70, -70.0])
def test_a_bare_number_that_can_only_be_in_another_unit_is_told(value):
    _, [problem] = read_requirements({"second reflow.protrusion_m": {"min": value}}, STAGES)
    assert problem.path == "requirements.second reflow.protrusion_m.min"
    assert "1 m (a bare number is in m)" in problem.message


def test_a_bare_target_is_told_likewise():
    case = load_case("photoimaged_opening")
    with pytest.raises(CaseError, match=r"--target first reflow.protrusion_m = 15.0: .* in m"):
        read_targets(case, ["first reflow.protrusion_m=15"])
    assert read_targets(case, ["first reflow.protrusion_m=15 um"]) == {
        "first reflow.protrusion_m": pytest.approx(15e-6)
    }
