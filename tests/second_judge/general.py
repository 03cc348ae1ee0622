"""Conditions of every case: neighbours, what stays solid, voids, joints, requirements."""

from __future__ import annotations

from dataclasses import replace

from .answer import FAILS, HOLDS, Answer, above, both, unjudged, worst, yes
from .bumps import _some
from .measures import liquid_surface, measure
from .polygons import picture_of


def neighbours_clear(seen):
    if seen.case.pitch is None:
        return unjudged("the case gives no pitch")
    answers, coats = [], {n for f in seen.steps("coat") for n in f.new}
    for frame in seen.frames:
        if frame.heats and not frame.solved and frame.stage is not None:
            middle = frame.picture.outer > 0.5 * seen.case.pitch - seen.tol
            if frame.stage.refusal.reason == "off_model" and middle:
                answers.append(yes(False, "it meets the next bump"))
        if not (frame.solved or frame.step.do in ("barrier", "plate")):
            continue
        widest = 0.0
        for name, body in frame.picture.bodies.items():
            if body.kind == "solder":
                if not frame.holds.get(name, frozenset()) <= frame.ever:
                    continue  # as printed
            elif not seen.is_metal(body) or (
                name.split(" part ")[0] in coats
                and abs(body.widest - frame.picture.outer) < seen.tol
            ):
                continue  # a blanket layer is common to all bumps
            widest = max(widest, body.widest)
        if frame.solved and seen.case.freezing == "shrinks":  # it was wider before it froze
            chains = [liquid_surface(frame, name)[0] for name in frame.liquids]
            widest = max([widest, *(float(c[:, 0].max()) for c in chains if len(c))])
        answers.append(above(seen.case.pitch, 2.0 * widest, 1e-6 * seen.size, str(frame.index)))
    return worst(answers) or unjudged("nothing is made yet")


def _built_upon(seen):
    """(step, deposits) from which on something stands on a frozen body; None: of metal."""
    found = []
    for frame in seen.frames:
        if frame.heats:  # what melts, and keeps its shape since it is shut in
            for name in sorted(frame.molten):
                held = frame.held[name]  # of what a package brings: nothing
                if held and held <= _ever_before(seen, frame) and not held & frame.shaped:
                    found.append((frame.index, frame.held[name], frame.before[name].material))
        pasted = frame.step.do == "mount" and frame.step.solder is not None
        builds = pasted or frame.step.do in ("barrier", "plate", "deposit", "core")
        if not builds or frame.before is None:
            continue
        for name in (n for n in frame.new if not n.startswith("package ")):
            if frame.step.do == "deposit" and name not in frame.holds:
                continue
            for other, body in frame.picture.bodies.items():
                if other == name or other in frame.new:
                    continue
                frozen = frame.holds.get(other)
                ripe = frozen is not None and frozen <= frame.ever
                if not (ripe or body.kind == "core"):
                    continue
                meets = len(frame.picture.joined([name, other])) == 1 or (
                    frozen is not None and _through_a_coat(seen, frame, name, other)
                )
                if meets:  # a mount that brings it is not yet a later stage
                    found.append((frame.index + 1, frozen, body.material))
    return found


def _ever_before(seen, frame):
    """Deposits that had melted before a step."""
    earlier = seen.frames_before(frame.index)
    return earlier[-1].ever if earlier else frozenset()


def _through_a_coat(seen, frame, name, body):
    """Whether something stands on a layer that was laid on frozen solder and hides it from air."""
    if any(p.other == "air" for p in frame.picture.pieces(body)):
        return False
    for coat in seen.steps("coat"):
        layer = coat.new[0]
        ripe = coat.index < frame.index and frame.holds[body] <= coat.ever
        if ripe and layer in frame.picture and frame.picture.touch(layer, body):
            if len(frame.picture.joined([layer, name])) == 1:  # a ball stands on a point
                return True
    return False


def frozen_stays_solid(seen):
    answers, may = [], []
    for start, frozen, material in _built_upon(seen):
        frozen = frozen or frozenset()
        for frame in seen.frames:
            hot = frame.step.do in ("reflow", "mount", "cure")
            if not hot or frame.index < start:
                continue
            if not frozen and seen.library.get(material).solidus is None:
                answers.append(yes(True, "a metal"))
                continue
            melted = frame.melted & frozen if frame.heats else frozenset()
            if seen.route == "stacked_masks" and melted and _fuses(seen, frame, melted):
                may.append(unjudged("claim 1 wants it melted"))
                break  # what has melted is another body from then on
            stays = _stays(seen, frame, frozen, material)
            if stays.verdict == FAILS and _allowed(seen, frame):
                may.append(replace(unjudged("allowed by the case"), near=stays.near))
            else:
                answers.append(stays)
            if melted & frame.shaped:
                break
    answers += _attached_balls(seen, may)
    if may and all(a.verdict != FAILS for a in answers):
        return may[0]
    if not answers:
        return unjudged("nothing frozen was built upon and heated again")
    return worst(answers)


