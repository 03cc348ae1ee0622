"""The journal: every finished row is kept and none is there twice, however a run has ended."""

from __future__ import annotations

import json
import os

import pytest

import bumpform
from bumpform.case.file import case_sha256
from bumpform.errors import CaseError
from bumpform.study.plan.axis import Axis
from bumpform.study.plan.study import Study
from bumpform.study.rows import journal as module
from bumpform.study.rows.journal import Journal
from bumpform.study.rows.row import FAILED, Row, failed_row


@pytest.fixture
def study():
    case = bumpform.load_case("photoimaged_opening")
    axis = Axis("case.pitch", "case.pitch", "length", tuple(1e-4 * i for i in (1, 2, 3, 4, 5, 6)))
    return Study("x", "", case, (axis,))


@pytest.fixture
def folder(study, tmp_path):
    """Folder with rows 4, 0 and 2, in this order."""
    with Journal(study, tmp_path / "x") as journal:
        journal.append([row(study, 4), row(study, 0)])
        journal.append([row(study, 2)])
    return tmp_path / "x"


def row(study, number):
    return failed_row(study, number, "input", f"détail {number}")


def rows_of(journal):
    """Rows that are there, as they are read again."""
    journal.seal()
    return [row for sheet in journal.sheets() for row in sheet.to_pylist()]


def refusal(study, folder):
    with pytest.raises(CaseError) as caught:
        Journal(study, folder)
    [problem] = caught.value.problems
    return str(problem)


def test_rows_come_back_by_number_and_the_others_are_missing(study, folder):
    with Journal(study, folder) as journal:
        assert (len(journal), journal.counts[FAILED]) == (3, 3)
        assert [found["number"] for found in rows_of(journal)] == [0, 2, 4]
        assert [found["detail"] for found in rows_of(journal)] == [
            "détail 0",
            "détail 2",
            "détail 4",
        ]
        assert list(journal.missing()) == [1, 3, 5]


def test_what_is_missing_is_asked_for_once_while_rows_come_in(study, folder):
    with Journal(study, folder) as journal:
        missing = journal.missing()
        first = next(missing)
        journal.append([row(study, first)])
        assert [first, *missing] == [1, 3, 5]


@pytest.mark.slow
def test_a_run_killed_at_any_byte_leaves_all_whole_rows(study, folder):
    """The file is cut at each of its bytes, as a kill in the middle of a write would."""
    path = folder / "rows.jsonl"
    whole = path.read_bytes()
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        with Journal(study, folder) as journal:
            rows = whole[:size].count(b"\n")
            assert len(journal) == rows
            assert path.read_bytes() == b"".join(whole.splitlines(keepends=True)[:rows])
            journal.append([row(study, 5)])
        found = [json.loads(line)["number"] for line in path.read_bytes().splitlines()]
        assert found == [*[4, 0, 2][:rows], 5]


def test_zeros_at_the_end_are_no_rows(study, folder):
    """What a file system may leave of a write when the power goes."""
    path = folder / "rows.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + bytes(100) + b"\n" + bytes(50))
    with Journal(study, folder) as journal:
        assert len(journal) == 3
    assert path.read_bytes() == whole


@pytest.mark.parametrize("damage", ["{}\n", "rubbish\n", '{"number":6,"outcome":"failed"}\n'])
def test_damage_in_the_middle_is_told_and_nothing_is_lost(study, folder, damage):
    path = folder / "rows.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:1], damage, *lines[1:]]), "utf-8")
    before = path.read_bytes()
    assert refusal(study, folder).startswith("rows.jsonl: line 2 is no row of this study")
    assert path.read_bytes() == before


def test_a_row_that_is_there_twice_is_told(study, folder):
    path = folder / "rows.jsonl"
    text = path.read_text("utf-8")
    path.write_text(text + 2 * '{"number":5,"outcome":"converged"}\n', "utf-8")
    assert "line 5 is no row of this study, or a row that an earlier line has" in refusal(
        study, folder
    )


def test_a_row_that_failed_may_come_again_and_that_one_counts(study, folder):
    """Wherever the run that computes them again is ended."""
    with Journal(study, folder) as journal:
        journal.forget_failed()
        assert len(journal) == 0
        assert list(journal.missing()) == [0, 1, 2, 3, 4, 5]
        journal.append([Row(4, "converged", '{"number":4,"outcome":"converged","detail":""}\n')])
        journal.append([failed_row(study, 0, "input", "again")])
    with Journal(study, folder) as journal:
        assert (len(journal), journal.counts) == (
            3, {"converged": 1, "no_equilibrium": 0, "failed": 2},
        )  # fmt: skip
        assert [found["detail"] for found in rows_of(journal)] == ["again", "détail 2", ""]
        journal.forget_failed()
        assert list(journal.missing()) == [0, 1, 2, 3, 5]


