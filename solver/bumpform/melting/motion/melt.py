"""The way from a deposit to rest, in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bumpform.geometry.curve import Array
from bumpform.melting.beginning.options import Options
from bumpform.melting.beginning.scene import Scene, scene
from bumpform.melting.beginning.start import Start, stages_asked
from bumpform.melting.flows.field import Field, joined_fields
from bumpform.melting.motion.coalescence import Instant, followed
from bumpform.melting.motion.end import End, numbers, placed, settled
from bumpform.melting.motion.overdamped import Step
from bumpform.melting.motion.ringing import Left
from bumpform.melting.motion.spent import Spent
from bumpform.result.run import Run

__all__ = ["Frame", "Melted", "follow"]


@dataclass(frozen=True, eq=False)
class Frame:
    """A melt at one moment.

    Attributes
    ----------
    start : Start
        What the liquid was when it began.
    step : Step
        In units of L = ``start.drop.length``, σ and μ.
    time_s : float
        Time since all became molten, s.
    beside : tuple of Frame
        Further liquids at this moment: where they were last.
    spent : dict of str to float, J
        What the flow has turned into heat so far, and a fixture's work; empty with inertia.
    """

    start: Start
    step: Step
    time_s: float
    beside: tuple[Frame, ...] = ()
    spent: Mapping[str, float] = MappingProxyType({})

    @property
    def liquids(self) -> tuple[Frame, ...]:
        """Every liquid at this moment, this one first."""
        return (self, *self.beside)

    @property
    def outline(self) -> Array:
        """Nodes of the free surface, from its outer contact line on, shape (n, 2), m."""
        return self.start.placed(self.step.shape.nodes)

    @property
    def values(self) -> dict[str, float]:
        """Numbers as in the history, SI; those of further liquids as "body 1.apex_z_m"."""
        volume = self.start.drop.scaled_volume
        error = self.step.shape.volume / volume - 1.0
        here = placed(self.start, numbers(self.start, self.step))
        found = {"t_s": self.time_s, **here, **self.spent, "volume_error": error}
        found.pop("pressure_Pa", None)
        for k, other in enumerate(self.beside, 1):
            found |= {f"body {k}.{n}": v for n, v in other.values.items() if n != "t_s"}
        return found

    @property
    def field(self) -> Field | None:
        """Velocity (m/s) and pressure P = p + ρgz (Pa) on the nodes, in m.

        None where a shape jumps, and at the end of a melt that is followed no further: nothing
        flows from there; with inertia, nothing flows yet at the start. ``field.functions()`` gives
        them as functions of dolfinx.
        """
        fields = [one.own_field for one in self.liquids]
        there = [field for field in fields if field is not None]
        return joined_fields(there) if len(there) == len(fields) else None

    @property
    def own_field(self) -> Field | None:
        """That of the first liquid alone."""
        start, drop = self.start, self.start.drop
        if self.step.field is None:
            return None
        stress = drop.surface_tension / drop.length
        found = self.step.field.scaled(drop.length, drop.length / start.clock, stress)
        return found if start.turned is None else found.turned(start.turned)


@dataclass(frozen=True, eq=False)
class Melted:
    """A melt that has been followed.

    Attributes
    ----------
    start : Start
        The first liquid before it moves.
    frames : tuple of Frame
        Every step, the first shapes' first.
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
    def left(self) -> list[tuple[Start, Left]]:
        """The swings that have been left, of each liquid with inertia that has come to rest."""
        found = {
            one.step.left: one.start
            for frame in self.frames
            for one in frame.liquids
            if one.step.left is not None
        }
        return [(start, left) for left, start in found.items()]

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
        Called with every frame, of one liquid at a time.

    Raises
    ------
    CaseError
        If there is no such stage, or it is not followed in time, with the reason.
    """
    chosen = replace(options or Options(), inertia=inertia)

    def tell(start: Start, step: Step) -> None:
        if told is not None:
            told(Frame(start, step, start.time(step.time)))

    way = followed(_scene(run, stage, chosen), tell)
    spent = None if inertia else Spent()
    frames = [_frame(moment, spent) for moment in way.moments]
    last = way.moments[-1]
    end = End("none", {}, way.stopped, True) if way.stopped else settled(last.starts, last.steps)
    return Melted(frames[0].start, tuple(frames), end, way.events, chosen, way.stopped)


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
    options = replace(melted.options, inertia=False)
    beside = follow(run, melted.start.name, options=options, told=told)
    return replace(melted, overdamped=beside.end)


def _frame(moment: Instant, spent: Spent | None) -> Frame:
    first, *others = (
        Frame(start, step, moment.time, spent=spent.after(start, step) if spent else {})
        for start, step in zip(moment.starts, moment.steps, strict=True)
    )
    return replace(first, beside=tuple(others))


def _scene(run: Run, stage: str | None, options: Options) -> Scene:
    """A stage of a run before it melts; of no name, the first."""
    moments = stages_asked(run, () if stage is None else (stage,))
    name = next(iter(moments))
    return scene(run.case, name, moments[name], options)
