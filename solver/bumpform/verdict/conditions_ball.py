"""Conditions of the routes that end in a ball: plated column, stacked masks, core and cap."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from bumpform.case.steps import Coat, Core, Deposit, Mount, Plate, Strip, Substrate
from bumpform.verdict.condition import Condition, Findings, above, fact, within

#: UBM: 1 to 10 um in all.
UBM_WINDOW: Final = (1e-6, 10e-6)
#: A ball is near-spherical when its widest radius is that of the sphere through its contact
#: line and its top, within this fraction.
NEAR_SPHERICAL: Final = 0.05
#: Mass through a route, relative.
BALANCE: Final = 1e-12


def plated_column(found: Findings) -> list[Condition]:
    """A column higher than the polyimide round it; a near-spherical ball above its plane."""
    route = "plated_column"
    # the seed layer is plated too, but is no part of the UBM
    layers = [p for p in found.steps(Plate) if "seed" not in p.name.casefold()]
    total = math.fsum(p.thickness for p in layers)
    metals = "/".join(p.material for p in layers)
    conditions = [
        within(route, f"the UBM ({metals}) is 1 um to 10 um thick in all", total, *UBM_WINDOW)
    ]
    for ball in found.stages("column_protrusion_m")[:1]:
        conditions.append(
            above(
                route,
                "the plated column protrudes above the polyimide before the reflow",
                ball["column_protrusion_m"],
                0.0,
            )
        )
        conditions.append(
            above(
                route,
                "the reflowed ball stands above the polyimide's plane",
                ball["height_above_dielectric_m"],
                0.0,
            )
        )
        sphere = ball.get("sphericity")
        text = "the ball is near-spherical: widest radius against the sphere through edge and top"
        limits = (1.0 - NEAR_SPHERICAL, 1.0 + NEAR_SPHERICAL)
        if sphere is None:
            conditions.append(Condition(route, text, False, None, limits, ""))
        else:
            conditions.append(within(route, text, sphere, *limits, unit=""))
        text = "the ball ends at the polyimide's edge, or has spread from it over the polyimide"
        spread = ball.get("spread_m")
        slack = 1e-9 * ball["ball_diameter_m"]
        holds = spread is not None and spread >= -slack
        conditions.append(Condition(route, text, holds, spread, (0.0, None)))
        if "clearance_m" in ball:
            conditions.append(
                above(route, "the ball is clear of the next one", ball["clearance_m"], 0.0)
            )
    return conditions


def stacked_masks(found: Findings) -> list[Condition]:
    """Every mask's opening larger than the one below; all solder fused to one ball on the UBM."""
    route = "stacked_masks"
    masks = [c for c in found.steps(Coat) if c.opening is not None]
    conditions = []
    for lower, upper in pairwise(masks):
        assert lower.opening is not None
        assert upper.opening is not None
        conditions.append(
            above(
                route,
                f"the opening of {upper.layer} is larger than that of {lower.layer}: "
                "difference of radii",
                upper.opening.radius - lower.opening.radius,
                0.0,
            )
        )
    fused = next(iter(found.stages("fused_bodies")), None)
    if fused is not None:
        solders = " and ".join(dict.fromkeys(d.solder for d in found.steps(Deposit)))
        conditions.append(
            fact(
                route,
                f"the solders ({solders}) melt and fuse to one ball",
                fused["fused_bodies"] > 1 and fused["coverage"] == 1.0,
            )
        )
        metals = {s.pad.material for s in found.steps(Substrate)}
        metals |= {p.material for p in found.steps(Plate)}
        conditions.append(
            fact(
                route,
                f"the ball rests on the UBM ({fused['rests_on']})",
                fused["rests_on"] in metals,
            )
        )
    for name in found.names:
        balance = found.metrics[name].get("mass_balance")
        if balance is not None:
            text = f"{name}: the ball's mass is that of the metal that went into it"
            conditions.append(within(route, text, balance, -BALANCE, BALANCE, unit=""))
    return conditions + _melted_again(route, found)


def _melted_again(route: str, found: Findings) -> list[Condition]:
    """What melts after the masks are stripped is held by the UBM alone."""
    steps = found.case.steps
    strips = [i for i, s in enumerate(steps) if isinstance(s, Strip)]
    later = [s for i, s in enumerate(steps) if strips and i > strips[-1]]
    names = [n for n in found.names if any(getattr(s, "name", "") == n for s in later)]
    if not names or "contact_radius_m" not in found.metrics[names[-1]]:
        return []
    plates = found.steps(Plate)
    radius = plates[-1].radius if plates else found.steps(Substrate)[0].pad.radius
    return [
        within(
            route,
            "melted again without the masks, the ball ends at the UBM's edge: difference of radii",
            found.metrics[names[-1]]["contact_radius_m"] - radius,
            -1e-9 * radius,
            1e-9 * radius,
        )
    ]


def core_and_cap(found: Findings) -> list[Condition]:
    """A cap that covers the core; a core that stays solid and holds the gap."""
    route = "core_and_cap"
    conditions = []
    covered = [name for name in found.names if "coverage" in found.metrics[name]]
    metal = next(iter(found.steps(Core)), None)
    if len(covered) > (0 if metal else 1):
        cap = found.metrics[covered[-1]]
        conditions.append(
            within(
                route, "the cap covers the core: covered part", cap["coverage"], 1.0, 1.0, unit=""
            )
        )
    for step in found.steps(Mount):
        name = metal.material if metal else found.steps(Deposit)[0].solder
        solidus = found.materials.get(name).solidus
        text = f"the core ({name}) stays solid at {step.name}"
        if solidus is not None:
            text += ": solidus above the peak by"
            conditions.append(above(route, text, solidus.value - step.peak_K, 0.0, "K"))
        else:
            conditions.append(fact(route, text, True))
        joint = found.metrics.get(step.name, {})
        if step.name not in found.names or "held_by" not in joint or step.standoff is not None:
            continue
        conditions.append(
            fact(route, "the standoff is held by the core", joint["held_by"] == "core")
        )
        height = metal.diameter if metal else found.metrics[covered[0]]["ball_height_m"]
        conditions.append(
            within(
                route,
                "the standoff is the core's height: difference",
                joint["standoff_m"] - height,
                -1e-9 * height,
                1e-9 * height,
            )
        )
    return conditions
