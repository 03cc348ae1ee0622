"""Conditions of a barrier on a first bump and of a second bump on it: both routes of 000."""

from __future__ import annotations

import math
from typing import Any, Final

from bumpform.findings.bumps import Bumps
from bumpform.findings.condition import (
    Answer,
    claims,
    condition,
    fails,
    holds,
    holds_if,
    judged,
    not_judged,
)
from bumpform.findings.findings import Findings
from bumpform.findings.finished_barrier import FinishedBarrier
from bumpform.metrics.barrier import juncture_miss
from bumpform.quick import replace
from bumpform.stack.borders import AIR
from bumpform.units.measured import Measured
from bumpform.units.units import format_quantity

#: d is 0.01 % … 50 % of the dielectric's thickness.
TERMINUS_WINDOW: Final = (1e-4, 0.5)


@condition(
    "stacked-in-order",
    "The first bump stands on the pad, the barrier on it, the second bump on the barrier.",
    photoimaged_opening=claims("000", 1, 15),
    laminated_abraded=claims("000", 20, 29),
)
def stacked_in_order(found: Findings) -> Answer:
    """Each touches the next in the stage that gives the second bump its shape."""
    bumps = found.bumps
    if absent := bumps.no_barrier() or bumps.no_second_shape():
        return absent
    if bumps.melted_with_second:
        return not_judged(bumps.melted_with_second)
    melting = bumps.second_melting
    assert melting is not None
    borders = found.borders(melting.index)
    first = found.lineage.named(melting.index, bumps.first)
    coating = bumps.coating(melting.index)
    land = found.on_pad(melting.index, found.land(melting.index))
    pairs = (
        ("the first bump does not stand on the pad", land, first),
        ("the barrier does not stand on the first bump", first, coating),
        ("the second bump does not stand on the barrier", coating, (melting.name,)),
    )
    for words, one, other in pairs:
        if not borders.touch(one, other):
            return fails(words, stage=melting.stage_name)
    return holds(stage=melting.stage_name)


@condition(
    "barrier-on-first-bump",
    "The barrier covers all that the first bump exposed.",
    photoimaged_opening=claims("000", 1, 9, 15, 18),
    laminated_abraded=claims("000", 20, 25, 29),
)
def barrier_on_first_bump(found: Findings) -> Answer:
    """Nothing of the bump faces air once the barrier is as solder finds it."""
    bumps = found.bumps
    if absent := bumps.no_barrier():
        return absent
    index = bumps.finished_in
    assert index is not None
    coating = bumps.coating(index)
    if not coating:
        return not_judged("nothing is left of the barrier")
    borders, first = found.borders(index), found.lineage.named(index, bumps.first)
    if not borders.touch(first, AIR):
        return holds_if(borders.touch(first, coating), "it does not lie on it")
    bare = borders.area(first, AIR)
    share = bare / (bare + borders.area(first, coating))
    return holds_if(share <= 1e-9, f"{100.0 * share:.4g} % of the first bump stays bare")


@condition(
    "barrier-separates-bumps",
    "The barrier keeps the two solders apart.",
    photoimaged_opening=claims("000", 1, 15),
    laminated_abraded=claims("000", 20, 29),
)
def barrier_separates_bumps(found: Findings) -> Answer:
    """The bumps touch in no stage from the one that first melts the second."""
    bumps = found.bumps
    if absent := bumps.no_barrier() or bumps.no_second():
        return absent
    melted = [m.index for m in found.lineage.meltings if m.deposits & bumps.second]
    if melted and (again := bumps.melted_within(melted[0] - 1, len(found.history))):
        return not_judged(again)
    stages = [
        m
        for m in found.lineage.meltings
        if m.deposits & bumps.second and (m.solved or (m.enclosed and m.refusal is None))
    ]
    if not stages:
        return bumps.no_second_shape() or not_judged("the second bump is never melted")
    for melting in stages:
        borders = found.borders(melting.index)
        first = found.lineage.named(melting.index, bumps.first)
        if borders.touch(first, melting.name):
            return fails(f"they touch in {melting.stage_name}", stage=melting.stage_name)
    return holds()


