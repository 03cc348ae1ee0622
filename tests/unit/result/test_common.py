"""First steps that two cases have in common are done once, and it shows in nothing."""

import pytest

from bumpform import load_case, run
from bumpform.result.common_steps import common_states

DONE = run(load_case("photoimaged_opening"))
SECOND = "deposit.Sn63Pb37.volume"


@pytest.mark.parametrize(
    ("path", "value", "count"),
    [
        (SECOND, "0.5 nl", 6),
        ("deposit.Pb95Sn5.volume", "0.38 nl", 2),
        ("coat.dielectric.thickness", "31 um", 1),
        ("conditions.tolerance", 0.3, 9),
        ("case.pitch", "260 um", 0),  # all steps depend on the model's radius
        ("environment.gravity", "0 m/s^2", 0),
        ("wetting.Cu", "30 deg", 0),
    ],
)
def test_states_up_to_the_first_step_that_differs_are_shared(path, value, count):
    case = DONE.case.with_values({path: value})
    states = common_states(DONE, case)
    assert [state is moment.state for state, moment in zip(states, DONE.history, strict=False)] == (
        [True] * count
    )
    after, alone = run(case, after=DONE), run(case)
    assert after.result == alone.result
    assert after.notes == alone.notes


def test_a_run_that_goes_on_from_another_leaves_that_one_as_it_was():
    before = run(DONE.case).result
    run(DONE.case.with_values({SECOND: "0.7 nl"}), after=DONE)
    assert DONE.result == before


def test_what_a_later_strip_takes_away_is_no_other_metal():
    """Plated metal keeps off a layer that is stripped later: such a case has nothing in common."""
    column = run(load_case("plated_column"))
    steps = column.case.steps
    strip = next(i for i, step in enumerate(steps) if step.do == "strip")
    case = column.case.model_copy(update={"steps": (*steps[:strip], *steps[strip + 1 :])})
    assert common_states(column, case) == []
    assert len(common_states(column, column.case)) == len(steps)
