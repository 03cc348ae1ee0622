"""Reflows and mounts as steps: what melts is solved, freezes, and is what the next step finds."""

from __future__ import annotations

from collections.abc import Sequence

from bumpform.case.case import Case
from bumpform.materials.materials import Materials
from bumpform.process.mounts.approach import refuse_lifted
from bumpform.process.mounts.carrying import stays_on_core
from bumpform.process.mounts.cooling import shrunk
from bumpform.process.mounts.joined import joined, settled
from bumpform.process.mounts.mount import holding, mount
from bumpform.process.mounts.mounted import Holding, Mounted, Setting, Standing
from bumpform.process.mounts.package import Package
from bumpform.process.mounts.package_solder import attached, brought
from bumpform.process.reflows.freezing import freeze
from bumpform.process.reflows.melt import Content
from bumpform.process.reflows.reflow import Liquid, Stage, reflow, touching
from bumpform.process.state import Placed, State
from bumpform.quick import replace
from bumpform.stack.stack import Region, Stack
from bumpform.steps.kinds import (
    Mount,
    Reflow,
)
from bumpform.surface.drop.equilibrium import Doubt, Equilibrium
from bumpform.units.amounts import Amounted


def metal_density(amount: Amounted | None, case: Case, materials: Materials) -> float | None:
    """Density at 25 °C of what is put down as solid metal, kg/m³; None of an amount of liquid."""
    if amount is None or not (case.amounts == "solid" or amount.is_by_weight):
        return None
    return materials.solid_density(amount.solder)


def setting_of(
    state: State, step: Mount, temperature: float, case: Case, materials: Materials
) -> Setting:
    """What a package's mounting heats at a peak, K, and how.

    Raises
    ------
    ProcessError
    """
    density = metal_density(step.solder, case, materials)
    package, contents = brought(step, state.stack.outer, density)
    if step.solder is not None and step.solder.attached is not None:
        (content,) = contents.values()
        shrinks = case.freezing == "shrinks"
        package, content = attached(
            package, content, step.solder.attached, abs(case.gravity), materials, shrinks=shrinks
        )
        contents = {package.stack.regions[-1].name: content}
    gravity = step.gravity_in(case.gravity)
    contents = {**state.contents, **contents}
    if step.lifted and step.standoff is not None:
        below, above = (_hard(stack, contents) for stack in (state.stack, package.stack))
        refuse_lifted(step.standoff, Package(above).touch(below.profile).height)
    return Setting(
        state.stack,
        package,
        contents,
        temperature,
        gravity,
        materials,
        load=step.pressed_by(gravity),
        standoff=step.standoff,
        lifted=step.lifted,
        frozen=state.frozen,
    )


def _hard(stack: Stack, contents: dict[str, Content]) -> Stack:
    """What of a stack does not give way: no paste, and no solder that may stand in it."""
    cold = [r.name for r in stack.regions if r.name in contents]
    cold = [name for name in cold if contents[name].liquid_at is None]
    return stack.without(*cold) if any(contents[name].soft for name in cold) else stack


def with_package(
    state: State, step: Mount, stage: Mounted, contents: dict[str, Content], peak: float
) -> State:
    """The state with a package joined to the stack, or above it."""
    doubt = Doubt(*map(max, state.doubt, stage.brought.doubt))
    state = with_stage(replace(state, doubt=doubt), stage)
    told = (f"{step.name}: the package's {note}" for note in stage.brought.notes)
    state = replace(state, notes=(*state.notes, *told))
    if stage.height is None or stage.refusal is not None:
        return state
    package, regions = settled(stage), joined(stage)
    left = {*(r.name for r in stage.package.stack.regions)}
    kept = {name: content for name, content in contents.items() if name in left}
    if stage.hung is not None:
        kept[package.stack.regions[-1].name] = _content(stage.hung, peak)
    contents = frozen_contents(state, stage, regions, stage.liquids, peak) | kept
    joint = None if stage.gap is not None else regions[len(stage.solids.regions)].name
    placed = Placed(step, package, stage.height, joint, _top_line(stage))
    return replace(
        state, stack=replace(state.stack, regions=regions), contents=contents, placed=placed
    )


def _top_line(stage: Mounted) -> tuple[float, float]:
    """Place of a joint's upper line in the package's frame, m."""
    values = stage.shape.values if stage.shape is not None else {}
    if "top.r_m" not in values:
        return 0.0, 0.0
    return values["top.r_m"], values["standoff_m"] - values["top.z_m"]


def held_at(
    state: State,
    step: Mount,
    temperature: float,
    case: Case,
    materials: Materials,
    near: Mounted | None = None,
) -> Holding | None:
    """What would hold the package of a step with a load at another peak, K; None if refused.

    Where it is known what has come of the step at its own peak (``near``), and a core that carries
    the package there clearly goes on to do so, nothing is looked for anew.

    Raises
    ------
    CaseError, ProcessError
    """
    setting = setting_of(state, step, temperature, case, materials)
    if near is not None and near.standoff is not None and stays_on_core(near, setting):
        return Holding("core", near.standoff)
    return holding(setting)


