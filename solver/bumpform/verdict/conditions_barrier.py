"""Conditions of the routes with a barrier: photoimaged opening, laminated and abraded."""

from __future__ import annotations

from typing import Any, Final

from bumpform.case.steps import Barrier, Deposit
from bumpform.verdict.condition import Condition, Findings, above, fact, within

#: d is 0.01 % … 50 % of the dielectric's thickness.
TERMINUS_WINDOW: Final = (1e-4, 0.5)


def photoimaged_opening(found: Findings) -> list[Condition]:
    """A dome that protrudes yet ends on the wall; a flush barrier; a second bump that covers it."""
    route = "photoimaged_opening"
    if not found.names or "protrusion_m" not in found.metrics[found.names[0]]:
        return []
    dome = found.metrics[found.names[0]]
    conditions = [
        above(
            route,
            "the first bump's dome protrudes above the dielectric's top",
            dome["protrusion_m"],
            0.0,
        )
    ]
    if "terminus_fraction" in dome:
        conditions.append(
            within(
                route,
                "the dome ends on the opening's wall, at 0.01 % to 50 % of the dielectric's "
                "thickness below its top",
                dome["terminus_fraction"],
                *TERMINUS_WINDOW,
                unit="",
            )
        )
    else:
        conditions.append(
            Condition(
                route,
                "the dome ends on the opening's wall, below the dielectric's top",
                False,
                None,
                TERMINUS_WINDOW,
                "",
            )
        )
    return [
        *conditions,
        *_barrier(route, found, "the dome's depth on the wall", "meets the wall flush with"),
        *_second_bump(route, found),
        *_solders(route, found),
    ]


def laminated_abraded(found: Findings) -> list[Condition]:
    """A plane below the dielectric's top; a barrier aligned with it; a second bump on that."""
    route = "laminated_abraded"
    planes = found.stages("plane_depth_m")
    conditions = []
    if planes:
        plane = planes[0]
        conditions.append(
            above(
                route,
                "the bump's internal planar surface lies below the dielectric's top",
                plane["plane_depth_m"],
                0.0,
            )
        )
        conditions.append(
            within(
                route,
                "its depth is 0.01 % to 50 % of the dielectric's thickness",
                plane["plane_fraction"],
                *TERMINUS_WINDOW,
                unit="",
            )
        )
    return [
        *conditions,
        *_barrier(route, found, "the plane's depth", "is aligned with"),
        *_second_bump(route, found),
        *_solders(route, found),
    ]


def _barrier(route: str, found: Findings, depth_of: str, top_lies: str) -> list[Condition]:
    step = next(iter(found.steps(Barrier)), None)
    barrier = found.metrics.get("barrier", {})
    if step is None or "barrier_fit_m" not in barrier:
        return []
    thickness = step.total_thickness
    depth = thickness - barrier["barrier_fit_m"]
    slack = found.case.tolerance
    conditions = [
        within(
            route,
            f"the barrier's thickness is generally equal to {depth_of}",
            barrier["barrier_fit_m"],
            -slack * abs(depth),
            slack * abs(depth),
        ),
        within(
            route,
            f"the barrier's top {top_lies} the dielectric's top",
            barrier["juncture_offset_m"],
            -slack * thickness,
            slack * thickness,
        ),
        fact(
            route,
            f"the barrier is a Group VIIIB metal ({step.material})",
            found.materials.get(step.material).group_viiib,
        ),
    ]
    if step.finish is not None:
        finish = found.materials.get(step.finish.material)
        conditions.append(
            fact(route, f"the barrier's coating is a noble metal ({finish.name})", finish.noble)
        )
    return conditions


def _second_bump(route: str, found: Findings) -> list[Condition]:
    """On the barrier, or without one straight on the first bump."""
    if len(found.names) < 2:
        return []
    bump: dict[str, Any] = found.metrics[found.names[1]]
    step = next(iter(found.steps(Barrier)), None)
    if step is None:
        if "coverage" not in bump:
            return []
        return [
            within(route, "the second bump covers the first", bump["coverage"], 1.0, 1.0, unit="")
        ]
    if "juncture_miss_m" not in bump:
        return []
    slack = found.case.tolerance * step.total_thickness
    miss = bump["juncture_miss_m"]
    return [
        Condition(
            route,
            "the second bump covers the barrier",
            bool(bump["covers_barrier"]),
            miss,
            (0.0, None),
        ),
        within(
            route,
            "the second bump's surface ends at the juncture of barrier top and dielectric top",
            miss,
            -slack,
            slack,
        ),
    ]


def _solders(route: str, found: Findings) -> list[Condition]:
    solders = [found.materials.get(s.solder) for s in found.steps(Deposit)]
    if len(solders) < 2:
        return []
    first, second = solders[0], solders[1]
    conditions = []
    if first.liquidus is not None and second.liquidus is not None:
        gap = first.liquidus.value - second.liquidus.value
        conditions.append(
            above(
                route,
                f"the first solder ({first.name}) melts above the second ({second.name}): "
                "difference of their liquidus",
                gap,
                0.0,
                "K",
            )
        )
    high, low = dict(first.composition), dict(second.composition)
    conditions.append(
        fact(
            route,
            f"the first solder ({first.name}) contains tin or is high in lead, the second "
            f"({second.name}) contains lead",
            (high.get("Sn", 0.0) > 0.0 or high.get("Pb", 0.0) > 0.5) and low.get("Pb", 0.0) > 0.0,
        )
    )
    return conditions
