"""Conditions of a first bump that is coated and abraded: 000, laminated."""

from __future__ import annotations

from collections.abc import Iterable

from bumpform.findings.bumps import Bumps
from bumpform.findings.condition import (
    Answer,
    claims,
    condition,
    fails,
    holds_if,
    judged,
    not_judged,
)
from bumpform.findings.findings import Findings
from bumpform.stack.borders import AIR
from bumpform.steps.kinds import Abrade, Coat


@condition(
    "abrading-exposes-bump",
    "Abrading exposes the first bump.",
    laminated_abraded=claims("000", 20),
)
def abrading_exposes_bump(found: Findings) -> Answer:
    """The bump was covered before it is first abraded, and shows after it was last."""
    bumps = found.bumps
    steps = _abrades(bumps)
    if not steps:
        done = "nothing is abraded after the first bump froze and was coated"
        return not_judged(f"{done}{bumps.in_time}")
    before = steps[0] - 1
    if found.borders(before).touch(found.lineage.named(before, bumps.first), AIR):
        return not_judged("the bump was not covered before it was abraded")
    return holds_if(_shown(found, bumps, steps[-1]), "it is still covered")


def _abrades(bumps: Bumps) -> list[int]:
    """Steps that abrade the first bump, or the coat over or round it, before it is built on."""
    coats = [i for i, s in bumps.found.steps(Coat) if s.layer == bumps.dielectric]
    if bumps.first_melting is None or not coats or bumps.dielectric is None:
        return []
    start, worn = max(coats[0], bumps.first_melting.index), bumps.abraded(bumps.dielectric)
    steps = (i for i, _ in bumps.found.steps(Abrade) if start < i < bumps.built_on)
    return [i for i in steps if i in worn or bumps.is_cut(i)]


def _shown(found: Findings, bumps: Bumps, index: int) -> bool:
    names = found.lineage.named(index, bumps.first)
    return found.borders(index).touch(names, AIR)


def _heights(found: Findings, index: int, names: Iterable[str]) -> list[float]:
    """Heights of what shows of some regions after a step, m, sampled along it."""
    regions = set(names)
    return [
        float(z)
        for b in found.borders(index).all
        if AIR in b.sides and regions & set(b.sides)
        for z in b.edge.sample(16)[:, 1]
    ]


@condition(
    "inside-shows-as-plane",
    "The first bump's inside shows as a plane.",
    laminated_abraded=claims("000", 22, 23, 29),
)
def inside_shows_as_plane(found: Findings) -> Answer:
    """All that shows of the bump lies at one height, below its apex as it froze."""
    bumps = found.bumps
    if absent := bumps.no_first():
        return absent
    steps = _abrades(bumps)
    if not steps or not _shown(found, bumps, steps[-1]):
        return not_judged(f"abrading has exposed nothing of the first bump{bumps.in_time}")
    heights = _heights(found, steps[-1], found.lineage.named(steps[-1], bumps.first))
    assert bumps.first_melting is not None
    assert bumps.first_melting.stage.shape is not None
    apex = bumps.first_melting.stage.shape.values["top_z_m"]
    slack = 1e-9 * abs(apex)
    if max(heights) - min(heights) > slack:
        return fails("what shows of it is not level")
    return holds_if(max(heights) < apex - slack, "the plane lies at its apex: nothing is cut off")


@condition(
    "plane-below-top",
    "The plane lies below the dielectric's top.",
    laminated_abraded=claims("000", 24, 30),
)
def plane_below_top(found: Findings) -> Answer:
    """z_top − z_plane > 0."""
    bumps = found.bumps
    if absent := _no_plane(bumps) or bumps.no_cavity():
        return absent
    assert bumps.cavity is not None
    assert bumps.depth is not None
    scale = bumps.cavity.thickness
    return judged(bumps.depth, 0.0, strict=True, scale=scale, metric="plane_depth_m")


def _no_plane(bumps: Bumps) -> Answer | None:
    return bumps.no_plane() if bumps.plane is None else None


@condition(
    "barrier-top-aligned",
    "The barrier's top surface is level with the dielectric's top.",
    laminated_abraded=claims("000", 33),
)
def barrier_top_aligned(found: Findings) -> Answer:
    """No place of the barrier's top is further from z_top than the tolerance of its thickness."""
    bumps = found.bumps
    if absent := bumps.no_barrier_between() or _no_plane(bumps) or bumps.no_cavity():
        return absent
    barrier = bumps.finished
    assert barrier is not None
    if not barrier.coating:
        return not_judged("nothing is left of the barrier")
    thickness = barrier.nominal_thickness
    heights = _heights(found, barrier.index, barrier.coating)
    off = max((z - barrier.opening.z_top for z in heights), key=abs, default=0.0)
    limit = found.tolerance * thickness
    return judged(off, -limit, limit, scale=thickness)
