"""One random process, run and judged: a row of plain data."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import math
import random
import re
import signal
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bookkeeping import metal, standing
from meshes import mesh_flaws
from otherwise import again, nudged, rewritten
from processes import draw
from readings import numbers
from record import Done, Moment, follow, moments_of
from resting import leaves
from sentences import spoken, untrue
from verdicts import differences
from words import kept

import bumpform
from bumpform.case.case import Case
from bumpform.case.checks.addresses import step_labels
from bumpform.case.toml import case_to_toml
from bumpform.errors import CaseError, Problem

#: Reasons that a stage may be refused for.
REASONS = {"off_model", "carried", "dewets", "penetration", "enclosed", "unstable", "not_converged",
           "no_equilibrium", "no_joint", "collapsed", "unfilled_corner", "freezing",
           "gas_shut_in"}  # fmt: skip
#: Of the refused for any other reason, the share whose reason is looked at a second time.
COMMON, RARE = ("enclosed", "carried", "unfilled_corner", "no_equilibrium"), 0.5
#: Longest that one process may take, and a second look at its surfaces or its refusal, s; most
#: steps of it that are left out.
PATIENCE, SECOND, LEFT_OUT = 60, 300, 9


def trial(
    seed: int, number: int, share: float = 0.1, deep: float = 0.02, refusals: float = 0.1
) -> dict[str, Any]:
    """Run a process and check all that can be known of it.

    Parameters
    ----------
    seed, number : int
    share : float
        Of those with a solved stage, which are written otherwise, nudged, and melted again.
    deep : float
        Of the solved, whose surfaces are shot; of all, whose last stack is meshed.
    refusals : float
        Of the refused, whose reason is looked at a second time (and whose surfaces are shot);
        of those refused for a rare one, a half.

    Returns
    -------
    dict
        outcome: "solved", "refused", "input" or "traceback"; faults by kind, see `tables.KINDS`.
    """
    drawn = draw(seed, number)
    row: dict[str, Any] = {
        "number": number, "wild": drawn.wild, "outcome": "", "reason": "", "detail": "",
        "steps": [s["do"] for s in drawn.data["step"]], "left_out": [], "stages": 0,
        "faults": [], "told": [], "second": [], "looked": [], "conditions": [], "times": {},
    }  # fmt: skip
    start = time.process_time()
    try:
        with _patience(), warnings.catch_warnings():
            warnings.simplefilter("error")
            looked = _judge(row, copy.deepcopy(drawn.data), seed, share, deep, refusals)
        if looked is not None:
            with _patience(SECOND), warnings.catch_warnings(), _timed(row, "shots"):
                warnings.simplefilter("error")
                _deep(row, *looked)
    except Exception as error:
        row["outcome"] = "traceback"
        row["detail"] = traceback.format_exc()[-2500:]
        place = _place(error)
        late = isinstance(error, TimeoutError)
        kind = "late" if late else "traceback" if place else "checker"
        _fault(row, kind, place or repr(error))
    row["seconds"] = time.process_time() - start
    return row


def _judge(
    row: dict[str, Any], data: dict, seed: int, share: float, deep: float, refusals: float
) -> tuple[Case, tuple[Moment, ...]] | None:
    """Check a process; what is left to be looked at a second time, if anything is."""
    found = _run(row, data)
    if found is None:
        return None
    data, done, steps = found
    case = done.case
    row["outcome"] = "refused" if done.refused else "solved"
    if done.refused:
        row["reason"], row["detail"] = done.refused.reason, done.refused.detail
        if done.refused.reason not in REASONS:
            _fault(row, "reason", f"{done.refused.reason} is none that is known")
    row["conditions"] = [(c.id, c.verdict) for c in done.conditions]
    moments = moments_of(done, steps)
    row["stages"] = sum(m.stage.refusal is None for m in moments)
    with _timed(row, "sentences"):
        _whole(row, done)
        _sentences(row, done)
    with _timed(row, "polygons"):
        for kind, words in (*standing(case, steps, moments), *metal(case, steps, moments)):
            _note(row, kind, words)
    with _timed(row, "second verdict"):
        for words in differences(done) or ():
            _fault(row, "verdict", words)
    chance = random.Random(f"checks {seed} {row['number']}")
    if row["stages"] and chance.random() < share:
        with _timed(row, "otherwise"):
            _otherwise(row, data, done, chance)
        with _timed(row, "flow"):
            row["looked"].append("flow")
            for words in leaves(done):
                _fault(row, "rest", words)
    if chance.random() < deep and not any(kind == "stack" for kind, _ in row["faults"]):
        row["looked"].append("mesh")
        with _timed(row, "mesh"):
            for words in mesh_flaws(done.snapshots[-1].stack):
                _fault(row, "mesh", words)
    share = refusals if done.refused else deep
    if done.refused and done.refused.reason not in COMMON:
        share = max(share, RARE * (refusals > 0.0))
    return (case, moments) if moments and chance.random() < share else None


def _run(row: dict[str, Any], data: dict) -> tuple[dict, bumpform.Run, tuple[Done, ...]] | None:
    """The process as far as it can be done, steps that it refuses left out; None without any."""
    for attempt in range(LEFT_OUT + 1):
        with _timed(row, "check" if attempt == 0 else "run"):
            case = _case(row, data)
            found = _checked(case) if attempt == 0 and isinstance(case, Case) else None
        if isinstance(case, Case):
            with _timed(row, "run"):
                done, steps = follow(case)
            if attempt == 0:
                _agree(row, case, found, done, steps)
            if isinstance(done, bumpform.Run) and not done.stopped:
                return data, done, steps
            wrong = _refused(row, case, _problems(done), len(steps))
            if not wrong:
                return None
        else:
            wrong = case
        if not wrong and not data.get("requirements"):
            break
        data = kept(data, wrong) if wrong else {**data, "requirements": {}}
        if not data["step"]:
            break
    return None


def _problems(done: bumpform.Run | CaseError) -> list[Problem]:
    """What a process cannot be done for."""
    if isinstance(done, CaseError):
        return list(done.problems)
    return [] if done.stopped is None else list(done.stopped.problems)


def _refused(row: dict[str, Any], case: Case, problems: list[Problem], last: int) -> set[int]:
    """Numbers of the steps that problems are about; one that names none is of the last step."""
    row["outcome"], row["detail"] = "input", str(problems[0])
    wrong = set()
    for problem in problems:
        found = re.match(r"step\.(\d+)", problem.path)
        index = int(found[1]) if found else last
        wrong.add(index)
        row["left_out"].append((case.steps[index].do, str(problem)[:300]))
        _sentence(row, problem.message)
    if last not in wrong:
        _fault(row, "run", f"it ends before step {last}, and tells of others: {problems[0]}")
    return wrong


@contextlib.contextmanager
def _timed(row: dict[str, Any], name: str) -> Iterator[None]:
    start = time.process_time()
    try:
        yield
    finally:
        row["times"][name] = row["times"].get(name, 0.0) + time.process_time() - start


def _case(row: dict[str, Any], data: dict) -> Case | set[int]:
    """The case, or the numbers of the steps that its rules refuse."""
    try:
        return Case.from_dict(data, "process")
    except CaseError as error:
        row["outcome"], row["detail"] = "input", str(error.problems[0])
        labels = step_labels(data["step"])
        wrong = set()
        for problem in error.problems:
            _sentence(row, problem.message)
            row["left_out"].append(("case", str(problem)[:300]))
            path = problem.path
            if path.startswith("requirements."):  # those drawn are of what is there
                _fault(row, "untrue", f"a limit is refused: {problem}")
            wrong |= {i for i, at in enumerate(labels) if f"{path}.".startswith(f"{at}.")}
        return wrong


def _fault(row: dict[str, Any], kind: str, words: str) -> None:
    row["faults"].append((kind, words[:600]))


def _note(row: dict[str, Any], kind: str, words: str) -> None:
    """A fault, or without a kind what is only told."""
    if kind:
        _fault(row, kind, words)
    else:
        name, _, rest = words.partition(": ")
        row["told"].append((name, rest[:500]))


def _place(error: BaseException) -> str:
    """Where in bumpform an exception came from, and what it says; empty if not from there."""
    own = str(Path(bumpform.__file__).parent)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(own)]
    if not frames:
        return ""
    return f"{type(error).__name__} in {Path(frames[-1].filename).name}, {frames[-1].name}: {error}"


def _sentence(row: dict[str, Any], text: str) -> None:
    """Fault of a sentence that no person says."""
    if not spoken(text):
        _fault(row, "sentence", text)


def _sentences(row: dict[str, Any], done: bumpform.Run) -> None:
    """Faults of what a run says: sentences that no person says, or that are not so."""
    for text in (*done.notes, *(c.reason for c in done.conditions if c.reason)):
        _sentence(row, text)
    for text in untrue(done):
        _fault(row, "untrue", text)


@contextlib.contextmanager
def _patience(seconds: int = PATIENCE) -> Iterator[None]:
    def late(*_: object) -> None:
        raise TimeoutError(f"still at work after {seconds} s of the processor's time")

    old = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, old)


def _checked(case: Case) -> str | None:
    """What `bumpform check` says of the case's file: its problem, or None."""
    import typer

    from bumpform.cli.check import check

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "process.toml"
        path.write_text(case_to_toml(case), "utf-8")
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            try:
                check(str(path), None)
            except typer.Exit as end:
                if end.exit_code:
                    return errors.getvalue()
    return None


