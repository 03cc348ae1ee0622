"""Who is who where a second bump stands on a first: 000, and the general rule of what is built on.

The first bump is the solder under the barrier; without one, the frozen solder that solder of a
later step is put on. The second is the solder over it. Each is judged where it was last molten
before the next thing was built on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bumpform.findings.condition import Answer, not_judged
from bumpform.findings.findings import Findings
from bumpform.findings.finished_barrier import FinishedBarrier
from bumpform.findings.lineage import Melting
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.state import Cavity, GrownBarrier, State, opening_of
from bumpform.quick import cached_property
from bumpform.stack.borders import AIR, Border
from bumpform.stack.stack import Stack
from bumpform.steps.kinds import Abrade, Barrier, Coat, Deposit, Mount
from bumpform.units.measured import Measured

__all__ = ["Bumps"]


def whole_name(name: str) -> str:
    """Name of the region that a cut has parted: "barrier" of "barrier part 2"."""
    return re.sub(r" part \d+$", "", name) if " part " in name else name


@dataclass(frozen=True, eq=False)
class Bumps:
    """First bump, barrier, second bump of a run.

    Attributes
    ----------
    found : Findings
    """

    found: Findings

    @cached_property
    def barrier_step(self) -> int | None:
        """Index of the first barrier that is there when solder is next put down.

        Of the first barrier at all, where there is none such.
        """
        grown = [i for i, _ in self.found.steps(Barrier)]
        deposits = [i for i, _ in self.found.steps(Deposit)]
        for index in grown:
            later = next((i for i in deposits if i > index), None)
            if later is not None and self._lasts(index, later):
                return index
        return next(iter(grown), None)

    @cached_property
    def is_barrier_late(self) -> bool:
        """Whether solder on solder was melted before the barrier, and none came after it."""
        start = self.barrier_step
        if start is None or self.put_on is None or self.found.steps(Deposit, start):
            return False
        over = self.put_on[0]
        return any(m.index < start and over in m.deposits for m in self.found.lineage.meltings)

    def _lasts(self, barrier: int, end: int) -> bool:
        """Whether something of a barrier is left at every moment up to a step."""
        names = self._grown_in(barrier)
        return all(
            any(whole_name(r.name) in names for r in self.found.state(i).stack.regions)
            for i in range(barrier, end + 1)
        )

    def _grown_in(self, barrier: int) -> set[str]:
        """Names of the regions that a barrier step has added."""
        before = self.found.history[barrier].before
        old = {r.name for r in before.stack.regions} if before is not None else set()
        return {r.name for r in self.found.state(barrier).stack.regions} - old

    @cached_property
    def _coating_names(self) -> set[str]:
        """Names of the barrier's layers, with those of a barrier that is grown on it."""
        start = self.barrier_step
        if start is None:
            return set()
        end = next((i for i, _ in self.found.steps(Deposit, start)), len(self.found.history))
        grown = [i for i, _ in self.found.steps(Barrier, start) if i < end]
        return set().union(*(self._grown_in(i) for i in grown))

    @cached_property
    def grown(self) -> GrownBarrier | None:
        """The barrier as grown."""
        return None if self.barrier_step is None else self.found.state(self.barrier_step).barrier

    def coating(self, index: int) -> tuple[str, ...]:
        """Regions of the barrier and its finish after a step."""
        regions = self.found.state(index).stack.regions
        return tuple(r.name for r in regions if whole_name(r.name) in self._coating_names)

    @cached_property
    def first(self) -> frozenset[int]:
        """Deposits that the first bump is made of; empty where there is none."""
        lineage = self.found.lineage
        if self.barrier_step is not None and not self.is_barrier_late:
            borders = self.found.borders(self.barrier_step)
            coating = self.coating(self.barrier_step)
            bodies = lineage.bodies(self.barrier_step)
            under = {n: borders.area(n, coating) for n in bodies}
            best = max(under, key=lambda n: under[n], default="")
            return bodies[best].deposits if best and under[best] > 0.0 else frozenset()
        if self.put_on is not None:
            return self.put_on[1]
        made = (m for m in lineage.meltings if m.deposits)  # not of what a package has brought
        molten = [m for m in made if not isinstance(m.moment.state.stage, Mounted)]
        together = [m.deposits for m in molten if m.index == molten[0].index]
        return min(together, key=min, default=frozenset())  # what was put down first

    @cached_property
    def put_on(self) -> tuple[int, frozenset[int]] | None:
        """The first deposit that stands on frozen solder, and the deposits of that.

        Of several bodies it is the one that it lies on by the largest area.
        """
        for index, _ in self.found.steps(Deposit):
            bodies = self.found.lineage.bodies(index)
            new = self.found.state(index).stack.regions[-1].name
            frozen = [
                name
                for name in self.found.stands_on(index, new)
                if name in bodies and bodies[name].frozen
            ]
            if frozen:
                borders = self.found.borders(index)
                return index, bodies[max(frozen, key=lambda n: borders.area(new, n))].deposits
        return None

    @cached_property
    def second(self) -> frozenset[int]:
        """Deposits that the second bump is made of; empty where there is none."""
        start = self._second_start
        if start is None:
            return frozenset()
        return self.found.lineage.froze_with(start, self.first)

    @cached_property
    def _second_start(self) -> int | None:
        """Index of the first deposit over the first bump."""
        if self.barrier_step is None or self.is_barrier_late:
            return None if self.put_on is None else self.put_on[0]
        later = [i for i, _ in self.found.steps(Deposit, self.barrier_step)]
        over = (i for i in later if self._stands_on_coating(i))
        return next(over, later[0] if later else None)

    def _stands_on_coating(self, deposit: int) -> bool:
        new = self.found.state(deposit).stack.regions[-1].name
        return bool({*self.found.stands_on(deposit, new)} & {*self.coating(deposit)})

    @cached_property
    def first_melting(self) -> Melting | None:
        """F1: the last stage that melts the first bump before something is built on it."""
        ends = [i for i in (self.barrier_step, self._second_start) if i is not None]
        mounts = [i for i, _ in self.found.steps(Mount)]
        end = min([*ends, *mounts, len(self.found.history)])
        return self.found.lineage.last_melting(self.first, end)

    @cached_property
    def finished(self) -> FinishedBarrier | None:
        """The barrier as solder finds it."""
        start, grown = self.barrier_step, self.grown
        if start is None or grown is None or self.cavity is None:
            return None
        end = self._second_start if self._second_start is not None else self.found.end + 1
        index = next((i for i in reversed(range(start + 1, end)) if self._cuts_coating(i)), start)
        is_cut, stack = index != start, self.found.state(index).stack
        opening = (self.cavity_in(stack) if is_cut else None) or self.cavity
        laid, coating = self.found.state(start).stack, {*self.coating(start)}
        flanks = (
            id(b.edge.curve)
            for b in laid.borders.all
            if coating & {*b.sides} and not {*b.sides} <= {*coating, AIR}
        )
        left = self.coating(index)
        return FinishedBarrier(grown, index, stack, left, opening, is_cut, frozenset(flanks))

    def _cuts_coating(self, index: int) -> bool:
        before, left = self.found.state(index - 1).stack, self.found.state(index).stack.regions
        return any(before.region(n) not in left for n in self.coating(index - 1))

    def is_cut(self, index: int) -> bool:
        """Whether a step takes something of the first bump away."""
        before = self.found.history[index].before
        left = self.found.state(index).stack.regions
        names = self.found.lineage.named(index - 1, self.first)
        return before is not None and any(before.stack.region(n) not in left for n in names)

    @cached_property
    def second_melting(self) -> Melting | None:
        """F2: the last stage that melts the second bump before any mount."""
        return self.found.lineage.last_melting(self.second, self.found.end + 1)

    @property
    def compositions(self) -> tuple[dict[str, float], dict[str, float]]:
        """Mass fractions by element of both bumps, as frozen alone, or else as put down."""
        return (
            self.found.composition(self.first, self.first_melting),
            self.found.composition(self.second, self.second_melting),
        )

    # ------------------------------------------------------------- why something is not there

    @property
    def none_melted(self) -> str:
        """Why there is no first bump: what melts in a mount is a joint."""
        if self.found.lineage.meltings:
            return "no solder was melted before the mount"
        return "no solder has been melted"

    def no_first(self) -> Answer | None:
        """Not judged, where the first bump has no shape."""
        if not self.first:
            return not_judged(f"there is no first bump: {self.none_melted}")
        if self.first_melting is None:
            return not_judged("the first bump was never melted before the next thing was put on it")
        if not self.first_melting.solved:
            return not_judged(self.first_melting.refused)
        return None

    def no_barrier(self) -> Answer | None:
        """Not judged, where there is no barrier."""
        if self.barrier_step is None or (self.grown is None and not self.first):
            optional = self.found.case.route == "photoimaged_opening"
            return not_judged(
                f"there is no barrier{' (it is optional in 001)' if optional else ''}"
            )
        return None

    def no_barrier_between(self) -> Answer | None:
        """Not judged, where there is no barrier before the second bump."""
        if self.is_barrier_late:
            return not_judged("the barrier is grown after the second bump")
        return self.no_barrier()

    def no_second(self) -> Answer | None:
        """Not judged, where there is no second bump."""
        if not self.second:
            on = "the barrier" if self.barrier_step is not None else "the first bump"
            return not_judged(f"there is no second bump: no solder is put on {on}")
        return None

    def no_second_shape(self) -> Answer | None:
        """Not judged, where the second bump has no shape of its own."""
        absent = self.no_second()
        if absent is not None:
            return absent
        melting = self.second_melting
        if melting is None:
            later = self.found.lineage.last_melting(self.second, len(self.found.history))
            if later is not None:
                return not_judged("the second bump first melts at mounting")
            for shut in self.found.lineage.meltings[::-1]:
                if shut.deposits & self.second:
                    where = f"is enclosed in {shut.stage_name}, and keeps its shape"
                    return not_judged(shut.refused or f"the second bump {where}")
            return not_judged("the second bump is never melted")
        return None if melting.solved else not_judged(melting.refused)

    def no_second_alone(self) -> Answer | None:
        """Not judged, where the second bump has no shape that the first is no part of."""
        if absent := self.no_second_shape():
            return absent
        melting = self.second_melting
        assert melting is not None
        if melting.deposits & self.first:
            return not_judged(f"the first bump melted in {melting.stage_name}")
        return None

    def melted_within(self, start: int, end: int) -> str:
        """That the first bump melted after a step, up to another; else empty."""
        for melting in self.found.lineage.meltings:
            if start < melting.index <= end and melting.deposits & self.first:
                return f"the first bump melted in {melting.stage_name}"
        return ""

    @property
    def melted_with_second(self) -> str:
        """That the first bump melted until the second had its shape; else empty."""
        if self._second_start is None or self.second_melting is None:
            return ""
        return self.melted_within(self._second_start, self.second_melting.index)

    # ------------------------------------------------------------------------- places

    @cached_property
    def built_on(self) -> int:
        """Index of the step that builds on the first bump; of the last step, where none does."""
        ends = [i for i in (self.barrier_step, self._second_start) if i is not None]
        return min(ends) if ends else self.found.end + 1

    @cached_property
    def _before_built(self) -> State:
        """What stands there just before something is built on the first bump."""
        index = self.built_on
        before = self.found.history[index].before if index < len(self.found.history) else None
        return before if before is not None else self.found.state(min(index, self.found.end))

    @cached_property
    def cavity(self) -> Cavity | None:
        """The opening round the first bump, as it stands when something is built on it."""
        return self.cavity_in(self._before_built.stack)

    def cavity_in(self, stack: Stack) -> Cavity | None:
        """The opening of the dielectric in a stack."""
        name = self.dielectric
        there = name is not None and any(r.name == name for r in stack.regions)
        opening = stack.once(opening_of, name, True) if there and name is not None else None
        return opening if opening is not None and opening.rim_r > 0.0 else None

    @cached_property
    def dielectric(self) -> str | None:
        """The layer whose opening holds the first bump, or, laminated, that is abraded, if one is.

        It is no metal, and still there when the second bump has its shape. Of several that touch
        the bump it is the uppermost; of those that do not, the one that was laid last, in an
        opening before the bump froze.
        """
        laminated = self.found.case.route == "laminated_abraded"
        coats = {
            s.layer: i
            for i, s in self.found.steps(Coat)
            if not self.found.is_metal(s.material)
            and (s.opening is not None or self.found.case.route != "photoimaged_opening")
        }
        later = self.second_melting
        last = self.found.state(later.index if later is not None else self.found.end).stack
        there = {r.name for r in self._before_built.stack.regions}
        there &= {whole_name(r.name) for r in last.regions}
        coats = {name: i for name, i in coats.items() if name in there and i < self.built_on}
        if laminated:
            opened = {s.layer for _, s in self.found.steps(Coat) if s.opening is not None}
            worn = {n for n in coats if any(i < self.built_on for i in self.abraded(n))}
            coats = {name: i for name, i in coats.items() if name in (worn or opened)}
        borders = self._before_built.stack.borders
        names = self.found.lineage.named(self.built_on - 1, self.first) if self.built_on else ()
        touching = [name for name in coats if borders.touch(name, names)]
        if touching:
            stack = self._before_built.stack
            return max(touching, key=lambda name: stack.region(name).top)
        froze = self.first_melting.index if self.first_melting is not None else self.built_on
        before = [name for name, i in coats.items() if i < froze or laminated]
        return max(before, key=lambda name: coats[name], default=None)

    def abraded(self, layer: str) -> list[int]:
        """Steps that lower a layer by abrading, or abrade to a depth that is measured from it."""
        steps = []
        for index, step in self.found.steps(Abrade):
            before = self.found.history[index].before
            named = {r.name: r for r in before.stack.regions} if before is not None else {}
            if layer not in named:
                continue
            from_it = step.below_top is not None and step.below_top.layer == layer
            if from_it or named[layer] not in self.found.state(index).stack.regions:
                steps.append(index)
        return steps

    def no_depth(self) -> Answer:
        """Not judged, since the first bump has no defined distance: why."""
        if self.plane is not None:
            return not_judged("the first bump was abraded after it froze")
        return self.no_first() or self.no_plane()

    def no_plane(self) -> Answer:
        """Not judged, since abrading has left no plane: why."""
        taken = "there is no plane: abrading has left nothing of the first bump"
        whole = "there is no plane: the first bump is not abraded"
        return not_judged(taken if self.is_abraded else whole)

    def no_dome(self) -> Answer | None:
        """Not judged, where the first bump is no dome in an opening any more."""
        if absent := self.no_first() or self.no_cavity():
            return absent
        if self.is_abraded:
            return not_judged("the first bump was abraded after it froze")
        return None

    def no_cavity(self) -> Answer | None:
        """Not judged, where no dielectric has an opening round the first bump."""
        if self.cavity is not None:
            return None
        return not_judged("no dielectric with an opening is round the bump")

    def is_barrier_top(self, index: int) -> Callable[[Border], bool]:
        """Which borders after a step are the barrier's top: no sides, nor flanks laid bare later.

        Of one that has been cut since solder is on it, all that is no side.
        """
        assert self.barrier_step is not None
        laid = self.barrier_step if self.finished is None else self.finished.index
        then, coating = self.found.state(laid).stack, self.coating(laid)
        now = self.found.state(index).stack.regions
        tops = {id(b.edge.curve) for b in then.borders.between(coating, AIR)}
        tops -= self.finished.flanks if self.finished is not None else set()
        whole = all(then.region(n) in now for n in coating)

        def is_top(border: Border) -> bool:
            as_grown = id(border.edge.curve) in tops or not whole
            return as_grown and not border.edge.feature.endswith(" side")

        return is_top

    @property
    def meets_top(self) -> bool:
        """Whether the barrier, past the rim, ends on the dielectric's top."""
        if self.finished is None:
            return False
        (r, z), opening = self.finished.juncture, self.finished.opening
        slack = 1e-9 * opening.thickness
        return abs(z - opening.z_top) <= slack and r >= opening.rim_r - slack

    @cached_property
    def is_lowered(self) -> bool:
        """Whether the dielectric's top is lower where the second bump is than at the barrier."""
        later = self.second_melting
        if later is None or self.cavity is None:
            return False
        then = self.cavity_in(self.found.state(later.index).stack)
        opening = self.finished.opening if self.finished is not None else self.cavity
        return then is not None and then.z_top < opening.z_top - 1e-9 * opening.thickness

    @cached_property
    def line(self) -> tuple[Measured, Measured] | None:
        """R and z of the first bump's outer contact line as it froze, m."""
        melting = self.first_melting
        if melting is None or melting.stage.shape is None:
            return None
        values = melting.stage.shape.measured
        return values["outer.r_m"], values["outer.z_m"]

    @cached_property
    def is_abraded(self) -> bool:
        """Whether abrading has cut the first bump after it froze, or taken it off."""
        froze = self.first_melting.index if self.first_melting is not None else self.built_on
        cuts = (i for i, _ in self.found.steps(Abrade) if froze < i < self.built_on)
        return any(self.is_cut(i) for i in cuts)

    @cached_property
    def plane(self) -> float | None:
        """Height of the plane that abrading has left of the first bump once it froze, m."""
        left = self.is_abraded and self.found.lineage.named(self.built_on - 1, self.first)
        return self._before_built.plane if left else None

    @cached_property
    def depth(self) -> Measured | None:
        """The defined distance d below the dielectric's top, m; None where there is none."""
        if self.cavity is None:
            return None
        if self.plane is not None and self.found.case.route != "photoimaged_opening":
            return Measured(self.cavity.z_top - self.plane, 1e-14 * abs(self.cavity.z_top))
        other = self.found.case.route == "laminated_abraded" or self.is_abraded
        if self.line is None or other:
            return None
        return self.cavity.z_top - self.line[1]
