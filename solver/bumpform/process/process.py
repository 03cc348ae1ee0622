"""The process: each step turns the state before it into the state after it."""

from __future__ import annotations

import math
from dataclasses import replace

from bumpform.case.case import Case
from bumpform.case.steps import (
    Abrade,
    AnyStep,
    Barrier,
    Coat,
    Core,
    Cure,
    Deposit,
    Etch,
    Mount,
    Note,
    Plate,
    Reflow,
    Strip,
    Substrate,
)
from bumpform.errors import CaseError, Problem, ProcessError
from bumpform.materials.materials import Materials
from bumpform.process.bodies import adrift, in_words
from bumpform.process.melt import Content, is_molten
from bumpform.process.stages import metal_density, mount_step, reflow_step
from bumpform.process.state import (
    GrownBarrier,
    State,
    cavity_of,
    model_radius,
)
from bumpform.stack.barrier import Layer, distance_to_surface, exposed_solder, grow
from bumpform.stack.bodies import core
from bumpform.stack.conformal import coat_conformal
from bumpform.stack.cut import (
    Cut,
    abrade,
    abrade_below_top,
    etch,
    is_part,
    layer_top,
    lies_open,
    strip,
)
from bumpform.stack.deposit import deposit
from bumpform.stack.etched import etch_exposed
from bumpform.stack.layers import coat, overhang, substrate
from bumpform.stack.planar import highest
from bumpform.stack.plated import plate
from bumpform.stack.plated_through import plate_through
from bumpform.stack.profile import Profile
from bumpform.units.units import format_quantity


def apply_step(state: State | None, step: AnyStep, case: Case, materials: Materials) -> State:
    """The state after one step.

    Raises
    ------
    CaseError, ProcessError
        If the step cannot be done on the state.
    """
    if isinstance(step, Substrate):
        stack = substrate(
            pad_radius=step.pad.radius,
            pad_thickness=step.pad.thickness,
            pad_material=step.pad.material,
            base_material=step.base.material,
            outer=model_radius(case),
            proud=step.pad.proud,
        )
        return State(stack, {})
    if state is None:
        raise ProcessError("the first step must be a substrate")
    state = replace(state, stage=None)
    if isinstance(step, Coat):
        return _coat(state, step)
    if isinstance(step, Plate):
        return _plate(state, step, case, materials)
    if isinstance(step, Core):
        stack = core(state.stack, material=step.material, diameter=step.diameter)
        return replace(state, stack=stack)
    if isinstance(step, Deposit):
        return _deposit(state, step, case, materials)
    if isinstance(step, Etch):
        return _etch(state, step)
    if isinstance(step, Strip):
        return _after_cut(state, strip(state.stack, step.layer))
    if isinstance(step, Abrade):
        return _abrade(state, step)
    if isinstance(step, Reflow):
        return reflow_step(state, step, case, materials)
    if isinstance(step, Mount):
        return mount_step(state, step, case, materials)
    if isinstance(step, Barrier):
        return _barrier(state, step)
    if isinstance(step, Cure):
        _refuse_melting(state, step, materials)
    if isinstance(step, Note):
        return replace(state, notes=(*state.notes, step.text))
    return state  # clean, cure, flux: no shape changes


def _refuse_melting(state: State, step: Cure, materials: Materials) -> None:
    """No solder may melt in a cure.

    Raises
    ------
    CaseError, ProcessError
    """
    for region in state.stack.regions:
        if region.kind == "solder" and is_molten(
            region.material, state.contents[region.name], step.temperature, materials
        ):
            at = format_quantity(step.temperature, "temperature")
            raise ProcessError(
                f"cure: {region.name} would melt at {at}: cure before it is deposited, or less "
                "hot, or write a reflow at that temperature"
            )


def _deposit(state: State, step: Deposit, case: Case, materials: Materials) -> State:
    """Solder put down: weighed at once where its amount is one of solid metal."""
    density = metal_density(step, case, materials)
    stack, amount = deposit(state.stack, step, density)
    mass = 0.0 if density is None else amount.metal * density
    content = Content(((step.solder, mass),), amount.metal, soft=step.is_soft)
    contents = {**state.contents, stack.regions[-1].name: content}
    return _noted(replace(state, stack=stack, contents=contents), state, step)


def _coat(state: State, step: Coat) -> State:
    opening = step.opening
    if step.growth == "conformal":
        stack = coat_conformal(
            state.stack,
            layer=step.layer,
            material=step.material,
            thickness=step.thickness,
            opening_radius=opening.radius if opening else None,
        )
        return _noted(replace(state, stack=stack, cavity=cavity_of(stack)), state, step)
    stack = coat(
        state.stack,
        layer=step.layer,
        material=step.material,
        thickness=step.thickness,
        opening_radius=opening.radius if opening else None,
        sidewall=opening.sidewall if opening else 0.0,
    )
    after = replace(state, stack=stack, cavity=cavity_of(stack))
    room = overhang(state.stack) if opening is None else None
    if room is not None:
        text = (
            f"coat {step.layer}: it fills under the overhang of {room.body}; a film that does not "
            f"flow there would leave a void of up to {format_quantity(room.volume, 'volume')}"
        )
        after = replace(after, notes=(*after.notes, text))
    return _noted(after, state, step)


