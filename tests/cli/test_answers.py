"""The commands that answer: what they print, what they write, what they say of wrong input."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import bumpform
from bumpform.case.file import case_sha256
from bumpform.cli.commands import app

pytestmark = pytest.mark.dolfinx


def invoke(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_one_input_is_told_as_one(tmp_path):
    done = invoke(
        "sensitivity", "plated_column", "--input", "case.pitch", "--no-plot", "--out", tmp_path
    )
    assert " metrics by 1 input, " in done.stdout


@pytest.mark.slow
def test_sensitivity(tmp_path):
    scatter = 'tolerances.coat.polyimide.thickness.std="4 %"'
    done = invoke("sensitivity", "plated_column", "--out", tmp_path, "--set", scatter)
    assert done.exit_code == 0, done.output
    first = done.stdout.splitlines()[0]
    assert first.startswith("plated_column: 13 metrics by ")
    assert "a state changes with coat.resist.opening.radius" in first  # as wide as the UBM
    assert "−0.429 µm coat.polyimide.thickness" not in done.stdout
    assert "reflow.clearance_m" in done.stdout and "(100 %)" in done.stdout
    _, heading, _, *table = done.stdout.splitlines()
    shown = [line for line in table if line.startswith("  reflow.")]
    assert heading == (
        "plated_column: what moves each metric that is judged most (the other "
        f"{13 - len(shown)} metrics are in sensitivity.json)"
    )
    told = json.loads((tmp_path / "sensitivity.json").read_text("utf-8"))
    assert told["case"]["name"] == "plated_column"
    assert (tmp_path / "sensitivity.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_margins(tmp_path):
    """A pitch may be as wide as it likes; it breaks neighbours-clear where the balls touch."""
    done = invoke("margins", "plated_column", "--out", tmp_path, "--input", "case.pitch")
    assert done.exit_code == 0, done.output
    words = "the tightest is case.pitch: 87.6622 µm (-56 %) breaks neighbours-clear"
    assert done.stdout.startswith(f"plated_column: {words}; ")
    told = json.loads((tmp_path / "margins.json").read_text("utf-8"))
    [pitch] = told["inputs"]
    assert pitch["low"] == pytest.approx(8.76622367e-5, rel=1e-8)
    assert pitch["high"] is None and pitch["high_breaks"] is None
    assert (tmp_path / "margins.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_margins_say_which_rule_a_wrong_input_breaks(tmp_path):
    """As `check` words it: once below the table, where two inputs end at one rule."""
    peak, solidus = "reflow.ball drop.peak", "materials.SAC305.solidus"
    liquidus = "materials.SAC305.liquidus"
    asked = [x for path in (peak, solidus, liquidus) for x in ("--input", path)]
    done = invoke("margins", "wlcsp", "--no-plot", "--out", tmp_path, *asked)
    assert done.exit_code == 0, done.output
    rules = {
        "materials.SAC305: the solidus is above the liquidus. Give both.": 2,
        "reflow.ball drop.peak: SAC305 is neither solid nor molten at 245 °C: its solidus is 217 "
        "°C, its liquidus 245 °C. Choose a peak above 245 °C to melt it.": 1,
        "reflow.ball drop.peak: SAC305 is neither solid nor molten at 220 °C: its solidus is 217 "
        "°C, its liquidus 220 °C. Choose a peak above 220 °C to melt it.": 1,
    }
    first, *lines = done.stdout.splitlines()
    assert "breaks the case: wrong input (materials.SAC305: the solidus is above" in first
    told = {line[4:]: line[:3] for line in lines if line.startswith("[")}
    assert told.keys() == rules.keys()
    for rule, times in rules.items():
        assert done.stdout.count(f"the case: wrong input {told[rule]}") == times


def test_design(tmp_path):
    asked = ("--target", "reflow.ball_height_m=85 um", "--vary", "coat.polyimide.thickness")
    done = invoke("design", "plated_column", "--out", tmp_path, *asked)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("plated_column: every target is met; ")
    told = json.loads((tmp_path / "design.json").read_text("utf-8"))
    assert told["reached"] and told["runs"] <= 10 and told["why"] == ""
    assert told["targets"] == {"reflow.ball_height_m": 85e-6}
    designed = bumpform.load_case(tmp_path / "case_designed.toml")
    assert told["designed"]["sha256"] == case_sha256(designed)
    height = bumpform.run(designed).metrics["reflow"]["ball_height_m"]
    assert height == told["achieved"]["reflow.ball_height_m"] == pytest.approx(85e-6, rel=1e-9)


def test_a_design_that_cannot_be_says_what_stands_in_the_way(tmp_path):
    asked = ("--target", "reflow.ball_height_m=200 um", "--vary")
    done = invoke(
        "design", "plated_column", "--out", tmp_path, *asked, "coat.polyimide.thickness=20 um:40 um"
    )
    assert done.exit_code == 3
    assert "not met: coat.polyimide.thickness is at its bound 40 µm; at the nearest" in done.stdout
    assert "reflow.ball_height_m is missed by −107 µm" in done.stdout
    told = json.loads((tmp_path / "design.json").read_text("utf-8"))
    assert not told["reached"] and told["varied"] == {"coat.polyimide.thickness": 40e-6}


@pytest.mark.parametrize(
    ("target", "vary", "told"),
    [
        ("reflow.ball_heigth_m=80 um", "case.pitch", "Did you mean ball_height_m"),
        ("ball_height_m=80 um", "case.pitch", "with a stage of this case: reflow"),
        ("reflow.ball_height_m=80 deg", "case.pitch", "is a unit of angle"),
        ("reflow.ball_height_m", "case.pitch", "STAGE.METRIC=VALUE is needed"),
        ("reflow.rests_on=1", "case.pitch", "is not a number"),
        ("reflow.ball_height_m=80 um", "case.pich", "Did you mean case.pitch"),
        ("reflow.ball_height_m=80 um", "case.pitch=1 um", "bounds are written LO:HI"),
        ("reflow.ball_height_m=80 um", "case.pitch=3 um:2 um", "must be below the upper"),
        ("reflow.ball_height_m=80 um", "case.pitch=1:2:3", "bounds are written LO:HI"),
        ("x.ball_height_m=80 um", "case.pitch", "with a stage of this case: reflow"),
        ("reflow.ball_height_m=80 um", "conditions.tolerance", "is a criterion, not an input"),
    ],
)
def test_what_is_wrong_with_a_design_is_told(target, vary, told, tmp_path):
    done = invoke("design", "plated_column", "--out", tmp_path, "--target", target, "--vary", vary)
    assert done.exit_code == 2 and told in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_yield(tmp_path):
    sets = ('tolerances.case.pitch.std="2 um"', 'requirements.reflow.clearance_m.min="112 um"')
    options = [text for one in sets for text in ("--set", one)]
    done = invoke("yield", "plated_column", "--out", tmp_path, "--samples", 100, *options)
    assert done.exit_code == 0, done.output
    assert "plated_column: 100 samples are rounded up to 128" in done.stderr
    told = json.loads((tmp_path / "yield.json").read_text("utf-8"))
    share = told["good"]["share"]
    assert told["conditions"]["requirement reflow.clearance_m"]["share"] == share
    assert done.stdout.startswith(f"plated_column: {100 * share:.4g} % meet every condition (")
    assert "; most fail requirement reflow.clearance_m" in done.stdout
    assert (tmp_path / "yield.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_picture_of_another_answer_does_not_stay(tmp_path):
    asked = ("margins", "plated_column", "--out", tmp_path, "--input", "case.pitch")
    assert invoke(*asked).exit_code == 0
    (tmp_path / "mine.png").touch()
    assert invoke(*asked, "--no-plot").exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"margins.json", "mine.png"}


def test_a_yield_needs_tolerances(tmp_path):
    done = invoke("yield", "plated_column", "--out", tmp_path)
    assert done.exit_code == 2 and "tolerances: is missing: say how inputs scatter" in done.stderr
    assert '"substrate.pad.radius" = { std = "3 %" }' in done.stderr


@pytest.mark.parametrize("command", ["sensitivity", "margins"])
def test_wrong_input_is_told_like_anywhere(command, tmp_path):
    done = invoke(command, "plated_colum", "--out", tmp_path)
    assert done.exit_code == 2 and "plated_column" in done.stderr
    wrong = 'tolerances.coat.polyimide.thicknes.std="4 %"'
    done = invoke(command, "plated_column", "--out", tmp_path, "--set", wrong)
    assert done.exit_code == 2 and "Did you mean coat.polyimide.thickness" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["sensitivity", "margins"])
def test_a_case_that_is_refused_has_no_answer(command, tmp_path):
    """2500 times the solder spreads to the next bump."""
    sets = ("--set", "deposit.Pb95Sn5.volume=1 ul")
    done = invoke(command, "photoimaged_opening", "--out", tmp_path, *sets)
    assert done.exit_code == 3 and "refused" in done.stderr
