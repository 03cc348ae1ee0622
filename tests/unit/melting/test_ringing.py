"""The swings of a melt with inertia: their period and decay, and when they may be left."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from bumpform.melting.motion.ringing import CALM, LARGE, LEFT, MANY, PHASES, QUIET, Ringing

pytestmark = pytest.mark.dolfinx

#: Where a liquid is that does not move.
REST = np.zeros(2)


def fading(whole, decay, times):
    """A place that swings, and its kinetic energy, at each time."""
    ways = (-1.0 / decay + 2j * math.pi / whole) * np.asarray(times)
    return [
        (t, abs(way) ** 2, np.array([way.real])) for t, way in zip(times, np.exp(ways), strict=True)
    ]


def test_the_blow_of_a_body_that_lands_is_no_decay():
    """Up to there the kinetic energy is the body's; what swings on is the liquid's."""
    ringing = Ringing(3.0)
    times = np.arange(0.0, 30.0, 3.0 / 60)
    for time, kinetic, at in fading(3.0, 20.0, times):
        ringing.add(time, 1e3 * kinetic, 1.0, 30.0 * at, -1.0)
    for time, kinetic, at in fading(3.0, 20.0, times):
        ringing.add(30.0 + time, kinetic, 0.0, at, 0.0)
    ringing.asked((shape(1.0), 0.0))
    left = ringing.left()
    assert left.period == pytest.approx(3.0, rel=1e-4)
    assert left.decay == pytest.approx(20.0, rel=1e-3)
    assert left.why == ""


def shape(apex):
    return SimpleNamespace(nodes=np.array([[1.0, 0.0], [0.5, 0.8], [0.0, apex]]))


def asked(ringing, rests, *, energy=1e-2):
    """What asking comes to at a step after the other, of 1 that was released to a rest at 0."""
    ringing.add(0.0, 0.0, 1.0, REST)
    found = []
    for k, rest in enumerate(rests):
        ringing.add(2.0 + 0.4 * k, 0.5 * energy, 0.5 * energy, REST)
        assert ringing.may_be_left()
        found.append(ringing.asked(rest))
        assert not ringing.may_be_left()  # this phase has been asked
    return found


def test_swings_are_left_when_so_many_phases_come_to_one_rest():
    ringing = Ringing(1.0)
    assert asked(ringing, [(shape(1.0), 0.0)] * PHASES) == [False] * (PHASES - 1) + [True]
    left = ringing.left()
    assert left.share == pytest.approx(1e-2)
    assert left.energy == pytest.approx(1e-2)
    assert left.period is None


@pytest.mark.parametrize("other", [(shape(1.1), 0.0), None])
def test_a_phase_that_comes_elsewhere_begins_it_anew(other):
    same = (shape(1.0), 0.0)
    found = asked(Ringing(1.0), [same] * (PHASES - 1) + [other] + [same] * PHASES)
    assert found == [False] * (2 * PHASES - 1) + [True]


def test_they_are_not_left_as_long_as_more_is_left_than_their_motion_has():
    """Little is in motion, much above the rest: as at the turn of a heavy body's slow swing."""
    ringing = Ringing(1.0)
    ringing.add(0.0, 0.0, 1.0, REST)
    for k in range(2 * PHASES):
        ringing.add(2.0 + 0.4 * k, 1e-3, 2.0 * CALM, REST)
        assert ringing.may_be_left() == (k in (0, 3))  # once a period
        if k in (0, 3):
            assert not ringing.asked((shape(1.0), 0.0))


def test_larger_swings_are_left_where_nothing_has_happened_to_a_line_for_some_periods():
    ringing = Ringing(1.0)
    energy = 0.5 * (LEFT + CALM)
    ringing.add(0.0, 0.0, 1.0, REST)
    ringing.disturbed = 1.0
    for time in (1.0, 0.9 + QUIET, 1.1 + QUIET):
        ringing.add(time + 0.05, 0.5 * energy, 0.5 * energy, REST)
        assert ringing.limit() == (CALM if time > 1.0 + QUIET else LEFT)
    found = []
    for k in range(PHASES):
        ringing.add(4.2 + 0.4 * k, 0.5 * energy, 0.5 * energy, REST)
        assert ringing.may_be_left()
        found.append(ringing.asked((shape(1.0), 0.0)))
    assert found == [False] * (PHASES - 1) + [True]


def bobbing(share, *, rise=None, other=None, most=20):
    """When swings are left that do not fade, asked once a period; ``other`` is an end for once."""
    ringing = Ringing(1.0)
    ringing.add(0.0, 0.0, 1.0, REST)
    for time in np.arange(1.05, most, 0.05):
        ringing.add(time, 0.5 * share, 0.5 * share, REST, rise(time) if rise else 0.0)
        ringing.disturbed = time  # its line goes to and fro
        if ringing.may_be_left():
            apex = 1.1 if other is not None and abs(time - other) < 0.5 else 1.0
            if ringing.asked((shape(apex), 0.0)):
                return time
    return None


def test_large_swings_are_left_where_all_lead_to_one_end_for_many_periods():
    assert MANY + 1.0 < bobbing(0.4) < MANY + 3.0
    assert bobbing(1.1 * LARGE) is None


def test_another_end_begins_the_many_periods_anew():
    assert bobbing(0.4, other=5.2) > 5.2 + MANY


def test_a_body_that_bobs_slower_swings_once_as_a_whole_before():
    """It turns at 4, 8, 12 …: the first whole swing ends at 12."""
    assert 12.0 < bobbing(0.4, rise=lambda t: math.sin(2.0 * math.pi * t / 8.0)) < 13.2


def test_ripples_do_not_stand_for_the_period_of_a_body_that_bobs_slower():
    """It swings in 8, the liquid with a hundredth of its energy in 1."""
    ringing = Ringing(1.0)
    for time in np.arange(0.0, 20.0, 0.02):
        slow, fast = math.sin(2.0 * math.pi * time / 8.0), math.sin(2.0 * math.pi * time)
        ringing.add(time, slow**2 + 0.01 * fast**2, 0.0, np.array([slow, 0.1 * fast]), slow)
    left = ringing.left()
    assert left.period == pytest.approx(8.0, rel=1e-3)
    assert left.decay is None
    assert left.why == "they do not fade steadily"


def test_a_body_that_bobs_too_far_for_modes_has_its_period_by_its_turns():
    """Its surface goes on by no mode; it turns every 4."""
    ringing = Ringing(1.0)
    rng = np.random.default_rng(1)
    for time in np.arange(0.0, 20.0, 0.02):
        ringing.add(time, 1.0, 0.0, rng.normal(size=2), math.sin(2.0 * math.pi * time / 8.0))
    left = ringing.left()
    assert left.period == pytest.approx(8.0, abs=0.05)
    assert left.decay is None
    assert left.why.startswith("the period is by the turns of the package: modes that fade leave")


def test_a_fixture_that_stands_has_no_turns():
    """Its speed is round-off, of either sign."""
    ringing = Ringing(1.0)
    rng = np.random.default_rng(2)
    for time in np.arange(0.0, 4.0, 0.02):
        ringing.add(time, 1.0, 0.0, rng.normal(size=2), 1e-17 * rng.normal())
    assert ringing.left().period is None
