"""Landscapes of energy: what the option adds to a run, and what its pictures show."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from bumpform.case.file import load_case
from bumpform.picture.energy_map import draw_landscape, write_landscape
from bumpform.runner import run, run_case

pytestmark = pytest.mark.dolfinx

BARE = "deposit.Sn63Pb37.stencil.metal_fraction=0.2"


@pytest.fixture(scope="module")
def cap():
    """First stage of a dome in an opening."""
    case = load_case("photoimaged_opening")
    return run(case.model_copy(update={"steps": case.steps[:4]}), landscape=True)


@pytest.fixture(scope="module")
def ring():
    """Ring round a copper ball, with too little solder to cover it."""
    case = load_case("core_metal_ball", sets=[BARE])
    return run(case.model_copy(update={"steps": case.steps[:4]}), landscape=True)


def test_without_the_option_nothing_is_drawn_and_the_search_is_near(tmp_path):
    """By default: alternatives of one line anywhere, of two beside the reached ones; no picture."""
    case = load_case("photoimaged_opening")
    done = run_case(case, out=tmp_path, mesh=False, plot=False)
    assert done.landscapes == ()
    assert {s["equilibrium"]["searched"] for s in done.result["stages"]} == {"near"}
    assert not list(tmp_path.glob("landscape_*"))


def test_files_and_result(tmp_path):
    """With it: every stage says that all was searched, and has a PNG and an SVG."""
    case = load_case("photoimaged_opening")
    done = run_case(case, out=tmp_path, mesh=False, plot=False, landscape=True)
    assert {s["equilibrium"]["searched"] for s in done.result["stages"]} == {"all"}
    assert {p.name for p in tmp_path.glob("landscape_*")} == {
        f"landscape_{stage}_reflow.{ending}"
        for stage in ("first", "second")
        for ending in ("png", "svg")
    }


def test_the_same_run_gives_the_same_bytes(cap, tmp_path):
    """Nothing of time or chance is in a picture."""
    first = [p.read_bytes() for p in write_landscape(cap.landscapes[0], tmp_path / "a")]
    second = [p.read_bytes() for p in write_landscape(cap.landscapes[0], tmp_path / "b")]
    assert first == second


def test_reached_cap_is_the_curves_lowest_point(cap):
    """Energy over the wall: none of the held places lies below the reached equilibrium.

    The sampled surfaces are good to 1e-5 of σL².
    """
    (found,) = cap.landscapes
    (energy,) = found.maps
    values = energy.energy[energy.clear]
    size = found.reached.drop.surface_tension * found.reached.drop.length**2
    assert values.min() == pytest.approx(0.0, abs=2e-3 * size)
    assert values.min() > -1e-5 * size


def test_ring_has_a_map_with_the_reached_one_in_its_valley(ring):
    """Rings: energy over both lines, lowest next to the reached places."""
    (found,) = ring.landscapes
    energy = found.maps[-1]
    assert len(energy.places) == 2
    values = np.where(energy.clear, energy.energy, np.inf)
    i, j = np.unravel_index(values.argmin(), values.shape)
    for axis, k, line in zip(energy.places, (i, j), found.reached.lines, strict=True):
        profile = line.solid.profile
        at = profile.arclength(profile.start, line.station)
        spacing = np.abs(np.diff(axis.arclengths)).max()
        assert abs(axis.arclengths[k] - at) <= spacing


def test_picture_names_the_reached_one_and_marks_every_equilibrium(ring):
    """Legend, features, one mark for each equilibrium; what is no minimum is hollow."""
    (found,) = ring.landscapes
    figure = draw_landscape(found)
    texts = [t.get_text() for axes in figure.axes for t in axes.texts]
    assert f"reached: {found.reached.name}" in texts
    assert {"core", "pad", "base"} <= set(texts)
    legend = figure.axes[-1]
    dots = [
        line
        for axes in figure.axes
        if axes is not legend
        for line in axes.lines
        if line.get_marker() == "o"
    ]
    assert len(dots) == 1 + len(found.alternatives)
    hollow = sum(dot.get_markerfacecolor() == "white" for dot in dots)
    assert hollow == sum(not a.upright for a in found.alternatives)


def test_the_legend_s_words_and_signs_lie_clear_of_each_other(cap):
    """As drawn: no word of the legend on another, on a sign, on an axis' name, or off the page."""
    figure = draw_landscape(cap.landscapes[0])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    legend = figure.axes[-1]
    boxes = [text.get_window_extent(renderer) for text in legend.texts]
    boxes += [line.get_window_extent(renderer).padded(4.0) for line in legend.lines]
    above = [axes.xaxis.label.get_window_extent(renderer) for axes in figure.axes[:-1]]
    for one, other in itertools.combinations([*boxes, *above], 2):
        assert not one.overlaps(other)
    assert all(0.0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in boxes)


@pytest.mark.slow
def test_what_is_unstable_says_to_which_mode():
    """A cap on the copper ball's crown can run down on every side, or to one: m = 0, or m = 1."""
    done = run(load_case("core_metal_ball", sets=[BARE]), landscape=True)
    seen = 0
    for found in done.landscapes:
        texts = {t.get_text() for axes in draw_landscape(found).axes for t in axes.texts}
        for lines in {len(energy.places) for energy in found.maps}:
            for other in found.shown(lines):
                if other.stable:
                    assert other.gives_way == ""
                    continue
                seen += 1
                assert f"unstable: {other.gives_way}" in texts
                if other.gives_way.startswith("m = "):
                    assert other.stability.lowest[int(other.gives_way[4:])] <= 0.0
    assert seen
