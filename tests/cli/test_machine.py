"""What the machine lacks: exit code 5, one line with the remedy, and what could be had is there."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

import pytest

from bumpform.kernel import native

CODE = "from bumpform.cli import main; main()"
pytestmark = pytest.mark.dolfinx


def command(folder, *arguments, limit=None, **environment):
    """The command in a folder, its files no larger than a limit in bytes."""

    def limited():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    path = os.pathsep.join([str(folder), *sys.path])
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        preexec_fn=limited,
    )


def assert_told(done, *words):
    """One line, no traceback."""
    assert done.returncode == 5
    assert len(done.stderr.splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"CC": "/nowhere/cc", "XDG_CACHE_HOME": "."}, ["C compiler", "apt-get install gcc"]),
        ({"XDG_CACHE_HOME": __file__}, ["set XDG_CACHE_HOME to a folder that can be written"]),
        ({"XDG_CACHE_HOME": "/proc/nowhere"}, ["set XDG_CACHE_HOME to a folder that can be"]),
    ],
    ids=["no compiler", "a cache that is a file", "a cache that cannot be made"],
)
def test_no_compiled_solver(tmp_path, environment, words):
    done = command(tmp_path, "run", "photoimaged_opening", "--out", "out", **environment)
    assert_told(done, "photoimaged_opening: ", *words)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_library_that_cannot_be_loaded(tmp_path):
    """As of another machine, or on a file system from which nothing is run."""
    first = command(tmp_path, "run", "plated_column", "--no-mesh", "--no-plot", XDG_CACHE_HOME=".")
    assert first.returncode == 0
    [library] = (tmp_path / "bumpform").glob("*.so")
    library.write_bytes(b"no library")
    done = command(tmp_path, "run", "plated_column", XDG_CACHE_HOME=".")
    assert_told(done, "cannot be loaded", "remove it, or set XDG_CACHE_HOME")


@pytest.mark.slow
def test_no_libgl(tmp_path):
    """gmsh's wheel is linked with it; everything but the meshes is there."""
    text = "raise OSError('libGL.so.1: cannot open shared object file: No such file')"
    (tmp_path / "gmsh.py").write_text(text)
    done = command(tmp_path, "run", "plated_column", "--out", "out", "--no-plot")
    assert_told(done, "libGL.so.1", "apt-get install libgl1", "--no-mesh")
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert {*result["files"], "result.json"} == {p.name for p in (tmp_path / "out").iterdir()}
    assert "meridian_reflow.csv" in result["files"]


@pytest.mark.slow
def test_a_file_system_without_room(tmp_path):
    """Here: files of at most 2 kB, as a disk that is full while a run is being written."""
    native.library()  # kept already: it is larger
    done = command(
        tmp_path, "run", "plated_column", "--out", "out", "--no-plot", "--no-mesh", limit=2_000
    )
    assert_told(done, "File too large", "raise the limit")
    assert not (tmp_path / "out" / "result.json").exists()
    assert (tmp_path / "out" / "INCOMPLETE").exists()


@pytest.mark.slow
def test_one_case_without_room_does_not_stop_the_others(tmp_path):
    """`/dev/full` cannot be a folder; a file in its place is a wrong --out, not a full disk."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "plated_column").write_text("in the way")
    cases = ["plated_column", "plated_column_etched"]
    done = command(tmp_path, "run", *cases, "--out", "out", "--no-plot", "--no-mesh")
    assert done.returncode == 2
    assert "out/plated_column is a file; results need a folder" in done.stderr
    assert (tmp_path / "out" / "plated_column_etched" / "result.json").exists()


def test_the_help_says_what_the_exit_codes_mean(tmp_path):
    said = " ".join(command(tmp_path, "--help", COLUMNS="200").stdout.split())
    assert "2 the input is wrong; 3 no admissible equilibrium" in said
    assert "5 the machine lacks something" in said and "130 Ctrl-C" in said
