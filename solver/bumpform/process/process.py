"""The process: each step turns the state before it into the state after it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bumpform.case.amounts import Amounted
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
from bumpform.process.brought import brought
from bumpform.process.cooling import shrunk
from bumpform.process.freezing import freeze
from bumpform.process.joined import joined, settled
from bumpform.process.melt import Content, is_molten
from bumpform.process.mount import (
    Holding,
    Mounted,
    Setting,
    Standing,
    holding,
    mount,
    refuse_lifted,
)
from bumpform.process.reflow import Liquid, Stage, reflow, touching
from bumpform.process.staying import stays_on_core
from bumpform.stack.barrier import Juncture, Layer, distance_to_surface, exposed_solder, grow
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
from bumpform.stack.package import Package
from bumpform.stack.planar import highest
from bumpform.stack.plated import plate
from bumpform.stack.plated_through import plate_through
from bumpform.stack.profile import Edge, Profile
from bumpform.stack.stack import Region, Stack
from bumpform.surface.equilibrium import CERTAIN, Doubt, Equilibrium
from bumpform.units.units import format_quantity


@dataclass(frozen=True)
class Cavity:
    """The opening that a bump stands in.

    Attributes
    ----------
    layer, material : str
    z_top, thickness : float, m
        Height of the layer's top at the rim; thickness above the field that it covers.
    rim_r : float, m
        Radius of the opening at its rim.
    wall : float, m
        Height of the opening's wall: of the layer's inner face, and of those of the open layers
        under it.
    """

    layer: str
    material: str
    z_top: float
    thickness: float
    rim_r: float
    wall: float


@dataclass(frozen=True, eq=False)
class GrownBarrier:
    """A barrier as grown: its step, its juncture, and which thickness would be flush.

    Attributes
    ----------
    step : Barrier
    juncture : Juncture
        Where its top ends.
    flush_thickness : float or None, m
        Total thickness whose top ends at the rim; None without an opening.
    edge_to_rim : float or None, m
        How far from the rim its top ends; None without an opening.
    surface : tuple of Edge
        The solder's surface that it grew on, next to the axis.
    shape_error, juncture_error : float, m
        How far off that surface may lie, and the juncture.
    """

    step: Barrier
    juncture: Juncture
    flush_thickness: float | None
    edge_to_rim: float | None
    surface: tuple[Edge, ...]
    shape_error: float = 0.0
    juncture_error: float = 0.0

    @property
    def thickness_at_edge(self) -> float:
        """How thick it is where the solder meets the wall, m: level growth fills up there."""
        if self.step.growth == "planar":
            return self.juncture.z_m - float(self.surface[-1].point(1.0)[1])
        return self.step.total_thickness


@dataclass(frozen=True)
class Placed:
    """A package that has been mounted.

    Attributes
    ----------
    step : Mount
        Which says what holds it.
    package : Package
        With what has frozen on it alone.
    standoff : float, m
    joint : str or None
        Region that joins it to the stack; None where the joint is open.
    line : pair of float, m
        Where the joint's upper contact line froze, in the package's frame.
    """

    step: Mount
    package: Package
    standoff: float
    joint: str | None
    line: tuple[float, float]


@dataclass(frozen=True, eq=False)
class State:
    """Everything that stands there at one moment.

    Attributes
    ----------
    stack : Stack
    contents : dict of region name to Content
        Metal in every region of solder.
    cavity : Cavity or None
        The topmost opening.
    barrier : GrownBarrier or None
        The latest barrier.
    stage : Stage, Mounted or None
        The stage that the last step ran, if it was one.
    plane : float or None, m
        Height of the plane at which solder was abraded last.
    doubt : Doubt
        How far off the solid may be, by the errors of all surfaces solved so far.
    notes : tuple of str
        What the steps so far would tell their user.
    placed : Placed or None
        The package, once one is mounted.
    """

    stack: Stack
    contents: dict[str, Content]
    cavity: Cavity | None = None
    barrier: GrownBarrier | None = None
    stage: Stage | Mounted | None = None
    plane: float | None = None
    doubt: Doubt = CERTAIN
    notes: tuple[str, ...] = ()
    placed: Placed | None = None


def cavity_of(stack: Stack) -> Cavity | None:
    """The opening of the topmost layer that shows its top; None if that layer has none."""
    names = {r.name for r in stack.regions if r.kind == "dielectric"}
    shown = {p.region for p in stack.profile if p.feature == f"{p.region} top"} & names
    found: Cavity | None = None
    for name in shown:
        opening = opening_of(stack, name)
        if opening is not None and (found is None or opening.z_top > found.z_top):
            found = opening
    return found if found is None or found.rim_r > 0.0 else None


def opening_of(stack: Stack, name: str, *, island: bool = False) -> Cavity | None:
    """The opening of one layer, whatever covers its top.

    None where it does not reach the edge, unless asked for an island as well.
    """
    region = stack.region(name)
    tops = [e for e in region.loop if e.feature == f"{name} top"]
    limit = next((e for e in region.loop if e.feature == "outer"), None)
    if not tops or (limit is None and not island):
        return None
    # a loop runs counter-clockwise: tops run inwards
    r, z = min((e.point(1.0).tolist() for e in tops), key=lambda p: float(p[0]))
    ends = region.loop if limit is None else (limit,)
    field = min(float(z) for e in ends for z in e.tips[:, 1])
    return Cavity(name, region.material, z, z - field, r, z - _foot(stack, name, field))


def _foot(stack: Stack, layer: str, field: float) -> float:
    """Height at which an opening's wall starts, m; layers whose rims are at its foot go on down."""
    walls = {
        r.name: [float(z) for e in r.loop if e.feature == f"{r.name} wall" for z in e.tips[:, 1]]
        for r in stack.regions
        if r.kind == "dielectric"
    }
    foot = min(walls[layer], default=field)  # none is seen of a hole that metal fills
    near = 1e-9 * stack.outer
    while True:
        under = [min(z) for z in walls.values() if z and abs(max(z) - foot) < near]
        lower = min(under, default=foot)
        if not lower < foot - near:
            return foot
        foot = lower


