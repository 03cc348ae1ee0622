"""A study that is killed ten times, by all that kills, ends with the bytes of an undisturbed one.

The folder lies on a small file system of its own, which is filled up and made larger.
"""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import bumpform
from bumpform.study.report.page import Reported
from bumpform.study.rows.journal import Journal
from bumpform.study.rows.row import compute_rows
from bumpform.study.table import write_table
from study_rows import rows_in

COMMAND = [sys.executable, "-m", "bumpform", "study", "killed.toml"]
ROWS = 960  # more than two cores compute between the kills
STUDY = """
[study]
case = "photoimaged_opening"
[axes]
"deposit.Pb95Sn5.volume" = { from = "0.36 nl", to = "0.42 nl", count = 160 }
"coat.dielectric.thickness" = ["28 um", "30 um"]
"wetting.polyimide" = ["125 deg", "120 deg", "20 deg"]
"""
TABLES = ("table.csv", "table.parquet", "report.html")
#: Bytes of the file system, and what is left of it when it is full.
ROOM, LITTLE = 64 << 20, 40_000
pytestmark = [pytest.mark.slow, pytest.mark.dolfinx]


class Killed:
    """A study's folder, and the command on it."""

    def __init__(self, path):
        self.path = path
        self.out = path / "runs/killed"
        (path / "killed.toml").write_text(STUDY, "utf-8")

    def start(self):
        return subprocess.Popen(
            [*COMMAND, "--workers", "2"],
            cwd=self.path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def journal(self):
        path = self.out / "rows.jsonl"
        return path.read_bytes() if path.exists() else b""

    def after(self, rows):
        """The command, once it has added so many rows to those that are there."""
        wanted = self.journal().count(b"\n") + rows
        process = self.start()
        while self.journal().count(b"\n") < wanted:
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        return process

    def tables(self):
        return [(self.out / name).read_bytes() for name in TABLES]


def ended(process, how, *, everything=True):
    """Stop the command, or it and all its workers; what it says."""
    if everything:
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)
    _, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors
    return errors


@pytest.fixture
def small(tmp_path):
    """A folder whose runs lie on a file system of their own."""
    (tmp_path / "runs").mkdir()
    where = str(tmp_path / "runs")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", where],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("a file system cannot be mounted here: " + made.stderr.decode().strip())
    yield Killed(tmp_path)
    subprocess.run(["umount", "-l", where], check=True)


def resized(study, size):
    subprocess.run(["mount", "-o", f"remount,size={size}", str(study.path / "runs")], check=True)


def test_killed_ten_times_by_all_that_kills(small, tmp_path_factory):
    draw = random.Random("killed")
    for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):  # command and workers at once
        process = small.after(3)
        time.sleep(draw.uniform(0.0, 0.3))
        ended(process, how)
    ended(small.after(3), signal.SIGKILL, everything=False)  # the command alone: its workers end
    assert "the same command goes on" in ended(small.after(3), signal.SIGINT)

    process = small.after(3)  # a worker, and then the command
    children = psutil.Process(process.pid).children(recursive=True)
    next(c for c in children if any("spawn_main" in part for part in c.cmdline())).kill()
    time.sleep(1.0)
    ended(process, signal.SIGKILL)

    for _ in range(2):  # the journal is cut in the middle of its last line, or of the one before
        whole = small.journal()
        last = whole[:-1].rindex(b"\n")
        (small.out / "rows.jsonl").write_bytes(whole[: last - draw.randrange(-2000, 2000)])
        ended(small.after(3), signal.SIGKILL)

    used = sum(path.stat().st_blocks * 512 for path in small.out.rglob("*"))
    resized(small, used + LITTLE)  # the disk is full, of rows and of tables
    process = small.start()
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 5 and "Traceback" not in errors
    assert "killed/rows.jsonl: No space left on device" in errors
    resized(small, ROOM)
    process = small.after(3)
    ended(process, signal.SIGKILL)

    process = small.start()
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 4, errors
    assert "Traceback" not in errors
    assert sorted(row["number"] for row in rows_in(small.out)) == list(range(ROWS))

    whole = Killed(tmp_path_factory.mktemp("whole"))
    process = whole.start()
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 4, errors
    assert small.tables() == whole.tables()


def test_a_disk_that_is_full_for_a_table_names_it(small):
    """Wherever there is no more room; and the tables are the same when there is."""
    study = bumpform.load_study(small.path / "killed.toml")
    rows = compute_rows(study, range(40)).rows

    def write():
        with Journal(study, small.out) as journal:
            reported = Reported(study)
            reported.write(journal.folder, write_table(study, journal, reported.add))

    with Journal(study, small.out) as journal:
        journal.append(rows)
    write()
    tables = small.tables()
    for i, name in enumerate(TABLES):
        for table in TABLES:
            (small.out / table).unlink()
        used = sum(path.stat().st_blocks * 512 for path in small.out.rglob("*"))
        room = sum(map(len, tables[:i])) + len(tables[i]) // 2
        resized(small, (used + room) // 4096 * 4096 + 4 * 4096)  # folders and journal's own
        with pytest.raises(OSError) as caught:
            write()
        # both tables are written at once: which one finds no room is a matter of their buffers
        named = Path(caught.value.filename)
        assert named.parent == small.out and named.name in (TABLES[:2] if i < 2 else [name])
        assert caught.value.errno == errno.ENOSPC
        assert not list(small.out.glob(".*.part"))
        resized(small, ROOM)
        write()
        assert small.tables() == tables
