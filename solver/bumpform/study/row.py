"""A row of a study: one case run, and what came of it as plain data."""

from __future__ import annotations

import gc
import json
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from bumpform.case.case import Case
from bumpform.case.file import case_sha256
from bumpform.errors import (
    BumpformError,
    CaseError,
    ConvergenceError,
    NoEquilibriumError,
    Problem,
    ProcessError,
)
from bumpform.output.readable import scalars
from bumpform.output.run_folder import plain
from bumpform.process.outcome import Run
from bumpform.runner import run
from bumpform.study.study import Study

__all__ = ["CONVERGED", "FAILED", "NO_EQUILIBRIUM", "Row", "compute_rows", "failed_row"]

CONVERGED: Final = "converged"
NO_EQUILIBRIUM: Final = "no_equilibrium"
FAILED: Final = "failed"


class Row(NamedTuple):
    """A row as it is kept.

    Attributes
    ----------
    number : int
    outcome : str
    text : str
        One line of JSON: number, point, outcome, reason, detail, values, errors, broken (the
        conditions that do not hold), case_sha256; of a mistake of bumpform's own its traceback.
    """

    number: int
    outcome: str
    text: str


def compute_rows(study: Study, numbers: Sequence[int]) -> list[Row]:
    """Rows of some numbers, whatever happens to their cases."""
    collecting = gc.isenabled()
    gc.disable()  # the garbage of a few cases is taken out at once, which is quicker
    try:
        rows, last = [], None
        for number in numbers:  # neighbours have first steps in common
            row, last = _row(study, number, last)
            rows.append(row)
        return rows
    finally:
        gc.collect()
        if collecting:
            gc.enable()


def failed_row(study: Study, number: int, reason: str, detail: str) -> Row:
    """Row of a case that could not be run to its end."""
    return _kept(study, number, {"outcome": FAILED, "reason": reason, "detail": detail})


def _row(study: Study, number: int, last: Run | None) -> tuple[Row, Run | None]:
    """A row, after the last run of another one; and its run, or that one where it has none."""
    case: Case | None = None
    try:
        case = study.at(number)
        last = run(case, after=last)
        told = _outcome(last.result)
    except NoEquilibriumError as error:
        told = {"outcome": NO_EQUILIBRIUM, "reason": error.reason, "detail": error.detail}
    except CaseError as error:
        told = _failed("input", "; ".join(map(str, error.problems)))
    except ProcessError as error:
        told = _failed("input", str(error))
    except ConvergenceError as error:
        told = _failed("not_converged", str(error))
    except BumpformError as error:
        told = _failed("error", str(error))
    except Exception as error:  # a mistake of bumpform's own must not take the other rows with it
        told = _failed("bumpform_failed", _place(error)) | {"traceback": traceback.format_exc()}
    if case is not None:
        told["case_sha256"] = case_sha256(case)
    return _kept(study, number, told), last


def _failed(reason: str, detail: str) -> dict[str, Any]:
    return {"outcome": FAILED, "reason": reason, "detail": detail}


def _place(error: Exception) -> str:
    """Return an exception in a line, with the line of code that raised it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text} ({Path(frame.filename).name}, line {frame.lineno})"


def _outcome(result: Mapping[str, Any]) -> dict[str, Any]:
    """What a row keeps of a result."""
    told: dict[str, Any] = {"outcome": CONVERGED, "reason": "", "detail": ""}
    for stage in result["stages"]:
        if refused := stage.get("refused"):
            told["outcome"], told["reason"] = NO_EQUILIBRIUM, refused["reason"]
            told["detail"] = f"{stage['name']}: {refused['detail']}"
    if stopped := result.get("stopped"):
        told |= _failed("input", "; ".join(str(Problem(**p)) for p in stopped["problems"]))
    told["values"] = _flat(result["metrics"])
    told["errors"] = _flat(result["metrics_error"])
    told["broken"] = [c["statement"] for c in result["conditions"] if c["holds"] is False]
    return told


def _flat(metrics: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Metrics of all groups: "first reflow.protrusion_m", "barrier.juncture.r_m"."""
    return {
        f"{group}.{name}": value for group in metrics for name, value in scalars(metrics[group])
    }


def _kept(study: Study, number: int, told: Mapping[str, Any]) -> Row:
    paths = (axis.path for axis in study.axes)
    row = {
        "number": number,
        "point": dict(zip(paths, study.point(number), strict=True)),
        **told,
    }
    try:
        text = _WRITER.encode(row)
    except (TypeError, ValueError):  # numpy's own, or no number
        text = _WRITER.encode(plain(row))
    return Row(number, told["outcome"], text + "\n")


_WRITER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
