"""Stacks for the tests of steps that add or take away solid, and what holds for every stack."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from bumpform.stack.layers import substrate

UM = 1e-6
OUTER = 200 * UM


def bare(radius=50 * UM):
    return substrate(
        pad_radius=radius,
        pad_thickness=5 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=OUTER,
    )


def assert_gapless(stack):
    """The profile is a chain from axis to rim, and the regions fill all that is under it."""
    pieces = stack.profile.pieces
    for inner, outer in itertools.pairwise(pieces):
        assert np.abs(inner.point(1.0) - outer.point(0.0)).max() < 1e-12 * stack.outer
        # a grown layer meets the axis as squarely as the dome beneath it does
    assert pieces[0].point(0.0)[0] == pytest.approx(0.0, abs=1e-12 * stack.outer)
    assert pieces[-1].point(1.0)[0] == pytest.approx(stack.outer, rel=1e-12)
    height = float(pieces[-1].point(1.0)[1]) - stack.bottom
    under = math.pi * stack.outer**2 * height - 2 * math.pi * stack.profile.cumulative[-1, 0]
    assert math.fsum(r.volume for r in stack.regions) == pytest.approx(under, rel=1e-12)
    for region in stack.regions:
        loop = region.loop
        for a, b in zip(loop, (*loop[1:], loop[0]), strict=True):
            assert np.abs(a.point(1.0) - b.point(0.0)).max() < 1e-12 * stack.outer
        assert region.volume > 0.0
