"""Who is who where a core holds the gap: 003.

The core is the metal ball of a `core` step, or the solder that froze first on the terminal and has
the cap put on it. The cap is the solder put on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bumpform.case.steps import Core, Deposit, Mount
from bumpform.process.mount import Mounted
from bumpform.verdict.condition import Answer, not_judged
from bumpform.verdict.findings import Findings
from bumpform.verdict.lineage import Melting

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
        """Deposits of a core of solder; empty for a metal one, or where there is none."""
        put_on = self.found.bumps.put_on
        return frozenset() if self.metal is not None or put_on is None else put_on[1]

    @cached_property
    def cap(self) -> frozenset[int]:
        """Deposits of the cap."""
        if self.metal is not None:
            start = next((i for i, _ in self.found.steps(Deposit) if i > self.metal), None)
            return (
                frozenset() if start is None else self.found.lineage.froze_with(start, frozenset())
            )
        put_on = self.found.bumps.put_on
        if put_on is None:
            return frozenset()
        return self.found.lineage.froze_with(put_on[0], self.core)

    @cached_property
    def core_melting(self) -> Melting | None:
        """The stage that froze a core of solder."""
        put_on = self.found.bumps.put_on
        if self.metal is not None or put_on is None:
            return None
        return self.found.lineage.last_melting(self.core, put_on[0])

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
        return not_judged("there is no core: no solid ball, and no solder put on a frozen one")

    def regions(self, index: int) -> tuple[str, ...]:
        """Names of the core's regions after a step."""
        if self.metal is not None:
            return tuple(r.name for r in self.found.state(index).stack.regions if r.kind == "core")
        return self.found.lineage.named(index, self.core)

    @cached_property
    def size(self) -> float | None:
        """Diameter of a metal ball; height of a core of solder above the pad, m."""
        if self.metal is not None:
            step = self.found.history[self.metal].step
            assert isinstance(step, Core)
            return step.diameter
        melting = self.core_melting
        if melting is None or melting.stage.equilibrium is None:
            return None
        return melting.stage.equilibrium.values["top_z_m"]
