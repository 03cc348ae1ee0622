"""Numbers that are read off a meridian.

Problem    arcs whose widest place is a node, or a little beside one
Reference  the arc's own
Expect     its height to 2e-11 of the arc's length, which is what round-off of slopes makes of it
"""

from __future__ import annotations

import numpy as np
import pytest

from bumpform.surface.drop.reference_element import reference_mesh

pytestmark = pytest.mark.dolfinx

LENGTH = 0.3


@pytest.mark.parametrize("radius", [0.3, 1.5, 5.0])
@pytest.mark.parametrize("beside", [0.0, *np.geomspace(1e-11, 1e-6, 16), 1e-3])
def test_the_widest_place_is_found_beside_a_node_as_wide_to_round_off(radius, beside):
    """By d beside it a node is narrower by d²/2R alone, less than round-off for a wide band of d.

    The node itself is taken for the place only where slopes say so: its height would be off by d.
    """
    mesh = reference_mesh(32)
    turn = ((mesh.xi - 0.5) * LENGTH + beside) / radius
    x = np.stack([1.0 + radius * (np.cos(turn) - 1.0), radius * np.sin(turn)], axis=1)
    survey = mesh.read_off(x)
    assert survey.widest_r == pytest.approx(1.0, abs=1e-13)
    assert survey.widest_z == pytest.approx(0.0, abs=2e-11 * max(1.0, radius))


def test_a_cylinder_is_widest_at_its_first_node():
    """Where nothing is wider than the rest, round-off does not choose."""
    mesh = reference_mesh(4)
    x = np.stack([np.full(len(mesh.xi), 0.7), mesh.xi * LENGTH], axis=1)
    assert (mesh.read_off(x).widest_r, mesh.read_off(x).widest_z) == (0.7, 0.0)
