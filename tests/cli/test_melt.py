"""`bumpform melt`: its files, its words, its exit codes."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import signal
from itertools import pairwise

import meshio
import pytest
from PIL import Image
from typer.testing import CliRunner

from bumpform.case.bundled import bundled_cases
from bumpform.cli import app
from bumpform.cli.terminal import melts as terminal_melts
from bumpform.errors import ProcessError
from bumpform.files.folder import claimed
from bumpform.melting.beginning.scene import Scene
from bumpform.melting.motion import coalescence as following
from bumpform.melting.progress import Progress

pytestmark = pytest.mark.dolfinx


def melt(*arguments):
    return CliRunner().invoke(app, ["melt", *map(str, arguments)])


def run(*arguments):
    return CliRunner().invoke(app, ["run", *map(str, arguments), "--no-mesh", "--no-plot"])


def names(folder):
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def breaking(monkeypatch):
    """After its third step a library stops at the melt, as dolfinx does at a mesh that is worn."""
    whole = following.march

    def march(*arguments):
        for number, step in enumerate(whole(*arguments)):
            if number == 3:
                raise RuntimeError("Newton method failed to converge for non-affine geometry")
            yield step

    monkeypatch.setattr(following, "march", march)


@pytest.mark.slow
def test_a_melt_s_files(tmp_path):
    done = melt("laminated_abraded", "--stage", "second reflow", "--out", tmp_path, "--frames", 5)
    assert done.exit_code == 0, done.output
    assert "second reflow: the melt ends at the equilibrium after" in done.output
    found = json.loads((tmp_path / "melt_second_reflow.json").read_text())
    assert found["schema"] == "bumpform/melt-1"
    assert found["settles_at"] == "equilibrium"
    assert found["mode"] == "overdamped"
    assert found["slip_length_m"] > 0.0
    first, last = found["history"][0], found["history"][-1]
    assert found["end"] == last
    names = {"t_s", "apex_z_m", "outer.r_m", "outer.z_m", "outer.angle_deg", "energy_J"}
    assert {*names, "dissipated_J", "volume_error"} == set(first)
    assert last["energy_J"] < first["energy_J"]
    with open(tmp_path / "melt_second_reflow.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["t_s"]) for row in rows] == [row["t_s"] for row in found["history"]]
    with Image.open(tmp_path / "melt_second_reflow.gif") as film:
        shown = film.n_frames
        assert 2 <= shown <= 5
    listed = (tmp_path / "melt_second_reflow.pvd").read_text()
    parts = sorted(path.name for path in tmp_path.glob("*.vtu"))
    assert shown <= len(parts) <= 5  # pictures that look alike are one
    assert all(f'file="{name}"' in listed for name in parts)
    assert (tmp_path / "melt_second_reflow.png").stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.parametrize("case", ["laminated_abraded", "bga_joint"])
def test_a_moment_s_flow_is_on_the_mesh_of_its_own_shape(tmp_path, case):
    """Not of that before, some 1 % off, nor twice where a line jumps; a column is level to 2e-5."""
    assert melt(case, "--out", tmp_path).exit_code == 0
    for path in tmp_path.glob("*.pvd"):
        parts = re.findall(r'timestep="(\S+)" part="0" file="(\S+)"', path.read_text())
        with open(path.with_suffix(".csv"), newline="") as file:
            rows = {row["t_s"]: row for row in csv.DictReader(file)}  # the last of one time
        assert len({time for time, _ in parts}) == len(parts) > 5
        for time, name in parts:
            top = max(meshio.read(tmp_path / name).points[:, 1])
            row = rows[time]
            told = float(row.get("apex_z_m") or row["standoff_m"])
            assert top == pytest.approx(told, rel=1e-4), (name, time)


def test_a_wrong_stage_is_told_with_those_that_there_are(tmp_path):
    done = melt("laminated_abraded", "--stage", "third reflow", "--out", tmp_path / "none")
    assert done.exit_code == 2
    assert '"first reflow", "second reflow"' in done.stderr
    assert not (tmp_path / "none").exists()


def test_stages_are_named_together_and_all_of_them_known(breaking, tmp_path):
    """A name that is none's is told before anything is followed; none is followed twice."""
    asked = ["--stage", "second reflow", "--stage", "first reflow", "--stage", "second reflow"]
    done = melt("laminated_abraded", *asked, "--out", tmp_path / "both")
    assert done.exit_code == 3, done.output
    told = [line.split(":")[0] for line in done.stderr.splitlines() if "followed to t" in line]
    assert told == ["second reflow", "first reflow"]
    done = melt("laminated_abraded", *asked, "--stage", "third", "--out", tmp_path / "none")
    assert done.exit_code == 2
    assert 'stage = "third": no stage of that name has been reached' in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_is_told_before_anything_is_followed(tmp_path, monkeypatch):
    monkeypatch.setattr(following, "march", None)  # would be a traceback
    (tmp_path / "file").write_text("")
    done = melt("laminated_abraded", "--out", tmp_path / "file" / "x")
    assert done.exit_code == 2
    assert "lies in a file; results need a folder: choose another place with --out" in done.stderr
    assert names(tmp_path) == {"file"}


