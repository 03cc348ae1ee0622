"""With inertia the energy, kinetic and potential, falls in every step: where a line stops, too."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

import bumpform
from bumpform.melting.beginning.options import Options
from bumpform.melting.motion.ringing import period

pytestmark = [pytest.mark.dolfinx, pytest.mark.slow]


def test_it_falls_where_a_line_stops_at_an_edge():
    """The ball of the last reflow over `stacked_masks` spreads over its pad's edge, and draws back
    to it, within one period of a free drop. A step ends there; carried on beyond the edge with the
    line held back, it would gain 6e-3 of what has been released."""
    case = bumpform.load_case("stacked_masks")
    options = Options(longest_time=300.0)
    melted = bumpform.melt(case, stage="third reflow", inertia=True, options=options)
    told = [words for _, words in melted.events]
    assert told[0] == "the outer line moves onto the base"
    assert told[1] == "the outer line stops at the end of the pad"
    steps = [frame.step for frame in melted.frames]
    assert steps[-1].time > 0.9 * period(melted.start.fluid)
    energies = [step.energy + step.kinetic for step in steps]
    released = energies[0] - min(step.energy for step in steps)
    rise = max(after - before for before, after in pairwise(energies))
    assert rise < 1e-4 * released
    stop = next(step for step in steps if step.event == told[1])
    assert stop.shape.start.held
    after = steps[steps.index(stop) + 1]
    assert math.dist(after.shape.start.place(), stop.shape.start.place()) == 0.0
