"""The JSON schemas: what bumpform reads fits them, and what it refuses for a key alone does not."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import bumpform
from bumpform.case.bundled import bundled_cases, bundled_studies
from bumpform.case.schema import case_schema
from bumpform.result.contract import RESULT, plain, result_schema
from bumpform.study.plan.schema import study_schema

PEOPLE = Path(__file__).parents[2] / "people"
CASES = [*bundled_cases().values(), *sorted(PEOPLE.glob("*.toml"))]


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_case_file_fits(path: Path) -> None:
    jsonschema.Draft202012Validator(case_schema()).validate(read(path))


def test_a_case_file_with_tolerances_fits() -> None:
    case = read(bundled_cases()["plated_column"])
    case["tolerances"] = {
        "case.pitch": {"std": "0.5 um", "low": "198 um", "high": 202e-6},
        "coat.polyimide.thickness": {"half_width": "3 %"},
    }
    bumpform.Case.from_dict(case)
    jsonschema.Draft202012Validator(case_schema()).validate(case)
    case["tolerances"]["case.pitch"]["sdt"] = 1e-6
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(case_schema()).validate(case)


@pytest.mark.parametrize("path", bundled_studies().values(), ids=lambda path: path.stem)
def test_every_study_file_fits(path: Path) -> None:
    jsonschema.Draft202012Validator(study_schema()).validate(read(path))


def unknown_section(case: dict[str, Any]) -> None:
    case["coat"] = {}


def unknown_key(case: dict[str, Any]) -> None:
    case["step"][1]["thicknes"] = "30 um"


def unknown_step(case: dict[str, Any]) -> None:
    case["step"][1]["do"] = "caot"


def step_without_kind(case: dict[str, Any]) -> None:
    del case["step"][1]["do"]


def missing_key(case: dict[str, Any]) -> None:
    del case["step"][1]["thickness"]


def number_beyond_limits(case: dict[str, Any]) -> None:
    case["step"][1]["thickness"] = 30.0  # 30 m: a forgotten unit


def angle_as_list(case: dict[str, Any]) -> None:
    case["wetting"]["Cu"] = ["25 deg"]


@pytest.mark.parametrize(
    "spoil",
    [
        unknown_section,
        unknown_key,
        unknown_step,
        step_without_kind,
        missing_key,
        number_beyond_limits,
        angle_as_list,
    ],
)
def test_what_the_reader_refuses_does_not_fit(spoil: Any) -> None:
    case = read(bundled_cases()["photoimaged_opening"])
    spoil(case)
    with pytest.raises(bumpform.errors.CaseError):
        bumpform.Case.from_dict(case)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(case_schema()).validate(case)


@pytest.mark.slow
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_result_fits_its_types(path: Path) -> None:
    """Neither a name that the contract does not have, nor one missing, nor another type."""
    try:
        done = bumpform.run(bumpform.load_case(path))
    except bumpform.errors.CaseError:
        return  # nothing was solved: there is no result
    result = json.loads(json.dumps(plain(done.result)))
    RESULT.validate_python(result)
    jsonschema.Draft202012Validator(result_schema()).validate(result)


def test_what_may_be_left_out_of_a_result_is_never_null() -> None:
    check = jsonschema.Draft202012Validator(result_schema())
    result = bumpform.run("bga_ball").result
    check.validate(result)
    for spoilt in (result, result["stages"][0]):
        spoilt["stopped" if "schema" in spoilt else "refused"] = None
        with pytest.raises(jsonschema.ValidationError, match="None is not"):
            check.validate(result)


@pytest.mark.slow
def test_the_command_prints_them() -> None:
    command = [sys.executable, "-m", "bumpform", "schema", "result"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == result_schema()
