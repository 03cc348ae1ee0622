"""The second judge's own measures: what polygons are good to, and how answers combine."""

from __future__ import annotations

import math

import pytest

import bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.case.file import load_case
from bumpform.stack.layers import coat, substrate
from second_judge.answer import FAILS, HOLDS, OPEN, Answer, above, both, worst
from second_judge.polygons import AIR, ON, picture_of

UM = 1e-6


def picture(stack, size=60 * UM):
    return picture_of(stack.regions, stack.outer, stack.bottom, size, {})


def bare():
    return substrate(
        pad_radius=60 * UM,
        pad_thickness=5 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=150 * UM,
    )


def test_areas_of_discs_and_walls():
    stack = coat(bare(), layer="film", material="polyimide", thickness=30 * UM,
                 opening_radius=50 * UM)  # fmt: skip
    seen = picture(stack)
    assert seen.area("pad", AIR) == pytest.approx(math.pi * (50 * UM) ** 2, rel=1e-12)
    assert seen.area("pad", "film") == pytest.approx(math.pi * (60**2 - 50**2) * UM**2, rel=1e-12)
    wall = 2 * math.pi * 50 * 30 * UM**2
    top = math.pi * (150**2 - 50**2) * UM**2
    assert seen.area("film", AIR) == pytest.approx(wall + top, rel=1e-12)
    assert seen.profile()[0] == pytest.approx((0.0, 0.0), abs=1e-12)
    assert not picture(stack.without("pad", "film")).touch("base", "film")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(bundled_cases()))
def test_polygons_of_bundled_stacks(name):
    """Volumes to 1e-6, borders seen alike from both sides but for a ball on a plane.

    There two polygons are within ON of each other as far as √(2 ON) of the ball's radius.
    """
    run = bumpform.run(load_case(name))
    size = run.case.steps[0].pad.radius
    known = {}
    for moment in run.history:
        stack = moment.state.stack
        seen = picture_of(stack.regions, stack.outer, stack.bottom, size, known)
        for region in stack.regions:
            assert seen[region.name].volume == pytest.approx(abs(region.volume), rel=1e-6)
        for one in seen.bodies:
            for other in seen.bodies:
                gap = abs(seen.area(one, other) - seen.area(other, one))
                assert gap < 16.0 * math.pi * ON * size**2
        assert seen.hole() == 0.0


def test_answers_near_a_limit_say_so():
    assert above(1.0, 0.0, 1e-8) == Answer(HOLDS, "1 against 0")
    assert above(1e-7, 0.0, 1e-8).near
    assert above(0.0, 0.0, 1e-8) == Answer(FAILS, "0 against 0")  # exactly on it is not near
    assert above(0.0, 0.0, 1e-8, or_equal=True).verdict == HOLDS


def test_answers_combine():
    holds, fails, open_ = Answer(HOLDS), Answer(FAILS), Answer(OPEN)
    assert both(holds, open_).verdict == OPEN
    assert both(holds, open_, fails).verdict == FAILS
    assert worst([holds, open_]).verdict == HOLDS
    assert worst([open_]).verdict == OPEN
    assert worst([]) is None
    unsure = Answer(FAILS, near=True)
    assert both(holds, unsure).near
    assert not both(fails, unsure).near
