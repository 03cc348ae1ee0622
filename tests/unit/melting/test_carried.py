"""Values on quadratic triangles carried to other places."""

from __future__ import annotations

import numpy as np
import pytest

from bumpform.melting.flows.carry import carried

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
CELLS = np.array([[0, 1, 2, 4, 5, 6], [1, 3, 2, 7, 4, 8]])
MIDDLES = np.array([[0.5, 0.5], [0.0, 0.5], [0.5, 0.0], [0.5, 1.0], [1.0, 0.5]])
PLACES = np.array([[0.3, 0.4], [0.9, 0.7], [0.5, 0.5], [0.0, 0.0]])


def quadratic(points):
    r, z = np.asarray(points).T
    return np.stack([1.0 + r - 2.0 * z + r * z, z * z - r * r], axis=1)


def test_a_quadratic_is_carried_exactly():
    points = np.vstack([CORNERS, MIDDLES])
    assert carried(points, CELLS, quadratic(points), PLACES) == pytest.approx(quadratic(PLACES))


@pytest.mark.filterwarnings("error")
def test_a_triangle_whose_corners_lie_on_a_line_holds_nothing():
    """It is of no use to any place, and no number is lost over it."""
    points = np.vstack([CORNERS, MIDDLES, [[2.0, 0.0], [1.5, 0.2], [1.0, 0.1], [0.5, 0.1]]])
    cells = np.vstack([CELLS, [[0, 1, 9, 10, 11, 12]]])
    values = quadratic(points)
    values[9:] = 99.0
    assert carried(points, cells, values, PLACES) == pytest.approx(quadratic(PLACES))
