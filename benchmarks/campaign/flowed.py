"""A refusal's reason beside where a gradient flow of the curve goes: `flowing`."""

from __future__ import annotations

import math

from flowing import End, Meeting, drop_end, joint_end
from record import Moment

from bumpform.case.case import Case
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, Refusal

#: Ends of a flow that are what a reason says.
SAYS = {
    "off_model": ("edge",),
    "dewets": ("closes", "parts"),
    "penetration": ("splits",),
    "no_equilibrium": ("splits", "parts", "falls", "closes"),
    "no_joint": ("parts", "closes"),
    "unfilled_corner": ("corner",),
}
#: What is said of liquid that falls or spreads, whichever comes first.
UNFOLLOWED = "which of both comes first is not followed"
#: What is said of liquid that parts on what it covers, and the flow's word for that.
PARTS, OPENS = "it would part there", "opens"
#: What is said of liquid that has gone over to one body before a package that is pulled comes down.
GOES_OVER = "and parts there again"
#: How far apart the same height may be by both methods, relative.
SAME = 0.01
#: Radius of a ring that is none, and height by which one is met first that does not join, relative.
RING = 1e-3


def flowed(case: Case, moment: Moment) -> tuple[str, str]:
    """What the flow says of a refusal: verdict and words, as `refusals.confirm`."""
    stage, liquid = moment.stage, refused(moment)
    if liquid is stage and isinstance(stage, Mounted) and stage.gap is None:
        return _joint(case, moment)
    verdict, words = _said(stage.refusal, drop_end(case, moment, liquid))
    if verdict == "missed" and UNFOLLOWED in stage.refusal.detail:
        return "open", f"{words}: it spreads before it falls, in that flow"
    return verdict, words


def refused(moment: Moment) -> Liquid | Mounted:
    """The liquid that a stage is refused for: a further one's words begin with its name."""
    stage = moment.stage
    words = stage.refusal.detail
    return next((b for b in stage.bodies if words.startswith(_start(b.melted))), stage)


def _start(names: tuple[str, ...]) -> str:
    return f"{names[0]}: " if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}: "


def _said(refusal: Refusal, end: End) -> tuple[str, str]:
    reason, detail = refusal.reason, refusal.detail
    words = f"the flow {end.kind}: {end.words}" if end.words else f"the flow {end.kind}"
    if reason == "penetration" and PARTS in detail and OPENS in end.words:
        return "confirmed", f"{words}: what lets go there is left out, in that flow"
    left = reason == "unfilled_corner" and "corner" in end.words and end.kind != "rests"
    if end.kind in SAYS.get(reason, ()) or left:
        return "confirmed", words
    return ("missed" if end.kind == "rests" else "open"), words


def _joint(case: Case, moment: Moment) -> tuple[str, str]:
    """Of a package that comes down."""
    stage = moment.stage
    reason, detail = stage.refusal.reason, stage.refusal.detail
    met = joint_end(case, moment)
    if reason in ("gas_shut_in", "collapsed") and (words := _driven_out(met, stage)):
        return "confirmed", words
    if reason == "gas_shut_in":
        ring = f"liquid first meets a ring of radius {1e6 * met.ring:.6g} µm"
        closes = met.ring > RING * stage.solids.outer and met.meets > met.joins * (1.0 + RING)
        return ("confirmed" if closes else "open"), ring
    low, meets, joins = (f"{1e6 * z:.6g}" for z in (met.lowest, met.meets, met.joins))
    heights = f"solid meets at {low} µm, liquid at {meets}, what it joins at {joins}"
    if met.end is None:
        apart = {
            "no_joint": "under what melts" in detail or (stage.load or 0.0) < 0.0,
            "penetration": "pressed on" in detail and met.meets > met.lowest,
            "collapsed": met.lowest <= 0.0,
        }
        return ("confirmed" if apart.get(reason) else "missed"), f"it stays apart: {heights}"
    if reason == "collapsed":
        down = met.end.kind == "rests" and met.end.height - met.lowest < SAME * met.end.length
        if down and met.lowest < SAME * met.end.length:
            return "confirmed", f"the package comes down to {1e6 * met.end.height:.3g} µm"
    verdict, words = _said(stage.refusal, met.end)
    if verdict == "missed" and GOES_OVER in detail:
        return "open", f"{words}: its package comes down while the lines move, in that flow"
    if verdict == "missed" and not math.isnan(met.joins):
        words += f" at {1e6 * met.end.height:.6g} µm; {heights}"
    return verdict, words


def _driven_out(met: Meeting, stage: Mounted) -> str:
    """That the liquid is driven out between faces that lie flat on each other; empty if not."""
    end, flat = met.end, met.flat
    if end is None or end.curve is None or flat is None or flat[0] < RING * stage.solids.outer:
        return ""
    furthest = max(float(line.point[0]) for line in end.curve.lines) * end.length
    if end.height - met.lowest > SAME * end.length or furthest < flat[0] * (1.0 - RING):
        return ""
    inside, outside = (1e6 * r for r in flat)
    return (
        f"it lies flat from r = {inside:.6g} to {outside:.6g} µm, and drives the liquid out there "
        f"to {1e6 * furthest:.6g}"
    )
