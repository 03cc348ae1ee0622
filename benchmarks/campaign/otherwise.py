"""A process in other ways: written otherwise, a little changed, melted once more at its end."""

from __future__ import annotations

import copy
import math
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nudges import jump
from readings import Reading, apart, numbers, state
from rewrites import ELSEWHERE, REWRITES, ROOMY

import bumpform
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.case.toml import case_to_toml
from bumpform.errors import CaseError

type Data = dict[str, Any]
#: Refusals that hang on where liquid is put down.
PLACED = ("gas_shut_in", "carried", "unfilled_corner")
#: Metrics that are by the way a process is written: only a column is one, a coat's thickness is its
#: own, and the gap that joins by how the liquid rests before there is a joint.
_OF_COLUMNS = ("column_protrusion_m", "polyimide_thickness_m", "solder_height_m", "etch_gain_m")
UNLIKE = {
    "column or print": _OF_COLUMNS,
    "ball or volume": (*_OF_COLUMNS, "largest_joining_gap_m"),
}

#: What is said of a package that a column keeps off, and a print, which is soft, does not.
KEPT_OFF = "what is solid keeps the package off its standoff"

#: What one of these looked at says: kind of fault, empty where it is only told; its words.
type Said = tuple[str, str]


def rewritten(
    data: Data, done: bumpform.Run, draw: random.Random, times: int = 2
) -> Iterator[tuple[str, Said]]:
    """Name of each rewrite that is tried, and what it shows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "process.toml"
        path.write_text(case_to_toml(done.case), "utf-8")
        if load_case(path) != done.case:
            yield "file", ("rewrite", "the case's file reads back as another case")
    fits = {}
    for name, rewrite in REWRITES.items():
        other = rewrite(copy.deepcopy(data), draw)
        if other is not None:
            fits[name] = other
    for name in draw.sample(sorted(fits), k=min(times, len(fits))):
        yield name, _rewrite(name, fits[name], done)


def _rewrite(name: str, data: Data, done: bumpform.Run) -> Said:
    try:
        again = bumpform.run(Case.from_dict(data, name))
    except CaseError as error:
        words = str(error.problems[0])
        return "" if name in ROOMY or KEPT_OFF in words else "rewrite", words
    if name in ROOMY and again.stopped and not done.stopped:
        return "", again.stopped.problems[0].message
    one, other = numbers(done.result), numbers(again.result)
    if name in UNLIKE:
        one, other = ({k: v for k, v in n.items() if not k.endswith(UNLIKE[name])}
                      for n in (one, other))  # fmt: skip
    wrong = apart(one, other)
    reasons = [[s[1] for s in state(run)] for run in (done, again)]
    if reasons[0] != reasons[1]:
        wrong = [f"{reasons[0]} and {reasons[1]}"]
    if not wrong:
        return "", ""
    if name in ELSEWHERE and _listed(done, again):
        return "", "another rest, which is listed"
    return "rewrite", f"{len(wrong)} differ: {'; '.join(wrong[:3])}"


def _listed(one: bumpform.Run, other: bumpform.Run) -> bool:
    """Whether the first stages that differ have each other's rest among their alternatives.

    Or other liquids: what is put beside a bump meets other solder than what is put on it. A ball
    may close a hollow, with its gas, that a print fills; what lies elsewhere may leave solid that
    liquid alone carries; and what fills a hollow round a land may split over its edge, where a ball
    on the land stays one; a ball never covers what a print beside it has to leave. What hangs by a
    point falls, unless it spreads before to where it hangs, and says so. And under a package, a
    ball may meet its pad, where a print of the same amount stays below, or is pressed elsewhere: of
    a joint only the rests next to it are listed.
    """
    for a, b in zip(one.result["stages"], other.result["stages"], strict=False):
        if _liquids(a) != _liquids(b):
            return True
        if "surface" not in a or "surface" not in b:
            told = [s.get("refused") or {"reason": "", "detail": ""} for s in (a, b)]
            placed = any(t["reason"] in PLACED for t in told)
            words = (
                "would hang; which",
                "the liquid splits in two, in the middle",
                "it would part there into two bodies of liquid",
                "nothing holds the package against its pull",
            )
            return placed or any(w in t["detail"] for t in told for w in words)
        size = 1e-6 * a["liquid"]["volume_m3"] ** (1.0 / 3.0)
        if _lies(a["surface"]["contact_lines"], b["surface"]["contact_lines"], size):
            continue
        return a["kind"] == "mount" or any(
            _lies(found["contact_lines"], there["surface"]["contact_lines"], size)
            for here, there in ((a, b), (b, a))
            for found in here["equilibrium"]["alternatives"]
        )
    return False


def _liquids(stage: dict) -> list[list[str]]:
    """Solders of each liquid of a stage."""
    return [liquid["molten"] for liquid in (stage, *stage.get("bodies", ()))]


def _lies(one: list[dict], other: list[dict], size: float) -> bool:
    """Whether two surfaces have their lines at the same places."""
    return len(one) == len(other) and all(
        math.hypot(a["r_m"] - b["r_m"], a["z_m"] - b["z_m"]) < size
        for a, b in zip(one, other, strict=True)
    )


def nudged(data: Data, done: bumpform.Run, draw: random.Random) -> tuple[str, Said]:
    """What a small change of one input does."""
    path, verdict, words = jump(data, done, draw)
    said = f"{path} {words}"[:500] if verdict != "smooth" else ""
    return f"nudge: {verdict}", ("jump" if verdict == "jump" else "", said)


def again(data: Data, done: bumpform.Run) -> tuple[str, Said] | None:
    """The last solved reflow, done a second time at once: nothing may change."""
    solved = [s for s in done.result["stages"] if "refused" not in s]
    if not solved or solved[-1]["kind"] != "reflow":
        return None
    last = solved[-1]
    done_so = {k: v for k, v in data["step"][last["step"]].items() if k != "profile"}
    steps = [*data["step"][: last["step"] + 1],
             {**done_so, "name": "once more", "peak": last["peak_K"]}]  # fmt: skip
    words = _again({**data, "step": steps, "requirements": {}}, last)
    # a mixture whose range the case itself puts about the peak or above it is not molten there
    # once it has mixed
    told = len(last["molten"]) > 1 and any("+" in name for name in data["materials"])
    solid = ("nothing melts", "neither solid nor molten", "all that melts has no free surface")
    told &= any(word in words for word in solid)
    return "melted again", ("" if told else "again", words)


def _by_solder(stage: dict[str, Any]) -> dict[str, Reading]:
    """Numbers of the surface of each liquid of a stage, by its solders, the least first."""
    liquids = sorted(
        (stage, *stage.get("bodies", ())), key=lambda liquid: liquid["liquid"]["volume_m3"]
    )
    named = [
        {**liquid, "name": f"{i}: {' and '.join(sorted(liquid['molten']))}", "bodies": ()}
        for i, liquid in enumerate(liquids)
    ]
    return numbers({"stages": named, "metrics": {}})


def _again(data: Data, last: dict[str, Any]) -> str:
    try:
        done = bumpform.run(Case.from_dict(data, "again"))
    except CaseError as error:
        return str(error.problems[0])
    if done.refused:
        return f"{done.refused.reason}: {done.refused.detail}"
    both = numbers(done.result)
    one, other = (
        {k.removeprefix(f"{name}: "): v for k, v in both.items() if k.startswith(f"{name}: ")}
        for name in (last["name"], "once more")
    )
    repeat = done.result["stages"][-1]
    if len(_liquids(last)) > 1:  # the first is the lowest on the axis, as they lie
        one, other = _by_solder(last), _by_solder(repeat)
        if one.keys() != other.keys():
            return f"liquids {_liquids(repeat)} of {_liquids(last)}"
    alike = {k for k in one.keys() & other.keys() if k not in ("fused_bodies", "mass_balance")}
    wrong = apart({k: one[k] for k in alike}, {k: other[k] for k in alike})
    return f"{len(wrong)} differ: {'; '.join(wrong[:3])}" if wrong else ""