def _allowed(seen, frame):
    """Whether a step may melt what was built upon, which the claims of 000 and 003 forbid."""
    if seen.route in ("photoimaged_opening", "laminated_abraded", "core_and_cap"):
        return False
    return seen.case.remelts or getattr(frame.step, "remelts", False)


def _attached_balls(seen, may):
    """Of solder that was attached to a package and that what froze on the board has met."""
    answers = []
    for start in seen.steps("mount"):
        own = start.step.solder
        name = f"package {own.solder}" if own is not None and own.attached is not None else ""
        if name not in start.picture.bodies or not start.solved:
            continue
        if not any(start.picture.touch(name, n) for n in start.liquids):
            continue
        known = seen.library.get(own.solder)
        for frame in seen.frames:
            if frame.index <= start.index or frame.step.do not in ("reflow", "mount", "cure"):
                continue
            peak = getattr(frame.step, "peak_K", None) or frame.step.temperature
            stays = above(known.solidus.value, peak, 1e-9 * peak)
            if stays.verdict == FAILS and _allowed(seen, frame):
                may.append(unjudged("allowed by the case"))
            else:
                answers.append(stays)
            if peak > known.liquidus.value:
                break
    return answers


def _fuses(seen, frame, melted):
    """Whether solder in two openings or more melts up to the reflow that makes it one ball."""
    solders = {d for _, _, deposits in seen.masks for d in deposits}
    return (
        len(seen.masks) > 1
        and bool(melted & solders)
        and seen.ff is not None
        and frame.index <= seen.ff.index
    )


def _stays(seen, frame, frozen, material):
    if frame.heats and frame.melted & frozen:
        return yes(False, f"molten in step {frame.index}")
    names = {seen.library.canonical(seen.at(d).step.solder) for d in frozen}
    known = seen.library.get("+".join(sorted(names)) or material).solidus
    if known is None:
        return unjudged("solidus unknown")
    peak = getattr(frame.step, "peak_K", None) or getattr(frame.step, "temperature", None)
    same = True
    if frame.solved:
        before = [n for n, d in frame.held.items() if d & frozen]
        same = all(frame.picture.bodies.get(n) is frame.before[n] for n in before)
    return both(above(known.value, peak, 1e-9 * peak), yes(same, "its polygon has changed"))


def no_closed_void(seen):
    answers, unknown = [], None
    least = 1e-8 * seen.size**2
    for frame in seen.frames:
        refusal = getattr(frame.stage, "refusal", None)
        if refusal is not None and refusal.reason == "gas_shut_in":
            answers.append(Answer(FAILS, "a hollow under the deposit"))
        if refusal is not None:
            unknown = unjudged("refused: the gas in it is not followed")
        if not (frame.solved or frame.step.do in ("coat", "barrier")):
            continue
        hole = frame.picture.hole()
        near = 1e-3 * least < hole < 1e2 * least or (
            hole > least and not frame.picture.hole(slit=1.0) > least  # it may be open by a slit
        )
        answers.append(Answer(FAILS if hole > least else HOLDS, f"hole {hole:.3g} m2", near))
        if frame.heats and hole <= least and _closed_before(frame, least):
            unknown = unjudged("the melt has run into a hollow that it had closed")
    if unknown is not None and all(a.verdict == HOLDS for a in answers):
        return unknown
    return worst(answers) if answers else unjudged("nothing is coated, grown or melted")


def _closed_before(frame, least):
    """Whether there was gas under a deposit, or under a ball that meets a mask from above."""
    if frame.before.hole() > least or getattr(frame.stage, "gas", 0.0) > 0.0:
        return True
    brought, now = getattr(frame.stage, "brought", None), frame.picture
    if brought is None:
        return False
    own = picture_of(brought.stack.regions, now.outer, now.bottom, now.size, {})
    return own.hole() > least  # under a ball in a hollow of the package's


