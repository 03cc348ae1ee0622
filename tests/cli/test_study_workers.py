"""Workers elsewhere: waited for, left out where they cannot solve, and none of it a row.

A scheduler and its workers are started as on a cluster; one worker has other code.
"""

from __future__ import annotations

import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

import bumpform
from bumpform.study.rows import workers
from study_rows import rows_in

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

    def start(self, *arguments, path=(), **environment):
        found = [*map(str, path), *sys.path]
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=self.path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(found), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def scheduler(self):
        return self.start(
            "distributed.cli.dask_scheduler", *LOCAL, "--port", "0", "--scheduler-file", "s.json"
        )

    def worker(self, path=(), **environment):
        one = ["--nthreads", "1", "--nworkers", "1", "--scheduler-file", "s.json"]
        return self.start("distributed.cli.dask_worker", *LOCAL, *one, path=path, **environment)

    def study(self, *options):
        return self.start("bumpform", "study", "small.toml", "--scheduler-file", "s.json", *options)

    def rows(self):
        return rows_in(self.path / "runs/small")


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    for process in made.processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def unable(tmp_path, how):
    """What is wrong with a worker, as arguments of `worker`, and what is said of it."""
    if how == "import":
        (tmp_path / "broken/bumpform").mkdir(parents=True)
        (tmp_path / "broken/bumpform/__init__.py").write_text('raise ImportError("no numpy")\n')
        return {"path": [tmp_path / "broken"]}, "no numpy"
    if how == "compiler":
        (tmp_path / "bin").mkdir()
        empty = {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        return empty, "compiler"
    shutil.copytree(Path(bumpform.__file__).parent, tmp_path / "other/bumpform", symlinks=False)
    changed = tmp_path / "other/bumpform/process/reflows/reflow.py"
    with changed.open("a", encoding="utf-8") as file:
        file.write("# another\n")
    return {"path": [tmp_path / "other"]}, "other code or materials: install the same"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["code", "import", "compiler"])
def test_a_worker_that_cannot_solve_is_left_out_and_costs_no_row(place, tmp_path, how):
    """The command is there first: it waits for the scheduler, and then for a worker."""
    wrong, words = unable(tmp_path, how)
    study = place.study()
    place.scheduler()
    place.worker(**wrong)
    for line in study.stderr:
        if "is left out" in line:
            assert words in line
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
def test_a_worker_that_stops_answering_is_given_up(place, monkeypatch):
    """It is stopped as rows are handed to it; another one computes them. Patience is cut short."""
    monkeypatch.setattr(workers, "LOST", 2.0)
    monkeypatch.setattr(workers, "GRACE", 1.0)
    (place.path / "small.toml").write_text(STUDY.replace("count = 6", "count = 40"), "utf-8")
    place.scheduler()
    silent, stopped, told = place.worker(), [], []
    submit = workers.Workers.submit

    def hand_over(asked, numbers):
        if not stopped:  # before it has the first rows: later it may have computed all
            for child in psutil.Process(silent.pid).children(recursive=True):
                child.suspend()
            stopped.append(silent)
            place.worker()
        submit(asked, numbers)

    monkeypatch.setattr(workers.Workers, "submit", hand_over)
    done = bumpform.run_study(
        bumpform.load_study(place.path / "small.toml"),
        out=place.path / "out",
        scheduler=place.path / "s.json",
        limit=1.0,
        warn=told.append,
    )
    assert (done.progress.done, done.progress.failed) == (40, 0)
    assert any("is left out: it does not answer" in words for words in told)


@pytest.mark.slow
def test_a_scheduler_that_goes_ends_the_study_with_what_is_kept(place):
    (place.path / "small.toml").write_text(STUDY.replace("count = 6", "count = 4000"), "utf-8")
    scheduler = place.scheduler()
    place.worker()
    study = place.study()
    while not (place.path / "runs/small/rows.jsonl").exists() or not place.rows():
        assert study.poll() is None, study.communicate()
        time.sleep(0.1)
    os.killpg(scheduler.pid, signal.SIGKILL)
    _, errors = study.communicate(timeout=600)
    assert study.returncode == 2
    assert "Finished rows are kept" in errors and "Traceback" not in errors
    assert len(place.rows()) > 0


@pytest.mark.slow
def test_no_scheduler_and_no_workers_end_with_what_is_kept(place):
    process = place.study("--wait", "1")
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 2
    assert "no scheduler has written s.json for 1 s. Start one" in errors
    assert "Finished rows are kept; the same command goes on with them." in errors
    place.scheduler()
    process = place.study("--wait", "20")
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 2
    assert "no worker has appeared for" in errors and "waiting up to 20 s" in errors
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
        "PYTHON": f"env INSIDE=1 {sys.executable}",  # as of a container: more than a word
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


@pytest.mark.skipif(bool(slurm()), reason=slurm())
def test_workers_that_dask_jobqueue_starts_run_a_study(place):
    dask_jobqueue = pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is not installed")
    with dask_jobqueue.SLURMCluster(
        cores=1,
        processes=1,
        memory="2GB",
        interface="lo",
        walltime="00:10:00",
        python=sys.executable,
        scheduler_options={
            "interface": "lo",
            "dashboard": False,
            "dashboard_address": "127.0.0.1:0",
        },
        log_directory=str(place.path),
        job_script_prologue=[f"export PYTHONPATH={os.pathsep.join(sys.path)}"],
    ) as cluster:
        cluster.scale(jobs=2)
        done = bumpform.run_study(
            bumpform.load_study(place.path / "small.toml"),
            out=place.path / "out",
            scheduler=cluster.scheduler_address,
        )
    assert (done.progress.done, done.progress.failed) == (6, 0)


# ---------------------------------------------------------------- the dashboard


@pytest.mark.parametrize(
    ("status", "text", "told"),
    [(200, b"<html>", True), (200, b"Dask needs bokeh>=3.1.0 for the", False), (404, b"", False)],
)
def test_the_dashboard_is_told_where_it_is_on(status, text, told):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        link = f"http://127.0.0.1:{server.server_port}/status"
        assert workers._dashboard(link) == (link if told else "")
    assert workers._dashboard(link) == ""
