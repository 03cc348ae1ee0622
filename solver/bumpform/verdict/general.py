"""Conditions of every case, on every route and in every stage."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from bumpform.case.steps import Barrier, Coat, Core, Cure, Deposit, Mount, Plate, Reflow
from bumpform.process.mount import Mounted
from bumpform.process.outcome import Moment
from bumpform.process.reflow import Liquid, Stage
from bumpform.stack.borders import AIR, Borders
from bumpform.stack.cut import unsupported
from bumpform.stack.profile import Profile, Station
from bumpform.stack.stack import Stack
from bumpform.surface.corner import SMOOTH, Corner, turn_at, unfilled_corners
from bumpform.surface.measured import Measured
from bumpform.units.units import format_quantity
from bumpform.verdict.condition import (
    GENERAL,
    Answer,
    condition,
    fails,
    holds,
    holds_if,
    judged,
    not_judged,
)
from bumpform.verdict.findings import Findings

_EVERY: Final[dict[str, Any]] = {GENERAL: (GENERAL,)}

#: Up to this part of the model's radius two heights are one.
NIL: Final = 1e-9
#: One reflow turns so much solder into intermetallic, m: a thinner film is no layer.
FILM: Final = 1e-6


def _stages(found: Findings) -> Iterator[tuple[int, str, Stage | Mounted]]:
    """Stages that have a solved surface: index, name, stage."""
    for moment in found.history:
        stage, step = moment.state.stage, moment.step
        if stage is None or not isinstance(step, Reflow | Mount):
            continue
        if stage.refusal is None and stage.equilibrium is not None:
            yield moment.index, step.name, stage


def _liquids(found: Findings) -> Iterator[tuple[str, str, Stage | Mounted | Liquid]]:
    """Every liquid at rest: its stage, what it is called, and itself."""
    for _, name, stage in _stages(found):
        yield name, name, stage
        for body in stage.bodies:
            yield name, f"{' and '.join(body.melted)} in {name}", body


@condition("neighbours-clear", "Neighbouring bumps stay clear of each other.", **_EVERY)
def neighbours_clear(found: Findings) -> Answer:
    """The pitch less twice the largest radius of all solder and metal, the least of all moments."""
    pitch = found.case.pitch
    if pitch is None:
        return not_judged("the case gives no pitch")
    least: tuple[float, float, str] | None = None
    for moment in found.history:
        step = moment.step
        if not isinstance(step, Reflow | Mount | Barrier | Plate):
            continue
        stage = moment.state.stage
        if stage is not None and (stage.refusal is not None or stage.equilibrium is None):
            continue
        widest, error = _widest(found, moment), 0.0
        if stage is not None and stage.equilibrium is not None:
            own = stage.equilibrium.measured["max_radius_m"]
            if own.value >= widest * (1.0 - 1e-6):
                widest, error = max(own.value, widest), own.error
        gap = pitch - 2.0 * widest
        if least is None or gap < least[0]:
            name = step.name if isinstance(step, Reflow | Mount) else step.do
            least = gap, 2.0 * error, name
    met = next((m for m in found.history if _spreads_to_next(found, m)), None)
    if met is not None and (least is None or least[0] > 0.0):
        assert isinstance(met.step, Reflow | Mount)
        return fails(f"in {met.step.name} the liquid spreads to the next bump", stage="")
    if least is None:
        melting = found.not_reached(lambda s: isinstance(s, Reflow | Mount | Barrier | Plate))
        return not_judged(melting or "nothing is melted, plated or grown")
    gap, error, name = least
    solved = name in {n for _, n, _ in _stages(found)}
    return judged(
        Measured(gap, error),
        0.0,
        strict=True,
        scale=pitch,
        metric="clearance_m",
        stage=name if solved else "",
    )


def _spreads_to_next(found: Findings, moment: Moment) -> bool:
    """Whether a stage is refused since its liquid spreads past the middle between two bumps."""
    stage, pitch = moment.state.stage, found.case.pitch
    refusal = stage.refusal if stage is not None else None
    return (
        refusal is not None
        and refusal.reason == "off_model"
        and pitch is not None
        and moment.state.stack.outer >= 0.5 * pitch * (1.0 - 1e-9)
    )


def _widest(found: Findings, moment: Moment) -> float:
    """Largest radius of metal, and of solder that has been molten, that ends in the model, m."""
    bodies = found.lineage.bodies(moment.index)
    printed = {name for name, body in bodies.items() if not body.frozen}
    return max(
        (
            found.reach(r)
            for r in moment.state.stack.regions
            if (r.kind in ("solder", "metal", "pad", "core") or found.is_metal(r.material))
            and r.name not in printed
            and not any(e.feature == "outer" for e in r.loop)
        ),
        default=0.0,
    )


@condition(
    "frozen-stays-solid",
    "What an earlier stage froze, and was built upon, stays solid.",
    general=(GENERAL,),
    photoimaged_opening=("000 claim 3", "000 claim 17"),
    laminated_abraded=("000 claim 31",),
    core_and_cap=("003 abstract",),
)
def frozen_stays_solid(found: Findings) -> Answer:
    """Not molten in any later stage, and its solidus above the peak; the least margin in K."""
    claimed = found.case.route in (
        "photoimaged_opening",
        "laminated_abraded",
        "core_and_cap",
    )
    worst: tuple[float, str, str] | None = None
    allowed = unknown = metal = wanted = False
    for index, material, deposits in _built_upon(found):
        for later in found.history[index + 1 :]:
            step = later.step
            solidus = found.materials.get(material).solidus
            if not isinstance(step, Reflow | Mount | Cure):
                continue
            if not deposits and solidus is None:
                metal = True
                continue
            stage_name, peak = (
                ("cure", step.temperature) if isinstance(step, Cure) else (step.name, step.peak_K)
            )
            remelts = not isinstance(step, Cure) and step.remelts
            if not claimed and (remelts or found.case.remelts):
                allowed = True
                continue
            melts = any(
                m.index == later.index and deposits and m.deposits & deposits
                for m in found.lineage.meltings
            )
            if melts:
                if found.case.route == "stacked_masks" and deposits <= found.masks.deposits:
                    wanted = True
                    break  # what has melted is another body from then on
                return fails(f"{material} melts in {stage_name}", stage=_solved(found, stage_name))
            if solidus is None:
                unknown = True
                continue
            margin = solidus.value - peak
            if worst is None or margin < worst[0]:
                worst = margin, stage_name, material
    if worst is not None:
        margin, stage_name, material = worst
        return judged(
            margin,
            0.0,
            strict=True,
            unit="K",
            about=f"{material} in {stage_name}",
            metric="solid_margin_K",
            stage=_solved(found, stage_name),
        )
    if metal:
        return holds("it does not melt")
    if wanted:
        return not_judged("claim 1 wants it melted")
    if allowed:
        return not_judged("allowed by the case (remelts = true)")
    if unknown:
        return not_judged("the solidus of what was built upon is not in the library")
    built = next(_built_upon(found), None) is not None
    return not_judged(
        "no stage follows what was built upon frozen solder"
        if built
        else "nothing was built upon frozen solder or a core"
    )


def _solved(found: Findings, name: str) -> str:
    return name if name in {n for _, n, _ in _stages(found)} else ""


def _built_upon(found: Findings) -> Iterator[tuple[int, str, frozenset[int]]]:
    """Frozen solder and metal cores: step that builds on them, material, deposits.

    Each once; a core of metal has no deposits. What stands on a coat that covers a body stands
    on that body; and so does what a body melts under.
    """
    seen: set[object] = set()
    shut: dict[int, set[str]] = {}
    for melting in found.lineage.meltings:
        if melting.enclosed:
            shut.setdefault(melting.index, set()).update(melting.melted)
    for moment in found.history:
        if moment.before is None:
            continue
        if moment.index in shut:  # it melts under what lies over it
            for name in sorted(shut[moment.index]):
                molten = found.lineage.bodies(moment.index - 1)[name]
                if molten.frozen and (name, molten) not in seen:
                    seen.add((name, molten))
                    material = moment.before.stack.region(name).material
                    yield moment.index - 1, material, molten.deposits
        pasted = isinstance(moment.step, Mount) and moment.step.solder is not None
        if not (pasted or isinstance(moment.step, Barrier | Deposit | Core)):
            continue
        old = {r.name for r in moment.before.stack.regions}
        new = [
            r.name
            for r in moment.state.stack.regions
            if r.name not in old and not r.name.startswith("package ")
        ]
        bodies = found.lineage.bodies(moment.index)
        under = {n for name in new for n in found.stands_on(moment.index, name)}
        under |= _covered(found, moment.index, under)
        for region in moment.state.stack.regions:
            body = bodies.get(region.name)
            frozen = body is not None and body.frozen
            if region.name in new or not (frozen or region.kind == "core"):
                continue
            key = (region.name, body)
            if key not in seen and region.name in under:
                seen.add(key)
                deposits = body.deposits if body is not None else frozenset()
                yield moment.index, region.material, deposits


def _covered(found: Findings, index: int, under: set[str]) -> set[str]:
    """Frozen solder that is wholly under layers, of those that something stands on."""
    borders, bodies = found.borders(index), found.lineage.bodies(index)
    laid = {s.layer: i for i, s in found.steps(Coat)}
    return {
        name
        for name, body in bodies.items()
        if body.frozen
        and not borders.touch(name, AIR)
        and any(laid.get(n, -1) > body.born for n in under & {*borders.touching(name)})
    }


@condition("stands-upright", "The liquid stands upright.", **_EVERY)
def stands_upright(found: Findings) -> list[Answer]:
    """Stable against every mode round the axis."""
    answers = []
    for name, about, liquid in _liquids(found):
        stability = liquid.stability
        assert stability is not None
        if stability.leans is not None:
            held = stability.leans.holds_when_pinned
            then = "with its line held it stands" if held else "with its line held it leans, too"
            told = fails(f"it leans: {stability.reason()}; {then}")
        elif not stability.stable:
            told = fails(stability.reason())
        elif 1 in stability.neutral:
            told = not_judged("neutral: it may slide")
        else:
            told = holds()
        answers.append(replace(told, stage=name, about=about))
    return answers


@condition("no-closed-void", "No gas is enclosed.", **_EVERY)
def no_closed_void(found: Findings) -> Answer:
    """In no stage, and under no coat or barrier."""
    asked = False
    for moment in found.history:
        stage = moment.state.stage
        if stage is not None and (stage.refusal is not None or stage.equilibrium is None):
            continue
        if stage is None and not isinstance(moment.step, Coat | Barrier):
            continue
        asked = True
        stack = moment.state.stack
        names = [r.name for r in stack.regions if r.name.startswith("package ")]
        voids = stack.without(*names).voids if names else stack.voids
        if voids:
            room = sum(abs(float(sum(e.moments()[0] for e in v))) for v in voids)
            size = format_quantity(2.0 * math.pi * room, "volume")
            where = moment.step.name if isinstance(moment.step, Reflow | Mount) else moment.step.do
            return fails(f"{size} are enclosed at {where} (step {moment.index})")
        if isinstance(stage, Mounted) and _shut_in(stage):
            assert isinstance(moment.step, Reflow | Mount)
            on = stage.solids.profile.pieces[stage.touch.station.piece].region
            return fails(
                f"the package lies on {on} all round the joint, and shuts gas in, at "
                f"{moment.step.name} (step {moment.index})"
            )
    return holds() if asked else not_judged("nothing is coated, grown or melted")


def _shut_in(stage: Mounted) -> bool:
    """Whether a package rests on the stack on a ring outside of the liquid, with gas inside."""
    on = stage.touch.station
    if stage.standoff is None or stage.standoff > stage.touch.height * (1.0 + 1e-9):
        return False
    found = stage.equilibrium
    line = found.station if found is not None else stage.solids.profile.start
    return on.piece + on.u > line.piece + line.u + 1e-6


@condition("nothing-on-liquid", "Nothing solid is carried by liquid alone.", **_EVERY)
def nothing_on_liquid(found: Findings) -> Answer:
    """Every solid reaches the substrate through solids in every stage, but for the package."""
    asked = False
    for moment in found.history:
        stage, step = moment.state.stage, moment.step
        if stage is None or not isinstance(step, Reflow | Mount):
            continue
        asked = True  # a refused stage, too, says what it would leave on the liquid
        solids = stage.solids.without(*stage.enclosed)  # what melts in a shell carries it no more
        floating = afloat(solids, hangs=step.gravity_in(found.case.gravity) < 0.0)
        floating = [n for n in floating if not n.startswith("package ")]
        if floating:
            return fails(f"{' and '.join(floating)} in {step.name}", stage=step.name)
    return holds() if asked else not_judged("nothing is melted")


def afloat(stack: Stack, hangs: bool = False) -> list[str]:
    """Regions that reach the substrate neither by shared surfaces nor by a point on the axis.

    A point carries what rests on it, but nothing that hangs.
    """
    loose = set(unsupported(stack))
    if not loose:
        return []
    borders = Borders(stack)
    tips: dict[str, tuple[float, float]] = {}
    for region in stack.regions:
        ends = [float(e.point(u)[1]) for e in region.loop if e.feature == "axis" for u in (0, 1)]
        if ends:
            tips[region.name] = min(ends), max(ends)
    held = {r.name for r in stack.regions} - loose
    grown = True
    while grown and loose:
        grown = False
        for name in sorted(loose):
            touches = set(borders.touching(name)) & held
            if name in tips and not hangs:
                touches |= {
                    n
                    for n in held & set(tips)
                    if abs(tips[n][1] - tips[name][0]) < 1e-12 + 1e-9 * abs(tips[name][0])
                }
            if touches:
                loose.discard(name)
                held.add(name)
                grown = True
    return [r.name for r in stack.regions if r.name in loose]


@condition("corners-filled", "Liquid fills every corner that it covers.", **_EVERY)
def corners_filled(found: Findings) -> list[Answer]:
    """θ1 + θ2 < π + β in every re-entrant corner under a liquid; the least margin, in degrees.

    A stage that is refused for such a corner fails by it.
    """
    answers = [*_left_empty(found)]
    for name, about, liquid in _liquids(found):
        corners = list(_corners(liquid))
        if corners:
            margin, where = min(corners)
            answers.append(
                judged(
                    math.degrees(margin),
                    0.0,
                    strict=True,
                    scale=1.0,
                    unit="deg",
                    about=f"{where}, {about}",
                    stage=name,
                )
            )
    return answers


def _left_empty(found: Findings) -> Iterator[Answer]:
    """Of stages that are refused since no liquid fills a corner that it would rest over."""
    for moment in found.history:
        stage, step = moment.state.stage, moment.step
        if stage is None or stage.refusal is None or not isinstance(step, Reflow | Mount):
            continue
        if stage.refusal.reason != "unfilled_corner":
            continue
        corner = _refused_for(found, stage)
        if corner is None:
            yield fails(f"{step.name} was refused: {stage.refusal.detail}")
            continue
        yield fails(
            f"{step.name} was refused: it rests nowhere short of it",
            value=0.0 - math.degrees(corner.margin),
            limits=(0.0, None),
            strict=True,
            unit="deg",
            about=f"corner of {' and '.join(corner.features)}, {step.name}",
        )


def _refused_for(found: Findings, stage: Stage | Mounted) -> Corner | None:
    """The corner, under the liquid or of the package, that a refusal names."""
    assert stage.refusal is not None
    profiles = [stage.solids.profile]
    if isinstance(stage, Mounted):
        profiles.append(stage.package.stack.profile)
    for profile in profiles:
        for liquid in (stage, *stage.bodies):
            angles = tuple(
                liquid.melt.contact_angle(piece.material, found.materials) for piece in profile
            )
            for corner in unfilled_corners(profile, angles, 0, len(profile) - 1):
                if f"corner of {' and '.join(corner.features)} at" in stage.refusal.detail:
                    return corner
    return None


def _corners(stage: Stage | Mounted | Liquid) -> Iterator[tuple[float, str]]:
    """Margin in rad of every re-entrant corner that the liquid covers, and what meets there."""
    assert stage.equilibrium is not None
    lines = stage.equilibrium.lines
    if len(lines) == 2 and lines[1].end == "inner":
        solid = lines[0].solid
        yield from _wedges(solid.profile, solid.angles, lines[1].station, lines[0].station)
        return
    for line in lines:
        solid = line.solid
        yield from _wedges(solid.profile, solid.angles, solid.profile.start, line.station)


def _wedges(
    profile: Profile, angles: tuple[float, ...], start: Station, end: Station
) -> Iterator[tuple[float, str]]:
    for number in range(start.piece, min(end.piece, len(profile) - 1)):
        inside, outside = profile.pieces[number], profile.pieces[number + 1]
        turn = turn_at(profile, number, hung=profile.pieces[0].region.startswith("package "))
        if turn > SMOOTH:
            margin = 2.0 * math.pi - turn - angles[number] - angles[number + 1]
            yield margin, f"corner of {inside.feature} and {outside.feature}"


@condition(
    "film-thickness", "The liquid over a covered body is thick enough to be a layer.", **_EVERY
)
def film_thickness(found: Findings) -> list[Answer]:
    """The least distance of the free surface from the body under it is 1 um at least."""
    answers = []
    for _, name, _ in _stages(found):
        thickness = found.measured(name, "film_thickness_m")
        if thickness is not None:
            told = judged(
                thickness, FILM, scale=FILM, metric="film_thickness_m", stage=name, about=name
            )
            answers.append(told)
    return answers


@condition("joint-closed", "The solder joins both pads.", **_EVERY)
def joint_closed(found: Findings) -> list[Answer]:
    """One liquid touches the package's pad, and metal leads from it to the pad under it."""
    answers = []
    for moment in found.history:
        step, stage = moment.step, moment.state.stage
        if not isinstance(step, Reflow | Mount) or not isinstance(stage, Mounted):
            continue
        told: dict[str, Any] = {"stage": step.name, "about": step.name}
        if stage.refusal is not None:
            open_ = stage.refusal.reason == "no_joint"
            words = stage.refusal.detail
            refused = f"{step.name} was refused: {words}"
            answers.append(fails(words, **told) if open_ else not_judged(refused, **told))
            continue
        if stage.gap is not None:
            answers.append(_left_open(stage, told))
            continue
        borders = found.borders(moment.index)
        solder = [m.name for m in found.lineage.meltings if m.index == moment.index]
        pads = found.on_pad(moment.index, _metal(found, moment.index, package=True), "package pad")
        met = [name for name in solder if borders.touch(name, pads)]
        joints = [n for n in met if borders.touch(n, pads[1:]) or _wets_pad(borders, n)]
        if not joints:
            words = (
                "the package's pad lies on what is solid: the solder is pressed out of between"
                if met
                else "it does not touch the package's pad"
            )
            answers.append(fails(words, **told))
        else:
            below = _metal(found, moment.index)
            joined = any(borders.touch(n, found.on_pad(moment.index, below - {n})) for n in joints)
            answers.append(holds_if(joined, "no metal leads from it to the pad", **told))
    return answers


