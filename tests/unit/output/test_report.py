"""The report is one page, whole in itself, with everything that the result has."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bumpform.case.case import Case
from bumpform.output.report import report_html, write_report
from bumpform.result.readable import condition_value, label
from bumpform.result.run import Run
from handmade import CASE, make_run, refuse_second


@pytest.fixture(scope="module")
def run() -> Run:
    return make_run(Case.from_dict(tomllib.loads(CASE)))


@pytest.fixture(scope="module")
def page(run) -> str:
    return report_html(run)


def text_of(page: str) -> str:
    body = ET.fromstring(page.removeprefix("<!DOCTYPE html>\n").replace("&nbsp;", " "))
    return " ".join(" ".join(body.itertext()).split())


def test_well_formed(page):
    assert page.startswith("<!DOCTYPE html>")
    root = ET.fromstring(page.removeprefix("<!DOCTYPE html>\n"))
    assert root.tag == "html" and root.find("body") is not None
    assert len(list(root.iter("svg"))) == 1


def test_nothing_comes_from_outside(page):
    assert "http" not in page and "//" not in re.sub(r"</?[a-z]", "", page).split("<pre>")[0]
    for tag in ("<script", "<link", "<img", "<iframe", "@import", "url("):
        bare = re.sub(r"url\(#\w+\)", "", page)  # the picture's own clip paths
        assert tag not in bare


def test_references_inside_the_picture_resolve(page):
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    used = set(re.findall(r"url\(#([^)]+)\)", page)) | set(re.findall(r'href="#([^"]+)"', page))
    assert used and used <= ids


def test_every_metric_condition_and_contact_line_is_told(run, page):
    text = text_of(page)
    for group in run.result["metrics"].values():
        for name in group:
            assert (label(name) if name != "juncture" else "juncture height z") in text
    for condition in run.record.conditions:
        assert condition.statement in text
        assert condition_value(condition) in text
    assert "20.00° … 138.50°" in text and "dielectric wall" in text
    assert "± 4.1 × 10⁻¹⁷ m" in text  # error estimate of the apex
    # the alternative, and the way to the reached one
    assert "cap on dielectric top edge (pinned), outer line at r = 60.000000 µm" in text
    assert "outer line recedes over dielectric wall from r = 60.00 µm, z = 30.00 µm" in text


def test_sources_and_unverified_marks(page):
    text = text_of(page)
    assert "R unverified" in text and "alasir.com" in text
    assert "Sn63Pb37 on Au contact angle 20° U the case" in text


def test_case_log_and_notes_are_in_it(run, page):
    text = text_of(page)
    assert 'thickness = "30 um"' in text
    assert "step 3: reflow first reflow" in text
    assert run.notes[0] in text


def test_text_of_a_case_cannot_break_the_page(run):
    bad = replace(run, case=run.case.model_copy(update={"title": "<script>&\"'"}))
    page = report_html(bad)
    assert "<script" not in page
    assert "<script>&" in text_of(page)


def test_refused_stage_says_why(run):
    text = text_of(report_html(refuse_second(run)))
    assert "second reflow was refused: no equilibrium." in text
    assert "has no admissible equilibrium" in text


@pytest.mark.slow
def test_same_bytes_again(run, tmp_path):
    first = write_report(run, tmp_path / "a").read_bytes()
    assert first == write_report(run, tmp_path / "b").read_bytes()


@pytest.mark.slow
def test_neither_dolfinx_nor_gmsh_is_imported():
    code = (
        "import bumpform.output.report, bumpform.output.run_folder, bumpform.picture.picture, sys; "
        "assert not {'dolfinx', 'gmsh', 'petsc4py'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})
