"""What a result says, laid out to be compared with another's: its numbers, and its state."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bumpform

#: Round-off of a number, relative to its size.
ROUND_OFF = 3e-12


@dataclass(frozen=True)
class Reading:
    """A number of a result.

    Attributes
    ----------
    value, error : float
    size : float
        What it is measured by: a length, a force … of its stage's liquid.
    """

    value: float
    error: float
    size: float


def numbers(result: dict[str, Any]) -> dict[str, Reading]:
    """All numbers of a result, by stage and name."""
    found: dict[str, Reading] = {}
    liquids = {}
    for stage in result["stages"]:
        liquids[stage["name"]] = stage["liquid"]
    for name, body in _bodies(result):
        liquid, surface = body["liquid"], body.get("surface")
        if surface is None:
            continue
        errors = body["equilibrium"]["error_estimate"]
        plain = {k: v for k, v in surface.items() if isinstance(v, float)}
        for line in surface["contact_lines"]:
            plain |= {f"{line['end']}.{key}": line[key] for key in ("r_m", "z_m", "angle_deg")}
        for key, value in plain.items():
            found[f"{name}: {key}"] = Reading(
                value, errors.get(key, 0.0), _size(key, value, liquid)
            )
    for name, table in result["metrics"].items():
        errors = result["metrics_error"][name]
        liquid = liquids.get(name) or next(iter(liquids.values()), None)
        for key, value in _leaves(table).items():
            error = _leaves(errors).get(key) or 0.0
            found[f"{name}: {key}"] = Reading(value, error, _size(key, value, liquid))
    return found


def _bodies(result: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every liquid of a result, by its stage's name and its number there."""
    for stage in result["stages"]:
        for number, body in enumerate((stage, *stage.get("bodies", ()))):
            yield stage["name"] + (f" ({number + 1})" if number else ""), body


def _leaves(table: dict[str, Any]) -> dict[str, float]:
    """Numbers of a table of metrics, those in tables of it too."""
    leaves: dict[str, float] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            leaves |= {f"{key}.{inner}": v for inner, v in _leaves(value).items()}
        elif isinstance(value, int | float) and not isinstance(value, bool):
            leaves[key] = float(value)
    return leaves


def _size(key: str, value: float, liquid: dict[str, float] | None) -> float:
    """What a number is measured by, from its unit and the liquid; never less than itself."""
    if liquid is None:
        return abs(value) or 1.0
    length, tension = liquid["volume_m3"] ** (1.0 / 3.0), liquid["surface_tension_N_m"]
    units = {
        "_N_m_rad": tension * length**2, "_N_m": tension, "_m3": length**3, "_m2": length**2,
        "_m": length, "_deg": 57.3, "_Pa": tension / length, "_J": tension * length**2,
        "_N": tension * length,
    }  # fmt: skip
    size = next((s for unit, s in units.items() if key.endswith(unit)), 1.0)
    return max(size, abs(value))


def state(done: bumpform.Run, *, named: bool = True) -> tuple:
    """What a result says in words of each stage: lines, what they are on, what holds them.

    Parameters
    ----------
    done : Run
    named : bool
        With the names of what the lines are on: two ways to write a process may name it otherwise.
    """
    told = []
    for stage in done.result["stages"]:
        lines = [
            (line["end"], line["state"], line["feature"] if named else "")
            for body in (stage, *stage.get("bodies", ()))
            for line in (body.get("surface") or {"contact_lines": []})["contact_lines"]
        ]
        leans = (stage.get("equilibrium") or {}).get("leans") or {}
        metrics = done.metrics.get(stage["name"], {})
        words = [(k, v) for k, v in metrics.items() if isinstance(v, str | bool)]
        words += [(f"leans: {k}", v) for k, v in leans.items() if isinstance(v, int)]
        told.append((stage["name"], (stage.get("refused") or {}).get("reason", ""), tuple(lines),
                     tuple(words), tuple(sorted(metrics))))  # fmt: skip
    return tuple(told)


def apart(one: dict[str, Reading], other: dict[str, Reading], slack: float = 0.0) -> list[str]:
    """Numbers of which two results differ by more than both errors and a slack."""
    wrong = [f"{name} is in one only" for name in sorted(one.keys() ^ other.keys())]
    for name in one.keys() & other.keys():
        a, b = one[name], other[name]
        size = max(a.size, b.size)
        gap = abs(a.value - b.value)
        if "angle_deg" in name:
            gap = abs(math.remainder(a.value - b.value, 360.0))
        if not gap <= a.error + b.error + (slack + ROUND_OFF) * size:
            wrong.append(
                f"{name}: {a.value:.12g} and {b.value:.12g}, errors {a.error + b.error:.1e}"
            )
    return sorted(wrong)
