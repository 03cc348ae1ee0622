"""A cap that melts again: the equilibrium that it froze from, where nothing else has changed."""

import pytest

from bumpform.case.file import load_case
from bumpform.quick import replace
from bumpform.runner import run
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.search.again import as_it_froze


@pytest.fixture(scope="module")
def bump():
    case = load_case("hanging_package")
    reflow = next(i for i, step in enumerate(case.steps) if step.do == "reflow")
    return run(case.model_copy(update={"steps": case.steps[: reflow + 1]})).history[-1].state


def melted(state, weight=1.0):
    """The frozen bump's liquid on its solid, its outline, and the place of its line."""
    [one] = state.frozen
    solid, drop = one.lines[0].solid, replace(one.drop, gravity=weight * one.drop.gravity)
    land = LineForce(solid.profile, solid.angles, drop)
    [outline] = [p for p in state.stack.profile if p.region == state.stack.regions[-1].name]
    return land, outline, one.station


def test_nothing_is_solved_of_a_cap_as_it_froze(bump):
    """Solved again from its outline, every number is the same within both error estimates."""
    [one] = bump.frozen
    again, solved = as_it_froze(*melted(bump), bump.frozen), as_it_froze(*melted(bump))
    assert again.surface is one.surface and again.path
    assert solved.surface is not one.surface
    for name, value in one.values.items():
        assert abs(solved.values[name] - value) <= solved.errors[name] + one.errors[name], name


def test_one_that_weighs_more_than_as_it_froze_is_solved(bump):
    [one] = bump.frozen
    heavier = as_it_froze(*melted(bump, 1.5), bump.frozen)
    assert heavier.surface is not one.surface
    # hung upside down, it is drawn out by its weight
    assert heavier.values["top_z_m"] > one.values["top_z_m"]
