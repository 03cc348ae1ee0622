"""Conditions of every case, on every route and in every stage."""

from __future__ import annotations

from typing import Final

from bumpform.findings.built_upon import built_upon, heatings
from bumpform.findings.condition import (
    EVERY,
    GENERAL,
    Answer,
    condition,
    fails,
    holds,
    judged,
    not_judged,
)
from bumpform.findings.findings import Findings
from bumpform.geometry.names import is_of_package
from bumpform.process.moment import Moment
from bumpform.process.mounts.flat_contact import gas_under
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.gas import shut_in
from bumpform.process.reflows.reflow import Stage
from bumpform.quick import replace
from bumpform.stack.borders import AIR
from bumpform.stack.stack import Stack
from bumpform.steps.kinds import Barrier, Coat, Cure, Mount, Plate, Reflow
from bumpform.units.measured import Measured
from bumpform.units.units import format_quantity

#: Up to this part of the model's radius a length is none, and of a room another.
NIL: Final = 1e-9


@condition("neighbours-clear", "Neighbouring bumps stay clear of each other.", **EVERY)
def neighbours_clear(found: Findings) -> Answer:
    """The pitch less twice the largest radius of all solder and metal, the least of all moments.

    Where a pad, or other metal, is wider than the liquid, it is named, and the value is less than
    the metric `clearance_m`, which is of the liquid alone. Metal that reaches from bump to bump (a
    seed before its etch) is not counted; one that is still so at the end, and leads to the bump,
    is named: as the case has it, it joins the neighbours.
    """
    pitch = found.case.pitch
    if pitch is None:
        return not_judged("the case gives no pitch")
    least: tuple[Measured, str, str] | None = None
    refused = ""
    for moment in found.history:
        step = moment.step
        if not isinstance(step, Reflow | Mount | Barrier | Plate):
            continue
        name = step.name if isinstance(step, Reflow | Mount) else step.do
        stage = moment.state.stage
        if stage is not None and stage.refusal is not None:
            refused = f"{name} was refused"
            continue
        if stage is not None and not _has_liquid(stage):
            continue
        widest, region = _widest(found, moment)
        gap, liquid = Measured(pitch - 2.0 * widest), found.measured(name, "clearance_m")
        if liquid is not None and liquid.value <= gap.value + 2e-6 * widest:
            gap, region = liquid, ""
        if least is None or gap.value < least[0].value:
            least = gap, name, region
    met = next((m for m in found.history if _spreads_to_next(found, m)), None)
    if met is not None and (least is None or least[0].value > 0.0):
        assert isinstance(met.step, Reflow | Mount)
        return fails(f"in {met.step.name} the liquid spreads to the next bump", stage="")
    if least is None:
        melting = found.not_reached(lambda s: isinstance(s, Reflow | Mount | Barrier | Plate))
        return not_judged(refused or melting or "nothing is melted, plated or grown")
    gap, name, region = least
    about = [f"widest: {region}"] if region else []
    if common := _joins_neighbours(found):
        reach = "reaches" if len(common) == 1 else "reach"
        about += [f"but for {' and '.join(common)}, which {reach} from one to the next"]
    return judged(
        gap,
        0.0,
        strict=True,
        scale=pitch,
        metric="" if region else "clearance_m",
        stage=_solved(found, name),
        about="; ".join(about),
    )


def _joins_neighbours(found: Findings) -> list[str]:
    """Metal that goes on past the model's edge when all is done, and leads to pad or solder."""
    if len(found.history) < len(found.case.steps):
        return []  # what would yet have been etched is not known
    end = len(found.history) - 1
    metals = {
        r.name: r
        for r in found.state(end).stack.regions
        if r.is_solder or found.is_metal(r.material)
    }
    led = found.on_pad(end, metals, attached=True)
    solder = [name for name, r in metals.items() if r.is_solder]
    return [
        name
        for name, r in metals.items()
        if r.limit is not None and (name in led or found.borders(end).touch(name, solder))
    ]


def _has_liquid(stage: Stage | Mounted) -> bool:
    """Whether a stage has a liquid at rest: in an open joint it may be the package's alone."""
    hung = stage.hung if isinstance(stage, Mounted) else None
    return stage.equilibrium is not None or (hung is not None and hung.equilibrium is not None)


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


