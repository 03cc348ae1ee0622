"""Picture and report of solder that shrinks: the liquid's numbers, and those as frozen, once."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

import bumpform
from bumpform.case.file import load_case
from bumpform.metrics.metric import FROZEN
from bumpform.output.report import report_html
from bumpform.picture.layout import plan_sheet
from bumpform.picture.picture import draw_stages
from bumpform.result.readable import label, number


@pytest.fixture(scope="module")
def run():
    return bumpform.run(load_case("bga_ball").with_values({"case.freezing": "shrinks"}))


@pytest.fixture(scope="module")
def row(run):
    return plan_sheet(run.snapshots, run.record).rows[0]


def test_the_liquids_numbers_stand_under_their_names_and_the_frozen_ones_beside_them(run, row):
    (values,) = (group for group in run.result["metrics"].values() if group)
    told = {name: words for name, *words in row.numbers}
    assert len({name for name, *_ in row.numbers}) == len(row.numbers)
    assert not any(name.startswith("frozen") for name in told)
    assert told[""] == ["liquid", "frozen"]
    for name in ("ball_height_m", "ball_diameter_m", "clearance_m", "protrusion_m"):
        cold = values[FROZEN + name]
        assert told[label(name)] == [number(name, values[name]), number(name, cold)]
        assert number(name, values[name]) != number(name, cold)
    assert told["rests on"] == ["Cu", ""]


def test_state_angle_and_admissible_angles_are_of_the_liquid(run, row):
    (line,) = run.result["stages"][0]["surface"]["contact_lines"]
    names = [name.strip() for name, *_ in row.numbers]
    at = names.index("outer contact line")
    values = [value for _, value, _ in row.numbers]
    assert names[at + 1] == line["state"]
    assert values[at + 2] == number("x_deg", line["angle_deg"])
    assert values[at + 3] == " … ".join(number("x_deg", a) for a in line["admissible_deg"])


def test_the_drawing_says_that_it_is_of_what_has_frozen(run):
    figure = draw_stages(run)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert "reflowed, shape and dimensions as frozen" in titles
    (line,) = run.result["stages"][0]["frozen"]["surface"]["contact_lines"]
    detail = next(a for a in figure.axes if a.get_title(loc="left").startswith("detail"))
    angle = number("x_deg", line["angle_deg"], 4)
    assert f"{angle}\nfrozen" in [text.get_text() for text in detail.texts]


def test_the_report_tells_both_surfaces_each_as_what_it_is(run):
    page = report_html(run).removeprefix("<!DOCTYPE html>\n").replace("&nbsp;", " ")
    body = ET.fromstring(re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL))
    text = " ".join(" ".join(body.itertext()).split())
    stage = run.result["stages"][0]
    frozen = stage["frozen"]
    liquid, rest = text.split("Contact lines of the liquid")[1].split("Contact lines as frozen", 1)
    (warm,), (cold,) = (part["surface"]["contact_lines"] for part in (stage, frozen))
    assert number("x_deg", warm["angle_deg"]) in liquid
    assert number("x_deg", cold["angle_deg"]) not in liquid
    assert number("x_deg", cold["angle_deg"]) in rest.split("Surface and liquid")[0]
    solid = rest.split("As frozen, at 25 °C")[1].split("in SI")[0]
    for name in ("solidus_K", "volume_m3", "density_kg_m3"):
        assert f"{label(name)} {number(name, frozen[name])}" in solid
    assert number("apex_z_m", frozen["surface"]["apex_z_m"]) in solid
    assert "Of the liquid at the peak; “frozen …”" in text


def test_a_close_up_lies_in_its_drawing(run):
    sheet = plan_sheet(run.snapshots, run.record)
    for shown in sheet.rows:
        close, whole = shown.detail.window, sheet.window
        assert 0.0 <= close.left < close.right <= whole.right
        assert whole.bottom <= close.bottom < close.top <= whole.top
