"""Workers elsewhere: waited for, left out where they cannot solve, and none of it a row.

A scheduler and its workers are started as on a cluster; one worker has other code.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import bumpform

STUDY = """
[study]
name = "small"
case = "photoimaged_opening"
[axes]
"deposit.Pb95Sn5.volume" = { from = "0.36 nl", to = "0.42 nl", count = 6 }
"""
LOCAL = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
SCRIPTS = Path(__file__).parents[2] / "cases" / "slurm"
pytestmark = pytest.mark.dolfinx


class Place:
    """A folder with a study, and processes that end with the test."""

    def __init__(self, path):
        self.path = path
        self.processes = []
        (path / "small.toml").write_text(STUDY, "utf-8")

    def start(self, *arguments, path=()):
        found = [*map(str, path), *sys.path]
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=self.path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(found)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def scheduler(self):
        self.start(
            "distributed.cli.dask_scheduler", *LOCAL, "--port", "0", "--scheduler-file", "s.json"
        )

    def worker(self, path=()):
        one = ["--nthreads", "1", "--nworkers", "1", "--scheduler-file", "s.json"]
        self.start("distributed.cli.dask_worker", *LOCAL, *one, path=path)

    def study(self, *options):
        return self.start("bumpform", "study", "small.toml", "--scheduler-file", "s.json", *options)

    def rows(self):
        text = (self.path / "runs/small/rows.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    for process in made.processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.slow
def test_a_worker_with_other_code_is_left_out_and_costs_no_row(place, tmp_path):
    """The command is there first: it waits for the scheduler, and then for a worker."""
    other = tmp_path / "other"
    shutil.copytree(Path(bumpform.__file__).parent, other / "bumpform", symlinks=False)
    with (other / "bumpform/process/reflow.py").open("a", encoding="utf-8") as file:
        file.write("# another\n")
    study = place.study()
    place.scheduler()
    place.worker(path=[other])
    for line in study.stderr:
        if "is left out" in line:
            assert "other code or materials: install the same" in line
            break
        assert "waiting up to 3600 s for a scheduler" in line or "no worker" in line
    place.worker()
    out, errors = study.communicate(timeout=300)
    assert study.returncode == 0, errors
    assert "Traceback" not in errors
    assert "small: 6 rows, 6 computed" in out
    assert sorted(row["number"] for row in place.rows()) == list(range(6))
    assert {row["outcome"] for row in place.rows()} == {"converged"}


@pytest.mark.slow
def test_no_scheduler_and_no_workers_end_with_what_is_kept(place):
    process = place.study("--wait", "1")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "no scheduler has written s.json for 1 s. Start one" in errors
    assert "Finished rows are kept; the same command goes on with them." in errors
    place.scheduler()
    process = place.study("--wait", "20")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "no worker has come up for" in errors and "waiting up to 20 s" in errors
    assert "Finished rows are kept" in errors and "Traceback" not in errors


# ---------------------------------------------------------------- SLURM


def slurm():
    """Why no SLURM can be used here; empty where one can."""
    if not shutil.which("sbatch"):
        return "SLURM is not installed"
    asked = subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True, text=True, check=False)
    if asked.returncode or not asked.stdout.strip():
        return "SLURM is not running (SLURM_CONF)"
    return ""


@pytest.mark.skipif(bool(slurm()), reason=slurm())
@pytest.mark.parametrize("script", ["study.sh", "array.sh"])
def test_the_scripts_for_slurm_run_a_study(place, script):
    environment = {
        **os.environ,
        "PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    array = ["--array=1-2"] if script == "array.sh" else ["--ntasks=2"]
    subprocess.run(
        ["sbatch", "--wait", *array, "--output=job-%j.log", SCRIPTS / script, "small.toml"],
        cwd=place.path,
        env=environment,
        check=False,
        timeout=400,
        stdout=subprocess.DEVNULL,
    )
    logs = "\n".join(path.read_text("utf-8") for path in place.path.glob("job-*.log"))
    if script == "array.sh":
        done = place.start("bumpform", "study", "small.toml", "--workers", "1")
        logs = "".join(done.communicate(timeout=200))
        assert "6 rows, 6 of them there before" in logs
    else:
        assert "6 rows, 6 computed" in logs, logs
    assert sorted(row["number"] for row in place.rows()) == list(range(6))
    assert len(bumpform.read_study(place.path / "runs/small")) == 6
