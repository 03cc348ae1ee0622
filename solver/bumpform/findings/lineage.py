"""Which solder is which through a process: bodies from their deposits, and what melts into what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bumpform.geometry.names import is_of_package
from bumpform.metrics.metric import FROZEN
from bumpform.process.moment import Moment
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, Refusal, Stage
from bumpform.quick import cached_property, quick, replace
from bumpform.steps.kinds import Deposit, Mount, Reflow

__all__ = ["Body", "Lineage", "Melting"]


@quick
@dataclass(frozen=True)
class Body:
    """Solder that was put down or froze as one.

    Attributes
    ----------
    deposits : frozenset of int
        Steps that put down the metal that it holds.
    born : int
        Step that put it down, or the stage that it froze in.
    frozen : bool
        Whether a stage has melted it.
    """

    deposits: frozenset[int]
    born: int
    frozen: bool = False


@quick
@dataclass(frozen=True, eq=False)
class Melting:
    """One liquid of one stage.

    Attributes
    ----------
    moment : Moment
    stage : Stage, Mounted or Liquid
        The liquid's own part of it.
    melted : dict of region name to Body
        What melted into it.
    name : str
        Region that it froze to; empty where it was refused.
    refusal : Refusal or None
        Of the stage.
    enclosed : bool
        Whether it melted with solid all round it, and kept its shape.
    """

    moment: Moment
    stage: Stage | Mounted | Liquid
    melted: dict[str, Body]
    name: str
    refusal: Refusal | None = None
    enclosed: bool = False

    @property
    def index(self) -> int:
        """Of the step in the case."""
        return self.moment.index

    @property
    def stage_name(self) -> str:
        """Name of the stage."""
        step = self.moment.step
        assert isinstance(step, Reflow | Mount)
        return step.name

    @property
    def peak(self) -> float:
        """Temperature of the stage, K."""
        step = self.moment.step
        assert isinstance(step, Reflow | Mount)
        return step.peak_K

    @property
    def solved(self) -> bool:
        """Whether it has an equilibrium."""
        return bool(self.name) and not self.enclosed and self.refusal is None

    @property
    def refused(self) -> str:
        """Why it has none, as other conditions tell it."""
        return f"{self.stage_name} was refused: {self.refusal.detail}" if self.refusal else ""

    def metric(self, name: str) -> str:
        """Name in the result of a metric of the shape that it froze to."""
        return name if self.stage.frozen is None else FROZEN + name

    @cached_property
    def deposits(self) -> frozenset[int]:
        """Steps that put down what melted."""
        return frozenset(d for body in self.melted.values() for d in body.deposits)


@dataclass(frozen=True, eq=False)
class Lineage:
    """Bodies of solder after every step, and all liquids that there were.

    Attributes
    ----------
    moments : tuple of Moment
    """

    moments: tuple[Moment, ...]

    @cached_property
    def _told(self) -> tuple[list[dict[str, Body]], list[Melting]]:
        after: list[dict[str, Body]] = []
        meltings: list[Melting] = []
        bodies: dict[str, Body] = {}
        for moment in self.moments:
            bodies = dict(bodies)
            names = {r.name: r.is_solder for r in moment.state.stack.regions}
            if moment.state.stage is not None:
                liquids = list(_meltings(moment, bodies))
                meltings += liquids
                frozen = [m for m in liquids if m.solved]
                # a name that one has melted may be what another has frozen to
                gone = {name for m in frozen for name in m.melted}
                bodies = {n: b for n, b in bodies.items() if n not in gone}
                for m in frozen:
                    bodies[m.name] = Body(m.deposits, moment.index, True)
                for m in liquids:
                    if m.enclosed:
                        bodies[m.name] = replace(bodies[m.name], frozen=True)
            elif isinstance(moment.step, Deposit):
                new = moment.state.stack.regions[-1].name
                bodies[new] = Body(frozenset({moment.index}), moment.index)
            else:  # what a cut has parted stays what it was
                for name, is_solder in names.items():
                    if is_solder and name not in bodies:
                        whole = re.sub(r" part \d+$", "", name)
                        if whole in bodies:
                            bodies[name] = bodies[whole]
            bodies = {n: b for n, b in bodies.items() if n in names}
            after.append(bodies)
        return after, meltings

    def bodies(self, index: int) -> dict[str, Body]:
        """Bodies of solder by region name, as they stand after a step."""
        return self._told[0][index]

    @property
    def meltings(self) -> list[Melting]:
        """All liquids, in order."""
        return self._told[1]

    def named(self, index: int, deposits: frozenset[int]) -> tuple[str, ...]:
        """Regions after a step that hold metal of any of these deposits."""
        return tuple(n for n, b in self.bodies(index).items() if b.deposits & deposits)

    def froze_with(self, deposit: int, but: frozenset[int]) -> frozenset[int]:
        """A deposit and all that first froze as one with it, but for some and what froze before."""
        ever: frozenset[int] = frozenset()
        for melting in self.meltings:
            if not (melting.solved or melting.enclosed):
                continue
            if deposit in melting.deposits:
                return melting.deposits - but - ever
            ever |= melting.deposits
        return frozenset({deposit})

    def last_melting(self, deposits: frozenset[int], before: int) -> Melting | None:
        """The last stage before a step that gives any of these deposits a shape."""
        return next(
            (
                m
                for m in self.meltings[::-1]
                if m.index < before and m.deposits & deposits and not m.enclosed
            ),
            None,
        )


def _meltings(moment: Moment, bodies: dict[str, Body]) -> Iterator[Melting]:
    stage = moment.state.stage
    assert stage is not None
    solid = {r.name for r in stage.solids.regions}
    new = [
        r.name
        for r in moment.state.stack.regions
        if r.is_solder and r.name not in solid and not is_of_package(r.name)
    ]
    liquids: list[Stage | Mounted | Liquid] = [*([stage] if stage.melted else []), *stage.bodies]
    names = new if stage.refusal is None and len(new) == len(liquids) else [""] * len(liquids)
    for liquid, name in zip(liquids, names, strict=True):
        # what a package brings, no step has put on the stack
        melted = {n: bodies.get(n, Body(frozenset(), moment.index)) for n in liquid.melted}
        yield Melting(moment, liquid, melted, name, stage.refusal)
    for name in stage.enclosed:
        yield Melting(moment, stage, {name: bodies[name]}, name, stage.refusal, enclosed=True)
