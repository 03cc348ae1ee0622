"""The picture shows every stage to scale, with its numbers, its materials and the verdict."""

from __future__ import annotations

import math
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.image import imread

from bumpform.case.case import Case
from bumpform.materials.library import load_library
from bumpform.picture.marks import detail_frame
from bumpform.picture.picture import draw_stages, svg_bytes, write_stages
from bumpform.picture.raster import pixels
from bumpform.picture.section import Window, material_colors, open_drawing, smooth
from bumpform.result.readable import condition_limits, condition_value, label, number
from bumpform.result.run import Run
from handmade import CASE, UM, make_run, refuse_second
from two_bumps import BARRIER, CAP, ONE, judged, reflow


@pytest.fixture(scope="module")
def run() -> Run:
    return make_run(Case.from_dict(tomllib.loads(CASE)))


@pytest.fixture(scope="module")
def figure(run):
    return draw_stages(run)


@pytest.fixture(scope="module")
def words(figure) -> str:
    """All text of the SVG, no-break spaces as plain ones."""
    root = ET.fromstring(svg_bytes(figure))
    texts = [" ".join(e.itertext()) for e in root.iter() if e.tag.endswith("}text")]
    return "\n".join(" ".join(text.split()) for text in texts)


def drawings(figure, title):
    return [axes for axes in figure.axes if axes.get_title(loc="left").startswith(title)]


def test_one_drawing_a_snapshot_and_one_detail_a_solved_stage(run, figure):
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert [t for t in titles if not t.startswith("detail")] == [s.moment for s in run.snapshots]
    assert sum(t.startswith("detail") for t in titles) == 2


def test_all_whole_drawings_have_one_scale_equal_both_ways(figure):
    scales = []
    for axes in figure.axes:
        box = axes.get_position().transformed(figure.transFigure)
        across = np.ptp(axes.get_xlim()) / box.width
        upwards = np.ptp(axes.get_ylim()) / box.height
        assert across == pytest.approx(upwards, rel=1e-9)
        if not axes.get_title(loc="left").startswith("detail"):
            scales.append(across)
    assert max(scales) == pytest.approx(min(scales), rel=1e-12)


def test_detail_says_its_magnification(figure):
    whole, detail = drawings(figure, "reflowed")[0], drawings(figure, "detail A")[0]

    def pixels_per_um(axes):
        return axes.get_window_extent().width / np.ptp(axes.get_xlim())

    said = float(detail.get_title(loc="left").split("×")[1])
    assert said == pytest.approx(pixels_per_um(detail) / pixels_per_um(whole), rel=0.05)


def test_mirrored_about_the_axis(figure):
    for axes in drawings(figure, "reflowed"):
        left, right = axes.get_xlim()
        assert left == pytest.approx(-right)


@pytest.mark.parametrize("kind", ["metrics", "contact lines", "conditions", "materials"])
def test_numbers_and_names_are_in_the_svg(run, words, kind):
    result = run.result
    if kind == "metrics":
        for group in result["metrics"].values():
            for name, value in group.items():
                if not isinstance(value, dict):
                    assert label(name) in words
                    assert number(name, value) in words
    elif kind == "contact lines":
        for stage in result["stages"]:
            for line in stage["surface"]["contact_lines"]:
                assert number("x_deg", line["angle_deg"]) in words
                assert line["state"] in words and line["feature"] in words
    elif kind == "conditions":
        for condition in run.record.conditions:
            assert condition.statement in words
            assert condition_value(condition) in words
            assert condition_limits(condition) in words
        assert words.count("✓") == 4 and words.count("✗") == 1
        assert "4 hold, 1 fails" in words
    else:
        for name in ("Cu", "SiO2", "polyimide", "Pb95Sn5", "Ni", "Au", "Sn63Pb37"):
            assert words.splitlines().count(name) == 1


def test_dimensions_carry_their_numbers(words):
    for text in ("d = 3.400 µm", "t = 3.050 µm", "⌀ 150.0 µm", "125.00°"):
        assert text in words


def test_an_edge_past_the_rim_is_drawn_as_far_as_it_lies_from_it(words, run):
    past = run.result["metrics"]["barrier"]["edge_to_rim_m"]
    assert f"juncture {1e6 * past:.3f} µm past the rim" in words


