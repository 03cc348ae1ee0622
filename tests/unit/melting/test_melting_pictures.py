"""Pictures of a melt: the liquid as drawn has its volume, and the package is where it is."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

import bumpform
from bumpform.melting.beginning.options import Options
from bumpform.melting.pictures import UM, _draw_package, _fill, _region, _sheet
from bumpform.runner import melt

pytestmark = pytest.mark.dolfinx

#: Part of a drop's volume that its outline's chords cut off: its nodes are 0.07 V^(1/3) apart, and
#: a ball of radius R loses c²/4R² by chords c.
CHORDS = 4e-3


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
        assert revolved(_region(frame)) / melted.start.drop.volume == pytest.approx(1.0, abs=CHORDS)


def test_the_package_is_drawn_at_its_height(mounting):
    for frame in (mounting.frames[0], mounting.frames[-1]):
        _, drawing = _sheet(mounting)
        fills = _draw_package(drawing, mounting, frame)[0]
        lowest = min(path.vertices[:, 1].min() for path in fills.get_paths())
        assert lowest == pytest.approx(UM * frame.values["standoff_m"], rel=1e-9)


def test_every_liquid_is_drawn():
    """A pad's paste and a package's ball, apart from each other: both have all their volume."""
    case = bumpform.load_case("head_in_pillow")
    melted = melt(case, "assembly", options=Options(most_steps=3))
    assert all(len(frame.liquids) == 2 for frame in melted.frames)
    frame = melted.frames[-1]
    _, drawing = _sheet(melted)
    drawn = [path.vertices for path in _fill(drawing, melted, frame).get_paths()]
    for one in frame.liquids:
        volume = one.start.drop.volume * UM**3
        assert any(abs(revolved(points) / volume - 1.0) < CHORDS for points in drawn)
    assert _draw_package(drawing, melted, frame)
