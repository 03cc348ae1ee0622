"""Conditions: every geometric statement that a route makes, judged on the metrics."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bumpform.case import Case
from bumpform.materials import Materials
from bumpform.steps import Barrier, Deposit

#: Terminus fraction, PRODUCT's window: d is 0.01 % … 50 % of the dielectric's thickness.
TERMINUS_WINDOW = (1e-4, 0.5)


@dataclass(frozen=True)
class Condition:
    """One statement, and whether it holds.

    Attributes
    ----------
    route, statement : str
    holds : bool
    value : float or None
    limits : tuple of float or None
        What the value must lie between; None: no bound on that side.
    unit : str
        Of the value and the limits: "m", "K", or "" for a ratio.
    """

    route: str
    statement: str
    holds: bool
    value: float | None
    limits: tuple[float | None, float | None]
    unit: str = "m"

    def to_dict(self) -> dict[str, Any]:
        """As in the result file."""
        return {**asdict(self), "limits": list(self.limits)}


def _within(
    route: str,
    statement: str,
    value: float,
    low: float | None,
    high: float | None,
    unit: str = "m",
) -> Condition:
    holds = (low is None or value >= low) and (high is None or value <= high)
    return Condition(route, statement, holds, value, (low, high), unit)


def _above(route: str, statement: str, value: float, low: float, unit: str = "m") -> Condition:
    return Condition(route, statement, value > low, value, (low, None), unit)


def judge(
    case: Case, metrics: dict[str, dict[str, Any]], stage_names: list[str], materials: Materials
) -> list[Condition]:
    """Conditions of the case's route, as far as its stages were solved.

    Parameters
    ----------
    case : Case
    metrics : dict
        By stage name, and "barrier".
    stage_names : list of str
        Solved stages in order.
    materials : Materials
    """
    return _photoimaged(case, metrics, stage_names, materials)


def _photoimaged(
    case: Case, metrics: dict[str, dict[str, Any]], names: list[str], materials: Materials
) -> list[Condition]:
    route = "photoimaged_opening"
    found: list[Condition] = []
    if not names or "protrusion_m" not in metrics[names[0]]:
        return found
    dome = metrics[names[0]]
    found.append(
        _above(
            route,
            "the first bump's dome protrudes above the dielectric's top",
            dome["protrusion_m"],
            0.0,
        )
    )
    if "terminus_fraction" in dome:
        found.append(
            _within(
                route,
                "the dome ends on the opening's wall, at 0.01 % to 50 % of the dielectric's "
                "thickness below its top",
                dome["terminus_fraction"],
                *TERMINUS_WINDOW,
                unit="",
            )
        )
    else:
        found.append(
            Condition(
                route,
                "the dome ends on the opening's wall, below the dielectric's top",
                False,
                None,
                TERMINUS_WINDOW,
                "",
            )
        )
    barrier = next((s for s in case.steps if isinstance(s, Barrier)), None)
    if barrier is not None and "barrier_fit_m" in metrics.get("barrier", {}):
        found += _barrier_conditions(route, case, barrier, metrics["barrier"], materials)
    if len(names) > 1 and "juncture_miss_m" in metrics[names[1]] and barrier is not None:
        cap = metrics[names[1]]
        slack = case.tolerance * barrier.total_thickness
        found.append(
            Condition(
                route,
                "the second bump covers the barrier",
                bool(cap["covers_barrier"]),
                cap["juncture_miss_m"],
                (0.0, None),
            )
        )
        found.append(
            _within(
                route,
                "the second bump's surface ends at the juncture of barrier top and dielectric top",
                cap["juncture_miss_m"],
                -slack,
                slack,
            )
        )
    return found + _solder_conditions(route, case, materials)


def _barrier_conditions(
    route: str, case: Case, step: Barrier, barrier: dict[str, Any], materials: Materials
) -> list[Condition]:
    thickness = step.total_thickness
    depth = thickness - barrier["barrier_fit_m"]
    slack = case.tolerance
    found = [
        _within(
            route,
            "the barrier's thickness is generally equal to the dome's depth on the wall",
            barrier["barrier_fit_m"],
            -slack * abs(depth),
            slack * abs(depth),
        ),
        _within(
            route,
            "the barrier's top meets the wall flush with the dielectric's top",
            barrier["juncture_offset_m"],
            -slack * thickness,
            slack * thickness,
        ),
    ]
    metal = materials.get(step.material)
    found.append(
        Condition(
            route,
            f"the barrier is a Group VIIIB metal ({step.material})",
            metal.group_viiib,
            None,
            (None, None),
        )
    )
    if step.finish is not None:
        finish = materials.get(step.finish.material)
        found.append(
            Condition(
                route,
                f"the barrier's coating is a noble metal ({step.finish.material})",
                finish.noble,
                None,
                (None, None),
            )
        )
    return found


def _solder_conditions(route: str, case: Case, materials: Materials) -> list[Condition]:
    solders = [materials.get(s.solder) for s in case.steps if isinstance(s, Deposit)]
    if len(solders) < 2:
        return []
    first, second = solders[0], solders[1]
    found = []
    if first.liquidus is not None and second.liquidus is not None:
        gap = first.liquidus.value - second.liquidus.value
        found.append(
            _above(
                route,
                f"the first solder ({first.name}) melts above the second ({second.name}): "
                "difference of their liquidus",
                gap,
                0.0,
                "K",
            )
        )
    high, low = dict(first.composition), dict(second.composition)
    found.append(
        Condition(
            route,
            f"the first solder ({first.name}) contains tin or is high in lead, the second "
            f"({second.name}) contains lead",
            (high.get("Sn", 0.0) > 0.0 or high.get("Pb", 0.0) > 0.5) and low.get("Pb", 0.0) > 0.0,
            None,
            (None, None),
        )
    )
    return found
