"""What a stage melts, as the melting takes it: solid, first shape, numbers of the liquid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from bumpform.case.case import Case
from bumpform.errors import CaseError, ConvergenceError, Problem, ProcessError
from bumpform.materials.materials import Materials
from bumpform.melting.body import Body
from bumpform.melting.flow import Fluid
from bumpform.melting.options import VISCOSITY, Options
from bumpform.melting.outline import first_shape
from bumpform.melting.shape import Shape
from bumpform.melting.wall import Wall
from bumpform.process.melt import Melt
from bumpform.process.mounted import Mounted, scaled_load
from bumpform.process.outcome import Moment, Run
from bumpform.process.reflow import Stage, first_touch
from bumpform.stack.profile import Profile
from bumpform.stack.stack import Stack
from bumpform.surface.landscape import Drop

#: How far the body above has sunk into what melts at the start, in units of L, and how much further
#: at once where a fixture presses it.
SUNK, PRESSED = 0.06, 0.1


class NotFollowed(CaseError):
    """A stage that has been reached, and is of a kind that is not followed in time."""


@dataclass(frozen=True, eq=False)
class Start:
    """A stage before it melts.

    Attributes
    ----------
    case : Case
    name : str
    moment : Moment
    stage : Stage or Mounted
        As computed: its equilibrium and the listed alternatives.
    drop : Drop
    floor : Wall
    shape : Shape
    fluid : Fluid
    body : Body or None
        The body above, of a joint.
    """

    case: Case
    name: str
    moment: Moment
    stage: Stage | Mounted
    drop: Drop
    floor: Wall
    shape: Shape
    fluid: Fluid
    body: Body | None = None

    @property
    def laplace(self) -> float:
        """Laplace number ρσL/μ²."""
        return self.drop.density * self.drop.surface_tension * self.drop.length / VISCOSITY**2

    @property
    def clock(self) -> float:
        """The unit of time μL/σ, s."""
        return VISCOSITY * self.drop.length / self.drop.surface_tension


def stages_of(run: Run) -> dict[str, Moment]:
    """The stages of a run, by name: those that have been solved, and one that was refused."""
    return {
        str(getattr(m.step, "name", "")): m
        for m in run.history
        if m.step.do in ("reflow", "mount") and m.before is not None and m.state.stage is not None
    }


def start_of(run: Run, stage: str | None, options: Options) -> Start:
    """A stage of a run before it melts; of no name, the first.

    Raises
    ------
    CaseError
        If there is none of that name.
    NotFollowed
        If it is not followed in time, with the reason.
    """
    moments = stages_of(run)
    if not moments or (stage is not None and stage not in moments):
        known = ", ".join(f'"{name}"' for name in moments) or "none"
        message = f"no stage of that name has been reached; reached: {known}"
        came = f'"{stage}"' if stage else ""
        raise CaseError([Problem("stage", message, came)], run.case.name)
    name = stage if stage is not None else next(iter(moments))
    moment = moments[name]
    try:
        return _start(run.case, name, moment, options)
    except ProcessError as error:
        raise NotFollowed([Problem("stage", str(error), f'"{name}"')], run.case.name) from error
    except ConvergenceError as error:
        message = f"no first shape has been found, so the melt is not followed in time ({error})"
        raise NotFollowed([Problem("stage", message, f'"{name}"')], run.case.name) from error


def _start(case: Case, name: str, moment: Moment, options: Options) -> Start:
    stage: Any = moment.state.stage
    before = moment.before
    assert before is not None
    if any(region.name.startswith("package ") for region in before.stack.regions):
        raise ProcessError("a joint that melts again is not followed in time")
    if isinstance(stage, Mounted):
        if any(region.kind == "solder" for region in stage.brought.stack.regions):
            raise ProcessError("solder that the package brings along is not followed in time")
        if stage.gap is not None:
            raise ProcessError("the joint has stayed open: there is nothing to be followed")
    if not stage.melted:
        raise ProcessError("all that melts is enclosed, and keeps its shape")
    if stage.bodies:
        raise ProcessError("several liquids that do not touch are not followed in time")
    materials = Materials(case.materials, case.wetting)
    drop = stage.melt.drop(case.gravity)
    floor = wall_of(stage.solids.profile, stage.melt, materials, drop.length)
    touch = first_touch(before.stack, stage.solids, stage.melted)
    roof = body = None
    if isinstance(stage, Mounted):
        if options.inertia:
            raise ProcessError("a joint is followed overdamped only: leave --inertia out")
        if touch[1] is not None:
            raise ProcessError("a joint on a ring is not followed in time")
        roof, body = _above(stage, before.stack, drop, materials)
    shape = first_shape(
        before.stack, stage.melted, touch, floor, options.sizes, drop.scaled_volume, roof
    )
    laplace = 0.0
    if options.inertia:
        laplace = drop.density * drop.surface_tension * drop.length / VISCOSITY**2
    fluid = Fluid(drop.bond, 1.0 / options.slip_length, laplace)
    return Start(case, name, moment, stage, drop, floor, shape, fluid, body)


def _above(stage: Mounted, stack: Stack, drop: Drop, materials: Materials) -> tuple[Wall, Body]:
    """The body above where it has sunk a little into what melts, and how it is moved."""
    meets = stage.package.touch(stack.profile).height
    length, lowest = drop.length, stage.touch.height
    height = max(lowest, meets - SUNK * length)
    if height >= meets:
        raise ProcessError("what stays solid holds the body above off what melts")
    if stage.load is None and stage.standoff is not None:
        if stage.standoff < height - SUNK * length:  # pressed from the start
            height = max(stage.standoff, height - PRESSED * length)
        body = Body(lowest / length, goal=stage.standoff / length)
    else:
        load = None if stage.load is None else scaled_load(stage.load, drop)
        body = Body(lowest / length, load)
    wall = wall_of(stage.package.at(0.0).profile, stage.melt, materials, length, upper=True)
    return wall.raised(height / length), body


def wall_of(
    profile: Profile, liquid: Melt, materials: Materials, length: float, *, upper: bool = False
) -> Wall:
    """A solid profile with the liquid's angles on it."""
    cosines = tuple(
        math.cos(liquid.contact_angle(piece.material, materials)) for piece in profile.pieces
    )
    return Wall(profile, cosines, length, upper)
