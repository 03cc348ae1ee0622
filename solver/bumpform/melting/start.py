"""What a stage melts, as the melting takes it: solid, first shape, numbers of the liquid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from bumpform.case.case import Case
from bumpform.errors import CaseError, Problem, ProcessError
from bumpform.materials.materials import Materials
from bumpform.melting.flow import Fluid
from bumpform.melting.options import VISCOSITY, Options
from bumpform.melting.outline import first_shape
from bumpform.melting.shape import Shape
from bumpform.melting.wall import Wall
from bumpform.process.melt import Melt
from bumpform.process.mount import Mounted
from bumpform.process.outcome import Moment, Run
from bumpform.process.reflow import Stage
from bumpform.stack.profile import Profile
from bumpform.surface.landscape import Drop


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
    load : float or None
        On a body above that floats, over 2πσL.
    """

    case: Case
    name: str
    moment: Moment
    stage: Stage | Mounted
    drop: Drop
    floor: Wall
    shape: Shape
    fluid: Fluid
    load: float | None = None

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
        If there is none of that name, or it is not followed in time, with the reason.
    """
    moments = stages_of(run)
    if not moments or (stage is not None and stage not in moments):
        known = ", ".join(f'"{name}"' for name in moments) or "none"
        raise _wrong(run.case, f"no stage of that name has been reached; reached: {known}", stage)
    name = stage if stage is not None else next(iter(moments))
    moment = moments[name]
    try:
        return _start(run.case, name, moment, options)
    except ProcessError as error:
        raise _wrong(run.case, str(error), name) from error


def _wrong(case: Case, message: str, stage: str | None) -> CaseError:
    return CaseError([Problem("stage", message, f'"{stage}"' if stage else "")], case.name)


def _start(case: Case, name: str, moment: Moment, options: Options) -> Start:
    stage: Any = moment.state.stage
    before = moment.before
    assert before is not None
    if isinstance(stage, Mounted):
        raise ProcessError("a mounting is not followed in time")
    if not stage.melted:
        raise ProcessError("all that melts is enclosed, and keeps its shape")
    if stage.bodies:
        raise ProcessError("several liquids that do not touch are not followed in time")
    if stage.inner is not None:
        raise ProcessError("a deposit round a body in its middle, a ring, is not followed in time")
    materials = Materials(case.materials, case.wetting)
    drop = stage.melt.drop(case.gravity)
    floor = wall_of(stage.solids.profile, stage.melt, materials, drop.length)
    shape = first_shape(
        before.stack, stage.melted, stage.start, floor, options.sizes, drop.scaled_volume
    )
    laplace = 0.0
    if options.inertia:
        laplace = drop.density * drop.surface_tension * drop.length / VISCOSITY**2
    fluid = Fluid(drop.bond, 1.0 / options.slip_length, laplace)
    return Start(case, name, moment, stage, drop, floor, shape, fluid)


def wall_of(
    profile: Profile, liquid: Melt, materials: Materials, length: float, *, upper: bool = False
) -> Wall:
    """A solid profile with the liquid's angles on it."""
    cosines = tuple(
        math.cos(liquid.contact_angle(piece.material, materials)) for piece in profile.pieces
    )
    return Wall(profile, cosines, length, upper)
