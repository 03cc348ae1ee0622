"""Numbers with errors: arithmetic bounds the worst case."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bumpform.units.measured import Measured, parted

numbers = st.builds(
    Measured, st.floats(-1e3, 1e3), st.floats(0.0, 10.0).filter(lambda e: e == 0.0 or e > 1e-12)
)


@pytest.mark.slow
@given(numbers, numbers)
def test_every_pair_within_the_errors_gives_a_result_within_its_error(a, b):
    """Sum, difference, product and quotient at the ends of both ranges; slack for rounding."""
    signs = list(itertools.product((-1.0, 1.0), repeat=2))
    for name, work in {
        "sum": lambda x, y: x + y,
        "difference": lambda x, y: x - y,
        "product": lambda x, y: x * y,
    }.items():
        found = work(a, b)
        for s, t in signs:
            off = abs(work(a.value + s * a.error, b.value + t * b.error) - found.value)
            assert off <= found.error + 1e-9, name
    if abs(b.value) > b.error + 0.1:
        found = a / b
        for s, t in signs:
            off = abs((a.value + s * a.error) / (b.value + t * b.error) - found.value)
            assert off <= found.error * (1 + 1e-9) + 1e-9


def test_plain_numbers_are_exact():
    """On either side; only rounding is added."""
    x = Measured(2.0, 0.5)
    assert (3.0 - x).value == 1.0
    for found, error in ((3.0 - x, 0.5), (3.0 + x, 0.5), (3.0 * x, 1.5), (x / 2.0, 0.25)):
        assert found.error == pytest.approx(error, rel=1e-14)
    assert float(x) == 2.0


def test_a_divisor_that_may_be_zero_leaves_no_bound():
    """1 / (0.1 ± 0.2) can be anything."""
    assert (Measured(1.0) / Measured(0.1, 0.2)).error == math.inf


def test_names_and_counts_have_no_error():
    """Groups stay groups; a plain float is exact."""
    values, errors = parted(
        {
            "a_m": Measured(1.0, 0.1),
            "on": "pad",
            "n": 2,
            "ok": True,
            "t": 0.5,
            "p": {"r": Measured(3.0)},
        }
    )
    assert values == {"a_m": 1.0, "on": "pad", "n": 2, "ok": True, "t": 0.5, "p": {"r": 3.0}}
    assert errors == {"a_m": 0.1, "t": 0.0, "p": {"r": 0.0}}
