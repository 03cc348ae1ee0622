"""Subset simulation against closed forms and plain samples; intervals of shares."""

import numpy as np
import pytest
from scipy import stats

from bumpform.answers.methods.rare import subset_simulation
from bumpform.answers.methods.yields import wilson

WEIGHTS = np.array([0.6, 0.8, 0.0])


def plane(share):
    """Margin that a share of all normal numbers does not have: a plane in their space."""
    level = -stats.norm.ppf(share)
    return lambda u: level - u @ WEIGHTS


@pytest.mark.parametrize("share", [1e-1, 1e-2, 1e-3, 1e-6])
def test_planes_are_found_down_to_ppm(share):
    """The mean of 40 is within three of its own deviations; most intervals hold the truth."""
    found = [subset_simulation(plane(share), 3, samples=500, seed=seed) for seed in range(40)]
    shares = np.array([one.share for one in found])
    assert abs(shares.mean() / share - 1.0) < 3.0 * shares.std(ddof=1) / share / np.sqrt(40)
    held = [one.interval[0] <= share <= one.interval[1] for one in found]
    assert np.mean(held) >= 0.85  # 0.95 wanted; 40 draws scatter by 0.035
    assert all(one.runs == 500 + 450 * (one.levels - 1) for one in found)


def corner(u):
    """Two ways to fail, one of them curved, and a margin that jumps."""
    near = 3.3 - np.hypot(u[:, 0], 0.7 * u[:, 1])
    return np.where(u[:, 2] > 3.2, -1.0, near)


def test_it_agrees_with_plain_samples_at_1e_3_and_1e_2():
    rng = np.random.default_rng(5)
    for margin in (corner, lambda u: corner(u) - 0.75):
        count = int((margin(rng.standard_normal((1_000_000, 3))) <= 0.0).sum())
        plain = count / 1e6
        assert 5e-4 < plain < 5e-2
        shares = [subset_simulation(margin, 3, samples=500, seed=seed).share for seed in range(40)]
        assert np.mean(shares) == pytest.approx(plain, rel=3.0 * np.std(shares) / plain / 6.3)


def test_what_never_fails_is_told_as_less_than_can_be_seen():
    """A margin that is the same everywhere: 3 in as many as have been looked at, with 95 %."""
    found = subset_simulation(lambda u: 1.0 + 0.0 * u[:, 0], 2, samples=100)
    assert (found.share, found.interval, found.levels) == (0.0, (0.0, 0.03), 1)
    told = found.to_dict()  # both in ppm
    assert (told["ppm"], told["interval"]) == (0.0, [0.0, pytest.approx(3e4)])


def test_what_only_jumps_is_found_by_plain_samples():
    """Nothing tells the way to the 16 % that fail."""
    found = subset_simulation(lambda u: np.where(u[:, 0] > 1.0, -1.0, 1.0), 2, samples=2000)
    assert found.interval[0] < stats.norm.sf(1.0) < found.interval[1]


@pytest.mark.parametrize(("count", "samples"), [(0, 50), (3, 50), (25, 50), (50, 50)])
def test_intervals_are_wilsons(count, samples):
    exact = stats.binomtest(count, samples).proportion_ci(0.95, "wilson")
    assert wilson(count, samples) == pytest.approx((exact.low, exact.high), abs=1e-12)
