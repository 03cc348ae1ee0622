"""Conditions of a core under a cap, and of the package mounted on it."""

from __future__ import annotations

import math

from shapely import unary_union

import bumpform

from .answer import FAILS, HOLDS, OPEN, Answer, above, both, unjudged, worst, yes
from .bumps import _zero
from .columns import spherical
from .polygons import TOUCH

NO_CORE = unjudged("no core")


def opening_within_pad(seen):
    frame = next((f for f in seen.steps("coat") if f.step.opening is not None), None)
    if frame is None:
        return unjudged("no resist")
    points = frame.picture[frame.new[0]].points
    inner = points[points[:, 0] < frame.picture.outer - seen.tol]
    inner = inner[inner[:, 1] < points[:, 1].max() - seen.tol]
    # the wall's foot: the inner face's lowest point
    foot = float(inner[:, 0].min()) if len(inner) else float(points[:, 0].min())
    if frame.step.opening.sidewall > 1.5708:  # narrows upwards: the foot is not the innermost
        rim = points[points[:, 0].argmin()]
        lean = (rim[1] - points[:, 1]) * math.tan(frame.step.opening.sidewall - 0.5 * math.pi)
        wall = points[abs(points[:, 0] - rim[0] - lean) < seen.tol]
        foot = float(wall[wall[:, 1].argmin(), 0])
    radius = frame.picture["pad"].widest
    return above(radius, foot, 1e-8 * seen.size, or_equal=True)


def core_spherical(seen):
    core = seen.core[0]
    if core is None:
        return NO_CORE
    if core[0] == "metal":
        return yes(True, "a metal ball")
    stage = seen.last_melting(core[1], before=seen.put_on, kinds=("reflow", "mount"))
    if stage is None or not stage.solved:
        return unjudged("refused")
    chain, closed = stage.picture.surface(seen.body(stage, core[1])[0])
    if not closed:
        return yes(False, "open on the axis")
    return spherical(seen, chain)


def cap_covers_core(seen):
    core, cap = seen.core
    if core is None:
        return NO_CORE
    if not cap:
        return unjudged("no cap")
    if seen.fc is None:
        return unjudged("the cap first melts at mounting")
    if not seen.fc.solved:
        return unjudged("refused")
    if _core_melted(seen, seen.fc):
        return unjudged("the core melted")
    names = seen.core_names(seen.fc)
    if not seen.fc.before.area(names, ("air", *seen.fc.molten)) > TOUCH * seen.size**2:
        return unjudged("nothing of the core is exposed before it")
    return _zero(seen, seen.fc.picture.area(names, "air"))


def _mounts(seen, judge):
    """Of every mount."""
    if seen.core[0] is None:
        return NO_CORE
    mounts = seen.steps("mount")
    if not mounts:
        return unjudged("no mount")
    return worst(judge(f).of(f.step.name) for f in mounts)


def _core_melted(seen, frame):
    """Whether a core of solder has melted, once the cap is on it, up to a stage."""
    core = seen.core[0]
    if core[0] != "solder":
        return False
    stages = [f for f in seen.frames if seen.put_on < f.index <= frame.index]
    return any(f.melted & core[1] for f in stages)


def _gap(seen, frame, beyond=()):
    """Distance of the core and the package's polygons, m: of what is clear of some others' too."""
    cores = [frame.picture[n].polygon for n in seen.core_names(frame)]
    if beyond:
        others = unary_union([frame.picture[n].polygon for n in beyond])
        cores = [c.difference(others.buffer(1e-3 * seen.size)) for c in cores]
    upper = [b.polygon for n, b in frame.picture.bodies.items() if n.startswith("package ")]
    return min(c.distance(u) for c in cores for u in upper)