def _widest(found: Findings, moment: Moment) -> tuple[float, str]:
    """Largest radius of metal, and of frozen solder, that ends in the model, m; whose it is."""
    bodies = found.lineage.bodies(moment.index)
    printed = {name for name, body in bodies.items() if not body.frozen}
    return max(
        (
            (r.widest, r.name)
            for r in moment.state.stack.regions
            if (r.is_metallic or r.is_core or found.is_metal(r.material))
            and r.name not in printed
            and r.limit is None
        ),
        default=(0.0, ""),
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
    """Not molten in any later stage, and its solidus above the peak; the least margin in K.

    Also a ball that was attached to the package, once solder has frozen on it. Built upon is what
    a barrier, plated metal, solder or a core was put on, directly or over a coat that hides it
    from the air; a coat alone builds nothing, unless what it shuts in melts. Not judged where some
    of it melts in a stage that `remelts = true` allows to, but for the claims of 000 and 003, which
    that does not silence; nor where it fuses as claim 1 of 004 wants it.
    """
    worst: tuple[float, str, str] | None = None
    allowed, unknown, metal = "", False, False
    for built in built_upon(found):
        for stage_name, step, margin, melting in heatings(found, built):
            material = built.material
            if not (built.deposits or built.name) and margin is None:
                metal = True
            elif melting is not None and _fuses(found, melting.index, built.deposits):
                allowed = allowed or "claim 1 wants it melted"
                break  # what has melted is another body from then on
            elif (melting or (margin is not None and margin <= 0.0)) and _may_melt(found, step):
                begins = "melts" if melting else "begins to melt"
                so = f"{material} {begins} in {stage_name}, as it may (remelts = true)"
                allowed = allowed or so
                if melting is not None and not melting.enclosed:
                    break
            elif melting is not None:
                return _melts(found, material, stage_name, margin)
            elif margin is None:
                unknown = True
            elif worst is None or margin < worst[0]:
                worst = margin, stage_name, material
    if worst is not None and (worst[0] <= 0.0 or not allowed):
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
    if allowed:
        return not_judged(allowed)
    if metal:
        return holds("it does not melt")
    if unknown:
        return not_judged("the solidus of what was built upon is not in the library")
    return not_judged(
        "nothing was built upon frozen solder or a core"
        if next(built_upon(found), None) is None
        else "no stage follows what was built upon frozen solder"
    )


def _may_melt(found: Findings, step: Reflow | Mount | Cure) -> bool:
    """Whether the case allows a step to melt what was built upon: no claim of 000 and 003 does."""
    if found.case.route in ("photoimaged_opening", "laminated_abraded", "core_and_cap"):
        return False
    return found.case.remelts or (not isinstance(step, Cure) and step.remelts)


def _fuses(found: Findings, index: int, deposits: frozenset[int]) -> bool:
    """Whether solder that claim 1 of 004 wants to melt into one ball melts no later than that.

    It takes two openings: solder in one alone has nothing to fuse with.
    """
    masks = found.masks
    if found.case.route != "stacked_masks" or len(masks.masks) < 2 or not masks.fusing:
        return False
    return bool(deposits & masks.deposits) and index <= masks.fusing[0].index


def _melts(found: Findings, material: str, name: str, margin: float | None) -> Answer:
    """That a material melts in a stage, with its margin, K, where that is known."""
    told = fails(f"{material} melts in {name}", stage=_solved(found, name))
    if margin is None:
        return told
    return replace(told, value=margin, limits=(0.0, None), strict=True, unit="K")


def _solved(found: Findings, name: str) -> str:
    return name if name in {n for _, n, _ in found.solved_stages()} else ""


@condition("stands-upright", "The liquid stands upright.", **EVERY)
def stands_upright(found: Findings) -> list[Answer]:
    """Stable against every mode round the axis: the liquid, with both pads of a joint held.

    Whether a package shifts or tips is another question: a lateral or tilt stiffness that is
    negative tells it, and no condition judges it.
    """
    answers = []
    for name, about, liquid in found.liquids():
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


@condition("no-closed-void", "No gas is enclosed.", **EVERY)
def no_closed_void(found: Findings) -> Answer:
    """In no stage, and under no coat or barrier.

    Not judged where a stage is refused: what becomes of the gas there is not known, nor followed in
    a corner that its liquid leaves empty.
    """
    asked, unknown, refused = False, None, ""
    for moment in found.history:
        stage = moment.state.stage
        where = moment.step.name if isinstance(moment.step, Reflow | Mount) else moment.step.do
        at = f"at {where} (step {moment.index})"
        if stage is not None and stage.refusal is not None:
            if stage.refusal.reason == "gas_shut_in":
                return fails(f"what melts traps gas over a hollow, {at}")
            refused = f"{where} was refused"
            if stage.refusal.reason == "unfilled_corner":
                unknown = unknown or not_judged(
                    f"{refused} for a corner that the liquid leaves empty: the gas in it is not "
                    "followed"
                )
            continue
        if stage is None and not isinstance(moment.step, Coat | Barrier):
            continue
        asked = True
        if (gas := _enclosed(moment.state.stack)) > 0.0:
            return fails(f"{format_quantity(gas, 'volume')} are enclosed {at}")
        if isinstance(stage, Mounted) and (gas := shut_in(stage.package.stack.voids)) > 0.0:
            size = format_quantity(gas, "volume")
            return fails(f"{size} are enclosed on the package, by what does not melt there, {at}")
        gas, on = gas_under(stage) if isinstance(stage, Mounted) else (0.0, "")
        if gas > 0.0:
            size = format_quantity(gas, "volume")
            return fails(
                f"the package lies on {on} all round the joint, and traps {size} of gas, {at}"
            )
        if stage is not None and (gas := _run_over(moment, stage)) > 0.0:
            unknown = unknown or not_judged(
                f"the solder traps {format_quantity(gas, 'volume')} of gas {at}, in a hollow "
                "that is computed as filled: whether the gas gets out is not followed"
            )
    if unknown is not None:
        return unknown
    if refused or not asked:
        return not_judged(refused or "nothing is coated, grown or melted")
    return holds()


def _enclosed(stack: Stack) -> float:
    """Gas in the voids of what is no package's, m³: one that the package's bump fills is none."""
    names = [r.name for r in stack.regions if is_of_package(r.name)]
    if not names:
        return shut_in(stack.voids)
    voids = stack.without(*names).voids
    bare = {id(b.edge.curve) for b in stack.borders.all if AIR in b.sides} if voids else ()
    return shut_in(v for v in voids if any(id(e.curve) in bare for e in v))


def _run_over(moment: Moment, stage: Stage | Mounted) -> float:
    """Gas that solder has closed a hollow over before a stage that leaves none, m³."""
    if moment.before is None:
        return 0.0
    gas = _enclosed(moment.before.stack)
    if isinstance(stage, Mounted):
        gas += stage.gas + shut_in(stage.brought.stack.voids)
    return gas


@condition("nothing-on-liquid", "Nothing solid is carried by liquid alone.", **EVERY)
def nothing_on_liquid(found: Findings) -> Answer:
    """Every solid reaches the substrate through solids in every stage, but for the package.

    The board's orientation counts: a core that rests on a point is carried by it on a board that
    lies upright; under one that is turned over only the liquid holds it.
    """
    asked, carried = False, dict[str, str]()
    for moment in found.history:
        stage, step = moment.state.stage, moment.step
        if stage is None or not isinstance(step, Reflow | Mount):
            continue
        asked = True  # a refused stage, too, says what it would leave on the liquid
        solids = stage.solids.without(*stage.enclosed)  # what melts in a shell carries it no more
        floating = afloat(solids, hangs=step.gravity_in(found.case.gravity) < 0.0)
        floating = [n for n in floating if not is_of_package(n)]
        if floating:
            carried[step.name] = f"{' and '.join(floating)} in {step.name}"
    if carried:
        return fails("; ".join(carried.values()), stage=next(iter(carried)))
    return holds() if asked else not_judged("nothing is melted")


def afloat(stack: Stack, hangs: bool = False) -> list[str]:
    """Regions that reach the substrate neither by shared surfaces nor by a point on the axis.

    A point carries what rests on it, but nothing that hangs.
    """
    loose = set(stack.unsupported)
    if not loose:
        return []
    borders = stack.borders
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
