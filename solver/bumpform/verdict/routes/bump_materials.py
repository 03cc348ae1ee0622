"""Conditions on what two bumps and the barrier between them are made of: 000."""

from __future__ import annotations

from typing import Final

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
from bumpform.findings.findings import MAINLY, Findings

#: Least mass fraction of an element that a solder "comprises"; the same between two compositions
#: makes them differ: below any alloy's specification.
COMPRISES: Final = 1e-3
#: Kinds of materials of the library that are no metals.
NO_METAL: Final = frozenset({"dielectric", "photoresist", "dry film", "semiconductor"})
#: The CAS columns VIIIB, and the noble metals: gold, silver and the platinum metals.
VIIIB: Final = frozenset({"Fe", "Ru", "Os", "Co", "Rh", "Ir", "Ni", "Pd", "Pt"})
NOBLE: Final = frozenset({"Au", "Ag", "Pt", "Pd", "Rh", "Ru", "Ir", "Os"})


@condition(
    "different-compositions",
    "The two bumps differ in composition.",
    photoimaged_opening=claims("000", 2),
    laminated_abraded=claims("000", 20),
)
def different_compositions(found: Findings) -> Answer:
    """Some element's mass fraction differs by more than 0.001."""
    bumps = found.bumps
    if absent := _no_two(bumps):
        return absent
    one, other = bumps.compositions
    apart = max(abs(one.get(e, 0.0) - other.get(e, 0.0)) for e in {*one, *other})
    return judged(apart, COMPRISES, strict=True, unit="")


def _no_two(bumps: Bumps) -> Answer | None:
    return bumps.no_first_bump() or bumps.no_second()


@condition(
    "tin-first-lead-second",
    "The first bump comprises tin, the second lead.",
    photoimaged_opening=claims("000", 11, 19),
    laminated_abraded=claims("000", 27, 34),
)
def tin_first_lead_second(found: Findings) -> Answer:
    """By mass fractions of at least 0.001."""
    bumps = found.bumps
    if absent := _no_two(bumps):
        return absent
    first, second = bumps.compositions
    if first.get("Sn", 0.0) < COMPRISES:
        return fails("the first bump has no tin")
    return holds_if(second.get("Pb", 0.0) >= COMPRISES, "the second bump has no lead")


@condition(
    "barrier-group-viiib",
    "The barrier is a Group VIIIB metal.",
    photoimaged_opening=claims("000", 11, 19),
    laminated_abraded=claims("000", 27, 34),
)
def barrier_group_viiib(found: Findings) -> Answer:
    """Fe Ru Os Co Rh Ir Ni Pd Pt, or at least half of them by mass."""
    bumps = found.bumps
    if absent := bumps.no_barrier():
        return absent
    assert bumps.grown is not None
    material = bumps.grown.step.material
    return _is_one(found, material, found.materials.get(material).group_viiib, VIIIB)


def _is_one(found: Findings, material: str, marked: bool, elements: frozenset[str]) -> Answer:
    """Whether a material is marked as one of some metals, or is of them by half of its mass."""
    if marked:
        return holds()
    kind = found.materials.get(material).kind
    share = 0.0 if kind in NO_METAL else found.share_of(material, elements)
    if share is None:
        return not_judged(f"the composition of {material} is not in the library")
    return holds_if(share >= MAINLY, f"{material} is none")


@condition(
    "barrier-noble-coating",
    "The barrier's coating is a noble metal.",
    photoimaged_opening=claims("000", 12, 19),
    laminated_abraded=claims("000", 27, 34),
)
def barrier_noble_coating(found: Findings) -> Answer:
    """Gold, silver or a platinum metal, and not the barrier's own.

    One that was cut off before solder is put on it is none.
    """
    bumps = found.bumps
    if absent := bumps.no_barrier():
        return absent
    assert bumps.grown is not None
    step = bumps.grown.step
    if step.finish is None:
        return not_judged("the barrier has no coating")
    material = step.finish.material
    if found.materials.canonical(material) == found.materials.canonical(step.material):
        return fails(f"{material} is the barrier's own metal")
    index = bumps.finished_in
    assert index is not None
    left = found.state(index).stack
    if material not in {left.region(name).material for name in bumps.coating(index)}:
        return not_judged("the barrier's coating was cut off before solder was put on it")
    return _is_one(found, material, found.materials.get(material).noble, NOBLE)
