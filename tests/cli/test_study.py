"""`bumpform study` as a user runs it: nothing lost, nothing twice, the same bytes every time.

The study has rows of all outcomes: over polyimide that it wets the second bump spreads past the
model's radius, and a sidewall of 150° closes a thick layer's opening.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

import bumpform
from bumpform.case.bundled import bundled_studies
from bumpform.cli.commands import app
from bumpform.study.run import run_study
from deadly import VICTIM, DeadlyStudy
from study_rows import rows_in

COMMAND = [sys.executable, "-c", "from bumpform.cli import main; main()", "study"]
ROWS = 16 * 2 * 2 * 3
STUDY = """
[study]
case = "photoimaged_opening"
[axes]
"deposit.Pb95Sn5.volume" = { from = "0.36 nl", to = "0.42 nl", count = 16 }
"wetting.polyimide" = ["125 deg", "20 deg"]
"coat.dielectric.opening.sidewall" = ["90 deg", "150 deg"]
"coat.dielectric.thickness" = ["28 um", "30 um", "110 um"]
"""
SMALL = """
[study]
case = "photoimaged_opening"
[axes]
"deposit.Pb95Sn5.volume" = { from = "0.36 nl", to = "0.42 nl", count = 12 }
"""
pytestmark = pytest.mark.dolfinx


class Folder:
    """Where the command is run, and what is there afterwards."""

    def __init__(self, path):
        self.path = path
        (path / "mixed.toml").write_text(STUDY, "utf-8")

    def start(self, *options):
        return subprocess.Popen(
            [*COMMAND, "mixed.toml", *options],
            cwd=self.path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *options):
        """Exit code, stdout, stderr."""
        process = self.start(*options)
        out, errors = process.communicate(timeout=600)
        assert "Traceback" not in errors
        return process.returncode, out, errors

    def journal(self):
        path = self.path / "runs" / "mixed" / "rows.jsonl"
        return path.read_bytes() if path.exists() else b""

    def numbers(self):
        """Numbers of all rows that are kept, sorted."""
        return sorted(row["number"] for row in rows_in(self.path / "runs/mixed"))

    def until(self, rows, process):
        """Wait for so many rows; an ended command fails the test."""
        while self.journal().count(b"\n") < rows:
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)

    def tables(self):
        return [(self.path / "runs/mixed" / name).read_bytes() for name in TABLES]


TABLES = ("table.csv", "table.parquet", "report.html")


def numbers(journal):
    return [json.loads(line)["number"] for line in journal.splitlines()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run of one worker that nobody has interrupted."""
    folder = Folder(tmp_path_factory.mktemp("whole"))
    code, out, errors = folder.run("--workers", "1")
    assert code == 4
    return folder, out, errors