def _plate(state: State, step: Plate, case: Case, materials: Materials) -> State:
    """Metal plated on all but resists: photoresists, and what is stripped later."""
    if step.fill is not None:
        stack = plate_through(
            state.stack,
            name=step.name,
            material=step.material,
            layer=step.fill.layer,
            height=step.fill.height,
        )
        return _noted(replace(state, stack=stack, cavity=cavity_of(stack)), state, step)
    assert step.radius is not None
    assert step.thickness is not None
    stripped = {s.layer for s in case.steps if isinstance(s, Strip)}
    resists = {
        r.name
        for r in state.stack.regions
        if r.kind == "dielectric"
        and (r.name in stripped or materials.get(r.material).kind == "photoresist")
    }
    plated = plate(
        state.stack,
        name=step.name,
        material=step.material,
        radius=step.radius,
        thickness=step.thickness,
        resists=resists,
    )
    after = replace(state, stack=plated.stack, cavity=cavity_of(plated.stack))
    if plated.note:
        after = replace(after, notes=(*after.notes, f"plate {step.name}: {plated.note}"))
    return _noted(after, state, step)


def _noted(after: State, before: State, step: AnyStep) -> State:
    """The state with a note of every void that a step has closed."""
    if len(after.stack.voids) <= len(before.stack.voids):
        return after
    room = sum(abs(float(sum(e.moments()[0] for e in void))) for void in after.stack.voids)
    text = f"{step.do}: it closes a void of {format_quantity(6.283185307 * room, 'volume')}"
    return replace(after, notes=(*after.notes, text))


def _after_cut(state: State, cut: Cut) -> State:
    """The state whose solder is what a cut has left of it.

    Raises
    ------
    ProcessError
        If what a ball rested on is gone.
    """
    loose = adrift(cut.stack)
    if loose:
        raise ProcessError(
            f"{in_words(loose)} would hang in the air without what this takes away: take away "
            "less, or reflow first"
        )
    before = {r.name: r for r in state.stack.regions}
    after = {r.name: r for r in cut.stack.regions}
    contents: dict[str, Content] = {}
    for name, content in state.contents.items():
        for part in cut.parts[name]:
            share = after[part].volume / before[name].volume
            same = after[part] is before[name]
            contents[part] = content if same else content.scaled(share)
    coated = [r for r in state.stack.regions if r.name.split(" ")[0] in ("barrier", "finish")]
    whole = all(after.get(r.name) is r for r in coated)
    return replace(
        state,
        stack=cut.stack,
        contents=contents,
        cavity=cavity_of(cut.stack),
        barrier=state.barrier if whole else None,
    )


def _etch(state: State, step: Etch) -> State:
    there = any(is_part(r, step.layer) for r in state.stack.regions)
    if step.mask is None and (lies_open(state.stack, step.layer) or not there):
        return _after_cut(state, etch(state.stack, step.layer, step.by))
    return _after_cut(state, etch_exposed(state.stack, step.layer, step.by))


def _abrade(state: State, step: Abrade) -> State:
    if step.below_top is not None:
        layer, by = step.below_top.layer, step.below_top.by
        plane = layer_top(state.stack, layer, "abrade") - by
        after = _after_cut(state, abrade_below_top(state.stack, layer, by))
    else:
        assert step.to is not None
        plane = step.to
        after = _after_cut(state, abrade(state.stack, plane))
    return replace(after, plane=plane) if after.contents != state.contents else after


def _barrier(state: State, step: Barrier) -> State:
    layers = [Layer("barrier", step.material, step.thickness)]
    if step.finish is not None:
        layers.append(Layer("finish", step.finish.material, step.finish.thickness))
    stack, juncture = grow(state.stack, tuple(layers), growth=step.growth)
    run = exposed_solder(state.stack)[0]
    surface = state.stack.profile.pieces[run.start : run.stop]
    flush = edge_to_rim = None
    if state.cavity is not None:
        rim = (state.cavity.rim_r, state.cavity.z_top)
        edge_to_rim = math.dist(juncture, rim)
        if step.growth == "planar":
            flush = state.cavity.z_top - highest(surface)
        else:
            flush = distance_to_surface(rim, surface)
    off = state.doubt.place
    off_at_end = off / _steepness(state.stack.profile, run.stop)
    grown = GrownBarrier(step, juncture, flush, edge_to_rim, surface, off, off_at_end)
    return replace(state, stack=stack, barrier=grown)


def _steepness(profile: Profile, end: int) -> float:
    """How directly a barrier's top meets the wall: what lies off by δ meets it δ over this away.

    Half the sine of the angle between the solder's surface and the wall beside it: the barrier's
    top, further up, meets it at another angle, yet not at so much a flatter one.
    """
    a, b = profile.pieces[end - 1].tangent(1.0), profile.pieces[end].tangent(0.0)
    return max(1e-3, 0.5 * abs(float(a[0] * b[1] - a[1] * b[0])))


def step_problem(case: Case, index: int, error: ProcessError | CaseError) -> CaseError:
    """A step's failure as a problem of the case, with the step's place, which is told once."""
    step = case.steps[index]
    where = f"step.{index}"
    name = (getattr(step, step.identity, "") or "") if step.identity else ""
    label = f"{step.do} {name}".strip()
    if isinstance(error, CaseError):
        return CaseError(
            [
                Problem(p.path or where, f"{p.message} ({where}: {label})", p.came)
                for p in error.problems
            ],
            case.name,
        )
    message = str(error)
    for prefix in (f"{label}: ", f"{step.do}: "):
        message = message.removeprefix(prefix)
    return CaseError([Problem(f"{where} ({label})", message)], case.name)