@condition(
    "barrier-thickness-matches",
    "The barrier is about as thick as the defined distance.",
    photoimaged_opening=claims("000", 8, 17),
    laminated_abraded=claims("000", 26, 31),
)
def barrier_thickness_matches(found: Findings) -> Answer:
    """abs(t − d) within the tolerance of d, t on the axis when solder is put on the barrier."""
    bumps = found.bumps
    if absent := bumps.no_barrier_between() or _no_depth(bumps):
        return absent
    barrier = bumps.finished
    assert barrier is not None
    assert bumps.depth is not None
    assert bumps.cavity is not None
    thickness, grown = barrier.thickness, barrier.grown.thickness
    if thickness is None:
        return not_judged("nothing is left of the barrier")
    depth = bumps.depth - (bumps.cavity.z_top - barrier.opening.z_top)  # a cut may lower both
    limit = found.tolerance * depth.value
    told: dict[str, Any] = {}
    if not barrier.is_cut:
        told = {"metric": "barrier_fit_m", "stage": "barrier"}
        at_edge = barrier.grown.thickness_at_edge
        if at_edge > grown + limit:
            told["reason"] = f"on the axis; at its edge it is {_length(at_edge)} thick"
    elif thickness.value < grown - thickness.error - 1e-9 * grown:
        through = thickness.value <= thickness.error + 1e-9 * grown
        left = "through" if through else f"to {_length(thickness.value)}"
        told["reason"] = f"grown {_length(grown)} thick, cut {left} on the axis"
    return judged(thickness - depth, -limit, limit, scale=depth.value, **told)


def _length(value: float) -> str:
    return format_quantity(value, "length", 4)


def _no_depth(bumps: Bumps) -> Answer | None:
    if absent := (None if bumps.plane is not None else bumps.no_first()) or bumps.no_cavity():
        return absent
    if bumps.depth is None:
        return bumps.no_depth()
    if not bumps.depth.value > bumps.depth.error:
        return not_judged(
            "the first bump has no defined distance below the dielectric's top: it ends at "
            "the top or above it"
        )
    if bumps.plane is None and not bumps.ends_on_wall:
        return not_judged("the dome does not end on the wall")
    return None


@condition(
    "barrier-flush",
    "The barrier's top surface ends at the dielectric's top.",
    photoimaged_opening=claims("000", 10, 18),
    laminated_abraded=claims("000", 32),
)
def barrier_flush(found: Findings) -> Answer:
    """The edge of its top lies within the tolerance of t from the rim, and d > 0.

    Of a cut barrier t is the most that is left. Not judged of a barrier whose top lies in several
    parts, with an edge each.
    """
    bumps = found.bumps
    if absent := bumps.no_barrier_between() or bumps.no_cavity():
        return absent
    barrier = bumps.finished
    assert barrier is not None
    if not barrier.coating:
        return not_judged("nothing is left of the barrier")
    cavity, thickness = barrier.opening, barrier.nominal_thickness
    gap = math.dist(barrier.juncture, (cavity.rim_r, cavity.z_top))
    told: dict[str, Any] = {}
    if not barrier.is_cut:
        told = {"metric": "edge_to_rim_m", "stage": "barrier"}
    limit = found.tolerance * thickness
    value = Measured(gap, barrier.grown.juncture_error)
    if bumps.depth is not None and not bumps.depth.value > bumps.depth.error:
        return fails("the first bump ends at the dielectric's top or above it", stage="barrier")
    if not barrier.stack.borders.touch(barrier.coating, cavity.layer):
        return fails("it stands clear of the wall", stage="barrier")
    if absent := _no_one_edge(barrier):
        return absent
    as_grown = "as grown: the dielectric's top was lowered later" if bumps.is_lowered else ""
    flush = judged(value, None, limit, scale=thickness, **told)
    if flush.verdict == "holds" and bumps.depth is None:
        return bumps.no_depth()
    return replace(flush, reason=as_grown)


def _no_one_edge(barrier: FinishedBarrier) -> Answer | None:
    """Not judged, where a barrier's top lies in several parts, each with an edge."""
    if barrier.parts < 2:
        return None
    return not_judged(f"the barrier's top lies in {barrier.parts} parts, each with its own edge")


@condition(
    "second-covers-barrier",
    "The second bump covers the barrier.",
    photoimaged_opening=claims("000", 10, 18),
    laminated_abraded=claims("000", 32),
)
def second_covers_barrier(found: Findings) -> Answer:
    """Nothing of the barrier's top faces air, and the liquid is closed on the axis."""
    bumps = found.bumps
    if absent := bumps.no_barrier_between() or bumps.no_second_alone():
        return absent
    melting = bumps.second_melting
    assert melting is not None
    assert melting.stage.shape is not None
    coating = bumps.coating(melting.index)
    borders = found.borders(melting.index)
    if not coating:
        return not_judged("nothing is left of the barrier")
    if "apex_z_m" not in melting.stage.shape.values:
        return fails("it is open on the axis", stage=melting.stage_name)
    top = bumps.is_barrier_top(melting.index)
    share = borders.share(coating, melting.name, of=top)
    if not any(map(top, borders.between(coating, AIR))):
        share = 1.0  # none is bare, whatever else may lie on it
    words = "" if share >= 1.0 - 1e-9 else f"{100.0 * (1.0 - share):.3g} % of it stays bare"
    told = judged(share, 1.0, scale=1.0, unit="", stage=melting.stage_name)
    return replace(told, reason=words)


