"""Folders of the commands: a run's and a study's are not mixed, nor two runs at once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from bumpform.case.bundled import bundled_cases
from bumpform.cli.commands import app
from bumpform.files.folder import claimed

pytestmark = pytest.mark.dolfinx

STUDY = """
[study]
case = "photoimaged_opening"
[axes]
"deposit.Pb95Sn5.volume" = ["0.40 nl", "0.41 nl"]
"""
ARGUMENTS = ["run", "photoimaged_opening", "--no-mesh", "--no-plot", "--out", "here"]
#: The first reflow is done; the dome then does not reach the plane.
LATE = """
[[step]]
do = "abrade"
to = "70 um"
"""


@pytest.fixture
def bumpform(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.toml").write_text(STUDY)

    def call(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return call


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.slow
def test_a_run_is_not_put_into_a_studys_folder(bumpform, tmp_path):
    assert bumpform("study", "two.toml", "--workers", "1", "--out", "here").exit_code == 0
    before = names(tmp_path / "here")
    done = bumpform(*ARGUMENTS)
    assert done.exit_code == 2
    assert "here/study.json: this folder holds a study" in done.stderr
    assert names(tmp_path / "here") == before


def test_a_study_is_not_put_into_a_runs_folder(bumpform, tmp_path):
    assert bumpform(*ARGUMENTS).exit_code == 0
    before = names(tmp_path / "here")
    done = bumpform("study", "two.toml", "--workers", "1", "--out", "here")
    assert done.exit_code == 2
    assert "result.json: this folder holds a run" in done.stderr
    assert names(tmp_path / "here") == before


def test_of_two_runs_at_once_the_second_is_told(bumpform, tmp_path):
    with claimed(tmp_path / "here", ""):
        done = bumpform(*ARGUMENTS)
    assert done.exit_code == 2
    assert "here: a run is being written into this folder" in done.stderr
    assert names(tmp_path / "here") == []


@pytest.mark.slow
def test_many_runs_at_once_leave_one_whole_run(tmp_path):
    """Of two cases, started together: whatever the order, the folder is of one of them."""
    cases = ["photoimaged_opening", "stacked_masks_three"] * 3
    code = "from bumpform.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    options = ["--no-mesh", "--no-plot", "--out", "here"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, "run", case, *options],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for case in cases
    ]
    told = [(process.communicate()[1], process.returncode) for process in running]
    assert {code for _, code in told} <= {0, 2} and 0 in {code for _, code in told}
    assert all("is being written into this folder" in text for text, code in told if code == 2)
    result = json.loads((tmp_path / "here" / "result.json").read_text())
    assert names(tmp_path / "here") == sorted([*result["files"], "result.json"])
    stages = 3 if result["case"]["name"] == "stacked_masks_three" else 2
    assert len([name for name in result["files"] if name.startswith("meridian_")]) == stages


def late(tmp_path):
    text = bundled_cases()["photoimaged_opening"].read_text("utf-8")
    head, *steps = text.split("[[step]]")
    at = next(i for i, step in enumerate(steps) if 'do = "clean"' in step)
    path = tmp_path / "late.toml"
    path.write_text("[[step]]".join([head, *steps[:at]]) + LATE)
    return path


@pytest.mark.slow
def test_a_run_that_is_stopped_late_is_written_and_told(bumpform, tmp_path):
    done = bumpform("run", late(tmp_path), "--no-mesh", "--out", "here")
    assert done.exit_code == 2
    assert "first reflow" in done.stdout and "files: here" in done.stdout
    head, problem = done.stderr.splitlines()
    assert head.endswith("late.toml: 1 problem")
    assert re.match(r"  line \d+: step\.4 \(abrade\): nothing stands above the plane", problem)
    result = json.loads((tmp_path / "here" / "result.json").read_text())
    assert [stage["name"] for stage in result["stages"]] == ["first reflow"]
    assert result["stopped"]["step"] == 4
    assert result["stopped"]["problems"][0]["path"] == "step.4 (abrade)"
    assert names(tmp_path / "here") == sorted([*result["files"], "result.json"])
    log = (tmp_path / "here" / "log.txt").read_text()
    assert "STOPPED: step.4 (abrade): nothing stands above the plane" in log
    assert "the steps after it were not run" in log
    assert "The process stops at step 4" in (tmp_path / "here" / "report.html").read_text()


def test_check_and_run_tell_the_same_and_nothing_is_written(bumpform, tmp_path):
    sets = ["--set", "barrier.thickness=1 mm", "--set", "coat.opening.radius=1 mm"]
    told = [
        bumpform("check", "photoimaged_opening", *sets),
        bumpform(*ARGUMENTS, *sets),
    ]
    assert [done.exit_code for done in told] == [2, 2]
    assert told[0].stderr == told[1].stderr
    assert told[0].stderr.startswith("photoimaged_opening: 1 problem\n  step.1 (coat dielectric)")
    assert "no problem found" not in told[0].stdout
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize(
    ("place", "what"), [("taken", "taken is a file"), ("taken/in", "taken/in lies in a file")]
)
@pytest.mark.parametrize("command", [ARGUMENTS[:-2], ["study", "opening_volume"]])
def test_a_file_in_the_place_of_the_folder_is_told(bumpform, tmp_path, command, place, what):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    result = bumpform(*command, "--out", place)
    assert result.exit_code == 2
    assert f"{command[1]}: {what}; results need a folder: choose another place with --out" in (
        result.stderr
    )
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"