def nothing_on_liquid(seen):
    answers = []
    for frame in seen.frames:
        if not frame.heats or frame.stage is None:
            continue
        molten = set(frame.molten)  # a refused stage, too, says what it leaves on the liquid
        solids = [
            n for n in frame.before.bodies if n not in molten and not n.startswith("package ")
        ]
        groups = frame.before.joined(solids, by_point=False)
        loose = [g for g in groups if not g & {"pad", "base"}]
        if frame.step.gravity_in(seen.case.gravity) >= 0.0:
            loose = _not_resting(
                loose, {n for g in groups for n in g if g not in loose}, frame.before
            )
        answers.append(yes(not loose, str(loose)).of(frame.step.name))
    return worst(answers) if answers else unjudged("no stage")


def _not_resting(loose, held, picture):
    """Groups that do not rest on a point of the axis either; nothing hangs by one."""
    for group in loose:
        feet = [picture.on_axis(n)[0] for n in group if picture.on_axis(n)]
        tops = [picture.on_axis(n)[1] for n in held if picture.on_axis(n)]
        if any(abs(foot - top) < picture.tol for foot in feet for top in tops):
            return _not_resting([g for g in loose if g is not group], held | group, picture)
    return loose


def joint_closed(seen):
    answers = []
    for frame in seen.frames:
        if not (frame.step.do == "mount" or (frame.heats and "package pad" in frame.picture)):
            continue
        if not frame.solved:
            # a stage that is refused before its joint is looked at has no load
            load = getattr(frame.stage, "load", None) or 0.0
            reason, pulled = frame.stage.refusal.reason, load < 0.0
            never = reason == "no_joint" or (reason == "no_equilibrium" and pulled)
            answer = yes(False, "it does not meet") if never else unjudged("refused")
            answers.append(answer.of(frame.step.name))
            continue
        if not hasattr(frame.stage, "gap"):  # the joint stays solid, and other solder melts
            continue
        gap = frame.stage.gap
        if gap is not None and gap.value <= gap.error + 1e-9 * frame.picture.outer:
            answers.append(unjudged("liquid level with what holds the package"))
            continue
        metals = [
            n for n, b in frame.picture.bodies.items() if not n.startswith("package ")
            and (b.kind == "solder" or n == "pad" or seen.conducts(b))
        ]  # fmt: skip
        hung = [
            n for n, b in frame.picture.bodies.items() if n.startswith("package ")
            and (b.kind == "solder" or n == "package pad" or seen.conducts(b))
        ]  # fmt: skip
        paste = {n for n in (*metals, *hung) if _is_paste(seen, frame, n)}
        metals, hung = ([n for n in names if n not in paste] for names in (metals, hung))
        over = next(g for g in frame.picture.joined(hung, by_point=False) if "package pad" in g)
        joins = []
        for name in frame.liquids:  # a frozen bump on the pad is a land too
            rest = frame.picture.joined([n for n in metals if n != name], by_point=False)
            land = next(g for g in rest if "pad" in g)
            joins.append(
                both(
                    _some(seen, frame.picture.area(name, over)),
                    _some(seen, frame.picture.area(name, land)),
                )
            )
        held = [j for j in joins if j.verdict == HOLDS]
        answers.append((held or joins or [yes(False, "no liquid")])[0].of(frame.step.name))
    return worst(answers)


def _is_paste(seen, frame, name):
    """Whether a region is of paste that has never melted."""
    if name in frame.holds:
        steps = [seen.at(d).step for d in frame.holds[name]]
        return bool(steps) and not frame.holds[name] & frame.ever and all(map(_is_print, steps))
    mounts = [f for f in seen.frames if f.step.do == "mount" and f.index <= frame.index]
    own = mounts[0].step.solder if mounts and name.startswith("package ") else None
    if own is None or frame.picture.bodies[name].kind != "solder" or not _is_print(own):
        return False
    since = [f.step.peak_K for f in seen.frames if mounts[0].index <= f.index <= frame.index
             and f.step.do in ("mount", "reflow")]  # fmt: skip
    hottest = max([*since, own.attached or 0.0])
    return hottest <= seen.library.get(own.solder).liquidus.value


def _is_print(amount):
    paste = amount.paste
    return paste is not None and (amount.is_by_weight or paste.metal_fraction < 1.0)


def requirement(seen):
    answers = []
    for name, limits in seen.case.requirements.items():
        answers.append(_required(seen, name, limits).of(name))
    return worst(answers) if answers else None


def _required(seen, name, limits):
    found = measure(seen, name)
    if found is None:
        return unjudged("the metric is meaningless there")
    value, slack = found
    answers = []
    if limits.min is not None:
        answers.append(above(value, limits.min, slack, or_equal=True))
    if limits.max is not None:
        answers.append(above(-value, -limits.max, slack, or_equal=True))
    return both(*answers)
