"""A run's folder holds one run: what another left there goes, what is a stranger's stays."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tomllib
from pathlib import Path

import pytest

from bumpform.case.case import Case
from bumpform.errors import CaseError, MeshError
from bumpform.files import whole as files
from bumpform.files.folder import claimed, shared
from bumpform.output.run_folder import read_result, write_run
from bumpform.result.run import Run
from handmade import CASE, make_run, refuse_second


@pytest.fixture
def run() -> Run:
    return make_run(Case.from_dict(tomllib.loads(CASE)))


def names(folder):
    return {path.name for path in folder.iterdir()}


def assert_whole(folder, strangers=()):
    """The result lists every file but itself, with its sum; nothing else is there."""
    listed = read_result(folder).files
    assert set(listed) | {"result.json", *strangers} == names(folder)
    for name, found in listed.items():
        assert found == hashlib.sha256((folder / name).read_bytes()).hexdigest()


@pytest.mark.slow
def test_the_result_lists_every_file_with_its_sum(run, tmp_path):
    write_run(run, tmp_path, mesh=True)
    listed = read_result(tmp_path).files
    assert_whole(tmp_path)
    assert {"case.toml", "log.txt", "report.html", "stages.png", "stages.svg"} <= set(listed)
    assert len([name for name in listed if name.startswith("stack_")]) == 12
    assert list(listed) == sorted(listed)


def test_what_another_run_left_is_removed_and_what_is_strange_stays(run, tmp_path):
    write_run(run, tmp_path, plot=False, mesh=True)
    strange = {"notes.txt", "stages.ods", "meridian.csv", "my stack.msh"}
    for name in strange:
        (tmp_path / name).write_text("mine")
    (tmp_path / "melt_first_reflow.gif").write_text("made from that run by another command")
    write_run(refuse_second(run), tmp_path, plot=False)
    assert "meridian_second_reflow.csv" not in names(tmp_path)
    assert_whole(tmp_path, strange)


def test_a_file_that_only_the_old_result_knows_is_removed_but_nothing_outside(run, tmp_path):
    folder = tmp_path / "run"
    write_run(run, folder, plot=False)
    (tmp_path / "outside").write_text("")
    (folder / "extra.bin").write_text("")
    result = json.loads((folder / "result.json").read_text("utf-8"))
    result["files"] |= {"extra.bin": "", "../outside": "", str(tmp_path / "outside"): ""}
    (folder / "result.json").write_text(json.dumps(result))
    write_run(run, folder, plot=False)
    assert_whole(folder)
    assert (tmp_path / "outside").exists()


def test_melts_go_where_no_run_was_and_what_is_strange_stays(run, tmp_path):
    """A melt of another case is not taken for one of the run beside it."""
    told = {"schema": "bumpform/melt-1", "case": {"sha256": "another"}}
    (tmp_path / "melt_third.json").write_text(json.dumps(told))
    for name in ("melt_third.gif", "melt_third.0001.vtu"):
        (tmp_path / name).write_text("")
    strange = {"melt_of_mine.json": "[1]", "melt_of_mine.csv": "", "melt_torn.json": "{"}
    for name, text in strange.items():
        (tmp_path / name).write_text(text)
    with shared(tmp_path, {"sha256": "one"}):
        assert names(tmp_path) == {*strange, ".bumpform.lock"}
    (tmp_path / "melt_third.json").write_text(json.dumps(told))
    (tmp_path / "melt_third.0001.vtu").write_text("")
    write_run(run, tmp_path, plot=False)
    assert_whole(tmp_path, strange)


def test_files_named_like_a_runs_stay_where_no_run_was(run, tmp_path):
    (tmp_path / "stack_of_papers.inp").write_text("mine")
    write_run(run, tmp_path, plot=False)
    assert_whole(tmp_path, {"stack_of_papers.inp"})


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "another/1"}'])
def test_a_result_of_another_program_is_not_overwritten(run, tmp_path, text):
    (tmp_path / "result.json").write_text(text)
    with pytest.raises(CaseError, match=r"result\.json: was not written by bumpform.*--out"):
        write_run(run, tmp_path, plot=False)
    assert names(tmp_path) == {"result.json"}
    assert (tmp_path / "result.json").read_text() == text


@pytest.mark.parametrize("name", ["sensitivity", "margins", "yield"])
def test_an_answer_stays_beside_its_own_cases_run_alone(run, tmp_path, name):
    """One that is about another case, or this one as it was before, is none of the run's."""
    kept = {f"{name}.json", f"{name}.png"}
    for about in (run.record.case.sha256, "0" * 64):
        answer = {"schema": f"bumpform/{name}-1", "case": {"sha256": about}}
        (tmp_path / f"{name}.json").write_text(json.dumps(answer))
        (tmp_path / f"{name}.png").write_bytes(b"")
        write_run(run, tmp_path, plot=False)
        assert names(tmp_path) & kept == (kept if about == run.record.case.sha256 else set())