@pytest.mark.slow
def test_ctrl_c_while_files_are_written_leaves_them_whole(tmp_path, monkeypatch):
    from bumpform.melting import files

    whole = files.history_csv

    def interrupted(melted):
        os.kill(os.getpid(), signal.SIGINT)
        return whole(melted)

    monkeypatch.setattr(files, "history_csv", interrupted)
    done = melt("plated_column", "--out", tmp_path)
    assert done.exit_code == 130
    assert "reflow: the melt ends at the equilibrium" in done.output
    assert json.loads((tmp_path / "melt_reflow.json").read_text())["settles_at"] == "equilibrium"


def test_a_case_in_which_nothing_melts_is_told_as_that(tmp_path):
    path = tmp_path / "solid.toml"
    text = bundled_cases()["plated_column"].read_text("utf-8")
    path.write_text(text.split('[[step]]\ndo = "flux"')[0])
    done = melt(path, "--out", tmp_path / "none")
    assert done.exit_code == 2
    assert "no step is a reflow or a mount: nothing melts in this case" in done.stderr
    assert "no stage of that name" not in done.stderr


def test_a_later_step_that_is_wrong_is_told_as_by_run(breaking, tmp_path):
    """The stages before it are followed; asked for one after it, that is why it is not there."""
    path = tmp_path / "late.toml"
    first, *_ = bundled_cases()["photoimaged_opening"].read_text("utf-8").split('do = "clean"')
    path.write_text(f'{first}do = "abrade"\nto = "70 um"\n')
    told = run(path, "--out", tmp_path / "run").stderr
    assert "(abrade): nothing stands above the plane" in told
    done = melt(path, "--out", tmp_path / "melt")
    assert done.exit_code == 3  # of the melt that breaks: the highest
    assert done.stderr.endswith(told)
    assert "melt_first_reflow.json" in names(tmp_path / "melt")
    done = melt(path, "--stage", "second reflow", "--out", tmp_path / "none")
    assert done.exit_code == 2
    assert "no stage of that name has been reached" in done.stderr
    assert "(abrade): nothing stands above the plane" in done.stderr


def test_what_is_wrong_behind_a_refused_stage_is_told_as_by_run(tmp_path):
    """A ball that shuts in gas over a deep opening, and nothing is 10 mm high."""
    path = tmp_path / "refused.toml"
    first, *_ = bundled_cases()["bga_ball"].read_text("utf-8").split('do = "clean"')
    path.write_text(f'{first}do = "abrade"\nto = "10 mm"\n')
    asked = [path, "--set", "coat.opening.radius=100 um", "--set", "coat.thickness=80 um"]
    asked += ["--out", tmp_path / "none"]
    told, done = run(*asked), melt(*asked)
    assert "(abrade): nothing stands above the plane" in done.stderr
    assert (done.exit_code, done.stderr) == (told.exit_code, told.stderr) == (2, done.stderr)


def test_what_a_library_stops_at_is_told_and_the_way_to_there_kept(breaking, tmp_path):
    done = melt("plated_column", "--out", tmp_path)
    assert done.exit_code == 3, done.output
    assert "followed no further: a library stopped at it (Newton method failed" in done.stderr
    assert "Traceback" not in done.output
    found = json.loads((tmp_path / "melt_reflow.json").read_text())
    assert found["settles_at"] == "none"
    assert "Newton method failed" in found["stopped"]
    assert len(found["history"]) == 3


def test_ctrl_c_keeps_what_has_been_followed(tmp_path, monkeypatch):
    """All of its files, whole, with the steps up to there; the shell is told of the interrupt."""
    steps = []

    def words(self, frame):
        steps.append(frame)
        if len(steps) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return ""

    monkeypatch.setattr(Progress, "words", words)
    done = melt("laminated_abraded", "--out", tmp_path, "--frames", 2)
    assert done.exit_code == 130, done.output
    assert "first reflow: followed to t = " in done.stderr
    assert "it was interrupted" in done.stderr
    found = json.loads((tmp_path / "melt_first_reflow.json").read_text())
    assert found["stopped"] == "it was interrupted"
    assert len(found["history"]) == 4
    assert {"melt_first_reflow.png", "melt_first_reflow.gif", "melt_first_reflow.csv"} <= names(
        tmp_path
    )
    assert not [n for n in names(tmp_path) if "second" in n or n.endswith(".part")]


def test_a_kind_that_is_not_followed_is_told_as_that(tmp_path, monkeypatch):
    def refuse(*_):
        raise ProcessError("its surface is in two parts")

    monkeypatch.setattr(Scene, "begun", refuse)
    done = melt("plated_column", "--out", tmp_path / "none")
    assert done.exit_code == 2
    told = 'plated_column: "reflow" cannot be followed: its surface is in two parts'
    assert told in done.stderr
    assert "problem" not in done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