@condition(
    "second-ends-at-juncture",
    "The second bump's surface ends where barrier top and dielectric top meet.",
    photoimaged_opening=claims("000", 10, 18),
    laminated_abraded=claims("000", 32),
)
def second_ends_at_juncture(found: Findings) -> Answer:
    """Its contact line is within the tolerance of t from the juncture, along the solid.

    Of a cut barrier t is the most that is left. Not judged of a barrier whose top lies in several
    parts, with an edge each.
    """
    bumps = found.bumps
    if absent := bumps.no_barrier_between() or bumps.no_second_alone() or bumps.no_cavity():
        return absent
    barrier = bumps.finished
    assert barrier is not None
    if absent := _no_one_edge(barrier):
        return absent
    if not bumps.meets_top and barrier_flush(found).verdict != "holds":
        return not_judged("the barrier's top does not meet the dielectric's top")
    if bumps.is_lowered:
        return not_judged("the dielectric's top was lowered after the barrier was grown")
    melting = bumps.second_melting
    assert melting is not None
    if not bumps.coating(melting.index):
        return not_judged("nothing is left of the barrier")
    assert melting.stage.shape is not None
    miss = juncture_miss(barrier.juncture, barrier.grown.juncture_error, melting.stage.shape)
    metric = melting.metric("juncture_miss_m")
    if miss is None:
        return not_judged("the barrier's edge no longer shows: cut off or covered since")
    limit = found.tolerance * barrier.nominal_thickness
    return judged(
        miss,
        -limit,
        limit,
        scale=limit,
        metric=metric,
        stage=melting.stage_name,
    )


@condition(
    "second-covers-first",
    "The second bump covers the first.",
    photoimaged_opening=("001 figure 6",),
)
def second_covers_first(found: Findings) -> Answer:
    """Without a barrier: nothing of the first bump faces air."""
    bumps = found.bumps
    if bumps.barrier_step is not None and not bumps.is_barrier_late:
        return not_judged("there is a barrier between them")
    if absent := bumps.no_first() or bumps.no_second_shape():
        return absent
    if bumps.melted_with_second:
        return not_judged(bumps.melted_with_second)
    melting = bumps.second_melting
    assert melting is not None
    borders = found.borders(melting.index)
    first = found.lineage.named(melting.index, bumps.first)
    if not first:
        return not_judged("nothing is left of the first bump")
    bare, covered = borders.area(first, AIR), borders.area(first, melting.name)
    share = covered / (bare + covered) if bare + covered > 0.0 else 0.0
    metric, stage = melting.metric("coverage"), melting.stage_name
    return judged(share, 1.0, None, scale=1.0, unit="", metric=metric, stage=stage)


@condition(
    "defined-distance-window",
    "The defined distance is 0.01 % to 50 % of the dielectric's thickness.",
    photoimaged_opening=claims("000", 35),
    laminated_abraded=claims("000", 36),
)
def defined_distance_window(found: Findings) -> Answer:
    """The share d / h is 0.0001 to 0.5, h that of the wall when the barrier is laid."""
    bumps = found.bumps
    if bumps.plane is not None:
        if absent := bumps.no_cavity():
            return absent
        if bumps.depth is None:
            return not_judged("the first bump was abraded after it froze")
        if not bumps.depth.value > bumps.depth.error:
            return not_judged("the plane is not below the top")
    elif absent := bumps.no_first() or bumps.no_cavity():
        return absent
    elif absent := _no_depth(bumps):
        without = bumps.depth is None
        return absent if without else not_judged("the dome does not end on the wall")
    assert bumps.cavity is not None
    assert bumps.depth is not None
    if not bumps.cavity.wall > 0.0:
        return not_judged("nothing is left of the opening's wall")
    metric = "plane_fraction"
    if bumps.plane is None and bumps.first_melting is not None:
        metric = bumps.first_melting.metric("terminus_fraction")
    share = bumps.depth / bumps.cavity.wall
    return judged(share, *TERMINUS_WINDOW, scale=1.0, unit="", metric=metric)
