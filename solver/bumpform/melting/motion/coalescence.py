"""How the liquids of a stage move, one beside the other, and where they run together.

As long as they do not meet they know nothing of each other: each is followed by itself, and then
the first moment is looked for at which two have met.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from bumpform.errors import ConvergenceError, MeshError, Problem, ProcessError
from bumpform.melting.beginning.options import LIBRARIES, Options
from bumpform.melting.beginning.scene import Scene
from bumpform.melting.beginning.start import NotFollowed, Start
from bumpform.melting.motion.end import way_left
from bumpform.melting.motion.inertial import march_inertial
from bumpform.melting.motion.overdamped import Step, march
from bumpform.melting.shapes.leaving import Left
from bumpform.melting.shapes.shape import Shape
from bumpform.melting.shapes.touch import Stopped, neck, percent
from bumpform.process.reflows.bodies import in_words
from bumpform.units.units import format_quantity

#: Height of a joint at its lines, in units of L, below which it is the mesh that fails.
THIN = 0.01


class Instant(NamedTuple):
    """All liquids at one moment: the time in s, what each was when it began, and its step."""

    time: float
    starts: tuple[Start, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Trajectory:
    """What the liquids of a stage have done.

    Attributes
    ----------
    moments : tuple of Instant
    events : tuple of (time in s, words)
    stopped : str
        Why they were followed no further; empty where all are at rest.
    """

    moments: tuple[Instant, ...]
    events: tuple[tuple[float, str], ...] = ()
    stopped: str = ""


class _Alone(NamedTuple):
    """One liquid, as if there were no other; the ring that is left of a joint."""

    start: Start
    steps: tuple[Step, ...]
    stopped: str
    ring: Shape | None = None

    def time(self, k: int) -> float:
        """Of a step, s since all became molten."""
        return self.start.time(self.steps[k].time)


def followed(scene: Scene, told: Callable[[Start, Step], None] | None = None) -> Trajectory:
    """The way of all liquids of a scene, to rest or as far as they are followed.

    Raises
    ------
    NotFollowed
        Where it does not begin, with the reason.
    """
    try:
        starts = scene.begun()
        for start in starts:
            _reachable(start, scene.options)
    except ProcessError as error:
        message = str(error)
        raise NotFollowed(
            [Problem("stage", message, f'"{scene.name}"')], scene.case.name
        ) from error
    except ConvergenceError as error:
        message = f"no first shape has been found, so the melt is not followed in time ({error})"
        raise NotFollowed(
            [Problem("stage", message, f'"{scene.name}"')], scene.case.name
        ) from error
    moments: list[Instant] = []
    first = [words for start in starts for words in start.remarks]
    waiting = scene.waiting(starts)
    events = [(0.0, words) for words in [*first, *filter(None, [waiting])]]
    while True:
        part = _apart([_alone(start, scene.options, told) for start in starts], scene)
        moments += part.moments
        events += part.events
        if part.next is None:
            return Trajectory(tuple(moments), tuple(events), part.stopped)
        starts = part.next


def _reachable(start: Start, options: Options) -> None:
    """See to it that a liquid which is too far from its rest for all its steps does not begin.

    Who asks for fewer steps than are usual wants to see those.

    Raises
    ------
    ProcessError
    """
    most = max(options.steps, Options().most_steps)
    far, reach = way_left(start, start.shape), most * options.move
    if far > reach:
        raise ProcessError(
            f"the surface on the axis is {far:.3g} V^(1/3) from where it rests, and {most}"
            f" steps take it {reach:.3g} V^(1/3) at most: so thin a needle is not followed"
        )


def _alone(start: Start, options: Options, told: Callable[[Start, Step], None] | None) -> _Alone:
    """Follow one liquid."""
    steps: list[Step] = []
    stopped, ring = "", None
    try:
        way = march(start.shape, start.floor, start.fluid, options, start.body)
        if options.inertia:
            way = march_inertial(start.shape, start.floor, start.fluid, options, start.body)
        for step in way:
            steps.append(step)
            if told is not None:
                told(start, step)
            if len(steps) > options.steps:
                stopped = _restless(start, steps, options)
                break
    except Left as left:
        stopped, ring = str(left), left.shape
    except Stopped as seen:
        stopped = str(seen)
    except (ConvergenceError, MeshError) as error:
        stopped = _too_thin(start, steps) or f"the melt could be followed no further: {error}"
    except LIBRARIES as error:
        words = " ".join(str(error).split())
        stopped = f"the melt could be followed no further: a library stopped at it ({words})"
    return _Alone(start, tuple(_with_own_flow(steps, options.rest)), stopped, ring)


def _restless(start: Start, steps: Sequence[Step], options: Options) -> str:
    """That a liquid has not come to rest: how far it still goes, and what hangs by a neck."""
    length, last = start.drop.length, steps[-1]
    far = format_quantity(last.speed * (last.time - steps[-2].time) * length, "length", 2)
    told = f"it is not at rest after {options.steps} steps: its surface still goes {far} in a step"
    if found := neck(last.shape):
        radius = format_quantity(found[0] * length, "length", 2)
        told += f"; {percent(found[1])} of it lie beyond a neck of {radius} in radius"
    return told


def _with_own_flow(steps: Sequence[Step], rest: float) -> list[Step]:
    """Steps, each with the flow of its own shape in place of the one that led there.

    An overdamped flow begins a step: it is of the shape before. Nothing flows from a shape that
    jumps, nor from the last one: at rest it is left with the flow that led there.
    """
    found = []
    for k, step in enumerate(steps):
        before, later = steps[max(k - 1, 0)], steps[k + 1] if k + 1 < len(steps) else None
        if step.kinetic is not None:  # with inertia a step ends in its flow
            field = step.field if k == 0 or step.field is not before.field else None
        elif later is None:
            field = step.field if step.speed < rest else None
        else:
            field = later.field if later.kinetic is None and later.field is not step.field else None
        found.append(replace(step, field=field))
    return found


def _too_thin(start: Start, steps: Sequence[Step]) -> str:
    """That a joint has become too thin for the mesh, in words; empty where it has not."""
    if not steps or start.body is None:
        return ""
    low, top = (line.place() for line in steps[-1].shape.lines)
    high = math.dist(low, top)
    if high > THIN:
        return ""
    return (
        f"the liquid is {1e6 * high * start.drop.length:.3g} µm high between its lines, less than "
        "a hundredth of V^(1/3): that is too thin for the mesh"
    )


class _Part(NamedTuple):
    """What liquids have done until two of them met, and what there is from then on."""

    moments: list[Instant]
    events: list[tuple[float, str]]
    stopped: str
    next: tuple[Start, ...] | None


def _apart(liquids: Sequence[_Alone], scene: Scene) -> _Part:
    """Liquids side by side in time, up to the first meeting."""
    turns = sorted(
        (one.time(k), i, k) for i, one in enumerate(liquids) for k in range(len(one.steps))
    )
    several = len(liquids) > 1
    latest = [0] * len(liquids)
    starts = tuple(one.start for one in liquids)
    moments: list[Instant] = []
    events: list[tuple[float, str]] = []
    for n, (time, i, k) in enumerate(turns):
        latest[i] = k
        if n + 1 < len(liquids):
            continue  # the first shapes are one moment
        now = tuple(one.steps[m] for one, m in zip(liquids, latest, strict=True))
        starts = _riding(starts, now)
        moments.append(Instant(time, starts, now))
        if now[i].event and k > 0:
            name = f"{in_words(starts[i].melted)}: " if several else ""
            events.append((time, f"{name}{now[i].event}"))
        try:
            met = _meeting(scene, starts, now, time, at_rest=n + 1 == len(turns))
        except ProcessError as error:
            return _Part(moments, events, str(error), None)
        if met is not None:
            after, words = met
            return _Part(moments, [*events, (time, words)], "", after)
        if k == len(liquids[i].steps) - 1 and liquids[i].stopped:
            name = f"{in_words(starts[i].melted)}: " if several else ""
            words, ring = f"{name}{liquids[i].stopped}", liquids[i].ring
            if ring is None:
                return _Part(moments, events, words, None)
            then = tuple(
                scene.parted(start, ring, time)
                if one.ring is ring
                else replace(start, shape=step.shape, begun=time)
                for one, start, step in zip(liquids, starts, now, strict=True)
            )
            return _Part(moments, [*events, (time, words)], "", then)
    return _Part(moments, events, "", None)


def _riding(starts: tuple[Start, ...], steps: tuple[Step, ...]) -> tuple[Start, ...]:
    """The liquids with those that hang on a package where a joint has that at a moment."""
    on = ((s, step.shape) for s, step in zip(starts, steps, strict=True) if s.body is not None)
    height = next((replace(s, shape=shape).standoff for s, shape in on), None)
    if height is None:
        return starts
    return tuple(s if s.turned is None else replace(s, turned=height) for s in starts)


def _meeting(
    scene: Scene, starts: tuple[Start, ...], steps: tuple[Step, ...], time: float, *, at_rest: bool
) -> tuple[tuple[Start, ...], str] | None:
    """The liquids from a moment on at which two have met, and that in words; None if none have."""
    now = [
        replace(start, shape=step.shape, begun=time)
        for start, step in zip(starts, steps, strict=True)
    ]
    joins = at_rest or not scene.lifted
    for one, other in combinations(now, 2):
        pair = sorted((one, other), key=lambda s: s.shape.start.at)
        rest = tuple(s for s in now if s is not one and s is not other)
        words = f"{in_words(one.melted)} and {in_words(other.melted)} run together"
        hung = next((s for s in pair if s.turned is not None), None)
        if hung is not None:
            low = one if other is hung else other
            if low.body is not None:  # the package is on it, and a ring on that
                joint = scene.joined(low, hung, (low.standoff, low.standoff), time)
            else:
                joint = scene.joint(low, hung, time) if joins else None
        else:
            joint = scene.beside(pair[0], pair[1], time)
        if joint is not None:
            return (joint, *rest), words
    if scene.above is None or not joins or any(s.body is not None for s in now):
        return None
    waiting = [s for s in now if s.turned is None]
    for hung in now:  # it does not reach the stack, where no other liquid covers that
        if hung.turned is not None and not any(s.shape.on_axis for s in waiting):
            joint = scene.joint(None, hung, time)
            if joint is not None:
                return (joint, *waiting), f"{in_words(hung.melted)} meets the stack"
    if len(waiting) < len(now):
        return None
    for low in now:  # the package waits over liquid that does not reach it
        joint = scene.joint(low, None, time)
        if joint is not None:
            return (joint, *(s for s in now if s is not low)), (
                f"the package meets {in_words(low.melted)}"
            )
    return None
