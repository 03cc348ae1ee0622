"""The circular arc that a surface between two contact lines starts from."""

from __future__ import annotations

import numpy as np
import pytest

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import moments
from bumpform.surface.drop.reference_element import reference_mesh
from bumpform.surface.joints.arc import arc

MESH = reference_mesh(4)


def test_it_ends_where_asked_and_holds_the_volume():
    """∫½r²dz along the polynomials, to their error; all nodes on one circle, to round-off."""
    start, end, volume = (1.0, 0.0), (0.8, 1.0), 0.9
    x, pressure = arc(start, end, volume, MESH)
    assert np.array_equal(x[[0, -1]], (start, end))
    assert moments(MESH.curve(x), 0.0, 4.0)[0] == pytest.approx(volume, rel=1e-9)
    out = np.array((1.0, 0.2)) / np.hypot(1.0, 0.2)  # away from the chord
    centre = x[len(x) // 2] - out / pressure
    assert np.hypot(*(x - centre).T) == pytest.approx(1.0 / pressure, rel=1e-13)


def test_two_lines_in_one_place_have_no_arc():
    """A smear of paste in a corner touches solid at a point: told as not converged."""
    with pytest.raises(ConvergenceError, match="in one place"):
        arc((1.0, 0.0), (1.0, 0.0), 0.1, MESH)
    with pytest.raises(ConvergenceError, match="no arc holds the volume"):
        arc((1.0, 0.0), (1.0, 1e-3), 1e3, MESH)
