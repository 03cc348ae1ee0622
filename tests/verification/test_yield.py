"""Yields of cases: of a linear metric against its closed form, and against plain samples.

Exact     the clearance of fixed balls is the pitch less their diameter: normal as the pitch is, so
          that its share, Cpk and Sobol's indices are known
Identity  the share of plain samples lies within both intervals
"""

import math

import numpy as np
import pytest
from scipy import stats

import bumpform
from bumpform.answers.summary import condition_rows, spread_rows, yield_words
from bumpform.case.checks.addresses import locate
from case_data import CAP

pytestmark = pytest.mark.dolfinx

CLEAR = "requirements.reflow.clearance_m.min"


def column(**tolerances):
    values = {CLEAR: "110 um"}
    for path, (key, value) in tolerances.items():
        values[f"tolerances.{path}.{key}"] = value
    return bumpform.load_case("plated_column").with_values(values)


@pytest.mark.slow
def test_a_linear_metric_has_the_share_of_its_closed_form():
    """P(pitch − D ≥ 110 µm) of a normal pitch; 512 quasi-random samples are within 4e-3."""
    case = column(**{"case.pitch": ("std", "2 um")})
    diameter = bumpform.run(case).metrics["reflow"]["ball_diameter_m"]
    mean = 200e-6 - diameter
    exact = stats.norm.cdf((mean - 110e-6) / 2e-6)
    found = bumpform.yield_of(case, samples=512)
    assert found.samples == 512
    assert found.good.share == pytest.approx(exact, abs=4e-3)
    assert found.good.interval[0] <= exact <= found.good.interval[1]
    required = found.conditions["requirement reflow.clearance_m"]
    assert (required.share, required.interval) == (found.good.share, found.good.interval)
    assert required.not_judged == 0.0
    told = found.spreads["reflow.clearance_m"]
    assert told.mean == pytest.approx(mean, abs=0.02e-6)
    assert told.std == pytest.approx(2e-6, rel=0.01)
    assert found.cpk["reflow.clearance_m"] == pytest.approx((mean - 110e-6) / 6e-6, rel=0.02)
    assert told.first["case.pitch"].share == pytest.approx(1.0, abs=0.02)


@pytest.mark.slow
def test_parts_of_a_variance_are_those_of_a_linear_metric():
    """Two inputs that act alone: first and total order are the derivatives' shares."""
    case = column(
        **{"case.pitch": ("std", "0.4 um"), "coat.polyimide.thickness": ("half_width", "1.5 um")}
    )
    shares = bumpform.sensitivity(case).metrics["reflow.clearance_m"].shares
    told = bumpform.yield_of(case, samples=256).spreads["reflow.clearance_m"]
    for path, share in shares.items():
        for part in (told.first[path], told.total[path]):
            low, high = part.interval
            assert 0.0 <= low <= share <= high <= 1.0 and low <= part.share <= high
        assert told.first[path].share == pytest.approx(share, abs=0.1)
        assert told.total[path].share == pytest.approx(share, abs=0.1)
    assert math.fsum(part.share for part in told.first.values()) == pytest.approx(1.0, abs=0.1)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_answer_and_another_one_another():
    case = column(**{"case.pitch": ("std", "2 um")})
    one, same, other = (bumpform.yield_of(case, samples=64, seed=s).to_dict() for s in (1, 1, 2))
    assert one == same
    assert one["metrics"] != other["metrics"]
    assert one["schema"] == "bumpform/yield-1"
    assert set(one["good"]) == {"share", "interval"}


@pytest.mark.slow
def test_plain_samples_give_the_same_share():
    """First volume and barrier of the photoimaged opening: conditions that break by jumps, too."""
    widths = {"deposit.Pb95Sn5.volume": 0.004, "barrier.Ni.thickness": 0.03}
    case = bumpform.load_case("photoimaged_opening").with_values(
        {f"tolerances.{path}.std": f"{100 * width} %" for path, width in widths.items()}
    )
    found = bumpform.yield_of(case, samples=128)
    rng = np.random.default_rng(3)
    count, good = 80, 0
    data = case.to_dict()
    for _ in range(count):
        values = {}
        for path, width in widths.items():
            index = int(locate(data, path)[1])
            base = getattr(case.steps[index], path.rpartition(".")[2])
            values[path] = base * (1.0 + width * rng.standard_normal())
        done = bumpform.run(case.with_values(values))
        good += all(c["holds"] is not False for c in done.result["conditions"])
    share = good / count
    unsure = math.sqrt(share * (1 - share) * (1 / count + 1 / found.samples))
    assert 0.05 < share < 0.95
    assert found.good.share == pytest.approx(share, abs=3.0 * unsure)


def test_a_case_without_tolerances_has_no_yield():
    with pytest.raises(bumpform.errors.CaseError, match="say how inputs scatter"):
        bumpform.yield_of(bumpform.load_case("plated_column"))


@pytest.mark.slow
def test_what_is_no_product_and_what_is_not_judged_are_told_apart():
    """A volume that scatters by 60 % is none in P(x < -1 / 0.6) of all samples."""
    tolerances = {"deposit.Pb95Sn5.volume": {"std": "60 %"}}
    found = bumpform.yield_of(
        bumpform.Case.from_dict({**CAP, "tolerances": tolerances}), samples=64
    )
    none = 1.0 - found.exists.share
    assert none == pytest.approx(stats.norm.cdf(-1.0 / 0.6), abs=0.02)
    told = found.to_dict()["conditions"]
    assert all(none <= c["not_judged"] <= 1.0 for c in told.values())
    never = [name for name, c in told.items() if c["not_judged"] == 1.0]
    sometimes = [name for name, c in told.items() if c["not_judged"] == none]
    assert sometimes and set(never) | set(sometimes) <= set(told)
    assert f"{100 * none:.3g} % give no product" in yield_words(found)
    partly = {name: c["not_judged"] for name, c in told.items() if none < c["not_judged"] < 1.0}
    listed = ", ".join(f"{name} ({100 * share:.3g} %)" for name, share in partly.items())
    assert partly and f"; not judged in some: {listed}" in yield_words(found)
    assert condition_rows(found)[0] == (f"{100 * none:.3g} %", "no product")
    rows = spread_rows(found)
    assert rows and all(row[4] == "not given: not every sample has it" for row in rows)
    assert "r.mass_balance" not in [row[0] for row in rows]  # round-off is no scatter
    assert found.spreads["r.mass_balance"].std == 0.0
