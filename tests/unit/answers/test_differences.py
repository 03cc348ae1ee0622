"""Derivatives from runs: of functions whose derivatives, kinks and edges are known."""

import math
import random

import pytest

from bumpform.answers.basis.probe import Point
from bumpform.answers.methods.differences import derivatives


def runs(function, branch=lambda x: "one"):
    """A run whose only metric is a function of the input; None where it has none."""

    def at(x):
        value = function(x)
        metrics = {} if value is None else {"a.f_m": value}
        return Point(metrics, {name: 0.0 for name in metrics}, (branch(x),), ())

    return at


def derivative(function, x, branch=lambda x: "one", **told):
    return derivatives(runs(function, branch), x, abs(x), **told)["a.f_m"]


@pytest.mark.parametrize(
    ("function", "x", "exact"),
    [
        (lambda x: x**3, 2.0, 12.0),
        (math.exp, 1.0, math.e),
        (lambda x: 1e-4 / x, 3e-5, -1e-4 / 9e-10),
        (lambda x: 1.0 / (1.0 + 2.0 * (x - 1.05) ** 2), 1.0, 0.2 / 1.005**2),
    ],
)
def test_smooth_functions_are_differentiated_to_1e_10(function, x, exact):
    """Sixth order at 4e-3 leaves less than 1e-12 of the truncation, round-off 1e-13 / 4e-3."""
    found = derivative(function, x)
    assert found.value == pytest.approx(exact, rel=1e-10)
    assert abs(found.value - exact) <= found.error + 1e-12 * abs(exact)
    assert not found.kink and found.one_sided is None


def test_what_nothing_depends_on_is_exactly_none():
    assert derivative(lambda x: 3.0, 2.0).value == 0.0


def test_a_weak_influence_is_found_beside_round_off():
    found = derivative(lambda x: 1.0 + 1e-6 * x**2, 1.0)
    assert found.value == pytest.approx(2e-6, rel=1e-8)


@pytest.mark.parametrize("at", [1.0 - 4e-4, 1.0 + 4e-4])
def test_a_change_of_branch_nearby_is_a_kink(at):
    """The derivative is that of the value's own branch; beyond the kink it is the other one's."""

    def function(x):
        return x**2 if x < at else 3.0 * x**3

    found = derivative(function, 1.0, lambda x: x < at)
    own = 2.0 if at > 1.0 else 9.0
    beyond = 9.0 * at**2 if at > 1.0 else 2.0 * at
    assert found.kink
    assert found.value == pytest.approx(own, rel=1e-8)
    expected = (own, beyond) if at > 1.0 else (beyond, own)
    assert found.one_sided == pytest.approx(expected, rel=1e-5)


def test_a_change_of_branch_that_leaves_a_number_smooth_is_none_of_its_kinks():
    found = derivative(lambda x: x**4, 1.0, lambda x: x < 1.0004)
    assert not found.kink and found.one_sided is None
    assert found.value == pytest.approx(4.0, rel=1e-8)


def test_a_kink_on_the_value_itself_has_no_derivative_but_two():
    found = derivative(lambda x: abs(x - 2.0) + x, 2.0)
    assert found.kink and found.value is None
    assert found.one_sided == pytest.approx((0.0, 2.0), abs=1e-9)


def test_a_number_that_ends_has_one_derivative_to_one_side():
    """Where it ends within 0.1 %, that is a kink; the other side has none."""
    found = derivative(lambda x: x**2 if x < 1.0005 else None, 1.0, lambda x: x < 1.0005)
    assert found.kink and found.one_sided == (pytest.approx(2.0), None)
    assert found.value == pytest.approx(2.0, rel=1e-8)


def test_at_a_limit_of_the_schema_one_side_is_told():
    found = derivative(lambda x: x**2, 1.0, allows=lambda x: x <= 1.0)
    assert found.value == pytest.approx(2.0, rel=1e-8)
    assert found.one_sided == (pytest.approx(2.0), None) and not found.kink


def test_what_is_smooth_across_a_change_of_branch_has_no_kink_where_states_are_not_resolved():
    """Between the branches lies a sliver of a third one: beyond it the derivative has moved on."""
    at = 1.0 + 1.3e-4

    def branch(x):
        return "below" if x < at else "between" if x < at + 4e-7 else "beyond"

    def function(x):
        return 1.0 + 1e-3 * (x + 50.0 * (x - 1.0) ** 2)

    found = derivative(function, 1.0, branch)
    assert not found.kink and found.value == pytest.approx(1e-3, rel=1e-8)
    kinked = derivative(lambda x: function(x) + 1e-5 * max(0.0, x - at), 1.0, branch)
    slope = 1e-3 * (1.0 + 100.0 * 1.3e-4) + 1e-5
    assert kinked.kink and kinked.one_sided[1] == pytest.approx(slope, rel=1e-6)


def test_noise_of_the_runs_is_in_the_error():
    """Of derivatives in runs that scatter by 1e-12 most are off by less than the error told.

    It is of three differences, which noise may bring together by chance: not of all.
    """

    def noisy(x):
        return 1.0 + 1e-4 * x**2 + random.Random(x).uniform(-1e-12, 1e-12)

    told = [(x, derivative(noisy, x)) for x in (1.0 + 0.01 * k for k in range(40))]
    assert sum(abs(found.value - 2e-4 * x) <= found.error for x, found in told) > 20
    assert all(found.error < 1e-9 for _, found in told)
