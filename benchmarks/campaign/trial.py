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
from pathlib import Path
from typing import Any

from nudges import jump
from processes import draw
from readings import apart, numbers, state
from record import Done, Moment, follow, moments_of
from rewrites import ELSEWHERE, REWRITES, ROOMY
from sections import bodies, flaws, outlines, volume

import bumpform
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.case.paths import step_labels
from bumpform.case.steps import Deposit
from bumpform.case.toml import case_to_toml
from bumpform.errors import CaseError
from bumpform.process.mount import Mounted

#: Reasons that a stage may be refused for.
REASONS = {"off_model", "dewets", "penetration", "enclosed", "unstable", "not_converged",
           "no_equilibrium", "no_joint", "collapsed"}  # fmt: skip
#: Longest that one process may take, s; most steps of it that are left out.
PATIENCE, LEFT_OUT = 60, 9
#: Relative slack of an amount of metal, by polygons.
EQUAL = 1e-5
#: What no sentence has in it.
_UNSPEAKABLE = re.compile(r"\b(nan|inf|None|np\.\w+)\b|<.* object at|\{|\n")


def trial(seed: int, number: int, share: float = 0.15, deep: float = 0.02) -> dict[str, Any]:
    """Run a process and check all that can be known of it.

    Parameters
    ----------
    seed, number : int
    share : float
        Of those with a solved stage, which are written otherwise, nudged, and melted again.
    deep : float
        Of those, whose surfaces are shot and whose refusals are looked at a second time.

    Returns
    -------
    dict
        outcome: "solved", "refused", "input" or "traceback"; faults by kind; see benchmarks/README.md
    """
    drawn = draw(seed, number)
    row: dict[str, Any] = {
        "number": number, "wild": drawn.wild, "outcome": "", "reason": "", "detail": "",
        "steps": [s["do"] for s in drawn.data["step"]], "left_out": [], "stages": 0, "refused": [],
        "faults": [], "told": [], "second": [], "looked": [],
    }  # fmt: skip
    start = time.perf_counter()
    try:
        with _patience(), warnings.catch_warnings():
            warnings.simplefilter("error")
            _judge(row, copy.deepcopy(drawn.data), seed, share, deep)
    except Exception as error:
        row["outcome"] = "traceback"
        row["detail"] = traceback.format_exc()[-2500:]
        place = _place(error)
        _fault(row, "traceback" if place else "checker", place or repr(error))
    row["seconds"] = time.perf_counter() - start
    return row


def _judge(row: dict[str, Any], data: dict, seed: int, share: float, deep: float) -> None:
    chance = random.Random(f"checks {seed} {row['number']}")
    for attempt in range(LEFT_OUT + 1):
        case = _case(row, data)
        if isinstance(case, Case):
            found = _checked(case) if attempt == 0 else None
            done, steps = follow(case)
            wrong = {len(steps)} if isinstance(done, CaseError) else set()
            if attempt == 0:
                _agree(row, found, done, steps)
            if isinstance(done, bumpform.Run):
                break
            row["outcome"], row["detail"] = "input", str(done.problems[0])
            if f"step.{len(steps)}" not in row["detail"]:
                _fault(row, "run", f"it ends after step {len(steps) - 1}: {row['detail']}")
                return
            row["left_out"].append((case.steps[len(steps)].do, str(done.problems[0])[:300]))
            _sentence(row, done.problems[0].message)
        else:
            wrong = case
        kept = [s for i, s in enumerate(data["step"]) if i not in wrong]
        if not wrong or not kept:
            return
        data = {**data, "step": kept}
    else:
        return
    row["outcome"] = "refused" if done.refused else "solved"
    if done.refused:
        row["reason"], row["detail"] = done.refused["reason"], done.refused["detail"]
        row["refused"] = [done.refused["reason"]]
        if done.refused["reason"] not in REASONS:
            _fault(row, "reason", f"{done.refused['reason']} is none that is known")
        _sentence(row, done.refused["detail"])
    for note in done.notes:
        _sentence(row, note)
    moments = moments_of(done, steps)
    row["stages"] = sum(m.stage.refusal is None for m in moments)
    _whole(row, done)
    _stands(row, [s.do for s in case.steps], steps, moments)
    _metal(row, case, steps, moments)
    if row["stages"] and chance.random() < share:
        _otherwise(row, data, done, chance)
        _nudged(row, data, done, chance)
        _again(row, data, done)
    if moments and chance.random() < deep:
        _deep(row, case, moments)


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
            wrong |= {i for i, at in enumerate(labels) if f"{path}.".startswith(f"{at}.")}
        return wrong


def _fault(row: dict[str, Any], kind: str, words: str) -> None:
    row["faults"].append((kind, words[:600]))


def _place(error: BaseException) -> str:
    """Where in bumpform an exception came from, and what it says; empty if not from there."""
    own = str(Path(bumpform.__file__).parent)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(own)]
    if not frames:
        return ""
    return f"{type(error).__name__} in {Path(frames[-1].filename).name}, {frames[-1].name}: {error}"


