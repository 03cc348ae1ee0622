"""A run's folder: strict, complete, the same bytes each time, never half a file."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import tomllib
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest

from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.files.folder import NAMES
from bumpform.files.whole import write_text
from bumpform.output.run_folder import read_result, result_json, write_run
from bumpform.result.contract import plain
from bumpform.result.run import Run
from handmade import CASE, UM, make_run, refuse_second


@pytest.fixture(scope="module")
def run() -> Run:
    return make_run(Case.from_dict(tomllib.loads(CASE)))


@pytest.fixture(scope="module")
def folder(run, tmp_path_factory):
    place = tmp_path_factory.mktemp("run")
    write_run(run, place, plot=False)
    return place


def meridian(folder, stage):
    with (folder / f"meridian_{stage}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["interface", "r_m", "z_m"]
    found: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        found.setdefault(row["interface"], []).append((float(row["r_m"]), float(row["z_m"])))
    return {name: np.array(points) for name, points in found.items()}


@pytest.mark.slow
def test_what_is_written(run, tmp_path):
    bare = [
        "case.toml",
        "log.txt",
        "meridian_first_reflow.csv",
        "meridian_second_reflow.csv",
        "result.json",
    ]
    write_run(run, tmp_path / "bare", plot=False)
    assert sorted(p.name for p in (tmp_path / "bare").iterdir()) == bare
    paths = write_run(run, tmp_path / "all", plot=True)
    names = sorted([*bare, "report.html", "stages.png", "stages.svg"])
    assert sorted(p.name for p in (tmp_path / "all").iterdir()) == names
    assert sorted(p.name for p in paths) == names
    assert paths[-1].name == "result.json"


@pytest.mark.slow
def test_every_file_is_known_to_the_next_run_and_to_the_documentation(run, tmp_path, request):
    """A run that is killed has listed none: the next one removes them by their names alone."""
    names = {path.name for path in write_run(run, tmp_path, mesh=True)} - {"result.json"}
    strange = [name for name in names if not any(fnmatch(name, known) for known in NAMES)]
    assert not strange, "not in NAMES of files/folder.py"
    page = (request.config.rootpath / "docs" / "run_folder.md").read_text("utf-8")
    rows = [row for row in page.splitlines() if row.startswith("| `")]
    told = {name for row in rows for name in re.findall("`([^`]+)`", row.split("|")[1])}
    for name in names:
        kind = re.sub("^(meridian|stack)_.*[.]", r"\1_<stage>.", name)
        assert kind in told or Path(kind).suffix in told, f"{name} is not in docs/run_folder.md"


def test_result_reads_back_to_the_last_bit(run, folder):
    told = read_result(folder)
    assert told == read_result(folder / "result.json")
    assert {*told.files} == {path.name for path in folder.iterdir()} - {"result.json"}
    assert replace(told, files=None) == run.record
    assert result_json(told) == (folder / "result.json").read_text("utf-8")


def test_json_is_strict_and_plain():
    value = {
        "a": math.nan,
        "b": [math.inf, -math.inf, np.float64(0.1), np.int64(3), np.bool_(True)],
        "c": np.array([1.5, math.nan]),
        "d": (1, None, "x"),
        "composition": {"Sn": 0.63, "Pb": 0.37},
    }
    assert plain(value) == {
        "a": None,
        "b": [None, None, 0.1, 3, True],
        "c": [1.5, None],
        "d": [1, None, "x"],
        "composition": {"Pb": 0.37, "Sn": 0.63},
    }
    assert list(plain(value)["composition"]) == ["Pb", "Sn"]
    assert [type(x) for x in plain(value)["b"]] == [type(None), type(None), float, int, bool]
    text = result_json(value)
    json.loads(text, parse_constant=pytest.fail)
    assert "0.1" in text and "0.1000000" not in text


def test_case_loads_back_equal(run, folder):
    text = (folder / "case.toml").read_text("utf-8")
    assert Case.from_dict(tomllib.loads(text)) == run.case


def test_free_surface_runs_from_the_apex_to_the_contact_line(run, folder):
    for stage, solder in (("first_reflow", "Pb95Sn5"), ("second_reflow", "Sn63Pb37")):
        number = ["first_reflow", "second_reflow"].index(stage)
        surface = run.result["stages"][number]["surface"]
        points = meridian(folder, stage)[f"{solder} | air"]
        contact = surface["contact_lines"][0]
        assert points[0] == pytest.approx([0.0, surface["apex_z_m"]], rel=1e-14, abs=1e-19)
        assert points[-1] == pytest.approx([contact["r_m"], contact["z_m"]], rel=1e-14)
        assert len(points) > 150


def test_interfaces_lie_where_they_should(folder):
    found = meridian(folder, "second_reflow")
    assert {
        "pad | base", "pad | Pb95Sn5", "dielectric | Pb95Sn5", "dielectric | barrier",
        "Pb95Sn5 | barrier", "barrier | finish", "finish | Sn63Pb37", "Sn63Pb37 | air",
        "dielectric | air", "base | dielectric",
    } <= set(found)  # fmt: skip
    dome, top = found["Pb95Sn5 | barrier"], found["barrier | finish"]
    for point in top[top[:, 0] < 60 * UM][::16]:  # past the rim it is about the rim
        gap = np.hypot(*(dome - point).T).min()
        assert gap == pytest.approx(3 * UM, rel=1e-3)
    wall = found["dielectric | Pb95Sn5"]
    assert np.all(wall[:, 0] == pytest.approx(60 * UM))
    assert sorted(wall[:, 1]) == pytest.approx([0.0, 26.6 * UM], abs=1e-18)


def test_refused_run_keeps_what_was_computed(run, tmp_path):
    write_run(refuse_second(run), tmp_path, plot=False)
    assert not (tmp_path / "meridian_second_reflow.csv").exists()
    assert read_result(tmp_path).stages[1].refused.reason == "no_equilibrium"
    assert "REFUSED: no_equilibrium" in (tmp_path / "log.txt").read_text("utf-8")


def test_log_tells_steps_stages_conditions_and_notes(run, folder):
    log = (folder / "log.txt").read_text("utf-8")
    for text in (
        "step 0: substrate",
        "step 1: coat dielectric",
        "step 4: barrier Ni",
        "terminus depth d: 3.40000 µm",
        "condition FAILS: the second bump covers the barrier: −0.1200 µm (limits ≥ 0)",
        f"note: {run.notes[0]}",
        "unverified: Pb95Sn5: liquidus 312 °C",
    ):
        assert text in log


def test_same_bytes_again(run, folder, tmp_path):
    write_run(run, tmp_path, plot=False)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_failing_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = write_text(tmp_path / "result.json", "old")

    def fail(*_args):
        raise OSError("disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]


def test_written_files_have_ordinary_permissions(folder):
    mask = os.umask(0)
    os.umask(mask)
    assert (folder / "result.json").stat().st_mode & 0o777 == 0o666 & ~mask


def test_no_result_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_result(tmp_path)


def test_a_file_of_another_schema_is_an_error_that_says_where(folder, tmp_path):
    text = (folder / "result.json").read_text("utf-8")
    (tmp_path / "result.json").write_text(text.replace('"peak_K"', '"peak_F"', 1), "utf-8")
    with pytest.raises(CaseError, match=r"is no bumpform/result-1: stages\.0\.peak_"):
        read_result(tmp_path)
