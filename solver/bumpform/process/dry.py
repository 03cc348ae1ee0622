"""A process gone through without solving a surface: what is wrong with it whatever they are.

Every step is tried. Where a surface would be solved, the pairs of solder and exposed material
that it needs are looked up, and stand-ins take its place (`bumpform.process.stand_in`). A step is
wrong if it is wrong on all of them; those on which it is, where it is not on others, are no
longer looked at: the surface is not like them, or its run is stopped there. Those that are left
bracket it no more: from then on, only what is wrong whatever stands there is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bumpform.case.case import Case
from bumpform.errors import CaseError, Problem, ProcessError
from bumpform.geometry.names import is_barrier
from bumpform.materials.materials import Materials
from bumpform.process.apply import apply_step, step_problem
from bumpform.process.mounts.approach import refuse_overlap
from bumpform.process.mounts.mounted import Setting
from bumpform.process.mounts.package import Package
from bumpform.process.reflows.bodies import bodies_of, molten_regions
from bumpform.process.reflows.melt import Content, Melt, fuse
from bumpform.process.reflows.reflow import refused_before
from bumpform.process.reflows.shrinking import cold_problems, solid_volume
from bumpform.process.stages import setting_again, setting_of
from bumpform.process.stand_in import PLAINEST, WAYS, stand_in
from bumpform.process.state import Placed, State
from bumpform.quick import replace
from bumpform.stack.stack import Stack
from bumpform.steps.kinds import (
    Abrade,
    AnyStep,
    Deposit,
    Mount,
    Reflow,
    Substrate,
)

__all__ = ["dry_problems", "found_dry"]

#: What is wrong, and the state with which to go on.
_Outcome = tuple[list[Problem], State | None]
#: Before any surface has been solved, the stack is what it is.
_EXACT: Final = "exact"
_NUMBER: Final = re.compile(r"(-?\d[\d.]*(?:e[+-]?\d+)?(?: (?:nm|µm|mm|m)\b)?)")
_CLAUSE: Final = re.compile(r"(: |; )")


def dry_problems(case: Case) -> tuple[Problem, ...]:
    """Every problem of a case's process that is one whatever the solved surfaces are.

    Parameters
    ----------
    case : Case

    Returns
    -------
    tuple of Problem
        In the order of the steps; none where a run can only be stopped by what it solves.
    """
    return tuple(problem for _, problem in found_dry(case))


def found_dry(case: Case) -> tuple[tuple[int, Problem], ...]:
    """What `dry_problems` finds, each problem with the index of its step."""
    brings = any(isinstance(step, Mount) and step.solder is not None for step in case.steps)
    problems: list[tuple[int, Problem]] = []
    for ways in (PLAINEST, tuple(WAYS)):  # what is right on one is no problem
        joined = _walked(case, ways, joins=True)
        apart = _walked(case, ways, joins=False) if brings and joined else joined
        problems = [problem for problem in joined if problem in apart]
        if not problems:
            break
    return tuple(problems)


def _walked(case: Case, ways: tuple[str, ...], *, joins: bool) -> list[tuple[int, Problem]]:
    """What is wrong on all of some ways."""
    walk = _Walk(case, ways, joins=joins)
    for index in range(len(case.steps)):
        walk.take(index)
    return walk.problems


class _Walk:
    """The way through a process.

    Attributes
    ----------
    ways : tuple of str
        Of the stand-ins that are tried.
    joins : bool
        Whether what melts on a package is one liquid with what melts on the stack.
    problems : list of (index of the step, Problem)
    states : dict of way to State
        What may stand there; empty while nothing does.
    lost : set of str
        Layers that failed steps have not made.
    doubtful : bool
        Whether a step that shapes the solid has failed: what shows then is not what would.
    narrowed : bool
        Whether a step could not be done on some of the stand-ins: the surface may be like none
        of the others.
    mixed : bool
        Whether different solders may have fused: by shape, it hangs on where they meet.
    unsoldered : bool
        Whether a deposit has failed, or a package that brings solder: what is missing then is no
        problem of its own.
    """

    def __init__(self, case: Case, ways: tuple[str, ...], *, joins: bool) -> None:
        self.case = case
        self.ways = ways
        self.joins = joins
        self.materials = Materials(case.materials, case.wetting)
        self.problems: list[tuple[int, Problem]] = []
        self.states: dict[str, State] = {}
        self.lost: set[str] = set()
        self.doubtful = False
        self.narrowed = False
        self.mixed = False
        self.unsoldered = False
        self._bare: State | None = None
        self._known: set[Problem] = set()

    def take(self, index: int) -> None:
        """Try a step on all that may stand there."""
        step = self.case.steps[index]
        if not self.states and not isinstance(step, Substrate):
            return  # without a substrate, nothing can be said of what stands on it
        if self.lost & set(step.layers):
            self._lose(step)
            return
        first = next(iter(self.states.values()), None)
        tried = {
            way: outcome
            for way in self._ways(step)
            if (outcome := self._outcome(self.states.get(way, first), step, way))
        }
        if isinstance(step, Substrate):
            self._bare = tried[_EXACT][1]
        right = {way: after for way, (wrong, after) in tried.items() if not wrong and after}
        if right:
            self.narrowed |= len(right) < len(tried)
            self.states = right
            return
        self.states = {way: after for way, (_, after) in tried.items() if after}
        found = list(_common([wrong for wrong, _ in tried.values()])) if tried else []
        for problem in found:
            self._tell(index, problem)
        if any(not problem.path for problem in found):
            self._lose(step)

    def _ways(self, step: AnyStep) -> Iterable[str]:
        if isinstance(step, Reflow | Mount):
            return self.ways
        return self.states or (_EXACT,)

    def _outcome(self, state: State | None, step: AnyStep, way: str) -> _Outcome | None:
        """A step tried on a state; None where there is no such stand-in."""
        try:
            if isinstance(step, Reflow | Mount):
                assert state is not None
                return self._melted(state, step, way)
            return [], apply_step(state, step, self.case, self.materials)
        except CaseError as error:
            return list(error.problems), state
        except ProcessError as error:
            return [Problem("", str(error), key=error.key)], state

    def _melted(self, state: State, step: Reflow | Mount, way: str) -> _Outcome | None:
        """A stage up to its surface, and a stand-in for that."""
        if isinstance(step, Mount):
            setting = setting_of(state, step, step.peak_K, self.case, self.materials)
            placed = Placed(step, setting.above, 0.0, None, (0.0, 0.0))
            state = replace(state, placed=placed, contents=setting.contents)
        elif state.placed is not None:
            setting = setting_again(state, state.placed, step, self.case, self.materials)
        else:
            return self._reflowed(state, step, way)
        above, hung, bodies = setting.above, setting.hung, setting.bodies
        solids = state.stack.without(*bodies.melted)
        package = Package(above.stack.without(*hung))
        if bodies.free and refused_before(state.stack, solids, bodies) is not None:
            return [], state  # before it is solved: the run ends here, it asks for no angle
        if isinstance(step, Mount):
            refuse_overlap(step.standoff, package.touch(solids.profile).height)
        if bodies.free and not hung:
            return self._reflowed(state, step, way, package)
        hidden = _under_barrier(solids)
        shown = (piece for s in (solids, package.stack) for piece in s.profile)
        surfaces = [piece.material for piece in shown if piece.region not in hidden]
        wrong: list[Problem] = []
        if not hung:  # all that melts is shut in: the run ends here, it asks for no angle
            return [], state
        self._note_mixed(setting.contents[name] for name in (*bodies.melted, *hung))
        for body in (*bodies.free, hung):
            liquid = setting.made(body)
            wrong += _missing_angles(liquid, surfaces, self.materials)
            wrong += self._cold(liquid)
        if wrong or not bodies.free:  # alone, it is the same metal wherever it freezes
            return wrong, state
        if not self.joins:
            return self._reflowed(state, step, way, package)
        if len(bodies.free) > 1:  # which of them it joins, only a run tells
            return [], None
        return self._joined(state, way, setting)

    def _joined(self, state: State, way: str, setting: Setting) -> _Outcome | None:
        """A stand-in for the one liquid of a stack and of a package."""
        (body,), hung = setting.bodies.free, setting.hung
        liquid = setting.made((*body, *hung))
        shrinks = self.case.freezing == "shrinks"
        volume = solid_volume(liquid, self.materials) if shrinks else None
        placed = state.placed
        assert placed is not None
        placed = replace(placed, package=Package(placed.package.stack.without(*hung)))
        contents = {name: c for name, c in state.contents.items() if name not in hung}
        state = replace(state, placed=placed, contents=contents)
        try:
            return [], stand_in(state, way, body, liquid, setting.temperature, volume)
        except ProcessError:  # it does not fit the stack
            return None

    def _reflowed(
        self,
        state: State,
        step: Reflow | Mount,
        way: str,
        package: Package | None = None,
    ) -> _Outcome | None:
        """What melts on the stack, with a package over it or without."""
        names = molten_regions(state.stack, state.contents, step.peak_K, self.materials)
        bodies = bodies_of(state.stack, names)
        solids = state.stack.without(*bodies.melted)
        hidden = _under_barrier(solids)
        surfaces = [p.material for p in solids.profile if p.region not in hidden]
        surfaces += [piece.material for piece in package.stack.profile] if package else []
        wrong, after = list[Problem](), state
        if refused_before(state.stack, solids, bodies) is not None:
            return [], state  # before it is solved: the run ends here, it asks for no angle
        self._note_mixed(state.contents[name] for name in names)
        for body in bodies.free:
            liquid = fuse([state.contents[n] for n in body], step.peak_K, self.materials)
            wrong += _missing_angles(liquid, surfaces, self.materials)
            cold = self._cold(liquid)
            wrong += cold
            shrinks = self.case.freezing == "shrinks" and not cold
            volume = solid_volume(liquid, self.materials) if shrinks else None
            try:
                after = stand_in(after, way, body, liquid, step.peak_K, volume)
            except ProcessError:  # it does not fit the stack
                return None
        return wrong, after

    def _cold(self, liquid: Melt) -> tuple[Problem, ...]:
        """What is not known of a liquid as a solid, where what freezes shrinks."""
        shrinks = self.case.freezing == "shrinks"
        return cold_problems(liquid, self.materials) if shrinks else ()

    def _note_mixed(self, melted: Iterable[Content]) -> None:
        """Note whether what melts in a stage is of different solders."""
        self.mixed |= len({solder for one in melted for solder, _ in one.alloys}) > 1

    def _lose(self, step: AnyStep) -> None:
        """Note what a step has not done, so that what follows from it is not told too."""
        if step.makes:
            self.lost.add(step.makes)
        brings = isinstance(step, Mount) and step.solder is not None
        self.unsoldered |= isinstance(step, Deposit) or brings
        self.doubtful |= step.shapes

    def _tell(self, index: int, problem: Problem) -> None:
        step = self.case.steps[index]
        if problem in self._known or self._follows(step, problem):
            return
        self._known.add(problem)
        error = CaseError([problem]) if problem.path else ProcessError(problem.message, problem.key)
        told = step_problem(self.case, index, error).problems
        self.problems += [(index, problem) for problem in told]

    def _follows(self, step: AnyStep, problem: Problem) -> bool:
        """Whether a problem may be there only by an earlier step that failed, or by the shapes."""
        if problem.path:  # which liquids have met, and what shows, is by shape
            shows = problem.path.startswith("wetting.")
            return (shows and self.doubtful) or (self.narrowed and (shows or "+" in problem.path))
        if self.unsoldered and not isinstance(step, Deposit):
            return True
        cold = problem.key == "peak"  # nothing melts: by what the solders are, not by shape
        if not self.doubtful and (not self.narrowed or (cold and not self.mixed)):
            return False
        if isinstance(step, Abrade) or (isinstance(step, Deposit) and step.volume is not None):
            return True  # how it stands, or how high all does, depends on all that is there
        outcome = self._outcome(self._bare, step, _EXACT)
        # what is wrong on the bare substrate too is wrong whatever stands there
        return outcome is None or _blank(problem) not in map(_blank, outcome[0])


def _under_barrier(stack: Stack) -> set[str]:
    """Solder that a barrier has been grown on: whether some of it still shows, only a run tells."""
    names = [region.name for region in stack.regions]
    first = next((i for i, name in enumerate(names) if is_barrier(name)), 0)
    return {region.name for region in stack.regions[:first] if region.is_solder}


def _missing_angles(
    liquid: Melt, surfaces: Iterable[str], materials: Materials
) -> Iterator[Problem]:
    """Every contact angle of a liquid that is not known."""
    for surface in dict.fromkeys(surfaces):
        try:
            liquid.contact_angle(surface, materials)
        except CaseError:
            for solder in liquid.solders:
                try:
                    materials.contact_angle(solder, surface)
                except CaseError as error:
                    yield from error.problems


def _common(found: list[list[Problem]]) -> Iterator[Problem]:
    """Problems that all lists have, but for numbers: those that differ are not told.

    Between shapes on which a step cannot be done for different reasons there may be one on which
    it can.
    """
    lists = [{_blank(p): p for p in problems} for problems in found]
    for key, problem in lists[0].items():
        same = [each[key].message for each in lists if key in each]
        if len(same) == len(lists):
            yield problem._replace(message=_agreed(same))


def _blank(problem: Problem) -> Problem:
    return problem._replace(message=_NUMBER.sub("…", problem.message))


def _agreed(texts: list[str]) -> str:
    """Texts of the same words as one, without the clauses of which they do not share a number.

    Of the first clause, which says what is wrong, only the number is left out, as "…".
    """
    parts = zip(*(_NUMBER.split(text) for text in texts), strict=True)
    first, *rest = _CLAUSE.split("".join(p[0] if len(set(p)) == 1 else "…" for p in parts))
    shared = (
        mark + clause
        for mark, clause in zip(rest[::2], rest[1::2], strict=True)
        if "…" not in clause
    )
    note = " (…: only a run tells)" if "…" in first else ""
    return "".join((first, note, *shared))