def _held(seen, frame):
    if not frame.solved:
        return unjudged("refused")
    if frame.step.standoff is not None:
        return unjudged("the gap is given, not found")
    if not seen.core_names(frame) or _core_melted(seen, frame):
        return unjudged("the core is gone, or melted")
    gap = _gap(seen, frame)
    touching = gap < 2e-7 * seen.size
    near = 2e-8 * seen.size < gap < 1e-5 * seen.size
    solid = set(frame.picture.bodies) - {*frame.liquids}
    hung = {n for n in solid if n.startswith("package ")}
    core = {*seen.core_names(frame)}
    least, area = TOUCH * seen.size**2, frame.picture.area
    beside = solid - hung - core
    if area(beside, hung) > least:
        if _gap(seen, frame, beyond=beside) < 2e-7 * seen.size or area(core, hung) > least:
            return Answer(OPEN, "it lies on both", near)
        return Answer(FAILS, "it lies on something else")
    return Answer(HOLDS if touching else FAILS, f"gap {gap:.3g} m", near)


def standoff_held_by_core(seen):
    return _mounts(seen, lambda f: _held(seen, f))


def standoff_of(frame):
    """Gap between the two pads, m."""
    package = frame.picture["package pad"]
    return package.foot - frame.picture["pad"].top


def _equals(seen, frame):
    held = _held(seen, frame)
    if held.verdict != HOLDS:
        return Answer("not judged", "not held by the core", held.near)
    kind, _ = seen.core[0]
    picture = frame.picture
    if kind == "metal":
        size = seen.steps("core")[0].step.diameter  # also where the ball has been ground since
    else:
        size = max(picture[n].top for n in seen.core_names(frame)) - picture["pad"].top
    off = abs(standoff_of(frame) - size)
    answer = above(0.01 * size, off, 1e-8 * seen.size, f"off by {off:.6g}", or_equal=True)
    return Answer(answer.verdict, answer.why, answer.near or held.near)


def standoff_equals_core(seen):
    return _mounts(seen, lambda f: _equals(seen, f))


def _steady(seen, frame):
    from .roles import Seen

    held = _held(seen, frame)
    if held.verdict != HOLDS:
        return held
    peak = frame.step.peak
    low, high = peak - 20.0, peak + 20.0
    # what is not in the library is tried: the run says where it cannot be known
    for name, body in frame.before.bodies.items():
        if name in frame.molten:
            known = [seen.library.get(m).liquidus for m in _known(seen, body.material)]
            low = max([low, *(k.value for k in known if k is not None)])
        elif body.kind in ("solder", "core") and body.material in seen.library:
            known = seen.library.get(body.material).solidus
            high = min(high, known.value) if known is not None else high
    if getattr(frame.step, "solder", None) is not None:
        known = seen.library.get(frame.step.solder.solder).liquidus
        if known is not None and known.value <= peak:  # it melts, too
            low = max(low, known.value)
        elif known is not None:
            high = min(high, seen.library.get(frame.step.solder.solder).solidus.value)
    heights, answers = [standoff_of(frame)], [held]
    for temperature in (low + 1.0, high - 1.0):
        try:
            other = bumpform.run(seen.case.with_values({f"step.{frame.index}.peak": temperature}))
        except bumpform.errors.CaseError as error:
            return unjudged(f"at {temperature:.6g} K: {error}")
        again = Seen(other, seen.route).at(frame.index)
        if again is None or not again.solved:
            return unjudged(f"refused at {temperature:.6g} K")
        answers.append(_held(Seen(other, seen.route), again))
        heights.append(standoff_of(again))
    spread = max(heights) - min(heights)
    slack = 1e-9 * heights[0]
    return both(*answers, Answer(HOLDS if spread <= slack else FAILS, f"spread {spread:.3g}",
                                 0.01 * slack < spread < 100.0 * slack))  # fmt: skip


def _known(seen, material):
    """A metal, or what it is mixed from, where its own liquidus is not known."""
    own = seen.library.get(material).liquidus if material in seen.library else None
    return [material] if own is not None else [m for m in material.split("+") if m in seen.library]


def standoff_steady(seen):
    return _mounts(seen, lambda f: _steady(seen, f))
