"""A row of a study: one case run, and what came of it as plain data."""

from __future__ import annotations

import gc
import json
import math
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from bumpform.case.case import Case
from bumpform.case.variation import Hashes
from bumpform.errors import (
    BumpformError,
    CaseError,
    ConvergenceError,
    MachineError,
    NoEquilibriumError,
    ProcessError,
)
from bumpform.result.contract import plain
from bumpform.result.run import Run
from bumpform.runner import run
from bumpform.study.plan.kept_values import conditions_told, metrics_told, states_told
from bumpform.study.plan.study import Study
from bumpform.study.rows.limit import RowTimeout, Watch
from bumpform.units.measured import parted

__all__ = [
    "CONVERGED",
    "FAILED",
    "LIMIT",
    "NO_EQUILIBRIUM",
    "Computed",
    "Row",
    "compute_rows",
    "failed_row",
]

CONVERGED: Final = "converged"
NO_EQUILIBRIUM: Final = "no_equilibrium"
FAILED: Final = "failed"


#: Time that a row may take, s.
LIMIT: Final = 120.0


class Row(NamedTuple):
    """A row as it is kept.

    Attributes
    ----------
    number : int
    outcome : str
    text : str
        One line of JSON: number, point, outcome, reason, detail, values, errors, states (contact
        lines, stability), conditions (verdict, value, margin, unit, limits by id), broken (those
        that do not hold), case_sha256, seconds; of a bug in bumpform its traceback.
    """

    number: int
    outcome: str
    text: str


class Computed(NamedTuple):
    """Rows of a batch: as many of its numbers, from the first, as there was time for.

    Attributes
    ----------
    rows : list of Row
    fault : str
        Why no further row can be computed on this machine; empty.
    """

    rows: list[Row]
    fault: str = ""


def compute_rows(
    study: Study,
    numbers: Sequence[int],
    *,
    limit: float = LIMIT,
    enough: float = math.inf,
) -> Computed:
    """Rows of some numbers, whatever happens to their cases.

    Parameters
    ----------
    study : Study
    numbers : sequence of int
    limit : float
        Time limit of a row, s; a row that takes longer fails.
    enough : float
        Time after which no further row is begun, s.
    """
    collecting = gc.isenabled()
    gc.disable()  # the garbage of a few cases is taken out at once, which is quicker
    rows: list[Row] = []
    last: Run | None = None
    hashes = Hashes()
    started = time.monotonic()
    try:
        with Watch(limit) as watch:
            for number in numbers:  # neighbours have first steps in common
                try:
                    with watch.row():
                        row, last = _row(study, number, last, hashes)
                except RowTimeout:
                    message = f"took more than {limit:g} s, the limit: see --time-limit."
                    row = failed_row(study, number, "time_limit", message)
                rows.append(row)
                if time.monotonic() - started > enough:
                    break
        return Computed(rows)
    except (MachineError, ImportError) as error:  # no fault of the row
        return Computed(rows, " ".join(str(error).split()))
    finally:
        last = None
        gc.collect(0)  # while nothing is collected, all that is made is young
        if collecting:
            gc.enable()


def failed_row(study: Study, number: int, reason: str, detail: str) -> Row:
    """Row of a case that could not be run to its end."""
    return _kept(study, number, {"outcome": FAILED, "reason": reason, "detail": detail})


def _row(study: Study, number: int, last: Run | None, hashes: Hashes) -> tuple[Row, Run | None]:
    """A row, after the last run of another one; and its run, or that one where it has none."""
    case: Case | None = None
    started = time.perf_counter()
    try:
        case = study.at(number)
        last = run(case, after=last)
        told = _outcome(last)
    except NoEquilibriumError as error:
        told = {"outcome": NO_EQUILIBRIUM, "reason": error.reason, "detail": error.detail}
    except CaseError as error:
        told = _failed("input", "; ".join(map(str, error.problems)))
    except ProcessError as error:
        told = _failed("input", str(error))
    except ConvergenceError as error:
        told = _failed("not_converged", str(error))
    except (MachineError, ImportError):
        raise
    except BumpformError as error:
        told = _failed("error", str(error))
    except Exception as error:  # a bug in bumpform must not take the other rows with it
        told = _failed("bumpform_failed", _place(error)) | {"traceback": traceback.format_exc()}
    if case is not None:
        told["case_sha256"] = hashes.of(case)
    told["seconds"] = round(time.perf_counter() - started, 6)
    return _kept(study, number, told), last


def _failed(reason: str, detail: str) -> dict[str, Any]:
    return {"outcome": FAILED, "reason": reason, "detail": detail}


def _place(error: Exception) -> str:
    """Return an exception in a line, with the line of code that raised it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text} ({Path(frame.filename).name}, line {frame.lineno})"


def _outcome(done: Run) -> dict[str, Any]:
    """What a row keeps of a run."""
    told: dict[str, Any] = {"outcome": CONVERGED, "reason": "", "detail": ""}
    if (refused := done.refused) is not None:
        told = {"outcome": NO_EQUILIBRIUM, "reason": refused.reason}
        told["detail"] = f"{done.stages[-1].name}: {refused.detail}"
    if done.stopped is not None:
        told |= _failed("input", "; ".join(map(str, done.stopped.problems)))
    parts = {name: parted(metrics) for name, metrics in done.measured.items()}
    told["values"] = metrics_told({name: values for name, (values, _) in parts.items()})
    told["errors"] = metrics_told({name: errors for name, (_, errors) in parts.items()})
    told["states"] = states_told(done)
    told["conditions"] = conditions_told(done.conditions)
    told["broken"] = [c.statement for c in done.conditions if c.verdict == "fails"]
    return told


def _kept(study: Study, number: int, told: Mapping[str, Any]) -> Row:
    paths = (axis.path for axis in study.varied)
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
