"""A liquid before it melts, as the melting takes it: solid, first shape, numbers of the liquid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from bumpform.case.case import Case
from bumpform.errors import CaseError, Problem
from bumpform.geometry.curve import Array
from bumpform.melting.beginning.joining import over, under
from bumpform.melting.beginning.options import VISCOSITY
from bumpform.melting.flows.flow import Fluid
from bumpform.melting.shapes.body import Body
from bumpform.melting.shapes.outline import odd
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.union import first_crossing, united
from bumpform.melting.shapes.wall import Wall
from bumpform.process.moment import Moment
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, Stage
from bumpform.result.run import Run
from bumpform.surface.drop.drop import Drop

#: Room under a package, by the liquid's volume, up to which it is full; and how much further down
#: it is tried, in units of L.
FULL, DOWN = 1.02, 0.02


class NotFollowed(CaseError):
    """A stage that has been reached, and is of a kind that is not followed in time."""


@dataclass(frozen=True, eq=False)
class Start:
    """A liquid of a stage before it moves.

    Attributes
    ----------
    case : Case
    name : str
        Of the stage.
    moment : Moment
    stage : Stage or Mounted
        As computed.
    rest : Stage, Mounted, Liquid or None
        What this liquid has become there: its equilibrium and the listed alternatives; None where
        the stage has no such liquid.
    melted : tuple of str
        The regions that it has come from.
    drop : Drop
    floor : Wall
    shape : Shape
    fluid : Fluid
    body : Body or None
        The body above, of a joint.
    turned : float or None, m
        Height of the package's pad, of liquid that hangs there: its shape is in the package's
        frame, which counts downwards from it.
    begun : float, s
        When it began, since all became molten.
    remarks : tuple of str
        What is to be told of its first shape.
    """

    case: Case
    name: str
    moment: Moment
    stage: Stage | Mounted
    rest: Stage | Mounted | Liquid | None
    melted: tuple[str, ...]
    drop: Drop
    floor: Wall
    shape: Shape
    fluid: Fluid
    body: Body | None = None
    turned: float | None = None
    begun: float = 0.0
    remarks: tuple[str, ...] = ()

    @property
    def laplace(self) -> float:
        """Laplace number ρσL/μ²."""
        return laplace(self.drop)

    @property
    def standoff(self) -> float:
        """Height of the package's pad that its first shape reaches up to, m."""
        assert self.shape.end is not None
        return self.shape.end.wall.lift * self.drop.length

    @property
    def clock(self) -> float:
        """The unit of time μL/σ, s."""
        return VISCOSITY * self.drop.length / self.drop.surface_tension

    def time(self, step: float) -> float:
        """A time of its own clock, s since all became molten."""
        return self.begun + step * self.clock

    def placed(self, points: Array) -> Array:
        """Scaled places of this liquid's frame as they are over the stack, shape (n, 2), m."""
        found = points * self.drop.length
        return found if self.turned is None else np.array([0.0, self.turned]) + found * [1.0, -1.0]


def bridged(
    low: Start | None,
    hung: Start | None,
    floor: Wall,
    roof: Wall,
    heights: tuple[float, float],
    volume: float,
) -> Shape | None:
    """The same where the package is as low as it takes for the liquid to fill what is under it.

    Parameters
    ----------
    low, hung, floor
        As ``bridge``.
    roof : Wall
        With the package's pad at 0.
    heights : pair of float, m
        Of the pad: at first, and at the lowest.
    volume : float
        Of the liquid, per 2π and L³.
    """
    height, lowest = heights
    while True:
        shape = bridge(low, hung, floor, roof.raised(height / roof.length), height)
        if shape is None or height <= lowest:
            return shape
        if replace(shape, nodes=odd(shape.nodes)).volume < FULL * volume:
            return shape
        height = max(lowest, height - DOWN * roof.length)


def bridge(
    low: Start | None, hung: Start | None, floor: Wall, roof: Wall, height: float
) -> Shape | None:
    """Liquid from the stack to the package where that has sunk into it; None where they are apart.

    Parameters
    ----------
    low, hung : Start or None
        Liquid on the stack, and on the package, with their shapes at that moment.
    floor, roof : Wall
        The solids that the joint stands between.
    height : float, m
        Of the package's pad.

    Raises
    ------
    ProcessError
        Where they meet at a contact line.
    """
    length = floor.length
    if hung is not None:
        at = hung.shape.start.at
        top = Line("top", roof, at, roof.is_vertex(at))
        turned = replace(hung, turned=height)
        down: Array = turned.placed(turned.shape.nodes)[::-1] / length
    if low is None:
        return over(down, top, floor)
    start = replace(low.shape.start, wall=floor)
    up = low.placed(low.shape.nodes) / length
    if hung is None:
        return under(Shape(up, start), roof)
    where = first_crossing(up, down)
    return None if where is None else Shape(united(up, down, where), start, top)


def laplace(drop: Drop) -> float:
    """Laplace number ρσL/μ² of a liquid."""
    return drop.density * drop.surface_tension * drop.length / VISCOSITY**2


def stages_of(run: Run) -> dict[str, Moment]:
    """The stages of a run, by name: those that have been solved, and one that was refused."""
    return {
        str(getattr(m.step, "name", "")): m
        for m in run.history
        if m.step.do in ("reflow", "mount") and m.before is not None and m.state.stage is not None
    }


def stages_asked(run: Run, names: Iterable[str]) -> dict[str, Moment]:
    """Some stages of a run by name, each once; all of them if none is named.

    Raises
    ------
    CaseError
        If a name is none of a stage that has been reached, or there is none at all.
    """
    moments = stages_of(run)
    if not moments:
        message = "no step is a reflow or a mount: nothing melts in this case"
        raise CaseError([Problem("step", message)], run.case.name)
    known = ", ".join(f'"{name}"' for name in moments)
    message = f"no stage of that name has been reached; reached: {known}"
    asked = dict.fromkeys(names)
    unknown = [Problem("stage", message, f'"{name}"') for name in asked if name not in moments]
    if unknown:
        later = run.stopped.problems if run.stopped is not None else ()
        raise CaseError([*unknown, *later], run.case.name)
    return {name: moments[name] for name in asked or moments}
