"""Columns of a study's table: what rows tell beside metrics, names apart, units."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

import bumpform
from bumpform.errors import CaseError
from bumpform.findings.condition import Answer, Condition
from bumpform.study.plan.kept_values import conditions_told
from bumpform.study.rows.journal import Journal
from bumpform.study.rows.row import compute_rows
from bumpform.study.table import write_table

STUDY = """
[study]
name = "x"
case = "photoimaged_opening"
columns = [COLUMNS]
[axes]
"barrier.thickness" = ["3.4 um", "3.58 um"]
"deposit.Pb95Sn5.volume" = ["0.40 nl", "0.41 nl"]
"""


@pytest.fixture(scope="module")
def tabled(tmp_path_factory):
    """Table of the study with some columns, its study and its folder."""
    rows = []

    def call(columns=""):
        folder = tmp_path_factory.mktemp("study")
        (folder / "x.toml").write_text(STUDY.replace("COLUMNS", columns), "utf-8")
        study = bumpform.load_study(folder / "x.toml")
        rows[:] = rows or compute_rows(study, range(len(study))).rows
        with Journal(study, folder / "out") as journal:
            journal.append(rows)
            write_table(study, journal)
        return bumpform.read_study(folder / "out"), study, folder / "out"

    return call


@pytest.mark.slow
def test_an_axis_is_named_apart_from_a_metric(tabled):
    """The thickness that is asked for stands beside the one that is measured."""
    table, study, folder = tabled()
    names = table.arrow.column_names
    assert len(set(names)) == len(names)
    asked = table.arrow["axis.barrier.thickness_m"].to_pylist()
    assert asked == [3.4e-6, 3.4e-6, 3.58e-6, 3.58e-6]
    assert "barrier.thickness_m" in names
    assert [study.column(axis) for axis in study.axes] == names[1:3]
    with (folder / "table.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == names


@pytest.mark.slow
def test_conditions_and_states_are_those_of_the_run(tabled):
    table, study, _ = tabled()
    for number, row in enumerate(table.arrow.to_pylist()):
        result = bumpform.run(study.at(number)).result
        for stage in result["stages"]:
            [line] = stage["surface"]["contact_lines"]
            assert row[f"{stage['name']}.outer.state"] == line["state"]
            assert row[f"{stage['name']}.outer.feature"] == line["feature"]
            margin = stage["equilibrium"]["stability_margin"]
            assert row[f"{stage['name']}.stability_margin"] == margin
        asked = Counter(condition["id"] for condition in result["conditions"])
        for condition in result["conditions"]:
            if asked[condition["id"]] > 1:  # of several things: the worst is told
                continue
            name = f"condition.{condition['id']}"
            assert row[name] == condition["verdict"]
            if condition["value"] is None:
                continue
            unit = f"_{condition['unit']}" if condition["unit"] else ""
            assert row[f"{name}.value{unit}"] == condition["value"]
            margin = row[f"{name}.margin{unit}"]
            if condition["error"] == 0.0:
                assert margin is None or (margin < 0.0) == (condition["verdict"] == "fails")


def test_only_columns_that_are_asked_for_are_there(tabled):
    asked = '"condition.dome-protrudes", "seconds", "first reflow.outer.state"'
    table, _, _ = tabled(asked)
    names = table.arrow.column_names
    assert names[names.index("conditions_broken") + 1 :] == [
        "condition.dome-protrudes",
        "condition.dome-protrudes.value_m",
        "condition.dome-protrudes.margin_m",
        "seconds",
        "first reflow.outer.state",
        "case_sha256",
    ]
    assert all(seconds > 0.0 for seconds in table.arrow["seconds"].to_pylist())


def test_the_table_says_the_unit_of_every_column(tabled):
    table, _, _ = tabled()
    assert table.units["axis.barrier.thickness_m"] == "m"
    assert table.units["deposit.Pb95Sn5.volume_m3"] == "m^3"
    assert table.units["first reflow.protrusion_m_error"] == "m"
    assert table.units["second reflow.solid_margin_K"] == "K"
    assert table.units["condition.corners-filled.value_deg"] == "deg"
    assert table.units["first reflow.terminus_fraction"] == table.units["outcome"] == ""
    assert len(table) == 4


def test_of_several_answers_to_a_condition_the_worst_is_told():
    def condition(verdict, value):
        told = {"stage": "s", "metric": "gap_m", "value": value, "limits": (1.0, None)}
        return Condition("clear", "general", ("general",), "It is.", Answer(verdict, **told))

    answers = [condition("holds", 3.0), condition("fails", 0.5), condition("fails", 0.25)]
    assert conditions_told(answers) == {"clear": ["fails", 0.25, -0.75, "m", 1.0, None]}
    answers = [condition("holds", 3.0), condition("not judged", None)]
    assert conditions_told(answers) == {"clear": ["not judged"]}


def test_a_folder_without_a_table_is_told(tmp_path):
    with pytest.raises(CaseError, match="let the study finish first"):
        bumpform.read_study(tmp_path)
    (tmp_path / "table.parquet").write_bytes(b"half")
    with pytest.raises(CaseError, match="is not a Parquet file"):
        bumpform.read_study(tmp_path)
