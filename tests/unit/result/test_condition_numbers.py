"""Values and limits of conditions as they read: as many digits as tell them apart."""

from __future__ import annotations

import pytest

from bumpform.findings.condition import Answer, Condition
from bumpform.result.readable import condition_limits, condition_value


@pytest.mark.parametrize(
    ("value", "limits", "unit", "words"),
    [
        (1.0000001e-5, (1e-6, 1e-5), "m", ("10.000001 µm", "1.0000000 µm … 10.000000 µm")),
        (87.99999, (88.0, None), "K", ("87.99999 K", "≥ 88 K")),
        (6.8e-21, (None, 0.0), "m", ("0", "≤ 0")),
        (12e-6, (1e-6, 1e-5), "m", ("12.00 µm", "1.000 µm … 10.00 µm")),
    ],
)
def test_a_value_does_not_read_as_the_limit_that_it_misses(value, limits, unit, words):
    answer = Answer("fails", value=value, limits=limits, unit=unit)
    condition = Condition("id", "general", ("general",), "It is so.", answer)
    assert (condition_value(condition), condition_limits(condition)) == words


@pytest.mark.parametrize(
    ("value", "low", "words"),
    [
        (384.9671e-6, 384.95e-6, ("384.97 µm", "≥ 384.95 µm")),
        (330.2451886e-6, 330.2451887193468e-6, ("330.2 µm", "≥ 330.2 µm")),
        (12e-6, 10e-6 / 3.0, ("12.00 µm", "≥ 3.333 µm")),
    ],
)
def test_a_limit_reads_as_it_is_given(value, low, words):
    """And what lies on it to what is resolved, on its wrong side, does not read as beyond it."""
    answer = Answer("holds", value=value, error=1e-12, limits=(low, None), unit="m")
    condition = Condition("id", "general", ("general",), "It is so.", answer)
    assert (condition_value(condition), condition_limits(condition)) == words


@pytest.mark.parametrize(
    ("verdict", "value", "error", "strict", "words"),
    [
        ("holds", 99.9999999998e-6, 1e-15, False, "100.0 µm"),
        ("holds", 100.0000000002e-6, 1e-15, False, "100.0 µm"),
        ("fails", 100.0000000002e-6, 1e-15, True, "100.0 µm"),
        ("holds", 99.95e-6, 1e-7, False, "99.95 µm (on its limit within its error)"),
        ("fails", 100.08e-6, 1e-7, True, "100.1 µm (on its limit within its error)"),
        ("holds", 100.08e-6, 1e-7, False, "100.1 µm"),
        ("fails", 99.9999e-6, 1e-12, False, "99.9999 µm"),
    ],
)
def test_a_value_on_its_limit_within_its_error_reads_as_that(verdict, value, error, strict, words):
    """No more digits than are known, and none that speak against the verdict without a word."""
    limits = (100e-6, None)
    answer = Answer(verdict, value=value, error=error, limits=limits, strict=strict, unit="m")
    condition = Condition("id", "general", ("general",), "It is so.", answer)
    assert condition_value(condition) == words
    digits = "100.000 µm" if words == "99.9999 µm" else "100.0 µm"
    assert condition_limits(condition) == f"{'>' if strict else '≥'} {digits}"
