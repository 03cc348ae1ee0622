"""The report of a study: windows, what ends them, main effects, worst rows, shares of samples."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import bumpform
from bumpform.answers.methods.yields import wilson
from bumpform.study.plan.axis import Axis, Span
from bumpform.study.plan.study import Study
from bumpform.study.plan.together import Together
from bumpform.study.report.effects import GOOD, Effects
from bumpform.study.report.ends import ends_of
from bumpform.study.report.page import Reported
from bumpform.study.report.window import FAILED, REFUSED, Window, windows_of
from bumpform.study.rows.row import compute_rows
from bumpform.study.rows.sheet import Sheet, sheet_of
from bumpform.study.rows.survey import Notable, Survey


def axis(path, place, *levels, dimension="length"):
    return Axis(path, place, dimension, levels)


@pytest.fixture(scope="module")
def study():
    """Pitch along x, the barrier's thickness along y, its levels not in order; a word beside."""
    case = bumpform.load_case("photoimaged_opening")
    axes = (
        Axis("case.pitch", "case.pitch", "length", Span(1.0, 4.0, 4)),
        axis("barrier.thickness", "step.5.thickness", 3.0, 1.0, 2.0),
        axis("barrier.material", "step.5.material", "Ni", "Pd", dimension=""),
    )
    return Study("x", "", case, axes)


def row(study, number, value, low=None, high=None, **told):
    """A row with one condition, judged by a value of the point."""
    margins = [m for m in (low and value - low, high and high - value) if m is not None]
    fails = min(margins) < 0.0
    answer = ["fails" if fails else "holds", value, min(margins), "m", low, high]
    point = dict(zip((a.path for a in study.varied), study.point(number), strict=True))
    made = {"number": number, "point": point, "outcome": "converged", "reason": "", "detail": ""}
    made |= {"broken": ["It is."] if fails else [], "conditions": {"wide": answer}}
    return made | told


def sheet(study, rows):
    return Sheet(sheet_of(rows, {axis.path: study.column(axis) for axis in study.varied}))


def rows_of(study, of, **limits):
    return [row(study, n, of(*study.point(n)), **limits) for n in range(len(study))]


# ---------------------------------------------------------------- windows


def test_a_window_is_exact_where_what_is_judged_is_bilinear(study):
    """The sum of pitch and thickness between 3.3 and 5.6, at the middle word of the others."""
    window = Window(study, 0, 1)
    rows = rows_of(study, lambda x, y, word: x + y + 9.0 * (word == "Ni"), low=3.3, high=5.6)
    window.add(sheet(study, rows))
    assert list(window.held.values()) == ["Pd"]
    assert len(window.nodes) == 12
    x, y = window.places
    assert window.at(0.5, 1.25) == (1.5, 2.25)  # the levels of y by their values
    across, up = np.meshgrid([window.at(p, 0)[0] for p in x], [window.at(0, p)[1] for p in y])
    fails = (across + up < 3.3) | (across + up > 5.6)
    near = np.minimum(abs(across + up - 3.3), abs(across + up - 5.6)) < 1e-9
    assert (window.broken["wide"] == fails)[~near].all()
    assert set(window.broken) == {"wide"}


def test_a_value_that_is_its_limit_is_as_in_the_nearest_row(study):
    """A coverage of 1 does not tell where it ends: nothing is broken half way to the next row."""
    window = Window(study, 0, 1)
    window.add(sheet(study, rows_of(study, lambda x, y, word: 1.0 if x < 2.5 else 0.9, low=1.0)))
    along = [window.at(p, 0)[0] for p in window.places[0]]
    assert (window.broken["wide"] == (np.array(along) >= 2.5)[None, :]).all()


def test_rows_that_are_no_product_are_told_apart(study):
    rows = rows_of(study, lambda x, y, word: x, low=0.5)
    for r in rows:
        if r["point"]["case.pitch"] == 4.0:
            r |= {"outcome": "no_equilibrium"}
            del r["conditions"], r["broken"]
        elif r["point"]["case.pitch"] == 3.0:
            r |= {"outcome": "failed"}
            del r["conditions"], r["broken"]
    window = Window(study, 0, 1)
    window.add(sheet(study, rows))
    assert set(window.broken) == {REFUSED, FAILED}
    share = [mask.mean() for mask in window.broken.values()]
    assert share == pytest.approx([1 / 6, 1 / 3], abs=0.01)


@pytest.mark.slow
def test_ends_of_a_window_are_located_as_margins_are():
    """Neighbours touch where the pitch is the width of a bump."""
    case = bumpform.load_case("photoimaged_opening")
    study = Study(
        "x",
        "",
        case,
        (
            axis("case.pitch", "case.pitch", 100e-6, 250e-6),
            axis("barrier.thickness", "step.5.thickness", 3.5e-6, 3.58e-6),
        ),
    )
    [window] = windows_of(study)
    window.add(sheet(study, [decoded(r) for r in compute_rows(study, range(4)).rows]))
    ends = ends_of(study, window)
    assert ends.count == 2 and len(ends.located) == 2
    for end, thickness in zip(ends.located, (3.5e-6, 3.58e-6), strict=True):
        assert end.y == thickness
        done = bumpform.run(case.with_values({"barrier.thickness": thickness}))
        width = done.result["metrics"]["second reflow"]["ball_diameter_m"]
        assert end.x == pytest.approx(width, rel=2e-9)
        assert end.breaks == "neighbours-clear"
    assert ends_of(study, window, runs=0).located == ()


