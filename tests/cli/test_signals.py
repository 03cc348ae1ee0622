"""A closed pipe and Ctrl-C end the command quietly, and leave complete files only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bumpform.case.bundled import bundled_cases

COMMAND = [sys.executable, "-c", "from bumpform.cli import main; main()"]
CASE = bundled_cases()["photoimaged_opening"]


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}


def piped(folder, reader, *arguments):
    """Exit codes of the command and its reader, and what both leave on stderr and stdout."""
    done = subprocess.run(
        ["bash", "-c", f'"$@" | {reader}; echo "${{PIPESTATUS[@]}}"', "bash", *COMMAND, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, codes = done.stdout.splitlines()
    return codes, done.stderr, lines


def write_cases(folder, count):
    """Copies of a case under names of their own."""
    paths = []
    for i in range(count):
        path = folder / f"case_{i}.toml"
        text = CASE.read_text("utf-8")
        path.write_text(text.replace('"photoimaged_opening"', f'"case_{i}"', 1), "utf-8")
        paths.append(path.name)
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["materials"], ["cases"], ["check", CASE.stem]])
def test_head_ends_a_listing_quietly(tmp_path, arguments):
    codes, errors, lines = piped(tmp_path, "head -n 1", *arguments)
    assert (codes, errors, len(lines)) == ("0 0", "", 1)


@pytest.mark.slow
@pytest.mark.dolfinx
@pytest.mark.parametrize("reader", ["true", "head -n 1"])
def test_a_run_goes_on_when_nobody_reads(tmp_path, reader):
    """All cases are run and the exit code is theirs: 2, for the one that is missing."""
    cases = write_cases(tmp_path, 2)
    options = ["--no-mesh", "--no-plot", "--out", "out"]
    codes, errors, _ = piped(tmp_path, reader, "run", cases[0], "nowhere", cases[1], *options)
    assert codes == "2 0"
    assert [line for line in errors.splitlines() if "of 3" in line] == [
        "1 of 3: case_0.toml",
        "3 of 3: case_1.toml",
    ]
    assert "PETSC" not in errors and "Traceback" not in errors and "Broken" not in errors
    assert all((tmp_path / "out" / f"case_{i}" / "result.json").exists() for i in range(2))


def interrupted(process):
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors and "Interrupt" not in errors


def started(folder, *arguments):
    return subprocess.Popen(
        [*COMMAND, "run", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.dolfinx
@pytest.mark.parametrize("wait", [0.3, 0.6])
def test_ctrl_c_while_libraries_are_loaded(tmp_path, wait):
    process = started(tmp_path, *write_cases(tmp_path, 20), "--no-plot")
    time.sleep(wait)
    interrupted(process)


@pytest.mark.slow
@pytest.mark.dolfinx
@pytest.mark.parametrize("wait", [0.0, 0.04, 0.11, 0.23])
def test_ctrl_c_leaves_complete_files_only(tmp_path, wait):
    """Among many cases, whenever it comes: a result is there only with all that belongs to it."""
    process = started(tmp_path, *write_cases(tmp_path, 60), "--no-plot", "--out", "out")
    for line in process.stdout:
        if line.startswith("files:"):
            break
    time.sleep(wait)
    interrupted(process)
    folders = sorted((tmp_path / "out").iterdir())
    assert 1 <= len(folders) < 60
    for folder in folders:
        files = {path.name for path in folder.iterdir()}
        assert not [name for name in files if name.endswith(".part")]
        if "result.json" in files:
            assert {"case.toml", "log.txt", "meridian_second_reflow.csv"} <= files
            assert len(json.loads((folder / "result.json").read_text("utf-8"))["stages"]) == 2
        for path in folder.glob("*.inp"):
            assert path.read_text().endswith("\n")
            assert "*MATERIAL" in path.read_text()


@pytest.mark.slow
@pytest.mark.dolfinx
@pytest.mark.parametrize("command", ["margins", "sensitivity"])
def test_ctrl_c_in_a_long_answer_says_that_nothing_is_written(tmp_path, command):
    """It comes after two seconds of the command's own time, in which it has begun to run cases."""
    process = subprocess.Popen(
        [*COMMAND, command, CASE.stem, "--out", "out"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    status = Path(f"/proc/{process.pid}/stat")
    while sum(map(int, status.read_text().split()[13:15])) < 2 * os.sysconf("SC_CLK_TCK"):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told, errors = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, "")
    assert errors.endswith(f"\n{CASE.stem}: stopped by Ctrl-C; nothing is written\n")
    assert not (tmp_path / "out").exists()