def test_the_folder_of_other_code_or_materials_is_refused(study, folder, monkeypatch):
    monkeypatch.setattr(module, "code_sha256", lambda: "0" * 64)
    assert "with other code or materials: the two are not mixed" in refusal(study, folder)


@pytest.fixture
def small_files(monkeypatch):
    """Files of two rows, and rows read three at a time."""
    monkeypatch.setattr(module, "SEALED", 2)
    monkeypatch.setattr(module, "CHUNK", 3)


def test_lines_become_files_and_rows_come_by_number(study, tmp_path, small_files):
    with Journal(study, tmp_path / "x") as journal:
        for number in (5, 1, 0, 4, 2):
            journal.append([row(study, number)])
    assert (tmp_path / "x/rows.jsonl").read_bytes().count(b"\n") == 1
    assert len(list((tmp_path / "x/rows").iterdir())) == 2
    with Journal(study, tmp_path / "x") as journal:
        assert list(journal.missing()) == [3]
        assert journal.counts[FAILED] == 5
        found = rows_of(journal)
        assert [row["number"] for row in found] == [0, 1, 2, 4, 5]
        assert [row["detail"] for row in found] == [f"détail {n}" for n in (0, 1, 2, 4, 5)]
        assert [row["case.pitch_m"] for row in found] == [1e-4 * n for n in (1, 2, 3, 5, 6)]
        [field] = [field for field in journal.schema() if field.name == "case.pitch_m"]
        assert field.metadata[b"unit"] == b"m"


def test_a_kill_between_a_file_and_its_lines_counts_no_row_twice(study, tmp_path, small_files):
    folder = tmp_path / "x"
    with Journal(study, folder) as journal:
        journal.append([Row(3, "converged", done(3)), Row(1, "failed", done(1, "failed"))])
    lines = done(3) + done(1, "failed")
    (folder / "rows.jsonl").write_text(lines, "utf-8")
    for _ in range(2):
        with Journal(study, folder) as journal:
            assert (len(journal), journal.counts[FAILED]) == (2, 1)
            assert list(journal.missing()) == [0, 2, 4, 5]
            assert [row["number"] for row in rows_of(journal)] == [1, 3]


def done(number, outcome="converged"):
    return f'{{"number":{number},"outcome":"{outcome}","detail":""}}\n'


def test_a_row_that_failed_comes_again_in_a_later_file(study, folder, small_files):
    with Journal(study, folder) as journal:
        journal.seal()
        journal.forget_failed()
        journal.append([Row(0, "converged", done(0)), Row(4, "failed", done(4, "failed"))])
    for _ in range(2):
        with Journal(study, folder) as journal:
            assert journal.counts == {"converged": 1, "no_equilibrium": 0, "failed": 2}
            assert [row["detail"] for row in rows_of(journal)] == ["", "détail 2", ""]


@pytest.mark.parametrize("damage", [b"", b"half", None])
def test_a_damaged_file_is_named_and_may_be_removed(study, folder, damage):
    with Journal(study, folder) as journal:
        journal.seal()
    [path] = (folder / "rows").iterdir()
    path.write_bytes(path.read_bytes()[:-100] if damage is None else damage)
    words = refusal(study, folder)
    assert words.startswith("rows/000001.parquet: holds no rows, or is damaged. Remove it")
    path.unlink()
    with Journal(study, folder) as journal:
        assert len(list(journal.missing())) == 6


def test_a_disk_that_is_full_for_a_file_leaves_the_lines(study, folder, monkeypatch, small_files):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    before = (folder / "rows.jsonl").read_bytes()
    with Journal(study, folder) as journal:
        monkeypatch.setattr("pyarrow.parquet.write_table", full)
        with pytest.raises(OSError, match="No space left") as caught:
            journal.append([row(study, 1)])
        assert caught.value.filename == str(folder / "rows/000001.parquet")
        monkeypatch.undo()
    assert (folder / "rows.jsonl").read_bytes().startswith(before)
    assert list((folder / "rows").iterdir()) == []
    with Journal(study, folder) as journal:
        assert [row["number"] for row in rows_of(journal)] == [0, 1, 2, 4]


