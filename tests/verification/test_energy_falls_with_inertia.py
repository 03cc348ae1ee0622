"""With inertia the energy, kinetic and potential, falls in every step: at edges, too."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

import bumpform
from bumpform.melting.beginning.options import Options
from bumpform.melting.motion.melt import Melted
from bumpform.melting.motion.ringing import period

pytestmark = [pytest.mark.dolfinx, pytest.mark.slow]


def largest_rise(melted: Melted) -> float:
    """Of the energy in a step or a jump, as a part of what has been released."""
    steps = [frame.step for frame in melted.frames]
    energies = [step.energy + step.kinetic for step in steps]
    released = energies[0] - min(step.energy for step in steps)
    return max(after - before for before, after in pairwise(energies)) / released


def followed(case: str, stage: str, periods: float) -> Melted:
    """The first periods of a free drop of a bundled stage."""
    options = Options(longest_time=0.0)
    start = bumpform.melt(case, stage=stage, inertia=True, options=options).start
    options = Options(longest_time=periods * period(start.fluid))
    return bumpform.melt(case, stage=stage, inertia=True, options=options)


def test_it_falls_where_a_line_stops_at_an_edge():
    """The ball of the last reflow over `stacked_masks` spreads over its pad's edge, and draws back
    to it. A step ends there; carried on beyond the edge with the line held back, it would gain 6e-3
    of what has been released."""
    melted = followed("stacked_masks", "third reflow", 0.95)
    told = [words for _, words in melted.events]
    assert told[0] == "the outer line moves onto the base"
    assert told[1] == "the outer line stops at the end of the pad"
    assert largest_rise(melted) < 1e-4
    steps = [frame.step for frame in melted.frames]
    stop = next(k for k, step in enumerate(steps) if step.event == told[1])
    here, after = (step.shape.start for step in steps[stop : stop + 2])
    assert here.held
    assert math.dist(here.place(), after.place()) == 0.0


def test_it_falls_where_a_line_leaves_an_edge():
    """Little is left in the swings of `hanging_package`, and steps are long, as its upper line
    comes off the edge of the package's pad once more: in one as long as that it would go three
    times as far, and gain 4.5e-3 of what has been released."""
    melted = followed("hanging_package", "hanging", 1.7)
    told = [words for time, words in melted.events if "the top line moves onto" in words]
    assert len(told) == 3
    assert largest_rise(melted) < 1e-4


def test_it_falls_where_jets_are_drawn_in_and_a_hollow_meets_solid():
    """The cap over the core of `core_metal_ball`: meshed anew, its jet would gain 2e-3; a hole as
    wide as an element in the film over the core would take 4e-2."""
    melted = followed("core_metal_ball", "cap reflow", 1.5)
    assert any("is drawn in" in words for _, words in melted.events)
    assert largest_rise(melted) < 1e-4


def test_what_a_fixture_does_is_in_the_balance():
    """The fixture of `drawn_joint` draws the joint up to its height, within 0.62 periods: the
    energy rises by up to 4e-3 of what has been released in a step, and less what the fixture has
    done it falls in every one. What is lost is heat (measured 0.98 of it) but for what steps damp
    and take from a flow that stops: where both stages of the last step would go to the height by
    themselves, one goes back from beyond it, and a step would lose 5e-2."""
    steps = [frame.step for frame in followed("drawn_joint", "joint", 0.65).frames]
    steps = [after for before, after in pairwise(steps) if after.time > before.time]
    released = steps[0].energy - min(step.energy for step in steps)
    assert min(step.lost for step in steps) > -1e-4 * released
    lost, heat = (sum(part) for part in zip(*((s.lost, s.heat) for s in steps), strict=True))
    assert heat == pytest.approx(lost, rel=0.05)
    assert max(step.lost - step.heat for step in steps) < 1e-2 * released
    lifts = [step.shape.end.wall.lift for step in steps]
    assert all(after >= before for before, after in pairwise(lifts))
    assert lifts[-1] == lifts[-2]


def test_it_falls_in_steps_however_short():
    """Where the wave of `plated_column_as_claimed` meets on the axis, steps are short. Were each
    ended with the same part of its way left, what that leaves of velocity would add up: the energy
    would grow by 1.2e-2 of what has been released, and shorten them. What is lost is heat
    (measured 1.01 of it, by the mean of the flows of a step)."""
    steps = [frame.step for frame in followed("plated_column_as_claimed", "reflow", 0.6).frames]
    steps = [after for before, after in pairwise(steps) if after.time > before.time]
    released = steps[0].energy - min(step.energy for step in steps)
    assert min(step.lost for step in steps) > -1e-6 * released
    assert sum(step.heat for step in steps) == pytest.approx(sum(s.lost for s in steps), rel=0.03)


def test_it_falls_where_a_cavity_closes_on_the_axis():
    """The wave of the pre-reflow of `stacked_masks_three` closes over one 0.02 V^(1/3) in radius,
    whose nodes meet on the axis: no step can be taken until it is drawn in."""
    melted = followed("stacked_masks_three", "pre-reflow", 0.13)
    assert not melted.stopped
    assert any("is drawn in" in words for _, words in melted.events)
    assert largest_rise(melted) < 1e-4