def test_a_run_tells_how_far_each_of_its_melts_is(tmp_path, monkeypatch):
    monkeypatch.setattr(terminal_melts, "INTERVAL", -1.0)
    done = run("laminated_abraded", "--melt", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    for stage in ("first reflow", "second reflow"):
        lines = [line for line in done.stderr.splitlines() if line.startswith(f"{stage}: step ")]
        assert lines[0].startswith(f"{stage}: step 1, t = 0 ")
        assert " left" in lines[-1]


@pytest.mark.slow
def test_a_run_lists_its_melts_and_takes_them_with_it(tmp_path):
    done = run("plated_column", "--melt", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    result = json.loads((tmp_path / "result.json").read_text())
    assert {*result["files"], "result.json"} == names(tmp_path)
    kinds = {name.rsplit(".", 1)[1] for name in result["files"] if name.startswith("melt_reflow.")}
    assert kinds - {"mp4"} == {"json", "csv", "png", "gif", "pvd", "vtu"}
    for name, found in result["files"].items():
        assert found == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    told = [c for c in result["conditions"] if c["id"] == "melt-ends-there"]
    assert [c["verdict"] for c in told] == ["holds"]
    assert told[0]["statement"] == 'Followed in time, the melt of "reflow" ends at its equilibrium.'

    refused = melt("plated_column", "--out", tmp_path)
    assert refused.exit_code == 2
    assert "a run that has followed its melts itself" in refused.stderr
    assert run("plated_column", "--out", tmp_path).exit_code == 0
    assert not [name for name in names(tmp_path) if name.startswith("melt_")]

    beside = melt("plated_column", "--out", tmp_path, "--frames", 2)
    assert beside.exit_code == 0, beside.output
    before = names(tmp_path)
    other = melt("plated_column", "--out", tmp_path, "--set", "environment.gravity=0")
    assert other.exit_code == 2
    assert "is the run of another case, or of this one as it was before" in other.stderr
    assert names(tmp_path) == before


@pytest.mark.slow
def test_a_run_that_is_cut_short_keeps_the_melts_that_have_been_followed(tmp_path, monkeypatch):
    """Where it ends at once, as by Ctrl-C, the melts before are whole and no result is there."""
    whole, ended = following.march, []

    def march(*arguments):
        ended.append(len(ended))
        if len(ended) == 2:
            raise KeyboardInterrupt
        yield from whole(*arguments)

    monkeypatch.setattr(following, "march", march)
    run("laminated_abraded", "--melt", "--out", tmp_path)
    assert {"INCOMPLETE", "melt_first_reflow.json", "melt_first_reflow.png"} <= names(tmp_path)
    assert "result.json" not in names(tmp_path)
    refused = melt("laminated_abraded", "--out", tmp_path)
    assert refused.exit_code == 2
    assert "has not finished, or was interrupted" in refused.stderr


def test_no_melt_is_put_into_a_study_s_folder_or_where_a_run_is_being_written(tmp_path):
    (tmp_path / "study.json").write_text("{}")
    done = melt("plated_column", "--out", tmp_path)
    assert done.exit_code == 2
    assert "this folder holds a study" in done.stderr
    assert names(tmp_path) == {"study.json"}
    with claimed(tmp_path / "run", ""):
        done = melt("plated_column", "--out", tmp_path / "run")
        assert done.exit_code == 2
        assert names(tmp_path / "run") == {"INCOMPLETE", ".bumpform.lock"}


@pytest.mark.slow
def test_melts_of_another_case_go(tmp_path, breaking):
    assert melt("laminated_abraded", "--stage", "first reflow", "--out", tmp_path).exit_code == 3
    (tmp_path / "notes.txt").write_text("mine")
    assert melt("plated_column", "--out", tmp_path).exit_code == 3
    assert "notes.txt" in names(tmp_path)
    assert all(name.startswith("melt_reflow.") for name in names(tmp_path) - {"notes.txt"})


@pytest.mark.slow
def test_the_energy_of_a_floating_joint_falls_with_its_load_s(tmp_path):
    """The load's own energy is W·h; without it that of the liquid rises while the package sinks."""
    case, stage = "core_and_cap", "mounting"
    done = melt(case, "--stage", stage, "--out", tmp_path, "--frames", 2)
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "melt_mounting.json").read_text())
    history = found["history"]
    scale = history[0]["energy_with_load_J"]
    assert all(
        b["energy_with_load_J"] < a["energy_with_load_J"] + 1e-9 * scale
        for a, b in pairwise(history)
    )
    of_load = [row["energy_with_load_J"] - row["energy_J"] for row in history]
    assert of_load == pytest.approx([0.5e-3 * row["standoff_m"] for row in history], rel=1e-9)
    assert "energy_J" in found["differences"]
