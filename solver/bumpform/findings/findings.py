"""What conditions are judged on: the process as it was done, and who is who in it.

Who plays which part (first bump, barrier, column, core …) is found by what it does, never by its
place in the file; ``bumps``, ``column``, ``core`` and ``masks`` hold the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import proxy

import numpy as np

from bumpform.case.case import Case
from bumpform.findings.condition import Answer, not_judged
from bumpform.findings.lineage import Lineage, Melting
from bumpform.geometry.names import is_coating, is_of_package
from bumpform.materials.materials import Materials
from bumpform.process.moment import Metrics, Moment
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, Stage
from bumpform.process.state import State
from bumpform.quick import cached_property
from bumpform.stack.borders import Borders
from bumpform.stack.cut import is_part
from bumpform.stack.stack import Region, Stack
from bumpform.steps.kinds import Deposit, Mount, Reflow, Step
from bumpform.units.measured import Measured

if TYPE_CHECKING:
    from bumpform.findings.bumps import Bumps
    from bumpform.findings.columns import ColumnRoute
    from bumpform.findings.cores import CoreRoute
    from bumpform.findings.masks import MaskRoute

__all__ = ["MAINLY", "Findings", "axis_span"]

#: From this part of its mass on an alloy counts as its main metal.
MAINLY = 0.5


@dataclass(frozen=True, eq=False)
class Findings:
    """A run as conditions see it.

    Attributes
    ----------
    case : Case
    materials : Materials
    history : tuple of Moment
        Every step as it was done, step i at place i.
    metrics : mapping
        Of the run: by stage name and "barrier".
    """

    case: Case
    materials: Materials
    history: tuple[Moment, ...]
    metrics: Mapping[str, Metrics]

    @cached_property
    def _known(self) -> dict[Any, Any]:
        return {}

    def once[T](self, work: Callable[[Findings, int], T], index: int) -> T:
        """What a function finds of a step, of which several conditions are made."""
        if (work, index) not in self._known:
            self._known[work, index] = work(self, index)
        found: T = self._known[work, index]
        return found

    @cached_property
    def lineage(self) -> Lineage:
        """Bodies of solder through the process."""
        return Lineage(self.history)

    # those who are found keep no findings alive that keep them: a run is gone when it is let go of

    @cached_property
    def bumps(self) -> Bumps:
        """Who is who where a second bump stands on a first."""
        from bumpform.findings.bumps import Bumps

        return Bumps(proxy(self))

    @cached_property
    def column(self) -> ColumnRoute:
        """Who is who where solder is plated as a column."""
        from bumpform.findings.columns import ColumnRoute

        return ColumnRoute(proxy(self))

    @cached_property
    def core(self) -> CoreRoute:
        """Who is who where a core holds the gap."""
        from bumpform.findings.cores import CoreRoute

        return CoreRoute(proxy(self))

    @cached_property
    def masks(self) -> MaskRoute:
        """Who is who where openings of stacked masks are filled."""
        from bumpform.findings.masks import MaskRoute

        return MaskRoute(proxy(self))

    def borders(self, index: int) -> Borders:
        """Who touches whom after a step."""
        return self.history[index].state.stack.borders

    def state(self, index: int) -> State:
        """What stands there after a step."""
        return self.history[index].state

    def standing(self, layers: Iterable[str], index: int) -> set[str]:
        """Those of some layers of which anything stands after a step."""
        regions = self.state(index).stack.regions
        return {layer for layer in layers if any(is_part(r, layer) for r in regions)}

    def steps[S: Step](self, kind: type[S], start: int = 0) -> list[tuple[int, S]]:
        """Steps of one kind that were done, with their indices."""
        if kind not in self._known:
            of_it = ((m.index, m.step) for m in self.history if isinstance(m.step, kind))
            self._known[kind] = list(of_it)
        done: list[tuple[int, S]] = self._known[kind]
        return [one for one in done if one[0] >= start]

    def solved_stages(self) -> Iterator[tuple[int, str, Stage | Mounted]]:
        """Stages that have a solved surface: index, name, stage."""
        for moment in self.history:
            stage, step = moment.state.stage, moment.step
            if stage is None or not isinstance(step, Reflow | Mount):
                continue
            if stage.refusal is None and stage.equilibrium is not None:
                yield moment.index, step.name, stage

    def liquids(self) -> Iterator[tuple[str, str, Stage | Mounted | Liquid]]:
        """Every liquid at rest: its stage, what it is called, and itself."""
        for moment in self.history:
            stage, step = moment.state.stage, moment.step
            if stage is None or stage.refusal is not None or not isinstance(step, Reflow | Mount):
                continue
            if stage.equilibrium is not None:
                yield step.name, step.name, stage
            for body in stage.bodies:  # beside a package whose own liquid hangs, too
                yield step.name, f"{' and '.join(body.melted)} in {step.name}", body

    def not_reached(self, wanted: Callable[[Step], bool]) -> str:
        """Why a step that the case has was not done: what it has run to; "" where it has none.

        Parameters
        ----------
        wanted : function of a step
            Whether it is one of those asked for.

        Examples
        --------
        "second reflow was refused, before step 9 (strip)", "the run stopped at step 6 (mount)".
        """
        done = len(self.history)
        later = [i for i, s in enumerate(self.case.steps[done:], done) if wanted(s)]
        if not later or not self.history:
            return ""
        last = self.history[-1]
        refused = last.state.stage is not None and last.state.stage.refusal is not None
        asked = f"step {later[0]} ({self.case.steps[later[0]].do})"
        if refused and isinstance(last.step, Reflow | Mount):
            return f"{last.step.name} was refused, before {asked}"
        before = "" if later[0] == done else f", before {asked}"
        return f"the run stopped at step {done} ({self.case.steps[done].do}){before}"

    def missing(self, wanted: Callable[[Step], bool], absent: str) -> Answer:
        """Not judged: what has been asked for was not reached, or there is none of it."""
        return not_judged(self.not_reached(wanted) or absent)

    def measured(self, stage: str, metric: str) -> Measured | None:
        """A metric with its error; None where it is meaningless."""
        outer, _, inner = metric.partition(".")
        value = self.metrics.get(stage, {}).get(outer)
        if isinstance(value, Mapping):  # "juncture.r_m"
            return value.get(inner)
        if inner or isinstance(value, bool | str) or value is None:
            return None
        return value if isinstance(value, Measured) else Measured(float(value))

    @cached_property
    def leaning(self) -> frozenset[str]:
        """Names of the stages that lean."""
        return frozenset(
            m.step.name
            for m in self.history
            if isinstance(m.step, Reflow | Mount)
            and m.state.stage is not None
            and m.state.stage.stability is not None
            and m.state.stage.stability.leans is not None
        )

    @cached_property
    def end(self) -> int:
        """Index of the last step that was done before any mount."""
        mounts = [i for i, _ in self.steps(Mount)]
        return (mounts[0] if mounts else len(self.history)) - 1

    def stands_on(self, index: int, name: str) -> tuple[str, ...]:
        """Regions that one touches after a step.

        Along a border, at a point on the axis, or, where there is neither, in a ring.
        """
        return self.state(index).stack.once(_stands_on, name)

    def metals(self, index: int) -> tuple[Region, ...]:
        """Regions of metal after a step, the pad among them, but for barriers, cores, packages."""
        return tuple(
            r
            for r in self.state(index).stack.regions
            if (r.is_pad or (r.is_layer and self.is_metal(r.material)))
            and not is_coating(r.name)
            and not is_of_package(r.name)
        )

    def land(self, index: int) -> tuple[str, ...]:
        """Regions that solder may stand on after a step: the pad, or metal laid on it before.

        What is plated on solder is no land.
        """
        first = next((m for m in self.history if isinstance(m.step, Deposit)), None)
        bare = index if first is None else min(index, first.index)
        before = {r.name for r in self.metals(bare)}
        return tuple(r.name for r in self.metals(index) if r.name in before)

    def on_pad(
        self, index: int, names: Iterable[str], pad: str = "pad", *, attached: bool = False
    ) -> tuple[str, ...]:
        """Of some regions after a step those that reach a pad through each other; the pad first.

        Those that are to be attached share a border: what rests on a point is not.
        """
        left, reached, rim = set(names) - {pad}, [pad], [pad]
        while rim:
            name = rim.pop()
            if attached:
                near = {n for n in left if self.borders(index).touch(n, name)}
            else:
                near = {n for n in left if name in self.stands_on(index, n)}
                near |= left & {*self.stands_on(index, name)}
            near -= {*reached}
            rim += sorted(near)
            reached += sorted(near)
        return tuple(reached)

    def top_metal(self, index: int) -> Region:
        """The topmost land on the axis after a step: the pad, where nothing is on it."""
        stack = self.state(index).stack
        lands = [stack.region(name) for name in self.land(index)]
        return max(lands, key=lambda r: (axis_span(r) or (-1.0, -1.0))[1])

    @property
    def tolerance(self) -> float:
        """How far "generally equal" and "flush" may be off, relative."""
        return self.case.tolerance

    def is_metal(self, material: str) -> bool:
        """Whether a material is a metal that does not melt."""
        return self.materials.is_metal(material)

    def composition(
        self, deposits: Iterable[int], frozen: Melting | None = None
    ) -> dict[str, float]:
        """Mass fraction by element of what some steps have put down.

        As it froze, where a stage is given that gave it alone a shape: what had been cut off
        before is in it no more.
        """
        deposits = frozenset(deposits)
        if frozen is not None and frozen.solved and frozen.deposits <= deposits:
            contents = [self.state(frozen.index).contents[frozen.name]]
        else:
            states = [self.state(index) for index in sorted(deposits)]
            contents = [s.contents[s.stack.regions[-1].name] for s in states]
        masses: dict[str, float] = {}
        for content in contents:
            for solder, mass in content.alloys:
                material = self.materials.get(solder)
                density = material.density_liquid
                weight = mass or content.volume * (density.value if density else 0.0)
                for element, fraction in material.composition:
                    masses[element] = masses.get(element, 0.0) + fraction * weight
        whole = sum(masses.values())
        return {element: mass / whole for element, mass in masses.items()} if whole else {}

    def solders(self, deposits: Iterable[int]) -> tuple[str, ...]:
        """Names of the solders that some steps have put down, each once."""
        names = (self.state(i).stack.regions[-1].material for i in sorted(deposits))
        return tuple(dict.fromkeys(self.materials.canonical(n) for n in names))

    def share_of(self, material: str, elements: frozenset[str]) -> float | None:
        """Part of a metal that is of some elements, by mass; None where it is not known."""
        found = self.materials.get(material)
        if found.name in elements:
            return 1.0
        if not found.composition:
            return 0.0 if len(found.name) <= 2 and found.is_metal else None
        return sum(part for element, part in found.composition if element in elements)


def axis_span(region: Region) -> tuple[float, float] | None:
    """Lowest and highest place of a region on the axis, m; None where it does not reach it."""
    return region.axis_span


def _stands_on(stack: Stack, name: str) -> tuple[str, ...]:
    touched = list(stack.borders.touching(name))
    span = axis_span(stack.region(name))
    for other in stack.regions if span is not None else ():
        under = axis_span(other)
        if under is None or span is None or other.name in (name, *touched):
            continue
        if abs(under[1] - span[0]) <= 1e-9 * (span[1] - span[0]):
            touched.append(other.name)
    return tuple(touched) or _ring_under(stack, name)


def _ring_under(stack: Stack, name: str) -> tuple[str, ...]:
    """Regions with the ring on which a ball lies over a hollow: a corner that they share."""
    corners = {r.name: np.array([e.point(0.0) for e in r.loop]) for r in stack.regions}
    own, near = corners.pop(name), 1e-9 * stack.outer
    return tuple(
        other
        for other, theirs in corners.items()
        if np.hypot(*(theirs[:, None] - own[None]).T).min() <= near
    )
