"""The time limit of a row, and parts of a study, without workers."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

import bumpform
from bumpform.errors import MachineError
from bumpform.kernel import native
from bumpform.study.plan.axis import Axis
from bumpform.study.plan.study import Study
from bumpform.study.rows import row as module
from bumpform.study.rows.code import code_sha256, hash_of
from bumpform.study.rows.journal import Journal
from bumpform.study.rows.parts import part_folder, take_parts
from bumpform.study.rows.row import compute_rows, failed_row
from bumpform.study.rows.worker import fault


@pytest.fixture
def study():
    case = bumpform.load_case("photoimaged_opening")
    axis = Axis("case.pitch", "case.pitch", "length", tuple(1e-4 * i for i in range(2, 9)))
    return Study("x", "", case, (axis,))


def rows_with(monkeypatch, behaviour):
    """Rows are not run, but what a behaviour makes of their numbers."""

    def stand_in(study, number, last, hashes):
        behaviour(number)
        return failed_row(study, number, "input", ""), last

    monkeypatch.setattr(module, "_row", stand_in)


def test_a_row_beyond_its_limit_is_failed_and_its_neighbours_are_kept(study, monkeypatch):
    def behaviour(number):
        while number == 2:
            try:
                time.sleep(0.01)
            except Exception:  # what a solver may do on its way
                continue

    rows_with(monkeypatch, behaviour)
    rows, fault = compute_rows(study, range(5), limit=0.5)
    reasons = [json.loads(row.text)["reason"] for row in rows]
    assert (reasons, fault) == (["input", "input", "time_limit", "input", "input"], "")
    assert "took more than 0.5 s" in json.loads(rows[2].text)["detail"]


def test_a_batch_ends_when_it_has_taken_enough(study, monkeypatch):
    """The row that is begun is finished; the others are for whoever has time."""
    rows_with(monkeypatch, lambda number: time.sleep(0.2 if number == 1 else 0.0))
    rows, _ = compute_rows(study, range(5), enough=0.1)
    assert [row.number for row in rows] == [0, 1]


@pytest.mark.slow
@pytest.mark.parametrize("error", [MachineError("no C compiler"), ImportError("no scipy")])
def test_what_a_machine_lacks_is_no_row(study, monkeypatch, error):
    def behaviour(number):
        if number == 2:
            raise error

    rows_with(monkeypatch, behaviour)
    rows, fault = compute_rows(study, range(5))
    assert [row.number for row in rows] == [0, 1]
    assert fault == str(error)


def test_a_worker_says_why_it_cannot_solve(monkeypatch):
    same = bumpform.__version__, code_sha256()
    assert fault(*same) == ""
    assert fault("9.9", same[1]) == "it has bumpform 0.1.0, the study 9.9: install the same"
    assert "other code or materials" in fault(same[0], "0" * 64)

    def no_compiler():
        raise MachineError("no C compiler\nwas found")

    fault.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(native, "library", no_compiler)
        assert fault(*same) == "no C compiler was found"
    fault.cache_clear()


@pytest.mark.parametrize(
    ("place", "follows"),
    [
        ("process/reflows/reflow.py", True),
        ("kernel/newton.c", True),
        ("materials/materials.toml", True),
        ("study/rows/row.py", True),
        ("cli/study.py", False),
        ("study/report/page.py", False),
        ("_data/cases/wlcsp.toml", False),
    ],
)
def test_the_hash_of_the_code_is_of_all_that_rows_follow_from(tmp_path, place, follows):
    package = Path(bumpform.__file__).parent
    copied = shutil.copytree(package, tmp_path / "bumpform", symlinks=False)
    assert hash_of(copied) == code_sha256()
    with (copied / place).open("a", encoding="utf-8") as file:
        file.write("# another\n")
    assert (hash_of(copied) != code_sha256()) is follows


def test_parts_are_all_rows_once_and_are_taken_together(study, tmp_path):
    parts = [(k, 3) for k in (1, 2, 3)]
    for part in parts:
        with Journal(study, part_folder(tmp_path, part)) as journal:
            numbers = list(journal.missing(part))
            assert len(numbers) == journal.share(part)
            journal.append([failed_row(study, n, "input", f"{part[0]}") for n in numbers])
            assert list(journal.missing(part)) == []
    with Journal(study, tmp_path) as journal:
        take_parts(journal)
        journal.seal()
        found = [row for sheet in journal.sheets() for row in sheet.to_pylist()]
        assert [row["number"] for row in found] == list(range(7))
        assert [row["detail"] for row in found] == list("1122333")
        take_parts(journal)
        assert len(journal) == 7


def test_a_part_that_is_being_computed_is_told(study, tmp_path):
    with (
        Journal(study, part_folder(tmp_path, (1, 2))),
        Journal(study, tmp_path) as journal,
        pytest.raises(bumpform.errors.CaseError, match="a study is being run in this folder"),
    ):
        take_parts(journal)