def decoded(kept):
    return json.loads(kept.text)


# ---------------------------------------------------------------- main effects, worst rows


def test_effects_are_means_over_all_others(study):
    effects = Effects(study)
    rows = rows_of(study, lambda x, y, word: x + 10.0 * y, high=31.5)
    effects.add(sheet(study, rows[:7]))
    effects.add(sheet(study, rows[7:]))
    assert effects.names == [GOOD, "condition.wide"]
    pitch, thickness, word = effects.of("condition.wide")
    assert pitch.means == pytest.approx([21.0, 22.0, 23.0, 24.0])
    assert thickness.scale.values == (1.0, 2.0, 3.0)
    assert thickness.means == pytest.approx([12.5, 22.5, 32.5])
    assert word.scale.values == ("Ni", "Pd")
    variances = [1.25, 100 * 2 / 3]
    parts = [v / sum(variances) for v in variances]
    assert [pitch.part, thickness.part] == pytest.approx(parts)
    assert word.part == pytest.approx(0.0, abs=1e-12)
    [share, *_] = effects.of(GOOD)
    assert share.means == pytest.approx([1.0, 2 / 3, 2 / 3, 2 / 3])


def test_many_values_are_put_into_bins_of_as_many():
    case = bumpform.load_case("photoimaged_opening")
    drawn = tuple(float(v) for v in np.random.default_rng(1).normal(size=480))
    study = Study("x", "", case, (), (), (Together((axis("a", "case.pitch", *drawn),), True),))
    effects = Effects(study)
    effects.add(sheet(study, rows_of(study, lambda a: a, high=9.0)))
    [effect] = effects.of("condition.wide")
    assert set(effect.counts) == {20}
    assert effect.means == pytest.approx(sorted(effect.means))
    assert effect.means == pytest.approx(effect.scale.values)
    assert effect.part > 0.97


class Page(HTMLParser):
    """Words of a page, and whatever it would fetch."""

    def __init__(self, text):
        super().__init__()
        self.words, self.fetched = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("src", "href") and not value.startswith(("#", "data:")):
                self.fetched.append((tag, value))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def page(study, rows):
    survey, reported = Survey(), Reported(study)
    survey.add(sheet(study, rows))
    reported.add(sheet(study, rows))
    html = reported.html(survey)
    assert "http" not in re.sub(r"<!--.*?-->", "", html)
    found = Page(html)
    assert found.fetched == []
    return found.text


def test_the_report_tells_what_breaks_and_its_worst_row(study):
    """Twelve of 24 rows fail; the worst is the thickest with the largest pitch."""
    rows = rows_of(study, lambda x, y, word: 1e-6 * (x + 10.0 * y), high=22.5e-6)
    text = page(study, rows)
    fails = sum(r["broken"] != [] for r in rows)
    assert f"{24 - fails} of 24 rows meet every condition" in text
    assert f"Most often broken: wide, in {fails} rows." in text
    worst = "wide −11.50 µm 34.00 µm 18 case.pitch 4 m, barrier.thickness 3 m, barrier.material Ni"
    assert worst in text
    assert "the interval that holds" not in text


def test_shares_of_samples_have_their_interval():
    case = bumpform.load_case("photoimaged_opening")
    drawn = tuple(float(v) for v in np.linspace(1e-4, 2e-4, 50))
    study = Study("x", "", case, (), (), (Together((axis("a", "case.pitch", *drawn),), True),))
    text = page(study, rows_of(study, lambda a: a, high=1.805e-4))
    low, high = wilson(40, 50)
    assert (
        f"40 of 50 rows meet every condition: 80 % ({100 * low:.1f} … {100 * high:.1f} %)" in text
    )
    assert "Yield, and what breaks" in text and "of the product with 95 % (Wilson)" in text


def test_the_yield_is_told_at_every_point_of_what_else_varies():
    """The same samples stand at each: a share of all rows would count them more than once."""
    case = bumpform.load_case("photoimaged_opening")
    drawn = tuple(float(v) for v in np.linspace(0.0, 1e-4, 50, endpoint=False))
    block = Together((axis("a", "case.pitch", *drawn),), True)
    other = axis("barrier.thickness", "step.5.thickness", 1e-6, 2e-6, 3e-6)
    study = Study("x", "", case, (other,), (), (block,))
    text = page(study, rows_of(study, lambda t, a: a + 1e1 * t, high=10.05e-5 - 1e-6))
    assert "120 of 150 rows meet every condition: 80 %." in text
    for thickness, good in ((1, 45), (2, 40), (3, 35)):
        low, high = (100 * x for x in wilson(good, 50))
        told = f"{2 * good} % ({low:.1f} … {high:.1f} %)"
        assert f"barrier.thickness {thickness} µm {told}" in text


@pytest.mark.parametrize(
    ("outcome", "reason", "line"),
    [
        ("no_equilibrium", "no_equilibrium", "row 7: no_equilibrium: first: it falls"),
        ("no_equilibrium", "off_model", "row 7: no_equilibrium, off_model: first: it falls"),
        ("failed", "time", "row 7: failed, time: first: it falls"),
    ],
)
def test_a_row_without_a_shape_tells_its_reason_once(outcome, reason, line):
    assert str(Notable(7, outcome, reason, "first: it falls")) == line
