"""Pictures of a melt: the liquid as drawn has its volume, and the package is where it is."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

import bumpform
from bumpform.melting.motion.options import Options
from bumpform.melting.pictures import UM, _draw_package, _region, _sheet
from bumpform.runner import melt

pytestmark = pytest.mark.dolfinx


def revolved(points):
    """Volume of a polygon turned about the axis, by Pappus."""
    polygon = shapely.Polygon(points)
    return 2.0 * np.pi * polygon.area * polygon.centroid.x


@pytest.fixture(scope="module")
def mounting():
    return melt(bumpform.load_case("core_and_cap"), "mounting", options=Options(most_steps=3))


@pytest.mark.parametrize("case", ["plated_column", "core_and_cap"])
def test_the_liquid_is_drawn_with_all_its_volume(case, mounting):
    """Into the narrow corner at the core too, where the mesh ends; curves are drawn as chords."""
    melted = mounting
    if case != "core_and_cap":
        melted = melt(bumpform.load_case(case), options=Options(most_steps=3))
    assert len(melted.frames) > 2
    for frame in melted.frames:
        assert revolved(_region(melted, frame)) == pytest.approx(melted.start.drop.volume, rel=2e-3)


def test_the_package_is_drawn_at_its_height(mounting):
    for frame in (mounting.frames[0], mounting.frames[-1]):
        _, drawing = _sheet(mounting)
        fills = _draw_package(drawing, mounting, frame)[0]
        lowest = min(path.vertices[:, 1].min() for path in fills.get_paths())
        assert lowest == pytest.approx(UM * frame.values["standoff_m"], rel=1e-9)