def _agree(
    row: dict[str, Any],
    case: Case,
    found: str | None,
    done: bumpform.Run | CaseError,
    steps: tuple[Done, ...],
) -> None:
    """Whether `check` and `run` see the same; what a solved surface decides is set apart."""
    problems = _problems(done)
    if found is not None and not problems:
        if not (isinstance(done, bumpform.Run) and done.refused):  # what follows is never reached
            _fault(row, "check", f"check finds what run does not: {found[:300]}")
    elif found is None and problems:
        melted = any(s.after.stage is not None for s in steps)
        melted |= any("+" in problem.path for problem in problems)  # these have just joined
        kind = "check after a melt" if melted else "check"
        row["told" if melted else "faults"].append((kind, f"missed: {problems[0]}"[:300]))


def _whole(row: dict[str, Any], done: bumpform.Run) -> None:
    """Faults of a result as data: it is JSON, every number is one and has an error."""
    try:
        json.dumps(asdict(done.record), allow_nan=False)
    except ValueError as error:
        _fault(row, "result", str(error))
    for name, reading in numbers(done.result).items():
        if not (math.isfinite(reading.value) and math.isfinite(reading.error)):
            _fault(row, "result", f"{name} is {reading.value}, its error {reading.error}")


def _otherwise(row: dict[str, Any], data: dict, done: bumpform.Run, draw: random.Random) -> None:
    """Faults of the process in other ways."""
    looked = [*rewritten(data, done, draw), nudged(data, done, draw), again(data, done)]
    for name, (kind, words) in [found for found in looked if found is not None]:
        row["looked"].append(name)
        if words:
            _note(row, kind, f"{name}: {words}")


def _deep(row: dict[str, Any], case: Case, moments: tuple[Moment, ...]) -> None:
    """Faults that shooting finds in the surfaces, and what a second method says of a refusal."""
    from judge import stage_row
    from refusals import confirm

    row["looked"].append("shot")
    for moment in moments:
        stage = stage_row(case, moment)
        for text in stage["failures"]:
            _fault(row, "surface", f"{stage['name']}: {text}")
        if moment.stage.refusal is not None:
            verdict, words = confirm(case, moment, stage["eigenvalues"])
            row["second"].append((moment.stage.refusal.reason, verdict, words[:300]))