def _wets_pad(borders: Borders, name: str) -> bool:
    """Whether liquid lies on some of the package's pad, and not only where that lies on a solid.

    Between a pad and the solid that it lies on a film of no thickness is left.
    """
    near = NIL * borders.stack.outer
    pad = [b.edge.tips for b in borders.between(name, "package pad")]
    if any(abs(tips[0, 1] - tips[1, 1]) > near for tips in pad):
        return True  # its side is wet
    face = np.concatenate(pad)
    under = [
        b.edge.tips
        for b in borders.all
        if name in b.sides and not {"package pad", AIR} & {*b.sides} and b.edge.is_straight
    ]
    pressed = sum(
        float(np.ptp(tips[:, 0].clip(face[:, 0].min(), face[:, 0].max())))
        for tips in under
        if abs(tips[:, 1] - face[0, 1]).max() < near
    )
    return float(np.ptp(face[:, 0])) - pressed > near


def _metal(found: Findings, index: int, *, package: bool = False) -> set[str]:
    """Regions of metal after a step: the stack's, or the package's."""
    return {
        r.name
        for r in found.state(index).stack.regions
        if r.name.startswith("package ") == package
        and (r.kind in ("pad", "metal", "solder") or found.is_metal(r.material))
    }


def _left_open(stage: Mounted, told: dict[str, Any]) -> Answer:
    """That a joint has stayed open, with the gap that is missing."""
    assert stage.gap is not None
    assert stage.reach is not None
    short, most = (format_quantity(x.value, "length", 6) for x in (stage.gap, stage.reach))
    words = f"it stays open: {short} are missing to the {most} at which what is liquid would meet"
    gap = {"metric": "open_gap_m", "value": stage.gap.value, "unit": "m"}
    return fails(words, **gap, **told)


