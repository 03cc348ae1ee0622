"""The registry of metrics: one function is all that a metric needs, and everything lists it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.errors import CaseError
from bumpform.metrics import metric as registry
from bumpform.metrics.listing import metrics_page
from bumpform.metrics.metric import FROZEN, metric, metric_names, registered, stage_names
from bumpform.output.report import report_html
from bumpform.result.readable import label
from bumpform.study.plan.columns import known_columns, unit_of

TESTS = Path(__file__).parents[2]
DOCS = TESTS.parent / "docs"


@pytest.fixture
def slenderness():
    """A metric that is there for a test: height over diameter of a bump that is closed."""
    registered()

    @metric(
        "slenderness",
        "height above the contact line / diameter",
        "reflow",
        when="the bump is closed",
        frozen=True,
        label="slenderness h/⌀",
    )
    def measure(at):
        if "apex_z_m" not in at.values:
            return None
        rise = at.values["apex_z_m"] - at.values["outer.z_m"]
        return rise / (2.0 * at.values["max_radius_m"])

    yield measure
    del registry._METRICS["slenderness"]
    registry._SCOPES["reflow"].remove((__name__, measure))


def test_a_new_metric_is_one_function(slenderness):
    """Of all that lists metrics, nothing else has to know it."""
    case = bumpform.load_case("bga_ball")
    done = bumpform.run(case)
    (name,) = done.metrics
    value = done.metrics[name]["slenderness"]
    surface = done.record.stages[0].surface
    rise = surface.apex_z_m - surface.contact_lines[0].z_m
    assert value == pytest.approx(rise / (2.0 * surface.max_radius_m), rel=1e-14)
    assert done.record.metrics[name]["slenderness"] == value
    assert 0.0 < done.record.metrics_error[name]["slenderness"] < 1e-9
    assert {"slenderness", FROZEN + "slenderness"} <= {*metric_names()}
    assert f"{name}.slenderness" in known_columns(case)
    assert unit_of(f"{name}.slenderness") == ""
    assert label("slenderness") == "slenderness h/⌀"
    assert "slenderness h/⌀" in report_html(done)
    row = "| `slenderness`, `frozen_slenderness` |  | height above the contact line / diameter |"
    assert f"{row} the bump is closed |" in metrics_page()
    shrunk = bumpform.run(case.with_values({"case.freezing": "shrinks"}))
    assert shrunk.metrics[name][FROZEN + "slenderness"] != value
    limits = {"requirements": {f"{name}.slenderness": {"min": 0.5}}}
    (answer,) = (
        c
        for c in bumpform.run(bumpform.Case.from_dict({**case.to_dict(), **limits})).conditions
        if c.id == "requirement"
    )
    assert answer.measured.value == value


def test_what_is_no_metric_is_none():
    case = bumpform.load_case("bga_ball").to_dict()
    name = next(step["name"] for step in case["step"] if step["do"] == "reflow")
    with pytest.raises(CaseError, match="there is no metric slenderness"):
        bumpform.Case.from_dict({**case, "requirements": {f"{name}.slenderness": {"min": 0.5}}})


@pytest.mark.parametrize(
    ("name", "scope", "message"),
    [
        ("made_up_um", "joint", '"um" is a unit, but no result is in it'),
        ("made_up_mN_m", "joint", '"mN" is a unit, but no result is in it'),
        ("ball_height_m", "joint", "another has this name"),
        ("made_up_m", "joints", 'of no "joints", but of one of: reflow, joint, open joint'),
    ],
)
def test_what_would_be_lost_or_misread_is_refused(name, scope, message):
    """A name in another unit would be a pure number, and a scope that nothing reads stay silent."""
    known = registered()
    with pytest.raises(ValueError, match=message):
        metric(name, "a metric that is there for a test", scope)(lambda at: 0.0)
    assert registered() == known


def test_the_page_is_that_of_the_registry():
    same = (DOCS / "metrics.md").read_text("utf-8") == metrics_page()
    assert same, "the page is old: python -m bumpform.metrics.listing docs writes it"


def test_every_metric_says_what_it_is():
    for entry in registered():
        assert entry.definition and not entry.definition.endswith("."), entry.name
        assert entry.measure.__doc__, f"{entry.name}: its function has no docstring"
    units = {entry.name: entry.unit for entry in registered()}
    assert units["protrusion_m"] == "m" and units["solid_margin_K"] == "K"
    assert units["tilt_stiffness_N_m_rad"] == "N*m/rad" and units["coverage"] == ""


def test_every_metric_is_in_a_test():
    tests = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("*.py"))
    words = set(re.findall(r"\w+", tests))
    assert [m.name for m in registered() if m.name.rpartition(".")[2] not in words] == []


def test_runs_have_no_other_metrics():
    known = {*stage_names()}
    for name in bundled_cases():
        for stage in bumpform.run(name).stages:
            assert {*stage.metrics} <= known
