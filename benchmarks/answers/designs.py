"""Questions that designers have, and how many cases they take."""

from __future__ import annotations

import math

from drawn import solved

import bumpform

#: What is asked, of which case with what set before, and by which inputs.
DESIGNS: list[tuple[str, str, dict, dict, list[str]]] = [
    (
        "first volume for a terminus fraction of 0.2",
        "photoimaged_opening",
        {},
        {"first reflow.terminus_fraction": 0.2},
        ["deposit.Pb95Sn5.volume"],
    ),
    (
        "the same from 0.47 nl, where there is no terminus",
        "photoimaged_opening",
        {"deposit.Pb95Sn5.volume": "0.47 nl"},
        {"first reflow.terminus_fraction": 0.2},
        ["deposit.Pb95Sn5.volume"],
    ),
    (
        "barrier thickness for a flush juncture",
        "photoimaged_opening",
        {},
        {"barrier.juncture_offset_m": "0 um"},
        ["barrier.thickness"],
    ),
    (
        "both at once",
        "photoimaged_opening",
        {},
        {"first reflow.terminus_fraction": 0.2, "barrier.juncture_offset_m": "0 um"},
        ["deposit.Pb95Sn5.volume", "barrier.thickness"],
    ),
    (
        "polyimide for a ball's height",
        "plated_column",
        {},
        {"reflow.ball_height_m": "85 um"},
        ["coat.polyimide.thickness"],
    ),
    (
        "ball and opening for a drawing's height and width",
        "bga_ball",
        {},
        {"ball attach.ball_height_m": "0.62 mm", "ball attach.ball_diameter_m": "0.76 mm"},
        ["deposit.SAC305.ball.diameter", "coat.resist.opening.radius"],
    ),
    (
        "core for a standoff",
        "core_and_cap",
        {},
        {"mounting.standoff_m": "260 um"},
        ["deposit.Pb95Sn5.volume"],
    ),
    (
        "cap volume for full coverage",
        "core_and_cap",
        {"deposit.Sn63Pb37.volume": "4 nl"},
        {"cap reflow.coverage": 1.0},
        ["deposit.Sn63Pb37.volume"],
    ),
]
MOST_RUNS = 10
#: What a miss of a target of 0 is relative to: a thickness, m.
ZERO = 3e-6


def designs() -> tuple[str, bool]:
    """Every question: cases solved, and how near a run of the designed case is."""
    lines, good = [], True
    for question, name, before, targets, vary in DESIGNS:
        found = bumpform.design(bumpform.load_case(name).with_values(before), targets, vary)
        there = solved(found.case) or {}
        misses = [
            abs(there.get(metric, math.nan) - wanted) / (abs(wanted) or ZERO)
            for metric, wanted in found.targets.items()
        ]
        fine = max(misses) <= 1e-9 and found.runs <= MOST_RUNS
        good = good and fine
        values = ", ".join(f"{path} = {value:.10g}" for path, value in found.varied.items())
        lines.append(
            f"{'' if fine else 'NOT SO: '}{question}: {found.runs} cases, off by "
            f"{max(misses):.1e}, {values}{'; ' + found.why if found.why else ''}"
        )
    return "\n".join(lines), good
