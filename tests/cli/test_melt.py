"""`bumpform melt`: its files, its words, its exit codes."""

from __future__ import annotations

import csv
import json

import pytest
from PIL import Image
from typer.testing import CliRunner

from bumpform.cli import app

pytestmark = pytest.mark.dolfinx


def melt(*arguments):
    return CliRunner().invoke(app, ["melt", *map(str, arguments)])


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
    assert {*names, "volume_error"} == set(first)
    assert last["energy_J"] < first["energy_J"]
    with open(tmp_path / "melt_second_reflow.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["t_s"]) for row in rows] == [row["t_s"] for row in found["history"]]
    with Image.open(tmp_path / "melt_second_reflow.gif") as film:
        assert 2 <= film.n_frames <= 5
    listed = (tmp_path / "melt_second_reflow.pvd").read_text()
    parts = sorted(path.name for path in tmp_path.glob("*.vtu"))
    assert parts
    assert all(f'file="{name}"' in listed for name in parts)
    assert (tmp_path / "melt_second_reflow.png").stat().st_size > 1000


def test_a_wrong_stage_is_told_with_those_that_there_are(tmp_path):
    done = melt("laminated_abraded", "--stage", "third reflow", "--out", tmp_path / "none")
    assert done.exit_code == 2
    assert '"first reflow", "second reflow"' in done.stderr
    assert not (tmp_path / "none").exists()