def frozen_contents(
    state: State,
    stage: Stage | Mounted,
    regions: tuple[Region, ...],
    liquids: Sequence[Liquid | Mounted],
    temperature: float,
) -> dict[str, Content]:
    """Metal in every region of solder once a stage's liquids have frozen.

    Their regions come next after those that have stayed, in the same order.
    """
    left = {r.name for r in stage.solids.regions}
    contents = {name: c for name, c in state.contents.items() if name in left}
    for name in stage.enclosed:  # it keeps its outline, but is no paste any more
        if contents[name].soft:
            contents[name] = replace(contents[name], soft=False)
    for region, liquid in zip(regions[len(left) :], liquids, strict=False):
        contents[region.name] = _content(liquid, temperature)
    return contents


def _content(liquid: Liquid | Mounted, temperature: float) -> Content:
    """Metal of a liquid that has frozen, last liquid at a temperature in K."""
    volume = liquid.frozen.volume if liquid.frozen is not None else None
    return liquid.melt.content(temperature, volume)


def after_freezing[S: Stage | Mounted](
    stage: S, peak: float, case: Case, materials: Materials
) -> S:
    """A stage with its liquids frozen from a peak, K: shrunk, where they do."""
    return shrunk(stage, peak, materials) if case.freezing == "shrinks" else stage


def with_stage(state: State, stage: Stage | Mounted) -> State:
    """The state with a stage, whose errors are also those of the solid that it stands on."""
    doubt, bodies = state.doubt, []
    for liquid in stage.bodies:
        body, doubt = _liquid_told(liquid, state.doubt, doubt)
        bodies.append(body)
    stage, doubt = _liquid_told(stage, state.doubt, doubt)
    return replace(state, stage=replace(stage, bodies=tuple(bodies)), doubt=doubt)


def _liquid_told[L: Liquid | Stage | Mounted](
    liquid: L, solid: Doubt, doubt: Doubt
) -> tuple[L, Doubt]:
    """A liquid with the errors of the solid beneath it, also as it froze, and the doubt."""
    found, doubt = _doubted(liquid.equilibrium, solid, doubt)
    frozen = liquid.frozen
    if frozen is not None:
        shape, doubt = _doubted(frozen.shape, solid, doubt)
        assert shape is not None
        frozen = replace(frozen, shape=shape)
    return replace(liquid, equilibrium=found, frozen=frozen), doubt


def _doubted(
    found: Equilibrium | None, solid: Doubt, doubt: Doubt
) -> tuple[Equilibrium | None, Doubt]:
    """A surface with the errors of the solid beneath it, and the doubt with its own."""
    if found is None:
        return None, doubt
    own, found = found.doubt, found.on_solid(solid)
    # what it has from the solid is smooth: its slopes are off by their own errors, or the solid's
    return found, Doubt(max(doubt.place, found.doubt.place), max(doubt.slope, own.slope))


def setting_again(
    state: State, placed: Placed, step: Reflow, case: Case, materials: Materials
) -> Setting:
    """What a reflow heats under a package, and how."""
    gravity, mounted = step.gravity_in(case.gravity), placed.step
    return Setting(
        state.stack.without(*(r.name for r in placed.package.stack.regions)),
        placed.package,
        state.contents,
        step.peak_K,
        gravity,
        materials,
        load=mounted.pressed_by(gravity),
        standoff=mounted.standoff,
        lifted=placed.standoff == mounted.standoff,
        standing=None if placed.joint is None else Standing(placed.standoff, placed.line),
    )


def reflow_joint(
    state: State, placed: Placed, step: Reflow, case: Case, materials: Materials
) -> State:
    """A reflow under a package: it floats again, or stays at its standoff.

    Raises
    ------
    CaseError, ProcessError
    """
    setting = setting_again(state, placed, step, case, materials)
    if placed.joint is not None and placed.joint not in setting.molten:
        return _reflow_beside(state, placed, setting, case)
    stage = after_freezing(mount(setting), step.peak_K, case, materials)
    return with_package(state, placed.step, stage, state.contents, step.peak_K)


def _reflow_beside(state: State, placed: Placed, setting: Setting, case: Case) -> State:
    """A reflow of what is beside a joint that stays solid, and holds the package where it is.

    Raises
    ------
    CaseError, ProcessError
    """
    peak, materials = setting.temperature, setting.materials
    stage = reflow(
        setting.stack,
        setting.contents,
        temperature=peak,
        gravity=setting.gravity,
        materials=materials,
    )
    above = placed.package.at(placed.standoff).profile
    stage = touching(stage, above)
    bodies = tuple(touching(body, above) for body in stage.bodies)
    refusal = next((one.refusal for one in (stage, *bodies) if one.refusal is not None), None)
    stage = replace(stage, bodies=bodies, refusal=refusal)
    stage = after_freezing(stage, peak, case, materials)
    state = with_stage(state, stage)
    if stage.equilibrium is None or stage.refusal is not None:
        return state
    stack = freeze(stage.solids, stage.liquids)
    names = {region.name for region in placed.package.stack.regions}
    kept = {name: content for name, content in state.contents.items() if name in names}
    contents = frozen_contents(state, stage, stack.regions, stage.liquids, peak) | kept
    regions = (*stack.regions, *(r for r in state.stack.regions if r.name in names))
    return replace(state, stack=replace(stack, regions=regions), contents=contents)
