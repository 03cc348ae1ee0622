"""Random whole cases: are the numbers of later stages within their estimates, too?

A stage stands on what earlier ones have left, whose shapes are known to their own errors only.
Bundled cases with random volumes, contact angles and gravity, up to Bond numbers where the shapes
are hard, run as they are and on meshes refined until every surface is known fifty times better.
The difference may be the sum of both estimates.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from bumpform.case.file import load_case
from bumpform.errors import BumpformError
from bumpform.result.run import Run
from bumpform.runner import run
from bumpform.surface.drop import equilibrium
from error_sample import Row, spread

#: Error to which the surfaces of the reference are refined. Not below: the slopes of very small
#: elements are rough, by round-off, and so is what grows on them.
SHARP = 2e-11


def gravity(draw: Random) -> str:
    """From the Earth's to one at which a bump of 60 µm has a Bond number of one, or none."""
    sign = draw.choice((1.0, 1.0, 1.0, -1.0))
    return f"{sign * spread(draw, 9.81, 1e4) if draw.random() < 0.9 else 0.0!r} m/s^2"


def photoimaged(draw: Random) -> dict[str, str]:
    return {
        "environment.gravity": gravity(draw),
        "wetting.polyimide": f"{draw.uniform(95, 150)} deg",
        "coat.dielectric.opening.sidewall": f"{draw.choice([90.0, draw.uniform(70, 89)])} deg",
        "deposit.Pb95Sn5.volume": f"{draw.uniform(0.30, 0.46)} nl",
        "barrier.Ni.thickness": f"{draw.uniform(1.0, 6.0)} um",
        "deposit.Sn63Pb37.volume": f"{spread(draw, 0.2, 4.0)} nl",
    }


def no_barrier(draw: Random) -> dict[str, str]:
    given = photoimaged(draw)
    del given["barrier.Ni.thickness"]
    return given


def abraded(draw: Random) -> dict[str, str]:
    return {
        "environment.gravity": gravity(draw),
        "abrade.1.below_top.by": f"{draw.uniform(1.0, 8.0)} um",
    }


def capped(draw: Random) -> dict[str, str]:
    strength = draw.choice((1.0, 1.0, -1.0)) * spread(draw, 1.0, 300.0)
    return {
        "environment.gravity": f"{strength!r} m/s^2",
        "deposit.Pb95Sn5.volume": f"{draw.uniform(8, 18)} nl",
        "deposit.Sn63Pb37.volume": f"{draw.uniform(5, 30)} nl",
        "mounting.load": f"{draw.uniform(-0.1, 1.0)} mN",
    }


def balled(draw: Random) -> dict[str, str]:
    strength = draw.choice((1.0, 1.0, -1.0)) * spread(draw, 1.0, 300.0)
    return {
        "environment.gravity": f"{strength!r} m/s^2",
        "deposit.Sn63Pb37.stencil.metal_fraction": f"{draw.uniform(0.12, 0.6)}",
        "mounting.load": f"{draw.uniform(-0.3, 1.0)} mN",
    }


def masks(draw: Random) -> dict[str, str]:
    return {"environment.gravity": gravity(draw)}


CASES = {
    "photoimaged_opening": photoimaged,
    "photoimaged_opening_no_barrier": no_barrier,
    "laminated_abraded": abraded,
    "core_and_cap": capped,
    "core_metal_ball": balled,
    "stacked_masks_three": masks,
}


def ran(name: str, given: dict[str, str], accuracy: float | None = None) -> Run:
    """A case run as it is, or with its surfaces refined to an accuracy."""
    usual = equilibrium.ACCURACY
    equilibrium.ACCURACY = usual if accuracy is None else accuracy
    try:
        return run(load_case(name, sets=[f"{k}={v}" for k, v in given.items()]))
    finally:
        equilibrium.ACCURACY = usual


def numbers(done: Run) -> Iterator[tuple[str, str, float, float]]:
    """Stage, name, value and estimate of every number of a run."""
    for stage in done.result["stages"]:
        if "surface" not in stage or "refused" in stage:
            continue
        surface = stage["surface"]
        values = {k: v for k, v in surface.items() if isinstance(v, float)}
        for line in surface["contact_lines"]:
            values |= {f"{line['end']}.{k}": line[k] for k in ("r_m", "z_m", "angle_deg")}
        errors = stage["equilibrium"]["error_estimate"]
        for name, value in values.items():
            yield stage["name"], name, value, errors[name]
    metrics, errors = done.metrics, done.result["metrics_error"]
    for group, entries in metrics.items():
        for name, value, error in flat(entries, errors[group]):
            yield group, name, value, error


def flat(values: dict[str, Any], errors: dict[str, Any]) -> Iterator[tuple[str, float, float]]:
    """Floats of a group of metrics with their estimates."""
    for name, value in values.items():
        if isinstance(value, dict):
            for inner, number, error in flat(value, errors[name]):
                yield f"{name}.{inner}", number, error
        elif isinstance(value, float):
            yield name, value, errors[name]


def size(name: str, value: float, done: Run) -> float:
    """What an error of a number is relative to: itself, or the bump's size where it is larger."""
    liquid = done.result["stages"][0]["liquid"]
    length, tension = liquid["volume_m3"] ** (1 / 3), liquid["surface_tension_N_m"]
    least = {
        "m": length,
        "m2": length**2,
        "Pa": tension / length,
        "J": tension * length**2,
        "N": tension * length,
        "deg": 180.0 / math.pi,
    }
    return max(abs(value), least.get(name.rsplit("_", 1)[-1], 1.0))


def rows_of(name: str, given: dict[str, str]) -> list[Row] | str:
    """Every number of one case against the sharper run; or why there is none."""
    try:
        done, sharp = ran(name, given), ran(name, given, SHARP)
    except BumpformError as error:
        return type(error).__name__
    reasons = [run.refused and run.refused.reason for run in (done, sharp)]
    if len(done.stages) != len(sharp.stages) or reasons[0] != reasons[1]:
        return "differs"
    rows = []
    exact = {(stage, value_name): (v, e) for stage, value_name, v, e in numbers(sharp)}
    for stage, value_name, value, estimate in numbers(done):
        truth, blur = exact[stage, value_name]
        unit = size(value_name, truth, done)
        true, told = abs(value - truth) / unit, (estimate + blur) / unit
        if told > 0.0 or true > 0.0:  # what is exact says nothing
            rows.append(Row(f"{name}: {stage}", value_name, true, max(told, 1e-300), 0))
    return rows if rows else "refused"


def compared(each: int, seed: int) -> tuple[list[Row], Counter[str]]:
    """Rows of so many cases of each kind; and how many could not be run, by reason."""
    rows: list[Row] = []
    stopped: Counter[str] = Counter()
    for name, vary in CASES.items():
        for number in range(each):
            found = rows_of(name, vary(Random(f"{name} {seed} {number}")))
            if isinstance(found, str):
                stopped[f"{name}: {found}"] += 1
            else:
                rows += found
    return rows, stopped
