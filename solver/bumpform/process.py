"""The process: each step turns the state before it into the state after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bumpform.barrier import Juncture, Layer, distance_to_surface, grow
from bumpform.case import Case
from bumpform.deposit import deposit
from bumpform.errors import CaseError, Problem, ProcessError
from bumpform.layers import coat, substrate
from bumpform.materials import Materials
from bumpform.melt import Content
from bumpform.profile import Edge
from bumpform.reflow import Stage, freeze, reflow
from bumpform.stack import Stack
from bumpform.steps import AnyStep, Barrier, Clean, Coat, Deposit, Reflow, Substrate


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
    """

    layer: str
    material: str
    z_top: float
    thickness: float
    rim_r: float


@dataclass(frozen=True, eq=False)
class GrownBarrier:
    """A barrier as grown: its step, its juncture, and which thickness would be flush.

    Attributes
    ----------
    step : Barrier
    juncture : Juncture
    flush_thickness : float or None, m
        Total thickness whose top meets the wall at the rim; None without an opening.
    surface : tuple of Edge
        The solder's surface that it grew on.
    """

    step: Barrier
    juncture: Juncture
    flush_thickness: float | None
    surface: tuple[Edge, ...]


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
    stage : Stage or None
        The stage that the last step ran, if it was one.
    """

    stack: Stack
    contents: dict[str, Content]
    cavity: Cavity | None = None
    barrier: GrownBarrier | None = None
    stage: Stage | None = None


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
        elif isinstance(step, Deposit):
            for part in (step.column, step.stencil):
                if part is not None:
                    sizes.append(part.radius)
            if step.metal_volume is not None:
                sizes.append(step.metal_volume ** (1.0 / 3.0))
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
    if isinstance(step, Deposit):
        stack, amount = deposit(state.stack, step)
        content = Content(((step.solder, 0.0),), amount.metal)
        return replace(
            state, stack=stack, contents={**state.contents, stack.regions[-1].name: content}
        )
    if isinstance(step, Reflow):
        return _reflow(state, step, case, materials)
    if isinstance(step, Barrier):
        return _barrier(state, step)
    assert isinstance(step, Clean)  # flux residue only: no shape changes
    return state


def _coat(state: State, step: Coat) -> State:
    opening = step.opening
    stack = coat(
        state.stack,
        layer=step.layer,
        material=step.material,
        thickness=step.thickness,
        opening_radius=opening.radius if opening else None,
        sidewall=opening.sidewall if opening else 0.0,
    )
    cavity = state.cavity
    if opening is not None:
        region = stack.regions[-1]
        wall = next(e for e in region.loop if e.feature == f"{step.layer} wall")
        r, z = wall.point(0.0)
        cavity = Cavity(region.name, step.material, float(z), step.thickness, float(r))
    return replace(state, stack=stack, cavity=cavity)


def _reflow(state: State, step: Reflow, case: Case, materials: Materials) -> State:
    stage = reflow(
        state.stack,
        state.contents,
        temperature=step.peak_K,
        gravity=case.gravity,
        materials=materials,
    )
    if stage.equilibrium is None or stage.refusal is not None:
        return replace(state, stage=stage)
    liquid = stage.melt
    stack = freeze(stage, "+".join(liquid.solders))
    gone = {r.name for r in state.stack.regions} - {r.name for r in stage.solids.regions}
    contents = {name: c for name, c in state.contents.items() if name not in gone}
    alloys = tuple(zip(liquid.solders, liquid.masses, strict=True))
    contents[stack.regions[-1].name] = Content(alloys, liquid.volume)
    return replace(state, stack=stack, contents=contents, stage=stage)


def _barrier(state: State, step: Barrier) -> State:
    layers = [Layer("barrier", step.material, step.thickness)]
    if step.finish is not None:
        layers.append(Layer("finish", step.finish.material, step.finish.thickness))
    kinds = {r.name: r.kind for r in state.stack.regions}
    surface = []
    for piece in state.stack.profile:
        if kinds[piece.region] != "solder":
            break
        surface.append(piece)
    stack, juncture = grow(state.stack, tuple(layers), growth=step.growth)
    flush = None
    if state.cavity is not None:
        if step.growth == "planar":
            flush = state.cavity.z_top - max(float(e.sample(32)[:, 1].max()) for e in surface)
        else:
            rim = (state.cavity.rim_r, state.cavity.z_top)
            flush = distance_to_surface(rim, tuple(surface))
    grown = GrownBarrier(step, juncture, flush, tuple(surface))
    return replace(state, stack=stack, barrier=grown)


def step_problem(case: Case, index: int, error: ProcessError | CaseError) -> CaseError:
    """A step's failure as a problem of the case, with the step's place."""
    step = case.steps[index]
    where = f"step.{index}"
    name = getattr(step, step.identity, "") if step.identity else ""
    label = f"{step.do} {name}".strip()
    if isinstance(error, CaseError):
        return CaseError(
            [
                Problem(p.path or where, f"{p.message} ({where}: {label})", p.came)
                for p in error.problems
            ],
            case.name,
        )
    return CaseError([Problem(f"{where} ({label})", str(error))], case.name)
