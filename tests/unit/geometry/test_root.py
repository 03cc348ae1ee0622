"""Roots: known ones, the hard ones of the literature, and what is no bracket."""

import math

import pytest

from bumpform.geometry.roots import Bracket, find_root

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


@pytest.mark.parametrize(("function", "low", "high", "root"), KNOWN[:2])
def test_bracket_narrows_to_the_root_from_either_side(function, low, high, root):
    """A root of a smooth function is enclosed all the way, and reached faster than by halves."""
    for a, b in ((low, high), (high, low)):
        bracket = Bracket(a, function(a), b, function(b))
        for _ in range(25):
            if bracket.is_spent or bracket.at_b == 0.0:
                break
            place = bracket.between
            assert min(bracket.a, bracket.b) <= place <= max(bracket.a, bracket.b)
            crosses, newer = bracket.crosses(function(place)), bracket.b
            bracket = bracket.narrowed(place, function(place))
            assert bracket.a == (newer if crosses else bracket.a)
        assert bracket.b == pytest.approx(root, rel=1e-13)


def test_bracket_of_a_straight_line_is_spent_at_once():
    bracket = Bracket(0.0, -1.0, 4.0, 3.0)
    bracket = bracket.narrowed(bracket.between, 0.0)
    assert (bracket.b, bracket.at_b) == (1.0, 0.0)
