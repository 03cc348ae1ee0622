"""Who is who where a second bump stands on a first: 000, and the general rule of what is built on.

The first bump is the solder under the barrier; without one, the frozen solder that solder of a
later step is put on. The second is the solder over it. Each is judged where it was last molten
before the next thing was built on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bumpform.findings.condition import Answer, not_judged
from bumpform.findings.findings import Findings
from bumpform.findings.lineage import Melting
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.state import GrownBarrier
from bumpform.quick import cached_property
from bumpform.steps.kinds import Barrier, Deposit, Mount

__all__ = ["BumpRoles", "whole_name"]


def whole_name(name: str) -> str:
    """Name of the region that a cut has parted: "barrier" of "barrier part 2"."""
    return re.sub(r" part \d+$", "", name) if " part " in name else name


@dataclass(frozen=True, eq=False)
class BumpRoles:
    """Who is first bump, barrier, second bump of a run, and when each got its shape.

    Attributes
    ----------
    found : Findings
    """

    found: Findings

    @cached_property
    def barrier_step(self) -> int | None:
        """Index of the first barrier that is there when solder is next put down, or at the end.

        Of the first barrier at all, where there is none such.
        """
        grown = [i for i, _ in self.found.steps(Barrier)]
        deposits = [i for i, _ in self.found.steps(Deposit)]
        for index in grown:
            if self._lasts(index, next((i for i in deposits if i > index), self.found.end)):
                return index
        return next(iter(grown), None)

    @cached_property
    def is_barrier_late(self) -> bool:
        """Whether solder on solder was melted before the barrier, and none came after it.

        What melts with the solder below it is one bump with that.
        """
        start = self.barrier_step
        if start is None or self.put_on is None or self.found.steps(Deposit, start):
            return False
        over, below = self.put_on
        stages: dict[int, frozenset[int]] = {}
        for m in self.found.lineage.meltings:
            stages[m.index] = stages.get(m.index, frozenset()) | m.deposits
        return any(i < start and over in all_ and not below & all_ for i, all_ in stages.items())

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
        start = self.second_start
        if start is None:
            return frozenset()
        return self.found.lineage.froze_with(start, self.first)

    @cached_property
    def second_start(self) -> int | None:
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
        ends = [i for i in (self.barrier_step, self.second_start) if i is not None]
        mounts = [i for i, _ in self.found.steps(Mount)]
        end = min([*ends, *mounts, len(self.found.history)])
        return self.found.lineage.last_melting(self.first, end)

    def is_cut(self, index: int) -> bool:
        """Whether a step takes something of the first bump away."""
        return self._takes_of(index, self.found.lineage.named(index - 1, self.first))

    def _takes_of(self, index: int, names: Iterable[str]) -> bool:
        """Whether a step takes something of regions that stood there before it away."""
        before = self.found.history[index].before
        left = self.found.state(index).stack.regions
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

    def no_first_bump(self) -> Answer | None:
        """Not judged, where there is no first bump."""
        return None if self.first else not_judged(f"there is no first bump: {self.none_melted}")

    @property
    def none_melted(self) -> str:
        """Why there is no first bump: what melts in a mount is a joint."""
        if self.found.lineage.meltings:
            return "no solder was melted before the mount"
        return "no solder has been melted"

    def no_first(self) -> Answer | None:
        """Not judged, where the first bump has no shape."""
        if absent := self.no_first_bump():
            return absent
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
        if self.second_start is None or self.second_melting is None:
            return ""
        return self.melted_within(self.second_start, self.second_melting.index)
