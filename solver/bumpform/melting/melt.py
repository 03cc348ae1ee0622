"""The way from a deposit to rest, in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from shapely.errors import ShapelyError

from bumpform.errors import ConvergenceError, MeshError
from bumpform.melting.end import End, numbers, settled_at
from bumpform.melting.field import Field
from bumpform.melting.inertia import march_inertial
from bumpform.melting.march import Step, march
from bumpform.melting.options import Options
from bumpform.melting.start import Start, start_of
from bumpform.melting.touch import Stopped
from bumpform.process.outcome import Run
from bumpform.stack.curve import Array

__all__ = ["Frame", "Melted", "follow"]

#: Fewest steps after which a melt with inertia is given up.
INERTIAL_STEPS = 4000
#: What dolfinx, PETSc (both RuntimeError), shapely and numpy raise on a shape that they cannot do.
LIBRARIES: Final = (RuntimeError, ShapelyError, np.linalg.LinAlgError)


@dataclass(frozen=True, eq=False)
class Frame:
    """A melt at one moment.

    Attributes
    ----------
    start : Start
        What melts.
    step : Step
        In units of L = ``start.drop.length``, σ and μ.
    """

    start: Start
    step: Step

    @property
    def time_s(self) -> float:
        """Time since it was molten, s."""
        return self.step.time * self.start.clock

    @property
    def outline(self) -> Array:
        """Nodes of the free surface, from its outer contact line on, shape (n, 2), m."""
        return self.step.shape.nodes * self.start.drop.length

    @property
    def values(self) -> dict[str, float]:
        """Numbers as in the history, SI."""
        volume = self.start.drop.scaled_volume
        error = self.step.shape.volume / volume - 1.0
        found = {"t_s": self.time_s, **numbers(self.start, self.step), "volume_error": error}
        found.pop("pressure_Pa", None)
        return found

    @property
    def field(self) -> Field | None:
        """Velocity (m/s) and pressure P = p + ρgz (Pa) on the nodes, in m; None at the start.

        They are of the flow that led here, where it began. ``field.functions()`` gives them as
        functions of dolfinx.
        """
        drop = self.start.drop
        if self.step.field is None:
            return None
        stress = drop.surface_tension / drop.length
        return self.step.field.scaled(drop.length, drop.length / self.start.clock, stress)


@dataclass(frozen=True, eq=False)
class Melted:
    """A melt that has been followed.

    Attributes
    ----------
    start : Start
    frames : tuple of Frame
        Every step, the first shape's first.
    end : End
        Which rest it has come to.
    events : tuple of (time in s, words)
        What its contact lines met.
    options : Options
    stopped : str
        Why it was followed no further; empty where it is at rest.
    overdamped : End or None
        Of a melt with inertia, where the same melt ends without; None where it was not asked.
    """

    start: Start
    frames: tuple[Frame, ...]
    end: End
    events: tuple[tuple[float, str], ...]
    options: Options
    stopped: str = ""
    overdamped: End | None = None

    @property
    def history(self) -> list[dict[str, float]]:
        """Numbers of every step, SI."""
        return [frame.values for frame in self.frames]

    @property
    def settles_at(self) -> str:
        """The rest by name: "equilibrium", "alternative N" or "none"."""
        return self.end.settles_at


def follow(
    run: Run,
    stage: str | None = None,
    *,
    inertia: bool = False,
    options: Options | None = None,
    told: Callable[[Frame], None] | None = None,
) -> Melted:
    """Follow a stage of a run from its deposit to rest.

    Parameters
    ----------
    run : Run
    stage : str, optional
        Its name; the first one if not given.
    inertia : bool
        Whether the liquid has its mass (Navier–Stokes), rather than flowing overdamped (Stokes).
    options : Options, optional
        Mesh and steps.
    told : function, optional
        Called with every frame.

    Raises
    ------
    CaseError
        If there is no such stage, or it is not followed in time, with the reason.
    """
    chosen = replace(options or Options(), inertia=inertia)
    if inertia:
        chosen = replace(chosen, most_steps=max(chosen.most_steps, INERTIAL_STEPS))
    start = start_of(run, stage, chosen)
    frames: list[Frame] = []
    events: list[tuple[float, str]] = []
    stopped = ""
    try:
        way = march(start.shape, start.floor, start.fluid, chosen, start.body)
        if chosen.inertia:
            way = march_inertial(start.shape, start.floor, start.fluid, chosen)
        for step in way:
            frames.append(Frame(start, step))
            if step.event:
                events.append((frames[-1].time_s, step.event))
            if told is not None:
                told(frames[-1])
            if len(frames) > chosen.most_steps:
                stopped = f"it is not at rest after {chosen.most_steps} steps"
                break
    except Stopped as seen:
        stopped = str(seen)
    except (ConvergenceError, MeshError) as error:
        stopped = f"the melt could be followed no further: {error}"
    except LIBRARIES as error:
        told_by = " ".join(str(error).split())
        stopped = f"the melt could be followed no further: a library stopped at it ({told_by})"
    end = End("none", {}, stopped, True) if stopped else settled_at(start, frames[-1].step)
    return Melted(start, tuple(frames), end, tuple(events), chosen, stopped)


def beside_overdamped(
    run: Run, melted: Melted, told: Callable[[Frame], None] | None = None
) -> Melted:
    """A melt with inertia, and where it ends without: inertia may carry it to another rest.

    Parameters
    ----------
    run : Run
        That it is of.
    melted : Melted
    """
    options = replace(melted.options, inertia=False, most_steps=Options().most_steps)
    return replace(melted, overdamped=follow(run, melted.start.name, options=options).end)
