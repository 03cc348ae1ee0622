"""The circular arc that a surface between two contact lines starts from."""

from __future__ import annotations

import numpy as np
import pytest

from bumpform.errors import ConvergenceError
from bumpform.surface.arc import arc

XI = np.linspace(0.0, 1.0, 25)


def test_it_ends_where_asked_and_holds_the_volume():
    """∫½r²dz along the polyline, to the square of its sides."""
    start, end, volume = np.array((1.0, 0.0)), np.array((0.8, 1.0)), 0.9
    x, pressure = arc(start, end, volume, XI)
    assert x[[0, -1]] == pytest.approx(np.array((start, end)), abs=1e-14)
    middle = 0.5 * (x[1:, 0] + x[:-1, 0])
    assert 0.5 * middle**2 @ np.diff(x[:, 1]) == pytest.approx(volume, rel=2e-3)
    assert pressure > 0.0


def test_two_lines_in_one_place_have_no_arc():
    """A smear of paste in a corner touches solid at a point: told as not converged."""
    with pytest.raises(ConvergenceError, match="in one place"):
        arc(np.array((1.0, 0.0)), np.array((1.0, 0.0)), 0.1, XI)
    with pytest.raises(ConvergenceError, match="no arc holds the volume"):
        arc(np.array((1.0, 0.0)), np.array((1.0, 1e-3)), 1e3, XI)
