"""Who is who where a core holds the gap: 003.

The core is the ball of a `core` step, or the solder that froze first on the terminal and has the
cap put on it, or on a barrier over it; or both, where the ball is inside of that solder. The cap is
the solder put on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bumpform.findings.bump_roles import whole_name
from bumpform.findings.condition import Answer
from bumpform.findings.findings import Findings
from bumpform.findings.lineage import Melting
from bumpform.geometry.names import is_coating
from bumpform.process.mounts.mounted import Mounted
from bumpform.quick import cached_property
from bumpform.stack.borders import AIR
from bumpform.steps.kinds import Core, Deposit, Mount

__all__ = ["CoreRoute"]


@dataclass(frozen=True, eq=False)
class CoreRoute:
    """Core, cap and package of a run.

    Attributes
    ----------
    found : Findings
    """

    found: Findings

    @cached_property
    def metal(self) -> int | None:
        """The step that puts down a metal ball."""
        return next((i for i, _ in self.found.steps(Core)), None)

    @cached_property
    def core(self) -> frozenset[int]:
        """Deposits of a core of solder, or of that round a ball; empty where there is none."""
        if self._put_on is None:
            return frozenset()
        cap, under = self._put_on
        if self.metal is not None:
            lineage = self.found.lineage
            melting = lineage.last_melting(lineage.froze_with(cap, under), self.found.end + 1)
            melts_with_cap = melting is not None and any(
                m.index == melting.index and m.deposits & under for m in lineage.meltings
            )
            borders = self.found.borders(cap - 1)
            balls = [r.name for r in self.found.state(cap - 1).stack.regions if r.is_core]
            if melts_with_cap or min(under) < self.metal or borders.touch(balls, AIR):
                return frozenset()  # it is no shell that the cap is put on
        return under

    @cached_property
    def _put_on(self) -> tuple[int, frozenset[int]] | None:
        """The step that puts solder on frozen solder, or on its barrier; deposits of that."""
        bumps = self.found.bumps
        if bumps.put_on is not None or not (bumps.first and bumps.second):
            return bumps.put_on
        return min(bumps.second), bumps.first

    @cached_property
    def cap(self) -> frozenset[int]:
        """Deposits of the cap."""
        if self.metal is not None and not self.core:
            start = next((i for i, _ in self.found.steps(Deposit) if i > self.metal), None)
            return (
                frozenset() if start is None else self.found.lineage.froze_with(start, frozenset())
            )
        if self._put_on is None:
            return frozenset()
        return self.found.lineage.froze_with(self._put_on[0], self.core)

    @cached_property
    def core_melting(self) -> Melting | None:
        """The stage that froze a core of solder."""
        if not self.core or self._put_on is None:
            return None
        return self.found.lineage.last_melting(self.core, self._put_on[0])

    def melted(self, index: int) -> str:
        """That the core melted in a stage, or before it once the cap was put on it; else empty."""
        if self._put_on is None:
            return ""
        for m in self.found.lineage.meltings:
            if self._put_on[0] < m.index <= index and m.deposits & self.core:
                return f"the core melted in {m.stage_name}"
        return ""

    @cached_property
    def cap_melting(self) -> Melting | None:
        """FC: the last stage that melts the cap before the mount."""
        return self.found.lineage.last_melting(self.cap, self.found.end + 1)

    @cached_property
    def mounts(self) -> list[tuple[int, Mount, Mounted]]:
        """Every mount that was done, with what became of it."""
        done = []
        for index, step in self.found.steps(Mount):
            stage = self.found.state(index).stage
            if isinstance(stage, Mounted):
                done.append((index, step, stage))
        return done

    @property
    def has_core(self) -> bool:
        """Whether there is one, with a cap put on it if it is of solder."""
        return self.metal is not None or (bool(self.core) and bool(self.cap))

    def no_core(self) -> Answer | None:
        """Not judged, where there is no core."""
        if self.has_core:
            return None
        return self.found.missing(
            lambda s: isinstance(s, Core | Deposit),
            "there is no core: no solid ball, and no solder put on a frozen one",
        )

    def regions(self, index: int) -> tuple[str, ...]:
        """Names of the core's regions after a step, with a barrier that the cap found on it."""
        regions = self.found.state(index).stack.regions
        return (
            *(r.name for r in regions if r.is_core),
            *self.found.lineage.named(index, self.core),
            *(r.name for r in regions if whole_name(r.name) in self._coats),
        )

    @cached_property
    def _coats(self) -> set[str]:
        """Barriers and finishes on a core of solder as the cap is put on it."""
        if not self.core or self._put_on is None:
            return set()
        there = self.found.state(self._put_on[0] - 1).stack.regions
        return {whole_name(r.name) for r in there if is_coating(r.name)}

    @cached_property
    def size(self) -> float | None:
        """Diameter of a ball; height above the pad of a core of solder as the cap finds it, m."""
        if self.metal is not None and not self.core:
            step = self.found.history[self.metal].step
            assert isinstance(step, Core)
            return step.diameter
        if self._put_on is None:
            return None
        index = self._put_on[0] - 1
        stack = self.found.state(index).stack
        tops = [stack.region(name).top for name in self.regions(index)]
        return max(tops) - stack.region("pad").top if tops else None