def _sentence(row: dict[str, Any], text: str) -> None:
    """Faults of a sentence: it is empty, or shows what no person says."""
    if len(text.strip()) < 10 or _UNSPEAKABLE.search(text):
        _fault(row, "sentence", text)


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    def late(*_: object) -> None:
        raise TimeoutError(f"still at work after {PATIENCE} s")

    old = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)


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
    found: str | None,
    done: bumpform.Run | CaseError,
    steps: tuple[Done, ...],
) -> None:
    """Whether `check` and `run` see the same; what a solved surface decides is set apart."""
    ended = done if isinstance(done, CaseError) else None
    if found is not None and ended is None:
        _fault(row, "check", f"check finds what run does not: {found[:300]}")
    elif found is None and ended is not None:
        melted = any(s.after.stage is not None for s in steps)
        kind = "check after a melt" if melted else "check"
        row["told" if melted else "faults"].append((kind, f"missed: {ended.problems[0]}"[:300]))


def _whole(row: dict[str, Any], done: bumpform.Run) -> None:
    """Faults of a result as data: it is JSON, every number is one and has an error."""
    try:
        json.dumps(done.result, allow_nan=False)
    except ValueError as error:
        _fault(row, "result", str(error))
    for name, reading in numbers(done.result).items():
        if not (math.isfinite(reading.value) and math.isfinite(reading.error)):
            _fault(row, "result", f"{name} is {reading.value}, its error {reading.error}")


def _stands(
    row: dict[str, Any], kinds: list[str], steps: tuple[Done, ...], moments: tuple[Moment, ...]
) -> None:
    """Faults of the stacks after each step, and bodies that fused across a gap or did not."""
    seen: set[int] = set()
    for step in steps:
        stack = step.after.stack
        if id(stack) in seen:
            continue
        seen.add(id(stack))
        mounted = isinstance(step.after.stage, Mounted)
        wrong = flaws(stack) if not mounted else []
        if wrong:
            _fault(row, "stack", f"step {step.index} ({kinds[step.index]}): {'; '.join(wrong)}")
            break
    for moment in moments:
        solid = {r.name for r in moment.stage.solids.regions}
        molten = [r for r in moment.before.stack.regions if r.name not in solid]
        groups = bodies(molten, moment.before.stack.outer)
        if len(groups) > 1:
            words = f"{moment.reported['name']}: {groups} do not touch, and are one"
            refusal = moment.stage.refusal
            if refusal is None:
                _fault(row, "fused", words)
            else:
                row["told"].append(("fused", f"{words} ({refusal.reason})"))


def _metal(
    row: dict[str, Any], case: Case, steps: tuple[Done, ...], moments: tuple[Moment, ...]
) -> None:
    """Faults of amounts: each solder's metal, from the case's numbers, less what was cut away."""
    metal: dict[str, float] = {}
    by_index = {m.index: m for m in moments}
    for step in steps:
        kind, after = case.steps[step.index], step.after
        before = step.before
        if isinstance(kind, Deposit):
            region = after.stack.regions[-1]
            amount = kind.metal_volume
            if amount is None:
                amount = volume(region) * kind.fill.metal_fraction
            metal[region.name] = amount
        elif step.index in by_index:
            stage = by_index[step.index].stage
            solid = {r.name for r in stage.solids.regions}
            gone = [n for n in metal if n not in solid]
            fresh = all(before.contents[n].liquid_at is None for n in gone)
            went_in = math.fsum(metal.pop(n) for n in gone)
            liquid = stage.melt.volume
            mixed = len(stage.melt.solders) > 1
            if fresh and not mixed and not math.isclose(went_in, liquid, rel_tol=EQUAL):
                _fault(row, "metal", f"{went_in:.9g} m³ went in, {liquid:.9g} m³ are liquid")
            if stage.refusal is None and stage.equilibrium is not None:
                frozen = next(r for r in after.stack.regions
                              if r.kind == "solder" and r.name not in solid)  # fmt: skip
                solid_volume = volume(frozen)
                if not math.isclose(solid_volume, liquid, rel_tol=EQUAL):
                    _fault(row, "metal", f"{liquid:.9g} m³ froze as {solid_volume:.9g} m³")
                metal[frozen.name] = liquid
        elif before is not None and kind.do in ("etch", "strip", "abrade"):
            metal = _cut(metal, before.stack, after.stack)


def _cut(metal: dict[str, float], before: Any, after: Any) -> dict[str, float]:
    """Metal of solders after a cut: by the share of the volume that is left."""
    left: dict[str, float] = {}
    for name, amount in metal.items():
        old = before.region(name)
        whole = outlines((old,))[name].buffer(0.0)
        for region in after.regions:
            if region.kind == "solder":
                part = outlines((region,))[region.name].buffer(0.0)
                if part.intersection(whole).area > 0.5 * part.area:
                    left[region.name] = amount * volume(region) / volume(old)
    return left


