"""Conditions of stacked masks and of the ball that fuses in them."""

from __future__ import annotations

import math
from itertools import pairwise

from .answer import FAILS, Answer, above, both, unjudged, worst, yes
from .bumps import _some

ONE_MASK = unjudged("one mask")


def mask_material(seen):
    if not seen.masks:
        return unjudged("no mask")
    material = seen.masks[0][0].step.material
    kind = seen.library.get(material).kind
    if kind in ("photoresist", "dry film") or seen.library.canonical(material) in (
        "photoresist", "dry film",
    ):  # fmt: skip
        return yes(True)
    return yes(False, f"{material} is {kind}") if kind else unjudged("kind unknown")


def pre_solder_body(seen):
    if not seen.masks:
        return unjudged("no mask")
    if seen.fp is None:
        return unjudged("one reflow only")
    if not seen.fp.solved:
        return unjudged("refused")
    first = seen.masks[0][2]
    body = seen.body(seen.fp, first)
    if not set(first) & seen.fp.melted:
        return yes(False)
    return _some(seen, seen.fp.picture.area(body, seen.land))


def _pairs(seen):
    return list(pairwise(seen.masks))


def upper_mask_on_lower(seen):
    if len(seen.masks) < 2:
        return ONE_MASK
    answers = []
    for (_, low, _), (frame, high, _) in _pairs(seen):
        if low not in frame.picture:
            answers.append(yes(False, f"{low} is gone").of(high))
            continue
        answers.append(_some(seen, frame.picture.area(low, high)).of(high))
    return worst(answers)


def upper_opening_larger(seen):
    if len(seen.masks) < 2:
        return ONE_MASK
    answers = []
    for (_, low, _), (frame, high, _) in _pairs(seen):
        there = [f for f in seen.frames if low in f.picture and f.index <= frame.index]
        lower, upper = there[-1].picture[low].points, frame.picture[high].points
        top = lower[lower[:, 1] > lower[:, 1].max() - seen.tol, 0].min()
        meets = upper[abs(upper[:, 1] - lower[:, 1].max()) < seen.tol]
        foot = meets[:, 0].min() if len(meets) else _foot(upper)
        answers.append(above(float(foot), float(top), 1e-8 * seen.size).of(high))
    return worst(answers)


def _foot(points):
    """Radius of an opening at its wall's foot."""
    top = points[:, 1].max()
    inner = points[:, 0].min()
    wall = points[points[:, 0] < inner + 0.5 * (points[:, 0].max() - inner)]
    return float(wall[wall[:, 1] < top].min(axis=0)[0]) if len(wall) else float(inner)


def openings_aligned(seen):
    return ONE_MASK if len(seen.masks) < 2 else yes(True, "by construction")


def _solders(seen):
    return frozenset(d for _, _, deposits in seen.masks for d in deposits)


def bodies_fuse(seen):
    solders = _solders(seen)
    if len(solders) < 2 or len(seen.masks) < 2:
        return unjudged("one deposit")
    if seen.ff is None:
        return unjudged("it never melts")
    if not seen.ff.solved:
        return unjudged("refused")
    frame = seen.ff
    left = solders - frame.melted
    if left:
        return yes(False, f"deposits {sorted(left)} stay solid")
    homes = seen.body(frame, solders)
    if len(homes) != 1:
        return yes(False, f"{len(homes)} bodies")
    body = frame.picture[homes[0]]
    _, closed = frame.picture.surface(homes[0])
    metal = _metal(seen, frame, homes[0])
    cut = any(f.index < frame.index and f.cuts(solders) for f in seen.abrades_all)
    whole = body.volume <= (1.0 + 1e-4) * metal if cut else math.isclose(
        body.volume, metal, rel_tol=1e-4
    )  # fmt: skip
    return both(yes(closed, "open on the axis"), yes(whole, f"{body.volume:.6g}, {metal:.6g} m3"))


def _metal(seen, frame, name):
    """Metal of all deposits in a body, as the picture has it: liquid at the peak, or shrunk, m³."""
    total = 0.0
    for deposit in frame.holds[name]:
        step, made = seen.at(deposit).step, seen.at(deposit)
        (fresh,) = made.region({deposit})
        volume = step.metal_volume
        if volume is None:
            volume = made.picture[fresh].volume * _share(seen, step)
        # a deposit's volume is that of its solid metal, or of its liquid when it first melts
        first = next(f for f in seen.frames if f.solved and deposit in f.melted)
        put_down, here = (
            seen.library.liquid(step.solder, f.step.peak_K).density for f in (first, frame)
        )
        if seen.case.amounts == "solid" or step.is_by_weight:
            put_down = seen.library.solid_density(step.solder)
        if seen.case.freezing == "shrinks":
            here = seen.library.solid_density(step.solder)
        total += volume * put_down / here
    return total


def _share(seen, step):
    """Metal of a paste, by volume."""
    paste = step.fill or step.stencil
    if paste.metal_weight_fraction is None:
        return paste.metal_fraction
    metal = paste.metal_weight_fraction / seen.library.solid_density(step.solder)
    flux = (1.0 - paste.metal_weight_fraction) / paste.flux_density
    return metal / (metal + flux)


def ball_on_ubm(seen):
    if seen.ff is None:
        return unjudged("it never melts" if seen.masks else "no mask")
    if not seen.ff.solved:
        return unjudged("refused")
    solders = _solders(seen)
    ball = [n for n in seen.ff.liquids if seen.ff.holds[n] & solders]
    if not ball:
        return unjudged("it stays solid, or keeps its shape where it is enclosed")
    if seen.fused_in is None:
        return unjudged("no ball")
    answers = [_some(seen, seen.ff.picture.area(ball, seen.land))]
    masks = [name for _, name, _ in seen.masks]
    free = [  # a joint, melted again, is no ball
        f for f in seen.frames_before(seen.first_mount)
        if f.solved and any(f.holds[n] & solders for n in f.liquids)  # not enclosed
        and f.index >= seen.ff.index and f.step.do == "reflow"
        and not any(n in f.picture for n in masks)
    ]  # fmt: skip
    if not free:
        return answers[0]
    frame = free[-1]
    body = next(n for n in frame.liquids if frame.holds[n] & solders)
    chain, _ = frame.picture.surface(body)
    met = [n for n in seen.land if frame.picture.area(body, n) > 0.0]
    if not met:
        return Answer(FAILS, "off the land")
    radius = frame.picture[met[-1]].widest  # the topmost is the UBM
    return both(*answers, above(radius, float(chain[0, 0]), 1e-8 * seen.size, or_equal=True))