def model_radius(case: Case) -> float:
    """Radius at which the model ends, m: half the pitch, or far beyond everything."""
    if case.pitch is not None:
        return 0.5 * case.pitch
    sizes = []
    for step in case.steps:
        if isinstance(step, Substrate):
            sizes.append(step.pad.radius)
        elif isinstance(step, Coat) and step.opening is not None:
            sizes.append(step.opening.radius_at(step.thickness))
        elif isinstance(step, Plate):
            sizes.append(step.radius if step.radius is not None else 0.0)
        elif isinstance(step, Core):
            sizes.append(0.5 * step.diameter)
        elif isinstance(step, Deposit):
            for part in (step.column, step.stencil):
                if part is not None:
                    sizes.append(part.radius)
            metal = step.metal_volume
            if step.stencil is not None:  # by weight: its room
                metal = step.stencil.aperture * step.stencil.transfer * step.stencil.metal_fraction
            if metal is not None:
                sizes.append(metal ** (1.0 / 3.0))
    return 4.0 * max(sizes)


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
        return _reflow(state, step, case, materials)
    if isinstance(step, Mount):
        return _mount(state, step, case, materials)
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


def metal_density(amount: Amounted | None, case: Case, materials: Materials) -> float | None:
    """Density at 25 °C of what is put down as solid metal, kg/m³; None of an amount of liquid."""
    if amount is None or not (case.amounts == "solid" or amount.is_by_weight):
        return None
    return materials.solid_density(amount.solder)


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


def _mount(state: State, step: Mount, case: Case, materials: Materials) -> State:
    setting = setting_of(state, step, step.peak_K, case, materials)
    stage = _cooled(mount(setting), step.peak_K, case, materials)
    return _set_down(state, step, stage, setting.contents, step.peak_K)


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
    gravity = step.gravity_in(case.gravity)
    contents = {**state.contents, **contents}
    if step.lifted:
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
    )


def _hard(stack: Stack, contents: dict[str, Content]) -> Stack:
    """What of a stack does not give way: no paste, and no solder that may stand in it."""
    cold = [r.name for r in stack.regions if r.name in contents]
    cold = [name for name in cold if contents[name].liquid_at is None]
    return stack.without(*cold) if any(contents[name].soft for name in cold) else stack


def _set_down(
    state: State, step: Mount, stage: Mounted, contents: dict[str, Content], peak: float
) -> State:
    """The state with a package joined to the stack, or above it."""
    state = _told(state, stage)
    if stage.height is None or stage.refusal is not None:
        return state
    package, regions = settled(stage), joined(stage)
    left = {*(r.name for r in stage.package.stack.regions)}
    kept = {name: content for name, content in contents.items() if name in left}
    if stage.hung is not None:
        kept[package.stack.regions[-1].name] = _content(stage.hung, peak)
    contents = _frozen(state, stage, regions, stage.liquids, peak) | kept
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


def _frozen(
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
    for region, liquid in zip(regions[len(left) :], liquids, strict=False):
        contents[region.name] = _content(liquid, temperature)
    return contents


def _content(liquid: Liquid | Mounted, temperature: float) -> Content:
    """Metal of a liquid that has frozen, last liquid at a temperature in K."""
    volume = liquid.frozen.volume if liquid.frozen is not None else None
    return liquid.melt.content(temperature, volume)


def _cooled[S: Stage | Mounted](stage: S, peak: float, case: Case, materials: Materials) -> S:
    """A stage with its liquids frozen from a peak, K: shrunk, where they do."""
    return shrunk(stage, peak, materials) if case.freezing == "shrinks" else stage


def _told(state: State, stage: Stage | Mounted) -> State:
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


def _reflow(state: State, step: Reflow, case: Case, materials: Materials) -> State:
    if state.placed is not None:
        return _reflow_joint(state, state.placed, step, case, materials)
    stage = reflow(
        state.stack,
        state.contents,
        temperature=step.peak_K,
        gravity=step.gravity_in(case.gravity),
        materials=materials,
    )
    stage = _cooled(stage, step.peak_K, case, materials)
    state = _told(state, stage)
    if stage.equilibrium is None or stage.refusal is not None:
        return state
    stack = freeze(stage)
    contents = _frozen(state, stage, stack.regions, stage.liquids, step.peak_K)
    return replace(state, stack=stack, contents=contents)


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


def _reflow_joint(
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
    stage = _cooled(mount(setting), step.peak_K, case, materials)
    return _set_down(state, placed.step, stage, state.contents, step.peak_K)


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
    stage = _cooled(stage, peak, case, materials)
    state = _told(state, stage)
    if stage.equilibrium is None or stage.refusal is not None:
        return state
    stack = freeze(stage)
    names = {region.name for region in placed.package.stack.regions}
    kept = {name: content for name, content in state.contents.items() if name in names}
    contents = _frozen(state, stage, stack.regions, stage.liquids, peak) | kept
    regions = (*stack.regions, *(r for r in state.stack.regions if r.name in names))
    return replace(state, stack=replace(stack, regions=regions), contents=contents)


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