def test_a_design_stays_beside_the_run_of_the_case_that_it_has_made(run, tmp_path):
    text = json.dumps({"schema": "bumpform/design-1", "case": {"sha256": "0" * 64}})
    (tmp_path / "design.json").write_text(text)
    (tmp_path / "case_designed.toml").write_text("")
    write_run(run, tmp_path, plot=False)
    assert {"design.json", "case_designed.toml"} <= names(tmp_path)


@pytest.mark.parametrize("name", ["study.json", "rows.jsonl"])
def test_a_studys_folder_is_refused(run, tmp_path, name):
    (tmp_path / name).write_text("")
    with pytest.raises(CaseError, match="this folder holds a study"):
        write_run(run, tmp_path, plot=False)
    assert names(tmp_path) == {name}


def test_of_two_runs_at_once_the_second_is_told(run, tmp_path):
    with claimed(tmp_path, ""), pytest.raises(CaseError, match="a run is being written into"):
        write_run(run, tmp_path, plot=False)
    write_run(run, tmp_path, plot=False)
    assert_whole(tmp_path)


def test_the_lock_of_a_killed_run_is_none(run, tmp_path):
    (tmp_path / ".bumpform.lock").write_text("")
    write_run(run, tmp_path, plot=False)
    assert_whole(tmp_path)


@pytest.mark.parametrize("nth", [1, 2, 4, 6])
def test_a_full_disk_leaves_a_folder_that_says_so(run, tmp_path, monkeypatch, nth):
    """Whichever file does not fit: no result, a word about it; the next run makes it whole."""
    write_run(run, tmp_path, plot=False)
    write, count = Path.write_bytes, 0

    def until_full(path, data):
        nonlocal count
        count += 1
        if count == nth + 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", until_full)
    if nth < 6:
        with pytest.raises(OSError, match="No space left on device") as caught:
            write_run(run, tmp_path, plot=False)
        assert str(tmp_path) in caught.value.filename
        assert "result.json" not in names(tmp_path)
        assert "files are missing" in (tmp_path / "INCOMPLETE").read_text()
        assert not [name for name in names(tmp_path) if name.endswith((".part", ".lock"))]
    monkeypatch.undo()
    write_run(run, tmp_path, plot=False)
    assert_whole(tmp_path)


def test_a_disk_that_is_full_from_the_start_leaves_the_old_run(run, tmp_path, monkeypatch):
    write_run(run, tmp_path, plot=False)

    def full(path, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left on device"):
        write_run(refuse_second(run), tmp_path, plot=False)
    monkeypatch.undo()
    assert_whole(tmp_path)
    assert read_result(tmp_path).stages[1].refused is None


def test_a_stack_that_cannot_be_meshed_loses_nothing_else(run, tmp_path, monkeypatch):
    import bumpform.mesh.files as meshes

    build, count = meshes.build_mesh, 0

    def second_fails(*arguments):
        nonlocal count
        count += 1
        if count == 2:
            raise MeshError("no cells")
        return build(*arguments)

    monkeypatch.setattr(meshes, "build_mesh", second_fails)
    with pytest.raises(MeshError, match="first reflow: no cells"):
        write_run(run, tmp_path, plot=False, mesh=True)
    assert_whole(tmp_path)
    assert len([name for name in names(tmp_path) if name.startswith("stack_")]) == 9


def test_ctrl_c_takes_the_lock_with_it(tmp_path):
    with claimed(tmp_path, ""):
        files.discard_unfinished()
        assert names(tmp_path) == {"INCOMPLETE"}