def test_colours_are_those_of_the_library(run, figure):
    colors = material_colors(tuple(s.stack for s in run.snapshots))
    library = load_library().materials
    assert colors == {name: library[name].color for name in colors}
    drawn = {
        to_hex(color)
        for axes in figure.axes
        for collection in axes.collections
        for color in [*collection.get_facecolor(), *collection.get_edgecolor()]
    }
    assert set(colors.values()) <= drawn


def test_fused_solders_are_drawn_in_the_mean_of_their_colours(run):
    stack = run.snapshots[0].stack
    region = replace(stack.regions[-1], material="Pb95Sn5+Sn63Pb37")
    (*_, color) = material_colors((replace(stack, regions=(region,)),)).values()
    assert color == "#828f a0".replace(" ", "")


@pytest.mark.slow
def test_thin_finish_is_a_line_of_its_colour_in_the_pixels(run, tmp_path):
    png, _ = write_stages(run, tmp_path)
    pixels = np.round(imread(png)[..., :3] * 255)
    gold = np.array([int(load_library().materials["Au"].color[i : i + 2], 16) for i in (1, 3, 5)])
    near = np.abs(pixels - gold).max(axis=-1) < 25
    height = near.shape[0]
    assert near[height // 3 :].sum() > 500  # far more than the legend's box, which is above


def test_pixels_are_to_scale(run, figure):
    """The ball's flanks lie 150 um apart in the pixels of the last whole drawing."""
    axes = drawings(figure, "reflowed")[1]
    ball = run.result["stages"][1]["surface"]
    solved = max(axes.collections, key=lambda c: c.get_linewidth()[0])
    points = np.vstack([path.vertices for path in solved.get_paths()])
    assert np.ptp(points[:, 0]) == pytest.approx(2e6 * ball["max_radius_m"], rel=1e-3)
    assert points[:, 1].max() == pytest.approx(1e6 * ball["apex_z_m"], rel=1e-12)


def test_no_two_texts_overlap(run, figure):
    figure.canvas.draw()
    boxes = []
    for text in [
        *figure.texts,
        *(t for axes in figure.axes for t in [*axes.texts, axes._left_title]),
    ]:
        if text.get_text().strip():
            boxes.append((text.get_text(), text.get_window_extent()))
    for i, (one, a) in enumerate(boxes):
        assert a.x0 >= 0 and a.x1 <= figure.bbox.width, f"{one!r} leaves the sheet"
        for other, b in boxes[i + 1 :]:
            width = min(a.x1, b.x1) - max(a.x0, b.x0)
            height = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert width <= 1.0 or height <= 2.5, f"{one!r} overlaps {other!r}"


@pytest.mark.slow
def test_same_bytes_again_and_nothing_left_aside(run, tmp_path):
    first = [path.read_bytes() for path in write_stages(run, tmp_path / "a")]
    again = [path.read_bytes() for path in write_stages(run, tmp_path / "b")]
    assert first == again
    assert b"<dc:date>" not in first[1]
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["stages.png", "stages.svg"]


@pytest.mark.slow
def test_refused_stage_shows_its_deposit_and_says_why(run):
    svg = svg_bytes(draw_stages(refuse_second(run))).decode()
    text = " ".join(" ".join(e.itertext()) for e in ET.fromstring(svg).iter())
    assert "second reflow was refused: no equilibrium" in text
    assert "has no admissible equilibrium" in " ".join(text.split()).replace("has no", "has no")
    assert "detail B" not in text


@pytest.mark.slow
@pytest.mark.parametrize("depth", [3e-9, 0.4 * UM, 14 * UM])
def test_every_depth_of_the_window_gets_a_detail_that_shows_it(depth):
    figure = draw_stages(make_run(depth=depth))
    axes = drawings(figure, "detail A")[0]
    low, high = axes.get_ylim()
    assert low < 30.0 - 1e6 * depth < 30.0 < high
    assert 0.2 < 1e6 * depth / (high - low) < 0.6
    assert any(t.get_text().startswith("d = ") for t in axes.texts)


def test_the_top_of_a_dielectric_is_drawn_while_there_is_one():
    """It is stripped before the last reflow; the dome under its barrier ended on its wall."""
    last = [{"do": "strip", "layer": "dielectric"}, reflow("third", "220 degC")]
    _, ran = judged([*ONE, BARRIER, *CAP, *last])
    reflowed = drawings(draw_stages(ran), "reflowed")
    guides = [
        [line for line in axes.lines if line.is_dashed() and np.ptp(line.get_ydata()) == 0.0]
        for axes in reflowed
    ]
    assert [len(found) for found in guides] == [1, 1, 0]


def test_run_without_snapshots_or_conditions_is_a_picture_too(run):
    bare = replace(run.record, conditions=(), metrics={})
    for snapshots in ((), run.snapshots[:1], run.snapshots[1:2]):
        draw_stages(replace(run, snapshots=snapshots, record=bare))


@pytest.mark.slow
def test_pyplot_is_not_imported():
    code = "import bumpform.picture.picture, sys; assert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_handmade_dome_is_what_it_claims(run):
    """The cap of the helper: 35° at the wall, 3.4 um below the top."""
    curve = run.snapshots[1].meridians[0]
    d = curve.derivative(0.0)
    assert math.degrees(math.atan2(d[1], -d[0])) == pytest.approx(35.0, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("bottom", [-30.0, 5.0, 78.0])
@pytest.mark.parametrize("left", [-130.0, 40.0, 90.0])
def test_frame_and_letter_of_a_detail_stay_in_the_drawing(bottom, left):
    figure = Figure(figsize=(4.0, 4.0))
    whole = Window(-100.0, 100.0, 0.0, 100.0)
    drawing = open_drawing(figure, (0.5, 0.5, 3.0, 1.5), whole)
    detail_frame(drawing, Window(left, left + 40.0, bottom, bottom + 40.0), "A")
    FigureCanvasAgg(figure).draw()
    frame, around = drawing.axes.lines[0].get_xydata(), drawing.axes.get_window_extent()
    assert frame[:, 0].min() >= whole.left and frame[:, 0].max() <= whole.right
    assert frame[:, 1].min() >= whole.bottom and frame[:, 1].max() <= whole.top
    letter = drawing.axes.texts[0].get_window_extent()
    assert around.x0 <= letter.x0 and letter.x1 <= around.x1
    assert around.y0 <= letter.y0 and letter.y1 <= around.y1


@pytest.mark.parametrize("zoom", [1.0, 30.0, 1000.0])
def test_a_circle_is_drawn_as_one_at_every_zoom(zoom):
    """Chords of a circle of 100 µm leave it by less than a tenth of a point in the window."""
    half = 120.0 / zoom
    window = Window(100.0 - half, 100.0 + half, -half, half)
    drawing = open_drawing(Figure(figsize=(4.0, 4.0)), (0.5, 0.5, 3.0, 3.0), window)

    def point(t):
        return 1e-4 * np.stack([np.cos(t), np.sin(t)], axis=-1)

    points = smooth(point, np.linspace(-0.5 * math.pi, 0.5 * math.pi, 9), drawing)
    middles = 0.5 * (points[:-1] + points[1:])
    off = 100.0 - np.hypot(*middles.T)
    seen = np.abs(middles - [100.0, 0.0]).max(axis=1) < half
    assert seen.any() and off[seen].max() <= drawing.pt(0.1)
    assert len(points) < 100  # no more than the window needs


@pytest.mark.parametrize("angle", [0, 30, 90])
def test_text_drawn_by_the_line_is_where_matplotlib_draws_it(angle):
    """The same ink to a few per cent, its middle within a pixel: lines begin on whole pixels."""
    figure = Figure(figsize=(4, 3), dpi=150, facecolor="white")
    figure.text(0.5, 0.5, "Sn63Pb37 · 60.00 µm, gjpq", rotation=angle)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    found = []
    for image in (np.asarray(canvas.buffer_rgba())[..., 0], pixels(figure)[..., 0]):
        ink = 255.0 - image
        rows, columns = np.indices(ink.shape)
        total = ink.sum()
        found.append((total, (rows * ink).sum() / total, (columns * ink).sum() / total))
    (own, y, x), (ink, down, across) = found
    assert ink == pytest.approx(own, rel=0.05)
    assert math.hypot(x - across, y - down) < 1.5  # rounded in both directions