def _otherwise(row: dict[str, Any], data: dict, done: bumpform.Run, draw: random.Random) -> None:
    """Faults of the same process written in two other ways; and of its file, read back."""
    case = done.case
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "process.toml"
        path.write_text(case_to_toml(case), "utf-8")
        if load_case(path) != case:
            _fault(row, "rewrite", "the case's file reads back as another case")
    fits = {}
    for name, rewrite in REWRITES.items():
        other = rewrite(copy.deepcopy(data), draw)
        if other is not None:
            fits[name] = other
    for name in draw.sample(sorted(fits), k=min(2, len(fits))):
        row["looked"].append(name)
        try:
            again = bumpform.run(Case.from_dict(fits[name], name))
        except CaseError as error:
            if name in ROOMY:
                row["told"].append((name, str(error.problems[0])[:300]))
            else:
                _fault(row, "rewrite", f"{name}: {error.problems[0]}")
            continue
        one, other = numbers(done.result), numbers(again.result)
        if name in ("column or print", "ball or volume"):
            one, other = ({k: v for k, v in n.items() if not k.endswith("column_protrusion_m")}
                          for n in (one, other))  # fmt: skip
        wrong = apart(one, other)
        reasons = [[s[1] for s in state(run)] for run in (done, again)]
        if reasons[0] != reasons[1]:
            wrong = [f"{reasons[0]} and {reasons[1]}"]
        if wrong and name in ELSEWHERE and _listed(done, again):
            row["told"].append((name, "another rest, which is listed"))
        elif wrong:
            _fault(row, "rewrite", f"{name}: {len(wrong)} differ: {'; '.join(wrong[:3])}")


def _listed(one: bumpform.Run, other: bumpform.Run) -> bool:
    """Whether the first stages that differ have each other's rest among their alternatives."""
    for a, b in zip(one.stages, other.stages, strict=False):
        if "surface" not in a or "surface" not in b:
            return False
        size = 1e-6 * a["liquid"]["volume_m3"] ** (1.0 / 3.0)
        if _lies(a["surface"]["contact_lines"], b["surface"]["contact_lines"], size):
            continue
        return any(
            _lies(found["contact_lines"], there["surface"]["contact_lines"], size)
            for here, there in ((a, b), (b, a))
            for found in here["equilibrium"]["alternatives"]
        )
    return False


def _lies(one: list[dict], other: list[dict], size: float) -> bool:
    """Whether two surfaces have their lines at the same places."""
    return len(one) == len(other) and all(
        math.hypot(a["r_m"] - b["r_m"], a["z_m"] - b["z_m"]) < size
        for a, b in zip(one, other, strict=True)
    )


def _nudged(row: dict[str, Any], data: dict, done: bumpform.Run, draw: random.Random) -> None:
    path, verdict, words = jump(data, done, draw)
    row["looked"].append(f"nudge: {verdict}")
    if verdict == "jump":
        _fault(row, "jump", f"{path}: {words}")
    elif verdict == "told":
        row["told"].append(("nudge", f"{path} {words}"[:500]))


def _again(row: dict[str, Any], data: dict, done: bumpform.Run) -> None:
    """Faults of the last solved reflow, done a second time at once: nothing may change."""
    solved = [s for s in done.stages if "refused" not in s]
    if not solved or solved[-1]["kind"] != "reflow":
        return
    last = solved[-1]
    steps = [*data["step"][: last["step"] + 1],
             {"do": "reflow", "name": "once more", "peak": last["peak_K"]}]  # fmt: skip
    row["looked"].append("melted again")
    try:
        again = bumpform.run(Case.from_dict({**data, "step": steps}, "again"))
    except CaseError as error:
        _fault(row, "again", str(error.problems[0]))
        return
    if again.refused:
        _fault(row, "again", f"{again.refused['reason']}: {again.refused['detail']}")
        return
    both = numbers(again.result)
    one, other = (
        {k.removeprefix(f"{name}: "): v for k, v in both.items() if k.startswith(f"{name}: ")}
        for name in (last["name"], "once more")
    )
    alike = {k for k in one.keys() & other.keys() if k not in ("fused_bodies", "mass_balance")}
    wrong = apart({k: one[k] for k in alike}, {k: other[k] for k in alike})
    if wrong:
        _fault(row, "again", f"{len(wrong)} differ: {'; '.join(wrong[:3])}")


def _deep(row: dict[str, Any], case: Case, moments: tuple[Moment, ...]) -> None:
    """Faults that shooting finds in the surfaces, and what a second method says of a refusal."""
    from judge import stage_row
    from refusals import confirm

    row["looked"].append("shot")
    last = None
    for moment in moments:
        stage = stage_row(case, moment)
        for text in stage["failures"]:
            _fault(row, "surface", f"{stage['name']}: {text}")
        if moment.stage.refusal is not None:
            verdict, words = confirm(case, moment, stage["eigenvalues"], last)
            row["second"].append((moment.stage.refusal.reason, verdict, words[:300]))
        last = moment
