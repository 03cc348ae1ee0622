"""Conditions of solder fused from the openings of stacked masks: 004."""

from __future__ import annotations

from itertools import pairwise

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
from bumpform.steps.kinds import Deposit
from bumpform.units.units import format_quantity


@condition(
    "mask-material",
    "The first mask is a photoresist or a dry film.",
    stacked_masks=claims("004", 7, 8),
)
def mask_material(found: Findings) -> Answer:
    """By the kind of its material in the library."""
    masks = found.masks
    if absent := masks.no_masks():
        return absent
    material = found.materials.get(masks.masks[0].step.material)
    return holds_if(material.is_resist, f"{material.name} is a {material.kind}")


@condition(
    "pre-solder-body",
    "The first reflow melts the first solder to a body on the UBM.",
    stacked_masks=claims("004", 1, 16),
)
def pre_solder_body(found: Findings) -> Answer:
    """Before the second solder is put down."""
    masks = found.masks
    if absent := masks.no_masks():
        return absent
    if len(masks.masks) < 2:
        return _one_mask(found)
    melting = masks.first_melting
    if melting is None:
        return not_judged("one reflow only (claim 15): the first solder is not melted alone")
    if not melting.solved:
        return not_judged(melting.refused)
    so = found.borders(melting.index).touch(melting.name, found.land(melting.index))
    return holds_if(so, "it does not touch the UBM", stage=melting.stage_name)


def _pairs(found: Findings) -> list[tuple[int, int]] | Answer:
    masks = found.masks
    if absent := masks.no_masks():
        return absent
    count = len(masks.masks)
    return list(pairwise(range(count))) if count > 1 else _one_mask(found)


def _one_mask(found: Findings) -> Answer:
    return found.missing(
        lambda s: isinstance(s, Deposit), "there is one mask only with solder in its opening"
    )


@condition(
    "upper-mask-on-lower",
    "Each further mask lies on the mask below.",
    stacked_masks=claims("004", 1, 15, 20),
)
def upper_mask_on_lower(found: Findings) -> list[Answer]:
    """They touch while both stand."""
    pairs = _pairs(found)
    if isinstance(pairs, Answer):
        return [pairs]
    answers = []
    for k, n in pairs:
        lower, upper = found.masks.masks[k], found.masks.masks[n]
        so = found.borders(upper.index).touch(lower.step.layer, upper.step.layer)
        about = f"{upper.step.layer} on {lower.step.layer}"
        answers.append(holds_if(so, "they do not touch", about=about))
    return answers


@condition(
    "upper-opening-larger",
    "Each further opening is larger than the one below.",
    stacked_masks=claims("004", 1, 15, 20),
)
def upper_opening_larger(found: Findings) -> list[Answer]:
    """Its radius at its bottom, and that of the one below at its top."""
    pairs = _pairs(found)
    if isinstance(pairs, Answer):
        return [pairs]
    answers = []
    for k, n in pairs:
        lower, upper = found.masks.masks[k], found.masks.masks[n]
        assert upper.step.opening is not None
        below = found.masks.rim(lower, upper.index)
        about = f"{upper.step.layer} over {lower.step.layer}"
        difference = upper.step.opening.radius - below
        answers.append(judged(difference, 0.0, strict=True, scale=below, about=about))
    return answers


@condition("openings-aligned", "The openings are aligned.", stacked_masks=claims("004", 1, 15, 20))
def openings_aligned(found: Findings) -> Answer:
    """The model has one axis."""
    pairs = _pairs(found)
    return pairs if isinstance(pairs, Answer) else holds("by construction: all have one axis")


@condition(
    "bodies-fuse",
    "The pre-solder body and the solder above melt and fuse into one ball.",
    stacked_masks=claims("004", 1, 15, 20),
)
def bodies_fuse(found: Findings) -> Answer:
    """All solder put into openings is one liquid, closed on the axis.

    In the first stage that melts it to one; in the last one before a mount, where none does.
    """
    masks = found.masks
    if absent := masks.no_fusing():
        return absent
    if len(masks.masks) < 2:
        only = "solder is put into one opening only"
        return found.missing(lambda s: isinstance(s, Deposit), only)
    stage = masks.fusing[0].stage_name
    molten = frozenset(d for m in masks.fusing for d in m.deposits)
    solid = masks.deposits - molten
    if solid:
        name = found.solders(solid)[0]
        liquidus = found.materials.get(name).liquidus
        words = f"{name} stays solid"
        if liquidus is not None:
            at = format_quantity(liquidus.value, "temperature", 6)
            peak = format_quantity(masks.fusing[0].peak, "temperature", 6)
            words += f": it melts at {at}, the peak is {peak}"
        return fails(words, stage=stage)
    whole = masks.fused
    if whole is None:
        return fails("they melt, but do not touch", stage=stage)
    if whole.enclosed:
        return fails(f"{whole.name} is enclosed, and keeps its shape", stage=stage)
    assert whole.stage.shape is not None
    closed = "apex_z_m" in whole.stage.shape.values
    return holds_if(closed, "the liquid is open on the axis", stage=stage)


@condition("ball-on-ubm", "The ball stands on the UBM.", stacked_masks=claims("004", 1, 15))
def ball_on_ubm(found: Findings) -> Answer:
    """It touches it as it fuses; melted without the masks, it ends on it or at its edge."""
    masks = found.masks
    if absent := masks.no_fusing():
        return absent
    own = [m for m in masks.fusing if m.deposits & masks.deposits]
    balls = [m.name for m in own if not m.enclosed]
    if not balls:
        where = f"is enclosed in {own[0].stage_name}, and keeps its shape" if own else "stays solid"
        return not_judged(f"the solder {where}")
    if masks.fused is None:
        return not_judged("there is no ball: the solders do not fuse into one")
    melting = own[0]
    if not found.borders(melting.index).touch(balls, found.land(melting.index)):
        return fails("it does not touch it", stage=melting.stage_name)
    layers = [m.step.layer for m in masks.masks]  # stripped, or abraded
    bare = (
        m
        for m in found.lineage.meltings[::-1]
        if m.solved and melting.index <= m.index <= found.end and m.deposits & masks.deposits
        if not found.standing(layers, m.index)
    )
    if (last := next(bare, None)) is None:
        return holds("it is not melted without the masks", stage=melting.stage_name)
    assert last.stage.shape is not None
    radius = found.top_metal(last.index).widest
    reach = last.stage.shape.measured["outer.r_m"]
    return judged(
        reach - radius,
        None,
        0.0,
        scale=radius,
        metric="",
        stage=last.stage_name,
    )
