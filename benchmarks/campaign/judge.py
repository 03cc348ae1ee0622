"""One random case, run and judged: a row of plain data."""

from __future__ import annotations

import math
import random
import time
import traceback
import warnings

from draws import draw
from record import Moment, amounts, run_recorded, young
from refusals import confirm, selection
from sides import Side
from verify import verify

from bumpform.errors import CaseError
from bumpform.process.mounts.mounted import Mounted

_SURFACE = ("apex_z_m", "top_z_m", "max_radius_m", "max_radius_z_m", "area_m2", "pressure_Pa",
            "energy_J")  # fmt: skip

#: Round-off of a sum of what is under the lines of a ring, relative to that.
ROUND_OFF = 1e-15


def judge(seed: int, number: int, sample: float) -> dict:
    """Run a case and check every number of it.

    Parameters
    ----------
    seed, number : int
    sample : float
        Share of the solved cases whose choice of equilibrium is walked again (0.4 s a stage);
        all refusals are looked at a second time.

    Returns
    -------
    dict
        outcome: "solved", "refused", "input" or "traceback"; see benchmarks/README.md.
    """
    drawn = draw(seed, number)
    row = {"number": number, "route": drawn.route, "wild": drawn.wild, "values": drawn.values,
           "reason": "", "detail": "", "failures": [], "stages": [], "held": 0, "failed": 0,
           "second": "", "second_words": "", "check_seconds": 0.0}  # fmt: skip
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            case = drawn.case()
            recorded = run_recorded(case)
    except CaseError as error:
        return row | {"outcome": "input", "detail": str(error.problems[0]),
                      "seconds": time.perf_counter() - start}  # fmt: skip
    except Exception:
        return row | {"outcome": "traceback", "detail": traceback.format_exc()[-1500:],
                      "seconds": time.perf_counter() - start}  # fmt: skip
    row["seconds"] = time.perf_counter() - start
    refused = recorded.done.refused
    row["outcome"] = "refused" if refused else "solved"
    if refused:
        row |= {"reason": refused.reason, "detail": refused.detail}
    verdicts = [c.verdict for c in recorded.done.conditions]
    row["held"], row["failed"] = verdicts.count("holds"), verdicts.count("fails")
    start = time.perf_counter()
    try:
        row["failures"] += amounts(case, recorded)
        looked = random.Random(f"sample {seed} {number}").random() < sample
        for moment in recorded.moments:
            stage = stage_row(case, moment)
            row["stages"].append(stage)
            if moment.stage.refusal is not None:
                row["second"], row["second_words"] = confirm(case, moment, stage["eigenvalues"])
            elif looked:
                stage["selection"] = selection(case, moment)
                if stage["selection"] not in ("same", "open"):
                    stage["failures"].append(f"history leads elsewhere: {stage['selection']}")
    except Exception:
        row["failures"].append("the check itself: " + traceback.format_exc()[-1500:])
    for stage in row["stages"]:
        row["failures"] += [f"{stage['name']}: {text}" for text in stage["failures"]]
    row["check_seconds"] = time.perf_counter() - start
    return row


def stage_row(case, moment: Moment) -> dict:
    """What the checks say of one stage."""
    stage, name = moment.stage, moment.reported["name"]
    row = {
        "name": name,
        "kind": "",
        "failures": [],
        "reason": "",
        "worst": None,
        "ratio": None,
        "eigenvalues": {},
        "selection": "",
    }
    if stage.refusal is not None:
        row["reason"] = stage.refusal.reason
    found = stage.equilibrium
    if found is None:
        return row
    angle = young(case, moment.stage.melt)
    sides = []
    for line in found.lines:
        profile = line.solid.profile
        over = stage.package.stack.profile if line.end == "top" else None
        hangs = 0.0 if over is None else float(over.point(over.start)[1])
        sides.append(Side(profile, tuple(angle(p.material) for p in profile), line.end, hangs))
    floats = isinstance(stage, Mounted) and stage.held_by == "liquid"
    reported = dict(moment.reported["surface"])
    reported = {key: reported[key] for key in _SURFACE if reported[key] is not None}
    for line in moment.reported["surface"]["contact_lines"]:
        for key in ("r_m", "z_m", "angle_deg"):
            reported[f"{line['end']}.{key}"] = line[key]
    verdict = verify(found, sides, stage.load if floats else None, reported)
    failures = verdict.failures
    if row["reason"] == "unstable":
        failures = [f for f in failures if "lowers the energy" not in f]
        if verdict.eigenvalues and not verdict.eigenvalues["0"][1] < 0.0:
            failures.append("refused as unstable, but m = 0 does not lower the energy")
    volume = moment.reported["equilibrium"]["volume_error"]
    # of a narrow ring it is a small difference of what is under its lines
    under = sum(
        abs(side.under(*line.station)[0]) for side, line in zip(sides, found.lines, strict=True)
    )
    if not volume < max(1e-12, ROUND_OFF * 2.0 * math.pi * under / found.drop.volume):
        failures.append(f"volume is off by {volume:.1e}")
    lines = moment.reported["surface"]["contact_lines"]
    return row | {
        "kind": verdict.kind,
        "feature": " | ".join(line["feature"] for line in lines),
        "state": " | ".join(line["state"] for line in lines),
        "failures": failures,
        "worst": verdict.worst,
        "ratio": verdict.ratio,
        "errors": verdict.errors,
        "eigenvalues": verdict.eigenvalues,
        "alternatives": len(moment.reported["equilibrium"]["alternatives"]),
    }
