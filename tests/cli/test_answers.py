"""The commands that answer: what they print, what they write, what they say of wrong input."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bumpform.cli.commands import app

pytestmark = pytest.mark.dolfinx


def invoke(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_sensitivity(tmp_path):
    scatter = 'tolerances.coat.polyimide.thickness.std="4 %"'
    done = invoke("sensitivity", "plated_column", "--out", tmp_path, "--set", scatter)
    assert done.exit_code == 0, done.output
    first = done.stdout.splitlines()[0]
    assert first.startswith("plated_column: 13 metrics by ")
    assert "a state changes with coat.resist.opening.radius" in first  # as wide as the UBM
    assert "−0.429 µm coat.polyimide.thickness" not in done.stdout
    assert "reflow.clearance_m" in done.stdout and "(100 %)" in done.stdout
    told = json.loads((tmp_path / "sensitivity.json").read_text("utf-8"))
    assert told["case"]["name"] == "plated_column"
    assert (tmp_path / "sensitivity.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", ["sensitivity"])
def test_wrong_input_is_told_like_anywhere(command, tmp_path):
    done = invoke(command, "plated_colum", "--out", tmp_path)
    assert done.exit_code == 2 and "plated_column" in done.stderr
    wrong = 'tolerances.coat.polyimide.thicknes.std="4 %"'
    done = invoke(command, "plated_column", "--out", tmp_path, "--set", wrong)
    assert done.exit_code == 2 and "Did you mean coat.polyimide.thickness" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["sensitivity"])
def test_a_case_that_is_refused_has_no_answer(command, tmp_path):
    """2500 times the solder spreads to the next bump."""
    sets = ("--set", "deposit.Pb95Sn5.volume=1 ul")
    done = invoke(command, "photoimaged_opening", "--out", tmp_path, *sets)
    assert done.exit_code == 3 and "refused" in done.stderr