@pytest.fixture(scope="module")
def rows(whole):
    with (whole[0].path / "runs/mixed/table.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# ---------------------------------------------------------------- the table


@pytest.mark.slow
def test_the_table_has_every_row_in_its_order(whole, rows):
    study = bumpform.load_study(whole[0].path / "mixed.toml")
    assert [int(row["number"]) for row in rows] == list(range(ROWS)) == list(range(len(study)))
    columns = [axis.column for axis in study.axes]
    assert columns == [
        "deposit.Pb95Sn5.volume_m3",
        "wetting.polyimide_rad",
        "coat.dielectric.opening.sidewall_rad",
        "coat.dielectric.thickness_m",
    ]
    points = [tuple(float(row[column]) for column in columns) for row in rows]
    assert points == [study.point(number) for number in range(ROWS)]


@pytest.mark.slow
def test_a_row_is_what_a_run_of_its_case_says(whole, rows):
    study = bumpform.load_study(whole[0].path / "mixed.toml")
    converged = [number for number in range(ROWS) if rows[number]["outcome"] == "converged"]
    refused = [number for number in range(ROWS) if rows[number]["outcome"] == "no_equilibrium"]
    for number in (*converged[::30], *refused[::15]):
        result, row = bumpform.run(study.at(number)).result, rows[number]
        assert row["case_sha256"] == result["case"]["sha256"]
        dome, error = result["metrics"]["first reflow"], result["metrics_error"]["first reflow"]
        for name in ("ball_height_m", "height_above_dielectric_m"):
            assert float(row[f"first reflow.{name}"]) == dome[name]
            assert float(row[f"first reflow.{name}_error"]) == error[name]
        broken = [c["statement"] for c in result["conditions"] if c["holds"] is False]
        assert row["conditions_broken"] == "; ".join(broken)
        holds = "false" if broken else "true"
        assert row["conditions_hold"] == ("" if number in refused else holds)


@pytest.mark.slow
def test_refused_and_failed_rows_are_there_with_their_reasons(whole, rows):
    for row in rows:
        closed = row["coat.dielectric.opening.sidewall_rad"] > "2"
        if closed and row["coat.dielectric.thickness_m"] == "0.00011":
            assert (row["outcome"], row["reason"]) == ("failed", "input")
            assert "the opening closes below the layer's top" in row["detail"]
        elif row["outcome"] == "no_equilibrium":
            assert float(row["wetting.polyimide_rad"]) < 1.0
            assert row["reason"] == "off_model"
            assert row["detail"].startswith("second reflow: the liquid spreads past the model's")
        else:
            assert (row["outcome"], row["reason"], row["detail"]) == ("converged", "", "")
        assert (row["conditions_hold"] == "") == (row["outcome"] != "converged")
    _, out, errors = whole
    outcomes = [row["outcome"] for row in rows]
    refused, failed = outcomes.count("no_equilibrium"), outcomes.count("failed")
    assert refused > 3 and failed == ROWS // 6
    assert f"; {refused} refused, {failed} failed" in out
    assert errors.count("mixed: row ") == 3 and f"and {refused + failed - 3} more" in errors


@pytest.mark.slow
def test_both_tables_say_the_same(whole, rows):
    table = parquet.read_table(whole[0].path / "runs/mixed/table.parquet")
    assert table.column_names == list(rows[0])

    def words(value):
        return (
            "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        )

    for row, other in zip(rows, table.to_pylist(), strict=True):
        values = other.values()
        read = [
            float(text) if isinstance(value, float) else text
            for text, value in zip(row.values(), values, strict=True)
        ]
        assert read == [v if isinstance(v, float) else words(v) for v in values]


# ---------------------------------------------------------------- interruptions


@pytest.mark.slow
def test_a_study_killed_at_any_moment_goes_on_and_no_row_is_computed_twice(whole, tmp_path):
    """Of two workers, all processes stopped at once, twice by force, then by Ctrl-C.

    What was in the journal stays there byte by byte, but for half a line at its end; the table
    has the bytes of that of one worker whom nobody has interrupted.
    """
    folder = Folder(tmp_path)
    draw = random.Random("moments")
    kept = b""
    for nth, how in enumerate((signal.SIGKILL, signal.SIGKILL, signal.SIGINT)):
        process = folder.start("--workers", "2")
        folder.until(kept.count(b"\n") + 1, process)
        if nth == 0:
            os.killpg(process.pid, signal.SIGSTOP)  # a quick machine would be done meanwhile
            code, _, errors = folder.run()
            os.killpg(process.pid, signal.SIGCONT)
            assert (code, errors.count("\n")) == (2, 2)
            assert "a study is being run in this folder" in errors
        time.sleep(draw.uniform(0.0, 0.2))
        os.killpg(process.pid, how)
        _, errors = process.communicate(timeout=60)
        assert "Traceback" not in errors and "Warning" not in errors
        journal = folder.journal()
        assert journal.startswith(kept)
        kept = journal[: journal.rindex(b"\n") + 1]
        assert len(set(numbers(kept))) == kept.count(b"\n") < ROWS
    assert process.returncode == 130
    assert "stopped. Finished rows are in runs/mixed; the same command goes on" in errors
    assert sorted(p.name for p in (tmp_path / "runs/mixed").iterdir()) == [
        "rows.jsonl",
        "study.json",
    ]

    code, out, errors = folder.run("--workers", "2")
    assert code == 4
    assert f"mixed: {kept.count(b'\n')} of {ROWS} rows are there\n" in errors
    assert f"{ROWS - kept.count(b'\n')} computed" in out
    assert folder.numbers() == list(range(ROWS))
    assert folder.tables() == whole[0].tables()


@pytest.mark.slow
def test_a_finished_study_only_has_its_table_written_again(whole):
    folder = whole[0]
    journal, tables = folder.numbers(), folder.tables()
    for name in TABLES:
        (folder.path / "runs/mixed" / name).unlink()
    code, out, _ = folder.run()
    assert code == 4
    assert f"{ROWS} rows, {ROWS} of them there before;" in out and "computed" not in out
    assert (folder.numbers(), folder.tables()) == (journal, tables)


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_no_row(whole, tmp_path):
    """By the system, for instance, when the memory is short."""
    folder = Folder(tmp_path)
    process = folder.start("--workers", "2")
    folder.until(1, process)
    workers = [
        child
        for child in psutil.Process(process.pid).children(recursive=True)
        if any("spawn_main" in part for part in child.cmdline())
    ]
    assert len(workers) == 2
    workers[0].kill()
    _, errors = process.communicate(timeout=600)
    assert (process.returncode, "Traceback" in errors) == (4, False)
    assert folder.numbers() == list(range(ROWS))
    assert folder.tables() == whole[0].tables()


@pytest.mark.slow
def test_a_case_that_kills_its_worker_is_a_failed_row_and_the_only_one(tmp_path):
    (tmp_path / "small.toml").write_text(SMALL, "utf-8")
    study = bumpform.load_study(tmp_path / "small.toml")
    deadly = DeadlyStudy(study.name, study.title, study.case, study.axes)
    done = run_study(deadly, out=tmp_path / "out", workers=1)
    assert (done.progress.done, done.progress.refused, done.progress.failed) == (12, 0, 1)
    [row] = done.notable
    assert (row.number, row.outcome, row.reason) == (VICTIM, "failed", "worker_died")
    table = parquet.read_table(tmp_path / "out/table.parquet").to_pylist()
    assert [r["number"] for r in table if r["outcome"] != "converged"] == [VICTIM]

    # it was a mistake, and has been mended: nothing else is computed again
    done = run_study(study, out=tmp_path / "out", workers=1)
    assert done.progress.failed == 1
    done = run_study(study, out=tmp_path / "out", workers=1, retry=True)
    assert (done.progress.earlier, done.progress.done, done.progress.failed) == (11, 12, 0)
    whole = run_study(study, out=tmp_path / "whole", workers=1)
    assert (whole.folder / "table.csv").read_bytes() == (done.folder / "table.csv").read_bytes()


# ---------------------------------------------------------------- bundled studies, wrong input


@pytest.mark.slow
def test_other_commands_do_not_pay_for_studies():
    """Dask and Arrow take a second to import."""
    code = (
        "import sys, bumpform.cli.commands, bumpform.runner, bumpform.study.plan.file\n"
        "print({'dask', 'distributed', 'pyarrow'} & set(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    out = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)
    assert out.stdout == b"set()\n"


@pytest.mark.parametrize("name", bundled_studies())
def test_every_bundled_study_has_a_test(name):
    assert f"test_{name}" in globals()


@pytest.mark.slow
def test_a_large_table_is_told_of_before_it_is_written(tmp_path, monkeypatch):
    """Of many rows it takes a while, in which nothing else is said; of few it does not."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.toml").write_text(
        '[study]\ncase = "photoimaged_opening"\n[axes]\n'
        '"deposit.Pb95Sn5.volume" = ["0.40 nl", "0.41 nl"]\n'
    )
    command = ["study", "two.toml", "--workers", "1"]
    assert "writing" not in CliRunner().invoke(app, command).stderr
    monkeypatch.setattr("bumpform.cli.study.MANY", 2)
    assert "two: writing table and report\n" in CliRunner().invoke(app, command).stderr


@pytest.mark.slow
def test_opening_volume(tmp_path):
    """On the wall the dome rises by ΔV/πa², of 0.01 nl and 60 µm 0.884 µm; all rows converge."""
    done = run_study(bumpform.load_study("opening_volume"), out=tmp_path, workers=1)
    assert (done.progress.rows, done.progress.refused, done.progress.failed) == (48, 0, 0)
    table = parquet.read_table(tmp_path / "table.parquet").to_pylist()
    rise = 0.01e-12 / (math.pi * 60e-6**2)
    for thickness in (25e-6, 30e-6, 35e-6):
        depths = [
            row["first reflow.terminus_depth_m"]
            for row in table
            if row["coat.dielectric.thickness_m"] == thickness
            and row["first reflow.terminus_depth_m"] is not None
            and row["first reflow.terminus_depth_m"] > 1e-9
        ]
        assert len(depths) >= 9
        falls = [a - b for a, b in itertools.pairwise(depths)]
        assert falls == pytest.approx([rise] * len(falls), rel=1e-5)
    good = [
        (round(1e14 * row["deposit.Pb95Sn5.volume_m3"]), row["coat.dielectric.thickness_m"])
        for row in table
        if row["conditions_hold"]
    ]
    # a little more solder, and the barrier spreads past the rim, where its round edge stays bare
    assert good == [(34, 25e-6), (40, 30e-6)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.toml"], "nowhere.toml: 1 problem\n  there is no such file"),
        (["bad.toml"], "bad.toml: 1 problem\n  line 3: axes: is empty"),
        (["mixed.toml", "--workers", "0"], "--workers"),
        (["mixed.toml", "--workers", "1", "--scheduler", "tcp://x:1"], "give only one"),
        (["mixed.toml", "--scheduler", "nowhere"], "mixed.toml: no scheduler answers at nowhere"),
        (["mixed.toml", "--out", "/proc/x"], "mixed.toml: /proc/x: No such file or directory"),
        (
            ["mixed.toml", "--out", "bad.toml"],
            "mixed.toml: bad.toml is a file; results need a folder",
        ),
    ],
)
def test_wrong_input_ends_with_2_before_anything_is_run(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    Folder(tmp_path)
    (tmp_path / "bad.toml").write_text('[study]\ncase = "photoimaged_opening"\n[axes]\n')
    result = CliRunner().invoke(app, ["study", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr
    assert Folder(tmp_path).journal() == b""
