"""Periods and decays of a motion of several modes, by the matrix pencil, on known sums."""

from __future__ import annotations

import numpy as np
import pytest

from bumpform.melting.motion.modes import modes, swing

#: Period, decay, and amplitude at the end of three modes; the free drop's period is 1.
THREE = ((1.25, 9.0, 1.0), (0.49, 3.0, 0.4), (0.28, 1.5, 0.2))


def motion(times, parts, *, signals=5):
    """A sum of modes in several signals, each with phases and shares of its own."""
    rng = np.random.default_rng(7)
    found = np.zeros((len(times), signals))
    for period, decay, amplitude in parts:
        rate = -1.0 / decay + 2j * np.pi / period
        shares = rng.normal(size=signals) + 1j * rng.normal(size=signals)
        shares *= amplitude / np.linalg.norm(shares)
        found += (np.exp(rate * (times - times[-1]))[:, None] * shares).real
    return found


def uneven(long):
    """Times of steps between a sixtieth and a thirtieth of a period."""
    steps = np.random.default_rng(3).uniform(1.0 / 60.0, 1.0 / 30.0, size=int(60 * long))
    times = np.cumsum(steps)
    return times[times < long]


def test_all_modes_of_a_sum_are_found():
    """Steps are 8 to 17 a period of the quickest: a cubic through them is off by 1e-3 there."""
    times = uneven(4.0)
    found = modes(times, 2.0 + motion(times, THREE), 1.0)
    for rate, amplitude, (period, decay, exact) in zip(
        found.rates, found.amplitudes, THREE, strict=True
    ):
        assert 2.0 * np.pi / rate.imag == pytest.approx(period, rel=2e-3)
        assert -1.0 / rate.real == pytest.approx(decay, rel=2e-2)
        assert amplitude == pytest.approx(exact, rel=2e-2)
    assert found.misfit < 5e-3


def test_it_is_the_mode_that_moves_most_at_the_end():
    """Three times as large at first, the quick one has faded to a tenth of the slow one."""
    times = uneven(4.0)
    found = swing(times, motion(times, [(1.25, 9.0, 1.0), (0.49, 1.0, 0.1)]), 1.0)
    assert found.period == pytest.approx(1.25, rel=1e-3)
    assert found.decay == pytest.approx(9.0, rel=1e-2)
    other = swing(times, motion(times, [(1.25, 9.0, 0.2), (0.49, 3.0, 1.0)]), 1.0)
    assert other.period == pytest.approx(0.49, rel=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_noise_and_drift_leave_period_and_decay(seed):
    """2 % of noise, and a drift as large as the swing: what fades over the whole, and a line."""
    times = uneven(4.0)
    signals = motion(times, THREE)
    signals += 0.02 * np.random.default_rng(seed).normal(size=signals.shape)
    signals += np.outer(np.exp(-times / 4.0) + 0.1 * times, [1.0, -0.5, 0.2, 0.0, 0.7])
    found = swing(times, signals, 1.0)
    assert found.period == pytest.approx(1.25, rel=1e-2)
    assert found.decay == pytest.approx(9.0, rel=0.25)
    assert found.misfit < 0.1


def test_noise_has_no_mode():
    times = uneven(4.0)
    found = swing(times, np.random.default_rng(5).normal(size=(len(times), 5)), 1.0)
    assert (found.period, found.decay) == (None, None)
    assert found.why.startswith("modes that fade leave")


def test_a_period_that_changes_is_none():
    """From 1.25 to 0.9 while it is seen, as of a line that comes to be held."""
    times = uneven(4.0)
    phase = 2.0 * np.pi * np.where(times < 2.0, times / 1.25, 1.6 + (times - 2.0) / 0.9)
    found = swing(times, np.stack([np.sin(phase), np.cos(phase)], axis=1), 1.0)
    assert found.period is None
    assert found.why


def test_what_does_not_fade_has_no_time_of_decay():
    times = uneven(4.0)
    found = swing(times, motion(times, [(1.25, -50.0, 1.0)]), 1.0)
    assert found.period == pytest.approx(1.25, rel=1e-3)
    assert found.decay is None
    assert found.why == "they do not fade steadily"


@pytest.mark.parametrize(("long", "moves"), [(0.3, 1.0), (1.5, 1.0), (4.0, 0.0)])
def test_too_little_has_no_period(long, moves):
    """Too few steps, a single swing, and no motion."""
    times = uneven(long)
    found = swing(times, moves * motion(times, THREE[:1]), 1.0)
    assert found.period is None
    assert found.why == "too little of them has been seen"