def test_two_runs_do_not_write_into_one_folder(study, folder):
    with Journal(study, folder):
        assert "a study is being run in this folder" in refusal(study, folder)
    with Journal(study, folder) as journal:  # the lock has gone with the other
        assert len(journal) == 3


def test_the_folder_of_another_study_is_refused(study, folder):
    other = Study("y", "", study.case, (Axis("case.pitch", "case.pitch", "length", (1e-4,)),))
    assert "this folder has rows of another study, x" in refusal(other, folder)


def keyed(study, number):
    """A row as one that was run: with the hash of its case."""
    told = {"number": number, "point": {"case.pitch": study.point(number)[0]}}
    told |= {"outcome": "converged", "detail": str(study.point(number)[0])}
    told["case_sha256"] = case_sha256(study.at(number))
    return Row(number, "converged", json.dumps(told) + "\n")


@pytest.mark.parametrize("stop", [None, "write_text", "ftruncate"])
def test_rows_of_a_study_that_has_changed_come_back_by_their_cases(
    study, tmp_path, monkeypatch, stop
):
    """Its axis refined and turned round; wherever the change is interrupted."""
    folder = tmp_path / "x"
    with Journal(study, folder) as journal:
        journal.append([keyed(study, number) for number in (0, 2, 5)])
    levels = tuple(1e-4 * i for i in (6, 5.5, 4, 3, 1))
    changed = Study("x", "", study.case, (Axis("case.pitch", "case.pitch", "length", levels),))
    if stop:
        with monkeypatch.context() as patch:
            home = module if stop == "write_text" else os
            patch.setattr(home, stop, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                Journal(changed, folder)
    for again in range(2):
        with Journal(changed, folder) as journal:
            journal.take_former()
            assert list(journal.missing()) == [1, 2]
            found = rows_of(journal)
            assert [row["number"] for row in found] == [0, 3, 4]
            assert [float(row["detail"]) for row in found] == [levels[0], *levels[3:]], again
            assert [row["case.pitch_m"] for row in found] == [levels[0], *levels[3:]]
    with Journal(study, folder) as journal:  # and back: nothing has been lost
        journal.take_former()
        assert list(journal.missing()) == [1, 3, 4]


def test_the_folder_of_another_version_is_refused(study, folder, monkeypatch):
    monkeypatch.setattr(module, "__version__", "9.9")
    assert "the rows were computed by bumpform 0.1.0, this is 9.9" in refusal(study, folder)


def test_rows_of_which_nobody_knows_the_study_are_refused(study, folder):
    (folder / "study.json").unlink()
    assert "study.json: is missing or damaged" in refusal(study, folder)


def test_another_name_title_or_choice_of_columns_is_the_same_study(study, folder):
    same = Study("y", "t", study.case, study.axes, ("first reflow.protrusion_m",))
    with Journal(same, folder) as journal:
        assert len(journal) == 3


def test_a_disk_that_is_full_leaves_the_journal_as_it_was(study, folder, monkeypatch):
    """Half of a line is written; then no more."""
    path = folder / "rows.jsonl"
    before = path.read_bytes()
    write = os.write

    def full(file, data):
        if len(data) < 100:
            raise OSError(28, "No space left on device")
        return write(file, data[: len(data) - 50])

    with Journal(study, folder) as journal:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space left") as caught:
            journal.append([row(study, 1), row(study, 3)])
        assert caught.value.filename == str(path)
        assert path.read_bytes() == before
        monkeypatch.undo()
        journal.append([row(study, 3)])
        assert [found["number"] for found in rows_of(journal)] == [0, 2, 3, 4]


def test_unfinished_tables_of_a_killed_run_are_removed(study, folder):
    (folder / ".table.csv.abc.part").write_text("half")
    (folder / "rows").mkdir()
    (folder / "rows/.000001.parquet.abc.part").write_text("half")
    Journal(study, folder).__exit__()
    assert sorted(p.name for p in folder.iterdir()) == ["rows", "rows.jsonl", "study.json"]
    assert list((folder / "rows").iterdir()) == []


def test_a_row_is_one_line_of_strict_json(study):
    kept = failed_row(study, 3, "input", "a\nb, \u2028 é")
    assert isinstance(kept, Row)
    assert kept.text.count("\n") == 1
    assert json.loads(kept.text)["point"] == {"case.pitch": 4e-4}
