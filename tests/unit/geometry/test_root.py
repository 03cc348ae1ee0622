"""Roots: known ones, the hard ones of the literature, and what is no bracket."""

import math

import pytest

from bumpform.geometry.roots import find_root

#: Functions, brackets, and their roots in closed form.
KNOWN = [
    (lambda x: x * x - 2.0, 0.0, 2.0, math.sqrt(2.0)),
    (math.cos, 1.0, 2.0, math.pi / 2),
    (lambda x: math.exp(x) - 1e6, 0.0, 50.0, math.log(1e6)),
    (lambda x: x**9 - 1e-9, 0.0, 1.0, 0.1),
    (lambda x: 1e-12 - x, -1.0, 1.0, 1e-12),
]


@pytest.mark.parametrize(("function", "low", "high", "root"), KNOWN)
def test_root_is_found_to_round_off_from_either_side(function, low, high, root):
    """Two ulps, or what the function's own round-off leaves."""
    for a, b in ((low, high), (high, low)):
        assert find_root(function, a, b) == pytest.approx(root, rel=1e-13)


def test_tolerance_is_kept_and_saves_work():
    calls = []

    def function(x):
        calls.append(x)
        return math.tanh(x) - 0.5

    rough = find_root(function, 0.0, 5.0, tolerance=1e-3)
    spent = len(calls)
    assert rough == pytest.approx(math.atanh(0.5), abs=1e-3)
    find_root(function, 0.0, 5.0)
    assert spent < len(calls) - spent


def test_jump_is_enclosed():
    """A sign function has no root: the place of its jump is the answer."""
    assert find_root(lambda x: math.copysign(1.0, x - 0.3), 0.0, 1.0) == pytest.approx(0.3)


def test_ends_may_be_roots():
    assert find_root(lambda x: x, 0.0, 1.0) == 0.0
    assert find_root(lambda x: x - 1.0, 0.0, 1.0) == 1.0


def test_no_change_of_sign_is_told():
    with pytest.raises(ValueError, match="no change of sign"):
        find_root(lambda x: x * x + 1.0, -1.0, 1.0)