def requirements(found: Findings) -> Iterator[Answer]:
    """The user's own limits, each by name."""
    for name, limits in found.case.requirements.items():
        stage, metric = _split(found, name)
        refused = _refused(found, stage)
        value = found.measured(stage, metric) or _nested(found, stage, metric)
        ending = re.search(r"_(m|K|N|Pa|deg|m2|m3)$", metric)
        unit = ending.group(1) if ending else ""
        told: dict[str, Any] = {"about": name, "metric": metric, "stage": stage, "unit": unit}
        if value is not None and not refused:
            scale = abs(value.value)
            yield judged(value, limits.min, limits.max, scale=scale, **told)
        else:
            bounds = (limits.min, limits.max)
            why = refused or _why_absent(found, stage, metric)
            yield not_judged(why, limits=bounds, **told)


def _split(found: Findings, name: str) -> tuple[str, str]:
    stages = [m.step.name for m in found.history if isinstance(m.step, Reflow | Mount)]
    known = [
        *stages,
        *(s.name for s in found.case.steps if isinstance(s, Reflow | Mount)),
        "barrier",
    ]
    stage = max((s for s in known if name.startswith(f"{s}.")), key=len)
    return stage, name.removeprefix(f"{stage}.")


def _nested(found: Findings, stage: str, metric: str) -> Measured | None:
    """A metric inside of another: "juncture.r_m"."""
    outer, _, inner = metric.partition(".")
    group = found.metrics.get(stage, {}).get(outer)
    if not inner or not isinstance(group, dict) or inner not in group:
        return None
    errors = found.errors.get(stage, {}).get(outer) or {}
    return Measured(float(group[inner]), float(errors.get(inner, 0.0)))


def _refused(found: Findings, stage: str) -> str:
    """That a stage was refused, and why; empty where it was not."""
    for moment in found.history:
        step, done = moment.step, moment.state.stage
        if isinstance(step, Reflow | Mount) and step.name == stage and done is not None:
            if done.refusal is not None:
                return f"{stage} was refused: {done.refusal.detail}"
    return ""


def _why_absent(found: Findings, stage: str, metric: str) -> str:
    if stage not in found.metrics:
        if stage == "barrier":
            return found.not_reached(lambda s: isinstance(s, Barrier)) or "there is no barrier"
        return found.not_reached(lambda s: getattr(s, "name", "") == stage)
    return f"{metric} means nothing in {stage}"
